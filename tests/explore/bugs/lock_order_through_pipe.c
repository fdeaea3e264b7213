/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One holds the lock and waits for a byte; who has the byte waits for the lock. */
/* explore: HANG */
#include "../program.h"

static struct { sem_t lock; } *s;
static int ends[2];
static void writer(int me)
{
	(void)me;
	sem_wait(&s->lock);
	if (write(ends[1], "x", 1) != 1)
		_exit(1);
	sem_post(&s->lock);
}
static void reader(int me)
{
	char c;

	(void)me;
	sem_wait(&s->lock);
	if (read(ends[0], &c, 1) != 1)
		_exit(1);
	sem_post(&s->lock);
}
int main(void)
{
	s = shared(sizeof *s);
	sem_init(&s->lock, 1, 1);
	if (pipe(ends) != 0)
		return 99;
	start(writer, 0);
	start(reader, 0);
	return wait_all();
}
