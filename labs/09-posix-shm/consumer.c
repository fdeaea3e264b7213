/* SPDX-License-Identifier: 0BSD */
/* The slide's consumer: opens the object by its name, maps it, prints what is there,
 * takes the name away. A part of `pair` and `ready`. */
#include "message.h"

void consumer(void)
{
	/* No O_CREAT: it must be there already. Only to be read, and mapped with
	 * PROT_READ only: a store would be SIGSEGV. shm_open(3), mmap(2). */
	int fd = shm_open(NAME, O_RDONLY, 0666);
	struct message *message = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);

	/* The slide has no check here either. */
	/* The text ends with a 0, as every string. Nothing else says how long it is, or
	 * that it is whole. */
	for (int i = 0; message->text[i]; i++)
		putchar(message->text[i]);
	putchar('\n');
	/* Here, since the consumer is the last one on the slide: shm_unlink(3). */
	shm_unlink(NAME);
}
