/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory that can be shared: segments, known by (inode, device) while they live, and the mappings
 * of each process, kept by address. A segment that nobody maps or has open is gone; it stays to be
 * looked at, and one with a name can come back.
 */
#include <string.h>

#include "world/private.h"

#define SHM_FOLDER "/dev/shm"
#define SEM_PREFIX "/sem."
#define PAGE_UP(n) (((n) + 4095) & ~4095ull)

/* ---- by (inode, device) ---- */

static u32 *bucket_of(const struct world *w, u64 ino)
{
	return &w->h->by_segment[ino % SEGMENT_BUCKETS];
}

u32 segment_find(const struct world *w, u64 ino, u64 dev)
{
	u32 s = *bucket_of(w, ino);

	while (s && (w->segment[s].ino != ino || w->segment[s].dev != dev))
		s = w->segment[s].next;
	return s;
}

u32 segment_by_ino(const struct world *w, u64 ino)
{
	u32 s = *bucket_of(w, ino);

	while (s && w->segment[s].ino != ino)
		s = w->segment[s].next;
	return s;
}

static void hash_in(struct world *w, u32 segment)
{
	u32 *bucket = bucket_of(w, w->segment[segment].ino);

	w->segment[segment].next = *bucket;
	*bucket = segment;
}

static void hash_out(struct world *w, u32 segment)
{
	u32 *link = bucket_of(w, w->segment[segment].ino);

	while (*link && *link != segment)
		link = &w->segment[*link].next;
	if (*link)
		*link = w->segment[segment].next;
	w->segment[segment].next = 0;
}

/* Its name leads to it though nobody has it open. */
static bool can_come_back(const struct w_segment *s)
{
	return (s->kind == SEGMENT_POSIX || s->kind == SEGMENT_FILE || s->kind == SEGMENT_SYSV) &&
	       !s->unlinked;
}

/* ---- gone, and back ---- */

static void ops_forget(struct world *w, u32 segment)
{
	while (w->segment[segment].accesses)
		access_leave(w, w->segment[segment].accesses);
	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++)
		if (w->task[t].op.segment == segment)
			w->task[t].op.segment = 0;
	for (u32 i = 1; i < w->h->use[POOL_OUTER].n; i++)
		if (w->outer[i].used && w->outer[i].op.segment == segment)
			w->outer[i].op.segment = 0;
}

static void forget_oldest_gone(struct world *w)
{
	u32 oldest = w->h->gone_segment_first;

	w->h->gone_segment_first = w->segment[oldest].gone_next;
	if (!w->h->gone_segment_first)
		w->h->gone_segment_last = 0;
	w->h->gone_segments--;
	hash_out(w, oldest);
	sync_drop_segment(w, oldest);
	ops_forget(w, oldest);
	looks_forget(w, oldest);
	memory_drop(w, oldest, 0);
	if (w->h->pub.last_segment == oldest)
		w->h->pub.last_segment = 0;
	pool_give(w, POOL_SEGMENT, oldest);
}

static void check_gone(struct world *w, u32 segment)
{
	struct w_segment *s = &w->segment[segment];

	if (s->gone || s->map_first || s->files || s->owner)
		return;
	s->gone = 1;
	segment_touch(w, segment);
	if (!can_come_back(s))
		hash_out(w, segment);
	if (s->line_n > GONE_LINES_KEPT)
		memory_drop(w, segment, 0);
	s->gone_next = 0;
	if (w->h->gone_segment_last)
		w->segment[w->h->gone_segment_last].gone_next = segment;
	else
		w->h->gone_segment_first = segment;
	w->h->gone_segment_last = segment;
	if (++w->h->gone_segments > GONE_SEGMENTS_KEPT)
		forget_oldest_gone(w);
}

static void come_back(struct world *w, u32 segment)
{
	struct w_segment *s = &w->segment[segment];
	u32 *link = &w->h->gone_segment_first, last = 0;

	if (!s->gone)
		return;
	while (*link != segment) {
		last = *link;
		link = &w->segment[*link].gone_next;
	}
	*link = s->gone_next;
	if (w->h->gone_segment_last == segment)
		w->h->gone_segment_last = last;
	w->h->gone_segments--;
	s->gone = s->gone_next = 0;
}

void segment_touch(struct world *w, u32 segment)
{
	w->segment[segment].touched_seq = world_now(w);
	w->h->pub.last_segment = segment;
}

/* ---- birth ---- */

/* Holds nothing but a named semaphore: not drawn, so it takes no number. */
static bool is_semaphore_file(const struct w_segment *s, const char *title)
{
	return s->kind == SEGMENT_POSIX && !strncmp(title, SEM_PREFIX, strlen(SEM_PREFIX));
}

