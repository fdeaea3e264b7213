/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standard input is a pipe whose writer is not watched.
 *
 * why WAITS
 * why P1 read pipe @read
 * why run stdin=pipe within=500ms
 */
#include <unistd.h>

int main(void)
{
	char line[80];

	(void)!read(0, line, sizeof line); /* @read */
	return 0;
}
