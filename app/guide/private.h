/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of guide/ share. */
#ifndef GUIDE_PRIVATE_H
#define GUIDE_PRIVATE_H

#include "event/lib.h"
#include "guide/lib.h"
#include "guide/yaml.h"

enum { GUIDE_BYTES_MAX = 1 << 20, GUIDE_OPTIONS_MAX = 15, GUIDE_STEPS_MAX = 64 };

/* ---- cond.c: a condition as a tree in one array ---- */
enum node_kind {
	/* booleans */
	NODE_OR,
	NODE_AND,
	NODE_NOT,      /* left, right */
	NODE_COMPARE,  /* left cmp right, numbers */
	NODE_RETURNED, /* actor, calls, right: value (0: any) with cmp */
	NODE_FAILED,   /* actor, calls, number: errno (0: any) */
	NODE_BLOCKED,  /* actor, calls (none: any), pipe (0: any) */
	NODE_POISED,   /* actor, calls */
	NODE_RUNNING,
	NODE_GONE,
	NODE_ALIVE,
	NODE_STUCK,  /* actor */
	NODE_EXITED, /* actor, number: status, -1 any */
	NODE_KILLED, /* actor, number: signal, 0 any */
	NODE_SAID,   /* actor, text */
	NODE_HOLDS,  /* pipe, cmp, right */
	NODE_FULL,
	NODE_EMPTY,   /* pipe */
	NODE_HOLDERS, /* pipe, access, names */
	NODE_SPINNING, /* actor */
	NODE_OWNER,    /* object: a mutex; names: nobody or one */
	NODE_CONFLICT, /* names: two */
	NODE_FD,       /* actor, number: fd; access: what of it; object or text: where; names: the other one */
	NODE_RUNS,     /* actor, text */
	NODE_ZOMBIE,   /* actor */
	NODE_OBJECT_HOLDS, /* object, access: 1 connections that wait, cmp, right */
	NODE_STATE,    /* object: a socket, number: of TCP */
	/* numbers */
	NODE_NUMBER, /* number */
	NODE_CAPACITY,
	NODE_SLOTS,
	NODE_USED,
	NODE_BYTES,
	NODE_ROOM,
	NODE_WRITERS,
	NODE_READERS, /* pipe */
	NODE_CALLS,   /* actor, calls: how often they returned */
	NODE_RESULT,  /* actor, calls: what the last of them returned */
	NODE_STATUS,  /* actor */
	NODE_SYSTEM,  /* actor: how many system calls it began */
	NODE_FIELD,   /* object: a segment; text: the field */
	NODE_SEGMENT_SIZE,
	NODE_SYNC_VALUE, /* object */
	NODE_SAW,     /* actor, object, text: what it last saw there */
	NODE_ADD,
	NODE_SUB,     /* left, right */
	NODE_PRINTED, /* actor: the last line, text */
};
enum compare { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE };
/* Calls by number. */
struct call_set {
	u64 bits[(CALL_COUNT + 63) / 64];
};
struct node {
	enum node_kind kind;
	enum compare cmp;
	u32 left, right; /* node numbers, 0 none */
	u32 actor;       /* P1: 1 << 8; P2.1: 2 << 8 | 1 */
	u32 pipe;        /* pipe1: 1; fifo1: NODE_FIFO + 1 */
	struct call_set calls; /* empty: any */
	u32 access;      /* NODE_HOLDERS */
	i64 number;
	u32 names[8]; /* NODE_HOLDERS: actors */
	u32 names_n;
	u32 from, to; /* its text: bytes of source */
	char object[16]; /* "shm1", "sem1"; also where POISED and BLOCKED have one. "": none */
	char *text;      /* a field of a segment, NULL: all of it */
};
enum { NODE_FIFO = 1000000 };
enum { COND_NODES_MAX = 128, COND_DEPTH_MAX = 24 };
struct cond {
	char *source;
	VEC(struct node) nodes; /* nodes.at[0] is unused */
	u32 root;
};
const struct node *cond_node(const struct cond *, u32);
bool node_has_call(const struct node *, unsigned call);
/* The name in the man page that stands for these calls, NULL: none does. */
const char *calls_family(const struct call_set *);
bool calls_by_name(const char *name, struct call_set *);
bool calls_has(const struct call_set *, unsigned call);
bool calls_empty(const struct call_set *);
bool calls_share(const struct call_set *, const struct call_set *); /* have one in common */
bool calls_same(const struct call_set *, const struct call_set *);
/* "P1" and "P2.1"; buf of 24. */
const char *actor_name(u32 actor, char *buf);
bool actor_parse(const char *text, size_t n, u32 *actor);
const char *pipe_named(u32 pipe, char *buf); /* "pipe1", "fifo1"; buf of 24 */
bool pipe_parse(const char *text, size_t n, u32 *pipe);
/* "shm1", "sem2": how long the name is, 0: it is none. */
size_t segment_parse(const char *text, size_t n);
size_t sync_parse(const char *text, size_t n);
int signal_by_name(const char *name); /* "SIGPIPE"; 0 unknown */
int errno_by_name(const char *name);  /* "EPIPE"; 0 unknown */
u32 actor_task(const struct world *, u32 actor);
u32 node_pipe(const struct world *, const struct node *);
bool node_holds(const struct cond *, u32 node, const struct cond_view *);

