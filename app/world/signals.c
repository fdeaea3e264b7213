/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signals: dispositions (a process's, known from its exec on), timers that will send one, who waits for one, and whether a
 * signal that was sent had somebody to be sent to. What is pending and blocked stays the kernel's.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/time.h>

#include "world/private.h"

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ull
#endif
#define SIGNALS 64
#define TIMER_BITS 0xfffffe00u /* w_proc.timers: timer_create */

static u64 bit(i32 sig)
{
	return sig >= 1 && sig <= SIGNALS ? 1ull << (sig - 1) : 0;
}

/* ---- dispositions ---- */

void signals_exec(struct world *w, u32 proc)
{
	struct w_proc *p = &w->proc[proc];

	p->sig_caught = p->sig_once = 0; /* what is ignored stays so, signal(7) */
	p->sig_known = 1;
	p->timers &= 0x107; /* those of timer_create go */
	p->timers_once = 0;
}

void signals_fork(struct world *w, u32 from_task, u32 proc)
{
	const struct w_proc *from = &w->proc[w->task[from_task].proc];
	struct w_proc *p = &w->proc[proc];
	u64 flags = call_class(w->task[from_task].op.call) == CLASS_FORK ? w->task[from_task].op.arg : 0;

	p->sig_ignored = from->sig_ignored;
	p->sig_caught = flags & CLONE_CLEAR_SIGHAND ? 0 : from->sig_caught;
	p->sig_once = flags & CLONE_CLEAR_SIGHAND ? 0 : from->sig_once;
	p->sig_known = from->sig_known;
	if (flags & CLONE_SIGHAND) /* a table in common: what one sets the other has */
		p->sig_known = w->proc[w->task[from_task].proc].sig_known = 0;
}

static u32 posix_timer_bit(i32 id)
{
	return id >= 0 && id < 23 ? 1u << (9 + id) : 8u;
}

/* As the kernel has them. A timer may have been set before we came: whoever has a handler for SIGALRM may be woken. */
void signals_attached(struct world *w, u32 proc, const struct ev_observe *ev)
{
	struct w_proc *p = &w->proc[proc];

	p->sig_caught = ev->c;
	p->sig_ignored = ev->d;
	p->sig_once = 0;
	p->sig_known = 1;
	p->attached = 1;
	if (ev->c & bit(SIGALRM))
		p->timers |= 0x101;
	if (ev->a)
		p->timers |= posix_timer_bit(-1);
	p->timers_unsure = p->timers & (1u | posix_timer_bit(-1));
}

static void action_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	struct w_proc *p = &w->proc[w->task[task].proc];
	u64 b = bit(op->fd);

	if (ev->ret == -EINVAL && b && op->fd != SIGKILL && op->fd != SIGSTOP)
		return; /* a size of mask that is none, nothing changed */
	if (ev->ret != 0)
		return;
	p->sig_ignored &= ~b;
	p->sig_caught &= ~b;
	p->sig_once &= ~b;
	if (op->arg == 1)
		p->sig_ignored |= b;
	if (op->arg == 2)
		p->sig_caught |= b;
	if (op->arg == 2 && op->size & (u32)SA_RESETHAND)
		p->sig_once |= b;
	world_explain(w);
}
const struct ipc_rule signal_rule_action = {.exit = action_exit};

static bool is_being_set(const struct world *w, u32 proc, i32 sig)
{
	for (u32 t = w->proc[proc].task_first; t; t = w->task[t].proc_next)
		if (w->task[t].op.open && w->task[t].op.call == CALL_rt_sigaction && w->task[t].op.fd == sig)
			return true;
	return false;
}

/* Which one is not told: sure when only one can be meant. */
static void posix_timer_rang(struct w_proc *p)
{
	u32 set = p->timers & (TIMER_BITS | 8);

	if (set && !(set & (set - 1)) && set & p->timers_once)
		p->timers &= ~set;
}

void signal_delivered(struct world *w, u32 task, const struct ev_signal *ev)
{
	u32 proc = w->task[task].proc;
	struct w_proc *p = &w->proc[proc];
	u64 b = bit(ev->sig);

	if (p->sig_known && !is_being_set(w, proc, ev->sig)) {
		if (!(p->sig_caught & b) == !ev->handled)
			world_explain(w);
		else
			world_drift(w, "signal %d reaches P%u at event %llu, whose handler for it is %s", ev->sig, p->name,
				(unsigned long long)world_now(w), p->sig_caught & b ? "there" : "not there");
	}
	if (ev->handled && p->sig_once & b) {
		p->sig_caught &= ~b;
		p->sig_once &= ~b;
	}
	if (ev->sig == SIGALRM && !(p->timers & 0x100) && ev->code != SI_TIMER)
		p->timers &= ~1u; /* rang, and does not ring again */
	if (ev->code == SI_TIMER)
		posix_timer_rang(p);
}

/* ---- timers ---- */

void signals_injected(struct world *w, u32 task, const struct ev_inject *ev)
{
	struct w_proc *p = &w->proc[w->task[task].proc];

	if (ev->what == INJ_ALARM_HELD)
		p->alarm_ns = ev->a;
	else if (ev->what == INJ_ALARM && !(p->timers & 0x100))
		p->alarm_ns = 0;
}

