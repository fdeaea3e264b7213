/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scenario of exercise.yaml. Most have one program, whose keys (run, args, stdin, stdout, expect) then stand in the scenario
 * itself; others name their actors, and steps that say in which order things happen. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/private.h"

/* ---- expectations ---- */

static bool exit_read(struct manifest *m, yaml_ref r, struct expectation *e)
{
	const char *text = yaml_text(m->y, r);
	u64 status;

	e->exit_given = true;
	if (text && strcmp(text, "any") == 0)
		return e->any_exit = true;
	if (text && strcmp(text, "none") == 0)
		return e->stays = true;
	for (int sig = 1; text && sig < 32; sig++)
		if (sigabbrev_np(sig) && strcmp(sigabbrev_np(sig), text) == 0) {
			e->exit = -sig;
			return true;
		}
	if (!value_number(m, r, "exit", 0, 255, &status))
		return yaml_error(m->y, r, m->err, "exit is a number from 0 to 255, any, none (it is not to end), or a signal: TERM");
	e->exit = (int)status;
	return true;
}

enum { E_STDOUT, E_LINES, E_IN_ORDER, E_HAS, E_MATCHES, E_EXIT, E_FILES, E_SAME_AS, E_KEYS };

static bool in_order_read(struct manifest *m, yaml_ref r, struct expectation *e)
{
	if (!yaml_is_list(m->y, r))
		return yaml_error(m->y, r, m->err, "in_order is a list of texts");
	for (u32 i = 0; i < yaml_count(m->y, r); i++)
		if (!value_bytes(m, yaml_item(m->y, r, i), NULL, vec_push(&e->in_order), NULL))
			return false;
	return true;
}

static bool files_read(struct manifest *m, yaml_ref r, void (*add)(struct scenario *, struct bytes_file), struct scenario *s)
{
	if (!yaml_is_map(m->y, r))
		return yaml_error(m->y, r, m->err, "files: their names and what is in them");
	for (u32 i = 0; i < yaml_count(m->y, r); i++) {
		struct bytes_file f = {0};
		yaml_ref key, value;
		const char *name;

		yaml_pair(m->y, r, i, &key, &value);
		name = yaml_text(m->y, key);
		if (!name || !*name || strchr(name, '/') || name[0] == '.')
			return yaml_error(m->y, key, m->err, "a file lies in the program's own folder: its name has no /");
		f.path = exercise_text(m->x, name, strlen(name));
		if (!value_bytes(m, value, NULL, &f.bytes, NULL))
			return false;
		add(s, f);
	}
	return true;
}

static void add_file(struct scenario *s, struct bytes_file f) { *vec_push(&s->files) = f; }
static void add_left(struct scenario *s, struct bytes_file f) { *vec_push(&s->left) = f; }

static const struct scenario *scenario_named(const struct exercise *x, const char *word)
{
	for (size_t i = 0; i < x->scenarios.n; i++) {
		const struct scenario *s = &x->scenarios.at[i];
		char number[16];

		snprintf(number, sizeof number, "%u", s->number);
		if (strcmp(s->name, word) == 0 || strcmp(number, word) == 0)
			return s;
	}
	return NULL;
}

static bool same_as(struct manifest *m, yaml_ref r, u32 actor, struct expectation *e)
{
	const char *word = yaml_text(m->y, r);
	const struct scenario *s = word ? scenario_named(m->x, word) : NULL;
	struct expectation *from;

	if (!s || actor >= s->actors.n)
		return yaml_error(m->y, r, m->err, "same_as names a scenario above this one, by its name or number");
	from = &s->actors.at[actor].expect;
	*e = *from;
	e->in_order.at = NULL;
	e->in_order.n = e->in_order.cap = 0;
	for (size_t i = 0; i < from->in_order.n; i++)
		*vec_push(&e->in_order) = from->in_order.at[i];
	return true;
}

