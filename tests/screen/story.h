/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings made record by record, in a file as `ipclab` would make it: for golden screens, which
 * must not depend on a machine, a compiler or a pid. */
#ifndef STORY_H
#define STORY_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event/lib.h"

struct story {
	struct log *log;
	char path[64];
	u32 tasks;
	u64 ino;
};

static void *story_body(struct story *s, u16 kind, u16 call, u32 task, u32 site, u32 flags,
	size_t n, struct rec **rec)
{
	struct err err = {0};
	struct rec *r = log_begin(s->log, n, &err);

	if (!r) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
	r->kind = kind;
	r->call = call;
	r->task = task;
	r->site = site;
	r->flags = flags;
	memset(r + 1, 0, n);
	*rec = r;
	return r + 1;
}

static inline void story_begin(struct story *s)
{
	struct err err = {0};
	int fd;

	memset(s, 0, sizeof *s);
	strcpy(s->path, "/tmp/ipclab-story-XXXXXX");
	fd = mkstemp(s->path);
	close(fd);
	s->log = log_create(s->path, true, &err);
	if (!s->log) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
}

static inline void story_end(struct story *s)
{
	log_close(s->log);
}
static inline void story_forget(struct story *s)
{
	unlink(s->path);
}

static inline void story_mode(struct story *s, u32 mode)
{
	struct rec *r;
	struct ev_observe *o = story_body(s, REC_OBSERVE, 0, 0, 0, 0, sizeof *o, &r);

	o->what = OBS_MODE;
	o->a = mode;
	log_commit(s->log, r);
}

static inline u32 story_spawn(struct story *s, u32 creator)
{
	struct rec *r;
	struct ev_spawn *e = story_body(s, REC_SPAWN, 0, ++s->tasks, 0, 0, sizeof *e, &r);

	e->creator = creator;
	e->pid = e->tid = 4120 + (i32)s->tasks;
	log_commit(s->log, r);
	return s->tasks;
}

static inline void story_exec(struct story *s, u32 task, const char *path)
{
	struct rec *r;
	size_t n = strlen(path) + 1;
	struct ev_exec *e = story_body(s, REC_EXEC, 0, task, 0, 0, sizeof *e + n, &r);

	e->former = task;
	e->path_len = (u32)n;
	memcpy(e->path, path, n);
	log_commit(s->log, r);
}

static inline void story_call(struct story *s, u16 kind, u32 task, u16 call, i32 fd, u64 arg,
	u64 size, const char *bytes, u32 site)
{
	struct rec *r;
	size_t held = bytes ? strlen(bytes) : 0;
	struct ev_enter *e = story_body(s, kind, call, task, site,
		held < size && bytes ? EVF_CUT : 0, sizeof *e + held, &r);

	e->fd = fd;
	e->arg = arg;
	e->size = size;
	e->held = (u32)held;
	e->hash = bytes ? hash64(0, bytes, held) : 0;
	if (held)
		memcpy(e->contents, bytes, held);
	log_commit(s->log, r);
}

static inline void story_poised(
	struct story *s, u32 task, u16 call, i32 fd, u64 size, const char *bytes, u32 site)
{
	story_call(s, REC_POISED, task, call, fd, 0, size, bytes, site);
}

static inline void story_enter(
	struct story *s, u32 task, u16 call, i32 fd, u64 size, const char *bytes, u32 site)
{
	story_call(s, REC_ENTER, task, call, fd, 0, size, bytes, site);
}

static inline void story_exit_full(
	struct story *s, u32 task, u16 call, i64 ret, i32 fd, i32 fd2, u64 arg, u64 arg2)
{
	struct rec *r;
	struct ev_exit *e = story_body(s, REC_EXIT, call, task, 0, 0, sizeof *e, &r);

	e->ret = ret;
	e->fd = fd;
	e->fd2 = fd2;
	e->arg = arg;
	e->arg2 = arg2;
	log_commit(s->log, r);
}

static inline void story_exit(struct story *s, u32 task, u16 call, i64 ret)
{
	story_exit_full(s, task, call, ret, 0, 0, 0, 0);
}

static inline void story_observe(
	struct story *s, u32 task, u32 what, u64 a, u64 b, u64 c, u64 d, u64 e)
{
	struct rec *r;
	struct ev_observe *o = story_body(s, REC_OBSERVE, 0, task, 0, 0, sizeof *o, &r);

	*o = (struct ev_observe){.what = what, .a = a, .b = b, .c = c, .d = d, .e = e};
	log_commit(s->log, r);
}

static inline void story_blocked(struct story *s, u32 task, u16 call)
{
	story_observe(s, task, OBS_STATE, OBS_BLOCKED, call, 0, 0, 0);
}

static inline void story_settled(struct story *s)
{
	story_observe(s, 0, OBS_SETTLED, 1, 0, 0, 0, 0);
}

static inline void story_end_of(struct story *s, u32 task, i32 status)
{
	struct rec *r;
	struct ev_end *e = story_body(s, REC_END, 0, task, 0, EVF_LAST, sizeof *e, &r);

	e->status = status;
	log_commit(s->log, r);
}

/* A whole call that returns at once. */
static inline void story_does(
	struct story *s, u32 task, u16 call, i32 fd, u64 size, const char *bytes, u32 site, i64 ret)
{
	story_enter(s, task, call, fd, size, bytes, site);
	story_exit(s, task, call, ret);
}

static inline void story_pipe(struct story *s, u32 task, i32 r, i32 w, u32 site)
{
	story_enter(s, task, CALL_pipe2, 0, 0, NULL, site);
	story_exit_full(s, task, CALL_pipe2, 0, r, w, 1000 + ++s->ino, 65536);
}

static inline u32 story_fork(struct story *s, u32 task, u32 site)
{
	u32 child;

	story_enter(s, task, CALL_fork, 0, 0, NULL, site);
	child = story_spawn(s, task);
	story_exit(s, task, CALL_fork, 4120 + (i64)child);
	return child;
}

/* A terminal on 0, 1, 2. */
static inline void story_terminals(struct story *s, u32 task)
{
	for (u64 fd = 0; fd < 3; fd++)
		story_observe(s, task, OBS_FD, fd | 3ull << 32 | 2ull << 48, 9, 0, fd ? fd : 0, 2);
}

/* Where a site is: one frame, of a file of the program's own. */
static inline void story_line(
	struct story *s, u32 site, const char *file, unsigned line, const char *function)
{
	struct rec *r;
	struct note_lines *l;
	char text[200];
	int n = snprintf(text, sizeof text, "%s%c%u%c%s", file, 0, line, 0, function) + 1;

	l = story_body(s, REC_LINES, 0, 0, 0, 0, sizeof *l + (size_t)n, &r);
	l->site = site;
	l->frames = 1;
	l->shown = 0;
	l->text_len = (u32)n;
	memcpy(l->text, text, (size_t)n);
	log_commit(s->log, r);
}

static inline void story_source(struct story *s, const char *name, const char *text)
{
	struct rec *r;
	size_t n = strlen(name) + 1, m = strlen(text);
	struct note_source *x = story_body(s, REC_SOURCE, 0, 0, 0, 0, sizeof *x + n + m, &r);

	x->hash = hash64(0, text, m);
	x->name_len = (u32)n;
	x->text_len = (u32)m;
	memcpy(x->bytes, name, n);
	memcpy(x->bytes + n, text, m);
	log_commit(s->log, r);
}

#endif
