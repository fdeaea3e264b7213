/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each takes a lock, but not the same one. */
/* explore: WRONG */
#include "../program.h"

static struct { pthread_mutex_t lock[2]; int count; } *s;
static void add(int which)
{
	for (int i = 0; i < 2; i++) {
		pthread_mutex_lock(&s->lock[which]);
		s->count++;
		pthread_mutex_unlock(&s->lock[which]);
	}
}
int main(void)
{
	s = shared(sizeof *s);
	shared_mutex(&s->lock[0]);
	shared_mutex(&s->lock[1]);
	start(add, 0);
	start(add, 1);
	wait_all();
	return s->count != 4;
}
