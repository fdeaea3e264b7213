/* A socket that never blocks, and poll. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int connected(int fd, int port)
{
	struct sockaddr_in a = {AF_INET, htons((unsigned short)port), {htonl(INADDR_LOOPBACK)}, {0}};
	struct pollfd p = {fd, POLLOUT, 0};
	int error = 0;
	socklen_t size = sizeof error;

	if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
		return 1;
	if (errno != EINPROGRESS || poll(&p, 1, -1) < 0)
		return 0;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

int main(int argc, char **argv)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct pollfd p = {fd, POLLIN, 0};
	char line[80];

	if (argc < 2 || !connected(fd, atoi(argv[1])))
		return EXIT_FAILURE;
	for (;;) {
		ssize_t n = recv(fd, line, sizeof line, 0);

		if (n > 0)
			fwrite(line, (size_t)n, 1, stdout);
		else if (n == 0)
			return EXIT_SUCCESS;
		else if (errno == EAGAIN)
			poll(&p, 1, -1);
		else if (errno != EINTR)
			return EXIT_FAILURE;
	}
}
