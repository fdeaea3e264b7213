/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracer/lean.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/private.h"

struct lean {
	struct sock_filter *filter;
	u16 filter_n;
};

struct lean *lean_create(struct err *err)
{
	struct lean *l = xmalloc(sizeof *l);

	if (filter_build(false, false, &l->filter, &l->filter_n, err))
		return l;
	free(l);
	return NULL;
}

void lean_destroy(struct lean *l)
{
	if (!l)
		return;
	free(l->filter);
	free(l);
}

/* ---- launch ---- */

static void child_run(const struct lean *lean, const struct launch *l, int go, int failed)
{
	struct sock_fprog program = {lean->filter_n, lean->filter};
	sigset_t none;
	char byte;

	if (read(go, &byte, 1) != 1)
		_exit(127);
	setpgid(0, 0); /* the terminal's ^C is not for it, and its kill(0) not for us */
	for (int i = 0; i < 3; i++)
		if (l->fds[i] >= 0 && dup2(l->fds[i], i) < 0)
			goto fail;
	if (l->cwd && chdir(l->cwd) < 0)
		goto fail;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
			&program) < 0)
		goto fail;
	for (int sig = 1; sig < 32; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (l->envp)
		execvpe(l->argv[0], l->argv, l->envp);
	else
		execvp(l->argv[0], l->argv);
fail:
	byte = (char)errno;
	if (write(failed, &byte, 1) != 1)
		_exit(126);
	_exit(127);
}

static bool wait_for_exec(pid_t pid)
{
	int status;

	for (;;) {
		pid_t got = waitpid(pid, &status, __WALL);

		if (got < 0 && errno == EINTR)
			continue;
		if (got != pid || !WIFSTOPPED(status))
			return false;
		if (status >> 16 == PTRACE_EVENT_EXEC)
			return true;
		ptrace(PTRACE_CONT, pid, NULL,
			(void *)(uintptr_t)(status >> 16 ? 0 : WSTOPSIG(status) & 0x7f));
	}
}

static bool launch_error(const struct launch *l, int failed, struct err *err)
{
	char byte = 0;
	ssize_t n;

	do
		n = read(failed, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		return err_set(err, EXIT_CANNOT_RUN, "%s: ended before it began", l->argv[0]);
	return cannot_run(l, byte, err);
}

bool lean_launch(struct lean *lean, const struct launch *l, pid_t *out, struct err *err)
{
	static const unsigned long options =
		PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
		PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD;
	int go[2] = {-1, -1}, failed[2] = {-1, -1};
	bool ok = false;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) < 0 || pipe2(failed, O_CLOEXEC) < 0)
		return err_sys(err, EXIT_MACHINE, "cannot make a pipe");
	pid = fork();
	if (pid == 0) {
		close(go[1]);
		child_run(lean, l, go[0], failed[1]);
	}
	close(go[0]);
	close(failed[1]);
	if (pid < 0)
		err_sys(err, EXIT_MACHINE, "cannot start a process");
	else if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)options) < 0)
		err_sys(err, EXIT_MACHINE, "this machine does not let a program be traced");
	else if (write(go[1], "g", 1) != 1 || !wait_for_exec(pid))
		launch_error(l, failed[0], err);
	else
		ok = true;
	close(go[1]);
	close(failed[0]);
	if (!ok && pid > 0)
		waitpid(pid, NULL, __WALL);
	*out = pid;
	return ok;
}

/* ---- stops ---- */

static void classify(pid_t tid, int status, struct lean_stop *s)
{
	unsigned long msg = 0;
	int event = status >> 16, sig = WSTOPSIG(status);

	s->tid = tid;
	if (!WIFSTOPPED(status)) {
		s->kind = LEAN_END;
		s->status = status;
	} else if (event == PTRACE_EVENT_SECCOMP) {
		s->kind = arch_read_call(tid, &s->nr, s->args, &s->ip) ? LEAN_CALL : LEAN_NONE;
	} else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
		   event == PTRACE_EVENT_CLONE) {
		ptrace(PTRACE_GETEVENTMSG, tid, NULL, &msg);
		s->kind = LEAN_MADE;
		s->child = (pid_t)msg;
		s->vfork = event == PTRACE_EVENT_VFORK;
	} else if (event == PTRACE_EVENT_EXEC) {
		ptrace(PTRACE_GETEVENTMSG, tid, NULL, &msg);
		s->kind = LEAN_EXEC;
		s->child = (pid_t)msg;
	} else if (event == PTRACE_EVENT_STOP) {
		s->kind = sig == SIGTRAP ? LEAN_BORN : LEAN_GROUP;
		s->sig = sig;
	} else if (sig == (SIGTRAP | 0x80)) {
		s->kind = arch_read_result(tid, &s->result) ? LEAN_RESULT : LEAN_NONE;
	} else {
		s->kind = LEAN_SIGNAL;
		s->sig = sig;
	}
}

