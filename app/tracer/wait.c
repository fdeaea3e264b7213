/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The next stop: waitpid, and what kind of stop a status is (ptrace(2); security.md 2, rules 1-9). */
#include <errno.h>
#include <sched.h>
#include <time.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "tracer/private.h"

static bool is_group_stop(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

/* What begins again is another operation. A log that fails fails at the next record, too. */
static void call_ends_here(struct tracer *t, struct tracee *x)
{
	struct ev_exit out = {.ret = x->pending_ret, .fd = -1, .fd2 = -1};
	struct err ignored;

	x->in_call = x->restarting = false;
	if (x->entry.logged)
		emit_exit(t, x, &out, EVF_RESTART, &ignored);
}

/* A seccomp stop: an operation, or a call of no interest that goes on at once. */
enum stop_kind wait_entry(struct tracer *t, struct tracee *x)
{
	u64 ip;

	if (x->frame_due)
		attach_handler_frame(t, x);
	if (x->in_call && x->restarting && fifo_leads_elsewhere(x))
		call_ends_here(t, x);
	if (x->in_call && x->restarting) {
		/* The same call again (restart_syscall, or its own number): one operation. */
		x->restarting = false;
		x->holding = IS_INSIDE;
		tracee_go(x, PTRACE_SYSCALL, 0);
		return STOP_NONE;
	}
	if (!arch_read_call(x->tid, &x->call_nr, x->args, &ip))
		return STOP_NONE; /* killed: its end follows */
	if (x->call_nr == ARCH_CALL_RESTART)
		x->call_nr = x->restart_nr && x->restart_nr != ARCH_CALL_RESTART ? x->restart_nr : asleep_restarted(x->tid, x->args);
	x->restart_nr = 0;
	if (x->call_nr == HOOK_CALL && x->space)
		return hooked_stop(t, x, ip);
	x->read_at = t->takes;
	if (inject_is_user(t, x->call_nr))
		return STOP_EVENT;
	if (!x->exec_done || (x->attached && !filter_stops(x->call_nr, x->args)) || !decode_entry(t, x, &x->entry)) {
		x->holding = told_open(x) ? IS_INSIDE : IS_RUNNING;
		tracee_go(x, relock_watches(t, x) ? PTRACE_SYSCALL : PTRACE_CONT, 0);
		return STOP_NONE;
	}
	return STOP_ENTRY;
}

static enum stop_kind event_stop(struct tracer *t, struct tracee *x, int sig)
{
	switch (x->event) {
	case PTRACE_EVENT_SECCOMP:
		return wait_entry(t, x);
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
	case PTRACE_EVENT_EXEC:
		ptrace(PTRACE_GETEVENTMSG, x->tid, NULL, &x->msg);
		return STOP_EVENT;
	case PTRACE_EVENT_EXIT:
		ptrace(PTRACE_GETEVENTMSG, x->tid, NULL, &x->msg);
		x->ended = true;
		return STOP_ENDING;
	case PTRACE_EVENT_STOP:
		if (!x->born_seen) {
			x->born_seen = true;
			return x->attached && is_group_stop(sig) ? STOP_GROUP : STOP_BORN;
		}
		return is_group_stop(sig) ? STOP_GROUP : STOP_EVENT;
	default:
		return STOP_EVENT;
	}
}

static enum stop_kind stopped(struct tracer *t, struct tracee *x, int status)
{
	int sig = WSTOPSIG(status);

	x->holding = IS_STOPPED;
	x->status = status;
	x->event = status >> 16;
	x->msg = 0;
	x->hook = 0;
	if (sig == (SIGTRAP | 0x80) && x->attached)
		return attached_call_stop(t, x);
	if (sig == (SIGTRAP | 0x80) && relock_watches(t, x))
		return relock_stop(x);
	if (sig == (SIGTRAP | 0x80))
		return x->in_call ? STOP_EXIT : STOP_EVENT;
	if (x->event)
		return event_stop(t, x, sig);
	if (sig == SIGTRAP && x->stepping)
		return STOP_EVENT; /* at a handler's first instruction */
	if ((sig == SIGSEGV || sig == SIGBUS) && hooked_fault(x))
		return STOP_NONE;
	x->sig = sig;
	return STOP_SIGNAL;
}

/* A status of a task nobody announced: its creator's event comes later. */
static struct tracee *early_task(struct tracer *t, pid_t tid)
{
	struct tracee *x = tracee_add(t, tid);

	x->tgid = tid;
	t->early = true;
	return x;
}

static enum stop_kind waited(struct tracer *t, struct tracee *x, int status)
{
	enum stop_kind kind;

	if (!WIFSTOPPED(status)) {
		x->status = status;
		x->holding = IS_GONE;
		x->stop = STOP_GONE;
		t->early |= !x->spawned;
		return x->spawned ? STOP_GONE : STOP_NONE;
	}
	kind = stopped(t, x, status);
	if (kind != STOP_NONE)
		x->stop = kind;
	return x->spawned ? kind : STOP_NONE; /* an early one waits for its SPAWN */
}

/* waitpid(-1) looks at every tracee, before it sleeps and when it wakes: 45 ns each. Where there are many, the one
 * that was let go last, which is likely to stop next, is asked for by its number a few times first; not for ever,
 * so that the others get their turn, and ever more seldom where it was in vain. True: it has stopped, and nothing is collected. */
static bool hinted(struct tracer *t)
{
	enum { MANY = 24, TRIES = 24, IN_A_ROW = 32 };
	siginfo_t info;

	if (t->alive < MANY || t->hint <= 0 || t->hint_rest) {
		t->hint_rest -= t->hint_rest > 0;
		return false;
	}
	if (t->hint_n++ >= IN_A_ROW) {
		t->hint_n = 0;
		return false;
	}
	for (int i = 0; i < TRIES; i++) {
		info.si_pid = 0;
		if (waitid(P_PID, (id_t)t->hint, &info, WEXITED | WSTOPPED | WNOWAIT | WNOHANG | __WALL) < 0)
			break;
		if (info.si_pid) {
			t->hint_vain = 0;
			return true;
		}
		sched_yield();
	}
	t->hint_n = 0;
	t->hint_vain = t->hint_vain < 128 ? 2 * t->hint_vain + 1 : t->hint_vain;
	t->hint_rest = t->hint_vain;
	return false;
}

/* As waitpid. Of a task that was attached to, a signal stop is not collected when it is first told of: were
 * we killed then, the kernel would drop the signal, for collecting takes it out of the task. */
static pid_t next_status(struct tracer *t, int *status, bool block)
{
	int hang = block ? 0 : WNOHANG;

	while (t->attached) {
		siginfo_t info = {0};
		struct tracee *x;
		int what;
		if (block && hinted(t) ? waitid(P_PID, (id_t)t->hint, &info, WEXITED | WSTOPPED | WNOWAIT | __WALL | WNOHANG) < 0
				       : waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOWAIT | __WALL | hang) < 0)
			return -1;
		if (!info.si_pid)
			return 0;
		what = info.si_status;
		x = tracee_by_tid(t, info.si_pid);
		if (x && x->attached && x->spawned && !x->uncollected && info.si_code == CLD_TRAPPED && what < 0x80) {
			x->uncollected = true;
			*status = what << 8 | 0x7f;
			return info.si_pid;
		}
		if (waitpid(info.si_pid, status, __WALL | WNOHANG) <= 0)
			continue;
		if (x && x->uncollected && WIFSTOPPED(*status) && *status >> 8 < 0x80) {
			x->uncollected = false; /* the one that was told of before */
			continue;
		}
		return info.si_pid;
	}
	return waitpid(block && hinted(t) ? t->hint : -1, status, __WALL | hang);
}

