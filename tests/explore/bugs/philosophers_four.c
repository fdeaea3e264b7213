/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Four of them, in four processes, one of which is the parent: three preemptions. */
/* explore: HANG */
#include "../program.h"

static sem_t *fork_;
static void eat(int i)
{
	sem_wait(&fork_[i]);
	sem_wait(&fork_[(i + 1) % 4]);
	sem_post(&fork_[(i + 1) % 4]);
	sem_post(&fork_[i]);
}
int main(void)
{
	fork_ = shared(4 * sizeof *fork_);
	for (int i = 0; i < 4; i++)
		sem_init(&fork_[i], 1, 1);
	for (int i = 0; i < 3; i++)
		start(eat, i);
	eat(3);
	return wait_all();
}
