/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tracer_take: what a stop means, as events. */
#include <elf.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/private.h"

bool is_foreign(pid_t tid)
{
	char path[64];
	unsigned char id[20] = {0};
	int fd;
	bool foreign = false;

	snprintf(path, sizeof path, "/proc/%d/exe", (int)tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (read(fd, id, sizeof id) == sizeof id)
		foreign = id[EI_CLASS] != ARCH_ELF_CLASS || id[18] != ARCH_ELF_MACHINE;
	close(fd);
	return foreign;
}

bool emit_exec(struct tracer *t, struct tracee *x, u32 former, struct err *err)
{
	char link[64], path[1024];
	struct ev_exec body = {.former = former, .foreign = is_foreign(x->tid)};
	ssize_t n;
	bool ok;
	struct rec *r;

	snprintf(link, sizeof link, "/proc/%d/exe", (int)x->tid);
	n = readlink(link, path, sizeof path - 1);
	path[n < 0 ? 0 : n] = 0;
	body.path_len = (u32)strlen(path) + 1;
	r = emit_begin(t, REC_EXEC, x, sizeof body + body.path_len, err, &ok);
	if (!r)
		return ok;
	memcpy(r + 1, &body, sizeof body);
	memcpy((u8 *)(r + 1) + sizeof body, path, body.path_len);
	emit_commit(t, r);
	return actor_note(t, x, path, err);
}

/* exec from a thread: the thread goes on under the leader's id, the others are gone (ptrace(2)). */
static bool take_exec(struct tracer *t, struct tracee *x, struct err *err)
{
	struct tracee *former = x->msg && (pid_t)x->msg != x->tid ? tracee_by_tid(t, (pid_t)x->msg) : NULL;
	u32 number = x->task;

	if (former) {
		number = former->task;
		t->alive--;
		if (former->vfork_parent)
			x->vfork_parent = true;
		tracee_remove(t, former);
	}
	x->in_call = x->restarting = x->altered = x->ended = x->stepping = x->passing = false;
	x->accessing = false;
	x->late.size = 0;
	x->told_n = 0;
	space_release(t, x->space);
	x->space = space_create();
	x->map = 0;
	x->strings_at = 0;
	x->site = 0;
	if (x->fds->refs > 1) { /* exec takes a table of its own, execve(2) */
		struct fdmap *own = fdmap_copy(t, x->fds);
		fdmap_release(t, x->fds);
		x->fds = own;
	}
	fdmap_exec(t, x->fds);
	return emit_exec(t, x, number, err);
}

/* Flags of a clone that had begun before we came, from what became of it. */
static u64 attached_birth(pid_t tgid, pid_t tid)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/task/%d", (int)tgid, (int)tid);
	return access(path, F_OK) == 0 ? CLONE_THREAD | CLONE_FILES | CLONE_VM : 0;
}

static bool take_birth(struct tracer *t, struct tracee *x, struct err *err)
{
	struct tracee *child = tracee_by_tid(t, (pid_t)x->msg);
	u64 flags = x->entry.arg;
	u32 evf = 0;

	if (!x->msg)
		return true;
	if (!x->in_call)
		flags = 0; /* cannot be: births are in the filter */
	if (child && child->spawned)
		return true;
	if (!child)
		child = tracee_add(t, (pid_t)x->msg);
	if (x->attached && !x->in_call) /* we came in the middle of it */
		flags = attached_birth(x->tgid, (pid_t)x->msg);
	child->attached = x->attached;
	child->tgid = flags & CLONE_THREAD ? x->tgid : child->tid;
	child->fds = flags & CLONE_FILES ? fdmap_share(x->fds) : fdmap_copy(t, x->fds);
	child->space = flags & CLONE_VM ? space_share(x->space) : space_copy(t, x->space);
	child->map = x->map;
	child->spared = x->spared;
	child->siteless = x->siteless;
	child->strings_at = x->strings_at;
	if (child->holding != IS_STOPPED && child->holding != IS_GONE)
		child->holding = IS_RUNNING;
	evf |= flags & CLONE_THREAD ? EVF_THREAD : 0;
	evf |= flags & CLONE_FILES ? EVF_FILES : 0;
	evf |= flags & CLONE_VFORK ? EVF_VFORK : 0;
	x->vfork_parent = flags & CLONE_VFORK;
	if (!emit_spawn(t, child, x->task, evf, err))
		return false;
	if (child->holding == IS_STOPPED || child->holding == IS_GONE)
		*vec_push(&t->ready) = child->task;
	return true;
}

