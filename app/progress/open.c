/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "progress/private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Numbered schema steps: never changed once released, only added to. */
static const char *const schema[PROGRESS_VERSION] = {
	"CREATE TABLE lab ("
	"  id TEXT PRIMARY KEY, steps INTEGER NOT NULL, reached INTEGER NOT NULL,"
	"  resume INTEGER NOT NULL, last INTEGER NOT NULL);"
	"CREATE TABLE answer ("
	"  n INTEGER PRIMARY KEY, lab TEXT NOT NULL, question TEXT NOT NULL,"
	"  outcome TEXT NOT NULL CHECK (outcome IN ('right', 'wrong', 'skipped', 'unsure')),"
	"  at INTEGER NOT NULL);"
	"CREATE INDEX answer_question ON answer (lab, question, n);",
	"CREATE TABLE exercise ("
	"  id TEXT PRIMARY KEY, folder TEXT NOT NULL, tries INTEGER NOT NULL, score INTEGER NOT NULL,"
	"  max INTEGER NOT NULL, passed INTEGER NOT NULL, last INTEGER NOT NULL);",
	/* Those answered before are asked again as if they had been answered under the rule of review.c. */
	"ALTER TABLE answer ADD COLUMN verdict TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE answer ADD COLUMN picture TEXT NOT NULL DEFAULT '';"
	"CREATE TABLE run ("
	"  n INTEGER PRIMARY KEY, lab TEXT NOT NULL, experiment TEXT NOT NULL, row TEXT NOT NULL, at INTEGER NOT NULL);"
	"CREATE TABLE review ("
	"  lab TEXT NOT NULL, question TEXT NOT NULL, rights INTEGER NOT NULL, due INTEGER NOT NULL,"
	"  PRIMARY KEY (lab, question));"
	"INSERT INTO review SELECT lab, question, outcome = 'right', at + CASE outcome WHEN 'right' THEN 86400 ELSE 14400 END"
	"  FROM answer WHERE n IN (SELECT max(n) FROM answer WHERE outcome <> 'skipped' GROUP BY lab, question);",
};

/* ---- where it lies ---- */
static void usual_path(struct str *out)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	/* The XDG specification: a relative path is to be ignored. */
	if (state && state[0] == '/')
		str_addf(out, "%s/ipclab/progress.db", state);
	else if (home && home[0] == '/')
		str_addf(out, "%s/.local/state/ipclab/progress.db", home);
}

static bool folders_make(const char *path)
{
	char *copy = xstrdup(path);
	bool ok = true;

	for (char *slash = strchr(copy + 1, '/'); slash && ok; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		ok = mkdir(copy, 0700) == 0 || errno == EEXIST || access(copy, X_OK) == 0;
		*slash = '/';
	}
	free(copy);
	return ok;
}

/* ---- opening ---- */
static void forget(struct progress *p)
{
	sqlite3_close(p->db);
	p->db = NULL;
}

static int version_of(struct progress *p)
{
	sqlite3_stmt *s = progress_statement(p, "PRAGMA user_version", NULL, 0);
	int version = s && sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int(s, 0) : -1;

	sqlite3_finalize(s);
	return version;
}

static bool run(struct progress *p, const char *sql)
{
	return sqlite3_exec(p->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* Takes the database through the steps it has not seen; whole or not at all. */
static bool schema_bring_up(struct progress *p, int version)
{
	char set[64];

	if (version == PROGRESS_VERSION)
		return true;
	if (!run(p, "BEGIN IMMEDIATE"))
		return false;
	/* Another ipclab may have been quicker. */
	for (int i = version_of(p); i >= 0 && i < PROGRESS_VERSION; i++) {
		snprintf(set, sizeof set, "PRAGMA user_version = %d", i + 1);
		if (!run(p, schema[i]) || !run(p, set)) {
			run(p, "ROLLBACK");
			return false;
		}
	}
	return run(p, "COMMIT");
}

static bool open_as(struct progress *p, int flags, const char *suffix)
{
	struct str uri = {0};
	bool ok;

	str_add(&uri, "file:");
	for (const char *c = str_get(&p->path); *c; c++)
		str_addf(&uri, strchr("?#%", *c) ? "%%%02X" : "%c", (unsigned char)*c);
	str_add(&uri, suffix);
	ok = sqlite3_open_v2(str_get(&uri), &p->db, flags | SQLITE_OPEN_URI, NULL) == SQLITE_OK;
	str_finish(&uri);
	if (ok)
		sqlite3_busy_timeout(p->db, 200);
	else
		forget(p);
	return ok;
}

/* What was there can at least be read, where it cannot be written. */
static bool open_to_read(struct progress *p)
{
	p->read_only = true;
	if (!open_as(p, SQLITE_OPEN_READONLY, "?immutable=1"))
		return false;
	if (version_of(p) == PROGRESS_VERSION)
		return true;
	forget(p);
	return false;
}

static bool open_to_write(struct progress *p, int *version)
{
	*version = -1;
	if (!open_as(p, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, ""))
		return false;
	*version = version_of(p);
	if (*version > PROGRESS_VERSION)
		return false;
	if (*version >= 0 && !sqlite3_db_readonly(p->db, "main") &&
		run(p, "PRAGMA journal_mode = WAL") && run(p, "PRAGMA synchronous = NORMAL") &&
		schema_bring_up(p, *version))
		return true;
	return false;
}

struct progress *progress_open(const char *path, struct str *note)
{
	struct progress *p = xmalloc(sizeof *p);
	int version = -1, reason = 0;
	bool damaged;

	if (path)
		str_add(&p->path, path);
	else
		usual_path(&p->path);
	if (!p->path.len) {
		str_add(note, "Your progress is not remembered: neither XDG_STATE_HOME nor HOME "
			      "names a folder.");
		return p;
	}
	if (!folders_make(str_get(&p->path)))
		reason = errno;
	else if (open_to_write(p, &version))
		return p;
	damaged = p->db && sqlite3_errcode(p->db) == SQLITE_NOTADB;
	forget(p);
	if (version > PROGRESS_VERSION) {
		str_addf(note,
			"Your progress is not remembered this time: %s was written by a newer "
			"ipclab (its version %d, "
			"this one knows %d). It is left as it is.",
			str_get(&p->path), version, PROGRESS_VERSION);
	} else if (damaged) {
		str_addf(note,
			"Your progress is not remembered: %s is no progress database. It is left "
			"as it is; move it "
			"away to begin a new one.",
			str_get(&p->path));
	} else {
		str_addf(note, "Your progress is not remembered: %s cannot be written%s%s.",
			str_get(&p->path), reason ? ": " : "", reason ? strerror(reason) : "");
		if (!reason)
			open_to_read(p);
	}
	return p;
}

void progress_hurry(struct progress *p)
{
	if (p && p->db)
		sqlite3_db_config(p->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

void progress_close(struct progress *p)
{
	if (!p)
		return;
	forget(p);
	str_finish(&p->path);
	free(p);
}

bool progress_remembers(const struct progress *p)
{
	return p->db && !p->read_only;
}

const char *progress_path(const struct progress *p)
{
	return str_get(&p->path);
}

sqlite3_stmt *progress_statement(
	struct progress *p, const char *sql, const char *const *texts, size_t n)
{
	sqlite3_stmt *s = NULL;

	if (!p->db || sqlite3_prepare_v2(p->db, sql, -1, &s, NULL) != SQLITE_OK)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (texts[i])
			sqlite3_bind_text(s, (int)i + 1, texts[i], -1, SQLITE_TRANSIENT);
	return s;
}
