/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every execution starts alike: standard input from its beginning, what was written to stderr before gone,
 * names that an execution made removed. Where it is allowed, all of it happens in an ipc and a mount
 * namespace of its own with an empty /dev/shm. What an execution would change for the next one (a file that
 * was there before) ends explore: it says which.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "explore/private.h"

enum { STDIN_MAX = 64 << 20 };

/* ---- once ---- */

static bool copy_stdin(struct exec *x, struct err *err)
{
	int from = x->opt->stdin_fd;
	char bytes[65536];
	size_t all = 0;
	ssize_t n = 0;

	if (from < 0 || isatty(from)) {
		x->stdin_copy = open("/dev/null", O_RDONLY | O_CLOEXEC);
		return x->stdin_copy >= 0 || err_sys(err, EXIT_MACHINE, "cannot open /dev/null");
	}
	x->stdin_copy = memfd_create("stdin", MFD_CLOEXEC);
	while (x->stdin_copy >= 0 && all < STDIN_MAX && (n = read(from, bytes, sizeof bytes)) > 0) {
		if (write(x->stdin_copy, bytes, (size_t)n) != n)
			return err_sys(err, EXIT_MACHINE, "no memory for a copy of standard input");
		all += (size_t)n;
	}
	return x->stdin_copy >= 0 && all < STDIN_MAX
		       ? true
		       : err_set(err, EXIT_USAGE,
				 "standard input is too long: each execution gets a copy, of at "
				 "most 64 MiB");
}

bool alike_open(struct exec *x, struct err *err)
{
	if (!copy_stdin(x, err))
		return false;
	x->stderr_copy = memfd_create("stderr", MFD_CLOEXEC);
	x->stdout_fd = x->opt->show_output ? STDERR_FILENO : open("/dev/null", O_RDWR | O_CLOEXEC);
	if (x->stderr_copy < 0 || x->stdout_fd < 0)
		return err_sys(err, EXIT_MACHINE, "no memory for what the program writes");
	x->private_names = apart_go();
	return true;
}

void alike_close(struct exec *x)
{
	alike_after(x);
	if (x->stdin_copy >= 0)
		close(x->stdin_copy);
	if (x->stderr_copy >= 0)
		close(x->stderr_copy);
	if (x->stdout_fd > 2)
		close(x->stdout_fd);
}

/* ---- before and after each ---- */

static bool run_reset(const char *command, struct err *err)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(err, EXIT_USAGE, "the command of --reset failed: %s", command);
	return true;
}

bool alike_before(struct exec *x, struct err *err)
{
	lseek(x->stdin_copy, 0, SEEK_SET);
	fcntl(x->stdin_copy, F_SETFL, 0);
	if (lseek(x->stderr_copy, 0, SEEK_CUR) > 0 && ftruncate(x->stderr_copy, 0) == 0)
		lseek(x->stderr_copy, 0, SEEK_SET);
	return !x->opt->reset || run_reset(x->opt->reset, err);
}

static void name_remove(const struct name_made *n)
{
	switch (n->kind) {
	case NAME_PATH: unlink(n->path); break;
	case NAME_MQ: mq_unlink(n->path); break;
	case NAME_SHM_ID: shmctl(n->id, IPC_RMID, NULL); break;
	case NAME_SEM_ID: semctl(n->id, 0, IPC_RMID); break;
	case NAME_MSG_ID: msgctl(n->id, IPC_RMID, NULL); break;
	default: break;
	}
}

/* In an ipc namespace of our own all of it is the program's. */
static void remove_sysv(void)
{
	struct shm_info info;
	struct seminfo sems;
	struct msginfo queues;
	struct shmid_ds shm;
	struct semid_ds sem;
	struct msqid_ds queue;
	int n;

	n = shmctl(0, SHM_INFO, (struct shmid_ds *)&info);
	for (int i = 0, id; i <= n; i++)
		if ((id = shmctl(i, SHM_STAT, &shm)) >= 0)
			shmctl(id, IPC_RMID, NULL);
	n = semctl(0, 0, SEM_INFO, &sems);
	for (int i = 0, id; i <= n; i++)
		if ((id = semctl(i, 0, SEM_STAT, &sem)) >= 0)
			semctl(id, 0, IPC_RMID);
	n = msgctl(0, MSG_INFO, (struct msqid_ds *)&queues);
	for (int i = 0, id; i <= n; i++)
		if ((id = msgctl(i, MSG_STAT, &queue)) >= 0)
			msgctl(id, IPC_RMID, NULL);
}

static void remove_shm(void)
{
	DIR *d = opendir("/dev/shm");
	const struct dirent *entry;

	while (d && (entry = readdir(d)))
		unlinkat(dirfd(d), entry->d_name, 0);
	if (d)
		closedir(d);
}

void alike_after(struct exec *x)
{
	if (x->err && !x->given_up)
		outside_look(x);
	if (x->private_names && x->sysv_used)
		remove_sysv();
	if (x->private_names && x->shm_used)
		remove_shm();
	x->sysv_used = x->shm_used = false;
	for (size_t i = 0; i < x->names.n; i++) {
		name_remove(&x->names.at[i]);
		free(x->names.at[i].path);
	}
	x->names.n = 0;
}

/* ---- names that are made and opened ---- */

static void note_path(struct exec *x, enum name_kind kind, const char *path)
{
	for (size_t i = 0; i < x->names.n; i++)
		if (x->names.at[i].path && strcmp(x->names.at[i].path, path) == 0)
			return;
	*vec_push(&x->names) = (struct name_made){.kind = (u8)kind, .path = xstrdup(path)};
	for (u32 i = 0; i < x->told->names; i++)
		if (strcmp(x->told->name[i], path) == 0)
			return;
	if (kind == NAME_PATH && x->told->names < TOLD_NAMES &&
		!(x->private_names && strncmp(path, "/dev/shm/", 9) == 0)) {
		snprintf(x->told->name[x->told->names], sizeof x->told->name[0], "%s", path);
		x->told->names++;
	}
}

