/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A semaphore lies in a file that a process which is not watched has mapped, too.
 *
 * why WAITS
 * why P1 futex sem @wait
 * why run outside=shared_page within=500ms
 */
#include <fcntl.h>
#include <semaphore.h>
#include <stddef.h>
#include <sys/mman.h>

int main(void)
{
	int fd = open("page", O_RDWR);
	sem_t *turn = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	sem_init(turn, 1, 0);
	sem_wait(turn); /* @wait */
	return 0;
}
