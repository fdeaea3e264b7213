/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Semaphores, mutexes, conditions, barriers, rwlocks: what each is called, how it stands, who waits. */
#include <string.h>

#include "view/memory.h"
#include "view/private.h"

/* What the program calls it: the name given to sem_open, or the field it lies in. */
static void add_title(const struct scene *s, const struct w_sync *x, struct str *out)
{
	const char *title = world_text(s->world, x->title);
	struct str path = {0};

	if (title[0]) {
		str_add_escaped(out, title, strlen(title));
		return;
	}
	/* Only where the type says that a sem_t or its like lies there: its own fields begin with "__". */
	if (x->segment && segment_path(s, x->segment, x->off, &path, NULL) &&
		(x->kind == SYNC_SPIN || strstr(path.s, "__"))) /* a spin lock is an int */
		words_field(s, x->segment, x->off, out);
	str_finish(&path);
}

void words_sync_name(const struct scene *s, u32 sync, struct str *out)
{
	const struct w_sync *x = world_sync(s->world, sync);
	struct str title = {0};
	char name[24];

	if (!x) {
		str_add(out, "something of the C library");
		return;
	}
	str_add(out, world_sync_name(s->world, sync, name));
	add_title(s, x, &title);
	if (title.len)
		str_addf(out, " \"%s\"", str_get(&title));
	str_finish(&title);
}

static void add_held(const struct scene *s, const struct w_sync *x, const char *how, struct str *out)
{
	str_addf(out, "%s by ", how);
	words_name(s, x->owner, out);
	if (x->owner_died) /* first: the end of the line may be cut */
		str_add(out, ", which has ended,");
	if (x->depth > 1)
		str_addf(out, " %u times", x->depth);
	words_place(s, x->held_site, " since ", out);
}

/* "held for reading by P1 and P3"; not all of them known: "held for reading by 5". */
static void add_readers(const struct scene *s, const struct w_sync *x, struct str *out)
{
	u32 known = 0, said = 0;

	for (u32 i = 0; i < ARRAY_LEN(x->readers); i++)
		known += x->readers[i] != 0;
	str_add(out, "held for reading by ");
	if (known != x->value)
		str_addf(out, "%lld", (long long)x->value);
	for (u32 i = 0; i < ARRAY_LEN(x->readers) && known == x->value; i++) {
		if (!x->readers[i])
			continue;
		str_add(out, !said ? "" : said + 1 == known ? " and " : ", ");
		words_name(s, x->readers[i], out);
		said++;
	}
}

void words_sync_state(const struct scene *s, u32 sync, struct str *out)
{
	const struct w_sync *x = world_sync(s->world, sync);

	if (!x)
		return;
	switch (x->destroyed ? 0 : x->kind) {
	case 0: str_add(out, "destroyed"); return;
	case SYNC_SEM:
		if (x->value_sure)
			str_addf(out, "%lld", (long long)x->value);
		else
			str_add(out, "of unknown value");
		return;
	case SYNC_COND: return;
	case SYNC_BARRIER:
		str_addf(out, "%lld of %u there", (long long)x->value, x->limit);
		return;
	default: break;
	}
	if (x->owner)
		add_held(s, x, x->kind == SYNC_RWLOCK ? "held for writing" : "held", out);
	else if (x->copied)
		str_add(out, "fork copied it while another thread held it, which is not in this process");
	else if (x->owner_died)
		str_add(out, "its holder has ended without unlocking it");
	else if (x->kind == SYNC_RWLOCK && x->value > 0)
		add_readers(s, x, out);
	else if (!x->value_sure)
		str_add(out, "not known to be held");
	else
		str_add(out, "free");
}

/* "P2, P3": in order of arrival. */
static u32 add_waiters(const struct scene *s, const struct w_sync *x, struct str *out)
{
	u32 n = 0, all = world_tasks(s->world);

	for (u32 task = x->wait_first; task && n < all; n++) {
		const struct w_task *t = world_task(s->world, task);

		str_add(out, n ? ", " : "");
		words_name(s, task, out);
		task = t ? t->sync_next : 0;
	}
	return n;
}

void sync_line(const struct scene *s, u32 sync, struct str *out)
{
	const struct w_sync *x = world_sync(s->world, sync);
	struct str part = {0};

	if (!x)
		return;
	words_sync_name(s, sync, out);
	words_sync_state(s, sync, &part);
	if (part.len)
		str_addf(out, "  %s", str_get(&part));
	str_clear(&part);
	if (add_waiters(s, x, &part))
		str_addf(out, "   waits: %s", str_get(&part));
	str_finish(&part);
}

