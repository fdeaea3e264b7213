/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verbs about exercises share. */
#ifndef COMMAND_EXERCISE_H
#define COMMAND_EXERCISE_H

#include "command/lib.h"
#include "grader/lib.h"

#define EXERCISES_OPTION {"exercises", 0, "DIR", "exercises of your own, in this folder"}

#endif
