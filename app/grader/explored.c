/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scenario that is run in many orders (explore). */
#include <stdio.h>

#include "grader/private.h"

bool explore_scenario(struct run_spec *spec, const char *keep, const char *keep_as, struct finding *f, struct err *err)
{
	(void)keep;
	(void)keep_as;
	(void)err;
	f->verdict = GRADE_ERROR;
	snprintf(f->message, sizeof f->message, "scenario %u explores, which this ipclab cannot do yet", spec->s->number);
	return true;
}
