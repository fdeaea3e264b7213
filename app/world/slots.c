/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Page slots and spans of contents, as fs/pipe.c of Linux 6.x fills and empties them: a write
 * first merges its odd bytes (size % page) into the last slot if they all fit there, then takes
 * a slot a page; O_DIRECT slots are packets, read as one and never merged into.
 */
#include <fcntl.h>

#include "world/private.h"

static u64 rest_of(const struct w_op *op)
{
	return (u64)op_size(op) - op->done;
}

/* Odd bytes that would merge into the last slot now. */
static u64 mergeable(const struct world *w, const struct w_pipe *p, const struct w_op *op)
{
	const struct w_slot *last = &w->slot[p->slot_last];
	u64 odd = (u64)op_size(op) % PIPE_PAGE;

	if (op->tried || !p->slot_last || !last->merge || last->end + odd > PIPE_PAGE)
		return 0;
	return odd;
}

static u32 free_slots(const struct w_pipe *p)
{
	return p->slot_count < p->slots_max ? p->slots_max - p->slot_count : 0;
}

u64 slots_room(const struct w_pipe *p, const struct world *w, const struct w_op *op)
{
	u64 room = mergeable(w, p, op) + (u64)free_slots(p) * PIPE_PAGE;

	return room < rest_of(op) ? room : rest_of(op);
}

static bool slot_append(struct world *w, struct w_pipe *p, u32 len, bool packet)
{
	u32 index = pool_take(w, POOL_SLOT);
	struct w_slot *s = &w->slot[index];

	if (!index)
		return false;
	s->len = s->end = len;
	s->packet = packet;
	s->merge = !packet;
	if (p->slot_last)
		w->slot[p->slot_last].next = index;
	else
		p->slot_first = index;
	p->slot_last = index;
	p->slot_count++;
	return true;
}

u64 slots_put(struct world *w, u32 pipe, struct w_op *op)
{
	struct w_pipe *p = &w->pipe[pipe];
	u64 rest = rest_of(op), put = mergeable(w, p, op);
	bool packet = w->file[op->file].flags & O_DIRECT;

	if (put) {
		w->slot[p->slot_last].len += (u32)put;
		w->slot[p->slot_last].end += (u32)put;
	}
	op->tried = 1;
	while (put < rest && free_slots(p)) {
		u64 n = rest - put < PIPE_PAGE ? rest - put : PIPE_PAGE;
		if (!slot_append(w, p, (u32)n, packet))
			break;
		put += n;
	}
	return put;
}

u64 slots_would_take(const struct world *w, u32 pipe, u64 size, u64 *discarded)
{
	u64 taken = 0;

	*discarded = 0;
	for (u32 i = w->pipe[pipe].slot_first; i && taken < size; i = w->slot[i].next) {
		const struct w_slot *s = &w->slot[i];
		u64 n = size - taken < s->len ? size - taken : s->len;

		taken += n;
		if (s->packet) {
			*discarded = s->len - n;
			break;
		}
	}
	return taken;
}

static void slot_drop_first(struct world *w, struct w_pipe *p)
{
	u32 first = p->slot_first;

	p->slot_first = w->slot[first].next;
	if (!p->slot_first)
		p->slot_last = 0;
	p->slot_count--;
	pool_give(w, POOL_SLOT, first);
}

void slots_take(struct world *w, u32 pipe, u64 bytes)
{
	struct w_pipe *p = &w->pipe[pipe];

	while (bytes && p->slot_first) {
		struct w_slot *s = &w->slot[p->slot_first];

		if (bytes < s->len) {
			s->len -= (u32)bytes;
			return;
		}
		bytes -= s->len;
		slot_drop_first(w, p);
	}
}

void slots_clear(struct world *w, u32 pipe)
{
	while (w->pipe[pipe].slot_first)
		slot_drop_first(w, &w->pipe[pipe]);
}

/* ---- contents ---- */

static bool span_continues(const struct w_span *s, u32 task, const struct w_op *op, u64 off)
{
	if (s->task != task)
		return false;
	return task == 0 || (s->pos == op->pos && s->off + s->len == off);
}

void spans_put(struct world *w, u32 pipe, u32 task, const struct w_op *op, u64 off, u64 len)
{
	struct w_pipe *p = &w->pipe[pipe];
	u64 owed = p->span_debt > 0 ? (u64)p->span_debt : 0;
	u32 index;
	struct w_span *s;

	if (owed > len)
		owed = len;
	p->span_debt -= (i64)owed; /* read before the write came back */
	len -= owed;
	if (!len)
		return;
	if (p->span_last && span_continues(&w->span[p->span_last], task, op, off + owed)) {
		w->span[p->span_last].len += len;
		return;
	}
	index = pool_take(w, POOL_SPAN);
	if (!index) {
		p->span_debt -= (i64)len;
		return;
	}
	s = &w->span[index];
	s->task = task;
	s->pos = task ? op->pos : 0;
	s->hash = task ? op->hash : 0;
	s->off = task ? off + owed : 0;
	s->len = len;
	s->seq = world_now(w);
	if (p->span_last)
		w->span[p->span_last].next = index;
	else
		p->span_first = index;
	p->span_last = index;
}

void spans_take(struct world *w, u32 pipe, u64 len)
{
	struct w_pipe *p = &w->pipe[pipe];

	while (len && p->span_first) {
		u32 first = p->span_first;
		struct w_span *s = &w->span[first];

		if (len < s->len) {
			s->off += len;
			s->len -= len;
			return;
		}
		len -= s->len;
		p->span_first = s->next;
		if (!p->span_first)
			p->span_last = 0;
		pool_give(w, POOL_SPAN, first);
	}
	p->span_debt += (i64)len;
}

void spans_clear(struct world *w, u32 pipe)
{
	spans_take(w, pipe, UINT64_MAX >> 2);
	w->pipe[pipe].span_debt = 0;
}
