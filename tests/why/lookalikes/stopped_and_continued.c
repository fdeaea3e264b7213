/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A child stops itself; the parent lets it go on 300 ms later.
 *
 * why ENDED
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	pid_t child = fork();

	if (child == 0) {
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(child, NULL, WUNTRACED);
	usleep(300000);
	kill(child, SIGCONT);
	waitpid(child, NULL, 0);
	return 0;
}
