/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A failing execution gone again, held, in the engine of the stage: each step of explore is the next operation of that
 * kind of that task, and what lies between (opening, mapping, closing) is stepped over. Has it come out alike? */
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "explore/private.h"
#include "session/lib.h"

enum { BETWEEN_MAX = 200, AFTER_MAX = 64 };

static const char *const op_names[HOOK_OP_COUNT] = {
	NULL,
	"sem_init",
	"sem_destroy",
	"sem_open",
	"sem_close",
	"sem_unlink",
	"sem_wait",
	"sem_trywait",
	"sem_timedwait",
	"sem_post",
	"sem_getvalue",
	"pthread_mutex_init",
	"pthread_mutex_destroy",
	"pthread_mutex_lock",
	"pthread_mutex_trylock",
	"pthread_mutex_timedlock",
	"pthread_mutex_unlock",
	"pthread_mutex_consistent",
	"pthread_cond_init",
	"pthread_cond_destroy",
	"pthread_cond_wait",
	"pthread_cond_timedwait",
	"pthread_cond_signal",
	"pthread_cond_broadcast",
	"pthread_barrier_init",
	"pthread_barrier_destroy",
	"pthread_barrier_wait",
	"pthread_rwlock_init",
	"pthread_rwlock_destroy",
	"pthread_rwlock_rdlock",
	"pthread_rwlock_tryrdlock",
	"pthread_rwlock_timedrdlock",
	"pthread_rwlock_wrlock",
	"pthread_rwlock_trywrlock",
	"pthread_rwlock_timedwrlock",
	"pthread_rwlock_unlock",
	"pthread_spin_init",
	"pthread_spin_destroy",
	"pthread_spin_lock",
	"pthread_spin_trylock",
	"pthread_spin_unlock",
	"pthread_join",
};

#define CALLS(X)                                                                                   \
	X(read)                                                                                    \
	X(readv)                                                                                   \
	X(recvmsg)                                                                                 \
	X(recvfrom) X(accept) X(accept4) X(write) X(writev) X(sendto) X(sendmsg) X(close) X(       \
		shutdown) X(kill) X(tkill) X(tgkill) X(exit_group) X(exit) X(unlink) X(unlinkat)   \
		X(mq_open) X(mq_unlink) X(msgget) X(semget) X(shmget) X(msgctl) X(shmctl) X(       \
			bind) X(listen) X(openat) X(open) X(wait4) X(waitid) X(nanosleep)          \
			X(clock_nanosleep) X(poll) X(epoll_wait) X(epoll_pwait) X(ppoll) X(select) \
				X(pselect6) X(msgsnd) X(msgrcv) X(semop) X(semtimedop) X(semctl)   \
					X(flock) X(fcntl) X(mq_timedsend) X(mq_timedreceive)       \
						X(futex) X(pause) X(rt_sigsuspend)                 \
							X(rt_sigtimedwait) X(connect)

const char *stage_call(const struct told_step *s)
{
	static const struct {
		long nr;
		const char *name;
	} calls[] = {
#define X(name) {SYS_##name, #name},
		CALLS(X)
#undef X
	};
	static const char *const accesses[] = {"", "load", "store", "update"};

	if (s->point == POINT_ACCESS)
		return accesses[s->how & 3];
	if (s->point == POINT_SYNC)
		return s->op < HOOK_OP_COUNT ? op_names[s->op] : NULL;
	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		if (calls[i].nr == s->nr)
			return calls[i].name;
	return NULL;
}

static const struct world *world_of(const struct writing *w)
{
	return timeline_now(session_timeline(w->session));
}

/* Somebody computes still: on a busy machine it has not come to its next operation yet. */
static void let_come(struct writing *w, u32 task)
{
	bool ended = false;
	struct err ignored = {0};

	for (u32 i = 0; i < 100 && !ended && world_task(world_of(w), task) && world_task(world_of(w), task)->state == TASK_RUNNING; i++)
		if (!session_wait(w->session, 20, &ended, &ignored))
			return;
}

static bool step(struct writing *w, u32 task)
{
	struct err ignored = {0};

	if (!session_step(w->session, task, &ignored))
		return false;
	w->done++;
	let_come(w, task);
	return true;
}

