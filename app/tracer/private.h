/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of tracer/ share. Grouped by the file that owns it. */
#ifndef TRACER_PRIVATE_H
#define TRACER_PRIVATE_H

#include <linux/filter.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "hook/protocol.h"
#include "tracer/arch/x86_64.h"
#include "tracer/lib.h"

/* ---- decode.c: a call, read at its entry ---- */

enum { POLL_MAX = 64, PATH_KEPT = 256 };

/* How a timed call is made endless, and what it returns when its time-out passes (ENGINE "Time"). */
enum timed_kind { TIMED_NOT, TIMED_SLEEP, TIMED_POLL_MS, TIMED_POINTER, TIMED_SOCKET /* limit.c */ };
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
	u64 hash;          /* third operand of calls that write nothing */
	u32 space;         /* as ev_enter.space */
	u64 data;          /* address of the bytes to be written, 0 none */
	u64 vec, vec_n;    /* or an iovec array */
	u32 held;          /* bytes already in bytes[] (paths, pollfds) */
	struct timed timed;
	u8 bytes[LOG_CONTENT_MAX * 2];
};

/* ---- fdmap.c ---- */
enum fd_class { FDC_UNKNOWN, FDC_OTHER, FDC_TTY, FDC_PIPE, FDC_SEGMENT, FDC_OBJECT, FDC_FILE /* opt.files */ };
/* What FDC_OBJECT leads to: as `e` of OBS_FD has it. */
enum seen_kind { SEEN_SOCKET = 5, SEEN_MQ = 6, SEEN_EVENTFD = 7, SEEN_SIGNALFD = 8, SEEN_TIMERFD = 9, SEEN_PIDFD = 10, SEEN_EPOLL = 11, SEEN_FILE = 12 };
struct inet_end {
	u8 host[16]; /* IPv4 as ::ffff:a.b.c.d */
	u16 port;    /* 0: none */
};
struct inet_names { /* observe/inet.c: a TCP or UDP socket's names, as last asked */
	struct inet_end local, remote;
	bool v6_only, shares; /* shares: SO_REUSEPORT */
	bool accepted;        /* by accept(2): it has its listener's name, and nobody connects to it */
	u64 since;            /* order in which they got their port */
	u64 network;          /* cookie of its network namespace; 0 unknown */
};
struct object_seen { /* a socket, queue, eventfd, ... some process of ours has or had a descriptor of */
	u64 id;       /* inode; of anonymous inodes a number of ours, unique in this log */
	u32 ends;     /* descriptors in fdmaps that lead to it; 0: free */
	u8 kind;      /* enum seen_kind */
	bool touched; /* since it was last observed */
	bool limits;  /* of a socket: it has, or may have, SO_RCVTIMEO or SO_SNDTIMEO */
	u32 domain, type, protocol; /* of a socket */
	u64 detail[4]; /* the family's own */
	struct inet_names inet;
};
struct fd_seen {
	u8 class;
	u8 cloexec; /* of ends of pipes and segments only: gone at exec */
	u32 pipe;   /* index into tracer.pipes when FDC_PIPE, .segments when FDC_SEGMENT, .objects when FDC_OBJECT */
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
	bool made;    /* by a call that we saw, and no end of it was sent: who has it is watched */
	pid_t left;   /* a helper that asked about it and has not come back, 0 none */
};
struct pipe_answer {
	bool known;
	bool room;     /* POLLOUT */
	u64 bytes, capacity;
	u64 used;      /* slots, OBS_UNKNOWN when not asked */
};

/* ---- maps.c: segments and who maps them ---- */
struct shadow_page {
	u64 index;  /* offset / 4096 */
	u64 lines;  /* bit a 64-byte line: it is compared (all of them but in SEGMENT_PRIVATE) */
	u64 untold[8];  /* bit an 8-byte word: it has changed, and nobody told of it */
	u32 puts;       /* changes of `bytes` */
	u8 bytes[4096]; /* as the log tells them */
};
struct segment {
	u64 ino, dev, size;
	u32 kind;       /* enum segment_kind */
	u32 maps, fds;  /* mappings and descriptors of ours that lead to it */
	int fd;         /* read-only, to look at words of it; 0: not opened yet, -1: cannot be. Closed when nobody has it */
	bool announced; /* its REC_SEGMENT is in the log, and it was in use ever since */
	char *name;     /* as REC_SEGMENT has it; NULL none */
	char *path;     /* of a POSIX segment or a file, to ask for its size; NULL none */
	struct shadow_page **pages; /* open-addressed by index, power of two */
	u32 pages_cap, pages_n;
	struct shadow_page *last;   /* page found last */
};
struct mapping {
	u64 addr, len, offset;
	u32 prot, seg;  /* index into tracer.segments */
	bool touched;   /* an access was made through it: pointers to it are worth looking for */
	bool scanned;
	bool untold;    /* made within sem_open, which has not come back */
};
struct pointer_seen {
	u64 at, value;
};
struct space { /* an address space; shared by threads and vfork's child */
	u32 refs;
	VEC(struct mapping) maps;
	u32 last;         /* mapping found last */
	u32 private_seg;  /* SEGMENT_PRIVATE of this process, 0: none yet */
	bool threads;     /* its runtime was told --threads: private data stop too */
	bool ran;         /* since it was last compared */
	u64 breaks;       /* signals it has handlers for that do not restart calls (no SA_RESTART); bit sig - 1 */
	u64 peek;         /* the instruction by which its runtime reads values, 0: it does not */
	int mem;          /* /proc/PID/mem, read-only; 0: not opened yet, -1: cannot be */
	u32 asked;        /* round of tracer_observe_memory that has looked at it */
	VEC(struct pointer_seen) pointers;
};

