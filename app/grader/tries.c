/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A learner's folder: tries.h. */
#include "grader/tries.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "grader/private.h"
#include "view/lib.h"

enum { RECORDINGS_OF = 3 };

static void in_folder(const char *folder, const char *name, struct str *out)
{
	str_clear(out);
	str_addf(out, "%s/%s", folder, name);
}

static bool is_there(const char *folder, const char *name)
{
	struct str path = {0};
	bool there;

	in_folder(folder, name, &path);
	there = access(path.s, F_OK) == 0;
	str_finish(&path);
	return there;
}

static bool read_in(const char *folder, const char *name, struct bytes *out)
{
	struct str path = {0};
	struct err ignored = {0};
	bool ok;

	in_folder(folder, name, &path);
	ok = read_whole(path.s, 1 << 20, out, &ignored);
	str_finish(&path);
	return ok;
}

static bool write_in(const char *folder, const char *name, const void *bytes, size_t n, struct err *err)
{
	struct str path = {0};
	bool ok;

	in_folder(folder, name, &path);
	ok = write_whole(path.s, bytes, n, err);
	str_finish(&path);
	return ok;
}

/* ---- how the last try went: lines of words ---- */

static void state_line(struct tries *t, const char *line)
{
	char word[32];
	unsigned long long number;
	enum grade g;

	if (sscanf(line, "%31[a-z_] %llu", word, &number) == 2) {
		u32 n = (u32)number;

		*(strcmp(word, "try") == 0 ? &t->n : strcmp(word, "score") == 0 ? &t->score : strcmp(word, "failures") == 0 ? &t->failures :
			strcmp(word, "hints") == 0 ? &t->hints : strcmp(word, "passed_at") == 0 ? &t->passed_at : &n) = n;
		if (strcmp(word, "sources") == 0)
			t->sources = number;
	} else if (strncmp(line, "verdict ", 8) == 0 && grade_by_name(line + 8, &g)) {
		t->verdict = g;
	} else if (strncmp(line, "was ", 4) == 0 && grade_by_name(line + 4, &g)) {
		*vec_push(&t->was) = g;
	}
}

static void state_read(struct tries *t)
{
	struct bytes b;
	char *rest;

	t->verdict = GRADE_NOT_RUN;
	if (!read_in(t->folder, ".ipclab/state", &b))
		return;
	rest = b.at;
	for (char *line; (line = strsep(&rest, "\n"));)
		state_line(t, line);
	free(b.at);
}

bool tries_save(struct tries *t, struct err *err)
{
	struct str s = {0};
	bool ok;

	str_addf(&s, "try %u\nsources %llu\nscore %u\nfailures %u\nhints %u\npassed_at %u\nverdict %s\n", t->n, (unsigned long long)t->sources, t->score,
		t->failures, t->hints, t->passed_at, grade_name(t->verdict));
	for (size_t i = 0; i < t->was.n; i++)
		str_addf(&s, "was %s\n", grade_name(t->was.at[i]));
	ok = write_in(t->folder, ".ipclab/state", s.s, s.len, err);
	str_finish(&s);
	return ok;
}

/* ---- finding it ---- */

static bool folder_is_of(const char *folder, char id[64])
{
	struct bytes b;
	bool ok = read_in(folder, ".ipclab/exercise", &b);

	id[0] = '\0';
	if (ok) {
		snprintf(id, 64, "%.*s", (int)strcspn(b.at, "\n"), b.at);
		free(b.at);
	}
	return ok;
}

static void tries_open(struct tries *t, const struct exercise *x, const char *folder)
{
	char real[PATH_MAX];

	*t = (struct tries){.exercise = x, .lock = -1};
	t->folder = xstrdup(realpath(folder, real) ? real : folder);
	state_read(t);
}

static bool has_files(const struct exercise *x, const char *folder)
{
	for (size_t i = 0; i < x->files.n; i++)
		if (!is_there(folder, x->files.at[i]))
			return false;
	return true;
}

bool tries_find(const struct exercises *all, const char *id, const char *folder, struct tries *t, struct err *err)
{
	const struct exercise *x;
	struct str usual = {0};
	char here[64];
	bool of_one = folder_is_of(folder ? folder : ".", here);

	*t = (struct tries){.lock = -1};
	if (!id && !of_one)
		return err_set(err, EXIT_USAGE, "which exercise? Give its ID, as in ipclab check pipe-eof, or go into its folder; ipclab exercises lists them");
	x = exercises_get(all, id ? id : here, err);
	if (!x)
		return false;
	if (folder || (of_one && strcmp(here, x->id) == 0)) {
		tries_open(t, x, folder ? folder : ".");
		return true;
	}
	str_addf(&usual, "ipclab-%s", x->id);
	if (is_there(usual.s, ".ipclab/exercise"))
		tries_open(t, x, usual.s);
	else if (has_files(x, "."))
		tries_open(t, x, ".");
	else
		err_set(err, EXIT_USAGE, "%s is not started here: there is no folder ./%s. Start it with: ipclab start %s", x->id, usual.s, x->id);
	str_finish(&usual);
	return t->folder != NULL;
}

