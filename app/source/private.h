/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the files of source. */
#ifndef SOURCE_PRIVATE_H
#define SOURCE_PRIVATE_H

#include "source/lib.h"

#define FRAMES_MAX        64u           /* per site; deeper stacks are cut at the outer end */
#define SOURCE_READ_MAX   (4u << 20)    /* a source file longer than that is not shown */
#define SOURCE_KEPT_MAX   (256u << 10)  /* nor put into a recording beyond this */
#define SOURCE_KEPT_TOTAL (16ull << 20) /* of all of them together */

/* ---- sites.c ---- */
struct site {
	u32 id;                         /* 0: free slot */
	bool tried;                     /* place is what can be had */
	bool written;                   /* the log has REC_LINES of it */
	bool looked;                    /* its locals are among the targets */
	const struct note_site *note;   /* in the log; NULL: not seen */
	const struct note_lines *lines; /* in the log; NULL: not unwound there */
	struct place *place;            /* NULL: not yet, or not to be had */
};
struct sources {
	struct site *sites; /* open addressing, by id; slots a power of two */
	u32 slots, used;
	VEC(u32) order; /* ids in the order they came */
	VEC(const struct note_maps *) maps;
	const char **words; /* open addressing, by text */
	u32 word_slots, words_used;
	struct unwinder *unwinder;
	struct texts *texts;
	struct types *types;
};
struct site *site_find(const struct sources *, u32 id); /* NULL: never seen */
/* What the log still holds of it; NULL: nothing. */
const struct note_site *site_note(const struct site *);
const struct note_maps *maps_find(const struct sources *, u32 map);
/* A copy of the text that lives as long as the sources, the same for the same text. */
const char *word_keep(struct sources *, const char *text);

/* ---- types.c ---- */
/* A pointer seen, and what it points to. */
struct target {
	u32 site; /* 0: a global's word */
	u32 task; /* of a global's word */
	u64 value;
	const struct type *type; /* NULL: void, or unknown */
	const char *name;        /* of the variable */
	bool own;                /* in the program's own files */
	bool lost;               /* no value: the compiler kept it nowhere at that site */
};
enum debug_state { DEBUG_GOOD, DEBUG_NONE, DEBUG_GONE };
struct program { /* what one address space (REC_MAPS) runs */
	u32 map;
	bool looked;           /* debug and name are known */
	enum debug_state debug;
	const char *name;      /* of the executable, without its folder */
	bool noted;            /* the log has REC_TYPES of it: DWARF is asked no more */
	bool written;          /* this session has put that there */
	VEC(const struct type *) types; /* as the recording has them */
	VEC(struct target) targets;
};
struct types *types_create(void);
void types_destroy(struct types *);
void types_add(struct sources *, const struct rec *);
/* Zeroed room that lives as long as the sources. */
void *sources_room(struct sources *, size_t n);
/* A foreign name: made harmless for a terminal, cut when very long, kept. */
const char *name_keep(struct sources *, const char *name);
/* An array of count (0: unknown) elements. */
const struct type *type_array(struct sources *, const struct type *of, u64 count);
struct program *program_get(struct sources *, u32 map);
u32 task_map(const struct sources *, u32 task); /* what it runs: REC_MAPS, 0 not known */
struct dies;
/* The DIEs of a program; NULL when there is no debugging information, or it is not asked. */
struct dies *program_dies(struct sources *, struct program *);
/* Finds the targets of everything that program's sites and pointers hold. */
void program_complete(struct sources *, struct program *);

/* ---- typenote.c ---- */
void types_load(struct sources *, const struct note_types *);
/* Appends REC_TYPES for a program that the log has none of. */
bool types_write(struct program *, struct log *, struct err *);
/* For every program, if the log tells of shared memory at all. */
bool types_write_all(struct sources *, struct log *, struct err *);

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