/* ---- hooked.c: what our runtime tells ---- */
enum { TOLD_DEPTH = 4, SPIN_PERIOD = 4, SPIN_KEPT = 8 };
struct access {
	u64 addr, pc, ip; /* ip: behind the hook's own instruction */
	u32 size;
	u8 kind;          /* enum hook_access */
	bool silent;      /* a spin's round that is not logged */
	bool looked;      /* `before` is known */
	u16 flags;        /* EVF_ATOMIC, EVF_VOLATILE */
	i32 order;
	u32 site;
	u64 before;       /* its first 8 bytes as they were when it was resumed */
	bool valued;      /* our runtime has read it just before the stop: `value` */
	u32 puts;         /* of its shadow page, when it was resumed */
	u64 value;
};
struct told { /* a C library call between HOOK_BEGIN and HOOK_END */
	u16 call;
	u8 op;          /* enum hook_op */
	bool suspended; /* a handler runs: EXIT with EVF_RESTART is logged, ENTER comes again */
	bool endless;   /* its time-out passes only when that is chosen */
	bool parked;    /* held: a spin lock that is taken: it stays stopped until the lock is free */
	i32 fd;         /* pthread_join: the thread's tid */
	u32 site;
	u64 arg, ns;
	u64 size;
	u32 held;
	u8 bytes[PATH_KEPT];
};
struct spin { /* the last accesses that changed nothing, as keys */
	u64 keys[SPIN_KEPT];
	u32 n;                   /* so many in a row; keys[n % SPIN_KEPT] is next */
	u32 match[SPIN_PERIOD + 1]; /* by period: so many equal the one a period before */
};

/* ---- decode/sysv.c ---- */
enum sysv_kind { SYSV_MSG = 1, SYSV_SEM, SYSV_SHM };
struct sysv_seen { /* a System V object that a call of ours has named */
	u8 kind;      /* enum sysv_kind */
	bool touched; /* since it was last observed */
	bool gone;    /* removed: a free slot */
	bool fresh;   /* not told in the log yet */
	u32 space;    /* as ev_enter.space */
	i32 id;
	u32 sems;     /* in the set */
};

/* ---- observe/asleep.c ---- */
struct asleep { /* /proc/TID/syscall */
	long nr;
	u64 args[6], sp, pc;
};
struct found { /* a call that was found by looking, not by a stop; call 0: none */
	struct asleep at;
	u16 call;
	bool told;  /* a function of the C library, as our runtime would tell of it */
	bool inner; /* a lock of the C library's own */
	bool pi;    /* the owner stands in the word itself */
	bool noted; /* OBS_SYNC with c, d is in the log */
	bool guessed;
	i32 fd;
	u32 site;
	u64 arg, size, ns, c, d;
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
	u32 unlimited;     /* limit.c: the socket whose time-out is off while its call begins, 0 none: */
	int unlimited_by;  /* SO_RCVTIMEO or SO_SNDTIMEO, */
	struct timeval unlimited_of; /* which was this */
	u64 read_at;    /* tracer.takes when its entry was read: stops taken since may have changed what was read then */
	bool altered;      /* registers of its call were changed: args[] must come back */
	bool ended;        /* EVENT_EXIT was seen */
	bool located;      /* stopped by tracer_locate, where nothing else was to be told */
	int kept_sig;      /* typed at the terminal, and not delivered yet (options.keeps_interrupts) */
	bool cut_short;    /* its last call moved less than asked: a signal may be why */
	u64 carried;       /* bytes its write had put in before it was made to go on */
	bool attached;     /* it ran before we came: PTRACE_SYSCALL, nothing is changed in it (attach.c) */
	bool let_go;       /* at our end: it comes to no stop any more */
	bool unmet;        /* seized, and asleep where it is better left: no stop has come */
	bool unmet_told;   /* ... and the log says so */
	u32 awake_looks;   /* meet.c: found awake so often in a row, */
	long awake_sleeps; /* with that many sleeps */
	u64 awake_ns;      /* and that processor time at the first */
	bool met;          /* its first stop was taken */
	bool frame_due;    /* a handler was started in the middle of a call: frame_regs are those of then */
	bool uncollected;  /* its signal stop was looked at and not collected by wait */
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
	long restart_nr;   /* restart_syscall means this call */
	arch_regs frame_regs;
	struct entry entry;
	struct fdmap *fds;
	struct space *space;
	u8 hook;             /* enum hook_what of the stop it is at; 0: another stop */
	bool accessing;      /* `access` was resumed, its EXIT is not logged */
	struct access next;  /* HOOK_ACCESS: the access it is about to make */
	struct access access;
	struct access late;  /* a store that is done with the load behind it; size 0: none */
	u64 hook_ip;         /* instruction pointer of the last stop of our runtime */
	struct told told[TOLD_DEPTH]; /* innermost last */
	u32 told_n;
	struct spin spin;
	struct found found;
	bool spared;         /* no faults */
	bool woken;          /* held at the end of its wait for a condition (relock.c) */
	u64 alarm_ns, alarm_every_ns; /* leader: its process's alarm, which rings when that is chosen; 0 none */
	bool skipped;        /* the held call will not be made, its result stands in the registers */
	bool siteless;
	u32 fault_seen[FAULTS_MAX], fault_hits[FAULTS_MAX]; /* calls that a fault is about; those that it struck */
};

