/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of explore/ share. */
#ifndef EXPLORE_PRIVATE_H
#define EXPLORE_PRIVATE_H

#include <signal.h>
#include <string.h>

#include "explore/claim.h"
#include "explore/lib.h"
#include "hook/protocol.h"
#include "tracer/lean.h"

enum { TASKS_MAX = 63, LOADS_KEPT = HOOK_PERIOD };
/* What every call about signals touches; every call that makes, finds or removes a name. */
enum { SIGNALS_KEY = 0x5169, NAMES_KEY = 0x4a3f };
#define BIT(n) (UINT64_C(1) << (n))

enum point { POINT_NONE, POINT_ACCESS, POINT_SYNC, POINT_CALL };
enum standing {
	X_GONE,
	X_AT,     /* stopped before its point */
	X_PARKED, /* in a wait that we keep: a condition, a barrier */
	X_INSIDE, /* asleep in the kernel */
	X_VFORK,  /* waits for its vfork child */
};

/* How a call is kept from blocking out of our sight. */
enum manner {
	CALL_GOES,    /* never blocks */
	CALL_READS,   /* until its descriptor is readable */
	CALL_WRITES,  /* writable */
	CALL_WAITS,   /* for a child */
	CALL_SLEEPS,  /* until its time is over */
	CALL_TRIED,   /* made so that it does not wait; made again when it would have */
	CALL_ENTERED, /* must be inside to count */
	CALL_EXITS,
};

struct loaded { /* a load as it was */
	u64 addr, value;
	u32 size;
};

struct xtask {
	bool came;       /* its stop was taken while another task was followed */
	pid_t tid, tgid;
	u8 standing, point;
	u8 manner; /* POINT_CALL */
	u8 leads;  /* it is its process's first */
	u16 op;    /* enum hook_op; POINT_ACCESS: how */
	u16 op_size;
	u32 creator, nth, made_procs, made_threads, made_maps, made_files; /* creator: 1 + task */
	u32 parent;   /* 1 + first task of its parent process */
	u64 identity; /* the same in every execution */
	u64 space;    /* number of its address space */
	bool born, begun, collected, execed;
	bool fed; /* a barrier let it go, or it comes out of a call: goes on without an operation */
	bool interrupted;                      /* it would wait, but a signal is due */
	bool alarm, alarm_repeats, breaks_off; /* of its process, when it leads it */
	bool made_again;                       /* the call that comes was tried just now */
	bool tried;     /* its call would have blocked; until something happens */
	bool of_file;   /* its call is on a regular file, or makes one */
	bool signalled; /* its condition was signalled */
	bool struck;    /* the newest signal that came to it was one of a crash */
	bool awaiting;  /* goes to the exit stop of its call */
	bool by_time;   /* its time was let pass */
	long answer;    /* when fed: what it is told; 0 nothing */
	bool has_answer;
	int status;
	long nr;
	u64 args[6];
	u64 object; /* key of the point, 0 none */
	u64 addr, second, ns, pc;
	u64 tls;    /* thread: its pthread_t */
	u32 period; /* it spins: the newest so many loads come again and again */
	u32 forced; /* so often it was run on all the same */
	u32 loads;
	struct loaded load[LOADS_KEPT]; /* newest first */
	u64 park_order;
	u64 sem_name;     /* key of the name it is opening */
	bool unlinks_sem; /* the unlink(2) that comes is sem_unlink's */
	u32 shm_id;
	u8 sets[3][128]; /* of a select that is tried */
	char made[600];  /* path it is about to make; "" none */
	char fifo[600];  /* FIFO it opens that it did not make; "" none */
};

struct xstep {
	u8 task, point, by_time, how; /* how: enum hook_access */
	bool inside;                  /* it comes out of a wait: no operation of its own */
	bool of_file;
	bool rings; /* an alarm */
	u16 op;
	u16 size;
	i32 nr;
	u64 object, pc, value, addr;
	u64 enabled, timed; /* who could have gone instead; by time */
};

