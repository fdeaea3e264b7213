/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System V semaphores in two orders. */
/* explore: HANG */
#include "../program.h"

static int id;
static void change(int n, int by)
{
	struct sembuf op = {(unsigned short)n, (short)by, 0};

	if (semop(id, &op, 1) != 0)
		_exit(1);
}
static void both(int first)
{
	change(first, -1);
	change(1 - first, -1);
	change(1 - first, 1);
	change(first, 1);
}
int main(void)
{
	id = semget(IPC_PRIVATE, 2, 0600);
	if (id < 0)
		return 99;
	change(0, 1);
	change(1, 1);
	start(both, 0);
	start(both, 1);
	return wait_all();
}
