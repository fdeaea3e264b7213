/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two are taken, the second by trywait; when it fails the first stays taken. */
/* explore: HANG */
#include "../program.h"

static sem_t *s;
static void both(int me)
{
	sem_wait(&s[me]);
	if (sem_trywait(&s[1 - me]) != 0)
		return;
	sem_post(&s[1 - me]);
	sem_post(&s[me]);
}
static void twice(int me) { both(me); both(me); }
int main(void)
{
	s = shared(2 * sizeof *s);
	sem_init(&s[0], 1, 1);
	sem_init(&s[1], 1, 1);
	start(twice, 0);
	start(twice, 1);
	return wait_all();
}
