/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In the box, while the programs run: one that can only be too slow is known long before its time is over. It asks again and
 * again and gets nothing, so often in a row that no program that waits does; or it computes and makes no call at all. Read
 * from the recording as it grows, by the records alone: what it means is told by check/ and judge.c, afterwards. */
#include <errno.h>
#include <stdlib.h>

#include "grader/private.h"

enum { IN_A_ROW = 2000 };
static const u64 COMPUTES_NS = 3000000000; /* the tracer's own time is in it */

struct asks {
	u32 root;  /* the first task of its program */
	u32 in_vain;
	u16 call;  /* the last one */
	u32 site;
};
struct vain {
	struct log_reader *reader;
	u64 pos;
	VEC(struct asks) tasks;
	u64 calls, calls_then, ran_then; /* when a call was last seen */
};

struct vain *vain_create(int log, struct err *err)
{
	struct log_reader *reader = log_reader_open_fd(log, err);
	struct vain *v = reader ? xmalloc(sizeof *v) : NULL;

	if (v) {
		v->reader = reader;
		v->pos = LOG_DATA;
	}
	return v;
}

void vain_destroy(struct vain *v)
{
	if (!v)
		return;
	log_reader_close(v->reader);
	free(v->tasks.at);
	free(v);
}

static struct asks *asks_of(struct vain *v, u32 task)
{
	while (v->tasks.n <= task)
		*vec_push(&v->tasks) = (struct asks){.root = (u32)v->tasks.n};
	return &v->tasks.at[task];
}

static void born(struct vain *v, const struct rec *r)
{
	const struct ev_spawn *s = rec_body(r);
	u32 root = s->creator ? asks_of(v, s->creator)->root : r->task;

	asks_of(v, r->task)->root = root;
}

/* A sleep between two questions makes no difference. */
static bool says_nothing(u16 call)
{
	return call == CALL_close || call == CALL_fcntl || call == CALL_load || call == CALL_nanosleep || call == CALL_clock_nanosleep;
}

static bool is_vain(u16 call, i64 ret)
{
	switch (call) {
	case CALL_read: case CALL_write: case CALL_recvfrom: case CALL_poll: case CALL_ppoll: case CALL_select: case CALL_pselect6:
	case CALL_epoll_wait: case CALL_epoll_pwait: case CALL_wait4:
		return ret == 0 || ret == -EAGAIN;
	case CALL_open: case CALL_openat:
		return ret == -ENXIO;
	default:
		return ret == -EAGAIN || ret == -ENOMSG;
	}
}

static bool is_learners(const struct scenario *s, const struct shared *shared, u32 root)
{
	for (u32 i = 0; i < s->actors.n; i++)
		if (s->actors.at[i].kind == ACTOR_PROGRAM && shared->actors[i].task == root)
			return true;
	return false;
}

static void ended_call(struct vain *v, const struct rec *r)
{
	struct asks *a = asks_of(v, r->task);

	if (says_nothing(r->call))
		return;
	a->call = r->call;
	a->site = r->site ? r->site : a->site;
	a->in_vain = is_vain(r->call, ((const struct ev_exit *)rec_body(r))->ret) ? a->in_vain + 1 : 0;
}

enum vain_what vain_look(struct vain *v, const struct scenario *s, const struct shared *shared, u64 ran_ns, struct asked *asked)
{
	const struct rec *r;

	while ((r = log_reader_next(v->reader, &v->pos))) {
		v->calls += r->kind == REC_ENTER || r->kind == REC_EXIT;
		if (r->kind == REC_SPAWN)
			born(v, r);
		if (r->kind == REC_EXIT)
			ended_call(v, r);
	}
	for (u32 i = 1; i < v->tasks.n; i++)
		if (v->tasks.at[i].in_vain >= IN_A_ROW && is_learners(s, shared, v->tasks.at[i].root)) {
			*asked = (struct asked){i, v->tasks.at[i].call, v->tasks.at[i].site};
			return VAIN_ASKS;
		}
	if (v->calls != v->calls_then || !v->ran_then) {
		v->calls_then = v->calls;
		v->ran_then = ran_ns ? ran_ns : 1;
	}
	return ran_ns > v->ran_then + COMPUTES_NS ? VAIN_COMPUTES : VAIN_NOT;
}
