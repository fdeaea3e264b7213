/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deny CALL... -- CMD...: runs a command whose system calls of these names fail with EPERM, as a container's
 * filter makes them. deny attach -- CMD...: ptrace(2) may not seize or attach, all else of it may, and a
 * process's memory and descriptors are refused, as by Yama 1 for somebody else's program. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	int number;
} calls[] = {
	{"ptrace", SYS_ptrace},
	{"seccomp", SYS_seccomp},
	{"unshare", SYS_unshare},
	{"mount", SYS_mount},
	{"landlock", SYS_landlock_create_ruleset},
	{"mq_open", SYS_mq_open},
	{"msgget", SYS_msgget},
	{"semget", SYS_semget},
	{"shmget", SYS_shmget},
	{"pidfd_open", SYS_pidfd_open},
	{"pidfd_getfd", SYS_pidfd_getfd},
	{"process_vm_readv", SYS_process_vm_readv},
	{"socket", SYS_socket},
	{"kcmp", SYS_kcmp},
};
static struct sock_filter rules[64];
static unsigned short n;

static void rule(struct sock_filter r)
{
	rules[n++] = r;
}

static void deny(int number)
{
	rule((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1));
	rule((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
}

static void deny_attach(void)
{
	deny(SYS_process_vm_readv);
	deny(SYS_pidfd_getfd);
	deny(SYS_kcmp);
	rule((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 4));
	rule((struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])));
	rule((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PTRACE_SEIZE, 1, 0));
	rule((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PTRACE_ATTACH, 0, 1));
	rule((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
}

int main(int argc, char **argv)
{
	struct sock_fprog program = {0, rules};
	int i = 1;

	rule((struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
	for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
		size_t k = 0;

		if (strcmp(argv[i], "attach") == 0) {
			deny_attach(); /* the last: it has loaded an argument */
			continue;
		}
		while (k < sizeof calls / sizeof *calls && strcmp(calls[k].name, argv[i]) != 0)
			k++;
		if (k == sizeof calls / sizeof *calls || n > 40) {
			fprintf(stderr, "deny: %s is unknown, or one too many\n", argv[i]);
			return 2;
		}
		deny(calls[k].number);
	}
	rule((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	program.len = n;
	if (i + 1 >= argc || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		return 77;
	execvp(argv[i + 1], argv + i + 1);
	perror(argv[i + 1]);
	return 127;
}
