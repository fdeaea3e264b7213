/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two event loops, each waiting in epoll_wait(2) for the other to speak first.
 *
 * why HANG
 * why P1 epoll_wait unix @wait <- P2 * inherited @pair
 * why P2 epoll_wait unix @wait <- P1 * opened @pair
 * why cycle P1 P2
 */
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void loop(int fd)
{
	struct epoll_event e = {.events = EPOLLIN};
	int set = epoll_create1(EPOLL_CLOEXEC);

	epoll_ctl(set, EPOLL_CTL_ADD, fd, &e);
	epoll_wait(set, &e, 1, -1); /* @wait */
}

int main(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0) /* @pair */
		return 1;
	if (fork() == 0) {
		close(pair[0]);
		loop(pair[1]);
		_exit(0);
	}
	close(pair[1]);
	loop(pair[0]);
	return 0;
}