/* ---- cond_fd.c ---- */
bool fd_holds(const struct node *, const struct cond_view *);
bool runs_holds(const struct node *, const struct cond_view *);
bool object_holds_value(const struct node *, const struct cond_view *, i64 *value);
void fd_explain(const struct node *, const struct cond_view *, struct str *);
void runs_explain(const struct node *, const struct cond_view *, struct str *);
bool state_holds(const struct node *, const struct cond_view *);
void state_explain(const struct node *, const struct cond_view *, struct str *);
size_t flow_parse(const char *text, size_t n); /* "sock1", "mq1" */

/* ---- strings that live as long as the guide ---- */
struct pool {
	VEC(void *) blocks;
};
void *guide_take(struct pool *, size_t n);
char *guide_text(struct pool *, const char *s, size_t n);
void guide_pool_destroy(struct pool *);

/* ---- a file being read ---- */
struct reading {
	const char *file;
	struct pool *pool;
	struct guide *guide;
	const char *bytes; /* the whole file */
	size_t n;
	VEC(size_t) lines; /* where each line begins; lines.at[0] is line 1 */
	VEC(char *) ids;   /* of questions and experiments so far */
	struct err *err;
};
bool reading_error(struct reading *, u32 line, u32 column, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* Line `line` (from 1) without its newline. */
const char *reading_line(const struct reading *, u32 line, size_t *n);
bool reading_id(struct reading *, const char *id, u32 line, u32 column); /* new, and well formed */
/* "pipe tidy" at that place: a program of the front matter and its arguments. */
bool start_read(struct reading *, const char *text, u32 line, u32 column, struct guide_start *);

/* Every $name among the arguments is a parameter of the front matter. */
bool dollars_read(struct reading *, char *const *args, struct guide_mark);

/* front.c: lines 2..last hold the front matter. */
bool front_read(struct reading *, u32 last);
/* block.c: a fenced block; its content is lines first..last of the file. */
bool predict_read(struct reading *, const char *info, u32 info_line, u32 first, u32 last,
	struct guide_block *);
bool do_read(struct reading *, u32 first, u32 last, struct guide_block *);
bool expect_read(struct reading *, u32 first, u32 last, struct guide_block *);
bool goal_read(struct reading *, u32 first, u32 last, struct guide_block *);
/* notebook.c */
bool experiment_read(struct reading *, const char *info, u32 info_line, u32 first, u32 last,
	struct guide_block *);

/* ---- play.c ---- */
/* The step whose fresh processes this one goes on with. */
u32 step_base(const struct guide *, u32 step);
/* Fresh processes at the beginning of that step. */
bool step_prepare(const struct guide *, u32 step, const struct guide_host *, struct err *);
struct cond_view host_view(const struct guide_host *, u64 since);

/* ---- yaml.c: guide/yaml.h ---- */
bool yaml_want_text(
	struct yaml_file *, yaml_ref, const char *what, struct pool *, char **, struct err *);

#endif
