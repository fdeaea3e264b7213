/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What our runtime tells (hook/protocol.h). An access happens in user mode just after its stop: its
 * ENTER is logged when it is resumed, with what stood there read at that moment, and its EXIT at the
 * task's next stop. Of one stop in a free run this asks two questions of the kernel: the call's
 * arguments, and the words of this access and of the one before in one read. Calls of the C library: told.c. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tracer/private.h"

enum { ROUNDS_LOGGED = 3, RANGE_MAX = 64 << 10, NEAR = 512, EFAULT_RESULT = -14, RESTART_RESULT = -512 };

/* ---- the stop ---- */

/* The call is answered instead of made: what it returns stands in the registers. */
void hook_answer(struct tracee *x, long value)
{
	arch_regs regs;

	if (!arch_get_regs(x->tid, &regs))
		return;
	arch_set_call(&regs, -1);
	arch_set_result(&regs, value);
	arch_set_regs(x->tid, &regs);
}

static void hook_asked(struct tracer *t, struct tracee *x)
{
	struct err ignored = {0}; /* a full disk shows itself at the next record */
	long flags = t->opt.threads ? HOOK_THREADS : 0;

	x->space->peek = x->args[1];
	hook_answer(x, HOOK_HERE | flags | (x->space->peek ? HOOK_VALUES : 0));
	x->space->threads = t->opt.threads;
	emit_observe(t, x, OBS_HOOKED, (u64)flags, 0, 0, 0, 0, &ignored);
}

/* The entry that tracer_take and others know, as far as they need it. */
struct entry *hook_entry(struct tracee *x, u16 call, u16 flags)
{
	struct entry *e = &x->entry;

	memset(e, 0, offsetof(struct entry, bytes));
	e->call = call;
	e->flags = flags;
	e->hold = e->logged = true;
	e->fd = e->fd2 = -1;
	e->timed.ns = TIME_NONE;
	return e;
}

static u64 value_mask(u32 size)
{
	return size >= 8 ? UINT64_MAX : (UINT64_C(1) << 8 * size) - 1;
}

static bool access_announced(struct tracee *x, u64 ip)
{
	static const u16 calls[] = {0, CALL_load, CALL_store, CALL_update};
	const u64 *a = x->args, what = a[3];
	struct access *n = &x->next;
	struct entry *e;
	u8 kind = what & 0xff;

	if (kind < HOOK_LOAD || kind > HOOK_UPDATE || !a[2])
		return false;
	*n = (struct access){.addr = a[1], .pc = a[4], .ip = ip, .kind = kind};
	n->size = a[2] > RANGE_MAX ? RANGE_MAX : (u32)a[2];
	n->flags = (u16)((what & HOOK_ATOMIC ? EVF_ATOMIC : 0) | (what & HOOK_VOLATILE ? EVF_VOLATILE : 0));
	n->valued = what & HOOK_VALUE && (n->addr & 7) + n->size <= 8;
	n->value = a[5] >> (n->addr & 7) * 8 & value_mask(n->size);
	n->order = what & HOOK_ATOMIC ? (i32)(what >> 16 & 0xff) : -1;
	e = hook_entry(x, calls[kind], n->flags);
	e->arg = n->addr;
	e->size = n->size;
	e->fd = n->order;
	x->hook = HOOK_ACCESS;
	return true;
}

enum stop_kind hooked_stop(struct tracer *t, struct tracee *x, u64 ip)
{
	x->hook_ip = ip;
	switch (x->args[0]) {
	case HOOK_ASK:
		hook_asked(t, x);
		break;
	case HOOK_ACCESS:
		if (access_announced(x, ip))
			return STOP_ENTRY;
		break;
	case HOOK_BEGIN:
		if (told_announced(t, x))
			return STOP_ENTRY;
		break;
	case HOOK_END:
	case HOOK_MAPPED:
		x->hook = (u8)x->args[0];
		return STOP_EXIT;
	default:
		break;
	}
	x->holding = told_open(x) ? IS_INSIDE : IS_RUNNING;
	tracee_go(x, PTRACE_CONT, 0);
	return STOP_NONE;
}

bool hooked_take_entry(struct tracer *t, struct tracee *x, struct err *err)
{
	x->site = t->opt.held              ? site_copy(t, x, err)
	          : !t->opt.sites          ? 0
	          : x->hook == HOOK_ACCESS ? site_once(t, x, x->next.pc, err)
	                                   : site_copy(t, x, err);
	x->next.site = x->site;
	return !t->opt.held || emit_entry(t, x, REC_POISED, err);
}

/* ---- accesses ---- */

static u32 value_size(const struct access *a)
{
	return a->size < 8 ? a->size : 8;
}

