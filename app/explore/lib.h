/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explore: the schedule that breaks a program. Runs it again and again, each time the tasks in another order,
 * until one order makes it fail, or all orders within a bound have been tried. What is found is made as short
 * as can be and written as a schedule that `ipclab replay` follows. All of it happens in a process of its own:
 * the caller's affinity, signals, namespaces and children are left alone; when the caller dies, that process
 * and everything it started ends, too.
 *
 * file       | what it holds
 * worker.c   | the process of its own: what it is told, what it answers
 * search.c   | bounds 0, 1, 2 ... of preemptions, depth first
 * pct.c      | random priorities with few changes (Burckhardt et al., ASPLOS 2010)
 * sleepset.c | every order, each once up to exchange of independent operations
 * shorten.c  | fewest switches, then fewest steps
 * server.c   | the program started, forked before main or by exec
 * exec.c     | one execution: who is chosen runs to its next point
 * stops.c    | what each stop of a task means
 * calls.c    | system calls: which are points, would they block
 * signals.c  | signals and alarms
 * sync.c     | semaphores, mutexes, conditions, barriers, rwlocks
 * place.c    | names of memory cells and objects that are the same in every execution
 * alike.c    | every execution starts alike: standard input, names that were made
 * outside.c  | who is none of its processes, and would have to answer
 * apart.c    | namespaces of our own
 * told.c     | a failing execution as the worker tells it
 * claim.c    | --invariant: an expression over shared fields
 * stage.c    | a failing execution gone again in the engine of the stage
 * write.c    | the schedule file and its sentence
 * reached.c  | has a run in the stage come to the same?
 */
#ifndef EXPLORE_LIB_H
#define EXPLORE_LIB_H

#include "base/lib.h"

enum explore_verdict {
	EXPLORE_FINE,      /* no execution failed */
	EXPLORE_WRONG,     /* it ended with a status other than 0 */
	EXPLORE_CRASH,     /* a signal ended one of its processes; assert(3) too */
	EXPLORE_HANG,      /* nobody can move any more, and somebody has not ended */
	EXPLORE_INVARIANT, /* what was claimed does not hold */
	EXPLORE_ENDLESS,   /* an execution made more steps than is allowed: it may never end */
};
const char *explore_verdict_name(enum explore_verdict); /* "WRONG"; "" of FINE */

struct explore_progress {
	u64 schedules;   /* executions so far */
	u32 preemptions; /* the bound being searched */
	u64 waiting;     /* branches of that bound still to be gone */
	double seconds;
	double left; /* seconds until this bound is done or the limit is reached, by the rate so far; < 0 unknown */
};

enum { EXPLORE_ANY = 0xffffffff };
struct explore_options {
	char *const *argv;
	char *const *envp; /* NULL: ours */
	const char *cwd;   /* NULL: ours */
	int stdin_fd;      /* each execution gets a copy of what can be read there; -1: nothing */
	u32 preemptions;   /* the highest bound; EXPLORE_ANY: rising without end */
	u64 schedules;     /* at most so many executions; 0: 20,000 */
	u32 seconds;       /* at most so long; 0: no limit */
	u64 seed;          /* of PCT */
	bool threads;    /* accesses to .data, .bss and heap count once there is a second thread */
	bool exhaustive; /* every order, with sleep sets; no bound */
	bool plain_search; /* no reduction at all: to compare with */
	bool no_pct;
	bool finals;      /* count the different ends */
	bool no_server;   /* exec each time */
	bool show_output; /* what the program writes goes to our stderr; else it is thrown away */
	u32 steps_max;    /* of one execution; 0: 20,000 */
	const char *invariant; /* NULL none */
	const char *reset;     /* a command of sh(1) before each execution; NULL none */
	const char *schedule;  /* file to write a failing schedule to; NULL: none is written */
	const char *named;     /* what that file calls the program; NULL: argv[0] */
	bool overwrite;
	/* Now and then; false: stop there. NULL: not asked. */
	bool (*progress)(void *, const struct explore_progress *);
	void *arg;
};

struct explore_result {
	enum explore_verdict verdict;
	u64 schedules;   /* executions until it was found, or in all */
	u64 shortening;  /* executions more that made it shorter */
	bool exhausted;  /* all orders within `preemptions` were covered */
	u32 preemptions; /* the bound that was covered, or in which it was found */
	u32 switches;    /* preemptions of the failing schedule */
	u32 steps;       /* its length */
	bool fewest;     /* no schedule with fewer preemptions fails: the bound below was covered */
	bool by_pct;
	bool served;      /* by our runtime's fork server; else by exec each time */
	bool hooked;      /* its accesses to shared memory were seen */
	bool written;     /* `schedule` is there */
	bool stage;       /* ... and the stage can follow it */
	u64 final_states; /* options.finals: how many different ends (exit status and shared memory) */
	u64 final_hash; /* and all of them in one number, whatever their order */
	u64 stops;         /* of its processes, in all executions */
	double seconds;
	char choices[2048]; /* what explore_again takes */
	char sentence[1024];
	char output[1024]; /* the end of what it wrote to stderr in the failing execution */
};

/* False: the program could not be run, needs somebody outside, or the options are wrong. */
bool explore_run(const struct explore_options *, struct explore_result *, struct err *);
/* One execution with these choices (explore_result.choices), `times` times over: how often it came out as `expected`. */
bool explore_again(const struct explore_options *, const char *choices, u32 times,
	enum explore_verdict expected, u32 *same, struct explore_result *, struct err *);
/* Has a run in the engine of the stage, which has made all choices of a schedule, come to this verdict (WRONG: with this
 * exit status of the first process; -1: any)? Else what came instead, a clause ("P1 has not ended"); `instead` may be NULL.
 * INVARIANT: explore_claim_holds is to be asked. */
struct world;
bool explore_reached(const struct world *, enum explore_verdict, int status, struct str *instead);
/* Does a claim (--invariant) hold in the session as it stands? True, too, where what it names is not there. */
struct session;
bool explore_claim_holds(struct session *, const char *claim);

#endif
