/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One execution. Of all tasks one runs at a time: the one that was chosen, until it stands before a point at
 * which somebody may be chosen again. Accesses to shared memory, and calls that cannot block, it notes in the
 * page it shares with us and goes on (hook/explore.c); so most executions stop a few times only. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "explore/private.h"

enum {
	TICK_MS = 20,
	COMPUTES_TICKS = 500, /* 10 s */
	PATIENCE = 200,      /* reads more, for one that spins, when nobody else can go on */
	FORCED_MAX = 8,      /* times */
	LOOKS = 3,
};

volatile sig_atomic_t explore_told_to_stop;

static void on_tick(int sig) { (void)sig; }

static void tick(bool on)
{
	struct itimerval t = {{0, on ? TICK_MS * 1000 : 0}, {0, on ? TICK_MS * 1000 : 0}};

	setitimer(ITIMER_REAL, &t, NULL);
}

/* ---- the program ---- */

static bool launch(struct exec *x, pid_t *pid, struct err *err)
{
	struct launch l = {.argv = x->opt->argv, .envp = x->opt->envp, .cwd = x->opt->cwd,
		.fds = {x->stdin_copy, x->stdout_fd, x->stderr_copy}};

	return lean_launch(x->lean, &l, pid, err);
}

static void reset_tasks(struct exec *x)
{
	x->tasks = x->alive = 0;
	x->steps.n = x->places.n = x->spaces.n = x->rwlocks.n = x->barriers.n = x->early.n = x->peers.n = 0;
	x->parked = 0;
	x->root_ended = x->signalled = x->given_up = false;
	x->final = 0;
	x->root_status = 0;
	x->verdict = EXPLORE_FINE;
	x->page->n = x->page->until = x->page->patience = x->page->period = 0;
	memset(x->page->spins, 0, sizeof x->page->spins);
}

/* Runs to HOOK_READY, where the fork server waits. Anything else that comes first: it is no server. */
static bool serve(struct exec *x, struct err *err)
{
	struct lean_stop s;
	pid_t pid;

	if (!launch(x, &pid, err))
		return false;
	x->serving = true;
	lean_go(pid, false, 0);
	for (u32 stops = 0; stops < 1000; stops++) {
		lean_next(true, &s);
		if (s.kind == LEAN_NONE) {
			stops--;
			if (lean_state(pid) == 'S')
				break;
			continue;
		}
		if (s.kind == LEAN_END || s.kind == LEAN_NOBODY) {
			x->serving = false;
			return true;
		}
		if (s.kind == LEAN_CALL && s.nr == HOOK_CALL) {
			x->hooked = true;
			if (s.args[0] == HOOK_READY) {
				x->server = pid;
				break;
			}
			if (s.args[0] == HOOK_ASK)
				lean_answer(pid, HOOK_HERE | HOOK_EXPLORE | HOOK_SERVE | (x->opt->threads ? HOOK_THREADS : 0));
			if (s.args[0] == HOOK_PAGE)
				lean_answer(pid, (long)getpid() << 32 | x->page_fd);
		} else if (s.kind == LEAN_CALL && s.nr != SYS_openat && s.nr != SYS_read && s.nr != SYS_close &&
			   s.nr != SYS_mmap && s.nr != SYS_rt_sigaction) {
			break;
		}
		lean_go(pid, false, s.kind == LEAN_SIGNAL ? s.sig : 0);
	}
	x->serving = false;
	if (!x->server) {
		lean_kill(pid);
		while (lean_next(true, &s), s.kind != LEAN_NOBODY && !(s.kind == LEAN_END && s.tid == pid))
			;
	}
	return true;
}

