/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * File locks: flock(2), which go with the open file; fcntl(2) POSIX locks, which go with the descriptor table and are lost
 * when any descriptor of the file is closed; OFD locks, which have the ranges of the one and the owner of the other. A
 * lock call is an interval: was there a moment since ENTER at which nothing stood in its way (granted), or something did
 * (refused)? A file is OBJ_FILE from the first call that locks it: a w_counter of each open file, `mask` is which file.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "world/private.h"

#ifndef F_OFD_SETLK
#define F_OFD_SETLK 37
#define F_OFD_SETLKW 38
#endif

enum { KIND_FLOCK = 1, KIND_POSIX, KIND_OFD };
/* op.object2 of a lock call: what was the case at some moment since ENTER. */
enum { SAW_FREE = 1, SAW_CONFLICT = 2 };

/* What a call asks for. */
struct ask {
	u32 kind, owner, file;
	bool unlock, exclusive, waits;
	i64 start, end;
	u64 ino;
};

bool lock_is_call(const struct w_op *op)
{
	return op->call == CALL_flock || (op->call == CALL_fcntl && (op->arg == F_SETLK || op->arg == F_SETLKW ||
									    op->arg == F_OFD_SETLK || op->arg == F_OFD_SETLKW));
}

/* False: no lock call, or of a file the world does not know. The file is op.file, or what fd leads to. */
static bool ask_of(const struct world *w, u32 task, struct ask *a)
{
	const struct w_op *op = &w->task[task].op;
	u32 fd = op->file ? 0 : call_find_fd(w, task, op->fd), file = op->file ? op->file : fd ? w->fd[fd].file : 0;
	bool flocks = op->call == CALL_flock;

	if (!lock_is_call(op) || !file || w->file[file].kind != OBJ_FILE)
		return false;
	a->file = file;
	a->ino = w->counter[w->file[file].object].mask;
	a->kind = flocks ? KIND_FLOCK : op->arg == F_SETLK || op->arg == F_SETLKW ? KIND_POSIX : KIND_OFD;
	a->owner = a->kind == KIND_POSIX ? w->proc[w->task[task].proc].fdt : file;
	a->unlock = flocks ? op->arg & LOCK_UN : op->size == F_UNLCK;
	a->exclusive = flocks ? op->arg & LOCK_EX : op->size == F_WRLCK;
	a->waits = flocks ? !(op->arg & LOCK_NB) : op->arg == F_SETLKW || op->arg == F_OFD_SETLKW;
	a->start = flocks ? 0 : op->lo;
	a->end = flocks ? INT64_MAX : op->hi;
	return a->start >= 0 && a->start <= a->end; /* else EINVAL */
}

static bool is_own(const struct w_lock *l, const struct ask *a)
{
	return l->used && l->ino == a->ino && l->kind == a->kind && l->owner == a->owner;
}

static bool in_the_way(const struct w_lock *l, const struct ask *a)
{
	return l->used && l->ino == a->ino && !is_own(l, a) && (l->kind == KIND_FLOCK) == (a->kind == KIND_FLOCK) &&
	       (l->exclusive || a->exclusive) && l->start <= a->end && a->start <= l->end;
}

/* ---- who holds what ---- */

static u32 lock_new(struct world *w, const struct ask *a, u32 task, i64 start, i64 end, bool exclusive)
{
	u32 i = pool_take(w, POOL_LOCK);
	struct w_lock *l = &w->lock[i];

	if (!i)
		return 0;
	l->kind = a->kind;
	l->ino = a->ino;
	l->owner = a->owner;
	l->task = task;
	l->exclusive = exclusive;
	l->start = start;
	l->end = end;
	l->site = w->task[task].op.site;
	return i;
}

/* Takes [start, end] out of the owner's locks. */
static void cut(struct world *w, const struct ask *a, i64 start, i64 end)
{
	u32 n = w->h->use[POOL_LOCK].n;

	for (u32 i = 1; i < n; i++) {
		struct w_lock *l = &w->lock[i];

		if (!is_own(l, a) || l->end < start || l->start > end)
			continue;
		if (l->start < start && l->end > end) {
			u32 rest = lock_new(w, a, l->task, end + 1, l->end, l->exclusive);
			if (rest)
				w->lock[rest].site = l->site;
			l->end = start - 1;
		} else if (l->start < start) {
			l->end = start - 1;
		} else if (l->end > end) {
			l->start = end + 1;
		} else {
			pool_give(w, POOL_LOCK, i);
		}
	}
}

