/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/stream.h"

#include "view/memory.h"

#include <stdlib.h>
#include <string.h>

#define FLUSH_BYTES (64u << 10)
#define WORDS_WIDTH 78u /* SCREEN.md, "Plain mode" */

void stream_init(
	struct stream *s, struct log_reader *reader, enum stream_form form, bool lines, FILE *out)
{
	*s = (struct stream){
		.reader = reader,
		.world = world_create(),
		.sources = lines || form == STREAM_WORDS ? sources_create() : NULL,
		.typed = typed_create(),
		.form = form,
		.lines = lines,
		.out = out,
		.pos = LOG_DATA,
	};
}

void stream_finish(struct stream *s)
{
	typed_destroy(s->typed);
	sources_destroy(s->sources);
	world_destroy(s->world);
	log_reader_close(s->reader);
	for (size_t i = 0; i < s->notes.n; i++)
		free(s->notes.at[i]);
	free(s->notes.at);
	str_finish(&s->text);
}

static void take_note(struct stream *s, const struct rec *r)
{
	if (!s->sources)
		return;
	if (s->keep_notes) {
		void *copy = xmalloc(r->len);

		memcpy(copy, r, r->len);
		*vec_push(&s->notes) = copy;
		r = copy;
	}
	sources_add(s->sources, r);
}

static void flush_text(struct stream *s)
{
	struct str lines = {0};

	if (s->form == STREAM_WORDS) {
		lines_wrap(str_get(&s->text), WORDS_WIDTH, &lines);
		str_clear(&s->text);
		str_add_bytes(&s->text, str_get(&lines), lines.len);
		str_finish(&lines);
	}
	fwrite(str_get(&s->text), 1, s->text.len, s->out);
	str_clear(&s->text);
}

static void take_event(struct stream *s, const struct rec *r, u64 pos)
{
	struct scene scene = {
		.world = s->world,
		.log = s->reader,
		.sources = s->sources,
		.style = STYLE_PLAIN,
		.typed = s->typed,
	};
	struct happening h;

	if (s->form == STREAM_QUIET) {
		world_apply(s->world, r, pos);
		return;
	}
	if (s->sources)
		sources_add(s->sources, r); /* who runs what: of events nothing is kept */
	/* Contents are for words only: JSON has sizes. */
	if (s->form == STREAM_JSON)
		scene.log = NULL;
	happening_begin(&h, &scene, r);
	world_apply(s->world, r, pos);
	if (s->form == STREAM_JSON)
		json_event(&scene, &h, r, world_head(s->world)->events, s->lines, &s->text);
	else
		words_event(&scene, &h, r, false, &s->text);
	if (s->text.len >= FLUSH_BYTES)
		flush_text(s);
}

void stream_take_notes(struct stream *s)
{
	u64 pos = LOG_DATA;
	const struct rec *r;

	while (s->sources && (r = log_reader_next(s->reader, &pos)))
		if (!rec_is_event(r))
			take_note(s, r);
	s->notes_taken = true;
}

bool stream_drain(struct stream *s)
{
	u64 pos = s->pos;
	const struct rec *r;
	bool any = false;

	while ((r = log_reader_next(s->reader, &s->pos))) {
		if (rec_is_event(r))
			take_event(s, r, pos);
		else if (!s->notes_taken)
			take_note(s, r);
		pos = s->pos;
		any = true;
	}
	flush_text(s);
	if (any)
		fflush(s->out);
	return any;
}

void stream_total(struct stream *s)
{
	const struct w_head *h = world_head(s->world);

	if (s->form == STREAM_JSON)
		json_total(s->world, &s->text);
	if (s->form == STREAM_WORDS) {
		str_addf(&s->text,
			"%llu events. %llu results were explained. Settled points compared with "
			"the kernel: %llu.\n",
			(unsigned long long)h->events, (unsigned long long)h->explained,
			(unsigned long long)h->settled);
		if (h->drift)
			str_addf(&s->text,
				"%llu times world and kernel did not agree. The first: %.160s.\n",
				(unsigned long long)h->drift, h->first_drift);
		if (h->unknown)
			str_addf(&s->text, "%llu calls are not covered by any rule of ipclab.\n",
				(unsigned long long)h->unknown);
	}
	flush_text(s);
	fflush(s->out);
}
