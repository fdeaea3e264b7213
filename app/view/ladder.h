/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ladder: messages between processes as arrows in time, found by folding the log again up to the moment shown.
 * Where a message begins as a call or a reply of RFC 5531 does, its bytes are told by field.
 *
 * file          | what it holds
 * ladder.c      | the rungs, from the log
 * ladder_rpc.c  | a message's bytes by field
 * ladder_draw.c | the picture, and the same in words
 */
#ifndef VIEW_LADDER_H
#define VIEW_LADDER_H

#include "view/screen.h"

enum { LADDER_EVENTS_MAX = 20000, LADDER_RUNGS_MAX = 400, LADDER_ROWS_MOST = 13 /* that the stage wants */ };
enum rung_kind { RUNG_MESSAGE, RUNG_TIMEOUT };
enum rung_fate {
	RUNG_WAITS,     /* sent, and nobody has taken it yet */
	RUNG_TAKEN,
	RUNG_KEPT_BACK, /* taken by one that passes messages on, and this one it did not */
	RUNG_LOST,      /* dropped on the way (interfere: drop), or nobody is left to take it */
};
struct rung {
	enum rung_kind kind;
	enum rung_fate fate;
	u32 from, to;    /* processes; to 0: not known */
	u32 flow;
	u64 sent, taken; /* events; taken 0: not yet */
	u64 length;
	u64 ns;          /* TIMEOUT: how much time passed, 0 not known */
	const u8 *bytes; /* points into the log */
	u32 held;        /* of them, known */
};
struct ladder {
	VEC(struct rung) list;
	bool cut; /* too much for a picture: it ends early */
};
/* Is there anything through which messages could go? */
bool ladder_possible(const struct world *);
void ladder_read(const struct scene *, struct ladder *);
void ladder_finish(struct ladder *);
/* It has sent what it got, to others than it had it from, and nothing else. */
bool ladder_relays(const struct ladder *, u32 proc);
/* The message sent or taken last: its number in the list, from 1; 0: there is none. */
size_t ladder_newest(const struct ladder *);

/* ---- ladder_rpc.c ---- */
enum { RPC_FIELDS_MAX = 16 };
struct rpc_field {
	u32 off, len;
	char name[24]; /* "xid 7" */
};
struct rpc {
	bool reply;
	u32 xid, procedure;
	bool has_value; /* one int behind the header: argument or result */
	i32 value;
	u32 n;
	struct rpc_field field[RPC_FIELDS_MAX];
};
/* False: these bytes begin no call and no reply of RPC version 2. */
bool rpc_read(const u8 *bytes, u32 held, u64 length, struct rpc *);
/* "call 1 (100), xid 7", "reply 200, xid 7", "\"hello\"", "44 bytes". */
void rung_label(const struct rung *, struct str *);
/* At most so many bytes of it, as text, or, where it is none, as words of 4 bytes: 20000001 0000810d. */
void rung_bytes(const struct rung *, u32 most, struct str *);
/* How many calls of that number a process has taken, and how many replies to it it has sent; false: it took none, or it
 * only passes messages on. */
bool ladder_count(const struct ladder *, u32 proc, u32 xid, u32 *calls, u32 *replies);

/* ---- ladder_draw.c ---- */
bool ladder_is_stage(const struct view_state *);
/* c NULL: nothing is drawn. Returns how many rows it took; at most `most`: the newest rungs. */
int ladder_draw(struct canvas *c, struct area, int row, int most, const struct scene *);
/* Every rung a sentence, then the newest message by field. */
void words_ladder(const struct scene *, struct str *);

#endif
