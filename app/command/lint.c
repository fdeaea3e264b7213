/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab lint DIR: exercises (and labs) as their authors must have them: the manifest is read, what learners start with builds and
 * fails, the solution passes, every mutant gets the verdict, and is told the sentence, that stands at its head. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/exercise.h"
#include "command/lib.h"
#include "command/lint_lab.h"

enum { HINTS_MIN = 3, MUTANTS_MIN = 5 };

struct linting {
	u32 wrong, exercises, labs, runs;
	u32 times;         /* the solution is run so often */
	bool compare;      /* each mutant also as a grader of output alone sees it */
	u32 seen, unseen;
	const char *only;  /* a mutant, "starter", "solution"; NULL all */
};

static void complain(struct linting *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void complain(struct linting *l, const char *fmt, ...)
{
	struct str s = {0}, safe = {0};
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	str_add_harmless(&safe, str_get(&s));
	printf("%s\n", str_get(&safe));
	fflush(stdout);
	str_finish(&s);
	str_finish(&safe);
	l->wrong++;
}

/* ---- a submission put together: the learner's files, some of them from elsewhere ---- */

static void path_of(struct str *out, const char *folder, const char *name)
{
	str_clear(out);
	str_addf(out, "%s/%s", folder, name);
}

/* The solution's files in `to`, and over them those of a mutant. */
static bool put_together(const struct exercise *x, const struct mutant *m, const char *to)
{
	struct str from = {0}, into = {0};
	struct err ignored = {0};
	struct stat st = {0};
	bool ok = true;

	if (m && stat(m->path, &st) < 0)
		return false;
	for (size_t i = 0; i < x->files.n && ok; i++) {
		path_of(&into, to, x->files.at[i]);
		path_of(&from, m && S_ISDIR(st.st_mode) ? m->path : "", x->files.at[i]);
		if (m && S_ISDIR(st.st_mode) && access(from.s, R_OK) == 0) {
			ok = file_copy(from.s, into.s, &ignored);
		} else if (m && !S_ISDIR(st.st_mode) && i == 0) {
			ok = file_copy(m->path, into.s, &ignored);
		} else {
			path_of(&from, x->solutions ? x->solutions : x->folder, x->files.at[i]);
			ok = file_copy(from.s, into.s, &ignored);
		}
	}
	str_finish(&from);
	str_finish(&into);
	return ok;
}

/* ---- runs ---- */

static bool judged(struct linting *l, const struct exercise *x, const char *folder, const char *what, struct result *r)
{
	struct attempt_options opt = {0};
	struct err err = {0};

	l->runs++;
	if (!attempt_run(x, folder, &opt, r, &err)) {
		complain(l, "%s: %s: %s", x->id, what, err.text);
		return false;
	}
	if (r->verdict == GRADE_ERROR) {
		u32 i = result_failed(r);
		complain(l, "%s: %s: GRADER ERROR: %s", x->id, what, i == UINT32_MAX ? r->first.message : r->findings.at[i].message);
		return false;
	}
	return true;
}

static void lint_starter(struct linting *l, const struct exercise *x)
{
	struct result r = {0};

	if (judged(l, x, x->folder, "starter", &r)) {
		if (r.verdict == GRADE_PASS)
			complain(l, "%s: what learners start with passes already", x->id);
		if (r.first.verdict == GRADE_COMPILE)
			complain(l, "%s: what learners start with does not compile:\n%s", x->id, str_get(&r.compiler));
	}
	result_finish(&r);
}

static void lint_passes(struct linting *l, const struct exercise *x, const char *folder, const char *what)
{
	struct result r = {0};
	struct str words = {0};

	if (judged(l, x, folder, what, &r) && r.verdict != GRADE_PASS) {
		result_words(&r, &words);
		complain(l, "%s: %s does not pass:\n%s%s", x->id, what, str_get(&r.compiler), words.s);
	} else if (r.verdict == GRADE_PASS && r.compiler.len) {
		complain(l, "%s: %s makes the compiler warn:\n%s", x->id, what, r.compiler.s);
	}
	str_finish(&words);
	result_finish(&r);
}

static void lint_solution(struct linting *l, const struct exercise *x)
{
	if (!x->solutions) {
		complain(l, "%s: there is no solution (../solutions beside exercises)", x->id);
		return;
	}
	for (u32 i = 0; i < l->times; i++)
		lint_passes(l, x, x->solutions, "the solution");
}

/* solutions/NN-name/other-*: further correct programs, in other styles. */
static void lint_others(struct linting *l, const struct exercise *x)
{
	DIR *d = x->solutions ? opendir(x->solutions) : NULL;
	struct dirent *e;

	while (d && (e = readdir(d))) {
		struct str path = {0};

		str_addf(&path, "%s/%s", x->solutions, e->d_name);
		if (strncmp(e->d_name, "other-", 6) == 0 && (!l->only || strcmp(l->only, e->d_name) == 0))
			for (u32 i = 0; i < l->times; i++)
				lint_passes(l, x, path.s, e->d_name);
		str_finish(&path);
	}
	if (d)
		closedir(d);
}

static void lint_mutant(struct linting *l, const struct exercise *x, const struct mutant *m)
{
	struct own_folder own;
	struct result r = {0};
	struct str why = {0};
	struct err err = {0};

	if (!own_folder_make(&own, &err))
		complain(l, "%s: %s: %s", x->id, m->name, err.text);
	else if (!put_together(x, m, own.path.s))
		complain(l, "%s: %s cannot be put together in %s: %s", x->id, m->name, own.path.s, strerror(errno));
	else if (judged(l, x, own.path.s, m->name, &r) && !mutant_is_caught(m, &r, &why))
		complain(l, "%s: %s%s%s", x->id, why.s, r.compiler.len ? "\n" : "", str_get(&r.compiler));
	own_folder_remove(&own);
	str_finish(&why);
	result_finish(&r);
}

/* A line: what we say of a mutant, and what a grader says that sees output and status alone. */
static void compare_mutant(struct linting *l, const struct exercise *x, const struct mutant *m)
{
	struct own_folder own;
	struct attempt_options opt = {.output_only = true};
	struct result r = {0};
	struct err err = {0};
	u32 i;

	if (!own_folder_make(&own, &err) || !put_together(x, m, own.path.s) || !attempt_run(x, own.path.s, &opt, &r, &err)) {
		complain(l, "%s: %s: %s", x->id, m->name, err.text);
	} else {
		i = result_failed(&r);
		printf("| %s | %s | %s | %s |\n", x->id, m->name, grade_name(m->verdict),
			r.verdict == GRADE_PASS ? "**not seen**" : i != UINT32_MAX && r.findings.at[i].verdict == GRADE_SLOW ? "time-out" : grade_name(r.verdict));
		l->seen += r.verdict != GRADE_PASS;
		l->unseen += r.verdict == GRADE_PASS;
		fflush(stdout);
	}
	own_folder_remove(&own);
	result_finish(&r);
}

static bool wanted(const struct linting *l, const char *name)
{
	return !l->only || strcmp(l->only, name) == 0;
}

static void lint_exercise(struct linting *l, const struct exercise *x)
{
	struct mutants mutants;
	struct err err = {0};

	l->exercises++;
	if (x->wrong.text[0]) {
		complain(l, "%s", x->wrong.text);
		return;
	}
	if (x->hints.n < HINTS_MIN)
		complain(l, "%s/exercise.md: %zu hints; there are to be three tiers, from a question to nearly the answer", x->folder, x->hints.n);
	if (!l->compare && wanted(l, "starter"))
		lint_starter(l, x);
	if (!l->compare && wanted(l, "solution"))
		lint_solution(l, x);
	if (!l->compare)
		lint_others(l, x);
	if (!mutants_find(x, &mutants, &err))
		complain(l, "%s", err.text);
	if (mutants.list.n < MUTANTS_MIN)
		complain(l, "%s: %zu mutants; five at least, each a misconception or a classic slip", x->id, mutants.list.n);
	for (size_t i = 0; i < mutants.list.n; i++)
		if (wanted(l, mutants.list.at[i].name))
			(l->compare ? compare_mutant : lint_mutant)(l, x, &mutants.list.at[i]);
	mutants_finish(&mutants);
}

static void complain_of_lab(void *arg, const char *text)
{
	complain(arg, "%s", text);
}

static void lint_lab(struct linting *l, const char *folder)
{
	l->labs++;
	lab_lint(folder, complain_of_lab, l);
}

/* ---- what DIR is ---- */

static bool has(const char *folder, const char *name)
{
	struct str path = {0};
	bool there;

	str_addf(&path, "%s/%s", folder, name);
	there = access(path.s, F_OK) == 0;
	str_finish(&path);
	return there;
}

static void lint_one(struct linting *l, const char *folder)
{
	char real[4096];
	const char *base, *id;
	struct exercise *x;

	if (!realpath(folder, real))
		return;
	base = strrchr(real, '/') + 1;
	id = base + strspn(base, "0123456789");
	id += *id == '-';
	if (has(real, "exercise.yaml")) {
		x = exercise_load(real, id, 0);
		lint_exercise(l, x);
		exercise_destroy(x);
	}
	if (has(real, "lab.md"))
		lint_lab(l, real);
}

static bool lint_folder(struct linting *l, const char *dir, struct err *err)
{
	struct dirent **names;
	int n;

	if (has(dir, "exercise.yaml") || has(dir, "lab.md")) {
		lint_one(l, dir);
		return true;
	}
	n = scandir(dir, &names, NULL, alphasort);
	if (n < 0)
		return err_sys(err, EXIT_INPUT, "%s cannot be read", dir);
	for (int i = 0; i < n; i++) {
		struct str path = {0};

		str_addf(&path, "%s/%s", dir, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			lint_one(l, path.s);
		str_finish(&path);
		free(names[i]);
	}
	free(names);
	return true;
}

bool command_lint(struct invocation *inv, struct err *err)
{
	struct linting l = {.times = 1, .only = option_value(inv, "only"), .compare = option_given(inv, "compare")};
	const char *times = option_value(inv, "times");

	if (inv->argc != 1)
		return err_set(err, EXIT_USAGE, "lint needs one folder: of exercises, of labs, or of one of them, as in ipclab lint exercises/03-pipe-eof");
	if (times && ((l.times = (u32)strtoul(times, NULL, 10)) < 1 || l.times > 1000))
		return err_set(err, EXIT_USAGE, "--times is a number from 1 to 1000");
	if (l.compare)
		printf("| exercise | mutant | ipclab | output and status alone, 10 s |\n|---|---|---|---|\n");
	if (!lint_folder(&l, inv->argv[0], err))
		return false;
	if (l.exercises + l.labs == 0)
		return err_set(err, EXIT_INPUT, "%s holds no exercise (exercise.yaml) and no lab (lab.md)", inv->argv[0]);
	if (l.compare)
		printf("\nOf %u mutants a grader of output alone sees %u and lets %u pass.\n", l.seen + l.unseen, l.seen, l.unseen);
	printf("%u exercises, %u labs, %u programs judged: %u complaints\n", l.exercises, l.labs, l.runs, l.wrong);
	if (l.wrong)
		inv->status = EXIT_INPUT;
	return true;
}
