/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two runs compared. Actors and pipes are matched by identity, (creator, n-th of its kind that it
 * made), which no schedule changes; pids, inodes, times and display names may differ.
 */
#include <stdlib.h>
#include <string.h>

#include "world/private.h"

struct pairing {
	const struct world *a, *b;
	u32 *task, *proc, *pipe, *file, *segment, *sync; /* index in a -> index in b, 0 not yet */
	struct str *where;
};

struct identity {
	u32 creator, nth, index;
};

static bool differ(struct pairing *x, const char *fmt, ...) PRINTF_LIKE(2, 3);
static bool differ(struct pairing *x, const char *fmt, ...)
{
	va_list ap;

	if (!x->where)
		return false;
	va_start(ap, fmt);
	str_vaddf(x->where, fmt, ap);
	va_end(ap);
	return false;
}

static int by_identity(const void *p, const void *q)
{
	const struct identity *a = p, *b = q;

	if (a->creator != b->creator)
		return a->creator < b->creator ? -1 : 1;
	return (a->nth > b->nth) - (a->nth < b->nth);
}

/* ---- matching ---- */

static struct identity *identities_of_procs(const struct world *w, size_t *n)
{
	struct identity *at = xmalloc(world_procs(w) * sizeof *at);

	*n = 0;
	for (u32 i = 1; i < world_procs(w); i++)
		at[(*n)++] = (struct identity){w->proc[i].creator, w->proc[i].nth, i};
	qsort(at, *n, sizeof *at, by_identity);
	return at;
}

static struct identity *identities_of_pipes(const struct world *w, size_t *n)
{
	struct identity *at = xmalloc(world_pipes(w) * sizeof *at);

	*n = 0;
	for (u32 i = 1; i < world_pipes(w); i++)
		if (w->pipe[i].used && !w->pipe[i].gone)
			at[(*n)++] = (struct identity){w->pipe[i].creator, w->pipe[i].nth, i};
	qsort(at, *n, sizeof *at, by_identity);
	return at;
}

static u32 find_identity(const struct identity *at, size_t n, u32 creator, u32 nth)
{
	struct identity key = {creator, nth, 0};
	const struct identity *found = n ? bsearch(&key, at, n, sizeof *at, by_identity) : NULL;

	return found ? found->index : 0;
}

static u32 thread_of(const struct world *w, u32 proc, u32 nth)
{
	u32 t = w->proc[proc].task_first;

	while (t && w->task[t].nth != nth)
		t = w->task[t].proc_next;
	return t;
}

/* Creators are born before what they create: one pass in order of birth is enough. */
static bool pair_tasks(struct pairing *x)
{
	size_t n;
	struct identity *procs = identities_of_procs(x->b, &n);
	bool ok = true;

	for (u32 t = 1; ok && t < world_tasks(x->a); t++) {
		const struct w_task *task = &x->a->task[t];
		const struct w_proc *proc = &x->a->proc[task->proc];

		if (!x->proc[task->proc])
			x->proc[task->proc] =
				find_identity(procs, n, x->task[proc->creator], proc->nth);
		if (x->proc[task->proc])
			x->task[t] = thread_of(x->b, x->proc[task->proc], task->nth);
		if (!x->task[t])
			ok = differ(x, "P%u (thread %u) is in the one only", proc->name, task->nth);
	}
	free(procs);
	if (ok && world_tasks(x->a) != world_tasks(x->b))
		ok = differ(x, "there are %u tasks in the one, %u in the other",
			world_tasks(x->a) - 1, world_tasks(x->b) - 1);
	return ok;
}

static bool pair_pipes(struct pairing *x)
{
	size_t n, na;
	struct identity *pipes = identities_of_pipes(x->b, &n);
	struct identity *own = identities_of_pipes(x->a, &na);
	bool ok = n == na || differ(x, "there are %zu pipes in the one, %zu in the other", na, n);

	for (size_t i = 0; ok && i < na; i++) {
		u32 found = find_identity(pipes, n, x->task[own[i].creator], own[i].nth);

		x->pipe[own[i].index] = found;
		if (!found)
			ok = differ(x, "pipe%u is in the one only", x->a->pipe[own[i].index].name);
	}
	free(pipes);
	free(own);
	return ok;
}

/* ---- matching what has an identity in words ---- */

struct worded {
	char *name;
	u32 index;
};

static int by_name(const void *p, const void *q)
{
	return strcmp(((const struct worded *)p)->name, ((const struct worded *)q)->name);
}

