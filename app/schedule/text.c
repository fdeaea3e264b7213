/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words and quoted texts of schedule files. */
#include <stdlib.h>
#include <string.h>

#include "schedule/private.h"

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t words_apart(const char *a, const char *b)
{
	size_t row[32], n = strlen(b);

	if (n >= ARRAY_LEN(row) || strlen(a) >= ARRAY_LEN(row))
		return ARRAY_LEN(row);
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = least(change, 1 + least(row[j], row[j - 1]));
		}
	}
	return row[n];
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int c_unescape(const char **at, const char *end)
{
	static const char letters[] = "n\nt\tr\r\\\\\"\"";
	const char *s = *at;

	if (*s != '\\') {
		*at = s + 1;
		return (unsigned char)*s;
	}
	if (end - s >= 4 && s[1] == 'x' && hex_digit(s[2]) >= 0 && hex_digit(s[3]) >= 0) {
		*at = s + 4;
		return hex_digit(s[2]) * 16 + hex_digit(s[3]);
	}
	for (const char *l = letters; end - s >= 2 && *l; l += 2)
		if (s[1] == *l) {
			*at = s + 2;
			return (unsigned char)l[1];
		}
	return -1;
}

void c_quote(const char *bytes, size_t n, struct str *out)
{
	str_add(out, "\"");
	str_add_escaped(out, bytes, n);
	str_add(out, "\"");
}

/* ---- a command as one line ---- */

static bool is_plain(const char *word)
{
	return *word &&
	       strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			    "_@%+=:,./-") == strlen(word);
}

void schedule_command(const char *const *argv, struct str *out)
{
	for (size_t i = 0; argv[i]; i++) {
		str_add(out, i ? " " : "");
		if (is_plain(argv[i]))
			str_add(out, argv[i]);
		else
			c_quote(argv[i], strlen(argv[i]), out);
	}
}

/* One word from *at into `word`; false: a quote is not closed, or it holds a NUL. */
static bool command_word(const char **at, struct str *word)
{
	const char *s = *at, *end = s + strlen(s);
	int c;

	str_add(word, "");
	while (*s && *s != ' ' && *s != '\t') {
		if (*s != '"') {
			str_add_bytes(word, s++, 1);
			continue;
		}
		for (s++; *s && *s != '"'; str_add_bytes(word, &(char){(char)c}, 1))
			if ((c = c_unescape(&s, end)) <= 0)
				return false;
		if (!*s++)
			return false;
	}
	*at = s;
	return true;
}

char **schedule_argv(const char *command)
{
	VEC(char *) argv = {0};
	bool ok = true;

	while (ok && *(command += strspn(command, " \t"))) {
		struct str word = {0};

		ok = command_word(&command, &word);
		*vec_push(&argv) = xstrdup(str_get(&word));
		str_finish(&word);
	}
	*vec_push(&argv) = NULL;
	if (!ok) {
		schedule_argv_finish(argv.at);
		return NULL;
	}
	return argv.at;
}

void schedule_argv_finish(char **argv)
{
	for (char **a = argv; a && *a; a++)
		free(*a);
	free(argv);
}
