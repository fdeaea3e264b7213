/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Elements by index, names, ends: what a reader of the world asks for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world/private.h"

const struct w_head *world_head(const struct world *w)
{
	return &w->h->pub;
}

#define FINDER(name, pool)                                                                 \
	const struct w_##name *world_##name(const struct world *w, u32 i)                  \
	{                                                                                  \
		return i && i < w->h->use[pool].n && w->name[i].used ? &w->name[i] : NULL; \
	}
FINDER(task, POOL_TASK)
FINDER(proc, POOL_PROC)
FINDER(fdt, POOL_FDT)
FINDER(fd, POOL_FD)
FINDER(file, POOL_FILE)
FINDER(pipe, POOL_PIPE)
FINDER(slot, POOL_SLOT)
FINDER(span, POOL_SPAN)
FINDER(segment, POOL_SEGMENT)
FINDER(map, POOL_MAP)
FINDER(line, POOL_LINE)
FINDER(sync, POOL_SYNC)

const char *world_text(const struct world *w, u32 off)
{
	return off < w->h->use[POOL_TEXT].n ? w->text + off : "";
}

u32 world_tasks(const struct world *w)
{
	return w->h->use[POOL_TASK].n;
}

u32 world_procs(const struct world *w)
{
	return w->h->use[POOL_PROC].n;
}

u32 world_pipes(const struct world *w)
{
	return w->h->use[POOL_PIPE].n;
}

u32 world_segments(const struct world *w)
{
	return w->h->use[POOL_SEGMENT].n;
}

u32 world_syncs(const struct world *w)
{
	return w->h->use[POOL_SYNC].n;
}

u32 world_lines(const struct world *w)
{
	return w->h->use[POOL_LINE].n;
}

u32 world_map_find(const struct world *w, u32 proc, u64 addr)
{
	return world_proc(w, proc) ? map_at(w, proc, addr) : 0;
}

u32 world_fd_find(const struct world *w, u32 proc, i32 fd)
{
	const struct w_proc *p = world_proc(w, proc);

	return p && p->fdt ? fd_find(w, p->fdt, fd) : 0;
}

/* ---- who holds an end ---- */

static bool end_before(const struct world *w, const struct w_end *a, const struct w_end *b)
{
	if (a->proc != b->proc)
		return w->proc[a->proc].name < w->proc[b->proc].name;
	return w->fd[a->fd].fd < w->fd[b->fd].fd;
}

/* Into the sorted list, which keeps its max first ones. */
static void end_insert(const struct world *w, struct w_end end, struct w_end *ends, u32 n, u32 max)
{
	u32 at = n < max ? n : max;

	while (at > 0 && end_before(w, &end, &ends[at - 1])) {
		if (at < max)
			ends[at] = ends[at - 1];
		at--;
	}
	if (at < max)
		ends[at] = end;
}

u32 world_pipe_ends(const struct world *w, u32 pipe, u32 access, struct w_end *ends, u32 max)
{
	const struct w_pipe *p = world_pipe(w, pipe);
	u32 n = 0;

	for (u32 f = p ? p->files : 0; f; f = w->file[f].next) {
		if (!(w->file[f].access & access))
			continue;
		for (u32 d = w->file[f].fd_first; d; d = w->fd[d].same)
			for (u32 q = w->fdt[w->fd[d].fdt].procs; q; q = w->proc[q].fdt_next) {
				end_insert(w, (struct w_end){q, d}, ends, n, max);
				n++;
			}
	}
	return n;
}

static u32 pipe_of_fd(const struct world *w, u32 task, i32 fd)
{
	u32 index = world_fd_find(w, w->task[task].proc, fd);
	const struct w_file *f = index ? &w->file[w->fd[index].file] : NULL;

	return f && f->kind == OBJ_PIPE ? f->object : 0;
}

u32 world_op_pipe(const struct world *w, u32 task)
{
	const struct w_task *t = world_task(w, task);
	u32 pipe;

	if (!t || t->state >= TASK_ZOMBIE)
		return 0;
	if (t->op.pipe || t->op.pipe2)
		return t->op.pipe ? t->op.pipe : t->op.pipe2;
	switch (call_class(t->op.call)) {
	case CLASS_READ:
	case CLASS_WRITE:
	case CLASS_CLOSE:
	case CLASS_DUP:
	case CLASS_FCNTL:
	case CLASS_IOCTL:
	case CLASS_VMSPLICE: return pipe_of_fd(w, task, t->op.fd);
	case CLASS_DUP2:
	case CLASS_SPLICE:
	case CLASS_TEE:
		pipe = pipe_of_fd(w, task, t->op.fd);
		return pipe ? pipe : pipe_of_fd(w, task, t->op.fd2);
	case CLASS_OPEN:
	case CLASS_UNLINK: return world_pipe(w, t->op.object) ? t->op.object : 0;
	default: return 0;
	}
}

/* ---- names ---- */

