/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An exercise as its manifest describes it (exercise.yaml; the format is in HACKING.md, "To add an exercise"). */
#ifndef GRADER_MODEL_H
#define GRADER_MODEL_H

#include "guide/lib.h"
#include "tracer/lib.h"

enum exercise_kind { KIND_ORDER, KIND_COMPLETE, KIND_MEND, KIND_MAKE };
enum grade {
	GRADE_PASS,
	GRADE_COMPILE, /* DOES NOT COMPILE */
	GRADE_WRONG,
	GRADE_HANG,
	GRADE_CRASH,
	GRADE_LEAK,
	GRADE_FLAKY,
	GRADE_SLOW,    /* TOO SLOW */
	GRADE_DENIED,
	GRADE_ERROR,   /* GRADER ERROR: never a score */
	GRADE_NOT_RUN,
};
/* How much of a failure is told: each one also tells what those before it do. */
enum tell { TELL_VERDICT, TELL_WHAT, TELL_WHY, TELL_WHERE };

enum { ACTORS_MAX = 16, STEPS_MAX = 64, TEXT_MOST = 4 << 20 };

struct bytes {
	char *at; /* NUL behind it */
	size_t n;
};
enum stream_as { AS_PIPE, AS_FILE, AS_TERMINAL, AS_CLOSED, AS_NULL };
struct stream { /* a standard stream of a program */
	enum stream_as as;
	bool given;    /* stdin: there are bytes, or "" */
	bool open;     /* stdin, pipe or terminal: not ended behind its bytes */
	bool held;     /* stdout: nobody reads until `drain` */
	u64 capacity;  /* pipe: bytes; 0 as usual */
	struct bytes bytes;
};
struct expectation {
	bool stdout_given, lines_given, exit_given, has_given, matches_given;
	struct bytes out;      /* all of standard output */
	struct bytes lines;    /* its lines, in any order */
	struct bytes has;      /* somewhere in it */
	VEC(struct bytes) in_order; /* the lines of each come in this order, others may stand between */
	struct bytes matches;  /* extended regular expression for all of it, regex(7) */
	int exit;              /* status; signal numbers are negative */
	bool any_exit;
	bool ends;             /* `exit: any` and no exit at all: the program must end */
	bool stays;            /* `exit: none`: it is not to end (a server) */
};
enum actor_kind { ACTOR_PROGRAM, ACTOR_GIVEN, ACTOR_SCRIPT, ACTOR_COMMAND };
struct actor {
	char *name;
	enum actor_kind kind;
	char *program;      /* PROGRAM, GIVEN: its name; SCRIPT: the script */
	VEC(char *) args;   /* behind argv[0]; COMMAND: argv */
	struct stream in, out;
	u32 descriptors;    /* PROGRAM: most it may have open, RLIMIT_NOFILE; 0 as usual */
	struct expectation expect;
	struct guide_mark mark;
};
enum step_kind { STEP_START, STEP_SETTLE, STEP_WAIT, STEP_SIGNAL, STEP_SIGNAL_ALL, STEP_TYPE, STEP_END_INPUT, STEP_DRAIN, STEP_CLOSE_OUTPUT, STEP_GO };
struct step {
	enum step_kind kind;
	u32 actor;
	int sig;
	struct bytes text;
	struct guide_mark mark;
};
struct bytes_file { /* what lies in the program's folder when it starts; and what must lie there when all have ended */
	char *path;
	struct bytes bytes;
};
struct check;
struct scenario {
	u32 number;         /* from 1 */
	char *name;
	u32 points;
	u32 seconds;        /* most time it may have: computing, or with everybody asleep (budget.c) */
	u32 after;          /* a scenario that must have passed before; 0 none */
	VEC(struct actor) actors;
	VEC(struct step) steps;
	VEC(struct bytes_file) files, left;
	VEC(struct fault) faults;
	VEC(const struct check *) checks;
	bool hooked;        /* run what `ipclab cc` makes of it */
	bool explores;
	u32 preemptions, schedules;
	char *invariant;    /* a condition of guide/cond.c over the world, NULL none */
	char *hint;         /* NULL none */
	struct guide_mark mark;
};
struct program {
	char *name;
	VEC(char *) files;
	bool given;         /* of the exercise's own folder, not the learner's */
};
struct exercise {
	char *id, *folder;  /* "pipe-eof", its folder */
	char *shelf;        /* --exercises DIR that it was found in; NULL: where they are anyway */
	char *solutions;    /* folder of its solution, NULL: none there */
	char *file;         /* exercise.yaml */
	u32 number;
	char *title, *group;
	enum exercise_kind kind;
	u32 minutes, points;
	enum tell tell;
	char *easier;       /* exercise of an easier kind on the same matter, NULL none */
	VEC(char *) files;  /* the learner's, by name */
	VEC(char *) provided; /* laid beside them: headers, data; not the learner's to change */
	VEC(char *) flags;  /* for the compiler */
	VEC(struct program) programs;
	VEC(char *) use, avoid; /* functions: "pipe|pipe2" one of them; none of them */
	VEC(struct scenario) scenarios;
	char *task;         /* exercise.md up to its hints */
	char *about;        /* its first paragraph, on one line */
	VEC(char *) hints;
	char manifest_sha256[65];
	VEC(void *) kept;   /* its strings */
	struct err wrong;   /* it cannot be read, when text[0] */
};

#endif