typedef bool name_fn(const struct world *, u32 index, struct str *);

static bool name_segment(const struct world *w, u32 i, struct str *name)
{
	if (!w->segment[i].used || w->segment[i].gone)
		return false;
	identity_of_segment(w, i, name);
	return true;
}

static bool name_sync(const struct world *w, u32 i, struct str *name)
{
	const struct w_sync *s = &w->sync[i];

	if (!s->used || !s->name || s->destroyed || (s->segment && w->segment[s->segment].gone))
		return false; /* of a copy that nobody has used nobody speaks */
	identity_of_sync(w, i, name);
	return true;
}

static struct worded *names_of(const struct world *w, u32 n, name_fn *fn, size_t *count)
{
	struct worded *at = xmalloc(n * sizeof *at);

	*count = 0;
	for (u32 i = 1; i < n; i++) {
		struct str name = {0};

		if (fn(w, i, &name))
			at[(*count)++] = (struct worded){xstrdup(str_get(&name)), i};
		str_finish(&name);
	}
	qsort(at, *count, sizeof *at, by_name);
	return at;
}

static void names_free(struct worded *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(at[i].name);
	free(at);
}

/* Fills `pair`: index in a -> index in b. */
static bool pair_named(struct pairing *x, u32 na, u32 nb, name_fn *fn, u32 *pair)
{
	size_t ca, cb;
	struct worded *a = names_of(x->a, na, fn, &ca), *b = names_of(x->b, nb, fn, &cb);
	size_t i = 0;
	bool ok;

	while (i < ca && i < cb && !strcmp(a[i].name, b[i].name)) {
		pair[a[i].index] = b[i].index;
		i++;
	}
	ok = i == ca && i == cb;
	if (!ok)
		differ(x, "%s is in the one only", i < ca ? a[i].name : b[i].name);
	names_free(a, ca);
	names_free(b, cb);
	return ok;
}

/* ---- comparing ---- */

/* Of an operation on memory, where; an address may differ. */
static bool same_place(const struct pairing *x, const struct w_task *a, const struct w_task *b)
{
	if (x->segment[a->op.segment] != b->op.segment &&
		!(a->op.segment && x->a->segment[a->op.segment].gone))
		return false;
	if (a->op.segment && !x->a->segment[a->op.segment].owner && a->op.off != b->op.off)
		return false;
	return x->sync[a->op.sync] == b->op.sync && a->op.relocking == b->op.relocking &&
	       !a->outer == !b->outer;
}

/* Of a call of the C library it is the time-out from now on, until a time of day: never twice the same. */
static bool same_hash(const struct w_op *a, const struct w_op *b)
{
	if (call_class(a->call) == CLASS_OPEN || call_class(a->call) == CLASS_UNLINK)
		return (a->hash & FIFO_ID) == (b->hash & FIFO_ID); /* which FIFO: another inode in each run */
	return a->flags & EVF_TOLD ? (a->hash == TIME_NONE) == (b->hash == TIME_NONE) : a->hash == b->hash;
}

static u32 newest_with_tid(const struct world *w, i32 tid)
{
	u32 t = world_tasks(w) - 1;

	while (t && w->task[t].tid != tid)
		t--;
	return t;
}

/* Of some calls it is a number of a process or thread: of the same one. */
static bool same_fd(const struct pairing *x, const struct w_op *a, const struct w_op *b)
{
	if (a->call >= CALL_msgsnd && a->call <= CALL_shmctl)
		return true; /* System V ids: same_objects */
	switch (a->call) {
	case CALL_kill:
	case CALL_tkill:
	case CALL_tgkill:
	case CALL_rt_sigqueueinfo:
	case CALL_rt_tgsigqueueinfo:
	case CALL_wait4:
	case CALL_waitid:
	case CALL_pidfd_open:
	case CALL_pthread_join:
		if (a->fd > 0 && b->fd > 0)
			return x->task[newest_with_tid(x->a, a->fd)] == newest_with_tid(x->b, b->fd);
		return a->fd == b->fd;
	default: return a->fd == b->fd;
	}
}

static bool same_tasks(struct pairing *x)
{
	for (u32 t = 1; t < world_tasks(x->a); t++) {
		const struct w_task *a = &x->a->task[t], *b = &x->b->task[x->task[t]];
		char name[24];

		if (a->state == b->state && a->op.call == b->op.call && a->op.open == b->op.open &&
			same_fd(x, &a->op, &b->op) && a->op.fd2 == b->op.fd2 &&
			a->op.done == b->op.done && same_hash(&a->op, &b->op) && same_place(x, a, b))
			continue;
		return differ(x, "%s is at another place or in another state",
			world_task_name(x->a, t, name));
	}
	return true;
}

