/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/keys.h"

const struct key key_table[KEY_ID_COUNT] = {
#define KEY(id, text, code, other, where, label, help) \
	[KEY_ID_##id] = {text, code, other, where, label, help},
#include "view/keys.def"
#undef KEY
};

enum key_id key_find(u32 code, unsigned where)
{
	if (code >= '1' && code <= '9')
		return where & key_table[KEY_ID_DIGIT].where ? KEY_ID_DIGIT : KEY_ID_NONE;
	for (unsigned id = 1; id < KEY_ID_COUNT; id++) {
		const struct key *k = &key_table[id];

		if (k->where & where && code && (k->code == code || k->other == code))
			return (enum key_id)id;
	}
	return KEY_ID_NONE;
}
