/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a finished access did, and a finished call about memory or an object of the C library. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "view/memory.h"
#include "view/private.h"

struct done {
	const struct scene *s;
	const struct w_op *op;
	const struct rec *r;
	struct ev_exit e;
	u32 sync;
	struct str *out;
};

u32 sync_of_op(const struct scene *s, u32 task, const struct w_op *op)
{
	const struct w_task *t = world_task(s->world, task);

	struct w_op placed = *op;

	if (op->sync || !t)
		return op->sync;
	op_find_place(s->world, task, &placed);
	op = &placed;
	if (op->call < CALL_sem_init || op->call > CALL_pthread_join)
		return 0;
	if (t->op.sync && t->op.call == op->call)
		return t->op.sync;
	for (u32 i = world_syncs(s->world); i-- > 1;) {
		const struct w_sync *x = world_sync(s->world, i);

		if (!x || x->destroyed)
			continue;
		if (op->segment ? x->segment == op->segment && x->off == op->off
				: !x->segment && x->proc == t->proc && x->off == op->arg)
			return i;
	}
	return 0;
}

static void add_cell(const struct done *x)
{
	if (x->op->segment)
		words_cell(x->s, x->op->segment, x->op->off, x->op->size, x->out);
	else
		str_addf(x->out, "address 0x%llx", (unsigned long long)x->op->arg);
}

static void add_value(const struct done *x, u64 value)
{
	words_value(x->s, x->op->segment, x->op->off, (u32)x->op->size, value, x->out);
}

static void did_access(const struct done *x)
{
	const char *how = x->op->flags & EVF_ATOMIC ? " atomically" : "";

	if (x->op->size > 8) { /* the event bears no value of so many bytes */
		str_addf(x->out, "%s %s ", how,
			x->op->call == CALL_load    ? "loaded"
			: x->op->call == CALL_store ? "stored"
						    : "changed");
		add_cell(x);
		return;
	}
	if (x->op->call == CALL_load) {
		str_addf(x->out, "%s loaded ", how);
		add_value(x, x->e.arg);
		str_add(x->out, " from ");
		add_cell(x);
	} else if (x->op->call == CALL_store) {
		str_addf(x->out, "%s stored ", how);
		add_value(x, x->e.arg);
		str_add(x->out, " into ");
		add_cell(x);
		/* Short ones go on with " at a.c:3", plain ones with ", a.c line 3". */
		str_add(x->out, x->s->style == STYLE_PLAIN ? ", where " : " (was ");
		add_value(x, x->e.arg2);
		str_add(x->out, x->s->style == STYLE_PLAIN ? " was" : ")");
	} else {
		str_add(x->out, " changed ");
		add_cell(x);
		str_add(x->out, " from ");
		add_value(x, x->e.arg2);
		str_add(x->out, " to ");
		add_value(x, x->e.arg);
		str_add(x->out, " in one step");
	}
}

static void add_object(const struct done *x)
{
	words_sync_name(x->s, x->sync, x->out);
}

/* ", now 2" */
static void add_now(const struct done *x)
{
	const struct w_sync *o = world_sync(x->s->world, x->sync);

	if (o && o->value_sure)
		str_addf(x->out, x->s->style == STYLE_PLAIN ? ", now %lld" : " (now %lld)",
			(long long)o->value);
}

static void did_sem(const struct done *x)
{
	switch (x->op->call) {
	case CALL_sem_init:
	case CALL_sem_open:
		str_add(x->out, x->op->call == CALL_sem_init ? " made " : " opened ");
		add_object(x);
		add_now(x);
		return;
	case CALL_sem_wait:
	case CALL_sem_trywait:
	case CALL_sem_timedwait:
		str_add(x->out, " took one from ");
		add_object(x);
		add_now(x);
		return;
	case CALL_sem_post:
		str_add(x->out, " added one to ");
		add_object(x);
		add_now(x);
		return;
	case CALL_sem_getvalue:
		str_add(x->out, " asked for the value of ");
		add_object(x);
		str_addf(x->out, ": %llu", (unsigned long long)x->e.arg);
		return;
	case CALL_sem_unlink:
		str_add(x->out, " removed the name \"");
		words_name_of_op(x->s, x->op, x->out);
		str_add(x->out, "\"");
		return;
	default:
		str_add(x->out, x->op->call == CALL_sem_close ? " closed " : " destroyed ");
		add_object(x);
	}
}

