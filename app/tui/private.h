/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TUI_PRIVATE_H
#define TUI_PRIVATE_H

#include "session/keeper.h"
#include "schedule/lib.h"
#include "tui/lib.h"
#include "view/memory.h"
#include "view/screen.h"

/* ---- the terminal (term.c) ---- */
struct line;
struct term {
	struct keeper *keeper;
	struct tui_options options;
	void *screen;   /* ncurses' SCREEN */
	void *in, *out; /* FILEs of it */
	struct canvas *canvas;
	struct line *line; /* LINE mode; NULL: NAV */
	unsigned char ahead
		[4096]; /* bytes read and not yet used: typed behind a line, or while we asked */
	size_t ahead_n;
	bool color;
	bool gone;        /* the terminal has hung up */
	bool leaving;     /* SIGTERM, SIGHUP: leave at once */
	bool interrupted; /* SIGINT from outside: as ^C */
	bool suspend;     /* SIGTSTP from outside: as ^Z */
	bool resized;
};
bool term_open(struct term *, struct keeper *, const struct tui_options *, struct err *);
void term_close(struct term *);
/* A descriptor that is readable when a signal came; term_signals takes note of it. */
int term_signal_fd(void);
/* While another program has the terminal: ^\ is its own, and a child's end is a signal. */
void term_lend(bool lent);
void term_signals(struct term *);
/* After a change of size: a new canvas. */
void term_resize(struct term *);
/* Back to the shell that started us, until fg. The caller has paused what plays. */
void term_suspend(struct term *);
/* Something is waiting to be read from the terminal. */
bool term_has_input(const struct term *);
/* Bytes to be used before the terminal is read again; whatever does not fit is lost. */
void term_put_ahead(struct term *, const void *bytes, size_t n);
size_t term_take_ahead(struct term *, void *bytes, size_t n);

/* ---- paint.c ---- */
void paint_begin(struct term *); /* colours */
void paint(struct term *);
void paint_anew(struct term *); /* ^L: everything is drawn again */

/* ---- input.c ---- */
/* The next key, 0: none is there. Never waits (but up to 25 ms behind an Esc). */
u32 input_key(struct term *);
/* One that is a letter but not of ASCII: an input method is on. */
bool input_is_foreign(u32 key);

/* ---- line.c ---- */
enum line_end { LINE_GOES_ON, LINE_DONE, LINE_CANCELLED };
typedef VEC(char *) line_words;
/* Reads a line behind this prompt; `words` (NULL at the end, may be NULL) are completed. */
void line_begin(struct term *, const char *prompt, const char *const *words);
/* Takes what is there. LINE_DONE: *text is the line, to be freed, and LINE mode is left. */
enum line_end line_read(struct term *, char **text);
/* What stands on the row, and where the cursor is in it. */
const char *line_text(struct term *, int *cursor);
void line_resize(struct term *);

/* ---- a run on the screen ---- */
enum { SAMPLE_NS = 50 * 1000 * 1000, /* LIVE: 20 times a second */
	QUIET_SAMPLES = 40, /* so many that showed nothing new: it sleeps until something is recorded */
	LIST_NS = 1500 * 1000 * 1000 };
enum asking { ASK_NOTHING, ASK_AGAIN, ASK_INTERFERE, ASK_LEAVE };
enum line_use { USE_COMMAND, USE_SEARCH, USE_SEND, USE_ANSWER };

/* Where a run comes from. */
struct run_source {
	struct session *(*start)(void *arg, struct err *);
	void *arg;
	char *title;           /* "01 Ordinary pipes" */
	const struct lab *lab; /* whose guide is followed; NULL: none, `start` is called */
	u32 step;              /* of it, TUI_RESUME */
	const struct guide_question *review; /* of it: this one alone is asked; NULL: none */
	u32 seed;
	const struct str *said; /* by start, to be shown; NULL: nothing */
	bool watch, attached;   /* as of struct tui_start */
	void (*over)(void *arg, struct session *);
};

struct screen_guide;
struct screen_run {
	struct term *term;
	const struct run_source *source;
	struct screen_guide *guide; /* NULL: none */
	struct session *session;
	struct view_state view;
	struct scene scene;
	struct typed *typed; /* C types of the segments of this session */
	bool ended; /* all processes have ended */
	bool free;  /* LIVE */
	bool playing;
	unsigned speed; /* index into the notches */
	u64 list_until; /* until then the list is shown, ns */
	u64 next_tick;  /* ns, of play and of LIVE's samples */
	u32 quiet;      /* LIVE: samples that showed nothing new, since the last that did */
	u32 last_moved;
	u64 told_event; /* up to here Last tells */
	struct str last, message, output, out_line, find;
	size_t output_seen;
	VEC(struct hold) holds;
	VEC(u32) delayed; /* tasks that a, c and play leave out */
	struct deeds deeds;
	u64 deeds_from, deeds_to;
	enum asking asking;
	enum line_use line_use;
	u32 pass_asked;        /* s again lets this task's time-out pass */
	bool now_said;         /* "this is now" was said: the next press moves */
	bool interrupted_once; /* ^C again leaves */
	bool foreign_said;
	bool leaving, to_home;
	bool dirty; /* to be drawn again */
};

/* Runs until it is left. *home: the learner asked for the list of labs. The session is ended here. */
bool run_screen(struct term *, const struct run_source *, bool *home, struct err *);
void run_say(struct screen_run *, const char *fmt, ...) PRINTF_LIKE(2, 3);
void run_say_error(struct screen_run *, const struct err *);
bool run_is_now(const struct screen_run *);
void run_session_began(struct screen_run *); /* r->session is a fresh one */
void run_scene(struct screen_run *);         /* after the shown world has changed */
bool run_restart(struct screen_run *);
void run_line_begin(struct screen_run *, enum line_use, const char *prompt);

