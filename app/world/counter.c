/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * eventfd(2), signalfd(2), timerfd_create(2), pidfd_open(2), epoll(7): objects that only a descriptor leads to. Of an
 * eventfd the count is followed: a read takes all of it (or one), a write adds, both are intervals: op.lo and op.hi are
 * the least and the most it may have held since ENTER. A timerfd's clock and a signalfd's queue are the kernel's.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "world/private.h"

#define COUNT_MOST (UINT64_MAX - 1)
__extension__ typedef __int128 wide;

/* ---- the count of an eventfd ---- */

static wide value_get(const struct w_counter *c)
{
	return (wide)((unsigned __int128)c->value[1] << 64 | c->value[0]);
}

static void value_set(struct w_counter *c, wide v)
{
	c->value[0] = (u64)v;
	c->value[1] = (u64)((unsigned __int128)v >> 64);
}

static u64 clamp(wide v)
{
	return v < 0 ? 0 : v > (wide)COUNT_MOST ? COUNT_MOST : (u64)v;
}

u64 world_counter_value(const struct world *w, u32 counter, bool *sure)
{
	const struct w_counter *c = world_counter(w, counter);

	*sure = c && !c->unsure && !c->open_ops;
	return c ? clamp(value_get(c)) : 0;
}

static void touch(struct world *w, u32 counter)
{
	w->counter[counter].touched_seq = world_now(w);
	w->h->pub.last_object_kind = w->counter[counter].kind;
	w->h->pub.last_object = counter;
}

/* Each open operation sees what the others may have made of the count by now. */
static void widen(struct world *w, u32 counter)
{
	const struct w_counter *c = &w->counter[counter];

	for (u32 t = c->open_ops; t; t = w->task[t].op.flow_next) {
		struct w_op *op = &w->task[t].op;
		wide least = value_get(c), most = least;

		for (u32 o = c->open_ops; o; o = w->task[o].op.flow_next) {
			const struct w_op *other = &w->task[o].op;
			if (o == t)
				continue;
			if (other->role == ACCESS_WRITE)
				most += other->arg;
			else
				least -= c->semaphore ? 1 : (wide)COUNT_MOST;
		}
		if (c->unsure) {
			least = 0;
			most = COUNT_MOST;
		}
		if (clamp(least) < (u64)op->lo)
			op->lo = (i64)clamp(least);
		if (clamp(most) > (u64)op->hi)
			op->hi = (i64)clamp(most);
	}
}

static void range_restart(struct w_op *op)
{
	op->lo = (i64)UINT64_MAX;
	op->hi = 0;
}

static void count_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 counter = w->file[op->file].object;

	(void)ev;
	touch(w, counter);
	if (w->file[op->file].kind != OBJ_EVENTFD || op->size < 8)
		return;
	op->object = counter;
	if (op->call != CALL_read && op->call != CALL_write)
		w->counter[counter].unsure = 1; /* in a vector: how much is not told */
	range_restart(op);
	op->flow_next = w->counter[counter].open_ops;
	w->counter[counter].open_ops = task;
	widen(w, counter);
}

/* Off the list; 0: it was on none. */
static u32 leave(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u32 counter = op->object, *link = counter ? &w->counter[counter].open_ops : NULL;

	while (link && *link && *link != task)
		link = &w->task[*link].op.flow_next;
	if (!link || !*link)
		return 0;
	*link = op->flow_next;
	op->flow_next = op->object = 0;
	touch(w, counter);
	return counter;
}

static bool took(const struct w_counter *c, const struct w_op *op, u64 v)
{
	if (c->semaphore)
		return v == 1 && (u64)op->hi >= 1;
	return v >= (u64)op->lo && v <= (u64)op->hi && v > 0;
}

/* Is the result one that the count allows? */
static bool explained(struct world *w, struct w_counter *c, const struct w_op *op, const struct ev_exit *ev)
{
	bool nonblocking = w->file[op->file].was_nonblock;
	bool reads = op->role == ACCESS_READ;

	if (ev->ret == -EAGAIN)
		return nonblocking && (reads ? op->lo == 0 : (u64)op->hi + op->arg > COUNT_MOST || (u64)op->hi + op->arg < op->arg);
	if (ev->ret == -EFAULT && reads)
		c->unsure = 1; /* taken all the same, and then there was nowhere to put it */
	if (ev->ret != 8)
		return ev->ret < 0;
	if (op->call != CALL_read && op->call != CALL_write)
		return true;
	if (reads) {
		bool ok = took(c, op, ev->arg);
		value_set(c, value_get(c) - (wide)ev->arg);
		return ok;
	}
	value_set(c, value_get(c) + (wide)op->arg);
	return (wide)(u64)op->lo + (wide)op->arg <= (wide)COUNT_MOST;
}

