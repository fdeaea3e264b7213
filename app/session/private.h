/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of session/ share. */
#ifndef SESSION_PRIVATE_H
#define SESSION_PRIVATE_H

#include <time.h>

#include "session/lib.h"

/* What looking has found of a task so far; by task number. */
struct look {
	u8 noted;        /* enum obs_state last logged, 0 none since its last stop */
	bool asleep;     /* found asleep in its call since its last resume */
	u64 resumed_ns;  /* when it last went on */
	struct probe seen;
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
	u64 stops_at_tick;
};

/* ---- run.c ---- */
struct look *run_look(struct run *, u32 task);
void run_fold(struct run *);
bool run_take(struct run *, u32 task, struct err *);   /* tracer_take; looking starts anew */
bool run_resume(struct run *, u32 task, struct err *);
/* A full disk stops the recording, not the run: true when the run can go on. */
bool run_disk(struct run *, bool ok);

/* ---- settle.c ---- */
enum { COMPUTING_NS = 200 * 1000 * 1000 };
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

/* ---- engine.c ---- */
enum engine_command { CMD_STEP = 1, CMD_PASS, CMD_SIGNAL, CMD_RELEASE, CMD_HOLD, CMD_TYPE, CMD_QUIT };
struct engine_request {
	u32 seq, command, task;
	i32 arg;
	char bytes[512]; /* CMD_TYPE: arg of them */
};
struct engine_reply {
	u32 seq;       /* of the request; 0: news */
	i32 code;      /* 0 done, else enum exit_code */
	u32 ended, held;
	char text[768];
};
struct output { /* what the programs wrote to their terminal, shared with the reader */
	_Atomic u32 length;
	char bytes[1 << 20];
};
/* In the forked child; never returns. */
_Noreturn void engine_main(int socket, const struct session_live *, struct output *);

#endif