bool exec_open(struct exec *x, const struct explore_options *opt, struct told *told, struct err *err)
{
	struct sigaction tick_action = {.sa_handler = on_tick};
	cpu_set_t one, may;

	*x = (struct exec){.opt = opt, .told = told, .page_fd = -1, .stdin_copy = -1, .stdout_fd = -1, .stderr_copy = -1};
	sigaction(SIGALRM, &tick_action, NULL);
	x->page_fd = memfd_create("ipclab-explore", MFD_CLOEXEC);
	if (x->page_fd < 0 || ftruncate(x->page_fd, sizeof *x->page) < 0)
		return err_sys(err, EXIT_MACHINE, "no memory for the page shared with the program");
	x->page = mmap(NULL, sizeof *x->page, PROT_READ | PROT_WRITE, MAP_SHARED, x->page_fd, 0);
	if (x->page == MAP_FAILED)
		return err_sys(err, EXIT_MACHINE, "no memory for the page shared with the program");
	CPU_ZERO(&one);
	if (sched_getaffinity(0, sizeof may, &may) == 0)
		for (int cpu = CPU_SETSIZE - 1; cpu >= 0; cpu--)
			if (CPU_ISSET(cpu, &may)) {
				CPU_SET(cpu, &one);
				sched_setaffinity(0, sizeof one, &one);
				break;
			}
	x->lean = lean_create(err);
	if (!x->lean || !alike_open(x, err))
		return false;
	if (opt->no_server)
		return true;
	tick(true);
	return serve(x, err);
}

void exec_close(struct exec *x)
{
	struct lean_stop s;

	exec_kill(x);
	if (x->server) {
		lean_kill(x->server);
		while (lean_next(true, &s), s.kind != LEAN_NOBODY && !(s.kind == LEAN_END && s.tid == x->server))
			;
	}
	tick(false);
	alike_close(x);
	lean_destroy(x->lean);
	if (x->page && x->page != MAP_FAILED)
		munmap(x->page, sizeof *x->page);
	if (x->page_fd >= 0)
		close(x->page_fd);
	free(x->steps.at);
	free(x->places.at);
	free(x->spaces.at);
	free(x->rwlocks.at);
	free(x->barriers.at);
	free(x->names.at);
	free(x->peers.at);
	free(x->early.at);
}

/* The server forks: its child is made ours, so that one wait collects it. */
static bool fork_child(struct exec *x, pid_t *pid, struct err *err)
{
	enum { PARENT = 0x8000 }; /* CLONE_PARENT */
	bool born = false, ready = false;
	struct lean_stop s;

	*pid = 0;
	lean_go(x->server, false, 0);
	while (!ready || !born || !*pid) {
		lean_next(true, &s);
		if (s.kind == LEAN_NOBODY || (s.kind == LEAN_END && s.tid == x->server)) {
			x->server = 0;
			return err_set(err, EXIT_MACHINE, "the program's fork server has ended");
		}
		if (explore_told_to_stop)
			return err_set(err, EXIT_CANNOT_RUN, "stopped");
		if (s.kind == LEAN_NONE) {
			continue;
		} else if (s.kind == LEAN_BORN && s.tid != x->server) {
			born = true;
		} else if (s.tid == x->server && s.kind == LEAN_MADE) {
			*pid = s.child;
			lean_go(s.tid, false, 0);
		} else if (s.tid == x->server && s.kind == LEAN_CALL && s.nr == HOOK_CALL && s.args[0] == HOOK_READY) {
			ready = true;
			if (!*pid)
				return err_set(err, EXIT_MACHINE, "the program's fork server cannot fork: too many processes?");
		} else if (s.tid == x->server && s.kind == LEAN_CALL) {
			if (s.nr == SYS_clone) {
				s.args[0] |= PARENT;
				lean_set_call(s.tid, s.nr, s.args);
			}
			lean_go(s.tid, false, 0);
		} else if (s.tid == x->server) {
			lean_go(s.tid, false, s.kind == LEAN_SIGNAL ? s.sig : 0);
		}
	}
	return true;
}

static bool begin(struct exec *x, struct err *err)
{
	pid_t pid;

	reset_tasks(x);
	x->begins = x->kills_seen;
	if (!alike_before(x, err))
		return false;
	if (!(x->server ? fork_child(x, &pid, err) : launch(x, &pid, err)))
		return false;
	x->executions++;
	task_add(x, pid, TASKS_MAX, false);
	x->task[0].born = true;
	x->task[0].space = space_new(x, 0);
	return true;
}

