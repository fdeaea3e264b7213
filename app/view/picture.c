/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stage as text, 80 columns wide: for what is kept, and read without a screen. */
#include <string.h>

#include "view/screen.h"

/* Lines without the blanks at their ends; none that is empty at the beginning or the end. */
static void tidy(const char *text, struct str *out)
{
	size_t empty = 0;
	bool any = false;

	while (*text) {
		size_t n = strcspn(text, "\n"), keep = n;

		while (keep && text[keep - 1] == ' ')
			keep--;
		empty += !keep;
		if (keep) {
			for (; empty && any; empty--)
				str_add(out, "\n");
			empty = 0;
			any = true;
			str_add_bytes(out, text, keep);
			str_add(out, "\n");
		}
		text += n + (text[n] == '\n');
	}
}

void stage_picture(const struct scene *s, u32 selected, struct str *out)
{
	struct view_state v = {.selected = selected};
	struct canvas *c = canvas_create(stage_rows(s, &v, 80), 80, false);
	struct str text = {0};

	stage_draw(c, canvas_area(c), s, &v);
	canvas_text(c, &text);
	tidy(str_get(&text), out);
	str_finish(&text);
	canvas_destroy(c);
}
