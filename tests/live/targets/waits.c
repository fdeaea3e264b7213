/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waiting for children: any, one, of a group, without taking (WNOWAIT), stopped and continued, by pidfd; clone3 with a
 * pidfd; an orphan goes to the subreaper; whoever ignores SIGCHLD has nobody to wait for. */
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *what, long n)
{
	printf("%s %ld%s%s\n", what, n, n < 0 ? " " : "", n < 0 ? strerrorname_np(errno) : "");
	fflush(stdout);
}

static pid_t child(int status)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(status);
	return pid;
}

static void one_after_another(void)
{
	pid_t one = child(1), two = child(2);
	siginfo_t info = {0};
	int status = 0;

	say("second", waitpid(two, &status, 0) == two);
	say("status", WEXITSTATUS(status));
	say("left there", waitid(P_PID, (id_t)one, &info, WEXITED | WNOWAIT));
	say("status", info.si_status);
	say("any", wait(&status) == one);
	say("nobody", wait(NULL));
}

static void stopped(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		raise(SIGSTOP);
		_exit(3);
	}
	waitpid(pid, &status, WUNTRACED);
	say("stopped by", WIFSTOPPED(status) ? WSTOPSIG(status) : 0);
	say("still", waitpid(pid, &status, WNOHANG));
	kill(pid, SIGCONT);
	waitpid(pid, &status, 0);
	say("status", WEXITSTATUS(status));
}

static void group(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		_exit(4);
	}
	setpgid(pid, pid);
	say("own group", waitpid(0, &status, 0));
	say("its group", waitpid(-pid, &status, 0) == pid);
	say("status", WEXITSTATUS(status));
}

static void by_pidfd(void)
{
	int fd = -1;
	struct clone_args args = {.flags = CLONE_PIDFD, .pidfd = (uintptr_t)&fd, .exit_signal = SIGCHLD};
	siginfo_t info = {0};
	long pid = syscall(SYS_clone3, &args, sizeof args);

	if (pid == 0)
		_exit(5);
	if (pid < 0) { /* a sandbox may not know it */
		say("clone3", -1);
		return;
	}
	say("waitid", waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
	say("status", info.si_status);
	close(fd);
}

static void orphan(void)
{
	int status = 0, ends[2];
	char byte;
	pid_t pid;

	if (pipe(ends) < 0)
		exit(1);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = fork();
	if (pid == 0) {
		if (fork() == 0)
			_exit(read(ends[0], &byte, 1) == 1 ? 6 : 1);
		_exit(7);
	}
	waitpid(pid, &status, 0);
	say("mother", WEXITSTATUS(status));
	say("go", write(ends[1], "x", 1));
	say("orphan is mine", wait(&status) > 0);
	say("status", WEXITSTATUS(status));
	close(ends[0]);
	close(ends[1]);
}

static void unwanted(void)
{
	signal(SIGCHLD, SIG_IGN);
	child(8);
	say("nobody to wait for", wait(NULL));
}

int main(void)
{
	one_after_another();
	stopped();
	group();
	by_pidfd();
	orphan();
	unwanted();
	return 0;
}
