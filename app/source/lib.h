/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * source: from a site (registers and up to 4 KiB of stack, copied at a stop) to source lines, by
 * libdw, from the log alone: the process may have ended long ago. Never in a hot path: unwinding
 * happens when a line is shown, when idle, or before a recording closes (ENGINE.md, "Where a
 * descriptor came from"). Nothing here knows ptrace.
 *
 * file      | what it holds
 * sites.c   | the table of sites and maps of a log; answers cached, read from REC_LINES if there
 * unwind.c  | libdw: dwfl from recorded maps, frames from recorded registers and stack
 * text.c    | source files by name: their lines
 * build.c   | which build a program is
 * recipe.c  | how a program was compiled
 * types.c   | what C type a shared mapping has: by pointers seen, or as the recording says
 * dies.c    | C types from DWARF
 * units.c   | DWARF's entries (DIEs), attributes and units, followed with care
 * pointers.c| pointers in variables: globals by address, locals in the frames of a site
 * globals.c | which variable lies at an address
 * frames.c  | the frames of a site with their registers; DWARF expressions
 * typenote.c| C types into a recording and out of it (REC_TYPES)
 * typetext.c| a type's fields as paths, its values as text
 */
#ifndef SOURCE_LIB_H
#define SOURCE_LIB_H

#include "event/lib.h"

struct frame {
	const char *file; /* as DWARF gives it, "" unknown; valid until sources_destroy */
	const char *base; /* its last component */
	const char *function;
	u32 line;         /* 0 unknown */
	bool own;         /* in the program's own files: has line information and no system path */
};
struct place { /* a site, unwound */
	u32 site;
	u32 frames_n;
	const struct frame *frames; /* innermost first */
	const struct frame *shown;  /* innermost in the program's own files; NULL: none known */
};

struct sources;
struct sources *sources_create(void);
void sources_destroy(struct sources *);
/* Feeds one record; only notes are kept (pointers into the record are kept: it must stay mapped). */
void sources_add(struct sources *, const struct rec *);
/* The place of a site, unwound now if it was not before; NULL when unknown or not to be had. */
const struct place *sources_place(struct sources *, u32 site);
/* "eof.c:31" into buf; "" when unknown. Words: "eof.c line 31" when `words`. */
const char *sources_at(struct sources *, u32 site, bool words, char *buf, size_t n);
/* Line `n` (from 1) of a source file, without its newline; NULL when there is no such file or line.
 * From REC_SOURCE if the recording has it, else from the file system. */
const char *sources_line(struct sources *, const char *file, u32 n);
u32 sources_lines(struct sources *, const char *file);
/* Unwinds every site that has no REC_LINES yet and appends REC_LINES and REC_SOURCE to the log, so
 * that the recording needs neither the programs nor libdw any more. Slow (60-370 us a site). */
bool sources_write(struct sources *, struct log *, struct err *);

/* Which build a program is: its build-id in hex, else "hash-" and a hash of the file (build.c). */
bool source_build(const char *path, char *buf, size_t n);

/* ---- C types (types.c) ---- */
enum type_kind { TYPE_UNKNOWN, TYPE_SIGNED, TYPE_UNSIGNED, TYPE_CHAR, TYPE_BOOL, TYPE_FLOAT, TYPE_ENUM, TYPE_POINTER,
	TYPE_STRUCT, TYPE_UNION, TYPE_ARRAY };
struct type;
struct type_field {
	const char *name;   /* "" for an anonymous member */
	u64 offset;         /* bytes */
	u32 bit, bits;      /* bit-field: from that bit of the bytes at offset; bits 0: none */
	const struct type *type;
};
struct type { /* all belong to the sources, immutable */
	enum type_kind kind;
	bool atomic, is_volatile;
	bool is_unsigned;   /* of a character or enumeration, too */
	u64 size;           /* bytes */
	const char *name;   /* "struct ring", "item", "int" */
	u64 count;          /* array: elements; 0 unknown */
	const struct type *of; /* array: element; pointer: what it points to (may be NULL) */
	u32 fields_n;
	const struct type_field *fields;
	u32 enums_n;        /* enum: values and names */
	const struct type_enum { i64 value; const char *name; } *enums;
};
/* The type of that C name ("struct ring", "item"), in the program that the process of `task` runs; NULL unknown. */
const struct type *sources_type(struct sources *, u32 task, const char *name);
/* What points at a shared mapping [addr, addr + len) of task's process, by the pointers recorded
 * (REC_POINTER: globals) and, failing that, by locals of the frames of `sites` whose recorded values
 * point there (failing that, of all sites of its program). `offset`: of the pointer's target in the mapping. NULL: nothing known, then `why` (may be NULL)
 * gets a sentence ("ring was built without debug information (-g)"). */
const struct type *sources_mapping_type(struct sources *, u32 task, u64 addr, u64 len, const u32 *sites, u32 sites_n,
					u64 *offset, struct str *why);
/* "count", "table[3].id": the global variable at an address of that task's process, and its innermost scalar (may be
 * NULL). False when it is none, or no debugging information says so. */
bool sources_global(struct sources *, u32 task, u64 addr, struct str *path, const struct type **leaf);
/* "in", "buffer[3].id" for byte `off` of a type; false outside it. The innermost scalar is given in *leaf, with its
 * own offset (both may be NULL). */
bool type_path(const struct type *, u64 off, struct str *, const struct type **leaf, u64 *leaf_off);
/* The other way: "in", "buffer[3].id" -> offset and type; false when there is no such field. */
bool type_find(const struct type *, const char *path, u64 *off, const struct type **leaf);
/* "12", "-1", "'a' 97", "FULL (2)", "0x7f..": a scalar's bytes as C would print them. bytes: size of the type; with
 * `bits` (NULL: none), (bit + bits + 7) / 8 bytes from the field's offset. */
void type_value(const struct type *, const void *bytes, const struct type_field *bits, struct str *);

/* ---- recipe.c ---- */
/* How a C program was compiled, as its debugging information says. */
struct recipe {
	VEC(char *) sources;   /* names without folders */
	VEC(char *) switches;  /* those that matter to what it does: -O0, -std=gnu17, -f... */
	VEC(char *) libraries; /* "libm.so.6"; libc is not named */
	bool hooks;            /* -fsanitize=thread: by ipclab cc */
};
bool recipe_read(const char *program, struct recipe *, struct err *);
void recipe_finish(struct recipe *); /* after a false one too */

#endif
