/* SPDX-License-Identifier: 0BSD */
/* priority: three messages with priorities 1, 1 and 9, in that order. */
#include "mailbox.h"

int main(void)
{
	mailbox box = box_create("/A");
	char text[SIZE];

	mq_unlink("/A");
	mq_send(box, "first", 6, 1);
	mq_send(box, "second", 7, 1);
	mq_send(box, "urgent", 7, 9);
	for (int i = 0; i < 3 && mq_receive(box, text, sizeof text, NULL) > 0; i++)
		printf("%s\n", text);
	return 0;
}
