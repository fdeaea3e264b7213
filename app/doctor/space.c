/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Namespaces and Landlock. On Ubuntu 23.10 and newer unshare(2) of a user namespace succeeds and what comes
 * after it is refused: so the whole chain is walked that `explore` and `grade` need. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "doctor/private.h"

enum link {
	L_UNSHARE,
	L_SETGROUPS,
	L_UID_MAP,
	L_GID_MAP,
	L_CAPS,
	L_PRIVATE,
	L_TMPFS,
	L_MQUEUE,
	L_QUEUE,
	L_CHILD,
	L_PROC,
	L_HOST,
	L_DONE
};
static const char *const link_names[] = {"unshare", "setgroups", "uid_map", "gid_map",
	"capabilities", "mounts made private", "mount tmpfs", "mount mqueue", "a queue in it",
	"first process of the pid namespace", "mount proc", "sethostname"};

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return ok;
}

static bool has_all_caps(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};
	u32 wanted = 1u << CAP_SYS_ADMIN | 1u << CAP_SETUID | 1u << CAP_NET_ADMIN;

	if (syscall(SYS_capget, &head, data) < 0)
		return false;
	errno = EPERM;
	return (data[0].effective & wanted) == wanted;
}

/* An mqueue file system shows the queues of the namespace it was mounted in. */
static bool make_queue(void)
{
	struct mq_attr small = {.mq_maxmsg = 1, .mq_msgsize = 8};
	mqd_t q = mq_open("/ipclab-doctor", O_RDWR | O_CREAT | O_EXCL, 0600, &small);

	return q >= 0 && access("/tmp/ipclab-doctor", F_OK) == 0;
}

/* As the first process of the new pid namespace. Returns the link that broke. */
static enum link inside(void)
{
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return L_PROC;
	if (sethostname("ipclab", 6) < 0)
		return L_HOST;
	return L_DONE;
}

static enum link walk(unsigned uid, unsigned gid, int *sys)
{
	char map[64];
	int status = 0;
	pid_t pid;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET |
		    CLONE_NEWUTS) < 0)
		return L_UNSHARE;
	if (!write_file("/proc/self/setgroups", "deny"))
		return L_SETGROUPS;
	snprintf(map, sizeof map, "0 %u 1", uid);
	if (!write_file("/proc/self/uid_map", map))
		return L_UID_MAP;
	snprintf(map, sizeof map, "0 %u 1", gid);
	if (!write_file("/proc/self/gid_map", map))
		return L_GID_MAP;
	if (!has_all_caps())
		return L_CAPS;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return L_PRIVATE;
	if (mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "size=64k") < 0)
		return L_TMPFS;
	if (mount("mqueue", "/tmp", "mqueue", MS_NOSUID | MS_NODEV, NULL) < 0)
		return L_MQUEUE;
	if (!make_queue())
		return L_QUEUE;
	pid = fork();
	if (pid == 0) {
		enum link broke;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		broke = inside();
		_exit(broke == L_DONE ? 0 : (broke == L_HOST ? 128 : 0) | (errno & 127));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return L_CHILD;
	*sys = WEXITSTATUS(status) & 127;
	if (WEXITSTATUS(status) == 0)
		return L_DONE;
	return WEXITSTATUS(status) & 128 ? L_HOST : L_PROC;
}

static const char *chain_remedy(enum link broke, int sys)
{
	if (broke == L_UNSHARE &&
		(sys == ENOSPC || file_number("/proc/sys/user/max_user_namespaces", 1) == 0))
		return "sudo sysctl user.max_user_namespaces=10000";
	if (broke == L_UNSHARE && file_number("/proc/sys/kernel/unprivileged_userns_clone", 1) == 0)
		return "sudo sysctl kernel.unprivileged_userns_clone=1";
	if (file_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 0) == 1)
		return "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0";
	if (is_filtered())
		return filter_remedy();
	if (broke ==
		L_PROC) /* the kernel refuses when parts of /proc are covered, as containers do */
		return "docker run --security-opt systempaths=unconfined ...";
	if (broke == L_QUEUE)
		return "ulimit -q 819200";
	return access("/proc/self/uid_map", F_OK) ? "sudo mount -t proc proc /proc" : NULL;
}

void probe_user_namespace(struct finding *f, const char *arg)
{
	struct str done = {0};
	enum link broke;
	int sys = 0;

	(void)arg;
	broke = walk(geteuid(), getegid(), &sys);
	sys = sys ? sys : errno;
	for (enum link l = 0; l < broke; l++)
		str_addf(&done, "%s%s", l ? ", " : "", link_names[l]);
	if (broke == L_DONE)
		finding_yes(f, "%s", done.s);
	else
		finding_no(f, chain_remedy(broke, sys), "%s: %s%s%s", link_names[broke],
			strerror(sys), done.len ? "; before it went well " : "", str_get(&done));
	str_finish(&done);
}

/* ---- Landlock ---- */

void probe_landlock(struct finding *f, const char *arg)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr rules = {.handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE};
	int ruleset, fd;

	(void)arg;
	if (abi < 1) {
		int sys = errno;

		finding_no(f,
			sys == EOPNOTSUPP ? "add landlock to lsm= on the kernel's command line"
			: filter_remedy()
				? filter_remedy()
				: "a kernel of 5.13 or newer with CONFIG_SECURITY_LANDLOCK",
			"landlock_create_ruleset: %s", strerror(sys));
		return;
	}
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
	if (ruleset < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		syscall(SYS_landlock_restrict_self, ruleset, 0) < 0) {
		finding_no(f, filter_remedy(), "ABI %ld, but restricting a process: %s", abi,
			strerror(errno));
		return;
	}
	fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	if (fd >= 0 || errno != EACCES)
		finding_no(f, NULL,
			"ABI %ld; a process that may read nothing opened /etc/passwd all the same",
			abi);
	else
		finding_yes(f,
			"ABI %ld; a process that may read nothing could not open /etc/passwd", abi);
}
