/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "progress/private.h"

#include <stdio.h>
#include <string.h>

/* A question counts by its last answer. A lab may have answers and no step yet. */
static const char *const labs_sql =
	"WITH latest AS (SELECT lab, outcome, at FROM answer WHERE n IN (SELECT max(n) FROM answer "
	"GROUP BY lab, question)),"
	" known AS (SELECT id FROM lab UNION SELECT lab FROM answer)"
	" SELECT k.id, coalesce(l.steps, 0), coalesce(l.reached, 0), coalesce(l.resume, 0),"
	"  (SELECT count(*) FROM latest a WHERE a.lab = k.id AND outcome = 'right'),"
	"  (SELECT count(*) FROM latest a WHERE a.lab = k.id AND outcome = 'wrong'),"
	"  (SELECT count(*) FROM latest a WHERE a.lab = k.id AND outcome = 'skipped'),"
	"  (SELECT count(*) FROM latest a WHERE a.lab = k.id AND outcome = 'unsure'),"
	"  max(coalesce(l.last, 0), coalesce((SELECT max(at) FROM latest a WHERE a.lab = k.id), "
	"0)) AS last"
	" FROM known k LEFT JOIN lab l ON l.id = k.id"
	" WHERE ?1 IS NULL OR k.id = ?1 ORDER BY last DESC, k.id";

static void row_lab(sqlite3_stmt *s, struct progress_lab *lab)
{
	*lab = (struct progress_lab){0};
	snprintf(lab->id, sizeof lab->id, "%s", (const char *)sqlite3_column_text(s, 0));
	lab->steps = (u32)sqlite3_column_int64(s, 1);
	lab->reached = (u32)sqlite3_column_int64(s, 2);
	lab->resume = (u32)sqlite3_column_int64(s, 3);
	for (int i = 0; i < 4; i++)
		lab->counts[i] = (u32)sqlite3_column_int64(s, 4 + i);
	lab->last = sqlite3_column_int64(s, 8);
}

bool progress_lab(struct progress *p, const char *id, struct progress_lab *lab)
{
	sqlite3_stmt *s = progress_statement(p, labs_sql, &id, 1);
	bool found = s && sqlite3_step(s) == SQLITE_ROW;

	if (found)
		row_lab(s, lab);
	sqlite3_finalize(s);
	return found;
}

void progress_each_lab(
	struct progress *p, void (*fn)(void *, const struct progress_lab *), void *arg)
{
	sqlite3_stmt *s = progress_statement(p, labs_sql, NULL, 0);
	struct progress_lab lab;

	while (s && sqlite3_step(s) == SQLITE_ROW) {
		row_lab(s, &lab);
		fn(arg, &lab);
	}
	sqlite3_finalize(s);
}

void progress_each_answer(struct progress *p,
	void (*fn)(void *, const char *lab, const char *question, const char *outcome, i64 at),
	void *arg)
{
	sqlite3_stmt *s = progress_statement(
		p, "SELECT lab, question, outcome, at FROM answer ORDER BY n", NULL, 0);

	while (s && sqlite3_step(s) == SQLITE_ROW)
		fn(arg, (const char *)sqlite3_column_text(s, 0),
			(const char *)sqlite3_column_text(s, 1),
			(const char *)sqlite3_column_text(s, 2), sqlite3_column_int64(s, 3));
	sqlite3_finalize(s);
}

void progress_each_told(struct progress *p, const char *lab,
	void (*fn)(void *, const char *question, const char *outcome, i64 at, const struct progress_told *), void *arg)
{
	sqlite3_stmt *s = progress_statement(
		p, "SELECT question, outcome, at, verdict, picture FROM answer WHERE lab = ?1 ORDER BY n", &lab, 1);

	while (s && sqlite3_step(s) == SQLITE_ROW)
		fn(arg, (const char *)sqlite3_column_text(s, 0), (const char *)sqlite3_column_text(s, 1),
			sqlite3_column_int64(s, 2),
			&(struct progress_told){(const char *)sqlite3_column_text(s, 3), (const char *)sqlite3_column_text(s, 4)});
	sqlite3_finalize(s);
}

void progress_each_run(
	struct progress *p, const char *lab, void (*fn)(void *, const char *experiment, const char *row, i64 at), void *arg)
{
	sqlite3_stmt *s = progress_statement(p, "SELECT experiment, row, at FROM run WHERE lab = ?1 ORDER BY experiment, n", &lab, 1);

	while (s && sqlite3_step(s) == SQLITE_ROW)
		fn(arg, (const char *)sqlite3_column_text(s, 0), (const char *)sqlite3_column_text(s, 1), sqlite3_column_int64(s, 2));
	sqlite3_finalize(s);
}

static const char *const exercises_sql = "SELECT id, folder, tries, score, max, passed, last FROM exercise WHERE ?1 IS NULL OR id = ?1 ORDER BY last DESC, id";

static void row_exercise(sqlite3_stmt *s, struct progress_exercise *x)
{
	*x = (struct progress_exercise){0};
	snprintf(x->id, sizeof x->id, "%s", (const char *)sqlite3_column_text(s, 0));
	snprintf(x->folder, sizeof x->folder, "%s", (const char *)sqlite3_column_text(s, 1));
	x->tries = (u32)sqlite3_column_int64(s, 2);
	x->score = (u32)sqlite3_column_int64(s, 3);
	x->max = (u32)sqlite3_column_int64(s, 4);
	x->passed = sqlite3_column_int64(s, 5) != 0;
	x->last = sqlite3_column_int64(s, 6);
}

bool progress_exercise(struct progress *p, const char *id, struct progress_exercise *x)
{
	sqlite3_stmt *s = progress_statement(p, exercises_sql, &id, 1);
	bool found = s && sqlite3_step(s) == SQLITE_ROW;

	if (found)
		row_exercise(s, x);
	sqlite3_finalize(s);
	return found;
}

void progress_each_exercise(struct progress *p, void (*fn)(void *, const struct progress_exercise *), void *arg)
{
	sqlite3_stmt *s = progress_statement(p, exercises_sql, NULL, 0);
	struct progress_exercise x;

	while (s && sqlite3_step(s) == SQLITE_ROW) {
		row_exercise(s, &x);
		fn(arg, &x);
	}
	sqlite3_finalize(s);
}
