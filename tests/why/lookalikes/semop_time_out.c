/* SPDX-License-Identifier: GPL-3.0-or-later */
/* semtimedop(2): nobody gives the semaphore back.
 *
 * why ENDED
 */
#include <sys/ipc.h>
#include <sys/sem.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
	struct timespec limit = {0, 300000000};
	struct sembuf take = {0, -1, 0};
	int id = semget(0x1bc00000 | (getpid() & 0xfffff), 1, 0600 | IPC_CREAT | IPC_EXCL);

	if (id < 0)
		return 1;
	semtimedop(id, &take, 1, &limit);
	semctl(id, 0, IPC_RMID);
	return 0;
}
