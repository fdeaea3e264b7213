/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which functions of libraries a program calls: the names that its file leaves open (elf(5), SHT_DYNSYM). Whatever a source
 * looks like, and however it is cut into macros, it cannot call without this. */
#include <ctype.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/private.h"

struct imports {
	VEC(char *) names;
};

static bool lies_in(const struct bytes *b, u64 off, u64 n)
{
	return off <= b->n && n <= b->n - off;
}

static void add_symbols(struct imports *im, const struct bytes *b, const Elf64_Shdr *table, const Elf64_Shdr *text)
{
	for (u64 i = 0; i < table->sh_size / sizeof(Elf64_Sym); i++) {
		Elf64_Sym sym;

		memcpy(&sym, b->at + table->sh_offset + i * sizeof sym, sizeof sym);
		if (sym.st_shndx == SHN_UNDEF && sym.st_name < text->sh_size)
			*vec_push(&im->names) = strndup(b->at + text->sh_offset + sym.st_name, text->sh_size - sym.st_name);
	}
}

static void imports_of(struct imports *im, const struct bytes *b)
{
	Elf64_Ehdr head;

	if (b->n < sizeof head)
		return;
	memcpy(&head, b->at, sizeof head);
	if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_shentsize != sizeof(Elf64_Shdr) ||
		!lies_in(b, head.e_shoff, (u64)head.e_shnum * sizeof(Elf64_Shdr)))
		return;
	for (u32 i = 0; i < head.e_shnum; i++) {
		Elf64_Shdr s, text;

		memcpy(&s, b->at + head.e_shoff + i * sizeof s, sizeof s);
		if (s.sh_type != SHT_DYNSYM || s.sh_link >= head.e_shnum || !lies_in(b, s.sh_offset, s.sh_size))
			continue;
		memcpy(&text, b->at + head.e_shoff + s.sh_link * sizeof text, sizeof text);
		if (lies_in(b, text.sh_offset, text.sh_size))
			add_symbols(im, b, &s, &text);
	}
}

/* "pipe", "pipe@GLIBC", and the names that headers give it: __isoc99_scanf. */
static bool imports_has(const struct imports *im, const char *name, size_t n)
{
	for (size_t i = 0; i < im->names.n; i++) {
		const char *s = im->names.at[i];

		if (strncmp(s, name, n) == 0 && (s[n] == '\0' || s[n] == '@' || strcmp(s + n, "64") == 0))
			return true;
	}
	return false;
}

/* "pipe|pipe2": one of them; *which is the first that is there. */
static bool imports_any(const struct imports *im, const char *names, const char **which, size_t *n)
{
	for (const char *at = names; *at; at += strcspn(at, "|"), at += *at == '|')
		if (imports_has(im, at, strcspn(at, "|"))) {
			*which = at;
			*n = strcspn(at, "|");
			return true;
		}
	return false;
}

/* ---- where a call stands in the source: behind comments and strings ---- */

static const char *skip_quiet(const char *p)
{
	if (p[0] == '/' && p[1] == '/')
		return p + strcspn(p, "\n");
	if (p[0] == '/' && p[1] == '*')
		return (p = strstr(p + 2, "*/")) ? p + 2 : NULL;
	if (*p == '"' || *p == '\'') {
		char quote = *p;

		for (p++; *p && *p != quote; p++)
			p += *p == '\\' && p[1];
		return *p ? p + 1 : p;
	}
	return p;
}

static u32 line_of_call(const char *text, const char *name, size_t n)
{
	for (const char *p = text, *after; p && *p; p++) {
		after = skip_quiet(p);
		if (!after || !*after)
			return 0;
		if (after != p) {
			p = after - 1;
			continue;
		}
		if (!isalpha((unsigned char)*p) && *p != '_')
			continue;
		for (after = p; isalnum((unsigned char)*after) || *after == '_';)
			after++;
		if ((size_t)(after - p) == n && strncmp(p, name, n) == 0 && after[strspn(after, " \t")] == '(') {
			u32 line = 1;

			for (const char *q = text; q < p; q++)
				line += *q == '\n';
			return line;
		}
		p = after - 1;
	}
	return 0;
}

static void find_call(const struct exercise *x, const char *folder, const char *name, size_t n, struct finding *f)
{
	for (size_t i = 0; i < x->files.n && !f->line; i++) {
		struct str path = {0};
		struct err ignored = {0};
		struct bytes b;

		str_addf(&path, "%s/%s", folder, x->files.at[i]);
		if (read_whole(path.s, 1 << 20, &b, &ignored)) {
			f->line = line_of_call(b.at, name, n);
			if (f->line)
				snprintf(f->file, sizeof f->file, "%.100s", x->files.at[i]);
			free(b.at);
		}
		str_finish(&path);
	}
}

static void one_of(const char *names, struct str *out)
{
	str_add(out, strchr(names, '|') ? "one of " : "");
	for (const char *at = names; *at; at += strcspn(at, "|"), at += *at == '|')
		str_addf(out, "%s%.*s", at == names ? "" : ", ", (int)strcspn(at, "|"), at);
}

static bool allowed(const struct exercise *x, const struct imports *im, const char *built, struct finding *f)
{
	struct str s = {0};
	const char *which;
	size_t n;

	for (size_t i = 0; i < x->avoid.n; i++)
		if (imports_any(im, x->avoid.at[i], &which, &n)) {
			f->verdict = GRADE_DENIED;
			snprintf(f->message, sizeof f->message, "it calls %.*s, which this exercise rules out", (int)n, which);
			find_call(x, built, which, n, f);
			return false;
		}
	for (size_t i = 0; i < x->use.n; i++) {
		if (imports_any(im, x->use.at[i], &which, &n))
			continue;
		f->verdict = GRADE_WRONG;
		one_of(x->use.at[i], &s);
		snprintf(f->message, sizeof f->message, "it does not call %s, which this exercise asks for", s.s);
		str_finish(&s);
		return false;
	}
	return true;
}

bool imports_are_allowed(const struct exercise *x, const char *built, struct finding *f)
{
	struct imports im = {0};
	bool ok = true;

	if (x->use.n == 0 && x->avoid.n == 0)
		return true;
	for (size_t i = 0; i < x->programs.n; i++) {
		struct str path = {0};
		struct err ignored = {0};
		struct bytes b;

		str_addf(&path, "%s/%s", built, x->programs.at[i].name);
		if (!x->programs.at[i].given && read_whole(path.s, 64 << 20, &b, &ignored)) {
			imports_of(&im, &b);
			free(b.at);
		}
		str_finish(&path);
	}
	ok = allowed(x, &im, built, f);
	for (size_t i = 0; i < im.names.n; i++)
		free(im.names.at[i]);
	free(im.names.at);
	return ok;
}
