/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends of a pipe that a process does not use are closed before it begins to use the other one. */
#include <string.h>

#include "grader/check/all.h"

enum { PAIRS = 512 };
struct ends { /* processes that have begun with a pipe */
	u32 n;
	struct {
		u32 proc, pipe;
	} begun[PAIRS];
};

static bool begins(struct ends *s, u32 proc, u32 pipe)
{
	for (u32 i = 0; i < s->n; i++)
		if (s->begun[i].proc == proc && s->begun[i].pipe == pipe)
			return false;
	if (s->n < PAIRS)
		s->begun[s->n++] = (typeof(s->begun[0])){proc, pipe};
	return true;
}

static bool is_read(u16 call)
{
	return call == CALL_read || call == CALL_readv || call == CALL_splice;
}

static bool is_write(u16 call)
{
	return call == CALL_write || call == CALL_writev;
}

/* At the begin of a call on one end: does its process hold the other end, `kept`, too? */
static void look_at_ends(struct look *l, u32 kept)
{
	const struct world *w = l->scene->world;
	const struct w_task *t = world_task(w, l->rec->task);
	u32 pipe = world_op_pipe(w, l->rec->task), n;
	struct str from = {0};
	struct w_end ends[64];
	char who[24], name[24];

	if (!pipe || !t || !l->learners(l->arg, l->rec->task) || world_pipe(w, pipe)->outside || !begins(l->state, t->proc, pipe))
		return;
	n = world_pipe_ends(w, pipe, kept, ends, ARRAY_LEN(ends));
	for (u32 i = 0; i < n && i < ARRAY_LEN(ends); i++) {
		if (ends[i].proc != t->proc)
			continue;
		words_provenance(l->scene, t->proc, ends[i].fd, true, &from);
		check_broken(l, l->rec->task, l->rec->site, "%s begins to %s %s and still holds its %s end, fd %d, %s",
			world_proc_name(w, t->proc, who), kept == ACCESS_WRITE ? "read" : "write to", world_pipe_name(w, pipe, name),
			kept == ACCESS_WRITE ? "write" : "read", world_fd(w, ends[i].fd)->fd, str_get(&from));
		str_finish(&from);
		return;
	}
}

static void before_reads(struct look *l)
{
	if (l->rec->kind == REC_ENTER && is_read(l->rec->call))
		look_at_ends(l, ACCESS_WRITE);
}

static void before_writes(struct look *l)
{
	if (l->rec->kind == REC_ENTER && is_write(l->rec->call))
		look_at_ends(l, ACCESS_READ);
}

const struct check check_unused_ends_closed = {
	.name = "unused_ends_closed",
	.holds = "who reads a pipe has closed its write end before the first read",
	.verdict = GRADE_LEAK,
	.state = sizeof(struct ends),
	.after = before_reads,
};
const struct check check_unused_read_ends_closed = {
	.name = "unused_read_ends_closed",
	.holds = "who writes to a pipe has closed its read end before the first write",
	.verdict = GRADE_LEAK,
	.state = sizeof(struct ends),
	.after = before_writes,
};
