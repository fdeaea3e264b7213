/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A loop that looks for a file every 20 ms, which a child makes.
 *
 * why ENDED
 */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	if (fork() == 0) {
		usleep(300000);
		close(open("made", O_WRONLY | O_CREAT, 0600));
		_exit(0);
	}
	while (access("made", F_OK) < 0)
		usleep(20000);
	wait(NULL);
	return 0;
}