/* What is said of a call: the words before and behind the object's name. */
static const struct {
	u16 call;
	const char *before, *after;
} deeds[] = {
	{CALL_pthread_mutex_init, " made ", ""},
	{CALL_pthread_mutex_destroy, " destroyed ", ""},
	{CALL_pthread_mutex_lock, " locked ", ""},
	{CALL_pthread_mutex_trylock, " locked ", ""},
	{CALL_pthread_mutex_timedlock, " locked ", ""},
	{CALL_pthread_mutex_unlock, " unlocked ", ""},
	{CALL_pthread_mutex_consistent, " made ", " consistent again"},
	{CALL_pthread_cond_init, " made ", ""},
	{CALL_pthread_cond_destroy, " destroyed ", ""},
	{CALL_pthread_cond_wait, " was woken from ", ", and holds the mutex again"},
	{CALL_pthread_cond_timedwait, " was woken from ", ", and holds the mutex again"},
	{CALL_pthread_cond_signal, " signalled ", ""},
	{CALL_pthread_cond_broadcast, " woke everybody who waits on ", ""},
	{CALL_pthread_barrier_init, " made ", ""},
	{CALL_pthread_barrier_destroy, " destroyed ", ""},
	{CALL_pthread_barrier_wait, " passed ", ""},
	{CALL_pthread_rwlock_init, " made ", ""},
	{CALL_pthread_rwlock_destroy, " destroyed ", ""},
	{CALL_pthread_rwlock_rdlock, " locked ", " for reading"},
	{CALL_pthread_rwlock_tryrdlock, " locked ", " for reading"},
	{CALL_pthread_rwlock_timedrdlock, " locked ", " for reading"},
	{CALL_pthread_rwlock_wrlock, " locked ", " for writing"},
	{CALL_pthread_rwlock_trywrlock, " locked ", " for writing"},
	{CALL_pthread_rwlock_timedwrlock, " locked ", " for writing"},
	{CALL_pthread_rwlock_unlock, " unlocked ", ""},
	{CALL_pthread_spin_init, " made ", ""},
	{CALL_pthread_spin_destroy, " destroyed ", ""},
	{CALL_pthread_spin_lock, " locked ", ""},
	{CALL_pthread_spin_trylock, " locked ", ""},
	{CALL_pthread_spin_unlock, " unlocked ", ""},
};

static bool did_pthread(const struct done *x)
{
	for (size_t i = 0; i < ARRAY_LEN(deeds); i++) {
		if (deeds[i].call != x->op->call)
			continue;
		str_add(x->out, deeds[i].before);
		add_object(x);
		str_add(x->out, deeds[i].after);
		return true;
	}
	return false;
}

static void add_segment(const struct done *x, u32 segment, const char *otherwise)
{
	const struct w_segment *seg = world_segment(x->s->world, segment);
	const char *title = seg ? world_text(x->s->world, seg->title) : "";
	char name[24];

	if (!seg || !seg->name) {
		str_add(x->out, otherwise);
		return;
	}
	str_add(x->out, world_segment_name(x->s->world, segment, name));
	if (title[0]) {
		str_add(x->out, " \"");
		str_add_escaped(x->out, title, strlen(title));
		str_add(x->out, "\"");
	}
}

static u32 segment_by_inode(const struct done *x, u64 ino, u64 dev)
{
	for (u32 i = world_segments(x->s->world); ino && i-- > 1;) {
		const struct w_segment *seg = world_segment(x->s->world, i);

		if (seg && seg->ino == ino && seg->dev == dev && !seg->gone)
			return i;
	}
	return 0;
}

static u32 segment_of_fd(const struct done *x, i32 number)
{
	const struct w_task *t = world_task(x->s->world, x->r->task);
	const struct w_fd *fd =
		t ? world_fd(x->s->world, world_fd_find(x->s->world, t->proc, number)) : NULL;
	const struct w_file *f = fd ? world_file(x->s->world, fd->file) : NULL;

	return f && f->kind == OBJ_SEGMENT ? f->object : 0;
}

