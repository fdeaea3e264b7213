/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Both ends of a TCP connection write more than the buffers hold.
 *
 * why HANG
 * why P1 write tcp @server <- P2 * opened @socket
 * why P2 write tcp @client <- P1 * opened @accept
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static char much[1 << 20];

int main(void)
{
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd;
	socklen_t n = sizeof name;

	if (bind(listener, (struct sockaddr *)&name, n) < 0 || listen(listener, 1) < 0)
		return 1;
	getsockname(listener, (struct sockaddr *)&name, &n);
	if (fork() == 0) {
		close(listener);
		fd = socket(AF_INET, SOCK_STREAM, 0); /* @socket */
		connect(fd, (struct sockaddr *)&name, n);
		for (int i = 0; i < 32; i++)
			(void)!write(fd, much, sizeof much); /* @client */
		_exit(0);
	}
	fd = accept(listener, NULL, NULL); /* @accept */
	close(listener);
	for (int i = 0; i < 32; i++)
		(void)!write(fd, much, sizeof much); /* @server */
	return 0;
}
