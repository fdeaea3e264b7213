/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base: what every other folder may use, and which knows nothing of IPC.
 * Nothing here prints or ends the process. Functions that can fail return bool and fill a
 * trailing `struct err *`; the caller wraps it on the way up, only main.c and command/ print.
 *
 * file     | what it holds
 * err.c    | an error: what is wrong, what to do about it, which exit code it leads to
 * str.c    | a growing string; foreign bytes made harmless for a terminal
 * hash.c   | CRC-32C for records, a 64-bit hash for contents
 * sha256.c | SHA-256, for files whose sums others compare
 * clock.c  | CLOCK_MONOTONIC in ns
 * memory.c | allocation that aborts instead of failing
 */
#ifndef BASE_LIB_H
#define BASE_LIB_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t i32;
typedef int64_t i64;

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* Exit codes of INTERFACES.md. An err carries the one it leads to. */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,  /* the learner's checks failed; why: HANG; explore: a failing schedule */
	EXIT_USAGE = 2,   /* options, unknown words */
	EXIT_MACHINE = 3, /* this machine cannot */
	EXIT_INPUT = 4,   /* bad lab, exercise, log or schedule */
	EXIT_RETRY = 5,   /* grading could not be done, safe to retry */
	EXIT_OURS = 125,  /* watch, why --within: ipclab itself failed, as timeout(1) */
	EXIT_CANNOT_RUN = 126,
	EXIT_NOT_FOUND = 127,
};

struct err {
	int code;       /* enum exit_code; 0 while nothing is wrong */
	int sys;        /* errno behind it, 0 if none */
	char text[768]; /* one or more sentences, no newline at the end, the remedy last */
};

/* Both return false, so that a caller can write `return err_set(...)`. */
bool err_set(struct err *e, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* As err_set, with ": strerror(errno)" after the text; keeps errno in e->sys. */
bool err_sys(struct err *e, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Puts "fmt: " before what is there. */
bool err_wrap(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* A growing string; always ends with NUL when s is not NULL. On memory shortage the process
 * aborts: no caller could say anything sensible without memory. */
struct str {
	char *s;
	size_t len, cap;
};
void str_finish(struct str *); /* frees; usable again afterwards */
void str_clear(struct str *);
void str_add(struct str *, const char *text);
void str_add_bytes(struct str *, const void *bytes, size_t n);
void str_addf(struct str *, const char *fmt, ...) PRINTF_LIKE(2, 3);
void str_vaddf(struct str *, const char *fmt, va_list);
const char *str_get(const struct str *); /* never NULL */
/* Bytes that came from a watched program, as C would write them: \n, \t, \\, \", \x1b, \xff.
 * Every foreign byte that may reach a terminal goes through here (C0, C1, ESC, not ASCII). */
void str_add_escaped(struct str *, const void *bytes, size_t n);
/* The name of a file or program: the same, but letters of any language stay, as in prög. What turns text round, joins or
 * hides letters (bidirectional marks, zero width) is escaped as control characters are. */
void str_add_name(struct str *, const char *name, size_t n);
/* The same for JSON: a quoted string, valid UTF-8; bytes that are none become U+FFFD. */
void str_add_json(struct str *, const void *bytes, size_t n);
/* A text of ours in which foreign names may stand (an error, a path): UTF-8 and newlines stay,
 * other control characters and stray bytes become \x1b, \xff. */
void str_add_harmless(struct str *, const char *text);

u32 crc32c(u32 seed, const void *bytes, size_t n);     /* Castagnoli, seed 0 to begin */
u64 hash64(u64 seed, const void *bytes, size_t n);     /* not cryptographic; stable across versions */
void sha256_hex(const void *bytes, size_t n, char hex[65]);
u64 clock_ns(void);                                    /* CLOCK_MONOTONIC */
void *xmalloc(size_t);                                 /* abort instead of NULL; zeroed */
void *xrealloc(void *, size_t);
char *xstrdup(const char *);

/* A typed growing array: VEC(struct foo) v = {0}; *vec_push(&v) = x; free(v.at). */
#define VEC(T) struct { T *at; size_t n, cap; }
#define vec_push(v)                                                                              \
	((v)->n == (v)->cap ? ((v)->cap = (v)->cap ? 2 * (v)->cap : 8,                           \
	                       (v)->at = xrealloc((v)->at, (v)->cap * sizeof *(v)->at), (void)0) \
	                    : (void)0,                                                           \
	 &(v)->at[(v)->n++])

#endif
