/* SPDX-License-Identifier: 0BSD */
/* The slide's producer: makes the object, gives it a size, maps it, writes. */
#include "message.h"

void producer(void)
{
	int fd = shm_open(NAME, O_CREAT | O_RDWR, 0666);
	struct message *message;

	if (fd < 0 || ftruncate(fd, SIZE) < 0)
		return;
	message = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (message == MAP_FAILED)
		return;
	append(message, "Hello");
	append(message, "World!");
}
