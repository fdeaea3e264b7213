/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of FIFOs: mknod(2), unlink(2), and which FIFO it was.
 * Of calls of one name that overlap the log tells when each began and came back, not in which order the kernel made them. What
 * is certain: a name is made only where there is none, so each mknod that succeeds makes one FIFO, and between two of them the
 * name was removed; none makes a FIFO that was seen before it began. What lay behind a path when its call stopped may have
 * been made by another since. So a FIFO that is found while a mknod of its name is under way counts as from outside until that
 * comes back; of several that may have made it, the one that comes back first is taken for the FIFO seen first, which
 * leaves a FIFO without a maker only where there is none. What a mknod made can be gone again when it comes back: then it is
 * the FIFO that an open led to that had begun by then (`lost`).
 */
#include <string.h>
#include <sys/stat.h>

#include "world/private.h"

/* By the last part of a path openers of a name that moved are known; 0: no name. */
u64 fifo_name_hash(const char *path)
{
	const char *last = strrchr(path, '/');
	u64 hash = 1469598103934665603ull; /* FNV-1a */

	last = last ? last + 1 : path;
	if (!*last)
		return 0;
	while (*last)
		hash = (hash ^ (u8)*last++) * 1099511628211ull;
	return hash | 1;
}

u64 fifo_name(const struct world *w, u32 pipe)
{
	return w->pipe[pipe].title ? fifo_name_hash(world_text(w, w->pipe[pipe].title)) : 0;
}

static u32 fifo_new(struct world *w, u32 creator, u64 id, const char *path, size_t n)
{
	u32 pipe = pipe_new(w, creator, id, 16 * PIPE_PAGE);

	if (!pipe)
		return 0;
	w->h->pub.pipes_named--;
	w->pipe[pipe].name = ++w->h->pub.objects_named[OBJ_PIPE];
	w->pipe[pipe].fifo = 1;
	w->pipe[pipe].title = text_add(w, path, n);
	return pipe;
}

u32 fifo_known(struct world *w, u64 id, const char *path, size_t n)
{
	u32 pipe = pipe_by_ino(w, id);

	if (pipe && !w->pipe[pipe].title && n)
		w->pipe[pipe].title = text_add(w, path, n);
	if (pipe)
		return pipe;
	pipe = fifo_new(w, 0, id, path, n);
	if (!pipe)
		return 0;
	w->pipe[pipe].outside = 1; /* it was there before us: others may have it open */
	pipe_unsure(w, pipe);
	return pipe;
}

void fifo_named(struct world *w, const struct ev_name *ev)
{
	if (ev->what == NAMED_PATH && ev->ino & FIFO_ID)
		fifo_known(w, ev->ino, ev->text, strnlen(ev->text, ev->len));
}

/* Found since that mknod began, and nobody has made it so far; the first one. */
static u32 known_since(const struct world *w, const struct w_op *op, u64 id)
{
	u64 name = fifo_name_hash(world_text(w, op->text));
	u32 first = 0;

	for (u32 i = 1; i < w->h->use[POOL_PIPE].n; i++) {
		const struct w_pipe *p = &w->pipe[i];

		if (p->used && p->fifo && !p->creator && p->made_seq > op->seq && (p->ino == id || fifo_name(w, i) == name) &&
			(!first || p->made_seq < w->pipe[first].made_seq))
			first = i;
	}
	return first;
}

/* It came from one of ours after all. */
static void give_maker(struct world *w, u32 pipe, u32 task)
{
	struct w_pipe *p = &w->pipe[pipe];

	p->creator = task;
	p->nth = ++w->task[task].made_pipes;
	p->outside = p->surprised = 0;
	pipe_touch(w, pipe);
}

/* A name can be made only where there is none. */
static void others_lost_name(struct world *w, u32 pipe)
{
	for (u32 i = 1; i < w->h->use[POOL_PIPE].n; i++) {
		struct w_pipe *p = &w->pipe[i];

		if (i == pipe || !p->used || !p->fifo || p->gone || p->unlinked || p->made_seq > w->pipe[pipe].made_seq ||
			world_text(w, p->title)[0] != '/' ||
			strcmp(world_text(w, p->title), world_text(w, w->pipe[pipe].title)) != 0)
			continue;
		p->unlinked = 1;
		pipe_touch(w, i);
		if (!p->files && !p->openers)
			fifo_deserted(w, i);
	}
}

bool fifo_is_losing_name(const struct world *w, u32 pipe)
{
	u64 name = fifo_name(w, pipe);

	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++) {
		const struct w_op *op = &w->task[t].op;

		if (op->open && call_class(op->call) == CLASS_UNLINK && (op->object == pipe || (name && op->off == name)))
			return true;
	}
	return w->pipe[pipe].unlinked;
}