void exec_kill(struct exec *x)
{
	struct lean_stop s;

	for (u32 t = 0; t < x->tasks; t++)
		if (x->task[t].standing != X_GONE)
			lean_kill(x->task[t].tgid);
	for (size_t i = 0; i < x->early.n; i++)
		lean_kill(x->early.at[i]);
	for (u32 waits = 0; x->alive && waits < 500;) {
		u32 t;

		lean_next(true, &s);
		if (s.kind == LEAN_NOBODY)
			break;
		waits += s.kind == LEAN_NONE;
		t = s.kind == LEAN_NONE ? TASKS_MAX : task_by_tid(x, s.tid);
		if (s.kind == LEAN_END && t < TASKS_MAX && x->task[t].standing != X_GONE) {
			x->task[t].standing = X_GONE;
			x->alive--;
		} else if (s.kind != LEAN_NONE && s.kind != LEAN_END && s.tid != x->server) {
			lean_kill(s.tid);
			lean_go(s.tid, false, 0);
		}
	}
}

/* ---- the one that runs ---- */

/* Asleep in a call, twice looked at with nothing in between. */
static bool asleep(struct exec *x, u32 t)
{
	for (int i = 0; i < LOOKS; i++) {
		if (lean_state(x->task[t].tid) != 'S')
			return false;
		sched_yield();
	}
	return true;
}

/* Of others than the one that runs: woken, born, killed. */
static void take_other(struct exec *x, const struct lean_stop *s)
{
	u32 t;

	if (!stop_take(x, s, &t) && t < TASKS_MAX && x->task[t].standing != X_GONE)
		exec_resume_until_point(x, t, true);
}

void exec_resume_until_point(struct exec *x, u32 t, bool looking)
{
	struct xtask *k = &x->task[t];
	struct lean_stop s;
	u32 ticks = 0, who;

	for (;;) {
		lean_next(!looking, &s);
		if (x->err->code)
			return;
		if (s.kind == LEAN_NOBODY) {
			k->standing = X_GONE;
			x->alive = 0;
			return;
		}
		if (s.kind == LEAN_NONE) {
			if (explore_told_to_stop) {
				exec_fail(x, "stopped");
				return;
			}
			sched_yield();
			if (asleep(x, t)) {
				lean_next(false, &s);
				if (s.kind == LEAN_NONE) {
					notes_take(x, t);
					k->standing = X_INSIDE;
					return;
				}
			} else if (!looking && ++ticks > COMPUTES_TICKS) {
				exec_fail(x, "a process has been computing for %d s without any operation: explore cannot "
					     "follow a program that never ends",
					COMPUTES_TICKS * TICK_MS / 1000);
				return;
			}
			if (s.kind == LEAN_NONE)
				continue;
		}
		ticks = 0;
		who = task_by_tid(x, s.tid);
		if (who != t && who < TASKS_MAX) {
			take_other(x, &s);
			continue;
		}
		if (who == TASKS_MAX) {
			stop_take(x, &s, &who); /* not known yet, or no more */
			continue;
		}
		if (stop_take(x, &s, &who) || k->standing == X_GONE)
			return;
		if (k->standing != X_AT)
			return;
		looking = looking && k->awaiting;
	}
}

/* Whoever slept inside a call and was woken comes out of it now. */
static void look_inside(struct exec *x)
{
	struct lean_stop s;
	bool sleeps = false;

	for (u32 t = 0; t < x->tasks; t++)
		sleeps |= x->task[t].standing == X_INSIDE;
	for (u32 looks = 0; sleeps && looks < 1000; looks++) {
		bool all = true;

		while (lean_next(false, &s), s.kind != LEAN_NONE && s.kind != LEAN_NOBODY)
			take_other(x, &s);
		for (u32 t = 0; t < x->tasks && all; t++)
			all = x->task[t].standing != X_INSIDE || lean_state(x->task[t].tid) == 'S';
		if (all && looks)
			return;
		sched_yield();
	}
}

