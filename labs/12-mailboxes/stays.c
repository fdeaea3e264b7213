/* SPDX-License-Identifier: 0BSD */
/* stays: P2 makes a mailbox, sends, and ends. Then P1 comes. */
#include "mailbox.h"

int main(void)
{
	mailbox box;

	if (fork() == 0) {
		box_send(box_create("/A"), "still here");
		return 0;
	}
	wait(NULL);
	box = mq_open("/A", O_RDWR);
	box_destroy("/A");       /* the name is gone, ... */
	box_send(box, "and more"); /* ... and now? */
	box_receive(box, "P1");
	box_receive(box, "P1");
	return 0;
}
