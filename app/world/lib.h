/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * world: what is the case, as a pure fold over the log. world_apply never reads the kernel, the
 * clock or a terminal; the same log folds to the same bytes. Refers by index, never by pointer,
 * so that a checkpoint is a copy. It explains every result by the open operations (an operation
 * is an interval between ENTER and EXIT) or counts it as drift.
 *
 * file        | what it holds
 * block.c     | the block: pools at fixed offsets, checkpoint, restore, equality of bytes
 * apply.c     | world_apply: one record to the rule for it
 * process.c   | processes, tasks: birth, exec, end, states
 * fd.c        | descriptor tables and open files: dup, close, fork, close-on-exec, provenance
 * call.c      | calls begin: what each asks of the tables, and the marks it leaves for others to see
 * result.c    | calls come back: what each result does to the tables, and whether they explain it
 * pipe.c      | pipes: birth, ends, end; the open operations on one, and what it may have held meanwhile
 * transfer.c  | reads, writes, splices on a pipe: is the result one that Linux could have given?
 * slots.c     | page slots and spans of contents, as fs/pipe.c fills and empties them
 * find.c      | elements, names, ends: what a reader of the world asks for
 * observe.c   | world against kernel at settled points; drift
 * same.c      | world_same: two runs compared by identity, state, contents
 * invariant.c | what must hold after every record
 * why.c       | why a task waits, who could end the wait: its answer; wait.c: what it waits for; wakers.c: who could end it
 * standing.c  | all of them at once: who stands still for good, cycles, the verdict
 * timeline.c  | checkpoints over a log; seek both ways
 * segment.c   | memory that can be shared: segments and mappings
 * memory.c    | bytes of segments in lines of 64: what they are, who wrote them
 * access.c    | loads, stores, updates; who saw what; spinning; conflicts and races
 * sync.c      | objects of the C library: where they lie, names, who is in a call on them
 * synccall.c  | calls of the C library: which there are, how they begin and end
 * syncop.c    | semaphores, mutexes, conditions, barriers, rwlocks: is the result one they could give?
 * outlook.c   | what a poised call would do now
 * identity.c  | names that no schedule changes
 */
#ifndef WORLD_LIB_H
#define WORLD_LIB_H

#include "event/lib.h"

#include "world/ipc.h"

/* All pools count from 1; index 0 means none. Names (P1, pipe1) are display numbers in order of
 * first appearance in this log; identity is (creator, n-th of its kind made by that creator). */

enum task_state {
	TASK_RUNNING = 1, /* resumed; in user mode, or in a call nobody has looked at yet */
	TASK_POISED,      /* held just before its next operation */
	TASK_BLOCKED,     /* asleep inside a call: looked at, at a settled point */
	TASK_SPINNING,
	TASK_STOPPED,
	TASK_HELD_EXIT,   /* woken; waits its turn at the exit of its call */
	TASK_ENDING,      /* about to end, its ends still open */
	TASK_ZOMBIE,      /* ended, status collected by us, not yet by its parent */
	TASK_GONE,
};

/* A call a task is in (open) or poised before. */
struct w_op {
	u16 call;
	u8 open;       /* 1: between ENTER and EXIT */
	u8 alone;      /* no other operation overlapped on its object so far */
	i32 fd, fd2;
	u64 size, arg;
	u64 hash;
	u64 seq;       /* event number of ENTER or POISED */
	u64 pos;       /* byte offset of that record in the log: contents are there */
	u32 site;
	u32 held;      /* bytes of contents in the log record */
	u32 file;      /* open file that fd leads to, 0 unknown */
	u32 file2;     /* for fd2 */
	u32 pipe;      /* pipe that an open operation takes from or puts into, 0 none */
	u32 pipe2;     /* pipe it puts into as well (splice, tee, sendfile) */
	u32 next;      /* next task with an open operation on `pipe` */
	u32 next2;     /* likewise for pipe2 */
	u8 role;       /* what it does to `pipe`: ACCESS_READ takes, ACCESS_WRITE puts, 0 neither */
	u8 asleep;     /* 1: since it was found asleep nothing was settled that would wake it */
	u8 tried;      /* 1: a write's first attempt, the one that may merge, is behind it */
	u8 loose;      /* 1: done is an attribution among several writers, not a certainty */
	u32 turn;      /* place among the sleeping writers: the lowest goes first */
	u64 done;      /* bytes a blocked write has already put in (the world's rule) */
	i64 lo, hi;    /* least and most bytes the pipe may have held since ENTER, this operation's own left out */
	u32 segment;   /* load, store, update: what it touches; sync operations: where the object lies (0: not shared) */
	u32 sync;      /* w_sync it is about, 0 none */
	u32 sync2;     /* cond_wait: the mutex */
	u32 flags;     /* EVF_ATOMIC, EVF_VOLATILE, EVF_TOLD */
	u64 off;       /* offset in the segment */
	u32 flow;      /* flow that an open operation takes from or puts into, 0 none */
	u32 flow_next; /* next task with an open operation on it */
	i64 flow_most; /* most it may move: bytes, or messages */
	i64 flow_lo, flow_hi; /* as lo, hi, of the flow */
	u16 flow_role; /* ACCESS_READ takes, ACCESS_WRITE puts */
	u16 flow_alone; /* no other operation of that role overlapped with it */
	u32 carries;   /* sendmsg: first w_carry it sends along */
	u32 object;    /* what else it is about (w_socket, w_queue, ...), by its call or open file's kind */
	u32 object2;
	u32 relocking; /* cond_wait: now waits for its mutex: 1: signalled, 2: its time is over */
	u32 text;      /* text offset: the name that sem_open, unlink, ... is about */
	u64 limit;     /* ns after which it ends when that is chosen: its socket's time-out; 0 none */
};

