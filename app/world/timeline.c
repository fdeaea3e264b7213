/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looking back and forward over a log. One world is folded to the latest event; a second one, the
 * shown one, is made when somebody looks back: restored from the nearest checkpoint before and
 * folded on. Every 64 events a mark keeps where in the log that was, and in which moment.
 */
#include <stdlib.h>

#include "world/private.h"

#define MARK_EVENTS     64u
#define FIRST_INTERVAL  4096u
#define CHECKPOINTS_MAX (48u << 20)

struct mark {    /* after event i * MARK_EVENTS, i its index */
	u64 pos; /* of the record behind that event */
	u64 moment;
	u32 mode;
};

struct saved {
	u64 event;
	struct checkpoint *checkpoint;
};

struct timeline {
	struct log_reader *reader;
	struct world *now;
	struct world *other; /* the shown one when not at the end; kept for the next look back */
	bool at_end;
	u64 pos;      /* next record of the log */
	u64 interval; /* events between checkpoints */
	size_t saved_bytes;
	VEC(struct mark) marks;
	VEC(struct saved) saved;
};

/* ---- the latest ---- */

static void save_checkpoint(struct timeline *t)
{
	struct saved *s = vec_push(&t->saved);

	s->event = t->now->h->pub.events;
	s->checkpoint = world_checkpoint(t->now);
	t->saved_bytes += checkpoint_bytes(s->checkpoint);
}

/* Drops every other checkpoint, the first one, of the empty world, excepted. */
static void thin_checkpoints(struct timeline *t)
{
	size_t kept = 1;

	for (size_t i = 1; i < t->saved.n; i++) {
		if (i % 2 == 0) {
			t->saved.at[kept++] = t->saved.at[i];
			continue;
		}
		t->saved_bytes -= checkpoint_bytes(t->saved.at[i].checkpoint);
		checkpoint_destroy(t->saved.at[i].checkpoint);
	}
	t->saved.n = kept;
	t->interval *= 2;
}

static void mark_now(struct timeline *t)
{
	struct mark *m = vec_push(&t->marks);

	m->pos = t->pos;
	m->moment = t->now->h->pub.moment;
	m->mode = t->now->h->pub.mode;
}

struct timeline *timeline_create(struct log_reader *reader)
{
	struct timeline *t = xmalloc(sizeof *t);

	t->reader = reader;
	t->now = world_create();
	t->at_end = true;
	t->pos = LOG_DATA;
	t->interval = FIRST_INTERVAL;
	mark_now(t);
	save_checkpoint(t);
	return t;
}

void timeline_destroy(struct timeline *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->saved.n; i++)
		checkpoint_destroy(t->saved.at[i].checkpoint);
	free(t->saved.at);
	free(t->marks.at);
	world_destroy(t->now);
	world_destroy(t->other);
	free(t);
}

u64 timeline_update(struct timeline *t)
{
	u64 before = t->now->h->pub.events, pos = t->pos;
	const struct rec *r;

	while ((r = log_reader_next(t->reader, &t->pos)) != NULL) {
		world_apply(t->now, r, pos);
		pos = t->pos;
		if (!rec_is_event(r))
			continue;
		if (t->now->h->pub.events % MARK_EVENTS == 0)
			mark_now(t);
		if (t->now->h->pub.events % t->interval == 0) {
			save_checkpoint(t);
			if (t->saved_bytes > CHECKPOINTS_MAX && t->saved.n > 2)
				thin_checkpoints(t);
		}
	}
	return t->now->h->pub.events - before;
}

u64 timeline_events(const struct timeline *t)
{
	return t->now->h->pub.events;
}

u64 timeline_moments(const struct timeline *t)
{
	return t->now->h->pub.moment;
}

const struct world *timeline_world(const struct timeline *t)
{
	return t->at_end ? t->now : t->other;
}

const struct world *timeline_now(const struct timeline *t)
{
	return t->now;
}

