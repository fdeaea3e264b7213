/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a question is to be asked again: the rule stands in lib.h. */
#include "progress/private.h"

#include <stdio.h>
#include <time.h>

enum { DAY = 24 * 60 * 60, SOON = 4 * 60 * 60 };

static i64 days_after(u32 right)
{
	static const i64 days[] = {1, 3, 7, 21, 60};

	return days[right < ARRAY_LEN(days) ? right - 1 : ARRAY_LEN(days) - 1];
}

static void row_due(sqlite3_stmt *s, struct progress_due *d)
{
	*d = (struct progress_due){0};
	snprintf(d->lab, sizeof d->lab, "%s", (const char *)sqlite3_column_text(s, 0));
	snprintf(d->question, sizeof d->question, "%s", (const char *)sqlite3_column_text(s, 1));
	d->right = (u32)sqlite3_column_int64(s, 2);
	d->due = sqlite3_column_int64(s, 3);
}

/* False: it was never answered. */
static bool known(struct progress *p, const char *lab, const char *question, struct progress_due *d)
{
	const char *texts[] = {lab, question};
	sqlite3_stmt *s = progress_statement(
		p, "SELECT lab, question, rights, due FROM review WHERE lab = ?1 AND question = ?2", texts, ARRAY_LEN(texts));
	bool found = s && sqlite3_step(s) == SQLITE_ROW;

	if (found)
		row_due(s, d);
	sqlite3_finalize(s);
	return found;
}

bool review_answered(
	struct progress *p, const char *lab, const char *question, enum progress_outcome outcome, struct err *err)
{
	const char *texts[] = {lab, question};
	struct progress_due d = {0};
	i64 now = time(NULL);
	sqlite3_stmt *s;

	if (outcome == PROGRESS_SKIPPED)
		return true;
	if (known(p, lab, question, &d) && outcome == PROGRESS_RIGHT && now < d.due)
		return true;
	d.right = outcome == PROGRESS_RIGHT ? d.right + 1 : 0;
	s = progress_statement(p,
		"INSERT INTO review (lab, question, rights, due) VALUES (?1, ?2, ?3, ?4) "
		"ON CONFLICT (lab, question) DO UPDATE SET rights = ?3, due = ?4",
		texts, ARRAY_LEN(texts));
	if (s) {
		sqlite3_bind_int64(s, 3, d.right);
		sqlite3_bind_int64(s, 4, now + (d.right ? days_after(d.right) * DAY : SOON));
	}
	return progress_finish(p, s, err);
}

void progress_each_due(struct progress *p, i64 now, void (*fn)(void *, const struct progress_due *), void *arg)
{
	sqlite3_stmt *s = progress_statement(
		p, "SELECT lab, question, rights, due FROM review WHERE due <= ?1 ORDER BY due, lab, question", NULL, 0);
	struct progress_due d;

	if (s)
		sqlite3_bind_int64(s, 1, now);
	while (s && sqlite3_step(s) == SQLITE_ROW) {
		row_due(s, &d);
		fn(arg, &d);
	}
	sqlite3_finalize(s);
}
