/* SPDX-License-Identifier: 0BSD */
/* priority: three messages with priorities 1, 1 and 9, sent in that order, and then
 * received.
 *     Alone:  cc -o priority priority.c && ./priority */
#include "mailbox.h"

int main(void)
{
	mailbox box = box_create("/A");
	char text[SIZE];

	/* The name is not needed: there is one process, and it has the box open. */
	mq_unlink("/A");
	/* The last argument is the priority, a number up to 32767: mq_send(3). The box
	 * has room for four, so that nobody waits here. */
	mq_send(box, "first", 6, 1);
	mq_send(box, "second", 7, 1);
	mq_send(box, "urgent", 7, 9);
	for (int i = 0; i < 3 && mq_receive(box, text, sizeof text, NULL) > 0; i++)
		printf("%s\n", text);
	return 0;
}
