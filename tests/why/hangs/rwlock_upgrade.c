/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two readers of a lock in shared memory want to become its writer; neither gives up reading.
 *
 * why HANG
 * why P1 futex mutex @write <- P2
 * why P2 futex mutex @write <- P1
 */
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
	pthread_rwlock_t *lock =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_rwlockattr_t attr;

	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_rwlock_init(lock, &attr);
	pthread_rwlock_rdlock(lock);
	if (fork() == 0)
		pthread_rwlock_rdlock(lock);
	usleep(100000);
	pthread_rwlock_wrlock(lock); /* @write */
	return 0;
}
