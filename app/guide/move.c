/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The commands of a do block.
 *     step P1          one operation; step P1 3; step P1 until CONDITION
 *     line P1          up to its next source line; line P1 3
 *     all              every process that can, one operation, in order of birth; all 3
 *     continue         round and round, until one blocks or ends; continue until CONDITION
 *     play             round and round, until nobody can move; play until CONDITION
 *     pass P2          P2's time-out passes
 *     signal P2 SIGINT; kill P2
 *     type "text"      to the lab's terminal; \n is a newline
 *     wait until CONDITION   moves nobody: those who compute get there by themselves
 *     explore          orders of the program's steps are tried until one makes it fail (its exit status is not 0, it
 *                      crashes or hangs); fresh processes then make the steps of that order
 * "Round and round" is schedule_free's order, so that a do block leads to the same world each time.
 */
#include "guide/private.h"
#include "schedule/lib.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOVES_MAX = 500000, TIMES_MAX = 100000, WAITS_MAX = 200 };

/* ---- from text ---- */
struct words {
	const char *file, *text;
	struct guide_mark at;
	u32 pos;
	struct err *err;
};

/* The next word into buf; false at the end. *from is where it begins. */
static bool next_word(struct words *w, char *buf, size_t n, u32 *from)
{
	u32 i = w->pos, k = 0;

	while (w->text[i] == ' ' || w->text[i] == '\t')
		i++;
	*from = i;
	while (w->text[i] && w->text[i] != ' ' && w->text[i] != '\t') {
		if (k + 1 < n)
			buf[k++] = w->text[i];
		i++;
	}
	buf[k] = '\0';
	w->pos = i;
	return k > 0;
}

static bool wrong(struct words *w, u32 from, const char *fmt, ...) PRINTF_LIKE(3, 4);
static bool wrong(struct words *w, u32 from, const char *fmt, ...)
{
	struct guide_mark m = {w->at.line, w->at.column + from};
	struct str s = {0};
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	guide_error(w->err, w->file, m, "%s", str_get(&s));
	str_finish(&s);
	return false;
}

static bool want_actor(struct words *w, struct guide_move *m)
{
	u32 from, actor;
	char buf[64];

	next_word(w, buf, sizeof buf, &from);
	if (!actor_parse(buf, strlen(buf), &actor))
		return wrong(w, from, "a process is wanted (P1), not '%s'", *buf ? buf : "the end");
	snprintf(m->actor, sizeof m->actor, "%.15s", buf);
	return true;
}

/* Nothing, a number of times, or "until CONDITION". */
static bool want_extent(struct words *w, struct guide_move *m, bool times)
{
	u32 from;
	char buf[64];

	m->times = 1;
	if (!next_word(w, buf, sizeof buf, &from))
		return true;
	if (strcmp(buf, "until") == 0 && m->kind != MOVE_ALL) {
		struct guide_mark at = {w->at.line, w->at.column + w->pos};

		m->until = cond_parse(w->file, at, w->text + w->pos, w->err);
		w->pos += (u32)strlen(w->text + w->pos);
		return m->until != NULL;
	}
	if (!times || !isdigit((unsigned char)*buf) || strspn(buf, "0123456789") != strlen(buf) ||
		strlen(buf) > 6)
		return wrong(w, from, "'%s' is neither %suntil", buf,
			times ? "a number nor " : "the end nor ");
	m->times = (u32)atoi(buf);
	return (m->times && m->times <= TIMES_MAX) ||
	       wrong(w, from, "from 1 to %d times", TIMES_MAX);
}

static bool want_times(struct words *w, struct guide_move *m)
{
	u32 from = w->pos;

	return want_extent(w, m, true) &&
	       (!m->until || wrong(w, from, "line goes no further than the lines it is told"));
}

static bool want_signal(struct words *w, struct guide_move *m)
{
	u32 from;
	char buf[64];

	next_word(w, buf, sizeof buf, &from);
	m->signal = signal_by_name(buf);
	return m->signal || wrong(w, from, "there is no signal '%s'", buf);
}

/* "text\n" in quotes, up to the end of the line. */
static bool want_bytes(struct words *w, struct guide_move *m)
{
	const char *t = w->text + w->pos + strspn(w->text + w->pos, " \t");
	struct str s = {0};
	bool ok;

	w->pos = (u32)(t - w->text);
	if (*t++ != '"')
		return wrong(w, w->pos, "the text to type is wanted in \"quotes\"");
	for (; *t && *t != '"'; t++) {
		char c = *t;

		if (c == '\\' && t[1])
			c = *++t == 'n' ? '\n' : *t;
		str_add_bytes(&s, &c, 1);
	}
	ok = *t == '"' && s.len && s.len <= 500;
	if (ok)
		m->bytes = xstrdup(str_get(&s));
	str_finish(&s);
	w->pos = (u32)(t - w->text) + ok;
	return ok || wrong(w, w->pos, "the quoted text does not end, is empty or too long");
}

