/* The connection as a stream of stdio. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0), c;
	FILE *server;

	if (argc != 2 || fd < 0)
		return 2;
	to.sin_port = htons((unsigned short)atoi(argv[1]));
	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == -1)
		return 1;
	server = fdopen(fd, "r");
	while (server && (c = getc(server)) != EOF)
		putchar(c);
	return !server || ferror(server) ? 1 : 0;
}
