/* SPDX-License-Identifier: 0BSD */
/* stays: P2 makes a mailbox, sends, and ends. Then P1 comes, opens it, takes its name
 * away, sends, and receives twice.
 *     Alone:  cc -o stays stays.c && ./stays */
#include "mailbox.h"

int main(void)
{
	mailbox box;

	if (fork() == 0) {
		box_send(box_create("/A"), "still here");
		return 0;
	}
	/* When P2 is gone no process has the box open. */
	wait(NULL);
	/* No O_CREAT: only a box that is there. Else -1, ENOENT. */
	box = mq_open("/A", O_RDWR);
	box_destroy("/A");       /* the name is gone, ... */
	box_send(box, "and more"); /* ... and now? */
	box_receive(box, "P1");
	box_receive(box, "P1");
	return 0;
}
