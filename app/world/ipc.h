/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * world, the other objects: FIFOs, sockets, message queues, SysV semaphores, event descriptors, locks,
 * signals. Part of world/lib.h.
 *
 * file       | what it holds
 * flow.c     | a flow: bytes, messages or a count between those who put and those who take, without page slots
 * socket.c   | sockets: birth, names, pairs, shutdown, end, what the kernel says of them
 * socketlink.c | connect, accept; connections that nobody has accepted yet
 * socketop.c | what goes through sockets; socketwhy.c: outlook, and on whom a call waits
 * carry.c    | descriptors in flight (SCM_RIGHTS)
 * inet.c     | TCP and UDP: bytes on their way, resets, drops, strangers; against the kernel
 * queue.h    | POSIX and SysV message queues: its own table of files (queue*.c)
 * sems.h     | SysV semaphores: its own table of files (sems*.c)
 * sysvshm.c  | calls of SysV shared memory; its segments are w_segment
 * counter.c  | eventfd, timerfd, signalfd, pidfd, epoll: ready or not, and for what
 * filelock.c | flock, fcntl and OFD locks
 * signals.c  | dispositions, masks, pending; kill, sigqueue, alarms and timers
 *
 * A FIFO is a w_pipe with `fifo` set (its title is the path): it may have no end open, and live on. A
 * stream socket reads from one flow and writes to another.
 */
#ifndef WORLD_IPC_H
#define WORLD_IPC_H

/* What op, file and lock refer to. OBJ_* beyond those of world/lib.h keep their numbers in logs. */
enum flow_kind { FLOW_BYTES = 1, FLOW_MESSAGES, FLOW_COUNT };

/* Every operation on a flow is an interval, as on a pipe: what it may hold lies between fill - (what open takes may
 * have taken) and fill + (what open puts may have put). Its capacity is seldom a fixed figure, so that a put that
 * waits, comes back short or EAGAIN is always explained where `capacity` is 0. */
struct w_flow {
	u32 used;
	u32 kind;          /* enum flow_kind */
	u32 object_kind;   /* enum object_kind of its owner, and which */
	u32 object;
	u64 capacity;      /* in bytes, messages or counts; 0: not a fixed figure */
	i64 fill;          /* by EXITs */
	u64 written, taken;
	i64 ghost_put, ghost_take; /* most that calls which never came back may have put in, taken */
	u32 open_ops;      /* first task with an open operation on it: w_op.flow_next */
	u32 put_shut;      /* 1: nobody can put any more (peer closed, shutdown): a take may see the end */
	u32 put_shut_open; /* a call that would make it so is open */
	u32 take_shut;     /* 1: what is put is lost: EPIPE, ECONNRESET, ECONNREFUSED */
	u32 take_shut_open;
	u32 lossy;         /* 1: UDP: messages may vanish */
	u32 drops;         /* as the kernel has counted them */
	u64 seen_taken;    /* taken at the last observation: more since then was put in later */
	u64 owed;          /* lossy: messages that must have been dropped since */
	u32 span_first, span_last; /* w_span: writes still inside, in order; messages one each */
	u32 spans_sure;
	i64 seen;          /* last observation, -1 none */
	u64 seen_seq, touched_seq;
	u64 urgent;        /* bytes were sent with MSG_OOB: what the kernel counts is no longer what can be read */
	u64 peeked_seq;    /* somebody looked and took nothing: of those who wait for messages only that one was woken */
	u32 touched, touched_next;
};

enum socket_state { SOCKET_NEW = 1, SOCKET_BOUND, SOCKET_LISTENING, SOCKET_CONNECTING, SOCKET_CONNECTED, SOCKET_CLOSED };
struct w_socket {
	u32 used;
	u32 name;       /* n of sockN */
	u32 creator, nth;
	u64 ino;
	u32 domain, type, protocol; /* AF_*, SOCK_*, IPPROTO_* */
	u32 state;      /* enum socket_state */
	u32 tcp;        /* as the kernel said last: TCP_ESTABLISHED, ...; 0 unknown */
	u32 local, remote; /* text offsets of names, 0 none */
	u32 peer;       /* w_socket it is connected to, 0 unknown or outside */
	u32 outside;    /* 1: its peer is no process we watch */
	u32 in;         /* flow it takes from */
	u32 out;        /* flow it puts into (its peer's in), 0: datagram without peer */
	u32 backlog, pending; /* listening: asked for; connections not accepted yet, as the world knows */
	u32 pending_first;    /* w_socket waiting to be accepted: w_socket.pending_next */
	u32 pending_next;
	u32 shut;       /* 1 receive, 2 send */
	u32 timeouts;   /* 1: SO_RCVTIMEO or SO_SNDTIMEO is set: real time, not a choice */
	u32 site;       /* where made */
	u32 carried;    /* descriptors in flight in its queue (SCM_RIGHTS): w_carry.next */
	u32 ino_next, gone;
	u32 file;       /* its open file, 0: none yet (not accepted), or gone */
	u32 target;     /* the listener it connects to, or has */
	u32 embryo;     /* 1: the other side of a connection that nobody has accepted yet: no name, no inode */
	u32 shutting[2];/* open shutdown calls: for receiving, for sending */
	u32 renaming;   /* open bind and connect calls of a datagram socket: what is sent meanwhile may miss it */
	u32 refused;    /* datagrams: its peer is gone */
	u32 touched, touched_next, gone_next;
	u64 connect_seq, connected_seq; /* when its connect began, came back */
	u64 made_seq, touched_seq;
	u64 sent_to;    /* datagrams: inode of the socket of ours that the last one went to, 0 none: for why only */
};

