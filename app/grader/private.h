/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of grader/ share. */
#ifndef GRADER_PRIVATE_H
#define GRADER_PRIVATE_H

#include "grader/check.h"
#include "grader/lib.h"
#include "guide/yaml.h"
#include "sandbox/lib.h"
#include "session/lib.h"

/* ---- exercise.c ---- */
void *exercise_keep(struct exercise *, void *block); /* freed with it */
char *exercise_text(struct exercise *, const char *, size_t n);
bool read_whole(const char *path, size_t most, struct bytes *, struct err *);
bool write_whole(const char *path, const void *, size_t n, struct err *);

/* ---- value.c ---- */
struct manifest {
	struct exercise *x;
	struct yaml_file *y;
	struct err *err;
};
bool value_number(struct manifest *, yaml_ref, const char *what, u64 least, u64 most, u64 *);
bool value_word(struct manifest *, yaml_ref, const char *what, char **);
bool value_bool(struct manifest *, yaml_ref, const char *what, bool *);
/* Each item of a list, or a single scalar, as text. */
bool value_words(struct manifest *, yaml_ref, const char *what, void (*fn)(void *, char *), void *arg);
/* A text: a scalar, or {text:, times:}, {numbers: N}, {file: NAME}; `more`: other keys that may stand in that map. */
bool value_bytes(struct manifest *, yaml_ref, const char *const *more, struct bytes *, yaml_ref *more_values);
bool value_stdin(struct manifest *, yaml_ref, struct stream *);
bool value_stdout(struct manifest *, yaml_ref, struct stream *);
bool value_step(struct manifest *, yaml_ref, const struct scenario *, struct step *);
/* One of the words; its place in the list. */
bool value_choice(struct manifest *, yaml_ref, const char *what, const char *const *words, u32 *);

/* ---- inject.c ---- */
bool fault_read(struct manifest *, yaml_ref, struct fault *);

/* ---- scenario.c ---- */
bool scenario_read(struct manifest *, yaml_ref, u32 number, const yaml_ref *checks, struct scenario *);

/* ---- blocks.c ---- */
/* kind order: every block of the learner's file is one of the starter's, once. False: a sentence in the finding. */
bool blocks_are_given(const struct exercise *, const char *folder, struct finding *);

/* ---- compile.c ---- */
/* Builds every program into `into`, plain or hooked ("NAME" or "NAME.hooked"). What gcc says goes into `said`. *finding is set, and
 * false returned, when it does not compile or cannot be compiled. */
bool compile_all(const struct exercise *, const char *folder, const char *into, bool hooked, struct str *said, struct finding *);
/* The first file:line:column of gcc's words that is an error. */
void compile_place(const char *said, struct finding *);

/* ---- imports.c ---- */
/* Functions of libraries that the programs call, against `use` and `avoid`. */
bool imports_are_allowed(const struct exercise *, const char *built, struct finding *);

/* ---- engine.c: in the box ---- */
/* OVER_TIME: it had its time, and more; OVER_BUSY: the machine did not give it its time. */
enum run_over { OVER_FAILED, OVER_ENDED, OVER_STUCK, OVER_TIME, OVER_BUSY, OVER_OUTPUT, OVER_TASKS, OVER_EVENTS, OVER_DISK };
enum { OUTPUT_KEPT = 8 << 20, ERRORS_KEPT = 64 << 10, OUTPUT_MOST = 8 << 20, TASKS_MOST = 64, CPU_S = 5, FILE_MOST = 64 << 20 };
enum vain_what { VAIN_NOT, VAIN_ASKS, VAIN_COMPUTES };
struct asked { /* the last call of one who asks in vain */
	u32 task, call, site;
};
struct actor_over {
	u32 task;         /* its first task; 0: it was not started */
	bool ended;
	int status;       /* wait status */
	u32 out_n, err_n;
	bool out_cut;
	bool reported;
};
struct run_spec { /* of one scenario */
	const struct exercise *x;
	const struct scenario *s;
	const char *built;  /* folder of the programs */
	const char *box;    /* folder they run in */
	const char *record; /* file of the recording */
	u32 ports[2];
	char name[64];      /* $name */
	u32 namespaces;
	bool output_only;
	struct shared *shared;
};
struct shared { /* between box and runner */
	enum run_over over;
	char error[768];
	struct actor_over actors[ACTORS_MAX];
	u32 step;           /* the step that was not reached, from 1; 0: all were */
	u32 left_n;         /* names left behind */
	char left[16][160];
	u32 running_n;      /* processes left running when all programs had ended */
	char running[512];
	u64 events, moment;
	u32 wrong_file;     /* of those to be left, from 1: not as it is to be; 0: all are */
	bool file_there;
	u32 file_n;
	char file[4096];    /* what is in it */
	enum vain_what vain; /* why it was stopped (OVER_TIME) before its time was over, and who asks in vain */
	struct asked asked;
	bool done;          /* all of this was filled in */
	/* behind it, for each actor: OUTPUT_KEPT of output, ERRORS_KEPT of errors */
};
size_t shared_bytes(const struct scenario *);
char *shared_out(const struct shared *, u32 actor);
char *shared_err(const struct shared *, u32 actor);
int engine_inside(void *run_spec);
/* "$port", "$port2", "$name" in a text. */
void substitute(const struct run_spec *, const char *text, struct str *);
void ran_words(const struct run_spec *, const struct world *names, struct str *); /* "./pipe_eof 3   with input "abc\n"" */

