/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The oracle's own look at shared memory, when everybody is held or asleep: /proc/PID/maps, the bytes by
 * process_vm_readv, the words of the C library's objects as glibc lays them out. Shares no code with
 * app/tracer.
 */
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "oracle/memory_oracle.h"

enum { LOOK_MAX = 1 << 17, OWNER_DIED = 0x40000000, SYS_FUTEX = 202 };

static bool read_at(int pid, u64 addr, void *bytes, size_t n)
{
	struct iovec here = {bytes, n}, there = {(void *)(uintptr_t)addr, n};

	return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)n;
}

static bool lives(const struct world *w, u32 proc)
{
	const struct w_proc *p = world_proc(w, proc);

	if (!p || p->ended)
		return false;
	for (u32 i = 1; i < world_tasks(w); i++) {
		const struct w_task *t = world_task(w, i);
		if (t && t->proc == proc && t->state < TASK_ENDING)
			return true;
	}
	return false;
}

/* ---- mappings ---- */

static const char *const not_shown[] = {
	"/usr/", "/lib", "/etc/", "/run/", "/var/", "/proc/", "/sys/"};

static bool is_shown(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(not_shown); i++)
		if (strncmp(path, not_shown[i], strlen(not_shown[i])) == 0)
			return false;
	return true;
}

/* One line of maps: the world's mappings must cover it, with that inode and those offsets. */
static bool area_agrees(
	const struct world *w, u32 proc, u64 from, u64 to, u64 offset, u64 ino, struct str *trouble)
{
	u64 at = from;

	while (at < to) {
		const struct w_map *m = world_map(w, world_map_find(w, proc, at));
		const struct w_segment *g = m ? world_segment(w, m->segment) : NULL;

		if (!m || !g || g->ino != ino ||
			m->offset + (at - m->addr) != offset + (at - from)) {
			str_addf(trouble,
				"P%u maps inode %lu at %lx, offset %lx; the world says %s",
				world_proc(w, proc)->name, ino, at, offset + (at - from),
				m ? "something else" : "nothing");
			if (m && g)
				str_addf(trouble, ": inode %lu, offset %lx", g->ino,
					m->offset + (at - m->addr));
			return false;
		}
		at = m->addr + m->len;
	}
	return true;
}

static u64 world_mapped(const struct world *w, u32 proc)
{
	u64 sum = 0;

	for (u32 i = world_proc(w, proc)->map_first; i; i = world_map(w, i)->proc_next)
		if (world_segment(w, world_map(w, i)->segment)->kind != SEGMENT_PRIVATE)
			sum += (world_map(w, i)->len + 4095) & ~4095ull;
	return sum;
}

static bool maps_agree(
	const struct world *w, u32 proc, struct memory_counts *c, struct str *trouble)
{
	char path[64], line[600], file[400], prot[8];
	u64 from, to, offset, ino, sum = 0;
	bool ok = true;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/maps", world_proc(w, proc)->pid);
	f = fopen(path, "re");
	while (ok && f && fgets(line, sizeof line, f)) {
		file[0] = '\0';
		if (sscanf(line, "%lx-%lx %7s %lx %*s %lu %399s", &from, &to, prot, &offset, &ino,
			    file) < 5 ||
			prot[3] != 's' || !is_shown(file))
			continue;
		sum += to - from;
		c->mappings++;
		ok = area_agrees(w, proc, from, to, offset, ino, trouble);
	}
	if (f)
		fclose(f);
	if (ok && f && sum != world_mapped(w, proc)) {
		str_addf(trouble, "P%u shares %lu bytes, the world says %lu",
			world_proc(w, proc)->name, sum, world_mapped(w, proc));
		return false;
	}
	return ok;
}

/* ---- bytes ---- */

