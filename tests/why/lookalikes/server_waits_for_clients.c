/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A TCP server accepts: anybody may connect.
 *
 * why WAITS
 * why P1 accept|accept4 tcp @accept
 * why run within=500ms
 */
#include <arpa/inet.h>
#include <stddef.h>
#include <sys/socket.h>

int main(void)
{
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&name, sizeof name) < 0 || listen(fd, 1) < 0)
		return 1;
	accept(fd, NULL, NULL); /* @accept */
	return 0;
}
