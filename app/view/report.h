/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report: the answer of `ipclab why` (INTERFACES.md "why"): the verdict, who waits for whom, how to mend it, where to look
 * closer, what was looked at, what was not seen. Made from a world at a settled point; asks nobody.
 *
 * file          | what it holds
 * report.c      | for people: the verdict line, one sentence each, and what follows
 * report_json.c | the same as JSON
 * report_kind.c | what a wait is about, in the words of the contract; who waits
 * report_groups.c | many processes: who belongs together, a line each
 * mend.c        | how to mend it
 */
#ifndef VIEW_REPORT_H
#define VIEW_REPORT_H

#include "view/lib.h"

/* What could not be looked at, and what would help. */
struct unseen {
	const char *what; /* "lines", "bytes", "fd", "peer", "process" */
	i32 pid;          /* 0: none in particular */
	const char *because, *remedy; /* remedy: NULL when there is none */
};

struct report {
	struct scene scene;                   /* STYLE_SHORT */
	const struct world_standing *standing;
	const char *const *command; /* why -- CMD: its words, NULL at the end; NULL: it ran before */
	bool attached;              /* looked at from outside: nothing was stopped */
	bool markdown, redact;
	bool over;                  /* `--within`: the time was over, and it was ended */
	u64 within_ns;
	u64 took_ns;                /* -p: looking; -- CMD: from the last movement to the answer */
	u32 processes, descriptors; /* looked at */
	i32 status;                 /* ENDED: wait status of the first program */
	const u32 *located;         /* by task: where it was found computing, 0 unknown */
	u32 located_n;
	const struct unseen *unseen;
	u32 unseen_n;
};

/* Whole lines. */
void report_words(const struct report *, struct str *);
void report_looked(const struct report *, struct str *); /* its last lines alone */
/* One JSON text with its newline. */
void report_json(const struct report *, struct str *);

/* ---- report_kind.c ---- */
const char *report_verdict(enum verdict);
/* The tasks that wait, those that stand still for good first, each followed by whom it waits for; *n of them. Free it. */
u32 *report_order(const struct report *, u32 *n);
const char *report_kind(const struct scene *, const struct why *);   /* "pipe", "child", ... of the contract */
const char *report_reason(const struct scene *, const struct why *); /* "empty", "full", "running", ... */
bool report_object(const struct scene *, const struct why *, struct str *); /* "pipe1", "P2"; false: none */
const char *report_how(const struct w_fd *);
/* The one descriptor that the wait is about, -1 none: also of a poll that is about one. */
i32 report_fd(const struct scene *, const struct why *);

/* ---- report_groups.c ---- */
struct report_group {
	u32 proc;      /* the oldest of it */
	u32 processes, stuck, outside;
	u32 named;     /* tasks that wait for something with a name: whoever opens it could end that */
	u32 task;      /* whose wait says most of it, 0 none */
	enum verdict verdict;
};
struct report_group *report_groups(const struct report *, u32 *n); /* HANG first, then by age; free it */
/* "HANG   4121 make   3 processes  since 14 min  /home/lan/os\n"; idle_ns: since nobody of it ran, 0 unknown. */
void report_group_line(const struct report *, const struct report_group *, u64 idle_ns, const char *cwd, struct str *);

/* ---- mend.c ---- */
/* Phrase without a full stop: what would mend the first cycle; false: nothing is known. */
bool report_mend(const struct report *, struct str *);

#endif
