/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tracer_resume: a taken task goes on. And time: when tasks are held, a timed call is made endless
 * by its registers alone, and its time-out passes only when that is chosen (ENGINE.md "Time"). */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/private.h"

void time_make_endless(struct tracee *x)
{
	const struct timed *w = &x->entry.timed;
	arch_regs regs;

	if (w->kind == TIMED_NOT || w->kind == TIMED_SOCKET || x->attached || !arch_get_regs(x->tid, &regs))
		return;
	if (w->kind == TIMED_SLEEP)
		arch_set_call(&regs, ARCH_CALL_PAUSE);
	else
		arch_set_arg(&regs, w->arg, w->kind == TIMED_POLL_MS ? (u64)-1 : 0);
	x->altered = arch_set_regs(x->tid, &regs);
}

/* The argument registers as the program set them: the kernel keeps them over a call. */
void time_put_back(struct tracee *x)
{
	arch_regs regs;

	if (!x->altered || !arch_get_regs(x->tid, &regs))
		return;
	for (int i = 0; i < 6; i++)
		arch_set_arg(&regs, i, x->args[i]);
	arch_set_regs(x->tid, &regs);
	x->altered = false;
}

/* select and ppoll write the rest of the time back (select(2), "Linux notes"): none when it passed. */
static void write_back_rest(struct tracee *x)
{
	static const u64 zero[2];

	if (x->entry.timed.in_out && x->args[x->entry.timed.arg])
		memory_write(x->tid, x->args[x->entry.timed.arg], zero, sizeof zero);
}

bool finish_call(struct tracer *t, struct tracee *x, i64 ret, u32 passed, struct err *err)
{
	struct ev_exit out;
	arch_regs regs;

	if (x->carried) /* one write in two parts; an error of the second is not seen, write(2) */
		ret = (i64)x->carried + (ret > 0 ? ret : 0);
	if ((passed || x->altered || x->untraced_flag) && arch_get_regs(x->tid, &regs)) {
		for (int i = 0; i < 6; i++)
			arch_set_arg(&regs, i, x->args[i]);
		if (x->untraced_flag && x->entry.call == CALL_clone)
			arch_set_arg(&regs, 0, x->entry.arg);
		if (passed) {
			arch_set_result(&regs, ret);
			arch_set_call(&regs, -1); /* no restart */
			write_back_rest(x);
		}
		if (x->carried)
			arch_set_result(&regs, ret);
		arch_set_regs(x->tid, &regs);
	}
	x->altered = x->passing = x->untraced_flag = x->in_call = x->restarting = x->vfork_parent = false;
	x->carried = 0;
	limit_put_back(t, x, false);
	fdmap_touch(t, x->fds, x->entry.fd);
	fdmap_touch(t, x->fds, x->entry.fd2);
	x->cut_short = ret > 0 && (u64)ret < x->entry.size;
	decode_exit(t, x, ret, &out);
	if (!x->entry.logged)
		return true;
	return emit_exit(t, x, &out, read_cut_flag(x, ret), err) && socket_exited(t, x, ret, err);
}

static bool resume_entry(struct tracer *t, struct tracee *x, struct err *err)
{
	bool stale = t->takes != x->read_at + 1, ok, skip = x->skipped; /* held, or others were taken since it stopped */

	if (x->hook)
		return hooked_resume(t, x, err);
	if (signal_comes_first(t, x) && signal_let_come(x)) {
		x->holding = IS_RUNNING;
		tracee_go(x, PTRACE_CONT, 0);
		return true;
	}
	x->skipped = false;
	if (t->opt.faults_n && !skip && !inject_entry(t, x, &skip, err))
		return false;
	if (skip) { /* it was not made: no operation */
		x->holding = IS_RUNNING;
		tracee_go(x, PTRACE_CONT, 0);
		return true;
	}
	if (stale && (x->entry.hash >> 63 || t->fifos))
		fifo_look_again(x);
	if (stale)
		socket_entering(t, x);
	if (!alarm_hold(t, x, err))
		return false;
	ok = !x->entry.logged || (emit_entry(t, x, REC_ENTER, err) && socket_entered(t, x, err));
	fdmap_touch(t, x->fds, x->entry.fd);
	fdmap_touch(t, x->fds, x->entry.fd2);
	if (t->opt.held) {
		time_make_endless(x);
		ok = ok && limit_take_off(t, x, err);
	}
	x->in_call = x->entry.wants_exit;
	x->holding = x->in_call ? IS_INSIDE : IS_RUNNING;
	tracee_go(x, x->in_call ? PTRACE_SYSCALL : PTRACE_CONT, 0);
	return ok;
}