/* Nothing was ever put in: empty, or anonymous memory that is being made just now. */
static bool is_fresh(const struct world *w, const struct rec *r, const struct ev_segment *ev)
{
	const struct w_op *op = &w->task[r->task].op;

	/* shmget that makes it */
	if (ev->kind == SEGMENT_SYSV && op->open && op->call == CALL_shmget)
		return (u32)op->arg == 0 || (op->arg >> 32 & 03000) == 03000; /* IPC_PRIVATE; IPC_CREAT | IPC_EXCL */
	return ev->size == 0 ||
	       (ev->kind == SEGMENT_ANONYMOUS && op->open && op->call == CALL_mmap);
}

static u32 segment_new(struct world *w, const struct rec *r, const struct ev_segment *ev)
{
	u32 index = pool_take(w, POOL_SEGMENT);
	struct w_segment *s = &w->segment[index];

	if (!index)
		return 0;
	s->kind = ev->kind;
	s->creator = r->task;
	s->nth = r->task ? ++w->task[r->task].made_segments : ++w->h->outside_segments;
	s->ino = ev->ino;
	s->dev = ev->dev;
	s->size = ev->size;
	s->title = text_add(w, ev->name, ev->name_len);
	s->site = r->site ? r->site : w->task[r->task].op.site;
	s->made_seq = world_now(w);
	s->all_known = is_fresh(w, r, ev) && ev->size <= MIRROR_MAX && ev->kind != SEGMENT_PRIVATE;
	if (ev->kind != SEGMENT_PRIVATE && !is_semaphore_file(s, world_text(w, s->title)))
		s->name = ++w->h->pub.segments_named;
	return index;
}

/* A process's own memory, for --threads. */
static void private_apply(struct world *w, const struct rec *r, const struct ev_segment *ev)
{
	u32 proc = r->task ? maps_of(w, w->task[r->task].proc) : 0, segment;

	if (!proc || w->proc[proc].ended || w->proc[proc].memory)
		return;
	segment = segment_new(w, r, ev);
	if (!segment)
		return;
	w->segment[segment].owner = proc;
	w->proc[proc].memory = segment;
}

void segment_apply(struct world *w, const struct rec *r, const struct ev_segment *ev)
{
	u32 segment = segment_find(w, ev->ino, ev->dev);
	struct w_segment *s = &w->segment[segment];

	if (ev->kind == SEGMENT_PRIVATE) {
		private_apply(w, r, ev);
		return;
	}
	if (segment && s->gone) {
		size_t n = strnlen(ev->name, ev->name_len);
		const char *title = world_text(w, s->title);

		if (s->kind == ev->kind && strlen(title) == n && !memcmp(title, ev->name, n)) {
			come_back(w, segment);
			memory_drop(w, segment, 0);
			s->all_known = 0;
		} else {
			hash_out(w, segment); /* the inode was given to another file */
			segment = 0;
		}
	}
	if (segment) {
		segment_resize(w, segment, ev->size);
	} else if ((segment = segment_new(w, r, ev))) {
		hash_in(w, segment);
	}
	w->h->unlooked = 1;
}

void segment_resize(struct world *w, u32 segment, u64 size)
{
	struct w_segment *s = &w->segment[segment];

	if (size < s->size)
		memory_drop(w, segment, size);
	s->size = size;
	if (size > MIRROR_MAX)
		s->all_known = 0;
	w->h->unlooked = 1;
	segment_touch(w, segment);
}

/* ---- names ---- */

static bool is_called(const char *title, const char *path, u32 kind)
{
	size_t n = strlen(title), folder = strlen(SHM_FOLDER), m = strlen(path);

	if (!strcmp(title, path))
		return true;
	if (kind == SEGMENT_POSIX)
		return !strncmp(path, SHM_FOLDER, folder) && !strcmp(title, path + folder);
	return kind == SEGMENT_FILE && m && *path != '/' && n > m && title[n - m - 1] == '/' &&
	       !strcmp(title + n - m, path);
}

void segment_unlinked(struct world *w, const char *path)
{
	for (u32 i = 1; i < w->h->use[POOL_SEGMENT].n; i++) {
		struct w_segment *s = &w->segment[i];

		if (!s->used || s->unlinked || !s->title || (s->gone && !can_come_back(s)) ||
			!is_called(world_text(w, s->title), path, s->kind))
			continue;
		s->unlinked = 1;
		segment_touch(w, i);
		if (s->gone)
			hash_out(w, i);
	}
}

