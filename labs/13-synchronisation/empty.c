/* SPDX-License-Identifier: 0BSD */
/* empty: a message of no bytes, and then no message at all, to a receiver that does not
 * wait. It prints what the two receives give.
 *     Alone:  cc -o empty empty.c && ./empty */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrorname_np */
#endif
#include "box.h"

int main(void)
{
	mqd_t box = box_make(4, O_NONBLOCK);
	char text[16];

	/* No bytes: the third argument. mq_send(3) says which lengths are allowed. A
	 * message can say all it has to say by being there: a token, a wake-up. */
	mq_send(box, "", 0, 0);
	for (int i = 0; i < 2; i++) {
		ssize_t n = mq_receive(box, text, sizeof text, NULL);

		printf("receive gives %zd%s%s\n", n, n < 0 ? ", " : "", n < 0 ? strerrorname_np(errno) : "");
	}
	return 0;
}