/* True: said with its result; nothing to be added. */
static bool did_mapping(const struct done *x)
{
	const struct w_task *t = world_task(x->s->world, x->r->task);
	const struct w_map *map;

	switch (x->op->call) {
	case CALL_mmap:
		map = t ? world_map(x->s->world,
				  world_map_find(x->s->world, t->proc, (u64)x->e.ret))
			: NULL;
		str_add(x->out, " mapped ");
		add_segment(x, map ? map->segment : segment_by_inode(x, x->e.arg, x->e.arg2),
			"memory");
		str_addf(x->out, ", %llu bytes, shared, at 0x%llx", (unsigned long long)x->op->size,
			(unsigned long long)x->e.ret);
		return true;
	case CALL_munmap:
		str_addf(x->out, " unmapped %llu bytes", (unsigned long long)x->op->size);
		return true;
	case CALL_ftruncate:
		str_add(x->out, " made ");
		add_segment(x, segment_of_fd(x, x->op->fd), "the file");
		str_addf(x->out, " %llu bytes long", (unsigned long long)x->op->arg);
		return true;
	case CALL_memfd_create:
		str_add(x->out, " made ");
		add_segment(x, segment_of_fd(x, (i32)x->e.ret), "a memory file");
		str_addf(x->out, ", fd %lld", (long long)x->e.ret);
		return true;
	case CALL_unlink:
	case CALL_unlinkat:
		str_add(x->out, " removed the name ");
		words_name_of_op(x->s, x->op, x->out);
		return true;
	case CALL_open:
	case CALL_openat:
	case CALL_openat2:
		if (!segment_of_fd(x, (i32)x->e.ret))
			return false;
		str_add(x->out, " opened ");
		add_segment(x, segment_of_fd(x, (i32)x->e.ret), "");
		str_addf(x->out, ", fd %lld", (long long)x->e.ret);
		return true;
	default: return false;
	}
}

static bool did_join(const struct done *x)
{
	str_add(x->out, " has seen the end of ");
	for (u32 i = 1; i < world_tasks(x->s->world) && x->op->fd > 0; i++) {
		const struct w_task *t = world_task(x->s->world, i);

		if (t && t->tid == x->op->fd) {
			words_name(x->s, i, x->out);
			return true;
		}
	}
	str_add(x->out, "a thread");
	return true;
}

/* "P1's pthread_mutex_trylock(mutex1) failed at a.c:3: EBUSY, Device or resource busy." */
static void failed(const struct done *x)
{
	int error = (int)-x->e.ret;
	const char *name = strerrorname_np(error);

	str_add(x->out, "'s ");
	words_op(x->s, x->r->task, x->op, false, x->out);
	if (call_is_access(x->op->call)) {
		str_add(x->out, " did not happen");
		words_at(x->s, x->op->site, x->out);
		str_add(x->out, ".\n"); /* the signal that follows says why */
		return;
	}
	str_add(x->out, " failed");
	words_at(x->s, x->op->site, x->out);
	str_addf(x->out, ". Result %s: %s.\n", name ? name : "an error", strerror(error));
}

static bool is_pthread(u32 call)
{
	return call >= CALL_pthread_mutex_init && call <= CALL_pthread_join;
}

bool words_result_memory(
	const struct scene *s, const struct happening *h, const struct rec *r, struct str *out)
{
	struct done x = {.s = s, .op = &h->op, .r = r, .out = out};
	u32 call = h->op.call;
	bool said = true;

	memcpy(&x.e, rec_body(r), sizeof x.e);
	x.sync = sync_of_op(s, r->task, &h->op);
	if (x.e.ret == -EOWNERDEAD && is_pthread(call)) {
		str_add(out, " locked ");
		add_object(&x);
		words_at(s, h->op.site, out);
		str_add(out, ", left locked by a process that has ended. Result EOWNERDEAD.\n");
		return true;
	}
	if (x.e.ret < 0 && x.e.ret > -4096) {
		if (!call_is_access(call) && !is_pthread(call))
			return false;
		failed(&x);
		return true;
	}
	if (call_is_access(call))
		did_access(&x);
	else if (call >= CALL_sem_init && call <= CALL_sem_getvalue)
		did_sem(&x);
	else if (call == CALL_pthread_join)
		did_join(&x);
	else
		said = did_pthread(&x) || did_mapping(&x);
	if (!said)
		return false;
	words_at(s, h->op.site, out);
	str_add(out, ".\n");
	return true;
}
