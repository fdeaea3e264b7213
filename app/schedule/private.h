/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of schedule/ share. */
#ifndef SCHEDULE_PRIVATE_H
#define SCHEDULE_PRIVATE_H

#include "schedule/lib.h"

#define SCHEDULE_NAME_MAX 24u

/* ---- word.c ---- */
struct word {
	const char *s;
	size_t n;
};
bool word_blank(char);
bool word_digit(char);
bool word_is(struct word, const char *text);
/* A word of somebody's file in a sentence of ours: printable, and not too long. */
const char *word_quoted(struct word, char *buf, size_t n);
bool word_is_actor(struct word);    /* P2, P2.1 */
bool word_is_identity(struct word); /* 1.2/3 */
bool word_is_place(struct word);    /* consumer.c:9 */
size_t word_object(struct word);    /* how much of it names an object: shm1 of shm1+40; 0 none */
bool word_is_offset(struct word);   /* +40, @0a8 */

/* ---- text.c ---- */
/* Letters to be changed, left out or put in to come from one word to the other. */
size_t words_apart(const char *a, const char *b);
/* The byte that stands at *at, maybe as \n or \x1b; advances *at. -1: not understood. */
int c_unescape(const char **at, const char *end);
/* "yes\n" with quotes, as c_unescape reads it. */
void c_quote(const char *bytes, size_t n, struct str *);

#endif
