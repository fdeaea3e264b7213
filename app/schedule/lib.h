/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schedule: who moves next. Pure functions over a world; nothing here moves anybody, keeps state
 * or asks the kernel. The caller keeps the task that moved last and hands it in.
 *
 * file    | what it holds
 * free.c  | the order of birth, round and round; time passes only when nobody else can move; a
 *         | spinning task moves only when nobody else can
 * file.c  | schedule files: text, one choice a line; read
 * print.c | and written
 * word.c  | the words of such a file
 * text.c  | its quoted texts; a command as one line
 * tell.c  | a schedule in words
 * fit.c   | a choice as a line of such a file; does a line fit the world as it is?
 */
#ifndef SCHEDULE_LIB_H
#define SCHEDULE_LIB_H

#include "world/lib.h"

enum choice_kind {
	CHOICE_NONE, /* nobody can move and no time-out can pass */
	CHOICE_STEP, /* step this task */
	CHOICE_TIME, /* nobody can be stepped: let this task's time-out pass */
};
struct choice {
	enum choice_kind kind;
	u32 task;
};

/* May this task be stepped in the world as it stands? */
bool schedule_can_step(const struct world *, u32 task);
/* Does it wait in a call whose time-out could pass, or is its process's alarm set, which rings when that is chosen? */
bool schedule_can_pass(const struct world *, u32 task);
/* The next task that can be stepped, in order of birth, after `last` and round again; one that spins only
 * when all others cannot; 0: none. */
u32 schedule_next(const struct world *, u32 last);
/* The task whose time-out would pass first (the shortest one, then the eldest); 0: none. */
u32 schedule_next_time(const struct world *);
/* The free run's choice: a task that can be stepped and does not spin, else a time-out, else one that spins. */
struct choice schedule_free(const struct world *, u32 last);

/* ---- schedule files ---- */
/*
 *   # ipclab schedule 1
 *   command: ./ring 3            (as typed; absent for a lab)
 *   lab: bounded-buffer          (absent for a command), and its parameters: set size 4
 *   set threads yes              (memory that threads share is stepped, too; files yes: calls on regular files;
 *                                 signals yes: sigaction, and a signal comes before a call that may sleep;
 *                                 times yes: time-outs of private futexes are choices;
 *                                 relocks yes: who was signalled takes its mutex when that is chosen)
 *   set explore WRONG 0:2 5:3    (found by explore: what came of it, and its choices as it counts them)
 *   set status 1                 (of WRONG: the first process's exit status)
 *   build: 3f2a...               (build-id of the program, or hash of its file)
 *   actor P2 = 1.1               (names used below, each bound to an identity; P1 is 1 unless said)
 *   object shm1 = shm 1:1        (likewise, as world_op_identity gives it: kind, creator, n-th of its kind)
 *   P1 store shm1+40 = 1         producer.c:14      # what it is about to do, checked; result, noted; line, noted
 *   P2 read pipe1                consumer.c:9
 *   P2 time                      (its time-out passes, or its alarm rings)
 *   P1 deliver SIGTERM           (a signal it is held before)
 *   P1 signal SIGTERM            (ipclab sends it)
 *   type "yes\n"                 (on the lab's terminal)
 * A hand-written line may be shorter: "P2" alone moves P2 whatever it is about to do. Blank lines and
 * # comments are kept out. The result (= ..) and the place are never compared on replay, the operation is.
 */
#define SCHEDULE_TYPED_MAX 512u
#define SCHEDULE_OBJECT_MAX 256u
#define SCHEDULE_STEPS_MAX 100000u
struct schedule_step {
	char actor[24];      /* "P2"; "" for CHOSE_TYPE */
	char identity[64];   /* "1.1" */
	u32 kind;            /* enum choice_made */
	u32 signal;
	char call[32];       /* "store", "" any */
	char object[SCHEDULE_OBJECT_MAX]; /* as world_op_identity gives it ("shm 1:1+40"), "" any */
	char shown[48];      /* the object as displayed, "shm1+40" */
	char result[32], at[64];
	u32 line;            /* of the file */
	u32 typed_n;         /* CHOSE_TYPE */
	char typed[SCHEDULE_TYPED_MAX];
};
struct schedule {
	char *command, *lab, *build; /* NULL: absent */
	char *settings;              /* "size 4\nproducers 2\n", NULL none */
	struct schedule_step *steps;
	u32 n, cap;
};
/* Text to schedule and back. `name` for "name:line:column: what is wrong" (EXIT_INPUT). */
bool schedule_parse(const char *text, size_t n, const char *name, struct schedule *, struct err *);
/* A command as one line, words in C's quotes where they need it; and back: NULL-terminated, NULL when a
 * quote is not closed. */
void schedule_command(const char *const *argv, struct str *);
char **schedule_argv(const char *command);
void schedule_argv_finish(char **argv);
void schedule_print(const struct schedule *, struct str *);
const char *schedule_signal(u32 sig, char *buf, size_t n); /* "SIGALRM", "signal 34" */
/* In words, a line a choice, and a line wherever another task goes on. */
void schedule_tell(const struct schedule *, struct str *);
void schedule_finish(struct schedule *);
void schedule_add(struct schedule *, const struct schedule_step *);
/* The step that a task is about to make in this world: without result, place and line. */
void schedule_describe(const struct world *, u32 task, u32 kind, struct schedule_step *);
/* Does the step fit this world? Gives the task; else a sentence that says what the task is about to
 * do instead (without file name and line: the caller has them). */
bool schedule_fits(const struct world *, const struct schedule_step *, u32 *task, struct str *why);

#endif