/* A load as the world remembers it: for spinning, and for "what each process last saw". */
struct w_load {
	u32 segment;
	u32 size;
	u32 site;
	u16 changed; /* 1: another task has stored another value there since */
	u16 call;    /* CALL_load; CALL_update that left the value as it was (a lock tried in vain) */
	u64 off;
	u64 value;   /* up to 8 bytes; of a larger one the first 8 */
	u64 seq;
};
#define LOADS_KEPT 8u  /* the last loads of a task, newest first, not interrupted by anything but loads */
#define SAW_KEPT   16u /* cells a task last saw, newest first */

/* What a task did to shared memory: made by its first access, gone with the task. */
struct w_looks {
	u32 used;
	u32 task;
	u32 loads_n;   /* loads since its last operation that was no load, at most LOADS_KEPT */
	u32 saw_n;
	u8 rounds[LOADS_KEPT]; /* [k - 1]: how many of the newest loads equal the one k before (up to 255) */
	struct w_load loads[LOADS_KEPT]; /* newest first */
	struct w_load saw[SAW_KEPT];     /* newest first, one a cell; its own store to a cell it saw counts as a look */
	u32 stored_segment, stored_size; /* last store */
	u64 stored_off, stored_value, stored_seq;
};

struct w_task {
	u32 used;
	u32 proc;
	u32 nth;       /* n-th thread of its process, from 1 (1: the first) */
	i32 tid;
	u32 state;     /* enum task_state */
	u32 made_procs, made_pipes; /* counters for identities */
	u32 proc_next; /* next task of the same process, 0 none */
	u64 state_seq; /* event that led to this state */
	struct w_op op;
	/* last finished operation, for "Last" lines and why */
	u16 last_call;
	u16 last_failed; /* errno, 0 none */
	i32 last_fd;
	i64 last_ret;
	u64 last_seq;
	u32 last_site;
	u32 last_peeked; /* it was a receive that took nothing (MSG_PEEK) */
	u32 poised_signal, signal_site; /* POISED before the delivery of this signal (an interrupted op may be open), 0 none */
	u32 looks;    /* w_looks, 0: it never touched shared memory */
	u32 spin_n;   /* TASK_SPINNING: it re-reads the newest spin_n loads, with the same values, again and again */
	u64 spin_seq; /* event at which that began to be known */
	u32 sync_next; /* next task waiting on the same w_sync */
	u32 waits_on;  /* that w_sync: found asleep in a call on it; 0 none */
	u32 hooked;    /* 1: our runtime is in its process */
	u32 outer;     /* a C library call that is open around op (a handler runs, or the call makes a system call):
	                  see world_outer; 0 none */
	u32 made_segments, made_syncs; /* counters for identities */
	u32 holds;     /* C library objects it owns */
	u16 made_objects[16]; /* counters for identities, by enum object_kind */
	u32 owes_signal; /* pipe: a write to it came back short, which a signal must explain that follows, or the
	                    readers' death; 0 none */
};

