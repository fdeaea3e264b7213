/* One process, with poll. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int listen_at(int port)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 16) < 0) {
		perror("date_server");
		exit(1);
	}
	return fd;
}

/* -1: the client is gone. */
static int send_date(int fd)
{
	time_t now = time(NULL);
	struct tm t;
	char line[32];
	size_t n = strftime(line, sizeof line, "%F %T\n", gmtime_r(&now, &t));

	return send(fd, line, n, 0) == (ssize_t)n ? 0 : -1;
}

enum { MOST = 64 };

/* What he sent. -1: no more of him. */
static int hear(int fd)
{
	char buf[100];
	ssize_t n = recv(fd, buf, sizeof buf, 0);

	for (ssize_t i = 0; i < n; i++)
		if (buf[i] == '\n' && send_date(fd) < 0)
			return -1;
	return n > 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct pollfd p[MOST];
	int n = 1, left = argc == 3 ? atoi(argv[2]) : 0;

	if (argc != 3)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	p[0] = (struct pollfd){.fd = listen_at(atoi(argv[1])), .events = POLLIN};
	while (left > 0 && poll(p, (nfds_t)n, -1) >= 0) {
		for (int i = n - 1; i > 0; i--)
			if (p[i].revents && hear(p[i].fd) < 0) {
				close(p[i].fd);
				p[i] = p[--n];
				left--;
			}
		if (p[0].revents && n < MOST) {
			int fd = accept(p[0].fd, NULL, NULL);

			if (fd >= 0) {
				p[n++] = (struct pollfd){.fd = fd, .events = POLLIN};
				send_date(fd); /* has he gone, poll will say it */
			}
		}
	}
	return left > 0;
}
