/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view: what to show, computed from a world, with no terminal in it. Today: words and JSON. Every
 * byte that came from a watched program (names, contents) is escaped on its way into a sentence.
 *
 * file     | what it holds
 * call.c   | an operation as a noun phrase: "read of fd 3", "read(3)", "write of \"h\" to fd 4"
 * words.c  | a task, a pipe, an end of it, as sentences
 * bytes.c  | contents of writes and pipes, fetched from the log
 * told.c   | an event as a sentence
 * result.c | what a finished call did, as a sentence
 * why.c    | why a task waits, as sentences
 * waits.c  | the wait-for graph as lines
 * report.h | the answer of ipclab why: its own table of files
 * lines.c  | breaking lines at words
 * result_memory.c | the same of accesses, mappings and the C library's objects
 * memory.h | shared memory as pictures and words: its own table of files
 * json.c   | an event as a line of JSON (INTERFACES.md, "watch --json")
 */
#ifndef VIEW_LIB_H
#define VIEW_LIB_H

#include "event/lib.h"
#include "source/lib.h"
#include "world/lib.h"

/* Two styles. SHORT is for a screen: "read(3) at consumer.c:9". PLAIN is for ears and braille: no
 * sentence needs the screen, "read of fd 3, consumer.c line 9". */
enum style { STYLE_SHORT, STYLE_PLAIN };

/* What words are made from. All borrowed; only `world` must be there. */
struct typed;
struct scene {
	const struct world *world;
	const struct log_reader *log;   /* contents of writes; NULL: sizes only */
	struct sources *sources;        /* source lines; NULL: none are said */
	const char *(*actor)(void *arg, u32 proc); /* "producer"; NULL or "": the name alone */
	void *actor_arg;
	enum style style;
	struct typed *typed;            /* C types of segments (view/memory.h); NULL: none are known */
	bool pids;                      /* processes are called by their pids, not P1, P2 */
	bool alone;                     /* a hang among these is told of: nobody outside is going to end a wait */
};

/* Sentences are appended to the string. Those that may be several end each with a newline (one
 * fact a line); the others, marked "phrase", have neither full stop nor newline. */

/* ---- call.c: phrases ---- */
/* "read of fd 3", "read(3)"; `bytes`: with what it would write. `op` is of this task. */
void words_op(const struct scene *, u32 task, const struct w_op *op, bool bytes, struct str *);
/* The call's name as the program's author knows it: "fork" for clone, "wait" for wait4. */
const char *words_call_name(const struct w_op *op);
/* ", consumer.c line 9" or " at consumer.c:9"; nothing when unknown. */
/* "P2", or "4133" where scene.pids; into buf (24 bytes), returned. */
const char *words_proc(const struct scene *, u32 proc, char *buf);
void words_name(const struct scene *, u32 task, struct str *); /* phrase: "P2", "P2.1" */
void words_at(const struct scene *, u32 site, struct str *);
/* "500 ms", "2 s", "250 us": exact where it is short. */
void words_duration(u64 ns, struct str *);
/* "SIGPIPE". */
void words_signal(int sig, struct str *);

/* ---- words.c ---- */
void words_task_name(const struct scene *, u32 task, struct str *); /* phrase: "P2 consumer" */
/* Phrase: "poised before wait, producer.c line 17", "blocked in read of fd 3, consumer.c line 9",
 * "ended with status 0". `bytes`: with what a write would write. */
void words_task_state(const struct scene *, u32 task, bool bytes, struct str *);
/* "P2 consumer, blocked in ... .\n" */
void words_task(const struct scene *, u32 task, struct str *);
/* What the poised call would do were it to run alone: "P2's call would block: pipe1 is empty.\n",
 * or nothing. */
void words_outlook(const struct scene *, u32 task, struct str *);
/* Phrase: "5 of 65536 bytes, contents \"hello\"", "empty". */
void words_pipe_fill(const struct scene *, u32 pipe, struct str *);
/* Phrase: "P1 fd 4, P2 fd 4" or "nobody". */
void words_pipe_holders(const struct scene *, u32 pipe, u32 access, struct str *);
/* "pipe1, empty. Can write: ... .\n" */
void words_pipe(const struct scene *, u32 pipe, struct str *);
/* Phrase: "inherited at fork, main.c line 13" (`origin`: "; first made by pipe, main.c line 8"). */
void words_provenance(const struct scene *, u32 proc, u32 fd, bool origin, struct str *);
void words_pipe_ends(const struct scene *, u32 pipe, struct str *);  /* one line an end */

/* ---- queue.c ---- */
/* "mq1 "/A", 2 messages of at most 4. Waiting to receive, in turn: P2, P3.\n" */
void words_queue(const struct scene *, u32 queue, struct str *);

