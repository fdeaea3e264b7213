/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signals at their delivery stop, and what they do to a call that was interrupted. A call that is
 * broken off shows -ERESTART* at its exit; what the program sees, -EINTR or the call again, is only
 * settled when the signal is delivered. With a handler one single step shows the frame the kernel
 * built, and the result saved in it. */
#include <errno.h>
#include <stdio.h>

#include "tracer/private.h"

enum { ERESTARTSYS = 512, ERESTARTNOINTR = 513, ERESTARTNOHAND = 514, ERESTART_RESTARTBLOCK = 516 };

bool result_is_restart(i64 ret)
{
	return ret == -ERESTARTSYS || ret == -ERESTARTNOINTR || ret == -ERESTARTNOHAND ||
	       ret == -ERESTART_RESTARTBLOCK;
}

u64 signal_mask(pid_t tid, const char *field)
{
	char path[64], line[256];
	unsigned long long mask = 0;
	size_t n = strlen(field);
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)tid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (!strncmp(line, field, n) && sscanf(line + n, ": %llx", &mask) == 1)
			break;
	if (f)
		fclose(f);
	return mask;
}

bool signal_has_handler(pid_t tid, int sig)
{
	return signal_mask(tid, "SigCgt") >> (sig - 1) & 1;
}

/* Signals whose default action is to be ignored, signal(7). */
static bool ignored_by_default(int sig)
{
	return sig == SIGCHLD || sig == SIGURG || sig == SIGWINCH || sig == SIGCONT;
}

static bool signal_is_ignored(pid_t tid, int sig)
{
	return (signal_mask(tid, "SigIgn") >> (sig - 1) & 1) ||
	       (ignored_by_default(sig) && !signal_has_handler(tid, sig));
}

bool signal_is_due(pid_t tid)
{
	return (signal_mask(tid, "SigPnd") | signal_mask(tid, "ShdPnd")) & ~signal_mask(tid, "SigBlk");
}

bool signal_waits_in_vain(pid_t tid)
{
	u64 pending = (signal_mask(tid, "SigPnd") | signal_mask(tid, "ShdPnd")) & ~signal_mask(tid, "SigBlk");

	for (int sig = 1; sig <= 64; sig++)
		if (pending >> (sig - 1) & 1 && !signal_is_ignored(tid, sig))
			return false;
	return pending != 0;
}

static bool may_sleep(u16 call)
{
	switch (call) {
	case CALL_rt_sigaction: /* what the signal does is set by it */
	case CALL_pause: case CALL_rt_sigsuspend: case CALL_rt_sigtimedwait: case CALL_nanosleep: case CALL_clock_nanosleep:
	case CALL_read: case CALL_readv: case CALL_recvfrom: case CALL_recvmsg: case CALL_accept: case CALL_accept4:
	case CALL_open: case CALL_openat: case CALL_connect: case CALL_wait4: case CALL_waitid: case CALL_flock:
	case CALL_fcntl: case CALL_futex: case CALL_poll: case CALL_ppoll: case CALL_select: case CALL_pselect6:
	case CALL_epoll_wait: case CALL_epoll_pwait: case CALL_msgsnd: case CALL_msgrcv: case CALL_semop:
	case CALL_semtimedop: case CALL_mq_timedsend: case CALL_mq_timedreceive:
		return true;
	default:
		return false;
	}
}

bool signal_comes_first(const struct tracer *t, const struct tracee *x)
{
	return t->opt.signals && t->opt.held && x->stop == STOP_ENTRY && x->holding == IS_TAKEN && x->entry.hold && !x->hook &&
	       !x->restarting && !x->skipped && may_sleep(x->entry.call) && signal_is_due(x->tid) && !signal_waits_in_vain(x->tid);
}

bool signal_let_come(struct tracee *x)
{
	arch_regs regs;

	if (!arch_get_regs(x->tid, &regs))
		return false;
	arch_set_pc(&regs, arch_pc(&regs) - ARCH_CALL_BYTES);
	arch_set_result(&regs, x->call_nr);
	arch_set_call(&regs, -1);
	return arch_set_regs(x->tid, &regs);
}

/* One that would do nothing passes at once, also when tasks are held. */
bool signal_is_held(const struct tracee *x)
{
	return x->sig && !signal_is_ignored(x->tid, x->sig);
}

bool take_signal(struct tracer *t, struct tracee *x, struct err *err)
{
	struct ev_enter body = {.fd = x->sig, .fd2 = -1};
	struct rec *r;
	bool ok;

	if (!t->opt.held || !signal_is_held(x))
		return true;
	x->site = site_copy(t, x, err);
	r = emit_begin(t, REC_POISED, x, sizeof body, err, &ok);
	if (!r)
		return ok;
	r->site = x->site;
	memcpy(r + 1, &body, sizeof body);
	emit_commit(t, r);
	return true;
}

