/* SPDX-License-Identifier: 0BSD */
/* unseen: P1 makes the object, and takes the name away at once, to be tidy. P2 comes by
 * the same name. P1 writes Hello, P2 prints what it finds.
 *     Alone:  cc -o unseen unseen.c && ./unseen */
#include "message.h"

int main(void)
{
	int fd = shm_open(NAME, O_CREAT | O_RDWR, 0600);
	struct message *message;

	/* Nobody has stored anything in it: all its bytes are 0. */
	if (fd < 0 || ftruncate(fd, SIZE) < 0)
		return 1;
	shm_unlink(NAME);
	if (fork() == 0) {
		/* P2 has fd from fork, as well. It does not use it. */
		int mine = shm_open(NAME, O_CREAT | O_RDWR, 0600);

		if (mine < 0 || ftruncate(mine, SIZE) < 0)
			return 1;
		message = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, mine, 0);
		printf("P2 reads \"%s\"\n", message->text);
		shm_unlink(NAME);
		return 0;
	}
	message = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	append(message, "Hello");
	/* The end of P1 takes its descriptor and its mapping. */
	wait(NULL);
	return 0;
}
