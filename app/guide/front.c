/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The front matter of a lab.md:
 *     title: Ordinary pipes
 *     minutes: 25                # may be left out
 *     core: true                 # on the core path
 *     needs: [after words]       # may be left out
 *     exercises: [pipe-hello]    # by id: home lists them under this lab
 *     slides: ["Ordinary pipes"] # of the course, named on home
 *     programs:
 *       - name: pipe             # labs/NN-name/pipe, built from the folder's sources
 *         args: [tidy]
 *         actors: {P1: parent}   # may be left out: those below
 *         hooks: true            # built by ipclab cc: its accesses to shared memory are seen
 *         files: true            # open, read and write of files are steps, too
 *         one_user: true         # setgroups, setgid, setuid are answered with 0: what gives up root runs in a namespace
 *         computes: [P2]         # may compute for ever: nobody waits for it
 *     actors:
 *       P1: producer
 *     memory:                    # may be left out: recognised by types and names
 *       shm1: {type: struct ring, array: buffer, in: in, out: out, count: n, size: cells}
 *     parameters:                # what `set size 4` changes; $size in args: and start: stands for it
 *       size: {from: 1, to: 16, default: 10, about: cells of the buffer}
 */
#include "guide/private.h"

#include <stdlib.h>
#include <string.h>

static bool texts(struct yaml_file *y, yaml_ref list, const char *what, struct pool *pool,
	char ***out, u32 *n, struct err *err)
{
	u32 count = yaml_count(y, list);

	*out = guide_take(pool, (count + 1) * sizeof **out);
	*n = count;
	if (list && !yaml_is_list(y, list))
		return yaml_error(y, list, err, "%s is a list: [a, b]", what);
	for (u32 i = 0; i < count; i++)
		if (!yaml_want_text(y, yaml_item(y, list, i), what, pool, &(*out)[i], err))
			return false;
	return true;
}

static bool actor(struct yaml_file *y, yaml_ref key, yaml_ref value, struct pool *pool,
	struct guide_actor *a, struct err *err)
{
	u32 number;

	if (!yaml_want_text(y, key, "an actor", pool, &a->name, err))
		return false;
	if (!actor_parse(a->name, strlen(a->name), &number))
		return yaml_error(y, key, err, "'%s' is no actor: P1, P2, ...", a->name);
	return yaml_want_text(y, value, "what the actor is called", pool, &a->role, err);
}

static bool actors(
	struct yaml_file *y, yaml_ref map, struct pool *pool, guide_actors *list, struct err *err)
{
	yaml_ref key, value;

	if (map && !yaml_is_map(y, map))
		return yaml_error(y, map, err, "actors are P1: name");
	for (u32 i = 0; i < yaml_count(y, map); i++) {
		yaml_pair(y, map, i, &key, &value);
		*vec_push(list) = (struct guide_actor){0};
		if (!actor(y, key, value, pool, &list->at[list->n - 1], err))
			return false;
	}
	return true;
}

static bool truth(struct yaml_file *y, yaml_ref r, const char *what, bool *out, struct err *err)
{
	const char *text = yaml_text(y, r);

	*out = text && strcmp(text, "true") == 0;
	return !r || *out || (text && strcmp(text, "false") == 0) ||
	       yaml_error(y, r, err, "%s is true or false", what);
}

static bool program(struct yaml_file *y, yaml_ref r, struct reading *rd, struct guide_program *p)
{
	static const char *const keys[] = {"name", "args", "actors", "hooks", "computes", "files", "one_user", NULL};
	yaml_ref values[7];

	p->mark = yaml_mark(y, r);
	if (!yaml_keys(y, r, keys, values, rd->err) ||
		!yaml_want_text(y, values[0] ? values[0] : r, "a program's name", rd->pool,
			&p->name, rd->err))
		return false;
	if (strchr(p->name, '/') || p->name[0] == '.')
		return yaml_error(y, values[0], rd->err,
			"a program's name is that of a file in the lab's folder");
	for (size_t i = 0; i + 1 < rd->guide->programs.n; i++)
		if (strcmp(rd->guide->programs.at[i].name, p->name) == 0)
			return yaml_error(
				y, values[0], rd->err, "program '%s' stands here twice", p->name);
	return texts(y, values[1], "args", rd->pool, &p->args, &p->args_n, rd->err) &&
	       dollars_read(rd, p->args, p->mark) &&
	       actors(y, values[2], rd->pool, &p->actors, rd->err) &&
	       truth(y, values[3], "hooks", &p->hooks, rd->err) &&
	       truth(y, values[5], "files", &p->files, rd->err) &&
	       truth(y, values[6], "one_user", &p->one_user, rd->err) &&
	       texts(y, values[4], "computes", rd->pool, &p->computes, &p->computes_n, rd->err);
}

static bool minutes(struct yaml_file *y, yaml_ref r, u32 *out, struct err *err)
{
	const char *text = yaml_text(y, r);

	if (!r)
		return true;
	if (text && strlen(text) < 4 && strspn(text, "0123456789") == strlen(text))
		*out = (u32)atoi(text);
	return *out || yaml_error(y, r, err, "minutes is a whole number from 1 to 999");
}