/* By EXITs alone it may be below 0 while a write is open, never without. */
static bool account_holds(struct world *w, u32 counter)
{
	struct w_counter *c = &w->counter[counter];
	wide most = value_get(c);

	for (u32 t = c->open_ops; t; t = w->task[t].op.flow_next)
		most += w->task[t].op.role == ACCESS_WRITE ? (wide)w->task[t].op.arg : 0;
	if (most >= 0 && (c->open_ops || value_get(c) <= (wide)COUNT_MOST))
		return true;
	value_set(c, most < 0 ? value_get(c) - most : (wide)COUNT_MOST);
	return c->unsure;
}

static void count_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op op;
	u32 counter;
	char name[24];

	widen(w, w->task[task].op.object);
	op = w->task[task].op;
	counter = leave(w, task);
	if (!counter) {
		world_explain(w); /* a timerfd, a signalfd; or a size that is refused */
		return;
	}
	if ((explained(w, &w->counter[counter], &op, ev) && account_holds(w, counter)) || w->counter[counter].unsure)
		world_explain(w);
	else
		world_drift(w, "%s(%d) of task %u returned %lld at event %llu, but %s held %llu to %llu", call_name(op.call), op.fd,
			task, (long long)ev->ret, (unsigned long long)world_now(w),
			world_object_name(w, OBJ_EVENTFD, counter, name), (unsigned long long)op.lo, (unsigned long long)op.hi);
	account_holds(w, counter);
	widen(w, counter);
}

static void count_drop(struct world *w, u32 task)
{
	u32 counter = leave(w, task);

	if (!counter)
		return;
	w->counter[counter].unsure |= !w->task[task].op.asleep; /* it may have had its effect */
	widen(w, counter);
}

void counter_asleep(struct world *w, u32 task)
{
	w->task[task].op.asleep = 1;
}

/* ---- birth and end ---- */

static u32 counter_new(struct world *w, u32 creator, u32 kind, u64 id)
{
	u32 index = pool_take(w, POOL_COUNTER);
	struct w_counter *c = &w->counter[index];

	if (!index)
		return 0;
	c->kind = kind;
	c->id = id;
	c->creator = creator;
	c->nth = creator ? ++w->task[creator].made_objects[kind] : 0;
	c->name = ++w->h->pub.objects_named[kind];
	touch(w, index);
	return index;
}

static u32 counter_by_id(const struct world *w, u32 kind, u64 id)
{
	for (u32 i = w->h->use[POOL_COUNTER].n; i-- > 1;)
		if (w->counter[i].used && w->counter[i].kind == kind && w->counter[i].id == id)
			return i;
	return 0;
}

static u32 process_by_pid(const struct world *w, i32 pid)
{
	for (u32 i = w->h->use[POOL_PROC].n; i-- > 1;)
		if (w->proc[i].pid == pid)
			return w->proc[i].reaped ? 0 : i;
	return 0;
}

static const struct {
	u16 call, kind;
	u32 cloexec, nonblock;
} made_by[] = {
	{CALL_eventfd, OBJ_EVENTFD, 0, 0},
	{CALL_eventfd2, OBJ_EVENTFD, O_CLOEXEC, O_NONBLOCK},
	{CALL_signalfd, OBJ_SIGNALFD, 0, 0},
	{CALL_signalfd4, OBJ_SIGNALFD, O_CLOEXEC, O_NONBLOCK},
	{CALL_timerfd_create, OBJ_TIMERFD, O_CLOEXEC, O_NONBLOCK},
	{CALL_pidfd_open, OBJ_PIDFD, UINT32_MAX, O_NONBLOCK},
	{CALL_epoll_create, OBJ_EPOLL, 0, 0},
	{CALL_epoll_create1, OBJ_EPOLL, O_CLOEXEC, 0},
};

