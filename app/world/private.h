/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * world, inside. The block is one anonymous mapping, reserved and not committed: the head first,
 * then each pool at a fixed offset, so that pointers stay valid while a record is applied and a
 * checkpoint is the used part of each pool. All elements begin with u32 used; a freed one is
 * zeroed but for the free list's link, its second word.
 */
#ifndef WORLD_PRIVATE_H
#define WORLD_PRIVATE_H

#include "world/lib.h"

enum pool {
	POOL_TASK, /* by task number of the log; never given back */
	POOL_PROC, /* never given back */
	POOL_FDT,
	POOL_FD,
	POOL_FILE,
	POOL_PIPE,
	POOL_SLOT,
	POOL_SPAN,
	POOL_TEXT, /* bytes */
	POOL_SEGMENT,
	POOL_MAP,
	POOL_LINE,
	POOL_BUCKET, /* hash of lines: use.n of them, a power of two once there are lines */
	POOL_SYNC,
	POOL_LOOKS,
	POOL_OUTER,
	POOL_FLOW,
	POOL_SOCKET,
	POOL_QUEUE,
	POOL_SEMS,
	POOL_SEM,
	POOL_COUNTER,
	POOL_WATCH,
	POOL_LOCK,
	POOL_CARRY,
	POOL_SEMOP,
	POOL_COUNT
};

struct pool_use {
	u32 n;    /* elements 1..n-1 are or were in use; 0 is nobody */
	u32 free; /* first freed element */
};

#define INO_BUCKETS     512u
#define PIPE_PAGE       4096u
#define GONE_PIPES_KEPT 128u        /* pipes nobody holds any more, kept to be looked at */
#define TEXT_SEARCHED   16384u      /* bytes of text searched for a path that is there already */
#define GONE_SEGMENTS_KEPT 64u      /* likewise segments */
#define GONE_SOCKETS_KEPT 64u       /* likewise sockets */
#define GONE_OBJECTS_KEPT 64u       /* likewise queues, and semaphore sets */
#define NAMED_MSG       15u         /* SysV queues among the numbers by object_kind */
#define GONE_LINES_KEPT 1024u       /* lines of a segment that are kept when it is gone */
#define SEGMENT_BUCKETS 64u
#define SYNC_BUCKETS    256u
#define MIRROR_MAX      65536u      /* segments up to this are looked at as a whole at settled points */
#define RW_MAX          0x7ffff000u /* the kernel's MAX_RW_COUNT: no read or write moves more */

struct fifo_lost { /* fifo_name.c: a mknod that came back when its FIFO's name was gone; name 0: none */
	u64 name, seq;
	u32 task, site;
};

#define LOST_MAX 8u

struct block_head {
	struct w_head pub;
	struct pool_use use[POOL_COUNT];
	u32 by_ino[INO_BUCKETS]; /* living pipes: w_pipe.ino_next */
	u32 touched; /* pipes that changed since the last settled point: w_pipe.touched_next */
	u32 gone_first, gone_last, gone_n;
	u32 outside_n;     /* pipes that came from outside, for their identities */
	u32 outside_procs; /* processes that ipclab started */
	u32 presumed;      /* processes presumed dead */
	u32 by_segment[SEGMENT_BUCKETS]; /* living segments: w_segment.next */
	u32 by_place[SYNC_BUCKETS];      /* w_sync.next */
	u32 gone_segment_first, gone_segment_last, gone_segments;
	u32 outside_segments;
	u32 lines;         /* in use */
	u32 unlooked;      /* segments that the next settled point may make all known */
	u32 sync_touched;  /* w_sync.touched_next */
	u32 sockets_by_ino[INO_BUCKETS]; /* w_socket.ino_next */
	u32 gone_socket_first, gone_socket_last, gone_sockets;
	u32 outside_sockets; /* for their identities */
	u32 renaming;        /* sum of w_socket.renaming */
	u32 outside_queues, outside_sems;
	struct fifo_lost lost[LOST_MAX];
	u64 lost_n;
};

/* An open C library call with other calls inside. */
struct w_outer {
	u32 used;
	u32 next; /* the one around it */
	struct w_op op;
};

struct world {
	u8 *base;
	size_t bytes;
	struct block_head *h;
	struct w_task *task;
	struct w_proc *proc;
	struct w_fdt *fdt;
	struct w_fd *fd;
	struct w_file *file;
	struct w_pipe *pipe;
	struct w_slot *slot;
	struct w_span *span;
	char *text;
	struct w_flow *flow;
	struct w_socket *socket;
	struct w_queue *queue;
	struct w_sems *sems;
	struct w_sem *sem;
	struct w_counter *counter;
	struct w_watch *watch;
	struct w_lock *lock;
	struct w_carry *carry;
	struct w_semop *semop;
	struct w_segment *segment;
	struct w_map *map;
	struct w_line *line;
	u32 *bucket;
	struct w_sync *sync;
	struct w_looks *looks;
	struct w_outer *outer;
	u32 cap[POOL_COUNT];
};

