/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened against what was expected: the verdict. */
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "grader/judging.h"

static u32 first_alive(const struct judging *j)
{
	for (u32 i = 0; i < j->spec->s->actors.n; i++)
		if (j->shared->actors[i].task && !j->shared->actors[i].ended && j->spec->s->actors.at[i].kind == ACTOR_PROGRAM &&
			!j->spec->s->actors.at[i].expect.stays)
			return i;
	for (u32 i = 0; i < j->spec->s->actors.n; i++)
		if (j->shared->actors[i].task && !j->shared->actors[i].ended)
			return i;
	return 0;
}

/* The learner's; a client's scripted words are about it. */
static u32 first_program(const struct judging *j)
{
	for (u32 i = 0; i < j->spec->s->actors.n; i++)
		if (j->spec->s->actors.at[i].kind == ACTOR_PROGRAM)
			return i;
	return 0;
}

/* A client that was not served says so before it is asked why others wait. */
static bool client_complains(struct judging *j)
{
	for (u32 i = 0; i < j->spec->s->actors.n; i++) {
		const struct actor *a = &j->spec->s->actors.at[i];
		const struct actor_over *o = &j->shared->actors[i];
		struct str script = {0};

		if (a->kind != ACTOR_SCRIPT || !o->ended || (WIFEXITED(o->status) && WEXITSTATUS(o->status) == 0))
			continue;
		j->f->verdict = GRADE_WRONG;
		PUT(j->f->message, "%.*s", (int)(o->out_n < 900 ? o->out_n : 900), shared_out(j->shared, i));
		judging_runs(j, first_program(j));
		substitute(j->spec, a->program, &script);
		PUT(j->f->expected, "%s: %s", a->name, str_get(&script));
		str_finish(&script);
		tell_failed(j, first_program(j));
		return true;
	}
	return false;
}

/* ---- verdicts, the gravest first ---- */

static bool over_limit(struct judging *j)
{
	switch (j->shared->over) {
	case OVER_TASKS: PUT(j->f->message, "it made more than %d processes that live at once; that was stopped", TASKS_MOST); break;
	case OVER_OUTPUT: PUT(j->f->message, "it printed more than %d MiB; that was stopped", OUTPUT_MOST >> 20); break;
	default: return false;
	}
	j->f->verdict = GRADE_DENIED;
	judging_runs(j, first_alive(j));
	return true;
}

static u32 actor_of(const struct judging *j, u32 task)
{
	u32 actor = evidence_actor(j->ev, task);

	return actor == UINT32_MAX ? 0 : actor;
}

static bool exit_is(const struct expectation *e, int status)
{
	if (e->any_exit)
		return true;
	return e->exit < 0 ? WIFSIGNALED(status) && WTERMSIG(status) == -e->exit : WIFEXITED(status) && WEXITSTATUS(status) == e->exit;
}

/* A limit of its own, setrlimit(2), struck. */
static bool over_use(struct judging *j, u32 task, int sig, u32 site)
{
	struct str s = {0};
	char who[24];

	str_addf(&s, "%s %s", world_task_name(evidence_scene(j->ev)->world, task, who), sig == SIGXCPU ? "computes" : "writes");
	judging_at(j, site, &s);
	if (sig == SIGXCPU)
		str_addf(&s, " and does not end: %d s of a processor's time were used up", CPU_S);
	else
		str_addf(&s, " more than %d MiB into a file: that was stopped", FILE_MOST >> 20);
	j->f->verdict = sig == SIGXCPU ? GRADE_SLOW : GRADE_DENIED;
	PUT(j->f->message, "%s", s.s);
	judging_place(j, site);
	judging_runs(j, actor_of(j, task));
	str_finish(&s);
	return true;
}

/* Also of a process that is not the first one: its parent may hide it. */
static bool crashed(struct judging *j)
{
	u32 task, site;
	int sig;
	u64 event;
	struct str s = {0};
	char who[24];

	if (!evidence_crash(j->ev, &task, &sig, &site, &event) || sig == SIGPIPE)
		return false;
	if (sig == SIGXCPU || sig == SIGXFSZ)
		return over_use(j, task, sig, site);
	if (j->spec->s->actors.at[actor_of(j, task)].expect.exit == -sig)
		return false;
	j->f->verdict = GRADE_CRASH;
	j->f->moment = event;
	str_addf(&s, "SIG%s ends %s", sigabbrev_np(sig), world_task_name(evidence_scene(j->ev)->world, task, who));
	judging_at(j, site, &s);
	PUT(j->f->message, "%s", s.s);
	tell_signal(j, sig, site);
	judging_runs(j, actor_of(j, task));
	str_finish(&s);
	return true;
}

