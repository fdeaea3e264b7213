/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared memory, as far as no access told of it: a shadow of what the log says, compared with the
 * memory itself at settled points. One shadow a segment, whoever maps it. Small segments are held
 * whole, of large ones the pages that an access touched, of private memory (--threads) the lines.
 * Pages that nobody touched are never read: reading would fault them in. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tracer/private.h"

enum {
	PAGE = 4096,
	LINE = 64,
	GAP = 16,                 /* equal bytes that do not end a run */
	SHADOWS_MAX = 8192,       /* pages; beyond them accesses tell what they touch, nothing else does */
	POINTERS_MAX = 1 << 20,   /* bytes of a program's data that are searched */
	POINTERS_KEPT = 256,
};

/* ---- the shadow ---- */

static u32 page_slot(const struct segment *s, u64 index)
{
	u32 i = (u32)(index * 0x9e3779b97f4a7c15u >> 32) & (s->pages_cap - 1);

	while (s->pages[i] && s->pages[i]->index != index)
		i = (i + 1) & (s->pages_cap - 1);
	return i;
}

static struct shadow_page *page_find(struct segment *s, u64 index)
{
	struct shadow_page *p = s->last;

	if (p && p->index == index)
		return p;
	p = s->pages_cap ? s->pages[page_slot(s, index)] : NULL;
	if (p)
		s->last = p;
	return p;
}

static struct shadow_page *page_add(struct tracer *t, struct segment *s, u64 index)
{
	struct shadow_page *p;

	if (t->shadow_pages >= SHADOWS_MAX)
		return NULL;
	if (2 * (s->pages_n + 1) > s->pages_cap) {
		struct shadow_page **old = s->pages;
		u32 n = s->pages_cap;
		s->pages_cap = n ? 2 * n : 16;
		s->pages = xmalloc(s->pages_cap * sizeof(struct shadow_page *));
		for (u32 i = 0; i < n; i++)
			if (old[i])
				s->pages[page_slot(s, old[i]->index)] = old[i];
		free(old);
	}
	p = xmalloc(sizeof *p);
	p->index = index;
	s->pages[page_slot(s, index)] = p;
	s->pages_n++;
	t->shadow_pages++;
	return s->last = p;
}

void shadow_drop(struct tracer *t, struct segment *s)
{
	for (u32 i = 0; i < s->pages_cap; i++)
		free(s->pages[i]);
	free(s->pages);
	t->shadow_pages -= s->pages_n;
	s->pages = NULL;
	s->last = NULL;
	s->pages_cap = s->pages_n = 0;
}

void shadow_cut(struct segment *s, u64 size)
{
	for (u32 i = 0; i < s->pages_cap; i++) {
		struct shadow_page *p = s->pages[i];
		u64 begin = p ? p->index * PAGE : 0;
		if (!p || begin + PAGE <= size)
			continue;
		u32 kept = begin < size ? (u32)(size - begin) : 0;
		memset(p->bytes + kept, 0, PAGE - kept);
		p->puts++;
		p->lines = kept ? p->lines : 0;
	}
}

/* ---- records ---- */

static bool memory_emit(struct tracer *t, struct tracee *x, u64 addr, const u8 *bytes, u32 n, u32 flags,
                        struct err *err)
{
	struct ev_memory body = {.addr = addr, .len = n, .flags = flags};
	bool ok;
	struct rec *r = emit_begin(t, REC_MEMORY, x, sizeof body + n, err, &ok);

	if (!r)
		return ok;
	memcpy(r + 1, &body, sizeof body);
	memcpy((u8 *)(r + 1) + sizeof body, bytes, n);
	emit_commit(t, r);
	return true;
}

/* Logs where `now` differs from `told`, in runs, and makes them equal. */
static bool memory_compare(struct tracer *t, struct tracee *x, u64 addr, struct shadow_page *p, const u8 *now, u32 n,
                           u32 flags, struct err *err)
{
	u8 *told = p->bytes + addr % PAGE;
	u32 at = 0;

	if (!memcmp(told, now, n))
		return true;
	while (at < n) {
		u32 end, equal = 0;
		while (at < n && told[at] == now[at])
			at++;
		if (at == n)
			break;
		for (end = at; end < n && equal < GAP; end++)
			equal = told[end] == now[end] ? equal + 1 : 0;
		end -= equal;
		if (!memory_emit(t, x, addr + at, now + at, end - at, flags, err))
			return false;
		memcpy(told + at, now + at, end - at);
		p->puts++;
		for (u64 i = (addr % PAGE + at) / 8; flags != MEMORY_FIRST && i <= (addr % PAGE + end - 1) / 8; i++)
			p->untold[i / 64] |= UINT64_C(1) << i % 64;
		at = end;
	}
	return true;
}

