/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The child connects more often than the socket lets wait; the parent, who should accept, waits for the child.
 *
 * why HANG
 * why outside WAITS
 * why P1 wait4|wait|waitpid child @wait <- P2
 * why P2 connect * @connect <- ?
 * why mend P1 has to accept the connections of sock\d+ before it waits for P2
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	socklen_t len;

	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1) +
	      (socklen_t)snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "ipclab-accepts-%d", (int)getpid());
	if (bind(listener, (struct sockaddr *)&name, len) < 0 || listen(listener, 0) < 0)
		return 1;
	if (fork() == 0) {
		close(listener);
		for (int i = 0; i < 3; i++)
			connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name, len); /* @connect */
		_exit(0);
	}
	wait(NULL); /* @wait */
	return 0;
}
