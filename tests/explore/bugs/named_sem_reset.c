/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each makes the named semaphore anew, and so may throw the other's away. */
/* explore: WRONG */
#include "../program.h"

static struct { int inside; int met; } *s;
static void work(int me)
{
	sem_t *lock;

	(void)me;
	sem_unlink("/ipclab-explore-test");
	lock = sem_open("/ipclab-explore-test", O_CREAT, 0600, 1);
	if (lock == SEM_FAILED)
		_exit(0);
	sem_wait(lock);
	if (s->inside)
		s->met = 1;
	s->inside = 1;
	s->inside = 0;
	sem_post(lock);
}
int main(void)
{
	s = shared(sizeof *s);
	start(work, 0);
	start(work, 1);
	wait_all();
	sem_unlink("/ipclab-explore-test");
	return s->met;
}
