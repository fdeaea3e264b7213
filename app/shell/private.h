/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SHELL_PRIVATE_H
#define SHELL_PRIVATE_H

#include "shell/lib.h"
#include "view/memory.h"
#include "view/steer.h"

struct input;
struct shell_guide;

struct shell {
	struct session *session;
	const struct shell_options *options;
	struct input *input;
	struct shell_guide *guide; /* NULL: none */
	struct str answer;         /* what the last command answered, for `again` */
	struct typed *typed;       /* C types of the segments of this session */
	u32 selected;              /* task, 0 none */
	u32 last_moved;            /* task, for the order of birth */
	VEC(u32) touched;          /* pipes that calls told last were about */
	u64 changes_from;          /* event before what `changes` is about */
	bool by_guide;             /* the guide moves: what a call would do is for its next question */
	unsigned line;             /* of the script */
	bool leaving;
	int status;
};

/* words[0] is the command; rest is the line behind it. */
typedef void (*shell_action)(struct shell *, int n, char **words, const char *rest);

/* ---- table.c ---- */
shell_action shell_action_of(enum steer_id); /* NULL: not in plain mode */
bool shell_moves(enum steer_id);             /* it lets processes move */

/* ---- shell.c ---- */
/* sh->session is a fresh one. */
void shell_begin(struct shell *);

/* ---- say.c ---- */
void say(struct shell *, const char *fmt, ...) PRINTF_LIKE(2, 3); /* whole lines */
void say_text(struct shell *, const char *text);
void say_error(struct shell *, const struct err *); /* what a session call refused */
/* A line that could not be understood: counts towards the exit code, names the script's line. */
void complain(struct shell *, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* ---- input.c ---- */
struct input *input_create(struct shell *, bool interactive);
void input_destroy(struct input *);
/* The next line, to be freed; NULL at the end. */
char *input_line(struct input *, const char *prompt);
void input_remember(struct input *, const char *line); /* into the history */
/* True when ^C came since the last time. */
bool input_interrupted(void);
/* Waits that long; true when Enter or ^C ended it early. On a script: returns at once. */
bool input_pause(struct input *, unsigned ms);

/* ---- complete.c ---- */
struct shell_words { /* for readline: commands and actors, freed by completion */
	VEC(char *) list;
};
void complete_words(const struct shell *, struct shell_words *);

/* ---- the world that is shown ---- */
struct scene shell_scene(struct shell *);
const struct world *shell_world(struct shell *);
u64 shell_event(struct shell *); /* where we are, in events and in moments */
u64 shell_moment(struct shell *);
bool shell_is_now(struct shell *); /* the next step moves real processes */
/* "P2", "p2", "2": 0 after a complaint that names the actors there are. */
u32 shell_actor(struct shell *, const char *word);
bool shell_number(struct shell *, const char *word, u64 *n); /* complains */
/* "Held, at event 32." */
void shell_position(struct shell *, struct str *);

/* ---- narrate.c ---- */
/* What happened after event `from` up to event `to`, one line each; leaves the shown world where
 * it was. Returns the number of lines. `task`: *acted is set when that task did something told. */
u32 narrate(struct shell *, u64 from, u64 to, struct str *);
/* Where those stand that moved after event `from`, and those still blocked on what was touched. */
void narrate_standing(struct shell *, u64 from, struct str *);
u64 moment_of(struct shell *, u64 event);

/* ---- move.c ---- */
/* One step of a real process, told. False: refused, said. */
bool move_step(struct shell *, u32 task);
bool move_pass(struct shell *, u32 task);
void move_tell(struct shell *, u64 from);
/* The process that `step` and `line` mean: by its name, else the selected one, else the only one that
 * can. 0: none, said. */
u32 move_task(struct shell *, const char *word);
void move_say_cannot(struct shell *, u32 task);
/* Says why nobody can move, and what could be done. */
void move_say_stuck(struct shell *);
/* Forward in the log to the next moment in which something is told (of `task`, 0: of anybody).
 * False at its end. */
bool move_forward(struct shell *, u32 task);
void say_this_is_now(struct shell *);

/* ---- the commands ---- */
#define SHELL_COMMAND(name) void do_##name(struct shell *, int n, char **words, const char *rest)
SHELL_COMMAND(step);
SHELL_COMMAND(line);
SHELL_COMMAND(all);
SHELL_COMMAND(continue);
SHELL_COMMAND(play);
SHELL_COMMAND(live);
SHELL_COMMAND(pause);
SHELL_COMMAND(pass);
SHELL_COMMAND(signal);
SHELL_COMMAND(send);
SHELL_COMMAND(eof);
SHELL_COMMAND(back);
SHELL_COMMAND(forward);
SHELL_COMMAND(first);
SHELL_COMMAND(now);
SHELL_COMMAND(goto);
SHELL_COMMAND(branch);
SHELL_COMMAND(schedule);
SHELL_COMMAND(look);
SHELL_COMMAND(why);
SHELL_COMMAND(ends);
SHELL_COMMAND(descriptors);
SHELL_COMMAND(ladder);
SHELL_COMMAND(link);
SHELL_COMMAND(source);
SHELL_COMMAND(output);
SHELL_COMMAND(select);
SHELL_COMMAND(events);
SHELL_COMMAND(changes);
SHELL_COMMAND(again);
SHELL_COMMAND(guide);
SHELL_COMMAND(do);
SHELL_COMMAND(next);
SHELL_COMMAND(run);
SHELL_COMMAND(notebook);
SHELL_COMMAND(set);
SHELL_COMMAND(solution);
SHELL_COMMAND(restart);
SHELL_COMMAND(help);
SHELL_COMMAND(quit);

#endif
