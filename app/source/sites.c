/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of sites and maps. A site's place comes from REC_LINES where the log has it, else from
 * libdw, once. Strings are kept once each and live as long as the table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/private.h"

/* ---- strings ---- */

static u32 word_slot(const struct sources *s, const char *text, size_t n)
{
	u32 i = (u32)hash64(0, text, n) & (s->word_slots - 1);

	while (s->words[i] && strcmp(s->words[i], text))
		i = (i + 1) & (s->word_slots - 1);
	return i;
}

static void words_grow(struct sources *s)
{
	const char **old = s->words;
	u32 n = s->word_slots;

	s->word_slots = n ? 2 * n : 64;
	s->words = xmalloc(s->word_slots * sizeof *s->words);
	for (u32 i = 0; i < n; i++)
		if (old[i])
			s->words[word_slot(s, old[i], strlen(old[i]))] = old[i];
	free(old);
}

const char *word_keep(struct sources *s, const char *text)
{
	u32 i;

	if (2 * (s->words_used + 1) > s->word_slots)
		words_grow(s);
	i = word_slot(s, text, strlen(text));
	if (!s->words[i]) {
		s->words[i] = xstrdup(text);
		s->words_used++;
	}
	return s->words[i];
}

/* ---- the table ---- */

static u32 site_slot(const struct sources *s, u32 id)
{
	u32 i = (id * 2654435761u) & (s->slots - 1);

	while (s->sites[i].id && s->sites[i].id != id)
		i = (i + 1) & (s->slots - 1);
	return i;
}

struct site *site_find(const struct sources *s, u32 id)
{
	struct site *site = s->slots && id ? &s->sites[site_slot(s, id)] : NULL;

	return site && site->id ? site : NULL;
}

static void sites_grow(struct sources *s)
{
	struct site *old = s->sites;
	u32 n = s->slots;

	s->slots = n ? 2 * n : 64;
	s->sites = xmalloc(s->slots * sizeof *s->sites);
	for (u32 i = 0; i < n; i++)
		if (old[i].id)
			s->sites[site_slot(s, old[i].id)] = old[i];
	free(old);
}

static struct site *site_get(struct sources *s, u32 id)
{
	struct site *site = site_find(s, id);

	if (site)
		return site;
	if (2 * (s->used + 1) > s->slots)
		sites_grow(s);
	site = &s->sites[site_slot(s, id)];
	site->id = id;
	s->used++;
	*vec_push(&s->order) = id;
	return site;
}

/* Pictures are numbered from 1 as they come; in a log that was made up they need not be. */
const struct note_maps *maps_find(const struct sources *s, u32 map)
{
	if (map && map <= s->maps.n && s->maps.at[map - 1]->map == map)
		return s->maps.at[map - 1];
	for (size_t i = s->maps.n; i > 0; i--)
		if (s->maps.at[i - 1]->map == map)
			return s->maps.at[i - 1];
	return NULL;
}

struct sources *sources_create(void)
{
	struct sources *s = xmalloc(sizeof *s);

	s->unwinder = unwinder_create();
	s->texts = texts_create();
	s->types = types_create();
	return s;
}

void sources_destroy(struct sources *s)
{
	if (!s)
		return;
	for (u32 i = 0; i < s->slots; i++)
		if (s->sites[i].place) {
			free((void *)(uintptr_t)s->sites[i].place->frames);
			free(s->sites[i].place);
		}
	for (u32 i = 0; i < s->word_slots; i++)
		free((void *)(uintptr_t)s->words[i]);
	free(s->sites);
	free(s->order.at);
	free(s->maps.at);
	free(s->words);
	unwinder_destroy(s->unwinder);
	texts_destroy(s->texts);
	types_destroy(s->types);
	free(s);
}

void sources_add(struct sources *s, const struct rec *r)
{
	struct site *site;

	types_add(s, r);
	switch (r->kind) {
	case REC_MAPS: {
		const struct note_maps *note = rec_body(r);
		*vec_push(&s->maps) = note;
		break;
	}
	case REC_SITE: {
		const struct note_site *note = rec_body(r);
		site = site_get(s, note->site);
		if (!site->note)
			site->note = note;
		break;
	}
	case REC_LINES: {
		const struct note_lines *note = rec_body(r);
		site = site_get(s, note->site);
		if (!site->lines)
			site->lines = note;
		site->written = true;
		break;
	}
	case REC_SOURCE: texts_add(s->texts, rec_body(r)); break;
	default: break;
	}
}

/* ---- places ---- */

struct gather {
	struct sources *s;
	VEC(struct frame) v;
};

static void gather_frame(void *arg, const char *file, u32 line, const char *function, bool own)
{
	struct gather *g = arg;
	const char *kept = word_keep(g->s, file), *slash = strrchr(kept, '/');

	*vec_push(&g->v) = (struct frame){
		.file = kept,
		.base = slash ? slash + 1 : kept,
		.function = word_keep(g->s, function),
		.line = line,
		.own = own,
	};
}