struct w_proc {
	u32 used;
	u32 name;       /* n of Pn */
	u32 creator;    /* task number that made it, 0: ipclab */
	u32 nth;        /* n-th process that this creator made */
	u32 parent;     /* proc index, 0 outside */
	i32 pid;
	u32 fdt;        /* descriptor table, 0 once ended */
	u32 tasks;      /* live tasks */
	u32 ended;      /* 1: wait status known */
	i32 status;     /* wait status */
	u32 reaped;     /* 1: its parent has collected it */
	u32 born_site;  /* where the creator forked */
	u32 exec_path;  /* text offset of the executable's path, 0 none */
	u32 foreign;
	u64 born_seq, end_seq;
	u64 presumed_dead_seq; /* a reader saw EOF, or a writer EPIPE, that only this process's death explains; 0 none */
	u32 presumed_pipe, presumed_access; /* the end it would have to have lost by dying */
	u32 task_first;  /* its tasks: w_task.proc_next */
	u32 made_tasks;  /* tasks it ever had */
	u32 child_first; /* children not yet collected: w_proc.sibling */
	u32 sibling;
	u32 fdt_next;    /* next process with the same descriptor table */
	u32 ending;      /* of its live tasks, how many are TASK_ENDING */
	u32 execing;     /* open execve operations: close-on-exec ends may be gone already */
	u32 vfork;       /* 1: its creator waits in vfork until it execs or ends */
	u32 map_first;   /* w_map.proc_next, by address */
	u32 vm;          /* it shares the address space of this process (CLONE_VM); 0: has its own */
	u32 memory;      /* segment of kind SEGMENT_PRIVATE that stands for its own memory, 0 none */
	u32 sync_first;  /* C library objects in its own memory: w_sync.segment_next, by address */
	i32 pid_there;   /* what fork gave its creator: its pid in the namespace of those who wait for it; 0 not known */
	u64 sig_ignored, sig_caught; /* dispositions, bit sig - 1: signals.c */
	u64 sig_once;    /* caught, and default after the first (SA_RESETHAND) */
	u32 sig_known;   /* 1: it was seen to exec since: the above is sure */
	u32 timers;      /* bit 0: alarm or ITIMER_REAL is set, 1, 2: the other itimers, 8: the first repeats; of timer_create 9..31 by
	                    id, 3: those of higher ids */
	u32 timers_once; /* of 9..31, those that ring once */
	u32 group;       /* process group when a wait for one was last made, 0 unknown */
	u32 attached;    /* 1: it ran before we came: those who signal it may be anybody */
	u32 timers_unsure; /* of timers, those that may be set: it ran before we came, and nobody saw */
	u64 alarm_ns;    /* its alarm rings when that is chosen: what it was set to; 0 none, or it rings by the clock */
};

enum fd_how { FD_OPENED = 1, FD_INHERITED, FD_DUP, FD_RECEIVED, FD_UNKNOWN };

struct w_fdt { /* a descriptor table; shared by CLONE_FILES */
	u32 used, refs;
	u32 first; /* w_fd, ascending by fd */
	u32 procs; /* processes that use it: w_proc.fdt_next */
};

struct w_fd {
	u32 used;
	i32 fd;
	u32 file;    /* open file */
	u32 next;
	u32 site;    /* line that first made this descriptor (for an inherited one: the one that made it in the ancestor) */
	u32 got_site;/* where this process got it: fork's, dup's or pipe's line */
	u8 how;      /* enum fd_how */
	u8 cloexec;
	u8 closing;  /* > 0: a close, dup2 or close_range of it is open: it may be gone already */
	u8 pad;
	u32 from;    /* proc it was inherited from, or fd it was dup'ed from, by how */
	u32 fdt;     /* table it is in */
	u32 same, same_back; /* descriptors of the same open file, in both directions */
};

enum object_kind { OBJ_NONE, OBJ_PIPE, OBJ_TTY, OBJ_OTHER, OBJ_SEGMENT,
	OBJ_SOCKET, OBJ_MQ, OBJ_EVENTFD, OBJ_SIGNALFD, OBJ_TIMERFD, OBJ_PIDFD, OBJ_EPOLL, OBJ_FILE /* only for its locks */, OBJ_SEMS /* SysV; no open file leads to it */,
	OBJ_DISK /* a file, of runs that follow files (OPENED_FILE) */ };
enum { ACCESS_READ = 1, ACCESS_WRITE = 2 };

struct w_file { /* open file description */
	u32 used;
	u32 kind;    /* enum object_kind */
	u32 object;  /* w_pipe index when OBJ_PIPE, w_segment when OBJ_SEGMENT */
	u32 access;  /* ACCESS_* */
	u32 flags;   /* O_NONBLOCK, O_DIRECT */
	u32 refs;    /* descriptors that lead to it */
	u32 was_nonblock; /* O_NONBLOCK at some moment of an open operation */
	u32 op_refs; /* open operations that keep it alive though every descriptor may be closed */
	u32 carried; /* of those, how many are messages in flight (SCM_RIGHTS) */
	u32 fd_first;/* descriptors that lead to it: w_fd.same */
	u32 next;    /* next open file of the same pipe or segment */
	u32 watched; /* first w_watch of an epoll that waits for it: w_watch.of_file */
	u32 title;   /* OBJ_DISK: text offset of the path it was opened by */
	u32 unsure;  /* 1: two calls that set its flags overlapped: which came last only the kernel knows */
	u64 set_seq; /* the last call that set its flags came back */
	u64 put, got; /* OBJ_DISK: bytes that read and write moved through it */
};

