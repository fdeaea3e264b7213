/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same with mutexes, and work in between. */
/* explore: HANG */
#include "../program.h"

static struct { pthread_mutex_t lock[2]; int money[2]; } *s;
static void move(int from)
{
	pthread_mutex_lock(&s->lock[from]);
	s->money[from]--;
	pthread_mutex_lock(&s->lock[1 - from]);
	s->money[1 - from]++;
	pthread_mutex_unlock(&s->lock[1 - from]);
	pthread_mutex_unlock(&s->lock[from]);
}
int main(void)
{
	s = shared(sizeof *s);
	shared_mutex(&s->lock[0]);
	shared_mutex(&s->lock[1]);
	start(move, 0);
	start(move, 1);
	return wait_all();
}
