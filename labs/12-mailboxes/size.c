/* SPDX-License-Identifier: 0BSD */
/* size BYTES: a message of 12 bytes, received into a buffer of so many bytes (8 if not
 * said).
 *     Alone:  cc -o size size.c && ./size 8; ./size 32 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrorname_np */
#endif
#include "mailbox.h"

int main(int argc, char **argv)
{
	size_t room = argc > 1 ? (size_t)atoi(argv[1]) : 8;
	mailbox box = box_create("/A");
	char text[64];
	ssize_t n;

	mq_unlink("/A");
	/* The box was made for messages of at most SIZE bytes. This one is smaller. */
	mq_send(box, "twelve bytes", 12, 0);
	/* The third argument is the room there is: mq_receive(3). */
	n = mq_receive(box, text, room < sizeof text ? room : sizeof text, NULL);
	if (n < 0)
		printf("%s\n", strerrorname_np(errno));
	else
		printf("%zd bytes\n", n);
	return 0;
}
