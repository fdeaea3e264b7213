/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Has a file our hooks? Read from its ELF tables; part of ipclab, not of the runtime. */
#ifndef HOOK_ELF_H
#define HOOK_ELF_H

#include <stdbool.h>
#include <stddef.h>

/* The version of the runtime in a program (its note .note.ipclab), 0: it has none; -1: the file
 * cannot be read or is not ELF. */
int hook_version_in(const char *path);

/* What is known of an object of a program, or of a program: */
enum hook_object {
	OBJECT_UNKNOWN, /* cannot be read, not ELF, a shared library */
	OBJECT_HOOKED,
	OBJECT_EMPTY, /* no machine code in it */
	OBJECT_LATER, /* link-time optimisation: hooks are put in when it is linked */
	OBJECT_PLAIN, /* code, and nothing of it has hooks */
};
/* `name` (of `room` bytes) gets what to call the object that decided: the member of an archive,
 * else the source it was made from, else "". An archive is what its worst member is. */
enum hook_object hook_object_of(const char *path, char *name, size_t room);
/* Does a program of link-time optimised objects have hooks? True also where its symbols are gone.
 */
bool hook_calls_in(const char *path);

#endif
