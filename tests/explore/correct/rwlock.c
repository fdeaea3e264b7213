/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pthread_rwlock. */
/* explore: fine */
#include "../program.h"

static struct { pthread_rwlock_t l; int a, b, torn; } *s;
static void look(int me)
{
	(void)me;
	pthread_rwlock_rdlock(&s->l);
	if (s->a != s->b)
		s->torn = 1;
	pthread_rwlock_unlock(&s->l);
}
static void set(int v)
{
	pthread_rwlock_wrlock(&s->l);
	s->a = v;
	s->b = v;
	pthread_rwlock_unlock(&s->l);
}
int main(void)
{
	pthread_rwlockattr_t a;

	s = shared(sizeof *s);
	pthread_rwlockattr_init(&a);
	pthread_rwlockattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	pthread_rwlock_init(&s->l, &a);
	start(look, 0);
	start(set, 1);
	start(set, 2);
	return wait_all() || s->torn || s->a != s->b;
}
