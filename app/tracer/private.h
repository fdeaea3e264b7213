/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of tracer/ share. Grouped by the file that owns it. */
#ifndef TRACER_PRIVATE_H
#define TRACER_PRIVATE_H

#include <linux/filter.h>
#include <poll.h>
#include <signal.h>
#include <sys/uio.h>

#include "tracer/arch/x86_64.h"
#include "tracer/lib.h"

/* ---- decode.c: a call, read at its entry ---- */

enum { POLL_MAX = 64, PATH_KEPT = 256 };

/* How a timed call is made endless, and what it returns when its time-out passes (ENGINE "Time"). */
enum timed_kind { TIMED_NOT, TIMED_SLEEP, TIMED_POLL_MS, TIMED_POINTER };
struct timed {
	enum timed_kind kind;
	u8 arg;      /* which argument holds the time-out */
	u8 in_out;   /* the kernel writes the rest back through that pointer (select) */
	signed char sys_result; /* result when it passes: 0, or -ETIMEDOUT */
	u64 ns;      /* TIME_NONE: it has none */
};

struct entry {
	u16 call;          /* enum call */
	u16 flags;         /* EVF_* for the ENTER record */
	bool hold;         /* an operation the learner steps */
	bool wants_exit;   /* false: one stop is enough */
	bool logged;       /* false: needed by the tracer only */
	i32 fd, fd2;
	u64 size, arg;
	u64 data;          /* address of the bytes to be written, 0 none */
	u64 vec, vec_n;    /* or an iovec array */
	u32 held;          /* bytes already in bytes[] (paths, pollfds) */
	struct timed timed;
	u8 bytes[LOG_CONTENT_MAX * 2];
};

/* ---- fdmap.c ---- */
enum fd_class { FDC_UNKNOWN, FDC_OTHER, FDC_TTY, FDC_PIPE };
struct fd_seen {
	u8 class;
	u8 cloexec; /* of pipe ends only: gone at exec */
	u32 pipe;   /* index into tracer.pipes when FDC_PIPE */
};
struct fdmap {
	u32 refs;
	u32 n;
	struct fd_seen *fds;
};
struct pipe_seen { /* a pipe some process of ours has or had an end of */
	u64 ino;
	u32 ends;     /* descriptors in fdmaps that lead to it; 0: free */
	bool touched; /* since it was last observed */
};

/* ---- tasks ---- */
struct tracee {
	u32 task;          /* number in the log, 0: early (its creator's event has not come yet) */
	pid_t tid, tgid;
	enum holding holding;
	enum stop_kind stop;
	bool bell;
	bool born_seen;    /* its first stop has come */
	bool spawned;      /* its SPAWN is logged */
	bool exec_done;    /* the first execve (ours) is over */
	bool vfork_parent; /* inside vfork until the child execs or ends */
	bool in_call;      /* between ENTER and EXIT of `entry` */
	bool restarting;   /* its exit showed -ERESTART*: a signal stop or the call again follows */
	bool stepping;     /* resumed by PTRACE_SINGLESTEP to see what a handler's frame holds */
	bool passing;      /* its time-out was let pass */
	bool loosened;     /* going free: its call is to begin again with its own time-out */
	bool altered;      /* registers of its call were changed: args[] must come back */
	bool ended;        /* EVENT_EXIT was seen */
	bool cut_short;    /* its last call moved less than asked: a signal may be why */
	u64 carried;       /* bytes its write had put in before it was made to go on */
	bool untraced_flag;/* CLONE_UNTRACED was taken out of its clone flags */
	int sig;           /* signal to deliver on resume */
	int event;         /* PTRACE_EVENT_* of the stop */
	i64 pending_ret;   /* the -ERESTART* result */
	int status;        /* of the stop, as waitpid gave it */
	u64 strings_at;    /* where the strings of argv and environ begin on its stack; 0: not asked */
	u32 site, map;     /* last site; its address space's picture in the log */
	bool map_stale;
	unsigned long msg; /* PTRACE_GETEVENTMSG */
	u64 args[6];       /* of the call at its last entry stop */
	long call_nr;
	struct entry entry;
	struct fdmap *fds;
};

/* ---- tracer.c ---- */
struct site_slot {
	u64 key;
	u32 site;
};
struct map_range {
	u64 start, end;
};
struct tracer {
	struct log *log;
	struct tracer_options opt;
	bool deaf;           /* recording stopped */
	pid_t bell;
	VEC(struct tracee *) tasks;  /* by task number; [0] unused */
	VEC(struct tracee *) all;    /* every tracee known, early ones too */
	struct tracee **by_tid;      /* open-addressed, power of two */
	u32 by_tid_cap, by_tid_n;
	u32 alive;
	u32 root;
	bool root_gone;
	int root_status;
	u64 stops;
	VEC(struct pipe_seen) pipes; /* [0] unused */
	struct sock_filter *filter;
	u16 filter_n;
	struct site_slot *sites;
	u32 sites_cap, sites_n, maps_n;
	VEC(struct map_range) exec_ranges; /* of the map picture last read */
	u32 exec_map;
	VEC(u32) ready;      /* newborns whose first stop came before their creator's event */
	u32 orphan_maker;    /* a task that died while making a child, its event lost */
};

