/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a condition: what cond.c reads it by. Every take_ is false with an error at the word
 * when that is not what stands there; text it puts into a node is freed by whoever drops the node. */
#ifndef GUIDE_COND_TOKEN_H
#define GUIDE_COND_TOKEN_H

#include "guide/private.h"

struct parser {
	const char *file;
	struct guide_mark at;
	const char *text;
	struct err *err;
	struct cond *cond;
	u32 pos, end; /* the token: text[pos..end) */
	u32 before;   /* end of the token before it */
	char kind;    /* 'w' word, 'n' number, 's' string, 0 the end, else the sign itself */
	unsigned depth;
};

/* False, with the error at the token: "file:line:column: ...". */
bool token_fail(struct parser *, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* To the next one. False: nothing of the language begins there. */
bool token_next(struct parser *);
/* It is that word. */
bool token_is(const struct parser *, const char *word);
/* A copy of it, cut at n; for errors with "the end" where there is none. */
const char *token_word(const struct parser *, char *buf, size_t n);
const char *token_shown(const struct parser *, char *buf, size_t n);
bool token_compares(const struct parser *);
/* It begins with the name of an object of that kind ("shm1.in" for segment_parse): how long that is, or 0. */
size_t token_object(const struct parser *, size_t (*parse)(const char *, size_t));
/* "P1 saw ..." */
bool begins_saw(const struct parser *);
/* A number may begin here. */
bool begins_value(const struct parser *);

/* cond_fd.c: what follows "P1 fd", "P1 runs". */
bool fd_fact(struct parser *, struct node *);
bool runs_fact(struct parser *, struct node *);
bool state_fact(struct parser *, struct node *);

bool take_number(struct parser *, i64 *value);
bool take_actor(struct parser *, u32 *actor);
bool take_pipe(struct parser *, u32 *pipe);
bool take_call(struct parser *, struct call_set *calls);
bool take_compare(struct parser *, enum compare *);
/* "shm1", "shm1.in", "shm1[2]", "sem1": the object, whose name is that long, and the field behind it. */
bool take_object_name(struct parser *, struct node *, size_t length);
bool take_segment(struct parser *, struct node *);

#endif
