/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session: joins tracer, log, timeline and strategy. A live run and a recording are the same thing
 * to everything on its right.
 *
 * file       | what it holds
 * run.c      | a run in this process: free (watch), or held and stepped; used by the engine and by batch verbs
 * settle.c   | looking: is every task poised, blocked or gone?
 * step.c     | one step: the stepped task, then those it woke, in order of birth
 * look.c     | running processes, looked at and let be (why -p)
 * engine.c   | the engine process: tracer thread, command thread, bell
 * session.c  | the reader's side: a live engine or a recording behind the same calls
 * live.c     | what a session was started with, copied
 * line.c     | stepping by source line
 * schedule.c | the choices that were made, from the log; made again on fresh processes
 * save.c     | the choices, written into a file
 * aside.c    | names that a run made, out of the way of a second run
 * branch.c   | fresh processes brought to a moment looked back at
 * kept.c     | what was run before a branch, kept as a recording
 * sweep.c    | what a lab's run leaves behind is taken away
 */
#ifndef SESSION_LIB_H
#define SESSION_LIB_H

#include "event/lib.h"
#include "schedule/lib.h"
#include "source/lib.h"
#include "tracer/lib.h"
#include "world/lib.h"

/* ---- a run in this process (engine, watch, tests) ---- */
struct run;
struct run_options {
	struct tracer_options tracer;
	const char *record;   /* file to record into, NULL: memfd */
	bool overwrite;
	bool pin;             /* tracer and watched on one core (labs, explore, grade; never watch) */
	bool fold;            /* keep a world up to date in this process */
	bool slots;           /* at settled points also ask how many slots are in use (costly; the oracle) */
	const pid_t *attach;  /* instead of launching: these run already (watch -p); attach_n of them, borrowed for run_create */
	u32 attach_n;
	bool tell_settled;    /* free run: RUN_SETTLED at each settled point of an idle run (why) */
	bool waits;           /* free run: RUN_WAITS there instead, in each call of run_free (grader) */
	u32 most_tasks;       /* free run: at most so many alive at once; 0: no limit */
	u64 most_bytes;       /* and of log; 0: no limit */
	u32 idle_ms;          /* free run: idle is looked for so long after the last stop; 0: 50 */
	void (*moved)(void *); /* free run: called when something may have been recorded, often; NULL: not told */
	void *moved_arg;
	u32 census;           /* free run: a settled point is sought after that many stops, then ever rarer; 0: only when idle */
};
struct run *run_create(const struct run_options *, const struct launch *, struct err *);
void run_destroy(struct run *); /* ends what is left of it */
struct log *run_log(struct run *);
struct tracer *run_tracer(struct run *);
/* The world as folded so far (options.fold). */
const struct world *run_world(struct run *);

enum run_end {
	RUN_WAITS,  /* everything is held, blocked or gone; nothing can move by itself */
	RUN_ENDED,  /* no task is left */
	RUN_BELL,   /* somebody rang: look at your commands */
	RUN_SETTLED,/* options.tell_settled: everybody sleeps or is gone, and has gone on: the world holds; call again */
	RUN_MUCH,   /* more tasks, or a longer log, than run_options allow */
	RUN_FULL,   /* the disk is full: recording stopped, the program goes on (free run continues when called again) */
};
/* Starts one more program beside those that run; it goes on with the next run_free. */
bool run_add(struct run *, const struct launch *, u32 *task, struct err *);
/* Free run until all tasks ended or the bell rings; with `waits` also until everybody sleeps: then nothing of it moves but
 * by a timer or somebody outside, and it goes on with the next run_free. */
bool run_free(struct run *, enum run_end *, struct err *);
/* Free run: a settled point if there is one to be had within 20 ms; those who sleep are said to be blocked either way. */
bool run_look_once(struct run *, struct err *);
/* Looks through all processes for others who have the files, FIFOs and queues of this run; the log holds what was found. */
bool run_ask_others(struct run *, struct err *);
/* Held: one step of this task (see ARCHITECTURE.md "Stepping"). Returns when the set is settled,
 * or when a task has been computing for 200 ms (it is shown RUNNING and holds up nobody). */
bool run_step(struct run *, u32 task, struct err *);
/* The time-out of a blocked call passes; then settles as a step does. */
bool run_pass_time(struct run *, u32 task, struct err *);
/* Signals a task's process; then settles. */
bool run_signal(struct run *, u32 task, int sig, struct err *);
/* Held: the call that the task is held before comes to this (tracer_fault). */
bool run_fault(struct run *, u32 task, enum fault_kind, u64 size, struct err *);
/* Held: something may have moved by itself (a real timer, a task that was computing); settles. */
bool run_settle(struct run *, struct err *);
/* From free to held: tasks stay at the next stop they come to; returns when settled or 200 ms have gone. */
bool run_hold(struct run *, struct err *);
/* From held to free: everybody goes on with the next run_free. */
bool run_release(struct run *, struct err *);
/* May this task be stepped now: poised (or at a held signal, or newborn)? */
bool run_can_step(struct run *, u32 task);

