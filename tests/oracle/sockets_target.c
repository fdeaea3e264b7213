/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sockets_target SEED REPORT: a program of up to four processes that do what the seed says with Unix sockets of every kind, a pipe
 * among them. No loops but those over a list of operations: it ends, or waits for ever, and both are right.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FDS_MAX = 40, OPS = 22, LARGE = 400000 };

static unsigned long chance;
static int fds[FDS_MAX], fds_n;
static char bytes[LARGE];
static int root;

static unsigned below(unsigned n)
{
	chance = chance * 6364136223846793005ul + 1442695040888963407ul;
	return (unsigned)(chance >> 33) % n;
}

static void keep(int fd)
{
	if (fd < 0)
		return;
	if (fds_n == FDS_MAX) {
		close(fd);
		return;
	}
	fds[fds_n++] = fd;
}

static int pick(void)
{
	return fds_n ? fds[below((unsigned)fds_n)] : 0;
}

static struct sockaddr_un name_of(int i, socklen_t *len)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			   (size_t)sprintf(a.sun_path + 1, "ipclab-oracle-%d-%d", root, i));
	return a;
}

static size_t amount(void)
{
	unsigned kind = below(10);

	return kind < 6 ? 1 + below(300) : kind < 8 ? below(20000) : kind < 9 ? 0 : below(LARGE);
}

static void fill(size_t n)
{
	for (size_t i = 0; i < n && i < 256; i++)
		bytes[i] = (char)('a' + below(26));
}

static void send_fds(int to)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(2 * sizeof(int))] = {0};
	int n = 1 + (int)below(2), which[2] = {pick(), pick()};
	struct iovec v = {bytes, 1 + below(3)};
	struct msghdr m = {
		.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_SPACE((size_t)n * sizeof(int))};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN((size_t)n * sizeof(int));
	memcpy(CMSG_DATA(c), which, (size_t)n * sizeof(int));
	sendmsg(to, &m, below(3) ? MSG_DONTWAIT : 0);
}

static void receive_fds(int from)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(8 * sizeof(int))];
	struct iovec v = {bytes, 1 + below(400)};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	int got;

	if (recvmsg(from, &m, (below(2) ? MSG_DONTWAIT : 0) | (below(2) ? MSG_CMSG_CLOEXEC : 0) | (below(5) ? 0 : MSG_PEEK)) < 0)
		return;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
		for (size_t i = 0; i < (c->cmsg_len - CMSG_LEN(0)) / sizeof got; i++) {
			memcpy(&got, CMSG_DATA(c) + i * sizeof got, sizeof got);
			keep(got);
		}
}

static void many(int fd, int receive)
{
	static char room[3][64];
	struct iovec v[3];
	struct mmsghdr m[3] = {0};

	for (int i = 0; i < 3; i++) {
		v[i] = (struct iovec){room[i], 1 + below(60)};
		m[i].msg_hdr.msg_iov = &v[i];
		m[i].msg_hdr.msg_iovlen = 1;
	}
	if (receive)
		recvmmsg(fd, m, 3, below(2) ? MSG_DONTWAIT : MSG_WAITFORONE, NULL);
	else
		sendmmsg(fd, m, 3, below(2) ? MSG_DONTWAIT : 0);
}

static void connect_somewhere(void)
{
	static const int types[] = {SOCK_STREAM, SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM};
	int kind = (int)below(4), fd = socket(AF_UNIX, types[kind] | (below(2) ? SOCK_NONBLOCK : 0), 0);
	socklen_t len;
	struct sockaddr_un a = name_of(kind == 1 ? 0 : kind, &len);

	connect(fd, (struct sockaddr *)&a, len);
	keep(fd);
}

static void send_to_name(int fd)
{
	socklen_t len;
	struct sockaddr_un a = name_of(3, &len);

	fill(40);
	sendto(fd, bytes, below(40), below(2) ? MSG_DONTWAIT : 0, (struct sockaddr *)&a, len);
}

/* Never one that waits for a socket: splice(2) holds the pipe's lock meanwhile, and whoever else uses the pipe then sleeps
 * uninterruptibly, which nobody can tell from computing. */
static void splice_some(int fd)
{
	int file = open("/proc/self/exe", O_RDONLY);

	if (below(2))
		sendfile(fd, file, NULL, below(3000));
	else
		splice(fd, NULL, pick(), NULL, below(3000), SPLICE_F_NONBLOCK);
	close(file);
}

static void drop(void)
{
	unsigned i = fds_n ? below((unsigned)fds_n) : 0;

	if (!fds_n)
		return;
	close(fds[i]);
	fds[i] = fds[--fds_n];
}

static void operate(void)
{
	int fd = pick(), on = (int)below(2);
	size_t n = amount();

	switch (below(24)) {
	case 0: case 1: case 2: case 3:
		fill(n);
		if (write(fd, bytes, n) < 0)
			break;
		break;
	case 4: case 5: case 6: case 7:
		if (read(fd, bytes, n) < 0)
			break;
		break;
	case 8:
		fill(n);
		send(fd, bytes, n, MSG_DONTWAIT);
		break;
	case 9: recv(fd, bytes, n, MSG_DONTWAIT); break;
	case 10: recv(fd, bytes, n, MSG_PEEK | (below(2) ? MSG_DONTWAIT : 0)); break;
	case 11: recv(fd, bytes, n, MSG_WAITALL | (below(2) ? MSG_TRUNC : 0)); break;
	case 12: drop(); break;
	case 13: drop(); break;
	case 14: shutdown(fd, (int)below(3)); break;
	case 15: keep(dup(fd)); break;
	case 16: fcntl(fd, F_SETFL, on ? O_NONBLOCK : 0); break;
	case 17: keep(accept4(fd, NULL, NULL, below(2) ? SOCK_NONBLOCK : SOCK_CLOEXEC)); break;
	case 18: connect_somewhere(); break;
	case 19: send_to_name(fd); break;
	case 20: send_fds(fd); break;
	case 21: receive_fds(fd); break;
	case 22: many(fd, on); break;
	default: splice_some(fd); break;
	}
}

static void make(int type)
{
	int s[2];

	if (socketpair(AF_UNIX, type, 0, s) == 0) {
		keep(s[0]);
		keep(s[1]);
	}
}

static void listen_on(int kind, int type)
{
	int fd = socket(AF_UNIX, type, 0);
	socklen_t len;
	struct sockaddr_un a = name_of(kind, &len);

	bind(fd, (struct sockaddr *)&a, len);
	if (type != SOCK_DGRAM)
		listen(fd, (int)below(3));
	keep(fd);
}

int main(int argc, char **argv)
{
	static const int types[] = {SOCK_STREAM, SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM};
	int ends[2], children, ops;

	(void)argc;
	signal(SIGPIPE, SIG_IGN);
	chance = strtoul(argv[1], NULL, 10) * 977 + 5;
	root = getpid();
	for (unsigned n = 1 + below(2); n; n--)
		make(types[below(4)]);
	if (below(2))
		listen_on(0, SOCK_STREAM);
	if (!below(4))
		listen_on(2, SOCK_SEQPACKET);
	if (below(2))
		listen_on(3, SOCK_DGRAM);
	if (below(2) && pipe(ends) == 0) {
		keep(ends[0]);
		keep(ends[1]);
	}
	children = 1 + (int)below(3);
	for (int i = 0; i < children; i++)
		if (fork() == 0) {
			chance += (unsigned long)(i + 1) * 0x9e3779b97f4a7c15ul;
			break;
		}
	ops = (int)below(OPS);
	for (int i = 0; i < ops; i++)
		operate();
	return 0;
}
