/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tasks below a picture of memory: state and next access with its line, the source's own words,
 * and what each saw of the places that others write to. One to three lines each, by the room there is.
 */
#include <string.h>

#include "view/memory.h"
#include "view/private.h"
#include "view/stage.h"

enum { LINES_MOST = 3, NEWS_MOST = 3 };

/* ---- what a task saw ---- */

static bool is_in_ring_cells(const struct ring *r, u64 off)
{
	return r->n && off >= r->array && off < r->array + r->n * r->stride;
}

/* Places it has looked at and that somebody else may have changed: what it stored last itself it
 * knows. By offset, at most `max`. */
static u32 places_seen(const struct scene *s, u32 task, u32 segment, const struct w_load **at, u32 max)
{
	const struct w_looks *looks = world_looks(s->world, task);
	struct ring ring;
	u32 n = 0;

	if (!ring_find(s, segment, &ring))
		ring.n = 0;
	if (!ring.n && max > 2) /* of what has no indices: the latest looks */
		max = 2;
	for (u32 i = 0; looks && i < looks->saw_n && i < SAW_KEPT && n < max; i++) {
		const struct w_load *l = &looks->saw[i];
		u32 k = n;

		if (l->segment != segment || !l->size || l->size > 8 || is_in_ring_cells(&ring, l->off) ||
			world_writer(s->world, segment, l->off, NULL) == task)
			continue;
		while (k > 0 && at[k - 1]->off > l->off) {
			at[k] = at[k - 1];
			k--;
		}
		at[k] = l;
		n++;
	}
	return n;
}

static bool value_now(const struct scene *s, const struct w_load *l, u64 *value)
{
	u8 bytes[8] = {0};

	if (world_memory(s->world, l->segment, l->off, bytes, NULL, l->size) != l->size)
		return false;
	*value = 0;
	for (unsigned i = l->size; i-- > 0;)
		*value = *value << 8 | bytes[i];
	return true;
}

static u64 low_bytes(u64 value, u32 size)
{
	return size >= 8 ? value : value & ((1ull << 8 * size) - 1);
}

bool words_saw(const struct scene *s, u32 task, u32 segment, struct str *saw, struct str *so)
{
	const struct w_load *at[NEWS_MOST];
	u32 n = places_seen(s, task, segment, at, ARRAY_LEN(at)), other = 0;
	u64 now;

	for (u32 i = 0; i < n; i++) {
		str_add(saw, i ? ", " : "");
		words_cell(s, segment, at[i]->off, 0, saw);
		str_add(saw, " ");
		words_value(s, segment, at[i]->off, at[i]->size, at[i]->value, saw);
		if (!value_now(s, at[i], &now) || now == low_bytes(at[i]->value, at[i]->size))
			continue;
		str_add(so, other++ ? ", " : "no longer so: ");
		words_cell(s, segment, at[i]->off, 0, so);
		str_add(so, " is ");
		words_value(s, segment, at[i]->off, at[i]->size, now, so);
	}
	if (n && !other)
		str_add(so, "still so");
	return n != 0;
}

u32 words_spin(const struct scene *s, u32 task, const char *between, struct str *out)
{
	const struct w_task *t = world_task(s->world, task);
	const struct w_looks *looks = world_looks(s->world, task);
	const struct w_load *at[LOADS_KEPT];
	u32 all = t && looks ? t->spin_n : 0, n = 0, others = 0, said = 0;

	for (u32 i = 0; i < all && i < LOADS_KEPT; i++) {
		const struct w_load *l = &looks->loads[i];
		u32 k = 0;

		while (k < n && (at[k]->segment != l->segment || at[k]->off != l->off))
			k++;
		if (k < n)
			continue;
		for (k = n++; k > 0 && at[k - 1]->off > l->off; k--)
			at[k] = at[k - 1];
		at[k] = l;
		others += world_writer(s->world, l->segment, l->off, NULL) != task;
	}
	for (u32 i = 0; i < n; i++) {
		/* What it stored last itself it does not wait for. */
		if (others && world_writer(s->world, at[i]->segment, at[i]->off, NULL) == task)
			continue;
		str_add(out, said++ ? between : "");
		words_cell(s, at[i]->segment, at[i]->off, 0, out);
	}
	if (!said)
		str_add(out, "memory");
	return said;
}

