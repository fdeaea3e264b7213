/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grader: exercises, and what the engine says about a program that a learner wrote for one. A
 * submission is compiled, each scenario of the exercise is run in a box of its own (sandbox), the
 * recording is folded, and a verdict is made of what happened: never of elapsed time alone, and
 * never of words that the program wrote about itself. What is untrusted stays in the box; the
 * judging happens outside of it.
 *
 * file         | what it holds
 * model.h      | an exercise as a model
 * manifest.c   | exercise.yaml: what stands at its top
 * scenario.c   | exercise.yaml: a scenario; value.c texts, streams and steps in it; inject.c faults
 * exercise.c   | finding exercises; exercise.md: the task, and its hints
 * blocks.c     | kind `order`: are these the given blocks?
 * compile.c    | gcc, and what it said; imports.c which functions a program calls
 * engine.c     | in the box: programs started, driven step by step, until they end or nobody can move
 * feed.c       | in the box: what is fed into programs and read from them
 * peer.c       | a client by script, itself a traced program
 * budget.c     | in the box: the time they have had, which is not the clock's; vain.c who can only be too slow
 * runner.c     | a scenario from outside the box
 * evidence.c   | the recording folded; check/ the properties, one a file, pure over log and world
 * judge.c      | what happened against what was expected; judging.c the words for it;
 *              | telling.c who wrote it, which call failed
 * folder.c     | folders of ours to build and run in, and those that killed ones left
 * difference.c | the first difference between two texts, made visible
 * attempt.c    | a submission: compiled, every scenario run; the result
 * tries.c      | a learner's folder: tries kept, what has changed since the last one
 * verdict.c    | names
 * mutant.c     | a program known to be wrong: which verdict it must get
 * report/      | a result: JSON, CSV, JUnit, words
 */
#ifndef GRADER_LIB_H
#define GRADER_LIB_H

#include "grader/model.h"

/* ---- verdict.c ---- */
const char *grade_name(enum grade);   /* "PASS", "DOES NOT COMPILE", "TOO SLOW" */
bool grade_by_name(const char *, enum grade *);
const char *kind_name(enum exercise_kind);

/* ---- manifest.c, exercise.c ---- */
/* Reads a folder's exercise.yaml and exercise.md. Never NULL: what is wrong stands in ->wrong, "file:line:column: ...". */
struct exercise *exercise_load(const char *folder, const char *id, u32 number);
void exercise_destroy(struct exercise *);
struct exercises {
	VEC(struct exercise *) list; /* by number */
};
/* `dir` NULL: IPCLAB_EXERCISES, beside the program, or where they are installed. EXIT_INPUT: there are none. */
bool exercises_find(const char *dir, struct exercises *, struct err *);
/* By word; EXIT_USAGE with the nearest ones; EXIT_INPUT when it cannot be read. */
const struct exercise *exercises_get(const struct exercises *, const char *word, struct err *);
void exercises_finish(struct exercises *);
const struct scenario *exercise_scenario(const struct exercise *, u32 number);

/* A file replaced as a whole, by rename, or not at all; a file copied, no symbolic link followed. */
bool file_replace(const char *path, const void *, size_t n, struct err *);
bool file_read(const char *path, struct bytes *, struct err *); /* at most 1 MiB; the caller frees ->at */
bool file_copy(const char *from, const char *to, struct err *);

/* ---- folder.c ---- */
struct own_folder {
	struct str path; /* below TMPDIR, else /tmp; empty: none */
	int lock;        /* held as long as it is in use, by children, too */
};
/* First takes away those of killed ones, of this user. EXIT_RETRY: none can be made. */
bool own_folder_make(struct own_folder *, struct err *);
void own_folder_remove(struct own_folder *); /* with all that is in it */
void tree_remove(const char *path);          /* not beyond this file system */

