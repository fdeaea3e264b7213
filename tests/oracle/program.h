/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pipe program as data: up to six processes or threads, each a list of operations. gen.c makes one from a
 * seed, target.c carries it out with plain libc calls, oracle.c watches it being carried out.
 * Every program is bounded: there are no loops, and each process is forked at most once. A
 * process may well block for ever in a call; that is a legitimate outcome.
 *
 * file      | what it holds
 * program.c | text <-> struct program
 * gen.c     | seed -> struct program
 * target.c  | struct program -> real calls
 * kernel.c  | the oracle's own look at /proc and at pipes, sharing no code with app/
 * contents.c| what pipes hold, copied out and compared with what was recorded
 * runs.c    | one program stepped by chance, run free, watched, run alone
 * readback.c| its log folded again and sought in
 * oracle.c  | options, many seeds, totals
 */
#ifndef ORACLE_PROGRAM_H
#define ORACLE_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { PROC_MAX = 6, OPS_MAX = 96, REPORT_FD = 900, IO_MAX = 200000 };

/* name, what a, b, c mean */
#define OPS(X)                                                    \
	X(pipe, "-")                                              \
	X(pipe2, "flags")                                         \
	X(fork, "process")                                        \
	X(thread, "process: a thread that carries out that list") \
	X(dup, "fd")                                              \
	X(dup2, "fd to")                                          \
	X(dup3, "fd to flags")                                    \
	X(fdup, "fd least cloexec: fcntl F_DUPFD")                \
	X(setfl, "fd flags: fcntl F_SETFL")                       \
	X(setfd, "fd flags: fcntl F_SETFD")                       \
	X(setsize, "fd bytes: fcntl F_SETPIPE_SZ")                \
	X(fionbio, "fd on")                                       \
	X(close, "fd")                                            \
	X(closerange, "first last flags")                         \
	X(read, "fd bytes")                                       \
	X(write, "fd bytes")                                      \
	X(readv, "fd bytes pieces")                               \
	X(writev, "fd bytes pieces")                              \
	X(readall, "fd bytes: until all or end of file")          \
	X(writeall, "fd bytes: until all or an error")            \
	X(splice, "from to bytes")                                \
	X(tee, "from to bytes")                                   \
	X(wait, "options: one child")                             \
	X(waitall, "-: all children, statuses added up")          \
	X(sleep, "microseconds")                                  \
	X(kill, "process signal")                                 \
	X(poll, "fd events milliseconds")                         \
	X(exec, "-: itself, going on with the rest")              \
	X(exit, "status")

enum op_kind {
#define X(name, meaning) OP_##name,
	OPS(X)
#undef X
		OP_COUNT
};

struct op {
	enum op_kind kind;
	int32_t a, b, c;
};

enum usr1 { USR1_KILLS, USR1_RESTARTS, USR1_INTERRUPTS, USR1_IGNORED };

struct proc {
	bool ignore_sigpipe;
	enum usr1
		usr1; /* what SIGUSR1 does to it: default action, handler with or without SA_RESTART */
	int n;
	struct op ops[OPS_MAX];
};

struct program {
	uint64_t seed;
	bool fixed; /* no schedule changes what it prints and returns */
	int procs;
	struct proc proc[PROC_MAX];
};

void program_generate(struct program *, uint64_t seed, bool fixed);
bool program_save(const struct program *, FILE *);
bool program_load(struct program *, FILE *);

/* xorshift64*: the same numbers everywhere. */
struct chance {
	uint64_t x;
};
uint32_t chance_next(struct chance *);
uint32_t chance_below(struct chance *, uint32_t n);
bool chance_percent(struct chance *, uint32_t percent);

#endif
