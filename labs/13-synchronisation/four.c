/* SPDX-License-Identifier: 0BSD */
/* four SEND RECEIVE: a sender and a receiver; each word is wait or not. The box holds one message. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrorname_np */
#endif
#include "box.h"

static void mode(mqd_t box, const char *word)
{
	struct mq_attr attr = {.mq_flags = strcmp(word, "not") == 0 ? O_NONBLOCK : 0};

	mq_setattr(box, &attr, NULL);
}

/* Each opens the box for itself: whether it waits is a matter of the open queue. */
static mqd_t join(const char *word)
{
	struct mq_attr attr = {.mq_maxmsg = 1, .mq_msgsize = 16};
	mqd_t box = mq_open("/four", O_CREAT | O_RDWR, 0600, &attr);

	mode(box, word);
	return box;
}

int main(int argc, char **argv)
{
	const char *send = argc > 1 ? argv[1] : "wait", *receive = argc > 2 ? argv[2] : "wait";
	char text[16];
	mqd_t box;

	if (fork() == 0) {
		box = join(receive);
		if (mq_receive(box, text, sizeof text, NULL) < 0)
			printf("receive: %s\n", strerrorname_np(errno));
		else
			printf("receive: a message\n");
		return 0;
	}
	box = join(send);
	for (int i = 0; i < 2; i++)
		if (mq_send(box, "m", 2, 0) < 0)
			printf("send: %s\n", strerrorname_np(errno));
		else
			printf("send: done\n");
	wait(NULL);
	mq_unlink("/four");
	return 0;
}
