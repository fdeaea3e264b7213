/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A condition's words, numbers, signs and names of objects. The language stands in cond.c. */
#include "guide/cond_token.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

bool token_fail(struct parser *p, const char *fmt, ...)
{
	struct guide_mark m = {p->at.line, p->at.column + p->pos};
	struct str s = {0};
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	guide_error(p->err, p->file, m, "%s", str_get(&s));
	str_finish(&s);
	return false;
}

/* ---- tokens ---- */
static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* "[12]": its length, else 0. */
static u32 index_n(const char *t)
{
	u32 n = t[0] == '[' ? 1 + (u32)strspn(t + 1, "0123456789") : 0;

	return n > 1 && n < 10 && t[n] == ']' ? n + 1 : 0;
}

bool token_next(struct parser *p)
{
	const char *t = p->text;
	u32 i = p->end;

	p->before = p->end;
	while (t[i] == ' ' || t[i] == '\t')
		i++;
	p->pos = i;
	if (!t[i]) {
		p->kind = 0;
	} else if (isdigit((unsigned char)t[i])) {
		while (isdigit((unsigned char)t[i]))
			i++;
		p->kind = 'n';
		if (is_word(t[i]))
			return token_fail(p, "a number ends in '%c'", t[i]);
	} else if (is_word(t[i])) {
		while (is_word(t[i]) || (t[i] == '.' && is_word(t[i + 1])) || index_n(t + i))
			i += t[i] == '[' ? index_n(t + i) : 1;
		p->kind = 'w';
	} else if (t[i] == '"') {
		do {
			i++;
		} while (t[i] && t[i] != '"');
		if (!t[i])
			return token_fail(p, "the quoted text does not end");
		i++;
		p->kind = 's';
	} else if (strchr("()=+-", t[i])) {
		p->kind = t[i++];
	} else if (strchr("!<>", t[i])) {
		p->kind = t[i++];
		if (t[i] == '=') {
			p->kind = p->kind == '!' ? '#' : p->kind == '<' ? 'l' : 'g';
			i++;
		}
		if (p->kind == '!')
			return token_fail(p, "'!' stands alone; not equal is !=, the opposite is `not`");
	} else {
		return token_fail(p, "'%c' does not belong in a condition",
			isprint((unsigned char)t[i]) ? t[i] : '?');
	}
	p->end = i;
	return true;
}

bool token_is(const struct parser *p, const char *word)
{
	return p->kind == 'w' && p->end - p->pos == strlen(word) &&
	       !memcmp(p->text + p->pos, word, p->end - p->pos);
}

/* The token as a C string, cut to fit. */
const char *token_word(const struct parser *p, char *buf, size_t n)
{
	size_t len = p->end - p->pos;

	if (len >= n)
		len = n - 1;
	memcpy(buf, p->text + p->pos, len);
	buf[len] = '\0';
	return buf;
}

const char *token_shown(const struct parser *p, char *buf, size_t n)
{
	return p->kind ? token_word(p, buf, n) : "the end";
}

/* ---- names and numbers ---- */
bool take_number(struct parser *p, i64 *value)
{
	char buf[24];

	if (p->kind != 'n' || p->end - p->pos > 15)
		return token_fail(p, "a number is missing or too large");
	*value = strtoll(token_word(p, buf, sizeof buf), NULL, 10);
	return token_next(p);
}

bool take_actor(struct parser *p, u32 *actor)
{
	char buf[40];

	if (p->kind != 'w' || !actor_parse(p->text + p->pos, p->end - p->pos, actor))
		return token_fail(p, "a process is wanted (P1), not '%s'", token_shown(p, buf, sizeof buf));
	return token_next(p);
}

bool take_pipe(struct parser *p, u32 *pipe)
{
	char buf[40];

	if (p->kind != 'w' || !pipe_parse(p->text + p->pos, p->end - p->pos, pipe))
		return token_fail(p, "a pipe is wanted (pipe1), not '%s'", token_shown(p, buf, sizeof buf));
	return token_next(p);
}

bool take_call(struct parser *p, struct call_set *calls)
{
	char buf[40];

	if (p->kind != 'w' || !calls_by_name(token_word(p, buf, sizeof buf), calls))
		return token_fail(p, "a call is wanted (read, write, close, ...), not '%s'",
			token_shown(p, buf, sizeof buf));
	return token_next(p);
}

bool take_compare(struct parser *p, enum compare *cmp)
{
	switch (p->kind) {
	case '=': *cmp = CMP_EQ; break;
	case '#': *cmp = CMP_NE; break;
	case '<': *cmp = CMP_LT; break;
	case 'l': *cmp = CMP_LE; break;
	case '>': *cmp = CMP_GT; break;
	case 'g': *cmp = CMP_GE; break;
	default: return token_fail(p, "a comparison is wanted: = != < <= > >=");
	}
	return token_next(p);
}

bool token_compares(const struct parser *p)
{
	return p->kind && strchr("=#<l>g", p->kind);
}

/* The word is an object of that kind: "shm1.in" for segment_parse. */
size_t token_object(const struct parser *p, size_t (*parse)(const char *, size_t))
{
	return p->kind == 'w' ? parse(p->text + p->pos, p->end - p->pos) : 0;
}

/* "shm1", "shm1.in", "shm1[2]", "sem1": the object, and the field behind it. */
bool take_object_name(struct parser *p, struct node *n, size_t length)
{
	const char *rest = p->text + p->pos + length;
	size_t rest_n = p->end - p->pos - length;

	memcpy(n->object, p->text + p->pos, length);
	if (rest_n && *rest == '.') {
		rest++;
		rest_n--;
	}
	if (rest_n)
		n->text = strndup(rest, rest_n);
	return token_next(p);
}

bool take_segment(struct parser *p, struct node *n)
{
	size_t length = token_object(p, segment_parse);
	char buf[40];

	if (!length)
		return token_fail(p, "shared memory is wanted (shm1, shm1.in), not '%s'",
			token_shown(p, buf, sizeof buf));
	return take_object_name(p, n, length);
}

/* "P1 saw ..." */
bool begins_saw(const struct parser *p)
{
	const char *next = p->text + p->end + strspn(p->text + p->end, " \t");
	u32 actor;

	return p->kind == 'w' && actor_parse(p->text + p->pos, p->end - p->pos, &actor) &&
	       strncmp(next, "saw", 3) == 0 && !is_word(next[3]);
}

bool begins_value(const struct parser *p)
{
	u32 pipe;
	const char *dot;

	if (p->kind == 'n' || p->kind == '-' || token_is(p, "calls") || token_is(p, "result") ||
		token_is(p, "status"))
		return true;
	if (p->kind != 'w')
		return false;
	dot = memchr(p->text + p->pos, '.', p->end - p->pos);
	if (begins_saw(p) || token_object(p, segment_parse) || (dot && token_object(p, sync_parse)))
		return true;
	return dot && pipe_parse(p->text + p->pos, (size_t)(dot - p->text) - p->pos, &pipe);
}