void segment_removed(struct world *w, u32 segment)
{
	struct w_segment *s = &w->segment[segment];

	if (s->unlinked)
		return;
	s->unlinked = 1;
	if (s->gone)
		hash_out(w, segment);
	else
		check_gone(w, segment);
}

/* ---- open files ---- */

void segment_file_added(struct world *w, u32 file)
{
	struct w_segment *s = &w->segment[w->file[file].object];

	come_back(w, w->file[file].object);
	w->file[file].next = s->files;
	s->files = file;
}

void segment_file_gone(struct world *w, u32 file)
{
	u32 segment = w->file[file].object, *link = &w->segment[segment].files;

	while (*link != file)
		link = &w->file[*link].next;
	*link = w->file[file].next;
	check_gone(w, segment);
}

/* ---- mappings ---- */

u32 maps_of(const struct world *w, u32 proc)
{
	return w->proc[proc].vm ? w->proc[proc].vm : proc;
}

u32 map_at(const struct world *w, u32 proc, u64 addr)
{
	u32 map = w->proc[maps_of(w, proc)].map_first;

	while (map && w->map[map].addr <= addr) {
		if (addr - w->map[map].addr < w->map[map].len)
			return map;
		map = w->map[map].proc_next;
	}
	return 0;
}

u32 segment_at(const struct world *w, u32 proc, u64 addr, u64 *off)
{
	u32 map = map_at(w, proc, addr);

	*off = addr;
	if (!map)
		return w->proc[maps_of(w, proc)].memory;
	*off = w->map[map].offset + (addr - w->map[map].addr);
	return w->map[map].segment;
}

static void map_link_segment(struct world *w, u32 map)
{
	struct w_segment *s = &w->segment[w->map[map].segment];

	come_back(w, w->map[map].segment);
	w->map[map].segment_next = s->map_first;
	s->map_first = map;
}

static void map_link_process(struct world *w, u32 map)
{
	u32 *link = &w->proc[w->map[map].proc].map_first;

	while (*link && w->map[*link].addr < w->map[map].addr)
		link = &w->map[*link].proc_next;
	w->map[map].proc_next = *link;
	*link = map;
}

/* *link is the map's place in its process. */
static void map_remove(struct world *w, u32 *link)
{
	u32 map = *link, segment = w->map[map].segment, *of = &w->segment[segment].map_first;

	*link = w->map[map].proc_next;
	while (*of != map)
		of = &w->map[*of].segment_next;
	*of = w->map[map].segment_next;
	pool_give(w, POOL_MAP, map);
	check_gone(w, segment);
}

/* What lies behind `end` of a mapping goes on as one of its own. */
static void map_split(struct world *w, u32 map, u64 end)
{
	u32 index = pool_take(w, POOL_MAP);
	struct w_map *m = &w->map[map], *rest = &w->map[index];

	if (!index)
		return;
	*rest = *m;
	rest->offset += end - m->addr;
	rest->len = m->addr + m->len - end;
	rest->addr = end;
	map_link_segment(w, index);
	m->len = end - m->addr;
	rest->proc_next = m->proc_next;
	m->proc_next = index;
}

void maps_cut(struct world *w, u32 proc, u64 addr, u64 len)
{
	u32 *link = &w->proc[maps_of(w, proc)].map_first;
	u64 end = len > UINT64_MAX - addr ? UINT64_MAX : addr + len;

	while (*link && w->map[*link].addr < end) {
		struct w_map *m = &w->map[*link];

		if (m->addr + m->len <= addr) {
			link = &m->proc_next;
			continue;
		}
		if (m->addr + m->len > end)
			map_split(w, *link, end);
		if (m->addr >= addr) {
			map_remove(w, link);
			continue;
		}
		m->len = addr - m->addr;
		link = &m->proc_next;
	}
}

void map_add(struct world *w, u32 proc, const struct w_map *like, u32 site)
{
	u64 len = like->len > UINT64_MAX / 4 ? 0 : PAGE_UP(like->len);
	u32 map;

	proc = maps_of(w, proc);
	if (!len || like->addr > INT64_MAX || like->offset > INT64_MAX || w->proc[proc].ended)
		return;
	map = pool_take(w, POOL_MAP);
	if (!map)
		return;
	w->map[map] = *like;
	w->map[map].used = 1;
	w->map[map].len = len;
	w->map[map].proc = proc;
	w->map[map].site = site;
	map_link_segment(
		w, map); /* first: what it stands in for may be the last of the same segment */
	maps_cut(w, proc, like->addr, len);
	map_link_process(w, map);
	segment_touch(w, like->segment);
	w->h->unlooked = 1;
}