/* ---- attempt.c ---- */
struct finding { /* of one scenario; fixed room, so that a box can hand it out through shared memory */
	enum grade verdict;
	u32 score;
	u32 line, column; /* 0: none */
	char file[128];   /* base name, of the learner's */
	char ran[512];      /* "./pipe_eof 3   with input "abc\n"" */
	char expected[4096];
	char happened[4096];
	char why[4096];     /* sentences */
	char message[1024]; /* one sentence: the verdict in words */
	char check[64];     /* name of the property that does not hold; "" */
	char held[2048];    /* PASS: properties that were shown to hold, a line each */
	char leaks[1024];   /* names and processes left behind, a line each */
	char warning[512];
	char trace[512];    /* recording, a path; "" none */
	u64 events, moment; /* of the recording; where it shows */
	u64 schedules;      /* explored; 0 none */
	bool exhausted;
	u32 duration_ms;
};
struct attempt_options {
	const char *work;     /* a folder of its own for building and running; made and removed by attempt_run */
	const char *keep;     /* folder for recordings of failures; NULL: they are not kept */
	const char *keep_as;  /* "try-7": recordings are named try-7-2.ipclog */
	bool output_only;     /* judge as graders do that see output and status alone: no faults, no properties, no orders; to compare with */
	bool all;             /* go on behind the first failure (grade) */
	void (*told)(void *arg, u32 scenario, const struct finding *); /* as soon as one is known; may be NULL */
	void *arg;
};
struct file_sum {
	char name[128];
	char sha256[65];
};
struct result {
	const struct exercise *exercise;
	char id[256];            /* the submission's */
	enum grade verdict;    /* PASS; the first failure's */
	u32 score, max;
	VEC(struct finding) findings; /* by scenario */
	struct finding first;    /* what forbade running any: does not compile, a file is missing, ...; verdict PASS: nothing */
	struct str compiler;     /* what gcc said */
	VEC(struct file_sum) files;
	u32 box;
	u32 duration_ms;
	u64 sources;             /* sum over the files, flags and manifest: what the result is about */
};
/* Compiles and runs the submission in `folder`. False: it could not be judged (EXIT_RETRY), not a matter of the program. */
bool attempt_run(const struct exercise *, const char *folder, const struct attempt_options *, struct result *, struct err *);
void result_finish(struct result *);
/* The sum that `result.sources` has, of the files as they are now; 0: one of them cannot be read. */
u64 sources_sum(const struct exercise *, const char *folder);
u32 result_failed(const struct result *); /* index of the first finding that is no pass, UINT32_MAX none */

/* ---- peer.c ---- */
#define PEER_WORD "--peer-of-an-exercise"
int peer_main(int argc, char **argv);

/* ---- mutant.c ---- */
struct mutant {
	char *path, *name;
	enum grade verdict;
	char *says, *scenario; /* NULL: not asked for */
};
struct mutants {
	VEC(struct mutant) list;
};
bool mutants_find(const struct exercise *, struct mutants *, struct err *);
void mutants_finish(struct mutants *);
/* Does the result say what the mutant must get? Else a sentence. */
bool mutant_is_caught(const struct mutant *, const struct result *, struct str *why);

/* ---- report/ ---- */
/* A scenario's row; what is told of a failure; the line that editors jump to; all of it. For people. */
void row_words(const struct exercise *, u32 number, const struct finding *, bool open, struct str *);
void finding_words(const struct finding *, struct str *);
void hint_words(const struct scenario *, struct str *); /* for those who fail there; nothing when it has none */
void place_words(const struct finding *, struct str *);
void result_words(const struct result *, struct str *);
/* For who handed it in: whose, how many points, and every failure with its reason, its line and a hint. */
void result_letter(const struct result *, struct str *);
/* INTERFACES.md, "grade". */
void result_json(const struct result *, struct str *);
/* A result file read again, as far as reports need it. */
bool result_read(const struct exercise *, const char *path, struct result *, struct err *);
/* Are the files in that folder those that the result is about? */
bool result_is_about(const struct result *, const char *folder);
void result_csv_head(struct str *);
void result_csv(const struct result *, struct str *);
void result_junit(const struct result *const *, size_t n, struct str *);

#endif
