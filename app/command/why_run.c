/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ipclab why -- CMD: the program runs free, with the descriptors and the place it would have without us, until nobody
 * of it is left, or nobody is left who could wake anybody. Two threads: this one traces, the other folds the log.
 */
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command/why.h"

struct why_run {
	const struct why_options *opt;
	struct run *run;
	struct answer answer;
	struct world_standing standing;
	sem_t ended; /* posted once: the folding thread is to stop */
	bool over;   /* the limit of --within is reached */
	bool full;   /* no room for the log: nothing can be said */
	bool folds;  /* the folding thread runs */
	pthread_t folder;
};

/* What signal handlers need: whom to ring. */
static struct tracer *ring_on_signal;
static volatile sig_atomic_t asked_to_end, time_is_over;

static void on_signal(int sig)
{
	int kept = errno;

	if (sig == SIGALRM)
		time_is_over = 1;
	else
		asked_to_end = sig;
	if (ring_on_signal)
		tracer_ring(ring_on_signal);
	errno = kept;
}

static void catch_signals(struct tracer *tracer, u64 within_ns)
{
	struct sigaction end = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	struct itimerval limit = {.it_value = {(time_t)(within_ns / 1000000000), (suseconds_t)(within_ns % 1000000000 / 1000)}};

	ring_on_signal = tracer;
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGHUP, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGQUIT, &end, NULL);
	sigaction(SIGALRM, &end, NULL);
	if (within_ns)
		setitimer(ITIMER_REAL, &limit, NULL);
}

/* ---- the folding thread ---- */

static void *fold(void *arg)
{
	struct why_run *w = arg;
	struct timespec t;

	do {
		u64 until = clock_ns() + 20000000;

		answer_take(&w->answer);
		t = (struct timespec){(time_t)(until / 1000000000), (long)(until % 1000000000)};
	} while (sem_clockwait(&w->ended, CLOCK_MONOTONIC, &t) != 0);
	return NULL;
}

static bool start_folding(struct why_run *w)
{
	sigset_t all, before;

	sem_init(&w->ended, 0, 0);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	w->folds = pthread_create(&w->folder, NULL, fold, w) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return w->folds;
}

static void stop_folding(struct why_run *w)
{
	if (!w->folds)
		return;
	sem_post(&w->ended);
	pthread_join(w->folder, NULL);
	w->folds = false;
	answer_take(&w->answer);
}

/* ---- until the end ---- */

static bool stands_still(struct why_run *w)
{
	struct world_standing s;
	bool stuck;

	answer_take(&w->answer);
	world_standing(w->answer.world, &s);
	stuck = s.verdict == VERDICT_HANG && (!s.n[STANDS_OUTSIDE] || s.root_stuck);
	world_standing_finish(&s);
	return stuck;
}

/* Everybody sleeps: is it over? Those whom only somebody outside could move are no reason to wait when the first
 * process stands still for good. Before that is said others are looked for who have what has a name. */
static bool is_stuck(struct why_run *w, bool *stuck, struct err *err)
{
	*stuck = stands_still(w);
	if (!*stuck)
		return true;
	if (!run_ask_others(w->run, err))
		return false;
	*stuck = stands_still(w);
	return true;
}

/* What was typed may have broken off calls, which the kernel makes again at once, or on a busy machine a little later. */
static bool look_until_still(struct why_run *w, struct err *err)
{
	enum verdict v = VERDICT_RUNS;

	for (u32 try = 0; v == VERDICT_RUNS && try < 10; try++) {
		struct world_standing s;

		if (try)
			nanosleep(&(struct timespec){0, 20000000}, NULL);
		if (!run_look_once(w->run, err))
			return false;
		answer_take(&w->answer);
		world_standing(w->answer.world, &s);
		v = s.verdict;
		world_standing_finish(&s);
	}
	return true;
}

/* Whoever computes is asked where, last of all: it is not let go on. */
static void locate(struct why_run *w)
{
	struct tracer *t = run_tracer(w->run);

	for (u32 task = 1; task <= tracer_tasks(t); task++) {
		struct probe p = {0};

		tracer_probe(t, task, &p);
		if (p.state == 'R') /* one that sleeps may be in a call that nobody follows */
			tracer_locate(t, task, &(struct err){0});
	}
}

/* Typed at the keyboard: the answer is about the moment before. What it did to the programs comes after: they have a second to
 * put their things in order, or until it is typed again. */