static bool pointers_look(struct tracer *, struct tracee *, struct err *);

/* ---- where an address lies ---- */

/* The segment and the offset in it. An address in no shared mapping that is known: /proc/PID/maps is
 * asked (a mapping may have been made by shmat), else it is the process's own memory. */
static u32 place(struct tracer *t, struct tracee *x, u64 addr, u64 *off, struct err *err)
{
	struct mapping *m = space_find(x->space, addr);
	struct err ignored = {0};

	if (!m && !x->space->threads) {
		maps_refresh(t, x, true, err);
		m = space_find(x->space, addr);
	}
	if (!m) {
		*off = addr;
		return segment_private(t, x, err);
	}
	if (!m->touched && !t->opt.held && t->opt.sites && x->map) { /* who may be gone before a settled point */
		m->scanned = true;
		pointers_look(t, x, &ignored);
	}
	m->touched = true;
	*off = m->offset + (addr - m->addr);
	return m->seg;
}

/* The page of an access, looked at for the first time if need be. `lines`: what of it matters. */
static bool page_look(struct tracer *t, struct tracee *x, u32 seg, u64 off, u64 addr, u64 lines,
                      struct shadow_page **page, struct err *err)
{
	struct segment *s = &t->segments.at[seg];
	struct shadow_page *p = page_find(s, off / PAGE);
	u8 now[PAGE];

	if (s->kind != SEGMENT_PRIVATE)
		lines = UINT64_MAX;
	*page = p;
	if (p && !(lines & ~p->lines))
		return true;
	if (!p && !(*page = p = page_add(t, s, off / PAGE)))
		return true;
	if (memory_read(x->tid, addr - off % PAGE, now, PAGE) != PAGE)
		return true; /* beyond the end of the file: looked at again when it has grown */
	for (u32 i = 0; i < PAGE / LINE; i++) {
		if (!(lines & ~p->lines & UINT64_C(1) << i))
			continue;
		u32 n = 1;
		while (i + n < PAGE / LINE && lines & ~p->lines & UINT64_C(1) << (i + n))
			n++;
		if (!memory_compare(t, x, addr - off % PAGE + i * LINE, p, now + i * LINE, n * LINE,
		                    MEMORY_FIRST, err))
			return false;
		i += n;
	}
	p->lines |= lines;
	return true;
}

static u64 lines_of(u64 off, size_t n)
{
	u32 first = off % PAGE / LINE, last = (u32)((off % PAGE + n - 1) / LINE);

	return (last == 63 ? UINT64_MAX : (UINT64_C(1) << (last + 1)) - 1) & ~((UINT64_C(1) << first) - 1);
}

/* Another task's store to that place may be done and not told yet: it is told first. */
static bool finish_stores(struct tracer *t, struct tracee *x, u32 seg, u64 off, size_t n, struct err *err)
{
	for (size_t i = 0; i < t->all.n; i++) {
		struct tracee *o = t->all.at[i];
		const struct mapping *m;
		if (o == x || !o->accessing || o->access.kind == HOOK_LOAD || o->holding == IS_GONE)
			continue;
		m = space_find(o->space, o->access.addr);
		if (!m || m->seg != seg)
			continue;
		u64 at = m->offset + (o->access.addr - m->addr);
		if (at < off + n && off < at + o->access.size && !access_finish(t, o, err))
			return false;
	}
	return true;
}

/* One stretch within a page. */
static bool look_part(struct tracer *t, struct tracee *x, u64 addr, const u8 *bytes, size_t n, struct err *err)
{
	struct shadow_page *p;
	u64 off;
	u32 seg = place(t, x, addr, &off, err);

	if (!page_look(t, x, seg, off, addr, lines_of(off, n), &p, err))
		return false;
	if (!p || !memcmp(p->bytes + off % PAGE, bytes, n))
		return true;
	return finish_stores(t, x, seg, off, n, err) &&
	       memory_compare(t, x, addr, p, bytes, (u32)n, MEMORY_CHANGED, err);
}

