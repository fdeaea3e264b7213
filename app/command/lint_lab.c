/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ipclab lint of a lab: what its guide must have, what its sources must be, and that it holds when it is driven by
 * its own guide. The figures are those of the labs that ship.
 */
#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/lint_lab.h"
#include "lab/lib.h"

enum {
	STEPS_MIN = 5,
	STEPS_MAX = 12,
	BELIEFS_MIN = 5,
	EXPERIMENTS_MIN = 2,
	CHANGES_MIN = 3,
	PARAGRAPH_MAX = 600,
	SOURCE_MIN = 20,
	SOURCE_MAX = 130,
	COMMENT_MIN = 15, /* lines of a hundred that hold a comment: a quarter is wanted, this is too few */
};

struct lab_lint {
	const struct lab *lab;
	lint_complain *complain;
	void *arg;
	const struct labs *labs;
	u32 experiments, goals;
	bool names_a_page;
};

static void says(struct lab_lint *l, struct guide_mark at, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void says(struct lab_lint *l, struct guide_mark at, const char *fmt, ...)
{
	struct str s = {0};
	va_list ap;

	str_addf(&s, "%s:%u:%u: ", l->lab->file, at.line, at.column);
	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	l->complain(l->arg, str_get(&s));
	str_finish(&s);
}

/* "pipe(7)" stands in it. */
static bool names_page(const char *text)
{
	for (const char *p = text; (p = strchr(p, '(')); p++)
		if (p > text && isalnum((unsigned char)p[-1]) && p[1] >= '1' && p[1] <= '8' && p[2] == ')')
			return true;
	return false;
}

static void lint_question(struct lab_lint *l, const struct guide_block *b)
{
	const struct guide_question *q = b->question;

	/* Of two variants one does it and one does not: the opposite of the condition would pass as well. */
	if (q->kind == ASK_CHANGE && q->options.n < CHANGES_MIN)
		says(l, b->mark, "question '%s': three programs at least, or --verify cannot tell it from its opposite", q->id);
}

static void lint_step(struct lab_lint *l, const struct guide_step *step)
{
	bool shown = false;

	for (size_t i = 0; i < step->blocks.n; i++) {
		const struct guide_block *b = &step->blocks.at[i];

		shown |= b->kind == BLOCK_EXPECT || b->kind == BLOCK_PREDICT || b->kind == BLOCK_GOAL ||
			 b->kind == BLOCK_EXPERIMENT;
		switch (b->kind) {
		case BLOCK_PREDICT: lint_question(l, b); break;
		case BLOCK_GOAL:
			l->goals++;
			if (!*b->text)
				says(l, b->mark, "nothing is said to who reaches this goal");
			break;
		case BLOCK_EXPERIMENT: l->experiments++; break;
		case BLOCK_TEXT:
			l->names_a_page |= names_page(b->text);
			if (b->text_kind == TEXT_PARAGRAPH && strlen(b->text) > PARAGRAPH_MAX)
				says(l, b->mark, "a paragraph of %zu letters: %d at most are read", strlen(b->text), PARAGRAPH_MAX);
			break;
		default: break;
		}
	}
	if (!shown)
		says(l, step->mark, "nothing that is said here is checked: an expect is wanted");
}

/* Of all sittings of that number: a lab of two is two folders. */
static u32 beliefs_broken(const struct lab_lint *l)
{
	u32 n = 0;

	for (size_t i = 0; i < l->labs->list.n; i++) {
		const struct lab *lab = &l->labs->list.at[i];

		for (size_t k = 0; lab->guide && lab->number == l->lab->number && k < lab->guide->steps.n; k++)
			for (size_t b = 0; b < lab->guide->steps.at[k].blocks.n; b++) {
				const struct guide_question *q = lab->guide->steps.at[k].blocks.at[b].question;

				n += q && *q->breaks;
			}
	}
	return n;
}

static void lint_guide(struct lab_lint *l)
{
	const struct guide *g = l->lab->guide;
	const struct guide_mark top = {1, 1};
	const struct guide_step *last = g->steps.n ? &g->steps.at[g->steps.n - 1] : NULL;
	bool asks = false;

	for (size_t i = 0; i < g->steps.n; i++)
		lint_step(l, &g->steps.at[i]);
	for (size_t i = 0; last && i < last->blocks.n; i++)
		asks |= last->blocks.at[i].kind == BLOCK_PREDICT;
	if (g->steps.n < STEPS_MIN || g->steps.n > STEPS_MAX)
		says(l, top, "%zu steps; %d to %d make a sitting", g->steps.n, STEPS_MIN, STEPS_MAX);
	if (!g->minutes)
		says(l, top, "how many minutes it takes is not said (minutes:)");
	if (beliefs_broken(l) < BELIEFS_MIN)
		says(l, top, "%u questions break a misconception (breaks=); %d are wanted", beliefs_broken(l), BELIEFS_MIN);
	if (l->experiments < EXPERIMENTS_MIN)
		says(l, top, "%u experiments; %d are wanted", l->experiments, EXPERIMENTS_MIN);
	if (!l->goals)
		says(l, top, "no goal: something that is to be brought about without a do");
	if (!asks)
		says(l, last ? last->mark : top, "it does not end with a question about a program not seen before");
	if (!l->names_a_page)
		says(l, top, "no page of the manual is named, as pipe(7)");
}

/* ---- sources: all .c beside the guide, also those that are a part of a program ---- */

static void lint_source(struct lab_lint *l, const char *path, const char *name)
{
	const struct guide_mark top = {1, 1};
	char line[1024];
	u32 lines = 0, comments = 0;
	bool inside = false;
	FILE *f = fopen(path, "re");

	while (f && fgets(line, sizeof line, f)) {
		lines++;
		comments += inside || strstr(line, "/*") || strstr(line, "//");
		if (strstr(line, "/*"))
			inside = true;
		if (strstr(line, "*/"))
			inside = false;
	}
	if (!f)
		return;
	fclose(f);
	if (lines < SOURCE_MIN || lines > SOURCE_MAX)
		says(l, top, "%s has %u lines; %d to %d can be read in passing", name, lines, SOURCE_MIN, SOURCE_MAX);
	if (comments * 100 < lines * COMMENT_MIN)
		says(l, top, "%s: %u of %u lines hold a comment; a quarter is wanted, %d of a hundred at least", name, comments,
			lines, COMMENT_MIN);
}

static void lint_sources(struct lab_lint *l)
{
	const char *slash = strrchr(l->lab->file, '/');
	struct str pattern = {0};
	glob_t found;

	str_addf(&pattern, "%.*s/*.c", (int)(slash - l->lab->file), l->lab->file);
	if (glob(pattern.s, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			lint_source(l, found.gl_pathv[i], strrchr(found.gl_pathv[i], '/') + 1);
		globfree(&found);
	}
	str_finish(&pattern);
}

static void lint_holds(struct lab_lint *l)
{
	struct err err = {0};
	struct beliefs *beliefs = lab_beliefs(l->lab, &err);
	struct lab_host h = {0};
	struct guide_host host = lab_host_open(&h, l->lab, NULL);

	if (err.code || !guide_verify(l->lab->guide, beliefs, l->lab->id, 0, (u32)l->lab->guide->steps.n - 1, &host,
				NULL, NULL, &err))
		l->complain(l->arg, err.text);
	lab_host_close(&h);
	beliefs_destroy(beliefs);
}

static void lint(struct lab_lint *l)
{
	const struct guide *g = l->lab->guide;

	lint_guide(l);
	lint_sources(l);
	if (g->steps.n)
		lint_holds(l);
}

/* The lab of that folder among those beside it, so that ids, programs and misconceptions are found as always. */
void lab_lint(const char *folder, lint_complain *complain, void *arg)
{
	const char *slash = strrchr(folder, '/'), *before = getenv("IPCLAB_LABS");
	char *kept = before ? xstrdup(before) : NULL, *beside = slash ? strndup(folder, (size_t)(slash - folder)) : xstrdup(".");
	struct labs labs = {0};
	struct lab_lint l = {.labs = &labs, .complain = complain, .arg = arg};
	struct str file = {0};
	struct err err = {0};

	setenv("IPCLAB_LABS", beside, 1);
	str_addf(&file, "%s/%s/lab.md", beside, slash ? slash + 1 : folder);
	if (!labs_find(&labs, &err))
		complain(arg, err.text);
	for (size_t i = 0; i < labs.list.n; i++) {
		if (strcmp(labs.list.at[i].file, file.s) != 0)
			continue;
		l.lab = &labs.list.at[i];
		if (l.lab->guide)
			lint(&l);
		else
			complain(arg, l.lab->wrong.text);
	}
	if (!l.lab && !err.code)
		complain(arg, "a lab's folder is called NN-name: digits, a dash, small letters");
	labs_finish(&labs);
	if (kept)
		setenv("IPCLAB_LABS", kept, 1);
	else
		unsetenv("IPCLAB_LABS");
	str_finish(&file);
	free(kept);
	free(beside);
}