static void go(struct exec *x, struct decision d, u32 until)
{
	struct xtask *k = &x->task[d.task];
	bool looking = false;

	x->page->n = 0;
	x->page->until = until < HOOK_RECORDS ? until : HOOK_RECORDS;
	x->page->task = d.task;
	x->first_by_time = d.by_time;
	x->now_enabled = x->enabled;
	k->by_time = d.by_time;
	k->period = 0;
	if (k->fed) {
		k->fed = false;
		if (k->has_answer)
			lean_answer(k->tid, k->answer);
		k->has_answer = false;
		k->point = POINT_NONE;
		lean_go(k->tid, false, 0);
	} else if (k->point == POINT_SYNC) {
		if (!sync_go(x, d.task, d.by_time))
			return;
	} else if (k->point == POINT_CALL) {
		call_go(x, d.task, d.by_time, &looking);
	} else {
		/* a signal that comes before it has begun is another thing than one that comes then */
		if (!k->begun && x->begins) {
			k->object = SIGNALS_KEY;
			step_add(x, d.task)->inside = true;
		}
		lean_go(k->tid, false, 0);
	}
	k->begun = true;
	k->point = POINT_NONE;
	exec_resume_until_point(x, d.task, looking);
	look_inside(x);
}

/* ---- who could go ---- */

static enum can can(struct exec *x, u32 t)
{
	struct xtask *k = &x->task[t];

	if (k->standing == X_PARKED)
		return sync_can(x, t);
	if (k->standing != X_AT)
		return CAN_NOT;
	if (k->fed)
		return CAN_GO;
	switch (k->point) {
	case POINT_SYNC: return sync_can(x, t);
	case POINT_CALL: return call_can(x, t);
	case POINT_ACCESS: return !k->period || spin_over(x, t) ? CAN_GO : CAN_NOT;
	default: return CAN_GO;
	}
}

static void look_round(struct exec *x)
{
	x->enabled = x->timed = 0;
	for (u32 t = 0; t < x->tasks; t++) {
		switch (can(x, t)) {
		case CAN_GO: x->enabled |= BIT(t); break;
		case CAN_BY_TIME: x->timed |= BIT(t); break;
		default: break;
		}
	}
}

/* Nobody can move but who reads the same again and again: it may be counting its tries. */
static u32 who_spins(struct exec *x)
{
	u32 least = TASKS_MAX;

	for (u32 t = 0; t < x->tasks; t++)
		if (x->task[t].standing == X_AT && x->task[t].period && x->task[t].forced < FORCED_MAX &&
			(least == TASKS_MAX || x->task[t].forced < x->task[least].forced))
			least = t;
	if (least < TASKS_MAX) {
		x->task[least].forced++;
		x->page->patience = PATIENCE;
	}
	return least;
}

struct decision exec_next(u64 enabled, u64 timed, u32 current)
{
	u64 set = enabled ? enabled : timed;

	if (current < TASKS_MAX && set & BIT(current))
		return (struct decision){current, !enabled};
	for (u32 i = 1; i <= TASKS_MAX; i++) {
		u32 t = (current + i) % TASKS_MAX;

		if (set & BIT(t))
			return (struct decision){t, !enabled};
	}
	return (struct decision){TASKS_MAX, false};
}

/* ---- an execution ---- */

static void judge(struct exec *x)
{
	if (x->verdict)
		return;
	if (!WIFEXITED(x->root_status)) {
		x->verdict = EXPLORE_CRASH;
		x->culprit = 0;
	} else if (WEXITSTATUS(x->root_status) != 0) {
		x->verdict = EXPLORE_WRONG;
	}
}

static u32 steps_max(const struct exec *x)
{
	return x->opt->steps_max ? x->opt->steps_max : 20000;
}

