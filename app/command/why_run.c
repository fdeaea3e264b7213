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

static bool start_folding(struct why_run *w, pthread_t *thread)
{
	sigset_t all, before;
	bool ok;

	sem_init(&w->ended, 0, 0);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ok = pthread_create(thread, NULL, fold, w) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ok;
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
			return run_look_once(w->run, err);
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

	answer_take(&w->answer);
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
	struct run_options options = {.tracer = {.sites = true, .sleepers = true, .terminals = true}, .tell_settled = true};
	struct launch launch = {.argv = inv->argv, .fds = {-1, opt->json ? STDERR_FILENO : -1, -1}};
	pthread_t thread;
	bool ok;

	w.run = run_create(&options, &launch, err);
	if (!w.run)
		return false;
	ok = answer_begin(&w.answer, run_log(w.run), opt->redact, err);
	if (ok && !start_folding(&w, &thread))
		ok = err_set(err, EXIT_OURS, "no second thread can be started");
	else if (ok) {
		catch_signals(run_tracer(w.run), opt->within_ns);
		ok = run_to_the_end(&w, err);
		sem_post(&w.ended);
		pthread_join(thread, NULL);
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
