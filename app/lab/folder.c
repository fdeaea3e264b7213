/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Private folders: every run of a lab's program gets a fresh one, on a local file system, so that what it
 * makes (FIFOs, sockets, files) meets nobody else's and is gone with us. A guard, a process of our own that
 * holds nothing but a pipe's end, removes them when that pipe ends: however we end, kill -9 included. Should the guard
 * be killed as well, the next start finds a folder that nobody holds locked, and removes that.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/private.h"

#define PREFIX "ipclab-lab-"
enum { DEPTH_MAX = 8, TRIES_MAX = 200 };

static struct {
	char path[240]; /* "": none yet */
	unsigned n;     /* folders made in it */
	int guard;      /* our end of the guard's pipe */
	int lock;       /* the folder, locked: by us and the guard */
	pid_t guard_pid, owner;
} folders;

/* Everything below it, and itself; what another process makes meanwhile is left for the next try. */
static bool remove_tree(int at, const char *name, int depth)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && unlinkat(fd, e->d_name, 0) < 0 &&
			depth < DEPTH_MAX)
			remove_tree(fd, e->d_name, depth + 1);
	if (dir)
		closedir(dir);
	return unlinkat(at, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

/* Whoever has made it has ended. */
static bool nobody_holds(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	bool ours = fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == getuid();
	bool free_now = ours && flock(fd, LOCK_EX | LOCK_NB) == 0;

	if (fd >= 0)
		close(fd);
	return free_now;
}

static void sweep(const char *beside)
{
	DIR *d = opendir(beside);
	const struct dirent *e;

	while (d && (e = readdir(d))) {
		char path[sizeof folders.path + 256];

		if (strncmp(e->d_name, PREFIX, sizeof PREFIX - 1) != 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", beside, e->d_name);
		if (nobody_holds(path))
			remove_tree(AT_FDCWD, path, 0);
	}
	if (d)
		closedir(d);
}

static _Noreturn void stand_guard(int end, int lock, const char *path)
{
	char byte;
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	prctl(PR_SET_NAME, "ipclab-guard");
	dup2(lock, 2);
	dup2(end, 0);
	close(1);
	syscall(SYS_close_range, 3u, ~0u, 0u);
	while (read(0, &byte, 1) < 0 && errno == EINTR)
		;
	/* The programs end with us, but not before us. */
	for (int i = 0; i < TRIES_MAX && !remove_tree(AT_FDCWD, path, 0); i++)
		usleep(10000);
	_exit(0);
}

static void leave(void)
{
	if (getpid() != folders.owner)
		return;
	close(folders.guard);
	waitpid(folders.guard_pid, NULL, 0);
	remove_tree(AT_FDCWD, folders.path, 0); /* should somebody have killed the guard */
}

/* A new one, locked: who sweeps at the same moment may take it for forgotten, so that it is looked for again. */
static bool base_find(const char *beside, struct err *err)
{
	struct stat st;

	for (int i = 0; i < 10; i++) {
		snprintf(folders.path, sizeof folders.path, "%s/" PREFIX "XXXXXX", beside);
		if (!mkdtemp(folders.path))
			break;
		folders.lock = open(folders.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (folders.lock >= 0 && flock(folders.lock, LOCK_EX) == 0 && stat(folders.path, &st) == 0)
			return true;
		if (folders.lock >= 0)
			close(folders.lock);
	}
	err_sys(err, EXIT_MACHINE, "no private folder for the lab can be made: %s", folders.path);
	folders.path[0] = '\0';
	return false;
}

static bool base_make(struct err *err)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	const char *beside = runtime && runtime[0] == '/' && strlen(runtime) < 60 ? runtime : "/tmp";
	int ends[2];

	sweep(beside);
	if (!base_find(beside, err))
		return false;
	if (pipe2(ends, O_CLOEXEC) < 0 || (folders.guard_pid = fork()) < 0) {
		err_sys(err, EXIT_MACHINE, "nobody can be set to remove the lab's folder");
		rmdir(folders.path);
		folders.path[0] = '\0';
		return false;
	}
	if (folders.guard_pid == 0)
		stand_guard(ends[0], folders.lock, folders.path);
	close(ends[0]);
	folders.guard = ends[1];
	folders.owner = getpid();
	atexit(leave);
	return true;
}

bool lab_run_folder(struct str *out, struct err *err)
{
	if ((!folders.path[0] || folders.owner != getpid()) && !base_make(err))
		return false;
	str_addf(out, "%s/%u", folders.path, ++folders.n);
	return mkdir(out->s, 0700) == 0 || err_sys(err, EXIT_MACHINE, "the lab's private folder cannot be made: %s", out->s);
}
