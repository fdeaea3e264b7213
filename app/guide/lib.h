/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * guide: a lab's lab.md as a model, the conditions it states about the world, and the state of a
 * learner who works through it. Knows worlds and timelines, no session and no terminal: whoever
 * has processes hands in a guide_host. Every error of a file is "file:line:column: what is wrong"
 * (EXIT_INPUT); no bytes, however odd, do more than that.
 *
 * file        | what it holds
 * front.c     | YAML front matter: title, programs, actors
 * parse.c     | CommonMark to steps and blocks
 * block.c     | the fenced blocks: predict, do, expect, goal, solution
 * notebook.c  | experiment blocks
 * words.c     | a move as a learner reads it
 * yaml.c      | what front.c, notebook.c and belief.c need of libyaml
 * belief.c    | labs/misconceptions.yaml
 * model.c     | the model once it is read: its strings, what is asked of it
 * cond.c      | a condition from text: the grammar stands there
 * cond_fd.c | facts of descriptors
 * cond_token.c | its words, numbers and names of objects
 * name.c      | names in it: P1, pipe1, read, SIGPIPE, EBADF
 * holds.c     | a condition against a world and the events since a question
 * explain.c   | why a condition does not hold; whether any world could make it true
 * move.c      | the commands of a do block: from text, and done through a host
 * answer.c    | a typed answer; what happened against what was said
 * play.c      | where a learner is: read, answer, do, goal, experiment, next step
 * verify.c    | a lab driven by its own guide
 */
#ifndef GUIDE_LIB_H
#define GUIDE_LIB_H

#include "base/lib.h"
#include "world/lib.h"

struct guide_mark { /* a place in the file, both from 1 */
	u32 line, column;
};

/* ---- conditions: cond.c has the language ---- */
struct cond;
/* A field of shared memory, as its C type has it. */
struct guide_field {
	u64 off;   /* in the segment */
	u32 size;
	bool is_signed;
};
/* Where "buffer[2].value" lies in a segment (its index in the world). False: it is not known (yet). */
typedef bool guide_find_field(
	void *arg, u32 segment, const char *path, struct guide_field *out);
/* Against what a condition is held. Events since+1 .. until count as "since the question". */
struct cond_view {
	const struct world *world;
	struct timeline *timeline; /* NULL: no events, so nothing returned, failed or printed */
	u64 since;
	u64 until; /* usually timeline_events() */
	guide_find_field *field; /* NULL: no field is known */
	void *field_arg;
};
/* From text that stands at `at` of `file` (for errors). NULL with an error. */
struct cond *cond_parse(const char *file, struct guide_mark at, const char *text, struct err *);
/* A number: `pipe1.capacity - 1`, `result P2 read`. */
struct cond *cond_parse_value(
	const char *file, struct guide_mark at, const char *text, struct err *);
void cond_destroy(struct cond *);
bool cond_holds(const struct cond *, const struct cond_view *);
/* False: not known (no such pipe, nothing returned yet). */
bool cond_value(const struct cond *, const struct cond_view *, i64 *value);
/* What cannot be said as a number: `printed P1` gives its last line. False: as above. */
bool cond_text(const struct cond *, const struct cond_view *, struct str *);
/* The smallest part that does not hold, and what is the case: "P2 blocked read pipe1 (P2 is poised before close)". */
void cond_explain(const struct cond *, const struct cond_view *, struct str *);
/* False when no world at all can make it true (a process both blocked and gone), with the reason. */
bool cond_possible(const struct cond *, struct str *why);
bool cond_same(const struct cond *, const struct cond *);
const char *cond_source(const struct cond *);