/* ---- beginning ---- */

static bool bring(const char *from, const char *to, const char *name, struct err *err)
{
	struct str path = {0};
	struct bytes b;
	bool ok;

	if (is_there(to, name))
		return true;
	in_folder(from, name, &path);
	ok = read_whole(path.s, TEXT_MOST, &b, err) && write_in(to, name, b.at, b.n, err);
	if (ok)
		free(b.at);
	str_finish(&path);
	return ok;
}

/* For clangd and editors that ask it: how each source is compiled. */
static bool compile_commands(const struct exercise *x, const char *folder, struct err *err)
{
	struct str s = {0};
	bool ok;
	u32 n = 0;

	str_add(&s, "[");
	for (size_t i = 0; i < x->files.n; i++) {
		size_t k = strlen(x->files.at[i]);

		if (k < 2 || strcmp(x->files.at[i] + k - 2, ".c") != 0)
			continue;
		str_add(&s, n++ ? ",\n {\"directory\":" : "\n {\"directory\":");
		str_add_json(&s, folder, strlen(folder));
		str_addf(&s, ",\"file\":\"%s\",\"arguments\":[\"gcc\",\"-std=gnu17\",\"-Wall\",\"-Wextra\",\"-g\",\"-O0\",\"-pthread\",\"-I.\",\"-c\",\"%s\"]}",
			x->files.at[i], x->files.at[i]);
	}
	str_add(&s, "\n]\n");
	ok = is_there(folder, "compile_commands.json") || write_in(folder, "compile_commands.json", s.s, s.len, err);
	str_finish(&s);
	return ok;
}

static bool mark(const struct exercise *x, const char *folder, struct err *err)
{
	struct str s = {0};
	bool ok;

	in_folder(folder, ".ipclab", &s);
	ok = mkdir(s.s, 0755) == 0 || errno == EEXIST || err_sys(err, EXIT_MACHINE, "%s cannot be made", s.s);
	str_clear(&s);
	str_addf(&s, "%s\n", x->id);
	ok = ok && write_in(folder, ".ipclab/exercise", s.s, s.len, err);
	str_finish(&s);
	return ok;
}

/* In lines that less shows whole in 80 columns. */
static bool task_write(const struct exercise *x, const char *folder, struct err *err)
{
	struct str lines = {0};
	bool ok;

	if (is_there(folder, "exercise.md"))
		return true;
	lines_flow(x->task, 79, &lines);
	ok = write_in(folder, "exercise.md", str_get(&lines), lines.len, err);
	str_finish(&lines);
	return ok;
}

bool tries_begin(const struct exercise *x, const char *folder, bool *fresh, struct tries *t, struct err *err)
{
	char id[64], real[PATH_MAX];
	bool ok = true;

	*t = (struct tries){.lock = -1};
	*fresh = mkdir(folder, 0755) == 0;
	if (!*fresh && errno != EEXIST)
		return err_sys(err, EXIT_MACHINE, "the folder %s cannot be made", folder);
	if (!*fresh && folder_is_of(folder, id) && strcmp(id, x->id) != 0)
		return err_set(err, EXIT_USAGE, "%s is the folder of another exercise, %s", folder, id);
	if (!realpath(folder, real))
		return err_sys(err, EXIT_MACHINE, "%s", folder);
	for (size_t i = 0; ok && i < x->files.n; i++)
		ok = bring(x->folder, real, x->files.at[i], err);
	for (size_t i = 0; ok && i < x->provided.n; i++)
		ok = bring(x->folder, real, x->provided.at[i], err);
	ok = ok && task_write(x, real, err) && compile_commands(x, real, err) && mark(x, real, err);
	if (ok)
		tries_open(t, x, real);
	return ok;
}

/* ---- one try ---- */

bool tries_lock(struct tries *t, bool wait)
{
	struct str path = {0};

	in_folder(t->folder, ".ipclab/lock", &path);
	if (t->lock < 0)
		t->lock = open(path.s, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	str_finish(&path);
	if (t->lock >= 0 && flock(t->lock, LOCK_EX | (wait ? 0 : LOCK_NB)) != 0)
		return false; /* where nothing can be written, nothing is kept, and nobody needs a turn */
	t->was.n = 0;
	state_read(t); /* the other one may have changed it */
	return true;
}

void tries_unlock(struct tries *t)
{
	if (t->lock >= 0)
		flock(t->lock, LOCK_UN);
}

static void remove_old(const char *folder, u32 now)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	u32 n;

	while (d && (e = readdir(d)))
		if (sscanf(e->d_name, "try-%u-", &n) == 1 && n + RECORDINGS_OF <= now)
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}

