/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptor tables and open files. Only descriptors that lead to pipes, terminals and what was
 * inherited at the start are known here; files are simply absent. */
#include <fcntl.h>

#include "world/private.h"

/* ---- open files ---- */

u32 file_new(struct world *w, u32 kind, u32 object, u32 access, u32 flags)
{
	u32 index = pool_take(w, POOL_FILE);
	struct w_file *f = &w->file[index];

	if (!index)
		return 0;
	f->kind = kind;
	f->object = object;
	f->access = access;
	f->flags = flags & (O_NONBLOCK | O_DIRECT);
	f->was_nonblock = !!(flags & O_NONBLOCK);
	if (kind == OBJ_PIPE)
		pipe_file_added(w, index);
	if (kind == OBJ_SEGMENT)
		segment_file_added(w, index);
	if (ipc_file_rule(kind) && ipc_file_rule(kind)->added)
		ipc_file_rule(kind)->added(w, index);
	return index;
}

static void file_drop(struct world *w, u32 file)
{
	const struct ipc_file_rule *rule = ipc_file_rule(w->file[file].kind);

	if (w->file[file].refs || w->file[file].op_refs)
		return;
	if (w->file[file].kind == OBJ_PIPE)
		pipe_file_gone(w, file);
	if (w->file[file].kind == OBJ_SEGMENT)
		segment_file_gone(w, file);
	if (rule && rule->gone)
		rule->gone(w, file);
	if (w->file[file].watched)
		watches_forget(w, file);
	pool_give(w, POOL_FILE, file);
}

void file_hold(struct world *w, u32 file)
{
	struct w_file *f = &w->file[file];

	if (!f->op_refs)
		f->was_nonblock = f->unsure || f->flags & O_NONBLOCK;
	f->op_refs++;
}

void file_unhold(struct world *w, u32 file)
{
	w->file[file].op_refs--;
	file_drop(w, file);
}

/* ---- descriptors ---- */

static void fd_link(struct world *w, u32 fd, u32 file)
{
	struct w_file *f = &w->file[file];

	w->fd[fd].file = file;
	w->fd[fd].same = f->fd_first;
	if (f->fd_first)
		w->fd[f->fd_first].same_back = fd;
	f->fd_first = fd;
	f->refs++;
}

static void fd_unlink(struct world *w, u32 fd)
{
	struct w_fd *d = &w->fd[fd];
	u32 file = d->file;

	if (d->same_back)
		w->fd[d->same_back].same = d->same;
	else
		w->file[file].fd_first = d->same;
	if (d->same)
		w->fd[d->same].same_back = d->same_back;
	w->file[file].refs--;
	file_drop(w, file);
}

u32 fd_find(const struct world *w, u32 fdt, i32 fd)
{
	u32 d = w->fdt[fdt].first;

	while (d && w->fd[d].fd < fd)
		d = w->fd[d].next;
	return d && w->fd[d].fd == fd ? d : 0;
}

u32 fd_add(struct world *w, u32 fdt, i32 fd, u32 file)
{
	u32 there = fd_find(w, fdt, fd), index = pool_take(w, POOL_FD);
	u32 *link = &w->fdt[fdt].first;

	if (!index)
		return 0;
	w->fd[index].fd = fd;
	w->fd[index].fdt = fdt;
	fd_link(w, index,
		file); /* first: what stood there may be the last to lead to the same file */
	if (there)
		fd_remove(w, there);
	while (*link && w->fd[*link].fd < fd)
		link = &w->fd[*link].next;
	w->fd[index].next = *link;
	*link = index;
	return index;
}

void fd_remove(struct world *w, u32 fd)
{
	u32 *link = &w->fdt[w->fd[fd].fdt].first;

	if (w->file[w->fd[fd].file].kind == OBJ_FILE)
		locks_fd_closed(w, w->fd[fd].fdt, w->fd[fd].file);
	while (*link != fd)
		link = &w->fd[*link].next;
	*link = w->fd[fd].next;
	fd_unlink(w, fd);
	pool_give(w, POOL_FD, fd);
}

/* ---- tables ---- */

u32 fdt_new(struct world *w)
{
	return pool_take(w, POOL_FDT);
}

u32 fdt_copy(struct world *w, u32 fdt, u32 inherited_from, u32 got_site)
{
	u32 copy = fdt_new(w), last = 0;

	if (!copy)
		return 0;
	for (u32 d = w->fdt[fdt].first; d; d = w->fd[d].next) {
		const struct w_fd *old = &w->fd[d];
		u32 index = pool_take(w, POOL_FD);
		struct w_fd *new = &w->fd[index];

		if (!index)
			break;
		new->fd = old->fd;
		new->fdt = copy;
		new->site = old->site;
		new->cloexec = old->cloexec;
		new->how = inherited_from ? FD_INHERITED : old->how;
		new->from = inherited_from ? inherited_from : old->from;
		new->got_site = inherited_from ? got_site : old->got_site;
		fd_link(w, index, old->file);
		if (last)
			w->fd[last].next = index;
		else
			w->fdt[copy].first = index;
		last = index;
	}
	return copy;
}

void fdt_join(struct world *w, u32 fdt, u32 proc)
{
	if (!fdt)
		return;
	w->proc[proc].fdt = fdt;
	w->proc[proc].fdt_next = w->fdt[fdt].procs;
	w->fdt[fdt].procs = proc;
	w->fdt[fdt].refs++;
}

void fdt_leave(struct world *w, u32 proc)
{
	u32 fdt = w->proc[proc].fdt;
	u32 *link = &w->fdt[fdt].procs;

	if (!fdt)
		return;
	while (*link != proc)
		link = &w->proc[*link].fdt_next;
	*link = w->proc[proc].fdt_next;
	w->proc[proc].fdt_next = 0;
	w->proc[proc].fdt = 0;
	if (--w->fdt[fdt].refs)
		return;
	while (w->fdt[fdt].first)
		fd_remove(w, w->fdt[fdt].first);
	pool_give(w, POOL_FDT, fdt);
}

void fdt_unshare(struct world *w, u32 proc)
{
	u32 fdt = w->proc[proc].fdt, copy;

	if (!fdt || w->fdt[fdt].refs < 2)
		return;
	copy = fdt_copy(w, fdt, 0, 0);
	if (!copy)
		return;
	fdt_leave(w, proc);
	fdt_join(w, copy, proc);
}

void fdt_close_on_exec(struct world *w, u32 fdt)
{
	u32 next;

	for (u32 d = w->fdt[fdt].first; d; d = next) {
		next = w->fd[d].next;
		if (w->fd[d].cloexec)
			fd_remove(w, d);
	}
}