static bool arguments(struct words *w, struct guide_move *m)
{
	switch (m->kind) {
	case MOVE_STEP: return want_actor(w, m) && want_extent(w, m, true);
	case MOVE_LINE: return want_actor(w, m) && want_times(w, m);
	case MOVE_WAIT:
		return want_extent(w, m, false) &&
		       (m->until || wrong(w, w->pos, "wait until what? A condition is wanted"));
	case MOVE_ALL: return want_extent(w, m, true);
	case MOVE_CONTINUE:
	case MOVE_PLAY: return want_extent(w, m, false);
	case MOVE_PASS: return want_actor(w, m);
	case MOVE_SIGNAL: return want_actor(w, m) && (m->signal || want_signal(w, m));
	case MOVE_TYPE: return want_bytes(w, m);
	case MOVE_EXPLORE: return true;
	}
	return false;
}

bool guide_move_parse(const char *file, struct guide_mark at, const char *text,
	struct guide_move *m, struct err *err)
{
	static const struct {
		const char *word;
		enum guide_move_kind kind;
		int signal;
	} commands[] = {
		{"step", MOVE_STEP, 0},
		{"all", MOVE_ALL, 0},
		{"continue", MOVE_CONTINUE, 0},
		{"play", MOVE_PLAY, 0},
		{"pass", MOVE_PASS, 0},
		{"signal", MOVE_SIGNAL, 0},
		{"kill", MOVE_SIGNAL, SIGKILL},
		{"type", MOVE_TYPE, 0},
		{"line", MOVE_LINE, 0},
		{"wait", MOVE_WAIT, 0},
		{"explore", MOVE_EXPLORE, 0},
	};
	struct words w = {.file = file, .text = text, .at = at, .err = err};
	char buf[64];
	u32 from;
	size_t i = 0;

	*m = (struct guide_move){.mark = at};
	next_word(&w, buf, sizeof buf, &from);
	while (i < ARRAY_LEN(commands) && strcmp(commands[i].word, buf) != 0)
		i++;
	if (i == ARRAY_LEN(commands))
		return wrong(&w, from,
			"'%s' is no command of a do block; there is step, line, all, continue, "
			"play, pass, signal, kill, type, wait, explore",
			buf);
	m->kind = commands[i].kind;
	m->signal = commands[i].signal;
	if (!arguments(&w, m)) {
		guide_move_finish(m);
		return false;
	}
	if (next_word(&w, buf, sizeof buf, &from)) {
		guide_move_finish(m);
		return wrong(&w, from, "'%s' is one word too many", buf);
	}
	m->text = xstrdup(text);
	return true;
}

void guide_move_finish(struct guide_move *m)
{
	cond_destroy(m->until);
	free(m->bytes);
	free(m->text);
	*m = (struct guide_move){0};
}

/* ---- done ---- */
struct doing {
	const struct guide *guide;
	const struct guide_move *move;
	const struct guide_host *host;
	u64 since; /* for `until`: events from here on */
	struct err *err;
};

static const struct world *now(const struct doing *d)
{
	return timeline_now(d->host->timeline(d->host->arg));
}

static bool blocked_by(const struct doing *d, const char *what)
{
	struct err *err = d->err;

	guide_error(err, d->guide->file, d->move->mark, "%s: %s", d->move->text, what);
	err->code = EXIT_FAILED;
	return false;
}

static bool reached(const struct doing *d)
{
	struct cond_view v = host_view(d->host, d->since);

	return d->move->until && cond_holds(d->move->until, &v);
}

static bool step_task(const struct doing *d, u32 task)
{
	bool line = d->move->kind == MOVE_LINE && d->host->line;

	if (!(line ? d->host->line : d->host->step)(d->host->arg, task, d->err))
		return err_wrap(d->err, "%s", d->move->text);
	if (d->host->moved)
		d->host->moved(d->host->arg);
	return true;
}

static bool cannot_step(const struct doing *d, u32 task)
{
	const struct w_task *t = world_task(now(d), task);
	struct str s = {0};

	if (!t)
		str_addf(&s, "there is no %s", d->move->actor);
	else if (t->state == TASK_BLOCKED)
		str_addf(&s, "%s cannot move: it is blocked in %s", d->move->actor,
			call_name(t->op.call));
	else
		str_addf(&s, "%s cannot move: it is %s", d->move->actor,
			t->state == TASK_GONE || t->state == TASK_ZOMBIE ? "gone" : "not held");
	blocked_by(d, str_get(&s));
	str_finish(&s);
	return false;
}

