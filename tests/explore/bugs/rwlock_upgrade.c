/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Both read, and both want to write without letting go. */
/* explore: HANG */
#include "../program.h"

static pthread_rwlock_t *l;
static void upgrade(int me)
{
	(void)me;
	pthread_rwlock_rdlock(l);
	pthread_rwlock_wrlock(l);
	pthread_rwlock_unlock(l);
	pthread_rwlock_unlock(l);
}
int main(void)
{
	pthread_rwlockattr_t a;

	l = shared(sizeof *l);
	pthread_rwlockattr_init(&a);
	pthread_rwlockattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	pthread_rwlock_init(l, &a);
	start(upgrade, 0);
	start(upgrade, 1);
	return wait_all();
}
