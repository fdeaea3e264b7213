/* SPDX-License-Identifier: 0BSD */
/* stays: P1 starts a writer, P2, waits for its end, and then looks whether anything is
 * left.
 *     Alone:  cc -o stays stays.c producer.c && ./stays */
#include "message.h"

int main(void)
{
	int fd;

	if (fork() == 0) {
		producer();
		return 0;
	}
	/* wait(2): P2 has ended, and all that the kernel does at the end of a process
	 * has been done. */
	wait(NULL);
	/* No O_CREAT: this finds what is there, or fails with ENOENT. */
	fd = shm_open(NAME, O_RDONLY, 0);
	printf(fd < 0 ? "nothing is left\n" : "it is there\n");
	shm_unlink(NAME);
	return 0;
}
