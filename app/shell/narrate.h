/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SHELL_NARRATE_H
#define SHELL_NARRATE_H

#include "shell/private.h"

/* Called for each event that is told: its moment, who acted (0: nobody), its words. */
typedef void told_fn(void *arg, u64 moment, u32 task, const char *text);
/* Events from + 1 to `to`. `all`: with those that are no news. The shown world stays where it was. */
void narrate_each(struct shell *, u64 from, u64 to, bool all, told_fn *, void *arg);

#endif