static void make_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	u32 i = 0, index, file;
	struct w_counter *c;

	if (ev->ret < 0 || ev->ret > INT32_MAX || !w->proc[w->task[task].proc].fdt)
		return;
	while (i < ARRAY_LEN(made_by) && made_by[i].call != op->call)
		i++;
	if (made_by[i].kind == OBJ_SIGNALFD && op->fd >= 0) { /* another mask for one that is there */
		index = call_find_fd(w, task, op->fd);
		if (index && w->file[w->fd[index].file].kind == OBJ_SIGNALFD)
			w->counter[w->file[w->fd[index].file].object].mask = op->size;
		world_explain(w);
		return;
	}
	result_make_room(w, task, (i32)ev->ret);
	index = counter_new(w, task, made_by[i].kind, ev->arg);
	if (!index)
		return;
	c = &w->counter[index];
	c->site = op->site;
	if (c->kind == OBJ_EVENTFD) {
		value_set(c, (wide)(u32)op->size);
		c->semaphore = op->call == CALL_eventfd2 && op->arg & EFD_SEMAPHORE;
	}
	c->mask = c->kind == OBJ_SIGNALFD ? op->size : 0;
	c->target = c->kind == OBJ_PIDFD ? process_by_pid(w, op->fd) : 0;
	file = file_new(w, c->kind, index, ACCESS_READ | ACCESS_WRITE, (u32)op->arg & made_by[i].nonblock);
	result_give_fd(w, task, (i32)ev->ret, file, FD_OPENED, made_by[i].cloexec == UINT32_MAX || op->arg & made_by[i].cloexec);
	world_explain(w);
}
const struct ipc_rule counter_rule_make = {.exit = make_exit};

u32 counter_adopt(struct world *w, const struct ev_observe *ev)
{
	static const u8 kinds[] = {OBJ_EVENTFD, OBJ_SIGNALFD, OBJ_TIMERFD, OBJ_PIDFD, OBJ_EPOLL, OBJ_FILE};
	u32 kind = kinds[ev->e - 7], index = counter_by_id(w, kind, ev->b);

	if (index && w->counter[index].file)
		return w->counter[index].file;
	index = index ? index : counter_new(w, 0, kind, ev->b);
	if (!index)
		return 0;
	w->counter[index].unsure = 1;
	if (kind == OBJ_FILE) /* which file: halves of it stand above the flags */
		w->counter[index].mask = ev->c >> 32 | (ev->d >> 32) << 32;
	return file_new(w, kind, index, ACCESS_READ | ACCESS_WRITE, (u32)ev->c);
}

static void file_added(struct world *w, u32 file)
{
	w->counter[w->file[file].object].file = file;
}

static void file_gone(struct world *w, u32 file)
{
	u32 counter = w->file[file].object;

	while (w->counter[counter].open_ops)
		leave(w, w->counter[counter].open_ops);
	for (u32 e = w->counter[counter].watch_first, next; e; e = next) {
		u32 *link = &w->file[w->watch[e].file].watched;
		next = w->watch[e].next;
		while (*link && *link != e)
			link = &w->watch[*link].of_file;
		if (*link)
			*link = w->watch[e].of_file;
		pool_give(w, POOL_WATCH, e);
	}
	if (w->h->pub.last_object == counter && w->h->pub.last_object_kind == w->counter[counter].kind)
		w->h->pub.last_object = w->h->pub.last_object_kind = 0;
	pool_give(w, POOL_COUNTER, counter);
}

static bool count_wait(const struct world *w, u32 task, struct ipc_wait *wait)
{
	const struct w_file *f = outlook_file(w, &w->task[task]);
	const struct w_counter *c = f ? world_counter(w, f->object) : NULL;

	if (!c || f->kind < OBJ_EVENTFD || f->kind > OBJ_EPOLL)
		return false;
	*wait = (struct ipc_wait){.reason = WHY_COUNTER, .kind = f->kind, .object = f->object, .timeout = TIME_NONE};
	wait->files = f->kind == OBJ_SIGNALFD ? 0 : c->file;
	wait->access = ACCESS_READ | ACCESS_WRITE;
	wait->open_ended = counter_outlook(w, task, f, call_class(w->task[task].op.call) == CLASS_READ) != OUTLOOK_BLOCKS;
	return true;
}

static enum outlook count_outlook(const struct world *w, u32 task)
{
	const struct w_file *f = outlook_file(w, &w->task[task]);

