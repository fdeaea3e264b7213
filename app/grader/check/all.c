/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of properties. */
#include <stdio.h>
#include <string.h>

#include "grader/check/all.h"

const struct check *const checks_all[] = {
	&check_unused_ends_closed,
	&check_unused_read_ends_closed,
	&check_no_descriptor_leak,
	&check_no_zombie,
	&check_no_name_left_behind,
	&check_no_busy_wait,
	&check_eof_seen,
	&check_whole_lines,
	NULL,
};

const struct check *check_by_name(const char *name)
{
	for (u32 i = 0; checks_all[i]; i++)
		if (strcmp(checks_all[i]->name, name) == 0)
			return checks_all[i];
	return NULL;
}

void check_broken(struct look *look, u32 task, u32 site, const char *fmt, ...)
{
	va_list ap;

	if (look->broken->text[0])
		return;
	va_start(ap, fmt);
	vsnprintf(look->broken->text, sizeof look->broken->text, fmt, ap);
	va_end(ap);
	look->broken->task = task;
	look->broken->site = site;
}
