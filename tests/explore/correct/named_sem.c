/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A named semaphore, made before the fork, gone after. */
/* explore: fine */
#include "../program.h"

static struct { int count; } *s;
static sem_t *lock;
static void add(int n) { while (n--) { sem_wait(lock); s->count++; sem_post(lock); } }
int main(void)
{
	int failed;

	s = shared(sizeof *s);
	lock = sem_open("/ipclab-explore-named", O_CREAT | O_EXCL, 0600, 1);
	if (lock == SEM_FAILED)
		return 98;
	start(add, 2);
	start(add, 2);
	failed = wait_all();
	return failed || s->count != 4; /* its name stays: explore removes it */
}