bool shadow_look(struct tracer *t, struct tracee *x, u64 addr, const void *bytes, size_t n, struct err *err)
{
	size_t done = 0;

	while (done < n) {
		size_t part = PAGE - (addr + done) % PAGE;
		if (part > n - done)
			part = n - done;
		if (!look_part(t, x, addr + done, (const u8 *)bytes + done, part, err))
			return false;
		done += part;
	}
	return true;
}

void shadow_put(struct tracer *t, struct tracee *x, u64 addr, const void *bytes, size_t n)
{
	for (size_t done = 0; done < n;) {
		const struct mapping *m = space_find(x->space, addr + done);
		u64 off = m ? m->offset + (addr + done - m->addr) : addr + done;
		u32 seg = m ? m->seg : x->space->private_seg;
		struct shadow_page *p = seg ? page_find(&t->segments.at[seg], off / PAGE) : NULL;
		size_t part = PAGE - off % PAGE;
		if (part > n - done)
			part = n - done;
		if (p) {
			memcpy(p->bytes + off % PAGE, (const u8 *)bytes + done, part);
			p->puts++;
		}
		done += part;
	}
}

/* Its place in the shadow; NULL: it is not there. */
static struct shadow_page *shadow_at(struct tracer *t, struct tracee *x, u64 addr, u32 *seg, u64 *off)
{
	const struct mapping *m = space_find(x->space, addr);

	if (!m)
		return NULL;
	*seg = m->seg;
	*off = m->offset + (addr - m->addr);
	return page_find(&t->segments.at[m->seg], *off / PAGE);
}

static bool stores_into(const struct tracee *o, const struct access *a, u32 seg, u64 off, size_t n)
{
	const struct mapping *m = space_find(o->space, a->addr);
	u64 at = m ? m->offset + (a->addr - m->addr) : 0;

	return m && m->seg == seg && at < off + n && off < at + a->size;
}

const u8 *shadow_quiet(struct tracer *t, struct tracee *x, u64 addr, size_t n, u32 *puts)
{
	enum { MANY = 32 }; /* to look at them all costs more than to read */
	u32 seg;
	u64 off;
	struct shadow_page *p = shadow_at(t, x, addr, &seg, &off);

	if (!p || t->all.n > MANY || off % 8 + n > 8 || !(p->lines >> off % PAGE / LINE & 1) ||
	    p->untold[off % PAGE / 512] >> off % PAGE / 8 % 64 & 1)
		return NULL;
	for (size_t i = 0; i < t->all.n; i++) {
		const struct tracee *o = t->all.at[i];
		if (o == x || !o->space)
			continue;
		if ((o->accessing && o->access.kind != HOOK_LOAD && stores_into(o, &o->access, seg, off, n)) ||
		    (o->late.size && stores_into(o, &o->late, seg, off, n)))
			return NULL;
	}
	*puts = p->puts;
	return p->bytes + off % PAGE;
}

u32 shadow_puts(struct tracer *t, struct tracee *x, u64 addr)
{
	u32 seg;
	u64 off;
	const struct shadow_page *p = shadow_at(t, x, addr, &seg, &off);

	return p ? p->puts : 0;
}

bool shadow_differs(struct tracer *t, struct tracee *x, u64 addr, size_t n)
{
	u8 now[PAGE];

	for (size_t done = 0; done < n;) {
		const struct mapping *m = space_find(x->space, addr + done);
		u64 off = m ? m->offset + (addr + done - m->addr) : addr + done;
		u32 seg = m ? m->seg : x->space->private_seg;
		struct shadow_page *p = seg ? page_find(&t->segments.at[seg], off / PAGE) : NULL;
		size_t part = PAGE - off % PAGE;
		if (part > n - done)
			part = n - done;
		if (p && memory_read(x->tid, addr + done, now, part) == part && memcmp(p->bytes + off % PAGE, now, part))
			return true;
		done += part;
	}
	return false;
}

bool memory_note(struct tracer *t, struct tracee *x, u64 addr, size_t n, bool whole, struct err *err)
{
	u8 now[PAGE];

	for (size_t done = 0; done < n;) {
		size_t part = PAGE - (addr + done) % PAGE;
		if (part > n - done)
			part = n - done;
		if (memory_read(x->tid, addr + done, now, part) != part)
			return true;
		if (whole)
			shadow_put(t, x, addr + done, now, part);
		if (!(whole ? memory_emit(t, x, addr + done, now, (u32)part, MEMORY_STORED, err)
		            : look_part(t, x, addr + done, now, part, err)))
			return false;
		done += part;
	}
	return true;
}

