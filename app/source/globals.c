/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which global variable lies at an address: "count", "table[3].id". */
#include "source/dwarf.h"

bool sources_global(
	struct sources *s, u32 task, u64 addr, struct str *path, const struct type **leaf)
{
	u32 map = task_map(s, task);
	struct dies *dies = map ? program_dies(s, program_get(s, map)) : NULL;

	return dies && global_path(dies, addr, path, leaf);
}
