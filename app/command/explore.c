/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab explore -- CMD: the schedule that breaks it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "command/lib.h"
#include "explore/lib.h"

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static bool number(struct invocation *inv, const char *name, u64 most, u64 *out, struct err *err)
{
	const char *text = option_value(inv, name);
	char *end;

	if (!text)
		return true;
	errno = 0;
	*out = strtoull(text, &end, 10);
	if (errno || *end || *text < '0' || *text > '9' || *out > most)
		return err_set(err, EXIT_USAGE, "--%s is a number up to %llu, not '%.40s'", name,
			(unsigned long long)most, text);
	return true;
}

enum { QUIET_S = 30 }; /* a line so often where it cannot be written over */

struct showing {
	bool line; /* a line of progress stands on the terminal */
	bool shows, terminal;
	double next; /* no terminal: not before */
};

static void duration(double s, char *to, size_t n)
{
	if (s < 100)
		snprintf(to, n, "%.0f s", s);
	else if (s < 6000)
		snprintf(to, n, "%.0f min", s / 60);
	else
		snprintf(to, n, "%.1f h", s / 3600);
}

/* A line that is longer than the terminal is wide could not be written over; ^C adds two. */
static int room(void)
{
	struct winsize w;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 3 ? w.ws_col - 3 : 77;
}

static void progress_line(const struct explore_progress *p, char *to, size_t n)
{
	char left[32] = "", eta[64] = "";

	if (p->left >= 0) {
		duration(p->left, left, sizeof left);
		snprintf(eta, sizeof eta, ", at most %s left", left);
	}
	snprintf(to, n, "%llu executions, %.0f a second%s; %u preemption%s: %llu orders to go",
		(unsigned long long)p->schedules, (double)p->schedules / p->seconds, eta,
		p->preemptions, p->preemptions == 1 ? "" : "s", (unsigned long long)p->waiting);
}

static bool progress(void *arg, const struct explore_progress *p)
{
	struct showing *s = arg;
	char line[200];

	if (!s->shows || !p->schedules || p->seconds <= 1 || p->seconds < s->next)
		return !interrupted;
	progress_line(p, line, sizeof line);
	if (s->terminal)
		fprintf(stderr, "\r%.*s\033[K", room(), line);
	else
		fprintf(stderr, "%s\n", line);
	fflush(stderr);
	s->line = s->terminal;
	s->next = s->terminal ? 0 : p->seconds + QUIET_S;
	return !interrupted;
}

static void as_json(const struct explore_options *o, const struct explore_result *r)
{
	struct str text = {0};

	printf("{\"schema\":\"ipclab/explore/"
	       "v1\",\"schedules\":%llu,\"exhausted\":%s,\"preemptions\":%u,\"failures\":[",
		(unsigned long long)r->schedules, r->exhausted ? "true" : "false", r->preemptions);
	if (r->verdict) {
		const char *verdict = explore_verdict_name(r->verdict);

		printf("{\"verdict\":\"%s\",\"steps\":%u,\"switches\":%u,\"schedule\":", verdict,
			r->steps, r->switches);
		str_add_json(
			&text, r->written ? o->schedule : "", r->written ? strlen(o->schedule) : 0);
		printf("%s,\"sentence\":", r->written ? text.s : "null");
		str_clear(&text);
		str_add_json(&text, r->sentence, strlen(r->sentence));
		printf("%s,\"choices\":\"%s\",\"fewest\":%s}", text.s, r->choices,
			r->fewest ? "true" : "false");
	}
	printf("],\"served\":%s,\"hooked\":%s,\"shortening\":%llu,\"stops\":%llu,\"final_states\":%"
	       "llu,\"final_"
	       "hash\":\"%llx\",\"seconds\":%.3f}\n",
		r->served ? "true" : "false", r->hooked ? "true" : "false",
		(unsigned long long)r->shortening, (unsigned long long)r->stops,
		(unsigned long long)r->final_states, (unsigned long long)r->final_hash, r->seconds);
	str_finish(&text);
}

static void say_rate(const struct explore_result *r)
{
	double all = (double)(r->schedules + r->shortening);

	printf("%llu execution%s in %.2f s, %.0f a second%s.\n", (unsigned long long)r->schedules,
		r->schedules == 1 ? "" : "s", r->seconds, r->seconds > 0 ? all / r->seconds : 0,
		r->served ? " (forked before main)"
			  : ", by exec each time: the program was not made by ipclab cc");
	if (!r->hooked)
		printf("Its accesses to shared memory are not seen: only its system calls are "
		       "points where another may go on.\n");
}

