/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen: what of a run is shown, and where on the canvas. Everything here is computed from a
 * scene (a world, a log, sources) and a view_state (what the learner has selected and opened);
 * nothing is kept between two frames but what view_state says.
 *
 * file          | what it holds
 * frame.c       | header, panes side by side or one at a time, Last, output line, footer
 * stage.c       | which picture the stage is
 * stage_layout.c| up to three processes and their pipes: who and what is in the picture, and where
 * stage_draw.c  | draws them
 * stage_memory.c| the stage where processes share memory (memory.h)
 * below.c       | what stands below the picture: ends, why, source lines
 * picture.c     | the stage as text
 * card.c        | a process on the stage: state, call, line
 * graph.c       | up to a dozen processes and what is between them; graph_layout.c: in layers; graph_draw.c
 * list.c        | more of them as a list, worst first
 * source_pane.c | source with the line each process stands at
 * time.c        | space-time lines; deeds: the events a learner sees
 * last.c        | what happened last
 * fdtable.h     | descriptor tables, link cards: its own table of files
 * text_pane.c   | guide, why, descriptors, output: text that is wrapped and scrolled
 * help.c        | footer and help, from the key table
 * home.c        | the list of labs
 * steer.c       | commands of plain mode and of the `:` line, from steer.def
 */
#ifndef VIEW_SCREEN_H
#define VIEW_SCREEN_H

#include "view/canvas.h"
#include "view/keys.h"
#include "view/lib.h"

enum screen_mode {
	SCREEN_HELD,
	SCREEN_PLAYING,
	SCREEN_LIVE,
	SCREEN_BACK,
	SCREEN_RECORDED,
	SCREEN_ENDED,
};

enum pane {
	PANE_STAGE,
	PANE_GUIDE,
	PANE_SOURCE,
	PANE_TIME,
	PANE_FDS,
	PANE_WHY,
	PANE_OUTPUT,
	PANE_HELP,
	PANE_MEMORY,
	PANE_HEX,
	PANE_LINK,
	PANE_WAITS,
	PANE_LADDER,
	PANE_COUNT,
};
const char *pane_name(enum pane); /* "Stage" */

/* What a question hides besides reasons (guide: hide=full,next,ends). */
enum { HIDE_FULL = 1, HIDE_NEXT = 2, HIDE_ENDS = 4, HIDE_RACE = 8 };

/* What a guide's step shows (view_state.show); 0: everything. */
enum {
	VIEW_SHOW = 1,
	VIEW_PIPE = 2,
	VIEW_ENDS = 4,
	VIEW_WHY = 8,
	VIEW_CONTENTS = 16,
	VIEW_SLOTS = 32,
	VIEW_LAST = 64,
	VIEW_OUTPUT = 128,
	VIEW_MEMORY = 256,
	VIEW_TABLES = 512, /* descriptor tables in place of the picture */
	VIEW_LADDER = 1024, /* messages as arrows in time, in place of the picture */
};

/* Something a learner sees happen: one line of the time pane. */
struct deed {
	u64 event;
	u64 moment; /* the learner's number of it */
	u32 proc;
	u32 other; /* process that was born, 0 */
	u32 pipe;  /* pipe it put into or took from, 0 */
	u8 role;   /* ACCESS_WRITE, ACCESS_READ of `pipe` */
	u8 blocked;
	char text[46]; /* "write(4) = 1" */
};

/* A source line at which a run is to stop. */
struct hold {
	const char *file; /* as struct frame has it */
	u32 line;
};

struct view_state {
	enum screen_mode mode;
	unsigned speed;      /* PLAYING: quarter steps a second */
	u64 moment, moments; /* shown, in all */
	u64 events;          /* LIVE: in all */
	u32 selected;        /* task */
	enum pane lower;     /* which pane is in the lower half */
	enum pane focus;
	enum pane help_for; /* PANE_HELP: the pane that stood in its place */
	bool zoom;     /* the focused pane alone */
	bool watch;    /* any program, found free: no guide */
	bool graph;    /* all of them as a picture, where there is room (graph.c) */
	bool picture;  /* many processes: the selected one's picture in place of the list */
	bool question; /* open: states, never reasons */
	unsigned hide; /* HIDE_* */
	unsigned show; /* VIEW_*; 0: everything */
	bool first;    /* nothing was stepped yet: the footer names one key */
	bool live;     /* real processes (footer) */
	int scroll[PANE_COUNT];
	const char *title;    /* "01 Ordinary pipes" */
	const char *heading;  /* "6/9  Who holds the write end?"; "" */
	const char *lead;     /* first item of the footer: what Enter does; "" or NULL: nothing */
	const char *guide;    /* text of the guide pane, NULL: there is none */
	const char *last;     /* what happened last, one line each; "" */
	const char *message;  /* said in place of Last until the next key; NULL: none */
	const char *out_line; /* "out P2: ...", "" */
	const char *output;   /* all output, escaped, lines */
	const char *find;     /* what was searched for, "" */
	const char *line;     /* LINE mode: what is on the last row in place of the footer; NULL */
	int line_cursor;      /* column in it */
	const struct deed *deeds;
	size_t deeds_n;
	const u32 *delayed; /* tasks left out when all move */
	size_t delayed_n;
	const struct hold *holds;
	size_t holds_n;
};

static inline bool view_shows(const struct view_state *v, unsigned what)
{
	return !v->show || v->show & what;
}