bool timeline_at_end(const struct timeline *t)
{
	return t->at_end;
}

struct log_reader *timeline_reader(const struct timeline *t)
{
	return t->reader;
}

/* ---- walking the log ---- */

/* The record at *pos, already seen; advances *pos. NULL where the fold has not come yet. */
static const struct rec *walk_next(const struct timeline *t, u64 *pos)
{
	const struct rec *r;

	if (*pos >= t->pos)
		return NULL;
	r = log_reader_at(t->reader, *pos);
	if (r)
		*pos += r->len;
	return r;
}

static const struct rec *walk_next_event(const struct timeline *t, u64 *pos, u64 *at)
{
	const struct rec *r;

	do {
		*at = *pos;
		r = walk_next(t, pos);
	} while (r && !rec_is_event(r));
	return r;
}

const struct rec *timeline_event(struct timeline *t, u64 event, u64 *pos)
{
	const struct rec *r = NULL;
	u64 n, next, at = 0;

	if (event == 0 || event > timeline_events(t))
		return NULL;
	n = (event - 1) / MARK_EVENTS;
	next = t->marks.at[n].pos;
	for (n *= MARK_EVENTS; n < event; n++)
		r = walk_next_event(t, &next, &at);
	if (pos)
		*pos = at;
	return r;
}

/* The last mark before the moment was complete. */
static size_t mark_before_moment(const struct timeline *t, u64 moment)
{
	size_t low = 0, high = t->marks.n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (t->marks.at[middle].moment < moment)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The event that completes a moment. */
static u64 moment_end(const struct timeline *t, u64 moment)
{
	size_t i = mark_before_moment(t, moment);
	struct mark m = t->marks.at[i];
	u64 event = i * MARK_EVENTS, at;
	const struct rec *r;

	while (m.moment < moment && (r = walk_next_event(t, &m.pos, &at)) != NULL) {
		const struct ev_observe *o = rec_body(r);

		event++;
		m.moment += moment_ends(m.mode, r);
		if (r->kind == REC_OBSERVE && o->what == OBS_MODE)
			m.mode = (u32)o->a;
	}
	return event;
}

bool timeline_moment_events(struct timeline *t, u64 moment, u64 *first, u64 *last)
{
	if (moment == 0 || moment > timeline_moments(t))
		return false;
	*first = moment == 1 ? 1 : moment_end(t, moment - 1) + 1;
	*last = moment_end(t, moment);
	return true;
}

/* ---- seeking ---- */

static const struct saved *saved_before(const struct timeline *t, u64 event)
{
	size_t low = 0, high = t->saved.n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (t->saved.at[middle].event <= event)
			low = middle;
		else
			high = middle;
	}
	return &t->saved.at[low];
}

static void fold_to(struct timeline *t, struct world *w, u64 event)
{
	u64 pos = w->h->pub.pos ? w->h->pub.pos : LOG_DATA, at;
	const struct rec *r;

	while (w->h->pub.events < event && (r = walk_next_event(t, &pos, &at)) != NULL)
		world_apply(w, r, at);
}

bool timeline_seek_event(struct timeline *t, u64 event)
{
	const struct saved *from;

	if (event > timeline_events(t))
		return false;
	if (event == timeline_events(t)) {
		t->at_end = true;
		return true;
	}
	if (!t->other)
		t->other = world_create();
	from = saved_before(t, event);
	if (t->other->h->pub.events > event || t->other->h->pub.events < from->event)
		world_restore(t->other, from->checkpoint);
	fold_to(t, t->other, event);
	t->at_end = false;
	return true;
}

bool timeline_seek_moment(struct timeline *t, u64 moment)
{
	if (moment > timeline_moments(t))
		return false;
	return timeline_seek_event(t, moment ? moment_end(t, moment) : 0);
}

void timeline_seek_end(struct timeline *t)
{
	t->at_end = true;
}