bool memory_read_shared(struct tracer *t, struct tracee *x, u64 addr, void *bytes, size_t n)
{
	const struct mapping *m = space_find(x->space, addr);

	for (size_t i = 0; m && i < t->all.n; i++) {
		struct tracee *o = t->all.at[i];
		if (o->space == x->space || !o->space || o->holding == IS_GONE)
			continue;
		for (size_t k = 0; k < o->space->maps.n; k++) {
			const struct mapping *k2 = &o->space->maps.at[k];
			u64 off = m->offset + (addr - m->addr) - k2->offset;
			if (k2->seg == m->seg && off < k2->len && memory_read(o->tid, k2->addr + off, bytes, n) == n)
				return true;
		}
	}
	return false;
}

/* ---- at settled points ---- */

/* A stretch of pages of one mapping that is in memory anyhow. Stops at the first that is not there. */
static bool compare_pages(struct tracer *t, struct tracee *x, const struct mapping *m, u64 first, u64 n,
                          struct err *err)
{
	u8 now[16 * PAGE];
	u64 done = 0;

	while (done < n) {
		u64 part = n - done < 16 ? n - done : 16;
		u64 addr = m->addr + ((first + done) * PAGE - m->offset);
		size_t got = memory_read(x->tid, addr, now, part * PAGE) / PAGE;
		for (u64 i = 0; i < got; i++) {
			struct segment *s = &t->segments.at[m->seg];
			struct shadow_page *p = page_find(s, first + done + i);
			u32 flags = p && p->lines ? MEMORY_CHANGED : MEMORY_FIRST;
			if (!p && !(p = page_add(t, s, first + done + i)))
				return true;
			p->lines = UINT64_MAX;
			if (!memory_compare(t, x, addr + i * PAGE, p, now + i * PAGE, PAGE, flags, err))
				return false;
		}
		if (got < part)
			return true;
		done += part;
	}
	return true;
}

static bool compare_mapping(struct tracer *t, struct tracee *x, const struct mapping *m, struct err *err)
{
	struct segment *s = &t->segments.at[m->seg];
	u64 first = m->offset / PAGE, end = (m->offset + m->len + PAGE - 1) / PAGE, last = (s->size + PAGE - 1) / PAGE;

	if (end > last)
		end = last;
	if (s->size <= MEMORY_MIRROR)
		return first >= end || compare_pages(t, x, m, first, end - first, err);
	for (u32 i = 0; i < s->pages_cap; i++) {
		const struct shadow_page *p = s->pages[i];
		if (p && p->index >= first && p->index < end && !compare_pages(t, x, m, p->index, 1, err))
			return false;
		s = &t->segments.at[m->seg];
	}
	return true;
}

static bool compare_private(struct tracer *t, struct tracee *x, struct err *err)
{
	struct segment *s = &t->segments.at[x->space->private_seg];
	u8 now[PAGE];

	for (u32 i = 0; i < s->pages_cap; i++) {
		struct shadow_page *p = s->pages[i];
		if (!p || memory_read(x->tid, p->index * PAGE, now, PAGE) != PAGE)
			continue;
		for (u32 k = 0; k < PAGE / LINE; k++)
			if (p->lines >> k & 1 && !memory_compare(t, x, p->index * PAGE + k * LINE, p,
			                                         now + k * LINE, LINE, MEMORY_CHANGED, err))
				return false;
	}
	return true;
}

/* A change of size that no call of ours told. */
static bool observe_size(struct tracer *t, struct segment *s, struct tracee *x, struct err *err)
{
	char path[1100];
	struct stat st;

	if (!s->path)
		return true;
	snprintf(path, sizeof path, "/proc/%d/root%s", (int)x->tid, s->path);
	if (stat(path, &st) < 0 || st.st_ino != s->ino || st.st_dev != s->dev || (u64)st.st_size == s->size)
		return true;
	shadow_cut(s, (u64)st.st_size);
	s->size = (u64)st.st_size;
	return emit_observe(t, x, OBS_SEGMENT, s->ino, s->dev, s->size, 0, 0, err);
}

/* ---- words that point at shared memory ---- */

static bool pointer_is_new(struct space *p, u64 at, u64 value)
{
	for (size_t i = 0; i < p->pointers.n; i++)
		if (p->pointers.at[i].at == at && p->pointers.at[i].value == value)
			return false;
	if (p->pointers.n >= POINTERS_KEPT)
		return false;
	*vec_push(&p->pointers) = (struct pointer_seen){at, value};
	return true;
}