bool tries_room(struct tries *t, struct str *folder, struct str *name, struct err *err)
{
	struct stat st;

	in_folder(t->folder, ".ipclab", folder);
	str_addf(name, "try-%u", t->n + 1);
	if (mkdir(folder->s, 0755) < 0 && (errno != EEXIST || stat(folder->s, &st) < 0 || !S_ISDIR(st.st_mode)))
		return err_sys(err, EXIT_MACHINE, "%s cannot be made: recordings are not kept", folder->s);
	if (access(folder->s, W_OK) < 0)
		return err_sys(err, EXIT_MACHINE, "%s cannot be written: recordings are not kept", folder->s);
	remove_old(folder->s, t->n + 1);
	return true;
}

static void last_name(const char *file, struct str *out)
{
	str_clear(out);
	str_addf(out, ".ipclab/last-%s", file);
}

bool tries_note(struct tries *t, const struct result *r, struct err *err)
{
	struct str name = {0}, json = {0};
	bool passed = r->verdict == GRADE_PASS, ok = true;

	t->n++;
	t->sources = r->sources;
	t->verdict = r->verdict;
	t->score = r->score;
	t->failures = passed ? 0 : t->failures + (r->verdict != GRADE_ERROR);
	if (passed && !t->passed_at)
		t->passed_at = t->n;
	t->was.n = 0;
	for (size_t i = 0; i < r->findings.n; i++)
		*vec_push(&t->was) = r->findings.at[i].verdict;
	for (size_t i = 0; ok && i < t->exercise->files.n; i++) {
		struct bytes b;

		last_name(t->exercise->files.at[i], &name);
		if (read_in(t->folder, t->exercise->files.at[i], &b)) {
			ok = write_in(t->folder, name.s, b.at, b.n, err);
			free(b.at);
		}
	}
	result_json(r, &json);
	ok = ok && write_in(t->folder, ".ipclab/result.json", json.s, json.len, err) && tries_save(t, err);
	str_finish(&name);
	str_finish(&json);
	return ok;
}

/* ---- what has changed ---- */

static void in_words(const u32 *lines, size_t n, const char *file, struct str *out)
{
	if (!n)
		return;
	str_addf(out, "%s%s", out->len ? "; " : "", n == 1 ? "line " : "lines ");
	for (size_t i = 0; i < n && i < 8; i++)
		str_addf(out, "%s%u", i == 0 ? "" : i + 1 == n ? " and " : ", ", lines[i]);
	if (n > 8)
		str_addf(out, " and %zu more", n - 8);
	str_addf(out, " of %s", file);
}

void tries_changes(const struct tries *t, struct str *out)
{
	struct str name = {0};

	for (size_t i = 0; i < t->exercise->files.n; i++) {
		struct bytes a, b;
		u32 *lines;
		size_t n;

		last_name(t->exercise->files.at[i], &name);
		if (!read_in(t->folder, name.s, &a))
			continue;
		if (read_in(t->folder, t->exercise->files.at[i], &b)) {
			lines = lines_changed(&a, &b, &n);
			in_words(lines, n, t->exercise->files.at[i], out);
			free(lines);
			free(b.at);
		}
		free(a.at);
	}
	str_finish(&name);
}

static bool failing(enum grade g)
{
	return g != GRADE_PASS && g != GRADE_NOT_RUN;
}

void tries_progress(const struct tries *t, const struct result *r, struct str *out)
{
	for (u32 i = 0; i < r->findings.n && i < t->was.n; i++) {
		enum grade is = r->findings.at[i].verdict, was = t->was.at[i];

		if (failing(was) && is == GRADE_PASS)
			str_addf(out, "%sCheck %u was failing, now passes.", out->len ? " " : "", i + 1);
		if (was == GRADE_PASS && failing(is))
			str_addf(out, "%sCheck %u passed before, and fails now.", out->len ? " " : "", i + 1);
		if (failing(was) && failing(is) && was != is)
			str_addf(out, "%sCheck %u was %s, now %s.", out->len ? " " : "", i + 1, grade_name(was), grade_name(is));
	}
}

/* ---- back to the beginning ---- */

bool tries_reset(struct tries *t, const char *file, struct str *kept, struct err *err)
{
	struct str from = {0}, to = {0}, old = {0};
	struct bytes b = {0};
	bool ok;

	in_folder(t->exercise->folder, file, &from);
	in_folder(t->folder, file, &to);
	ok = read_whole(from.s, 1 << 20, &b, err);
	for (u32 n = 1; ok && access(to.s, F_OK) == 0; n++) {
		str_clear(&old);
		str_addf(&old, "%s.old-%u", to.s, n);
		if (link(to.s, old.s) == 0) { /* a name that is taken is never overwritten */
			str_addf(kept, "%s.old-%u", file, n);
			break;
		}
		ok = errno == EEXIST || err_sys(err, EXIT_MACHINE, "%s cannot be kept", file);
	}
	ok = ok && write_whole(to.s, b.at, b.n, err);
	free(b.at);
	str_finish(&from);
	str_finish(&to);
	str_finish(&old);
	return ok;
}

void tries_finish(struct tries *t)
{
	free(t->folder);
	free(t->was.at);
	if (t->lock >= 0)
		close(t->lock);
	*t = (struct tries){.lock = -1};
}