struct w_slot { /* one page slot of a pipe */
	u32 used;
	u32 len;     /* bytes in it */
	u32 end;     /* where the next byte would go; merging possible while end + n <= page */
	u32 packet;  /* O_DIRECT: not merged, read as one */
	u32 merge;   /* may be merged into */
	u32 next;
};

struct w_span { /* bytes of one write still in the pipe, in order */
	u32 used;
	u32 task;    /* who wrote them */
	u64 pos;     /* log offset of the ENTER that holds the contents */
	u64 off;     /* first byte of the write that is still here */
	u64 len;
	u64 seq;
	u64 hash;      /* of the whole write, 0 unknown */
	u32 next, pad; /* task 0: bytes whose writer the world does not know */
};

struct w_pipe {
	u32 used;
	u32 name;       /* n of pipeN */
	u32 creator;    /* task, 0: came from outside */
	u32 nth;
	u64 ino;
	u64 capacity;   /* bytes: slots_max pages */
	u32 slots_max;
	u32 outside;    /* 1: processes we do not watch may hold ends */
	u32 site;       /* where made */
	u32 open_ops;   /* first task with an open operation on it */
	i64 fill;       /* bytes written and not read, as settled by EXITs and by blocked writers' rule; < 0 while a
	                   write that fed a read is still open */
	u64 written, taken; /* totals */
	u32 slot_first, slot_last, slot_count;
	u32 slots_sure; /* the slot picture is exact */
	u32 span_first, span_last;
	u32 spans_sure; /* order of contents is exact */
	u32 gone;       /* 1: nobody holds an end any more */
	u64 touched_seq;/* last event that changed it */
	u64 made_seq;
	u64 seen_seq;   /* last observation, 0 none */
	i64 seen_bytes;
	u32 files;      /* open files that lead to it: w_file.next */
	u32 readers, writers; /* open files that can read, write */
	u32 packets;    /* 1: written to with O_DIRECT since it was last empty */
	u64 capacity_most; /* largest capacity it may have had while operations are open */
	i64 ghost_put, ghost_take; /* most bytes that calls which never came back may have put in, taken */
	i64 span_debt;  /* bytes taken whose write has not come back yet: spans - span_debt = fill */
	u32 turns;      /* counter for w_op.turn */
	u32 pump_due;   /* 1: room was made that sleeping writers may be using */
	u32 read_due;   /* 1: something was put in, or the last writer left, that sleeping readers may be using */
	u32 ino_next, touched_next, touched; /* lists of the block */
	u32 gone_next;
	u32 fifo;       /* 1: a FIFO (fifo.c): it lives on, empty, while it has a name, though nobody has it open */
	u32 title;      /* FIFO: its path; 0 none */
	u32 unlinked;   /* FIFO: its name is gone */
	u32 openers;    /* FIFO: first task inside an open(2) of it: w_op.flow_next */
	u32 surprised;  /* FIFO: 1: an open came back that only somebody who is not watched explains */
	u32 standard;   /* 1 + n: not one of the program's own: it was given to it as descriptor n, 0 to 2, and is called stdin, ... */
};

struct w_segment { /* memory that can be shared */
	u32 used;
	u32 name;      /* n of shmN; 0: holds nothing but C library objects (a named semaphore): not drawn */
	u32 creator;   /* task that first mapped or made it; 0: from outside */
	u32 nth;
	u32 kind;      /* enum segment_kind */
	u32 title;     /* text offset: "/OS", a path; 0 none */
	u64 ino, dev;
	u64 size;      /* bytes; may change by ftruncate */
	u32 map_first; /* w_map.segment_next */
	u32 line_n;    /* 64-byte lines of it that the world holds */
	u32 site;      /* where made */
	u32 unlinked;  /* 1: its name is gone */
	u32 gone;      /* 1: nobody maps it or has it open */
	u32 access_site[4]; /* sites of the first accesses, for the type of it */
	u32 access_task[4];
	u32 sync_first; /* w_sync.segment_next, by offset */
	u32 files;      /* open files that lead to it: w_file.next */
	u64 touched_seq, made_seq;
	u64 last_off;   /* the last access, for the mark on the screen */
	u32 last_size, last_write;
	u32 next;       /* hash chain */
	u32 line_first; /* lines that the world holds: w_line.of_next */
	u32 all_known;  /* 1: bytes of lines that the world does not hold are 0, and known to be */
	u32 owner;      /* SEGMENT_PRIVATE: the process */
	u32 accesses;   /* first task poised at or inside an access to it: w_op.next */
	u32 gone_next;
	u32 enclosed;       /* nobody but those watched has it, as /proc shows */
	u32 shared_outside; /* others have it */
};