/*
 * The inode of one whose name went, and whose last closes have not come back yet, has become another FIFO's: whoever is
 * about to open that name opens this one, and an unlink that has not come back either was the old name's.
 */
static void inode_used_again(struct world *w, u32 pipe, u32 task, const char *path)
{
	struct w_pipe *p = &w->pipe[pipe];

	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++)
		if (w->task[t].op.open && w->task[t].op.object == pipe && call_class(w->task[t].op.call) == CLASS_UNLINK)
			w->task[t].op.object = 0;
	p->unlinked = 0;
	p->title = text_add(w, path, strlen(path));
	p->made_seq = world_now(w);
	give_maker(w, pipe, task);
}

/* ---- what was made, and gone again before its mknod came back ---- */

static void lost_add(struct world *w, u32 task, const char *path)
{
	struct fifo_lost *l = &w->h->lost[w->h->lost_n++ % LOST_MAX];

	*l = (struct fifo_lost){.name = fifo_name_hash(path), .seq = world_now(w), .task = task, .site = w->task[task].op.site};
}

bool fifo_may_be_lost(const struct world *w, u64 name, u64 since)
{
	bool all_since = w->h->lost_n >= LOST_MAX; /* then there may have been more */

	for (u32 i = 0; i < LOST_MAX; i++) {
		if (w->h->lost[i].name == name && w->h->lost[i].seq > since)
			return true;
		all_since &= w->h->lost[i].seq > since;
	}
	return all_since;
}

u32 fifo_led_to(struct world *w, u32 task, u64 id)
{
	const struct w_op *op = &w->task[task].op;
	u32 text = op->text ? op->text : op->object && w->pipe[op->object].fifo ? w->pipe[op->object].title : 0;
	const char *path = world_text(w, text);
	u32 pipe = pipe_by_ino(w, id), first = LOST_MAX;

	if (pipe)
		return pipe;
	pipe = fifo_known(w, id, path, strlen(path));
	for (u32 i = 0; pipe && op->off && i < LOST_MAX; i++) /* its name led elsewhere by then: it was open, or about to be */
		if (w->h->lost[i].name == op->off && w->h->lost[i].seq > op->seq &&
			(first == LOST_MAX || w->h->lost[i].seq < w->h->lost[first].seq))
			first = i;
	if (first == LOST_MAX)
		return pipe;
	give_maker(w, pipe, w->h->lost[first].task);
	w->pipe[pipe].site = w->h->lost[first].site;
	w->h->lost[first] = (struct fifo_lost){0};
	return pipe;
}

/* ---- mknod(2), unlink(2) ---- */

static void fifo_made(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	const char *path = world_text(w, op->text);
	u32 pipe = ev->arg & FIFO_ID ? pipe_by_ino(w, ev->arg) : 0, known;

	if (ev->ret != 0 || (op->arg & S_IFMT) != S_IFIFO)
		return;
	known = known_since(w, op, ev->arg);
	if (known) {
		give_maker(w, known, task);
		pipe = known;
	} else if (!(ev->arg & FIFO_ID) || (pipe && w->pipe[pipe].made_seq > op->seq)) {
		lost_add(w, task, path); /* the name leads nowhere by now, or to what another mknod made */
		return;
	} else if (pipe && (w->pipe[pipe].files || w->pipe[pipe].openers)) {
		inode_used_again(w, pipe, task, path);
	} else {
		if (pipe)
			pipe_gone(w, pipe); /* removed by somebody else, and its inode is used again */
		pipe = fifo_new(w, task, ev->arg, path, strlen(path));
	}
	if (!pipe)
		return;
	w->pipe[pipe].site = op->site;
	if (w->pipe[pipe].gone)
		return;
	w->h->pub.last_pipe = pipe;
	others_lost_name(w, pipe);
	world_explain(w);
}

const struct ipc_rule fifo_rule_make = {.exit = fifo_made};

void fifo_unlink_enter(struct world *w, u32 task)
{
	if (w->task[task].op.off)
		fifo_name_goes(w, w->task[task].op.off);
}

void fifo_unlinked(struct world *w, u32 task)
{
	u32 pipe = w->task[task].op.object;

	if (!pipe || !w->pipe[pipe].fifo || w->pipe[pipe].gone)
		return;
	w->pipe[pipe].unlinked = 1;
	pipe_touch(w, pipe);
	w->h->pub.last_pipe = pipe;
	world_explain(w);
	if (!w->pipe[pipe].files && !w->pipe[pipe].openers)
		fifo_deserted(w, pipe);
}
