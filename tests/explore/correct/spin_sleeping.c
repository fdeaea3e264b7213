/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A flag is looked at every millisecond. */
/* explore: fine */
#include "../program.h"

static atomic_int *flag;
static void set(int me) { (void)me; atomic_store(flag, 1); }
int main(void)
{
	flag = shared(sizeof *flag);
	start(set, 0);
	while (!atomic_load(flag))
		usleep(1000);
	return wait_all();
}