/* Neighbours of the same kind become one, posix_lock_inode() in fs/locks.c. */
static void put(struct world *w, const struct ask *a, u32 task)
{
	i64 start = a->start, end = a->end;

	cut(w, a, start, end);
	for (u32 i = 1; i < w->h->use[POOL_LOCK].n; i++) {
		struct w_lock *l = &w->lock[i];

		if (!is_own(l, a) || !l->exclusive != !a->exclusive)
			continue;
		if ((start && l->end == start - 1) || (end < INT64_MAX && l->start == end + 1)) {
			start = l->start < start ? l->start : start;
			end = l->end > end ? l->end : end;
			pool_give(w, POOL_LOCK, i);
			i = 0;
		}
	}
	lock_new(w, a, task, start, end, a->exclusive);
}

/* ---- what others may be doing ---- */

/* It is about to end, or (`witness` saw what only that explains) presumed dead. */
static bool presumed_gone(struct world *w, u32 proc, u32 witness)
{
	if (w->proc[proc].ending >= w->proc[proc].tasks || w->proc[proc].execing)
		return true;
	if (!witness || w->task[witness].proc == proc)
		return false;
	process_presume_dead(w, proc, 0, ACCESS_LOCK);
	return true;
}

/* May the owner have given this lock back already, though the log does not say so yet? */
static bool may_be_gone(struct world *w, const struct w_lock *l, u32 witness)
{
	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++) {
		struct ask a;

		if (t != witness && w->task[t].op.open && !(w->task[t].op.asleep && l->kind != KIND_FLOCK) && ask_of(w, t, &a) &&
			is_own(l, &a) && l->start <= a.end && a.start <= l->end)
			return true;
	}
	if (l->kind != KIND_POSIX && !witness)
		return file_may_be_gone(w, l->owner, 0, 0);
	for (u32 d = l->kind != KIND_POSIX ? w->file[l->owner].fd_first : 0; d; d = w->fd[d].same)
		for (u32 p = w->fd[d].closing ? 0 : w->fdt[w->fd[d].fdt].procs; p; p = w->proc[p].fdt_next)
			if (!presumed_gone(w, p, witness))
				return false;
	if (l->kind != KIND_POSIX)
		return true;
	for (u32 d = w->fdt[l->owner].first; d; d = w->fd[d].next)
		if (w->fd[d].closing && w->file[w->fd[d].file].kind == OBJ_FILE &&
			w->counter[w->file[w->fd[d].file].object].mask == l->ino)
			return true;
	for (u32 p = w->fdt[l->owner].procs; p; p = w->proc[p].fdt_next)
		if (!presumed_gone(w, p, witness))
			return false;
	return true;
}

/* What the call sees now: `witness`: it came back granted, so those in its way must have gone. */
static u32 look(struct world *w, u32 task, const struct ask *a, u32 witness)
{
	u32 saw = SAW_FREE;

	for (u32 i = 1; i < w->h->use[POOL_LOCK].n; i++) {
		if (!in_the_way(&w->lock[i], a))
			continue;
		saw |= SAW_CONFLICT;
		if (saw & SAW_FREE && !may_be_gone(w, &w->lock[i], witness))
			saw &= ~(u32)SAW_FREE;
	}
	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++) {
		struct ask b;
		struct w_lock l;

		if (t == task || !w->task[t].op.open || !ask_of(w, t, &b) || b.unlock)
			continue;
		l = (struct w_lock){.used = 1, .kind = b.kind, .ino = b.ino, .owner = b.owner, .exclusive = b.exclusive,
			.start = b.start, .end = b.end};
		if (in_the_way(&l, a))
			saw |= SAW_CONFLICT; /* it may have been granted already */
	}
	return saw;
}

/* Something changed: whoever is in a lock call looks again. */
static void all_look(struct world *w, u64 ino)
{
	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++) {
		struct ask a;

		if (w->task[t].op.open && ask_of(w, t, &a) && a.ino == ino && !a.unlock)
			w->task[t].op.object2 |= look(w, t, &a, 0);
	}
}

/* Nothing is judged any more: somebody who is not watched has locked it (semaphore), or two calls of one owner went on at
 * once and either may have come last (target). */
static void set_outside(struct world *w, u64 ino, bool by_order)
{
	for (u32 i = 1; i < w->h->use[POOL_COUNTER].n; i++) {
		struct w_counter *c = &w->counter[i];

		if (!c->used || c->kind != OBJ_FILE || c->mask != ino)
			continue;
		c->semaphore |= !by_order;
		c->target |= by_order;
	}
}

static bool is_outside(const struct world *w, const struct ask *a)
{
	return w->counter[w->file[a->file].object].semaphore || w->counter[w->file[a->file].object].target;
}

