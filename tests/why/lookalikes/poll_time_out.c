/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll(2) of a pipe that nobody writes to, with a time-out.
 *
 * why ENDED
 */
#include <poll.h>
#include <unistd.h>

int main(void)
{
	struct pollfd p = {.events = POLLIN};
	int ends[2];

	if (pipe(ends) < 0)
		return 1;
	p.fd = ends[0];
	poll(&p, 1, 300);
	return 0;
}
