/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "view/steer.h"

#define ROW(id, name, other, args, max, key, help, where) \
	[STEER_##id] = {name, other, args, help, max, KEY_ID_##key, where},
#define BOTH(id, name, other, args, max, key, help) \
	ROW(id, name, other, args, max, key, help, STEER_PLAIN | STEER_SCREEN)
#define PLAIN(id, name, other, args, max, key, help) \
	ROW(id, name, other, args, max, key, help, STEER_PLAIN)
#define SCREEN(id, name, other, args, max, key, help) \
	ROW(id, name, other, args, max, key, help, STEER_SCREEN)
const struct steer steer_table[STEER_COUNT] = {
#include "view/steer.def"
};

static bool is_word(const char *known, const char *word, size_t n)
{
	return n && strlen(known) == n && strncasecmp(known, word, n) == 0;
}

enum steer_id steer_find(const char *word, size_t n, unsigned where)
{
	enum steer_id found = STEER_NONE;
	bool several = false;

	if (is_word("?", word, n))
		return STEER_help;
	if (is_word("exit", word, n))
		return STEER_quit;
	for (unsigned id = 1; id < STEER_COUNT; id++) {
		const struct steer *c = &steer_table[id];

		if (!(c->where & where))
			continue;
		if (is_word(c->name, word, n) || is_word(c->abbreviation, word, n))
			return (enum steer_id)id;
		if (n >= 2 && strncasecmp(c->name, word, n) == 0) {
			several |= found != STEER_NONE;
			found = (enum steer_id)id;
		}
	}
	return several ? STEER_NONE : found;
}

void steer_names(unsigned where, const char **names)
{
	for (unsigned id = 1; id < STEER_COUNT; id++)
		if (steer_table[id].where & where)
			*names++ = steer_table[id].name;
	*names = NULL;
}

void steer_help(enum steer_id id, struct str *out)
{
	const struct steer *c = &steer_table[id];

	str_addf(out, "%s%s%s", c->name, c->args[0] ? " " : "", c->args);
	if (c->abbreviation[0])
		str_addf(out, ", or %s", c->abbreviation);
	str_addf(out, ": %s.\n", c->help);
}
