/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A queue of two messages is full; its reader waits for the sender's all-clear first.
 *
 * why HANG
 * why P1 mq_timedsend mq @send <- P1 * opened @open, P2 * inherited @open
 * why P2 read pipe @clear <- P1 write opened @pipe
 */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	struct mq_attr attr = {.mq_maxmsg = 2, .mq_msgsize = 8};
	char name[40], got[8];
	int ends[2];
	mqd_t q;

	snprintf(name, sizeof name, "/ipclab-hang-%d", (int)getpid());
	q = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr); /* @open */
	if (q < 0)
		return 1;
	mq_unlink(name);
	if (pipe(ends) < 0) /* @pipe */
		return 1;
	if (fork() == 0) {
		close(ends[1]);
		(void)!read(ends[0], got, 1); /* @clear */
		mq_receive(q, got, sizeof got, NULL);
		_exit(0);
	}
	close(ends[0]);
	for (int i = 0; i < 3; i++)
		mq_send(q, "message", 8, 0); /* @send */
	(void)!write(ends[1], "c", 1);
	return 0;
}
