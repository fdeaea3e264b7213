/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of session/ share. */
#ifndef SESSION_PRIVATE_H
#define SESSION_PRIVATE_H

#include <time.h>

#include <sys/types.h>

#include "session/lib.h"

/* What looking has found of a task so far; by task number. */
struct look {
	u8 noted;        /* enum obs_state last logged, 0 none since its last stop */
	bool slept;        /* it was said to be blocked when its stop was taken */
	bool asleep;     /* found asleep in its call since its last resume */
	u64 resumed_ns;  /* when it last went on */
	u64 ran_ns;      /* its time on a processor at the first look since then */
	bool looked;     /* ran_ns is known */
	u64 noted_runs;  /* seen.runs when `noted` was logged */
	struct probe seen;
	/* Noted OBS_RUNNING: when the others' last move was over, and its processor time then. */
	u64 since_ns, since_ran_ns;
};

struct run {
	struct run_options opt;
	struct log *log;
	struct tracer *tracer;
	struct log_reader *reader; /* of the fold */
	struct world *world;
	u64 fold_pos;
	VEC(struct look) looks;
	bool held;
	bool full;       /* the disk was full once */
	bool rang;       /* the bell was heard while looking */
	u64 next_census, census_gap;
	timer_t idle_timer;
	bool idle_timer_made, idle_timer_armed;
	u64 idle_ns;     /* between its ticks */
	u64 stops_at_tick;
	u64 settled_key;  /* of the last settled point: who had run how often */
};

/* ---- run.c ---- */
struct look *run_look(struct run *, u32 task);
void run_fold(struct run *);
void idle_timer_set(struct run *, u64 ns); /* 0: no ticks; held, or ended */
void idle_timer_arm(struct run *);
bool run_take(struct run *, u32 task, struct err *);   /* tracer_take; looking starts anew */
bool run_resume(struct run *, u32 task, struct err *);
/* A full disk stops the recording, not the run: true when the run can go on. */
bool run_disk(struct run *, bool ok);

/* ---- settle.c ---- */
/* A task computes when it went on 200 ms ago and was on a processor for a tenth of that: on a busy machine
 * one that has not come to its turn is not taken for it. After 3 s it is shown RUNNING whatever it did. */
enum { COMPUTING_NS = 200 * 1000 * 1000, COMPUTED_NS = 20 * 1000 * 1000 };
bool look_computes(struct run *, u32 task);
/* Collects every stop that is there now, without acting on it. False: the log failed. */
bool collect(struct run *, bool *any, struct err *);
/* The task is asleep in a call, or will not move by itself: R gives false. */
bool look_asleep(struct run *, u32 task);
/* Two passes: every task poised, stopped, gone, or asleep in the same call with the same run count. */
bool all_asleep(struct run *);
/* Logs who blocks, asks the pipes, logs the settled point. *again: something moved meanwhile. */
bool settled_point(struct run *, bool *again, struct err *);
/* Waits a little: sched_yield, then 50 us doubling to 20 ms; *tries counts. */
void look_pause(unsigned *tries);

/* ---- step.c ---- */
bool settle(struct run *, struct err *);
bool turn(struct run *, u32 task, struct err *);
/* A task whose death is collected and not yet told; 0 none. */
u32 first_dead(struct run *);

/* ---- engine.c ---- */
enum engine_command { CMD_STEP = 1, CMD_PASS, CMD_SIGNAL, CMD_RELEASE, CMD_HOLD, CMD_TYPE, CMD_RESIZE, CMD_QUIT, CMD_LEAVE, CMD_FAULT };
struct engine_request {
	u32 seq, command, task;
	i32 arg;
	char bytes[512]; /* CMD_TYPE: arg of them */
};
struct engine_reply {
	u32 seq;       /* of the request; 0: news */
	i32 code;      /* 0 done, else enum exit_code */
	u32 ended, held;
	i32 status;    /* of the first program, when has_status */
	u32 has_status;
	u32 apart;     /* at the start: it has names (shared memory, queues) of its own */
	char text[768];
};
struct output { /* what the programs wrote to their terminal, shared with the reader */
	_Atomic bool awaited; /* the reader sleeps until something is recorded: it is sent one reply then, and this is cleared */
	_Atomic u32 length;
	char bytes[1 << 20];
};
/* In the forked child; never returns. `alive` (-1 none) is kept open until the end. */
_Noreturn void engine_main(int socket, int alive, const struct session_live *, struct output *);

