/* date_client PORT: prints what the server there sends. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	char buf[256];
	ssize_t n = 0;
	int fd;

	if (argc != 2)
		return 2;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	/* Yours: the port, and the connection. */

	/* Yours: all that the server sends goes to standard output. */
	(void)argv;
	(void)a;
	(void)buf;
	(void)n;
	(void)fd;
	return 0;
}
