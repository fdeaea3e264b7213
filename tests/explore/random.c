/* SPDX-License-Identifier: GPL-3.0-or-later */
/* random SEED: two or three processes, each makes a few random operations on a few cells of shared memory, some under a
 * semaphore. What stands there at the end is what the test of completeness compares. */
#include "program.h"

enum { CELLS = 3 };
static struct { sem_t lock[2]; int cell[CELLS]; atomic_int atom; } *s;
static unsigned long state;

static unsigned pick(unsigned n)
{
	state = state * 6364136223846793005ul + 1442695040888963407ul;
	return (unsigned)(state >> 33) % n;
}

static void operation(int me)
{
	unsigned a = pick(CELLS), b = pick(CELLS);
	int old;

	switch (pick(6)) {
	case 0: s->cell[a] = me + 1; break;
	case 1: s->cell[a] = s->cell[b] + 1; break;
	case 2: s->cell[a]++; break;
	case 3: atomic_fetch_add(&s->atom, me + 1); break;
	case 4:
		old = 0;
		if (atomic_compare_exchange_strong(&s->atom, &old, 7))
			s->cell[a] += 10;
		break;
	default:
		sem_wait(&s->lock[a % 2]);
		s->cell[b] += 2;
		sem_post(&s->lock[a % 2]);
		break;
	}
}

static void nested(void)
{
	unsigned a = pick(2);

	sem_wait(&s->lock[a]);
	sem_wait(&s->lock[1 - a]);
	s->cell[0] = s->cell[0] * 2 + 1;
	sem_post(&s->lock[1 - a]);
	sem_post(&s->lock[a]);
}

static void process(int me)
{
	unsigned n = 1 + pick(2);

	for (int i = 0; i < me; i++)
		pick(7);
	if (pick(4) == 0)
		nested();
	else
		while (n--)
			operation(me);
}

int main(int argc, char **argv)
{
	unsigned n;

	state = argc > 1 ? strtoul(argv[1], NULL, 10) * 7919 + 17 : 1;
	s = shared(sizeof *s);
	sem_init(&s->lock[0], 1, 1);
	sem_init(&s->lock[1], 1, 1);
	n = 2 + (pick(4) == 0);
	for (unsigned i = 0; i < n; i++) {
		pick(5);
		start(process, (int)i);
	}
	wait_all();
	return 0;
}
