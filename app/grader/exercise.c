/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders of exercises, NN-name each: finding them, reading exercise.md. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "grader/manifest.h"

void *exercise_keep(struct exercise *x, void *block)
{
	return *vec_push(&x->kept) = block;
}

char *exercise_text(struct exercise *x, const char *text, size_t n)
{
	char *copy = xmalloc(n + 1);

	memcpy(copy, text, n);
	return exercise_keep(x, copy);
}

/* ---- files ---- */

bool read_whole(const char *path, size_t most, struct bytes *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	struct stat st;
	ssize_t got = 0;

	*out = (struct bytes){0};
	if (fd < 0)
		return err_sys(err, EXIT_INPUT, "%s cannot be read", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (size_t)st.st_size > most) {
		close(fd);
		return err_set(err, EXIT_INPUT, S_ISREG(st.st_mode) ? "%s is larger than %zu bytes" : "%s is no file", path, most);
	}
	out->at = xmalloc((size_t)st.st_size + 1);
	while (out->n < (size_t)st.st_size && (got = read(fd, out->at + out->n, (size_t)st.st_size - out->n)) > 0)
		out->n += (size_t)got;
	close(fd);
	if (got >= 0)
		return true;
	free(out->at);
	*out = (struct bytes){0};
	return err_sys(err, EXIT_INPUT, "%s cannot be read", path);
}

