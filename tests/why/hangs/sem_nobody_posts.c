/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two processes hand each other the turn by two semaphores; both begin by waiting.
 *
 * why HANG
 * why P1 futex sem @first <- P2
 * why P2 futex sem @second <- P1
 */
#include <semaphore.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
	sem_t *turn = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	sem_init(&turn[0], 1, 0);
	sem_init(&turn[1], 1, 0);
	if (fork() == 0) {
		sem_wait(&turn[1]); /* @second */
		sem_post(&turn[0]);
		_exit(0);
	}
	sem_wait(&turn[0]); /* @first */
	sem_post(&turn[1]);
	return 0;
}
