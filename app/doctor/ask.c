/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking about another process: a child of ours stands for it. */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "doctor/private.h"

static bool target_or_no(struct finding *f, pid_t *pid)
{
	*pid = target_begin();
	if (*pid < 0)
		finding_no(f, "ulimit -u 1000", "no process could be started: %s", strerror(errno));
	return *pid > 0;
}

/* The files by which a sleeping process is known; syscall is refused when attaching is. */
void probe_proc(struct finding *f, const char *arg)
{
	static const char *const files[] = {
		"stat", "status", "fd/0", "fdinfo/0", "wchan", "syscall", "schedstat", "maps"};
	struct str seen = {0}, missing = {0};
	char path[64], text[128];
	pid_t pid;

	(void)arg;
	if (access("/proc/self/stat", R_OK) < 0) {
		finding_no(f, "sudo mount -t proc proc /proc", "/proc is not mounted");
		return;
	}
	if (!target_or_no(f, &pid))
		return;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		bool ok;

		snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, files[i]);
		ok = strncmp(files[i], "fd/", 3) == 0
			     ? readlink(path, text, sizeof text) >= 0 || errno == ENOENT
			     : file_text(path, text, sizeof text) || errno == ENOENT;
		str_addf(ok ? &seen : &missing, " %s", files[i]);
	}
	target_end(pid);
	if (strstr(str_get(&missing), " stat") || strstr(str_get(&missing), " fd/0"))
		finding_no(f, "sudo mount -o remount,hidepid=0 /proc",
			"of a child, not readable:%s", missing.s);
	else
		finding_yes(f, "of a child, readable:%s%s%s", str_get(&seen),
			missing.len ? "; not readable:" : "", str_get(&missing));
	str_finish(&seen);
	str_finish(&missing);
}

void probe_getfd(struct finding *f, const char *arg)
{
	struct stat ours, theirs;
	int ends[2], pidfd, got = -1, sys;
	pid_t pid;

	(void)arg;
	if (pipe(ends) < 0 || !target_or_no(f, &pid))
		return;
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd >= 0)
		got = (int)syscall(SYS_pidfd_getfd, pidfd, ends[0], 0);
	sys = errno;
	target_end(pid);
	if (got < 0)
		finding_no(f, sys == ENOSYS ? "a kernel of 5.6 or newer" : filter_remedy(),
			"%s of a child: %s", pidfd < 0 ? "pidfd_open" : "pidfd_getfd",
			strerror(sys));
	else if (fstat(got, &theirs) < 0 || fstat(ends[0], &ours) < 0 ||
		 ours.st_ino != theirs.st_ino)
		finding_no(f, NULL, "the descriptor borrowed from a child was another one");
	else
		finding_yes(f, "borrowed a pipe's end from a child");
}

void probe_memory(struct finding *f, const char *arg)
{
	char word[8] = "ipclab!", got[8] = "";
	struct iovec here = {got, sizeof got}, there = {word, sizeof word};
	ssize_t n;
	pid_t pid;
	int sys;

	(void)arg;
	if (!target_or_no(f, &pid))
		return;
	memcpy(word, "doctor!", sizeof word); /* the child, a copy, still holds the first */
	n = process_vm_readv(pid, &here, 1, &there, 1, 0);
	sys = errno;
	target_end(pid);
	if (n != sizeof got)
		finding_no(f, filter_remedy(), "process_vm_readv of a child: %s",
			n < 0 ? strerror(sys) : "too short");
	else if (strcmp(got, "ipclab!"))
		finding_no(f, NULL, "process_vm_readv of a child read something else");
	else
		finding_yes(f, "read %zd bytes of a child's stack", n);
}

/* Asks for one end of a socket pair of ours; the answer names the other end's inode. */
static bool ask_peer(int netlink, u32 ino, int *sys)
{
	struct {
		struct nlmsghdr head;
		struct unix_diag_req ask;
	} ask = {
		.head = {.nlmsg_len = sizeof ask,
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST},
		.ask = {.sdiag_family = AF_UNIX,
			.udiag_states = ~0u,
			.udiag_ino = ino,
			.udiag_show = UDIAG_SHOW_PEER,
			.udiag_cookie = {~0u, ~0u}},
	};
	_Alignas(struct nlmsghdr) char answer[1024];
	struct pollfd p = {.fd = netlink, .events = POLLIN};
	const struct nlmsghdr *head = (const void *)answer;
	ssize_t n;

	if (send(netlink, &ask, sizeof ask, 0) < 0 || poll(&p, 1, 2000) != 1 ||
		(n = recv(netlink, answer, sizeof answer, 0)) < 0) {
		*sys = errno;
		return false;
	}
	if (head->nlmsg_type == NLMSG_ERROR && (size_t)n >= NLMSG_LENGTH(sizeof(struct nlmsgerr))) {
		*sys = -((const struct nlmsgerr *)NLMSG_DATA(head))->error;
		return false;
	}
	*sys = EPROTO;
	return head->nlmsg_type == SOCK_DIAG_BY_FAMILY;
}

void probe_sockets(struct finding *f, const char *arg)
{
	int netlink = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG), pair[2],
	    sys = errno;
	struct stat st;

	(void)arg;
	if (netlink < 0) {
		finding_no(f, filter_remedy(), "a NETLINK_SOCK_DIAG socket: %s", strerror(sys));
		return;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || fstat(pair[0], &st) < 0)
		finding_no(f, filter_remedy(), "a pair of Unix sockets: %s", strerror(errno));
	else if (!ask_peer(netlink, (u32)st.st_ino, &sys))
		finding_no(f, sys == ENOENT ? "sudo modprobe unix_diag" : filter_remedy(),
			"sock_diag of a Unix socket: %s", strerror(sys));
	else
		finding_yes(f, "sock_diag named a Unix socket's other end");
}
