/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sem_timedwait(3) of a semaphore in shared memory that nobody posts.
 *
 * why ENDED
 */
#include <semaphore.h>
#include <sys/mman.h>
#include <time.h>

int main(void)
{
	sem_t *turn = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct timespec end;

	sem_init(turn, 1, 0);
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_nsec += 300000000;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	sem_timedwait(turn, &end);
	return 0;
}
