/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tracer: the only user of ptrace(2). Turns wait statuses into events in the log; formats nothing
 * and decides nothing. Two calls make a run: *get the next stop* (tracer_next) and *act on it*
 * (tracer_take, then tracer_resume when the caller wants the task to go on).
 * All calls belong to one thread, the one that made the tracer (ptrace, EXITKILL and PDEATHSIG
 * belong to a thread), but for tracer_ring.
 *
 * file         | what it holds
 * tracer.c     | the tracer and its table of tasks
 * limit.c      | the time-outs of sockets as choices
 * launch.c     | start a program under PTRACE_SEIZE behind the filter
 * cannot.c     | why a program could not be started
 * lean.c       | processes traced with as little as can be, for explore: lean.h
 * actor.c      | what an interpreter runs
 * attach.c     | attach to running processes, let go of them
 * meet.c       | the moment of the first stop of those attached to
 * filter.c     | the seccomp filter: which calls stop
 * wait.c       | tracer_next: wait status -> kind of stop
 * take.c       | tracer_take: stop -> events
 * resume.c     | tracer_resume; time-outs made endless, time let pass
 * relock.c     | who was signalled takes its mutex when that is chosen
 * alarm.c      | alarms that ring when that is chosen
 * signal.c     | signals: delivery, interrupted and restarted calls
 * decode.c     | call number -> decoder; decode/ one file per family
 * fdmap.c      | which descriptors are pipes, terminals, something else (a cache, never the truth of the world)
 * memory.c     | bounded reads of a task's memory
 * site.c       | registers and stack copied once per site
 * bell.c       | the traced idle child whose signal ends a blocking waitpid
 * look/        | running processes asked without stopping them: its own lib.h
 * observe/     | asking the kernel: state of a task, bytes and slots of a pipe, shared memory
 * hooked.c     | what our runtime tells (hook/protocol.h): its stops, accesses
 * told.c       | calls of the C library that our runtime tells of
 * maps.c       | shared mappings and segments (a cache, never the truth of the world)
 * inject/      | faults: what the kernel could have given, given on purpose
 * arch/        | registers and call numbers, one header per CPU
 */
#ifndef TRACER_LIB_H
#define TRACER_LIB_H

#include <sys/types.h>

#include "event/lib.h"

struct tracer;

struct tracer_options {
	bool held;      /* begin held: POISED at every operation, a site at every stop */
	bool contents;  /* keep up to LOG_CONTENT_MAX bytes of each write; else hash and length only */
	bool terminals; /* reads and writes of terminals are operations too */
	bool sites;     /* copy sites where ends are made, passed or closed (always on when held) */
	bool files;     /* files that programs open, but for the system's own, are operations too: open, read, write, close */
	bool signals;   /* held: what a signal does is set by an operation (sigaction), and a signal that comes before a call
	                   which may sleep is delivered before it; alarms ring when that is chosen */
	bool relocks;   /* held: who was signalled in pthread_cond_wait takes its mutex when that is chosen */
	bool times;     /* held: the time-outs of futexes that are private to a process are choices, too: those calls stop */
	bool sleepers;  /* who is found asleep is asked where, and in which call, when no stop has told it (why) */
	bool looking;   /* nobody is traced at all: tracer/look/lib.h */
	bool threads;   /* told to our runtime: once a second thread exists, .data, .bss and heap stop too */
	bool std_names; /* pipes that a program is started with as descriptors 0 to 2 are named so, and not counted as its own */
	bool one_user;  /* setgroups, setgid and setuid are answered with 0 and not made (inject/user.c) */
	bool keeps_interrupts; /* ^C and ^\\ typed at our terminal are kept from the programs until tracer_let_interrupts */
	bool every_site;/* copy a site at every operation, and where a deadly signal strikes, though nobody is held */
	const struct fault *faults; /* borrowed for the tracer's life */
	u32 faults_n;   /* at most FAULTS_MAX */
};

/* What the kernel could have done, done on purpose (inject/; ENGINE.md "Faults"). Each goes into the log as REC_INJECT. */
enum fault_kind {
	FAULT_SHORT = 1,  /* a read moves at most `size` bytes: pipes, FIFOs, terminals, stream sockets; a write only where
	                     the descriptor is O_NONBLOCK */
	FAULT_AGAIN,      /* EAGAIN, only where the descriptor is O_NONBLOCK */
	FAULT_INTERRUPT,  /* a real signal arrives as the call begins: only one that the process catches without SA_RESTART */
	FAULT_LOSE,       /* a UDP datagram is lost on its way (tracer_fault only) */
	FAULT_SMALL_PIPE, /* a new pipe holds `size` bytes: as when the user has many of them, pipe(7) */
};
enum { FAULTS_MAX = 8 };
enum fault_on { FAULT_ON_ANY = 0, FAULT_ON_PIPE = 1, FAULT_ON_FIFO = 2, FAULT_ON_SOCKET = 4, FAULT_ON_TERMINAL = 8, FAULT_ON_QUEUE = 16, FAULT_ON_CHILD = 32 };
struct fault {
	enum fault_kind kind;
	bool reads, writes, waits; /* which calls: read, recv, ...; write, send, ...; wait, accept, open, mq_receive, semop, ... */
	u32 on;        /* enum fault_on, ORed */
	u64 size;
	int sig;       /* FAULT_INTERRUPT: 0 any */
	u32 from;      /* a task's first such call that is hit, from 1 */
	u32 every;     /* then each that many; 0: that one alone */
	u32 times;     /* at most, for each task; 0: no limit */
};

