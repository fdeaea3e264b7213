/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sandbox: what a program that somebody handed in is run in. It still runs as the caller: namespaces keep its
 * processes, IPC objects, ports and mounts to themselves where the kernel gives them to us, limits keep
 * it from eating the machine, and whatever it leaves behind is found and goes with the box. It
 * does not keep a program from reading or writing the caller's files.
 *
 * file     | what it holds
 * box.c    | namespaces, mounts, limits
 * over.c   | a folder whose changes are nobody else's
 * census.c | names and objects that are there: before and after a run
 */
#ifndef SANDBOX_LIB_H
#define SANDBOX_LIB_H

#include <sys/types.h>

#include "base/lib.h"

enum { BOX_PID = 1u, BOX_IPC = 2u, BOX_NET = 4u, BOX_MOUNT = 8u, BOX_USER = 16u };

/* Which of them this machine gives us; found out once, by trying. */
u32 box_probe(void);
/* "processes, ports, IPC objects and mounts of its own", "the caller's own processes, ..."; for what is said at a start. */
void box_words(u32 box, struct str *);
/* "pid", "ipc", "net", "mount", one a call; NULL at the end. */
const char *box_name(u32 box, u32 i);

/* Runs inside(arg) in a process of a session of its own, in these namespaces, the first one of its pid namespace where
 * there is one: with it everything in there ends. `folder`, an absolute path, is a file system of its own there, of at most
 * `bytes`, where there is a mount namespace. Returns the process to wait for (it ends as inside does), -1 with errno.
 * When the caller ends, all of it does. */
pid_t box_start(u32 box, const char *folder, u64 bytes, int (*inside)(void *), void *arg);

/* This process, which has one thread, gets IPC objects and a /dev/shm that are nobody else's, and so does what it starts.
 * False: the machine does not give that; all is as it was. */
bool box_apart(void);
/* After box_apart: what this process, and what it starts, makes or changes in this folder from now on nobody else sees, and
 * it is gone with them. The folder is its current one then. False: the machine does not give that; all is as it was. */
bool box_over(const char *folder);

struct box_limits {
	u32 cpu_s, processes, files;
	u64 file_bytes, memory;
};
/* Of this process and what it starts; no core files. A limit that the caller does not have is not given. */
void box_limit(const struct box_limits *);

/* ---- census.c ---- */
struct census {
	VEC(char *) names; /* "FIFO /log", "shared memory /ring", "message queue /q", "semaphore /s", "System V queue 3", "file out.txt" */
};
/* What is there now: files of `folder`, POSIX and System V objects. With `box` private ones only are seen. */
void census_take(struct census *, const char *folder);
/* Each name of `after` that is not in `before`. */
void census_new(const struct census *before, const struct census *after, void (*fn)(void *, const char *), void *arg);
void census_finish(struct census *);

#endif
