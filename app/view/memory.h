/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * memory: shared memory and what guards it, as pictures and as words. A segment is shown as its C
 * type where one is known, else as bytes.
 *
 * file       | what it holds
 * typed.c    | which C type a segment has; places in it by name; values
 * ring.c     | the bounded buffer: cells, in, out, who is about to touch what
 * memory.c   | a segment field by field
 * fields.c   | drawn: which fields, where rows are few
 * hex.c      | a segment byte by byte
 * sync.c     | semaphores, mutexes, conditions, barriers, rwlocks
 * standing.c | the tasks below such a picture, and what each has seen
 * condition.c | the condition that a task spins in, with values
 */
#ifndef VIEW_MEMORY_H
#define VIEW_MEMORY_H

#include "view/screen.h"

/* ---- typed.c ---- */
/* What is known, or said by a lab, of the types of segments; found once and kept. Belongs to whoever
 * makes scenes. */
struct typed *typed_create(void);
void typed_destroy(struct typed *); /* NULL is fine */
/* A lab's word on a segment ("shm1"): its type by name, the fields of the ring in it. NULL: not said.
 * Kept as copies. */
struct ring_names {
	const char *type, *array, *in, *out, *count, *size; /* size: a field that says how many cells are used */
};
void typed_say(struct typed *, const char *segment, const struct ring_names *);
/* The type itself, for a test; it stays the caller's. */
void typed_set(struct typed *, const char *segment, const struct type *, u64 offset);
/* What was said of a segment; fields NULL where nothing was. */
struct ring_names typed_names(const struct scene *, u32 segment);

/* The C type that begins at *offset of the segment; NULL: not known, then `why` (may be NULL) gets a
 * sentence without full stop. */
const struct type *segment_type(
	const struct scene *, u32 segment, u64 *offset, struct str *why);
/* "in", "buffer[3].id", "shm2.in" where several segments are drawn; false: no name is known. The
 * innermost scalar in *leaf (may be NULL). */
bool segment_path(
	const struct scene *, u32 segment, u64 off, struct str *, const struct type **leaf);
/* Phrase: "buffer[2]", "4 bytes at shm1+16"; size 0: "shm1+16". */
void words_cell(const struct scene *, u32 segment, u64 off, u64 size, struct str *);
/* Phrase: "full" of a sem_t there, and not how the C library fills it. */
void words_field(const struct scene *, u32 segment, u64 off, struct str *);
/* The value of a scalar there as C would print it, "?" when its bytes are not known. */
void segment_value(const struct scene *, u32 segment, u64 off, const struct type *,
	const struct type_field *bits, struct str *);
/* `n` bytes at off as a number, or as its type has it: the value of a load, of a cell. */
void words_value(const struct scene *, u32 segment, u64 off, u32 size, u64 value, struct str *);
/* An integer there; false: not known, or no integer. */
bool segment_number(const struct scene *, u32 segment, u64 off, const struct type *, i64 *);
/* A segment that is drawn: it has a name and still lives. */
bool segment_is_drawn(const struct world *, u32 segment);
u32 segments_drawn(const struct world *);
/* The segment the stage is about: that of the selected task's operation, else the one touched last,
 * else the first; 0 none. */
u32 stage_segment(const struct scene *, const struct view_state *);

/* Who is poised at an access that overlaps with [off, off + size). */
struct toucher {
	u32 task;
	bool writes, plain;
};
u32 segment_touchers(const struct scene *, u32 segment, u64 off, u64 size,
	struct toucher *touchers, u32 max);
/* The last access of all was to this place. */
bool segment_is_marked(const struct scene *, u32 segment, u64 off, u64 size);

/* ---- ring.c ---- */
struct ring {
	u32 segment;
	u64 array, stride, in, out, count; /* offsets in the segment */
	u32 n;                             /* cells */
	const struct type *element, *in_type, *out_type, *count_type; /* count_type NULL: none */
	const char *in_name, *out_name;    /* "in": the field itself, without what it lies in */
	bool guarded;                      /* semaphores lie beside it: in = out does not tell empty from full */
};
struct ring_state {
	bool known;      /* in and out are */
	i64 in, out;     /* cells they point at */
	i64 items;       /* -1: cannot be told */
	bool full, empty;
};
bool ring_find(const struct scene *, u32 segment, struct ring *);
void ring_read(const struct scene *, const struct ring *, struct ring_state *);
/* Draws from `row` on; returns its rows. Nothing is drawn when `c` is NULL. */
int ring_draw(struct canvas *, struct area, int row, const struct scene *,
	const struct view_state *, const struct ring *);
