/* SPDX-License-Identifier: 0BSD */
/* four SEND RECEIVE: a sender, P1, and a receiver, P2; each word is wait or not. The
 * box holds one message. P1 sends two, P2 receives one, and each says what its calls
 * gave.
 *     Alone:  cc -o four four.c; for s in wait not; do for r in wait not; do timeout 1 ./four $s $r; done; done */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrorname_np */
#endif
#include "box.h"

static void mode(mqd_t box, const char *word)
{
	/* O_NONBLOCK is the one flag that can be changed later: mq_setattr, see
	 * mq_getattr(3). It decides for both calls whether they may sleep. */
	struct mq_attr attr = {.mq_flags = strcmp(word, "not") == 0 ? O_NONBLOCK : 0};

	mq_setattr(box, &attr, NULL);
}

/* Opened once for each: whether it waits is a matter of the open queue, and a descriptor
 * from fork would share its flags with P1's. */
static mqd_t join(const char *word)
{
	struct mq_attr attr = {.mq_maxmsg = 1, .mq_msgsize = 16};
	/* The first call makes it, the second one finds it. */
	mqd_t box = mq_open("/four", O_CREAT | O_RDWR, 0600, &attr);

	mode(box, word);
	return box;
}

int main(int argc, char **argv)
{
	const char *send = argc > 1 ? argv[1] : "wait", *receive = argc > 2 ? argv[2] : "wait";
	char text[16];
	mqd_t to = join(send), from = join(receive);

	/* Both have it, nobody else needs the name: so nothing stays, whoever is killed. */
	mq_unlink("/four");
	if (fork() == 0) {
		if (mq_receive(from, text, sizeof text, NULL) < 0)
			printf("receive: %s\n", strerrorname_np(errno));
		else
			printf("receive: a message\n");
		return 0;
	}
	/* Twice: the box has room for the first one only. What "done" means is: it lies
	 * in the box. */
	for (int i = 0; i < 2; i++)
		if (mq_send(to, "m", 2, 0) < 0)
			printf("send: %s\n", strerrorname_np(errno));
		else
			printf("send: done\n");
	wait(NULL);
	return 0;
}
