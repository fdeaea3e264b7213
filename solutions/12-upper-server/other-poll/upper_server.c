/* One process, one thread, poll. */
#include <arpa/inet.h>
#include <ctype.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 64 };

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct pollfd p[MOST] = {{.fd = socket(AF_INET, SOCK_STREAM, 0), .events = POLLIN}};
	int n = 1, yes = 1;

	signal(SIGPIPE, SIG_IGN);
	a.sin_port = htons(argc > 1 ? atoi(argv[1]) : 0);
	setsockopt(p[0].fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(p[0].fd, (void *)&a, sizeof a) || listen(p[0].fd, 64))
		return 1;
	while (poll(p, n, -1) >= 0)
		for (int i = n - 1; i >= 0; i--) {
			unsigned char buf[4096];
			ssize_t got, done = 0, w = 1;

			if (!p[i].revents)
				continue;
			if (i == 0) {
				int c = accept(p[0].fd, NULL, NULL);
				if (c >= 0 && n < MOST)
					p[n++] = (struct pollfd){.fd = c, .events = POLLIN};
				continue;
			}
			got = read(p[i].fd, buf, sizeof buf);
			for (ssize_t k = 0; k < got; k++)
				if (buf[k] < 128)
					buf[k] = (unsigned char)toupper(buf[k]);
			while (got > 0 && done < got && (w = write(p[i].fd, buf + done, got - done)) > 0)
				done += w;
			if (got <= 0 || w <= 0) {
				close(p[i].fd);
				p[i] = p[--n];
			}
		}
	return 1;
}