static bool access_emit(struct tracer *t, struct tracee *x, const struct access *a, const struct ev_exit *exit,
                        u32 flags, struct err *err)
{
	static const u16 calls[] = {0, CALL_load, CALL_store, CALL_update};
	struct ev_enter enter = {.fd = a->order, .fd2 = -1, .size = a->size, .arg = a->addr};
	size_t body = exit ? sizeof *exit : sizeof enter;
	bool ok;
	struct rec *r = emit_begin(t, exit ? REC_EXIT : REC_ENTER, x, body, err, &ok);

	if (!r)
		return ok;
	r->call = calls[a->kind];
	r->site = a->site;
	r->flags = a->flags | flags;
	memcpy(r + 1, exit ? (const void *)exit : (const void *)&enter, body);
	emit_commit(t, r);
	return true;
}

/* The words of an access. /proc/PID/mem is kept open for that: a pread of it is the cheapest way in
 * (process_vm_readv takes 0.3 us more, on 7 us that a stop takes), and it keeps no memory alive. */
static bool words_read(struct tracer *t, struct tracee *x, u64 addr, void *words, size_t n)
{
	int *mem = &x->space->mem;
	char path[64];
	u64 word;

	/* What is shared is read without the process [0.2 us; PTRACE_PEEKDATA of a stopped task 0.4]. */
	if (segment_read(t, x, addr, words, n))
		return true;
	/* A stopped task's word is had cheaper still: no page is allocated for it. */
	if (n <= sizeof word && (addr & 4095) <= 4096 - sizeof word &&
	    syscall(SYS_ptrace, PTRACE_PEEKDATA, x->tid, addr, &word) == 0) {
		memcpy(words, &word, n);
		return true;
	}
	if (!*mem) {
		snprintf(path, sizeof path, "/proc/%d/mem", (int)x->tid);
		*mem = open(path, O_RDONLY | O_CLOEXEC);
	}
	return *mem > 0 && addr <= INT64_MAX ? pread(*mem, words, n, (off_t)addr) == (ssize_t)n
	                                     : memory_read(x->tid, addr, words, n) == n;
}

/* Of `*to = *from` gcc tells the store first, then the load, and copies after both
 * (instrument_gimple in gcc's tsan.c). So a store that changed nothing, followed by a load of the same
 * size elsewhere, may be done with that load. */
static void late_note(struct tracer *t, struct tracee *x, u64 after)
{
	const struct access *a = &x->access, *n = &x->next;

	if (a->kind != HOOK_STORE || a->silent || x->stop != STOP_ENTRY || x->hook != HOOK_ACCESS ||
	    n->kind != HOOK_LOAD || n->size != a->size || n->addr == a->addr || after != a->before ||
	    shadow_differs(t, x, a->addr, a->size))
		return;
	x->late = *a;
}

/* The load is done, and with it the store: told once more, with what it put there. */
static bool late_done(struct tracer *t, struct tracee *x, struct err *err)
{
	struct access a = x->late;
	struct ev_exit out = {.fd = -1, .fd2 = -1, .arg2 = a.before};

	if (!a.size)
		return true;
	x->late.size = 0;
	if (!shadow_differs(t, x, a.addr, a.size) || !words_read(t, x, a.addr, &out.arg, value_size(&a)))
		return true;
	if (!access_emit(t, x, &a, NULL, 0, err))
		return false;
	if (a.size > 8 && !memory_note(t, x, a.addr, a.size, true, err))
		return false;
	shadow_put(t, x, a.addr, &out.arg, value_size(&a));
	return access_emit(t, x, &a, &out, 0, err);
}

/* Its EXIT, with what stands there now. */
static bool access_done(struct tracer *t, struct tracee *x, u64 after, struct err *err)
{
	struct access *a = &x->access;
	struct ev_exit out = {.fd = -1, .fd2 = -1, .arg = a->before};
	u32 n = value_size(a);

	x->accessing = false;
	if (a->silent && after == a->before)
		return true;
	if (a->silent && !access_emit(t, x, a, NULL, 0, err))
		return false;
	if (a->kind == HOOK_LOAD) {
		out.arg = after;
	} else {
		out.arg = after;
		out.arg2 = a->before;
	}
	late_note(t, x, after);
	if (a->size > 8 && !memory_note(t, x, a->addr, a->size, true, err))
		return false;
	shadow_put(t, x, a->addr, &out.arg, n);
	return access_emit(t, x, a, &out, 0, err) && (a->kind != HOOK_LOAD || late_done(t, x, err));
}

/* It did not happen: a fault, or a handler that ran first. */
static bool access_undone(struct tracer *t, struct tracee *x, i64 ret, u32 flags, struct err *err)
{
	struct ev_exit out = {.ret = ret, .fd = -1, .fd2 = -1};

	x->accessing = false;
	return x->access.silent || access_emit(t, x, &x->access, &out, flags, err);
}

