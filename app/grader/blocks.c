/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kind `order`: a source cut into blocks by lines that begin with //--. The learner moves blocks and leaves some out; no
 * block is written anew. Any order that passes passes. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/private.h"

struct block {
	struct str text; /* without blanks at its lines' ends and empty lines */
	u32 line;
	bool taken;
};
struct blocks {
	VEC(struct block) at;
};

static void add_line(struct block *b, const char *line, size_t n)
{
	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	while (n && isspace((unsigned char)*line))
		line++, n--;
	if (n && strncmp(line, "//", 2) != 0) { /* a learner may write remarks */
		str_add_bytes(&b->text, line, n);
		str_add(&b->text, "\n");
	}
}

/* What a mutant must get stands above its first block, and is none. */
static bool is_expectation(const char *line)
{
	return strncmp(line, "// verdict:", 11) == 0 || strncmp(line, "// scenario:", 12) == 0 || strncmp(line, "// says:", 8) == 0;
}

/* What lies between #if 0 and #endif is put away. */
static void blocks_read(struct blocks *all, const char *text)
{
	bool away = false;
	u32 number = 1;

	*vec_push(&all->at) = (struct block){.line = 1};
	for (const char *line = text, *next; *line; line = next, number++) {
		size_t n = strcspn(line, "\n");
		const char *p = line + strspn(line, " \t");

		next = line + n + (line[n] == '\n');
		if (strncmp(p, "#if 0", 5) == 0)
			away = true;
		if (strncmp(p, "//--", 4) == 0)
			*vec_push(&all->at) = (struct block){.line = number + 1};
		else if (!away && !is_expectation(p))
			add_line(&all->at.at[all->at.n - 1], line, n);
		if (strncmp(p, "#endif", 6) == 0)
			away = false;
	}
}

/* Of the starter's file all blocks count, those put away too. */
static void blocks_read_all(struct blocks *all, const char *text)
{
	u32 number = 1;

	*vec_push(&all->at) = (struct block){.line = 1};
	for (const char *line = text, *next; *line; line = next, number++) {
		size_t n = strcspn(line, "\n");
		const char *p = line + strspn(line, " \t");

		next = line + n + (line[n] == '\n');
		if (strncmp(p, "//--", 4) == 0)
			*vec_push(&all->at) = (struct block){.line = number + 1};
		else if (strncmp(p, "#if 0", 5) != 0 && strncmp(p, "#endif", 6) != 0)
			add_line(&all->at.at[all->at.n - 1], line, n);
	}
}

static void blocks_finish(struct blocks *b)
{
	for (size_t i = 0; i < b->at.n; i++)
		str_finish(&b->at.at[i].text);
	free(b->at.at);
}

static bool take(struct blocks *given, const char *text)
{
	for (size_t i = 0; i < given->at.n; i++)
		if (!given->at.at[i].taken && strcmp(str_get(&given->at.at[i].text), text) == 0)
			return given->at.at[i].taken = true;
	return false;
}

static bool compare(const char *given, const char *handed, const char *name, struct finding *f)
{
	struct blocks a = {0}, b = {0};
	bool ok = true;

	blocks_read_all(&a, given);
	blocks_read(&b, handed);
	for (size_t i = 0; i < b.at.n && ok; i++) {
		const char *text = str_get(&b.at.at[i].text);

		if (!*text || take(&a, text))
			continue;
		ok = false;
		f->verdict = GRADE_WRONG;
		f->line = b.at.at[i].line;
		snprintf(f->file, sizeof f->file, "%.100s", name);
		snprintf(f->message, sizeof f->message,
			"the block that begins at line %u is none of those given: put the blocks between the //-- lines in order, whole, "
			"and leave out what is not needed. 'ipclab reset' brings them back", f->line);
	}
	blocks_finish(&a);
	blocks_finish(&b);
	return ok;
}

bool blocks_are_given(const struct exercise *x, const char *folder, struct finding *f)
{
	bool ok = true;

	for (size_t i = 0; i < x->files.n && ok; i++) {
		struct str given = {0}, handed = {0};
		struct err ignored = {0};
		struct bytes a, b = {0};

		str_addf(&given, "%s/%s", x->folder, x->files.at[i]);
		str_addf(&handed, "%s/%s", folder, x->files.at[i]);
		if (read_whole(given.s, 1 << 20, &a, &ignored)) {
			if (read_whole(handed.s, 1 << 20, &b, &ignored))
				ok = compare(a.at, b.at, x->files.at[i], f);
			free(b.at);
			free(a.at);
		}
		str_finish(&given);
		str_finish(&handed);
	}
	return ok;
}
