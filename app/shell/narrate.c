/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened in the log between two points, in words. */
#include "shell/narrate.h"

static void go_back_to(struct timeline *t, u64 event, bool at_end)
{
	if (at_end)
		timeline_seek_end(t);
	else
		timeline_seek_event(t, event);
}

void narrate_each(struct shell *sh, u64 from, u64 to, bool all, told_fn *fn, void *arg)
{
	struct timeline *t = session_timeline(sh->session);
	u64 here = shell_event(sh);
	bool at_end = timeline_at_end(t);
	struct str text = {0};

	sh->touched.n = 0;
	if (!timeline_seek_event(t, from))
		goto done;
	for (u64 event = from + 1; event <= to; event++) {
		struct scene scene = shell_scene(sh);
		struct happening h;
		u64 before = shell_moment(sh), pos;
		const struct rec *r = timeline_event(t, event, &pos);

		if (!r)
			break;
		happening_begin(&h, &scene, r);
		if (!timeline_seek_event(t, event))
			break;
		scene = shell_scene(sh);
		if (r->kind == REC_EXIT && h.pipe)
			*vec_push(&sh->touched) = h.pipe;
		str_clear(&text);
		words_event(&scene, &h, r, all, &text);
		if (text.len) {
			/* Events belong to the moment that they, or one after them, completes. */
			u64 after = shell_moment(sh);

			fn(arg, after > before ? after : after + 1, r->task, str_get(&text));
		}
	}
done:
	str_finish(&text);
	go_back_to(t, here, at_end);
}

struct telling {
	struct str *out;
	u64 moment;
	u32 lines;
};

static void tell(void *arg, u64 moment, u32 task, const char *text)
{
	struct telling *x = arg;

	(void)task;
	if (moment != x->moment)
		str_addf(x->out, "Event %llu. ", (unsigned long long)moment);
	x->moment = moment;
	str_add(x->out, text);
	x->lines++;
}

u32 narrate(struct shell *sh, u64 from, u64 to, struct str *out)
{
	struct telling x = {.out = out};

	narrate_each(sh, from, to, false, tell, &x);
	return x.lines;
}

static bool is_over(const struct w_task *t)
{
	return t->state == TASK_GONE || t->state == TASK_ZOMBIE;
}

/* Blocked since before, on a pipe that was touched: that nothing woke it is worth a word. */
static bool still_blocked(const struct shell *sh, const struct world *w, u32 task, u64 from)
{
	const struct w_task *t = world_task(w, task);
	u32 pipe = world_op_pipe(w, task);

	if (t->state != TASK_BLOCKED || t->op.seq > from)
		return false;
	for (size_t i = 0; i < sh->touched.n; i++)
		if (sh->touched.at[i] == pipe)
			return true;
	return false;
}

void narrate_standing(struct shell *sh, u64 from, struct str *out)
{
	struct scene scene = shell_scene(sh);
	const struct world *w = scene.world;
	bool first = true;

	for (u32 task = 1; task < world_tasks(w); task++) {
		const struct w_task *t = world_task(w, task);
		bool moved, still;

		if (!t || is_over(t))
			continue;
		still = still_blocked(sh, w, task, from);
		/* Who has just blocked was told so as an event. */
		moved = t->state_seq > from && t->state != TASK_BLOCKED;
		if (!moved && !still)
			continue;
		str_add(out, first ? "Now " : "");
		first = false;
		words_name(&scene, task, out);
		str_add(out, still ? " is still " : " is ");
		words_task_state(&scene, task, true, out);
		str_add(out, ".\n");
		if (!sh->by_guide)
			words_outlook(&scene, task, out);
	}
}

u64 moment_of(struct shell *sh, u64 event)
{
	struct timeline *t = session_timeline(sh->session);
	u64 low = 1, high = timeline_moments(t);

	while (low < high) {
		u64 middle = low + (high - low) / 2, first, last;

		if (!timeline_moment_events(t, middle, &first, &last))
			break;
		if (last < event)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