/* The first process of a pid namespace takes no SIGSTOP from within it, but a traced one does: the kernel leaves
 * the choice to the tracer. A sender outside has no pid there. */
static bool stop_means_nothing(const struct tracee *x, const siginfo_t *info)
{
	char path[64], line[256], *last = NULL;
	FILE *f;

	if (x->sig != SIGSTOP || info->si_code > 0 || info->si_pid == 0)
		return false;
	snprintf(path, sizeof path, "/proc/%d/status", (int)x->tgid);
	f = fopen(path, "re");
	while (f && !last && fgets(line, sizeof line, f))
		if (!strncmp(line, "NSpid:", 6))
			last = strrchr(line, '\t');
	if (f)
		fclose(f);
	return last && last != line + 6 && !strcmp(last, "\t1\n");
}

/* From the keyboard, to our own process group: we were told, too. A call that it broke off is made again by the kernel. */
static bool is_typed_for_us(const struct tracee *x, const siginfo_t *info)
{
	return (x->sig == SIGINT || x->sig == SIGQUIT) && info->si_code == SI_KERNEL && getpgid(x->tgid) == getpgrp();
}

void tracer_let_interrupts(struct tracer *t)
{
	t->opt.keeps_interrupts = false;
	for (u32 task = 1; task < t->tasks.n; task++) {
		struct tracee *x = t->tasks.at[task];

		if (!x)
			continue;
		if (x->kept_sig && x->holding != IS_GONE)
			kill(x->tgid, x->kept_sig);
		x->kept_sig = 0;
		if (x->located)
			ptrace(PTRACE_CONT, x->tid, NULL, NULL);
		x->located = false;
	}
}

bool signal_deliver(struct tracer *t, struct tracee *x, struct err *err)
{
	siginfo_t info = {0};
	bool handled = signal_has_handler(x->tid, x->sig), ok = true;
	struct ev_signal body = {.sig = x->sig, .handled = handled};

	if (!handled && !x->cut_short && signal_is_ignored(x->tid, x->sig)) {
		tracee_go(x, PTRACE_CONT, x->sig); /* nothing happens: no event */
		return true;
	}
	x->cut_short = false;
	if (ptrace(PTRACE_GETSIGINFO, x->tid, NULL, &info) == 0) {
		body.code = info.si_code;
		body.sender_pid = info.si_code <= 0 || x->sig == SIGCHLD ? info.si_pid : 0;
	}
	if (stop_means_nothing(x, &info)) {
		tracee_go(x, PTRACE_CONT, 0);
		return true;
	}
	if (t->opt.keeps_interrupts && is_typed_for_us(x, &info)) {
		x->kept_sig = x->sig;
		tracee_go(x, PTRACE_CONT, 0);
		return true;
	}
	u32 site = t->opt.every_site && !handled ? site_copy(t, x, err) : 0;
	struct rec *r = emit_begin(t, REC_SIGNAL, x, sizeof body, err, &ok);
	if (r) {
		r->site = site;
		memcpy(r + 1, &body, sizeof body);
		emit_commit(t, r);
	}
	if ((x->sig == SIGBUS || x->sig == SIGSEGV) && info.si_code > 0)
		ok = emit_observe(t, x, OBS_FAULT, (u64)(uintptr_t)info.si_addr, (u64)info.si_code, 0, 0, 0, err) && ok;
	if (handled)
		ok = hooked_handler(t, x, err) && ok;
	if (handled && x->in_call && x->restarting) {
		time_put_back(x); /* the handler's frame must hold the call as the program made it */
		x->stepping = !x->attached;
		x->frame_due = x->frame_due || (x->attached && arch_get_regs(x->tid, &x->frame_regs));
		tracee_go(x, PTRACE_SINGLESTEP, x->sig);
	} else {
		tracee_go(x, PTRACE_CONT, x->sig);
	}
	return ok;
}

/* At the handler's first instruction: what will the interrupted call return? */
bool take_handler_frame(struct tracer *t, struct tracee *x, struct err *err)
{
	arch_regs regs;
	i64 result = -EINTR;
	struct ev_exit out;

	x->stepping = false;
	if (!x->in_call)
		return true;
	if (arch_get_regs(x->tid, &regs))
		memory_read(x->tid, arch_sp(&regs) + ARCH_SIGFRAME_RESULT, &result, sizeof result);
	x->in_call = x->restarting = false;
	if (result == -EINTR) {
		decode_exit(t, x, -EINTR, &out);
		return emit_exit(t, x, &out, 0, err);
	}
	out = (struct ev_exit){.ret = x->pending_ret, .fd = -1, .fd2 = -1};
	return emit_exit(t, x, &out, EVF_RESTART, err);
}