/* ---- limit.c: SO_RCVTIMEO and SO_SNDTIMEO ---- */
/* Of a held task's call about to begin: what of its socket's time-out concerns it is taken off, and told (OBS_LIMIT). */
bool limit_take_off(struct tracer *, struct tracee *, struct err *);
/* It sleeps in that call, or is out of it: the socket is as the program made it, unless the call will read it again. */
void limit_put_back(struct tracer *, struct tracee *, bool sleeps);
void limit_set(struct tracer *, struct tracee *);   /* a setsockopt of it was made: that is what it has now */
void limit_asked(struct tracer *, struct tracee *); /* a getsockopt of it has come back: what the program had set is told */
/* Broken off by a signal that comes: with its time-out the kernel had not let it begin again, signal(7). */
void limit_interrupted(struct tracee *, i64 *ret);

/* ---- inject/: faults ---- */
/* Of a call about to be made. *skip: it is not made, its result stands in the registers already. */
bool inject_entry(struct tracer *, struct tracee *, bool *skip, struct err *);
/* Of a call that has come back, before its EXIT is read. */
bool inject_exit(struct tracer *, struct tracee *, i64 ret, struct err *);
bool inject_note(struct tracer *, struct tracee *, enum injection what, u64 a, struct err *);
/* What the descriptor of the call leads to (enum fault_on; 0: nothing that a fault is about), and is it O_NONBLOCK? */
u32 inject_on(struct tracer *, struct tracee *, bool *nonblocking);
bool inject_short(struct tracer *, struct tracee *, const struct fault *, u32 on, bool nonblocking, bool *done, struct err *);
bool inject_instead(struct tracee *, i64 result); /* the call is not made; false: it is, the task is gone */
bool inject_again(struct tracer *, struct tracee *, bool nonblocking, bool *skip, struct err *);
bool inject_is_user(const struct tracer *, long nr); /* a call that options.one_user has answered */
bool inject_user(struct tracer *, struct tracee *, struct err *);
bool inject_interrupt(struct tracer *, struct tracee *, const struct fault *, bool *done, struct err *);
/* A handler was set: does it restart calls? */
void inject_handler_set(struct tracee *, int sig, bool handled, u64 flags);

/* ---- tracer.c ---- */
struct site_slot {
	u64 key;
	u32 site;
};
struct symbol {
	u64 value, size;
	u16 call;
};
struct symbol_file { /* observe/symbols.c: the waiting functions of a file */
	u64 ino, bias;
	VEC(struct symbol) symbols;
	char path[1024];
};
struct map_range {
	u64 start, end;
};
/* A status that waitpid has told, and nobody has looked at. */
struct collected {
	pid_t tid;
	int status;
};