/* Open files are matched as descriptors lead to them: shared in the one, shared in the other. */
static bool same_file(struct pairing *x, u32 fa, u32 fb)
{
	const struct w_file *a = &x->a->file[fa], *b = &x->b->file[fb];

	if (x->file[fa])
		return x->file[fa] == fb;
	x->file[fa] = fb;
	if (a->kind != b->kind || a->access != b->access || a->flags != b->flags ||
		a->refs != b->refs)
		return false;
	if (a->kind == OBJ_SEGMENT)
		return x->segment[a->object] == b->object;
	return a->kind != OBJ_PIPE || x->pipe[a->object] == b->object;
}

static bool same_descriptors(struct pairing *x, u32 pa, u32 pb)
{
	u32 da = x->a->fdt[x->a->proc[pa].fdt].first, db = x->b->fdt[x->b->proc[pb].fdt].first;

	for (; da && db; da = x->a->fd[da].next, db = x->b->fd[db].next) {
		const struct w_fd *a = &x->a->fd[da], *b = &x->b->fd[db];

		if (a->fd != b->fd || a->cloexec != b->cloexec || a->how != b->how ||
			!same_file(x, a->file, b->file))
			return differ(
				x, "fd %d of P%u is not the same", a->fd, x->a->proc[pa].name);
	}
	return (!da && !db) || differ(x, "P%u has not the same descriptors", x->a->proc[pa].name);
}

/* The same segments, wherever they lie. */
static bool same_maps(struct pairing *x, u32 pa, u32 pb)
{
	u64 a = 0, b = 0;

	for (u32 m = x->a->proc[pa].map_first; m; m = x->a->map[m].proc_next) {
		const struct w_map *map = &x->a->map[m];
		a += hash64(x->segment[map->segment], (u64[3]){map->len, map->offset, map->prot},
			24);
	}
	for (u32 m = x->b->proc[pb].map_first; m; m = x->b->map[m].proc_next) {
		const struct w_map *map = &x->b->map[m];
		b += hash64(map->segment, (u64[3]){map->len, map->offset, map->prot},
			24);
	}
	return a == b || differ(x, "P%u has not the same memory mapped", x->a->proc[pa].name);
}

static bool same_procs(struct pairing *x)
{
	for (u32 i = 1; i < world_procs(x->a); i++) {
		const struct w_proc *a = &x->a->proc[i], *b = &x->b->proc[x->proc[i]];

		if (a->ended != b->ended || a->status != b->status || a->reaped != b->reaped ||
			a->tasks != b->tasks || x->proc[a->parent] != b->parent ||
			strcmp(world_text(x->a, a->exec_path), world_text(x->b, b->exec_path)) != 0)
			return differ(x, "P%u is not the same", a->name);
		if (!same_descriptors(x, i, x->proc[i]) || !same_maps(x, i, x->proc[i]))
			return false;
	}
	return true;
}

static bool same_contents(struct pairing *x, const struct w_pipe *a, const struct w_pipe *b)
{
	u32 sa = a->span_first, sb = b->span_first;

	if (!a->spans_sure || !b->spans_sure)
		return true; /* the order is not known in one of them; the bytes were counted */
	for (; sa && sb; sa = x->a->span[sa].next, sb = x->b->span[sb].next) {
		const struct w_span *p = &x->a->span[sa], *q = &x->b->span[sb];

		if (x->task[p->task] != q->task || p->off != q->off || p->len != q->len ||
			p->hash != q->hash)
			return false;
	}
	return !sa && !sb;
}

static bool same_pipes(struct pairing *x)
{
	for (u32 i = 1; i < world_pipes(x->a); i++) {
		const struct w_pipe *a = &x->a->pipe[i], *b = &x->b->pipe[x->pipe[i]];

		if (!x->pipe[i])
			continue;
		if (a->fill != b->fill)
			return differ(x, "pipe%u holds %lld bytes in the one, %lld in the other",
				a->name, (long long)a->fill, (long long)b->fill);
		if (a->capacity != b->capacity || a->readers != b->readers ||
			a->writers != b->writers)
			return differ(x, "pipe%u has not the same size or ends", a->name);
		if (a->slots_sure && b->slots_sure && a->slot_count != b->slot_count)
			return differ(x, "pipe%u uses %u slots in the one, %u in the other",
				a->name, a->slot_count, b->slot_count);
		if (!same_contents(x, a, b))
			return differ(x, "pipe%u holds other bytes", a->name);
	}
	return true;
}