static void note_rivals(struct world *w, u32 task, const struct ask *a)
{
	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++) {
		const struct w_op *op = &w->task[t].op;
		struct ask b;

		if (t != task && op->open && ask_of(w, t, &b) && b.ino == a->ino && b.kind == a->kind && b.owner == a->owner &&
			b.start <= a->end && a->start <= b.end && !(op->asleep && !(op->object2 & SAW_FREE)))
			set_outside(w, a->ino, true);
	}
}

/* ---- calls ---- */

void lock_found(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;

	if (op->call != CALL_fcntl || !lock_is_call(op))
		return;
	op->lo = 0;
	op->hi = INT64_MAX;
	if (ev->held >= 16) {
		memcpy(&op->lo, ev->contents, 8);
		memcpy(&op->hi, ev->contents + 8, 8);
	}
}

static void lock_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;
	struct ask a;

	(void)ev;
	if (op->call == CALL_flock)
		op->file = call_hold_file(w, task, op->fd);
	if (!ask_of(w, task, &a))
		return;
	op->object = w->file[a.file].object;
	op->object2 = a.unlock ? 0 : look(w, task, &a, 0);
	note_rivals(w, task, &a);
	w->h->pub.last_object_kind = OBJ_FILE;
	w->h->pub.last_object = op->object;
	all_look(w, a.ino);
}

/* flock(2): a lock of the other kind is given back before the new one is asked for. */
static void lose_own_flock(struct world *w, const struct ask *a)
{
	for (u32 i = 1; i < w->h->use[POOL_LOCK].n; i++)
		if (is_own(&w->lock[i], a) && !w->lock[i].exclusive != !a->exclusive)
			pool_give(w, POOL_LOCK, i);
}

static bool refused(i64 ret)
{
	return ret == -EAGAIN || ret == -EACCES;
}

static void lock_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	struct ask a;
	u32 saw;
	bool ok = true;

	if (!ask_of(w, task, &a))
		return;
	saw = op->object2 | (a.unlock ? SAW_FREE : look(w, task, &a, 0));
	if (ev->ret == 0 && !a.unlock && !(saw & SAW_FREE)) /* deaths nobody has told of yet; of a file in doubt it proves none */
		ok = is_outside(w, &a) || look(w, task, &a, task) & SAW_FREE;
	else if (refused(ev->ret) && !(saw & SAW_CONFLICT))
		set_outside(w, a.ino, false);
	else if (ev->ret == -EDEADLK)
		ok = a.kind == KIND_POSIX && saw & SAW_CONFLICT;
	if (ok || is_outside(w, &a))
		world_explain(w);
	else
		world_drift(w, "%s(%d) of task %u returned %lld at event %llu, which the locks held do not allow", call_name(op->call),
			op->fd, task, (long long)ev->ret, (unsigned long long)world_now(w));
	if (ev->ret == 0 && a.unlock)
		cut(w, &a, a.start, a.end);
	else if (ev->ret == 0)
		put(w, &a, task);
	else if (a.kind == KIND_FLOCK && (refused(ev->ret) || ev->ret == -EINTR))
		lose_own_flock(w, &a);
	op->open = 0; /* for the others it is over */
	all_look(w, a.ino);
	op->open = 1;
}

static void lock_drop(struct world *w, u32 task)
{
	struct ask a;

	if (ask_of(w, task, &a) && a.kind == KIND_FLOCK && !a.unlock)
		lose_own_flock(w, &a);
}

void lock_asleep(struct world *w, u32 task)
{
	struct ask a;

	w->task[task].op.asleep = 1;
	if (!ask_of(w, task, &a))
		return;
	if (a.kind == KIND_FLOCK && !a.unlock)
		lose_own_flock(w, &a);
	w->task[task].op.object2 = 0;
	all_look(w, a.ino);
}

static enum outlook lock_outlook(const struct world *cw, u32 task)
{
	struct world *w = (struct world *)cw; /* nothing is changed: no witness */
	struct ask a;
	u32 saw;

	if (!lock_is_call(&w->task[task].op))
		return (enum outlook)OUTLOOK_COUNT;
	if (!ask_of(w, task, &a))
		return OUTLOOK_UNKNOWN;
	if (a.unlock || !a.waits)
		return OUTLOOK_GOES;
	if (is_outside(w, &a))
		return OUTLOOK_UNKNOWN;
	saw = look(w, task, &a, 0);
	for (u32 i = 1; i < w->h->use[POOL_LOCK].n; i++)
		if (in_the_way(&w->lock[i], &a))
			return saw & SAW_FREE ? OUTLOOK_UNKNOWN : OUTLOOK_BLOCKS; /* or EDEADLK */
	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++)
		if (t != task && w->task[t].op.open && w->task[t].state != TASK_BLOCKED && w->task[t].op.object && lock_is_call(&w->task[t].op))
			return OUTLOOK_UNKNOWN;
	return OUTLOOK_GOES;
}

