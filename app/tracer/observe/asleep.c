/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What no stop has told of a task that sleeps, from /proc/TID/syscall (proc(5)): where in the program it called, and a call that
 * does not stop, such as a private futex, or any call of a process that is looked at from outside. Nothing is stopped, and
 * nothing of it is changed.
 *
 * A call found so is told as any other: ENTER now; what becomes of it nobody sees: when its task is found elsewhere,
 * EXIT with EVF_RESTART, of which nothing follows.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tracer/look/private.h"
#include "tracer/private.h"

bool asleep_read(pid_t tid, struct asleep *a)
{
	unsigned long long v[8];
	char path[64], text[256];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/syscall", (int)tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = 0;
	if (sscanf(text, "%ld %llx %llx %llx %llx %llx %llx %llx %llx", &a->nr, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5],
	           &v[6], &v[7]) != 9)
		return false;
	for (int i = 0; i < 6; i++)
		a->args[i] = v[i];
	a->sp = v[6];
	a->pc = v[7];
	return true;
}

static u32 site_asleep(struct tracer *t, struct tracee *x, const struct asleep *a, struct err *err)
{
	arch_regs regs = {0};

	arch_set_sp(&regs, a->sp);
	arch_set_pc(&regs, a->pc);
	return t->opt.sites ? site_from(t, x, &regs, err) : 0;
}

/* What a stop or a debugger broke off goes on by restart_syscall(2), with the arguments it had; which call that was shows in
 * what it sleeps in, or, of a sleep that has no name there, in them: a clock, no flag, an address. */
long asleep_restarted(pid_t tid, const u64 *args)
{
	enum waits_in in = wchan_of(tid);

	if (in == IN_POLL)
		return SYS_poll;
	if (in == IN_FUTEX)
		return SYS_futex;
	if ((in == IN_SLEEP || in == IN_UNKNOWN) && args[0] < 16 && !args[1] && args[2] >> 32)
		return SYS_clock_nanosleep;
	return in == IN_SLEEP ? SYS_nanosleep : ARCH_CALL_RESTART;
}

/* ---- calls that are found ---- */

bool emit_found(struct tracer *t, struct tracee *x, bool over, struct err *err)
{
	const struct found *f = &x->found;
	struct ev_enter enter = {.fd = f->fd, .fd2 = -1, .size = f->size, .arg = f->arg, .hash = f->ns};
	struct ev_exit exit = {.fd = -1, .fd2 = -1};
	size_t body = over ? sizeof exit : sizeof enter;
	struct rec *r;
	bool ok;

	r = emit_begin(t, over ? REC_EXIT : REC_ENTER, x, body, err, &ok);
	if (!r)
		return ok;
	r->call = f->call;
	r->site = f->site;
	r->flags = EVF_FOUND | (f->guessed ? EVF_GUESSED : 0) | (f->told ? EVF_TOLD : 0) | (over ? EVF_RESTART : 0);
	memcpy(r + 1, over ? (const void *)&exit : (const void *)&enter, body);
	emit_commit(t, r);
	return true;
}

bool found_over(struct tracer *t, struct tracee *x, struct err *err)
{
	bool ok;

	if (!x->found.call)
		return true;
	ok = emit_found(t, x, true, err);
	x->found.call = 0;
	return ok;
}

static bool found_begins(struct tracer *t, struct tracee *x, const struct asleep *a, struct err *err)
{
	struct found *f = &x->found;

	*f = (struct found){.at = *a, .fd = -1, .ns = TIME_NONE, .site = site_asleep(t, x, a, err)};
	memcpy(x->args, a->args, sizeof x->args);
	x->call_nr = a->nr == ARCH_CALL_RESTART ? asleep_restarted(x->tid, a->args) : a->nr;
	if (a->sp >> 32 == 0 && is_foreign(x->tid)) /* 32 bits: the numbers are others */
		return true;
	if (x->call_nr == SYS_futex)
		return futex_found(t, x, f, err) && emit_found(t, x, false, err);
	if (!decode_entry(t, x, &x->entry) || !x->entry.logged)
		return true;
	f->call = x->entry.call;
	x->site = f->site;
	x->entry.flags |= EVF_FOUND;
	return emit_entry(t, x, REC_ENTER, err);
}

bool asleep_found(struct tracer *t, struct tracee *x, u32 *site, struct err *err)
{
	struct asleep a;

	*site = 0;
	if (!t->opt.sleepers || !asleep_read(x->tid, &a))
		return true;
	if (x->in_call || told_open(x)) {
		if (!x->site && x->in_call)
			x->site = site_asleep(t, x, &a, err);
		*site = x->site;
		return true;
	}
	if (x->found.guessed || (x->found.call && !memcmp(&a, &x->found.at, sizeof a)))
		return true;
	return found_over(t, x, err) && found_begins(t, x, &a, err);
}

bool tracer_observe_found(struct tracer *t, struct err *err)
{
	bool ok = true;

	for (u32 i = 1; ok && t->opt.sleepers && i < t->tasks.n; i++) {
		struct tracee *x = t->tasks.at[i];
		if (x && x->found.call && x->found.told && x->holding != IS_GONE)
			ok = futex_words(t, x, &x->found, err);
	}
	return ok;
}
