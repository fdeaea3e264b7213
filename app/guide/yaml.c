/* SPDX-License-Identifier: GPL-3.0-or-later */
/* YAML documents with their places in the file. */
#include "guide/private.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct yaml_file {
	const char *file;
	u32 line0; /* lines of the file before the document */
	yaml_document_t doc;
};

static bool parse_error(const yaml_parser_t *p, const char *file, u32 line0, struct err *err)
{
	const yaml_mark_t *m = &p->problem_mark;
	struct guide_mark mark = {line0 + (u32)m->line + 1, (u32)m->column + 1};

	/* Errors in the bytes themselves come without a place. */
	return guide_error(
		err, file, mark, "this is not YAML: %s", p->problem ? p->problem : "unreadable");
}

struct yaml_file *yaml_file_read(
	const char *file, const char *bytes, size_t n, u32 line0, struct err *err)
{
	struct yaml_file *y = xmalloc(sizeof *y);
	yaml_parser_t parser;
	bool ok;

	y->file = file;
	y->line0 = line0;
	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, n);
	ok = yaml_parser_load(&parser, &y->doc);
	if (!ok)
		parse_error(&parser, file, line0, err);
	yaml_parser_delete(&parser);
	if (ok && !yaml_document_get_root_node(&y->doc)) {
		yaml_document_delete(&y->doc);
		guide_error(err, file, (struct guide_mark){line0 + 1, 1}, "there is nothing here");
		ok = false;
	}
	if (ok)
		return y;
	free(y);
	return NULL;
}

void yaml_file_destroy(struct yaml_file *y)
{
	if (!y)
		return;
	yaml_document_delete(&y->doc);
	free(y);
}

static yaml_node_t *node(struct yaml_file *y, yaml_ref r)
{
	return yaml_document_get_node(&y->doc, r);
}

yaml_ref yaml_root(struct yaml_file *y)
{
	(void)y;
	return 1; /* libyaml numbers nodes from 1, the root first */
}

bool yaml_is_map(struct yaml_file *y, yaml_ref r)
{
	yaml_node_t *n = node(y, r);

	return n && n->type == YAML_MAPPING_NODE;
}

bool yaml_is_list(struct yaml_file *y, yaml_ref r)
{
	yaml_node_t *n = node(y, r);

	return n && n->type == YAML_SEQUENCE_NODE;
}

const char *yaml_text(struct yaml_file *y, yaml_ref r)
{
	yaml_node_t *n = node(y, r);

	/* A NUL inside would cut the string short without anybody noticing. */
	if (!n || n->type != YAML_SCALAR_NODE ||
		strlen((char *)n->data.scalar.value) != n->data.scalar.length)
		return NULL;
	return (const char *)n->data.scalar.value;
}

u32 yaml_count(struct yaml_file *y, yaml_ref r)
{
	yaml_node_t *n = node(y, r);

	if (n && n->type == YAML_SEQUENCE_NODE)
		return (u32)(n->data.sequence.items.top - n->data.sequence.items.start);
	if (n && n->type == YAML_MAPPING_NODE)
		return (u32)(n->data.mapping.pairs.top - n->data.mapping.pairs.start);
	return 0;
}

yaml_ref yaml_item(struct yaml_file *y, yaml_ref list, u32 i)
{
	return node(y, list)->data.sequence.items.start[i];
}

void yaml_pair(struct yaml_file *y, yaml_ref map, u32 i, yaml_ref *key, yaml_ref *value)
{
	yaml_node_pair_t *p = &node(y, map)->data.mapping.pairs.start[i];

	*key = p->key;
	*value = p->value;
}

struct guide_mark yaml_mark(struct yaml_file *y, yaml_ref r)
{
	yaml_node_t *n = node(y, r);

	if (!n)
		return (struct guide_mark){y->line0 + 1, 1};
	return (struct guide_mark){
		y->line0 + (u32)n->start_mark.line + 1, (u32)n->start_mark.column + 1};
}

bool yaml_error(struct yaml_file *y, yaml_ref r, struct err *err, const char *fmt, ...)
{
	struct str s = {0};
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	guide_error(err, y->file, yaml_mark(y, r), "%s", str_get(&s));
	str_finish(&s);
	return false;
}

static bool key_unknown(struct yaml_file *y, yaml_ref key, const char *const *keys, struct err *err)
{
	struct str s = {0};

	for (size_t i = 0; keys[i]; i++)
		str_addf(&s, "%s%s", i ? ", " : "", keys[i]);
	yaml_error(y, key, err, "'%s' is no key here; there is %s", yaml_text(y, key), str_get(&s));
	str_finish(&s);
	return false;
}

bool yaml_keys(struct yaml_file *y, yaml_ref map, const char *const *keys, yaml_ref *values,
	struct err *err)
{
	yaml_ref key, value;
	size_t k;

	for (k = 0; keys[k]; k++)
		values[k] = 0;
	if (!yaml_is_map(y, map))
		return yaml_error(y, map, err, "keys with values are wanted here");
	for (u32 i = 0; i < yaml_count(y, map); i++) {
		yaml_pair(y, map, i, &key, &value);
		if (!yaml_text(y, key))
			return yaml_error(y, key, err, "a key is a word");
		for (k = 0; keys[k] && strcmp(keys[k], yaml_text(y, key)) != 0;)
			k++;
		if (!keys[k])
			return key_unknown(y, key, keys, err);
		if (values[k])
			return yaml_error(y, key, err, "'%s' stands here twice", keys[k]);
		values[k] = value;
	}
	return true;
}

bool yaml_want_text(struct yaml_file *y, yaml_ref r, const char *what, struct pool *pool,
	char **out, struct err *err)
{
	const char *text = yaml_text(y, r);

	if (!text || !*text)
		return yaml_error(y, r, err, "%s is missing or no text", what);
	*out = guide_text(pool, text, strlen(text));
	return true;
}