struct w_carry { /* a descriptor in flight */
	u32 used;
	u32 file;       /* the open file it keeps alive */
	u32 next;       /* of the same open call, or the same queue, in order */
	i32 fd;         /* its number where it came from */
	u32 task;       /* who sent it */
	u32 socket;     /* in whose queue, 0: the sending call is open */
	u32 site, pad;
	u64 at;         /* w_flow.written before what carries it */
};

struct w_queue { /* POSIX (mq) or SysV (msg) message queue */
	u32 used;
	u32 name;       /* n of mqN, msgN */
	u32 creator, nth;
	u32 sysv;       /* 1: SysV */
	u64 id;         /* inode, or SysV id */
	u32 title;      /* "/A" */
	u64 most, size_most; /* messages (mq) or bytes (msg) it may hold; bytes a message */
	u32 flow;       /* FLOW_MESSAGES; spans: w_span.off = priority or type */
	u32 unlinked, gone, notify; /* notify: task that asked */
	u32 site;
	u32 key;        /* SysV: 0 IPC_PRIVATE */
	u32 outside;    /* 1: processes that are not watched use it, or made it */
	u32 known;      /* 1: `count` is known */
	u32 removing;   /* open msgctl(IPC_RMID) */
	u32 enclosed;   /* mq: nobody else has it, as /proc shows */
	u32 files;      /* mq: open files that lead to it: w_file.next */
	i64 count;      /* messages by EXITs; a message received before its send came back makes it one less */
	i64 ghost_put, ghost_take; /* calls that never came back: what they may have put in, taken */
	i64 seen;       /* last observation */
	struct w_got { /* the last messages received, newest first */
		u32 sender, taker;
		u64 pos, size, rank; /* pos: of the ENTER that holds it; 0 unknown */
	} got[4];
	u64 made_seq, touched_seq;
};

struct w_sems { /* SysV semaphore set */
	u32 used, name; /* semsN */
	u32 creator, nth;
	u64 id;
	u32 n, site, removed;
	u32 first;      /* w_sem of its first: consecutive through next */
	u32 key, outside, removing; /* as of w_queue */
	u32 open_ops;   /* first task with an open operation on it: w_op.flow_next */
	u32 undo;       /* what SEM_UNDO owes: w_semop.next */
	u64 touched_seq;
};
struct w_sem {
	u32 used, set, index, next;
	i64 value;
	u32 sure, last; /* task that changed it last */
	u32 undo_unsure; /* 1: SETVAL, which cancels what is owed, overlapped with operations: what they owe is not known */
	u32 pad;
};

struct w_semop { /* a part of an operation, or what a process's end does (SEM_UNDO) */
	u32 used, next;
	u32 sem, proc;  /* proc: whose end */
	i32 delta;
	u32 flags;      /* sem_flg; 1 << 31: delta is the new value */
};

struct w_counter { /* eventfd, timerfd, signalfd, pidfd, epoll */
	u32 used, name;
	u32 kind;       /* enum object_kind */
	u32 creator, nth;
	u64 id;
	u32 file;       /* the open file that leads to it */
	u32 semaphore;  /* EFD_SEMAPHORE */
	u64 value[2];   /* eventfd: its count by EXITs, 128 bits with sign, low half first: counter_value() */
	u32 unsure;     /* eventfd: 1: the count is known at the next settled point */
	u32 open_ops;   /* eventfd: first task with an open read or write of it: w_op.flow_next */
	u64 mask;       /* signalfd; file (OBJ_FILE, filelock.c): which, inode and device in one; semaphore: others lock it too */
	u64 due_ns, interval_ns; /* timerfd; 0 disarmed */
	u32 target;     /* pidfd: w_proc */
	u32 watch_first; /* epoll: w_watch */
	u32 site;
	u64 touched_seq;
};
/* What an epoll waits for; of a poll or select in course (w_op.object) the descriptors asked for: epoll and file are 0. */
struct w_watch { u32 used, epoll; i32 fd; u32 file, events, next, of_file; };

struct w_lock { /* a file lock held or waited for */
	u32 used;
	u32 kind;       /* 1 flock, 2 POSIX (fcntl), 3 OFD */
	u64 ino, dev;   /* of the file */
	u32 owner;      /* proc (POSIX) or file (flock, OFD) */
	u32 task;       /* who took it */
	u32 exclusive;
	i64 start, end;
	u32 site, next;
	u32 title;      /* path, 0 unknown */
};

#endif
