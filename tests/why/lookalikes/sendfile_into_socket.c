/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sendfile(2) into a socket that nobody reads: whether it is the socket that keeps it waiting, or the file, is not proven.
 *
 * why WAITS
 * why P1 wait4|wait|waitpid child @wait <- P2
 * why P2 sendfile * @send <- P1
 * why run within=500ms
 */
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	char name[] = "/tmp/ipclab-sendfile-XXXXXX";
	int ends[2], file = mkstemp(name);
	off_t at = 0;

	if (file < 0 || unlink(name) < 0 || ftruncate(file, 10000000) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return 1;
	if (fork() == 0) {
		close(ends[1]);
		_exit(sendfile(ends[0], file, &at, 10000000) != 10000000); /* @send */
	}
	close(ends[0]);
	wait(NULL); /* @wait */
	return 0;
}