/* "9 items, FULL": phrase; "" unknown. */
void ring_words(const struct scene *, const struct ring *, struct str *);

/* ---- memory.c ---- */
/* "shm1 "/OS"   struct ring, 48 bytes, mapped by P1 and P2" */
void segment_title(const struct scene *, u32 segment, struct str *);
/* The same for one line: of a long path only its last part, so that what stands behind it is in sight. */
void segment_heading(const struct scene *, u32 segment, struct str *);
/* Field by field, one a line, at most `cols` columns wide; where no type is known, why, and bytes. */
void memory_text(const struct scene *, u32 segment, unsigned hide, int cols, struct str *);
/* The same in the stage's area; returns rows. */
int memory_draw(struct canvas *, struct area, int row, int rows, const struct scene *,
	const struct view_state *, u32 segment);
/* "conflict at in: P1 is to store, P2 to load, both atomic": of every pair, a line each. `race` words too. */
void words_conflicts(const struct scene *, u32 segment, struct str *);
/* "loads and stores not seen, not built by ipclab cc: P1, P2", a phrase; false: those of all who have it are seen. */
bool words_unseen(const struct scene *, u32 segment, struct str *);
void words_private_conflicts(const struct scene *, struct str *); /* --threads: of processes' own memory */
/* Plain mode's look: one fact a line. */
void words_segment(const struct scene *, u32 segment, struct str *);

/* ---- hex.c ---- */
void hex_text(const struct scene *, u32 segment, struct str *);

/* ---- sync.c ---- */
/* Phrase: "sem1 \"full\"", "mutex1". */
void words_sync_name(const struct scene *, u32 sync, struct str *);
/* Phrase: "is 0", "held by P1 since producer.c:20", "1 of 3 are there". */
void words_sync_state(const struct scene *, u32 sync, struct str *);
/* "sem1 \"full\"  0   waits: P2": a line without its newline. */
void sync_line(const struct scene *, u32 sync, struct str *);
bool sync_is_drawn(const struct world *, u32 sync);
u32 syncs_drawn(const struct world *, u32 but);
/* As many rows as there are, or as there is room for; without those that lie in segment `but`. */
int sync_draw(struct canvas *, struct area, int row, int rows, const struct scene *, u32 but);
/* The bytes of a segment that the C library keeps such an object in hold all of these. */
bool sync_holds(const struct world *, u32 segment, u64 off, u64 size);
/* ": sem1 is 0", why a call about one would wait; nothing when it is about none. */
void words_sync_outlook(const struct scene *, const struct w_task *, struct str *);
/* Plain mode's look: "sem1, full, is 0. P2 waits.\n" */
void words_sync(const struct scene *, u32 sync, struct str *);

/* ---- standing.c ---- */
/* The tasks, one to three lines each; returns rows. c NULL: what it would take with that many rows. */
int standing_draw(struct canvas *, struct area, int row, int rows, const struct scene *,
	const struct view_state *, u32 segment);
/* Phrase: "saw in 0, out 2"; `so`: "no longer so: in is 1", "still so". False: it has seen nothing. */
bool words_saw(const struct scene *, u32 task, u32 segment, struct str *saw, struct str *so);
/* Phrase: "out", "in or out" (`between`: " or "): what a spinning task waits for to change, by its
 * place. Returns how many. */
u32 words_spin(const struct scene *, u32 task, const char *between, struct str *);

/* ---- condition.c ---- */
/* Phrase: the condition on that line of source with the values in it that the spinning task loaded last,
 * "((9 + 1) % BUFFER_SIZE) == 0"; false: none of it is known (`out` then holds nothing of use). */
bool words_condition(const struct scene *, u32 task, const char *source, struct str *out);

#endif
