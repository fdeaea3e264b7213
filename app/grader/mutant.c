/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mutants/: programs known to be wrong. The first lines of each say what it must get:
 *
 *   // verdict: HANG
 *   // scenario: the program ends by itself
 *   // says: pipe1 is empty and can still be written to by P2 itself
 *
 * One file is the exercise's first file; where an exercise has several, a mutant may be a folder with those it changes. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "grader/private.h"

static char *said(const char *text, const char *key)
{
	for (const char *line = text; line; line = strchr(line, '\n')) {
		size_t n = strlen(key);

		line += *line == '\n';
		if (strncmp(line, "// ", 3) != 0)
			return NULL;
		if (strncmp(line + 3, key, n) == 0 && line[3 + n] == ':') {
			const char *at = line + 4 + n + strspn(line + 4 + n, " ");

			return strndup(at, strcspn(at, "\n"));
		}
	}
	return NULL;
}

static bool head_read(struct mutant *m, const char *file, const char *text, struct err *err)
{
	char *verdict = said(text, "verdict");
	bool ok = verdict && grade_by_name(verdict, &m->verdict) && m->verdict != GRADE_PASS;

	m->says = said(text, "says");
	m->scenario = said(text, "scenario");
	free(verdict);
	return ok || err_set(err, EXIT_INPUT, "%s:1:1: its first line says which verdict it must get: // verdict: HANG", file);
}

static bool add_mutant(struct mutants *all, const struct exercise *x, const char *name, struct err *err)
{
	struct mutant m = {0};
	struct str path = {0}, file = {0};
	struct stat st;
	struct bytes b;
	bool ok;

	str_addf(&path, "%s/mutants/%s", x->folder, name);
	ok = stat(path.s, &st) == 0 || err_sys(err, EXIT_INPUT, "%s", path.s);
	str_add(&file, path.s);
	for (size_t i = 0; ok && S_ISDIR(st.st_mode) && i < x->files.n; i++) { /* the first of the exercise's files that is there */
		str_clear(&file);
		str_addf(&file, "%s/%s", path.s, x->files.at[i]);
		if (access(file.s, F_OK) == 0)
			break;
	}
	ok = ok && read_whole(file.s, 1 << 20, &b, err);
	if (ok) {
		ok = head_read(&m, file.s, b.at, err);
		free(b.at);
	}
	m.path = path.s;
	m.name = xstrdup(name);
	*vec_push(&all->list) = m;
	str_finish(&file);
	return ok;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct mutant *)a)->name, ((const struct mutant *)b)->name);
}

bool mutants_find(const struct exercise *x, struct mutants *all, struct err *err)
{
	struct str dir = {0};
	struct dirent *e;
	bool ok = true;
	DIR *d;

	*all = (struct mutants){0};
	str_addf(&dir, "%s/mutants", x->folder);
	d = opendir(dir.s);
	while (d && ok && (e = readdir(d)))
		if (e->d_name[0] != '.')
			ok = add_mutant(all, x, e->d_name, err);
	if (d)
		closedir(d);
	if (all->list.n)
		qsort(all->list.at, all->list.n, sizeof *all->list.at, by_name);
	str_finish(&dir);
	return ok;
}

void mutants_finish(struct mutants *all)
{
	for (size_t i = 0; i < all->list.n; i++) {
		free(all->list.at[i].path);
		free(all->list.at[i].name);
		free(all->list.at[i].says);
		free(all->list.at[i].scenario);
	}
	free(all->list.at);
	*all = (struct mutants){0};
}

bool mutant_is_caught(const struct mutant *m, const struct result *r, struct str *why)
{
	u32 i = result_failed(r);
	const struct finding *f = r->first.verdict != GRADE_PASS ? &r->first : i == UINT32_MAX ? NULL : &r->findings.at[i];
	const char *scenario = f && f != &r->first ? r->exercise->scenarios.at[i].name : "";

	if (!f) {
		str_addf(why, "%s passes", m->name);
		return false;
	}
	if (f->verdict != m->verdict) {
		str_addf(why, "%s gets %s, not %s (%s: %s)", m->name, grade_name(f->verdict), grade_name(m->verdict), scenario, f->message);
		return false;
	}
	if (m->scenario && strcmp(m->scenario, scenario) != 0) {
		str_addf(why, "%s fails in \"%s\", not in \"%s\" (%s)", m->name, scenario, m->scenario, f->message);
		return false;
	}
	if (m->says && !strstr(f->message, m->says) && !strstr(f->why, m->says) && !strstr(f->happened, m->says)) {
		str_addf(why, "%s is not told \"%s\", but: %s %s", m->name, m->says, f->message, f->why);
		return false;
	}
	return true;
}
