/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two semaphores, taken in one order here and in the other there. */
/* explore: HANG */
#include "../program.h"

static sem_t *s;
static void both(int first)
{
	sem_wait(&s[first]);
	sem_wait(&s[1 - first]);
	sem_post(&s[1 - first]);
	sem_post(&s[first]);
}
int main(void)
{
	s = shared(2 * sizeof *s);
	sem_init(&s[0], 1, 1);
	sem_init(&s[1], 1, 1);
	start(both, 0);
	start(both, 1);
	return wait_all();
}
