/* SPDX-License-Identifier: GPL-3.0-or-later */
/* select on two pipes. */
/* explore: fine */
#include "../program.h"

#include <sys/select.h>

static int ends[2][2];
static void sender(int me) { if (write(ends[me][1], "x", 1) != 1) _exit(1); }
int main(void)
{
	int got = 0;
	char c;

	for (int i = 0; i < 2; i++)
		if (pipe(ends[i]) != 0)
			return 99;
	start(sender, 0);
	start(sender, 1);
	while (got < 2) {
		fd_set set;

		FD_ZERO(&set);
		for (int i = 0; i < 2; i++)
			FD_SET(ends[i][0], &set);
		if (select(ends[1][0] + 1, &set, NULL, NULL, NULL) <= 0)
			return 2;
		for (int i = 0; i < 2; i++)
			if (FD_ISSET(ends[i][0], &set) && read(ends[i][0], &c, 1) == 1)
				got++;
	}
	return wait_all();
}
