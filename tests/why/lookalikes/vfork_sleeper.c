/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vfork(2): the child sleeps before it executes.
 *
 * why ENDED
 */
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	pid_t child = vfork();

	if (child == 0) {
		usleep(300000);
		execlp("true", "true", NULL);
		_exit(127);
	}
	waitpid(child, NULL, 0);
	return 0;
}