/* view_state.graph is set, and there is room for it. */
bool screen_has_graph(const struct canvas *, const struct scene *, const struct view_state *);
/* A whole frame. */
void screen_draw(struct canvas *, const struct scene *, const struct view_state *);
/* On a canvas of that size source stands beside the rest. */
bool screen_has_beside(const struct canvas *, const struct view_state *);
/* How many lines a pane's text has and how many of them are visible on a canvas of that size, so
 * that scroll can be bounded. */
void screen_pane_size(const struct canvas *, const struct scene *, const struct view_state *,
	enum pane, int *lines, int *visible);

/* The scroll of the guide's pane that shows its text from byte `newest` on, from its beginning; above
 * it whole paragraphs of what is older, as many as have room. */
int screen_guide_scroll(
	const struct canvas *, const struct scene *, const struct view_state *, size_t newest);

/* ---- parts, each in its area ---- */
/* The stage as text, 80 columns wide, for what is kept (picture.c). */
void stage_picture(const struct scene *, u32 selected, struct str *);
/* Rows the stage wants at that width; at least 5. */
int stage_rows(const struct scene *, const struct view_state *, int cols);
void stage_draw(struct canvas *, struct area, const struct scene *, const struct view_state *);
/* More than three living processes: a list. */
bool stage_is_list(const struct scene *, const struct view_state *);
void list_draw(struct canvas *, struct area, const struct scene *, const struct view_state *);
/* Tasks in the order in which up and down go through them: list order, or order of birth. */
u32 screen_tasks(const struct scene *, const struct view_state *, u32 *tasks, u32 max);
void source_draw(struct canvas *, struct area, const struct scene *, const struct view_state *);
/* The line in the middle of the source pane, which scroll moves: where the cursor is. NULL: no source is shown. */
const struct frame *source_cursor(const struct scene *, const struct view_state *, u32 *line);
const char *source_title(const struct scene *, const struct view_state *, struct str *);
void time_draw(struct canvas *, struct area, const struct scene *, const struct view_state *);
/* Appends the deeds of the events first..last, and leaves the timeline at `last`; the vector's
 * texts are whole in themselves. `scene.world` is not used. */
struct deeds {
	struct deed *at;
	size_t n, cap;
};
void deeds_collect(struct timeline *, const struct scene *, u64 first, u64 last, struct deeds *);

/* The lines of Last for the events from + 1 .. to, and the last line written to a terminal ("out P2:
 * ..."). Leaves the timeline at `to`. `question`: one is open, nothing is said of why. */
void last_collect(struct timeline *, const struct scene *, u64 from, u64 to, bool question,
	struct str *last, struct str *out);
/* The bytes that a finished write put on a terminal; false: it is no such thing. */
bool last_output(const struct scene *, const struct happening *, const struct rec *,
	const u8 **bytes, u32 *n);

/* The text of a text pane, lines not yet wrapped. */
void pane_text(enum pane, const struct scene *, const struct view_state *, struct str *);

/* The task whose wait is explained: the selected one, else the first that waits for no child; 0. */
u32 screen_waiter(const struct scene *, const struct view_state *);

/* ---- cards (card.c) ---- */
/* The task that stands for a process: the selected one if it is of it, else its first living one. */
u32 card_task(const struct scene *, const struct view_state *, u32 proc);
const char *card_state(const struct w_task *); /* "BLOCKED" */
unsigned card_state_attribute(const struct w_task *);
/* "POISED", "POISED delayed", and where that has no room "DELAYED". */
void card_state_words(const struct scene *, const struct view_state *, u32 task, int cols, struct str *);
/* "two_writers.c:57" in so many columns. */
void card_place_draw(struct canvas *, struct area, int row, int col, int cols, const char *at);
void card_call(
	const struct scene *, u32 task, struct str *); /* "read(3)"; an ended one: "status 0" */
void card_at(const struct scene *, u32 task, struct str *); /* "consumer.c:9" */
const struct frame *card_frame(
	const struct scene *, u32 task); /* source position it stands at, NULL */

/* ---- footer and help (help.c) ---- */
void footer_draw(struct canvas *, struct area, int row, const struct scene *,
	const struct view_state *, unsigned where);
void help_text(unsigned where, struct str *); /* one key a line */
const char *help_pane(enum pane); /* what a pane is, and which keys it has; "" nothing */

/* ---- home ---- */
struct home_lab {
	const char *id, *title, *group, *about,
		*first; /* "pipe", "Ordinary pipes", "Pipes"; first: "01" */
	int minutes;
	int steps, done;   /* 0: none */
	int questions, asked, predicted; /* in its guide; answered so far; of these right */
	const char *wrong; /* its lab.md cannot be used: file:line:column and why; NULL: it can */
	bool core;
	const char *after;  /* "01": a lab that comes first and is not done; NULL: none */
	const char *slides; /* of the course, as "A", "B"; NULL: none is named */
	bool exercise;     /* and no lab: points stand in place of steps; listed under its lab */
};
struct home {
	const struct home_lab *labs;
	size_t n, selected;
	const char *resume; /* "01 Ordinary pipes, step 3 of 10": a row above the labs; NULL: none */
	const char *review; /* "5 questions are due, about 3 minutes": a row below that one; NULL: none */
	bool on_resume, on_review; /* that row is selected, and no lab */
	const char *message, *line;
	int line_cursor;
	bool help;
	int scroll;
};
void home_draw(struct canvas *, const struct home *);

#endif
