/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A barrier for three; two processes come.
 *
 * why HANG
 * why P1 futex other @barrier <- P2
 * why P2 futex other @barrier <- P1
 */
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
	pthread_barrier_t *b =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_barrierattr_t attr;

	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(b, &attr, 3);
	fork();
	pthread_barrier_wait(b); /* @barrier */
	return 0;
}
