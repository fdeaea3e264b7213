/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scenario that is run in many orders (explore): that none of them fails is more than one lucky run says, and still no
 * proof, and it is told so. A limit on time is never a pass: then it was not judged. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "explore/lib.h"
#include "grader/private.h"

enum { EXPLORE_S = 90 };

struct exploring { /* shared with the box */
	const struct run_spec *spec;
	const char *schedule; /* file, NULL none */
	const char *kept;     /* the program beside it, NULL none */
	struct explore_result result;
	struct err err;
	bool ok, done;
};

/* ---- in the box ---- */

static int input_of(const struct run_spec *spec, const struct actor *a)
{
	struct str path = {0};
	int fd;

	str_addf(&path, "%s/in", spec->box);
	fd = open(path.s, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd >= 0 && (write(fd, a->in.bytes.at ? a->in.bytes.at : "", a->in.bytes.n) != (ssize_t)a->in.bytes.n || lseek(fd, 0, SEEK_SET) < 0)) {
		close(fd);
		fd = -1;
	}
	unlink(path.s);
	str_finish(&path);
	return fd;
}

static void program_path(const struct run_spec *spec, struct str *out)
{
	str_addf(out, "%s/%s.hooked", spec->built, spec->s->actors.at[0].program);
}

static int explore_inside(void *arg)
{
	struct exploring *e = arg;
	const struct run_spec *spec = e->spec;
	const struct actor *a = &spec->s->actors.at[0];
	struct str path = {0}, cwd = {0};
	VEC(char *) argv = {0};
	struct explore_options opt = {.preemptions = spec->s->preemptions, .schedules = spec->s->schedules, .seconds = EXPLORE_S, .seed = 1,
		.invariant = spec->s->invariant, .schedule = e->schedule, .named = e->kept, .overwrite = true, .stdin_fd = input_of(spec, a)};

	signal(SIGPIPE, SIG_IGN);
	program_path(spec, &path);
	str_addf(&cwd, "%s/run", spec->box);
	mkdir(cwd.s, 0755);
	*vec_push(&argv) = path.s;
	for (size_t i = 0; i < a->args.n; i++) {
		struct str word = {0};

		str_add(&word, "");
		substitute(spec, a->args.at[i], &word);
		*vec_push(&argv) = word.s;
	}
	*vec_push(&argv) = NULL;
	opt.argv = argv.at;
	opt.cwd = cwd.s;
	e->ok = explore_run(&opt, &e->result, &e->err);
	e->done = true;
	return 0;
}

/* ---- outside ---- */

/* "ring.c:40" in the sentence, of one of the learner's files. */
static void place_in(const struct exercise *x, const char *sentence, struct finding *f)
{
	for (size_t i = 0; i < x->files.n; i++) {
		const char *at = strstr(sentence, x->files.at[i]);
		size_t n = strlen(x->files.at[i]);

		if (!at || at[n] != ':' || strtoul(at + n + 1, NULL, 10) == 0)
			continue;
		snprintf(f->file, sizeof f->file, "%.100s", x->files.at[i]);
		f->line = (u32)strtoul(at + n + 1, NULL, 10);
		return;
	}
}

static enum grade grade_of(const struct explore_result *r)
{
	if (r->schedules > 1)
		return GRADE_FLAKY; /* most orders go well */
	switch (r->verdict) {
	case EXPLORE_HANG: return GRADE_HANG;
	case EXPLORE_CRASH: return GRADE_CRASH;
	case EXPLORE_ENDLESS: return GRADE_SLOW;
	default: return GRADE_WRONG;
	}
}

static void tell_failure(const struct exploring *e, struct finding *f)
{
	const struct explore_result *r = &e->result;

	f->verdict = grade_of(r);
	if (r->schedules > 1)
		snprintf(f->message, sizeof f->message, "one order in the first %llu fails (%s): %.900s", (unsigned long long)r->schedules,
			explore_verdict_name(r->verdict), r->sentence);
	else
		snprintf(f->message, sizeof f->message, "%.900s", r->sentence);
	snprintf(f->why, sizeof f->why, "%s", r->sentence);
	snprintf(f->expected, sizeof f->expected, "exit status 0 in every order");
	snprintf(f->happened, sizeof f->happened, "%s after %u steps and %u switch%s%s%.900s", explore_verdict_name(r->verdict), r->steps, r->switches, r->switches == 1 ? "" : "es",
		r->output[0] ? "\non standard error " : "", r->output);
	if (r->written && e->schedule)
		snprintf(f->trace, sizeof f->trace, "%s", e->schedule);
	place_in(e->spec->x, r->sentence, f);
}

