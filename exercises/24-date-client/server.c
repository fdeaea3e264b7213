/* server PORT [TEXT]: a server that sends TEXT to whoever connects, and closes; without TEXT the numbers from 1 to 2000, a line
 * each, in pieces of 1000 bytes. Given. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argc > 1 ? argv[1] : "0"))};
	int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1, client;
	static char text[20000];
	size_t n = 0;

	if (argc > 2)
		n = (size_t)snprintf(text, sizeof text, "%s", argv[2]);
	for (int i = 1; argc <= 2 && i <= 2000; i++)
		n += (size_t)sprintf(text + n, "%d\n", i);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 8) < 0)
		return 1;
	while ((client = accept(fd, NULL, NULL)) >= 0) {
		for (size_t at = 0; at < n; at += 1000)
			if (send(client, text + at, n - at < 1000 ? n - at : 1000, MSG_NOSIGNAL) < 0)
				break; /* it has gone: its own matter */
		close(client);
	}
	return 1;
}
