/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signals in words: what a process does about one, timers that send one, waits for one. */
#include <string.h>

#include "view/private.h"

static bool is_timer(u32 call)
{
	return call == CALL_alarm || call == CALL_setitimer || call == CALL_timer_settime;
}

bool words_signal_op(const struct scene *s, const struct w_op *op, struct str *out)
{
	bool plain = s->style == STYLE_PLAIN;

	if (op->call == CALL_rt_sigaction) {
		str_add(out, plain ? "sigaction of " : "sigaction(");
		words_signal(op->fd, out);
	} else if (op->call == CALL_rt_sigqueueinfo) {
		str_add(out, plain ? "sigqueue of " : "sigqueue(");
		words_pid(s, op->fd, out);
		str_add(out, plain ? " with " : ", ");
		words_signal(op->fd2, out);
	} else if (op->call == CALL_pidfd_send_signal) {
		str_addf(out, plain ? "pidfd_send_signal of fd %d with " : "pidfd_send_signal(%d, ", op->fd);
		words_signal(op->fd2, out);
	} else if (op->call == CALL_rt_sigtimedwait) {
		str_add(out, plain ? "sigwait" : "sigwait(");
	} else if (is_timer(op->call)) {
		str_addf(out, plain ? "%s" : "%s(", call_name(op->call));
		if (op->arg) {
			str_add(out, plain ? " of " : "");
			words_duration(op->arg, out);
		}
	} else {
		return false;
	}
	str_add(out, plain ? "" : ")");
	return true;
}

/* "no signal has come; its alarm has not rung yet" */
void words_signal_reason(const struct scene *s, const struct why *y, struct str *out)
{
	const struct w_task *t = world_task(s->world, y->task);
	const struct w_proc *p = t ? world_proc(s->world, t->proc) : NULL;

	str_add(out, "no signal has come");
	if (p && p->timers && !(p->timers & ~(p->timers_unsure | 0x100)))
		str_add(out, ", and whether an alarm is set cannot be seen");
	else if (p && p->timers & 1)
		str_add(out, ", and its alarm has not rung yet");
	else if (p && p->timers)
		str_add(out, ", and its timer has not expired yet");
	else
		str_add(out, ", and no alarm of its own is set");
}

/* "sent SIGTERM to P5 through pidfd2" */
static void add_sent_by_pidfd(const struct scene *s, const struct happening *h, struct str *out)
{
	const struct w_counter *c = h->kind == OBJ_PIDFD ? world_counter(s->world, h->object) : NULL;
	char name[24];

	str_add(out, " sent ");
	words_signal(h->op.fd2, out);
	if (c && c->target)
		str_addf(out, " to %s", words_proc(s, c->target, name));
	if (c)
		str_addf(out, " through %s", world_object_name(s->world, OBJ_PIDFD, h->object, name));
	else
		str_addf(out, " through fd %d", h->op.fd);
}

bool words_result_signal(const struct scene *s, const struct happening *h, const struct rec *r, struct str *out)
{
	static const char *const done[] = {"takes the default for", "ignores", "has a handler for"};
	const struct w_op *op = &h->op;
	struct ev_exit e;

	memcpy(&e, rec_body(r), sizeof e);
	if (e.ret < 0)
		return false;
	if (op->call == CALL_rt_sigaction) {
		str_addf(out, " now %s ", op->arg < 3 ? done[op->arg] : "?");
		words_signal(op->fd, out);
	} else if (is_timer(op->call)) {
		str_addf(out, " %s its %s", op->arg ? "set" : "switched off",
			op->call == CALL_alarm       ? "alarm"
			: op->call == CALL_setitimer ? "interval timer"
						     : "timer");
		if (op->arg) {
			str_add(out, " to ");
			words_duration(op->arg, out);
		}
	} else if (op->call == CALL_rt_sigtimedwait) {
		str_add(out, " took ");
		words_signal((int)e.ret, out);
		str_add(out, " with sigwait");
	} else if (op->call == CALL_rt_sigqueueinfo) {
		str_add(out, " sent ");
		words_signal(op->fd2, out);
		str_add(out, " to ");
		words_pid(s, op->fd, out);
	} else if (op->call == CALL_pidfd_send_signal) {
		add_sent_by_pidfd(s, h, out);
	} else {
		return false;
	}
	words_at(s, op->site, out);
	str_addf(out, ". Result %lld.\n", (long long)e.ret);
	return true;
}
