/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The condition of a loop as its source has it, with the values in it that the task loaded last:
 * "while (((ring->in + 1) % BUFFER_SIZE) == ring->out)" becomes "((9 + 1) % BUFFER_SIZE) == 0". Text is put for text;
 * what is not plainly a place that was loaded (a call, an address, a variable as index) stays as it stands.
 */
#include <ctype.h>
#include <string.h>

#include "view/memory.h"
#include "view/private.h"

/* What stands between the brackets of the first while, if or for on the line, as [*begin, *end); false: none, or it goes
 * on in the next line. */
static bool condition_in(const char *source, const char **begin, const char **end)
{
	static const char *const words[] = {"while", "if"};
	int depth = 0;

	*begin = NULL;
	for (size_t i = 0; i < ARRAY_LEN(words) && !*begin; i++) {
		const char *at = strstr(source, words[i]);

		if (at && at[strlen(words[i]) + strspn(at + strlen(words[i]), " ")] == '(')
			*begin = strchr(at, '(') + 1;
	}
	for (*end = *begin; *end && **end; ++*end) {
		depth += (**end == '(') - (**end == ')');
		if (depth < 0)
			return true;
	}
	return false;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* A name with its members: ring->in, r.buffer[3].value. Its length, 0 none. */
static size_t name_length(const char *at)
{
	size_t n = 0;

	if (!isalpha((unsigned char)*at) && *at != '_')
		return 0;
	for (;;) {
		while (is_word(at[n]))
			n++;
		if (at[n] == '[') {
			n += strspn(at + n + 1, "0123456789") + 1;
			if (at[n] != ']')
				return 0;
			n++;
		}
		if (at[n] == '.')
			n++;
		else if (at[n] == '-' && at[n + 1] == '>')
			n += 2;
		else
			return n;
	}
}

/* Does the name lead to the place? "ring->in" and "in" to the field in. */
static bool leads_to(const char *name, size_t n, const char *path)
{
	size_t m = strlen(path);

	if (!m || m > n || memcmp(name + n - m, path, m) != 0)
		return false;
	return m == n || name[n - m - 1] == '.' || name[n - m - 1] == '>';
}

/* The value that the task loaded there last. */
static bool add_loaded(const struct scene *s, const struct w_looks *looks, u32 rounds,
	const char *name, size_t n, struct str *out)
{
	for (u32 i = 0; i < rounds && i < looks->loads_n && i < LOADS_KEPT; i++) {
		const struct w_load *l = &looks->loads[i];
		struct str path = {0};
		bool it = segment_path(s, l->segment, l->off, &path, NULL) &&
			  leads_to(name, n, str_get(&path));

		str_finish(&path);
		if (!it)
			continue;
		words_value(s, l->segment, l->off, l->size, l->value, out);
		return true;
	}
	return false;
}

bool words_condition(const struct scene *s, u32 task, const char *source, struct str *out)
{
	const struct w_task *t = world_task(s->world, task);
	const struct w_looks *looks = world_looks(s->world, task);
	const char *at, *end;
	bool any = false;

	if (!t || !looks || !condition_in(source, &at, &end))
		return false;
	while (at < end) {
		size_t n = name_length(at);

		if (n && at[-1] != '&' && at[n] != '(' &&
			add_loaded(s, looks, t->spin_n, at, n, out)) {
			any = true;
		} else {
			n = n ? n : 1;
			while (is_word(at[0]) &&
				(is_word(at[n]) ||
					at[n] ==
						'.')) /* the rest of a number, of what is no plain name */
				n++;
			str_add_bytes(out, at, n);
		}
		at += n;
	}
	return any;
}