void lean_next(bool block, struct lean_stop *s)
{
	int status;
	pid_t tid = waitpid(-1, &status, __WALL | (block ? 0 : WNOHANG));

	s->kind = LEAN_NONE;
	s->tid = 0;
	if (tid > 0)
		classify(tid, status, s);
	else if (tid < 0 && errno == ECHILD)
		s->kind = LEAN_NOBODY;
}

void lean_go(pid_t tid, bool result, int sig)
{
	ptrace(result ? PTRACE_SYSCALL : PTRACE_CONT, tid, NULL, (void *)(uintptr_t)sig);
}

bool lean_answer(pid_t tid, long result)
{
	arch_regs regs;

	if (!arch_get_regs(tid, &regs))
		return false;
	arch_set_call(&regs, -1);
	arch_set_result(&regs, result);
	return arch_set_regs(tid, &regs);
}

bool lean_set_result(pid_t tid, long result)
{
	arch_regs regs;

	if (!arch_get_regs(tid, &regs))
		return false;
	arch_set_result(&regs, result);
	return arch_set_regs(tid, &regs);
}

bool lean_set_call(pid_t tid, long nr, const u64 args[6])
{
	arch_regs regs;

	if (!arch_get_regs(tid, &regs))
		return false;
	arch_set_call(&regs, nr);
	for (int i = 0; i < 6; i++)
		arch_set_arg(&regs, i, args[i]);
	return arch_set_regs(tid, &regs);
}

bool lean_rewind(pid_t tid, long nr, const u64 args[6])
{
	arch_regs regs;

	if (!arch_get_regs(tid, &regs))
		return false;
	arch_set_pc(&regs, arch_pc(&regs) - ARCH_CALL_BYTES);
	arch_set_result(&regs, nr);
	arch_set_call(&regs, -1);
	for (int i = 0; i < 6; i++)
		arch_set_arg(&regs, i, args[i]);
	return arch_set_regs(tid, &regs);
}

/* ---- asking ---- */

bool lean_peek(pid_t tid, u64 addr, void *to, size_t n)
{
	u64 word;

	if (n <= sizeof word && (addr & 4095) <= 4096 - sizeof word) {
		if (syscall(SYS_ptrace, PTRACE_PEEKDATA, tid, addr, &word) < 0)
			return false;
		memcpy(to, &word, n);
		return true;
	}
	return memory_read(tid, addr, to, n) == n;
}

bool lean_poke(pid_t tid, u64 addr, const void *from, size_t n)
{
	for (size_t i = 0; i + 8 <= n; i += 8) {
		u64 word;

		memcpy(&word, (const char *)from + i, 8);
		if (ptrace(PTRACE_POKEDATA, tid, (void *)(uintptr_t)(addr + i),
			    (void *)(uintptr_t)word) < 0)
			return false;
	}
	return true;
}

u64 lean_stack(pid_t tid)
{
	arch_regs regs;

	return arch_get_regs(tid, &regs) ? arch_sp(&regs) : 0;
}

int lean_borrow(pid_t tgid, int fd)
{
	int pidfd = (int)syscall(SYS_pidfd_open, tgid, 0), ours;

	if (pidfd < 0)
		return -1;
	ours = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	close(pidfd);
	return ours;
}

char lean_state(pid_t tid)
{
	char path[40], text[512], *end;
	int fd;
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	end = strrchr(text, ')');
	return end && end[1] ? end[2] : 0;
}

bool lean_signal_due(pid_t tid)
{
	return signal_is_due(tid);
}

void lean_kill(pid_t tgid)
{
	kill(tgid, SIGKILL);
}