static void hangs_message(struct judging *j, const char *else_)
{
	size_t n = strcspn(j->f->why, "\n");

	PUT(j->f->message, "%.*s", (int)(n < 1000 ? n : 1000), n ? j->f->why : else_);
}

static void vain_message(struct judging *j)
{
	const struct asked *a = &j->shared->asked;
	struct str s = {0};
	char who[24];

	if (j->shared->vain == VAIN_COMPUTES) {
		PUT(j->f->message, "it does not end. %.*s", (int)strcspn(j->f->why, "\n"), j->f->why);
		return;
	}
	str_addf(&s, "%s asks again and again: thousands of calls in a row, the last one %s",
		world_task_name(evidence_scene(j->ev)->world, a->task, who), call_name(a->call));
	judging_at(j, a->site, &s);
	str_add(&s, ", got nothing");
	PUT(j->f->message, "%s", s.s);
	str_finish(&s);
}

static bool stuck(struct judging *j)
{
	const struct broken *b = evidence_broken(j->ev);

	if (j->shared->over != OVER_STUCK && j->shared->over != OVER_TIME && j->shared->over != OVER_EVENTS)
		return false;
	judging_runs(j, first_alive(j));
	judging_why(j);
	if (j->shared->over == OVER_STUCK) {
		j->f->verdict = GRADE_HANG;
		hangs_message(j, "nobody can move any more");
		return true;
	}
	j->f->verdict = GRADE_SLOW;
	if (b && b->check->verdict == GRADE_SLOW) {
		j->f->line = 0;
		judging_place(j, b->site);
		PUT(j->f->check, "%s", b->check->name);
		PUT(j->f->message, "%s", b->text);
	} else if (j->shared->over == OVER_EVENTS)
		PUT(j->f->message, "it made so many calls that it was stopped after %llu events", (unsigned long long)j->shared->events);
	else if (j->shared->vain)
		vain_message(j);
	else
		PUT(j->f->message, "it has not ended after %u s. %.*s", j->spec->s->seconds, (int)strcspn(j->f->why, "\n"), j->f->why);
	return true;
}

/* ---- output ---- */

static bool wrong(struct judging *j, u32 actor, const char *message)
{
	j->f->verdict = GRADE_WRONG;
	PUT(j->f->message, "%s", message);
	judging_runs(j, actor);
	return true;
}

static bool differs(struct judging *j, u32 actor, const struct bytes *want)
{
	struct str s = {0};
	size_t n, at;
	const char *got = judging_out(j, actor, &n);

	if (!difference_words(want->at, want->n, got, n, &at, &s))
		return false;
	if (j->spec->s->actors.n > 1) {
		struct str named = {0};
		str_addf(&named, "output of %s, %s", j->spec->s->actors.at[actor].name, s.s);
		str_finish(&s);
		s = named;
	}
	wrong(j, actor, s.s);
	if (at >= n)
		tell_interrupted(j);
	if (!j->f->why[0])
		tell_failed(j, actor);
	if (at < n)
		tell_writer(j, actor, at);
	str_finish(&s);
	return true;
}

struct lines {
	VEC(struct bytes) at;
};

static void lines_of(const char *text, size_t n, struct lines *l)
{
	for (size_t at = 0; at < n;) {
		const char *nl = memchr(text + at, '\n', n - at);
		size_t end = nl ? (size_t)(nl - text) + 1 : n;

		*vec_push(&l->at) = (struct bytes){(char *)(uintptr_t)text + at, end - at};
		at = end;
	}
}

static int by_bytes(const void *a, const void *b)
{
	const struct bytes *x = a, *y = b;
	int c = memcmp(x->at, y->at, x->n < y->n ? x->n : y->n);

	return c ? c : (x->n > y->n) - (x->n < y->n);
}

static bool lines_differ(struct judging *j, u32 actor, const struct bytes *want)
{
	struct lines a = {0}, b = {0};
	struct str s = {0};
	size_t n, i = 0;
	const char *got = judging_out(j, actor, &n);
	int c = 0;

	lines_of(want->at, want->n, &a);
	lines_of(got, n, &b);
	if (a.at.n)
		qsort(a.at.at, a.at.n, sizeof *a.at.at, by_bytes);
	if (b.at.n)
		qsort(b.at.at, b.at.n, sizeof *b.at.at, by_bytes);
	while (i < a.at.n && i < b.at.n && (c = by_bytes(&a.at.at[i], &b.at.at[i])) == 0)
		i++;
	if (i < a.at.n || i < b.at.n) {
		bool missing = i < a.at.n && (i >= b.at.n || c < 0);
		const struct bytes *l = missing ? &a.at.at[i] : &b.at.at[i];

		str_add(&s, missing ? "a line is missing: " : "there is a line too many, or one that is not whole: ");
		shown_text(l->at, l->n, &s);
		str_addf(&s, " (%zu lines came, %zu were expected)", b.at.n, a.at.n);
		wrong(j, actor, s.s);
		if (!missing)
			tell_writer(j, actor, (size_t)(l->at - got));
	}
	str_finish(&s);
	free(a.at.at);
	free(b.at.at);
	return j->f->verdict == GRADE_WRONG;
}

