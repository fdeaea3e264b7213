/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the compiler made of a function of a lab's program: from listings (gcc -S) that are made with the
 * program, so that it is what runs on this machine. Labels and instructions; directives are left out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/private.h"

enum { LISTINGS_MAX = 2, LISTING_LINES_MAX = 60, COLUMN = 34 };

struct listing {
	char title[64]; /* "plain-O2" */
	VEC(char *) lines;
};

static void add_line(struct listing *l, const char *p, size_t n)
{
	const char *comment = memchr(p, '#', n);
	struct str s = {0};
	size_t word, rest;

	if (comment)
		n = (size_t)(comment - p);
	while (n && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	if (!n || (*p == '\t' && p[1] == '.') || l->lines.n == LISTING_LINES_MAX)
		return;
	if (*p == '\t') { /* an instruction and its operands */
		for (word = 1; word < n && p[word] != '\t' && p[word] != ' ';)
			word++;
		for (rest = word; rest < n && (p[rest] == '\t' || p[rest] == ' ');)
			rest++;
		str_addf(&s, "    %-*.*s %.*s", n > rest ? 6 : 0, (int)word - 1, p + 1,
			(int)(n - rest), p + rest);
		while (s.len && s.s[s.len - 1] == ' ')
			s.s[--s.len] = '\0';
	} else {
		str_add_escaped(&s, p, n);
	}
	*vec_push(&l->lines) = xstrdup(str_get(&s));
	str_finish(&s);
}

/* From "FUNCTION:" to its .size. */
static void function_read(FILE *file, const char *function, struct listing *l)
{
	char line[512];
	bool within = false;
	size_t n = strlen(function);

	while (fgets(line, sizeof line, file)) {
		size_t len = strcspn(line, "\n");

		if (!within && strncmp(line, function, n) == 0 && line[n] == ':')
			within = true;
		if (within && (strstr(line, ".size") || strncmp(line, ".Lfunc_end", 10) == 0))
			return;
		if (within)
			add_line(l, line, len);
	}
}

static bool listing_read(
	const struct lab *lab, const char *function, const char *name, struct listing *l)
{
	struct str path = {0};
	FILE *file;

	snprintf(l->title, sizeof l->title, "%.*s", (int)strcspn(name, "."), name);
	str_addf(&path, "%s/%s", lab->programs_dir, name);
	file = strchr(name, '/') ? NULL : fopen(str_get(&path), "re");
	if (file) {
		function_read(file, function, l);
		fclose(file);
	}
	str_finish(&path);
	return l->lines.n > 0;
}

static void side_by_side(const struct listing *l, u32 n, struct str *out)
{
	size_t rows = 0;

	for (u32 k = 0; k < n; k++)
		rows = rows < l[k].lines.n ? l[k].lines.n : rows;
	for (size_t i = 0; i <= rows; i++) {
		for (u32 k = 0; k < n; k++) {
			const char *text = i == 0              ? l[k].title
					   : i <= l[k].lines.n ? l[k].lines.at[i - 1]
							       : "";

			str_addf(out, "%-*s", k + 1 < n ? COLUMN : 0, text);
		}
		while (out->len && out->s[out->len - 1] == ' ')
			out->s[--out->len] = '\0';
		str_add(out, i < rows ? "\n" : "");
	}
}

static void one_by_one(const struct listing *l, u32 n, struct str *out)
{
	for (u32 k = 0; k < n; k++) {
		str_addf(out, "%s%s, %zu lines:", k ? "\n" : "", l[k].title, l[k].lines.n);
		for (size_t i = 0; i < l[k].lines.n; i++)
			str_addf(out, "\n%s", l[k].lines.at[i]);
	}
	str_add(out, "\nEnd of assembly.");
}

static void fill(struct lab *lab, struct guide_block *b)
{
	struct listing l[LISTINGS_MAX] = {0};
	struct str text = {0}, spoken = {0};
	char *words = xstrdup(b->text), *save = NULL;
	const char *function = strtok_r(words, " \t\n", &save), *name;
	bool ok = function != NULL;
	u32 n = 0;

	while (ok && n < LISTINGS_MAX && (name = strtok_r(NULL, " \t\n", &save)) != NULL)
		ok = listing_read(lab, function, name, &l[n++]);
	if (ok && n) {
		side_by_side(l, n, &text);
		one_by_one(l, n, &spoken);
		guide_listing_set(lab->guide, b, str_get(&text), str_get(&spoken));
	} else {
		guide_listing_set(lab->guide, b,
			"(The listing was not made: ./bootstrap build makes it.)",
			"The listing was not made. ./bootstrap build makes it.");
	}
	for (u32 k = 0; k < LISTINGS_MAX; k++) {
		for (size_t i = 0; i < l[k].lines.n; i++)
			free(l[k].lines.at[i]);
		free(l[k].lines.at);
	}
	str_finish(&text);
	str_finish(&spoken);
	free(words);
}

void listings_fill(struct lab *lab)
{
	for (size_t i = 0; i < lab->guide->steps.n; i++)
		for (size_t k = 0; k < lab->guide->steps.at[i].blocks.n; k++) {
			struct guide_block *b = &lab->guide->steps.at[i].blocks.at[k];

			if (b->kind == BLOCK_TEXT && b->text_kind == TEXT_LISTING)
				fill(lab, b);
		}
}
