/* epoll, sockets that never block, and stdio for none of it. Clients are counted when they come and when they go. */
#define _GNU_SOURCE
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int ep, listening;

static void watch(int fd)
{
	struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};

	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
}

static int tell(int fd)
{
	time_t now = time(NULL);
	struct tm *t = gmtime(&now);
	char line[64];

	snprintf(line, sizeof line, "%04d-%02d-%02d %02d:%02d:%02d\n", t->tm_year + 1900, t->tm_mon + 1, t->tm_mday, t->tm_hour, t->tm_min, t->tm_sec);
	return send(fd, line, strlen(line), MSG_NOSIGNAL) == (ssize_t)strlen(line);
}

/* Is he still there? */
static int more(int fd)
{
	char c;
	ssize_t n;

	while ((n = recv(fd, &c, 1, 0)) == 1)
		if (c == '\n' && !tell(fd))
			return 0;
	return n < 0 && errno == EAGAIN;
}

int main(int argc, char **argv)
{
	struct addrinfo want = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *at;
	int yes = 1, gone = 0, wanted;

	if (argc != 3 || getaddrinfo("127.0.0.1", argv[1], &want, &at) != 0)
		return 2;
	wanted = atoi(argv[2]);
	ep = epoll_create1(0);
	listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(listening, at->ai_addr, at->ai_addrlen) != 0 || listen(listening, SOMAXCONN) != 0)
		return 1;
	freeaddrinfo(at);
	watch(listening);
	while (gone < wanted) {
		struct epoll_event e;

		if (epoll_wait(ep, &e, 1, -1) != 1)
			continue;
		if (e.data.fd != listening) {
			if (more(e.data.fd))
				continue;
			close(e.data.fd);
			gone++;
			continue;
		}
		for (int fd; (fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
			tell(fd);
			watch(fd);
		}
	}
	return 0;
}