static bool programs(struct reading *rd, struct yaml_file *y, yaml_ref list)
{
	if (!yaml_is_list(y, list) || !yaml_count(y, list))
		return yaml_error(y, list, rd->err, "programs is missing, or no list of programs");
	for (u32 i = 0; i < yaml_count(y, list); i++) {
		*vec_push(&rd->guide->programs) = (struct guide_program){0};
		if (!program(y, yaml_item(y, list, i), rd, &rd->guide->programs.at[i]))
			return false;
	}
	return true;
}

static bool memory(struct reading *rd, struct yaml_file *y, yaml_ref map)
{
	static const char *const keys[] = {"type", "array", "in", "out", "count", "size", NULL};

	if (map && !yaml_is_map(y, map))
		return yaml_error(y, map, rd->err, "memory is shm1: {array: buffer, in: in, out: out}");
	for (u32 i = 0; i < yaml_count(y, map); i++) {
		struct guide_memory *m = vec_push(&rd->guide->memory);
		char **const names[] = {&m->type, &m->array, &m->in, &m->out, &m->count, &m->size};
		yaml_ref key, value, values[6];

		*m = (struct guide_memory){0};
		yaml_pair(y, map, i, &key, &value);
		if (!yaml_want_text(y, key, "a segment", rd->pool, &m->segment, rd->err) ||
			!yaml_keys(y, value, keys, values, rd->err))
			return false;
		if (strncmp(m->segment, "shm", 3) != 0)
			return yaml_error(
				y, key, rd->err, "'%s' is no segment: shm1, shm2, ...", m->segment);
		for (size_t k = 0; k < ARRAY_LEN(names); k++)
			if (values[k] && !yaml_want_text(y, values[k], keys[k], rd->pool, names[k],
						 rd->err))
				return false;
	}
	return true;
}

static bool limit(struct reading *rd, struct yaml_file *y, yaml_ref r, yaml_ref at,
	const char *what, u32 *out)
{
	const char *text = r ? yaml_text(y, r) : NULL;

	if (!text || !*text || strlen(text) > 6 || strspn(text, "0123456789") != strlen(text))
		return yaml_error(y, r ? r : at, rd->err,
			"a parameter is size: {from: 1, to: 16, default: 10}; '%s' is no number up to 999999",
			what);
	*out = (u32)atoi(text);
	return true;
}

static bool settings(struct reading *rd, struct yaml_file *y, yaml_ref map)
{
	static const char *const keys[] = {"from", "to", "default", "about", NULL};

	if (map && !yaml_is_map(y, map))
		return yaml_error(
			y, map, rd->err, "parameters are size: {from: 1, to: 16, default: 10}");
	for (u32 i = 0; i < yaml_count(y, map); i++) {
		struct guide_setting s = {.about = (char *)""};
		yaml_ref key, value, values[4];

		yaml_pair(y, map, i, &key, &value);
		if (!yaml_want_text(y, key, "a parameter", rd->pool, &s.name, rd->err) ||
			!yaml_keys(y, value, keys, values, rd->err) ||
			!limit(rd, y, values[0], value, "from", &s.from) ||
			!limit(rd, y, values[1], value, "to", &s.to) ||
			!limit(rd, y, values[2], value, "default", &s.value) ||
			(values[3] && !yaml_want_text(y, values[3], "about", rd->pool, &s.about,
					      rd->err)))
			return false;
		if (s.from > s.value || s.value > s.to)
			return yaml_error(y, value, rd->err,
				"the default of '%s' lies outside of its range", s.name);
		if (i == GUIDE_SETTINGS_MAX)
			return yaml_error(
				y, key, rd->err, "more than %d parameters", GUIDE_SETTINGS_MAX);
		*vec_push(&rd->guide->settings) = s;
	}
	return true;
}

static bool words(struct reading *rd, struct yaml_file *y, yaml_ref list, const char *what, guide_words *out)
{
	char **all;
	u32 n;

	if (!texts(y, list, what, rd->pool, &all, &n, rd->err))
		return false;
	for (u32 i = 0; i < n; i++)
		*vec_push(out) = all[i];
	return true;
}

static bool front(struct reading *rd, struct yaml_file *y)
{
	static const char *const keys[] = {
		"title", "minutes", "core", "needs", "programs", "actors", "memory",
		"parameters", "exercises", "slides", NULL};
	struct guide *g = rd->guide;
	yaml_ref values[10], root = yaml_root(y);

	if (!yaml_keys(y, root, keys, values, rd->err) ||
		!yaml_want_text(
			y, values[0] ? values[0] : root, "title", rd->pool, &g->title, rd->err) ||
		!minutes(y, values[1], &g->minutes, rd->err) ||
		!truth(y, values[2], "core", &g->core, rd->err) ||
		!words(rd, y, values[3], "needs", &g->needs) || !words(rd, y, values[8], "exercises", &g->exercises) ||
		!words(rd, y, values[9], "slides", &g->slides))
		return false;
	return settings(rd, y, values[7]) && programs(rd, y, values[4]) &&
	       actors(y, values[5], rd->pool, &g->actors, rd->err) && memory(rd, y, values[6]);
}

bool front_read(struct reading *rd, u32 last)
{
	size_t from = rd->lines.at[1], to = rd->lines.at[last];
	struct yaml_file *y = yaml_file_read(rd->file, rd->bytes + from, to - from, 1, rd->err);
	bool ok = y && front(rd, y);

	yaml_file_destroy(y);
	return ok;
}