/* ---- the model ---- */
struct guide_actor {
	char *name; /* "P1" */
	char *role; /* "producer" */
};
typedef VEC(struct guide_actor) guide_actors;
struct guide_program {
	char *name;
	char **args; /* NULL at the end */
	u32 args_n;
	guide_actors actors; /* its own; else the guide's */
	bool hooks;          /* its accesses to shared memory are to be stops: built by ipclab cc */
	bool files;          /* files that it opens are followed: open, read, write, close are steps */
	bool one_user;       /* setgroups, setgid, setuid of its processes are answered with 0 and not made */
	char **computes;     /* actors that may compute for ever: they are not waited for */
	u32 computes_n;
	struct guide_mark mark;
};
enum { GUIDE_SETTINGS_MAX = 8 };
/* What a learner may change: "set size 4". $size in the arguments of a program stands for it. */
struct guide_setting {
	char *name, *about; /* about "" none */
	u32 from, to, value; /* value: unless it is changed */
};
/* What a step starts: a program and its arguments. */
struct guide_start {
	u32 program; /* index into guide.programs */
	char **args; /* NULL at the end */
	struct guide_mark mark;
};

enum guide_move_kind {
	MOVE_STEP,
	MOVE_ALL,
	MOVE_CONTINUE,
	MOVE_PLAY,
	MOVE_PASS,
	MOVE_SIGNAL,
	MOVE_TYPE,
	MOVE_LINE,
	MOVE_WAIT,
	MOVE_EXPLORE
};
struct guide_move { /* one command of a do block */
	enum guide_move_kind kind;
	char actor[16];
	u32 times;          /* step, line: how often */
	struct cond *until; /* step, continue, play, wait: up to this, NULL none */
	int signal;
	char *bytes; /* type */
	char *text;  /* the command as written */
	struct guide_mark mark;
};
typedef VEC(struct guide_move) guide_moves;

enum guide_question_kind { ASK_CHOICE, ASK_NUMBER, ASK_WHO, ASK_ORDER, ASK_CHANGE };
struct guide_option {
	char *text;
	char *reply;              /* "" none */
	struct cond *when;        /* choice, who, order: the world that makes it true */
	i64 number;               /* number: a wrong number that has its own reply */
	struct guide_start start; /* change: the variant */
	struct guide_mark mark;
};
struct guide_question {
	char *id, *breaks;
	enum guide_question_kind kind;
	char *text;
	char *otherwise;    /* number, order: the reason, told after any answer */
	struct cond *truth; /* number: the value; change: what the right variant makes true */
	VEC(struct guide_option) options;
	u32 hide; /* what else would give it away: GUIDE_HIDE_* */
	char *vary; /* an experiment: asked again, the processes are those of another row of it; "" none */
};
enum { GUIDE_HIDE_RACE = 1, GUIDE_HIDE_FULL = 2, GUIDE_HIDE_NEXT = 4, GUIDE_HIDE_ENDS = 8 };

struct guide_column {
	char *title;
	struct cond *value;
	char *parameter; /* instead: a parameter's name */
};
struct guide_parameter {
	char *name;
	char **values; /* the first is where the learner begins; NULL at the end */
	u32 values_n;
};
struct guide_experiment {
	char *id, *title;
	char **start; /* words; $name stands for a parameter */
	u32 program;
	VEC(struct guide_parameter) parameters;
	guide_moves moves;
	VEC(struct guide_column) columns;
};

/* TEXT_LISTING: what the compiler made of a function, by `guide_listing_set`; until then the words of its block:
 * "wait_while_empty plain-O0.s plain-O2.s". */
enum guide_text_kind { TEXT_PARAGRAPH, TEXT_ITEM, TEXT_CODE, TEXT_QUOTE, TEXT_LISTING };
enum guide_block_kind {
	BLOCK_TEXT,
	BLOCK_PREDICT,
	BLOCK_DO,
	BLOCK_EXPECT,
	BLOCK_GOAL,
	BLOCK_EXPERIMENT
};
struct guide_block {
	enum guide_block_kind kind;
	struct guide_mark mark;
	enum guide_text_kind text_kind;
	char *text; /* TEXT: lines already joined except in code; GOAL: what to tell when it is reached */
	char *spoken; /* LISTING: the same for ears: one after the other. NULL: as text */
	struct guide_question *question;
	guide_moves moves;        /* DO; GOAL: its solution */
	VEC(struct cond *) conds; /* EXPECT: all of them; GOAL: one */
	VEC(struct guide_mark) cond_marks;
	struct guide_experiment *experiment;
	bool aside; /* DO: settles a question of kind=change, so it is run in the variants only */
};