/* ---- running processes, nobody stopped (why -p) ---- */
struct look_options {
	const pid_t *pids; /* those that are asked for, borrowed */
	u32 n;
	bool only;         /* not their descendants, and whom they share with */
	bool mine;         /* all processes of this user (root: all) */
};
struct look_answer {
	struct log *log;   /* the caller's: log_close */
	bool partial;      /* attaching is refused, to `worst` for one: what they wait in is inferred */
	pid_t worst;
	bool moved;        /* somebody ran each time they were looked at: the picture is of several moments */
	bool full_set;     /* there are more than can be looked at */
	u32 hidden;        /* `mine`: processes that could not be looked at */
};
bool session_look(const struct look_options *, struct look_answer *, struct err *);
/* The processes of that name (the first 15 letters of their program's or what they call themselves; the script of one that
 * an interpreter runs); how many. */
u32 session_look_named(const char *name, pid_t *pids, u32 room);
bool session_look_check(pid_t *pid, struct err *); /* may it be looked at; a thread becomes its process */

u64 session_look_idle_ns(pid_t); /* since none of its threads ran; 0 unknown */
void session_look_cwd(pid_t, char *path, size_t room);
void session_look_refusal(char *text, size_t room); /* why attaching is refused here: a phrase */

/* ---- the reader's side ---- */
struct session;
struct session_live {
	struct run_options run;
	struct launch launch;
	bool terminal;        /* give it a session of its own with a pty */
	const char *const *actor_names; /* "producer", ...: P1's, P2's, NULL at the end; may be NULL */
	const char *title;
	const char *lab;      /* its ID, for schedule files; NULL: none */
	bool alone;           /* it meets no names in the kernel that others made, and what it makes there and in its folder is
	                         gone with it, where the machine gives that (no run.record then) */
};
/* Starts an engine process and its program, held before the first operation, or free (run.tracer.held), or attaches to
 * what runs already (run.attach). */
struct session *session_start(const struct session_live *, struct err *);
/* Opens a recording. */
struct session *session_open(const char *path, struct err *);
/* The program goes on without a reader: its engine stays with it, silent, until it ends; session_end then ends nothing.
 * Its descendants of ours: *engine. What was attached to is let go instead, with *engine 0. */
bool session_leave(struct session *, pid_t *engine, struct err *);
/* Wait status of the first program, once it has ended. */
bool session_status(const struct session *, int *status);
void session_end(struct session *); /* a live one: everything of it ends */
bool session_is_live(const struct session *);
bool session_is_held(const struct session *);
struct timeline *session_timeline(struct session *);
struct sources *session_sources(struct session *);
/* "producer" for P1 when the lab names it, else the program's base name; "" unknown. */
const char *session_actor(struct session *, u32 proc);

/* Commands to a live engine; each returns when the engine has done it and the log holds what
 * happened (the timeline is updated, at its end). False with a sentence: refused, or the engine is
 * gone (EXIT_OURS). On a recording: refused. */
bool session_step(struct session *, u32 task, struct err *);
bool session_pass(struct session *, u32 task, struct err *);
bool session_signal(struct session *, u32 task, int sig, struct err *);
/* The call that the task is held before comes to this (tracer_fault); EXIT_USAGE where the kernel could not give it. */
bool session_fault(struct session *, u32 task, enum fault_kind, u32 size, struct err *);
bool session_release(struct session *, struct err *); /* LIVE: free run */
bool session_hold(struct session *, struct err *);    /* back to held */
bool session_resize(struct session *, u32 rows, u32 cols, struct err *); /* the lab's terminal */
bool session_type(struct session *, const char *bytes, size_t n, struct err *); /* to the lab's terminal */
/* Steps the task until it is poised at another source line, blocks, spins, or ends; at most 10,000
 * operations. *steps: how many it took. `stop` is asked between them (NULL: never): true ends it there. */
bool session_step_line(struct session *, u32 task, bool (*stop)(void *), void *arg, u32 *steps, struct err *);
/* The choices that led from the start to that moment, from the log (session/schedule.c). False
 * (EXIT_INPUT): the run was LIVE in between; the sentence says from which event. */
bool session_schedule(struct session *, u64 moment, struct schedule *, struct err *);
/* The same, written into a file; *n: how many choices. EXIT_USAGE: it is there already and `overwrite` was not
 * said. A file is replaced whole or not at all. */
bool session_save_schedule(struct session *, u64 moment, const char *path, bool overwrite, u32 *n, struct err *);
/* What the last session_follow or session_branch found different from what was noted, a line each
 * ("line 14: the result was 5, now 3"); "" nothing. Valid until the next one. */
const char *session_notes(const struct session *);
/* Makes the schedule's choices on a live session that has just started. On a misfit: stops there,
 * false, "FILE:14: P2 is to read pipe1, but it is held before write(4), consumer.c:12". *done counts. */
bool session_follow(struct session *, const struct schedule *, const char *name, u32 *done, struct err *);
/* Fresh processes, brought to that moment by the same choices; the session goes on from there. What
 * was run before is kept as a recording: *kept (may be NULL) gets its path. On failure the session is
 * as it was. */
bool session_branch(struct session *, u64 moment, struct str *kept, struct err *);
/* Waits at most ms for something new in the log (free run), then updates. */
bool session_wait(struct session *, int ms, bool *ended, struct err *);
/* Readable when a live engine has news: then session_wait(.., 0, ..). -1: a recording. */
int session_fd(const struct session *);
/* Free run, from a reader that wants to sleep: session_fd becomes readable at the next thing recorded. False: something
 * was recorded just now, or there is no engine. */
bool session_await(struct session *);
bool session_awaits(const struct session *); /* it has not come yet */
/* What the programs wrote to their terminal so far. */
const char *session_output(struct session *, size_t *n);

#endif