bool write_whole(const char *path, const void *bytes, size_t n, struct err *err)
{
	struct str temporary = {0};
	const char *at = bytes;
	size_t done = 0;
	ssize_t w = 0;
	bool ok;
	int fd;

	str_addf(&temporary, "%s.%d.new", path, (int)getpid());
	fd = open(temporary.s, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	while (fd >= 0 && done < n && (w = write(fd, at + done, n - done)) > 0)
		done += (size_t)w;
	ok = fd >= 0 && done == n && close(fd) == 0 && rename(temporary.s, path) == 0;
	if (!ok) {
		err_sys(err, EXIT_MACHINE, "%s cannot be written", path);
		unlink(temporary.s);
	}
	str_finish(&temporary);
	return ok;
}

bool file_replace(const char *path, const void *bytes, size_t n, struct err *err)
{
	return write_whole(path, bytes, n, err);
}

bool file_read(const char *path, struct bytes *out, struct err *err)
{
	return read_whole(path, 1 << 20, out, err);
}

bool file_copy(const char *from, const char *to, struct err *err)
{
	struct bytes b;
	bool ok = read_whole(from, 1 << 20, &b, err);

	if (!ok)
		return false;
	ok = write_whole(to, b.at, b.n, err);
	free(b.at);
	return ok;
}

/* ---- exercise.md: the task, then "## Hint 1" ... ---- */

static void hint_add(struct exercise *x, const char *from, const char *to)
{
	while (from < to && isspace((unsigned char)*from))
		from++;
	while (to > from && isspace((unsigned char)to[-1]))
		to--;
	if (to > from)
		*vec_push(&x->hints) = exercise_text(x, from, (size_t)(to - from));
}

/* Behind the title, up to the first empty line. */
static void about_read(struct exercise *x)
{
	const char *from = strchr(x->task, '\n'), *to;

	from = from ? from + strspn(from, "\n") : x->task;
	to = strstr(from, "\n\n");
	x->about = exercise_text(x, from, to ? (size_t)(to - from) : strlen(from));
	for (char *p = x->about; *p; p++)
		if (*p == '\n')
			*p = ' ';
}

static bool task_read(struct exercise *x, struct err *err)
{
	struct str path = {0};
	struct bytes md;
	char *at, *next;
	bool ok;

	str_addf(&path, "%s/exercise.md", x->folder);
	ok = read_whole(path.s, 256 << 10, &md, err);
	str_finish(&path);
	if (!ok)
		return false;
	exercise_keep(x, md.at);
	at = strstr(md.at, "\n## Hint");
	x->task = exercise_text(x, md.at, at ? (size_t)(at - md.at + 1) : md.n);
	about_read(x);
	for (; at; at = next) {
		char *line = strchr(at + 1, '\n');

		next = line ? strstr(line, "\n## Hint") : NULL;
		if (line)
			hint_add(x, line, next ? next : md.at + md.n);
	}
	return true;
}

/* ---- one exercise ---- */

static void find_solutions(struct exercise *x)
{
	const char *base = strrchr(x->folder, '/');
	struct str s = {0};

	str_addf(&s, "%.*s/../solutions/%s", base ? (int)(base - x->folder) : 1, base ? x->folder : ".", base ? base + 1 : x->folder);
	if (access(s.s, R_OK | X_OK) == 0)
		x->solutions = exercise_text(x, s.s, s.len);
	str_finish(&s);
}

struct exercise *exercise_load(const char *folder, const char *id, u32 number)
{
	struct exercise *x = xmalloc(sizeof *x);
	struct str file = {0};
	struct bytes yaml;

	x->number = number;
	x->id = exercise_text(x, id, strlen(id));
	x->folder = exercise_text(x, folder, strlen(folder));
	str_addf(&file, "%s/exercise.yaml", folder);
	x->file = exercise_text(x, file.s, file.len);
	str_finish(&file);
	x->title = x->id;
	find_solutions(x);
	if (!task_read(x, &x->wrong) || !read_whole(x->file, 256 << 10, &yaml, &x->wrong))
		return x;
	sha256_hex(yaml.at, yaml.n, x->manifest_sha256);
	manifest_read(x, yaml.at, yaml.n, &x->wrong);
	free(yaml.at);
	return x;
}

static void scenario_finish(struct scenario *s)
{
	for (size_t i = 0; i < s->actors.n; i++) {
		free(s->actors.at[i].args.at);
		free(s->actors.at[i].expect.in_order.at);
	}
	free(s->actors.at);
	free(s->steps.at);
	free(s->files.at);
	free(s->left.at);
	free(s->faults.at);
	free(s->checks.at);
}

void exercise_destroy(struct exercise *x)
{
	if (!x)
		return;
	for (size_t i = 0; i < x->scenarios.n; i++)
		scenario_finish(&x->scenarios.at[i]);
	free(x->scenarios.at);
	for (size_t i = 0; i < x->programs.n; i++)
		free(x->programs.at[i].files.at);
	free(x->programs.at);
	free(x->files.at);
	free(x->provided.at);
	free(x->flags.at);
	free(x->use.at);
	free(x->avoid.at);
	free(x->hints.at);
	for (size_t i = 0; i < x->kept.n; i++)
		free(x->kept.at[i]);
	free(x->kept.at);
	free(x);
}

const struct scenario *exercise_scenario(const struct exercise *x, u32 number)
{
	return number && number <= x->scenarios.n ? &x->scenarios.at[number - 1] : NULL;
}

/* ---- all of them ---- */

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool shelf_find(const char *dir, struct str *out, struct err *err)
{
	const char *named = dir ? dir : getenv("IPCLAB_EXERCISES");
	char path[PATH_MAX];
	ssize_t n;

	if (named && named[0]) {
		str_add(out, named);
		return is_folder(named) ||
		       err_set(err, EXIT_INPUT, "the folder of exercises, %s, is not there", named);
	}
	n = readlink("/proc/self/exe", path, sizeof path - 1);
	if (n > 0) {
		path[n] = '\0';
		*strrchr(path, '/') = '\0';
		str_addf(out, "%s/exercises", path);
		if (is_folder(out->s))
			return true;
	}
	str_clear(out);
	str_add(out, PKGDATADIR "/exercises");
	return is_folder(out->s) || err_set(err, EXIT_INPUT,
		"no exercises are installed: %s is not there. Install ipclab with make install, or name a folder of exercises: "
		"--exercises DIR", out->s);
}

/* "02-pipe-eof" */
static bool folder_name(const char *name, u32 *number, const char **id)
{
	const char *p = name;

	for (*number = 0; isdigit((unsigned char)*p) && p - name < 4; p++)
		*number = *number * 10 + (u32)(*p - '0');
	if (p == name || *p != '-' || !islower((unsigned char)p[1]))
		return false;
	*id = ++p;
	while (islower((unsigned char)*p) || isdigit((unsigned char)*p) || *p == '-')
		p++;
	return *p == '\0';
}

static int by_number(const void *a, const void *b)
{
	const struct exercise *x = *(struct exercise *const *)a, *y = *(struct exercise *const *)b;

	return x->number != y->number ? (x->number < y->number ? -1 : 1) : strcmp(x->id, y->id);
}

bool exercises_find(const char *dir, struct exercises *all, struct err *err)
{
	struct str shelf = {0}, folder = {0}, file = {0};
	struct dirent *e;
	DIR *d = NULL;
	const char *id;
	u32 number;

	*all = (struct exercises){0};
	if (!shelf_find(dir, &shelf, err) || !(d = opendir(shelf.s))) {
		if (!err->text[0])
			err_sys(err, EXIT_INPUT, "the folder of exercises, %s, cannot be opened", shelf.s);
		str_finish(&shelf);
		return false;
	}
	while ((e = readdir(d))) {
		if (!folder_name(e->d_name, &number, &id))
			continue;
		str_clear(&folder);
		str_addf(&folder, "%s/%s", shelf.s, e->d_name);
		str_clear(&file);
		str_addf(&file, "%s/exercise.yaml", folder.s);
		if (access(file.s, F_OK) == 0) {
			*vec_push(&all->list) = exercise_load(folder.s, id, number);
			if (dir)
				all->list.at[all->list.n - 1]->shelf = exercise_text(all->list.at[all->list.n - 1], dir, strlen(dir));
		}
	}
	closedir(d);
	if (all->list.n)
		qsort(all->list.at, all->list.n, sizeof *all->list.at, by_number);
	str_finish(&shelf);
	str_finish(&folder);
	str_finish(&file);
	return true;
}

const struct exercise *exercises_get(const struct exercises *all, const char *word, struct err *err)
{
	const char *names[256] = {NULL};
	struct str near = {0};
	bool any;

	for (size_t i = 0; i < all->list.n; i++) {
		const struct exercise *x = all->list.at[i];

		if (strcasecmp(x->id, word) == 0) {
			if (!x->wrong.text[0])
				return x;
			*err = x->wrong;
			return NULL;
		}
		if (i < ARRAY_LEN(names) - 1)
			names[i] = x->id;
	}
	any = lines_nearest(word, names, &near);
	err_set(err, EXIT_USAGE, any ? "there is no exercise '%s'; nearest: %s. ipclab exercises lists them"
		: "there is no exercise '%s'%s; ipclab exercises lists them", word, any ? str_get(&near) : "");
	str_finish(&near);
	return NULL;
}

void exercises_finish(struct exercises *all)
{
	for (size_t i = 0; i < all->list.n; i++)
		exercise_destroy(all->list.at[i]);
	free(all->list.at);
	*all = (struct exercises){0};
}