struct w_map { /* a shared mapping of a process */
	u32 used;
	u32 proc;
	u32 segment;
	u32 proc_next;    /* next of the same process, by address */
	u32 segment_next;
	u32 prot;         /* PROT_* */
	u64 addr, len;
	u64 offset;       /* of addr, in the segment */
	u32 site;         /* where mapped (inherited: in the ancestor) */
	u32 inherited;    /* proc it was inherited from, 0: mapped here */
	u32 pad;
};

#define LINE_BYTES 64u
struct w_line { /* 64 bytes of a segment, aligned; lines never seen are not there */
	u32 used;
	u32 segment;
	u32 next;          /* hash chain */
	u32 of_next;       /* next line of the same segment */
	u32 writer[16];    /* task that last stored into each 4-byte cell, 0: unknown or never */
	u32 wrote_seq[16]; /* event of that store, low 32 bits */
	u64 index;         /* offset / 64 */
	u64 known;         /* bit a byte: the world knows it */
	u8 bytes[LINE_BYTES];
};

enum sync_kind { SYNC_SEM = 1, SYNC_MUTEX, SYNC_COND, SYNC_BARRIER, SYNC_RWLOCK, SYNC_SPIN, SYNC_THREAD };
struct w_sync { /* an object of the C library; process-shared ones by (segment, offset), others by (process, address) */
	u32 used;
	u32 kind;
	u32 name;       /* n of semN, mutexN, condN, barrierN, rwlockN, spinN */
	u32 title;      /* text offset: the name given to sem_open, 0 none */
	u32 creator, nth;
	u32 segment;    /* 0: private to proc */
	u32 proc;
	u64 off;        /* in the segment, or the address */
	i64 value;      /* semaphore: count; barrier: how many are there; rwlock: readers inside */
	u32 value_sure; /* 1: the world knows it (it saw the init, or was told) */
	u32 limit;      /* barrier: how many are needed */
	u32 owner;      /* task: mutex, spin lock, rwlock held for writing; 0 nobody */
	u32 readers[4]; /* tasks: rwlock held for reading; those that are known, 0 behind the last */
	u32 depth;      /* recursive mutex: times locked */
	u32 type;       /* mutex: PTHREAD_MUTEX_* */
	u32 robust;
	u32 owner_died; /* 1: the owner ended while holding it */
	u32 held_site;  /* where the owner took it */
	u32 made_site;
	u32 wait_first, wait_n; /* tasks inside a wait on it: w_task.sync_next, in order of arrival */
	u32 segment_next, next;
	u32 generation; /* barrier: rounds done */
	u32 destroyed;
	u64 touched_seq;
	u32 open_ops;   /* first task with an open call on it: w_op.next, next2 */
	u32 suspended;  /* open calls on it in which a signal handler now makes calls of its own: nothing is judged */
	u32 inited;     /* 1: identity is (creator, nth); 0: nobody was seen to make it, identity is its place */
	u32 copied;     /* mutex: fork copied it while a thread of the parent held it: its holder is not in this process */
	u32 pad;
	u32 shaky;      /* mutex: 1: unlocked by a task that did not own it; 2: owner died, not made consistent */
	u32 touched, touched_next;
};

struct w_head {
	u64 events;    /* number of the last event applied */
	u64 pos;       /* log offset behind the record of that event */
	u64 t_ns;
	u64 moment;    /* learner's unit of time: in held stretches one a settled point, in free ones one an event */
	u64 settled, explained, drift, unknown;
	u64 first_drift_seq;
	char first_drift[160]; /* what did not agree, in words */
	u32 mode;      /* enum obs_mode */
	u32 procs_named, pipes_named;
	u32 last_task; /* task, object the last event touched: the mark on the screen */
	u32 last_pipe;
	u32 last_kind, last_call;
	u32 is_settled; /* the last event was a settled point */
	u32 root;       /* first process */
	u32 segments_named, last_segment, last_sync;
	u32 objects_named[16]; /* sockets, queues, ... by enum object_kind (15: SysV queues) */
	u32 last_object_kind, last_object;
	u32 syncs_named[8]; /* by enum sync_kind */
	u32 conflicts;  /* pairs of tasks poised now on one cell, at least one writing */
	u64 memory_mended; /* accesses whose value was not the world's though all who map the segment are held and told of
	                      (the oracle wants 0) */
	u64 races;      /* times a task accessed a cell plainly while another was poised to, one writing (see access.c) */
};

