/* SPDX-License-Identifier: 0BSD */
/* told: third solution, whole. The system selects who gets the message, P2 or P3, and
 * the sender, P1, is told: by an acknowledgement that the receiver sends to a second
 * mailbox. It does not end: ^C.
 *     Alone:  cc -o told told.c && timeout 2 ./told */
#include "mailbox.h"

static void receiver(mailbox box, mailbox acks, const char *who)
{
	/* With the name in it: an acknowledgement that says only "yes" would not say
	 * whose. */
	while (box_receive(box, who))
		box_send(acks, who);
}

int main(void)
{
	/* Two boxes, one for each direction. Through one, P1 might receive its own
	 * work. */
	mailbox box = box_create("/A"), acks = box_create("/A-acks");

	/* P2 and P3 get both with fork, and need no names: so nothing is left after ^C. */
	box_destroy("/A");
	box_destroy("/A-acks");
	if (fork() == 0) {
		receiver(box, acks, "P2");
		return 0;
	}
	if (fork() == 0) {
		receiver(box, acks, "P3");
		return 0;
	}
	for (int i = 0; i < 2; i++) {
		box_send(box, "work");
		/* Sleeps until it is told. If the receiver dies before it answers, that
		 * is for ever. */
		box_receive(acks, "P1 knows: it");
	}
	pause();
	return 0;
}
