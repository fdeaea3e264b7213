/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names in an ipc and a mount namespace of our own, with an empty /dev/shm; and something done in a process that has
 * them. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "explore/private.h"
#include "session/lib.h"

static bool put_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok;
}

/* Without privilege in a user namespace, where we are who we were. */
static bool unshare_names(void)
{
	char uid[64], gid[64];

	if (unshare(CLONE_NEWIPC | CLONE_NEWNS) == 0)
		return true;
	snprintf(uid, sizeof uid, "%u %u 1\n", geteuid(), geteuid());
	snprintf(gid, sizeof gid, "%u %u 1\n", getegid(), getegid());
	return unshare(CLONE_NEWUSER | CLONE_NEWIPC | CLONE_NEWNS) == 0 &&
	       put_text("/proc/self/setgroups", "deny") && put_text("/proc/self/uid_map", uid) &&
	       put_text("/proc/self/gid_map", gid);
}

/* What a new user namespace gave us is given back: a program that has less could not open our page through /proc
 * (cap_ptrace_access_check), and having more made us undumpable. */
static void drop_capabilities(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}};

	syscall(SYS_capset, &head, none);
	prctl(PR_SET_DUMPABLE, 1);
}

bool apart_go(void)
{
	bool apart = unshare_names() && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		     mount("shm", "/dev/shm", "tmpfs", 0, "mode=1777") == 0;

	if (geteuid() != 0)
		drop_capabilities();
	return apart;
}

bool apart_do(void (*what)(void *), void *arg)
{
	pid_t parent = getpid(), pid = fork();
	int status = 0;

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != parent)
			_exit(1);
		apart_go();
		what(arg);
		_exit(0);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void apart_remove(const struct world *w, const char *cwd)
{
	for (u32 i = 1; i < world_pipes(w); i++) {
		const struct w_pipe *p = world_pipe(w, i);
		const char *name = p ? world_text(w, p->title) : "";
		struct str path = {0};
		struct stat st;

		if (!p || !p->fifo || p->unlinked || !p->creator || !*name)
			continue;
		str_addf(&path, "%s%s%s",
			*name == '/' ? ""
			: cwd        ? cwd
				     : ".",
			*name == '/' ? "" : "/", name);
		if (lstat(path.s, &st) == 0 && S_ISFIFO(st.st_mode))
			unlink(path.s);
		str_finish(&path);
	}
}
