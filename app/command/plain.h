/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lab and replay have in common: a session in plain mode. */
#ifndef COMMAND_PLAIN_H
#define COMMAND_PLAIN_H

#include "command/lib.h"
#include "shell/lib.h"

/* Runs the shell on standard input and output; the session becomes its. --width is read from inv;
 * `options` may have greeting and restart filled. */
bool plain_run(struct invocation *, struct session *, struct shell_options *, struct err *);
/* The same for a lab with its guide; `options` has lab filled. */
bool plain_run_lab(struct invocation *, struct shell_options *, struct err *);
/* The value of --width, or what suits: false when it is no number that can be. */
bool plain_width(const struct invocation *, unsigned *width, struct err *);
/* Plain mode was asked for (--plain, IPCLAB_PLAIN), or nothing else can be (no terminal, TERM=dumb). */
bool plain_wanted(const struct invocation *);

#endif
