/* epoll, a client is what epoll gives back; private ports are SOCK_SEQPACKET, which keeps messages apart. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct port {
	int fd;
	long sum;
	char who[32]; /* "": a connection that has not asked yet */
};

static int epoll, name_fd;

static struct port *add(int fd)
{
	struct port *p = calloc(1, sizeof *p);

	p->fd = fd;
	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = p});
	return p;
}

static void drop(struct port *p)
{
	close(p->fd);
	free(p);
}

static void asked(struct port *connection)
{
	char text[64] = "", room[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec data = {.iov_base = text, .iov_len = 4};
	struct msghdr m = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	int ends[2];

	if (read(connection->fd, text, sizeof text - 1) > 8 && socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0) {
		text[strcspn(text, "\n")] = '\0';
		snprintf(add(ends[0])->who, 32, "%.31s", text + 8);
		*c = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
		memcpy(CMSG_DATA(c), &ends[1], sizeof(int));
		sendmsg(connection->fd, &m, MSG_NOSIGNAL);
		close(ends[1]);
	}
	drop(connection);
}

/* 1 when the client has gone. */
static int told(struct port *p)
{
	char line[32] = "";

	if (read(p->fd, line, sizeof line - 1) > 0) {
		p->sum += strtol(line, NULL, 10);
		snprintf(line, sizeof line, "%ld\n", p->sum);
		send(p->fd, line, strlen(line), MSG_NOSIGNAL);
		return 0;
	}
	dprintf(STDOUT_FILENO, "%s has gone: %ld\n", p->who, p->sum);
	drop(p);
	return 1;
}

int main(int argc, char **argv)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct epoll_event e;
	int left;

	if (argc != 3)
		return 2;
	left = atoi(argv[2]);
	snprintf(a.sun_path, sizeof a.sun_path, "%s", argv[1]);
	name_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(name_fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(name_fd, SOMAXCONN) < 0)
		return 1;
	epoll = epoll_create1(EPOLL_CLOEXEC);
	epoll_ctl(epoll, EPOLL_CTL_ADD, name_fd, &(struct epoll_event){.events = EPOLLIN});
	while (left > 0) {
		struct port *p;

		if (epoll_wait(epoll, &e, 1, -1) != 1)
			continue;
		p = e.data.ptr;
		if (!p)
			add(accept4(name_fd, NULL, NULL, SOCK_CLOEXEC));
		else if (p->who[0])
			left -= told(p);
		else
			asked(p);
	}
	unlink(argv[1]);
	return 0;
}
