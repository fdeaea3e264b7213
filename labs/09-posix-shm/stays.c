/* SPDX-License-Identifier: 0BSD */
/* stays: P1 starts a writer, waits for its end, and then looks whether anything is left. */
#include "message.h"

int main(void)
{
	int fd;

	if (fork() == 0) {
		producer();
		return 0;
	}
	wait(NULL);
	fd = shm_open(NAME, O_RDONLY, 0);
	printf(fd < 0 ? "nothing is left\n" : "it is there\n");
	shm_unlink(NAME);
	return 0;
}