/* ---- block.c ---- */
/* An element, zeroed but for used = 1; 0 when the pool is full, which is counted as drift. */
u32 pool_take(struct world *, enum pool);
/* Zeroes: the C library's memset, which for an operation beats what a compiler puts in its place. */
void block_zero(void *, size_t);
void pool_give(struct world *, enum pool, u32 index);
/* Text offset of a copy of s[0..n). The same text is kept once, mostly. */
u32 text_add(struct world *, const char *s, size_t n);

/* ---- apply.c ---- */
/* Something the rules cannot explain: counted; the first is kept in words. */
void world_drift(struct world *, const char *fmt, ...) PRINTF_LIKE(2, 3);
static inline void world_explain(struct world *w)
{
	w->h->pub.explained++;
}
static inline u64 world_now(const struct world *w)
{
	return w->h->pub.events;
}
/* The learner's unit of time: does this record, in this mode, complete a moment? */
bool moment_ends(u32 mode, const struct rec *);

/* ---- process.c ---- */
void task_set_state(struct world *, u32 task, u32 state);
bool task_lives(const struct world *, u32 task);
void process_spawn(struct world *, const struct rec *, const struct ev_spawn *);
void process_exec(struct world *, const struct rec *, const struct ev_exec *);
void process_end(struct world *, const struct rec *, const struct ev_end *);
/* wait4 or waitid gave the status of a child of this task. pid 0: whichever single one it can be. */
/* fork came back in its creator with that pid. */
void process_forked(struct world *, u32 task, i64 pid);
void process_reap(struct world *, u32 task, i32 pid, bool must_have_ended);
/* An event proves that the task's process lives: it is drift if it was presumed dead. */
void process_proves_life(struct world *, u32 task);
void process_presume_dead(struct world *, u32 proc, u32 pipe, u32 access);
/* At a settled point every death has been collected. */
void process_check_presumed(struct world *);

/* ---- fd.c ---- */
u32 fdt_new(struct world *);
u32 fdt_copy(struct world *, u32 fdt, u32 inherited_from,
	u32 got_site); /* 0: a copy that is no inheritance */
void fdt_join(struct world *, u32 fdt, u32 proc);
void fdt_leave(struct world *, u32 proc); /* the last one out closes everything */
void fdt_unshare(struct world *, u32 proc);
u32 fd_find(const struct world *, u32 fdt, i32 fd);
u32 fd_add(struct world *, u32 fdt, i32 fd, u32 file); /* closes what stood there */
void fd_remove(struct world *, u32 fd_index);
void fdt_close_on_exec(struct world *, u32 fdt);
u32 file_new(struct world *, u32 kind, u32 object, u32 access, u32 flags);
void file_hold(struct world *, u32 file); /* by an open operation */
void file_unhold(struct world *, u32 file);

/* ---- call.c ---- */
enum call_class {
	CLASS_NONE,
	CLASS_READ,
	CLASS_WRITE,
	CLASS_PIPE,
	CLASS_CLOSE,
	CLASS_CLOSE_RANGE,
	CLASS_DUP,
	CLASS_DUP2,
	CLASS_FCNTL,
	CLASS_IOCTL,
	CLASS_OPEN,
	CLASS_FORK,
	CLASS_UNSHARE,
	CLASS_EXEC,
	CLASS_WAIT,
	CLASS_POLL,
	CLASS_SLEEP,
	CLASS_PAUSE,
	CLASS_SPLICE,
	CLASS_TEE,
	CLASS_VMSPLICE,
	CLASS_ACCESS,
	CLASS_MMAP,
	CLASS_MUNMAP,
	CLASS_MREMAP,
	CLASS_FTRUNCATE,
	CLASS_MEMFD,
	CLASS_UNLINK,
	CLASS_SYNC, /* of the C library, sync_verb() says which */
	CLASS_FUTEX,
	CLASS_MSYNC,
};
enum call_class call_class(unsigned call);
void call_poised(struct world *, const struct rec *, const struct ev_enter *, u64 pos);
void call_enter(struct world *, const struct rec *, const struct ev_enter *, u64 pos);
void call_drop_files(struct world *, u32 task); /* open files its operation held */
void call_drop_marks(struct world *, u32 task); /* what it marked as closing, or as in exec */
u32 call_find_fd(const struct world *, u32 task, i32 fd);
/* The call will never come back: the task died, or another program took its place. */
void call_abandon(struct world *, u32 task);

/* The open file that fd leads to, kept alive by the open operation; 0 unknown. */
u32 call_hold_file(struct world *, u32 task, i32 fd);

/* ---- result.c ---- */
/* A call gave the task this number: what the world still has there must be on its way out. */
void result_make_room(struct world *, u32 task, i32 fd);
/* Takes a descriptor of the table; its entry, 0 if there is no room (the file is let go then). */
u32 result_give_fd(struct world *, u32 task, i32 fd, u32 file, enum fd_how, bool cloexec);
void call_exit(struct world *, const struct rec *, const struct ev_exit *);

/* ---- pipe.c ---- */
u32 pipe_new(struct world *, u32 creator, u64 ino, u64 capacity);
u32 pipe_by_ino(const struct world *, u64 ino); /* living ones; 0 none */
void pipe_touch(struct world *, u32 pipe);
void pipe_file_added(struct world *, u32 file);
void pipe_file_gone(struct world *, u32 file);
bool pipe_op_sleeps(
	const struct w_pipe *, const struct w_op *, u32 pipe); /* has no effect at the moment */
