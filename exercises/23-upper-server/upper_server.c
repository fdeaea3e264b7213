/* upper_server PORT: whoever connects gets back in capitals what he sends. */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
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

/* One client, as the slide does it: one recv(1024), one send. */
static void serve(int fd)
{
	char buf[1024];
	ssize_t n = recv(fd, buf, sizeof buf, 0);

	for (ssize_t i = 0; i < n; i++)
		buf[i] = toupper(buf[i]);
	send(fd, buf, n, 0);
	close(fd);
}

int main(int argc, char **argv)
{
	int fd;

	if (argc != 2)
		return 2;
	fd = listen_at(atoi(argv[1]));
	for (;;)
		serve(accept(fd, NULL, NULL));
}
