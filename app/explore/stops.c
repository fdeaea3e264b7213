/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each stop of a task means. */
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "explore/private.h"

void exec_fail(struct exec *x, const char *fmt, ...)
{
	struct str text = {0};
	va_list ap;

	if (x->err->code)
		return;
	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	err_set(x->err, EXIT_CANNOT_RUN, "%s", text.s);
	str_finish(&text);
}

u32 task_by_tid(const struct exec *x, pid_t tid)
{
	for (u32 t = x->tasks; t-- > 0;)
		if (x->task[t].tid == tid && x->task[t].standing != X_GONE)
			return t;
	return TASKS_MAX;
}

u32 task_add(struct exec *x, pid_t tid, u32 creator, bool thread)
{
	struct xtask *k;
	u32 t = x->tasks;

	if (t == TASKS_MAX) {
		exec_fail(x,
			"it makes more than %d processes and threads in one execution: explore "
			"follows no more",
			TASKS_MAX);
		lean_kill(tid);
		return TASKS_MAX;
	}
	k = &x->task[x->tasks++];
	*k = (struct xtask){.tid = tid, .tgid = tid, .standing = X_AT, .leads = !thread};
	x->alive++;
	k->identity = 1;
	if (creator < TASKS_MAX) {
		struct xtask *c = &x->task[creator];

		k->creator = creator + 1;
		if (thread) {
			k->tgid = c->tgid;
			k->space = c->space;
			for (u32 i = 0; i < x->tasks; i++)
				if (x->task[i].tgid == c->tgid && x->task[i].leads)
					k->nth = ++x->task[i].made_threads + 1;
			k->parent = c->parent;
		} else {
			k->nth = ++c->made_procs;
			for (u32 i = 0; i < x->tasks; i++)
				if (x->task[i].tgid == c->tgid && x->task[i].leads)
					k->parent = i + 1;
		}
		k->identity = mix(c->identity, (u64)k->nth << 1 | thread);
	}
	return t;
}

/* ---- notes ---- */

struct xstep *step_add(struct exec *x, u32 task)
{
	struct xtask *k = &x->task[task];
	struct xstep *s = vec_push(&x->steps);

	*s = (struct xstep){.task = (u8)task,
		.point = k->point,
		.by_time = x->first_by_time,
		.op = k->op,
		.nr = (i32)k->nr,
		.object = k->object,
		.of_file = k->point == POINT_CALL && k->of_file,
		.pc = k->pc,
		.enabled = x->now_enabled | (x->first_by_time ? 0 : BIT(task)),
		.timed = x->timed};
	x->first_by_time = false;
	if (x->page->until)
		x->page->until--;
	/* whose call would have blocked may try again */
	for (u32 t = 0; t < x->tasks; t++)
		if (t != task)
			x->task[t].tried = false;
	return s;
}

static void load_note(struct xtask *k, const struct hook_record *r)
{
	memmove(&k->load[1], &k->load[0], (LOADS_KEPT - 1) * sizeof *k->load);
	k->load[0] = (struct loaded){r->addr, r->value, r->size};
	if (k->loads < LOADS_KEPT)
		k->loads++;
}

void notes_take(struct exec *x, u32 task)
{
	struct xtask *k = &x->task[task];
	u32 n = x->page->n;

	if (x->page->task != task)
		return;
	for (u32 i = 0; i < n && i < HOOK_RECORDS; i++) {
		const struct hook_record *r = &x->page->records[i];
		struct xstep *s;

		if (r->op == HOOK_BARRIER_WAIT || r->op == HOOK_SEM_UNLINK)
			continue; /* a step of ours, when it came there */
		k->object = place_key(x, task, r->addr);
		k->pc = r->pc;
		k->nr = 0;
		k->op = r->op;
		s = step_add(x, task);
		s->point = r->how ? POINT_ACCESS : POINT_SYNC;
		s->how = (u8)r->how;
		s->size = (u16)(r->size > 0xffff ? 0xffff : r->size);
		s->value = r->value;
		s->addr = r->addr;
		if (!r->how || (r->how & 0xff) != HOOK_LOAD) {
			x->now_enabled |= sync_wakes(x, task, s);
			for (u32 t = 0; t < x->tasks; t++)
				x->task[t].forced = 0;
		}
		load_note(k, r);
	}
	x->page->n = 0;
}

