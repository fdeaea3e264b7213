/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inet_target tcp|udp SEED: up to five processes that make random calls on TCP or UDP sockets of the loopback. What they do follows
 * from SEED and from what the calls return; whoever waits for ever may do so. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PLACES = 3, FDS_MAX = 12, BIG = 150000 };

static uint64_t state;
static struct sockaddr_in6 place[PLACES]; /* where to connect, or to send to */
static socklen_t place_len[PLACES];
static int place_fd[PLACES];
static int fds[FDS_MAX], fds_n;
static char bytes[BIG];

static unsigned below(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

static int family(int i)
{
	return place[i].sin6_family;
}

static void keep(int fd)
{
	if (fd < 0)
		return;
	if (fds_n < FDS_MAX)
		fds[fds_n++] = fd;
	else
		close(fd);
}

static int any(void)
{
	return fds_n ? fds[below((unsigned)fds_n)] : -1;
}

static void drop(void)
{
	unsigned i = below((unsigned)(fds_n ? fds_n : 1));

	if (!fds_n)
		return;
	close(fds[i]);
	fds[i] = fds[--fds_n];
}

static size_t size(void)
{
	return below(6) ? 1 + below(2000) : 1 + below(BIG);
}

static void small_buffers(int fd)
{
	int n = 2304 + (int)below(20000);

	if (below(3))
		return;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &n, sizeof n);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &n, sizeof n);
}

static void make_place(int i, int type)
{
	int six = !below(3), fd = socket(six ? AF_INET6 : AF_INET, type, 0);
	struct sockaddr_in *four = (struct sockaddr_in *)&place[i];

	if (six)
		place[i] = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	else
		*four = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	place_len[i] = six ? sizeof place[i] : sizeof *four;
	small_buffers(fd);
	if (fd < 0 || bind(fd, (struct sockaddr *)&place[i], place_len[i]) < 0)
		_exit(90);
	getsockname(fd, (struct sockaddr *)&place[i], &place_len[i]);
	if (type == SOCK_STREAM && below(8))
		listen(fd, 1 + (int)below(6));
	place_fd[i] = fd;
	keep(fd);
}

/* ---- both ---- */

static void set_option(int fd)
{
	struct timeval t = {.tv_usec = 10000};

	switch (below(3)) {
	case 0: fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) ^ O_NONBLOCK); break;
	case 1: setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t); break;
	default: keep(dup(fd)); break;
	}
}

static void look(int fd)
{
	struct pollfd p = {.fd = fd, .events = (short)(below(2) ? POLLIN : POLLOUT)};

	poll(&p, 1, (int)below(30));
}

static void take(int fd)
{
	struct iovec vec[2] = {{bytes, 100}, {bytes + 100, BIG - 100}};
	struct msghdr m = {.msg_iov = vec, .msg_iovlen = 2};
	struct sockaddr_in6 from;
	socklen_t len = sizeof from;

	switch (below(8)) {
	case 0: read(fd, bytes, size()); break;
	case 1: readv(fd, vec, 2); break;
	case 2: recvmsg(fd, &m, 0); break;
	case 3: recv(fd, bytes, size(), 0); break;
	case 4: recv(fd, bytes, size(), MSG_PEEK | MSG_DONTWAIT); break;
	case 5: recvfrom(fd, bytes, size(), 0, (struct sockaddr *)&from, &len); break;
	default: recvfrom(fd, bytes, size(), MSG_DONTWAIT, (struct sockaddr *)&from, &len); break;
	}
}

/* ---- TCP ---- */

static void connect_somewhere(void)
{
	int i = (int)below(PLACES), fd = socket(family(i), SOCK_STREAM | (below(3) ? 0 : SOCK_NONBLOCK), 0);

	small_buffers(fd);
	connect(fd, (struct sockaddr *)&place[i], place_len[i]);
	keep(fd);
}

static void accept_one(void)
{
	int i = (int)below(PLACES);
	struct pollfd p = {.fd = place_fd[i], .events = POLLIN};

	if (below(4) && poll(&p, 1, 0) <= 0)
		return;
	keep(accept4(place_fd[i], NULL, NULL, below(4) ? 0 : SOCK_NONBLOCK));
}

static void reset(int fd)
{
	struct linger l = {1, 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof l);
}

static void tcp_call(void)
{
	struct iovec vec[2] = {{bytes, size() / 2 + 1}, {bytes, size() / 2 + 1}};
	int fd = any();

	switch (below(18)) {
	case 0: case 1: case 2: connect_somewhere(); break;
	case 3: case 4: case 5: accept_one(); break;
	case 6: case 7: send(fd, bytes, size(), MSG_NOSIGNAL); break;
	case 8: send(fd, bytes, size(), MSG_NOSIGNAL | MSG_DONTWAIT); break;
	case 9: write(fd, bytes, size()); break;
	case 10: writev(fd, vec, 2); break;
	case 11: shutdown(fd, (int)below(3)); break;
	case 12: drop(); break;
	case 13: below(2) ? set_option(fd) : reset(fd); break;
	case 14: look(fd); break;
	default: take(fd); break;
	}
}

/* ---- UDP ---- */

static size_t short_size(void)
{
	return below(8) ? below(900) : below(20000);
}

static void udp_call(void)
{
	int i = (int)below(PLACES), fd = any();
	struct sockaddr_in nobody = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(1)};
	struct iovec vec[2] = {{bytes, short_size()}, {bytes, short_size()}};
	struct msghdr m = {.msg_iov = vec, .msg_iovlen = 2, .msg_name = &place[i], .msg_namelen = place_len[i]};

	switch (below(18)) {
	case 0: keep(socket(family(i), SOCK_DGRAM | (below(2) ? 0 : SOCK_NONBLOCK), 0)); break;
	case 1: connect(fd, (struct sockaddr *)&place[i], place_len[i]); break;
	case 2: connect(fd, (struct sockaddr *)&nobody, sizeof nobody); break;
	case 3: case 4: case 5: sendto(fd, bytes, short_size(), 0, (struct sockaddr *)&place[i], place_len[i]); break;
	case 6: sendmsg(fd, &m, 0); break;
	case 7: send(fd, bytes, short_size(), MSG_NOSIGNAL); break;
	case 8: write(fd, bytes, short_size()); break;
	case 9: sendto(fd, bytes, short_size(), 0, (struct sockaddr *)&nobody, sizeof nobody); break;
	case 10: set_option(fd); break;
	case 11: look(fd); break;
	case 12: if (!below(2)) drop(); break;
	case 13:
		for (unsigned k = 3 + below(20); k; k--)
			sendto(fd, bytes, 700, MSG_DONTWAIT, (struct sockaddr *)&place[i], place_len[i]);
		break;
	default: take(below(2) ? fd : place_fd[i]); break;
	}
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	bool udp = argc > 1 && !strcmp(argv[1], "udp");
	unsigned processes;

	signal(SIGPIPE, SIG_IGN);
	state = seed * 0x9e3779b97f4a7c15u + 1;
	for (int i = 0; i < PLACES; i++)
		make_place(i, udp ? SOCK_DGRAM : SOCK_STREAM);
	processes = 2 + below(3);
	for (unsigned p = 0; p < processes; p++)
		if (fork() == 0) {
			state += p * 7919 + 1;
			for (unsigned calls = 8 + below(16); calls; calls--)
				udp ? udp_call() : tcp_call();
			return 0;
		}
	for (unsigned calls = below(8); calls; calls--)
		udp ? udp_call() : tcp_call();
	while (wait(NULL) > 0)
		;
	return 0;
}
