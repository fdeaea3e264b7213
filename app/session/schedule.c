/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The choices that led somewhere, read from the log (OBS_CHOICE), and made again on fresh processes.
 * What a task was about to do comes from the world just before the choice, its result from what
 * followed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/private.h"

enum {
	RUNNING_WAIT_MS = 1000, /* before a choice: for somebody who computes */
	/* Before a misfit is called one: while somebody computes, or a signal of a real timer is to come;
	 * for what was typed, which goes through a terminal; for anything else. */
	MISFIT_WAIT_MS = 10000,
	TYPED_WAIT_MS = 1000,
	OTHER_WAIT_MS = 100,
	NOTES_MAX = 8,
};

struct gathering {
	struct session *session;
	struct world *world;
	struct schedule *out;
	bool places;
	VEC(u32) pending; /* by task: 1 + the step whose result has not come yet */
	bool signalled;   /* the last choice was a signal, which has not been sent yet */
	bool typing;      /* the last record was a piece of a typed text, and more follow */
};

/* ---- from the log ---- */

static u32 *pending_of(struct gathering *g, u32 task)
{
	while (g->pending.n <= task)
		*vec_push(&g->pending) = 0;
	return &g->pending.at[task];
}

/* Results that are another number in every run say nothing. */
static bool result_varies(unsigned call)
{
	switch (call) {
	case CALL_fork:
	case CALL_vfork:
	case CALL_clone:
	case CALL_clone3:
	case CALL_wait4:
	case CALL_waitid:
	case CALL_mmap:
	case CALL_mremap:
	case CALL_sem_open: return true;
	default: return false;
	}
}

static void result_words(const struct w_task *t, const struct rec *r, char *buf, size_t n)
{
	const struct ev_exit *e = rec_body(r);
	const char *name = e->ret < 0 && e->ret > -4096 ? strerrorname_np((int)-e->ret) : NULL;

	buf[0] = '\0';
	if (name)
		snprintf(buf, n, "%s", name);
	else if (r->call == CALL_load || r->call == CALL_store || r->call == CALL_update) {
		if (t && t->op.size <= 8)
			snprintf(buf, n, "%llu", (unsigned long long)e->arg);
	} else if (!result_varies(r->call)) {
		snprintf(buf, n, "%lld", (long long)e->ret);
	}
}

static void take_result(struct gathering *g, const struct rec *r)
{
	u32 *step = pending_of(g, r->task);

	if (!*step)
		return;
	if (!(r->flags & EVF_RESTART))
		result_words(world_task(g->world, r->task), r, g->out->steps[*step - 1].result,
			sizeof g->out->steps->result);
	*step = 0;
}

static void take_typed(struct gathering *g, const struct ev_observe *o)
{
	struct schedule_step s = {.kind = CHOSE_TYPE}, *to;
	u32 n = (u32)o->b;

	if (!g->typing)
		schedule_add(g->out, &s);
	to = &g->out->steps[g->out->n - 1];
	g->typing = o->b >> 32 != 0;
	if (n <= 3 * sizeof o->c && to->typed_n + n <= sizeof to->typed) {
		memcpy(to->typed + to->typed_n, &o->c, n);
		to->typed_n += n;
	}
}

static void take_choice(struct gathering *g, const struct rec *r)
{
	const struct ev_observe *o = rec_body(r);
	const struct w_task *t = world_task(g->world, r->task);
	struct schedule_step s;

	if (o->a == CHOSE_TYPE) {
		take_typed(g, o);
		return;
	}
	schedule_describe(g->world, r->task, (u32)o->a, &s);
	if (o->a == CHOSE_SIGNAL)
		s.signal = (u32)o->b;
	if (g->places && t && t->op.site) {
		char at[sizeof s.at];

		sources_at(g->session->sources, t->op.site, false, at, sizeof at);
		for (char *c = at; *c; c++)
			if (*c == ' ' || (unsigned char)*c < 0x20 || *c == 0x7f)
				*c = '_';
		snprintf(s.at, sizeof s.at, "%s", at);
	}
	schedule_add(g->out, &s);
	if (o->a != CHOSE_SIGNAL)
		*pending_of(g, r->task) = g->out->n;
}

static bool was_live(const struct gathering *g, struct err *err)
{
	return err_set(err, EXIT_INPUT,
		"the run was LIVE from event %llu on, and a free run has no choices to repeat; a "
		"moment before that can be had",
		(unsigned long long)world_head(g->world)->moment + 1);
}

/* A fault is no choice that could be made again; a signal is, when it was chosen, and what the
 * guide has answered is answered again. */
static bool is_fault(struct gathering *g, const struct rec *r)
{
	const struct ev_inject *i = rec_body(r);
	bool chosen = g->signalled;

	if (r->kind == REC_OBSERVE && ((const struct ev_observe *)rec_body(r))->what == OBS_CHOICE)
		g->signalled = ((const struct ev_observe *)rec_body(r))->a == CHOSE_SIGNAL;
	if (r->kind != REC_INJECT)
		return false;
	g->signalled = false;
	if (i->what == INJ_SIGNAL)
		return !chosen;
	return i->what != INJ_TIMEOUT && i->what != INJ_ANSWERED && i->what != INJ_ALARM_HELD && i->what != INJ_ALARM;
}

