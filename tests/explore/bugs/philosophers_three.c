/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three philosophers, each takes the left fork first. */
/* explore: HANG */
#include "../program.h"

static sem_t *fork_;
static void eat(int i)
{
	sem_wait(&fork_[i]);
	sem_wait(&fork_[(i + 1) % 3]);
	sem_post(&fork_[(i + 1) % 3]);
	sem_post(&fork_[i]);
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
