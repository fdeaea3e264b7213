/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lab: the labs there are, and one being worked through: its guide, the processes of its programs
 * as the guide moves them, and what is remembered of the learner. What shell, screen and --verify
 * have in common; prints nothing.
 *
 * A lab is a folder NN-name with lab.md (YAML front matter, then the guide in CommonMark) and the
 * programs the learner watches. Labs are looked for in $IPCLAB_LABS, else beside the executable
 * (a build tree), else where `make install` puts them.
 *
 * file      | what it holds
 * labs.c    | folders: finding labs, the one of an id, the labs nearest to a mistyped one
 * places.c  | files of a lab: its programs, labs/misconceptions.yaml
 * folder.c  | private folders, one a run, gone with us
 * host.c    | guide_host over a session; a session of a lab's program
 * search.c  | the order of steps that makes a program fail, found and made
 * listing.c | what the compiler made of a function, for the guide
 * field.c   | fields of shared memory by name, for conditions
 * own.c     | a learner's own copy of a lab's programs
 * sitting.c | a learner at a lab: play, progress, notebook of experiments
 * review.c  | the questions that are due; one of them asked again, on fresh processes
 * quiz.c    | beliefs that many hold, by a seed, with the question that settles each
 */
#ifndef LAB_LIB_H
#define LAB_LIB_H

#include "guide/lib.h"
#include "progress/lib.h"
#include "session/lib.h"

#define LAB_ACTORS_MAX 16u /* names that a guide may give */

/* ---- the labs there are ---- */
struct lab {
	u32 number; /* NN of the folder: the order of labs, and nothing else */
	char *id;   /* "pipe" */
	char *file; /* path of lab.md */
	char *programs_dir;
	struct guide *guide; /* NULL: lab.md cannot be used */
	struct err wrong;    /* then: file:line:column and why */
};
struct labs {
	VEC(struct lab) list; /* by number, then id */
};

/* Every lab there is, those that cannot be used too. EXIT_INPUT when there is no folder of labs. */
bool labs_find(struct labs *, struct err *);
void labs_finish(struct labs *);
/* The lab of an id ("pipe"), another word for what it is about ("dup2" for redirect), a folder number ("1", "01") or a folder's name ("01-pipe"); it has a
 * guide. When there is none: EXIT_USAGE, with the nearest three; when it cannot be used, why. */
const struct lab *labs_get(const struct labs *, const char *word, struct err *);

/* ---- files of a lab ---- */
/* The path of a lab's program, to be freed. EXIT_MACHINE with the remedy when it is not built. */
char *lab_program_path(const struct lab *, u32 program, struct err *);
/* labs/misconceptions.yaml beside the lab's folder; NULL without an error when there is none. */
struct beliefs *lab_beliefs(const struct lab *, struct err *);

/* ---- a learner's own copy (own.c) ---- */
/* Copies the C files of a lab's folder to below $XDG_DATA_HOME; what is there already is the learner's and stays. */
bool own_copy(const char *folder, struct str *copy, struct err *);
/* Builds a program of the lab from such a copy, as that program was built itself. */
bool own_build(const char *program, const char *copy, struct str *built, struct err *);

/* Runs a compiler (its words, NULL at the end) in a folder. EXIT_FAILED: it did not like what it was given, with its first
 * error. */
bool own_compile(const char *const *argv, const char *folder, struct err *err);

/* ---- its processes ---- */
/* A fresh, empty folder for one run, gone with us; "/tmp/ipclab-lab-a1B2c3/1". */
bool lab_run_folder(struct str *out, struct err *err);
/* Fresh processes of one of its programs, held before their first operation. args: NULL at the
 * end; NULL: those that the guide names. */
struct session *lab_start(
	const struct lab *, u32 program, const char *const *args, struct err *);

struct lab_host {
	const struct lab *lab;
	struct session **
		place; /* where the session is kept: a fresh one replaces (and ends) what is there */
	void (*began)(void *arg); /* a fresh session is in place; may be NULL */
	void *began_arg;
	struct session *own; /* `place` of a host that nobody else looks at */
	const struct guide_program *program; /* what runs; NULL: nothing yet */
	char *own_path;  /* what runs in that program's place: the learner's, NULL none */
	u32 own_program;
	char *const *args;                   /* and the guide's arguments for it, NULL: its own */
	u32 values[GUIDE_SETTINGS_MAX];      /* of the guide's settings, as they are now */
	const char *names[LAB_ACTORS_MAX];   /* of P1, P2, ...: in place of the guide's, NULL the guide's */
};
/* A guide_host that moves this lab's programs. place NULL: it keeps the session to itself. The
 * lab_host stays where it is as long as the guide_host is used. */
struct guide_host lab_host_open(struct lab_host *, const struct lab *, struct session **place);
/* Ends its own session, never one that lies elsewhere. */
void lab_host_close(struct lab_host *);