bool alike_made(const struct exec *x, const char *path)
{
	for (size_t i = 0; i < x->names.n; i++)
		if (x->names.at[i].path && strcmp(x->names.at[i].path, path) == 0)
			return true;
	return false;
}

static bool read_text(const struct xtask *k, u64 addr, char *to, size_t n)
{
	memset(to, 0, n);
	for (size_t i = 0; i + 8 < n; i += 8) {
		if (!lean_peek(k->tid, addr + i, to + i, 8)) {
			for (size_t j = 0; j < 8; j++)
				if (!lean_peek(k->tid, addr + i + j, to + i + j, 1) || !to[i + j])
					return to[i + j] == '\0';
			continue;
		}
		if (memchr(to + i, '\0', 8))
			return true;
	}
	return false;
}

/* As the process would find it. */
bool alike_path(const struct xtask *k, i32 dir, u64 addr, char *path, size_t n)
{
	char name[256], link[64], base[256];
	ssize_t len;

	if (!read_text(k, addr, name, sizeof name) || !name[0])
		return false;
	if (name[0] == '/') {
		snprintf(path, n, "%s", name);
		return true;
	}
	if (dir == AT_FDCWD)
		snprintf(link, sizeof link, "/proc/%d/cwd", (int)k->tgid);
	else
		snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)k->tgid, dir);
	len = readlink(link, base, sizeof base - 1);
	if (len <= 0)
		return false;
	base[len] = '\0';
	snprintf(path, n, "%s/%s", base, name);
	return true;
}

static bool changes_nothing(const char *path, const struct stat *st)
{
	return !S_ISREG(st->st_mode) || strncmp(path, "/dev/", 5) == 0 ||
	       strncmp(path, "/proc/", 6) == 0;
}

static void about_open(struct exec *x, u32 task, i32 dir, u64 addr, u64 flags)
{
	struct xtask *k = &x->task[task];
	char path[600];
	struct stat st;

	k->made[0] = '\0';
	x->shm_used |= flags & O_CREAT && alike_path(k, dir, addr, path, sizeof path) &&
		       strncmp(path, "/dev/shm/", 9) == 0;
	if (!(flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) ||
		!alike_path(k, dir, addr, path, sizeof path))
		return;
	if (stat(path, &st) < 0) {
		if (flags & O_CREAT)
			snprintf(k->made, sizeof k->made, "%s", path);
		return;
	}
	if (x->opt->reset || alike_made(x, path) || changes_nothing(path, &st))
		return;
	exec_fail(x,
		"it opens %s for writing, which was there before: what one execution writes the "
		"next would find. Let "
		"--reset 'CMD' bring it back before each, or remove it",
		path);
}

/* sem_open(3) makes /dev/shm/sem.NAME under another name and links it. */
void alike_sem_open(struct exec *x, const char *name, bool makes)
{
	char path[300];

	while (*name == '/')
		name++;
	snprintf(path, sizeof path, "/dev/shm/sem.%.250s", name);
	x->shm_used |= makes;
	if (makes && access(path, F_OK) < 0)
		note_path(x, NAME_PATH, path);
}

static void about_node(struct exec *x, const struct xtask *k, i32 dir, u64 addr)
{
	char path[600];

	if (alike_path(k, dir, addr, path, sizeof path) && access(path, F_OK) < 0)
		note_path(x, NAME_PATH, path);
}

/* A socket's name in a folder. */
static void about_bind(struct exec *x, const struct xtask *k)
{
	sa_family_t family = 0;

	if (lean_peek(k->tid, k->args[1], &family, sizeof family) && family == AF_UNIX)
		about_node(x, k, AT_FDCWD, k->args[1] + offsetof(struct sockaddr_un, sun_path));
}

void alike_call(struct exec *x, u32 task)
{
	struct xtask *k = &x->task[task];
	char name[256] = "/";

	switch (k->nr) {
	case SYS_openat: about_open(x, task, (i32)k->args[0], k->args[1], k->args[2]); break;
	case SYS_open: about_open(x, task, AT_FDCWD, k->args[0], k->args[1]); break;
	case SYS_creat:
		about_open(x, task, AT_FDCWD, k->args[0], O_CREAT | O_WRONLY | O_TRUNC);
		break;
	case SYS_mknod: about_node(x, k, AT_FDCWD, k->args[0]); break;
	case SYS_mknodat: about_node(x, k, (i32)k->args[0], k->args[1]); break;
	case SYS_bind: about_bind(x, k); break;
	case SYS_mq_open:
		if (k->args[1] & O_CREAT && read_text(k, k->args[0], name + 1, sizeof name - 1)) {
			mqd_t q = mq_open(name, O_RDONLY);

			if (q >= 0)
				mq_close(
					q); /* it was there before, or this execution has noted it */
			else
				note_path(x, NAME_MQ, name);
		}
		break;
	case SYS_shmget:
	case SYS_semget:
	case SYS_msgget:
		if (!x->private_names)
			exec_fail(x, "it uses System V IPC, whose names last: explore needs an ipc "
				     "namespace of its own to begin each "
				     "execution without them, which this machine does not allow "
				     "here (unshare)");
		x->sysv_used = true;
		break;
	default: break;
	}
}

void alike_result(struct exec *x, u32 task, i64 result)
{
	struct xtask *k = &x->task[task];

	if (k->made[0] && result >= 0)
		note_path(x, NAME_PATH, k->made);
	k->made[0] = '\0';
}
