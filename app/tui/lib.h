/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tui: the screen, by ncurses and readline. Copies view's canvas to the terminal, reads keys, and
 * turns them into calls of session. Decides nothing about what is shown (that is view's) and
 * nothing about processes (session's). Runs in a process of its own under the keeper.
 *
 * file       | what it holds
 * tui.c      | from a verb to a screen: keeper, terminal, home or a run, back
 * term.c     | the terminal: newterm, size, probe of box lines, suspend, restore, signals
 * paint.c    | canvas -> ncurses; attributes -> looks
 * input.c    | NAV: keys, as numbers of view/keys.h
 * line.c     | LINE: readline on the last row
 * run.c      | the screen of a run: state, frame, the loop
 * dispatch.c | what each key does there
 * interfere.c | signals, delays, faults
 * hold.c     | source lines at which a run stops
 * edit.c     | the source in the learner's editor
 * branch.c   | another way from a moment looked back at; the choices as a file
 * motion.c   | what moves processes, and time
 * tell.c     | what happened last; deeds for the time pane; output
 * leave.c    | leaving a watched program
 * lent.c     | the program's own terminal, the whole window
 * guide.c    | the guide of a lab: steps begin and go on, what comes of moves
 * guide_enter.c | Enter, and the keys that choose an answer
 * guide_view.c  | its text, heading and footer as the view is told them
 * experiment.c | its experiments
 * commands.c | the `:` line: an action for each command of view/steer.def
 * exercise.c | an exercise: its checks, the one that failed, the learner's next moves
 * home.c     | the list of labs
 */
#ifndef TUI_LIB_H
#define TUI_LIB_H

#include "lab/lib.h"
#include "session/lib.h"

enum tui_color { TUI_COLOR_AUTO, TUI_COLOR_ALWAYS, TUI_COLOR_NEVER };

struct tui_options {
	bool ascii;
	bool no_motion; /* nothing is drawn that was not asked for by a key: no LIVE, no play */
	enum tui_color color;
};

/* Can a screen be drawn here? False: standard input or output is no terminal, TERM is dumb,
 * IPCLAB_PLAIN is set: use plain mode. */
bool tui_possible(void);
/* A lab on the screen: `args` replace those of lab.md when not NULL. EXIT_MACHINE when the terminal
 * cannot be used. */
/* step: where the guide begins, from 0; TUI_RESUME: where the learner stopped. */
#define TUI_RESUME UINT32_MAX
bool tui_lab(const struct lab *, const char *const *args, u32 step, const struct tui_options *,
	struct err *);
bool tui_replay(const char *path, const struct tui_options *, struct err *);
/* Any run: start is called in the screen's process, and again by R. */
struct tui_start {
	struct session *(*start)(void *arg, struct err *);
	void *arg;
	const char *title;
	const struct str *said; /* after start: shown first, its first line */
	bool watch;             /* any program, run free: `q` asks what is to become of it */
	bool attached;          /* it ran before us: R cannot begin it anew */
	void (*over)(void *arg, struct session *); /* before the session is ended; may be NULL */
};
bool tui_run(const struct tui_start *, const struct tui_options *, struct err *);
/* An exercise in a folder (tries.h), which is made where it is not there. */
struct exercise;
bool tui_exercise(const struct exercise *, const char *folder, const struct tui_options *, struct err *);
/* The questions that are due. */
bool tui_review(const struct labs *, const struct tui_options *, struct err *);
/* The list of labs, from which labs are opened. */
bool tui_home(const struct labs *, const struct tui_options *, struct err *);

#endif
