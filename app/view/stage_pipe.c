/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is in a pipe, in the picture: its bytes when they fit, else a bar; below, the same in words. */
#include <stdio.h>
#include <string.h>

#include "view/stage.h"

/* How full it is, in so many columns: the longest of the ways to say it that has room. */
static void fill_words(const struct w_pipe *p, const struct view_state *v, int cols, struct str *out)
{
	static const char *const empty[] = {"empty: %lld of %llu B", "empty: %lld of %llu", "%lld of %llu B"};
	static const char *const full[] = {"FULL: %lld of %llu B", "FULL: %lld B", "FULL"};
	static const char *const between[] = {"%lld of %llu B", "%lld of %llu", "%lld B"};
	const char *const *ways = p->fill <= 0 ? empty : (u64)p->fill >= p->capacity ? full : between;

	if (p->fifo && !p->files) {
		str_add(out, "nobody has it open");
		return;
	}
	if (v->hide & HIDE_FULL) {
		str_addf(out, "capacity %llu B", (unsigned long long)p->capacity);
		return;
	}
	for (int i = 0; i < 3; i++) {
		str_clear(out);
		str_addf(out, ways[i], (long long)(p->fill > 0 ? p->fill : 0), (unsigned long long)p->capacity);
		if (text_width(str_get(out)) <= cols)
			return;
	}
}

/* A bar as wide as `cols`: any bytes show, and only a full pipe fills it. */
static void draw_bar(
	struct canvas *c, struct area a, int row, int col, int cols, const struct w_pipe *p)
{
	u64 fill = p->fill > 0 ? (u64)p->fill : 0;
	int full = p->capacity ? (int)(fill * (u64)cols / p->capacity) : 0;

	if (fill && !full)
		full = 1;
	if (fill < p->capacity && full == cols)
		full = cols - 1;
	for (int i = 0; i < cols; i++)
		canvas_put(
			c, a, row, col + i, i < full ? 0 : AT_DIM, i < full ? "\u2588" : "\u2591");
}

void pipe_title(const struct scene *s, u32 pipe, int cols, char *title, size_t room)
{
	const struct w_pipe *p = world_pipe(s->world, pipe);
	const char *path = p && p->fifo ? world_text(s->world, p->title) : "", *slash = strrchr(path, '/');
	bool marked = world_head(s->world)->last_pipe == pipe;
	struct str words = {0};
	char name[24];

	str_addf(&words, "%s", world_pipe_name(s->world, pipe, name));
	if (slash && slash[1])
		path = slash + 1;
	if (*path && (int)strlen(path) < cols - 14) {
		str_add(&words, " ");
		str_add_escaped(&words, path, strlen(path));
	}
	snprintf(title, room, "%s%s", str_get(&words), marked ? " \u25a0" : "");
	str_finish(&words);
}

void pipe_draw_inside(struct canvas *c, struct area a, struct area box, const struct scene *s, const struct view_state *v, u32 pipe)
{
	const struct w_pipe *p = world_pipe(s->world, pipe);
	int col = box.col + 2, cols = box.cols - 4;
	struct str words = {0};
	bool sleeper = p->fill > 0 && (u64)p->fill >= p->capacity;
	u8 bytes[64];
	u32 n;

	if (!(v->hide & HIDE_FULL) && p->fill > 0) {
		n = view_shows(v, VIEW_CONTENTS) ? bytes_of_pipe(s, pipe, bytes, sizeof bytes)
						 : 0;
		words_bytes(bytes, n, n, &words);
		if (n && (i64)n == p->fill && text_width(str_get(&words)) <= cols)
			canvas_put(c, a, box.row + 1, col, AT_STRONG, str_get(&words));
		else
			draw_bar(c, a, box.row + 1, col, cols, p);
	}
	str_clear(&words);
	fill_words(p, v, cols, &words);
	canvas_put_cut(c, a, box.row + 2, col, cols,
		sleeper && !(v->hide & HIDE_FULL) ? AT_BLOCKED : 0, str_get(&words));
	if (box.rows > 4 && view_shows(v, VIEW_SLOTS) && p->slots_sure && !(v->hide & HIDE_FULL))
		canvas_putf(
			c, a, box.row + 3, col, 0, "%u of %u slots", p->slot_count, p->slots_max);
	str_finish(&words);
}
