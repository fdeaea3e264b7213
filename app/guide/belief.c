/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * labs/misconceptions.yaml: a list of
 *     - id: eof-when-writer-closes
 *       belief: A reader gets end of file as soon as the writer closes.
 *       lab: pipe
 *       prediction: eof-self
 *       mutant: pipe-eof/child-keeps-write-end    # may be left out until the exercise is there
 */
#include "guide/private.h"

#include <stdlib.h>
#include <string.h>

static bool belief_read(struct yaml_file *y, yaml_ref r, struct beliefs *all, struct err *err)
{
	static const char *const keys[] = {"id", "belief", "lab", "prediction", "mutant", NULL};
	struct belief b = {.mark = yaml_mark(y, r)};
	char **fields[] = {&b.id, &b.text, &b.lab, &b.prediction, &b.mutant};
	yaml_ref values[5];

	if (!yaml_keys(y, r, keys, values, err))
		return false;
	for (size_t i = 0; keys[i]; i++) {
		*fields[i] = NULL;
		if (!values[i] && i == 4)
			continue;
		if (!yaml_want_text(
			    y, values[i] ? values[i] : r, keys[i], all->owned, fields[i], err))
			return false;
	}
	if (belief_find(all, b.id))
		return yaml_error(y, r, err, "the id '%s' stands here twice", b.id);
	*vec_push(&all->all) = b;
	return true;
}

struct beliefs *beliefs_parse(const char *file, const char *bytes, size_t n, struct err *err)
{
	struct yaml_file *y = yaml_file_read(file, bytes, n, 0, err);
	struct beliefs *all;
	bool ok = true;

	if (!y)
		return NULL;
	all = xmalloc(sizeof *all);
	all->owned = xmalloc(sizeof(struct pool));
	if (!yaml_is_list(y, yaml_root(y)))
		ok = yaml_error(
			y, yaml_root(y), err, "a list of misconceptions is wanted (- id: ...)");
	for (u32 i = 0; ok && i < yaml_count(y, yaml_root(y)); i++)
		ok = belief_read(y, yaml_item(y, yaml_root(y), i), all, err);
	yaml_file_destroy(y);
	if (ok)
		return all;
	beliefs_destroy(all);
	return NULL;
}

void beliefs_destroy(struct beliefs *b)
{
	if (!b)
		return;
	free(b->all.at);
	guide_pool_destroy(b->owned);
	free(b);
}

const struct belief *belief_find(const struct beliefs *b, const char *id)
{
	for (size_t i = 0; i < b->all.n; i++)
		if (strcmp(b->all.at[i].id, id) == 0)
			return &b->all.at[i];
	return NULL;
}
