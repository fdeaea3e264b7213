/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GRADER_MANIFEST_H
#define GRADER_MANIFEST_H

#include "grader/private.h"

/* Fills the exercise from the bytes of its exercise.yaml (x->file names it); exercise.md was read before. */
bool manifest_read(struct exercise *, const char *bytes, size_t n, struct err *);

#endif
