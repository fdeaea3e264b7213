/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For the live proofs of the screen: ipclab started by a shell in a terminal of libvterm, everything
 * of it marked by a variable of its environment, so that it can be found again whatever dies. */
#ifndef LIVE_H
#define LIVE_H

#include <check.h>
#include <termios.h>

#include "vt.h"

struct live {
	struct vt vt;          /* vt.pid is the shell */
	char folder[40];       /* of this test alone: state/ and run/ */
	char mark[64];         /* NAME=VALUE in the environment of all */
	struct termios before; /* as the shell's terminal was */
	bool alternate, cursor_hidden;
	u64 moments; /* how often it was started */
};

enum role { KEEPER, SCREEN, ENGINE, LAB, GUARD /* of the lab's folder: ends after the screen */ };

bool live_soak(void);               /* IPCLAB_SOAK: long counts */
unsigned live_random(unsigned max); /* 0..max-1; IPCLAB_SEED repeats a run */
/* A fresh seed, printed; of a test that runs in rounds: IPCLAB_SEED is that of its first. */
void live_seed(unsigned round);
void live_sleep_ms(unsigned ms);

/* Runs the suite; main's status. */
int live_run(Suite *);

/* Makes the folder. Terminals of one live follow each other; end is live_finish. */
void live_begin(struct live *);
/* `sh -c SCRIPT` in a new terminal. SCRIPT names the program "$IPCLAB" and usually ends in
 * "; exec sleep 1000", so that the terminal outlives it. more: NAME=VALUE, NULL at the end. */
void live_start(struct live *, int rows, int cols, const char *script, const char *const *more);
void live_stop(struct live *); /* kills what is left and closes the terminal */
void live_finish(struct live *);

/* Pids of that role, the shell never among them. */
int live_pids(struct live *, enum role, pid_t *out, int max);
pid_t live_pid(struct live *, enum role); /* the first, 0: none */
/* Takes in output until nothing of ipclab and its lab is left, at most ms. How long it took; -1. */
int live_gone(struct live *, int ms);
/* Likewise, until only keeper and screen are left. */
int live_lab_gone(struct live *, int ms);
/* Likewise, until the terminal is as it was: settings, first screen, cursor. */
int live_sane(struct live *, int ms);
bool live_is_sane(struct live *);
bool live_settings_are_back(struct live *);
void live_say_insane(struct live *); /* what is not as it was, on stderr */
/* Takes in output for that long. */
void live_watch_ms(struct live *, unsigned ms);
bool live_shows(struct live *, const char *text); /* now */
/* Runs a command line with the same environment; its status, its standard output into out. */
int live_command(struct live *, const char *line, struct str *out);

#endif