/* What the stage shows in a step. */
enum {
	SHOW_CALLS = 1,
	SHOW_PIPE = 2,
	SHOW_ENDS = 4,
	SHOW_WHY = 8,
	SHOW_CONTENTS = 16,
	SHOW_SLOTS = 32,
	SHOW_LAST = 64,
	SHOW_OUTPUT = 128,
	SHOW_SOURCE = 256,
	SHOW_TIME = 512,
	SHOW_MEMORY = 1024,
	SHOW_TABLES = 2048,
	SHOW_LADDER = 4096,
};
struct guide_step {
	char *title;
	u32 show;
	bool fresh; /* has a start: line, or is the first */
	struct guide_start start;
	VEC(struct guide_block) blocks;
	struct guide_mark mark;
};
/* What a lab says of shared memory: the C type of a segment, and which of its fields are a ring's. */
struct guide_memory {
	char *segment; /* "shm1" */
	char *type, *array, *in, *out, *count, *size; /* NULL: not said */
};
typedef VEC(char *) guide_words;
struct guide {
	char *file;
	char *title;
	u32 minutes; /* 0: not said */
	bool core;
	char *intro; /* text before the first step */
	guide_words needs;
	guide_words exercises; /* by id: those that belong to this lab; some may not be there */
	guide_words slides;    /* of the course: what this lab is about, as they call it */
	VEC(struct guide_program) programs;
	guide_actors actors;
	VEC(struct guide_memory) memory;
	VEC(struct guide_setting) settings;
	VEC(struct guide_step) steps;
	void *owned; /* the strings */
};
struct guide *guide_load(const char *path, struct err *);
/* `file` is named in errors. */
struct guide *guide_parse(const char *file, const char *bytes, size_t n, struct err *);
void guide_destroy(struct guide *);
/* What a listing shows, side by side and spoken. Copies are kept. */
void guide_listing_set(
	struct guide *, struct guide_block *, const char *text, const char *spoken);