static bool is_birth(const struct tracee *x)
{
	return x->in_call && (x->entry.call == CALL_fork || x->entry.call == CALL_vfork ||
	                      x->entry.call == CALL_clone || x->entry.call == CALL_clone3);
}

/* A newborn that was killed before its first stop, and whose creator will not tell of it either, did nothing
 * that anybody could see: it is let end unsaid. True when it was one. */
static bool let_end_unseen(struct tracer *t, struct tracee *x)
{
	if (x->holding == IS_GONE) {
		tracee_remove(t, x);
		return true;
	}
	if (x->holding != IS_STOPPED || x->stop != STOP_ENDING)
		return false;
	tracee_go(x, PTRACE_CONT, 0);
	return true;
}

/* A task killed between making a child and telling us of it leaves a stopped newborn that no event
 * announces: it is the dead one's child. Its descriptors are asked of the kernel. */
bool adopt_orphans(struct tracer *t, u32 creator, struct err *err)
{
	for (size_t i = 0; i < t->all.n; i++) {
		struct tracee *x = t->all.at[i];
		if (!is_birth(x) || x->holding == IS_GONE)
			continue;
		if (!x->ended)
			return true; /* its event may still come */
		creator = t->orphan_maker = x->task; /* a leader's end is told when its last thread has ended */
		t->orphan_maker_told = false;
	}
	t->early = false;
	for (size_t i = t->all.n; i-- > 0;) {
		struct tracee *x = t->all.at[i];
		if (x->spawned || x->attached || let_end_unseen(t, x))
			continue;
		if (!x->born_seen || !creator) {
			t->early |= x->born_seen;
			continue;
		}
		x->fds = fdmap_create();
		x->space = space_create();
		x->attached = t->attached;
		if (!emit_spawn(t, x, t->orphan_maker_told ? 0 : creator, 0, err) || !fdmap_adopt_all(t, x, err) || !maps_refresh(t, x, false, err))
			return false;
		*vec_push(&t->ready) = x->task;
	}
	return true;
}

static bool take_event(struct tracer *t, struct tracee *x, struct err *err)
{
	if (x->stepping && !x->event)
		return take_handler_frame(t, x, err);
	switch (x->event) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		return take_birth(t, x, err);
	case PTRACE_EVENT_EXEC:
		return take_exec(t, x, err);
	case PTRACE_EVENT_SECCOMP:
		return inject_user(t, x, err);
	default:
		if (x->passing && told_open(x))
			told_time_passes(x);
		else if (x->loosened && told_open(x))
			told_own_time(x);
		return true;
	}
}

static bool take_gone(struct tracer *t, struct tracee *x, struct err *err)
{
	struct ev_end body = {.status = x->status};
	bool ok;
	struct rec *r;

	limit_put_back(t, x, false); /* others may have that socket */
	if (is_birth(x)) {
		t->orphan_maker = x->task;
		t->orphan_maker_told = false;
		if (!adopt_orphans(t, x->task, err))
			return false;
	}
	r = emit_begin(t, REC_END, x, sizeof body, err, &ok);

	if (r) {
		r->flags = x->tid == x->tgid ? EVF_LAST : 0;
		memcpy(r + 1, &body, sizeof body);
		emit_commit(t, r);
	}
	t->orphan_maker_told |= x->task == t->orphan_maker;
	sysv_touch_all(t);
	if (x->task == t->root) {
		t->root_gone = true;
		t->root_status = x->status;
	}
	t->alive--;
	maps_disturbed(t);
	tracee_remove(t, x);
	return ok;
}

