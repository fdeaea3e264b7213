/* SPDX-License-Identifier: 0BSD */
/* counter [N]: two processes, P1 and P2, one number. Each of them adds 1 to it N times
 * (1 if not said). P1 prints it.
 *     Alone:  cc -o counter counter.c && ./counter 1; ./counter 1000000 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
	int count;
};

/* One line of C. How many steps is it? */
static void add(struct shared *shared, int times)
{
	for (int i = 0; i < times; i++)
		shared->count = shared->count + 1;
}

int main(int argc, char **argv)
{
	int times = argc > 1 ? atoi(argv[1]) : 1;
	/* MAP_SHARED, before fork: one number for both: mmap(2). A variable would be two. */
	struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return 1;
	/* From here on both run, on two processors if there are two; nobody says in
	 * which order. */
	if (fork() == 0) {
		add(shared, times);
		return 0;
	}
	add(shared, times);
	wait(NULL); /* the child has ended: nobody else touches count any more */
	printf("%d\n", shared->count);
	return 0;
}
