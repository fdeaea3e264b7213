/* SPDX-License-Identifier: 0BSD */
/* workers [W]: W processes (3 if not said, 6 at most) add up 12 numbers, each its part.
 * P1 waits for them, and adds up what they have found.
 *     Alone:  cc -o workers workers.c && ./workers 4 */
#include "page.h"

enum { NUMBERS = 12, MOST = 6 };

struct shared {
	int number[NUMBERS];
	int part[MOST]; /* what each worker has found */
};

/* Each has a cell of its own to write to, so no two write to the same one, and no lock
 * is needed. The sum grows in a variable of the worker's own: the page is touched as
 * little as can be. */
static void work(struct shared *shared, int who, int workers)
{
	int sum = 0;

	for (int i = who; i < NUMBERS; i += workers)
		sum += shared->number[i];
	shared->part[who] = sum;
}

int main(int argc, char **argv)
{
	static const int numbers[NUMBERS] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};
	int workers = argc > 1 ? atoi(argv[1]) : 3;
	struct shared *shared = page(sizeof *shared);
	int sum = 0;

	/* More workers than cells would write beyond the array. */
	if (workers < 1 || workers > MOST)
		return 2;
	for (int i = 0; i < NUMBERS; i++)
		shared->number[i] = numbers[i];
	for (int who = 0; who < workers; who++)
		/* The return is what keeps a child out of this loop. Without it every
		 * child would make children of its own. */
		if (fork() == 0) {
			work(shared, who, workers);
			return 0;
		}
	/* A part that is not there yet would be added as 0, and nobody would notice: so
	 * all of them have to be done first. wait(2) is the order here. */
	while (wait(NULL) > 0)
		;
	for (int who = 0; who < workers; who++)
		sum += shared->part[who];
	printf("%d\n", sum);
	return 0;
}
