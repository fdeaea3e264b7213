/* SPDX-License-Identifier: 0BSD */
/* The slide's producer: makes the object, gives it a size, maps it, writes. A part of
 * `pair`, `ready` and `stays`. */
#include "message.h"

void producer(void)
{
	/* Made if there is none; whoever comes first makes it. O_RDWR, although it only
	 * writes: a mapping to write needs a descriptor that can be read as well, see
	 * EACCES in mmap(2). */
	int fd = shm_open(NAME, O_CREAT | O_RDWR, 0666);
	struct message *message;

	if (fd < 0 || ftruncate(fd, SIZE) < 0)
		goto failed;
	message = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (message == MAP_FAILED)
		goto failed;
	/* Two pieces, as on the slide. P2 may come between them. */
	append(message, "Hello");
	append(message, "World!");
	return;

failed:
	perror(NAME);
}