/* ---- dispatch.c ---- */
void run_key(struct screen_run *, u32 key);
void run_interrupt(struct screen_run *);
void run_search(struct screen_run *, const char *what);
void run_view(struct screen_run *, enum pane);

/* ---- leave.c ---- */
void leave_ask(struct screen_run *); /* q at the top */
void leave_answer(struct screen_run *, u32 key);
/* ---- lent.c ---- */
void lent_to_program(struct screen_run *);

/* ---- interfere.c ---- */
void interfere_ask(struct screen_run *);
void interfere_answer(struct screen_run *, u32 key);
bool interfere(struct screen_run *, u32 task, const char *what); /* "short"; false: there is no such thing */
bool is_delayed(const struct screen_run *, u32 task);
void delays_end(struct screen_run *);
/* schedule_next without those that are delayed. */
u32 next_undelayed(const struct screen_run *, const struct world *, u32 last);

/* ---- hold.c ---- */
void hold_toggle(struct screen_run *); /* at the source pane's cursor */
bool hold_is_here(const struct screen_run *);
/* A task has come to a hold in an event after `since`: which, and where. */
bool hold_met(struct screen_run *, u64 since, struct str *out);
void holds_finish(struct screen_run *);

/* ---- edit.c ---- */
/* A file in the learner's editor, which has the terminal meanwhile. */
bool edit_file(struct term *, const char *path, u32 line, struct err *);
/* A schedule's stage, by an ipclab of its own to which the terminal is lent until it ends. */
bool replay_schedule(struct term *, const char *path, struct err *);
/* The source line at which a task stands, in the learner's editor. */
void run_edit(struct screen_run *, u32 task);

/* ---- branch.c ---- */
void run_branch(struct screen_run *);
void run_save_schedule(struct screen_run *, const char *args);

/* ---- motion.c ---- */
void motion_line(struct screen_run *, u32 task); /* to its next source line */
void motion_step(struct screen_run *, u32 task);
void motion_all(struct screen_run *);
void motion_continue(struct screen_run *);
void motion_play(struct screen_run *); /* play, pause */
void motion_tick(struct screen_run *); /* the next step of play */
void motion_pause(struct screen_run *);
void motion_speed(struct screen_run *, int by);
void motion_pace(struct screen_run *, unsigned steps); /* a second, or the next notch above */
void motion_live(struct screen_run *, bool on);
void motion_pass(struct screen_run *, u32 task);
void motion_signal(struct screen_run *, u32 task, int sig);
void motion_fault(struct screen_run *, u32 task, enum fault_kind);
void motion_type(struct screen_run *, const char *bytes, size_t n);
bool motion_forward(struct screen_run *); /* in time; false: this is now */
bool motion_back(struct screen_run *, u64 moments);
void motion_to_moment(struct screen_run *, u64 moment);
void motion_to_end(struct screen_run *);
u64 motion_interval_ns(const struct screen_run *);

/* ---- tell.c ---- */
/* What happened after event `from` up to the one shown: the lines of Last, and of the output. */
void tell_since(struct screen_run *, u64 from);
void tell_moment(struct screen_run *); /* of the moment that is shown */
void tell_deeds(struct screen_run *);  /* brings the time pane's deeds up to what is shown */
void tell_output(struct screen_run *);

/* ---- guide.c ---- */
bool lesson_begin(
	struct screen_run *, const struct lab *, u32 step, struct err *); /* starts the processes */
void lesson_end(struct screen_run *);
void lesson_view(struct screen_run *); /* text, heading, footer, what is hidden */
void lesson_scroll(struct screen_run *);
void lesson_newest(struct screen_run *); /* what is new comes into sight anew */
bool lesson_asks(const struct screen_run *); /* a question waits for its answer */
void lesson_answer(struct screen_run *, const char *text);
void lesson_enter(struct screen_run *);
void lesson_choose(struct screen_run *, u32 choice); /* from 0 */
void lesson_choose_by(struct screen_run *, int by);
/* True: this key must not move anybody now, and that was said. */
bool lesson_forbids(struct screen_run *, enum key_id);
/* The learner moved processes: the command as a do block would have it. No guide: nothing. */
void lesson_until(struct screen_run *, const char *command); /* "step P1 until ..." */
void lesson_moved(struct screen_run *, const char *command);
void lesson_set(struct screen_run *, const char *args); /* "size 4" */
/* Builds the program of this step from the copy in that folder, and begins the step again with it. */
bool lesson_build(struct screen_run *, const char *copy, struct err *);
void lesson_again(struct screen_run *);          /* this step, on fresh processes */
void lesson_goto(struct screen_run *, u64 step); /* from 1 */
void lesson_solution(struct screen_run *);
void lesson_run(struct screen_run *, const char *args); /* an experiment */
void lesson_notebook(struct screen_run *);              /* all its runs */

/* ---- commands.c ---- */
void run_command(struct screen_run *, const char *line);
const char *const *command_words(void); /* for completion */
/* The canvas as text into a file. */
bool save_display(const struct canvas *, const char *path, struct err *);
void text_of_map(struct str *);

/* ---- home.c ---- */
/* Returns the lab to open, NULL: leave. */
const struct lab *home_screen(struct term *, const struct labs *, const char *message);

/* ---- review.c ---- */
/* The questions that are due, one after the other. `message` gets what came of it. */
bool review_screen(struct term *, const struct labs *, struct str *message, struct err *);

#endif
