/* SPDX-License-Identifier: 0BSD */
/* slide [ROOM [ITEMS [NAME]]]: the course's producer (P1) and consumer (P2), with send
 * and receive. No buffer, no in, no out. The box holds ROOM messages, 4 if not said;
 * six are sent. NAME is the box's, /A if not said.
 *     Alone:  cc -o slide slide.c && ./slide 2 8 */
#include "mailbox.h"

static void producer(mailbox box, int items)
{
	for (int i = 0; i < items; i++) {
		/* A new one each time: send has copied it, and so it may be forgotten. */
		char next_produced[SIZE];

		snprintf(next_produced, sizeof next_produced, "m%d", i + 1);
		box_send(box, next_produced);
	}
}

static void consumer(mailbox box, int items)
{
	/* In lab 07 the consumer looked at in and out to see whether there is anything.
	 * Here it asks, and the kernel lets it sleep until there is. */
	for (int i = 0; i < items; i++)
		box_receive(box, "P2"); /* next_consumed */
}

int main(int argc, char **argv)
{
	const char *name = argc > 3 ? argv[3] : "/A";
	mailbox box = box_create_for(name, argc > 1 ? atol(argv[1]) : ROOM);
	int items = argc > 2 ? atoi(argv[2]) : 6;

	/* The descriptor of the box goes over to P2 with fork, like every other one. */
	if (fork() == 0) {
		consumer(box, items);
		return 0;
	}
	producer(box, items);
	wait(NULL);
	box_destroy(name);
	return 0;
}
