/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The child waits until a System V semaphore is 0; the parent, who should take it down, waits for the child.
 *
 * why HANG
 * why outside WAITS
 * why P1 wait4|wait|waitpid child @wait <- P2
 * why P2 semop|semtimedop sem @nought
 * why mend take the semaphore down to 0
 */
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	struct sembuf up = {0, 1, 0}, nought = {0, 0, 0};
	int id = semget(0x1bc00000 | (getpid() & 0xfffff), 1, 0600 | IPC_CREAT | IPC_EXCL);

	if (id < 0)
		return 1;
	semop(id, &up, 1);
	if (fork() == 0) {
		semop(id, &nought, 1); /* @nought */
		_exit(0);
	}
	wait(NULL); /* @wait */
	return semctl(id, 0, IPC_RMID);
}
