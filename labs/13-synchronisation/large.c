/* SPDX-License-Identifier: 0BSD */
/* large [MESSAGES]: asks for a box of so many messages, a million if not said. It
 * prints what the kernel says: it is there, or the name of the error.
 *     Alone:  cc -o large large.c && ./large 10; ./large */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrorname_np */
#endif
#include "box.h"

int main(int argc, char **argv)
{
	struct mq_attr attr = {.mq_maxmsg = argc > 1 ? atol(argv[1]) : 1000000, .mq_msgsize = 16};
	/* mq_open(3) lists under ERRORS what may be wrong with the attributes. */
	mqd_t box = mq_open("/large", O_CREAT | O_RDWR, 0600, &attr);

	printf("%s\n", box == (mqd_t)-1 ? strerrorname_np(errno) : "it is there");
	/* Afterwards: any other call may put its own error into errno. */
	mq_unlink("/large");
	return 0;
}
