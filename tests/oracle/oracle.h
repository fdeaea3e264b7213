/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the oracle share. */
#ifndef ORACLE_H
#define ORACLE_H

#include "oracle/program.h"
#include "session/lib.h"

struct files { /* of one seed, in a private folder */
	char target[512], program[512], report[512], log[512];
};

struct counts {
	u64 programs, steps, events, settled, explained, drift, unknown;
	u64 ends;  /* descriptors that world and /proc agreed on */
	u64 asked; /* pipes whose bytes the oracle asked for itself */
	u64 bytes; /* of contents compared, byte for byte */
	u64 seeks;
	u64 stuck; /* programs that came to where nobody can move */
	u64 ended;
	u64 fixed; /* runs compared with one of the program alone */
};

/* What a fixed program must come to, as seen when it runs alone. */
struct outcome {
	int status;       /* wait status */
	struct str lines; /* the report, its lines sorted */
};

/* Each returns false with a sentence in `trouble`. `alone`: NULL unless the program is fixed. */
bool run_one_stepped(const struct files *, struct chance *, const struct outcome *alone,
	struct counts *, struct str *trouble);
bool run_one_free(
	const struct files *, const struct outcome *alone, struct counts *, struct str *trouble);
bool run_one_watched(const struct files *, const char *ipclab, const struct outcome *alone,
	struct counts *, struct str *trouble);
bool run_one_alone(const struct files *, struct outcome *, struct str *trouble);

/* readback.c: folds the log again, seeks in it, compares with the world folded live. */
bool readback_agrees(struct run *, struct chance *, struct counts *, struct str *trouble);

/* kernel.c: every process's descriptors and every pipe's bytes, asked by other means than app's. */
bool kernel_agrees(const struct world *, struct counts *, struct str *trouble);

/* contents.c: what the pipes hold, byte for byte. The reader is of the log that was folded. */
bool contents_agree(
	const struct world *, const struct log_reader *, struct counts *, struct str *trouble);

#endif