static bool is_at(const struct writing *w, u32 task, const struct told_step *s)
{
	const struct w_task *t = world_task(world_of(w), task);
	const char *name = stage_call(s);

	return t && name && t->state != TASK_RUNNING && t->op.call &&
	       strcmp(call_name(t->op.call), name) == 0 && !t->op.open;
}

static bool has_ended(const struct writing *w, u32 task)
{
	const struct w_task *t = world_task(world_of(w), task);

	return !t || t->state >= TASK_ZOMBIE;
}

/* Making a process is no step of explore: its maker is stepped until it is there. */
static u32 find_or_make(struct writing *w, const char *identity)
{
	u32 task = world_task_by_identity(world_of(w), identity), maker;
	char above[24];
	size_t n;

	if (task)
		return task;
	snprintf(above, sizeof above, "%s", identity);
	n = strlen(above);
	while (n && above[n] != '.' && above[n] != '/')
		n--;
	if (!n)
		return 0;
	above[n] = '\0';
	maker = find_or_make(w, above);
	for (u32 i = 0; maker && i < BETWEEN_MAX && !task; i++) {
		if (!schedule_can_step(world_of(w), maker) || !step(w, maker))
			return 0;
		task = world_task_by_identity(world_of(w), identity);
	}
	return task;
}

static bool has_steps_left(const struct writing *w, u32 from, u32 task)
{
	for (u32 i = from; i < w->told->n; i++)
		if (world_task_by_identity(world_of(w), w->told->step[i].identity) == task)
			return true;
	return false;
}

/* Signals are no steps of explore: whoever stands before the delivery of one takes it. */
static bool deliver_one(struct writing *w, u32 i)
{
	for (u32 t = 1; t < world_tasks(world_of(w)); t++)
		if (world_task(world_of(w), t) && world_task(world_of(w), t)->poised_signal &&
			schedule_can_step(world_of(w), t))
			return step(w, t);
	for (u32 t = 1; t < world_tasks(world_of(w)); t++) /* killed, and does not know it yet */
		if (schedule_can_step(world_of(w), t) && !has_steps_left(w, i, t))
			return step(w, t);
	return false;
}

/* Calls on names, and on what the stage does not hold everywhere: it makes them on the way to the next operation. */
static bool is_by_the_way(const struct told_step *s)
{
	static const long calls[] = {SYS_openat, SYS_open, SYS_ftruncate, SYS_read, SYS_readv,
		SYS_write, SYS_writev, SYS_close, SYS_dup2, SYS_dup3, SYS_unlink, SYS_unlinkat};

	for (size_t i = 0; s->point == POINT_CALL && !s->of_file && !s->by_time && i < ARRAY_LEN(calls); i++)
		if (calls[i] == s->nr)
			return true;
	return false;
}

/* Has it come out in the stage as it did in explore? */
static bool came_out_alike(const struct writing *w, enum explore_verdict verdict)
{
	return w->followed == w->told->n && explore_reached(world_of(w), verdict, WEXITSTATUS(w->told->status), NULL) &&
	       (verdict != EXPLORE_INVARIANT || !explore_claim_holds(w->session, w->opt->invariant));
}

/* Setting a handler is no step of explore: it is done with the operation before it. */
static bool go_on(struct writing *w, u32 task)
{
	for (u32 n = 0; n < BETWEEN_MAX; n++) {
		const struct w_task *t = world_task(world_of(w), task);

		if (t->state == TASK_HELD_EXIT)
			return step(w, task);
		if (t->op.call != CALL_rt_sigaction || t->poised_signal || !schedule_can_step(world_of(w), task))
			return true;
		if (!step(w, task))
			return false;
	}
	return false;
}

/* Who waits for a semaphore and is broken off makes no step of explore. Before the signal is sent he must be inside: he
 * stands before the wait, and does something else next. */
static bool go_in_before_signal(struct writing *w, u32 i)
{
	for (u32 t = 1; t < world_tasks(world_of(w)); t++) {
		const struct w_task *k = world_task(world_of(w), t);
		u32 next = i + 1;

		if (!k || !schedule_can_step(world_of(w), t) || k->poised_signal ||
			(k->op.call != CALL_sem_wait && k->op.call != CALL_sem_timedwait))
			continue;
		while (next < w->told->n && world_task_by_identity(world_of(w), w->told->step[next].identity) != t)
			next++;
		if (next < w->told->n && !is_at(w, t, &w->told->step[next]) && !step(w, t))
			return false;
	}
	return true;
}