static void in_words(const struct explore_options *o, const struct explore_result *r)
{
	struct str text = {0};

	if (!r->verdict) {
		if (r->exhausted && o->preemptions != EXPLORE_ANY)
			printf("No failure: every order with at most %u preemption%s was run.\n",
				r->preemptions, r->preemptions == 1 ? "" : "s");
		else if (r->exhausted)
			printf("No failure: every order was run.\n");
		else if (!r->schedules)
			printf("No failure so far: the first execution had not ended.\n");
		else
			printf("No failure so far: of the orders with %u preemption%s not all were "
			       "run.\n",
				r->preemptions, r->preemptions == 1 ? "" : "s");
		if (!o->threads)
			printf("Threads, if it has any, took turns at calls only; --threads lets "
			       "their accesses count.\n");
		say_rate(r);
		return;
	}
	str_add_harmless(&text, r->sentence);
	printf("%s: %s\n", explore_verdict_name(r->verdict), text.s);
	str_clear(&text);
	str_add_harmless(&text, r->output);
	if (text.len)
		printf("It wrote: %s%s", text.s, text.s[text.len - 1] == '\n' ? "" : "\n");
	printf("%u step%s, %u preemption%s%s.\n", r->steps, r->steps == 1 ? "" : "s", r->switches,
		r->switches == 1 ? "" : "s",
		!r->switches ? ""
		: r->fewest  ? "; with fewer it does not fail"
			     : "; no single switch can be left out");
	if (r->written)
		printf("Written to %s: ipclab replay %s\n", o->schedule, o->schedule);
	say_rate(r);
	str_finish(&text);
}

/* PROGRAM.sched, PROGRAM-2.sched ...: where nothing is yet. */
static void name_schedule(const char *program, char *to, size_t n)
{
	const char *base = strrchr(program, '/') ? strrchr(program, '/') + 1 : program;

	snprintf(to, n, "%.200s.sched", base);
	for (int i = 2; access(to, F_OK) == 0 && i < 1000; i++)
		snprintf(to, n, "%.200s-%d.sched", base, i);
}

static bool options(
	struct invocation *inv, struct explore_options *o, char *name, size_t n, struct err *err)
{
	u64 preemptions = EXPLORE_ANY, schedules = 0, seconds = 0, seed = 1, steps = 0;

	if (!inv->argc)
		return err_set(
			err, EXIT_USAGE, "explore needs a program: ipclab explore -- ./race");
	if (!number(inv, "preemptions", 1000, &preemptions, err) ||
		!number(inv, "schedules", 1000000000, &schedules, err) ||
		!number(inv, "seconds", 1000000, &seconds, err) ||
		!number(inv, "seed", UINT64_MAX, &seed, err) ||
		!number(inv, "steps", 1000000, &steps, err))
		return false;
	*o = (struct explore_options){.argv = inv->argv,
		.stdin_fd = STDIN_FILENO,
		.preemptions = (u32)preemptions,
		.schedules = schedules,
		.seconds = (u32)seconds,
		.seed = seed,
		.steps_max = (u32)steps,
		.threads = option_given(inv, "threads"),
		.exhaustive = option_given(inv, "exhaustive"),
		.show_output = option_given(inv, "show"),
		.invariant = option_value(inv, "invariant"),
		.reset = option_value(inv, "reset"),
		.schedule = option_value(inv, "output"),
		.overwrite = option_given(inv, "force"),
		.progress = progress};
	if (!o->schedule) {
		name_schedule(inv->argv[0], name, n);
		o->schedule = name;
	} else if (!o->overwrite && access(o->schedule, F_OK) == 0) {
		return err_set(
			err, EXIT_USAGE, "%s is there already; --force overwrites it", o->schedule);
	}
	return true;
}

bool command_explore(struct invocation *inv, struct err *err)
{
	struct sigaction act = {.sa_handler = on_interrupt};
	struct showing showing = {.shows = !option_given(inv, "json"),
		.terminal = isatty(STDERR_FILENO),
		.next = isatty(STDERR_FILENO) ? 0 : QUIET_S};
	struct explore_options o;
	struct explore_result r;
	char name[256];
	bool ok;

	if (!options(inv, &o, name, sizeof name, err))
		return false;
	o.arg = &showing;
	if (getenv("IPCLAB_EXPLORE_FINALS")) /* the test of completeness: all ends, not the first failure */
		o.finals = o.no_pct = true;
	o.plain_search = o.finals && strcmp(getenv("IPCLAB_EXPLORE_FINALS"), "plain") == 0;
	sigaction(SIGINT, &act, NULL);
	ok = explore_run(&o, &r, err);
	if (showing.line)
		fputs("\r\033[K", stderr);
	if (!ok)
		return false;
	if (option_given(inv, "json"))
		as_json(&o, &r);
	else
		in_words(&o, &r);
	inv->status = r.verdict ? EXIT_FAILED : interrupted ? 128 + SIGINT : EXIT_DONE;
	return true;
}