/* Two that wake each other without end, the tracer and one who stops again and again, can keep a third on their core from
 * ever running (seen on Linux 6.18: for 10 s; the scheduler prefers who was woken last, and sched_yield does not change
 * that). Our own bell is such a third: so a moment is slept now and then, while those who stopped wait. */
static void let_others_run(struct tracer *t)
{
	enum { EVERY_NS = 8000000 };
	u64 now = clock_ns();

	if (now - t->rested_ns < EVERY_NS)
		return;
	nanosleep(&(struct timespec){0, 1}, NULL);
	t->rested_ns = now;
}

/* waitpid(-1) prefers the youngest. One that stops again and again (it spins on a cell whose accesses are told) would keep the
 * older ones, and the bell, from ever being heard: so of every so many stops all that are there are collected at
 * once, and have their turn, before anybody is let go on. */
static pid_t next_in_turn(struct tracer *t, int *status, bool block)
{
	enum { TURNS = 64 };
	struct collected c;

	if (!t->opt.held && ++t->turns >= TURNS && t->turn_next == t->turn.n) {
		t->turns = 0;
		t->turn.n = t->turn_next = 0;
		while (!t->attached && (c.tid = next_status(t, &c.status, false)) > 0)
			*vec_push(&t->turn) = c;
		let_others_run(t);
	}
	if (t->turn_next == t->turn.n)
		return next_status(t, status, block);
	c = t->turn.at[t->turn_next++];
	*status = c.status;
	return c.tid;
}

bool tracer_next(struct tracer *t, bool block, struct stop *stop, struct err *err)
{
	for (;;) {
		int status;
		struct tracee *x;
		pid_t tid;

		*stop = (struct stop){STOP_NONE, 0};
		if (t->early && !adopt_orphans(t, t->orphan_maker, err))
			return false;
		if (t->ready.n) { /* a newborn that came before its creator's event */
			u32 task = t->ready.at[--t->ready.n];
			x = tracee_by_task(t, task);
			if (!x || (x->holding != IS_STOPPED && x->holding != IS_GONE))
				continue;
			*stop = (struct stop){x->stop, task};
			return true;
		}
		if (t->parked_n)
			parked_look(t, !t->opt.held);
		if (t->unmet_n)
			attach_meet_rest(t);
		tid = next_in_turn(t, &status, block);
		if (tid < 0 && errno == ECHILD)
			stop->kind = STOP_ALL_GONE;
		if (tid <= 0)
			return true;
		if (tid == t->bell) {
			if (!WIFSTOPPED(status))
				continue; /* somebody killed it: we can no longer be woken, but by stops */
			ptrace(PTRACE_CONT, tid, NULL, NULL);
			if (status >> 16 == PTRACE_EVENT_STOP)
				continue;
			stop->kind = STOP_BELL;
			return true;
		}
		x = tracee_by_tid(t, tid);
		if (!x && asker_ended(t, tid))
			continue;
		t->stops++;
		t->hint = tid;
		if (!x)
			x = early_task(t, tid);
		stop->kind = waited(t, x, status);
		if (stop->kind == STOP_NONE)
			continue;
		stop->task = x->task;
		return true;
	}
}
