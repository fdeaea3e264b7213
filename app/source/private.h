/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the files of source. */
#ifndef SOURCE_PRIVATE_H
#define SOURCE_PRIVATE_H

#include "source/lib.h"

#define FRAMES_MAX        64u           /* per site; deeper stacks are cut at the outer end */
#define SOURCE_READ_MAX   (4u << 20)    /* a source file longer than that is not shown */
#define SOURCE_KEPT_MAX   (256u << 10)  /* nor put into a recording beyond this */
#define SOURCE_KEPT_TOTAL (16ull << 20) /* of all of them together */

/* ---- unwind.c ---- */
struct unwinder;
/* One frame, innermost first; the strings are the callee's only during the call. */
typedef void frame_found(void *arg, const char *file, u32 line, const char *function, bool own);

struct unwinder *unwinder_create(void);
void unwinder_destroy(struct unwinder *);
/* Calls `found` for every frame that can be told; false when there is none. */
bool unwind_site(struct unwinder *, const struct note_maps *, const struct note_site *,
	frame_found *found, void *arg);
/* A path of the C library, the compiler or the system's headers: not the program's own. */
bool path_is_system(const char *source_path);

/* ---- text.c ---- */
/* Opens an ordinary file for reading, and nothing else: the paths of a recording may name a FIFO or
 * a device. -1 when it cannot be; its size unless NULL. */
int source_open(const char *path, u64 *size);
struct texts; /* source files by name */
struct texts *texts_create(void);
void texts_destroy(struct texts *);
void texts_add(struct texts *, const struct note_source *); /* copies; wins over the file system */
const char *texts_line(struct texts *, const char *file, u32 n);
u32 texts_lines(struct texts *, const char *file);
/* Appends REC_SOURCE for a file that the log does not hold yet and that can be read; *room is what
 * may still be written of all of them. False only when the log refuses. */
bool texts_write(struct texts *, const char *file, u64 *room, struct log *, struct err *);

#endif
