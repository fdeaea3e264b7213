/* SPDX-License-Identifier: 0BSD */
/* The four operations of the course, on a POSIX message queue: create, send, receive, destroy. */
#ifndef MAILBOX_H
#define MAILBOX_H

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOM = 4, SIZE = 16 }; /* messages that a box holds; bytes of the largest one */

typedef mqd_t mailbox;

static inline mailbox box_create_for(const char *name, long messages)
{
	struct mq_attr attr = {.mq_maxmsg = messages, .mq_msgsize = SIZE};
	mailbox box = mq_open(name, O_CREAT | O_RDWR, 0600, &attr);

	if (box == (mailbox)-1) {
		perror("mq_open");
		exit(1);
	}
	return box;
}

static inline mailbox box_create(const char *name)
{
	return box_create_for(name, ROOM);
}

static inline void box_send(mailbox box, const char *text)
{
	mq_send(box, text, strlen(text) + 1, 0);
}

/* Prints what came, with the name of who got it. */
static inline int box_receive(mailbox box, const char *who)
{
	char text[SIZE];

	if (mq_receive(box, text, sizeof text, NULL) < 0)
		return 0;
	printf("%s got %s\n", who, text);
	return 1;
}

static inline void box_destroy(const char *name)
{
	mq_unlink(name);
}

#endif