struct tracee *tracee_by_tid(struct tracer *, pid_t);
struct tracee *tracee_by_task(const struct tracer *, u32 task);
struct tracee *tracee_add(struct tracer *, pid_t tid);
void tracee_remove(struct tracer *, struct tracee *); /* from by_tid; keeps its number */
u32 tracee_number(struct tracer *, struct tracee *);  /* gives it the next task number */
/* ptrace request that lets it go on; false when it is gone (its wait status follows). */
bool tracee_go(struct tracee *, enum __ptrace_request how, int sig);

/* Appends a record; true as well when recording was stopped. */
struct rec *emit_begin(struct tracer *, u16 kind, const struct tracee *, size_t body, struct err *, bool *ok);
void emit_commit(struct tracer *, struct rec *);
bool emit_observe(struct tracer *, const struct tracee *, enum observation what, u64 a, u64 b, u64 c,
                  u64 d, u64 e, struct err *);
bool emit_spawn(struct tracer *, struct tracee *, u32 creator, u32 flags, struct err *);
bool emit_entry(struct tracer *, struct tracee *, u16 kind, struct err *);
bool emit_exit(struct tracer *, struct tracee *, const struct ev_exit *, u32 flags, struct err *);

/* ---- memory.c: bounded, page-edge safe reads; how many bytes came ---- */
size_t memory_read(pid_t tid, u64 addr, void *buf, size_t n);
size_t memory_read_string(pid_t tid, u64 addr, char *buf, size_t n); /* always ends with NUL */
bool memory_write(pid_t tid, u64 addr, const void *buf, size_t n);

/* ---- decode ---- */
/* True when the call is of interest: entry is filled. False: let it pass. */
bool decode_entry(struct tracer *, struct tracee *, struct entry *);
/* Fills the EXIT from the registers; tells fdmap of new and lost descriptors. */
void decode_exit(struct tracer *, struct tracee *, i64 ret, struct ev_exit *);
typedef bool decoder(struct tracer *, struct tracee *, struct entry *);
decoder decode_rw, decode_vector, decode_pipe, decode_close, decode_close_range, decode_dup, decode_fcntl,
	decode_ioctl, decode_open, decode_splice, decode_receive, decode_fork, decode_exec, decode_end,
	decode_wait, decode_kill, decode_pause, decode_sleep, decode_poll, decode_select, decode_unshare, decode_foreign;
/* The class of fd in this task's process, asked of the kernel when not known. */
enum fd_class fd_class(struct tracer *, struct tracee *, int fd);

/* ---- fdmap.c ---- */
struct fdmap *fdmap_create(void);
struct fdmap *fdmap_share(struct fdmap *);
struct fdmap *fdmap_copy(struct tracer *, const struct fdmap *);
void fdmap_release(struct tracer *, struct fdmap *);
void fdmap_set(struct tracer *, struct fdmap *, int fd, enum fd_class, u64 ino, bool cloexec);
void fdmap_clear(struct tracer *, struct fdmap *, int fd);
void fdmap_clear_range(struct tracer *, struct fdmap *, int first, int last);
void fdmap_exec(struct tracer *, struct fdmap *); /* drops close-on-exec ends, forgets the rest */
void fdmap_forget(struct tracer *, struct fdmap *); /* everything is asked anew */
void fdmap_touch(struct tracer *, const struct fdmap *, int fd); /* to be asked at the next settled point */
const struct fd_seen *fdmap_get(const struct fdmap *, int fd);
u64 fdmap_ino(const struct tracer *, const struct fdmap *, int fd);
/* Asks the kernel what every descriptor of a process is and logs OBS_FD for pipe ends and terminals. */
bool fdmap_adopt_all(struct tracer *, struct tracee *, struct err *);
bool fdmap_adopt(struct tracer *, struct tracee *, int fd, struct err *);
bool fd_ask(pid_t tid, int fd, enum fd_class *, u64 *ino, u32 *flags, bool *cloexec);

/* ---- observe/pipe.c ---- */
bool tracer_pipe_capacity(struct tracee *, int fd, u64 *bytes); /* F_GETPIPE_SZ through a borrowed end */

/* ---- site.c ---- */
u32 site_copy(struct tracer *, struct tracee *, struct err *); /* 0: none */

/* ---- signal.c ---- */
bool signal_has_handler(pid_t tid, int sig);
bool take_signal(struct tracer *, struct tracee *, struct err *);
bool take_handler_frame(struct tracer *, struct tracee *, struct err *);
bool result_is_restart(i64 ret);
bool signal_is_held(const struct tracee *);
bool signal_waits_in_vain(pid_t tid); /* signals are pending, and none of them would do anything */

/* ---- resume.c ---- */
void time_make_endless(struct tracee *);
void time_put_back(struct tracee *);
bool signal_deliver(struct tracer *, struct tracee *, struct err *);
bool adopt_orphans(struct tracer *, u32 creator, struct err *);
bool finish_call(struct tracer *, struct tracee *, i64 ret, u32 flags, struct err *);

/* ---- filter.c ---- */
bool filter_build(struct sock_filter **, u16 *n, struct err *);

/* ---- bell.c ---- */
bool bell_start(struct tracer *, struct err *);
bool tracer_seize(pid_t, struct err *); /* PTRACE_SEIZE with our options; the sentence says why not */

/* ---- wait.c, shared with launch.c ---- */
#define TRACE_OPTIONS                                                                            \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | PTRACE_O_TRACEFORK |  \
	 PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL)

#endif
