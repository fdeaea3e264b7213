/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A segment's fields drawn in the rows there are. Where not all of them fit, those stay that somebody waits for, that
 * were touched last, or are about to be touched; they keep their order.
 */
#include <string.h>

#include "view/memory.h"
#include "view/private.h"

enum { LINES_KEPT = 512 };

static u32 worth_of(const char *line, size_t len)
{
	static const struct {
		const char *has;
		u32 worth;
	} signs[] = {{"waits: ", 8}, {"\u25a0", 4}, {"next: ", 2}, {"held by", 1}};
	struct str text = {0};
	u32 worth = 0;

	str_add_bytes(&text, line, len);
	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (strstr(str_get(&text), signs[i].has))
			worth += signs[i].worth;
	str_finish(&text);
	return worth;
}

/* Which of the lines are drawn: the worthiest, of equal ones the first. */
static void choose(const char *text, u32 n, u32 room, bool *drawn)
{
	u32 worth[LINES_KEPT];

	for (u32 i = 0; i < n; i++) {
		size_t len = strcspn(text, "\n");

		worth[i] = worth_of(text, len) + 1;
		text += len + (text[len] == '\n');
		drawn[i] = false;
	}
	for (; room; room--) {
		u32 best = 0;

		for (u32 i = 0; i < n; i++)
			if (worth[i] > worth[best])
				best = i;
		drawn[best] = true;
		worth[best] = 0;
	}
}

static u32 lines_in(const char *text)
{
	u32 n = 0;

	for (; *text && n < LINES_KEPT; n++) {
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return n;
}

int memory_draw(struct canvas *c, struct area a, int row, int rows, const struct scene *s,
	const struct view_state *v, u32 segment)
{
	bool drawn[LINES_KEPT];
	struct str text = {0}, line = {0};
	const char *p;
	u64 base;
	int col = segment_type(s, segment, &base, NULL) ? 5
							: 1; /* bytes take all the room there is */
	int used = 0;
	u32 n, room;

	memory_text(s, segment, v->hide, a.cols - col - 1, &text);
	n = lines_in(str_get(&text));
	room = rows < 0 ? 0 : (u32)rows < n ? (u32)rows - (rows > 1) : n;
	choose(str_get(&text), n, room, drawn);
	p = str_get(&text);
	for (u32 i = 0; i < n; i++) {
		size_t len = strcspn(p, "\n");

		str_clear(&line);
		str_add_bytes(&line, p, len);
		if (drawn[i] && c)
			canvas_put_cut(c, a, row + used, col, a.cols - col - 1,
				strncmp(p, "\u25a0", 3) == 0 ? AT_MARK : 0, str_get(&line));
		used += drawn[i];
		p += len + (p[len] == '\n');
	}
	if (room < n && rows > 1) {
		if (c)
			canvas_put_cut(c, a, row + used, col, a.cols - col - 1, 0,
				"  .. more of it: v memory");
		used++;
	}
	str_finish(&text);
	str_finish(&line);
	return used;
}