	return f ? counter_outlook(w, task, f, call_class(w->task[task].op.call) == CLASS_READ) : OUTLOOK_UNKNOWN;
}

static const struct ipc_rule count_rule = {.enter = count_enter, .exit = count_exit, .drop = count_drop, .outlook = count_outlook,
	.wait = count_wait};
const struct ipc_file_rule counter_file_rule = {.read = &count_rule, .write = &count_rule, .added = file_added, .gone = file_gone};

/* ---- timerfd_settime ---- */

static void set_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;

	(void)ev;
	op->file = call_hold_file(w, task, op->fd);
}

static void set_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	struct w_counter *c = op->file && w->file[op->file].kind == OBJ_TIMERFD ? &w->counter[w->file[op->file].object] : NULL;

	if (!c || ev->ret != 0)
		return;
	c->due_ns = op->arg;
	c->interval_ns = op->size;
	touch(w, w->file[op->file].object);
	world_explain(w);
}
const struct ipc_rule counter_rule_set = {.enter = set_enter, .exit = set_exit};

/* ---- the kernel was asked ---- */

void counter_observe(struct world *w, const struct ev_observe *ev)
{
	u32 counter = counter_by_id(w, OBJ_EVENTFD, ev->a);
	struct w_counter *c = &w->counter[counter];
	bool goes = false;

	if (!counter)
		return;
	for (u32 t = c->open_ops; t; t = w->task[t].op.flow_next)
		if (w->task[t].state != TASK_BLOCKED)
			return;
	if (!c->unsure && clamp(value_get(c)) != ev->c)
		world_drift(w, "eventfd%u holds %llu at event %llu, the world says %llu", c->name, (unsigned long long)ev->c,
			(unsigned long long)world_now(w), (unsigned long long)clamp(value_get(c)));
	value_set(c, (wide)ev->c);
	c->unsure = 0;
	for (u32 t = c->open_ops; t; t = w->task[t].op.flow_next) {
		struct w_op *op = &w->task[t].op;
		goes |= op->role == ACCESS_READ ? ev->c > 0 : (wide)ev->c + (wide)op->arg <= (wide)COUNT_MOST;
		range_restart(op);
	}
	if (goes)
		world_drift(w, "a task sleeps on eventfd%u at event %llu, which holds %llu", c->name,
			(unsigned long long)world_now(w), (unsigned long long)ev->c);
	widen(w, counter);
}

/* ---- what a read or write would do ---- */

enum outlook counter_outlook(const struct world *w, u32 task, const struct w_file *f, bool reads)
{
	const struct w_op *op = &w->task[task].op;
	u32 counter = f->object;
	const struct w_counter *c = &w->counter[counter];
	wide v = value_get(c);
	bool others = false;

	if (f->flags & O_NONBLOCK || op->size < 8 || f->kind == OBJ_PIDFD || f->kind == OBJ_EPOLL || (f->kind != OBJ_EVENTFD && !reads))
		return OUTLOOK_GOES;
	if (f->kind == OBJ_TIMERFD)
		return c->due_ns || c->unsure ? OUTLOOK_UNKNOWN : OUTLOOK_BLOCKS;
	if (f->kind == OBJ_SIGNALFD)
		return OUTLOOK_UNKNOWN;
	for (u32 t = c->open_ops; t; t = w->task[t].op.flow_next)
		others |= t != task && w->task[t].state != TASK_BLOCKED;
	if (c->unsure || others)
		return OUTLOOK_UNKNOWN;
	if (!reads && op->arg > COUNT_MOST)
		return OUTLOOK_GOES; /* EINVAL */
	return (reads ? v > 0 : v + (wide)op->arg <= (wide)COUNT_MOST) ? OUTLOOK_GOES : OUTLOOK_BLOCKS;
}

/* ---- identity, equality, invariants ---- */

void counter_identity(const struct world *w, u32 counter, struct str *out)
{
	static const char *const words[] = {
		[OBJ_EVENTFD] = "eventfd ", [OBJ_SIGNALFD] = "signalfd ", [OBJ_TIMERFD] = "timerfd ",
		[OBJ_PIDFD] = "pidfd ", [OBJ_EPOLL] = "epoll "};
	const struct w_counter *c = &w->counter[counter];

	if (c->kind < OBJ_EVENTFD || c->kind > OBJ_EPOLL)
		return;
	str_add(out, words[c->kind]);
	identity_made_by(w, c->creator, c->nth, out);
}

