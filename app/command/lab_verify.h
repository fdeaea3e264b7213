/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMAND_LAB_VERIFY_H
#define COMMAND_LAB_VERIFY_H

#include "command/lib.h"
#include "lab/lib.h"

bool lab_verify(struct invocation *, const struct lab *, struct err *);
/* The value of --step, from 0; *step stays as it is when there is none. */
bool lab_step_option(const struct invocation *, u32 steps, u32 *step, struct err *);

#endif
