/* One process, epoll, nothing blocks: what a client does not take yet is kept for him. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static int listen_at(int port)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 16) < 0) {
		perror("upper_server");
		exit(1);
	}
	return fd;
}

struct client {
	int fd;
	size_t from, to;
	char buf[2048];
};

/* 0: the client is gone. */
static int go_on(struct client *c)
{
	for (;;) {
		ssize_t n;

		while (c->from < c->to) {
			n = send(c->fd, c->buf + c->from, c->to - c->from, MSG_NOSIGNAL);
			if (n < 0)
				return errno == EAGAIN;
			c->from += (size_t)n;
		}
		n = recv(c->fd, c->buf, sizeof c->buf, 0);
		if (n <= 0)
			return n < 0 && errno == EAGAIN;
		c->from = 0;
		c->to = (size_t)n;
		for (size_t i = 0; i < c->to; i++)
			c->buf[i] = (char)toupper((unsigned char)c->buf[i]);
	}
}

int main(int argc, char **argv)
{
	int listener, ep = epoll_create1(0);
	struct epoll_event e = {.events = EPOLLIN};

	if (argc != 2)
		return 2;
	signal(SIGPIPE, SIG_DFL);
	listener = listen_at(atoi(argv[1]));
	epoll_ctl(ep, EPOLL_CTL_ADD, listener, &e);
	for (;;) {
		struct client *c;

		if (epoll_wait(ep, &e, 1, -1) != 1)
			continue;
		c = e.data.ptr;
		if (!c) {
			c = calloc(1, sizeof *c);
			c->fd = accept(listener, NULL, NULL);
			fcntl(c->fd, F_SETFL, O_NONBLOCK);
			e = (struct epoll_event){.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
			epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
		} else if (!go_on(c)) {
			close(c->fd);
			free(c);
		}
	}
}
