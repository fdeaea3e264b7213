/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bell: an idle child of ours, traced like the rest, which does nothing but pause. A signal to
 * it is a stop that waitpid reports, so the tracer can wait in waitpid alone (signalfd and poll
 * cost 0.5-1 us a stop more). It holds no descriptor, and dies with us (EXITKILL). */
#include <errno.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/private.h"

static void bell_child(pid_t parent)
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	prctl(PR_SET_NAME, "ipclab-bell");
	sigemptyset(&none);
	signal(SIGUSR1, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid(); /* the terminal's ^C is not for it */
	syscall(SYS_close_range, 0u, ~0u, 0u);
	for (;;)
		pause();
}

/* strace's order of guesses (security.md 2, rule 14): somebody else traces it? a rule forbids it? */
static bool seize_failed(pid_t tid, struct err *err)
{
	int why = errno;
	char path[64], line[128];
	int tracer = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)tid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "TracerPid: %d", &tracer) == 1)
			break;
	if (f)
		fclose(f);
	errno = why;
	if (tracer)
		return err_set(err, EXIT_MACHINE,
		               "cannot trace: process %d is already traced by process %d (strace -f or a "
		               "debugger that follows children?); run ipclab outside of it", (int)tid, tracer);
	if (why == EPERM || why == EACCES)
		return err_set(err, EXIT_MACHINE,
		               "cannot trace: this machine forbids ptrace(PTRACE_SEIZE) even of a child. In a "
		               "container start it with --cap-add=SYS_PTRACE and a seccomp profile that allows "
		               "ptrace; elsewhere look at `sysctl kernel.yama.ptrace_scope`, which must be below 3");
	return err_sys(err, EXIT_MACHINE, "cannot trace: ptrace(PTRACE_SEIZE) failed");
}

bool tracer_seize(pid_t tid, struct err *err)
{
	return ptrace(PTRACE_SEIZE, tid, NULL, (void *)(uintptr_t)TRACE_OPTIONS) == 0 || seize_failed(tid, err);
}

bool bell_start(struct tracer *t, struct err *err)
{
	pid_t me = getpid(), pid = fork();

	if (pid == 0)
		bell_child(me);
	if (pid < 0)
		return err_sys(err, EXIT_MACHINE, "cannot start a helper process");
	t->bell = pid;
	if (!tracer_seize(pid, err)) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		t->bell = 0;
		return false;
	}
	return true;
}

void tracer_ring(struct tracer *t)
{
	kill(t->bell, SIGUSR1);
}
