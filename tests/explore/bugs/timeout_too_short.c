/* SPDX-License-Identifier: GPL-3.0-or-later */
/* It is counted on that 100 ms are enough for the other. */
/* explore: WRONG */
#include "../program.h"

static atomic_int *done;
static void work(int me) { (void)me; atomic_store(done, 1); }
int main(void)
{
	done = shared(sizeof *done);
	start(work, 0);
	usleep(100000);
	if (!atomic_load(done))
		return 1;
	return wait_all();
}
