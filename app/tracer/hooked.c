/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What our runtime tells (hook/protocol.h). An access happens in user mode just after its stop: its
 * ENTER is logged when it is resumed, with what stood there read at that moment, and its EXIT at the
 * task's next stop. Of one stop in a free run this asks two questions of the kernel: the call's
 * arguments, and the words of this access and of the one before in one process_vm_readv. A call of
 * the C library is an operation between its BEGIN and its END; what it asks the kernel for in between is
 * its own business, but for the mappings it makes. */
#include <stdio.h>
#include <sys/uio.h>

#include "tracer/private.h"

enum { ROUNDS_LOGGED = 3, RANGE_MAX = 64 << 10, EFAULT_RESULT = -14, RESTART_RESULT = -512 };

/* enum hook_op -> the call of the vocabulary */
static const u16 told_calls[HOOK_OP_COUNT] = {
	[HOOK_SEM_INIT] = CALL_sem_init,
	[HOOK_SEM_DESTROY] = CALL_sem_destroy,
	[HOOK_SEM_OPEN] = CALL_sem_open,
	[HOOK_SEM_CLOSE] = CALL_sem_close,
	[HOOK_SEM_UNLINK] = CALL_sem_unlink,
	[HOOK_SEM_WAIT] = CALL_sem_wait,
	[HOOK_SEM_TRYWAIT] = CALL_sem_trywait,
	[HOOK_SEM_TIMEDWAIT] = CALL_sem_timedwait,
	[HOOK_SEM_POST] = CALL_sem_post,
	[HOOK_SEM_GETVALUE] = CALL_sem_getvalue,
	[HOOK_MUTEX_INIT] = CALL_pthread_mutex_init,
	[HOOK_MUTEX_DESTROY] = CALL_pthread_mutex_destroy,
	[HOOK_MUTEX_LOCK] = CALL_pthread_mutex_lock,
	[HOOK_MUTEX_TRYLOCK] = CALL_pthread_mutex_trylock,
	[HOOK_MUTEX_TIMEDLOCK] = CALL_pthread_mutex_timedlock,
	[HOOK_MUTEX_UNLOCK] = CALL_pthread_mutex_unlock,
	[HOOK_MUTEX_CONSISTENT] = CALL_pthread_mutex_consistent,
	[HOOK_COND_INIT] = CALL_pthread_cond_init,
	[HOOK_COND_DESTROY] = CALL_pthread_cond_destroy,
	[HOOK_COND_WAIT] = CALL_pthread_cond_wait,
	[HOOK_COND_TIMEDWAIT] = CALL_pthread_cond_timedwait,
	[HOOK_COND_SIGNAL] = CALL_pthread_cond_signal,
	[HOOK_COND_BROADCAST] = CALL_pthread_cond_broadcast,
	[HOOK_BARRIER_INIT] = CALL_pthread_barrier_init,
	[HOOK_BARRIER_DESTROY] = CALL_pthread_barrier_destroy,
	[HOOK_BARRIER_WAIT] = CALL_pthread_barrier_wait,
	[HOOK_RWLOCK_INIT] = CALL_pthread_rwlock_init,
	[HOOK_RWLOCK_DESTROY] = CALL_pthread_rwlock_destroy,
	[HOOK_RWLOCK_RDLOCK] = CALL_pthread_rwlock_rdlock,
	[HOOK_RWLOCK_TRYRDLOCK] = CALL_pthread_rwlock_tryrdlock,
	[HOOK_RWLOCK_TIMEDRDLOCK] = CALL_pthread_rwlock_timedrdlock,
	[HOOK_RWLOCK_WRLOCK] = CALL_pthread_rwlock_wrlock,
	[HOOK_RWLOCK_TRYWRLOCK] = CALL_pthread_rwlock_trywrlock,
	[HOOK_RWLOCK_TIMEDWRLOCK] = CALL_pthread_rwlock_timedwrlock,
	[HOOK_RWLOCK_UNLOCK] = CALL_pthread_rwlock_unlock,
	[HOOK_SPIN_INIT] = CALL_pthread_spin_init,
	[HOOK_SPIN_DESTROY] = CALL_pthread_spin_destroy,
	[HOOK_SPIN_LOCK] = CALL_pthread_spin_lock,
	[HOOK_SPIN_TRYLOCK] = CALL_pthread_spin_trylock,
	[HOOK_SPIN_UNLOCK] = CALL_pthread_spin_unlock,
	[HOOK_JOIN] = CALL_pthread_join,
};