static bool do_step(const struct doing *d)
{
	u32 task = world_task_by_name(now(d), d->move->actor);
	u32 limit = d->move->until ? TIMES_MAX : d->move->times;

	for (u32 i = 0; i < limit; i++) {
		if (!schedule_can_step(now(d), task))
			return cannot_step(d, task);
		if (!step_task(d, task))
			return false;
		if (reached(d))
			return true;
	}
	return !d->move->until || blocked_by(d, "that has not come true after 100000 steps");
}

static bool do_all(const struct doing *d)
{
	for (u32 i = 0; i < d->move->times; i++) {
		u32 n = world_tasks(now(d)); /* those born meanwhile wait for the next round */
		bool any = false;

		for (u32 task = 1; task < n; task++) {
			if (!schedule_can_step(now(d), task))
				continue;
			if (!step_task(d, task))
				return false;
			any = true;
		}
		if (!any)
			return blocked_by(d, "nobody can move");
	}
	return true;
}

static u32 count_state(const struct world *w, bool blocked)
{
	u32 n = 0;

	for (u32 i = 1; i < world_tasks(w); i++) {
		const struct w_task *t = world_task(w, i);

		n += t && (blocked ? t->state == TASK_BLOCKED
				   : t->state == TASK_GONE || t->state == TASK_ZOMBIE);
	}
	return n;
}

/* continue and play: in the free run's order. */
static bool do_round(const struct doing *d)
{
	u32 last = 0;

	for (u32 i = 0; i < MOVES_MAX; i++) {
		struct choice c = schedule_free(now(d), last);
		u32 blocked = count_state(now(d), true), gone = count_state(now(d), false);

		/* Who spins waits for others, and there are none: that is a standstill. */
		if (c.kind == CHOICE_STEP && world_task(now(d), c.task)->state == TASK_SPINNING)
			c.kind = CHOICE_NONE;
		if (c.kind == CHOICE_NONE)
			return d->move->until ? blocked_by(d, "nobody can move any more, and that "
							      "has not come true")
					      : i > 0 || blocked_by(d, "nobody can move");
		if (c.kind == CHOICE_TIME ? !d->host->pass(d->host->arg, c.task, d->err)
					  : !step_task(d, c.task))
			return false;
		last = c.task;
		if (reached(d))
			return true;
		if (d->move->kind == MOVE_CONTINUE && !d->move->until &&
			(count_state(now(d), true) > blocked || count_state(now(d), false) > gone))
			return true;
	}
	return blocked_by(d, "it goes on and on");
}

/* The condition comes true by itself, in its own time; or nobody is left to bring it about. */
static bool do_wait(const struct doing *d)
{
	for (int i = 0; !reached(d); i++) {
		if (i == WAITS_MAX)
			return blocked_by(d, "that has not come true");
		if (!d->host->wait || !d->host->wait(d->host->arg))
			return reached(d) ||
			       blocked_by(d, "nobody computes, and that has not come true");
	}
	return true;
}

bool guide_move_run(const struct guide *g, const struct guide_move *m,
	const struct guide_host *host, struct err *err)
{
	struct doing d = {g, m, host, timeline_events(host->timeline(host->arg)), err};
	u32 task;

	switch (m->kind) {
	case MOVE_STEP:
	case MOVE_LINE: return do_step(&d);
	case MOVE_WAIT: return do_wait(&d);
	case MOVE_ALL: return do_all(&d);
	case MOVE_CONTINUE:
	case MOVE_PLAY: return do_round(&d);
	case MOVE_TYPE: return host->type(host->arg, m->bytes, strlen(m->bytes), err);
	case MOVE_EXPLORE:
		if (!host->explore)
			return err_set(err, EXIT_FAILED, "explore is not to be had here");
		return host->explore(host->arg, host, err);
	case MOVE_PASS:
	case MOVE_SIGNAL:
		task = world_task_by_name(now(&d), m->actor);
		if (!task)
			return cannot_step(&d, task);
		if (m->kind == MOVE_PASS ? !host->pass(host->arg, task, err)
					 : !host->signal(host->arg, task, m->signal, err))
			return err_wrap(err, "%s", m->text);
		if (host->moved)
			host->moved(host->arg);
		return true;
	}
	return false;
}

bool guide_moves_run(const struct guide *g, const struct guide_move *moves, size_t n,
	const struct guide_host *host, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (!guide_move_run(g, &moves[i], host, err))
			return false;
	return true;
}
