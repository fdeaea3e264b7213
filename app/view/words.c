/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tasks, pipes and their ends, as they stand. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "view/memory.h"
#include "view/private.h"

const char *words_proc(const struct scene *s, u32 proc, char *buf)
{
	const struct w_proc *p = world_proc(s->world, proc);

	if (!s->pids || !p)
		return world_proc_name(s->world, proc, buf);
	snprintf(buf, 24, "%d", p->pid);
	return buf;
}

void words_name(const struct scene *s, u32 task, struct str *out)
{
	const struct w_task *t = world_task(s->world, task);
	char name[24];

	if (t && s->pids)
		str_addf(out, "%d", t->tid);
	else if (t)
		str_add(out, world_task_name(s->world, task, name));
	else
		str_addf(out, "task %u", task);
}

static const char *actor_of(const struct scene *s, u32 proc)
{
	const char *actor = s->actor ? s->actor(s->actor_arg, proc) : NULL;

	return actor ? actor : "";
}

void words_task_name(const struct scene *s, u32 task, struct str *out)
{
	const struct w_task *t = world_task(s->world, task);
	const char *actor = t ? actor_of(s, t->proc) : "";

	words_name(s, task, out);
	if (actor[0]) {
		str_add(out, " ");
		str_add_escaped(out, actor, strlen(actor));
	}
}

void words_wait_status(int status, struct str *out)
{
	if (WIFSIGNALED(status)) {
		const char *what = sigdescr_np(WTERMSIG(status));

		str_add(out, "killed by ");
		words_signal(WTERMSIG(status), out);
		if (what)
			str_addf(out, " (%s)", what);
	} else {
		str_addf(out, "ended with status %d", WEXITSTATUS(status));
	}
}

u32 object_of(const struct world *w, u32 file, u32 *pipe)
{
	const struct w_file *f = world_file(w, file);

	*pipe = f && f->kind == OBJ_PIPE ? f->object : 0;
	return f ? f->kind : OBJ_NONE;
}

void words_object(const struct scene *s, u32 kind, u32 pipe, struct str *out)
{
	char name[24];

	if (pipe && world_pipe(s->world, pipe))
		str_add(out, world_pipe_name(s->world, pipe, name));
	else if (kind == OBJ_TTY)
		str_add(out, "its terminal");
}

/* ---- tasks ---- */

static void poised_or_blocked(
	const struct scene *s, const struct w_task *t, u32 task, bool bytes, struct str *out)
{
	str_add(out, t->state == TASK_POISED ? "poised before " : "blocked in ");
	words_op(s, task, &t->op, bytes, out);
	words_at(s, t->op.site, out);
}

void words_task_state(const struct scene *s, u32 task, bool bytes, struct str *out)
{
	const struct w_task *t = world_task(s->world, task);
	const struct w_proc *p = t ? world_proc(s->world, t->proc) : NULL;

	if (!t) {
		str_add(out, "unknown");
		return;
	}
	switch (t->state) {
	case TASK_POISED:
	case TASK_BLOCKED: poised_or_blocked(s, t, task, bytes, out); return;
	case TASK_RUNNING:
		str_add(out, "running");
		if (t->op.open) {
			str_add(out, ", in ");
			words_op(s, task, &t->op, bytes, out);
			words_at(s, t->op.site, out);
		}
		return;
	case TASK_SPINNING:
		str_add(out, "spinning until ");
		words_spin(s, task, " or ", out);
		str_add(out, " changes");
		words_at(s, t->op.site, out);
		return;
	case TASK_STOPPED: str_add(out, "stopped by a signal"); return;
	case TASK_HELD_EXIT:
		str_add(out, "woken from ");
		words_op(s, task, &t->op, false, out);
		str_add(out, ", waiting its turn");
		return;
	case TASK_ENDING: str_add(out, "about to end, its fds still open"); return;
	default: break;
	}
	if (t->nth > 1 && p && !p->ended) {
		str_add(out, "ended");
		return;
	}
	if (p && p->ended)
		words_wait_status(p->status, out);
	else
		str_add(out, "ended");
	if (t->state == TASK_ZOMBIE)
		str_add(out, ", not yet collected by its parent");
}

void words_task(const struct scene *s, u32 task, struct str *out)
{
	words_task_name(s, task, out);
	str_add(out, ", ");
	words_task_state(s, task, false, out);
	str_add(out, ".\n");
}

void words_outlook(const struct scene *s, u32 task, struct str *out)
{
	const struct w_task *t = world_task(s->world, task);
	const struct w_pipe *p;
	u32 pipe;
	char name[24];

	if (!t || t->state != TASK_POISED || world_outlook(s->world, task) != OUTLOOK_BLOCKS)
		return;
	pipe = world_op_pipe(s->world, task);
	p = world_pipe(s->world, pipe);
	words_name(s, task, out);
	str_add(out, "'s call would block");
	if (t->op.call == CALL_wait4 || t->op.call == CALL_waitid)
		str_add(out, ": no child has ended");
	words_sync_outlook(s, t, out);
	if (words_queue_outlook(s, task, out) || words_fifo_outlook(s, t, out) || words_socket_outlook(s, task, out))
		p = NULL;
	if (p) {
		bool empty = t->op.call == CALL_read || t->op.call == CALL_readv ||
			     t->op.call == CALL_preadv2;

		str_addf(out, ": %s %s", world_pipe_name(s->world, pipe, name),
			empty ? "is empty" : "has too little room");
	}
	str_add(out, ".\n");
}

/* ---- pipes ---- */

