/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reader keeps the write end when the flag comes too late. */
/* explore: HANG */
#include "../program.h"

static atomic_int *flag;
static int ends[2];
static void reader(int me)
{
	char c;

	(void)me;
	if (atomic_load(flag))
		close(ends[1]);
	while (read(ends[0], &c, 1) > 0)
		;
}
int main(void)
{
	flag = shared(sizeof *flag);
	if (pipe(ends) != 0)
		return 99;
	start(reader, 0);
	atomic_store(flag, 1);
	if (write(ends[1], "x", 1) != 1)
		return 99;
	close(ends[1]);
	return wait_all();
}