static bool bytes_agree(const struct world *w, u32 proc, u32 segment, u64 off, u64 addr, u32 n,
	bool all, struct memory_counts *c, struct str *trouble)
{
	static u8 here[LOOK_MAX], there[LOOK_MAX], known[LOOK_MAX];
	u32 knows;

	if (n > LOOK_MAX)
		n = LOOK_MAX;
	if (!read_at(world_proc(w, proc)->pid, addr, there, n))
		return true; /* beyond the end of its file */
	knows = world_memory(w, segment, off, here, known, n);
	for (u32 i = 0; i < n; i++)
		if (known[i] ? here[i] != there[i] : all) {
			str_addf(trouble,
				"P%u has %02x at %lx (offset %lx of segment %u), the world %s %02x",
				world_proc(w, proc)->name, there[i], addr + i, off + i, segment,
				known[i] ? "says" : "does not know it:", here[i]);
			return false;
		}
	c->bytes += knows;
	return true;
}

/* A segment that was mapped whole is mirrored whole up to MEMORY_MIRROR bytes. */
static bool mapping_agrees(
	const struct world *w, const struct w_map *m, struct memory_counts *c, struct str *trouble)
{
	const struct w_segment *g = world_segment(w, m->segment);
	u64 n = m->len;

	if (m->offset + n > g->size)
		n = g->size > m->offset ? g->size - m->offset : 0;
	if (!(m->prot & PROT_READ) || !n || (g->kind == SEGMENT_PRIVATE))
		return true;
	return bytes_agree(w, m->proc, m->segment, m->offset, m->addr,
		n > LOOK_MAX ? LOOK_MAX : (u32)n, g->size <= MEMORY_MIRROR && g->name, c, trouble);
}

/* --threads: what the world knows of a process's own memory, line by line. */
static bool own_memory_agrees(
	const struct world *w, u32 proc, struct memory_counts *c, struct str *trouble)
{
	u32 segment = world_proc(w, proc)->memory;

	for (u32 i = segment ? world_segment(w, segment)->line_first : 0; i;
		i = world_line(w, i)->of_next) {
		u64 at = world_line(w, i)->index * LINE_BYTES;
		if (!bytes_agree(w, proc, segment, at, at, LINE_BYTES, false, c, trouble))
			return false;
	}
	return true;
}

/* ---- the C library's objects, as glibc has them ---- */

struct glibc_mutex {
	i32 lock;
	u32 count;
	i32 owner;
	u32 users;
	i32 kind;
};
struct glibc_rwlock {
	u32 readers, writers, phase, writers_futex, pad[2];
	i32 writer;
};
struct glibc_barrier {
	u32 in, round, count;
	i32 shared;
	u32 out;
};

/* A process that has the object, and at what address. */
static bool place_of(const struct world *w, const struct w_sync *s, int *pid, u64 *addr)
{
	if (!s->segment) {
		*pid = world_proc(w, s->proc)->pid;
		*addr = s->off;
		return lives(w, s->proc);
	}
	for (u32 i = world_segment(w, s->segment)->map_first; i;
		i = world_map(w, i)->segment_next) {
		const struct w_map *m = world_map(w, i);
		if (s->off - m->offset < m->len && lives(w, m->proc)) {
			*pid = world_proc(w, m->proc)->pid;
			*addr = m->addr + (s->off - m->offset);
			return true;
		}
	}
	return false;
}

static bool say(const struct world *w, u32 sync, const char *what, i64 kernel, i64 ours,
	struct str *trouble)
{
	char name[24];

	if (kernel == ours)
		return true;
	str_addf(trouble, "%s: %s is %ld, the world says %ld", world_sync_name(w, sync, name), what,
		(long)kernel, (long)ours);
	return false;
}

static i32 owner_tid(const struct world *w, const struct w_sync *s)
{
	const struct w_task *t = world_task(w, s->owner);

	return t ? t->tid : 0;
}

