/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steer: one table (steer.def) of the commands that plain mode and the `:` line have. */
#ifndef VIEW_STEER_H
#define VIEW_STEER_H

#include "view/keys.h"

enum steer_id {
	STEER_NONE,
#define BOTH(id, ...) STEER_##id,
#define PLAIN BOTH
#define SCREEN BOTH
#include "view/steer.def"
#undef BOTH
#undef PLAIN
#undef SCREEN
	STEER_COUNT
};

/* Where a command is known. */
enum { STEER_PLAIN = 1, STEER_SCREEN = 2 };

struct steer {
	const char *name, *abbreviation; /* "" none */
	const char *args;                /* for help; "" none */
	const char *help;
	int max;         /* arguments at most; -1: the rest of the line is one text */
	enum key_id key; /* it moves processes, as this key does; KEY_ID_NONE: it only reads */
	unsigned where;
};

extern const struct steer steer_table[STEER_COUNT]; /* by enum steer_id; [0] is empty */
/* The command of a word of n bytes: its name, its abbreviation, or a beginning of two letters or
 * more that is no other's. STEER_NONE: unknown, or short for several. */
enum steer_id steer_find(const char *word, size_t n, unsigned where);
/* The names known there, NULL at the end: STEER_COUNT pointers. */
void steer_names(unsigned where, const char **names);
/* "step [P1] [N], or s: let one process ...", a line. */
void steer_help(enum steer_id, struct str *);

#endif
