/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * doctor: what this machine allows, found out by doing it and not by asking for version numbers. Each
 * probe runs in a child of its own, with a limit of time: what it does to itself (namespaces, a
 * filter) ends with it, and a kernel that kills it is an answer, too. Prints nothing, changes
 * nothing of the machine.
 *
 * file      | what it holds
 * rows.c    | the table of rows; doctor_examine
 * run.c     | a probe in a child; a target for it to look at
 * trace.c   | ptrace: own programs, others', the filter, what one stop costs
 * ask.c     | asking about other processes: /proc, pidfd_getfd, process_vm_readv, sock_diag
 * space.c   | the whole chain of user namespaces, Landlock
 * ipc.c     | message queues, System V IPC, /dev/shm
 * tool.c    | compiler and hooks, programs that some labs use
 */
#ifndef DOCTOR_LIB_H
#define DOCTOR_LIB_H

#include "base/lib.h"

/* What `ipclab why -p` can say here of a process that somebody else started (ENGINE "HANG and its limits"). */
enum doctor_grade { GRADE_NONE, GRADE_PARTIAL, GRADE_FULL };
const char *doctor_grade_name(enum doctor_grade);

struct doctor_row {
	const char *id;      /* a word, for --json */
	const char *name;    /* for people, at most 28 columns */
	const char *without; /* what ipclab does when it is not there */
	bool needed;         /* without it no program can be watched */
	bool here;
	char measured[240];  /* what was done and seen, without a full stop */
	char remedy[160];    /* one line; empty when it is here or when there is none */
};

enum { DOCTOR_ROWS_MAX = 32 };
struct doctor {
	struct doctor_row rows[DOCTOR_ROWS_MAX];
	size_t n;
	enum doctor_grade grade;
	char kernel[80]; /* release, as uname(1) says */
	unsigned uid;
};

/* Fills every row, one after the other; takes up to some seconds, mostly the compiler's. `self` is the
 * ipclab whose `cc` is tried, NULL: that row says it was not. */
void doctor_examine(struct doctor *, const char *self);
/* Everything that is needed is here. */
bool doctor_is_well(const struct doctor *);

#endif
