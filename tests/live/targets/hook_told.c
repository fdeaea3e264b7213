/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hook_told [-t] [-e] [-q] PROGRAM...: the least tracer that a program with hooks can have. Says on
 * standard error what the runtime tells, a line each, task by task in order of birth: `1 load 4 at
 * 010 atomic 5` (address within its page). -t: answers HOOK_THREADS; -e: answers HOOK_ENDLESS; -q:
 * answers the question and from then on does nothing but go on. Ends with the program's status.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../app/hook/protocol.h"

static const char *const op_names[] = {"", "sem_init", "sem_destroy", "sem_open", "sem_close",
	"sem_unlink", "sem_wait", "sem_trywait", "sem_timedwait", "sem_post", "sem_getvalue",
	"mutex_init", "mutex_destroy", "mutex_lock", "mutex_trylock", "mutex_timedlock",
	"mutex_unlock", "mutex_consistent", "cond_init", "cond_destroy", "cond_wait",
	"cond_timedwait", "cond_signal", "cond_broadcast", "barrier_init", "barrier_destroy",
	"barrier_wait", "rwlock_init", "rwlock_destroy", "rwlock_rdlock", "rwlock_tryrdlock",
	"rwlock_timedrdlock", "rwlock_wrlock", "rwlock_trywrlock", "rwlock_timedwrlock",
	"rwlock_unlock", "spin_init", "spin_destroy", "spin_lock", "spin_trylock", "spin_unlock",
	"join"};

static pid_t tasks[64];
static int task_count;
static int flag_threads, flag_endless, flag_quiet;
static int answered;

static int task_number(pid_t pid)
{
	for (int i = 0; i < task_count; i++)
		if (tasks[i] == pid)
			return i + 1;
	if (task_count < 64)
		tasks[task_count++] = pid;
	return task_count;
}

static void say_time(unsigned long ns)
{
	if (ns == HOOK_NO_TIME)
		fprintf(stderr, "\n");
	else
		fprintf(stderr, " in %lu ms\n", (ns + 500000) / 1000000);
}

static void say(int task, const struct user_regs_struct *r)
{
	static const char *const kinds[] = {"?", "load", "store", "update"};
	unsigned long a1 = r->rsi, a2 = r->rdx, a3 = r->r10;
	const char *name = a1 < HOOK_OP_COUNT ? op_names[a1] : "?";

	switch (r->rdi) {
	case HOOK_ASK: fprintf(stderr, "%d ask\n", task); break;
	case HOOK_ACCESS:
		fprintf(stderr, "%d %s %lu at %03lx", task, kinds[a3 & 3], a2, a1 & 0xfff);
		if (a3 & HOOK_ATOMIC)
			fprintf(stderr, " atomic %lu", a3 >> 16);
		fprintf(stderr, "%s\n", a3 & HOOK_VOLATILE ? " volatile" : "");
		break;
	case HOOK_BEGIN:
		fprintf(stderr, "%d begin %s at %03lx with %lx", task, name, a2 & 0xfff,
			a1 == HOOK_COND_WAIT || a1 == HOOK_COND_TIMEDWAIT ? a3 & 0xfff : a3);
		say_time(r->r8);
		break;
	case HOOK_END: fprintf(stderr, "%d end %s %ld\n", task, name, (long)a2); break;
	case HOOK_MAPPED: fprintf(stderr, "%d %s %lu\n", task, a3 ? "made" : "ended", a2); break;
	default: fprintf(stderr, "%d what? %llu\n", task, r->rdi);
	}
}

static void answer(pid_t pid)
{
	struct user_regs_struct r;

	if (flag_quiet && answered)
		return;
	if (ptrace(PTRACE_GETREGS, pid, 0, &r) == -1 || (long)r.orig_rax != HOOK_CALL)
		return;
	if (!flag_quiet)
		say(task_number(pid), &r);
	if (r.rdi == HOOK_ASK)
		r.rax = HOOK_HERE | (flag_threads ? HOOK_THREADS : 0);
	else
		r.rax = r.rdi == HOOK_BEGIN && flag_endless ? HOOK_ENDLESS : 0;
	answered = 1;
	r.orig_rax = (unsigned long)-1;
	ptrace(PTRACE_SETREGS, pid, 0, &r);
}

static void be_the_program(char **argv)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, HOOK_CALL, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {4, code};

	ptrace(PTRACE_TRACEME, 0, 0, 0);
	raise(SIGSTOP);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
		execvp(argv[0], argv);
	_exit(126);
}

int main(int argc, char **argv)
{
	int c, status, result = 126;
	pid_t first, pid;

	while ((c = getopt(argc, argv, "+teq")) != -1)
		*(c == 't' ? &flag_threads : c == 'e' ? &flag_endless : &flag_quiet) = 1;
	if (optind == argc)
		return 2;
	setvbuf(stderr, NULL, _IOFBF, 1 << 16);
	first = fork();
	if (first == 0)
		be_the_program(argv + optind);
	task_number(first);
	if (waitpid(first, &status, 0) != first || !WIFSTOPPED(status) ||
		ptrace(PTRACE_SETOPTIONS, first, 0,
			PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK |
				PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC) ==
			-1)
		return 77;
	ptrace(PTRACE_CONT, first, 0, 0);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		int sig = WIFSTOPPED(status) ? WSTOPSIG(status) : 0, event = status >> 16;

		if (!WIFSTOPPED(status)) {
			if (pid == first)
				result = WIFEXITED(status) ? WEXITSTATUS(status)
							   : 128 + WTERMSIG(status);
			continue;
		}
		task_number(pid);
		if (event == PTRACE_EVENT_SECCOMP)
			answer(pid);
		ptrace(PTRACE_CONT, pid, 0, event || sig == SIGSTOP || sig == SIGTRAP ? 0 : sig);
	}
	fflush(stderr);
	return result;
}
