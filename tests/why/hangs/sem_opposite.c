/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two named semaphores, used as locks, taken in opposite order.
 *
 * why HANG
 * why P1 futex sem @second <- P2
 * why P2 futex sem @first <- P1
 */
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	sem_t *lock[2];
	char name[40];

	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof name, "/ipclab-hang-%d-%d", (int)getpid(), i);
		lock[i] = sem_open(name, O_CREAT | O_EXCL, 0600, 1);
		if (lock[i] == SEM_FAILED)
			return 1;
		sem_unlink(name);
	}
	if (fork() == 0) {
		sem_wait(lock[1]);
		usleep(100000);
		sem_wait(lock[0]); /* @first */
		_exit(0);
	}
	sem_wait(lock[0]);
	usleep(100000);
	sem_wait(lock[1]); /* @second */
	return 0;
}