/* What to start. All pointers are borrowed for the call. */
struct launch {
	char *const *argv;
	const char *path;    /* the file; NULL: argv[0], looked for in PATH */
	char *const *envp;   /* NULL: ours */
	const char *cwd;     /* NULL: ours */
	int fds[3];          /* -1: inherit ours */
	bool own_session;    /* setsid and make fds[0] the controlling terminal */
	bool spared;         /* no fault is injected into it and its descendants */
	bool siteless;       /* no site of it and its descendants is told: where it calls from says nothing to anybody */
	bool (*prepare)(void *arg); /* in the child, just before exec; NULL none. False with errno: it is not started */
	void *prepare_arg;
};

enum stop_kind {
	STOP_NONE,    /* nothing there (not blocking), or a signal ended the wait */
	STOP_BELL,    /* tracer_ring was called */
	STOP_ALL_GONE,/* no traced task is left */
	STOP_ENTRY,   /* at the entry of an operation */
	STOP_EXIT,    /* at its exit */
	STOP_BORN,    /* a new task, before its first instruction */
	STOP_SIGNAL,  /* a signal is about to be delivered */
	STOP_EVENT,   /* in between (fork's, exec's event, a single step, an odd trap): take and resume at once */
	STOP_ENDING,  /* about to end */
	STOP_GROUP,   /* group-stop (SIGSTOP and its like) */
	STOP_GONE,    /* ended; nothing to resume */
};
struct stop {
	enum stop_kind kind;
	u32 task;
};

enum holding { /* what the tracer knows of a task, from stops alone */
	IS_RUNNING,  /* resumed, outside an operation */
	IS_INSIDE,   /* resumed inside an operation */
	IS_STOPPED,  /* in a ptrace-stop that nobody has taken yet */
	IS_TAKEN,    /* in a ptrace-stop, taken, may be resumed */
	IS_LISTENING,/* in group-stop */
	IS_GONE,
};

/* The log is borrowed and must outlive the tracer. EXIT_MACHINE when ptrace or seccomp cannot be
 * used here: the sentence names the reason and the remedy. */
struct tracer *tracer_create(struct log *, const struct tracer_options *, struct err *);
/* Ends every task it started (SIGKILL, by id), collects them, frees. NULL is fine. */
void tracer_destroy(struct tracer *);
/* Starts a program; on return it is stopped (IS_TAKEN) just after its execve. EXIT_NOT_FOUND,
 * EXIT_CANNOT_RUN when the command cannot run, EXIT_MACHINE when tracing it is refused. */
bool tracer_launch(struct tracer *, const struct launch *, u32 *task, struct err *);

/* Attaches to running processes, their threads and their descendants; on return those that could be interrupted
 * are stopped and what they hold is in the log. They go on unharmed however we end: tracer_destroy lets those
 * go that are stopped, the kernel the others, when we end. *task: the first one's. EXIT_USAGE: no such
 * process, or none that can be watched; EXIT_MACHINE: forbidden, traced already; the sentence has the remedy. */
bool tracer_attach(struct tracer *, const pid_t *pids, u32 n, u32 *task, struct err *err);
/* Somebody attached to was left asleep and is to be looked at again: tracer_next does, when it is called. */
bool tracer_is_meeting(const struct tracer *);

/* The next stop. Blocks in waitpid(-1, __WALL) when `block`. Stops of no interest are resumed here
 * and never reported. False: the log could not be written (disk full); the caller may
 * tracer_stop_recording and go on. */
bool tracer_next(struct tracer *, bool block, struct stop *, struct err *);
/* Turns a task's stop into events. In held mode an entry becomes POISED, and its ENTER is logged
 * when it is resumed; in free mode ENTER is logged now. */
bool tracer_take(struct tracer *, u32 task, struct err *);
/* Lets a taken task go on. */
bool tracer_resume(struct tracer *, u32 task, struct err *);
/* From now on held or free; logs OBS_MODE. */
bool tracer_set_held(struct tracer *, bool held, struct err *);
/* No more log (the disk is full): stops are handled, nothing is written. */
void tracer_stop_recording(struct tracer *);

/* Makes a blocking tracer_next return STOP_BELL. From any thread; async-signal-safe. */
void tracer_ring(struct tracer *);
/* Those that were located go on. They get what was kept from them, and what is typed from now on at once. */
void tracer_let_interrupts(struct tracer *);

bool path_is_own(const char *path); /* not below the system's folders: with options.files it is followed */

