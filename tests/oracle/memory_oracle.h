/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the memory oracle share. */
#ifndef ORACLE_MEMORY_ORACLE_H
#define ORACLE_MEMORY_ORACLE_H

#include "oracle/memory.h"
#include "oracle/oracle.h"

struct memory_files { /* of one seed */
	char target[512], script[512], report[512], log[512], name[64];
	bool threads;
};

struct memory_counts {    /* in memory that the seeds' processes share */
	struct counts of; /* programs, steps, events, settled, ...: as the pipe oracle's */
	u64 points;       /* settled points compared */
	u64 bytes;        /* of memory compared */
	u64 mappings;     /* of /proc/PID/maps agreed on */
	u64 syncs;        /* values, owners compared with the objects' own words */
	u64 accesses, blocked, contended, spun, conflicts, switches, timed_out, died;
	u64 replays, replayed_choices, branches;
	u64 replay_us, branch_us; /* of the long script */
};

/* memory_kernel.c: every process's bytes, mappings and objects, asked by other means than app's. False with
 * a sentence. */
bool memory_agrees(const struct world *, struct memory_counts *, struct str *trouble);
/* The same of a run that is over: what nobody maps any more cannot be asked. */

/* memory_runs.c */
struct memory_outcome {
	int status;
	char line[256];
};
bool memory_alone(const struct memory_files *, struct memory_outcome *, struct str *trouble);
bool memory_stepped(const struct memory_files *, struct chance *,
	const struct memory_outcome *alone, struct memory_counts *, struct str *trouble);
/* Free; switches: held for a while now and then. */
bool memory_free(const struct memory_files *, struct chance *, bool switches,
	const struct memory_outcome *alone, struct memory_counts *, struct str *trouble);
/* Before a run: no report, no names. */
void memory_clean(const struct memory_files *);

/* memory_replay.c */
bool memory_replayed(
	const struct memory_files *, struct chance *, struct memory_counts *, struct str *trouble);
/* A schedule of n choices made again, and branched from: each within a second. */
bool memory_timed(
	const struct memory_files *, u32 choices, struct memory_counts *, struct str *trouble);

#endif
