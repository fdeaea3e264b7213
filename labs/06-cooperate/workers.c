/* SPDX-License-Identifier: 0BSD */
/* workers [W]: W processes add up 12 numbers, each its part. P1 adds up what they have found. */
#include "page.h"

enum { NUMBERS = 12, MOST = 6 };

struct shared {
	int number[NUMBERS];
	int part[MOST]; /* what each worker has found */
};

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

	if (workers < 1 || workers > MOST)
		return 2;
	for (int i = 0; i < NUMBERS; i++)
		shared->number[i] = numbers[i];
	for (int who = 0; who < workers; who++)
		if (fork() == 0) {
			work(shared, who, workers);
			return 0;
		}
	while (wait(NULL) > 0)
		;
	for (int who = 0; who < workers; who++)
		sum += shared->part[who];
	printf("%d\n", sum);
	return 0;
}
