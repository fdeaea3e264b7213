/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Message queues, POSIX and System V. A queue keeps its messages as spans in the order in which the kernel hands
 * them out: by priority, then age (POSIX), or by age (System V). What a receiver got is told by priority or type,
 * length and hash, so that the world knows which message it was. A send is open until it comes back: its
 * message may be received before (op.done). This header is for queue*.c; the rest of world has private.h.
 *
 * file           | what it holds
 * queue.c        | find, make, forget; open files; names
 * queuecall.c    | calls that make, name, set and remove them
 * queuemessage.c | messages: put, taken, passed over
 * queueop.c      | sends and receives
 * queueseen.c    | world against kernel
 * queuewhy.c     | what a call would do, and who could end its wait
 */
#ifndef WORLD_QUEUE_H
#define WORLD_QUEUE_H

#include "world/private.h"

/* ---- queue.c ---- */
u64 queue_sysv_id(i32 id, u32 space);
void queue_touch(struct world *, u32 queue);
u32 queue_new(struct world *, u32 creator, bool sysv, u64 id); /* 0: no room */
void queue_gone(struct world *, u32 queue);                    /* no name, no id, no open file leads to it */
void queue_check_gone(struct world *, u32 queue);              /* POSIX: so it is when it is unlinked and closed */
void queue_span_give(struct world *, struct w_flow *, u32 before); /* the one behind `before`, 0: the first */
void queue_spans_drop(struct world *, u32 queue);

/* ---- queuemessage.c ---- */
struct queue_message { /* as a receiver tells of it */
	bool any;  /* its priority is not known */
	bool cut;  /* MSG_NOERROR: it may have been longer */
	u64 rank;  /* priority or type */
	u64 size, hash;
};
bool queue_is_receive(const struct w_op *);
bool queue_wants(const struct w_op *, u64 rank);
u32 queue_other_receives(const struct world *, u32 queue, u32 task); /* open ones of others */
bool queue_passed_over(const struct world *, u32 queue, u32 task, const u64 *rank, u64 seq);
void queue_message_put(struct world *, u32 queue, u32 task);
bool queue_message_take(struct world *, u32 queue, u32 task, const struct queue_message *, u64 *size);

/* ---- queueop.c ---- */
bool queue_is_look(const struct w_op *); /* MSG_COPY: takes nothing */
void queue_msg_found(struct world *, u32 task, const struct ev_enter *);

/* ---- queuewhy.c ---- */
bool queue_would_go(const struct world *, u32 queue, const struct w_op *);
enum outlook queue_outlook(const struct world *, u32 task);
bool queue_wait(const struct world *, u32 task, struct ipc_wait *);

#endif
