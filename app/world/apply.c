/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world_apply: one record to the rule for it. What makes no sense is drift and changes nothing. */
#include <stdio.h>
#include <string.h>

#include "world/private.h"

void world_drift(struct world *w, const char *fmt, ...)
{
	struct w_head *h = &w->h->pub;
	va_list ap;

	if (h->drift++)
		return;
	h->first_drift_seq = h->events;
	va_start(ap, fmt);
	vsnprintf(h->first_drift, sizeof h->first_drift, fmt, ap);
	va_end(ap);
}

bool moment_ends(u32 mode, const struct rec *r)
{
	if (!rec_is_event(r))
		return false;
	if (mode == OBS_HELD) {
		const struct ev_observe *o = rec_body(r);
		return r->kind == REC_OBSERVE && o->what == OBS_SETTLED;
	}
	return r->kind != REC_OBSERVE && r->kind != REC_POISED && r->kind != REC_SEGMENT &&
	       r->kind != REC_MEMORY && r->kind != REC_NAME;
}

static bool segment_fits(const struct ev_segment *ev, u32 room)
{
	return ev->name_len <= room && ev->kind >= SEGMENT_ANONYMOUS && ev->kind <= SEGMENT_PRIVATE;
}

static bool memory_fits(const struct ev_memory *ev, u32 room)
{
	return ev->len <= room && ev->addr <= UINT64_MAX - ev->len;
}

/* Bytes of body a kind must have at least: the reader checks that too; a world fed by hand or by
 * a fuzzer is as safe. */
static bool body_fits(const struct rec *r)
{
	static const u32 least[REC_NOTES] = {
		[REC_SPAWN] = sizeof(struct ev_spawn),
		[REC_EXEC] = sizeof(struct ev_exec),
		[REC_END] = sizeof(struct ev_end),
		[REC_ENTER] = sizeof(struct ev_enter),
		[REC_EXIT] = sizeof(struct ev_exit),
		[REC_SIGNAL] = sizeof(struct ev_signal),
		[REC_OBSERVE] = sizeof(struct ev_observe),
		[REC_POISED] = sizeof(struct ev_enter),
		[REC_INJECT] = sizeof(struct ev_inject),
		[REC_SEGMENT] = sizeof(struct ev_segment),
		[REC_MEMORY] = sizeof(struct ev_memory),
		[REC_NAME] = sizeof(struct ev_name),
	};
	u32 body;

	if (r->len < sizeof *r || least[r->kind] == 0)
		return false;
	body = r->len - (u32)sizeof *r;
	if (body < least[r->kind])
		return false;
	body -= least[r->kind];
	if (r->kind == REC_EXEC)
		return ((const struct ev_exec *)rec_body(r))->path_len <= body;
	if (r->kind == REC_ENTER || r->kind == REC_POISED)
		return ((const struct ev_enter *)rec_body(r))->held <= body;
	if (r->kind == REC_SEGMENT)
		return segment_fits(rec_body(r), body);
	if (r->kind == REC_MEMORY)
		return memory_fits(rec_body(r), body);
	if (r->kind == REC_NAME)
		return ((const struct ev_name *)rec_body(r))->len <= body;
	return true;
}

/* Records whose task must be known already. */
static bool task_fits(const struct world *w, const struct rec *r)
{
	const struct ev_observe *o = rec_body(r);

	if (r->kind == REC_SPAWN)
		return true;
	if (r->task != 0)
		return r->task < w->h->use[POOL_TASK].n;
	if (r->kind == REC_SEGMENT)
		return true; /* one that was there before us */
	return r->kind == REC_OBSERVE &&
	       (o->what == OBS_SOCKET || o->what == OBS_COUNTER || o->what == OBS_LOCK || o->what == OBS_QUEUE || o->what == OBS_SEMS || o->what == OBS_SEGMENT || o->what == OBS_PIPE || o->what == OBS_SETTLED || o->what == OBS_MODE ||
		       o->what == OBS_UNKNOWN_CALL || o->what == OBS_ENDS);
}

static void mark_last(struct world *w, const struct rec *r)
{
	struct w_head *h = &w->h->pub;

	if (r->kind == REC_OBSERVE || r->kind == REC_POISED || r->kind == REC_SEGMENT ||
		r->kind == REC_MEMORY || r->kind == REC_NAME)
		return;
	h->last_task = r->task;
	h->last_pipe = h->last_segment = h->last_sync = h->last_object_kind = h->last_object = 0; /* the rule sets it */
	h->last_kind = r->kind;
	h->last_call = r->call;
}

static void apply_signal(struct world *w, const struct rec *r, const struct ev_signal *ev)
{
	struct w_task *t = &w->task[r->task];

	t->owes_signal = 0;
	signal_delivered(w, r->task, ev);
	if (t->poised_signal)
		task_set_state(w, r->task, TASK_RUNNING);
	t->poised_signal = t->signal_site = 0;
	if (ev->handled)
		looks_interrupt(w, r->task);
}

static void apply_rule(struct world *w, const struct rec *r, u64 pos)
{
	const void *body = rec_body(r);

	switch (r->kind) {
	case REC_SPAWN: process_spawn(w, r, body); break;
	case REC_EXEC: process_exec(w, r, body); break;
	case REC_END: process_end(w, r, body); break;
	case REC_ENTER: call_enter(w, r, body, pos); break;
	case REC_EXIT: call_exit(w, r, body); break;
	case REC_SIGNAL: apply_signal(w, r, body); break;
	case REC_OBSERVE: observe_apply(w, r, body); break;
	case REC_POISED: call_poised(w, r, body, pos); break;
	case REC_SEGMENT: segment_apply(w, r, body); break;
	case REC_MEMORY: memory_apply(w, r, body); break;
	case REC_NAME:
		socket_named(w, body);
		fifo_named(w, body);
		break;
	case REC_INJECT:
		syncop_injected(w, r->task, body);
		signals_injected(w, r->task, body);
		break;
	default: break;
	}
}

void world_apply(struct world *w, const struct rec *r, u64 pos)
{
	struct w_head *h = &w->h->pub;

	if (!rec_is_event(r))
		return;
	h->events++;
	h->pos = pos + r->len;
	h->t_ns = r->t_ns;
	h->is_settled = 0;
	if (!body_fits(r)) {
		world_drift(
			w, "event %llu is no record of its kind", (unsigned long long)h->events);
		return;
	}
	h->moment += moment_ends(h->mode, r);
	if (!task_fits(w, r)) {
		world_drift(w, "event %llu is of task %u, which was never born",
			(unsigned long long)h->events, r->task);
		return;
	}
	mark_last(w, r);
	apply_rule(w, r, pos);
}
