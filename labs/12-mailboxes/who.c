/* SPDX-License-Identifier: 0BSD */
/* who: one sends, two receive from the same mailbox. Who gets it? The system selects. */
#include "mailbox.h"

int main(void)
{
	mailbox box = box_create("/A");

	if (fork() == 0) {
		while (box_receive(box, "P2"))
			;
		return 0;
	}
	if (fork() == 0) {
		while (box_receive(box, "P3"))
			;
		return 0;
	}
	box_send(box, "m1");
	box_send(box, "m2");
	box_send(box, "m3");
	pause();
	return 0;
}