const char *world_proc_name(const struct world *w, u32 proc, char *buf)
{
	const struct w_proc *p = world_proc(w, proc);

	snprintf(buf, 24, "P%u", p ? p->name : 0);
	return buf;
}

/* The first thread bears its process's name; the others are P2.1, P2.2, ... */
const char *world_task_name(const struct world *w, u32 task, char *buf)
{
	const struct w_task *t = world_task(w, task);

	if (t && t->nth > 1)
		snprintf(buf, 24, "P%u.%u", w->proc[t->proc].name, t->nth - 1);
	else
		world_proc_name(w, t ? t->proc : 0, buf);
	return buf;
}

const char *world_pipe_name(const struct world *w, u32 pipe, char *buf)
{
	static const char *const given[] = {"stdin", "stdout", "stderr"};
	const struct w_pipe *p = world_pipe(w, pipe);

	if (p && p->standard && p->standard <= ARRAY_LEN(given)) {
		strcpy(buf, given[p->standard - 1]);
		return buf;
	}
	snprintf(buf, 24, p && p->fifo ? "fifo%u" : "pipe%u", p ? p->name : 0);
	return buf;
}

const char *world_segment_name(const struct world *w, u32 segment, char *buf)
{
	const struct w_segment *s = world_segment(w, segment);

	if (s && s->kind == SEGMENT_PRIVATE)
		snprintf(buf, 24, "P%u's memory", s->owner ? w->proc[s->owner].name : 0);
	else
		snprintf(buf, 24, "shm%u", s ? s->name : 0);
	return buf;
}

static const char *const sync_words[] = {
	[SYNC_SEM] = "sem",
	[SYNC_MUTEX] = "mutex",
	[SYNC_COND] = "cond",
	[SYNC_BARRIER] = "barrier",
	[SYNC_RWLOCK] = "rwlock",
	[SYNC_SPIN] = "spin",
	[SYNC_THREAD] = "thread",
};

const char *sync_word(u32 kind)
{
	return kind && kind < ARRAY_LEN(sync_words) ? sync_words[kind] : "object";
}

const char *world_sync_name(const struct world *w, u32 sync, char *buf)
{
	const struct w_sync *s = world_sync(w, sync);

	snprintf(buf, 24, "%s%u", sync_word(s ? s->kind : 0), s ? s->name : 0);
	return buf;
}

/* "pipe12", the word being "pipe": 12; 0 none. */
static u32 number_after(const char *word, const char *name)
{
	size_t n = strlen(word);
	unsigned long number;
	char *end;

	if (strncmp(name, word, n) != 0 || name[n] < '1' || name[n] > '9')
		return 0;
	number = strtoul(name + n, &end, 10);
	return *end || number > UINT32_MAX ? 0 : (u32)number;
}

u32 world_segment_by_name(const struct world *w, const char *name)
{
	u32 n = number_after("shm", name);

	for (u32 i = 1; n && i < world_segments(w); i++)
		if (w->segment[i].used && w->segment[i].name == n)
			return i;
	return 0;
}

u32 world_sync_by_name(const struct world *w, const char *name)
{
	for (u32 kind = SYNC_SEM; kind <= SYNC_SPIN; kind++) {
		u32 n = number_after(sync_words[kind], name);

		for (u32 i = 1; n && i < world_syncs(w); i++)
			if (w->sync[i].used && w->sync[i].kind == kind && w->sync[i].name == n)
				return i;
	}
	return 0;
}

u32 world_task_by_name(const struct world *w, const char *name)
{
	const char *s = name + (*name == 'P' || *name == 'p');
	unsigned long proc, thread = 0;
	char *end;

	if (*s < '0' || *s > '9')
		return 0;
	proc = strtoul(s, &end, 10);
	if (*end == '.' && end[1] >= '0' && end[1] <= '9')
		thread = strtoul(end + 1, &end, 10);
	if (*end || proc == 0 || proc >= world_procs(w) || !world_proc(w, (u32)proc))
		return 0;
	/* processes are never given back: the n-th named is the n-th of the pool */
	for (u32 t = w->proc[proc].task_first; t; t = w->task[t].proc_next)
		if (w->task[t].nth == thread + 1)
			return t;
	return 0;
}

u32 world_pipe_by_name(const struct world *w, const char *name)
{
	char *end;
	unsigned long n;

	bool fifo = strncmp(name, "fifo", 4) == 0;

	for (u32 i = 1; strncmp(name, "std", 3) == 0 && i < world_pipes(w); i++) {
		char given[24];

		if (w->pipe[i].used && w->pipe[i].standard && strcmp(world_pipe_name(w, i, given), name) == 0)
			return i;
	}

	if ((!fifo && strncmp(name, "pipe", 4) != 0) || name[4] < '0' || name[4] > '9')
		return 0;
	n = strtoul(name + 4, &end, 10);
	for (u32 i = 1; !*end && i < world_pipes(w); i++)
		if (w->pipe[i].used && !w->pipe[i].fifo == !fifo && w->pipe[i].name == n)
			return i;
	return 0;
}
