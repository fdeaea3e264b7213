/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "explore/private.h"

bool write_schedule(const struct explore_options *opt, const struct exec *x, const struct choices *c, struct explore_result *r,
	struct err *err)
{
	(void)opt; (void)x; (void)c; (void)err;
	snprintf(r->sentence, sizeof r->sentence, "%s after %u steps", explore_verdict_name(r->verdict), r->steps);
	return true;
}
