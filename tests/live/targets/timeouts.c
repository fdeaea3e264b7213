/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time-outs of nanosleep, poll, ppoll, select; and the same calls when something comes first. */
#include <poll.h>
#include <stdio.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
	struct timespec short_time = {0, 20000000}, long_time = {600, 0};
	struct timeval tv = {0, 20000};
	struct pollfd p;
	int ends[2], n;
	fd_set set;

	if (pipe(ends) < 0)
		return 1;
	p = (struct pollfd){ends[0], POLLIN, 0};
	printf("nanosleep: %d\n", nanosleep(&short_time, NULL));
	printf("poll: %d\n", poll(&p, 1, 20));
	printf("poll at once: %d\n", poll(&p, 1, 0));
	printf("ppoll: %d\n", ppoll(&p, 1, &short_time, NULL));
	FD_ZERO(&set);
	FD_SET(ends[0], &set);
	printf("select: %d\n", select(ends[0] + 1, &set, NULL, NULL, &tv));
	if (write(ends[1], "x", 1) != 1)
		return 1;
	n = poll(&p, 1, -1);
	printf("poll: %d %s\n", n, p.revents == POLLIN ? "POLLIN" : "NOT OK");
	printf("ppoll: %d\n", ppoll(&p, 1, &long_time, NULL));
	FD_SET(ends[0], &set);
	printf("select: %d\n", select(ends[0] + 1, &set, NULL, NULL, NULL));
	close(ends[1]);
	n = poll(&p, 1, 1000000);
	printf("poll: %d %s\n", n, p.revents == (POLLIN | POLLHUP) ? "POLLIN POLLHUP" : "NOT OK");
	return 0;
}
