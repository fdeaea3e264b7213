/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts a program: fork; the child waits on a pipe until it is seized (it ends by itself should
 * we die first), installs the filter, execs. An error on its way comes back through a second,
 * close-on-exec pipe. */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/private.h"

enum step { STEP_SESSION, STEP_FDS, STEP_CWD, STEP_PREPARE, STEP_FILTER, STEP_EXEC };
struct failure {
	int step, sys;
};

static void child_fail(int fd, enum step step)
{
	struct failure f = {.step = step, .sys = errno};
	ssize_t n = write(fd, &f, sizeof f);

	(void)n;
	_exit(127);
}

static bool child_fds(const struct launch *l)
{
	int fds[3];

	for (int i = 0; i < 3; i++) { /* above 2 first, so that none overwrites another */
		fds[i] = l->fds[i] < 0 ? -1 : fcntl(l->fds[i], F_DUPFD_CLOEXEC, 10);
		if (l->fds[i] >= 0 && fds[i] < 0)
			return false;
	}
	for (int i = 0; i < 3; i++)
		if (fds[i] >= 0 && dup2(fds[i], i) < 0)
			return false;
	return true;
}

static void child_run(const struct tracer *t, const struct launch *l, int go, int failed)
{
	struct sock_fprog program = {t->filter_n, t->filter};
	sigset_t none;
	char byte;

	if (read(go, &byte, 1) != 1)
		_exit(127); /* the tracer is gone */
	if (l->own_session && (setsid() < 0 || (l->fds[0] >= 0 && ioctl(l->fds[0], TIOCSCTTY, 0) < 0)))
		child_fail(failed, STEP_SESSION);
	if (!child_fds(l))
		child_fail(failed, STEP_FDS);
	if (l->cwd && chdir(l->cwd) < 0)
		child_fail(failed, STEP_CWD);
	if (l->prepare && !l->prepare(l->prepare_arg))
		child_fail(failed, STEP_PREPARE);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program) < 0)
		child_fail(failed, STEP_FILTER);
	/* A session of its own begins as at a login: what the engine ignores is no concern of the lab's. */
	for (int sig = 1; l->own_session && sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (l->path)
		execve(l->path, l->argv, l->envp ? l->envp : environ);
	else if (l->envp)
		execvpe(l->argv[0], l->argv, l->envp);
	else
		execvp(l->argv[0], l->argv);
	child_fail(failed, STEP_EXEC);
}

static bool launch_error(const struct launch *l, const struct failure *f, struct err *err)
{
	errno = f->sys;
	switch (f->step) {
	case STEP_EXEC:
		return cannot_run(l, f->sys, err);
	case STEP_FILTER:
		return err_sys(err, EXIT_MACHINE, "this machine does not let a program install a seccomp filter, which tracing needs");
	case STEP_PREPARE:
		return err_sys(err, EXIT_MACHINE, "what %s is to be started with cannot be had", l->argv[0]);
	case STEP_CWD:
		return err_sys(err, EXIT_CANNOT_RUN, "cannot change to the folder %s", l->cwd);
	default:
		return err_sys(err, EXIT_MACHINE, "cannot prepare the terminal of %s", l->argv[0]);
	}
}

/* Stops of this one child until its execve is over. A run's clock may tick meanwhile (run.c): that is no end of the child's.
 * False: it has ended, *ended says how. */
static bool wait_for_exec(struct tracer *t, struct tracee *x, int *ended)
{
	for (;;) {
		int status = 0;
		pid_t got = waitpid(x->tid, &status, __WALL);

		if (got < 0 && errno == EINTR)
			continue;
		*ended = status;
		if (got != x->tid || !WIFSTOPPED(status))
			return false;
		t->stops++;
		if (status >> 16 == PTRACE_EVENT_EXEC) {
			x->event = PTRACE_EVENT_EXEC;
			x->holding = IS_TAKEN;
			x->stop = STOP_EVENT;
			return true;
		}
		ptrace(PTRACE_CONT, x->tid, NULL, (void *)(uintptr_t)(status >> 16 ? 0 : WSTOPSIG(status) & 0x7f));
	}
}

/* What the child said of itself, or how it was ended before it could. */
static bool ended_early(const struct launch *l, int failed, int status, struct err *err)
{
	struct failure f;
	ssize_t n;

	do
		n = read(failed, &f, sizeof f);
	while (n < 0 && errno == EINTR);
	if (n == sizeof f)
		return launch_error(l, &f, err);
	if (WIFSIGNALED(status))
		return err_set(err, EXIT_CANNOT_RUN, "%s: ended before it began: SIG%s killed it", l->argv[0],
			sigabbrev_np(WTERMSIG(status)) ? sigabbrev_np(WTERMSIG(status)) : "?");
	return err_set(err, EXIT_CANNOT_RUN, "%s: ended before it began", l->argv[0]);
}

static bool launched(struct tracer *t, struct tracee *x, u32 *task, struct err *err)
{
	x->born_seen = true;
	x->fds = fdmap_create();
	x->space = space_create();
	if (!t->root && !emit_observe(t, NULL, OBS_MODE, t->opt.held ? OBS_HELD : OBS_FREE, 0, 0, 0, 0, err))
		return false;
	if (!emit_spawn(t, x, 0, 0, err))
		return false;
	*task = x->task;
	if (!t->root)
		t->root = x->task;
	x->msg = (unsigned long)x->tid;
	x->holding = IS_STOPPED;
	if (!tracer_take(t, x->task, err) || !fdmap_adopt_all(t, x, err))
		return false;
	x->exec_done = true;
	return true;
}

bool tracer_launch(struct tracer *t, const struct launch *l, u32 *task, struct err *err)
{
	int go[2] = {-1, -1}, failed[2] = {-1, -1};
	struct tracee *x;
	bool ok = false;
	int status = 0;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) < 0 || pipe2(failed, O_CLOEXEC) < 0)
		return err_sys(err, EXIT_MACHINE, "cannot make a pipe");
	pid = fork();
	if (pid == 0) {
		close(go[1]);
		close(failed[0]);
		child_run(t, l, go[0], failed[1]);
	}
	close(go[0]);
	close(failed[1]);
	if (pid < 0) {
		err_sys(err, EXIT_MACHINE, "cannot start a process");
		goto out;
	}
	if (!tracer_seize(pid, err)) {
		close(go[1]); /* its read ends, it ends */
		go[1] = -1;
		waitpid(pid, NULL, 0);
		goto out;
	}
	x = tracee_add(t, pid);
	x->tgid = pid;
	x->spared = l->spared;
	x->siteless = l->siteless;
	x->exec_done = false;
	ok = write(go[1], "g", 1) == 1 && wait_for_exec(t, x, &status);
	if (ok) {
		ok = launched(t, x, task, err);
	} else {
		ended_early(l, failed[0], status, err);
		tracee_remove(t, x);
	}
out:
	if (go[1] >= 0)
		close(go[1]);
	close(failed[0]);
	return ok;
}
