/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * look: asking running processes without stopping anybody. No ptrace(2) here: /proc/PID/{stat,syscall,fd,fdinfo,maps,
 * status}, process_vm_readv, kcmp, pidfd_getfd (closed at once), sock_diag. What is found is told in a log like any
 * other, so that the world and its sentences are the same.
 *
 * file      | what it holds
 * scan.c    | every process there is: parents, descriptors, shared mappings; who has an inode
 * peers.c   | which socket is connected to which: sock_diag, /proc/net/tcp
 * look.c    | a set of processes into a log
 * fdinfo.c  | what only fdinfo tells: file locks, what an epoll waits for, timers
 * refused.c | where attaching is refused: what a task waits in, inferred
 */
#ifndef TRACER_LOOK_LIB_H
#define TRACER_LOOK_LIB_H

#include "tracer/lib.h"

struct seen_thing { /* a descriptor or shared mapping */
	u64 ino;
	u32 dev;    /* 0: a pipe, socket or the like, whose inode says all */
	bool fd;    /* else mapped */
};
struct seen_process {
	pid_t pid, ppid;
	uid_t uid;
	u64 started;      /* clock ticks after boot */
	char state;
	bool kernel;      /* a kernel thread */
	bool hidden;      /* its descriptors may not be read */
	char name[16];    /* of /proc/PID/stat */
	u32 first, n;     /* things[] */
};
struct peer {
	u64 from, to; /* socket inodes */
};
struct scan {
	VEC(struct seen_process) all;
	VEC(struct seen_thing) things;
	VEC(struct peer) peers;
	bool inner;       /* we are in a pid namespace of our own: there are processes we cannot see */
};

/* All processes of /proc. `maps`: and what they map shared, which takes longer. */
void scan_read(struct scan *, bool maps);
void scan_finish(struct scan *);
const struct seen_process *scan_find(const struct scan *, pid_t);
u64 scan_peer(const struct scan *, u64 socket); /* 0: none known */
/* Calls fn for each process that has that inode (dev 0: pipe, socket; else a file, too by mapping). */
void scan_holders(const struct scan *, u64 ino, u32 dev, void (*fn)(void *arg, pid_t), void *arg);

/* ---- look.c ---- */
enum look_grade { LOOK_FULL, LOOK_PARTIAL, LOOK_NONE };
struct looked {
	enum look_grade grade; /* the worst of them */
	pid_t worst;           /* that one */
	bool moved;            /* somebody ran while they were looked at, three times */
};
/* Tells of exactly these processes (parents before children), and who of them had run meanwhile. `t` was made with
 * options.looking. False: the log could not be written. */
bool tracer_look(struct tracer *, const struct scan *, const pid_t *pids, u32 n, struct looked *, struct err *);
/* May it be looked at? *pid becomes its process's when it is a thread's. EXIT_USAGE: none such, a zombie, a kernel
 * thread; EXIT_MACHINE: another user's, and that it is ours to see is refused. */
bool look_check(pid_t *pid, struct err *);
bool look_runs(pid_t, const char *script); /* it is an interpreter, and runs that */
u64 look_idle_ns(pid_t); /* since none of its threads ran (/proc/PID/task/TID/sched); 0: the kernel does not say */
void look_cwd(pid_t, char *path, size_t room); /* "" unknown */
void look_refusal(char *text, size_t room); /* why attaching is refused here: a phrase */
/* A set of processes holds what is named: are there others who have it? Logged as OBS_ENDS. */
bool tracer_look_ends(struct tracer *, const struct scan *, const pid_t *pids, u32 n, struct err *);

#endif
