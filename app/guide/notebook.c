/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Experiments: parameters to change and run again, a row in the notebook each.
 *
 *     ```experiment id=chunks
 *     title: How full is full?
 *     start: full $chunk
 *     vary:
 *       chunk: [4096, 2049, 1000]     # what --verify tries; a learner may type another
 *     do: [step P1 until P1 blocked write]
 *     columns:
 *       bytes a write: $chunk
 *       writes: calls P1 write
 *     ```
 */
#include "guide/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char **words_split(struct pool *pool, const char *text, u32 *n)
{
	char *copy = guide_text(pool, text, strlen(text)), *save = NULL;
	char **words = guide_take(pool, (strlen(text) / 2 + 2) * sizeof *words);

	*n = 0;
	for (char *w = strtok_r(copy, " \t", &save); w; w = strtok_r(NULL, " \t", &save))
		words[(*n)++] = w;
	return words;
}

static const struct guide_parameter *parameter(const struct guide_experiment *e, const char *name)
{
	for (size_t i = 0; i < e->parameters.n; i++)
		if (strcmp(e->parameters.at[i].name, name) == 0)
			return &e->parameters.at[i];
	return NULL;
}

static bool vary_read(
	struct reading *rd, struct yaml_file *y, yaml_ref map, struct guide_experiment *e)
{
	yaml_ref key, value;

	if (!yaml_is_map(y, map) || !yaml_count(y, map))
		return yaml_error(y, map, rd->err,
			"vary is missing: what is to be changed? (vary: {size: [1, 2]})");
	for (u32 i = 0; i < yaml_count(y, map); i++) {
		struct guide_parameter p = {0};

		yaml_pair(y, map, i, &key, &value);
		if (!yaml_want_text(y, key, "a parameter", rd->pool, &p.name, rd->err))
			return false;
		p.values_n = yaml_count(y, value);
		if (!yaml_is_list(y, value) || p.values_n < 2)
			return yaml_error(
				y, value, rd->err, "two values or more, in a list: [1, 2]");
		p.values = guide_take(rd->pool, (p.values_n + 1) * sizeof *p.values);
		for (u32 k = 0; k < p.values_n; k++)
			if (!yaml_want_text(y, yaml_item(y, value, k), "a value", rd->pool,
				    &p.values[k], rd->err))
				return false;
		*vec_push(&e->parameters) = p;
	}
	return true;
}

static bool start_words(
	struct reading *rd, struct yaml_file *y, yaml_ref r, struct guide_experiment *e)
{
	char *text;
	u32 n, i = 0;

	if (!yaml_want_text(y, r, "start", rd->pool, &text, rd->err))
		return false;
	e->start = words_split(rd->pool, text, &n);
	while (i < rd->guide->programs.n && n &&
		strcmp(rd->guide->programs.at[i].name, e->start[0]) != 0)
		i++;
	if (!n || i == rd->guide->programs.n)
		return yaml_error(
			y, r, rd->err, "'%s' is no program of this lab", n ? e->start[0] : "");
	e->program = i;
	for (i = 1; i < n; i++)
		if (e->start[i][0] == '$' && !parameter(e, e->start[i] + 1) &&
			guide_setting(rd->guide, e->start[i] + 1) == rd->guide->settings.n)
			return yaml_error(y, r, rd->err,
				"%s is no parameter of vary, nor of the front matter", e->start[i]);
	return true;
}

static bool moves_read(
	struct reading *rd, struct yaml_file *y, yaml_ref list, struct guide_experiment *e)
{
	if (!yaml_is_list(y, list) || !yaml_count(y, list))
		return yaml_error(y, list, rd->err, "do is a list of commands: [play]");
	for (u32 i = 0; i < yaml_count(y, list); i++) {
		yaml_ref item = yaml_item(y, list, i);
		struct guide_move m;
		char *text;

		if (!yaml_want_text(y, item, "a command", rd->pool, &text, rd->err) ||
			!guide_move_parse(rd->file, yaml_mark(y, item), text, &m, rd->err))
			return false;
		*vec_push(&e->moves) = m;
	}
	return true;
}

static bool columns_read(
	struct reading *rd, struct yaml_file *y, yaml_ref map, struct guide_experiment *e)
{
	yaml_ref key, value;

	if (!yaml_is_map(y, map) || !yaml_count(y, map))
		return yaml_error(
			y, map, rd->err, "columns are missing: what goes into the notebook?");
	for (u32 i = 0; i < yaml_count(y, map); i++) {
		struct guide_column *c;
		char *text;

		yaml_pair(y, map, i, &key, &value);
		*vec_push(&e->columns) = (struct guide_column){0};
		c = &e->columns.at[i];
		if (!yaml_want_text(y, key, "a column's title", rd->pool, &c->title, rd->err) ||
			!yaml_want_text(y, value, "a column's value", rd->pool, &text, rd->err))
			return false;
		if (*text == '$') {
			if (!parameter(e, text + 1))
				return yaml_error(
					y, value, rd->err, "%s is no parameter of vary", text);
			c->parameter = text + 1;
			continue;
		}
		c->value = cond_parse_value(rd->file, yaml_mark(y, value), text, rd->err);
		if (!c->value)
			return false;
	}
	return true;
}