/* ---- budget.c: in the box ---- */
#define BUDGET_LOOK_NS 100000000u
enum { BUSY_FOLD = 12 }; /* so many times a scenario's seconds are waited for, until the machine is said to be too busy */
struct budget {
	u64 own_ns;    /* time they have had */
	u64 looked_ns, ran_ns;
};
void budget_begin(struct budget *, u64 now);
void budget_look(struct budget *, u64 now);

/* ---- vain.c: in the box ---- */
struct vain;
struct vain *vain_create(int log_fd, struct err *); /* the descriptor becomes its own */
void vain_destroy(struct vain *);
/* What has come since; `ran_ns`: processor time of all until now. VAIN_ASKS: who. */
enum vain_what vain_look(struct vain *, const struct scenario *, const struct shared *, u64 ran_ns, struct asked *);

/* ---- feed.c ---- */
struct feed;
struct feed *feed_create(struct shared *, const struct scenario *);
void feed_set_run(struct feed *, struct run *);
/* The ends that an actor is started with (launch.fds), which the caller closes once it has started. */
bool feed_open(struct feed *, const struct run_spec *, u32 actor, int fds[3], bool *terminal, struct err *);
bool feed_begin(struct feed *, struct err *);
void feed_type(struct feed *, u32 actor, const struct bytes *);
void feed_end_input(struct feed *, u32 actor);
void feed_drain(struct feed *, u32 actor);
void feed_close_output(struct feed *, u32 actor);
/* Why the tracer was rung, if it was: OVER_TIME, OVER_BUSY, OVER_OUTPUT; else OVER_ENDED. */
enum run_over feed_why(struct feed *);
/* Is something on its way into a program that would still be taken? */
bool feed_is_busy(struct feed *);
/* Grows whenever the feeding thread did something that may have woken a program. */
u64 feed_moves(struct feed *);
/* Everything has ended: reads what is still there, stops. */
void feed_finish(struct feed *);

/* ---- runner.c ---- */
void runner_name_things(struct run_spec *); /* ports, $name */
bool runner_run(struct run_spec *, struct finding *, struct err *);

/* ---- explored.c ---- */
bool explore_scenario(struct run_spec *, const char *keep, const char *keep_as, struct finding *, struct err *);

/* ---- evidence.c ---- */
struct evidence;
/* Folds the recording, with the scenario's checks looking on. NULL: it cannot be read. */
struct evidence *evidence_create(const struct run_spec *, struct err *);
void evidence_destroy(struct evidence *);
const struct scene *evidence_scene(const struct evidence *);
/* The first property that does not hold (by the order of events), NULL: all do. */
const struct broken *evidence_broken(const struct evidence *);
void evidence_held(const struct evidence *, struct str *);
/* Is this task of a learner's program? Which actor's; UINT32_MAX: none. */
u32 evidence_actor(const struct evidence *, u32 task);
/* Have several tasks written to this actor's standard output? */
bool evidence_shared_output(const struct evidence *, u32 actor);
/* The last call that a learner's program made in vain, of this actor's where it has one: NULL none. */
struct failed {
	u32 task, site;
	int error;
	bool tries_program; /* execve */
	struct str call; /* "bind(3)" */
};
const struct failed *evidence_failed(const struct evidence *, u32 actor);
/* Who wrote byte `off` of an actor's standard output: task, site of that write; false unknown. */
bool evidence_writer(const struct evidence *, u32 actor, u64 off, u32 *task, u32 *site);
/* Where a task was computing when the time was over; 0 unknown. */
u32 evidence_located(const struct evidence *, u32 task);
/* The first call of the learner's that came back with EINTR and was not made again; NULL: none. */
struct interrupted {
	u32 task, call, site;
	i32 fd;
};
const struct interrupted *evidence_interrupted(const struct evidence *);
/* A learner's process that a signal killed, the first one: not by us. */
bool evidence_crash(const struct evidence *, u32 *task, int *sig, u32 *site, u64 *event);
/* A copy of a recording that needs neither programs nor sources any more. */
bool evidence_keep(const char *record, const char *path, const char *command, struct err *);

/* ---- judge.c ---- */
void judge(const struct run_spec *, const struct evidence *, struct finding *);

/* ---- difference.c ---- */
/* The first difference between what was expected and what came: "line 2: expected "b\n", got end of output". False: none. */
bool difference_words(const char *expected, size_t n, const char *got, size_t m, size_t *at, struct str *);
/* Lines of `b`, from 1, that are not as in `a`: the caller's to free. */
u32 *lines_changed(const struct bytes *a, const struct bytes *b, size_t *n);
/* A text as it is shown: in quotes, control characters visible, cut with how much is left out. */
void shown_text(const char *, size_t n, struct str *);

#endif