/* ---- what is known of tasks ---- */
u32 tracer_tasks(const struct tracer *);            /* highest task number */
u32 tracer_alive(const struct tracer *);            /* tasks that are not gone */
enum holding tracer_holding(const struct tracer *, u32 task);
bool tracer_is_dead(const struct tracer *, u32 task); /* collected, its END not yet taken */
enum stop_kind tracer_stop_kind(const struct tracer *, u32 task); /* of a stopped or taken task */
/* The held entry is one the learner steps (an operation), not one to pass through silently. */
bool tracer_is_hold_point(const struct tracer *, u32 task);
u64 tracer_timeout(const struct tracer *, u32 task); /* ns its open call was to wait, made endless by us; TIME_NONE */
u64 tracer_alarm(const struct tracer *, u32 task);   /* ns that the alarm of the process it leads was set to; TIME_NONE */
pid_t tracer_pid(const struct tracer *, u32 task);   /* thread group */
bool tracer_root_status(const struct tracer *, int *status); /* wait status of the first program, once gone */
u64 tracer_stops(const struct tracer *);             /* stops seen so far */

/* ---- doing something to a task (logged as inject) ---- */
/* Lets the time-out of a held, endless call pass: its exit stop follows. False if it has none. */
bool tracer_pass_time(struct tracer *, u32 task, struct err *);
/* The alarm of the process that the task leads rings (options.signals). False if none is set. */
bool tracer_ring_alarm(struct tracer *, u32 task, struct err *);
bool tracer_signal(struct tracer *, u32 task, int sig, struct err *); /* to its process; 0 < sig < 65 */

/* The call that the task is held before comes to this: FAULT_SHORT (`size` bytes), FAULT_INTERRUPT, FAULT_LOSE. EXIT_USAGE
 * where the kernel could not have given it; the sentence says why. */
bool tracer_fault(struct tracer *, u32 task, enum fault_kind, u64 size, struct err *);

/* ---- asking the kernel (observe/) ---- */
struct probe {
	char state;    /* R S D T t Z X of /proc/TID/stat, 0: gone */
	int call;      /* kernel's number of the call it sleeps in, -1: none or running */
	u64 runs;      /* schedstat's third figure: times it was run */
	u64 ran_ns;    /* and its first: time on a processor; 0 where the kernel keeps none */
	bool in_vfork; /* D is sleeping for it */
};
void tracer_probe(struct tracer *, u32 task, struct probe *);
/* The last thing a run is asked: where a task is that runs and makes no call. It is stopped, its site goes into the log with an
 * OBS_STATE, and it is not let go on. */
bool tracer_locate(struct tracer *, u32 task, struct err *);
/* Logs that a running task was found asleep in its call, or running, or stopped (OBS_STATE). */
bool tracer_note_state(struct tracer *, u32 task, enum obs_state, struct err *);
bool tracer_note_hold(struct tracer *, u32 task, struct err *); /* OBS_HOLD */
/* Asks the kernel for every pipe touched since the last time (all: every pipe) and logs OBS_PIPE
 * for each; no descriptor is kept. Only at settled points. */
bool tracer_observe_pipes(struct tracer *, bool all, bool slots, struct err *);
/* Likewise every socket touched: OBS_SOCKET. */
/* Message queues and System V semaphores, likewise: OBS_QUEUE, OBS_SEMS. Those of another ipc namespace are not asked. */
bool tracer_observe_queues(struct tracer *, bool all, struct err *);
bool tracer_observe_sockets(struct tracer *, bool all, struct err *);
bool tracer_observe_locks(struct tracer *, bool all, struct err *);    /* /proc/locks: OBS_LOCK */
bool tracer_observe_counters(struct tracer *, bool all, struct err *); /* eventfds: OBS_COUNTER */
/* Compares the shared mappings with what the log tells of them and logs what differs (REC_MEMORY): whole segments
 * up to MEMORY_MIRROR bytes, of larger ones the pages that an access touched. Also: mappings that are gone (OBS_UNMAP),
 * resized segments (OBS_SEGMENT), words that point at a mapping (REC_POINTER). `all`: also what nothing has
 * touched since the last time. Only at settled points. */
#define MEMORY_MIRROR (64u << 10)
bool tracer_observe_memory(struct tracer *, bool all, struct err *);
/* Up to n bytes of a task's memory (process_vm_readv); returns how many. For tests and the oracle. */
ssize_t tracer_peek(struct tracer *, u32 task, u64 addr, void *bytes, size_t n);
bool tracer_note_choice(struct tracer *, u32 task, enum choice_made, int sig, struct err *); /* OBS_CHOICE */
/* At settled points: the words of locks that sleepers were found to wait for (options.sleepers), where they changed. */
bool tracer_observe_found(struct tracer *, struct err *);
bool tracer_note_settled(struct tracer *, struct err *);
/* Up to n bytes now in pipe of that inode, by tee(2); returns how many, -1 when it cannot be asked. */
ssize_t tracer_pipe_contents(struct tracer *, u64 ino, void *bytes, size_t n);

#endif