bool sync_is_drawn(const struct world *w, u32 sync)
{
	const struct w_sync *x = world_sync(w, sync);

	return x && !x->destroyed && x->kind != SYNC_THREAD;
}

static bool is_listed(const struct world *w, u32 sync, u32 but)
{
	return sync_is_drawn(w, sync) && !(but && world_sync(w, sync)->segment == but);
}

u32 syncs_drawn(const struct world *w, u32 but)
{
	u32 n = 0;

	for (u32 i = 1; i < world_syncs(w); i++)
		n += is_listed(w, i, but);
	return n;
}

/* Bytes of it, by enum sync_kind: sizeof of the C library. */
static const u64 sizes[] = {[SYNC_SEM] = 32, [SYNC_MUTEX] = 40, [SYNC_COND] = 48,
	[SYNC_BARRIER] = 32, [SYNC_RWLOCK] = 56, [SYNC_SPIN] = 4, [SYNC_THREAD] = 0};

bool sync_holds(const struct world *w, u32 segment, u64 off, u64 size)
{
	const struct w_segment *seg = world_segment(w, segment);

	for (u32 i = seg ? seg->sync_first : 0; i;) {
		const struct w_sync *x = world_sync(w, i);

		if (x && x->kind < ARRAY_LEN(sizes) && off >= x->off &&
			off + size <= x->off + sizes[x->kind])
			return true;
		i = x ? x->segment_next : 0;
	}
	return false;
}

/* One a row where there are rows for all; else several, as far as they fit. */
int sync_draw(struct canvas *c, struct area a, int row, int rows, const struct scene *s, u32 but)
{
	enum { FIRST_COL = 7, GAP = 4 };
	int left = (int)syncs_drawn(s->world, but), col = FIRST_COL, used = 0;
	bool pack = left > rows;
	struct str line = {0};

	for (u32 i = 1; i < world_syncs(s->world) && rows > 0; i++) {
		const struct w_sync *x = world_sync(s->world, i);
		bool marked = world_head(s->world)->last_sync == i;

		if (!is_listed(s->world, i, but))
			continue;
		str_clear(&line);
		sync_line(s, i, &line);
		if (col > FIRST_COL &&
			(!pack || col + text_width(str_get(&line)) > a.cols - 1)) {
			used++;
			col = FIRST_COL;
		}
		if (used == rows) {
			if (c)
				canvas_putf(c, a, row + used - 1, a.cols - 12, AT_DIM,
					" .. %d more", left);
			break;
		}
		if (c && marked)
			canvas_put(c, a, row + used, col - 2, AT_MARK, "\u25a0");
		if (c)
			canvas_put_cut(c, a, row + used, col, a.cols - col - 1,
				(marked ? AT_MARK : 0) | (x->wait_n ? AT_BLOCKED : 0), str_get(&line));
		col += text_width(str_get(&line)) + GAP;
		left--;
	}
	used += col > FIRST_COL && used < rows;
	str_finish(&line);
	return used;
}

void words_sync(const struct scene *s, u32 sync, struct str *out)
{
	const struct w_sync *x = world_sync(s->world, sync);
	struct str part = {0};
	u32 n;

	if (!x)
		return;
	words_sync_name(s, sync, out);
	words_sync_state(s, sync, &part);
	if (part.len)
		str_addf(out, x->kind == SYNC_SEM && x->value_sure ? " is %s" : ", %s",
			str_get(&part));
	str_clear(&part);
	n = add_waiters(s, x, &part);
	if (n)
		str_addf(out, ". %s wait%s for it", str_get(&part), n == 1 ? "s" : "");
	str_add(out, ".\n");
	str_finish(&part);
}

void words_sync_outlook(const struct scene *s, const struct w_task *t, struct str *out)
{
	const struct w_sync *x = world_sync(s->world, t->op.sync);

	if (!x)
		return;
	str_add(out, ": ");
	if (x->kind == SYNC_COND) {
		str_add(out, "it waits until ");
		words_sync_name(s, t->op.sync, out);
		str_add(out, " is signalled");
		return;
	}
	words_sync_name(s, t->op.sync, out);
	if (x->kind == SYNC_BARRIER)
		str_addf(out, " needs %u, %lld %s there", x->limit, (long long)x->value,
			x->value == 1 ? "is" : "are");
	else {
		str_add(out, " is ");
		words_sync_state(s, t->op.sync, out);
	}
}
