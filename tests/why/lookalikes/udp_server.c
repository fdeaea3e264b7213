/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A UDP socket with a port: anybody may send.
 *
 * why WAITS
 * why P1 recvfrom udp @recv
 * why run within=500ms
 */
#include <arpa/inet.h>
#include <sys/socket.h>

int main(void)
{
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char byte;

	if (bind(fd, (struct sockaddr *)&name, sizeof name) < 0)
		return 1;
	recv(fd, &byte, 1, 0); /* @recv */
	return 0;
}
