/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The condition is signalled before the other process waits for it, and no variable remembers.
 *
 * why HANG
 * why P1 futex cond @wait <- P2
 * why P2 read pipe @done <- P1 write opened @pipe
 */
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

struct shared {
	pthread_mutex_t m;
	pthread_cond_t c;
};

int main(void)
{
	struct shared *s =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t mutex;
	pthread_condattr_t cond;
	int ends[2];
	char byte;

	pthread_mutexattr_init(&mutex);
	pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&s->m, &mutex);
	pthread_condattr_init(&cond);
	pthread_condattr_setpshared(&cond, PTHREAD_PROCESS_SHARED);
	pthread_cond_init(&s->c, &cond);
	if (pipe(ends) < 0) /* @pipe */
		return 1;
	if (fork() == 0) {
		close(ends[1]);
		pthread_cond_signal(&s->c);
		(void)!read(ends[0], &byte, 1); /* @done */
		_exit(0);
	}
	close(ends[0]);
	usleep(100000);
	pthread_mutex_lock(&s->m);
	pthread_cond_wait(&s->c, &s->m); /* @wait */
	return 0;
}