i64 op_size(const struct w_op *);
i64 op_takes(const struct w_op *, u32 pipe); /* most bytes it may still take from it */
i64 op_puts(const struct w_op *, u32 pipe);
u32 op_next(const struct world *, u32 task,
	u32 pipe); /* next task with an open operation on the pipe */
void pipe_op_begin(struct world *, u32 task);
void pipe_op_end(
	struct world *, u32 task); /* off the lists of its pipes; effects are settled by then */
/* Notes which operations overlap with this one; afterwards op.alone is what it is at its end. */
void pipe_op_overlap(struct world *, u32 task, u32 pipe);
void pipe_widen(struct world *, u32 pipe);
void pipe_unsure(struct world *, u32 pipe);
/* Certainly empty: contents and slots are exactly known again. */
void pipe_quiet(struct world *, u32 pipe);
/* All that was ever put in covers all that was taken; if not, the account is mended. */
bool pipe_account_holds(struct world *, u32 pipe);
void pipe_now_empty(struct world *, u32 pipe);           /* the kernel showed that it is empty */
void pipe_set_fill(struct world *, u32 pipe, i64 bytes); /* a better figure replaces ours */
void pipe_set_capacity(struct world *, u32 pipe, u64 capacity);
i64 pipe_open_puts(const struct world *, u32 pipe); /* what open operations may still put in */
i64 pipe_open_takes(const struct world *, u32 pipe);
i64 pipe_loose(const struct world *, u32 pipe); /* bytes attributed, not known to be put in */
i64 pipe_least(const struct world *, u32 pipe); /* bytes it holds at least */
/* Could every end of that kind be closed already, as far as the log tells? With `witness` != 0 (the
 * task that saw it) deaths that explain it are presumed. */
bool pipe_ends_may_be_gone(struct world *, u32 pipe, u32 access, u32 witness);
/* A task was found asleep in its call. */
void pipe_op_asleep(struct world *, u32 task);
/* The sleeping writers, in turn, put in what fits; `until` (0: all) is the last to do so. */
void pipe_pump(struct world *, u32 pipe, u32 until);

/* Could the last descriptor of an open file be closed already, those in flight included? `socket`: its object, for the
 * words of a presumption that turns out wrong. */
bool file_may_be_gone(struct world *, u32 file, u32 socket, u32 witness);

/* ---- fifo.c, fifo_name.c ---- */
#define FIFO_SAW_END 8u /* op.object2 of a read or write of a FIFO: the other end may have been closed at a moment since ENTER */
#define FIFO_ID (1ull << 63) /* set in the id (ino) of a FIFO: names and inode numbers of pipes may meet */
/* The FIFO of that id; made known as one from outside when it is new. 0: the pool is full. */
u32 fifo_known(struct world *, u64 id, const char *path, size_t n);
u32 fifo_led_to(struct world *, u32 task, u64 id); /* the one that the task's open(2) has led to, not known before maybe */
void fifo_named(struct world *, const struct ev_name *);          /* REC_NAME of a path */
bool fifo_may_be_lost(const struct world *, u64 name, u64 since); /* one of that name was made since, which nobody has seen */
u64 fifo_name_hash(const char *path);
u64 fifo_name(const struct world *, u32 fifo);
bool fifo_is_losing_name(const struct world *, u32 fifo); /* it has lost it, or somebody is about to remove it */
void fifo_name_goes(struct world *, u64 name);
void fifo_begin(struct world *, u32 task, const struct ev_enter *); /* open or unlink of one: POISED or ENTER */
void fifo_open_enter(struct world *, u32 task);
/* True when it is a FIFO's open. */
bool fifo_open_exit(struct world *, u32 task, const struct ev_exit *);
void fifo_open_drop(struct world *, u32 task); /* interrupted, or never back */
void fifo_unlink_enter(struct world *, u32 task);
void fifo_unlinked(struct world *, u32 task);
void fifo_asleep(struct world *, u32 task);
void fifo_awake(struct world *, u32 task); /* in a call that goes on: a signal that does nothing broke its sleep off */
void fifo_deserted(struct world *, u32 fifo); /* nobody has it open any more */
void fifo_end_came(struct world *, u32 fifo, u32 access); /* likewise */
void fifo_end_gone(struct world *, u32 fifo); /* an end of it was closed: for those inside open */
void fifo_check_sleepers(struct world *, u32 fifo);
bool fifo_openers_hold(const struct world *, u32 pipe, u32 access, u32 witness); /* one inside open(2) counts as that end for sure */
enum outlook fifo_outlook(const struct world *, const struct w_task *);
u32 fifo_open_access(const struct w_op *); /* ACCESS_* that this open asks for */
extern const struct ipc_rule fifo_rule_make; /* mknod */
void pipe_forget(struct world *, u32 pipe); /* its contents are gone */
void pipe_gone(struct world *, u32 pipe);

