/* SPDX-License-Identifier: 0BSD */
/* A message queue of so many messages, for the programs beside this. Messages have 16
 * bytes at most. */
#ifndef BOX_H
#define BOX_H

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* flags: 0 or O_NONBLOCK. Ends the program when there is none to be had. */
static inline mqd_t box_make(long messages, int flags)
{
	/* mq_maxmsg is the capacity. It is fixed when the box is made, and the kernel
	 * keeps no more than this, whatever is sent: mq_open(3). */
	struct mq_attr attr = {.mq_maxmsg = messages, .mq_msgsize = 16};
	mqd_t box = mq_open("/box", O_CREAT | O_RDWR | flags, 0600, &attr);

	if (box == (mqd_t)-1) {
		perror("mq_open");
		exit(1);
	}
	mq_unlink("/box"); /* parent and child have it, nobody else needs the name */
	return box;
}

#endif
