/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls of the C library as our runtime tells them: an operation between HOOK_BEGIN and HOOK_END. What
 * such a call asks the kernel for in between is its own business, but for the mappings it makes. Asleep
 * in a futex it is blocked inside the operation, and its time-out is a choice as any other. */
#include <linux/futex.h>
#include <stdio.h>
#include <time.h>

#include "tracer/private.h"

enum { RESTART_ALWAYS = -513 }; /* -ERESTARTNOINTR: the call begins again, from its registers */

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

/* A time that has passed by the clock since the run began may have passed only because its task was
 * held: then it is still to come, and that is a choice. An older one was never to come. */
static u64 passed_in_hold(const struct tracer *t, u64 ago)
{
	return t->opt.held && ago < clock_ns() - t->began_ns ? 1 : 0;
}

bool told_announced(struct tracer *t, struct tracee *x)
{
	const u64 *a = x->args;
	struct entry *e;

	if (a[1] >= HOOK_OP_COUNT || !told_calls[a[1]])
		return false;
	e = hook_entry(x, told_calls[a[1]], EVF_TOLD);
	e->arg = a[2];
	e->size = a[3];
	e->hash = a[4] == HOOK_NO_TIME ? TIME_NONE : !(a[4] & HOOK_LATE) ? a[4] : passed_in_hold(t, a[4] & ~HOOK_LATE);
	if (a[1] == HOOK_JOIN)
		e->fd = thread_of(t, x, a[2]);
	if (a[1] == HOOK_SEM_OPEN || a[1] == HOOK_SEM_UNLINK)
		e->held = (u32)memory_read_string(x->tid, a[2], (char *)e->bytes, PATH_KEPT) + 1;
	x->hook = HOOK_BEGIN;
	return true;
}

/* ---- calls of the C library ---- */

struct told *told_open(struct tracee *x)
{
	struct told *w = x->told_n ? &x->told[x->told_n - 1] : NULL;

	return w && !w->suspended ? w : NULL;
}

bool told_emit(struct tracer *t, struct tracee *x, const struct told *w, const struct ev_exit *exit,
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

bool told_resume(struct tracer *t, struct tracee *x, struct err *err)
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
	} else if (t->began_held && w->ns != TIME_NONE && w->ns) {
		hook_answer(x, HOOK_AFRESH);
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
	tracee_go(x, relock_watches(t, x) ? PTRACE_SYSCALL : PTRACE_CONT, 0);
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
	m->untold = false;
	return segment_announce(t, x, m->seg, err);
}

bool told_ends(struct tracer *t, struct tracee *x, struct err *err)
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

/* Interrupted while it waits by futex(2), and it would go on waiting. */
static bool is_in_futex(const arch_regs *regs)
{
	i64 result = arch_result(regs);

	return (arch_call(regs) == SYS_futex || arch_call(regs) == ARCH_CALL_RESTART) &&
	       (result_is_restart(result) || result == -EINTR);
}

void told_time_passes(struct tracee *x)
{
	struct told *w = told_open(x);
	arch_regs regs;

	x->passing = false;
	if (!w || !arch_get_regs(x->tid, &regs) || !is_in_futex(&regs))
		return; /* it was woken just before */
	arch_set_result(&regs, -ETIMEDOUT);
	arch_set_call(&regs, -1);
	arch_set_regs(x->tid, &regs);
	w->endless = false;
}

void told_own_time(struct tracee *x)
{
	struct told *w = told_open(x);
	struct timespec until;
	arch_regs regs;
	u64 how;

	x->loosened = false;
	if (!w || !w->endless || !arch_get_regs(x->tid, &regs) || !is_in_futex(&regs))
		return;
	/* The time is absolute, on the clock that the operation names; it lies on the runtime's stack. */
	how = arch_arg(&regs, 1);
	clock_gettime(how & FUTEX_CLOCK_REALTIME || (how & FUTEX_CMD_MASK) == FUTEX_LOCK_PI ? CLOCK_REALTIME : CLOCK_MONOTONIC,
		&until);
	until.tv_sec += (time_t)(w->ns / 1000000000) + (until.tv_nsec + (i64)(w->ns % 1000000000)) / 1000000000;
	until.tv_nsec = (until.tv_nsec + (i64)(w->ns % 1000000000)) % 1000000000;
	if (!memory_write(x->tid, arch_arg(&regs, 3), &until, sizeof until))
		return;
	arch_set_call(&regs, SYS_futex); /* not restart_syscall: that remembers the time it had */
	arch_set_result(&regs, RESTART_ALWAYS);
	arch_set_regs(x->tid, &regs);
	w->endless = false;
}
