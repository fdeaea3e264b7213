/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What plain mode does for each command of view/steer.def; help. */
#include <string.h>

#include "shell/private.h"

#define BOTH(id, ...) [STEER_##id] = do_##id,
#define PLAIN BOTH
#define SCREEN(id, ...)
static const shell_action actions[STEER_COUNT] = {
#include "view/steer.def"
};

shell_action shell_action_of(enum steer_id id)
{
	return actions[id];
}

bool shell_moves(enum steer_id id)
{
	return steer_table[id].key != KEY_ID_NONE;
}

static void help_on(struct shell *sh, enum steer_id id)
{
	struct str line = {0};

	steer_help(id, &line);
	say_text(sh, line.s);
	str_finish(&line);
}

void do_help(struct shell *sh, int n, char **words, const char *rest)
{
	(void)rest;
	if (n > 1) {
		enum steer_id id = steer_find(words[1], strlen(words[1]), STEER_PLAIN);

		if (id)
			help_on(sh, id);
		else
			complain(sh, "there is no command %s; help lists them", words[1]);
		return;
	}
	for (unsigned id = 1; id < STEER_COUNT; id++)
		if (steer_table[id].where & STEER_PLAIN)
			help_on(sh, (enum steer_id)id);
	say(sh, "What is in brackets may be left out. P1 may be typed as p1 or 1.\n");
}
