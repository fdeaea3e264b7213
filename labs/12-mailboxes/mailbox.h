/* SPDX-License-Identifier: 0BSD */
/* The four operations of the course, on a POSIX message queue: create, send, receive,
 * destroy. The queue lies in the kernel, under a name, and keeps what is sent until it
 * is received. */
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

/* Made if there is none; if there is one it is opened, and keeps the size that it has
 * (attr then means nothing). 0600: for this user only. mq_open(3), and mq_overview(7)
 * for the limits. */
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

/* Sleeps while the box is full: mq_send(3). The last argument is the priority; here all
 * have the same. The 0 at the end of the string goes with it, so that who receives can
 * print it. */
static inline void box_send(mailbox box, const char *text)
{
	mq_send(box, text, strlen(text) + 1, 0);
}

/* Sleeps while the box is empty: mq_receive(3). Prints what came, with the name of who
 * got it. */
static inline int box_receive(mailbox box, const char *who)
{
	char text[SIZE];

	if (mq_receive(box, text, sizeof text, NULL) < 0)
		return 0;
	printf("%s got %s\n", who, text);
	return 1;
}

/* Takes the name away: mq_unlink(3), as unlink(2) does with a file. */
static inline void box_destroy(const char *name)
{
	mq_unlink(name);
}

#endif
