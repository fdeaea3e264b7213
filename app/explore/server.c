/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program, started: by our runtime's fork server, which stands before main and is forked for each execution;
 * or by exec each time, when it was not made by `ipclab cc`. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "explore/private.h"

enum { TICK_MS = EXPLORE_TICK_MS };

volatile sig_atomic_t explore_told_to_stop;

static void on_tick(int sig)
{
	(void)sig;
}

static void tick(bool on)
{
	struct itimerval t = {{0, on ? TICK_MS * 1000 : 0}, {0, on ? TICK_MS * 1000 : 0}};

	setitimer(ITIMER_REAL, &t, NULL);
}

static bool launch(struct exec *x, pid_t *pid, struct err *err)
{
	struct launch l = {.argv = x->opt->argv,
		.envp = x->opt->envp,
		.cwd = x->opt->cwd,
		.fds = {x->stdin_copy, x->stdout_fd, x->stderr_copy}};

	return lean_launch(x->lean, &l, pid, err);
}

static void reset_tasks(struct exec *x)
{
	x->tasks = x->alive = 0;
	x->steps.n = x->places.n = x->spaces.n = x->rwlocks.n = x->barriers.n = x->early.n =
		x->peers.n = 0;
	x->parked = 0;
	x->root_ended = x->clocks_run = x->signalled = x->given_up = false;
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
				lean_answer(pid, HOOK_HERE | HOOK_EXPLORE | HOOK_SERVE |
							 (x->opt->threads ? HOOK_THREADS : 0));
			if (s.args[0] == HOOK_PAGE && s.args[1])
				break; /* said by the first execution */
			if (s.args[0] == HOOK_PAGE)
				lean_answer(pid, (long)getpid() << 32 | x->page_fd);
		} else if (s.kind == LEAN_CALL && s.nr != SYS_openat && s.nr != SYS_read &&
			   s.nr != SYS_close && s.nr != SYS_mmap && s.nr != SYS_rt_sigaction) {
			break;
		}
		lean_go(pid, false, s.kind == LEAN_SIGNAL ? s.sig : 0);
	}
	x->serving = false;
	if (!x->server) {
		lean_kill(pid);
		while (lean_next(true, &s),
			s.kind != LEAN_NOBODY && !(s.kind == LEAN_END && s.tid == pid))
			;
	}
	return true;
}

/* Together on one core, which makes a stop less than half as dear; of several explorers each on one of its own, as
 * far as there are some. */
static void pin(void)
{
	cpu_set_t one, may;
	int nth;

	if (sched_getaffinity(0, sizeof may, &may) < 0 || CPU_COUNT(&may) == 0)
		return;
	nth = (int)getpid() % CPU_COUNT(&may);
	CPU_ZERO(&one);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &may) && nth-- == 0)
			CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof one, &one);
}

bool exec_open(
	struct exec *x, const struct explore_options *opt, struct told *told, struct err *err)
{
	struct sigaction tick_action = {.sa_handler = on_tick};

	*x = (struct exec){.opt = opt,
		.told = told,
		.page_fd = -1,
		.stdin_copy = -1,
		.stdout_fd = -1,
		.stderr_copy = -1};
	sigaction(SIGALRM, &tick_action, NULL);
	x->page_fd = memfd_create("ipclab-explore", MFD_CLOEXEC);
	if (x->page_fd < 0 || ftruncate(x->page_fd, sizeof *x->page) < 0)
		return err_sys(err, EXIT_MACHINE, "no memory for the page shared with the program");
	x->page = mmap(NULL, sizeof *x->page, PROT_READ | PROT_WRITE, MAP_SHARED, x->page_fd, 0);
	if (x->page == MAP_FAILED)
		return err_sys(err, EXIT_MACHINE, "no memory for the page shared with the program");
	pin();
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
		while (lean_next(true, &s),
			s.kind != LEAN_NOBODY && !(s.kind == LEAN_END && s.tid == x->server))
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
	free(x->seen_outside.at);
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
		} else if (s.tid == x->server && s.kind == LEAN_CALL && s.nr == HOOK_CALL &&
			   s.args[0] == HOOK_READY) {
			ready = true;
			if (!*pid)
				return err_set(err, EXIT_MACHINE,
					"the program's fork server cannot fork: too many "
					"processes?");
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

bool exec_begin(struct exec *x, struct err *err)
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