void words_pipe_fill(const struct scene *s, u32 pipe, struct str *out)
{
	const struct w_pipe *p = world_pipe(s->world, pipe);
	u8 bytes[64];
	u32 n;

	if (!p)
		return;
	if (p->gone) {
		str_add(out, "gone: nobody holds an end any more");
		return;
	}
	if (p->fifo && !p->files) {
		str_add(out, "nobody has it open");
		return;
	}
	if (p->fill <= 0) {
		str_add(out, "empty");
		return;
	}
	str_addf(out, "%lld of %llu bytes", (long long)p->fill, (unsigned long long)p->capacity);
	if ((u64)p->fill >= p->capacity)
		str_add(out, ", full");
	n = bytes_of_pipe(s, pipe, bytes, sizeof bytes);
	if (n) {
		str_add(out, ", contents ");
		words_bytes(bytes, n, (u64)p->fill, out);
	}
}

#define HOLDERS_MAX 64

void words_pipe_holders(const struct scene *s, u32 pipe, u32 access, struct str *out)
{
	const struct w_pipe *p = world_pipe(s->world, pipe);
	struct w_end ends[HOLDERS_MAX];
	u32 n = world_pipe_ends(s->world, pipe, access, ends, HOLDERS_MAX);
	char name[24];

	for (u32 i = 0; i < n && i < HOLDERS_MAX; i++) {
		const struct w_fd *fd = world_fd(s->world, ends[i].fd);

		str_addf(out, "%s%s fd %d", i ? ", " : "",
			world_proc_name(s->world, ends[i].proc, name), fd ? fd->fd : -1);
	}
	if (n > HOLDERS_MAX)
		str_addf(out, " and %u more", n - HOLDERS_MAX);
	if (p && p->outside)
		str_addf(out, "%sperhaps processes that are not watched", n ? ", " : "");
	else if (n == 0)
		str_add(out, "nobody");
}

void words_pipe(const struct scene *s, u32 pipe, struct str *out)
{
	const struct w_pipe *p = world_pipe(s->world, pipe);
	char name[24];

	if (!p)
		return;
	str_add(out, world_pipe_name(s->world, pipe, name));
	words_fifo_title(s, p, out);
	str_add(out, ", ");
	words_pipe_fill(s, pipe, out);
	str_add(out, ".");
	if (!p->gone) {
		str_add(out, " Can write: ");
		words_pipe_holders(s, pipe, ACCESS_WRITE, out);
		str_add(out, ". Can read: ");
		words_pipe_holders(s, pipe, ACCESS_READ, out);
		str_add(out, ".");
	}
	str_add(out, "\n");
}

/* ---- where an end came from ---- */

void words_provenance(const struct scene *s, u32 proc, u32 index, bool origin, struct str *out)
{
	const struct w_fd *fd = world_fd(s->world, index);
	const struct w_proc *p = world_proc(s->world, proc);
	char name[24];

	if (!fd)
		return;
	switch (fd->how) {
	case FD_OPENED:
		str_add(out, "made");
		words_place(s, fd->site ? fd->site : fd->got_site, " at ", out);
		return;
	case FD_INHERITED:
		/* What ipclab started came with its descriptors at exec, not at a fork we saw. */
		str_add(out, fd->from ? "inherited at fork" : "inherited");
		break;
	case FD_DUP: str_addf(out, "duplicated from fd %u", fd->from); break;
	case FD_RECEIVED:
		str_add(out, "received");
		if (fd->from && world_proc(s->world, fd->from))
			str_addf(out, " from %s", world_proc_name(s->world, fd->from, name));
		break;
	default:
		str_add(out, p && !p->attached ? "opened by a call that is not watched" : "there before ipclab looked");
		return;
	}
	words_place(s, fd->got_site, ", ", out);
	if (origin && fd->site != fd->got_site)
		words_place(s, fd->site, "; first made at ", out);
}

static void add_ends(const struct scene *s, u32 pipe, u32 access, struct str *out)
{
	struct w_end ends[HOLDERS_MAX];
	u32 n = world_pipe_ends(s->world, pipe, access, ends, HOLDERS_MAX);
	char name[24];

	for (u32 i = 0; i < n && i < HOLDERS_MAX; i++) {
		const struct w_fd *fd = world_fd(s->world, ends[i].fd);

		if (!fd)
			continue;
		str_addf(out, "%s can %s, through fd %d, ",
			world_proc_name(s->world, ends[i].proc, name),
			access == ACCESS_WRITE ? "write" : "read", fd->fd);
		words_provenance(s, ends[i].proc, ends[i].fd, true, out);
		str_add(out, ".\n");
	}
	if (n > HOLDERS_MAX)
		str_addf(out, "And %u more can %s.\n", n - HOLDERS_MAX,
			access == ACCESS_WRITE ? "write" : "read");
	if (n == 0)
		str_addf(out, "Nobody can %s.\n", access == ACCESS_WRITE ? "write" : "read");
}

void words_pipe_ends(const struct scene *s, u32 pipe, struct str *out)
{
	const struct w_pipe *p = world_pipe(s->world, pipe);
	char name[24];

	if (!p)
		return;
	str_addf(out, "%s, ", world_pipe_name(s->world, pipe, name));
	words_pipe_fill(s, pipe, out);
	str_add(out, ".\n");
	if (p->gone)
		return;
	add_ends(s, pipe, ACCESS_WRITE, out);
	add_ends(s, pipe, ACCESS_READ, out);
	if (p->outside)
		str_add(out, "Processes that are not watched may hold ends too.\n");
}
