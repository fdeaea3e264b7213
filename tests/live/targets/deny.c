/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deny CALL... -- CMD...: runs a command whose system calls of these names fail with EPERM, as a container's filter
 * makes them. `attach` among them: as Yama 1 does it for somebody else's program, everything fails that the
 * kernel counts as attaching: ptrace(2) to seize or attach, memory, descriptors, and the files syscall, stack,
 * mem and personality below /proc/PID, whose opening is left to us to allow (seccomp_unotify(2)). */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
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

static void on_call(int number, unsigned result)
{
	rule((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1));
	rule((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, result));
}

static void deny(int number)
{
	on_call(number, SECCOMP_RET_ERRNO | EPERM);
}

static void deny_attach(void)
{
	deny(SYS_process_vm_readv);
	deny(SYS_pidfd_getfd);
	deny(SYS_kcmp); /* the kernel asks for reading only; Yama's machines often lack it */
	on_call(SYS_openat, SECCOMP_RET_USER_NOTIF);
	on_call(SYS_open, SECCOMP_RET_USER_NOTIF);
	rule((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 4));
	rule((struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])));
	rule((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PTRACE_SEIZE, 1, 0));
	rule((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PTRACE_ATTACH, 0, 1));
	rule((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
}

/* ---- opening files, decided by us ---- */

static int is_attaching(const char *path)
{
	static const char *const files[] = {"syscall", "stack", "mem", "personality"};
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	if (path[0] == '/' &&
		(strncmp(path, "/proc/", 6) != 0 || strncmp(path, "/proc/self/", 11) == 0))
		return 0;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (strcmp(name, files[i]) == 0)
			return 1;
	return 0;
}

static int denied(const struct seccomp_notif *ask)
{
	char path[256] = "";
	unsigned long long at = ask->data.args[ask->data.nr == SYS_openat];
	/* The next page may not be there: what of this one is read is told then, process_vm_readv(2). */
	size_t left = 4096 - (size_t)(at & 4095), room = sizeof path - 1,
	       first = left < room ? left : room;
	struct iovec here = {path, room};
	struct iovec there[] = {{(void *)at, first}, {(void *)(at + first), room - first}};

	return process_vm_readv((pid_t)ask->pid, &here, 1, there, room > first ? 2 : 1, 0) > 0 &&
	       is_attaching(path);
}

static void decide(int listener)
{
	struct seccomp_notif ask = {0};
	struct seccomp_notif_resp answer = {0};

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &ask) < 0)
		return;
	answer.id = ask.id;
	if (denied(&ask))
		answer.error = -EACCES;
	else
		answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

/* Until the command ends; its status is ours. */
static int supervise(pid_t child, int told)
{
	int pidfd = (int)syscall(SYS_pidfd_open, child, 0), number, status;
	struct pollfd p[2] = {{.fd = pidfd, .events = POLLIN}};

	if (read(told, &number, sizeof number) != sizeof number)
		return 77;
	p[1] = (struct pollfd){
		.fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0), .events = POLLIN};
	if (p[1].fd < 0 || write(told, "g", 1) != 1)
		return 77;
	while (poll(p, 2, -1) >= 0 && !(p[0].revents & POLLIN))
		if (p[1].revents & POLLIN)
			decide(p[1].fd);
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* In the child: what is written to `telling` is the listener's number; it goes on when the parent has it. */
static int install(int telling)
{
	struct sock_fprog program = {n, rules};
	int listener;
	char go;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	if (telling < 0)
		return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
	listener = (int)syscall(
		SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
	if (listener < 0 || write(telling, &listener, sizeof listener) != sizeof listener)
		return -1;
	return read(telling, &go, 1) == 1 ? 0 : -1;
}

static int build(char **argv, int argc, int *attach)
{
	int i = 1;

	rule((struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
	for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
		size_t k = 0;

		if (strcmp(argv[i], "attach") == 0) {
			*attach = 1;
			continue;
		}
		while (k < sizeof calls / sizeof *calls && strcmp(calls[k].name, argv[i]) != 0)
			k++;
		if (k == sizeof calls / sizeof *calls || n > 30) {
			fprintf(stderr, "deny: %s is unknown, or one too many\n", argv[i]);
			return 0;
		}
		deny(calls[k].number);
	}
	if (*attach)
		deny_attach(); /* the last: it loads an argument */
	rule((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	return i + 1 < argc ? i + 1 : 0;
}

int main(int argc, char **argv)
{
	int attach = 0, command = build(argv, argc, &attach), ends[2] = {-1, -1};
	pid_t child = 0;

	if (!command)
		return 2;
	if (attach && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0) {
		child = fork();
		if (child > 0) {
			close(ends[1]);
			return supervise(child, ends[0]);
		}
	}
	if (install(ends[1]) < 0)
		return 77;
	execvp(argv[command], argv + command);
	perror(argv[command]);
	return 127;
}
