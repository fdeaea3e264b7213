/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines at which continue and play stop. A process stops at its operations only: a hold is met by one that is
 * about to make an operation on that line. They stay for fresh processes. */
#include <stdlib.h>
#include <string.h>

#include "tui/private.h"

static size_t hold_find(const struct screen_run *r, const char *file, u32 line)
{
	size_t i = 0;

	while (i < r->holds.n && !(r->holds.at[i].line == line && strcmp(r->holds.at[i].file, file) == 0))
		i++;
	return i;
}

static void holds_show(struct screen_run *r)
{
	r->view.holds = r->holds.at;
	r->view.holds_n = r->holds.n;
	r->dirty = true;
}

bool hold_is_here(const struct screen_run *r)
{
	u32 line;
	const struct frame *f = source_cursor(&r->scene, &r->view, &line);

	return f && hold_find(r, f->file, line) < r->holds.n;
}

void hold_toggle(struct screen_run *r)
{
	u32 line;
	const struct frame *f = source_cursor(&r->scene, &r->view, &line);
	size_t i;

	if (!f || !f->file[0]) {
		run_say(r, "There is no line here to hold at.");
		return;
	}
	i = hold_find(r, f->file, line);
	if (i < r->holds.n) {
		free((char *)r->holds.at[i].file);
		r->holds.at[i] = r->holds.at[--r->holds.n];
		run_say(r, "No hold at %s line %u any more.", f->base, line);
	} else {
		*vec_push(&r->holds) = (struct hold){xstrdup(f->file), line};
		run_say(r, "Hold at %s line %u: c and Space stop when a process is about to do something there.%s",
			f->base, line, r->free ? " LIVE does not stop: - holds them first." : "");
	}
	holds_show(r);
}

void holds_finish(struct screen_run *r)
{
	for (size_t i = 0; i < r->holds.n; i++)
		free((char *)r->holds.at[i].file);
	free(r->holds.at);
}

bool hold_met(struct screen_run *r, u64 since, struct str *out)
{
	struct scene now = r->scene;
	char name[24];

	if (!r->holds.n)
		return false;
	now.world = timeline_now(session_timeline(r->session));
	for (u32 task = 1; task < world_tasks(now.world); task++) {
		const struct w_task *t = world_task(now.world, task);
		const struct frame *f =
			t && t->state == TASK_POISED && t->op.seq > since ? card_frame(&now, task) : NULL;

		if (!f || hold_find(r, f->file, f->line) == r->holds.n)
			continue;
		str_addf(out, "%s is at the hold, %s:%u", world_task_name(now.world, task, name), f->base, f->line);
		return true;
	}
	return false;
}