struct choice_made_at {
	u32 at; /* before this step */
	u8 task, by_time;
};
struct choices {
	u32 n, cap;
	u32 preemptions;
	struct choice_made_at *at;
};

struct mapped_at { /* a shared mapping */
	u64 space, addr, len, key;
	bool hidden; /* the C library's own (sem_open): the stage gives it no name */
};
struct space {
	u64 parent; /* 1 + number of the one it was copied from; 0 none */
	u32 places; /* how many of the places there were then */
};
struct rwlock {
	u64 key;
	u32 writer; /* 1 + task */
	u32 readers;
};
struct barrier {
	u64 key;
	u32 count, here;
};
struct name_made { /* a name to be removed */
	u8 kind;   /* enum name_kind */
	char *path;
	i32 id;
};
struct peer { /* an address that was bound, or connected to */
	u64 key;
	bool connects;
	char name[112];
};
enum name_kind { NAME_PATH, NAME_MQ, NAME_SHM_ID, NAME_SEM_ID, NAME_MSG_ID };

struct exec {
	const struct explore_options *opt;
	struct lean *lean;
	struct hook_page *page;
	int page_fd, stdin_copy, stdout_fd, stderr_copy;
	pid_t server; /* stopped at HOOK_READY; 0: by exec */
	bool hooked;
	bool serving;       /* the program is being started as a server */
	bool private_names; /* mount and ipc namespaces of our own */
	/* of one execution */
	struct xtask task[TASKS_MAX];
	u32 tasks, alive;
	VEC(struct xstep) steps;
	VEC(struct mapped_at) places;
	VEC(struct space) spaces;
	VEC(struct rwlock) rwlocks;
	VEC(struct barrier) barriers;
	VEC(struct name_made) names;
	VEC(struct peer) peers;
	bool any_port;      /* somebody listens at a port that the kernel chose */
	VEC(u64) seen_outside; /* addresses bound and called, FIFOs opened, in all executions */
	bool own_talk;         /* in some execution one of its processes called another */
	VEC(pid_t) early;   /* born before we were told by whom */
	u64 parked;         /* counter */
	u64 enabled, timed; /* at the last decision */
	u64 now_enabled;    /* as a run's notes change it */
	bool first_by_time; /* the next note is one by time */
	int root_status;
	bool root_ended;
	enum explore_verdict verdict;
	u32 culprit; /* task that crashed */
	u64 stops, executions;
	bool sysv_used, shm_used;
	bool signalled;         /* somebody has sent a signal */
	size_t before_patience; /* steps when those who spin were let go on though nothing had changed */
	bool clocks_run; /* a timer that we let run: nobody is stuck before it had time to ring */
	bool kills_seen; /* in some execution; then a task's beginning is a step */
	bool begins;     /* so it is in this execution */
	bool anew;       /* the search must begin anew */
	struct err *err; /* ends explore when its code is set */
	const struct claim *claim; /* NULL: nothing is claimed */
	struct told *told;
	u64 final;     /* hash of how it ended */
	bool given_up; /* nobody was chosen: it did not come to its end */
};

struct decision {
	u32 task; /* TASKS_MAX: nobody */
	bool by_time;
};
/* What chooses. `forced` first; then pick() whenever somebody must be chosen, until() how many steps may pass before it
 * is asked again. */
struct plan {
	const struct choices *forced;
	struct decision (*pick)(struct exec *, void *, u64 enabled, u64 timed, u32 current);
	u32 (*until)(struct exec *, void *, u32 current);
	void (*ran)(struct exec *, void *); /* steps were added */
	void *arg;
};

/* ---- server.c ---- */
enum { EXPLORE_TICK_MS = 20 }; /* so often a wait for a stop is broken off, to look */
/* A fresh process of the program, before its first instruction. */
bool exec_begin(struct exec *, struct err *);