/* ---- the stop ---- */

/* The call is answered instead of made: what it returns stands in the registers. */
static void hook_answer(struct tracee *x, long value)
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

	hook_answer(x, HOOK_HERE | flags);
	x->space->threads = t->opt.threads;
	emit_observe(t, x, OBS_HOOKED, (u64)flags, 0, 0, 0, 0, &ignored);
}

/* The entry that tracer_take and others know, as far as they need it. */
static struct entry *hook_entry(struct tracee *x, u16 call, u16 flags)
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
	n->order = what & HOOK_ATOMIC ? (i32)(what >> 16 & 0xff) : -1;
	e = hook_entry(x, calls[kind], n->flags);
	e->arg = n->addr;
	e->size = n->size;
	e->fd = n->order;
	x->hook = HOOK_ACCESS;
	return true;
}

/* The tid of a pthread_t: glibc keeps it in the descriptor the handle points at. 0: unknown, or ended. */
static i32 thread_of(struct tracer *t, struct tracee *x, u64 handle)
{
	i32 tid = 0;
	const struct tracee *o;

	if (memory_read(x->tid, handle + ARCH_PTHREAD_TID, &tid, sizeof tid) != sizeof tid || tid <= 0)
		return 0;
	o = tracee_by_tid(t, tid);
	return o && o->tgid == x->tgid ? tid : 0;
}

static bool told_announced(struct tracer *t, struct tracee *x)
{
	const u64 *a = x->args;
	struct entry *e;

	if (a[1] >= HOOK_OP_COUNT || !told_calls[a[1]])
		return false;
	e = hook_entry(x, told_calls[a[1]], EVF_TOLD);
	e->arg = a[2];
	e->size = a[3];
	e->hash = a[4] == HOOK_NO_TIME ? TIME_NONE : a[4];
	if (a[1] == HOOK_JOIN)
		e->fd = thread_of(t, x, a[2]);
	if (a[1] == HOOK_SEM_OPEN || a[1] == HOOK_SEM_UNLINK)
		e->held = (u32)memory_read_string(x->tid, a[2], (char *)e->bytes, PATH_KEPT) + 1;
	x->hook = HOOK_BEGIN;
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

static u64 value_mask(u32 size)
{
	return size >= 8 ? UINT64_MAX : (UINT64_C(1) << 8 * size) - 1;
}

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
	if (a->size > 8 && !memory_note(t, x, a->addr, a->size, true, err))
		return false;
	shadow_put(t, x, a->addr, &out.arg, n);
	return access_emit(t, x, a, &out, 0, err);
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
		if (memory_read(x->tid, a->addr, &after, value_size(a)) != value_size(a) &&
		    !memory_read_shared(t, x, a->addr, &after, value_size(a)))
			return access_undone(t, x, EFAULT_RESULT, 0, err);
	}
	return access_done(t, x, after, err);
}

