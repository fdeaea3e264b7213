/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "grader/lib.h"

static const char *const names[] = {
	[VERDICT_PASS] = "PASS",
	[VERDICT_COMPILE] = "DOES NOT COMPILE",
	[VERDICT_WRONG] = "WRONG",
	[VERDICT_HANG] = "HANG",
	[VERDICT_CRASH] = "CRASH",
	[VERDICT_LEAK] = "LEAK",
	[VERDICT_FLAKY] = "FLAKY",
	[VERDICT_SLOW] = "TOO SLOW",
	[VERDICT_DENIED] = "DENIED",
	[VERDICT_ERROR] = "GRADER ERROR",
	[VERDICT_NOT_RUN] = "not run",
};

const char *verdict_name(enum verdict v)
{
	return names[v];
}

bool verdict_by_name(const char *name, enum verdict *v)
{
	for (u32 i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i], name) == 0) {
			*v = (enum verdict)i;
			return true;
		}
	return false;
}

const char *kind_name(enum exercise_kind k)
{
	static const char *const kinds[] = {"order", "complete", "mend", "make"};

	return kinds[k];
}
