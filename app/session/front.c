/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The front matter of a lab.md, by libyaml's document interface: it keeps line and column. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "session/lab.h"

#define GUIDE_MAX (1u << 20)

/* A document and the file it came from; front matter begins on the file's second line. */
struct front {
	const char *path;
	yaml_document_t doc;
	struct err *err;
};

static bool wrong(struct front *f, const yaml_node_t *node, const char *what)
{
	return err_set(f->err, EXIT_INPUT, "%s:%zu:%zu: %s", f->path, node->start_mark.line + 2,
		       node->start_mark.column + 1, what);
}

static bool get_text(struct front *f, const yaml_node_t *node, char **out)
{
	if (node->type != YAML_SCALAR_NODE)
		return wrong(f, node, "a text is needed here");
	if (strlen((char *)node->data.scalar.value) != node->data.scalar.length)
		return wrong(f, node, "a NUL byte cannot be here");
	free(*out);
	*out = xstrdup((char *)node->data.scalar.value);
	return true;
}

static bool get_number(struct front *f, const yaml_node_t *node, u32 *out)
{
	const char *text = node->type == YAML_SCALAR_NODE ? (char *)node->data.scalar.value : "";
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (!isdigit((unsigned char)text[0]) || *end || n > 100000)
		return wrong(f, node, "a whole number is needed here");
	*out = (u32)n;
	return true;
}

static bool get_truth(struct front *f, const yaml_node_t *node, bool *out)
{
	const char *text = node->type == YAML_SCALAR_NODE ? (char *)node->data.scalar.value : "";

	*out = strcmp(text, "true") == 0;
	return *out || strcmp(text, "false") == 0 || wrong(f, node, "true or false is needed here");
}

static bool get_args(struct front *f, const yaml_node_t *node, char ***out)
{
	size_t n;

	if (node->type != YAML_SEQUENCE_NODE)
		return wrong(f, node, "a list of arguments is needed here, as in [tidy]");
	if (*out)
		return wrong(f, node, "args is here a second time");
	n = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
	*out = xmalloc((n + 1) * sizeof **out);
	for (size_t i = 0; i < n; i++)
		if (!get_text(f, yaml_document_get_node(&f->doc, node->data.sequence.items.start[i]),
			      &(*out)[i]))
			return false;
	return true;
}

static const char *key_of(struct front *f, const yaml_node_pair_t *pair, const yaml_node_t **key,
			  const yaml_node_t **value)
{
	*key = yaml_document_get_node(&f->doc, pair->key);
	*value = yaml_document_get_node(&f->doc, pair->value);
	return (*key)->type == YAML_SCALAR_NODE ? (char *)(*key)->data.scalar.value : "";
}

#define EACH_PAIR(pair, node)                                                                  \
	const yaml_node_pair_t *pair = (node)->data.mapping.pairs.start;                           \
	pair < (node)->data.mapping.pairs.top;                                                     \
	pair++

static bool get_program(struct front *f, const yaml_node_t *node, struct lab *lab)
{
	struct lab_program *program;

	if (node->type != YAML_MAPPING_NODE)
		return wrong(f, node, "a program is needed here, as in {name: pipe, args: []}");
	program = vec_push(&lab->programs);
	*program = (struct lab_program){0};
	for (EACH_PAIR(pair, node)) {
		const yaml_node_t *key, *value;
		const char *word = key_of(f, pair, &key, &value);
		bool ok;

		if (strcmp(word, "name") == 0)
			ok = get_text(f, value, &program->name);
		else if (strcmp(word, "args") == 0)
			ok = get_args(f, value, &program->args);
		else if (strcmp(word, "actors") == 0)
			ok = true; /* its own names of actors: app/guide reads them */
		else
			ok = wrong(f, key, "a program has a name and args, and nothing of this name");
		if (!ok)
			return false;
	}
	if (!program->name || !program->name[0])
		return wrong(f, node, "this program has no name");
	if (strchr(program->name, '/'))
		return wrong(f, node, "a program lies in the lab's own folder: its name has no slash");
	return true;
}

static bool get_programs(struct front *f, const yaml_node_t *node, struct lab *lab)
{
	if (node->type != YAML_SEQUENCE_NODE)
		return wrong(f, node, "a list of programs is needed here");
	for (const yaml_node_item_t *item = node->data.sequence.items.start;
	     item < node->data.sequence.items.top; item++)
		if (!get_program(f, yaml_document_get_node(&f->doc, *item), lab))
			return false;
	return true;
}