/* ---- filelock.c ---- */
extern const struct ipc_rule lock_rule;
extern const struct ipc_file_rule lock_file_rule;
bool lock_is_call(const struct w_op *);
void lock_asleep(struct world *, u32 task);
void locks_fd_closed(struct world *, u32 fdt, u32 file); /* of an OBJ_FILE */
void lock_observe(struct world *, const struct ev_observe *); /* OBS_LOCK */
/* The same locks, held by the same tasks: `task` maps a's onto b's. */
bool locks_are_like(const struct world *a, const struct world *b, const u32 *task);
bool locks_hold(const struct world *, struct str *where); /* invariants */

/* ---- signals.c ---- */
extern const struct ipc_rule signal_rule_action, signal_rule_timer, signal_rule_send, signal_rule_wait;
void signals_exec(struct world *, u32 proc);
bool signals_timer_pending(const struct world *, u32 proc); /* a clock may send it a signal, which ends any wait */
bool signals_timer_seen(const struct world *, u32 proc);    /* it will: the timer was seen to be set */
void signals_fork(struct world *, u32 from_task, u32 proc);
void signals_attached(struct world *, u32 proc, const struct ev_observe *);
void signals_injected(struct world *, u32 task, const struct ev_inject *);
void signal_delivered(struct world *, u32 task, const struct ev_signal *);

/* ---- looked.c: OBS_ENDS, OBS_WATCH, OBS_TIMER, OBS_PIDFD ---- */
void looked_ends(struct world *, const struct ev_observe *);
void looked_watch(struct world *, u32 task, const struct ev_observe *);
void looked_timer(struct world *, u32 task, const struct ev_observe *);
void looked_pidfd(struct world *, u32 task, const struct ev_observe *);
void watch_found(struct world *, u32 epoll, u32 file, i32 fd, u32 events); /* once */
void lock_found_held(struct world *, u32 task, const struct ev_observe *); /* OBS_LOCK_HELD */

/* ---- counter.c ---- */
extern const struct ipc_rule counter_rule_make, counter_rule_set, counter_rule_ctl;
extern const struct ipc_file_rule counter_file_rule;
u32 counter_adopt(struct world *, const struct ev_observe *); /* OBS_FD: its open file, 0 none */
void counter_observe(struct world *, const struct ev_observe *); /* OBS_COUNTER */
void counter_asleep(struct world *, u32 task);
u32 counter_of_fd(const struct world *, u32 task, i32 fd); /* no file (OBJ_FILE); 0 none */
void counter_identity(const struct world *, u32 counter, struct str *);
/* The same ones in the same state: `task` maps a's onto b's; `where` may be NULL. */
bool counters_are_like(const struct world *a, const struct world *b, const u32 *task, struct str *where);
bool counter_holds(const struct world *, u32 counter, struct str *where); /* invariants */
enum outlook counter_outlook(const struct world *, u32 task, const struct w_file *, bool reads);
void watches_forget(struct world *, u32 file); /* the file is closed: epolls no longer wait for it */
void poll_begin(struct world *, u32 task, const struct ev_enter *); /* POISED or ENTER */
void poll_leave(struct world *, u32 task);
void poll_check_sleepers(struct world *);
enum outlook poll_outlook(const struct world *, u32 task);
u32 watch_file(const struct world *, u32 task, const struct w_watch *); /* the open file it is about, 0 unknown */

/* ---- transfer.c ---- */
void transfer_exit(struct world *, u32 task, const struct ev_exit *, bool restart);
void transfer_abandon(struct world *, u32 task);
void splice_exit(struct world *, u32 task, const struct ev_exit *);

/* ---- slots.c ---- */
u64 slots_room(const struct w_pipe *, const struct world *,
	const struct w_op *); /* bytes it could put now */
u64 slots_put(
	struct world *, u32 pipe, struct w_op *); /* puts what fits of op's rest; returns bytes */
/* What a read of `size` would take now, and what it would throw away of a packet. */
u64 slots_would_take(const struct world *, u32 pipe, u64 size, u64 *discarded);
void slots_take(struct world *, u32 pipe, u64 bytes); /* from the front; empties slots */
void slots_clear(struct world *, u32 pipe);
void spans_put(struct world *, u32 pipe, u32 task, const struct w_op *, u64 off,
	u64 len); /* task 0: unknown bytes */
void spans_take(struct world *, u32 pipe, u64 len);
void spans_clear(struct world *, u32 pipe);

