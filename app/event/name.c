/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "event/lib.h"

static const char *const names[CALL_COUNT] = {
#define CALL(name) #name,
#include "event/calls.def"
#undef CALL
};

const char *call_name(unsigned call)
{
	return call > CALL_none && call < CALL_COUNT ? names[call] : "?";
}

unsigned call_by_name(const char *name)
{
	for (unsigned i = CALL_none + 1; i < CALL_COUNT; i++)
		if (!strcmp(names[i], name))
			return i;
	return CALL_none;
}

const char *rec_kind_name(unsigned kind)
{
	switch (kind) {
	case REC_SPAWN: return "spawn";
	case REC_EXEC: return "exec";
	case REC_END: return "end";
	case REC_ENTER: return "enter";
	case REC_EXIT: return "exit";
	case REC_SIGNAL: return "signal";
	case REC_OBSERVE: return "observe";
	case REC_POISED: return "observe";
	case REC_INJECT: return "inject";
	case REC_SEGMENT:
	case REC_NAME:
	case REC_MEMORY: return "observe";
	default: return NULL;
	}
}
