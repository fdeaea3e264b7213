/* ring CELLS N: a parent puts 0 to N-1 into a ring of CELLS cells, a child
 * takes them out and checks. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 64 };

struct ring {
	int cells;
	int in;  /* the next cell to fill: the producer's */
	int out; /* the next cell to empty: the consumer's */
	int buffer[MOST];
};

static void put(struct ring *r, int item)
{
	/* Yours: wait while the ring is full. Then put the item in, and say
	 * that it is there. */
	(void)r;
	(void)item;
}

static int take(struct ring *r)
{
	/* Yours: wait while the ring is empty. Then take the item out, and say
	 * that its cell is free. */
	(void)r;
	return -1;
}

/* All items in order: 0. */
static int consumer(struct ring *r, int n)
{
	for (int i = 0; i < n; i++)
		if (take(r) != i)
			return 1;
	return 0;
}

int main(int argc, char **argv)
{
	int cells = argc > 2 ? atoi(argv[1]) : 0, n = argc > 2 ? atoi(argv[2]) : 0, status;
	struct ring *r;

	if (cells < 2 || cells > MOST || n < 0)
		return 2;
	r = mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r == MAP_FAILED)
		return 1;
	r->cells = cells;
	if (fork() == 0)
		_exit(consumer(r, n));
	for (int i = 0; i < n; i++)
		put(r, i);
	wait(&status);
	if (status != 0)
		return 1;
	printf("%d items in order\n", n);
	return 0;
}
