/* SPDX-License-Identifier: 0BSD */
/* The slide's consumer: opens the object, maps it, prints what is there, takes the name away. */
#include "message.h"

void consumer(void)
{
	int fd = shm_open(NAME, O_RDONLY, 0666);
	struct message *message = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);

	/* The slide has no check here either. */
	for (int i = 0; message->text[i]; i++)
		putchar(message->text[i]);
	putchar('\n');
	shm_unlink(NAME);
}
