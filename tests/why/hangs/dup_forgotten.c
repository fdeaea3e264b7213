/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The write end was duplicated to standard error; only one of the two is closed.
 *
 * why HANG
 * why P1 read pipe @read <- P1 write dup @dup
 * why mend close fd 2 in P1 before it reads
 */
#include <unistd.h>

int main(void)
{
	int ends[2];
	char byte;

	if (pipe(ends) < 0)
		return 1;
	dup2(ends[1], 2); /* @dup */
	(void)!write(2, "logged", 6);
	close(ends[1]);
	while (read(ends[0], &byte, 1) > 0) /* @read */
		;
	return 0;
}
