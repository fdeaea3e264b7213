/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three philosophers, each takes the lower fork first. */
/* explore: fine */
#include "../program.h"

static sem_t *fork_;
static void eat(int i)
{
	int a = i, b = (i + 1) % 3, low = a < b ? a : b, high = a < b ? b : a;

	sem_wait(&fork_[low]);
	sem_wait(&fork_[high]);
	sem_post(&fork_[high]);
	sem_post(&fork_[low]);
}
int main(void)
{
	fork_ = shared(3 * sizeof *fork_);
	for (int i = 0; i < 3; i++)
		sem_init(&fork_[i], 1, 1);
	for (int i = 0; i < 3; i++)
		start(eat, i);
	return wait_all();
}
