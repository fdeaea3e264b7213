/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ptrace(2) and seccomp(2), done to children of ours. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "doctor/private.h"

enum { STOPS = 2000 };

/* As yama(4) of the kernel's documentation; absent: -1. */
static long yama_scope(void)
{
	return file_number("/proc/sys/kernel/yama/ptrace_scope", -1);
}

static const char *seize_remedy(bool own)
{
	long scope = yama_scope();

	if (is_filtered())
		return filter_remedy();
	if (scope == 3)
		return "remove kernel.yama.ptrace_scope=3 from /etc/sysctl.d and start the machine "
		       "again";
	if (scope == 2)
		return own ? "sudo sysctl kernel.yama.ptrace_scope=1"
			   : "sudo sysctl kernel.yama.ptrace_scope=0";
	if (scope == 1 && !own)
		return "sudo sysctl kernel.yama.ptrace_scope=0";
	return own ? "gdb, strace or a sandbox traces ipclab already: start it outside of that"
		   : "sudo ipclab watch -p PID";
}

/* Seize, stop, let go. Returns 0 or errno. */
static int seize_and_stop(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)PTRACE_O_TRACESYSGOOD) < 0 ||
		ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0)
		return errno;
	if (waitpid(pid, &status, __WALL) != pid)
		return errno;
	if (!WIFSTOPPED(status))
		return ESRCH;
	return ptrace(PTRACE_DETACH, pid, NULL, NULL) < 0 ? errno : 0;
}

void probe_own(struct finding *f, const char *arg)
{
	pid_t pid = target_begin();
	int sys;

	(void)arg;
	if (pid < 0) {
		finding_no(f, "ulimit -u 1000", "no process could be started: %s", strerror(errno));
		return;
	}
	sys = seize_and_stop(pid);
	target_end(pid);
	if (sys)
		finding_no(f, seize_remedy(true), "PTRACE_SEIZE of a child: %s", strerror(sys));
	else
		finding_yes(f, "seized a child, stopped it, let it go");
}

/* The target is our child; a second child, which is no ancestor of it, tries. */
void probe_others(struct finding *f, const char *arg)
{
	pid_t target = target_begin(), tracer;
	int status = 0, sys;

	(void)arg;
	if (target < 0) {
		finding_no(f, "ulimit -u 1000", "no process could be started: %s", strerror(errno));
		return;
	}
	tracer = fork();
	if (tracer == 0)
		_exit(seize_and_stop(target));
	waitpid(tracer, &status, 0);
	target_end(target);
	sys = tracer < 0 ? EAGAIN : WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
	if (sys)
		finding_no(f, seize_remedy(false),
			"PTRACE_SEIZE of a process of mine that is no child: %s", strerror(sys));
	else
		finding_yes(f, "seized a process of mine that is no child, stopped it, let it go");
}

void probe_yama(struct finding *f, const char *arg)
{
	static const char *const means[] = {"everything of one's own may be traced",
		"only descendants may be traced", "only root may trace", "nobody may trace"};
	long scope = yama_scope();

	(void)arg;
	if (access("/proc/sys/kernel", F_OK) < 0)
		finding_no(f, "sudo mount -t proc proc /proc", "not known: /proc is not mounted");
	else if (scope < 0)
		finding_yes(f, "this kernel has no Yama");
	else if (scope == 0)
		finding_yes(f, "kernel.yama.ptrace_scope is 0: %s", means[0]);
	else
		finding_no(f, seize_remedy(false), "kernel.yama.ptrace_scope is %ld: %s", scope,
			scope < 4 ? means[scope] : "unknown to ipclab");
}

/* ---- the filter ---- */

/* Stops once at each getppid, passes everything else. */
static bool filter_install(void)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {ARRAY_LEN(rules), rules};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

/* A child that waits for a byte, installs the filter and calls getppid n times; ends with errno of the filter. */
static pid_t filtered_child(int n, int *go)
{
	int ends[2];
	char byte;
	pid_t pid;

	if (pipe(ends) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(ends[1]);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (read(ends[0], &byte, 1) != 1 || !filter_install())
			_exit(errno);
		for (int i = 0; i < n; i++)
			syscall(SYS_getppid);
		_exit(0);
	}
	close(ends[0]);
	*go = ends[1];
	return pid;
}

/* Counts the filter's stops until the child ends. Returns its wait status; -1: it could not be traced. */
static int count_stops(int n, int *stops, u64 *ns)
{
	int go, status = -1;
	pid_t pid = filtered_child(n, &go);
	u64 first = 0, last = 0;

	*stops = 0;
	if (pid < 0)
		return -1;
	if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)(PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL)) <
			0 ||
		write(go, "g", 1) != 1) {
		int sys = errno;

		target_end(pid);
		close(go);
		errno = sys;
		return -1;
	}
	while (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status)) {
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8)) {
			last = clock_ns();
			first = (*stops)++ ? first : last;
		}
		ptrace(PTRACE_CONT, pid, NULL, NULL);
	}
	close(go);
	if (ns)
		*ns = last - first;
	return status;
}

void probe_filter(struct finding *f, const char *arg)
{
	int stops, status = count_stops(3, &stops, NULL);

	(void)arg;
	if (status == -1)
		finding_no(f, seize_remedy(true), "not measured: a child could not be traced: %s",
			strerror(errno));
	else if (WIFEXITED(status) && WEXITSTATUS(status))
		finding_no(f,
			filter_remedy() ? filter_remedy() : "a kernel with CONFIG_SECCOMP_FILTER",
			"installing a filter: %s", strerror(WEXITSTATUS(status)));
	else if (!WIFEXITED(status) || stops != 3)
		finding_no(
			f, filter_remedy(), "a filter was installed; %d of 3 calls stopped", stops);
	else
		finding_yes(f, "a filter stopped 3 of 3 calls; sudo, su, ping get no extra rights "
			       "under it (watch)");
}

/* On one processor, as labs are run. */
void probe_stop(struct finding *f, const char *arg)
{
	cpu_set_t one;
	int stops, status;
	u64 ns = 0;
	bool pinned;

	(void)arg;
	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	pinned = sched_setaffinity(0, sizeof one, &one) == 0;
	status = count_stops(STOPS, &stops, &ns);
	if (status != 0 || stops < 2)
		finding_no(f, filter_remedy() ? filter_remedy() : seize_remedy(true),
			"not measured: %s", status == -1 ? strerror(errno) : "calls did not stop");
	else
		finding_yes(f, "%.1f us (%d stops%s)", (double)ns / 1000 / (stops - 1), stops,
			pinned ? ", tracer and traced on one processor" : "");
}