struct tracer {
	struct log *log;
	struct tracer_options opt;
	bool began_held;     /* opt.held as it was at first */
	u64 began_ns;
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
	u64 takes;           /* stops that were taken */
	VEC(struct pipe_seen) pipes; /* [0] unused */
	pid_t asker;         /* observe/asker.c: the one that answers, 0 none; all that have not been collected */
	int asker_socket;
	VEC(pid_t) askers;
	VEC(struct segment) segments; /* [0] unused */
	VEC(struct object_seen) objects; /* [0] unused */
	u64 object_ids;      /* the last number given to an anonymous inode */
	bool locks;          /* some file was locked: closing a descriptor of it may give locks back */
	bool fifos;          /* some FIFO was seen: names that go may be FIFOs' */
	VEC(struct sysv_seen) sysv; /* [0] unused */
	VEC(pid_t) sysv_pids;       /* processes of ours that have used System V IPC */
	u32 memory_round, shadow_pages;
	pid_t hint;          /* whose stop was the last; so many in a row were asked for by its number */
	u32 hint_n, hint_vain, hint_rest;
	VEC(struct collected) turn;
	size_t turn_next; /* of `turn`; those before it have been looked at */
	u32 turns;        /* stops since all were collected at once */
	u64 rested_ns;
	bool attached;       /* tracer_attach was called */
	u32 unmet_n;         /* tasks that are unmet; looked at at unmet_ns */
	u64 unmet_ns;
	u32 parked_n;        /* tasks that wait for a spin lock, stopped */
	struct sock_filter *filter;
	u16 filter_n;
	struct site_slot *sites, *once; /* once: by address space and program counter */
	u32 once_cap, once_n;
	u32 sites_cap, sites_n, maps_n;
	VEC(struct map_range) exec_ranges; /* of the map picture last read */
	u32 exec_map;
	VEC(struct symbol_file) symbol_files;
	VEC(u32) ready;      /* newborns whose first stop came before their creator's event */
	u32 orphan_maker;    /* a task that died while making a child, its event lost */
	bool orphan_maker_told; /* its END is in the log: what it made is nobody's child any more */
	bool early;          /* somebody's first stop, or end, came before its creator's event */
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
bool emit_observation(struct tracer *, const struct tracee *, u32 site, const struct ev_observe *, struct err *);
bool emit_spawn(struct tracer *, struct tracee *, u32 creator, u32 flags, struct err *);
bool emit_exec(struct tracer *, struct tracee *, u32 former, struct err *);
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
/* EVF_UNREAD where a read(2) came back short before memory that is not there. */
u32 read_cut_flag(const struct tracee *, i64 ret);
typedef bool decoder(struct tracer *, struct tracee *, struct entry *);
decoder decode_rw, decode_vector, decode_pipe, decode_close, decode_close_range, decode_dup, decode_fcntl,
	decode_ioctl, decode_open, decode_splice, decode_receive, decode_fork, decode_exec, decode_end,
	decode_wait, decode_kill, decode_pause, decode_sleep, decode_poll, decode_select, decode_unshare, decode_foreign,
	decode_sigaction, decode_timer, decode_sigqueue, decode_sigtimedwait,
	decode_mknod, decode_flock, decode_event, decode_timerfd_settime, decode_epoll_ctl, decode_epoll_wait,
	decode_mmap, decode_msync, decode_ftruncate, decode_memfd, decode_unlink, decode_futex,
	decode_socket, decode_address, decode_on_socket, decode_setsockopt, decode_getsockopt, decode_send, decode_receive_from, decode_messages,
	decode_mq_open, decode_mq_unlink, decode_mq_send, decode_mq_receive, decode_mq_notify, decode_mq_attr,
	decode_sysv_get, decode_msgsnd, decode_msgrcv, decode_semop, decode_sysv_control, decode_shmat, decode_shmdt;
/* EXITs of the calls of decode/memory.c. */
void memory_call_done(struct tracer *, struct tracee *, i64 ret, struct ev_exit *);
/* A timespec in another task's memory, in ns; TIME_NONE without one. `unit`: ns of its second word. */
u64 decode_time(struct tracee *, u64 addr, u64 unit);
u64 time_until(int clock, u64 ns); /* from now until ns on that clock */
void sleep_tells_rest(struct tracee *); /* a held sleep that a signal ends: all its time is left, nanosleep(2) */
/* The class of fd in this task's process, asked of the kernel when not known. */
enum fd_class fd_class(struct tracer *, struct tracee *, int fd);

/* ---- fdmap.c ---- */
struct fdmap *fdmap_create(void);
struct fdmap *fdmap_share(struct fdmap *);
struct fdmap *fdmap_copy(struct tracer *, const struct fdmap *);
void fdmap_release(struct tracer *, struct fdmap *);
void pipe_is_made(struct tracer *, u64 ino, bool made); /* pipe_seen.made */
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
/* The object with that id, made known if need be (id 0: a new one with a number of ours). Index into tracer.objects. */
u32 object_find(struct tracer *, enum seen_kind, u64 id);
/* The object a descriptor leads to, NULL when it leads to none; valid until objects grow. Asks the kernel when not known. */
struct object_seen *object_of_fd(struct tracer *, struct tracee *, int fd);
/* A call of the task made this descriptor: which object it is is asked of the kernel. Index, 0 none. */
u32 object_made(struct tracer *, struct tracee *, int fd, bool cloexec);
/* It leads to that segment: REC_SEGMENT if need be, OBS_FD. */
bool fdmap_adopt_segment(struct tracer *, struct tracee *, int fd, u32 seg, struct err *);
bool fd_ask(pid_t tid, int fd, enum fd_class *, u64 *ino, u32 *flags, bool *cloexec);

/* A descriptor that came along with a message: OBS_FD, how = received. */
bool fdmap_received(struct tracer *, struct tracee *, int fd, struct err *);

/* ---- decode/mq.c, decode/sysv.c ---- */
enum { MQ_KNOWN, MQ_TALLY }; /* object_seen.detail of a queue: its OBS_QUEUE is in the log; messages, by our own calls */
u64 hash_of_memory(pid_t tid, u64 addr, u64 n); /* as that of what a call writes */
void mq_call_done(struct tracer *, struct tracee *, i64 ret, struct ev_exit *);
void sysv_call_done(struct tracer *, struct tracee *, i64 ret, struct ev_exit *);
u32 sysv_space(pid_t tid); /* inode of the task's ipc namespace, 0 when it is ours */
bool sysv_is_outside(const struct tracer *, pid_t); /* of no process that was ever ours */
void sysv_touch_all(struct tracer *); /* a process has ended: SEM_UNDO */

/* ---- observe/queue.c ---- */
struct mq_attr;
bool queue_ask(struct tracee *, int fd, struct mq_attr *, u64 *bytes); /* bytes: NULL, or what all messages have */
/* OBS_QUEUE of a queue that the log does not know; `named`: and REC_NAME. */
bool queue_announce(struct tracer *, struct tracee *, int fd, u32 index, bool named, struct err *);
bool sysv_observe(struct tracer *, const struct tracee *, u32 index, struct err *);

/* ---- decode/fifo.c ---- */
u64 fifo_id(const struct stat *); /* unique among pipes and FIFOs; 0: it is none */
/* The FIFO of that name; 0: none. `may_come`, if not NULL: nothing has that name yet, somebody may make one before the call runs. */
u64 fifo_at(struct tracee *, int dir, const char *path, bool *may_come);
u64 fifo_opened(struct tracee *, int dir, const char *path, u64 flags, bool *may_come); /* likewise, of such an open(2) */
bool fifo_is_open(const struct entry *); /* an open(2) of one */
/* An open that a signal broke off begins again, and its name is looked up again: does it lead elsewhere? */
bool fifo_leads_elsewhere(struct tracee *);
void fifo_look_again(struct tracee *); /* held at an open or unlink: the name may lead elsewhere by now */
void fifo_call_done(struct tracer *, struct tracee *, i64 ret, struct ev_exit *);
bool fifo_note_name(struct tracer *, struct tracee *, int fd, u64 id, struct err *); /* REC_NAME */

/* ---- decode/filelock.c ---- */
bool lock_command(u64 cmd); /* of fcntl */
bool lock_adopt(struct tracer *, struct tracee *, int fd); /* its file's locks are told from now on; false: none that can be locked */
bool decode_fcntl_lock(struct tracer *, struct tracee *, struct entry *);
/* A descriptor that is about to be closed leads to a file that somebody has locked: it becomes known. */
bool lock_closes(struct tracer *, struct tracee *, int fd);

/* ---- decode/sig.c ---- */
void wait_call_done(struct tracee *, struct ev_exit *); /* waitid: which child it was */

/* ---- decode/event.c ---- */
void event_entered(struct tracer *, struct tracee *, struct entry *); /* write of an eventfd */
void event_call_done(struct tracer *, struct tracee *, i64 ret, struct ev_exit *);

/* ---- decode/socket.c ---- */
bool socket_domain_is_ours(u32 domain); /* AF_UNIX, AF_INET, AF_INET6 */
void socket_call_done(struct tracer *, struct tracee *, i64 ret, struct ev_exit *); /* EXITs of sockets' calls */
void decode_written(struct tracer *, struct tracee *, struct entry *); /* write(2) on a UDP socket: where it goes */
void socket_entering(struct tracer *, struct tracee *); /* just before ENTER: where it goes may have changed while it was held */
bool socket_entered(struct tracer *, struct tracee *, struct err *); /* just behind ENTER: what it sends along */
bool socket_exited(struct tracer *, struct tracee *, i64 ret, struct err *); /* just behind EXIT: names, what came along */

/* ---- observe/socket.c ---- */
struct socket_listed { /* as the kernel's lists tell of a socket; state: as TCP names it */
	u32 domain, type, state, sending, received; /* bytes (Unix datagrams: messages): on their way out of it, not yet taken */
};
bool socket_listed(u64 ino, struct socket_listed *); /* TCP, UDP: proc_net(5) */
bool socket_queues(u64 ino, struct socket_listed *); /* Unix ones, too */
/* object_seen.detail of a socket. KEY, KEY2: its own name (Unix: file or abstract name; inet: as observe/inet.c likes). */
enum { SOCKET_PEER, SOCKET_KEY, SOCKET_KEY2, SOCKET_MORE };
/* "127.0.0.1:80", "[::1]:80", "/tmp/s", "@abstract"; false and "" when it has no name. */
bool socket_address_text(const void *address, u32 len, char *text, size_t room);
/* The socket of ours that such an address leads to now: index into tracer.objects, 0 none. */
u32 socket_by_address(struct tracer *, struct tracee *, u32 domain, u32 type, const void *address, u32 len);
u32 seen_socket(struct tracer *, u64 ino);
bool pidfd_note(struct tracer *, struct tracee *, int fd, struct err *); /* which process it stands for: OBS_PIDFD */
int socket_borrow(struct tracee *, int fd); /* pidfd_getfd(2); to be closed at once */
int socket_borrow_any(struct tracer *, u32 index); /* whoever has it */
/* Learns domain, type, protocol; false: a kind that is not ours. */
bool socket_identify(struct tracer *, struct tracee *, int fd, u32 index);
/* Asks whom it is connected to, and marks both as peers; the inode, 0 unknown or outside. */
u64 socket_find_peer(struct tracer *, struct tracee *, int fd, u32 index);
void socket_note_bound(struct tracer *, struct tracee *, int fd, const void *address, u32 len);
void socket_note_connected(struct tracer *, struct tracee *, int fd, u64 to);
bool socket_note_names(struct tracer *, struct tracee *, int fd, struct err *); /* REC_NAME */
void seen_socket_touch(struct tracer *, u32 index); /* and its peer */
void socket_touch_ino(struct tracer *, u64 ino);
bool unix_observe(struct tracer *, u32 index, struct err *);

/* ---- observe/inet.c: the same for TCP and UDP ---- */
u32 inet_by_address(struct tracer *, struct tracee *, u32 domain, u32 type, const void *address, u32 len);
u64 inet_find_peer(struct tracer *, struct tracee *, int fd, u32 index);
bool inet_observe(struct tracer *, u32 index, struct err *); /* OBS_SOCKET */
void inet_note_names(struct tracer *, u32 index, int borrowed); /* its names may have changed */
/* Where a datagram of a connected socket goes: index, 0 outside, or not to be known. */
u32 inet_destination(struct tracer *, struct tracee *, u32 from);
/* Where a datagram may go that more than one may receive (multicast, SO_REUSEPORT): inodes; 0 when it goes to one. */
u32 inet_reached(struct tracer *, u32 from, const void *address, u32 len, u64 *ids, u32 max);

/* ---- maps.c ---- */
struct space *space_create(void);
struct space *space_share(struct space *);
struct space *space_copy(struct tracer *, const struct space *);
void maps_disturbed(struct tracer *); /* a death: the kernel may have marked its robust mutexes, in memory of all */
void space_release(struct tracer *, struct space *);
/* The segment a descriptor of the task leads to, made known if need be. 0: it leads to none. Regular files
 * and anonymous ones of the kernel's count when `any_file`. */
u32 segment_of_fd(struct tracer *, pid_t tid, int fd, bool any_file);
u32 segment_by_path(struct tracer *, const struct stat *);
/* A System V segment: (id, namespace). */
u32 segment_of_sysv(struct tracer *, u32 space, i32 id, u32 key, u64 size);
u32 maps_attached(struct tracer *, struct tracee *, u64 addr, struct err *); /* by shmat(2); its segment, 0 none */
bool segment_announce(struct tracer *, struct tracee *, u32 seg, struct err *); /* REC_SEGMENT, once */
/* The name is known later than the segment, of a named semaphore: before it is announced. */
void segment_name(struct tracer *, u32 seg, const char *name, const char *path);
/* Bytes of a segment as they are, by the cheapest way in; false: not so to be had. */
bool segment_read(struct tracer *, struct tracee *, u64 addr, void *bytes, size_t n);
void segment_used(struct tracer *, u32 seg, bool fd, int by); /* a mapping or descriptor more (1) or less (-1) */
u32 segment_private(struct tracer *, struct tracee *, struct err *);
/* The shared mapping that holds addr, NULL none; valid until maps change. */
struct mapping *space_find(struct space *, u64 addr);
/* A shared mapping as mmap(2) returned it. Its segment, 0 when it is none of ours. */
u32 maps_made(struct tracer *, struct tracee *, u64 addr, struct err *);
/* Compares with /proc/PID/maps: logs OBS_UNMAP for what has gone and (log_new) mmap for what is new. */
bool maps_refresh(struct tracer *, struct tracee *, bool log_new, struct err *);
bool mapping_is_system(const char *path); /* whose read-only shared mappings nobody would want to see */

/* ---- hooked.c ---- */
enum stop_kind hooked_stop(struct tracer *, struct tracee *, u64 ip);
bool hooked_take_entry(struct tracer *, struct tracee *, struct err *);
bool hooked_take_exit(struct tracer *, struct tracee *, struct err *);
bool hooked_resume(struct tracer *, struct tracee *, struct err *);
/* The access that was resumed is done: its EXIT. */
bool access_finish(struct tracer *, struct tracee *, struct err *);
/* The same at a stop, where a signal may have come in between. */
bool access_at_stop(struct tracer *, struct tracee *, struct err *);
/* A handler runs before what our runtime announced could happen: it announces it again afterwards. */
bool hooked_handler(struct tracer *, struct tracee *, struct err *);
/* A fault of the instruction by which our runtime reads a value: the value is not told. True: it was that, and goes on. */
bool hooked_fault(struct tracee *);
/* The call is answered instead of made: what it returns stands in the registers. */
void hook_answer(struct tracee *, long value);
/* The entry that tracer_take and others know, as far as they need it. */
struct entry *hook_entry(struct tracee *, u16 call, u16 flags);

/* ---- told.c: calls of the C library ---- */
bool told_announced(struct tracer *, struct tracee *); /* HOOK_BEGIN: fills the entry */
bool told_resume(struct tracer *, struct tracee *, struct err *);
bool told_ends(struct tracer *, struct tracee *, struct err *); /* HOOK_END */
/* ENTER, or EXIT when `exit`. */
bool told_emit(struct tracer *, struct tracee *, const struct told *, const struct ev_exit *, u32 flags, struct err *);
struct told *told_open(struct tracee *); /* the innermost one that goes on, NULL none */
/* Inside one of them: does this call need a stop at its exit? Nothing is logged. */
bool told_inner(struct tracer *, struct tracee *, struct entry *);
bool told_reopen(struct tracer *, struct tracee *, struct err *); /* ENTER again, when a handler has returned */
/* Those whose spin lock has become free go on; all of them when `all`. */
void parked_look(struct tracer *, bool all);
/* At the stop that PTRACE_INTERRUPT made: its time-out has passed; or begins anew, as the program set it. */
void told_time_passes(struct tracee *);
void told_own_time(struct tracee *);

/* ---- observe/memory.c ---- */
/* The bytes of an access, before it: the log learns what stands there. */
bool shadow_look(struct tracer *, struct tracee *, u64 addr, const void *bytes, size_t n, struct err *);
/* Nobody who is told of can have changed [addr, addr + n) but by what the log tells, and nobody was seen to change it
 * otherwise; the bytes as it tells them, NULL when that is not so. *puts: of their page. */
const u8 *shadow_quiet(struct tracer *, struct tracee *, u64 addr, size_t n, u32 *puts);
u32 shadow_puts(struct tracer *, struct tracee *, u64 addr);
void shadow_put(struct tracer *, struct tracee *, u64 addr, const void *bytes, size_t n); /* the log tells it now */
/* Something else stands there than the log tells. */
bool shadow_differs(struct tracer *, struct tracee *, u64 addr, size_t n);
/* Logs [addr, addr + n) as it stands (REC_MEMORY): whole, as what was just stored, or only what differs. */
bool memory_note(struct tracer *, struct tracee *, u64 addr, size_t n, bool whole, struct err *);
/* A word of x's shared memory through whoever else maps it. */
bool memory_read_shared(struct tracer *, struct tracee *x, u64 addr, void *bytes, size_t n);
void shadow_drop(struct tracer *, struct segment *);
void shadow_cut(struct segment *, u64 size); /* it has been made so short: what lay behind is zero, should it grow again */

/* ---- observe/pipe.c ---- */
/* A descriptor of another process as ours, to be closed at once; -1. An anonymous pipe also where pidfd_getfd is refused. */
int tracer_borrow(pid_t pid, int fd, int access);
/* F_SETPIPE_SZ; *is: what it holds now. False: it was refused. */
bool tracer_pipe_shrink(struct tracee *, int fd, u64 bytes, u64 *is);
bool tracer_pipe_capacity(struct tracee *, int fd, u64 *bytes); /* F_GETPIPE_SZ through a borrowed end */

void pipe_ask(int fd, bool slots, struct pipe_answer *); /* may sleep: observe/asker.c. Nothing but system calls */

/* ---- observe/asker.c: asked by somebody who can be left behind ---- */
/* Of the end fd, or of what opening path gives. False: not known; *left: the helper, if it sleeps there. */
bool asker_of_end(struct tracer *, int fd, bool slots, struct pipe_answer *, pid_t *left);
bool asker_of_path(struct tracer *, const char *path, int access, struct pipe_answer *, pid_t *left);
bool asker_ended(struct tracer *, pid_t); /* that pid, which waitpid has told of, was a helper */
void asker_end(struct tracer *);

/* ---- observe/asleep.c, futex.c, symbols.c: what looking finds of those that sleep ---- */
bool asleep_read(pid_t tid, struct asleep *);
long asleep_restarted(pid_t tid, const u64 *args); /* the call that restart_syscall(2) goes on with; itself: cannot be told */
bool is_foreign(pid_t); /* take.c: its executable is not one that we decode the calls of */
/* It was found asleep: its site, if no stop has told it; a call that no stop has told of becomes ENTER. */
bool asleep_found(struct tracer *, struct tracee *, u32 *site, struct err *);
bool emit_found(struct tracer *, struct tracee *, bool over, struct err *); /* ENTER, or its EXIT */
bool found_over(struct tracer *, struct tracee *, struct err *); /* it is elsewhere now */
bool futex_found(struct tracer *, struct tracee *, struct found *, struct err *);
bool futex_words(struct tracer *, struct tracee *, struct found *, struct err *); /* OBS_SYNC, when it changed */
u16 symbol_call(struct tracer *, struct tracee *, u64 addr); /* the waiting function that addr lies in, 0 none */
bool task_is_gone(pid_t tid); /* there is no task of that number any more */

/* ---- site.c ---- */
u32 site_from(struct tracer *, struct tracee *, const arch_regs *, struct err *); /* 0: none */
bool site_is_code(struct tracer *, struct tracee *, u64 word); /* of the address space whose site was made last */
u32 site_copy(struct tracer *, struct tracee *, struct err *); /* 0: none */
/* The same once a program counter of an address space: who called is that of the first time. */
u32 site_once(struct tracer *, struct tracee *, u64 pc, struct err *);

/* ---- signal.c ---- */
bool signal_has_handler(pid_t tid, int sig);
bool take_signal(struct tracer *, struct tracee *, struct err *);
bool take_handler_frame(struct tracer *, struct tracee *, struct err *);
bool result_is_restart(i64 ret);
bool signal_is_held(const struct tracee *);
u64 signal_mask(pid_t tid, const char *field); /* "SigCgt", ... of /proc/PID/status */
bool signal_is_due(pid_t tid); /* signals are pending that it does not block */
/* The task is held before a call that is not made now, since a signal comes first (opt.signals). */
bool signal_comes_first(const struct tracer *, const struct tracee *);
bool signal_let_come(struct tracee *); /* and after it the call begins anew */
bool signal_waits_in_vain(pid_t tid); /* signals are pending, and none of them would do anything */

/* ---- relock.c ---- */
bool relock_watches(const struct tracer *, struct tracee *); /* it is in pthread_cond_wait, and its calls are stopped at */
enum stop_kind relock_stop(struct tracee *);                 /* at such a stop: held, or let go on */

/* ---- alarm.c ---- */
bool alarm_hold(struct tracer *, struct tracee *, struct err *); /* an alarm that is about to be set */
bool alarm_release(struct tracer *, struct err *);               /* nobody chooses any more */

/* ---- resume.c ---- */
void time_make_endless(struct tracee *);
void time_put_back(struct tracee *);
bool signal_deliver(struct tracer *, struct tracee *, struct err *);
bool adopt_orphans(struct tracer *, u32 creator, struct err *);
bool finish_call(struct tracer *, struct tracee *, i64 ret, u32 flags, struct err *);

/* ---- filter.c ---- */
bool filter_build(bool one_user, bool times, struct sock_filter **, u16 *n, struct err *);
bool filter_stops(long nr, const u64 *args); /* what the filter says: of those attached to, who have none, every call stops */

/* ---- actor.c ---- */
bool actor_note(struct tracer *, struct tracee *, const char *path, struct err *); /* REC_ACTOR of an interpreter */
bool actor_is(pid_t, const char *name); /* an interpreter that runs what is called so */

/* ---- attach.c ---- */
long attach_status_field(pid_t, const char *field); /* a number of /proc/PID/status, -1 */
bool attach_first_stop(struct tracer *, struct tracee *, struct err *);
enum stop_kind attached_call_stop(struct tracer *, struct tracee *);
void attach_handler_frame(struct tracer *, struct tracee *);
void attach_let_go(struct tracer *);
bool attach_note(struct tracer *, struct tracee *, struct err *); /* OBS_ATTACHED */

/* ---- meet.c ---- */
void attach_meet(struct tracer *, struct tracee *); /* brings it to its first stop, or leaves it unmet */
void attach_meet_rest(struct tracer *); /* those that were left */
bool meet_is_transfer(const arch_regs *); /* a call that says how many bytes it is to write, and may come back with fewer */

/* ---- bell.c ---- */
bool bell_start(struct tracer *, struct err *);
bool tracer_seize(pid_t, struct err *); /* PTRACE_SEIZE with our options; the sentence says why not */

/* ---- cannot.c ---- */
/* Says why it could not be run (sys: what execve said); false always. */
bool cannot_run(const struct launch *, int sys, struct err *);

/* ---- wait.c, shared with launch.c, attach.c ---- */
enum stop_kind wait_entry(struct tracer *, struct tracee *); /* at a call's entry */
#define TRACE_OPTIONS                                                                            \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | PTRACE_O_TRACEFORK |  \
	 PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL)

#endif
