/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Only when nearly all that was added is lost: two preemptions. */
/* explore: WRONG */
#include "../program.h"

static int *count;
static void add(int n) { for (int i = 0; i < n; i++) ++*count; }
int main(void)
{
	count = shared(sizeof *count);
	start(add, 3);
	start(add, 3);
	wait_all();
	return *count <= 2;
}
