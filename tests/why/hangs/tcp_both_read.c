/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Client and server of a TCP connection both read first.
 *
 * why HANG
 * why P1 read tcp @server <- P2 * opened @socket
 * why P2 read tcp @client <- P1 * opened @accept
 * why cycle P1 P2
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd;
	socklen_t n = sizeof name;
	char byte;

	if (bind(listener, (struct sockaddr *)&name, n) < 0 || listen(listener, 1) < 0)
		return 1;
	getsockname(listener, (struct sockaddr *)&name, &n);
	if (fork() == 0) {
		close(listener);
		fd = socket(AF_INET, SOCK_STREAM, 0); /* @socket */
		connect(fd, (struct sockaddr *)&name, n);
		(void)!read(fd, &byte, 1); /* @client */
		_exit(0);
	}
	fd = accept(listener, NULL, NULL); /* @accept */
	close(listener);
	(void)!read(fd, &byte, 1); /* @server */
	return 0;
}
