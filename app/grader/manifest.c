/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exercise.yaml: what stands at its top. HACKING.md, "To add an exercise", has all keys. */
#include <stdlib.h>
#include <string.h>

#include "grader/manifest.h"

static void add_file(void *arg, char *word) { *vec_push(&((struct exercise *)arg)->files) = word; }
static void add_provided(void *arg, char *word) { *vec_push(&((struct exercise *)arg)->provided) = word; }
static void add_flag(void *arg, char *word) { *vec_push(&((struct exercise *)arg)->flags) = word; }
static void add_use(void *arg, char *word) { *vec_push(&((struct exercise *)arg)->use) = word; }
static void add_avoid(void *arg, char *word) { *vec_push(&((struct exercise *)arg)->avoid) = word; }
static void add_source(void *arg, char *word) { *vec_push(&((struct program *)arg)->files) = word; }

static bool names_are_plain(struct manifest *m, yaml_ref r, char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!names[i][0] || strchr(names[i], '/') || names[i][0] == '.' || names[i][0] == '-')
			return yaml_error(m->y, r, m->err, "'%s' is no name of a file in the exercise's folder", names[i]);
	return true;
}

static bool programs_read(struct manifest *m, yaml_ref map, bool given)
{
	if (!yaml_is_map(m->y, map))
		return yaml_error(m->y, map, m->err, "programs: {writer: [writer.c], log: [log.c]}");
	for (u32 i = 0; i < yaml_count(m->y, map); i++) {
		struct program p = {.given = given};
		yaml_ref key, value;
		bool ok;

		yaml_pair(m->y, map, i, &key, &value);
		ok = value_word(m, key, "a program's name", &p.name) && value_words(m, value, "sources", add_source, &p) &&
		     names_are_plain(m, key, &p.name, 1) && names_are_plain(m, value, p.files.at, p.files.n);
		*vec_push(&m->x->programs) = p;
		if (!ok)
			return false;
		if (p.files.n == 0)
			return yaml_error(m->y, value, m->err, "a program is made of at least one source");
	}
	return true;
}

/* Not said: one program, of all the .c files, called as the first one is. */
static void usual_program(struct exercise *x)
{
	struct program p = {0};
	size_t n = strlen(x->files.at[0]);

	p.name = exercise_text(x, x->files.at[0], n > 2 && strcmp(x->files.at[0] + n - 2, ".c") == 0 ? n - 2 : n);
	for (size_t i = 0; i < x->files.n; i++) {
		n = strlen(x->files.at[i]);
		if (n > 2 && strcmp(x->files.at[i] + n - 2, ".c") == 0)
			*vec_push(&p.files) = x->files.at[i];
	}
	*vec_push(&x->programs) = p;
}

enum { TITLE, KIND, GROUP, MINUTES, FILES, PROVIDED, PROGRAMS, GIVEN, FLAGS, POINTS, TELL_, EASIER, USE, AVOID, CHECKS, SCENARIOS, KEYS };

static bool scenarios_read(struct manifest *m, yaml_ref list, const yaml_ref *checks, yaml_ref points)
{
	u64 sum = 0, said;

	if (!yaml_is_list(m->y, list) || yaml_count(m->y, list) == 0)
		return yaml_error(m->y, list, m->err, "scenarios is a list");
	for (u32 i = 0; i < yaml_count(m->y, list); i++) {
		struct scenario s = {0};
		bool ok = scenario_read(m, yaml_item(m->y, list, i), i + 1, checks, &s);

		*vec_push(&m->x->scenarios) = s;
		if (!ok)
			return false;
		sum += s.points;
	}
	if (!value_number(m, points, "points", 1, 1000, &said))
		return false;
	m->x->points = (u32)said;
	return sum == said || yaml_error(m->y, points, m->err, "the scenarios' points make %llu", (unsigned long long)sum);
}

static bool top_read(struct manifest *m, const yaml_ref *v)
{
	static const char *const kinds[] = {"order", "complete", "mend", "make", NULL};
	static const char *const tells[] = {"verdict", "what", "why", "where", NULL};
	struct exercise *x = m->x;
	u32 kind, tell = TELL_WHERE;
	u64 minutes = 0;

	if (!value_word(m, v[TITLE], "title", &x->title) || !value_choice(m, v[KIND], "kind", kinds, &kind) ||
		(v[GROUP] && !value_word(m, v[GROUP], "group", &x->group)) ||
		(v[MINUTES] && !value_number(m, v[MINUTES], "minutes", 1, 600, &minutes)) ||
		(v[TELL_] && !value_choice(m, v[TELL_], "tell", tells, &tell)) ||
		(v[EASIER] && !value_word(m, v[EASIER], "easier", &x->easier)))
		return false;
	x->kind = (enum exercise_kind)kind;
	x->tell = (enum tell)tell;
	x->minutes = (u32)minutes;
	return value_words(m, v[FILES], "files", add_file, x) && names_are_plain(m, v[FILES], x->files.at, x->files.n) &&
	       (x->files.n > 0 || yaml_error(m->y, v[FILES], m->err, "files: what the learner writes")) &&
	       (!v[PROVIDED] || value_words(m, v[PROVIDED], "provided", add_provided, x)) &&
	       names_are_plain(m, v[PROVIDED], x->provided.at, x->provided.n) &&
	       (!v[FLAGS] || value_words(m, v[FLAGS], "flags", add_flag, x)) && (!v[USE] || value_words(m, v[USE], "use", add_use, x)) &&
	       (!v[AVOID] || value_words(m, v[AVOID], "avoid", add_avoid, x));
}

bool manifest_read(struct exercise *x, const char *bytes, size_t n, struct err *err)
{
	static const char *const keys[] = {"title", "kind", "group", "minutes", "files", "provided", "programs", "given", "flags", "points",
		"tell", "easier", "use", "avoid", "checks", "scenarios", NULL};
	static const int needed[] = {TITLE, KIND, FILES, POINTS, SCENARIOS};
	struct manifest m = {.x = x, .err = err, .y = yaml_file_read(x->file, bytes, n, 0, err)};
	yaml_ref v[KEYS];
	bool ok;

	if (!m.y)
		return false;
	ok = yaml_keys(m.y, yaml_root(m.y), keys, v, err);
	for (size_t i = 0; ok && i < ARRAY_LEN(needed); i++)
		if (!v[needed[i]])
			ok = yaml_error(m.y, yaml_root(m.y), err, "%s: is missing", keys[needed[i]]);
	ok = ok && top_read(&m, v) && (!v[PROGRAMS] || programs_read(&m, v[PROGRAMS], false));
	if (ok && !v[PROGRAMS])
		usual_program(x);
	ok = ok && (!v[GIVEN] || programs_read(&m, v[GIVEN], true)) && scenarios_read(&m, v[SCENARIOS], &v[CHECKS], v[POINTS]);
	yaml_file_destroy(m.y);
	return ok;
}
