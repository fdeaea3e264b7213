/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standard input is a terminal at which somebody sits.
 *
 * why WAITS
 * why P1 read * @read
 * why run stdin=tty within=500ms
 */
#include <unistd.h>

int main(void)
{
	char line[80];

	(void)!read(0, line, sizeof line); /* @read */
	return 0;
}