/* ---- socket.c ---- */
/* "sock1 (/tmp/s), Unix stream, connected to sock2. To take: 5 bytes, contents \"hello\". Held by P1 fd 3.\n"; nothing for one
 * that is gone. */
void words_socket(const struct scene *, u32 socket, struct str *);
const char *words_tcp_state(const struct w_socket *); /* as the kernel said last; "" of what is no TCP */
/* Phrase: "5 bytes, contents \"hello\"", "2 messages, the first \"x\"", "nothing". */
void words_flow(const struct scene *, u32 flow, struct str *);
const char *words_socket_kind(const struct world *, u32 socket); /* "unix", "tcp", "udp" */

/* ---- why.c ---- */
/* PLAIN: one fact a line. SHORT: one sentence without newline. Nothing when it is not blocked. */
void words_why(const struct scene *, u32 task, struct str *);
/* Behind that of the n tasks in `told`: that nobody is left who could wake a circle is said once. */
void words_why_too(const struct scene *, u32 task, const u32 *told, u32 n, struct str *);
/* waits.c: who waits for whom, a line each, and how to mend it. */
void words_waits(const struct scene *, struct str *);
bool words_mend(const struct scene *, struct str *); /* "To mend it: ... .\n"; false: nobody stands still for good */
/* One SHORT sentence, who waits where for what and for whom; false when it is not blocked. */
bool words_wait(const struct scene *, u32 task, struct str *);
/* A time-out of its socket may end that wait: real time, no choice. */
bool words_socket_time(const struct scene *, u32 task);
/* Phrase, what it waits for: "pipe1 is empty", "its child P2 has not ended"; false when it is not
 * blocked. */
bool words_reason(const struct scene *, u32 task, struct str *);

/* ---- told.c ---- */
/* An event needs the world on both sides: what a call was, and to what its descriptor led, is
 * known before its exit; what came of it, after. Begin on the world before, words on the one
 * after. */
struct happening {
	struct w_op op;     /* of rec->task, before */
	u32 pipe, pipe2;    /* pipes that op.fd, op.fd2 led to */
	u32 kind, kind2;    /* enum object_kind of these */
	u32 object;         /* what else op.fd led to (sockets, queues, ...), by kind */
	char bytes[96];     /* the first bytes a read is to get, when they are known */
	u32 bytes_n;
	u64 whole;          /* bytes of the message a receive is to get, when they are known */
	u32 segment;        /* of which an UNMAP takes bytes, from `off` on */
	u64 off;
	bool known;         /* the task was there */
	bool same;          /* it asks for what is the case already (sigaction) */
};
void happening_begin(struct happening *, const struct scene *before, const struct rec *);
/* "P1 closed fd 4, producer.c line 16. Result 0.\n"; nothing for events that are no news to a
 * learner (bookkeeping, the begin of a call), unless `all`. */
void words_event(const struct scene *after, const struct happening *, const struct rec *, bool all,
		 struct str *);
/* rec is the EXIT of h->op (result.c). */
void words_result(const struct scene *after, const struct happening *, const struct rec *,
	struct str *);

/* ---- bytes.c ---- */
/* The contents of the write that begins at that log position: false when the log has none. Points
 * into the log. */
bool bytes_of_write(const struct log_reader *, u64 pos, const u8 **bytes, u32 *n);
/* The first bytes of a pipe, as the spans of the world have them: at most n; returns how many are
 * known. */
u32 bytes_of_pipe(const struct scene *, u32 pipe, u8 *bytes, u32 n);
/* "\"hello\"", cut after `show` bytes: "\"hello wor\" and 12 more bytes". */
void words_bytes(const void *bytes, size_t n, u64 total, struct str *);

/* ---- lines.c ---- */
/* Appends `text` with no line longer than width columns, broken at spaces (words longer than a
 * line are cut). Newlines in text stay. */
void lines_wrap(const char *text, unsigned width, struct str *);
/* Likewise, of text that was broken for another width: the lines of a paragraph, and of an item of a list ("- "), flow. */
void lines_flow(const char *text, unsigned width, struct str *);
/* The up to three of `words` (NULL at its end) nearest to `word`, as "a, b or c"; false: none. */
bool lines_nearest(const char *word, const char *const *words, struct str *);

/* ---- json.c ---- */
/* One event as one line of JSON with its newline. With `lines` also "at". False: a note, nothing
 * added. */
bool json_event(const struct scene *after, const struct happening *, const struct rec *, u64 seq,
		bool lines, struct str *);
/* The last line: what was counted. */
void json_total(const struct world *, struct str *);

#endif