/* As glibc lays them out on this machine. */
static u64 size_of_object(u32 kind)
{
	static const u8 sizes[] = {[SYNC_SEM] = 32,
		[SYNC_MUTEX] = 40,
		[SYNC_COND] = 48,
		[SYNC_BARRIER] = 32,
		[SYNC_RWLOCK] = 56,
		[SYNC_SPIN] = 4};

	return kind < ARRAY_LEN(sizes) ? sizes[kind] : 0;
}

static bool in_an_object(const struct world *w, u32 segment, u64 off)
{
	for (u32 i = w->segment[segment].sync_first; i && w->sync[i].off <= off;
		i = w->sync[i].segment_next)
		if (off - w->sync[i].off < size_of_object(w->sync[i].kind))
			return true;
	return false;
}

/* Bytes of a held line of the one against the other's; C library objects apart, which hold what the
 * world says of them in words, and task ids. */
static bool same_line(struct pairing *x, const struct world *a, const struct w_line *l, u32 sa,
	const struct world *b, u32 sb)
{
	u8 other[LINE_BYTES], known[LINE_BYTES];

	world_memory(b, sb, l->index * LINE_BYTES, other, known, LINE_BYTES);
	for (u32 i = 0; i < LINE_BYTES; i++) {
		u64 off = l->index * LINE_BYTES + i;

		if (!(l->known >> i & 1) || !known[i] || l->bytes[i] == other[i] ||
			in_an_object(a, sa, off) || in_an_object(b, sb, off))
			continue;
		return differ(x, "shm%u holds another byte at %llu", a->segment[sa].name,
			(unsigned long long)off);
	}
	return true;
}

static bool same_segments(struct pairing *x)
{
	for (u32 i = 1; i < world_segments(x->a); i++) {
		const struct w_segment *a = &x->a->segment[i], *b = &x->b->segment[x->segment[i]];

		if (!x->segment[i] || a->kind == SEGMENT_PRIVATE)
			continue;
		if (a->kind != b->kind || a->size != b->size || a->unlinked != b->unlinked)
			return differ(x, "shm%u is not of the same kind or size", a->name);
		for (u32 l = a->line_first; l; l = x->a->line[l].of_next)
			if (!same_line(x, x->a, &x->a->line[l], i, x->b, x->segment[i]))
				return false;
		for (u32 l = b->line_first; l; l = x->b->line[l].of_next)
			if (!same_line(x, x->b, &x->b->line[l], x->segment[i], x->a, i))
				return false;
	}
	return true;
}

static bool same_syncs(struct pairing *x)
{
	for (u32 i = 1; i < world_syncs(x->a); i++) {
		const struct w_sync *a = &x->a->sync[i], *b = &x->b->sync[x->sync[i]];
		char name[24];

		if (!x->sync[i])
			continue;
		if ((a->value_sure && b->value_sure && a->value != b->value) ||
			x->task[a->owner] != b->owner || a->depth != b->depth ||
			a->owner_died != b->owner_died || a->wait_n != b->wait_n)
			return differ(x, "%s is in another state", world_sync_name(x->a, i, name));
	}
	return true;
}

/* Queues and semaphore sets with the same identity hold the same. */
static void socket_identity(const struct world *w, u32 i, struct str *out)
{
	str_add(out, "sock ");
	identity_made_by(w, w->socket[i].creator, w->socket[i].nth, out);
}

/* A socket of a, and the one of the same identity of b: connected alike, holding as much. */
static bool same_socket(struct pairing *x, u32 i)
{
	const struct w_socket *a = &x->a->socket[i], *b = NULL;
	const struct w_flow *fa, *fb;
	struct str want = {0}, have = {0};

	socket_identity(x->a, i, &want);
	for (u32 k = 1; k < world_sockets(x->b) && !b; k++) {
		if (!x->b->socket[k].used || !x->b->socket[k].name || x->b->socket[k].gone)
			continue;
		str_clear(&have);
		socket_identity(x->b, k, &have);
		if (!strcmp(str_get(&want), str_get(&have)))
			b = &x->b->socket[k];
	}
	str_finish(&want);
	str_finish(&have);
	if (!b)
		return differ(x, "sock%u is in the one only", a->name);
	fa = world_flow(x->a, a->in);
	fb = world_flow(x->b, b->in);
	if (a->state != b->state || a->type != b->type || a->shut != b->shut || !a->peer != !b->peer || a->pending != b->pending ||
		!fa != !fb || (fa && (fa->fill != fb->fill || fa->put_shut != fb->put_shut || fa->take_shut != fb->take_shut)))
		return differ(x, "sock%u holds something else, or is in another state", a->name);
	return true;
}

