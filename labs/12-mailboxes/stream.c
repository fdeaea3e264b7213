/* SPDX-License-Identifier: 0BSD */
/* stream: the same two messages through a mailbox and through a pipe. Each is then
 * asked once, with room for both.
 *     Alone:  cc -o stream stream.c && ./stream */
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
	return 0;
}
