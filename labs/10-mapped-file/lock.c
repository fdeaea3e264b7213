/* SPDX-License-Identifier: 0BSD */
/* lock: a counter in a mapped file. P1 and P2 each add 1 to it. Around each addition a
 * lock of a second file, as many programs have one beside their data. P1 also has a
 * look at that file, by another descriptor.
 *     Alone:  cc -o lock lock.c && ./lock */
#include "file.h"

#define LOCK "notes.lock"

struct notes {
	int count;
};

/* F_SETLKW: waits until it can be had (W is for wait). l_start and l_len are 0: the
 * whole file, also what is to come. The kernel keeps nobody from reading or writing
 * meanwhile: these locks are advisory, and work among those who ask for them.
 * fcntl_locking(2). */
static void lock(int fd, short type)
{
	struct flock whole = {.l_type = type, .l_whence = SEEK_SET};

	fcntl(fd, F_SETLKW, &whole);
}

/* Some library does such a thing: opens the file, has a look, closes it. */
static void look(void)
{
	int fd = open(LOCK, O_RDONLY);

	close(fd);
}

int main(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
	/* Not O_TRUNC: others may have it open. Its content does not matter, only that
	 * it is one file. */
	int guard = open(LOCK, O_RDWR | O_CREAT, 0600);
	struct notes *notes;

	if (fd < 0 || guard < 0 || ftruncate(fd, sizeof *notes) < 0)
		return 1;
	notes = file_map(fd, sizeof *notes, MAP_SHARED);
	/* Locks of this kind are not inherited: P2 has the descriptor, and no lock. */
	if (fork() == 0) {
		/* Load, add, store: between two of these the other one may come, if no
		 * lock keeps it away. */
		lock(guard, F_WRLCK);
		notes->count = notes->count + 1;
		lock(guard, F_UNLCK);
		return 0;
	}
	lock(guard, F_WRLCK);
	look();
	notes->count = notes->count + 1;
	lock(guard, F_UNLCK);
	wait(NULL);
	printf("%d\n", notes->count);
	return 0;
}
