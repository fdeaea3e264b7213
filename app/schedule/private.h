/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of schedule/ share. */
#ifndef SCHEDULE_PRIVATE_H
#define SCHEDULE_PRIVATE_H

#include "schedule/lib.h"

/* ---- text.c ---- */
/* Letters to be changed, left out or put in to come from one word to the other. */
size_t words_apart(const char *a, const char *b);
/* The byte that stands at *at, maybe as \n or \x1b; advances *at. -1: not understood. */
int c_unescape(const char **at, const char *end);
/* "yes\n" with quotes, as c_unescape reads it. */
void c_quote(const char *bytes, size_t n, struct str *);

#endif
