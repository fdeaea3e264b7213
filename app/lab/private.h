/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of lab/ share. */
#ifndef LAB_PRIVATE_H
#define LAB_PRIVATE_H

#include "lab/lib.h"

/* field.c: guide_host.field; arg is the lab_host. */
bool host_field(void *arg, u32 segment, const char *path, struct guide_field *);

/* host.c: what a program is started with, NULL at the end; `args` NULL: the guide's for it. Both the array and *words,
 * which it points into, are to be freed. */
char **lab_argv(const struct lab *, u32 program, const char *const *args, const u32 *values, char *path,
	char (**words)[12]);

/* search.c: guide_host.explore */
bool host_explore(void *arg, const struct guide_host *, struct err *);

/* listing.c: the assembly blocks of a guide, from the listings beside its programs. */
void listings_fill(struct lab *);


#endif
