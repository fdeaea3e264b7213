/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A System V queue is full of requests; the server's answer goes to the same queue.
 *
 * why HANG
 * why outside WAITS
 * why P1 msgsnd msg @client <- P2
 * why P2 msgsnd msg @server <- P1
 */
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

struct message {
	long type;
	char text[4096];
};

int main(void)
{
	static struct message m = {1, "request"};
	int id = msgget(0x1bc00000 | (getpid() & 0xfffff), 0600 | IPC_CREAT | IPC_EXCL);

	if (id < 0)
		return 1;
	while (msgsnd(id, &m, sizeof m.text, IPC_NOWAIT) == 0)
		;
	if (fork() == 0) {
		m.type = 2;
		msgsnd(id, &m, sizeof m.text, 0); /* @server */
		_exit(0);
	}
	msgsnd(id, &m, sizeof m.text, 0); /* @client */
	return 0;
}
