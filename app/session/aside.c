/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names in the file system that a run made would be found by a second one beside it: they are put
 * aside meanwhile. Each is noted before, in a file of the journal's folder that we hold locked: when we
 * are killed, the next start finds it unlocked and puts them back. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "session/private.h"

static const char suffix[] = ".aside";
enum { NOTES_MAX = 1 << 20 };

struct name { /* of one that was put aside */
	char *path, *kept;
};
struct aside {
	VEC(struct name) names;
	int notes; /* "PATH\0KEPT\0" each; -1 none yet */
	char notes_path[256];
};

/* ---- noted ---- */

static bool notes_open(struct aside *a, struct err *err)
{
	char folder[200];
	struct stat st = {0};

	if (a->notes >= 0)
		return true;
	if (!journal_folder(folder, sizeof folder))
		return err_set(err, EXIT_MACHINE,
			"there is no folder of our own to note in which names are put aside meanwhile");
	snprintf(a->notes_path, sizeof a->notes_path, "%s/%d%s", folder, (int)getpid(), suffix);
	/* Between open and flock somebody may sweep it. */
	for (int tries = 0; tries < 10 && !st.st_nlink; tries++) {
		if (a->notes >= 0)
			close(a->notes);
		a->notes = open(a->notes_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (a->notes < 0 || flock(a->notes, LOCK_EX) < 0 || fstat(a->notes, &st) < 0)
			break;
	}
	if (a->notes < 0 || !st.st_nlink)
		return err_sys(err, EXIT_MACHINE, "cannot note in %s which names are put aside", a->notes_path);
	return true;
}

/* Whoever puts them back may be somewhere else. */
static void add_absolute(struct str *out, const char *path)
{
	char *here = *path == '/' ? NULL : getcwd(NULL, 0);

	if (here)
		str_addf(out, "%s/", here);
	free(here);
	str_add_bytes(out, path, strlen(path) + 1);
}

static bool note(struct aside *a, const struct name *n, struct err *err)
{
	struct str text = {0};
	bool ok;

	if (!notes_open(a, err))
		return false;
	add_absolute(&text, n->path);
	add_absolute(&text, n->kept);
	ok = write(a->notes, text.s, text.len) == (ssize_t)text.len;
	str_finish(&text);
	return ok || err_sys(err, EXIT_MACHINE, "cannot write %s", a->notes_path);
}

/* ---- put aside ---- */

/* "/dev/shm/ring" -> "/dev/shm/.ipclab-PID-3", beside it: rename(2) stays in one file system. */
static bool put(struct aside *a, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct name n = {.path = xstrdup(path)};
	bool ok;

	if (asprintf(&n.kept, "%.*s/.ipclab-%d-%zu", (int)(slash - path), path, (int)getpid(), a->names.n) < 0)
		abort();
	ok = note(a, &n, err);
	if (ok && rename(n.path, n.kept) == 0) {
		*vec_push(&a->names) = n;
		return true;
	}
	free(n.path);
	free(n.kept);
	return ok; /* it is gone already, or not ours to move: the second run meets it as a new run would */
}

static bool put_segments(struct aside *a, const struct world *w, struct err *err)
{
	for (u32 i = 1; i < world_segments(w); i++) {
		const struct w_segment *g = world_segment(w, i);
		const char *name = g ? world_text(w, g->title) : "";
		char path[300];

		if (!g || g->kind != SEGMENT_POSIX || g->unlinked || !g->creator || name[0] != '/' ||
			strchr(name + 1, '/') || strlen(name) > NAME_MAX)
			continue;
		snprintf(path, sizeof path, "/dev/shm%s", name);
		if (!put(a, path, err))
			return false;
	}
	return true;
}

/* By its path as it was opened, or as mkfifo(3) was given it: then from where the programs were started. */
static bool put_fifos(struct aside *a, const struct world *w, const char *cwd, struct err *err)
{
	for (u32 i = 1; i < world_pipes(w); i++) {
		const struct w_pipe *p = world_pipe(w, i);
		const char *name = p ? world_text(w, p->title) : "";
		struct str path = {0};
		struct stat st;
		bool ok = true;

		if (!p || !p->fifo || p->unlinked || !p->creator || !*name)
			continue;
		str_addf(&path, "%s%s%s", *name == '/' ? "" : cwd ? cwd : ".", *name == '/' ? "" : "/", name);
		if (lstat(path.s, &st) == 0 && S_ISFIFO(st.st_mode))
			ok = put(a, path.s, err);
		str_finish(&path);
		if (!ok)
			return false;
	}
	return true;
}

struct aside *aside_put(const struct world *w, const char *cwd, bool apart, struct err *err)
{
	struct aside *a = xmalloc(sizeof *a);

	a->notes = -1;
	if ((apart || put_segments(a, w, err)) && put_fifos(a, w, cwd, err))
		return a;
	aside_end(a, true);
	return NULL;
}

void aside_end(struct aside *a, bool back)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->names.n; i++) {
		if (back)
			rename(a->names.at[i].kept, a->names.at[i].path);
		else
			unlink(a->names.at[i].kept);
		free(a->names.at[i].path);
		free(a->names.at[i].kept);
	}
	free(a->names.at);
	if (a->notes >= 0) {
		unlink(a->notes_path);
		close(a->notes);
	}
	free(a);
}

/* ---- swept ---- */

/* Somebody else's name by now: what was put aside was of a run that is over, and nobody finds it. */
static void put_back(const char *path, const char *kept)
{
	if (renameat2(AT_FDCWD, kept, AT_FDCWD, path, RENAME_NOREPLACE) < 0 && errno == EEXIST)
		unlink(kept);
}

static void sweep_one(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct str text = {0};
	char bytes[4096];
	ssize_t n;

	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		while (text.len < NOTES_MAX && (n = read(fd, bytes, sizeof bytes)) > 0)
			str_add_bytes(&text, bytes, (size_t)n);
		for (size_t at = 0; at < text.len;) {
			const char *path = text.s + at, *kept = path + strlen(path) + 1;

			if (kept >= text.s + text.len)
				break;
			put_back(path, kept);
			at = (size_t)(kept + strlen(kept) + 1 - text.s);
		}
		unlinkat(dir, name, 0);
	}
	close(fd);
	str_finish(&text);
}

void aside_sweep(void)
{
	char folder[200];
	const struct dirent *entry;
	DIR *d = journal_folder(folder, sizeof folder) ? opendir(folder) : NULL;

	while (d && (entry = readdir(d))) {
		size_t n = strlen(entry->d_name);

		if (n >= sizeof suffix && strcmp(entry->d_name + n - (sizeof suffix - 1), suffix) == 0)
			sweep_one(dirfd(d), entry->d_name);
	}
	if (d)
		closedir(d);
}
