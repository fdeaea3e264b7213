/* SPDX-License-Identifier: 0BSD */
/* told: third solution, whole. The system selects who gets the message, and the sender is told: by an
 * acknowledgement that the receiver sends to a second mailbox. */
#include "mailbox.h"

static void receiver(mailbox box, mailbox acks, const char *who)
{
	while (box_receive(box, who))
		box_send(acks, who);
}

int main(void)
{
	mailbox box = box_create("/A"), acks = box_create("/A-acks");

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
		box_receive(acks, "P1 knows: it");
	}
	pause();
	return 0;
}