static bool out_of_order(struct judging *j, u32 actor, const struct bytes *want)
{
	struct lines a = {0}, b = {0};
	struct str s = {0};
	size_t n, k = 0;
	const char *got = judging_out(j, actor, &n);

	lines_of(want->at, want->n, &a);
	lines_of(got, n, &b);
	for (size_t i = 0; i < b.at.n && k < a.at.n; i++)
		if (by_bytes(&a.at.at[k], &b.at.at[i]) == 0)
			k++;
	if (k < a.at.n) {
		str_add(&s, k ? "the line " : "there is no line ");
		shown_text(a.at.at[k].at, a.at.at[k].n, &s);
		if (k) {
			str_add(&s, " is missing behind ");
			shown_text(a.at.at[k - 1].at, a.at.at[k - 1].n, &s);
		}
		wrong(j, actor, s.s);
	}
	str_finish(&s);
	free(a.at.at);
	free(b.at.at);
	return k < a.at.n;
}

static bool lacks(struct judging *j, u32 actor, const struct bytes *want)
{
	struct str s = {0};
	size_t n;
	const char *got = judging_out(j, actor, &n);

	if (memmem(got, n, want->at, want->n))
		return false;
	str_add(&s, "nowhere in the output there is ");
	shown_text(want->at, want->n, &s);
	wrong(j, actor, s.s);
	str_finish(&s);
	return true;
}

static bool matches_not(struct judging *j, u32 actor, const struct bytes *want)
{
	size_t n;
	const char *got = judging_out(j, actor, &n);
	char *copy = xmalloc(n + 1);
	regmatch_t m;
	regex_t re;
	bool ok = false;

	memcpy(copy, got, n);
	if (regcomp(&re, want->at, REG_EXTENDED) == 0) {
		ok = regexec(&re, copy, 1, &m, 0) == 0 && m.rm_so == 0 && (size_t)m.rm_eo == n;
		regfree(&re);
	}
	free(copy);
	return !ok && wrong(j, actor, "the output is not of the form that was asked for");
}

static bool any_out_of_order(struct judging *j, u32 actor, const struct expectation *e)
{
	for (size_t i = 0; i < e->in_order.n; i++)
		if (out_of_order(j, actor, &e->in_order.at[i]))
			return true;
	return false;
}

static bool output_is_wrong(struct judging *j, u32 actor)
{
	const struct expectation *e = &j->spec->s->actors.at[actor].expect;

	if (!j->shared->actors[actor].task)
		return false;
	if (e->stdout_given && differs(j, actor, &e->out))
		return true;
	if ((e->lines_given && lines_differ(j, actor, &e->lines)) || (e->has_given && lacks(j, actor, &e->has)) ||
		(e->matches_given && matches_not(j, actor, &e->matches)) || any_out_of_order(j, actor, e)) {
		tell_failed(j, actor);
		return true;
	}
	return false;
}

static bool status_is_wrong(struct judging *j, u32 actor)
{
	const struct expectation *e = &j->spec->s->actors.at[actor].expect;
	const struct actor_over *a = &j->shared->actors[actor];
	u32 task, site;
	int sig;
	u64 event;
	struct str s = {0};

	if (!a->task || !a->ended || (!e->stays && exit_is(e, a->status)))
		return false;
	if (e->stays) {
		str_add(&s, "it ended, though it is to go on serving: ");
		judging_status(a->status, &s);
	} else {
		str_addf(&s, "%s", j->spec->s->actors.n > 1 ? j->spec->s->actors.at[actor].name : "");
		str_add(&s, s.len ? ": " : "");
		judging_status(a->status, &s);
		str_add(&s, e->exit < 0 ? ", a signal was to end it" : "");
		if (e->exit >= 0)
			str_addf(&s, WIFSIGNALED(a->status) ? ", expected exit status %d" : ", expected %d", e->exit);
	}
	wrong(j, actor, str_get(&s));
	str_finish(&s);
	if (WIFSIGNALED(a->status) && evidence_crash(j->ev, &task, &sig, &site, &event)) {
		tell_signal(j, sig, site);
		j->f->verdict = GRADE_CRASH;
	} else {
		tell_failed(j, actor);
	}
	return true;
}

/* Then the output is not what is wrong first. */
static bool killed(const struct judging *j, u32 actor)
{
	return j->shared->actors[actor].ended && WIFSIGNALED(j->shared->actors[actor].status);
}