/* ---- births ---- */

static bool was_early(struct exec *x, pid_t tid)
{
	for (size_t i = 0; i < x->early.n; i++)
		if (x->early.at[i] == tid) {
			x->early.at[i] = x->early.at[--x->early.n];
			return true;
		}
	return false;
}

static bool is_thread(const struct xtask *k, u64 *tls, bool *same_memory)
{
	u64 clone3[8] = {0}, flags = k->args[0];

	*tls = k->args[4];
	if (k->nr == SYS_clone3) {
		lean_peek(k->tid, k->args[0], clone3, sizeof clone3);
		flags = clone3[0];
		*tls = clone3[7];
	} else if (k->nr != SYS_clone) {
		flags = k->nr == SYS_vfork ? CLONE_VM : 0;
	}
	*same_memory = flags & CLONE_VM;
	return flags & CLONE_THREAD;
}

static void made(struct exec *x, u32 maker, const struct lean_stop *s)
{
	struct xtask *k = &x->task[maker], *c;
	bool same_memory, thread;
	struct lean_stop b;
	u64 tls;
	u32 t;

	thread = is_thread(k, &tls, &same_memory);
	t = task_add(x, s->child, maker, thread);
	if (t == TASKS_MAX)
		return;
	c = &x->task[t];
	c->tls = thread ? tls : k->tls;
	x->now_enabled |= BIT(t);
	signal_inherit(x, t);
	c->born = was_early(x, s->child);
	c->space = same_memory ? k->space : space_new(x, k->space + 1);
	for (u32 waits = 0; !c->born && c->standing != X_GONE && waits < 500;) {
		u32 other;

		lean_next(true, &b);
		waits += b.kind == LEAN_NONE;
		if (b.kind == LEAN_NONE)
			continue;
		if (b.kind == LEAN_NOBODY)
			break;
		if (b.tid == c->tid && b.kind == LEAN_BORN)
			c->born = true;
		else if (!stop_take(x, &b, &other) && other < TASKS_MAX &&
			 x->task[other].standing != X_GONE)
			exec_resume_until_point(x, other, true);
	}
	if (s->vfork)
		k->standing = X_VFORK;
}

/* The one whose vfork child is this goes on. */
static void vfork_over(struct exec *x, u32 child)
{
	for (u32 t = 0; t < x->tasks; t++)
		if (x->task[t].standing == X_VFORK && x->task[child].creator == t + 1) {
			x->task[t].standing = X_AT;
			x->task[t].point = POINT_NONE;
		}
}

/* ---- ends ---- */

/* All threads of a process end with the signal that ends it: the one that it came to. */
static u32 struck(const struct exec *x, u32 task)
{
	for (u32 t = 0; t < x->tasks; t++)
		if (x->task[t].tgid == x->task[task].tgid && x->task[t].struck)
			return t;
	return task;
}

static void ended(struct exec *x, u32 task, int status)
{
	struct xtask *k = &x->task[task];

	notes_take(x, task);
	if (k->standing != X_GONE)
		x->alive--;
	k->standing = X_GONE;
	k->status = status;
	vfork_over(x, task);
	for (u32 t = 0; t < x->tasks; t++) /* a call that was tried: a wait, a read */
		x->task[t].tried = false;
	if (explore_is_crash(status) && !x->verdict) {
		x->verdict = EXPLORE_CRASH;
		x->culprit = struck(x, task);
	}
	if (task == 0) {
		x->root_status = status;
		x->root_ended = true;
	}
}

