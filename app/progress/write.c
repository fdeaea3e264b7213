/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "progress/private.h"

static const char *const outcomes[] = {
	[PROGRESS_RIGHT] = "right",
	[PROGRESS_WRONG] = "wrong",
	[PROGRESS_SKIPPED] = "skipped",
	[PROGRESS_UNSURE] = "unsure",
};

const char *progress_outcome_name(enum progress_outcome o)
{
	return outcomes[o];
}

bool progress_finish(struct progress *p, sqlite3_stmt *s, struct err *err)
{
	bool ok = s && sqlite3_step(s) == SQLITE_DONE;

	if (!ok)
		err_set(err, EXIT_MACHINE, "your progress could not be written to %s: %s",
			str_get(&p->path), sqlite3_errmsg(p->db));
	sqlite3_finalize(s);
	return ok;
}

bool progress_answer(struct progress *p, const char *lab, const char *question,
	enum progress_outcome outcome, struct err *err)
{
	return progress_answer_told(p, lab, question, outcome, &(struct progress_told){"", ""}, err);
}

bool progress_answer_told(struct progress *p, const char *lab, const char *question,
	enum progress_outcome outcome, const struct progress_told *told, struct err *err)
{
	const char *texts[] = {lab, question, outcomes[outcome], told->verdict, told->picture};

	if (!progress_remembers(p))
		return true;
	return progress_finish(p,
		       progress_statement(p,
			       "INSERT INTO answer (lab, question, outcome, verdict, picture, at) VALUES (?1, ?2, ?3, ?4, ?5, "
			       "unixepoch())",
			       texts, ARRAY_LEN(texts)),
		       err) &&
	       review_answered(p, lab, question, outcome, err);
}

bool progress_run(struct progress *p, const char *lab, const char *experiment, const char *row, struct err *err)
{
	const char *texts[] = {lab, experiment, row};

	if (!progress_remembers(p))
		return true;
	return progress_finish(p,
		progress_statement(p, "INSERT INTO run (lab, experiment, row, at) VALUES (?1, ?2, ?3, unixepoch())", texts,
			ARRAY_LEN(texts)),
		err);
}

bool progress_step(struct progress *p, const char *lab, u32 at, u32 steps, struct err *err)
{
	sqlite3_stmt *s;

	if (!progress_remembers(p))
		return true;
	s = progress_statement(p,
		"INSERT INTO lab (id, steps, reached, resume, last) VALUES (?1, ?2, ?3, ?3, "
		"unixepoch()) "
		"ON CONFLICT (id) DO UPDATE SET steps = ?2, reached = max(min(reached, ?2), ?3), "
		"resume = ?3, "
		"last = unixepoch()",
		&lab, 1);
	if (s) {
		sqlite3_bind_int64(s, 2, steps);
		sqlite3_bind_int64(s, 3, at);
	}
	return progress_finish(p, s, err);
}

bool progress_try(struct progress *p, const struct progress_exercise *x, struct err *err)
{
	const char *texts[] = {x->id, x->folder};
	sqlite3_stmt *s;

	if (!progress_remembers(p))
		return true;
	s = progress_statement(p,
		"INSERT INTO exercise (id, folder, tries, score, max, passed, last) VALUES (?1, ?2, 1, ?3, ?4, ?5, unixepoch()) "
		"ON CONFLICT (id) DO UPDATE SET folder = ?2, tries = tries + 1, score = ?3, max = ?4, passed = max(passed, ?5), last = unixepoch()",
		texts, ARRAY_LEN(texts));
	if (s) {
		sqlite3_bind_int64(s, 3, x->score);
		sqlite3_bind_int64(s, 4, x->max);
		sqlite3_bind_int64(s, 5, x->passed);
	}
	return progress_finish(p, s, err);
}