/* ---- one task ---- */

/* "POISED  load buffer[2]" and what follows the state. */
static void add_doing(const struct scene *s, const struct view_state *v, u32 task, struct str *out)
{
	const struct w_task *t = world_task(s->world, task);

	if (v->hide & HIDE_NEXT && t->state == TASK_POISED)
		return;
	switch (t->state) {
	case TASK_SPINNING:
		str_add(out, "until ");
		words_spin(s, task, " or ", out);
		str_add(out, " changes");
		return;
	case TASK_BLOCKED: str_add(out, "in "); break;
	case TASK_POISED: str_add(out, " "); break;
	default: break;
	}
	card_call(s, task, out);
}

/* What its access will find there: known, for only it moves when it is stepped. */
static void add_will(const struct scene *s, const struct view_state *v, const struct w_task *t, struct str *out)
{
	struct w_load there = {.segment = t->op.segment, .off = t->op.off, .size = (u32)t->op.size};
	u64 now;

	if (t->state != TASK_POISED || v->hide & HIDE_NEXT || !call_is_access(t->op.call) ||
		!t->op.segment || t->op.size > 8 || !value_now(s, &there, &now))
		return;
	str_add(out, t->op.call == CALL_load ? "will get " : "there now: ");
	words_value(s, there.segment, there.off, there.size, now, out);
}

static void draw_first(struct canvas *c, struct area a, int row, const struct scene *s,
	const struct view_state *v, u32 task, bool will)
{
	const struct w_task *t = world_task(s->world, task);
	bool wide = a.cols >= 66, selected = task == v->selected;
	bool marked = task == world_head(s->world)->last_task;
	int name = wide ? 7 : 3, col = name + (wide ? 14 : 4), right = a.cols - (wide ? 4 : 1);
	struct str words = {0}, at = {0};

	if (wide)
		words_task_name(s, task, &words);
	else
		words_name(s, task, &words);
	if (selected) {
		canvas_put(c, a, row, name - 2, AT_TITLE, ">");
		canvas_cursor(c, a, row, name);
	}
	canvas_put_cut(c, a, row, name, col - name - 1 - marked,
		AT_TITLE | (selected ? AT_SELECTED : 0) | (marked ? AT_MARK : 0), str_get(&words));
	if (marked)
		canvas_put(c, a, row, col - 2, AT_MARK, "\u25a0");
	col = canvas_put(c, a, row, col, card_state_attribute(t), card_state(t)) + 1;
	if (!(v->hide & HIDE_NEXT && t->state == TASK_POISED))
		card_at(s, task, &at);
	right -= text_width(str_get(&at));
	canvas_put(c, a, row, right, 0, str_get(&at));
	str_clear(&words);
	add_doing(s, v, task, &words);
	if (will) {
		str_clear(&at);
		add_will(s, v, t, &at);
		str_addf(&words, "%s%s", at.len ? ", " : "", str_get(&at));
	}
	canvas_put_cut(c, a, row, col, right - col - 1, AT_STRONG, str_get(&words));
	str_finish(&words);
	str_finish(&at);
}

/* Its source line is worth a row: it is at memory, or at what guards it. */
static bool has_source(
	const struct scene *s, const struct view_state *v, u32 task, struct str *text)
{
	const struct w_task *t = world_task(s->world, task);

	return t->state < TASK_ENDING && !(v->hide & HIDE_NEXT && t->state == TASK_POISED) &&
	       (call_is_access(t->op.call) || t->op.sync || t->op.flags & EVF_TOLD) &&
	       stage_source_text(s, card_frame(s, task), text);
}

