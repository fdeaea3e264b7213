/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll(2) for the end of a process that is not watched.
 *
 * why WAITS
 * why P1 poll * @poll
 * why run outside=nothing within=500ms
 */
#include <poll.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	FILE *f = fopen("outside", "r");
	struct pollfd p = {.events = POLLIN};
	int pid;

	if (!f || fscanf(f, "%d", &pid) != 1)
		return 1;
	p.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (p.fd < 0)
		return 1;
	poll(&p, 1, -1); /* @poll */
	return 0;
}