static bool was_fault(const struct gathering *g, struct err *err)
{
	return err_set(err, EXIT_INPUT,
		"a call was interfered with at event %llu, and that cannot be repeated by choices; a moment before that "
		"can be had",
		(unsigned long long)world_head(g->world)->moment + 1);
}

static void take_build(struct gathering *g, const struct ev_exec *e)
{
	char build[64];

	if (!g->out->build && g->places && source_build(e->path, build, sizeof build))
		g->out->build = xstrdup(build);
}

/* Folds the log up to event `last`, and gathers the choices on the way. */
static bool gather(struct gathering *g, u64 last, struct err *err)
{
	struct log_reader *reader = g->session->reader;
	u64 pos = LOG_DATA, at = pos;
	const struct rec *r;

	for (; world_head(g->world)->events < last && (r = log_reader_next(reader, &pos));
		at = pos) {
		const struct ev_observe *o = rec_body(r);

		if (r->kind == REC_OBSERVE && o->what == OBS_MODE && o->a == OBS_FREE)
			return was_live(g, err);
		if (is_fault(g, r))
			return was_fault(g, err);
		if (r->kind == REC_OBSERVE && o->what == OBS_CHOICE)
			take_choice(g, r);
		else if (r->kind == REC_EXIT)
			take_result(g, r);
		else if (r->kind == REC_EXEC)
			take_build(g, rec_body(r));
		world_apply(g->world, r, at);
		if (world_head(g->world)->mode != OBS_HELD && r->kind == REC_ENTER)
			return was_live(g, err);
	}
	return true;
}

/* The program's file name and its arguments, which a lab's front matter may not name. */
static void lab_settings(const char *const *argv, struct str *out)
{
	const char *base = strrchr(argv[0], '/');

	str_addf(out, "program %s\n", base ? base + 1 : argv[0]);
	if (argv[1]) {
		str_add(out, "arguments ");
		schedule_command(argv + 1, out);
		str_add(out, "\n");
	}
}

/* What was run. A recording that does not say knows the path of the first program. */
static void gather_command(struct session *s, const struct world *w, struct schedule *out)
{
	const struct w_proc *first = world_proc(w, 1);
	const char *only[2] = {first ? world_text(w, first->exec_path) : "", NULL};
	const char *const *argv =
		s->live.launch.argv ? (const char *const *)s->live.launch.argv : only;
	struct str settings = {0}, command = {0};

	if (s->live.run.tracer.threads)
		str_add(&settings, "threads yes\n");
	if (s->live.run.tracer.signals)
		str_add(&settings, "signals yes\n");
	if (s->live.run.tracer.times)
		str_add(&settings, "times yes\n");
	if (s->live.run.tracer.relocks)
		str_add(&settings, "relocks yes\n");
	if (s->live.run.tracer.files && !s->live.lab) /* of a lab its front matter says it */
		str_add(&settings, "files yes\n");
	if (s->live.lab && argv[0]) {
		out->lab = xstrdup(s->live.lab);
		lab_settings(argv, &settings);
	} else if (argv[0] && argv[0][0]) {
		schedule_command(argv, &command);
	}
	out->command = command.s;
	out->settings = settings.s;
}

bool schedule_gather(struct session *s, u64 moment, bool places, struct schedule *out,
	struct world **past, struct err *err)
{
	struct gathering g = {.session = s, .world = world_create(), .out = out, .places = places};
	u64 first, last = timeline_events(s->timeline);
	bool ok;

	*out = (struct schedule){0};
	if (moment < timeline_moments(s->timeline) &&
		!timeline_moment_events(s->timeline, moment, &first, &last))
		last = 0;
	ok = gather(&g, last, err);
	if (ok)
		gather_command(s, g.world, out);
	else
		schedule_finish(out);
	if (ok && past)
		*past = g.world;
	else
		world_destroy(g.world);
	free(g.pending.at);
	return ok;
}

bool session_schedule(struct session *s, u64 moment, struct schedule *out, struct err *err)
{
	return schedule_gather(s, moment, true, out, NULL, err);
}

/* ---- on fresh processes ---- */

struct following {
	struct session *session;
	const char *name; /* NULL: choices are counted, not lines */
	bool gave_up;     /* somebody computes and computes: it is waited for no more */
};

static bool computes(struct session *s)
{
	const struct world *w = timeline_now(s->timeline);

	for (u32 i = 1; i < world_tasks(w); i++)
		if (world_task(w, i) && world_task(w, i)->state == TASK_RUNNING)
			return true;
	return false;
}

