/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders of ours to build and run in, each held locked: whoever makes one takes those away that a killed one left. */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "grader/lib.h"

static const char prefix[] = "ipclab-grade-";
enum { NEW_S = 60 }; /* made, and not held yet */

static int remove_one(const char *path, const struct stat *st, int what, struct FTW *ftw)
{
	(void)st;
	(void)what;
	(void)ftw;
	remove(path);
	return 0;
}

void tree_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static void sweep_one(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == geteuid() && time(NULL) - st.st_mtime > NEW_S && flock(fd, LOCK_EX | LOCK_NB) == 0)
		tree_remove(path);
	if (fd >= 0)
		close(fd);
}

static void sweep(const char *tmp)
{
	DIR *d = opendir(tmp);
	const struct dirent *e;

	while (d && (e = readdir(d))) {
		struct str path = {0};

		if (strncmp(e->d_name, prefix, sizeof prefix - 1) != 0)
			continue;
		str_addf(&path, "%s/%s", tmp, e->d_name);
		sweep_one(path.s);
		str_finish(&path);
	}
	if (d)
		closedir(d);
}

bool own_folder_make(struct own_folder *f, struct err *err)
{
	const char *tmp = getenv("TMPDIR");

	tmp = tmp && tmp[0] == '/' ? tmp : "/tmp";
	*f = (struct own_folder){.lock = -1};
	sweep(tmp);
	str_addf(&f->path, "%s/%sXXXXXX", tmp, prefix);
	if (!mkdtemp(f->path.s)) {
		err_sys(err, EXIT_RETRY, "no folder can be made to build and run in, %s; TMPDIR names where", f->path.s);
		str_finish(&f->path);
		return false;
	}
	f->lock = open(f->path.s, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->lock >= 0)
		flock(f->lock, LOCK_EX);
	return true;
}

void own_folder_remove(struct own_folder *f)
{
	if (f->path.len)
		tree_remove(f->path.s);
	if (f->path.len && f->lock >= 0)
		close(f->lock);
	str_finish(&f->path);
}