/* Beside what the program itself put out. */
static void tell_file(struct judging *j, const struct bytes_file *f)
{
	struct str s = {0};
	size_t n = strlen(j->f->expected), m = strlen(j->f->happened);

	str_addf(&s, "\nand the file %s: ", f->path);
	shown_text(f->bytes.at, f->bytes.n, &s);
	snprintf(j->f->expected + n, sizeof j->f->expected - n, "%s", s.s);
	str_clear(&s);
	if (j->shared->file_there) {
		str_addf(&s, "\nand the file %s: ", f->path);
		shown_text(j->shared->file, j->shared->file_n, &s);
		snprintf(j->f->happened + m, sizeof j->f->happened - m, "%s", s.s);
	}
	str_finish(&s);
}

static bool file_is_wrong(struct judging *j)
{
	const struct shared *s = j->shared;
	const struct bytes_file *f = s->wrong_file ? &j->spec->s->left.at[s->wrong_file - 1] : NULL;
	struct str words = {0};
	size_t at;

	if (!f)
		return false;
	str_addf(&words, "the file %s", f->path);
	if (!s->file_there) {
		str_add(&words, " is not there");
	} else if (!s->file_n) {
		str_add(&words, " is empty");
	} else {
		str_add(&words, ", ");
		difference_words(f->bytes.at, f->bytes.n, s->file, s->file_n, &at, &words);
	}
	wrong(j, 0, words.s);
	tell_file(j, f);
	tell_failed(j, 0);
	str_finish(&words);
	return true;
}

/* ---- properties ---- */

static bool property_broken(struct judging *j)
{
	const struct broken *b = evidence_broken(j->ev);

	if (!b)
		return false;
	j->f->verdict = b->check->verdict;
	PUT(j->f->check, "%s", b->check->name);
	PUT(j->f->message, "%s", b->text);
	PUT(j->f->why, "%s.", b->text);
	judging_place(j, b->site);
	judging_runs(j, actor_of(j, b->task));
	PUT(j->f->expected, "%s", b->check->holds);
	return true;
}

static bool left_running(struct judging *j)
{
	if (!j->shared->running_n || j->shared->over != OVER_ENDED)
		return false;
	j->f->verdict = GRADE_LEAK;
	judging_runs(j, 0);
	judging_why(j);
	PUT(j->f->message, "%u process%s still there when the program had ended: %.300s", j->shared->running_n,
		j->shared->running_n > 1 ? "es are" : " is", j->shared->running);
	PUT(j->f->expected, "nobody is left when the program has ended");
	return true;
}

static void tell_leaks(struct judging *j)
{
	struct str s = {0};

	for (u32 i = 0; i < j->shared->left_n; i++)
		str_addf(&s, "%s\n", j->shared->left[i]);
	if (j->shared->running_n && j->shared->over == OVER_ENDED)
		str_addf(&s, "running: %s\n", j->shared->running);
	PUT(j->f->leaks, "%s", str_get(&s));
	str_finish(&s);
}

static void passed(struct judging *j)
{
	struct str held = {0};

	j->f->verdict = GRADE_PASS;
	j->f->score = j->spec->s->points;
	judging_runs(j, 0);
	evidence_held(j->ev, &held);
	PUT(j->f->held, "%s", str_get(&held));
	str_finish(&held);
}

/* What somebody sees who looks at output and status, and waits for so long. */
static void output_alone(struct judging *j)
{
	if (j->shared->over == OVER_STUCK || j->shared->over == OVER_TIME || j->shared->over == OVER_EVENTS) {
		j->f->verdict = GRADE_SLOW;
		PUT(j->f->message, "time-out");
		return;
	}
	for (u32 i = 0; i < j->spec->s->actors.n; i++)
		if (output_is_wrong(j, i) || status_is_wrong(j, i))
			return;
	if (client_complains(j) || file_is_wrong(j))
		return;
	passed(j);
}

void judge(const struct run_spec *spec, const struct evidence *ev, struct finding *f)
{
	struct judging j = {spec, spec->shared, ev, f};
	const struct w_head *h = world_head(evidence_scene(ev)->world);

	f->events = h->events;
	f->moment = h->moment;
	tell_leaks(&j);
	if (h->unknown)
		PUT(f->warning, "%llu calls are not covered by any rule of ipclab", (unsigned long long)h->unknown);
	if (spec->output_only) {
		output_alone(&j);
		return;
	}
	if (over_limit(&j) || crashed(&j) || client_complains(&j) || stuck(&j))
		return;
	for (u32 i = 0; i < spec->s->actors.n; i++)
		if ((killed(&j, i) && status_is_wrong(&j, i)) || output_is_wrong(&j, i) || status_is_wrong(&j, i))
			return;
	if (file_is_wrong(&j) || property_broken(&j) || left_running(&j))
		return;
	passed(&j);
}
