/* SPDX-License-Identifier: 0BSD */
/* modules: three small processes in a row: P1 makes words, P2 turns them into capitals,
 * P3 counts lines. Each knows its own work and nothing of the others, as in `words |
 * upper | wc -l`.
 *     Alone:  cc -o modules modules.c && ./modules */
#include <ctype.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void words(int out)
{
	write(out, "pipe\n", 5);
	write(out, "fork\n", 5);
	write(out, "read\n", 5);
}

/* A filter: in, out, and no other thing in the world. Where the bytes come from and go
 * to is decided by who starts it, and a shell could do that as well. */
static void upper(int in, int out)
{
	char c;

	/* A byte a time is slow, a call of the kernel for each. It is easy to watch. */
	while (read(in, &c, 1) == 1) {
		c = (char)toupper((unsigned char)c);
		write(out, &c, 1);
	}
}

static void count(int in)
{
	/* The last one sees no words and no letters, only bytes: whether P2 sends one
	 * byte at a time or a thousand makes no difference here. A pipe has no seams. */
	int lines = 0;
	char c;

	while (read(in, &c, 1) == 1)
		if (c == '\n')
			lines++;
	printf("%d lines\n", lines);
}

int main(void)
{
	int first[2], second[2];

	/* Both pipes are there before any fork, so that each child has what it needs.
	 * It also has what it does not need. */
	if (pipe(first) < 0 || pipe(second) < 0)
		return 1;
	if (fork() == 0) { /* the one in the middle */
		/* Every end for writing that is not closed is a writer. One forgotten
		 * here, and the one who reads from that pipe never gets end of file:
		 * pipe(7). */
		close(first[1]);
		close(second[0]);
		upper(first[0], second[1]);
		return 0;
	}
	if (fork() == 0) { /* the last one */
		close(first[0]);
		close(first[1]);
		close(second[1]);
		/* Comes back at end of file. */
		count(second[0]);
		return 0;
	}
	close(first[0]);
	close(second[0]);
	close(second[1]);
	words(first[1]);
	/* This is end of file for P2, which then ends, and that is end of file for P3. */
	close(first[1]);
	/* All children, in whatever order they end; -1 (ECHILD) when there is none
	 * left. */
	while (wait(NULL) > 0)
		;
	return 0;
}
