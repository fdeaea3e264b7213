/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened last: its lines, and what was written to a terminal. */
#include <string.h>

#include "view/screen.h"

static bool is_write(u32 call)
{
	return call == CALL_write || call == CALL_writev || call == CALL_pwritev2;
}

bool last_output(const struct scene *s, const struct happening *h, const struct rec *rec,
	const u8 **bytes, u32 *n)
{
	struct ev_exit e;

	if (rec->kind != REC_EXIT || !h->known || h->kind != OBJ_TTY || !is_write(h->op.call))
		return false;
	memcpy(&e, rec_body(rec), sizeof e);
	if (e.ret <= 0 || !bytes_of_write(s->log, h->op.pos, bytes, n))
		return false;
	if ((i64)*n > e.ret)
		*n = (u32)e.ret;
	return true;
}

static void out_line(
	const struct scene *s, const struct happening *h, const struct rec *rec, struct str *out)
{
	const u8 *bytes;
	u32 n, cut;
	char name[24];

	if (!last_output(s, h, rec, &bytes, &n))
		return;
	for (cut = 0; cut < n && bytes[cut] != '\n'; cut++)
		;
	str_clear(out);
	str_addf(out, "out %s: ", world_task_name(s->world, rec->task, name));
	str_add_escaped(out, bytes, cut);
}

/* With a question open, what happened is said, and not why: "P2 is blocked in read(3)." */
static void add_line(u64 moment, const char *text, bool unexplained, struct str *last)
{
	const char *end = unexplained ? strstr(text, ": ") : NULL;

	str_addf(last, "%3llu  ", (unsigned long long)moment);
	if (end) {
		str_add_bytes(last, text, (size_t)(end - text));
		str_add(last, ".\n");
	} else {
		str_add(last, text);
	}
}

void last_collect(struct timeline *t, const struct scene *scene, u64 from, u64 to, bool question,
	struct str *last, struct str *out)
{
	struct scene s = *scene;
	struct str text = {0};

	if (!timeline_seek_event(t, from))
		return;
	for (u64 event = from + 1; event <= to; event++) {
		const struct rec *rec = timeline_event(t, event, NULL);
		struct happening h;
		u64 moment;

		s.world = timeline_world(t);
		moment = world_head(s.world)->moment +
			 1; /* the one that this event, or one after it, completes */
		if (!rec)
			break;
		happening_begin(&h, &s, rec);
		if (!timeline_seek_event(t, event))
			break;
		s.world = timeline_world(t);
		str_clear(&text);
		words_event(&s, &h, rec, false, &text);
		if (text.len)
			add_line(
				moment, str_get(&text), question && rec->kind == REC_OBSERVE, last);
		out_line(&s, &h, rec, out);
	}
	str_finish(&text);
}
