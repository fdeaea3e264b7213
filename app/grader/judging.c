/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a verdict that do not depend on it: what ran, what was expected, what happened, why somebody waits, where. */
#include "grader/judging.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

const char *judging_out(const struct judging *j, u32 actor, size_t *n)
{
	*n = j->shared->actors[actor].out_n;
	return shared_out(j->shared, actor);
}

/* ---- places ---- */

void judging_place(const struct judging *j, u32 site)
{
	const struct place *p = site ? sources_place(evidence_scene(j->ev)->sources, site) : NULL;

	if (!p || !p->shown || j->f->line)
		return;
	PUT(j->f->file, "%s", p->shown->base);
	j->f->line = p->shown->line;
}

void judging_at(const struct judging *j, u32 site, struct str *out)
{
	char at[160];

	sources_at(evidence_scene(j->ev)->sources, site, false, at, sizeof at);
	if (at[0])
		str_addf(out, " at %s", at);
}

/* ---- ran, expected, happened ---- */

enum { SCRIPT_MOST = 100 };

/* A script's lines as they stand, as many as there is room for: what the other side does is half of what happened. */
static void script_words(const struct run_spec *spec, const struct actor *a, struct str *out)
{
	struct str lines = {0};
	size_t from = out->len;

	substitute(spec, a->program, &lines);
	for (const char *at = str_get(&lines); *at;) {
		size_t n = strcspn(at, "\n");

		if (out->len - from + n > SCRIPT_MOST) {
			str_add(out, ", ...");
			break;
		}
		if (n)
			str_addf(out, "%s%.*s", out->len > from ? ", " : "", (int)n, at);
		at += n + (at[n] == '\n');
	}
	str_finish(&lines);
}

/* As a shell would have it typed. */
static void add_word(const char *word, struct str *out)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=,+@%-$";

	if (*word && !word[strspn(word, plain)]) {
		str_add(out, word);
		return;
	}
	if (strchr(word, '\'') && !strpbrk(word, "\"$`\\!")) {
		str_addf(out, "\"%s\"", word);
		return;
	}
	str_add(out, "'");
	for (; *word; word++)
		str_addf(out, *word == '\'' ? "'\\''" : "%c", *word);
	str_add(out, "'");
}

static void actor_ran(const struct run_spec *spec, const struct actor *a, struct str *out)
{
	struct str arg = {0};

	if (a->kind == ACTOR_SCRIPT) {
		script_words(spec, a, out);
		return;
	}
	str_addf(out, "%s%s", a->kind == ACTOR_COMMAND ? "" : "./", a->kind == ACTOR_COMMAND ? "" : a->program);
	for (size_t i = 0; i < a->args.n; i++) {
		str_clear(&arg);
		substitute(spec, a->args.at[i], &arg);
		str_add(out, i || a->kind != ACTOR_COMMAND ? " " : "");
		add_word(str_get(&arg), out);
	}
	str_finish(&arg);
	if (a->in.given && a->in.bytes.n) {
		str_add(out, "   with input ");
		shown_text(a->in.bytes.at, a->in.bytes.n < 40 ? a->in.bytes.n : 40, out);
		if (a->in.bytes.n > 40)
			str_addf(out, " and %zu more bytes", a->in.bytes.n - 40);
	}
	if (a->in.as == AS_TERMINAL)
		str_add(out, " typed at a terminal");
}

static void fault_words(const struct fault *f, struct str *out)
{
	str_add(out, out->len ? ", " : "");
	switch (f->kind) {
	case FAULT_SHORT: str_addf(out, "%s may move as little as %llu byte%s", f->reads ? "reads" : "writes", (unsigned long long)f->size, f->size == 1 ? "" : "s"); break;
	case FAULT_AGAIN: str_add(out, "calls that do not block get EAGAIN now and then"); break;
	case FAULT_LOSE: break; /* of single calls only */
	case FAULT_INTERRUPT: str_add(out, "a signal arrives as calls begin"); break;
	case FAULT_SMALL_PIPE: str_addf(out, "pipes hold %llu bytes", (unsigned long long)f->size); break;
	}
}

