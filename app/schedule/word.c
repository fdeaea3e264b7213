/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of a schedule's lines: what each may be. */
#include <stdio.h>
#include <string.h>

#include "schedule/private.h"

bool word_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool word_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool word_is(struct word w, const char *text)
{
	return w.n == strlen(text) && memcmp(w.s, text, w.n) == 0;
}

const char *word_quoted(struct word w, char *buf, size_t n)
{
	struct str s = {0};

	str_add_escaped(&s, w.s, w.n < 40 ? w.n : 40);
	snprintf(buf, n, "%s%s", str_get(&s), w.n > 40 ? "..." : "");
	str_finish(&s);
	return buf;
}

/* "P2", "P2.1" */
bool word_is_actor(struct word w)
{
	size_t i = 1;
	bool dot = false;

	if (w.n < 2 || w.s[0] != 'P' || !word_digit(w.s[1]))
		return false;
	for (; i < w.n; i++) {
		if (w.s[i] == '.' && !dot && i + 1 < w.n && word_digit(w.s[i - 1]))
			dot = true;
		else if (!word_digit(w.s[i]))
			return false;
	}
	return true;
}

/* "1", "1.2/3" */
bool word_is_identity(struct word w)
{
	for (size_t i = 0; i < w.n; i++)
		if (!word_digit(w.s[i]) && !(i && i + 1 < w.n && word_digit(w.s[i - 1]) &&
						   (w.s[i] == '.' || w.s[i] == '/')))
			return false;
	return w.n > 0;
}

/* "consumer.c:9": where a line noted that it happened */
bool word_is_place(struct word w)
{
	size_t i = w.n;

	while (i && word_digit(w.s[i - 1]))
		i--;
	return i < w.n && i >= 2 && w.s[i - 1] == ':';
}

static size_t digits_at(struct word w, size_t i)
{
	size_t from = i;

	while (i < w.n && word_digit(w.s[i]))
		i++;
	return i - from;
}

/* "shm1" of "shm1+40", "thread2.1"; 0 when it is no name of an object. */
size_t word_object(struct word w)
{
	size_t i = 0, letters, n;

	while (i < w.n && w.s[i] >= 'a' && w.s[i] <= 'z')
		i++;
	letters = i;
	i += digits_at(w, i);
	if (!letters || i == letters)
		return 0;
	if (i < w.n && w.s[i] == '.' && (n = digits_at(w, i + 1)) > 0)
		i += 1 + n;
	return i < SCHEDULE_NAME_MAX ? i : 0;
}

/* Where in it: "+40" bytes, or "@0a8", the end of an address. */
bool word_is_offset(struct word w)
{
	if (w.n < 2 || w.n > 20 || (w.s[0] != '+' && w.s[0] != '@'))
		return false;
	for (size_t i = 1; i < w.n; i++)
		if (!word_digit(w.s[i]) && !(w.s[0] == '@' && w.s[i] >= 'a' && w.s[i] <= 'f'))
			return false;
	return true;
}
