/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a program and its question are put together. */
#ifndef DRILL_PRIVATE_H
#define DRILL_PRIVATE_H

#include "drill/lib.h"

struct making {
	u64 random, seed;
	struct str *source, *question; /* question: the inside of a predict block */
	bool number;                   /* it asks for a number */
	VEC(char *) options;           /* else: they are put in an order of chance, */
	bool in_order;                 /* but those that are numbers */
};
u32 pick(struct making *, u32 from, u32 to); /* both included */
bool coin(struct making *);
#define pick_of(m, list) ((list)[pick((m), 0, (u32)ARRAY_LEN(list) - 1)])
void line(struct making *, const char *fmt, ...) PRINTF_LIKE(2, 3); /* of the program */
void lines(struct making *, const char *text);                      /* several, each with its newline */
void ask(struct making *, const char *fmt, ...) PRINTF_LIKE(2, 3);  /* the question */
/* An answer, the condition that makes it true, what is said to those who choose it and are wrong. */
void option(struct making *, const char *text, const char *when, const char *reply);
/* The answer is a number: what it is the value of, what is said to those who are wrong. */
void number(struct making *, const char *value, const char *reply);

void make_pipe(struct making *);
void make_fork(struct making *);
void make_ring(struct making *);
void make_mq(struct making *);

#endif