/* What was done to them while they ran. */
static void step_words(const struct run_spec *spec, const struct step *s, struct str *out)
{
	const char *name = spec->s->actors.at[s->actor].name, *sig = sigabbrev_np(s->sig);
	bool several = spec->s->actors.n > 1;

	switch (s->kind) {
	case STEP_SIGNAL: str_addf(out, "%sSIG%s%s%s", out->len ? ", " : "", sig ? sig : "?", several ? " to " : "", several ? name : ""); break;
	case STEP_SIGNAL_ALL: str_addf(out, "%sSIG%s to all processes%s%s", out->len ? ", " : "", sig ? sig : "?", several ? " of " : "", several ? name : ""); break;
	case STEP_TYPE:
		str_addf(out, "%sinput ", out->len ? ", " : "");
		shown_text(s->text.at, s->text.n < 40 ? s->text.n : 40, out);
		str_addf(out, "%s%s", several ? " to " : "", several ? name : "");
		break;
	case STEP_END_INPUT: str_addf(out, "%sthe end of %s%s input", out->len ? ", " : "", several ? name : "its", several ? "'s" : ""); break;
	case STEP_CLOSE_OUTPUT: str_addf(out, "%snobody reads %s%s output any more", out->len ? ", " : "", several ? name : "its", several ? "'s" : ""); break;
	case STEP_GO: str_addf(out, "%s%s goes on", out->len ? ", " : "", name); break;
	default: break; /* started, waited for: the list above says it */
	}
}

/* `names`: where there are several, by which name sentences speak of each (P1, ...); NULL: it is not known yet. */
void ran_words(const struct run_spec *spec, const struct world *names, struct str *out)
{
	struct str faults = {0}, steps = {0};
	char name[24];

	for (size_t i = 0; i < spec->s->actors.n; i++) {
		const struct w_task *t = names ? world_task(names, spec->shared->actors[i].task) : NULL;

		str_add(out, i ? "\n" : "");
		if (spec->s->actors.n > 1)
			str_addf(out, "%s%s%s: ", spec->s->actors.at[i].name, t ? ", " : "", t ? world_proc_name(names, t->proc, name) : "");
		actor_ran(spec, &spec->s->actors.at[i], out);
	}
	for (size_t i = 0; i < spec->s->faults.n; i++)
		fault_words(&spec->s->faults.at[i], &faults);
	for (size_t i = 0; i < spec->s->steps.n; i++)
		step_words(spec, &spec->s->steps.at[i], &steps);
	if (steps.len)
		str_addf(out, "\nthen %s", steps.s);
	if (faults.len)
		str_addf(out, "\n(%s)", faults.s);
	str_finish(&faults);
	str_finish(&steps);
}

void judging_status(int status, struct str *out)
{
	if (WIFSIGNALED(status))
		str_addf(out, "SIG%s killed it", sigabbrev_np(WTERMSIG(status)) ? sigabbrev_np(WTERMSIG(status)) : "?");
	else
		str_addf(out, "exit status %d", WEXITSTATUS(status));
}

static void expected_words(const struct expectation *e, struct str *out)
{
	size_t before = out->len;

	if (e->stdout_given) {
		str_add(out, e->out.n ? "output " : "no output");
		if (e->out.n)
			shown_text(e->out.at, e->out.n, out);
	} else if (e->lines_given) {
		str_add(out, "in any order, the lines ");
		shown_text(e->lines.at, e->lines.n, out);
	} else if (e->has_given) {
		str_add(out, "somewhere in the output ");
		shown_text(e->has.at, e->has.n, out);
	} else if (e->matches_given) {
		str_addf(out, "output that matches %s", e->matches.at);
	} else if (e->in_order.n) {
		str_add(out, "lines that keep their order");
	}
	str_add(out, out->len > before ? ", then " : "");
	if (e->stays)
		str_add(out, "it goes on serving");
	else if (e->any_exit)
		str_add(out, "its end");
	else if (e->exit < 0)
		str_addf(out, "SIG%s ends it", sigabbrev_np(-e->exit));
	else
		str_addf(out, "exit status %d", e->exit);
}