static const char *text_next(const char *p)
{
	return p + strlen(p) + 1;
}

/* rec_is_sound has seen that there are three strings a frame. */
static void gather_lines(struct gather *g, const struct note_lines *note)
{
	const char *p = note->text;

	for (u32 i = 0; i < note->frames && i < FRAMES_MAX; i++) {
		const char *file = p, *number = text_next(file), *function = text_next(number);
		unsigned long line = strtoul(number, NULL, 10);
		bool own = line && i >= note->shown && !path_is_system(file);

		p = text_next(function);
		gather_frame(g, file, line > INT32_MAX ? 0 : (u32)line, function,
			own || i == note->shown);
	}
}

static void place_make(struct site *site, struct gather *g, u32 shown)
{
	struct place *place;

	if (!g->v.n)
		return;
	place = xmalloc(sizeof *place);
	*place = (struct place){.site = site->id, .frames_n = (u32)g->v.n, .frames = g->v.at};
	if (shown < g->v.n)
		place->shown = &g->v.at[shown];
	site->place = place;
}

static u32 own_innermost(const struct gather *g)
{
	for (size_t i = 0; i < g->v.n; i++)
		if (g->v.at[i].own)
			return (u32)i;
	return UINT32_MAX;
}

/* The memory of a forgotten stretch of the log reads as zero: then the number is gone too. */
const struct note_site *site_note(const struct site *site)
{
	return site->note && site->note->site == site->id ? site->note : NULL;
}

static const struct place *site_place(struct sources *s, struct site *site)
{
	struct gather g = {.s = s};
	const struct note_maps *maps;

	if (site->tried)
		return site->place;
	if (site->lines && site->lines->site == site->id) {
		gather_lines(&g, site->lines);
		site->tried = true;
		place_make(site, &g, site->lines->shown);
		return site->place;
	}
	if (!site_note(site))
		return NULL;
	maps = maps_find(s, site->note->map);
	if (!maps)
		return NULL;
	site->tried = true;
	unwind_site(s->unwinder, maps, site->note, gather_frame, &g);
	place_make(site, &g, own_innermost(&g));
	return site->place;
}

const struct place *sources_place(struct sources *s, u32 id)
{
	struct site *site = site_find(s, id);

	return site ? site_place(s, site) : NULL;
}

const char *sources_at(struct sources *s, u32 id, bool words, char *buf, size_t n)
{
	const struct place *place = sources_place(s, id);
	const struct frame *f = place ? place->shown : NULL;

	if (n)
		buf[0] = 0;
	if (f)
		snprintf(buf, n, words ? "%s line %u" : "%s:%u", f->base, f->line);
	return buf;
}

const char *sources_line(struct sources *s, const char *file, u32 n)
{
	return texts_line(s->texts, file, n);
}

u32 sources_lines(struct sources *s, const char *file)
{
	return texts_lines(s->texts, file);
}

/* ---- into the recording ---- */

static bool lines_write(const struct place *place, u32 id, struct log *log, struct err *e)
{
	struct note_lines body = {.site = id, .shown = UINT32_MAX};
	struct str text = {0};
	struct rec *r;

	for (u32 i = 0; place && i < place->frames_n; i++) {
		const struct frame *f = &place->frames[i];
		str_add_bytes(&text, f->file, strlen(f->file) + 1);
		str_addf(&text, "%u", f->line);
		str_add_bytes(&text, "", 1);
		str_add_bytes(&text, f->function, strlen(f->function) + 1);
	}
	if (place)
		body.frames = place->frames_n;
	if (place && place->shown)
		body.shown = (u32)(place->shown - place->frames);
	body.text_len = (u32)text.len;
	r = log_begin(log, sizeof body + text.len, e);
	if (r) {
		r->kind = REC_LINES;
		memcpy(r + 1, &body, sizeof body);
		if (text.len)
			memcpy((u8 *)(r + 1) + sizeof body, text.s, text.len);
		log_commit(log, r);
	}
	str_finish(&text);
	return r != NULL;
}

static bool sources_write_texts(
	struct sources *s, const struct place *place, u64 *room, struct log *log, struct err *e)
{
	for (u32 i = 0; place && i < place->frames_n; i++)
		if (place->frames[i].own &&
			!texts_write(s->texts, place->frames[i].file, room, log, e))
			return false;
	return true;
}

bool sources_write(struct sources *s, struct log *log, struct err *e)
{
	u64 room = SOURCE_KEPT_TOTAL;

	for (size_t i = 0; i < s->order.n; i++) {
		struct site *site = site_find(s, s->order.at[i]);
		const struct place *place;

		if (site->written)
			continue;
		place = site_place(s, site);
		if (!lines_write(place, site->id, log, e) ||
			!sources_write_texts(s, place, &room, log, e))
			return err_wrap(e, "source lines cannot be added to the recording");
		site->written = true;
	}
	return types_write_all(s, log, e) ||
	       err_wrap(e, "C types cannot be added to the recording");
}