struct world;
struct world *world_create(void);
void world_destroy(struct world *);
/* Folds one record in. `pos` is the record's byte offset in the log. Notes are ignored. A record
 * that makes no sense (an EXIT of an unknown task) counts as drift and changes nothing else. */
void world_apply(struct world *, const struct rec *, u64 pos);

const struct w_head *world_head(const struct world *);
/* Elements by index; NULL for 0, unused, out of range. */
const struct w_task *world_task(const struct world *, u32 task); /* by task number of the log */
const struct w_proc *world_proc(const struct world *, u32 proc);
const struct w_fdt *world_fdt(const struct world *, u32);
const struct w_fd *world_fd(const struct world *, u32);
const struct w_file *world_file(const struct world *, u32);
const struct w_pipe *world_pipe(const struct world *, u32);
const struct w_slot *world_slot(const struct world *, u32);
const struct w_span *world_span(const struct world *, u32);
const char *world_text(const struct world *, u32 off); /* "" for 0 */
u32 world_tasks(const struct world *); /* highest index + 1, for loops from 1; likewise: */
u32 world_procs(const struct world *);
u32 world_pipes(const struct world *);
/* The descriptor entry of a process, 0 none. */
u32 world_fd_find(const struct world *, u32 proc, i32 fd);
/* Open descriptors that can write to (ACCESS_WRITE) or read from (ACCESS_READ) a pipe, in order of
 * process name and fd: fills at most max, returns how many there are. */
struct w_end { u32 proc; u32 fd; /* w_fd index */ };
u32 world_pipe_ends(const struct world *, u32 pipe, u32 access, struct w_end *ends, u32 max);
/* The pipe an open or poised operation of this task is about, 0 none. */
u32 world_op_pipe(const struct world *, u32 task);
/* What the task's poised or open call would do, were it to run alone now. */
enum outlook { OUTLOOK_GOES, OUTLOOK_BLOCKS, OUTLOOK_UNKNOWN };
enum outlook world_outlook(const struct world *, u32 task);

/* "P1", "P2.1", "pipe1" into buf (at least 24 bytes); returns buf. */
const char *world_task_name(const struct world *, u32 task, char *buf);
const char *world_proc_name(const struct world *, u32 proc, char *buf);
const char *world_pipe_name(const struct world *, u32 pipe, char *buf);
/* The other way: "P1", "p1", "1", "P2.1" -> task number; "pipe1" -> pipe index. 0 when unknown. */
u32 world_task_by_name(const struct world *, const char *name);
u32 world_pipe_by_name(const struct world *, const char *name);


/* ---- shared memory ---- */
const struct w_segment *world_segment(const struct world *, u32);
const struct w_map *world_map(const struct world *, u32);
const struct w_line *world_line(const struct world *, u32);
const struct w_sync *world_sync(const struct world *, u32);
const struct w_looks *world_looks(const struct world *, u32 task); /* what that task did to shared memory, NULL: nothing */
/* The C library call around the task's op (inside which a handler runs or a system call is made); NULL: none. */
const struct w_op *world_outer(const struct world *, u32 task);
u32 world_segments(const struct world *); /* highest index + 1 */
u32 world_syncs(const struct world *);
u32 world_lines(const struct world *);
/* The mapping of a process that holds this address, 0 none. */
u32 world_map_find(const struct world *, u32 proc, u64 addr);
/* n bytes of a segment from off. known[i] (may be NULL) says whether the world knows byte i; unknown
 * ones are 0. Returns how many are known. */
u32 world_memory(const struct world *, u32 segment, u64 off, void *bytes, u8 *known, u32 n);
/* Who last stored into the cell at off (task, 0 unknown) and when (event, 0). */
u32 world_writer(const struct world *, u32 segment, u64 off, u64 *seq);
/* What a task last saw at [off, off + size): NULL when it never looked. */
const struct w_load *world_saw(const struct world *, u32 task, u32 segment, u64 off, u32 size);
/* Another task that is poised at an access that overlaps with this task's poised one, at least one of
 * them a store or an update; 0 none. `race`: at least one of the two is plain (not atomic). */
