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

#endif
