/* SPDX-License-Identifier: 0BSD */
/* unseen: P1 takes the name away at once, to be tidy. P2 comes by the same name. */
#include "message.h"

int main(void)
{
	int fd = shm_open(NAME, O_CREAT | O_RDWR, 0600);
	struct message *message;

	if (fd < 0 || ftruncate(fd, SIZE) < 0)
		return 1;
	shm_unlink(NAME);
	if (fork() == 0) {
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
	wait(NULL);
	return 0;
}
