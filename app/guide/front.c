/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The front matter of a lab.md:
 *     title: Ordinary pipes
 *     minutes: 25
 *     core: true                 # on the core path
 *     needs: [after words]       # may be left out
 *     programs:
 *       - name: pipe             # labs/NN-name/pipe, built from the folder's sources
 *         args: [tidy]
 *         actors: {P1: parent}   # may be left out: those below
 *     actors:
 *       P1: producer
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

static bool program(struct yaml_file *y, yaml_ref r, struct reading *rd, struct guide_program *p)
{
	static const char *const keys[] = {"name", "args", "actors", NULL};
	yaml_ref values[3];

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
	       actors(y, values[2], rd->pool, &p->actors, rd->err);
}

static bool front(struct reading *rd, struct yaml_file *y)
{
	static const char *const keys[] = {
		"title", "minutes", "core", "needs", "programs", "actors", NULL};
	struct guide *g = rd->guide;
	yaml_ref values[6], root = yaml_root(y);
	const char *text;
	char **needs;
	u32 n;

	if (!yaml_keys(y, root, keys, values, rd->err) ||
		!yaml_want_text(
			y, values[0] ? values[0] : root, "title", rd->pool, &g->title, rd->err))
		return false;
	text = yaml_text(y, values[1]);
	g->minutes = text && strlen(text) < 4 && strspn(text, "0123456789") == strlen(text)
			     ? (u32)atoi(text)
			     : 0;
	if (!g->minutes)
		return yaml_error(
			y, values[1], rd->err, "minutes is missing, or no number from 1 to 999");
	text = yaml_text(y, values[2]);
	if (values[2] && (!text || (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)))
		return yaml_error(y, values[2], rd->err, "core is true or false");
	g->core = text && strcmp(text, "true") == 0;
	if (!texts(y, values[3], "needs", rd->pool, &needs, &n, rd->err))
		return false;
	for (u32 i = 0; i < n; i++)
		*vec_push(&g->needs) = needs[i];
	if (!yaml_is_list(y, values[4]) || !yaml_count(y, values[4]))
		return yaml_error(
			y, values[4], rd->err, "programs is missing, or no list of programs");
	for (u32 i = 0; i < yaml_count(y, values[4]); i++) {
		*vec_push(&g->programs) = (struct guide_program){0};
		if (!program(y, yaml_item(y, values[4], i), rd, &g->programs.at[i]))
			return false;
	}
	return actors(y, values[5], rd->pool, &g->actors, rd->err);
}

bool front_read(struct reading *rd, u32 last)
{
	size_t from = rd->lines.at[1], to = rd->lines.at[last];
	struct yaml_file *y = yaml_file_read(rd->file, rd->bytes + from, to - from, 1, rd->err);
	bool ok = y && front(rd, y);

	yaml_file_destroy(y);
	return ok;
}
