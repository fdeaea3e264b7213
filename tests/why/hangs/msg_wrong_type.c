/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The message in a System V queue is of type 1; its receiver asks for type 2.
 *
 * why HANG
 * why outside WAITS
 * why P1 msgrcv msg @answer <- P2
 * why P2 msgrcv msg @request <- P1
 */
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

struct message {
	long type;
	char text[8];
};

int main(void)
{
	struct message m = {1, "request"};
	int id = msgget(0x1bc00000 | (getpid() & 0xfffff), 0600 | IPC_CREAT | IPC_EXCL);

	if (id < 0)
		return 1;
	if (fork() == 0) {
		msgrcv(id, &m, sizeof m.text, 2, 0); /* @request */
		m.type = 3;
		msgsnd(id, &m, sizeof m.text, 0);
		_exit(0);
	}
	msgsnd(id, &m, sizeof m.text, 0);
	msgrcv(id, &m, sizeof m.text, 3, 0); /* @answer */
	return 0;
}
