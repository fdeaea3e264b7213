/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of doctor/ share. */
#ifndef DOCTOR_PRIVATE_H
#define DOCTOR_PRIVATE_H

#include <sys/types.h>

#include "doctor/lib.h"

/* What a probe found; travels through a pipe, so it holds no pointers. */
struct finding {
	bool here;
	char measured[240];
	char remedy[160];
};
typedef void probe_fn(struct finding *, const char *arg);

/* Both set measured; no takes the remedy as well (NULL: there is none). */
void finding_yes(struct finding *, const char *fmt, ...) PRINTF_LIKE(2, 3);
void finding_no(struct finding *, const char *remedy, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* ---- run.c ---- */
/* Runs the probe in a child, 10 s at most; a child that said nothing is an answer "no". */
void probe_run(probe_fn *, const char *arg, struct finding *);
/* A child that sleeps until it is killed or its parent ends; -1: none (errno). target_end collects it. */
pid_t target_begin(void);
void target_end(pid_t);
/* Up to n - 1 bytes of a file, without the newline at the end; false when it cannot be read. */
bool file_text(const char *path, char *text, size_t n);
/* The number a file begins with, `otherwise` when it cannot be read. */
long file_number(const char *path, long otherwise);
/* A system call filter was put on us: by a container, most likely. */
bool is_filtered(void);
/* The remedy for what such a filter forbids; otherwise NULL. */
const char *filter_remedy(void);

/* ---- the probes ---- */
probe_fn probe_proc, probe_getfd, probe_memory, probe_sockets;              /* ask.c */
probe_fn probe_own, probe_others, probe_yama, probe_filter, probe_stop;     /* trace.c */
probe_fn probe_user_namespace, probe_landlock;                              /* space.c */
probe_fn probe_mq, probe_mqueue_mount, probe_sysv, probe_shm;               /* ipc.c */
probe_fn probe_compiler, probe_hooks, probe_program;                        /* tool.c */

#endif