void maps_copy(struct world *w, u32 from, u32 to)
{
	u32 *link = &w->proc[to].map_first;

	for (u32 m = w->proc[from].map_first; m; m = w->map[m].proc_next) {
		u32 index = pool_take(w, POOL_MAP);

		if (!index)
			return;
		w->map[index] = w->map[m];
		w->map[index].proc = to;
		w->map[index].proc_next = 0;
		w->map[index].inherited = from;
		map_link_segment(w, index);
		*link = index;
		link = &w->map[index].proc_next;
	}
}

void maps_drop(struct world *w, u32 proc)
{
	struct w_proc *p = &w->proc[proc];
	u32 memory = p->memory;

	p->vm = 0;
	while (p->map_first)
		map_remove(w, &p->map_first);
	sync_drop_private(w, proc);
	p->memory = 0;
	if (!memory)
		return;
	w->segment[memory].owner = 0;
	check_gone(w, memory);
}

/* ---- who has it ---- */

static bool is_hooked(const struct world *w, u32 proc)
{
	u32 t = w->proc[proc].task_first;

	return t && w->task[t].hooked;
}

bool segment_all_hooked(const struct world *w, u32 segment)
{
	const struct w_segment *s = &w->segment[segment];

	for (u32 m = s->map_first; m; m = w->map[m].segment_next)
		if (!is_hooked(w, w->map[m].proc))
			return false;
	return !s->owner || is_hooked(w, s->owner);
}

bool segment_is_ours(const struct world *w, u32 segment)
{
	const struct w_segment *s = &w->segment[segment];

	return s->creator && s->kind != SEGMENT_FILE && s->kind != SEGMENT_SYSV;
}

/* ---- calls ---- */

void segment_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;

	bool unlinks = call_class(op->call) == CLASS_UNLINK;

	/* of an open only that it is about shared memory: inode numbers of pipes and files may meet */
	if (unlinks ? ev->held > 0
		    : ev->held > sizeof SHM_FOLDER &&
				!memcmp(ev->contents, SHM_FOLDER, sizeof SHM_FOLDER - 1))
		op->text = text_add(w, (const char *)ev->contents, ev->held);
}

static void exit_mmap(struct world *w, u32 task, const struct ev_exit *ev, u64 len, u64 offset)
{
	const struct w_op *op = &w->task[task].op;
	struct w_map map = {.segment = segment_find(w, ev->arg, ev->arg2),
		.prot = (u32)op->arg,
		.addr = (u64)ev->ret,
		.len = len,
		.offset = offset};

	if (ev->ret <= 0)
		return;
	if (!map.segment) {
		maps_cut(w, w->task[task].proc, map.addr, len);
		return; /* of a file that is no segment */
	}
	map_add(w, w->task[task].proc, &map, op->site);
	world_explain(w);
}

static void exit_mremap(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	u32 proc = w->task[task].proc, old = map_at(w, proc, op->arg);
	struct w_map map = w->map[old];

	if (ev->ret <= 0 || !old)
		return;
	map.offset += op->arg - map.addr;
	map.addr = (u64)ev->ret;
	map.len = op->size;
	/* a cut that takes the last mapping of the segment must not end it: the new one first */
	if (map.addr == op->arg && op->hash > op->size)
		maps_cut(w, proc, op->arg + op->size, op->hash - op->size);
	map_add(w, proc, &map, map.site);
	if (map.addr != op->arg && op->hash)
		maps_cut(w, proc, op->arg, op->hash);
	world_explain(w);
}

static void exit_ftruncate(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	u32 segment = segment_find(w, ev->arg, ev->arg2);

	if (!segment && op->file && w->file[op->file].kind == OBJ_SEGMENT)
		segment = w->file[op->file].object;
	if (!segment || ev->ret != 0)
		return;
	segment_resize(w, segment, op->arg);
	world_explain(w);
}

void segment_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;

	switch (call_class(op->call)) {
	case CLASS_MMAP: exit_mmap(w, task, ev, op->size, op->hash); break;
	case CLASS_MREMAP: exit_mremap(w, task, ev); break;
	case CLASS_MUNMAP:
		if (ev->ret == 0)
			maps_cut(w, w->task[task].proc, op->arg, PAGE_UP(op->size));
		break;
	case CLASS_FTRUNCATE: exit_ftruncate(w, task, ev); break;
	case CLASS_UNLINK:
		if (ev->ret == 0 && op->text)
			segment_unlinked(w, world_text(w, op->text));
		break;
	default: break;
	}
}
