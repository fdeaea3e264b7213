/* SPDX-License-Identifier: GPL-3.0-or-later */
/* epoll_wait(2) of a socket whose other end waits for its parent's end, with a time-out.
 *
 * why ENDED
 */
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	struct epoll_event e = {.events = EPOLLIN};
	int pair[2], set = epoll_create1(0);
	char byte;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return 1;
	if (fork() == 0) {
		close(pair[0]);
		(void)!read(pair[1], &byte, 1);
		_exit(0);
	}
	close(pair[1]);
	epoll_ctl(set, EPOLL_CTL_ADD, pair[0], &e);
	epoll_wait(set, &e, 1, 300);
	return 0;
}