static void happened_words(const struct judging *j, u32 actor, struct str *out)
{
	const struct actor_over *a = &j->shared->actors[actor];
	size_t n;
	const char *text = judging_out(j, actor, &n);

	if (!a->task) {
		str_add(out, "it was not started");
		return;
	}
	str_add(out, n ? "output " : "no output");
	if (n)
		shown_text(text, n, out);
	str_add(out, ", then ");
	if (a->ended)
		judging_status(a->status, out);
	else if (j->shared->over == OVER_STUCK)
		str_add(out, "nobody could move any more");
	else if (j->shared->over == OVER_TIME && j->shared->vain)
		str_add(out, "it was stopped: it would not have ended");
	else if (j->shared->over == OVER_TIME)
		str_addf(out, "it still ran after %u s", j->spec->s->seconds);
	else if (j->spec->s->actors.at[actor].expect.stays)
		str_add(out, "it went on serving");
	else
		str_add(out, "it was ended");
	if (a->err_n) {
		str_add(out, "\non standard error ");
		shown_text(shared_err(j->shared, actor), a->err_n, out);
	}
}

/* The actor that matters alone, or each by name. */
void judging_runs(struct judging *j, u32 actor)
{
	struct str a = {0}, b = {0}, ran = {0};
	bool several = j->spec->s->actors.n > 1;

	if (several) {
		str_addf(&a, "%s: ", j->spec->s->actors.at[actor].name);
		str_addf(&b, "%s: ", j->spec->s->actors.at[actor].name);
	}
	expected_words(&j->spec->s->actors.at[actor].expect, &a);
	happened_words(j, actor, &b);
	ran_words(j->spec, evidence_scene(j->ev)->world, &ran);
	PUT(j->f->expected, "%s", str_get(&a));
	PUT(j->f->happened, "%s", str_get(&b));
	PUT(j->f->ran, "%s", str_get(&ran));
	str_finish(&a);
	str_finish(&b);
	str_finish(&ran);
}

/* ---- why somebody waits ---- */

static bool blocked(const struct world *w, u32 task)
{
	const struct w_task *t = world_task(w, task);

	return t && (t->state == TASK_BLOCKED || t->state == TASK_SPINNING);
}

/* Who waits for a child or a thread only waits for somebody who has more to tell. */
static bool waits_for_others(const struct world *w, u32 task)
{
	struct why why;

	return world_why(w, task, &why) && (why.reason == WHY_CHILD || why.reason == WHY_THREAD);
}

/* Whoever waits in a program without sources (sort, cat) was given what it waits for in one that has some. */
static void place_of_waker(struct judging *j, u32 task)
{
	const struct world *w = evidence_scene(j->ev)->world;
	struct why why;

	if (j->f->line || !world_why(w, task, &why) || evidence_actor(j->ev, task) == UINT32_MAX)
		return;
	for (u32 i = 0; i < why.wakers_n && i < ARRAY_LEN(why.wakers); i++)
		if (why.wakers[i].self && why.wakers[i].fd)
			judging_place(j, world_fd(w, why.wakers[i].fd)->got_site);
}

static void running_words(struct judging *j, u32 task, struct str *out)
{
	u32 site = evidence_located(j->ev, task);
	char who[24];

	str_addf(out, "%s computes, or makes calls that do not wait", world_task_name(evidence_scene(j->ev)->world, task, who));
	judging_at(j, site, out);
	str_add(out, ".");
	if (evidence_actor(j->ev, task) != UINT32_MAX)
		judging_place(j, site);
}

void judging_why(struct judging *j)
{
	const struct scene *s = evidence_scene(j->ev);
	struct str out = {0};
	u32 said = 0, told[6];

	for (int round = 0; round < 2; round++)
		for (u32 task = 1; task < world_tasks(s->world) && said < 6; task++) {
			if (!blocked(s->world, task) || waits_for_others(s->world, task) != (round == 1))
				continue;
			if (said)
				str_add(&out, "\n");
			words_why_too(s, task, told, said, &out);
			told[said++] = task;
			if (evidence_actor(j->ev, task) != UINT32_MAX &&
				j->spec->s->actors.at[evidence_actor(j->ev, task)].kind == ACTOR_PROGRAM)
				judging_place(j, world_task(s->world, task)->op.site);
			place_of_waker(j, task);
		}
	for (u32 task = 1; task < world_tasks(s->world) && said < 6; task++) {
		const struct w_task *t = world_task(s->world, task);

		if (!t || (t->state != TASK_RUNNING && t->state != TASK_STOPPED))
			continue;
		str_add(&out, said++ ? "\n" : "");
		if (t->state == TASK_RUNNING)
			running_words(j, task, &out);
		else
			words_task(s, task, &out);
		while (out.len && out.s[out.len - 1] == '\n')
			out.s[--out.len] = '\0';
	}
	PUT(j->f->why, "%s", str_get(&out));
	str_finish(&out);
}