static bool let_interrupts(struct why_run *w, struct err *err)
{
	const struct itimerval second = {.it_value = {1, 0}};
	int sig = asked_to_end;
	enum run_end end = RUN_BELL;

	locate(w);
	stop_folding(w);
	if (sig != SIGINT && sig != SIGQUIT)
		return true;
	asked_to_end = time_is_over = 0;
	setitimer(ITIMER_REAL, &second, NULL);
	tracer_let_interrupts(run_tracer(w->run));
	while (end != RUN_ENDED && end != RUN_FULL && !asked_to_end && !time_is_over)
		if (!run_free(w->run, &end, err))
			return false;
	asked_to_end = sig;
	return true;
}

static bool run_to_the_end(struct why_run *w, struct err *err)
{
	bool stuck = false;
	int status;

	for (;;) {
		enum run_end end = RUN_BELL;

		if (!run_free(w->run, &end, err))
			return false;
		if (end == RUN_FULL)
			w->full = true;
		if (time_is_over || asked_to_end) {
			w->over = time_is_over && !asked_to_end;
			if (asked_to_end)
				return look_until_still(w, err) && let_interrupts(w, err);
			if (!run_look_once(w->run, err))
				return false;
			locate(w);
			return true;
		}
		if (end == RUN_SETTLED && !w->full && !is_stuck(w, &stuck, err))
			return false;
		/* As timeout(1) does: CMD's own end is the end. What it left behind, and only waits, ends with us. */
		if (end == RUN_SETTLED && w->opt->within_ns && tracer_root_status(run_tracer(w->run), &status))
			return true;
		if (end == RUN_ENDED || stuck)
			return true;
	}
}

/* ---- the answer ---- */

static int status_of(struct run *run)
{
	int status = 0;

	if (!tracer_root_status(run_tracer(run), &status))
		return EXIT_OURS;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int exit_code(const struct why_run *w, enum verdict verdict)
{
	int status;

	if (asked_to_end)
		return 128 + asked_to_end;
	if (w->opt->within_ns)
		return verdict == VERDICT_ENDED || (tracer_root_status(run_tracer(w->run), &status) && verdict != VERDICT_HANG)
			       ? status_of(w->run) : 124;
	return verdict == VERDICT_HANG ? EXIT_FAILED : EXIT_DONE;
}

static int say(struct why_run *w, const struct invocation *inv)
{
	struct report r = {.command = (const char *const *)inv->argv, .over = w->over, .within_ns = w->opt->within_ns,
		.markdown = w->opt->markdown};
	int code;

	answer_report(&w->answer, &w->standing, &r);
	tracer_root_status(run_tracer(w->run), &r.status);
	r.took_ns = w->standing.verdict == VERDICT_ENDED ? w->answer.now_ns : w->answer.now_ns - w->answer.moved_ns;
	code = exit_code(w, w->standing.verdict);
	/* As timeout(1): what was done in time says nothing. */
	if (w->opt->json || w->opt->markdown || !w->opt->within_ns || w->standing.verdict != VERDICT_ENDED)
		answer_print(&r, w->opt, stderr);
	world_standing_finish(&w->standing);
	return code;
}

bool why_run(struct invocation *inv, const struct why_options *opt, struct err *err)
{
	struct why_run w = {.opt = opt};
	struct run_options options = {.tracer = {.sites = true, .sleepers = true, .terminals = true, .keeps_interrupts = true}, .tell_settled = true};
	struct launch launch = {.argv = inv->argv, .fds = {-1, opt->json ? STDERR_FILENO : -1, -1}};
	bool ok;

	w.run = run_create(&options, &launch, err);
	if (!w.run)
		return false;
	ok = answer_begin(&w.answer, run_log(w.run), opt->redact, err);
	if (ok && !start_folding(&w))
		ok = err_set(err, EXIT_OURS, "no second thread can be started");
	else if (ok) {
		catch_signals(run_tracer(w.run), opt->within_ns);
		ok = run_to_the_end(&w, err);
		stop_folding(&w);
		if (ok && w.full)
			ok = err_set(err, EXIT_OURS, "there is no room for what was seen: nothing can be said");
		else if (ok)
			inv->status = say(&w, inv);
	}
	ring_on_signal = NULL;
	run_destroy(w.run);
	answer_finish(&w.answer);
	return ok;
}