/* ---- exec.c ---- */
struct told;
bool exec_open(struct exec *, const struct explore_options *, struct told *, struct err *);
void exec_close(struct exec *);
/* One execution. False: explore is to end (err). */
bool exec_run(struct exec *, const struct plan *, struct err *);
/* Order of birth after `current`, round and round; who can go by itself before who needs its time to pass. */
struct decision exec_next(u64 enabled, u64 timed, u32 current);
void exec_kill(struct exec *);
/* Of the first process, while it is there: what stands in its shared memory. */
void exec_look_at_end(struct exec *);
extern volatile sig_atomic_t explore_told_to_stop; /* by a signal */
/* Waits until the task is at a point, parked, asleep or gone. */
void exec_resume_until_point(struct exec *, u32 task, bool looking);

/* ---- stops.c ---- */
u32 task_by_tid(const struct exec *, pid_t tid); /* TASKS_MAX: none */
u32 task_add(struct exec *, pid_t tid, u32 creator, bool thread);
/* True: the task has come to rest. */
bool stop_take(struct exec *, const struct lean_stop *, u32 *task);
void notes_take(struct exec *, u32 task);
struct xstep *step_add(struct exec *, u32 task);
void exec_fail(struct exec *, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* ---- calls.c ---- */
/* At the entry of a call: true: it is a point. False: it went on. */
bool call_take(struct exec *, u32 task);
/* At its exit. True: it has come to rest (it would have blocked). */
bool call_result(struct exec *, u32 task, i64 result);
enum can { CAN_NOT, CAN_GO, CAN_BY_TIME };
enum can call_can(struct exec *, u32 task);
/* Lets it go; false: it is to be looked whether it sleeps. */
void call_go(struct exec *, u32 task, bool by_time, bool *looking);

/* ---- signals.c ---- */
void signal_call(struct exec *, u32 task); /* at the entry of a call: alarms, handlers */
void signal_inherit(struct exec *, u32 child);
bool signal_breaks_off(struct exec *, u32 task); /* a handler of its process has no SA_RESTART */
bool alarm_is_set(struct exec *, u32 task);
void alarm_ring(struct exec *, u32 task);

/* ---- sync.c ---- */
bool sync_take(struct exec *, u32 task,
	const u64 *args); /* HOOK_BEGIN, HOOK_PARK, HOOK_END: true: at rest */
enum can sync_can(struct exec *, u32 task);
/* Lets it go; false: it stays (it is parked now). */
bool sync_go(struct exec *, u32 task, bool by_time);
/* Whom may this note of another task let go? */
u64 sync_wakes(const struct exec *, u32 by, const struct xstep *);
bool spin_over(struct exec *, u32 task);

/* ---- place.c ---- */
void place_add(struct exec *, u32 task, u64 addr, u64 len, u64 key);
u64 place_key(struct exec *, u32 task, u64 addr);
u64 space_new(struct exec *, u64 parent_plus_1);
u64 mix(u64 a, u64 b);

/* ---- reached.c ---- */
bool explore_is_crash(int status);

/* ---- apart.c ---- */
bool apart_go(void); /* from now on; false: this machine does not allow it */
/* In a process of its own that has gone apart; false: it did not come to its end. */
bool apart_do(void (*what)(void *), void *arg);
/* FIFOs that a run in the stage's engine made. */
void apart_remove(const struct world *, const char *cwd);

/* ---- alike.c ---- */
bool alike_open(struct exec *, struct err *);
void alike_close(struct exec *);
bool alike_before(struct exec *, struct err *);
void alike_after(struct exec *);
/* A call that makes a name or opens one; ends explore when it must. */
void alike_call(struct exec *, u32 task);
void alike_sem_open(struct exec *, const char *name, bool makes);
void alike_result(struct exec *, u32 task, i64 result);
/* The name at addr as the process would find it. */
bool alike_path(const struct xtask *, i32 dir, u64 addr, char *path, size_t n);
bool alike_made(const struct exec *, const char *path); /* by this execution */

/* ---- outside.c ---- */
void outside_call(struct exec *, u32 task);
void outside_look(struct exec *); /* at the end of an execution; ends explore when it must */
/* Nobody can go on: true: it is for somebody outside that it waits, and explore has been ended. */
bool outside_waits(struct exec *);

/* ---- search.c ---- */
struct seen_key {
	u64 key, who; /* who touched it first; key 0: free */
	bool shared;  /* somebody else did, too */
	bool passed;  /* a preemption before an operation on it was left out */
};
struct seen { /* objects and who touched them, over all executions */
	struct seen_key *at;
	u32 n, cap;
};
/* True: something is shared now that was passed over before. */
bool seen_note(struct seen *, struct exec *);
/* May a preemption before this step change anything? False is noted. */
bool seen_matters(struct seen *, struct exec *, const struct xstep *);
void seen_finish(struct seen *);

struct search {
	struct exec *exec;
	const struct explore_options *opt;
	struct explore_result *result;
	struct seen seen;
	u64 started_ns, told_ns;
	u64 waiting, last_passed;
	double rate_from;
	bool stopped; /* somebody said so, or a limit was reached */
	bool (*tell)(void *, const struct explore_progress *);
	void *tell_arg;
	struct choices failing;
	u64 *finals; /* set of hashes, open addressing */
	u32 finals_n, finals_cap;
};
bool search_all(struct search *, struct err *);
bool search_over(struct search *); /* a limit was reached */
/* An execution with these choices, and its verdict. */
bool search_execute(struct search *, const struct plan *, struct err *);
bool search_tell(struct search *, u32 bound); /* false: stop */
struct decision pick_next(struct exec *, void *, u64 enabled, u64 timed, u32 current);
u32 preemptions_of(const struct exec *);
/* All switches of the execution that just was, as choices. */
void choices_of(const struct exec *, struct choices *);
void choices_add(struct choices *, u32 at, u32 task, bool by_time);
void choices_copy(struct choices *, const struct choices *);
void choices_print(const struct exec *, const struct choices *, char *to, size_t n);
/* "k " before them: a task's beginning is a step. */
bool choices_parse(const char *, struct exec *, struct choices *);
bool exhaustive_all(struct search *, struct err *);
bool pct_one(struct search *, u64 nth, struct err *);
bool shorten(struct search *, struct err *);

/* ---- told: a failing execution as the worker tells it, in memory that both share ---- */
enum { TOLD_STEPS = 4096, TOLD_NAMES = 256 };
struct told_step {
	char identity[24];
	u8 point, how, by_time;
	bool preempts; /* the one before could have gone on */
	bool inside;   /* goes on by itself: it comes out of a wait */
	u8 exits;
	bool rings;   /* its process's alarm */
	bool of_file; /* a call on a regular file, or that makes one */
	u16 op;
	i32 nr;
};
struct told {
	u32 n;
	i32 status;       /* of the first process */
	bool signals;     /* one was sent */
	bool files;       /* calls on regular files are among the steps */
	char culprit[24]; /* who crashed */
	i32 culprit_status;
	_Atomic u32 names; /* made by some execution; in the end there must be none */
	char name[TOLD_NAMES][256];
	struct told_step step[TOLD_STEPS];
	struct explore_result result; /* write.c's share of it */
};
void told_take(struct told *, const struct exec *);

/* ---- stage.c ---- */
struct session;
struct writing {
	const struct explore_options *opt;
	const struct told *told;
	struct session *session;
	bool relocks;
	u32 done;               /* choices made */
	u32 choice[TOLD_STEPS]; /* step -> choice */
	u32 followed;           /* steps */
};
/* Runs the told execution there; result->stage: it came out alike. The session is the caller's. */
void stage_run(struct writing *, struct explore_result *);
/* What the stage calls such a step; NULL: nothing. */
const char *stage_call(const struct told_step *);

/* ---- write.c ---- */
/* The failing schedule, in words and (opt->schedule) as a file: the program is run once more, in the stage's engine,
 * by the same choices. */
void write_schedule(const struct explore_options *, struct told *, struct explore_result *);

#endif
