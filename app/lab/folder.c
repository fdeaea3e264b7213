/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Private folders: every run of a lab's program gets a fresh one, on a local file system, so that what it
 * makes (FIFOs, sockets, files) meets nobody else's and is gone with us. A guard, a process of our own that
 * holds nothing but a pipe's end, removes them when that pipe ends: however we end, kill -9 included.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/private.h"

enum { DEPTH_MAX = 8, TRIES_MAX = 200 };

static struct {
	char path[240]; /* "": none yet */
	unsigned n;     /* folders made in it */
	int guard;      /* our end of the guard's pipe */
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

static _Noreturn void stand_guard(int end, const char *path)
{
	char byte;
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	prctl(PR_SET_NAME, "ipclab-guard");
	dup2(end, 0);
	syscall(SYS_close_range, 1u, ~0u, 0u);
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

static bool base_make(struct err *err)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	int ends[2];

	snprintf(folders.path, sizeof folders.path, "%s/ipclab-lab-XXXXXX",
		runtime && runtime[0] == '/' && strlen(runtime) < 60 ? runtime : "/tmp");
	if (!mkdtemp(folders.path)) {
		err_sys(err, EXIT_MACHINE, "no private folder for the lab can be made: %s", folders.path);
		folders.path[0] = '\0';
		return false;
	}
	if (pipe2(ends, O_CLOEXEC) < 0 || (folders.guard_pid = fork()) < 0) {
		err_sys(err, EXIT_MACHINE, "nobody can be set to remove the lab's folder");
		rmdir(folders.path);
		folders.path[0] = '\0';
		return false;
	}
	if (folders.guard_pid == 0)
		stand_guard(ends[0], folders.path);
	close(ends[0]);
	folders.guard = ends[1];
	folders.owner = getpid();
	atexit(leave);
	return true;
}

bool lab_folder(struct str *out, struct err *err)
{
	if ((!folders.path[0] || folders.owner != getpid()) && !base_make(err))
		return false;
	str_addf(out, "%s/%u", folders.path, ++folders.n);
	return mkdir(out->s, 0700) == 0 || err_sys(err, EXIT_MACHINE, "the lab's private folder cannot be made: %s", out->s);
}