static bool wait_for_the_running(struct following *f, struct err *err)
{
	bool ended = false;

	if (f->gave_up)
		return true;
	for (int ms = 0; computes(f->session) && !ended; ms += 20) {
		if (ms >= RUNNING_WAIT_MS) {
			f->gave_up = true;
			return true;
		}
		if (!session_wait(f->session, 20, &ended, err))
			return false;
	}
	return true;
}

/* "FILE:14: " or "choice 14: " */
static void say_where(
	const struct following *f, const struct schedule_step *step, u32 i, struct str *out)
{
	if (f->name)
		str_addf(out, "%s:%u: ", f->name, step->line);
	else
		str_addf(out, "choice %u: ", i + 1);
}

static bool misfit(struct following *f, const struct schedule_step *step, u32 i, u32 task,
	const struct str *why, struct err *err)
{
	struct session *s = f->session;
	const struct w_task *t = world_task(timeline_now(s->timeline), task);
	struct str text = {0};
	char at[128] = "";

	say_where(f, step, i, &text);
	str_add(&text, str_get(why));
	if (t && t->op.site && t->state != TASK_ZOMBIE && t->state != TASK_GONE)
		sources_at(s->sources, t->op.site, false, at, sizeof at);
	if (at[0])
		str_addf(&text, ", %s", at);
	err_set(err, EXIT_INPUT, "%s", text.s);
	str_finish(&text);
	return false;
}

static int patience_ms(struct session *s, const struct schedule_step *step, bool typed)
{
	if (computes(s) || (step->kind == CHOSE_STEP && step->signal))
		return MISFIT_WAIT_MS;
	return typed ? TYPED_WAIT_MS : OTHER_WAIT_MS;
}

/* Does the step fit, or will it in a moment? */
static bool fits_soon(struct following *f, const struct schedule_step *step, u32 i, bool typed,
	u32 *task, struct err *err)
{
	struct session *s = f->session;
	struct str why = {0};
	bool ended = false, ok;

	for (int ms = 0;; ms += 20) {
		str_clear(&why);
		ok = schedule_fits(timeline_now(s->timeline), step, task, &why);
		if (ok || ended || ms >= patience_ms(s, step, typed))
			break;
		if (!session_wait(s, 20, &ended, err)) {
			str_finish(&why);
			return false;
		}
	}
	if (!ok)
		misfit(f, step, i, *task, &why, err);
	str_finish(&why);
	return ok;
}

static bool make(struct session *s, const struct schedule_step *step, u32 task, struct err *err)
{
	switch (step->kind) {
	case CHOSE_TIME: return session_pass(s, task, err);
	case CHOSE_SIGNAL: return session_signal(s, task, (int)step->signal, err);
	case CHOSE_TYPE: return session_type(s, step->typed, step->typed_n, err);
	default: return session_step(s, task, err);
	}
}

/* Results may differ though every choice fitted: two tasks inside the kernel at once can come out
 * in more than one way. */
static void note_differences(struct following *f, const struct schedule *sched, u32 done)
{
	struct schedule now;
	struct err ignored = {0};
	u32 differ = 0;

	str_clear(&f->session->notes);
	if (!schedule_gather(f->session, UINT64_MAX, false, &now, NULL, &ignored))
		return;
	for (u32 i = 0; i < done && now.n >= done; i++) {
		const struct schedule_step *a = &sched->steps[i], *b = &now.steps[now.n - done + i];

		if (!a->result[0] || !b->result[0] || strcmp(a->result, b->result) == 0 ||
			++differ > NOTES_MAX)
			continue;
		str_addf(&f->session->notes, "%s %u: the result was %s, now %s\n",
			f->name ? "line" : "choice", f->name ? a->line : i + 1, a->result,
			b->result);
	}
	if (differ > NOTES_MAX)
		str_addf(&f->session->notes, "and %u more results differ\n", differ - NOTES_MAX);
	schedule_finish(&now);
}

bool schedule_follow(struct session *s, const struct schedule *sched, const char *name, u32 *done,
	struct err *err)
{
	struct following f = {.session = s, .name = name};
	bool ok = true;

	*done = 0;
	if (!session_is_live(s))
		return err_set(
			err, EXIT_USAGE, "a recording follows no schedule: nothing in it moves");
	for (u32 i = 0; ok && i < sched->n; i++) {
		const struct schedule_step *step = &sched->steps[i];
		bool typed = i && sched->steps[i - 1].kind == CHOSE_TYPE;
		u32 task;

		ok = wait_for_the_running(&f, err) && fits_soon(&f, step, i, typed, &task, err);
		if (ok && !make(s, step, task, err)) {
			struct str where = {0};

			say_where(&f, step, i, &where);
			err_wrap(err, "%.*s", (int)where.len - 2, where.s);
			str_finish(&where);
			ok = false;
		}
		*done += ok;
	}
	note_differences(&f, sched, *done);
	return ok;
}

bool session_follow(struct session *s, const struct schedule *sched, const char *name, u32 *done,
	struct err *err)
{
	return schedule_follow(s, sched, name, done, err);
}
