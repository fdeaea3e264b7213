/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "explore/private.h"

bool exhaustive_all(struct search *s, struct err *err)
{
	return search_all(s, err);
}
