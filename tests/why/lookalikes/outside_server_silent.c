/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client of a TCP server that is not watched and never answers.
 *
 * why WAITS
 * why P1 read tcp @read
 * why run outside=tcp_silent within=500ms
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM, 0), port;
	FILE *f = fopen("port", "r");
	char byte;

	if (!f || fscanf(f, "%d", &port) != 1)
		return 1;
	fclose(f);
	name.sin_port = htons((unsigned short)port);
	if (connect(fd, (struct sockaddr *)&name, sizeof name) < 0)
		return 1;
	(void)!read(fd, &byte, 1); /* @read */
	return 0;
}
