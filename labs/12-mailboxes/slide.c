/* SPDX-License-Identifier: 0BSD */
/* slide: the course's producer and consumer, with send and receive. No buffer, no in, no out. */
#include "mailbox.h"

enum { ITEMS = 6 };

static void producer(mailbox box)
{
	for (int i = 0; i < ITEMS; i++) {
		char next_produced[SIZE];

		snprintf(next_produced, sizeof next_produced, "m%d", i + 1);
		box_send(box, next_produced);
	}
}

static void consumer(mailbox box)
{
	for (int i = 0; i < ITEMS; i++)
		box_receive(box, "P2"); /* next_consumed */
}

int main(void)
{
	mailbox box = box_create("/A");

	if (fork() == 0) {
		consumer(box);
		return 0;
	}
	producer(box);
	wait(NULL);
	box_destroy("/A");
	return 0;
}