static bool lock_wait(const struct world *w, u32 task, struct ipc_wait *wait)
{
	struct ask a;

	if (!ask_of(w, task, &a))
		return false;
	*wait = (struct ipc_wait){.reason = WHY_LOCK, .kind = OBJ_FILE, .object = w->file[a.file].object, .timeout = TIME_NONE};
	wait->open_ended = lock_outlook(w, task) != OUTLOOK_BLOCKS;
	return true;
}

const struct ipc_rule lock_rule = {.found = lock_found, .enter = lock_enter, .exit = lock_exit, .drop = lock_drop,
	.outlook = lock_outlook, .wait = lock_wait};

u32 world_lock_in_the_way(const struct world *w, u32 task, u32 after)
{
	struct ask a;

	if (!world_task(w, task) || !ask_of(w, task, &a))
		return 0;
	for (u32 i = after + 1; i < w->h->use[POOL_LOCK].n; i++)
		if (in_the_way(&w->lock[i], &a))
			return i;
	return 0;
}

/* ---- what ends locks ---- */

void locks_fd_closed(struct world *w, u32 fdt, u32 file)
{
	u64 ino = w->counter[w->file[file].object].mask;
	bool any = false;

	for (u32 i = 1; i < w->h->use[POOL_LOCK].n; i++)
		if (w->lock[i].used && w->lock[i].kind == KIND_POSIX && w->lock[i].owner == fdt && w->lock[i].ino == ino) {
			pool_give(w, POOL_LOCK, i);
			any = true;
		}
	if (any)
		all_look(w, ino);
}

/* What is in doubt about the file is so whichever open file leads to it. */
static void file_added(struct world *w, u32 file)
{
	struct w_counter *c = &w->counter[w->file[file].object];

	c->file = file;
	for (u32 i = 1; i < w->h->use[POOL_COUNTER].n; i++) {
		const struct w_counter *other = &w->counter[i];

		if (!other->used || other->kind != OBJ_FILE || other->mask != c->mask)
			continue;
		c->semaphore |= other->semaphore;
		c->target |= other->target;
	}
}

static void file_gone(struct world *w, u32 file)
{
	u32 counter = w->file[file].object;
	u64 ino = w->counter[counter].mask;

	for (u32 i = 1; i < w->h->use[POOL_LOCK].n; i++)
		if (w->lock[i].used && w->lock[i].kind != KIND_POSIX && w->lock[i].owner == file)
			pool_give(w, POOL_LOCK, i);
	if (w->h->pub.last_object == counter && w->h->pub.last_object_kind == OBJ_FILE)
		w->h->pub.last_object = w->h->pub.last_object_kind = 0;
	pool_give(w, POOL_COUNTER, counter);
	all_look(w, ino);
}
const struct ipc_file_rule lock_file_rule = {.added = file_added, .gone = file_gone};

/* ---- the kernel was asked ---- */

void lock_found_held(struct world *w, u32 task, const struct ev_observe *ev)
{
	u32 fd = world_fd_find(w, w->task[task].proc, (i32)ev->a), file = fd ? w->fd[fd].file : 0;
	struct ask a = {.kind = ev->b & 0xff, .file = file, .start = (i64)ev->c, .end = (i64)ev->d};
	u32 lock;

	if (!file || w->file[file].kind != OBJ_FILE || a.start < 0 || a.end < a.start || a.kind < KIND_FLOCK || a.kind > KIND_OFD)
		return;
	a.ino = w->counter[w->file[file].object].mask;
	a.owner = a.kind == KIND_POSIX ? w->proc[w->task[task].proc].fdt : file;
	for (u32 i = 1; i < w->h->use[POOL_LOCK].n; i++) /* told of each descriptor */
		if (is_own(&w->lock[i], &a) && w->lock[i].start == a.start && w->lock[i].end == a.end)
			return;
	lock = lock_new(w, &a, task, a.start, a.end, ev->b >> 8 & 1);
	if (lock)
		w->lock[lock].site = 0;
}

