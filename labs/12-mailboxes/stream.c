/* SPDX-License-Identifier: 0BSD */
/* stream: the same two messages through a mailbox and through a pipe. Each is then
 * asked once, with room for both. The box is asked for the second one with room for 2
 * bytes of its 3.
 *     Alone:  cc -o stream stream.c && ./stream */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrorname_np */
#endif
#include "mailbox.h"

int main(void)
{
	mailbox box = box_create("/A");
	char text[64];
	int fds[2];
	ssize_t n;

	mq_unlink("/A");
	/* One process has both ends, of either. It does not wait: both words find room. */
	if (pipe(fds) < 0)
		return 1;
	/* Without the 0 at the end of a string: three bytes each. */
	mq_send(box, "one", 3, 0);
	mq_send(box, "two", 3, 0);
	write(fds[1], "one", 3);
	write(fds[1], "two", 3);
	/* The result of both calls is how many bytes came; printf gets it as the
	 * length, for there is no 0. */
	n = mq_receive(box, text, sizeof text, NULL);
	printf("from the mailbox: %.*s\n", (int)n, text);
	n = read(fds[0], text, sizeof text);
	printf("from the pipe: %.*s\n", (int)n, text);
	/* The third argument is the room there is: mq_receive(3). */
	n = mq_receive(box, text, 2, NULL);
	if (n < 0)
		printf("with room for 2: %s\n", strerrorname_np(errno));
	else
		printf("with room for 2: %.*s\n", (int)n, text);
	return 0;
}