bool tracer_resume(struct tracer *t, u32 task, struct err *err)
{
	struct tracee *x = tracee_by_task(t, task);

	if (!x || x->holding != IS_TAKEN)
		return true;
	x->space->ran = true;
	x->woken = false;
	switch (x->stop) {
	case STOP_ENTRY:
		return resume_entry(t, x, err);
	case STOP_SIGNAL:
		x->holding = x->in_call || told_open(x) ? IS_INSIDE : IS_RUNNING;
		return signal_deliver(t, x, err);
	case STOP_GROUP:
		x->holding = IS_LISTENING;
		tracee_go(x, PTRACE_LISTEN, 0);
		return true;
	case STOP_EVENT:
		/* In the middle of fork or clone: its exit is still to come. */
		x->holding = x->in_call || told_open(x) ? IS_INSIDE : IS_RUNNING;
		tracee_go(x, x->in_call && !x->restarting ? PTRACE_SYSCALL : PTRACE_CONT, 0);
		return true;
	default: /* an interrupted call begins again by itself, with a stop of the filter */
		x->holding = (x->in_call || told_open(x)) && !x->ended ? IS_INSIDE : IS_RUNNING;
		tracee_go(x, relock_watches(t, x) ? PTRACE_SYSCALL : PTRACE_CONT, 0);
		return true;
	}
}

bool tracer_set_held(struct tracer *t, bool held, struct err *err)
{
	t->opt.held = held;
	for (size_t i = 0; !held && i < t->all.n; i++) {
		struct tracee *x = t->all.at[i];
		bool told = !x->in_call && x->task && tracer_timeout(t, x->task) != TIME_NONE;
		bool endless = x->altered && x->entry.timed.kind != TIMED_NOT;
		if (!(endless || told) || x->holding != IS_INSIDE)
			continue;
		x->loosened = true;
		ptrace(PTRACE_INTERRUPT, x->tid, NULL, NULL);
	}
	if (!held && !alarm_release(t, err))
		return false;
	return emit_observe(t, NULL, OBS_MODE, held ? OBS_HELD : OBS_FREE, 0, 0, 0, 0, err);
}

bool tracer_pass_time(struct tracer *t, u32 task, struct err *err)
{
	struct tracee *x = tracee_by_task(t, task);
	struct ev_inject body = {.what = INJ_TIMEOUT};
	struct rec *r;
	bool ok;

	if (!x || x->holding != IS_INSIDE || tracer_timeout(t, task) == TIME_NONE)
		return err_set(err, EXIT_USAGE, "it waits for no time-out");
	body.a = tracer_timeout(t, task);
	r = emit_begin(t, REC_INJECT, x, sizeof body, err, &ok);
	if (r) {
		memcpy(r + 1, &body, sizeof body);
		emit_commit(t, r);
	}
	x->passing = true;
	ptrace(PTRACE_INTERRUPT, x->tid, NULL, NULL);
	return ok;
}

bool tracer_signal(struct tracer *t, u32 task, int sig, struct err *err)
{
	struct tracee *x = tracee_by_task(t, task);
	struct ev_inject body = {.what = INJ_SIGNAL, .a = (u64)sig};
	struct rec *r;
	bool ok;

	if (!x || sig < 1 || sig > 64)
		return err_set(err, EXIT_USAGE, "no such process or signal");
	r = emit_begin(t, REC_INJECT, x, sizeof body, err, &ok);
	if (r) {
		memcpy(r + 1, &body, sizeof body);
		emit_commit(t, r);
	}
	if (kill(x->tgid, sig) < 0)
		return err_sys(err, EXIT_FAILED, "the signal could not be sent");
	return ok;
}

bool tracer_locate(struct tracer *t, u32 task, struct err *err)
{
	struct tracee *x = tracee_by_task(t, task);
	struct ev_observe body = {.what = OBS_STATE, .a = OBS_RUNNING};
	u64 limit = clock_ns() + 200000000u;
	int status = 0;
	struct rec *r;
	u32 site;
	bool ok;

	if (!x || x->holding != IS_RUNNING || ptrace(PTRACE_INTERRUPT, x->tid, NULL, NULL) < 0)
		return true;
	while (waitpid(x->tid, &status, __WALL | WNOHANG) == 0 && clock_ns() < limit)
		usleep(100);
	if (!WIFSTOPPED(status))
		return true;
	x->located = status >> 16 == PTRACE_EVENT_STOP;
	site = site_copy(t, x, err);
	r = emit_begin(t, REC_OBSERVE, x, sizeof body, err, &ok);
	if (!r)
		return ok;
	r->site = site;
	memcpy(r + 1, &body, sizeof body);
	emit_commit(t, r);
	return true;
}