static void tell_pass(const struct exploring *e, struct finding *f)
{
	const struct explore_result *r = &e->result;

	f->verdict = GRADE_PASS;
	f->score = e->spec->s->points;
	snprintf(f->held, sizeof f->held, "no order fails in %llu schedules, which are not all there are\n", (unsigned long long)r->schedules);
	if (r->exhausted)
		snprintf(f->held, sizeof f->held, "no order fails in %llu schedules, all there are with at most %u preemptions\n",
			(unsigned long long)r->schedules, r->preemptions);
}

static bool wait_for_box(pid_t pid)
{
	u64 limit = clock_ns() + (EXPLORE_S + 30) * 1000000000ull;
	int status;

	while (clock_ns() < limit) {
		pid_t got = waitpid(pid, &status, WNOHANG);

		if (got == pid || (got < 0 && errno != EINTR))
			return got == pid;
		usleep(500);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return false;
}

static void judge_explored(const struct exploring *e, bool ended, struct finding *f)
{
	const struct explore_result *r = &e->result;

	f->schedules = r->schedules;
	f->exhausted = r->exhausted;
	if (ended && e->done && !e->ok && r->verdict == EXPLORE_ENDLESS) {
		f->verdict = GRADE_SLOW;
		snprintf(f->message, sizeof f->message, "run step by step it does not end: it asks again and again, where it could wait");
		snprintf(f->expected, sizeof f->expected, "an end in every order");
		snprintf(f->happened, sizeof f->happened, "%s", e->err.text);
	} else if (!ended || !e->done || !e->ok) {
		f->verdict = GRADE_ERROR;
		snprintf(f->message, sizeof f->message, "%s", e->done ? e->err.text : "the search for a failing order did not come back");
	} else if (r->verdict != EXPLORE_FINE) {
		tell_failure(e, f);
	} else if (!r->exhausted && r->schedules < e->spec->s->schedules && r->seconds >= EXPLORE_S - 1) {
		f->verdict = GRADE_ERROR;
		snprintf(f->message, sizeof f->message, "in %d s only %llu of %u schedules could be tried: this machine is too busy to judge it", EXPLORE_S,
			(unsigned long long)r->schedules, e->spec->s->schedules);
	} else {
		tell_pass(e, f);
	}
}

/* What failed was built in a folder that goes: a copy stays beside its schedule, which names that (explore_inside). */
static void keep_program(const struct exploring *e, struct finding *f)
{
	struct str from = {0};
	struct err err = {0};

	program_path(e->spec, &from);
	if (file_copy(from.s, e->kept, &err)) {
		chmod(e->kept, 0755);
	} else {
		unlink(e->schedule);
		f->trace[0] = '\0';
		snprintf(f->warning, sizeof f->warning, "the schedule was not kept: %.400s", err.text);
	}
	str_finish(&from);
}

bool explore_scenario(struct run_spec *spec, const char *keep, const char *keep_as, struct finding *f, struct err *err)
{
	struct exploring *e = mmap(NULL, sizeof *e, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct str path = {0}, kept = {0}, ran = {0};
	u64 began = clock_ns();
	pid_t pid;

	if (e == MAP_FAILED)
		return err_sys(err, EXIT_RETRY, "no memory");
	if (keep) {
		str_addf(&path, "%s/%s-%u.sched", keep, keep_as, spec->s->number);
		str_addf(&kept, "%s/%s.hooked", keep, spec->s->actors.at[0].program);
		e->schedule = path.s;
		e->kept = kept.s;
	}
	e->spec = spec;
	runner_name_things(spec);
	ran_words(spec, NULL, &ran);
	snprintf(f->ran, sizeof f->ran, "%s\n(in up to %u orders, %u preemptions)", ran.s, spec->s->schedules, spec->s->preemptions);
	pid = box_start(spec->namespaces, spec->box, 96 << 20, explore_inside, e);
	judge_explored(e, pid > 0 && wait_for_box(pid), f);
	if (f->trace[0])
		keep_program(e, f);
	munmap(e, sizeof *e);
	str_finish(&path);
	str_finish(&kept);
	str_finish(&ran);
	f->duration_ms = (u32)((clock_ns() - began) / 1000000);
	return true;
}