/* What a load got was read when it was resumed. But one that ends a spin has most likely got what
 * stands there now: others were on their way. */
static bool is_to_be_read(const struct access *a)
{
	return a->kind != HOOK_LOAD || a->silent;
}

bool access_finish(struct tracer *t, struct tracee *x, struct err *err)
{
	struct access *a = &x->access;
	u64 after = a->before;

	if (!x->accessing)
		return true;
	if (is_to_be_read(a)) {
		after = 0;
		if (!words_read(t, x, a->addr, &after, value_size(a)) &&
		    !memory_read_shared(t, x, a->addr, &after, value_size(a)))
			return access_undone(t, x, EFAULT_RESULT, 0, err);
	}
	return access_done(t, x, after, err);
}

/* Two words of a task by one call; which of them came. */
static unsigned read_two(struct tracer *t, struct tracee *x, u64 a, u32 an, u64 *av, u64 b, u32 bn, u64 *bv)
{
	struct iovec local[2] = {{av, an}, {bv, bn}};
	struct iovec remote[2] = {{(void *)(uintptr_t)a, an}, {(void *)(uintptr_t)b, bn}};
	u64 first = a < b ? a : b, end = a + an > b + bn ? a + an : b + bn;
	u8 both[NEAR];
	ssize_t got;

	/* Two in one page and near each other are one stretch: each stretch costs the kernel 0.5 us. */
	if (end - first <= NEAR && first >> 12 == (end - 1) >> 12) {
		if (!words_read(t, x, first, both, end - first))
			return 0;
		memcpy(av, both + (a - first), an);
		memcpy(bv, both + (b - first), bn);
		return 3;
	}
	if (segment_read(t, x, a, av, an) && segment_read(t, x, b, bv, bn))
		return 3;
	got = process_vm_readv(x->tid, local, 2, remote, 2, 0);
	return (got >= (ssize_t)an ? 1u : 0u) | (got == (ssize_t)(an + bn) ? 2u : 0u);
}

/* What our runtime read before its stop still stands there at its resumption: it is what the log tells, and only what
 * is told of can have changed it since. */
static bool value_stands(struct tracer *t, struct tracee *x, const struct access *a)
{
	const u8 *told;
	u32 puts;

	if (!a->valued || t->opt.held)
		return false;
	told = shadow_quiet(t, x, a->addr, a->size, &puts);
	return told && !memcmp(told, &a->value, a->size);
}

/* The next access is to the same word, so what was read before it is what the last one left there: nobody else was told
 * to have changed it in between. */
static bool value_is_left(struct tracer *t, struct tracee *x)
{
	const struct access *a = &x->access, *n = &x->next;
	u32 puts;

	return n->valued && n->addr == a->addr && n->size == a->size &&
	       shadow_quiet(t, x, a->addr, a->size, &puts) && puts == a->puts;
}

/* Was it stopped before its next instruction? Then the access is still to come. */
static bool has_not_moved(const struct tracee *x, u64 ip)
{
	arch_regs regs;

	return arch_get_regs(x->tid, &regs) && arch_pc(&regs) == ip;
}

static bool fault_is_its_own(const struct tracee *x)
{
	const struct access *a = &x->access;
	siginfo_t info;

	return (x->sig == SIGSEGV || x->sig == SIGBUS) && ptrace(PTRACE_GETSIGINFO, x->tid, NULL, &info) == 0 &&
	       info.si_code > 0 && (u64)(uintptr_t)info.si_addr - a->addr < a->size;
}

bool access_at_stop(struct tracer *t, struct tracee *x, struct err *err)
{
	struct access *a = &x->access, *n = &x->next;
	u64 after = 0;

	switch (x->stop) {
	case STOP_SIGNAL:
		if (has_not_moved(x, a->ip))
			return true;
		if (fault_is_its_own(x))
			return access_undone(t, x, EFAULT_RESULT, 0, err);
		break;
	case STOP_EVENT:
	case STOP_GROUP:
		if (has_not_moved(x, a->ip))
			return true;
		break;
	case STOP_ENTRY:
		if (x->hook != HOOK_ACCESS || t->opt.held || !is_to_be_read(a))
			break;
		if (value_is_left(t, x))
			return access_done(t, x, n->value, err);
		switch (read_two(t, x, a->addr, value_size(a), &after, n->addr, value_size(n), &n->before)) {
		case 3:
			n->looked = true;
			/* fall through */
		case 1:
			return access_done(t, x, after, err);
		default:
			break;
		}
		break;
	default:
		break;
	}
	return access_finish(t, x, err);
}

