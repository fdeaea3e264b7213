/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two units of one semaphore are taken one after the other by two processes. */
/* explore: HANG */
#include "../program.h"

static sem_t *s;
static void use(int me)
{
	(void)me;
	sem_wait(s);
	sem_wait(s);
	sem_post(s);
	sem_post(s);
}
int main(void)
{
	s = shared(sizeof *s);
	sem_init(s, 1, 2);
	start(use, 0);
	start(use, 1);
	return wait_all();
}
