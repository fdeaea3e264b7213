/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process on the stage: its state in one word, the call it is at, the line it stands at. */
#include <string.h>
#include <sys/wait.h>

#include "view/screen.h"

enum { POLLED_MOST = 4 };

u32 card_task(const struct scene *s, const struct view_state *v, u32 proc)
{
	const struct w_task *t = world_task(s->world, v->selected);
	const struct w_proc *p = world_proc(s->world, proc);
	u32 any = 0, live = 0;

	if (t && t->proc == proc)
		return v->selected;
	for (u32 task = p ? p->task_first : 0; task;) {
		t = world_task(s->world, task);
		if (!t)
			break;
		if (t->state != TASK_GONE && t->state != TASK_ZOMBIE)
			live = !live || t->nth == 1 ? task : live; /* the first thread stands for its process */
		any = task;
		task = t->proc_next;
	}
	if (any)
		return live ? live : any;
	for (u32 task = 1; task < world_tasks(s->world); task++) {
		t = world_task(s->world, task);
		if (t && t->proc == proc)
			return task;
	}
	return 0;
}

const char *card_state(const struct w_task *t)
{
	switch (t ? t->state : TASK_GONE) {
	case TASK_POISED: return "POISED";
	case TASK_BLOCKED: return "BLOCKED";
	case TASK_SPINNING: return "SPINNING";
	case TASK_STOPPED: return "STOPPED";
	case TASK_ZOMBIE: return "ZOMBIE";
	case TASK_GONE: return "GONE";
	default: return "RUNNING";
	}
}

unsigned card_state_attribute(const struct w_task *t)
{
	switch (t ? t->state : TASK_GONE) {
	case TASK_POISED: return AT_POISED;
	case TASK_BLOCKED:
	case TASK_SPINNING: return AT_BLOCKED;
	case TASK_STOPPED:
	case TASK_ZOMBIE:
	case TASK_GONE: return AT_GONE;
	default: return AT_RUNNING;
	}
}

static bool has_call(const struct w_task *t)
{
	return t->state == TASK_POISED || t->state == TASK_BLOCKED ||
	       t->state == TASK_SPINNING || t->state == TASK_HELD_EXIT ||
	       (t->op.open && t->state != TASK_ZOMBIE && t->state != TASK_GONE);
}

/* Which fds a poll waits for: "poll(4,3,6)"; false: it is none, or of too many. */
static bool add_polled(const struct scene *s, u32 task, const struct w_op *op, struct str *out)
{
	u32 first = world_waited_for(s->world, task), n = 0;

	for (u32 e = first; e; e = world_watch(s->world, e)->next)
		n += world_watch(s->world, e)->epoll ? POLLED_MOST + 1 : 1;
	if (!n || n > POLLED_MOST)
		return false;
	str_addf(out, "%s(", words_call_name(op));
	for (u32 e = first; e; e = world_watch(s->world, e)->next)
		str_addf(out, "%s%d", e == first ? "" : ",", world_watch(s->world, e)->fd);
	str_add(out, ")");
	return true;
}

void card_call(const struct scene *s, u32 task, struct str *out)
{
	const struct w_task *t = world_task(s->world, task);
	const struct w_proc *p = t ? world_proc(s->world, t->proc) : NULL;

	if (!t)
		return;
	if (has_call(t)) {
		if (s->style == STYLE_SHORT && add_polled(s, task, &t->op, out))
			return;
		words_op(s, task, &t->op, true, out);
		return;
	}
	if (!p || !p->ended || t->state < TASK_ZOMBIE)
		return;
	if (WIFSIGNALED(p->status))
		words_signal(WTERMSIG(p->status), out);
	else
		str_addf(out, "status %d", WEXITSTATUS(p->status));
}

/* The site it stands at; one that only computes stands nowhere we know of. */
static u32 site_of(const struct w_task *t)
{
	return t && has_call(t) ? t->op.site : 0;
}

void card_at(const struct scene *s, u32 task, struct str *out)
{
	u32 site = site_of(world_task(s->world, task));
	char at[160];

	if (!site || !s->sources)
		return;
	sources_at(s->sources, site, false, at, sizeof at);
	str_add_escaped(out, at, strlen(at));
}

const struct frame *card_frame(const struct scene *s, u32 task)
{
	u32 site = site_of(world_task(s->world, task));
	const struct place *place = site && s->sources ? sources_place(s->sources, site) : NULL;

	return place ? place->shown : NULL;
}

void card_state_words(
	const struct scene *s, const struct view_state *v, u32 task, int cols, struct str *out)
{
	const struct w_task *t = world_task(s->world, task);

	str_add(out, card_state(t));
	for (size_t i = 0; i < v->delayed_n && t && t->state == TASK_POISED; i++) {
		if (v->delayed[i] != task)
			continue;
		str_add(out, " delayed");
		if (text_width(str_get(out)) > cols) {
			str_clear(out);
			str_add(out, "DELAYED");
		}
	}
}

/* "two_writers.c:57"; too long for its columns, the number stays whole. */
void card_place_draw(struct canvas *c, struct area a, int row, int col, int cols, const char *at)
{
	const char *number = strrchr(at, ':');
	struct str file = {0};
	int end;

	if (!number || text_width(at) <= cols) {
		canvas_put_cut(c, a, row, col, cols, 0, at);
		return;
	}
	str_add_bytes(&file, at, (size_t)(number - at));
	end = canvas_put_cut(c, a, row, col, cols - text_width(number), 0, str_get(&file));
	canvas_put_cut(c, a, row, end, cols - (end - col), 0, number);
	str_finish(&file);
}
