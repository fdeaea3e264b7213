/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A signal handler's self-pipe, written to in a loop by the only one who would read it.
 *
 * why HANG
 * why P1 write pipe @write <- P1 read opened @pipe
 * why cycle P1
 */
#include <unistd.h>

int main(void)
{
	int ends[2];

	if (pipe(ends) < 0) /* @pipe */
		return 1;
	for (;;)
		(void)!write(ends[1], "!", 1); /* @write */
}