static bool expect_read(struct manifest *m, yaml_ref r, u32 actor, struct expectation *e, struct scenario *s)
{
	static const char *const keys[] = {"stdout", "lines", "in_order", "has", "matches", "exit", "files", "same_as", NULL};
	yaml_ref v[E_KEYS];

	if (!yaml_keys(m->y, r, keys, v, m->err))
		return false;
	if (v[E_SAME_AS] && !same_as(m, v[E_SAME_AS], actor, e))
		return false;
	e->stdout_given |= v[E_STDOUT] != 0;
	e->lines_given |= v[E_LINES] != 0;
	e->has_given |= v[E_HAS] != 0;
	e->matches_given |= v[E_MATCHES] != 0;
	return (!v[E_STDOUT] || value_bytes(m, v[E_STDOUT], NULL, &e->out, NULL)) &&
	       (!v[E_LINES] || value_bytes(m, v[E_LINES], NULL, &e->lines, NULL)) &&
	       (!v[E_HAS] || value_bytes(m, v[E_HAS], NULL, &e->has, NULL)) &&
	       (!v[E_MATCHES] || value_bytes(m, v[E_MATCHES], NULL, &e->matches, NULL)) &&
	       (!v[E_IN_ORDER] || in_order_read(m, v[E_IN_ORDER], e)) && (!v[E_EXIT] || exit_read(m, v[E_EXIT], e)) &&
	       (!v[E_FILES] || files_read(m, v[E_FILES], add_left, s));
}

/* ---- actors ---- */


static void add_arg(void *arg, char *word)
{
	*vec_push(&((struct actor *)arg)->args) = word;
}

static const struct program *program_named(const struct exercise *x, const char *name, bool given)
{
	for (size_t i = 0; i < x->programs.n; i++)
		if (x->programs.at[i].given == given && strcmp(x->programs.at[i].name, name) == 0)
			return &x->programs.at[i];
	return NULL;
}

enum { A_NAME, A_RUN, A_GIVEN, A_SCRIPT, A_COMMAND, A_ARGS, A_STDIN, A_STDOUT, A_EXPECT, A_KEYS };

static bool who_read(struct manifest *m, yaml_ref map, const yaml_ref *v, struct actor *a)
{
	int said = (v[A_RUN] != 0) + (v[A_GIVEN] != 0) + (v[A_SCRIPT] != 0) + (v[A_COMMAND] != 0);

	if (said > 1)
		return yaml_error(m->y, map, m->err, "an actor is one of run:, given:, script:, command:");
	if (v[A_SCRIPT]) {
		a->kind = ACTOR_SCRIPT;
		return value_word(m, v[A_SCRIPT], "script", &a->program);
	}
	if (v[A_COMMAND]) {
		a->kind = ACTOR_COMMAND;
		return value_words(m, v[A_COMMAND], "command", add_arg, a) &&
		       (a->args.n > 0 || yaml_error(m->y, v[A_COMMAND], m->err, "command: [cat, -n]"));
	}
	a->kind = v[A_GIVEN] ? ACTOR_GIVEN : ACTOR_PROGRAM;
	if (!v[A_RUN] && !v[A_GIVEN])
		a->program = m->x->programs.at[0].name;
	else if (!value_word(m, v[A_GIVEN] ? v[A_GIVEN] : v[A_RUN], "the program's name", &a->program))
		return false;
	return program_named(m->x, a->program, v[A_GIVEN]) ||
	       yaml_error(m->y, v[A_GIVEN] ? v[A_GIVEN] : v[A_RUN], m->err, "there is no %s program '%s' in this exercise",
		       v[A_GIVEN] ? "given" : "learner's", a->program);
}

static bool actor_read(struct manifest *m, yaml_ref map, const yaml_ref *v, u32 number, struct actor *a, struct scenario *s)
{
	a->mark = yaml_mark(m->y, map);
	a->in.as = AS_FILE;
	a->out.as = AS_PIPE;
	if (!who_read(m, map, v, a))
		return false;
	a->name = a->kind == ACTOR_SCRIPT ? exercise_text(m->x, "client", 6) : a->kind == ACTOR_COMMAND ? a->args.at[0] : a->program;
	a->expect.exit_given = true; /* it ends with 0, unless something else is said */
	if (v[A_NAME] && !value_word(m, v[A_NAME], "name", &a->name))
		return false;
	if (v[A_ARGS] && !value_words(m, v[A_ARGS], "args", add_arg, a))
		return false;
	if (v[A_STDIN] && !value_stdin(m, v[A_STDIN], &a->in))
		return false;
	if (v[A_STDOUT] && !value_stdout(m, v[A_STDOUT], &a->out))
		return false;
	return !v[A_EXPECT] || expect_read(m, v[A_EXPECT], number, &a->expect, s);
}