u64 world_alarm(const struct world *w, u32 task)
{
	const struct w_task *t = world_task(w, task);
	const struct w_proc *p = t ? &w->proc[t->proc] : NULL;

	if (!p || !p->alarm_ns || p->ended)
		return TIME_NONE;
	for (u32 k = p->task_first; k; k = w->task[k].proc_next) /* newest first */
		if (k < task && task_lives(w, k))
			return TIME_NONE;
	return task_lives(w, task) ? p->alarm_ns : TIME_NONE;
}

static u32 clocks_of(const struct w_proc *p)
{
	u32 clocks = p->timers & ~0x106u; /* nobody who sleeps uses up the time of the other two */

	return p->sig_known && p->sig_ignored & bit(SIGALRM) ? clocks & ~1u : clocks;
}

bool signals_timer_pending(const struct world *w, u32 proc)
{
	return clocks_of(&w->proc[proc]) != 0;
}

bool signals_timer_seen(const struct world *w, u32 proc)
{
	return (clocks_of(&w->proc[proc]) & ~w->proc[proc].timers_unsure) != 0;
}

static void posix_timer_set(struct w_proc *p, const struct w_op *op)
{
	u32 b = posix_timer_bit(op->fd);

	if (op->arg)
		p->timers |= b;
	else if (b != 8)
		p->timers &= ~b;
	p->timers_once = op->arg && !op->size && b != 8 ? p->timers_once | b : p->timers_once & ~b;
}

static void timer_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	struct w_proc *p = &w->proc[w->task[task].proc];
	u32 which = op->call == CALL_setitimer && op->fd > 0 && op->fd < 3 ? (u32)op->fd : 0;

	if (ev->ret < 0)
		return;
	world_explain(w);
	if (op->call == CALL_timer_create)
		return; /* not set yet */
	if (op->call == CALL_timer_settime) {
		posix_timer_set(p, op);
		return;
	}
	if (op->call == CALL_timer_delete) {
		p->timers &= ~(posix_timer_bit(op->fd) & TIMER_BITS);
		return;
	}
	if (op->arg)
		p->timers |= 1u << which;
	else
		p->timers &= ~(1u << which);
	p->timers_unsure &= ~(1u << which);
	if (which == 0)
		p->timers = (p->timers & ~0x100u) | (op->arg && op->size ? 0x100 : 0);
}
const struct ipc_rule signal_rule_timer = {.exit = timer_exit};

/* ---- sending ---- */

static u32 process_by_pid(const struct world *w, i32 pid)
{
	for (u32 i = w->h->use[POOL_PROC].n; pid > 0 && i-- > 1;)
		if (w->proc[i].pid == pid)
			return i;
	return 0;
}

static void send_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	u32 proc = op->call == CALL_kill || op->call == CALL_rt_sigqueueinfo ? process_by_pid(w, op->fd) : 0;
	const struct w_proc *p = &w->proc[proc];

	if (!proc || ev->ret != -ESRCH || p->ended || p->ending >= p->tasks || p->born_seq > op->seq) {
		world_explain(w);
		return;
	}
	world_drift(w, "%s of task %u found no process %d at event %llu, but P%u lives", call_name(op->call), task, op->fd,
		(unsigned long long)world_now(w), p->name);
}
const struct ipc_rule signal_rule_send = {.exit = send_exit};

/* ---- waiting ---- */

static void wait_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	bool ok;

	if (op->call == CALL_rt_sigtimedwait)
		ok = ev->ret > 0 ? (op->size & bit((i32)ev->ret)) != 0 : ev->ret < 0 && (ev->ret != -EAGAIN || op->arg != TIME_NONE);
	else
		ok = ev->ret < 0;
	if (ok)
		world_explain(w);
	else
		world_drift(w, "%s of task %u returned %lld at event %llu", call_name(op->call), task, (long long)ev->ret,
			(unsigned long long)world_now(w));
}

/* It ran before we came, and none of its kin is watched: whoever is to signal it is outside. */
static bool is_signalled_from_outside(const struct world *w, u32 proc)
{
	const struct w_proc *p = &w->proc[proc];

	if (!p->attached || (p->parent && !w->proc[p->parent].ended))
		return false;
	for (u32 c = p->child_first; c; c = w->proc[c].sibling)
		if (!w->proc[c].ended)
			return false;
	return true;
}

static bool wait_wait(const struct world *w, u32 task, struct ipc_wait *wait)
{
	const struct w_op *op = &w->task[task].op;

	*wait = (struct ipc_wait){.reason = WHY_SIGNAL, .timeout = op->call == CALL_rt_sigtimedwait ? op->arg : TIME_NONE};
	wait->open_ended = wait->timeout != TIME_NONE || signals_timer_pending(w, w->task[task].proc);
	wait->anybody = true; /* any process may send one */
	wait->outside = is_signalled_from_outside(w, w->task[task].proc);
	wait->open_ended |= wait->outside;
	return true;
}

static enum outlook wait_outlook(const struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;

	if (op->call != CALL_rt_sigtimedwait)
		return OUTLOOK_BLOCKS;
	return op->arg == 0 ? OUTLOOK_GOES : OUTLOOK_UNKNOWN; /* one may be pending */
}
const struct ipc_rule signal_rule_wait = {.exit = wait_exit, .outlook = wait_outlook, .wait = wait_wait};
