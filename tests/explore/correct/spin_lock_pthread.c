/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pthread_spin_lock. */
/* explore: fine */
#include "../program.h"

static struct { pthread_spinlock_t lock; int count; } *s;
static void work(int n)
{
	while (n--) {
		pthread_spin_lock(&s->lock);
		s->count++;
		pthread_spin_unlock(&s->lock);
	}
}
int main(void)
{
	s = shared(sizeof *s);
	pthread_spin_init(&s->lock, PTHREAD_PROCESS_SHARED);
	start(work, 2);
	start(work, 2);
	return wait_all() || s->count != 4;
}