/* ---- a learner at a lab ---- */
struct sitting {
	const struct lab *lab;
	const struct guide *guide; /* the lab's */
	struct lab_host lab_host;
	struct guide_host host;
	struct guide_play *play;
	struct progress *progress; /* NULL: not opened yet */
	VEC(struct guide_row) rows;
	const struct guide_experiment *rows_of;
	u64 tried; /* of the values that its guide lists, in the order of sitting_run_listed */
	bool counted; /* this step's end is in progress */
	const struct guide_question *review; /* asked again: this one alone; NULL: the lab is worked through */
	const char *other[GUIDE_ARGS_MAX];   /* what its program is started with then, where that is varied */
};
/* Nothing is started and nothing remembered yet. began(arg): a fresh session is in *place. */
void sitting_open(struct sitting *, const struct lab *, struct session **place,
	void (*began)(void *arg), void *arg);
void sitting_close(struct sitting *); /* the session in *place is its owner's to end */
/* Opens what is remembered of the learner, if it is not yet: a sitting that never asks for it
 * leaves no trace. `note` gets a sentence when nothing will be remembered. */
void sitting_remember(struct sitting *, struct str *note);
/* The step, from 0, at which the learner stopped the last time. */
u32 sitting_resume(struct sitting *);
/* What is remembered: the learner is at this step; the step's end is reached; the question that
 * was settled last. False when the database refuses it. */
bool sitting_at(struct sitting *, u32 step, struct err *);
bool sitting_step_done(struct sitting *, struct err *);
/* `picture`: what was seen then, as text; "" none. */
bool sitting_answered(struct sitting *, const char *picture, struct err *);
/* Builds the program that runs from the learner's copy in that folder: it runs in its place from now on. EXIT_FAILED:
 * it does not compile, with the compiler's first error. */
bool sitting_build(struct sitting *, const char *copy, struct err *);
void sitting_build_no_more(struct sitting *); /* the lab's own again */
/* "size", "4": what the lab's programs are started with from now on; the caller begins the step again.
 * EXIT_USAGE: no such parameter, out of its range, or nothing that this step depends on. */
bool sitting_set(struct sitting *, const char *name, const char *value, struct err *);
/* "size 10, producers 1": those that this step depends on; nothing when it depends on none. */
void sitting_settings(const struct sitting *, struct str *);
/* "Its exercises: ipclab start pipe-hello, pipe-eof. ": the lab's exercises; nothing when it has none. */
void sitting_exercises(const struct sitting *, struct str *);
/* Runs the experiment that is open, with "bytes=2049 size=3"; its row is the last one then.
 * EXIT_USAGE: the words are not understood. */
bool sitting_run(struct sitting *, const char *args, struct err *);
/* Runs it with the next of the values that its guide lists and that were not tried yet: the first value of each
 * parameter, but of one of them each value in turn. False and code 0: there are no more. */
bool sitting_run_listed(struct sitting *, struct err *);
/* Whether there are any. */
bool sitting_has_listed(const struct sitting *);
/* "bytes: 2049, pieces: 2" of row 0, 1, ... */
void sitting_row(const struct sitting *, size_t row, struct str *);

/* ---- review.c ---- */
struct review_item {
	const struct lab *lab;
	const struct guide_question *question;
	u32 right; /* times in a row until now */
	i64 due;
};
struct review {
	VEC(struct review_item) list; /* the longest due first */
};
enum { REVIEW_MOST = 5 }; /* questions in one review: about three minutes */
/* The questions due at `now` of these labs. Those that no lab has any more are left out. */
void review_due(const struct labs *, struct progress *, i64 now, struct review *);
void review_finish(struct review *);
/* "5 questions are due, about 3 minutes"; nothing when none is. */
void review_words(const struct labs *, struct progress *, struct str *);
/* Fresh processes, brought to where that question is asked. Where it names an experiment, they are those of another
 * row of it, with other sizes and names of objects; and they are called otherwise than in the lab, but for those whose
 * name the text says. `said` gets a sentence that says what is different. seed: which row, which names. */
#define REVIEW_AS_IN_LAB UINT32_MAX /* as seed: all as in the lab */
bool sitting_review(struct sitting *, const struct guide_question *, u32 seed, struct str *said, struct err *);
/* The texts of its step before the question, a paragraph a line. */
void review_context(const struct lab *, const struct guide_question *, struct str *);

/* ---- quiz.c ---- */
struct quiz_item {
	const struct lab *lab;
	const struct guide_question *question;
	const struct belief *belief; /* that the question breaks */
	u32 step;                    /* where the lab asks it, from 0 */
};
struct quiz {
	VEC(struct quiz_item) list;
	struct beliefs *beliefs; /* theirs */
};
/* n of the beliefs, or all when there are fewer: always the same ones for a seed, and as many of each lab as of any other.
 * EXIT_INPUT: there is no list of them. quiz_finish in either case. */
bool quiz_pick(const struct labs *, u64 seed, size_t n, struct quiz *, struct err *);
void quiz_finish(struct quiz *);

#endif
