/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads from a pipe whose write end it holds itself. */
#include <unistd.h>

int main(void)
{
	int ends[2];
	char c;

	return pipe(ends) < 0 || read(ends[0], &c, 1) < 0;
}
