/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server accepts; the client, its child, waits for the server's word before it connects;
 * but anybody may, by the socket's name.
 *
 * why WAITS
 * why P1 accept|accept4 unix @accept
 * why run within=500ms
 * why P2 read pipe @word <- P1 write opened @pipe
 */
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_un name = {AF_UNIX, "socket"};
	int server = socket(AF_UNIX, SOCK_STREAM, 0), ends[2];
	char byte;

	if (bind(server, (struct sockaddr *)&name, sizeof name) < 0 || listen(server, 1) < 0)
		return 1;
	if (pipe(ends) < 0) /* @pipe */
		return 1;
	if (fork() == 0) {
		close(server);
		close(ends[1]);
		(void)!read(ends[0], &byte, 1); /* @word */
		_exit(0);
	}
	close(ends[0]);
	accept(server, NULL, NULL); /* @accept */
	return 0;
}