/* Two words of a task by one call; which of them came. */
static unsigned read_two(pid_t tid, u64 a, u32 an, u64 *av, u64 b, u32 bn, u64 *bv)
{
	struct iovec local[2] = {{av, an}, {bv, bn}};
	struct iovec remote[2] = {{(void *)(uintptr_t)a, an}, {(void *)(uintptr_t)b, bn}};
	ssize_t got = process_vm_readv(tid, local, 2, remote, 2, 0);

	return (got >= (ssize_t)an ? 1u : 0u) | (got == (ssize_t)(an + bn) ? 2u : 0u);
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
		switch (read_two(x->tid, a->addr, value_size(a), &after, n->addr, value_size(n), &n->before)) {
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

	if (!a->looked) {
		a->before = 0;
		a->looked = memory_read(x->tid, a->addr, &a->before, value_size(a)) == value_size(a);
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
	x->access = *a;
	x->accessing = true;
	x->holding = told_open(x) ? IS_INSIDE : IS_RUNNING;
	tracee_go(x, PTRACE_CONT, 0);
	return ok;
}

/* ---- calls of the C library ---- */

struct told *told_open(struct tracee *x)
{
	struct told *w = x->told_n ? &x->told[x->told_n - 1] : NULL;

	return w && !w->suspended ? w : NULL;
}

static bool told_emit(struct tracer *t, struct tracee *x, const struct told *w, const struct ev_exit *exit,
                      u32 flags, struct err *err)
{
	struct ev_enter enter = {.fd = w->fd, .fd2 = -1, .size = w->size, .arg = w->arg, .hash = w->ns, .held = w->held};
	size_t body = exit ? sizeof *exit : sizeof enter + w->held;
	bool ok;
	struct rec *r = emit_begin(t, exit ? REC_EXIT : REC_ENTER, x, body, err, &ok);

	if (!r)
		return ok;
	r->call = w->call;
	r->site = w->site;
	r->flags = EVF_TOLD | flags;
	memcpy(r + 1, exit ? (const void *)exit : (const void *)&enter, exit ? sizeof *exit : sizeof enter);
	if (!exit)
		memcpy((u8 *)(r + 1) + sizeof enter, w->bytes, w->held);
	emit_commit(t, r);
	return true;
}

/* pthread_spin_lock(3) would turn round and round in user mode, which looks like a long computation
 * and never settles. A held task that would is left stopped until the lock is free: blocked. */
static bool spin_lock_is_free(const struct tracee *x, u64 addr)
{
	i32 word = 0;

	return memory_read(x->tid, addr, &word, sizeof word) != sizeof word || ARCH_SPIN_IS_FREE(word);
}

static bool told_resume(struct tracer *t, struct tracee *x, struct err *err)
{
	const struct entry *e = &x->entry;
	struct told *w;

	if (x->told_n == TOLD_DEPTH) /* left by siglongjmp: the oldest is forgotten */
		memmove(x->told, x->told + 1, --x->told_n * sizeof *x->told);
	w = &x->told[x->told_n++];
	*w = (struct told){.call = e->call, .op = (u8)x->args[1], .site = x->site, .arg = e->arg, .ns = e->hash,
	                   .size = e->size, .held = e->held, .fd = e->fd};
	memcpy(w->bytes, e->bytes, e->held);
	if (t->opt.held && w->ns != TIME_NONE && w->ns) {
		w->endless = true;
		hook_answer(x, HOOK_ENDLESS);
	}
	x->spin.n = 0;
	x->holding = IS_INSIDE;
	if (!told_emit(t, x, w, NULL, 0, err))
		return false;
	if (t->opt.held && w->op == HOOK_SPIN_LOCK && !spin_lock_is_free(x, w->arg)) {
		w->parked = true;
		t->parked_n++;
		return true;
	}
	tracee_go(x, PTRACE_CONT, 0);
	return true;
}

void parked_look(struct tracer *t, bool all)
{
	for (size_t i = 0; t->parked_n && i < t->all.n; i++) {
		struct tracee *x = t->all.at[i];
		struct told *w = told_open(x);
		if (!w || !w->parked || x->holding != IS_INSIDE || !(all || spin_lock_is_free(x, w->arg)))
			continue;
		w->parked = false;
		t->parked_n--;
		tracee_go(x, PTRACE_CONT, 0);
		if (!all)
			return; /* it takes the lock: one at a time */
	}
}

/* The semaphore's page: which segment it is, told before the EXIT that names it. */
static bool named_semaphore(struct tracer *t, struct tracee *x, const struct told *w, struct ev_exit *out, struct err *err)
{
	struct mapping *m = space_find(x->space, out->arg);
	char path[PATH_KEPT + 16];

	if (!m)
		return true;
	/* It was mapped under a name of the moment; only link(2) made it this one. */
	snprintf(path, sizeof path, "/dev/shm/sem.%s", (const char *)w->bytes + (w->bytes[0] == '/'));
	segment_name(t, m->seg, path + 8, path);
	out->arg2 = t->segments.at[m->seg].ino;
	return segment_announce(t, x, m->seg, err);
}

static bool told_ends(struct tracer *t, struct tracee *x, struct err *err)
{
	struct ev_exit out = {.ret = (i64)x->args[2], .fd = -1, .fd2 = -1};
	struct told *w = NULL;
	u32 n = x->told_n;

	while (n && x->told[n - 1].op != x->args[1])
		n--;
	if (!n)
		return true; /* its beginning was not seen */
	x->told_n = n - 1;
	w = &x->told[n - 1];
	x->site = w->site;
	if (w->suspended && !told_emit(t, x, w, NULL, 0, err))
		return false;
	switch (w->op) {
	case HOOK_SEM_OPEN:
		out.arg = x->args[3];
		if (out.ret >= 0 && !named_semaphore(t, x, w, &out, err))
			return false;
		break;
	case HOOK_SEM_GETVALUE:
		out.arg = out.ret >= 0 ? x->args[2] : 0;
		break;
	default:
		break;
	}
	if (!told_emit(t, x, w, &out, 0, err))
		return false;
	return w->op != HOOK_SEM_CLOSE || maps_refresh(t, x, true, err);
}

bool told_reopen(struct tracer *t, struct tracee *x, struct err *err)
{
	struct told *w = x->told_n ? &x->told[x->told_n - 1] : NULL;

	if (!w || !w->suspended)
		return true;
	w->suspended = false;
	return told_emit(t, x, w, NULL, 0, err);
}

bool told_inner(struct tracer *t, struct tracee *x, struct entry *e)
{
	switch (x->call_nr) {
	case SYS_mmap:
		e->call = CALL_mmap;
		e->hold = e->logged = false;
		e->wants_exit = true;
		return true;
	case SYS_close:
		fdmap_clear(t, x->fds, (int)x->args[0]);
		return false;
	default:
		return false;
	}
}

void told_time_passes(struct tracee *x)
{
	struct told *w = told_open(x);
	arch_regs regs;

	x->passing = false;
	if (!w || !arch_get_regs(x->tid, &regs) || arch_call(&regs) != SYS_futex ||
	    !(result_is_restart(arch_result(&regs)) || arch_result(&regs) == -EINTR))
		return; /* it was woken just before */
	arch_set_result(&regs, -ETIMEDOUT);
	arch_set_call(&regs, -1);
	arch_set_regs(x->tid, &regs);
	w->endless = false;
}

/* ---- tracer_take, tracer_resume, signals ---- */

bool hooked_take_exit(struct tracer *t, struct tracee *x, struct err *err)
{
	return x->hook == HOOK_END ? told_ends(t, x, err) : maps_refresh(t, x, true, err);
}

bool hooked_resume(struct tracer *t, struct tracee *x, struct err *err)
{
	return x->hook == HOOK_ACCESS ? access_resume(t, x, err) : told_resume(t, x, err);
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
		return access_undone(t, x, RESTART_RESULT, EVF_RESTART, err);
	}
	if (!w || x->in_call)
		return true;
	w->suspended = true;
	return told_emit(t, x, w, &again, EVF_RESTART, err);
}
