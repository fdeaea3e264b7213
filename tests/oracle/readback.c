/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the log back: the same log folds to the same bytes, from the start, by seeking, and n
 * events back and n forward. */
#include <unistd.h>

#include "oracle/oracle.h"

enum { POINTS = 6 };

/* Folds the first `events` events of the log. */
static struct world *fold(struct log_reader *reader, u64 events)
{
	struct world *w = world_create();
	const struct rec *rec;
	u64 pos = LOG_DATA, at = LOG_DATA;

	while (world_head(w)->events < events && (rec = log_reader_next(reader, &pos))) {
		world_apply(w, rec, at);
		at = pos;
	}
	return w;
}

static bool say_unless(bool ok, struct str *trouble, const char *what, u64 event, u64 events)
{
	if (!ok)
		str_addf(trouble, "%s (event %lu of %lu)", what, event, events);
	return ok;
}

/* Seeks to `event`, `n` back, `n` forward; each place must be what a fold from the start gives. */
static bool point_agrees(
	struct timeline *t, struct log_reader *reader, u64 event, u64 n, struct str *trouble)
{
	u64 events = timeline_events(t);
	struct world *here = fold(reader, event), *before = fold(reader, event - n);
	bool ok = timeline_seek_event(t, event) &&
		  say_unless(world_equal_bytes(timeline_world(t), here), trouble,
			  "seek: another world", event, events);

	ok = ok && timeline_seek_event(t, event - n) &&
	     say_unless(world_equal_bytes(timeline_world(t), before), trouble,
		     "back: another world", event - n, events);
	ok = ok && timeline_seek_event(t, event) &&
	     say_unless(world_equal_bytes(timeline_world(t), here), trouble,
		     "forward: another world", event, events);
	ok = ok && say_unless(world_same(timeline_world(t), here, trouble), trouble, "not the same",
			   event, events);
	world_destroy(here);
	world_destroy(before);
	return ok;
}

static bool timeline_agrees(struct log_reader *reader, const struct world *live,
	struct chance *chance, struct counts *c, struct str *trouble)
{
	struct timeline *t = timeline_create(reader);
	bool ok = true;
	u64 events;

	timeline_update(t);
	events = timeline_events(t);
	ok = say_unless(timeline_at_end(t) && world_equal_bytes(timeline_now(t), live), trouble,
		"the timeline's end is another world", events, events);
	for (int i = 0; ok && events && i < POINTS; i++) {
		u64 event = 1 + chance_below(chance, (uint32_t)events);
		ok = point_agrees(
			t, reader, event, chance_below(chance, (uint32_t)event + 1), trouble);
		c->seeks += 3;
	}
	timeline_seek_end(t);
	ok = ok && say_unless(world_equal_bytes(timeline_world(t), live), trouble,
			   "back at now: another world", events, events);
	timeline_destroy(t);
	return ok;
}

bool readback_agrees(struct run *r, struct chance *chance, struct counts *c, struct str *trouble)
{
	struct err err = {0};
	struct log_reader *reader = log_reader_open_fd(dup(log_fd(run_log(r))), &err);
	struct world *once, *again;
	u64 events = world_head(run_world(r))->events;
	bool ok;

	if (!reader) {
		str_addf(trouble, "the log cannot be opened: %s", err.text);
		return false;
	}
	once = fold(reader, events);
	again = fold(reader, events);
	ok = say_unless(
		     world_equal_bytes(once, again), trouble, "two folds differ", events, events) &&
	     say_unless(world_equal_bytes(once, run_world(r)), trouble,
		     "the fold differs from the live world", events, events) &&
	     timeline_agrees(reader, run_world(r), chance, c, trouble);
	world_destroy(once);
	world_destroy(again);
	log_reader_close(reader);
	return ok;
}
