/* SPDX-License-Identifier: 0BSD */
/* two: first solution. At most two processes may be linked to a mailbox. A lock of a
 * file says how many there are: each has to take one of two bytes. P1 sends one
 * message.
 *     Alone:  cc -o two two.c && timeout 2 ./two; rm A.members */
#include "mailbox.h"

static mailbox bind_to(const char *who, int guard)
{
	/* A lock of one byte, for whoever has it; nothing is written there. The lock
	 * goes away with its process, however it ends, so that no place is lost:
	 * fcntl_locking(2). A number in the file would stay too high after a crash. */
	for (off_t byte = 0; byte < 2; byte++) {
		struct flock place = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};

		if (fcntl(guard, F_SETLK, &place) == 0)
			return box_create("/A");
	}
	printf("%s is refused: two are linked already\n", who);
	return (mailbox)-1;
}

static int member(const char *who)
{
	/* Opened anew by each: what counts for these locks is the process, not the
	 * descriptor. */
	int guard = open("A.members", O_RDWR | O_CREAT, 0600);
	mailbox box = bind_to(who, guard);

	if (box == (mailbox)-1)
		return 1;
	box_receive(box, who);
	return 0;
}

int main(void)
{
	mailbox box = bind_to("P1", open("A.members", O_RDWR | O_CREAT, 0600));

	/* A lock is not inherited: P2 and P3 have to get one of their own. */
	if (fork() == 0)
		return member("P2");
	if (fork() == 0)
		return member("P3");
	box_send(box, "m1");
	while (wait(NULL) > 0)
		;
	box_destroy("/A");
	return 0;
}
