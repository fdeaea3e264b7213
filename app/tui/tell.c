/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened: the lines of Last, the line of output, the deeds of the time pane. */
#include <string.h>

#include "tui/private.h"

enum { TOLD_MAX = 4096, DEEDS_WINDOW = 400, OUTPUT_EVENTS = 200000 };

static void go_back_to(struct timeline *t, u64 event, bool at_end)
{
	if (at_end)
		timeline_seek_end(t);
	else
		timeline_seek_event(t, event);
}

/* How many bytes a terminal's command takes (ECMA-48: CSI, OSC and other strings, short ones). */
static size_t command_bytes(const char *b, size_t n)
{
	size_t i = 2;

	if (n < 2)
		return n;
	if (b[1] == '[') {
		while (i < n && (b[i] < 0x40 || b[i] > 0x7e))
			i++;
		return i < n ? i + 1 : n;
	}
	if (strchr("]PX^_", b[1])) {
		while (i < n && b[i] != '\a' && !(b[i] == '\033' && i + 1 < n && b[i + 1] == '\\'))
			i++;
		return i >= n ? n : i + (b[i] == '\a' ? 1 : 2);
	}
	for (i = 1; i < n && b[i] >= 0x20 && b[i] <= 0x2f; i++)
		;
	return i < n ? i + 1 : n;
}

/* Bytes a program wrote, as lines, without colours and the like; the screen draws other controls as '?'. */
static void add_output(struct str *out, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i] == '\033')
			i += command_bytes(bytes + i, n - i) - 1;
		else if (bytes[i] != '\r')
			str_add_bytes(out, &bytes[i], 1);
}

void tell_since(struct screen_run *r, u64 from)
{
	struct timeline *t = session_timeline(r->session);
	u64 to = world_head(timeline_world(t))->events;
	bool at_end = timeline_at_end(t);

	str_clear(&r->last);
	str_clear(&r->out_line);
	if (to > from + TOLD_MAX)
		from = to - TOLD_MAX;
	last_collect(t, &r->scene, from, to, r->view.question, &r->last, &r->out_line);
	go_back_to(t, to, at_end);
	run_scene(r);
}

void tell_moment(struct screen_run *r)
{
	struct timeline *t = session_timeline(r->session);
	u64 moment = world_head(timeline_world(t))->moment, first, last;

	str_clear(&r->last);
	str_clear(&r->out_line);
	/* That a guide's processes were started is no news. */
	if (r->guide && moment <= 1)
		return;
	if (timeline_moment_events(t, moment, &first, &last) &&
		last <= world_head(timeline_world(t))->events)
		tell_since(r, first - 1);
}

void tell_deeds(struct screen_run *r)
{
	struct timeline *t = session_timeline(r->session);
	u64 to = world_head(timeline_world(t))->events;
	u64 from = to > DEEDS_WINDOW ? to - DEEDS_WINDOW : 0;
	bool at_end = timeline_at_end(t);

	if (r->deeds_to == to && r->deeds.n)
		return;
	r->deeds.n = 0;
	deeds_collect(t, &r->scene, from + 1, to, &r->deeds);
	r->deeds_to = to;
	go_back_to(t, to, at_end);
	run_scene(r);
	r->view.deeds = r->deeds.at;
	r->view.deeds_n = r->deeds.n;
}

/* A recording keeps no stream of output: it is put together from the writes to terminals. */
static void recorded_output(struct screen_run *r)
{
	struct timeline *t = session_timeline(r->session);
	u64 here = world_head(timeline_world(t))->events, to = here;
	bool at_end = timeline_at_end(t);
	struct scene s = r->scene;

	str_clear(&r->output);
	if (to > OUTPUT_EVENTS)
		to = OUTPUT_EVENTS;
	if (!timeline_seek_event(t, 0))
		return;
	for (u64 event = 1; event <= to; event++) {
		const struct rec *rec = timeline_event(t, event, NULL);
		struct happening h;
		const u8 *bytes;
		u32 n;

		s.world = timeline_world(t);
		if (!rec)
			break;
		if (rec->kind == REC_EXIT) {
			happening_begin(&h, &s, rec);
			if (last_output(&s, &h, rec, &bytes, &n))
				add_output(&r->output, (const char *)bytes, n);
		}
		if (!timeline_seek_event(t, event))
			break;
	}
	go_back_to(t, here, at_end);
	run_scene(r);
}

void tell_output(struct screen_run *r)
{
	size_t n;
	const char *bytes = session_output(r->session, &n);

	if (!r->view.live || !run_is_now(r)) {
		recorded_output(r);
	} else if (n != r->output_seen || !n) {
		r->output_seen = n;
		str_clear(&r->output);
		add_output(&r->output, bytes, n);
	}
	r->view.output = str_get(&r->output);
}
