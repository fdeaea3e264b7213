/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Namespaces: unshare(2), pid_namespaces(7), mount_namespaces(7). Not every machine gives them (containers without
 * rights, user namespaces switched off): what there is is found out by trying it once. */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/lib.h"

/* ---- entering ---- */

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t n = strlen(text);
	bool ok = fd >= 0 && write(fd, text, n) == (ssize_t)n;

	if (fd >= 0)
		close(fd);
	return ok;
}

/* user_namespaces(7): as who we were, so that files stay ours. */
static bool map_ids(uid_t uid, gid_t gid)
{
	char line[64];

	write_file("/proc/self/setgroups", "deny");
	snprintf(line, sizeof line, "%u %u 1\n", (unsigned)uid, (unsigned)uid);
	if (!write_file("/proc/self/uid_map", line))
		return false;
	snprintf(line, sizeof line, "%u %u 1\n", (unsigned)gid, (unsigned)gid);
	return write_file("/proc/self/gid_map", line);
}

static bool enter(u32 box)
{
	int flags = 0;
	uid_t uid = geteuid();
	gid_t gid = getegid();

	flags |= box & BOX_USER ? CLONE_NEWUSER : 0;
	flags |= box & BOX_PID ? CLONE_NEWPID : 0;
	flags |= box & BOX_IPC ? CLONE_NEWIPC : 0;
	flags |= box & BOX_NET ? CLONE_NEWNET : 0;
	flags |= box & BOX_MOUNT ? CLONE_NEWNS : 0;
	if (!flags)
		return true;
	return unshare(flags) == 0 && (!(box & BOX_USER) || map_ids(uid, gid));
}

static bool loopback_up(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = {.ifr_flags = IFF_UP | IFF_RUNNING};
	bool ok;

	strcpy(ifr.ifr_name, "lo");
	ok = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &ifr) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

/* /proc must be that of the new pid namespace: the tracer asks it by the numbers it knows. */
static bool mounts(u32 box, const char *folder, u64 bytes)
{
	char options[96];

	if (!(box & BOX_MOUNT))
		return true;
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return false;
	if (box & BOX_PID && mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return false;
	if (box & BOX_IPC) {
		if (mount("shm", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "size=64m,mode=1777") < 0)
			return false;
		mkdir("/dev/mqueue", 0755);
		mount("mqueue", "/dev/mqueue", "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL); /* to look into */
	}
	if (!folder)
		return true;
	snprintf(options, sizeof options, "size=%llu,nr_inodes=4096,mode=700", (unsigned long long)bytes);
	return mount("box", folder, "tmpfs", MS_NOSUID | MS_NODEV, options) == 0;
}

static bool arrive(u32 box, const char *folder, u64 bytes)
{
	return mounts(box, folder, bytes) && (!(box & BOX_NET) || loopback_up());
}

/* ---- what there is ---- */

static int nothing(void *arg)
{
	(void)arg;
	return 0;
}

static bool works(u32 box)
{
	pid_t pid = box_start(box, NULL, 0, nothing, NULL);
	int status = 1;

	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

u32 box_probe(void)
{
	static const u32 sets[] = {BOX_PID | BOX_IPC | BOX_NET | BOX_MOUNT, BOX_IPC | BOX_NET | BOX_MOUNT, BOX_IPC | BOX_NET};

	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		if (geteuid() == 0 && works(sets[i]))
			return sets[i];
		if (works(sets[i] | BOX_USER))
			return sets[i] | BOX_USER;
	}
	return 0;
}

const char *box_name(u32 box, u32 i)
{
	static const struct {
		u32 bit;
		const char *name;
	} names[] = {{BOX_PID, "pid"}, {BOX_IPC, "ipc"}, {BOX_NET, "net"}, {BOX_MOUNT, "mount"}, {BOX_USER, "user"}};

	for (size_t k = 0; k < ARRAY_LEN(names); k++)
		if (box & names[k].bit && i-- == 0)
			return names[k].name;
	return NULL;
}

void box_words(u32 box, struct str *out)
{
	if (!box) {
		str_add(out, "no namespaces can be had here: it shares processes, ports and IPC names with you, and what it "
			     "leaves behind is looked for by comparing before and after");
		return;
	}
	str_add(out, "with ");
	if (box & BOX_PID)
		str_add(out, "processes, ");
	if (box & BOX_MOUNT)
		str_add(out, "a folder, ");
	str_add(out, "IPC objects and ports of its own");
	if (!(box & BOX_PID))
		str_add(out, ", but among your processes");
}

/* ---- a run ---- */

static void as_it_ended(int status)
{
	if (WIFSIGNALED(status))
		kill(getpid(), WTERMSIG(status));
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 125);
}

/* The first process of the new pid namespace: with it everything in there ends. */
static _Noreturn void first_process(u32 box, const char *folder, u64 bytes, int (*inside)(void *), void *arg)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!arrive(box, folder, bytes))
		_exit(124);
	_exit(inside(arg));
}

static _Noreturn void between(u32 box, const char *folder, u64 bytes, int (*inside)(void *), void *arg)
{
	int status;
	pid_t pid;

	setsid();
	if (!enter(box))
		_exit(124);
	if (!(box & BOX_PID)) {
		prctl(PR_SET_CHILD_SUBREAPER, 1);
		if (!arrive(box, folder, bytes))
			_exit(124);
		_exit(inside(arg));
	}
	pid = fork();
	if (pid == 0)
		first_process(box, folder, bytes, inside, arg);
	if (pid < 0)
		_exit(124);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	as_it_ended(status);
	_exit(125);
}

pid_t box_start(u32 box, const char *folder, u64 bytes, int (*inside)(void *), void *arg)
{
	pid_t parent = getpid(), pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(125);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	between(box, folder, bytes, inside, arg);
}

/* ---- limits ---- */

static void limit(int what, u64 soft, u64 hard)
{
	struct rlimit now, wanted = {soft, hard};

	if (getrlimit((__rlimit_resource_t)what, &now) < 0)
		return;
	if (wanted.rlim_max > now.rlim_max)
		wanted.rlim_max = now.rlim_max;
	if (wanted.rlim_cur > wanted.rlim_max)
		wanted.rlim_cur = wanted.rlim_max;
	setrlimit((__rlimit_resource_t)what, &wanted);
}

void box_limit(const struct box_limits *l)
{
	limit(RLIMIT_CORE, 0, 0);
	limit(RLIMIT_CPU, l->cpu_s, l->cpu_s + 1);
	limit(RLIMIT_FSIZE, l->file_bytes, l->file_bytes);
	limit(RLIMIT_NOFILE, l->files, l->files);
	limit(RLIMIT_AS, l->memory, l->memory);
}

bool box_apart(void)
{
	static const u32 sets[] = {BOX_IPC | BOX_MOUNT, BOX_IPC | BOX_MOUNT | BOX_USER};

	/* Tried by somebody else first: half a move could not be taken back. */
	for (size_t i = 0; i < ARRAY_LEN(sets); i++)
		if (works(sets[i]))
			return enter(sets[i]) && arrive(sets[i], NULL, 0);
	return false;
}
