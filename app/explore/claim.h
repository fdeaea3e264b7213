/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPLORE_CLAIM_H
#define EXPLORE_CLAIM_H

#include "explore/lib.h"

struct claim;
struct exec;
/* Parses it, and looks its names up in a run of the program; before the worker is made. */
struct claim *claim_create(const struct explore_options *, struct err *);
void claim_destroy(struct claim *);
bool claim_holds(const struct claim *, const struct exec *);

#endif
