/* SPDX-License-Identifier: 0BSD */
/* slide [ROOM [ITEMS [NAME]]]: the course's producer and consumer, with send and receive. No buffer, no in, no out. */
#include "mailbox.h"

static void producer(mailbox box, int items)
{
	for (int i = 0; i < items; i++) {
		char next_produced[SIZE];

		snprintf(next_produced, sizeof next_produced, "m%d", i + 1);
		box_send(box, next_produced);
	}
}

static void consumer(mailbox box, int items)
{
	for (int i = 0; i < items; i++)
		box_receive(box, "P2"); /* next_consumed */
}

int main(int argc, char **argv)
{
	const char *name = argc > 3 ? argv[3] : "/A";
	mailbox box = box_create_for(name, argc > 1 ? atol(argv[1]) : ROOM);
	int items = argc > 2 ? atoi(argv[2]) : 6;

	if (fork() == 0) {
		consumer(box, items);
		return 0;
	}
	producer(box, items);
	wait(NULL);
	box_destroy(name);
	return 0;
}
