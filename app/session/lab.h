/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A lab: a folder NN-name with lab.md (YAML front matter, then the guide in CommonMark) and the
 * programs the learner watches. Labs are looked for in $IPCLAB_LABS, else beside the executable
 * (a build tree), else where `make install` puts them.
 *
 * file   | what it holds
 * lab.c  | folders: finding labs, the one of an id, the labs nearest to a mistyped one
 * front.c| the front matter of lab.md; what is wrong with it, as file:line:column
 */
#ifndef SESSION_LAB_H
#define SESSION_LAB_H

#include "base/lib.h"

#define LAB_ACTORS_MAX 16u

struct lab_program {
	char *name;  /* file in the lab's folder */
	char **args; /* NULL at the end */
};

struct lab {
	u32 number;  /* NN of the folder: the order of labs, and nothing else */
	char *id;    /* "pipe" */
	char *guide; /* path of lab.md */
	char *programs_dir;
	char *title;
	u32 minutes;
	u32 steps; /* headings of the second level in the guide */
	bool core;
	VEC(struct lab_program) programs; /* at least one; the first is the one that is started */
	char *actors[LAB_ACTORS_MAX +
		     1]; /* [0] is P1's, NULL at the end; "" where a name is left out */
};

struct labs {
	VEC(struct lab) list; /* by number, then id */
};

/* Every lab there is. EXIT_INPUT with file:line:column at the first one that is not well made;
 * EXIT_INPUT when there is no folder of labs. */
bool labs_find(struct labs *, struct err *);
void labs_finish(struct labs *);
/* The lab of an id ("pipe"), a folder number ("1", "01") or a folder's name ("01-pipe"). When
 * there is none: EXIT_USAGE, with the nearest three. */
const struct lab *labs_get(const struct labs *, const char *word, struct err *);
/* The path of a lab's program, to be freed. EXIT_MACHINE with the remedy when it is not built. */
char *lab_program_path(const struct lab *, u32 program, struct err *);

/* Fills title and what follows from lab.md. */
bool lab_read_front(struct lab *, struct err *);

#endif