static bool actors_read(struct manifest *m, yaml_ref list, struct scenario *s)
{
	static const char *const keys[] = {"name", "run", "given", "script", "command", "args", "stdin", "stdout", "expect", NULL};

	if (!yaml_is_list(m->y, list) || yaml_count(m->y, list) == 0 || yaml_count(m->y, list) > ACTORS_MAX)
		return yaml_error(m->y, list, m->err, "actors is a list of 1 to %d", ACTORS_MAX);
	for (u32 i = 0; i < yaml_count(m->y, list); i++) {
		yaml_ref item = yaml_item(m->y, list, i), v[A_KEYS];
		struct actor a = {0};
		bool ok = yaml_keys(m->y, item, keys, v, m->err) && actor_read(m, item, v, i, &a, s);

		for (u32 k = 0; ok && k < i; k++)
			if (strcmp(s->actors.at[k].name, a.name) == 0)
				ok = yaml_error(m->y, item, m->err, "two actors are called '%s': give one a name:", a.name);
		*vec_push(&s->actors) = a;
		if (!ok)
			return false;
	}
	return true;
}

/* ---- the rest ---- */

static bool steps_read(struct manifest *m, yaml_ref list, struct scenario *s)
{
	u32 n = list ? yaml_count(m->y, list) : 0;

	if (list && (!yaml_is_list(m->y, list) || n > STEPS_MAX))
		return yaml_error(m->y, list, m->err, "steps is a list of at most %d", STEPS_MAX);
	for (u32 i = 0; i < n; i++)
		if (!value_step(m, yaml_item(m->y, list, i), s, vec_push(&s->steps)))
			return false;
	for (u32 i = 0; !list && i < s->actors.n; i++)
		*vec_push(&s->steps) = (struct step){.kind = STEP_START, .actor = i};
	if (s->steps.n == 0 || s->steps.at[0].kind != STEP_START)
		return yaml_error(m->y, list, m->err, "the first step is to start somebody");
	return true;
}

struct naming {
	struct manifest *m;
	yaml_ref at;
	struct scenario *s;
	bool remove, ok;
};

static void name_check(void *arg, char *word)
{
	struct naming *n = arg;
	const struct check *c = check_by_name(word);
	struct str all = {0};

	for (u32 i = 0; checks_all[i]; i++)
		str_addf(&all, "%s%s", i ? ", " : "", checks_all[i]->name);
	if (!c && n->ok)
		n->ok = yaml_error(n->m->y, n->at, n->m->err, "there is no check '%s'; there is %s", word, str_get(&all));
	str_finish(&all);
	for (size_t i = n->s->checks.n; c && i-- > 0;)
		if (n->s->checks.at[i] == c) {
			memmove(n->s->checks.at + i, n->s->checks.at + i + 1, (n->s->checks.n - i - 1) * sizeof(void *));
			n->s->checks.n--;
		}
	if (c && !n->remove)
		*vec_push(&n->s->checks) = c;
}

static bool checks_read(struct manifest *m, yaml_ref r, bool remove, struct scenario *s)
{
	struct naming n = {m, r, s, remove, true};

	return !r || (value_words(m, r, "checks", name_check, &n) && n.ok);
}

static bool faults_read(struct manifest *m, yaml_ref list, struct scenario *s)
{
	if (!list)
		return true;
	if (!yaml_is_list(m->y, list) || yaml_count(m->y, list) > FAULTS_MAX)
		return yaml_error(m->y, list, m->err, "inject is a list of at most %d", FAULTS_MAX);
	for (u32 i = 0; i < yaml_count(m->y, list); i++)
		if (!fault_read(m, yaml_item(m->y, list, i), vec_push(&s->faults)))
			return false;
	return true;
}

static bool explore_read(struct manifest *m, yaml_ref map, struct scenario *s)
{
	static const char *const keys[] = {"preemptions", "schedules", NULL};
	yaml_ref v[2];
	u64 preemptions = 2, schedules = 2000;

	if (!map)
		return true;
	s->explores = s->hooked = true;
	if (s->actors.n != 1 || s->actors.at[0].kind != ACTOR_PROGRAM || s->faults.n)
		return yaml_error(m->y, map, m->err, "explore runs one program of the learner's, without faults");
	if (!yaml_keys(m->y, map, keys, v, m->err) || (v[0] && !value_number(m, v[0], "preemptions", 0, 8, &preemptions)) ||
		(v[1] && !value_number(m, v[1], "schedules", 1, 1000000, &schedules)))
		return false;
	s->preemptions = (u32)preemptions;
	s->schedules = (u32)schedules;
	return true;
}

enum { S_NAME, S_POINTS, S_SECONDS, S_AFTER, S_RUN, S_ARGS, S_STDIN, S_STDOUT, S_EXPECT, S_ACTORS, S_STEPS, S_FILES, S_INJECT, S_DESCRIPTORS, S_CHECKS,
	S_WITHOUT, S_BUILD, S_EXPLORE, S_INVARIANT, S_HINT, S_KEYS };