static bool same_queues(struct pairing *x, u32 i)
{
	const struct w_queue *a = &x->a->queue[i];
	struct str want = {0}, have = {0};
	bool found = false, same = false;

	queue_identity(x->a, i, &want);
	for (u32 k = 1; k < world_queues(x->b) && !found; k++) {
		const struct w_queue *b = &x->b->queue[k];

		str_clear(&have);
		if (!b->used || b->gone)
			continue;
		queue_identity(x->b, k, &have);
		found = strcmp(str_get(&want), str_get(&have)) == 0;
		same = a->count == b->count && a->most == b->most && a->unlinked == b->unlinked;
	}
	str_finish(&want);
	str_finish(&have);
	return (found && same) || differ(x, found ? "queue %u holds something else" : "queue %u is in the one only", i);
}

static bool same_sets(struct pairing *x, u32 i)
{
	struct str want = {0}, have = {0};
	bool found = false, same = false;

	sems_identity(x->a, i, &want);
	for (u32 k = 1; k < world_sems_sets(x->b) && !found; k++) {
		str_clear(&have);
		if (!x->b->sems[k].used || x->b->sems[k].removed)
			continue;
		sems_identity(x->b, k, &have);
		found = strcmp(str_get(&want), str_get(&have)) == 0;
		same = x->a->sems[i].n == x->b->sems[k].n;
		for (u32 s = x->a->sems[i].first; s && same && found; s = x->a->sem[s].next) {
			u32 other = sems_at(x->b, k, x->a->sem[s].index);
			same = !x->a->sem[s].sure || (other && (!x->b->sem[other].sure ||
								  x->b->sem[other].value == x->a->sem[s].value));
		}
	}
	str_finish(&want);
	str_finish(&have);
	return (found && same) || differ(x, found ? "set %u has other values" : "set %u is in the one only", i);
}

static bool same_objects(struct pairing *x)
{
	if (!counters_are_like(x->a, x->b, x->task, x->where))
		return false;
	if (!locks_are_like(x->a, x->b, x->task))
		return differ(x, "%s", "other file locks are held");
	for (u32 i = 1; i < world_sockets(x->a); i++)
		if (x->a->socket[i].used && x->a->socket[i].name && !x->a->socket[i].gone && !same_socket(x, i))
			return false;
	for (u32 i = 1; i < world_queues(x->a); i++)
		if (x->a->queue[i].used && !x->a->queue[i].gone && !same_queues(x, i))
			return false;
	for (u32 i = 1; i < world_sems_sets(x->a); i++)
		if (x->a->sems[i].used && !x->a->sems[i].removed && !same_sets(x, i))
			return false;
	return true;
}

bool world_same(const struct world *a, const struct world *b, struct str *where)
{
	struct pairing x = {
		.a = a,
		.b = b,
		.where = where,
		.task = xmalloc(world_tasks(a) * sizeof(u32)),
		.proc = xmalloc(world_procs(a) * sizeof(u32)),
		.pipe = xmalloc(world_pipes(a) * sizeof(u32)),
		.file = xmalloc(a->h->use[POOL_FILE].n * sizeof(u32)),
		.segment = xmalloc(world_segments(a) * sizeof(u32)),
		.sync = xmalloc(world_syncs(a) * sizeof(u32)),
	};
	bool same = pair_tasks(&x) && pair_pipes(&x) &&
		    pair_named(&x, world_segments(a), world_segments(b), name_segment, x.segment) &&
		    pair_named(&x, world_syncs(a), world_syncs(b), name_sync, x.sync) &&
		    same_tasks(&x) && same_procs(&x) && same_pipes(&x) && same_segments(&x) &&
		    same_syncs(&x) && same_objects(&x);

	free(x.task);
	free(x.proc);
	free(x.pipe);
	free(x.file);
	free(x.segment);
	free(x.sync);
	return same;
}