static bool pointers_in(struct tracer *t, struct tracee *x, u64 start, u64 end, struct err *err)
{
	u64 words[PAGE / 8];

	for (; start < end; start += PAGE) {
		if (memory_read(x->tid, start, words, PAGE) != PAGE)
			continue;
		for (size_t i = 0; i < ARRAY_LEN(words); i++) {
			struct note_pointer body = {.map = x->map, .at = start + i * 8, .value = words[i]};
			struct rec *r;
			bool ok;
			if (words[i] < PAGE || !space_find(x->space, words[i]) || !pointer_is_new(x->space, body.at, words[i]))
				continue;
			r = emit_begin(t, REC_POINTER, x, sizeof body, err, &ok);
			if (!r)
				return ok;
			memcpy(r + 1, &body, sizeof body);
			emit_commit(t, r);
		}
	}
	return true;
}

/* The program's own writable data: the file's mappings and the anonymous one behind them (.bss). */
static bool pointers_look(struct tracer *t, struct tracee *x, struct err *err)
{
	char path[64], exe[512], *line = NULL;
	size_t cap = 0;
	u64 behind = 0, left = POINTERS_MAX;
	bool ok = true;
	ssize_t n;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/exe", (int)x->tid);
	n = readlink(path, exe, sizeof exe - 1);
	exe[n < 0 ? 0 : n] = 0;
	snprintf(path, sizeof path, "/proc/%d/maps", (int)x->tid);
	f = n > 0 ? fopen(path, "re") : NULL;
	while (ok && left && f && getline(&line, &cap, f) > 0) {
		unsigned long long start, end;
		char perms[8], name[512] = "";
		if (sscanf(line, "%llx-%llx %7s %*s %*s %*s %511[^\n]", &start, &end, perms, name) < 3)
			continue;
		bool own = !strcmp(name, exe), bss = !name[0] && start == behind;
		behind = own || bss ? end : 0;
		if ((!own && !bss) || perms[1] != 'w' || perms[3] != 'p')
			continue;
		if (end - start > left)
			end = start + left;
		left -= end - start;
		ok = pointers_in(t, x, start, end, err);
	}
	free(line);
	if (f)
		fclose(f);
	return ok;
}

static bool pointers_due(struct space *p)
{
	bool due = false;

	for (size_t i = 0; i < p->maps.n; i++) {
		due |= p->maps.at[i].touched && !p->maps.at[i].scanned;
		p->maps.at[i].scanned |= p->maps.at[i].touched;
	}
	return due;
}

/* ---- all together ---- */

static bool observe_space(struct tracer *t, struct tracee *x, struct err *err)
{
	struct space *p = x->space;

	if (p->maps.n && !maps_refresh(t, x, true, err))
		return false;
	for (size_t i = 0; i < p->maps.n; i++) {
		const struct mapping m = p->maps.at[i];
		if (m.untold || !t->segments.at[m.seg].announced)
			continue; /* sem_open is under way: who reads the log does not know it yet */
		if (!observe_size(t, &t->segments.at[m.seg], x, err) || !compare_mapping(t, x, &m, err))
			return false;
	}
	if (p->private_seg && !compare_private(t, x, err))
		return false;
	return !pointers_due(p) || pointers_look(t, x, err);
}

bool tracer_observe_memory(struct tracer *t, bool all, struct err *err)
{
	t->memory_round++;
	for (size_t i = 0; i < t->all.n; i++) {
		struct tracee *x = t->all.at[i];
		if (x->accessing && (x->holding == IS_RUNNING || x->holding == IS_INSIDE) && !access_finish(t, x, err))
			return false;
	}
	for (size_t i = 0; i < t->all.n; i++) {
		struct tracee *x = t->all.at[i];
		struct space *p = x->space;
		if (!p || !x->spawned || x->holding == IS_GONE || p->asked == t->memory_round || !(p->maps.n || p->private_seg))
			continue;
		p->asked = t->memory_round;
		if ((all || p->ran) && !observe_space(t, x, err))
			return false;
		p->ran = false;
	}
	return true;
}

ssize_t tracer_peek(struct tracer *t, u32 task, u64 addr, void *bytes, size_t n)
{
	const struct tracee *x = tracee_by_task(t, task);

	return x ? (ssize_t)memory_read(x->tid, addr, bytes, n) : -1;
}
