/* SPDX-License-Identifier: 0BSD */
/* unseen: two players, P1 and P2, pass a ball, as somebody wrote it: one mailbox for
 * both. It does not end: ^C.
 *     Alone:  cc -o unseen unseen.c && timeout 1 ./unseen >out; head out; rm out */
#include "mailbox.h"

static void play(mailbox box, const char *who)
{
	/* Each waits for the ball, and gives it back. */
	while (box_receive(box, who))
		box_send(box, "ball");
}

int main(void)
{
	mailbox box = box_create("/A");

	/* P2 gets the box with fork, and needs no name: so nothing is left after ^C. */
	box_destroy("/A");
	if (fork() == 0) {
		play(box, "P2");
		return 0;
	}
	box_send(box, "ball"); /* P1 serves */
	play(box, "P1");
	return 0;
}
