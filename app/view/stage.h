/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stage.c and below.c share. */
#ifndef VIEW_STAGE_H
#define VIEW_STAGE_H

#include "view/screen.h"

/* Each draws from `row` on and returns how many rows it took. */
int stage_holders(
	struct canvas *, struct area, int row, const struct scene *, u32 pipe, bool named);
int stage_reason(
	struct canvas *, struct area, int row, const struct scene *, const struct view_state *);
/* Where each of these processes stands, in the source's own words: only where there is room for all. */
void stage_lines(struct canvas *, struct area, int row, const struct scene *,
	const struct view_state *, const u32 *procs, int n);
bool stage_shows_holders(const struct view_state *);
/* ---- stage_memory.c ---- */
/* There is shared memory, or a lock, to be drawn. */
bool stage_has_memory(const struct scene *, const struct view_state *);
/* And no pipe: the memory is the picture. */
bool stage_is_memory(const struct scene *, const struct view_state *);
bool stage_is_mailbox(const struct scene *, const struct view_state *);
/* "▲ store  ▼ load", where the picture has such marks and there are so many columns. */
void stage_legend(const struct scene *, const struct view_state *, int cols, struct str *);
/* Returns the rows it took; `tasks`: with those who use it. */
int stage_memory_draw(struct canvas *, struct area, int row, const struct scene *,
	const struct view_state *, bool tasks);
int stage_memory_rows(const struct scene *, const struct view_state *, int cols, bool tasks);

/* ---- queue.c: a message queue as a mailbox ---- */
u32 mailbox_shown(const struct scene *, const struct view_state *); /* the queue that is the picture, 0 none */
int mailbox_draw(struct canvas *, struct area, int row, const struct scene *, const struct view_state *, u32 queue);

/* ---- stage_socket.c: a pair of sockets as one box ---- */
bool socket_is_boxed(const struct scene *, u32 socket); /* it is the one of its pair that stands for both */
u32 socket_box_ends(const struct scene *, u32 socket, u32 ends[2]); /* 1 or 2 */
u32 socket_holders(const struct scene *, u32 socket, struct w_end *, u32 max);
/* turned: the pair's second end is drawn at the left. */
void socket_box_title(const struct scene *, u32 socket, bool turned, char *title, size_t room);
/* " :6013 \u2194 :41210 ", a listener's " 127.0.0.1:6013 ": where others find it; "" none. */
void socket_box_names(const struct scene *, u32 socket, bool turned, struct str *);
void socket_draw_inside(struct canvas *, struct area, int row, int col, int cols, const struct scene *,
	const struct view_state *, u32 socket, bool turned);

/* ---- stage_pipe.c ---- */
/* "fifo1 post ■": a FIFO with the last part of its path, where there is room. */
void pipe_title(const struct scene *, u32 pipe, int cols, char *title, size_t room);
void pipe_draw_inside(struct canvas *, struct area, struct area box, const struct scene *, const struct view_state *, u32 pipe);

/* ---- stage_thing.c: an object without bytes as one box ---- */
struct thing {
	u32 kind, object; /* OBJ_EVENTFD ... OBJ_EPOLL, OBJ_SEMS, OBJ_FILE (its locks) */
};
u32 thing_next(const struct scene *, u32 after, struct thing *); /* one after the other, from 0; 0: no more */
u32 thing_holders(const struct scene *, struct thing, struct w_end *, u32 max);
bool thing_is(const struct scene *, struct thing, u32 kind, u32 object);
void thing_title(const struct scene *, struct thing, char *title, size_t room);
int thing_rows(const struct scene *, const struct view_state *, struct thing);
void thing_draw_inside(struct canvas *, struct area, int row, int col, int cols, const struct scene *,
	const struct view_state *, struct thing);

/* The source line a frame stands at, without the blanks before it. */
bool stage_source_text(const struct scene *, const struct frame *, struct str *);

#endif
