/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "grader/lib.h"

static const char *const names[] = {
	[GRADE_PASS] = "PASS",
	[GRADE_COMPILE] = "DOES NOT COMPILE",
	[GRADE_WRONG] = "WRONG",
	[GRADE_HANG] = "HANG",
	[GRADE_CRASH] = "CRASH",
	[GRADE_LEAK] = "LEAK",
	[GRADE_FLAKY] = "FLAKY",
	[GRADE_SLOW] = "TOO SLOW",
	[GRADE_DENIED] = "DENIED",
	[GRADE_ERROR] = "GRADER ERROR",
	[GRADE_NOT_RUN] = "not run",
};

const char *grade_name(enum grade v)
{
	return names[v];
}

bool grade_by_name(const char *name, enum grade *v)
{
	for (u32 i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i], name) == 0) {
			*v = (enum grade)i;
			return true;
		}
	return false;
}

const char *kind_name(enum exercise_kind k)
{
	static const char *const kinds[] = {"order", "complete", "mend", "make"};

	return kinds[k];
}