/* ---- session.c: the reader's side ---- */
struct actor_seen {
	u32 task;
	u64 pos;    /* its place in the log */
	char *name; /* "": it runs no script */
};
struct session {
	pid_t engine;      /* 0: a recording */
	int socket;
	u32 seq;
	bool held, ended, lost;
	bool left;         /* session_leave */
	bool records;      /* into a file: closing it takes a while */
	bool has_status;
	int status;
	struct log_reader *reader;
	struct timeline *timeline;
	struct sources *sources;
	u64 sources_pos;
	struct output *output;
	struct sweeper *sweeper; /* of a lab; NULL none */
	bool apart;        /* its names are nobody else's: nothing has to be put aside or taken away */
	struct session_live live; /* a copy of its own; of a recording: what it says of itself */
	VEC(struct actor_seen) actors; /* what interpreters run (REC_ACTOR), in the log's order */
	struct str name;   /* scratch of session_actor */
	struct str notes;  /* session_notes */
};

/* ---- live.c: what a session was started with, copied ---- */
void session_live_copy(struct session_live *to, const struct session_live *from);
void session_live_finish(struct session_live *);
/* Of a recording, as far as it says (REC_META). */
void session_live_meta(struct session_live *, const struct rec *);

/* ---- schedule.c ---- */
/* As session_schedule; *past (may be NULL) gets a world of the caller's, as it was at that moment.
 * `places`: source lines are noted too, which takes time. */
bool schedule_gather(struct session *, u64 moment, bool places, struct schedule *, struct world **past, struct err *);
/* As session_follow; name NULL: choices are counted in what is said, not lines. */
bool schedule_follow(struct session *, const struct schedule *, const char *name, u32 *done, struct err *);

/* ---- aside.c ---- */
struct aside;
/* What a run, started in cwd (NULL: ours), made and named is out of the way until aside_end: POSIX shared memory,
 * FIFOs. apart: only its files, since its shared memory has names that nobody else sees. NULL: it could not be noted. */
struct aside *aside_put(const struct world *, const char *cwd, bool apart, struct err *);
/* back: that run goes on, and has its names again; else they are gone with it. */
void aside_end(struct aside *, bool back);
/* Puts back what somebody who was killed had put aside. */
void aside_sweep(void);

/* ---- sweep.c ---- */
#define SWEEPER_NAME "ipclab-sweep" /* of its process */
#define GUARD_NAME "ipclab-guard"   /* of the one that removes the folders of labs */
struct sweeper;
struct sweeper *sweeper_create(struct err *); /* EXIT_MACHINE: no descriptors are left */
int sweeper_alive(const struct sweeper *); /* the descriptor that the engine, and nobody else, keeps open until its end */
/* The engine is started. From now on a process waits for its end, to take away the names that the run, by its log,
 * made and left in the kernel. `log` is borrowed. */
bool sweeper_start(struct sweeper *, int log, struct err *);
/* Once the engine was told to end, or has ended: returns when all is taken away (after 2 s at most). NULL is fine. */
void sweeper_end(struct sweeper *);

/* ---- keeper.c ---- */
/* Our own folder, that nobody else can write to; false: there is none to be had. */
bool journal_folder(char *path, size_t n);

/* ---- kept.c ---- */
/* The session's log as a recording in the state folder; the oldest of those that were kept so are
 * removed. */
bool kept_write(struct session *, struct str *path, struct err *);

#endif
