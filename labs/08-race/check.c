/* SPDX-License-Identifier: 0BSD */
/* check: as counter, once each, P1 and P2. It prints the number, and ends with status 1
 * when an addition was lost, so that a program can try it many times.
 *     Alone:  cc -o check check.c && for i in $(seq 1000); do ./check || echo lost; done | sort | uniq -c */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
	int count;
};

/* One line of C, as in counter.c: what it is to the processor, objdump -d check shows. */
static void add(struct shared *shared)
{
	shared->count = shared->count + 1;
}

int main(void)
{
	/* One page for both, mapped before fork: mmap(2). */
	struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return 2;
	if (fork() == 0) {
		add(shared);
		return 0;
	}
	add(shared);
	/* P2 is done after this: the number does not change any more. */
	wait(NULL);
	printf("%d\n", shared->count);
	/* What is right is said here: the program is its own test. */
	return shared->count == 2 ? 0 : 1;
}
