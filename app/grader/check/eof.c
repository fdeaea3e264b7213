/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every pipe and FIFO of the program's own that somebody read from was read until its end of file. */
#include "grader/check/all.h"

enum { PIPES = 256 };
struct eof {
	struct {
		u32 task, site;
		char name[24];
		bool read, ended;
	} pipes[PIPES];
};

static void before(struct look *l)
{
	const struct world *w = l->scene->world;
	const struct w_task *t = world_task(w, l->rec->task);
	u32 pipe = world_op_pipe(w, l->rec->task);
	const struct ev_exit *e = rec_body(l->rec);
	struct eof *s = l->state;

	if (l->rec->kind != REC_EXIT || (l->rec->call != CALL_read && l->rec->call != CALL_readv) || !pipe || pipe >= PIPES || !t ||
		!t->op.size || world_pipe(w, pipe)->outside || !l->learners(l->arg, l->rec->task) || e->ret < 0)
		return;
	s->pipes[pipe].ended |= e->ret == 0;
	s->pipes[pipe].read = true;
	s->pipes[pipe].task = l->rec->task;
	world_pipe_name(w, pipe, s->pipes[pipe].name);
	s->pipes[pipe].site = t->op.site;
}

static void end(struct look *l)
{
	const struct eof *s = l->state;

	for (u32 i = 1; i < PIPES; i++)
		if (s->pipes[i].read && !s->pipes[i].ended)
			check_broken(l, s->pipes[i].task, s->pipes[i].site, "%s was not read until its end of file: no read of it returned 0", s->pipes[i].name);
}

const struct check check_eof_seen = {
	.name = "eof_seen",
	.holds = "what was read from a pipe was read until its end of file",
	.verdict = GRADE_WRONG,
	.state = sizeof(struct eof),
	.before = before,
	.end = end,
};
