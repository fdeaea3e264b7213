/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server reads to the end of the request; the client waits for the answer without shutdown(2).
 *
 * why HANG
 * why P1 read tcp @server <- P2 * opened @socket
 * why P2 read tcp @client <- P1 * opened @accept
 * why mend shutdown\(\d+, SHUT_WR\) in P2 after its last byte
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
	char bytes[64];

	if (bind(listener, (struct sockaddr *)&name, n) < 0 || listen(listener, 1) < 0)
		return 1;
	getsockname(listener, (struct sockaddr *)&name, &n);
	if (fork() == 0) {
		close(listener);
		fd = socket(AF_INET, SOCK_STREAM, 0); /* @socket */
		connect(fd, (struct sockaddr *)&name, n);
		(void)!write(fd, "GET /\r\n\r\n", 9);
		(void)!read(fd, bytes, sizeof bytes); /* @client */
		_exit(0);
	}
	fd = accept(listener, NULL, NULL); /* @accept */
	close(listener);
	while (read(fd, bytes, sizeof bytes) > 0) /* @server */
		;
	(void)!write(fd, "200 OK\r\n", 8);
	return 0;
}
