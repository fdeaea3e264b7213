/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A System V semaphore is 1; the parent wants 2 of it, the child waits for nought.
 *
 * why HANG
 * why outside WAITS
 * why P1 semop|semtimedop sem @two <- P2
 * why P2 semop|semtimedop sem @nought <- P1
 */
#include <sys/ipc.h>
#include <sys/sem.h>
#include <unistd.h>

int main(void)
{
	struct sembuf up = {0, 1, 0}, two = {0, -2, 0}, nought = {0, 0, 0};
	int id = semget(0x1bc00000 | (getpid() & 0xfffff), 1, 0600 | IPC_CREAT | IPC_EXCL);

	if (id < 0)
		return 1;
	semop(id, &up, 1);
	if (fork() == 0) {
		semop(id, &nought, 1); /* @nought */
		_exit(0);
	}
	semop(id, &two, 1); /* @two */
	return 0;
}
