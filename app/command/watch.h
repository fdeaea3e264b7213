/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch.c: words, JSON, or nothing, beside the program's own output; watch_screen.c: the screen. */
#ifndef COMMAND_WATCH_H
#define COMMAND_WATCH_H

#include <sys/types.h>

#include "command/lib.h"

/* On a terminal, and nothing else was asked for. */
bool watch_wants_screen(const struct invocation *);
/* --held where there is no screen: the prompt. */
bool watch_shell(struct invocation *, struct err *);
/* What is watched gets a terminal of its own, or (pids) is attached to. */
bool watch_screen(struct invocation *, const pid_t *pids, u32 n, struct err *);

/* -p: what cannot hold when ipclab is killed (tracer/attach.c, let_go_stopped). `way`: how to leave. */
#define WATCH_KILLED(way) way " lets go unharmed. Killed by SIGKILL, ipclab may leave a call with EINTR."

#endif