/* A load, or an update that changed nothing, again and again in the same order with the same
 * values: three rounds are logged. True when this one is not to be. */
static bool spin_goes_on(struct tracee *x)
{
	const struct access *a = &x->next;
	struct spin *s = &x->spin;
	u64 words[4] = {a->pc, a->addr, a->before, (u64)a->size << 8 | a->kind};
	u64 key = hash64(0, words, sizeof words);
	bool silent = false;

	if (a->kind == HOOK_STORE) {
		s->n = 0;
		memset(s->match, 0, sizeof s->match);
		return false;
	}
	for (u32 p = 1; p <= SPIN_PERIOD; p++) {
		bool same = s->n >= p && s->keys[(s->n - p) % SPIN_KEPT] == key;
		s->match[p] = same ? s->match[p] + 1 : 0;
		silent |= s->match[p] > (ROUNDS_LOGGED - 1) * p;
	}
	s->keys[s->n++ % SPIN_KEPT] = key;
	return silent;
}

static bool access_resume(struct tracer *t, struct tracee *x, struct err *err)
{
	struct access *a = &x->next;
	bool ok = true;

	if (!a->looked && value_stands(t, x, a)) {
		a->before = a->value;
		a->looked = true;
	}
	if (!a->looked) {
		a->before = 0;
		a->looked = words_read(t, x, a->addr, &a->before, value_size(a));
	}
	a->before &= value_mask(a->size);
	if (!t->opt.held)
		a->silent = spin_goes_on(x);
	else
		x->spin.n = 0;
	if (!a->silent) {
		if (a->looked)
			ok = shadow_look(t, x, a->addr, &a->before, value_size(a), err);
		if (ok && a->size > 8)
			ok = memory_note(t, x, a->addr, a->size, false, err);
		ok = ok && access_emit(t, x, a, NULL, 0, err);
	}
	if (a->valued)
		a->puts = shadow_puts(t, x, a->addr);
	x->access = *a;
	x->accessing = true;
	x->holding = told_open(x) ? IS_INSIDE : IS_RUNNING;
	tracee_go(x, PTRACE_CONT, 0);
	return ok;
}

/* ---- tracer_take, tracer_resume, signals ---- */

bool hooked_take_exit(struct tracer *t, struct tracee *x, struct err *err)
{
	if (x->hook == HOOK_END)
		return told_ends(t, x, err);
	x->site = t->opt.held || t->opt.sites ? site_copy(t, x, err) : 0;
	return maps_refresh(t, x, true, err);
}

bool hooked_resume(struct tracer *t, struct tracee *x, struct err *err)
{
	return x->hook == HOOK_ACCESS ? access_resume(t, x, err) : told_resume(t, x, err);
}

bool hooked_fault(struct tracee *x)
{
	u64 peek = x->space ? x->space->peek : 0;
	arch_regs regs;
	siginfo_t info;

	if (!peek || !arch_get_regs(x->tid, &regs) || arch_pc(&regs) != peek ||
	    ptrace(PTRACE_GETSIGINFO, x->tid, NULL, &info) < 0 || info.si_code <= 0)
		return false;
	arch_peek_skip(&regs, peek, HOOK_VALUE);
	arch_set_regs(x->tid, &regs);
	x->holding = told_open(x) ? IS_INSIDE : IS_RUNNING;
	return tracee_go(x, PTRACE_CONT, 0);
}

/* A handler runs between the reading of a value and the call that tells it: it is read again then. */
static void peek_anew(struct tracee *x)
{
	u64 peek = x->space ? x->space->peek : 0;
	arch_regs regs;

	if (!peek || !arch_get_regs(x->tid, &regs) || arch_pc(&regs) != peek + ARCH_PEEK_BYTES)
		return;
	arch_peek_again(&regs, peek);
	arch_set_regs(x->tid, &regs);
}

bool hooked_handler(struct tracer *t, struct tracee *x, struct err *err)
{
	static const struct ev_exit again = {.ret = RESTART_RESULT, .fd = -1, .fd2 = -1};
	struct told *w = told_open(x);
	arch_regs regs;

	if (x->accessing && arch_get_regs(x->tid, &regs) && arch_pc(&regs) == x->access.ip) {
		arch_set_pc(&regs, arch_pc(&regs) - ARCH_CALL_BYTES);
		arch_set_result(&regs, HOOK_CALL);
		arch_set_call(&regs, -1);
		arch_set_regs(x->tid, &regs);
		peek_anew(x);
		return access_undone(t, x, RESTART_RESULT, EVF_RESTART, err);
	}
	peek_anew(x);
	if (!w || x->in_call)
		return true;
	w->suspended = true;
	return told_emit(t, x, w, &again, EVF_RESTART, err);
}
