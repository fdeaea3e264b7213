/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client of a Unix server that is not watched and never answers.
 *
 * why WAITS
 * why P1 read unix @read
 * why run outside=unix_silent within=500ms
 */
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_un name = {AF_UNIX, "socket"};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char byte;

	if (connect(fd, (struct sockaddr *)&name, sizeof name) < 0)
		return 1;
	(void)!read(fd, &byte, 1); /* @read */
	return 0;
}