static void execed(struct exec *x, u32 task)
{
	struct xtask *k = &x->task[task];

	k->space = space_new(x, 0);
	k->execed = true;
	vfork_over(x, task);
	for (u32 t = 0; t < x->tasks; t++)
		if (t != task && x->task[t].tgid == k->tgid && x->task[t].standing != X_GONE) {
			x->task[t].standing = X_GONE;
			x->alive--;
		}
	k->point = POINT_NONE;
}

/* ---- our runtime ---- */

static bool hook_take(struct exec *x, u32 task, const struct lean_stop *s)
{
	struct xtask *k = &x->task[task];

	x->hooked = true;
	switch (s->args[0]) {
	case HOOK_ASK:
		lean_answer(
			k->tid, HOOK_HERE | HOOK_EXPLORE | (x->opt->threads ? HOOK_THREADS : 0));
		break;
	case HOOK_PAGE:
		if (s->args[1])
			exec_fail(x,
				"the program cannot open the page that explore shares with it "
				"(/proc/%d/fd/%d: %s)",
				(int)getpid(), x->page_fd, strerror((int)s->args[1]));
		lean_answer(k->tid, (long)getpid() << 32 | x->page_fd);
		break;
	case HOOK_ACCESS:
		k->point = POINT_ACCESS;
		k->op = 0;
		k->addr = s->args[1];
		k->op_size = (u16)(s->args[2] > 0xffff ? 0xffff : s->args[2]);
		k->second = s->args[3];
		k->pc = s->args[4];
		k->object = place_key(x, task, k->addr);
		k->period = x->page->period;
		return true;
	case HOOK_BEGIN:
	case HOOK_PARK:
	case HOOK_END:
		if (sync_take(x, task, s->args)) {
			k->period = s->args[0] == HOOK_BEGIN ? x->page->period : 0;
			if (k->period && k->point == POINT_SYNC && k->op != HOOK_SEM_TRYWAIT &&
				k->op != HOOK_SEM_GETVALUE && k->op != HOOK_MUTEX_TRYLOCK &&
				k->op != HOOK_SPIN_TRYLOCK)
				k->period = 0;
			return true;
		}
		break;
	case HOOK_MAPPED:
		if (s->args[3])
			place_add(x, task, s->args[1], s->args[2], mix(0x5135, k->shm_id));
		break;
	default: break;
	}
	lean_go(k->tid, false, 0);
	return false;
}

bool stop_take(struct exec *x, const struct lean_stop *s, u32 *task)
{
	u32 t = *task = task_by_tid(x, s->tid);
	struct xtask *k = &x->task[t];

	x->stops++;
	if (t == TASKS_MAX) {
		if (s->kind == LEAN_BORN)
			*vec_push(&x->early) = s->tid;
		else if (s->kind != LEAN_END && s->tid != x->server)
			lean_go(s->tid, false, 0);
		return true;
	}
	if (s->kind != LEAN_END)
		notes_take(x, t);
	if (k->standing == X_INSIDE)
		k->standing = X_AT;
	switch (s->kind) {
	case LEAN_CALL:
		k->awaiting = false;
		if (s->nr == HOOK_CALL)
			return hook_take(x, t, s);
		k->nr = s->nr;
		memcpy(k->args, s->args, sizeof k->args);
		return call_take(x, t);
	case LEAN_RESULT: return call_result(x, t, s->result);
	case LEAN_MADE:
		made(x, t, s);
		if (k->standing == X_AT)
			lean_go(k->tid, false, 0);
		return k->standing != X_AT;
	case LEAN_EXEC:
		execed(x, t);
		lean_go(k->tid, false, 0);
		return false;
	case LEAN_SIGNAL:
		k->struck = explore_is_crash(s->sig); /* as a status: ended by it */
		lean_go(k->tid, k->awaiting, s->sig);
		return false;
	case LEAN_BORN: k->born = true; return true;
	case LEAN_END: ended(x, t, s->status); return true;
	default: lean_go(k->tid, k->awaiting, 0); return false;
	}
}