/* ---- segment.c ---- */
void segment_apply(struct world *, const struct rec *, const struct ev_segment *);
u32 segment_find(const struct world *, u64 ino, u64 dev);
u32 segment_by_ino(const struct world *, u64 ino); /* of those on a file system, and memfds; 0 none */
void segment_resize(struct world *, u32 segment, u64 size);
void segment_removed(struct world *, u32 segment); /* shmctl(IPC_RMID): it lives while it is attached */
void segment_unlinked(struct world *, const char *path); /* "/dev/shm/OS", or "/OS" for sem_unlink */
void segment_touch(struct world *, u32 segment);
void segment_file_added(struct world *, u32 file);
void segment_file_gone(struct world *, u32 file);
/* All that is watched and maps it has our runtime in it. */
bool segment_all_hooked(const struct world *, u32 segment);
/* Nobody but the watched may have it: it was made by them, and has no name that others could use. */
bool segment_is_ours(const struct world *, u32 segment);
u32 maps_of(const struct world *, u32 proc); /* the process whose maps these are */
void map_add(struct world *, u32 proc, const struct w_map *, u32 site);
void maps_cut(struct world *, u32 proc, u64 addr, u64 len);
void maps_copy(struct world *, u32 from, u32 to);
void maps_drop(struct world *, u32 proc); /* exec, end: its memory is gone, and what lay in it */
/* The segment and offset at an address of a process; its own memory with --threads; 0 none. */
u32 segment_at(const struct world *, u32 proc, u64 addr, u64 *off);
u32 map_at(const struct world *, u32 proc, u64 addr);
void segment_enter(struct world *, u32 task, const struct ev_enter *);
void segment_exit(struct world *, u32 task, const struct ev_exit *);

/* ---- memory.c ---- */
void memory_apply(struct world *, const struct rec *, const struct ev_memory *);
/* Bytes put into a segment. Cells that change, or all of them when `task` stored them, get a writer.
 * True if some known byte became another. */
bool memory_put(struct world *, u32 segment, u64 off, const void *bytes, u64 n, u32 task);
void memory_drop(struct world *, u32 segment, u64 from); /* from there on nothing is held: 0 */
void memory_looked(struct world *); /* a settled point: small segments are known as a whole */
u64 memory_word(const struct world *, u32 segment, u64 off, u32 n, bool *known); /* up to 8 bytes */
bool memory_wrote_since(const struct world *, u32 segment, u64 off, u64 n, u64 seq);

/* ---- access.c ---- */
static inline bool op_is_access(const struct w_op *op)
{
	return op->call == CALL_load || op->call == CALL_store || op->call == CALL_update;
}
void access_begin(struct world *, u32 task); /* POISED or ENTER: op is filled */
void access_leave(struct world *, u32 task); /* off the list of its segment */
void access_exit(struct world *, u32 task, const struct ev_exit *);
/* POISED: is it the next of a round of loads that brings nothing new? */
bool access_spins(struct world *, u32 task);
/* Bytes [from, to) of a segment are others now, by that task (0: nobody knows). */
void access_changed(struct world *, u32 segment, u64 from, u64 to, u32 by);
void looks_interrupt(struct world *, u32 task); /* an operation that is no load */
void looks_drop(struct world *, u32 task);
void looks_forget(struct world *, u32 segment);

/* ---- sync.c ---- */
enum sync_verb {
	VERB_NONE, VERB_INIT, VERB_DESTROY, VERB_OPEN, VERB_CLOSE, VERB_UNLINK,
	VERB_TAKE,    /* sem_wait, lock, wrlock, spin_lock, barrier_wait, join */
	VERB_TRY, VERB_GIVE, VERB_GET, VERB_SHARE, VERB_TRYSHARE, /* rwlock for reading */
	VERB_WAIT,    /* cond_wait */
	VERB_SIGNAL, VERB_BROADCAST, VERB_CONSISTENT,
};
enum sync_verb sync_verb(unsigned call);
u32 sync_kind(unsigned call); /* enum sync_kind, 0 none */
bool sync_is_timed(unsigned call);
void sync_begin(struct world *, u32 task); /* POISED or ENTER: finds the object */
void sync_leave(struct world *, u32 task); /* off all lists; what an open call did stays */
void sync_exit(struct world *, u32 task, const struct ev_exit *, u32 flags);
void sync_abandon(struct world *, u32 task); /* it will never come back */
void sync_asleep(struct world *, u32 task);
void sync_awake(struct world *, u32 task); /* no longer asleep */
void sync_suspend(struct world *, u32 task); /* other calls begin inside it */
void sync_resume(struct world *, u32 task);
void sync_touch(struct world *, u32 sync);
void sync_settled(struct world *);
void sync_observe(struct world *, u32 task, const struct ev_observe *);
/* fork: those in the process's own memory; what the forking task holds, the child's does */
void sync_copy(struct world *, u32 from, u32 to, u32 forker, u32 child);
void sync_drop_private(struct world *, u32 proc);
void sync_drop_segment(struct world *, u32 segment);
void sync_owner_ended(struct world *, u32 task);
void sync_own(struct world *, u32 sync, u32 task, u32 site); /* task 0: nobody */
/* What the world thinks of it can be trusted: all who could touch it tell of it. */
bool sync_is_sure(const struct world *, u32 sync);
u32 sync_op_next(const struct world *, u32 task, u32 sync);
void sync_wait_on(struct world *, u32 task, u32 sync); /* into its list, in order of arrival; 0: out of any */

u32 sync_at(struct world *, u32 task, u64 addr, u32 kind, bool make); /* 0 none */
u32 sync_made(struct world *, u32 task, u64 addr, u32 kind); /* a new one, which the task makes */
void sync_hide(struct world *, u32 sync); /* destroyed: no longer found where it lay */
void sync_enlist(struct world *, u32 task); /* its op, with the objects it is about */
void sync_give_if_done(struct world *, u32 sync); /* destroyed, and nobody is in it any more */

