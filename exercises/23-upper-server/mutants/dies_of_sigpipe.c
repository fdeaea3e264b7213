// verdict: WRONG
// scenario: one goes away, the next one is served
/* One process, with poll. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

enum { MOST = 64 };

int main(int argc, char **argv)
{
	struct pollfd p[MOST];
	int n = 1;

	if (argc != 2)
		return 2;
	p[0] = (struct pollfd){.fd = listen_at(atoi(argv[1])), .events = POLLIN};
	while (poll(p, (nfds_t)n, -1) >= 0 || errno == EINTR) {
		for (int i = n - 1; i > 0; i--) {
			char buf[500];
			ssize_t got, sent = 0;

			if (!p[i].revents)
				continue;
			got = recv(p[i].fd, buf, sizeof buf, 0);
			for (ssize_t k = 0; k < got; k++)
				if (buf[k] >= 'a' && buf[k] <= 'z')
					buf[k] -= 'a' - 'A';
			for (ssize_t k = 0; k < got && sent >= 0; k += sent)
				sent = send(p[i].fd, buf + k, (size_t)(got - k), 0);
			if (got > 0 && sent >= 0)
				continue;
			close(p[i].fd);
			p[i] = p[--n];
		}
		if (p[0].revents && n < MOST) {
			int fd = accept(p[0].fd, NULL, NULL);

			if (fd >= 0)
				p[n++] = (struct pollfd){.fd = fd, .events = POLLIN};
		}
	}
	return 1;
}
