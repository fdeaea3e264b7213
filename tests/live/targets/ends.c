/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How children end: exit status, signal, abort; how it is told to the parent; waitid and WNOHANG. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void show(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		printf("not waited for\n");
	else if (WIFEXITED(status))
		printf("exited %d\n", WEXITSTATUS(status));
	else
		printf("signal %d\n", WTERMSIG(status));
}

int main(void)
{
	struct rlimit none = {0, 0};
	siginfo_t info = {0};
	pid_t pid;

	setrlimit(RLIMIT_CORE, &none);
	if ((pid = fork()) == 0)
		_exit(42);
	show(pid);
	if ((pid = fork()) == 0)
		abort();
	show(pid);
	if ((pid = fork()) == 0)
		for (;;)
			pause();
	printf("not yet: %d\n", waitpid(pid, NULL, WNOHANG));
	kill(pid, SIGTERM);
	show(pid);
	if ((pid = fork()) == 0)
		_exit(6);
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	printf("waitid: %d %d\n", info.si_code == CLD_EXITED, info.si_status);
	show(pid);
	fflush(stdout);
	raise(SIGKILL);
	return 0;
}
