/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keeper: the process that a screen cannot take down with it. It saves the terminal's settings,
 * runs the screen in a child, collects whatever that leaves behind (it is the subreaper), and
 * restores the terminal whatever dies. A journal in $XDG_RUNTIME_DIR/ipclab (else /tmp/ipclab-UID,
 * ours alone) tells the next start when all of us died at once.
 * Killed: the screen -> the keeper restores. The keeper -> the screen gets SIGTERM and leaves. The
 * engine -> the screen says so. It never wakes up otherwise.
 */
#ifndef SESSION_KEEPER_H
#define SESSION_KEEPER_H

#include <sys/types.h>

#include "base/lib.h"

struct keeper;

/* Runs `screen` in a process of its own and waits for it. False: what it failed with, or by what
 * signal it was ended (EXIT code 128 + n). Must be called before any thread is made. */
bool keeper_run(bool (*screen)(struct keeper *, void *arg, struct err *), void *arg, struct err *);

/* In the screen: from now on the terminal must be undone by writing these bytes and restoring its
 * settings (n = 0: no more). At most 256 bytes. */
void keeper_undo(struct keeper *, const char *bytes, size_t n);
/* The undoing itself, to be called from a handler of a fatal signal too: async-signal-safe. */
void keeper_restore(struct keeper *);
/* In the screen: this child is not to be ended with us. */
void keeper_spare(struct keeper *, pid_t);
/* What the last run could not put right, "" if nothing: said once. */
const char *keeper_swept(const struct keeper *);

#endif