/* "producer" for P1 of that program, "" unnamed. */
const char *guide_role(const struct guide *, u32 program, const char *actor);
/* "size" among the settings: its number, or their number when there is none. */
size_t guide_setting(const struct guide *, const char *name);
/* Do the processes of that step depend on the setting? */
bool guide_step_takes(const struct guide *, u32 step, const char *setting);
/* A question by its id, NULL: none. */
const struct guide_question *guide_question(const struct guide *, const char *id, u32 *step);
/* False, with EXIT_INPUT and "file:line:column: ". */
bool guide_error(struct err *, const char *file, struct guide_mark, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

/* ---- labs/misconceptions.yaml ---- */
struct belief {
	char *id, *text, *lab, *prediction, *mutant;
	struct guide_mark mark;
};
struct beliefs {
	VEC(struct belief) all;
	void *owned;
};
struct beliefs *beliefs_load(const char *path, struct err *);
struct beliefs *beliefs_parse(const char *file, const char *bytes, size_t n, struct err *);
void beliefs_destroy(struct beliefs *);
const struct belief *belief_find(const struct beliefs *, const char *id);

/* ---- the processes, as a guide moves them ---- */
struct guide_host {
	void *arg;
	/* Fresh processes of that program, held before their first operation; ends those there were. */
	bool (*start)(void *arg, const struct guide_program *, char *const *args, struct err *);
	bool (*step)(void *arg, u32 task, struct err *);
	bool (*pass)(void *arg, u32 task, struct err *);
	bool (*signal)(void *arg, u32 task, int sig, struct err *);
	bool (*type)(void *arg, const char *bytes, size_t n, struct err *);
	struct timeline *(*timeline)(void *arg);
	/* Up to its next source line. NULL: as `step`. */
	bool (*line)(void *arg, u32 task, struct err *);
	/* A little time for those who compute; false: nobody does, so nothing will come of waiting. NULL: nobody. */
	bool (*wait)(void *arg);
	/* Looks for an order of the program's steps that makes it fail, and brings fresh processes through it. EXIT_FAILED:
	 * there is none among those tried. NULL: cannot be done here. */
	bool (*explore)(void *arg, const struct guide_host *, struct err *);
	guide_find_field *field; /* NULL: none is known */
	/* After each single move of a do block; may be NULL. A place to say what happened. */
	void (*moved)(void *arg);
	/* A second host, quiet, for variants and experiments that must not touch the learner's processes. */
	bool (*aside)(void *arg, struct guide_host *, struct err *);
	void (*aside_end)(struct guide_host *);
};
/* One move, as far as it goes. False: it could not be done (EXIT_FAILED: the world does not allow it). */
bool guide_move_run(
	const struct guide *, const struct guide_move *, const struct guide_host *, struct err *);
bool guide_moves_run(const struct guide *, const struct guide_move *, size_t n,
	const struct guide_host *, struct err *);
/* A command from text, as in a do block (the learner's own moves are compared in this form). */
bool guide_move_parse(
	const char *file, struct guide_mark, const char *text, struct guide_move *, struct err *);
void guide_move_finish(struct guide_move *);

/* ---- a question, settled ---- */
enum guide_outcome { ANSWER_NONE, ANSWER_RIGHT, ANSWER_WRONG, ANSWER_UNSURE, ANSWER_SKIPPED };
struct guide_answer {
	enum guide_outcome
		given; /* ANSWER_NONE: not yet; UNSURE, SKIPPED; else RIGHT until it is known */
	u32 choice;    /* from 0: choice, who, change */
	i64 number;
	u32 order[16]; /* order: options as the learner put them */
	u32 order_n;
};
struct guide_truth {
	u32 choice;
	i64 number;
	u32 order[16];
	u32 order_n;
};
/* "2", "P1", "4096", "2 1 3", "?"; the last choice is always "I do not know yet". EXIT_USAGE when
 * it is no answer to this question. */
bool guide_answer_read(
	const struct guide_question *, const char *text, struct guide_answer *, struct err *);
/* The choices as they are numbered, the engine's last one included; from 0. */
u32 guide_choices(const struct guide_question *);
const char *guide_choice(const struct guide_question *, u32 n);
/* What happened. False, EXIT_INPUT with file:line: none holds, or two do. moves and host only for
 * ASK_CHANGE: the variants are run aside. */
bool guide_settle(const struct guide *, const struct guide_question *, const struct cond_view *,
	const struct guide_move *moves, size_t moves_n, const struct guide_host *,
	struct guide_truth *, struct err *);
enum guide_outcome guide_judge(
	const struct guide_question *, const struct guide_answer *, const struct guide_truth *);
/* "You said 1. What happened is 2: it goes on waiting." and the reply, one paragraph a line. */
void guide_verdict(const struct guide_question *, const struct guide_answer *,
	const struct guide_truth *, struct str *);

/* ---- one run of an experiment ---- */
struct guide_row {
	VEC(char *) cells; /* one a column */
};
void guide_row_finish(struct guide_row *);
/* An experiment of the guide by its id, NULL: none. */
const struct guide_experiment *guide_experiment(const struct guide *, const char *id);
/* With values[i] for parameter i: what its program is started with, NULL at the end. */
enum { GUIDE_ARGS_MAX = 32 };
void guide_experiment_args(const struct guide_experiment *, char *const *values, const char *args[GUIDE_ARGS_MAX]);
/* values[i] for parameter i. */
bool guide_experiment_run(const struct guide *, const struct guide_experiment *,
	char *const *values, const struct guide_host *, struct guide_row *, struct err *);

/* ---- where a learner is ---- */
struct guide_play;
enum guide_at {
	AT_TEXT,     /* guide_play_block is a text: show it, then guide_play_read */
	AT_QUESTION, /* answer or skip */
	AT_DO,       /* moves are wanted: guide_play_do, or the learner's own (guide_play_moved) */
	AT_GOAL,     /* the learner moves until it holds: guide_play_moved after each move */
	AT_EXPERIMENT, /* guide_play_read goes on */
	AT_STEP_END,   /* guide_play_enter(step + 1) */
	AT_END,        /* no step is left */
};
/* What came of a call; bits. */
enum {
	PLAY_SETTLED = 1, /* a question was settled: guide_play_answer_text says how */
	PLAY_REACHED = 2, /* the goal holds; the block's text says what to tell */
	PLAY_ASTRAY =
		4, /* the learner has moved away from what the step wants; five times: offer guide_play_enter */
	PLAY_BROKEN =
		8, /* an expectation does not hold, or no option does: only fresh processes help */
};
struct guide_play *guide_play_create(const struct guide *, const struct guide_host *);
void guide_play_destroy(struct guide_play *);
/* To the beginning of a step (from 0): on fresh processes, through the do blocks that lead to it.
 * Going on from the step before, unless astray, keeps the processes as they are. */
bool guide_play_enter(struct guide_play *, u32 step, bool fresh, struct err *);
u32 guide_play_step(const struct guide_play *);
enum guide_at guide_play_at(const struct guide_play *);
const struct guide_block *guide_play_block(const struct guide_play *);
/* The experiment that is open, or the last one of this step that was passed; NULL: none yet. */
const struct guide_experiment *guide_play_experiment(const struct guide_play *);
/* Fresh processes, brought to where that question is asked, with nothing else asked on the way. `other`: started in
 * place of those of the guide; NULL: none. Its args stay where they are. */
bool guide_play_to_question(
	struct guide_play *, const struct guide_question *, const struct guide_start *other, struct err *);
unsigned guide_play_read(struct guide_play *); /* bits as below: an expectation may follow */
bool guide_play_answer(struct guide_play *, const char *text, struct err *);
void guide_play_skip(struct guide_play *);
/* "step P1, then all": what Enter would do now. */
void guide_play_pending(const struct guide_play *, struct str *);
bool guide_play_do(struct guide_play *, unsigned *what, struct err *);
/* The learner moved by a command of the shell, as it would stand in a do block ("step P1"). */
bool guide_play_moved(struct guide_play *, const char *command, unsigned *what, struct err *);
/* The same, and the move is made here: for "step P1 until ...", which the shells have no words for. */
bool guide_play_move(struct guide_play *, const char *command, unsigned *what, struct err *);
u32 guide_play_astray(const struct guide_play *); /* moves away from the path */
/* The question that was settled last: its outcome, and what to say. */
const struct guide_question *guide_play_settled(const struct guide_play *, enum guide_outcome *);
const char *guide_play_answer_text(const struct guide_play *);
bool guide_play_question_open(const struct guide_play *); /* answers are awaited: say no reasons */

/* ---- a lab against its own guide ---- */
/* Drives the steps first..last (from 0); false (EXIT_FAILED, "file:line:column: ...") at the first thing that does not
 * hold. beliefs may be NULL. said() is told each step's title as it begins; may be NULL. */
bool guide_verify(const struct guide *, const struct beliefs *, const char *lab, u32 first,
	u32 last, const struct guide_host *,
	void (*said)(void *arg, u32 step, const struct guide_step *), void *said_arg, struct err *);

/* ---- words.c ---- */
void move_words(const struct guide_move *, struct str *); /* "step P1 4 times" */

#endif