u32 counter_of_fd(const struct world *w, u32 task, i32 fd)
{
	u32 index = world_fd_find(w, w->task[task].proc, fd);
	const struct w_file *f = index ? &w->file[w->fd[index].file] : NULL;

	return f && f->kind >= OBJ_EVENTFD && f->kind <= OBJ_EPOLL ? f->object : 0;
}

static u32 watches(const struct world *w, u32 counter, u64 *sum)
{
	u32 n = 0;

	*sum = 0;
	for (u32 e = w->counter[counter].watch_first; e; e = w->watch[e].next, n++)
		*sum += hash64((u64)(u32)w->watch[e].fd, (u64[1]){w->watch[e].events}, 8);
	return n;
}

static bool is_like(const struct world *wa, u32 ia, const struct world *wb, u32 ib)
{
	const struct w_counter *a = &wa->counter[ia], *b = &wb->counter[ib];
	bool sure_a, sure_b;
	u64 va = world_counter_value(wa, ia, &sure_a), vb = world_counter_value(wb, ib, &sure_b), sa, sb;
	struct str pa = {0}, pb = {0};
	bool same;

	if (a->kind != b->kind || a->semaphore != b->semaphore || a->mask != b->mask || !a->due_ns != !b->due_ns ||
		a->interval_ns != b->interval_ns || (a->kind == OBJ_EVENTFD && sure_a && sure_b && va != vb) ||
		watches(wa, ia, &sa) != watches(wb, ib, &sb) || sa != sb || !a->target != !b->target)
		return false;
	if (!a->target)
		return true;
	world_task_identity(wa, wa->proc[a->target].task_first, &pa);
	world_task_identity(wb, wb->proc[b->target].task_first, &pb);
	same = strcmp(str_get(&pa), str_get(&pb)) == 0;
	str_finish(&pa);
	str_finish(&pb);
	return same;
}

static u32 counted(const struct world *w)
{
	u32 n = 0;

	for (u32 i = 1; i < world_counters(w); i++)
		n += w->counter[i].used && w->counter[i].creator;
	return n;
}

static u32 made_as(const struct world *w, u32 kind, u32 creator, u32 nth)
{
	for (u32 i = 1; i < world_counters(w); i++)
		if (w->counter[i].used && w->counter[i].kind == kind && w->counter[i].creator == creator && w->counter[i].nth == nth)
			return i;
	return 0;
}

/* What is adopted has no maker: it is not compared. */
bool counters_are_like(const struct world *a, const struct world *b, const u32 *task, struct str *where)
{
	u32 na = counted(a), nb = counted(b);
	char name[24];

	for (u32 i = 1; i < world_counters(a); i++) {
		const struct w_counter *c = &a->counter[i];
		u32 other = c->used && c->creator ? made_as(b, c->kind, task[c->creator], c->nth) : 0;

		if (!c->used || !c->creator || (other && is_like(a, i, b, other)))
			continue;
		if (where)
			str_addf(where, "%s %s", world_object_name(a, c->kind, i, name),
				other ? "is in another state" : "is in the one only");
		return false;
	}
	if (na != nb && where)
		str_addf(where, "there are %u event descriptors in the one, %u in the other", na, nb);
	return na == nb;
}

bool counter_holds(const struct world *w, u32 counter, struct str *where)
{
	const struct w_counter *c = &w->counter[counter];
	const struct w_file *f = &w->file[c->file];
	bool ok = c->file && f->used && f->kind == c->kind && f->object == counter;

	for (u32 t = c->open_ops; t && ok; t = w->task[t].op.flow_next)
		ok = c->kind == OBJ_EVENTFD && w->task[t].op.open && w->task[t].op.object == counter;
	for (u32 e = c->watch_first; e && ok; e = w->watch[e].next) {
		u32 of = w->watch[e].used && w->watch[e].file ? w->file[w->watch[e].file].watched : 0;
		while (of && of != e)
			of = w->watch[of].of_file;
		ok = c->kind == OBJ_EPOLL && w->watch[e].epoll == counter && of == e;
	}
	if (ok && (c->due_ns || c->interval_ns))
		ok = c->kind == OBJ_TIMERFD;
	if (!ok)
		str_addf(where, "counter %u is in a state that cannot be", counter);
	return ok;
}