/* The calls whose line is worth a copy of the stack also when nobody is held. */
static bool makes_or_ends_an_end(const struct entry *e)
{
	switch (e->call) {
	case CALL_read: case CALL_write: case CALL_readv: case CALL_writev: case CALL_preadv2: case CALL_pwritev2:
	case CALL_poll: case CALL_ppoll: case CALL_select: case CALL_pselect6:
	case CALL_splice: case CALL_tee: case CALL_vmsplice: case CALL_sendfile:
	case CALL_sendto: case CALL_sendmsg: case CALL_sendmmsg:
	case CALL_recvfrom: case CALL_recvmsg: case CALL_recvmmsg:
	case CALL_mq_timedsend: case CALL_mq_timedreceive: case CALL_msgsnd: case CALL_msgrcv:
	case CALL_semop: case CALL_semtimedop:
	case CALL_wait4: case CALL_waitid: case CALL_nanosleep: case CALL_clock_nanosleep:
		return false;
	default:
		return true;
	}
}

static bool take_entry(struct tracer *t, struct tracee *x, struct err *err)
{
	if (x->hook)
		return hooked_take_entry(t, x, err);
	x->site = 0;
	if (x->entry.logged && (t->opt.held || t->opt.every_site || (t->opt.sites && makes_or_ends_an_end(&x->entry))))
		x->site = site_copy(t, x, err);
	if (t->opt.held && x->entry.hold)
		return emit_entry(t, x, REC_POISED, err);
	return true;
}

/* Those of which the kernel begins none again (epoll_wait, semop, sigtimedwait: signal(7)) give -EINTR for our interrupt, too. */
static bool is_broken_off_by_us(const struct tracee *x, i64 ret)
{
	return result_is_restart(ret) || (ret == -EINTR && (!signal_is_due(x->tid) || signal_waits_in_vain(x->tid)));
}

/* Free again: the call begins anew, with the time-out the program gave it. */
static bool restart_with_own_time(struct tracee *x)
{
	arch_regs regs;

	if (!arch_get_regs(x->tid, &regs))
		return true;
	for (int i = 0; i < 6; i++)
		arch_set_arg(&regs, i, x->args[i]);
	arch_set_call(&regs, x->call_nr);
	arch_set_result(&regs, -514 /* ERESTARTNOHAND: from the start, not by restart_syscall */);
	arch_set_regs(x->tid, &regs);
	x->altered = x->loosened = false;
	x->restarting = true;
	x->pending_ret = -514;
	return true;
}

/* Without a tracer an ignored signal is thrown away when it is sent; with one it is queued and
 * breaks a sleeping write off (sig_ignored() in kernel/signal.c). A write that came back short for
 * nothing but that is made to go on with the rest, so that the program sees what it would see. */
static bool is_cut_in_vain(struct tracer *t, struct tracee *x, i64 ret)
{
	enum fd_class class;
	u32 flags;
	u64 ino;
	bool cloexec;

	return x->entry.call == CALL_write && ret > 0 && x->carried + (u64)ret < x->entry.size &&
	       fd_class(t, x, x->entry.fd) == FDC_PIPE && signal_waits_in_vain(x->tid) &&
	       fd_ask(x->tid, x->entry.fd, &class, &ino, &flags, &cloexec) && !(flags & O_NONBLOCK);
}

/* Not of one that was attached to: were we killed meanwhile, it would take the rest's count for the whole's. That is said. */
static bool write_goes_on(struct tracer *t, struct tracee *x, i64 ret, struct err *err)
{
	arch_regs regs;

	if (!is_cut_in_vain(t, x, ret))
		return false;
	if (x->attached) {
		emit_observe(t, x, OBS_CUT, (u64)x->entry.fd, (u64)ret, x->entry.size, 0, 0, err);
		return false;
	}
	if (!arch_get_regs(x->tid, &regs))
		return false;
	x->carried += (u64)ret;
	arch_set_arg(&regs, 1, x->args[1] + x->carried);
	arch_set_arg(&regs, 2, x->args[2] - x->carried);
	arch_set_call(&regs, x->call_nr);
	arch_set_result(&regs, -514 /* ERESTARTNOHAND */);
	x->altered = arch_set_regs(x->tid, &regs);
	x->restarting = true;
	x->pending_ret = -514;
	return true;
}

