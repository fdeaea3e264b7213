/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PROGRESS_PRIVATE_H
#define PROGRESS_PRIVATE_H

#include <sqlite3.h>

#include "progress/lib.h"

struct progress {
	sqlite3 *db; /* NULL: nothing is remembered */
	bool read_only;
	struct str path;
};

/* A statement with `texts` bound from ?1 on; NULL when it cannot be had. */
sqlite3_stmt *progress_statement(
	struct progress *, const char *sql, const char *const *texts, size_t n);

/* ---- review.c ---- */
bool review_answered(struct progress *, const char *lab, const char *question, enum progress_outcome, struct err *);
/* Runs a statement that gives no rows. */
bool progress_finish(struct progress *, sqlite3_stmt *, struct err *);

#endif