static bool body_read(struct reading *rd, struct yaml_file *y, struct guide_experiment *e)
{
	static const char *const keys[] = {"title", "vary", "start", "do", "columns", NULL};
	yaml_ref values[5], root = yaml_root(y);

	if (!yaml_keys(y, root, keys, values, rd->err))
		return false;
	for (size_t i = 0; keys[i]; i++)
		if (!values[i])
			return yaml_error(y, root, rd->err, "the experiment has no '%s'", keys[i]);
	return yaml_want_text(y, values[0], "title", rd->pool, &e->title, rd->err) &&
	       vary_read(rd, y, values[1], e) && start_words(rd, y, values[2], e) &&
	       moves_read(rd, y, values[3], e) && columns_read(rd, y, values[4], e);
}

bool experiment_read(struct reading *rd, const char *info, u32 info_line, u32 first, u32 last,
	struct guide_block *b)
{
	struct guide_experiment *e = guide_take(rd->pool, sizeof *e);
	size_t from = rd->lines.at[first - 1];
	size_t to = last < rd->lines.n ? rd->lines.at[last] : rd->n;
	struct yaml_file *y;
	bool ok;

	b->experiment = e;
	info += strspn(info, " \t");
	if (strncmp(info, "id=", 3) != 0)
		return reading_error(rd, info_line, 4, "the experiment has no id");
	e->id = guide_text(rd->pool, info + 3, strcspn(info + 3, " \t"));
	if (!reading_id(rd, e->id, info_line, 4))
		return false;
	if (last < first)
		return reading_error(rd, info_line, 1, "the experiment is empty");
	y = yaml_file_read(rd->file, rd->bytes + from, to - from, first - 1, rd->err);
	ok = y && body_read(rd, y, e);
	yaml_file_destroy(y);
	return ok;
}

/* ---- one run ---- */
void guide_row_finish(struct guide_row *row)
{
	for (size_t i = 0; i < row->cells.n; i++)
		free(row->cells.at[i]);
	free(row->cells.at);
	*row = (struct guide_row){0};
}

static const char *value_of(const struct guide_experiment *e, char *const *values, const char *name)
{
	for (size_t i = 0; i < e->parameters.n; i++)
		if (strcmp(e->parameters.at[i].name, name) == 0)
			return values[i];
	return "";
}

static void row_fill(const struct guide_experiment *e, char *const *values,
	const struct guide_host *host, struct guide_row *row)
{
	struct cond_view v = host_view(host, 0);

	for (size_t i = 0; i < e->columns.n; i++) {
		const struct guide_column *c = &e->columns.at[i];
		struct str s = {0};

		if (c->parameter)
			str_add(&s, value_of(e, values, c->parameter));
		else if (!cond_text(c->value, &v, &s))
			str_add(&s, "-");
		*vec_push(&row->cells) = xstrdup(str_get(&s));
		str_finish(&s);
	}
}

const struct guide_experiment *guide_experiment(const struct guide *g, const char *id)
{
	for (size_t i = 0; i < g->steps.n; i++)
		for (size_t k = 0; k < g->steps.at[i].blocks.n; k++) {
			const struct guide_experiment *e = g->steps.at[i].blocks.at[k].experiment;

			if (e && strcmp(e->id, id) == 0)
				return e;
		}
	return NULL;
}

void guide_experiment_args(const struct guide_experiment *e, char *const *values, const char *args[GUIDE_ARGS_MAX])
{
	size_t n = 0;

	for (char **w = e->start + 1; *w && n + 1 < GUIDE_ARGS_MAX; w++)
		args[n++] = **w == '$' && parameter(e, *w + 1) ? value_of(e, values, *w + 1) : *w;
	args[n] = NULL;
}

bool guide_experiment_run(const struct guide *g, const struct guide_experiment *e,
	char *const *values, const struct guide_host *host, struct guide_row *row, struct err *err)
{
	struct guide_host aside;
	const char *args[GUIDE_ARGS_MAX];
	bool ok;

	guide_experiment_args(e, values, args);
	if (!host->aside(host->arg, &aside, err))
		return false;
	ok = aside.start(aside.arg, &g->programs.at[e->program], (char *const *)args, err) &&
	     guide_moves_run(g, e->moves.at, e->moves.n, &aside, err);
	if (ok)
		row_fill(e, values, &aside, row);
	host->aside_end(&aside);
	return ok;
}
