/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab replay, of a schedule. */
#ifndef COMMAND_SCHEDULE_H
#define COMMAND_SCHEDULE_H

#include "command/lib.h"

bool schedule_replay(struct invocation *, const char *path, struct err *);

#endif