/* ---- syncop.c ---- */
void syncop_enter(struct world *, u32 task);
/* False: the call ended without an effect that concerns the world. */
void syncop_exit(struct world *, u32 task, const struct ev_exit *);
void syncop_injected(struct world *, u32 task, const struct ev_inject *); /* what comes of it is in later records */
void syncop_undo(struct world *, u32 task); /* restarted, or never back: what ENTER did */
void syncop_widen(struct world *, u32 sync); /* something changed: what do open calls on it see? */
void syncop_check_sleepers(struct world *, u32 sync);
i64 sem_open_posts(const struct world *, u32 sync);
i64 sem_open_takes(const struct world *, u32 sync); /* of tasks that are not asleep */

/* ---- find.c ---- */
const char *sync_word(u32 kind); /* "sem", "mutex" */

/* ---- identity.c ---- */
void identity_of_segment(const struct world *, u32 segment, struct str *);
void identity_of_sync(const struct world *, u32 sync, struct str *);
void identity_made_by(const struct world *, u32 creator, u32 nth, struct str *); /* "1.2:3" */

/* ---- call.c ---- */
void call_restore_outer(struct world *, u32 task);
/* Asleep in a call that has no ENTER: it was inside when we came. */
void call_found(struct world *, u32 task, u16 call);
void call_drop_inner(struct world *, u32 task); /* what goes on inside an outer call is over */

/* ---- why.c, outlook.c ---- */
enum outlook outlook_wait(const struct world *, const struct w_task *);
const struct w_file *outlook_file(const struct world *, const struct w_task *);
i32 outlook_pid(const struct w_op *); /* the child a wait is about, 0 any */
u32 outlook_group(const struct w_op *); /* the process group a wait is about, 0 none */
bool outlook_is_meant(const struct w_proc *child, i32 pid, u32 group); /* 0: any */
void outlook_wait_found(struct world *, u32 task, const struct ev_enter *);
enum outlook outlook_sync(const struct world *, u32 task);
u32 join_target(const struct world *, u32 task); /* 0 unknown */

/* ---- ipc.c: calls and open files of the other objects go to their families ---- */
/* What a blocked call waits for, as its family says; wait_of: false leaves it at WHY_OTHER. */
struct ipc_wait {
	enum why_reason reason;
	u32 kind, object; /* what it waits on: enum object_kind and index */
	u64 off;          /* and where in it: semaphore (w_sem) */
	u32 files, access;/* open files (w_file.next) through which those with that access could end it */
	u32 proc;         /* a process whose end would */
	u32 talks_with;   /* a datagram socket without a peer: those of ours that it has exchanged something with could, too */
	bool outside;     /* processes that are not watched could */
	bool anybody;     /* any of ours could come to it by name, key or id: counts for the proof of a HANG only */
	bool open_ended;  /* a clock, or what the world does not know, may end it */
	u64 timeout;      /* ns, TIME_NONE */
};
/* What a family does with a call: any may be NULL. `found`: at POISED and ENTER, what it is about, so that its outlook can be
 * told. `exit` is not called for a restarted call (`drop` is). */
struct ipc_rule {
	void (*found)(struct world *, u32 task, const struct ev_enter *);
	void (*enter)(struct world *, u32 task, const struct ev_enter *);
	void (*exit)(struct world *, u32 task, const struct ev_exit *);
	void (*drop)(struct world *, u32 task); /* restarted, or it never came back: take the marks off */
	void (*lost)(struct world *, u32 task); /* it never came back: in place of `drop` */
	enum outlook (*outlook)(const struct world *, u32 task);
	bool (*wait)(const struct world *, u32 task, struct ipc_wait *);
};
void ipc_found(struct world *, u32 task, const struct ev_enter *);
/* OUTLOOK_COUNT: no rule says. */
enum { OUTLOOK_COUNT = 3 };
int ipc_outlook(const struct world *, u32 task);
bool ipc_wait_of(const struct world *, u32 task, struct ipc_wait *);
static inline bool ipc_is_queue_call(unsigned call)
{
	return (call >= CALL_mq_timedsend && call <= CALL_mq_getsetattr) || call == CALL_msgsnd || call == CALL_msgrcv ||
	       call == CALL_msgctl;
}
static inline bool ipc_is_sem_call(unsigned call)
{
	return call == CALL_semop || call == CALL_semtimedop || call == CALL_semctl;
}
/* What a family does with open files of its kind. */
struct ipc_file_rule {
	const struct ipc_rule *read, *write; /* read(2), write(2) and their kin */
	void (*added)(struct world *, u32 file);
	void (*gone)(struct world *, u32 file); /* the last descriptor is closed */
};
bool ipc_has_rule(unsigned call);
const struct ipc_file_rule *ipc_file_rule(u32 object_kind); /* NULL: none */
void ipc_enter(struct world *, u32 task, const struct ev_enter *);
void ipc_exit(struct world *, u32 task, const struct ev_exit *, u32 rec_flags);
void ipc_drop(struct world *, u32 task);
void ipc_lost(struct world *, u32 task); /* it never came back: the task died, or another program took its place */