u32 world_conflict(const struct world *, u32 task, bool *race);
const char *world_segment_name(const struct world *, u32 segment, char *buf); /* "shm1" */
const char *world_sync_name(const struct world *, u32 sync, char *buf);       /* "sem1", "mutex1" */
u32 world_segment_by_name(const struct world *, const char *name);
u32 world_sync_by_name(const struct world *, const char *name);

/* ---- identities: what no schedule changes ---- */
/* "1" for the first program, "1.2" the second process that 1's creator line made, "1.2/3" its third
 * thread: (creator, n-th of its kind made by that creator). */
void world_task_identity(const struct world *, u32 task, struct str *);
u32 world_task_by_identity(const struct world *, const char *identity); /* 0 none */
/* The object that a task's poised or open operation is about, as words that no schedule changes:
 * "pipe 1:1" (first pipe made by task 1), "shm 1:1+12" (segment and offset), "sem 1:2"; "" none. */
void world_op_identity(const struct world *, u32 task, struct str *);

/* ---- the other objects: world/ipc.h ---- */
const struct w_flow *world_flow(const struct world *, u32);
const struct w_socket *world_socket(const struct world *, u32);
const char *world_tcp_state(u32 tcp); /* "ESTABLISHED", ... of w_socket.tcp; "" for what is none */
const struct w_queue *world_queue(const struct world *, u32);
const struct w_sems *world_sems(const struct world *, u32);
const struct w_sem *world_sem(const struct world *, u32);
const struct w_counter *world_counter(const struct world *, u32);
const struct w_watch *world_watch(const struct world *, u32);
const struct w_lock *world_lock(const struct world *, u32);
/* The next lock behind `after` that is in the way of the task's lock call; 0: none. */
u32 world_lock_in_the_way(const struct world *, u32 task, u32 after);
/* Is that event (POLLIN, POLLOUT) there now? GOES: poll would say so; BLOCKS: not until somebody else does something. */
enum outlook world_ready(const struct world *, u32 file, u32 events);
u64 world_counter_value(const struct world *, u32 counter, bool *sure); /* of an eventfd */
/* The descriptors that a task's poll, select or epoll_wait waits for: first of them, go on by w_watch.next. */
u32 world_waited_for(const struct world *, u32 task);
/* The queue that the poised or open call is about, 0 none; the semaphore (w_sem) that a semop waits or would wait for first, and
 * by how much it would change it. */
u32 world_op_queue(const struct world *, u32 task);
u32 world_op_sem(const struct world *, u32 task);
i32 world_op_sem_delta(const struct world *, u32 task, u32 sem);
const struct w_semop *world_semop(const struct world *, u32);
u32 world_sockets(const struct world *); /* highest index + 1; likewise: */
u32 world_queues(const struct world *);
u32 world_sems_sets(const struct world *);
u32 world_counters(const struct world *);
u32 world_locks(const struct world *);
/* "sock1", "mq1", "msg1", "sems1", "eventfd1", "timerfd1", "signalfd1", "pidfd1", "epoll1": by kind and index, into buf (24 bytes). */
const char *world_object_name(const struct world *, u32 object_kind, u32 object, char *buf);
/* The other way, any object: "sock1" -> its kind and index; false unknown. Knows pipes, segments and sync objects, too. */
bool world_object_by_name(const struct world *, const char *name, u32 *object_kind, u32 *object);

/* ---- equality ---- */
bool world_equal_bytes(const struct world *, const struct world *);
/* Identities, states, contents the same; pids, inodes, times may differ. When not, `where` (may be
 * NULL) gets a sentence. */
bool world_same(const struct world *, const struct world *, struct str *where);
/* Rules that must hold after every record (counts, lists, no negative refs); false with a sentence. For tests and fuzzing. */
bool world_invariant(const struct world *, struct str *where);