static bool get_actors(struct front *f, const yaml_node_t *node, struct lab *lab)
{
	u32 last = 0;

	if (node->type != YAML_MAPPING_NODE)
		return wrong(f, node, "names of actors are needed here, as in {P1: producer}");
	for (EACH_PAIR(pair, node)) {
		const yaml_node_t *key, *value;
		const char *word = key_of(f, pair, &key, &value);
		unsigned long n = word[0] == 'P' && isdigit((unsigned char)word[1]) ? strtoul(word + 1, NULL, 10) : 0;

		if (n < 1 || n > LAB_ACTORS_MAX)
			return wrong(f, key, "an actor is P1 to P16");
		if (!get_text(f, value, &lab->actors[n - 1]))
			return false;
		if (n > last)
			last = (u32)n;
	}
	for (u32 i = 0; i < last; i++)
		if (!lab->actors[i])
			lab->actors[i] = xstrdup("");
	return true;
}

static bool get_field(struct front *f, const char *word, const yaml_node_t *key,
		      const yaml_node_t *value, struct lab *lab)
{
	char text[128];

	if (strcmp(word, "title") == 0)
		return get_text(f, value, &lab->title);
	if (strcmp(word, "minutes") == 0)
		return get_number(f, value, &lab->minutes);
	if (strcmp(word, "core") == 0)
		return get_truth(f, value, &lab->core);
	if (strcmp(word, "programs") == 0)
		return get_programs(f, value, lab);
	if (strcmp(word, "actors") == 0)
		return get_actors(f, value, lab);
	if (strcmp(word, "needs") == 0)
		return true; /* what a lab needs of the machine is a later issue's */
	snprintf(text, sizeof text, "'%.40s' is unknown; title, minutes, core, needs, programs and actors are known",
		 word);
	return wrong(f, key, text);
}

static bool get_fields(struct front *f, struct lab *lab)
{
	const yaml_node_t *root = yaml_document_get_root_node(&f->doc);

	if (!root || root->type != YAML_MAPPING_NODE)
		return err_set(f->err, EXIT_INPUT, "%s:2:1: the front matter must say title and programs",
			       f->path);
	for (EACH_PAIR(pair, root)) {
		const yaml_node_t *key, *value;
		const char *word = key_of(f, pair, &key, &value);

		if (!get_field(f, word, key, value, lab))
			return false;
	}
	if (!lab->title)
		return wrong(f, root, "title is missing");
	if (lab->programs.n == 0)
		return wrong(f, root, "programs is missing, or empty");
	return true;
}

static bool parse(const char *yaml, size_t n, struct lab *lab, struct err *err)
{
	struct front f = {.path = lab->guide, .err = err};
	yaml_parser_t parser;
	bool ok;

	if (!yaml_parser_initialize(&parser))
		return err_set(err, EXIT_MACHINE, "libyaml cannot start");
	yaml_parser_set_input_string(&parser, (const unsigned char *)yaml, n);
	if (!yaml_parser_load(&parser, &f.doc)) {
		err_set(err, EXIT_INPUT, "%s:%zu:%zu: %s", lab->guide, parser.problem_mark.line + 2,
			parser.problem_mark.column + 1, parser.problem ? parser.problem : "this is no YAML");
		yaml_parser_delete(&parser);
		return false;
	}
	ok = get_fields(&f, lab);
	yaml_document_delete(&f.doc);
	yaml_parser_delete(&parser);
	return ok;
}

static bool read_whole(const char *path, struct str *out, struct err *err)
{
	FILE *file = fopen(path, "re");
	char buffer[4096];
	size_t n;
	bool ok = true;

	if (!file)
		return err_sys(err, EXIT_INPUT, "%s cannot be read", path);
	while (ok && (n = fread(buffer, 1, sizeof buffer, file)) > 0) {
		str_add_bytes(out, buffer, n);
		if (out->len > GUIDE_MAX)
			ok = err_set(err, EXIT_INPUT, "%s is larger than 1 MiB: that is no guide", path);
	}
	if (ok && ferror(file))
		ok = err_sys(err, EXIT_INPUT, "%s cannot be read", path);
	fclose(file);
	return ok;
}

/* Headings of the second level that are not inside a fenced block. */
static u32 count_steps(const char *text)
{
	bool fenced = false;
	u32 n = 0;

	while (*text) {
		if (strncmp(text, "```", 3) == 0)
			fenced = !fenced;
		else if (!fenced && strncmp(text, "## ", 3) == 0)
			n++;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return n;
}

bool lab_read_front(struct lab *lab, struct err *err)
{
	struct str text = {0};
	const char *end;
	bool ok = read_whole(lab->guide, &text, err);

	if (ok && strncmp(str_get(&text), "---\n", 4) != 0)
		ok = err_set(err, EXIT_INPUT, "%s:1:1: a guide begins with a line of three hyphens, then title and programs",
			     lab->guide);
	if (ok) {
		end = strstr(text.s + 3, "\n---\n");
		if (!end)
			ok = err_set(err, EXIT_INPUT, "%s:1:1: no second line of three hyphens ends the front matter",
				     lab->guide);
		else if ((ok = parse(text.s + 4, (size_t)(end + 1 - (text.s + 4)), lab, err)))
			lab->steps = count_steps(end + 5);
	}
	str_finish(&text);
	return ok;
}
