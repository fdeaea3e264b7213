/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The account is looked at under the lock, and changed under it, but not in one go. */
/* explore: WRONG */
#include "../program.h"

static struct { sem_t lock; int money; } *s;
static void pay(int sum)
{
	int money;

	sem_wait(&s->lock);
	money = s->money;
	sem_post(&s->lock);
	if (money < sum)
		return;
	sem_wait(&s->lock);
	s->money -= sum;
	sem_post(&s->lock);
}
int main(void)
{
	s = shared(sizeof *s);
	sem_init(&s->lock, 1, 1);
	s->money = 100;
	start(pay, 80);
	start(pay, 70);
	wait_all();
	return s->money < 0;
}