static bool sends_signal(const struct told_step *s)
{
	return s->rings || (s->point == POINT_CALL && (s->nr == SYS_kill || s->nr == SYS_tkill || s->nr == SYS_tgkill));
}

static bool follow_one(struct writing *w, const struct told_step *s, u32 i)
{
	u32 task = find_or_make(w, s->identity);
	struct err ignored = {0};

	if (!task)
		return false;
	for (u32 n = 0; s->rings && n < BETWEEN_MAX && world_alarm(world_of(w), task) == TIME_NONE; n++)
		if (!schedule_can_step(world_of(w), task) || !step(w, task)) /* it has set it by now */
			return false;
	if (sends_signal(s) && !go_in_before_signal(w, i))
		return false;
	if (s->rings)
		return session_pass(w->session, task, &ignored) && ++w->done;
	if (s->inside && !s->by_time)
		return go_on(w, task);
	if (s->inside || (is_by_the_way(s) && !is_at(w, task, s)))
		return true;
	for (u32 n = 0; n < BETWEEN_MAX; n++) {
		if (s->exits && has_ended(w, task))
			return true;
		if (!schedule_can_step(world_of(w), task) && deliver_one(w, i))
			continue;
		if (!schedule_can_step(world_of(w), task))
			return s->by_time && session_pass(w->session, task, &ignored) && ++w->done;
		if (is_at(w, task, s)) {
			w->choice[i] = w->done;
			if (!step(w, task))
				return false;
			if (s->by_time && schedule_can_pass(world_of(w), task))
				return session_pass(w->session, task, &ignored) && ++w->done;
			if (!s->exits)
				return go_on(w, task);
			continue;
		}
		if (!step(w, task))
			return false;
	}
	return false;
}

/* Of a hang: everybody goes into the call that he cannot come out of. */
static void go_in(struct writing *w)
{
	for (u32 n = 0; n < AFTER_MAX; n++) {
		const struct world *world = world_of(w);
		u32 task = 0;

		for (u32 t = 1; t < world_tasks(world) && !task; t++)
			if (schedule_can_step(world, t) &&
				world_task(world, t)->state != TASK_SPINNING)
				task = t;
		if (!task || !step(w, task))
			return;
	}
}

/* Of a crash: what its message is written with, and the signal, are no steps of explore. */
static void go_down(struct writing *w)
{
	u32 task = world_task_by_identity(world_of(w), w->told->culprit);

	for (u32 n = 0; n < AFTER_MAX && task && schedule_can_step(world_of(w), task); n++)
		if (!step(w, task))
			return;
}

static bool start(struct writing *w)
{
	struct session_live live = {
		.run = {.tracer = {.held = true,
				.contents = true,
				.terminals = true,
				.sites = true,
				.files = w->told->files,
				.signals = w->told->signals,
				.relocks = w->relocks,
				.threads = w->opt->threads},
			.pin = true},
		.launch = {.argv = w->opt->argv,
			.envp = w->opt->envp,
			.cwd = w->opt->cwd,
			.fds = {-1, -1, -1}},
		.terminal = true,
		.alone = true,
		.title = w->opt->argv[0],
	};
	struct err ignored = {0};

	w->session = session_start(&live, &ignored);
	return w->session != NULL;
}

static void follow(struct writing *w, enum explore_verdict verdict)
{
	for (w->followed = 0; w->followed < w->told->n; w->followed++)
		if (verdict == EXPLORE_WRONG &&
			has_ended(w, 1)) /* what others do then does not change it */
			w->followed = w->told->n - 1;
		else if (!follow_one(w, &w->told->step[w->followed], w->followed))
			return;
	if (verdict == EXPLORE_HANG)
		go_in(w);
	if (verdict == EXPLORE_CRASH)
		go_down(w);
}

/* In explore a signalled waiter takes its mutex when it is chosen; in the stage it asks for it at once, unless it is made
 * to wait its turn: only where the order cannot be gone without. */
void stage_run(struct writing *w, struct explore_result *r)
{
	for (w->relocks = false; !r->stage; w->relocks = true) {
		session_end(w->session);
		w->session = NULL;
		w->done = w->followed = 0;
		memset(w->choice, 0xff, sizeof w->choice);
		if (!start(w))
			return;
		follow(w, r->verdict);
		r->stage = came_out_alike(w, r->verdict);
		if (w->relocks)
			return;
	}
}