/* ---- flow.c ---- */
u32 flow_new(struct world *, u32 kind, u32 object_kind, u32 object, u64 capacity);
void flow_destroy(struct world *, u32 flow); /* its object is gone; open operations on it lose it */
void flow_touch(struct world *, u32 flow);
/* The task's operation begins: takes from (ACCESS_READ) or puts into the flow at most `most`. */
void flow_op_begin(struct world *, u32 task, u32 flow, u32 role, i64 most);
/* It came back. took, put: so much was moved (messages: 1; bytes: n). The others: with nothing. Each ends the operation on the
 * flow, and says whether some order of the open operations explains it. */
bool flow_op_took(struct world *, u32 task, i64 n);
bool flow_op_put(struct world *, u32 task, i64 n);
bool flow_op_empty(struct world *, u32 task);  /* EAGAIN of a take, a time-out */
bool flow_op_full(struct world *, u32 task);   /* EAGAIN of a put */
bool flow_op_ended(struct world *, u32 task);  /* a take found the end */
bool flow_op_broken(struct world *, u32 task); /* EPIPE, ECONNRESET, ECONNREFUSED */
void flow_came(struct world *, u32 flow, i64 n); /* so much had come in that no call of ours put there */
i64 flow_puts(const struct world *, u32 flow); /* most that open operations may put in */
void flow_emptied(struct world *, u32 flow);   /* all it held was thrown away */
void flow_op_nothing(struct world *, u32 task); /* it had no effect, for reasons of its own (EINTR, EBADF, ...) */
void flow_op_lost(struct world *, u32 task);   /* it never came back: it may have moved anything up to `most` */
i64 flow_open_puts(const struct world *, u32 flow); /* most that open operations may still put in */
void flow_span_pop(struct world *, u32 flow);
void flow_may_gain(struct world *, u32 flow, i64 n); /* so many may have come in, or not */
void flow_may_lose(struct world *, u32 flow, i64 n); /* so many may have been dropped */
void flow_lost(struct world *, u32 flow, i64 n);     /* lossy: so many were dropped: the kernel's count must show it */
bool flow_op_saw(struct world *, u32 task, i64 n); /* looked at so much and took nothing (MSG_PEEK) */
/* The kernel was asked at a settled point: it holds between lo and hi. False: that cannot be (drift is the caller's). */
bool flow_settle(struct world *, u32 flow, i64 lo, i64 hi);

/* ---- socket.c ---- */
#define ACCESS_LOCK 8u /* w_proc.presumed_access: a file lock that it held was another's */
#define ACCESS_SOCKET 4u /* w_proc.presumed_access: presumed_pipe is a socket */
u32 socket_new(struct world *, u32 creator, u64 ino, u32 domain, u32 type, u32 protocol); /* named, without an open file */
u32 socket_by_ino(const struct world *, u64 ino); /* living ones, 0 none */
u32 socket_of_file(const struct world *, u32 file); /* 0: it leads to none */
u32 socket_of_fd(const struct world *, u32 task, i32 fd);
void socket_touch(struct world *, u32 socket);
void socket_pair_up(struct world *, u32 a, u32 b); /* both connected, a flow each way */
u32 socket_embryo(struct world *, u32 listener, u32 client); /* a connection that waits to be accepted */
u32 socket_adopt(struct world *, u32 task, const struct ev_observe *); /* OBS_FD: its open file, 0 none */
bool socket_may_be_gone(struct world *, u32 socket, u32 witness);
void socket_disconnected(struct world *, u32 socket); /* a Unix datagram socket loses its peer, and all it has received */
/* Could the other side be closed, or have shut its sending (receiving), as far as the log tells? */
bool socket_peer_may_be_shut(struct world *, u32 socket, u32 access, u32 witness);
void socket_observe(struct world *, const struct ev_observe *); /* OBS_SOCKET */
void socket_named(struct world *, const struct ev_name *);      /* REC_NAME */
/* ---- inet.c ---- */
bool socket_is_inet(const struct w_socket *);
void inet_connecting(struct world *, u32 task, u32 socket, u32 to); /* connect came back and goes on: EINPROGRESS, EINTR */
bool inet_may_be_reset(const struct world *, u32 socket); /* bytes on their way to it may be lost */
/* What was written to it may not have arrived: Nagle's rule, a window that was closed. False: at the last settled point
 * something had, and nobody took it since. */
bool inet_may_be_late(const struct world *, u32 socket);
bool inet_was_refused(struct world *, u32 socket); /* ECONNREFUSED of a connect that went on; false: it cannot be */
void inet_was_reset(struct world *, u32 socket);
void inet_may_reach(struct world *, u32 task, const struct ev_observe *); /* OBS_REACHES */
/* Nothing open explains the message that the task received: a stranger may have sent it. */
bool inet_from_outside(struct world *, u32 task, const struct ev_exit *);
void inet_renaming(struct world *, u32 socket, bool begins); /* a bind or connect of it opens, or is over */
void inet_send_begins(struct world *, u32 task); /* op.loose: whether it arrives at its destination is not certain */
void inet_sent(struct world *, u32 task, const struct ev_exit *); /* it went to a socket that was not there when the call began */
/* Those before the first that is as long as what came were dropped. */
bool inet_message_fits(struct world *, u32 flow, u64 got, u64 room);
void inet_settled(struct world *, u32 socket, const struct ev_observe *);

