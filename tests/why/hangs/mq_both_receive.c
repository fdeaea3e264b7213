/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Client and server share two queues; both receive first.
 *
 * why HANG
 * why P1 mq_timedreceive mq @client <- P1 * opened @open, P2 * inherited @open
 * why P2 mq_timedreceive mq @server <- P1 * opened @open, P2 * inherited @open
 */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <unistd.h>

static mqd_t make(int i, int flags)
{
	struct mq_attr attr = {.mq_maxmsg = 2, .mq_msgsize = 8};
	char name[40];
	mqd_t q;

	snprintf(name, sizeof name, "/ipclab-hang-%d-%d", (int)getppid(), i);
	q = mq_open(name, flags | O_CREAT, 0600, &attr); /* @open */
	return q;
}

int main(void)
{
	mqd_t requests = make(0, O_RDWR), answers = make(1, O_RDWR);
	char got[8], name[40];

	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof name, "/ipclab-hang-%d-%d", (int)getppid(), i);
		mq_unlink(name);
	}
	if (fork() == 0) {
		mq_receive(requests, got, sizeof got, NULL); /* @server */
		mq_send(answers, got, sizeof got, 0);
		_exit(0);
	}
	mq_receive(answers, got, sizeof got, NULL); /* @client */
	mq_send(requests, got, sizeof got, 0);
	return 0;
}
