/* SPDX-License-Identifier: 0BSD */
/* who: one sends, two receive from the same mailbox. Who gets it? The system selects.
 * P1 is the sender, P2 and P3 the receivers. It does not end: ^C.
 *     Alone:  cc -o who who.c && timeout 1 ./who */
#include "mailbox.h"

int main(void)
{
	mailbox box = box_create("/A");

	/* P2 and P3 get the box with fork, and need no name: so nothing is left after ^C. */
	box_destroy("/A");
	if (fork() == 0) {
		/* Any number of processes may have a box open, to send and to receive:
		 * mq_overview(7). */
		while (box_receive(box, "P2"))
			;
		return 0;
	}
	if (fork() == 0) {
		while (box_receive(box, "P3"))
			;
		return 0;
	}
	/* To the box, and not to anybody: no receiver is named. */
	box_send(box, "m1");
	box_send(box, "m2");
	box_send(box, "m3");
	pause();
	return 0;
}
