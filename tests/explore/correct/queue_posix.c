/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A POSIX message queue. */
/* explore: fine */
#include "../program.h"

static mqd_t q;
static void sender(int me) { if (mq_send(q, me ? "b" : "a", 1, 0) != 0) _exit(1); }
int main(void)
{
	struct mq_attr a = {.mq_maxmsg = 1, .mq_msgsize = 8};
	char bytes[8];

	q = mq_open("/ipclab-explore-queue", O_CREAT | O_EXCL | O_RDWR, 0600, &a);
	if (q < 0)
		return 98;
	start(sender, 0);
	start(sender, 1);
	for (int i = 0; i < 2; i++)
		if (mq_receive(q, bytes, sizeof bytes, NULL) != 1)
			return 1;
	return wait_all();
}