void lock_observe(struct world *w, const struct ev_observe *ev)
{
	u64 held[4] = {0};

	for (u32 i = 1; i < w->h->use[POOL_LOCK].n; i++)
		if (w->lock[i].used && w->lock[i].ino == ev->a && w->lock[i].kind <= KIND_OFD)
			held[w->lock[i].kind]++;
	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++) {
		struct ask a;

		if (!w->task[t].op.open || !ask_of(w, t, &a) || a.ino != ev->a)
			continue;
		if (w->task[t].state != TASK_BLOCKED)
			return;
		w->task[t].op.object2 = a.unlock ? 0 : look(w, t, &a, 0);
		if (!ev->b && !is_outside(w, &a) && !world_lock_in_the_way(w, t, 0))
			world_drift(w, "%s(%d) of task %u sleeps at event %llu, and no lock is in its way", call_name(w->task[t].op.call),
				w->task[t].op.fd, t, (unsigned long long)world_now(w));
	}
	if (ev->b) {
		set_outside(w, ev->a, false);
		return;
	}
	if (held[KIND_FLOCK] == ev->c && held[KIND_POSIX] == ev->d && held[KIND_OFD] == ev->e)
		return;
	for (u32 i = 1; i < w->h->use[POOL_COUNTER].n; i++)
		if (w->counter[i].used && w->counter[i].kind == OBJ_FILE && w->counter[i].mask == ev->a &&
			(w->counter[i].semaphore || w->counter[i].target))
			return;
	world_drift(w, "the kernel has %llu flock, %llu POSIX and %llu OFD locks of a file at event %llu, the world %llu, %llu and %llu",
		(unsigned long long)ev->c, (unsigned long long)ev->d, (unsigned long long)ev->e, (unsigned long long)world_now(w),
		(unsigned long long)held[KIND_FLOCK], (unsigned long long)held[KIND_POSIX], (unsigned long long)held[KIND_OFD]);
	set_outside(w, ev->a, true);
}

/* ---- equality, invariants ---- */

static bool in_doubt(const struct world *w, u64 ino)
{
	for (u32 i = 1; i < w->h->use[POOL_COUNTER].n; i++)
		if (w->counter[i].used && w->counter[i].kind == OBJ_FILE && (!ino || w->counter[i].mask == ino) &&
			(w->counter[i].semaphore || w->counter[i].target))
			return true;
	return false;
}

/* Inodes differ from run to run: a lock is known by who took it, what of a file, and how. */
static u64 sum_of(const struct world *w, const u32 *task)
{
	u64 sum = 0;

	for (u32 i = 1; i < w->h->use[POOL_LOCK].n; i++) {
		const struct w_lock *l = &w->lock[i];
		if (l->used)
			sum += hash64(task ? task[l->task] : l->task,
				(u64[4]){l->kind, l->exclusive != 0, (u64)l->start, (u64)l->end}, 32);
	}
	return sum;
}

bool locks_are_like(const struct world *a, const struct world *b, const u32 *task)
{
	return in_doubt(a, 0) || in_doubt(b, 0) || sum_of(a, task) == sum_of(b, NULL);
}

static bool lock_holds(const struct world *w, const struct w_lock *l)
{
	if (l->kind < KIND_FLOCK || l->kind > KIND_OFD || l->start > l->end || !l->ino || !l->owner)
		return false;
	if (l->kind == KIND_FLOCK && (l->start || l->end != INT64_MAX))
		return false;
	if (l->kind == KIND_POSIX)
		return w->fdt[l->owner].used;
	return w->file[l->owner].used && w->file[l->owner].kind == OBJ_FILE && w->counter[w->file[l->owner].object].mask == l->ino;
}

/* Two that cannot both be held. Between settled points one may have been given back already. */
static bool can_both_be(const struct world *w, const struct w_lock *a, const struct w_lock *b)
{
	const struct ask as = {.kind = a->kind, .owner = a->owner, .ino = a->ino, .exclusive = a->exclusive,
		.start = a->start, .end = a->end};

	if (is_own(b, &as))
		return a->end < b->start || b->end < a->start;
	return !w->h->pub.is_settled || w->h->pub.drift || !in_the_way(b, &as) || in_doubt(w, a->ino);
}

bool locks_hold(const struct world *w, struct str *where)
{
	for (u32 i = 1; i < w->h->use[POOL_LOCK].n; i++) {
		if (!w->lock[i].used)
			continue;
		if (!lock_holds(w, &w->lock[i])) {
			str_addf(where, "lock %u is in a state that cannot be", i);
			return false;
		}
		for (u32 k = 1; k < i; k++)
			if (w->lock[k].used && !can_both_be(w, &w->lock[k], &w->lock[i])) {
				str_addf(where, "locks %u and %u cannot both be held", k, i);
				return false;
			}
	}
	return true;
}