/* The condition it spins in, with the values it saw, where that is no longer than `most`; false: not so. */
static bool add_condition(const struct scene *s, const struct view_state *v, u32 task, int most, struct str *out)
{
	struct str source = {0}, words = {0};
	bool fits = !(v->hide & HIDE_FULL) && world_task(s->world, task)->state == TASK_SPINNING && has_source(s, v, task, &source) &&
		    words_condition(s, task, str_get(&source), &words) && text_width(str_get(&words)) <= most;

	if (fits)
		str_add(out, str_get(&words));
	str_finish(&source);
	str_finish(&words);
	return fits;
}

/* The source's words; what the access will find, or the condition with its values, stands behind them, further right when
 * they are long. */
static void draw_source(struct canvas *c, struct area a, int row, const struct scene *s,
	const struct view_state *v, u32 task)
{
	bool wide = a.cols >= 66;
	int col = wide ? 10 : 5, most = a.cols - (wide ? 4 : 1), right;
	struct str will = {0}, source = {0};

	has_source(s, v, task, &source);
	if (world_task(s->world, task)->state == TASK_SPINNING)
		add_condition(s, v, task, most - col - 2 - text_width(str_get(&source)), &will);
	else
		add_will(s, v, world_task(s->world, task), &will);
	right = wide ? 56 : most;
	if (will.len && right < col + text_width(str_get(&source)) + 2)
		right = col + text_width(str_get(&source)) + 2;
	if (will.len && right + text_width(str_get(&will)) > most)
		right = most - text_width(str_get(&will));
	canvas_put(c, a, row, right, 0, str_get(&will));
	canvas_put_cut(
		c, a, row, col, (will.len ? right : most) - col - 2, AT_DIM, str_get(&source));
	str_finish(&will);
	str_finish(&source);
}

/* Behind what it saw: the condition with its values, where the line of source has no room for it; and what spinning
 * costs. */
static void draw_cost(struct canvas *c, struct area a, int row, int col, const struct scene *s, const struct view_state *v,
	u32 task)
{
	static const char cost[] = "free, it would burn a CPU";
	int most = a.cols - (a.cols >= 66 ? 4 : 1);
	struct str source = {0}, words = {0};
	bool beside;

	has_source(s, v, task, &source);
	beside = add_condition(s, v, task, most - (a.cols >= 66 ? 12 : 7) - text_width(str_get(&source)), &words);
	str_clear(&words);
	if (!beside && add_condition(s, v, task, most - col - 3, &words))
		col = canvas_put(c, a, row, col + 3, 0, str_get(&words));
	if (col < a.cols - 28)
		canvas_put_right(c, a, row, a.cols - 1, 0, cost);
	str_finish(&source);
	str_finish(&words);
}

static bool draw_saw(struct canvas *c, struct area a, int row, const struct scene *s, const struct view_state *v,
	u32 task, u32 segment)
{
	const struct w_task *t = world_task(s->world, task);
	int col = a.cols >= 66 ? 10 : 5;
	struct str saw = {0}, so = {0};
	bool any = words_saw(s, task, segment, &saw, &so), stale = strncmp(str_get(&so), "no", 2) == 0;

	if (any && c) {
		canvas_put(c, a, row, col, AT_TITLE, "saw");
		col = canvas_put(c, a, row, col + 5, 0, str_get(&saw));
		if (col < 26)
			col = 26;
		col = canvas_put(c, a, row, col + 3, stale ? AT_STRONG : 0, str_get(&so));
		if (t->state == TASK_SPINNING)
			draw_cost(c, a, row, col, s, v, task);
	}
	str_finish(&saw);
	str_finish(&so);
	return any;
}

/* Lines this task takes at most: one that waits for children, or never looked at memory, needs one. */
static int lines_of(const struct scene *s, const struct view_state *v, u32 task, u32 segment,
	int most)
{
	const struct w_task *t = world_task(s->world, task);
	struct str saw = {0}, so = {0};
	int n = 1;

	if (t->state >= TASK_ENDING)
		return 1;
	if (words_saw(s, task, segment, &saw, &so))
		n += most >= 2;
	str_clear(&saw);
	n += most >= 3 && has_source(s, v, task, &saw);
	str_finish(&saw);
	str_finish(&so);
	return n;
}

