/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys: one table (keys.def) for dispatch, footer, help and :map. */
#ifndef VIEW_KEYS_H
#define VIEW_KEYS_H

#include "base/lib.h"

enum key_id {
	KEY_ID_NONE,
#define KEY(id, text, code, other, where, label, help) KEY_ID_##id,
#include "view/keys.def"
#undef KEY
	KEY_ID_COUNT
};

/* Keys that are no character. */
enum {
	K_UP = 0x110000, K_DOWN, K_LEFT, K_RIGHT, K_PAGE_UP, K_PAGE_DOWN, K_HOME, K_END, K_BACK_TAB, K_F1, K_ESC,
	K_ENTER = '\r',
};

/* Where a key means something. */
enum { IN_HOME = 1, IN_LIVE = 2, IN_RECORDED = 4, IN_RUN = IN_LIVE | IN_RECORDED, IN_ALL = 7 };

struct key {
	const char *text; /* as written: "s", "Space" */
	u32 code, other;
	unsigned where;
	const char *label; /* in the footer; NULL: not there */
	const char *help;
};

extern const struct key key_table[KEY_ID_COUNT]; /* by enum key_id; [0] is empty */
/* What this key means there, KEY_ID_NONE: nothing. '1' to '9' are DIGIT. */
enum key_id key_find(u32 code, unsigned where);

#endif