/* The same, where the kernel begins no call again by itself (semop, epoll_wait: signal(7)): -EINTR that nobody would
 * have seen. */
static bool waits_on(struct tracee *x, i64 ret)
{
	arch_regs regs;

	if (ret != -4 /* EINTR */ || !signal_waits_in_vain(x->tid) || !arch_get_regs(x->tid, &regs))
		return false;
	arch_set_call(&regs, x->call_nr);
	arch_set_result(&regs, -514 /* ERESTARTNOHAND */);
	if (!arch_set_regs(x->tid, &regs))
		return false;
	x->restarting = true;
	x->pending_ret = -514;
	return true;
}

static bool take_exit(struct tracer *t, struct tracee *x, struct err *err)
{
	i64 ret;

	if (x->hook)
		return hooked_take_exit(t, x, err);
	if (x->woken)
		return tracer_note_hold(t, x->task, err);
	if (!arch_read_result(x->tid, &ret))
		return true; /* killed: its end follows */
	limit_put_back(t, x, false);
	if (x->passing && (result_is_restart(ret) || ret == -4 /* EINTR */))
		return finish_call(t, x, x->entry.timed.sys_result, 1, err);
	x->passing = false;
	if (x->loosened && is_broken_off_by_us(x, ret))
		return restart_with_own_time(x);
	x->loosened = false;
	limit_interrupted(x, &ret);
	if (result_is_restart(ret)) {
		x->restarting = true;
		x->pending_ret = ret;
		if (!signal_waits_in_vain(x->tid))
			sleep_tells_rest(x);
		/* for that long it is nobody's partner */
		return !fifo_is_open(&x->entry) || emit_observe(t, x, OBS_STATE, OBS_RUNNING, 0, 0, 0, 0, err);
	}
	if (write_goes_on(t, x, ret, err) || waits_on(x, ret))
		return true;
	if (t->opt.faults_n && !inject_exit(t, x, ret, err))
		return false;
	return finish_call(t, x, ret, 0, err);
}

/* It was said that it is left alone: whatever it stops for, from here on it is followed. */
static bool tell_followed(struct tracer *t, struct tracee *x, struct err *err)
{
	x->unmet_told = false;
	return emit_observe(t, x, OBS_UNMET, 0, 0, 0, 0, 0, err);
}

bool tracer_take(struct tracer *t, u32 task, struct err *err)
{
	struct tracee *x = tracee_by_task(t, task);
	enum stop_kind kind;

	if (!x || (x->holding != IS_STOPPED && x->holding != IS_GONE))
		return true;
	kind = x->stop;
	if (!found_over(t, x, err))
		return false;
	if (x->accessing && !access_at_stop(t, x, err))
		return false;
	if (x->hook != HOOK_ACCESS)
		x->spin.n = 0;
	if (x->holding == IS_GONE)
		return take_gone(t, x, err);
	x->holding = IS_TAKEN;
	t->takes++;
	if (x->unmet_told && !tell_followed(t, x, err))
		return false;
	switch (kind) {
	case STOP_ENTRY:
		return take_entry(t, x, err);
	case STOP_EXIT:
		return take_exit(t, x, err);
	case STOP_SIGNAL:
		return take_signal(t, x, err);
	case STOP_EVENT:
		return take_event(t, x, err);
	case STOP_ENDING:
		return emit_observe(t, x, OBS_ENDING, x->msg, 0, 0, 0, 0, err);
	case STOP_BORN:
		return !x->attached || attach_first_stop(t, x, err);
	case STOP_GROUP:
		return emit_observe(t, x, OBS_STATE, OBS_STOPPED, x->in_call ? x->entry.call : 0, 0, 0, 0, err);
	default:
		return true;
	}
}
