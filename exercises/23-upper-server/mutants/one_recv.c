// verdict: WRONG
// scenario: a sentence in two pieces
/* upper_server PORT: whoever connects gets back in capitals what he sends. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
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

/* send may take less than it is given. 0: the client is gone. */
static int send_all(int fd, const char *buf, ssize_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, buf, (size_t)n, 0);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return 0;
		buf += sent;
		n -= sent;
	}
	return 1;
}

/* One client, up to the end of what he sends. */
static void serve(int fd)
{
	char buf[1024];
	ssize_t n;

	if ((n = recv(fd, buf, sizeof buf, 0)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			buf[i] = (char)toupper((unsigned char)buf[i]);
		send_all(fd, buf, n);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	int fd, client;

	if (argc != 2)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN); /* children are collected by themselves: wait(2) */
	fd = listen_at(atoi(argv[1]));
	for (;;) {
		client = accept(fd, NULL, NULL);
		if (client < 0)
			continue;
		if (fork() == 0) {
			close(fd);
			serve(client);
			_exit(0);
		}
		close(client); /* the child has it */
	}
}