static u32 next_forced(const struct plan *p, u32 i)
{
	return p->forced && i < p->forced->n ? p->forced->at[i].at : UINT32_MAX;
}

void exec_look_at_end(struct exec *x)
{
	char bytes[4096];

	x->final = 0;
	for (size_t i = 0; x->opt->finals && i < x->places.n; i++) {
		const struct mapped_at *p = &x->places.at[i];
		u64 n = p->len < sizeof bytes ? p->len : sizeof bytes;

		if (p->space == x->task[0].space && lean_peek(x->task[0].tid, p->addr, bytes, n))
			x->final = mix(x->final, hash64(p->key, bytes, n));
	}
}

/* Nobody can go on: a hang, unless all have ended. */
static bool stuck(struct exec *x, struct decision *d)
{
	d->task = who_spins(x);
	if (d->task < TASKS_MAX)
		return false;
	x->verdict = EXPLORE_HANG;
	return true;
}

/* A choice that was made before. Whom it is about may have to be born first: those who stand before no operation go on
 * until then; when all stand before one and it still cannot be, the choice is given up. */
static bool choose_forced(struct exec *x, const struct plan *p, u32 *forced, u32 current, struct decision *d)
{
	while (next_forced(p, *forced) <= x->steps.n) {
		const struct choice_made_at *c = &p->forced->at[*forced];
		u64 idle = 0;

		if ((c->by_time ? x->timed : x->enabled) & BIT(c->task)) {
			*d = (struct decision){c->task, c->by_time};
			++*forced;
			return true;
		}
		for (u32 t = 0; t < x->tasks; t++)
			if (x->enabled & BIT(t) && (x->task[t].point == POINT_NONE || x->task[t].fed))
				idle |= BIT(t);
		if (idle && c->at == x->steps.n) {
			*d = exec_next(idle, 0, current);
			return true;
		}
		++*forced;
	}
	return false;
}

static bool choose(struct exec *x, const struct plan *p, u32 *forced, u32 current, struct decision *d)
{
	d->by_time = false;
	if (choose_forced(x, p, forced, current, d))
		return true;
	if (!x->enabled && !x->timed)
		return !stuck(x, d);
	*d = p->pick(x, p->arg, x->enabled, x->timed, current);
	x->given_up = d->task == TASKS_MAX;
	return !x->given_up;
}

static u32 until(struct exec *x, const struct plan *p, u32 forced, u32 current)
{
	u32 next = next_forced(p, forced), n = HOOK_RECORDS;

	if (p->until)
		n = p->until(x, p->arg, current);
	if (x->claim)
		n = 1;
	if (next != UINT32_MAX && next <= x->steps.n)
		n = 0;
	else if (next != UINT32_MAX && next - x->steps.n < n)
		n = next - (u32)x->steps.n;
	return n;
}

bool exec_run(struct exec *x, const struct plan *p, struct err *err)
{
	u32 current = TASKS_MAX, forced = 0, rounds = 0;
	struct decision d;

	x->err = err;
	if (!begin(x, err))
		return false;
	while (x->alive && !x->verdict && !err->code) {
		size_t before = x->steps.n;

		look_round(x);
		if (!choose(x, p, &forced, current, &d))
			break;
		go(x, d, until(x, p, forced, d.task));
		current = d.task;
		if (p->ran)
			p->ran(x, p->arg);
		if (x->claim && !x->verdict && x->alive && !claim_holds(x->claim, x))
			x->verdict = EXPLORE_INVARIANT;
		rounds = before == x->steps.n ? rounds + 1 : 0;
		if (x->steps.n >= steps_max(x) || rounds > 100000)
			x->verdict = EXPLORE_ENDLESS;
	}
	if (!err->code && !x->given_up)
		judge(x);
	if (x->task[0].standing != X_GONE)
		exec_look_at_end(x);
	x->final = mix(x->final, x->verdict == EXPLORE_HANG ? 0x4a46 : (u64)x->root_status);
	exec_kill(x);
	alike_after(x);
	return !err->code;
}