/* ---- why a task waits ---- */
enum why_reason {
	WHY_NOT = 0, WHY_EMPTY, WHY_FULL, WHY_CHILD, WHY_TIMER, WHY_SEVERAL, WHY_SIGNAL, WHY_TERMINAL, WHY_OTHER, WHY_VFORK,
	WHY_SEM,     /* a semaphore is 0: whoever maps it and lives could post */
	WHY_MUTEX,   /* mutex, spin lock, rwlock: its owner holds it (or died holding it) */
	WHY_COND,    /* waits for a signal on a condition */
	WHY_BARRIER, /* the others are not there yet */
	WHY_THREAD,  /* join: that thread has not ended */
	WHY_SPIN,    /* spins until memory changes: why.segment, why.off; whoever maps it could write */
	WHY_FUTEX,   /* a futex word: our runtime is not in it */
	WHY_SYSV_SEM,/* semop: semaphore why.off (w_sem) of set why.object does not let it go */
	WHY_OPEN,    /* open of a FIFO (why.pipe): nobody has its other end open */
	WHY_COUNTER, /* read or write of an eventfd, timerfd, signalfd (why.object) */
	WHY_LOCK,    /* a file lock is held by others: why.object is a w_lock in the way */
};
struct why_waker {
	u32 proc;
	u32 task;
	u32 fd;      /* w_fd index, 0: by other means */
	u32 state;   /* enum task_state of its (most able) task */
	bool self;
	bool outside;/* not one of ours */
};
struct why {
	u32 task;
	enum why_reason reason;
	u32 call;
	i32 fd;
	u32 pipe;
	u32 sync, segment;   /* what it waits on, by reason; 0 none */
	u32 object_kind, object; /* what else it waits on: a socket, queue, ...; 0 none */
	u64 off;             /* in the segment; semaphore of the set */
	u64 timeout_ns;      /* TIME_NONE when none */
	u32 wakers_n;        /* all of them; at most 16 in wakers[] */
	struct why_waker wakers[16];
	u32 cycle_n;         /* >0: nobody left who could wake them; the tasks of the cycle */
	u32 cycle[16];
};
/* ns that the alarm of the process was set to which the task leads, when it rings by choice; else TIME_NONE. */
u64 world_alarm(const struct world *, u32 task);
/* False when the task is not blocked. From the world alone. */
bool world_why(const struct world *, u32 task, struct why *);
bool world_why_wait(const struct world *, u32 task, struct why *); /* without the cycle: where world_standing has it */

/* ---- what becomes of all of them ---- */
enum verdict { VERDICT_ENDED, VERDICT_HANG, VERDICT_WAITS, VERDICT_RUNS };
enum stands {
	STANDS_GONE = 0,
	STANDS_RUNS,    /* computes, or is held by us */
	STANDS_STOPPED, /* by a signal */
	STANDS_TIMED,   /* a clock ends its wait */
	STANDS_OUTSIDE, /* it waits for what only somebody outside does: the terminal, a peer that is not watched */
	STANDS_UNKNOWN, /* what ends its wait is more than the world knows */
	STANDS_DEPENDS, /* somebody who can move, or depends on such a one, could wake it */
	STANDS_STUCK,   /* nobody is left who could */
	STANDS_COUNT
};
struct world_standing {
	enum verdict verdict;
	u32 live;              /* tasks that are not gone */
	u32 n[STANDS_COUNT];
	bool guessed;          /* what some of those that stand still wait in is inferred: it is no proof */
	bool root_stuck;       /* a task of the first process is */
	u8 *of;                /* by task: enum stands */
	u32 cycles, *cycle;    /* by task: number of the cycle it is in, from 1; 0 none */
};
/* From the world alone; at a settled point HANG is a proof. */
void world_standing(const struct world *, struct world_standing *);
void world_standing_finish(struct world_standing *);

/* ---- checkpoints and the timeline ---- */
struct checkpoint; /* a compact copy of the block */
struct checkpoint *world_checkpoint(const struct world *);
void world_restore(struct world *, const struct checkpoint *);
size_t checkpoint_bytes(const struct checkpoint *);
void checkpoint_destroy(struct checkpoint *);

/* Looking back and forward over a log, live or finished. Nothing is re-run. Checkpoints are
 * thinned so that they never take more than 48 MiB. */
struct timeline;
struct timeline *timeline_create(struct log_reader *); /* borrows the reader */
void timeline_destroy(struct timeline *);
/* Folds whatever the log holds beyond what was folded so far; when the shown world was "now", it
 * stays now. Returns the number of new events. */
u64 timeline_update(struct timeline *);
u64 timeline_events(const struct timeline *);   /* events folded */
u64 timeline_moments(const struct timeline *);  /* moments in the log */
const struct world *timeline_world(const struct timeline *); /* what is shown */
const struct world *timeline_now(const struct timeline *);   /* the latest */
bool timeline_at_end(const struct timeline *);
bool timeline_seek_event(struct timeline *, u64 event);   /* 0: before everything */
bool timeline_seek_moment(struct timeline *, u64 moment); /* to the end of that moment */
void timeline_seek_end(struct timeline *);
struct log_reader *timeline_reader(const struct timeline *);
/* The record of an event by its number, NULL if there is none. */
const struct rec *timeline_event(struct timeline *, u64 event, u64 *pos);
/* The first and last event of a moment. */
bool timeline_moment_events(struct timeline *, u64 moment, u64 *first, u64 *last);

#endif