static bool is_over(const struct w_task *t)
{
	return t->state == TASK_ZOMBIE || t->state == TASK_GONE;
}

/* It waits for those it made: the least worth a row. */
static bool only_waits(const struct scene *s, u32 task)
{
	const struct w_task *t = world_task(s->world, task);

	return t->state == TASK_BLOCKED && (t->op.call == CALL_wait4 || t->op.call == CALL_waitid ||
						   t->op.call == CALL_pthread_join);
}

/* The order of birth; but when there are more than rows, those that only wait come last. */
static void waiters_last(const struct scene *s, u32 *tasks, u32 n)
{
	u32 waiting[64], w = 0, k = 0;

	for (u32 i = 0; i < n && w < ARRAY_LEN(waiting); i++)
		if (only_waits(s, tasks[i]))
			waiting[w++] = tasks[i];
		else
			tasks[k++] = tasks[i];
	for (u32 i = 0; i < w; i++)
		tasks[k + i] = waiting[i];
}

/* Those that live; when nobody does, all. */
static u32 tasks_of(const struct scene *s, u32 *tasks, u32 max)
{
	u32 n = 0;

	for (int over = 0; over < 2 && !n; over++)
		for (u32 i = 1; i < world_tasks(s->world) && n < max; i++) {
			const struct w_task *t = world_task(s->world, i);

			if (t && (over || !is_over(t)))
				tasks[n++] = i;
		}
	return n;
}

static int draw_task(struct canvas *c, struct area a, int row, const struct scene *s,
	const struct view_state *v, u32 task, u32 segment, int most)
{
	int n = lines_of(s, v, task, segment, most), used = 1;
	struct str source = {0};
	bool has = most >= 3 && has_source(s, v, task, &source);

	str_finish(&source);
	if (!c)
		return n;
	draw_first(c, a, row, s, v, task, !has);
	if (has)
		draw_source(c, a, row + used++, s, v, task);
	if (used < n)
		draw_saw(c, a, row + used, s, v, task, segment);
	return n;
}

/* Lines for each task, its most in most[]: all of them have one; then second and third lines as long
 * as there are rows, the selected task's first. What they take together. */
static int share_rows(const struct scene *s, const struct view_state *v, u32 segment,
	const u32 *tasks, u32 n, int rows, int *most)
{
	int used = 0;

	for (u32 i = 0; i < n; i++) {
		most[i] = 1;
		used += lines_of(s, v, tasks[i], segment, 1);
	}
	for (int lines = 2; lines <= LINES_MOST; lines++)
		for (int turn = 0; turn < 2; turn++)
			for (u32 i = 0; i < n; i++) {
				int more = lines_of(s, v, tasks[i], segment, lines) -
					   lines_of(s, v, tasks[i], segment, most[i]);

				if ((tasks[i] == v->selected) != (turn == 0) || used + more > rows)
					continue;
				most[i] = lines;
				used += more;
			}
	return used;
}

int standing_draw(struct canvas *c, struct area a, int row, int rows, const struct scene *s,
	const struct view_state *v, u32 segment)
{
	u32 tasks[64], n = tasks_of(s, tasks, ARRAY_LEN(tasks)), first = 0;
	int most[ARRAY_LEN(tasks)], used = 0;
	int want = share_rows(s, v, segment, tasks, n, rows, most);

	if (!c)
		return want;
	if (want > rows) /* all have one line then */
		waiters_last(s, tasks, n);
	for (u32 i = 0; i < n && want > rows; i++) /* the selected one stays in sight */
		if (tasks[i] == v->selected && (int)i >= rows - 1 && rows > 1)
			first = i - (u32)rows + 2;
	for (u32 i = first; i < n && used < rows; i++) {
		if (used + 1 == rows && i + 1 < n) {
			canvas_putf(c, a, row + used, 7, AT_DIM, "and %u more", n - i);
			return used + 1;
		}
		used += draw_task(c, a, row + used, s, v, tasks[i], segment, most[i]);
	}
	return used;
}
