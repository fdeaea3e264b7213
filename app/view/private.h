/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_PRIVATE_H
#define VIEW_PRIVATE_H

#include "view/lib.h"

/* "P2" for the process with that pid, "process 4711" when it is none of ours. */
void words_pid(const struct scene *, i64 pid, struct str *);
/* "status 0", "signal SIGPIPE (broken pipe)": how a process ended, from its wait status. */
void words_wait_status(int status, struct str *);
void words_object(
	const struct scene *, u32 kind, u32 pipe, struct str *); /* "pipe1", "its terminal" */
/* `before`, then the source line; nothing when it is unknown. */
void words_place(const struct scene *, u32 site, const char *before, struct str *);
/* The name that an operation is about: "/OS", a path; nothing when it is about none. */
void words_name_of_op(const struct scene *, const struct w_op *, struct str *);
/* Fills in where the object of a call lies that the world has not met yet (sem_init). */
void op_find_place(const struct world *, u32 task, struct w_op *);
/* load, store or update */
bool call_is_access(u32 call);
/* The C library object of a finished operation: one that it has made, too; 0 none. */
u32 sync_of_op(const struct scene *after, u32 task, const struct w_op *);
/* result_memory.c: true when it was about memory or the C library's objects, and said. */
/* ---- counter.c, filelock.c: false when the call is none of theirs ---- */
bool words_counter_op(const struct scene *, u32 task, const struct w_op *, struct str *);
void words_counter_reason(const struct scene *, const struct why *, struct str *);
bool words_result_counter(const struct scene *after, const struct happening *, const struct rec *, struct str *);
u32 words_terminals(const struct scene *, u32 task, bool *only); /* how many of those are terminals to read from; it is the only one */
bool words_nothing_polled(const struct scene *, u32 task); /* no fd, and no time-out */
/* Something else of what it waits for is open to processes that are not watched: a pipe, a socket. */
bool words_others_outside(const struct scene *, u32 task);
void words_several(const struct scene *, u32 task, struct str *); /* what poll, select, epoll_wait wait for */
bool words_signal_op(const struct scene *, const struct w_op *, struct str *); /* signals.c */
void words_signal_reason(const struct scene *, const struct why *, struct str *);
bool words_result_signal(const struct scene *after, const struct happening *, const struct rec *, struct str *);
bool words_lock_op(const struct scene *, const struct w_op *, struct str *);
void words_lock_reason(const struct scene *, const struct why *, struct str *);
bool words_result_lock(const struct scene *after, const struct happening *, const struct rec *, struct str *);

/* ---- fifo.c: false when the call is about no FIFO ---- */
bool words_fifo_op(const struct scene *, const struct w_op *, struct str *);
bool words_fifo_outlook(const struct scene *, const struct w_task *, struct str *);
void words_fifo_reason(const struct scene *, const struct why *, struct str *);
void words_fifo_title(const struct scene *, const struct w_pipe *, struct str *); /* " (/tmp/p)" */
bool words_result_fifo(const struct scene *after, const struct happening *, const struct rec *, struct str *);

/* ---- queue.c: false when it is about no queue or System V object ---- */
bool words_queue_op(const struct scene *, u32 task, const struct w_op *, bool bytes, struct str *);
bool words_result_queue(const struct scene *after, const struct happening *, const struct rec *, struct str *);
bool words_queue_reason(const struct scene *, const struct why *, struct str *);
bool words_queue_outlook(const struct scene *, u32 task, struct str *);

/* ---- socket.c: false when it is about no socket ---- */
/* What a descriptor of the task leads to, of the objects of world/ipc.h: its index and kind; 0 none. */
u32 object_led_to(const struct world *, u32 task, i32 fd, u32 *kind);
/* The socket of ours with that inode that lives; 0 none. Its name: "sock1 (/tmp/s)". */
u32 words_socket_of_ino(const struct scene *, u64 ino);
void words_socket_name(const struct scene *, u32 socket, struct str *);
void words_queue_name(const struct scene *, u32 queue, struct str *); /* "mq1 "/A"" */
/* Without a peer: those who could are the ones it has exchanged datagrams with. */
bool words_socket_talks(const struct scene *, const struct why *);
bool words_socket_op(const struct scene *, const struct w_op *, struct str *);
bool words_result_socket(const struct scene *after, const struct happening *, const struct rec *, struct str *);
bool words_socket_reason(const struct scene *, const struct why *, struct str *);
const char *words_socket_could(const struct scene *, const struct why *);
bool words_socket_outlook(const struct scene *, u32 task, struct str *);
/* The first bytes that a flow holds, as far as they are known: at most n. */
u32 bytes_of_flow(const struct scene *, u32 flow, u8 *bytes, u32 n);

bool words_result_memory(const struct scene *after, const struct happening *, const struct rec *,
	struct str *);
/* What a descriptor of a task leads to. */
u32 object_of(const struct world *, u32 file, u32 *pipe);

#endif
