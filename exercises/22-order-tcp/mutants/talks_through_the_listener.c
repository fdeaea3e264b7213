// verdict: WRONG
// says: EPIPE, Broken pipe
/* A server for one client: whoever connects is greeted, and hears what he
 * said. The blocks between the lines of dashes are given out of order, and
 * some are not needed. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	int fd, client, port = argc > 1 ? atoi(argv[1]) : 12000, yes = 1;
	char text[100];
	ssize_t n;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
//--
	a.sin_port = htons((unsigned short)port);
//--
	fd = socket(AF_INET, SOCK_STREAM, 0);
//--
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
//--
	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0)
		return 1;
//--
	if (listen(fd, 5) < 0)
		return 1;
//--
	accept(fd, NULL, NULL);
	client = fd;
//--
	send(client, "hello\n", 6, 0);
//--
	n = recv(client, text, sizeof text, 0);
//--
	if (n > 0)
		send(client, text, (size_t)n, 0);
//--
	close(client);
//--
	close(fd);
	return 0;
}