/* shared with socketlink.c */
u32 socket_begin(struct world *w, u32 task);
void socket_give_name(struct world *w, u32 socket, u32 creator);
void socket_give_ino(struct world *w, u32 socket, u64 ino);
bool socket_is_connected_kind(const struct w_socket *s);
void socket_flow_in(struct world *w, u32 socket);
void socket_embryo_taken(struct world *w, u32 listener, u32 embryo);
void socket_give(struct world *w, u32 task, i32 fd, u32 socket, u32 flags);
bool socket_is_stream(const struct w_socket *s);
extern const struct ipc_rule socket_rule_make, socket_rule_listen, socket_rule_accept, socket_rule_connect, socket_rule_shutdown,
	socket_rule_option, socket_rule_send, socket_rule_receive;
extern const struct ipc_file_rule socket_file_rule;
/* splice, sendfile: the side that is a socket. */
void socket_splice_enter(struct world *, u32 task);
void socket_splice_exit(struct world *, u32 task, const struct ev_exit *);

/* ---- socketwhy.c ---- */
struct ipc_wait;
enum outlook socket_receive_outlook(const struct world *, u32 task);
enum outlook socket_send_outlook(const struct world *, u32 task);
enum outlook socket_accept_outlook(const struct world *, u32 task);
enum outlook socket_connect_outlook(const struct world *, u32 task);
bool socket_receive_wait(const struct world *, u32 task, struct ipc_wait *);
bool socket_send_wait(const struct world *, u32 task, struct ipc_wait *);
bool socket_accept_wait(const struct world *, u32 task, struct ipc_wait *);
bool socket_connect_wait(const struct world *, u32 task, struct ipc_wait *);
enum outlook socket_ready(const struct world *, u32 socket, u32 events); /* as poll(2) asks; never OUTLOOK_GOES */
bool socket_room_wait(const struct world *, u32 socket, struct ipc_wait *); /* for room at its peer */
bool socket_talks_with(const struct world *, u32 socket, u32 other); /* one of the two has sent the other a datagram, or means to */
void socket_poll_wait(const struct world *, u32 socket, struct ipc_wait *); /* who could make it ready */

/* ---- carry.c: descriptors in flight ---- */
void carry_note(struct world *, u32 task, const struct ev_observe *); /* OBS_CARRIES */
void carry_sent(struct world *, u32 task, u32 socket, u64 at); /* its message is in that socket's queue */
void carry_drop(struct world *, u32 *first); /* the messages are gone, or were never sent */
/* OBS_FD, received: the open file in flight that it is, 0 none; *from: the process that sent it. */
u32 carry_received(struct world *, u32 task, const struct ev_observe *, u32 *from);
void carry_passed(struct world *, u32 socket); /* a settled point: what was taken without them is gone */
bool carry_may_be_gone(struct world *, u32 file, u32 witness);

/* ---- queue*.c; among themselves they have queue.h ---- */
u32 queue_find(const struct world *, bool sysv, u64 id); /* living ones, 0 none */
u32 queue_adopt(struct world *, const struct ev_observe *); /* OBS_FD: its open file, 0 none */
bool queue_named(struct world *, const struct ev_name *);  /* REC_NAME; true: it is a queue's */
void queue_observe(struct world *, u32 task, const struct ev_observe *); /* OBS_QUEUE */
bool queue_is_sure(const struct world *, u32 queue); /* its messages are exactly known */
void queue_identity(const struct world *, u32 queue, struct str *);
bool queue_holds(const struct world *, u32 queue, struct str *where); /* invariants */
extern const struct ipc_rule queue_rule_mq, queue_rule_open, queue_rule_unlink, queue_rule_attr, queue_rule_msg, queue_rule_get,
	queue_rule_control;
extern const struct ipc_file_rule queue_file_rule;

/* ---- sems*.c, which have sems.h among themselves; sysvshm.c ---- */
u32 sems_at(const struct world *, u32 set, u32 index); /* w_sem, 0 none */
void sems_observe(struct world *, u32 task, const struct ev_observe *); /* OBS_SEMS */
void sysv_parts_drop(struct world *, u32 task); /* a semop that was poised and does not begin */
void sysv_process_ends(struct world *, u32 proc);  /* SEM_UNDO may be at work from now on */
void sysv_process_ended(struct world *, u32 proc); /* and is done */
void sysv_get_enter(struct world *, u32 task, const struct ev_enter *); /* semget, shmget: in which namespace */
void sems_identity(const struct world *, u32 set, struct str *);
bool sems_hold(const struct world *, u32 set, struct str *where); /* invariants */
extern const struct ipc_rule sysv_rule_semop, sysv_rule_semctl, sysv_rule_semget, sysv_rule_shmget, sysv_rule_shmat,
	sysv_rule_shmctl;

/* ---- observe.c ---- */
void observe_apply(struct world *, const struct rec *, const struct ev_observe *);

#endif