static bool who_acts(struct manifest *m, yaml_ref map, const yaml_ref *v, struct scenario *s)
{
	yaml_ref a[A_KEYS] = {[A_RUN] = v[S_RUN], [A_ARGS] = v[S_ARGS], [A_STDIN] = v[S_STDIN], [A_STDOUT] = v[S_STDOUT],
		[A_EXPECT] = v[S_EXPECT]};

	if (v[S_ACTORS] && (v[S_RUN] || v[S_ARGS] || v[S_STDIN] || v[S_STDOUT]))
		return yaml_error(m->y, map, m->err, "with actors, each of them has its own run, args, stdin, stdout");
	if (v[S_ACTORS])
		return actors_read(m, v[S_ACTORS], s) && (!v[S_EXPECT] || expect_read(m, v[S_EXPECT], 0, &s->actors.at[0].expect, s));
	*vec_push(&s->actors) = (struct actor){0};
	return actor_read(m, map, a, 0, &s->actors.at[0], s);
}

/* How many files each of the learner's programs may have open: what it forgets to close is missed sooner. */
static bool descriptors_read(struct manifest *m, yaml_ref r, struct scenario *s)
{
	u64 most = 0;

	if (r && !value_number(m, r, "descriptors", 8, 256, &most))
		return false;
	for (size_t i = 0; i < s->actors.n; i++)
		if (s->actors.at[i].kind == ACTOR_PROGRAM)
			s->actors.at[i].descriptors = (u32)most;
	return true;
}

static bool rest_read(struct manifest *m, const yaml_ref *v, const yaml_ref *checks, struct scenario *s)
{
	static const char *const builds[] = {"plain", "hooked", NULL};
	const struct scenario *before;
	u32 build = 0;
	char *after = NULL;

	if (v[S_BUILD] && !value_choice(m, v[S_BUILD], "build", builds, &build))
		return false;
	s->hooked = build == 1;
	if (v[S_AFTER]) {
		if (!value_word(m, v[S_AFTER], "after", &after))
			return false;
		before = scenario_named(m->x, after);
		if (!before)
			return yaml_error(m->y, v[S_AFTER], m->err, "after names a scenario above this one, by its name or number");
		s->after = before->number;
	}
	return steps_read(m, v[S_STEPS], s) && (!v[S_FILES] || files_read(m, v[S_FILES], add_file, s)) && faults_read(m, v[S_INJECT], s) && descriptors_read(m, v[S_DESCRIPTORS], s) &&
	       checks_read(m, *checks, false, s) && checks_read(m, v[S_CHECKS], false, s) && checks_read(m, v[S_WITHOUT], true, s) &&
	       explore_read(m, v[S_EXPLORE], s) && (!v[S_INVARIANT] || s->explores || yaml_error(m->y, v[S_INVARIANT], m->err, "an invariant needs explore")) &&
	       (!v[S_INVARIANT] || value_word(m, v[S_INVARIANT], "invariant", &s->invariant)) &&
	       (!v[S_HINT] || value_word(m, v[S_HINT], "hint", &s->hint));
}

bool scenario_read(struct manifest *m, yaml_ref map, u32 number, const yaml_ref *checks, struct scenario *s)
{
	static const char *const keys[] = {"name", "points", "seconds", "after", "run", "args", "stdin", "stdout", "expect", "actors", "steps",
		"files", "inject", "descriptors", "checks", "without", "build", "explore", "invariant", "hint", NULL};
	yaml_ref v[S_KEYS];
	u64 points, seconds = 10;

	s->number = number;
	s->mark = yaml_mark(m->y, map);
	if (!yaml_keys(m->y, map, keys, v, m->err))
		return false;
	if (!v[S_NAME] || !v[S_POINTS])
		return yaml_error(m->y, map, m->err, "a scenario has a name and points");
	if (!value_word(m, v[S_NAME], "name", &s->name) || !value_number(m, v[S_POINTS], "points", 0, 1000, &points) ||
		(v[S_SECONDS] && !value_number(m, v[S_SECONDS], "seconds", 1, 120, &seconds)))
		return false;
	s->points = (u32)points;
	s->seconds = (u32)seconds;
	if (scenario_named(m->x, s->name))
		return yaml_error(m->y, v[S_NAME], m->err, "two scenarios have this name");
	return who_acts(m, map, v, s) && rest_read(m, v, checks, s);
}