static bool mutex_agrees(const struct world *w, u32 i, int pid, u64 addr, struct str *trouble)
{
	const struct w_sync *s = world_sync(w, i);
	struct glibc_mutex m;
	bool dead;

	if (!read_at(pid, addr, &m, sizeof m))
		return true;
	dead = m.lock & OWNER_DIED;
	if (s->shaky)
		return true;
	if (dead != !!s->owner_died && s->robust)
		return say(w, i, "owner died", dead, s->owner_died, trouble);
	if (dead || s->owner_died)
		return true;
	return say(w, i, "mutex locked", (m.lock & ~0x80000000u) != 0, s->owner != 0, trouble) &&
	       say(w, i, "owner", m.owner > 0 ? m.owner : 0, owner_tid(w, s), trouble) &&
	       ((m.kind & 3) != 1 || !s->owner || say(w, i, "depth", m.count, s->depth, trouble));
}

static bool sync_agrees(const struct world *w, u32 i, struct memory_counts *c, struct str *trouble)
{
	const struct w_sync *s = world_sync(w, i);
	struct glibc_barrier b;
	struct glibc_rwlock r;
	int pid;
	u64 addr;
	u32 word;

	if (s->destroyed || !place_of(w, s, &pid, &addr))
		return true;
	c->syncs++;
	switch (s->kind) {
	case SYNC_SEM:
		return !s->value_sure || !read_at(pid, addr, &word, sizeof word) ||
		       say(w, i, "value", word, s->value, trouble);
	case SYNC_MUTEX: return mutex_agrees(w, i, pid, addr, trouble);
	case SYNC_BARRIER:
		return !s->value_sure || !read_at(pid, addr, &b, sizeof b) ||
		       say(w, i, "arrived", b.count ? (b.in - b.round) % b.count : 0,
			       s->limit ? s->value % s->limit : 0, trouble);
	case SYNC_RWLOCK:
		return !s->value_sure || !read_at(pid, addr, &r, sizeof r) ||
		       (say(w, i, "writer", r.writer, owner_tid(w, s), trouble) &&
			       /* those who wait for a writer are counted, too */
			       (r.readers & 1 ||
				       say(w, i, "readers", r.readers >> 3, s->value, trouble)));
	case SYNC_SPIN:
		return !read_at(pid, addr, &word, sizeof word) ||
		       say(w, i, "spin lock taken", word != 1, s->owner != 0, trouble);
	default: c->syncs--; return true;
	}
}

/* ---- tasks ---- */

/* A task that the world has blocked in a call of the C library sleeps in futex(2). */
static bool sleep_agrees(
	const struct world *w, u32 task, struct memory_counts *c, struct str *trouble)
{
	const struct w_task *t = world_task(w, task);
	char path[64], text[64] = "";
	int number = -1;
	FILE *f;

	if (t->state != TASK_BLOCKED || !(t->op.flags & EVF_TOLD) ||
		t->op.call == CALL_pthread_spin_lock)
		return true;
	snprintf(path, sizeof path, "/proc/%d/syscall", t->tid);
	f = fopen(path, "re");
	if (f && fgets(text, sizeof text, f))
		sscanf(text, "%d", &number);
	if (f)
		fclose(f);
	c->blocked++;
	if (number == SYS_FUTEX)
		return true;
	str_addf(trouble, "task %u is blocked in %s, and is not in futex: %s", task,
		call_name(t->op.call), text);
	return false;
}

bool memory_agrees(const struct world *w, struct memory_counts *c, struct str *trouble)
{
	c->points++;
	for (u32 i = 1; i < world_procs(w); i++) {
		if (!lives(w, i))
			continue;
		if (!maps_agree(w, i, c, trouble) || !own_memory_agrees(w, i, c, trouble))
			return false;
		for (u32 m = world_proc(w, i)->map_first; m; m = world_map(w, m)->proc_next)
			if (!mapping_agrees(w, world_map(w, m), c, trouble))
				return false;
	}
	for (u32 i = 1; i < world_syncs(w); i++)
		if (world_sync(w, i) && !sync_agrees(w, i, c, trouble))
			return false;
	for (u32 i = 1; i < world_tasks(w); i++)
		if (world_task(w, i) && !sleep_agrees(w, i, c, trouble))
			return false;
	return true;
}
