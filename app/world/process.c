/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes and tasks: birth, exec, end, who collects whom. */
#include <sched.h>
#include <string.h>
#include <sys/wait.h>

#include "world/private.h"

bool task_lives(const struct world *w, u32 task)
{
	return w->task[task].used && w->task[task].state < TASK_ZOMBIE;
}

void task_set_state(struct world *w, u32 task, u32 state)
{
	struct w_task *t = &w->task[task];
	struct w_proc *p = &w->proc[t->proc];

	if (t->state == state)
		return;
	if (t->waits_on && state != TASK_BLOCKED)
		sync_awake(w, task);
	if (t->state == TASK_ENDING)
		p->ending--;
	if (state == TASK_ENDING)
		p->ending++;
	if (t->state && t->state < TASK_ZOMBIE && state >= TASK_ZOMBIE)
		p->tasks--;
	if ((!t->state || t->state >= TASK_ZOMBIE) && state < TASK_ZOMBIE)
		p->tasks++;
	t->state = state;
	t->state_seq = world_now(w);
}

/* ---- birth ---- */

static u32 parent_of_new(const struct world *w, u32 creator)
{
	const struct w_op *op;
	u32 proc;

	if (!creator)
		return 0;
	proc = w->task[creator].proc;
	op = &w->task[creator].op;
	if (op->open && call_class(op->call) == CLASS_FORK && op->arg & CLONE_PARENT)
		return w->proc[proc].parent;
	return proc;
}

static void proc_adopt(struct world *w, u32 proc, u32 parent)
{
	w->proc[proc].parent = parent;
	if (!parent)
		return;
	w->proc[proc].sibling = w->proc[parent].child_first;
	w->proc[parent].child_first = proc;
}

static void proc_unlink_child(struct world *w, u32 proc)
{
	u32 *link = &w->proc[w->proc[proc].parent].child_first;

	while (*link && *link != proc)
		link = &w->proc[*link].sibling;
	if (*link)
		*link = w->proc[proc].sibling;
	w->proc[proc].sibling = 0;
}

static u32 table_of_new(struct world *w, const struct rec *r, u32 creator, u32 site)
{
	u32 from = creator ? w->proc[w->task[creator].proc].fdt : 0;

	if (!from)
		return fdt_new(w);
	if (r->flags & EVF_FILES)
		return from;
	return fdt_copy(w, from, w->task[creator].proc, site);
}

/* The address space: shared with the creator's, or a copy of it. */
static void memory_of_new(struct world *w, u32 proc, const struct rec *r, u32 creator)
{
	const struct w_op *op = &w->task[creator].op;
	u32 from = creator ? maps_of(w, w->task[creator].proc) : 0;

	if (!from || w->proc[from].ended)
		return;
	if (r->flags & EVF_VFORK || (op->open && call_class(op->call) == CLASS_FORK &&
					    (op->call == CALL_vfork || op->arg & CLONE_VM))) {
		w->proc[proc].vm = from;
		return;
	}
	maps_copy(w, from, proc);
	sync_copy(w, from, proc, creator, r->task);
}

static u32 proc_born(struct world *w, const struct rec *r, const struct ev_spawn *ev)
{
	u32 index = pool_take(w, POOL_PROC), creator = ev->creator;
	struct w_proc *p = &w->proc[index];

	if (!index)
		return 0;
	p->name = ++w->h->pub.procs_named;
	p->creator = creator;
	p->nth = creator ? ++w->task[creator].made_procs : ++w->h->outside_procs;
	p->pid = ev->pid;
	p->born_site = r->site;
	if (creator && !p->born_site)
		p->born_site = w->task[creator].op.site;
	p->born_seq = world_now(w);
	p->vfork = creator && r->flags & EVF_VFORK;
	p->exec_path = creator ? w->proc[w->task[creator].proc].exec_path : 0;
	p->foreign = creator ? w->proc[w->task[creator].proc].foreign : 0;
	proc_adopt(w, index, parent_of_new(w, creator));
	fdt_join(w, table_of_new(w, r, creator, p->born_site), index);
	memory_of_new(w, index, r, creator);
	if (!w->h->pub.root)
		w->h->pub.root = index;
	return index;
}

void process_spawn(struct world *w, const struct rec *r, const struct ev_spawn *ev)
{
	u32 tasks = w->h->use[POOL_TASK].n, proc, task;
	struct w_task *t;

	if (r->task != tasks || ev->creator >= tasks ||
		(ev->creator && w->proc[w->task[ev->creator].proc].ended) ||
		(!ev->creator && r->flags & EVF_THREAD)) {
		world_drift(w, "task %u is born out of order, or of nobody", r->task);
		return;
	}
	task = pool_take(w, POOL_TASK);
	if (!task)
		return;
	proc = r->flags & EVF_THREAD ? w->task[ev->creator].proc : proc_born(w, r, ev);
	if (!proc) {
		w->h->use[POOL_TASK].n--;
		memset(&w->task[task], 0, sizeof *w->task);
		return;
	}
	t = &w->task[task];
	if (ev->creator && !(r->flags & EVF_THREAD))
		signals_fork(w, ev->creator, proc);
	t->proc = proc;
	t->tid = ev->tid;
	t->nth = ++w->proc[proc].made_tasks;
	t->hooked = ev->creator ? w->task[ev->creator].hooked : 0;
	t->proc_next = w->proc[proc].task_first;
	w->proc[proc].task_first = task;
	task_set_state(w, task, TASK_RUNNING);
	if ((r->flags & (EVF_THREAD | EVF_FILES)) == EVF_THREAD)
		w->h->pub
			.unknown++; /* a thread with a descriptor table of its own: no rule for that */
}

/* ---- exec ---- */

/* It ends, or another program takes its place: what it holds stays locked. */
static void task_leaves_memory(struct world *w, u32 task)
{
	call_abandon(w, task);
	sync_owner_ended(w, task);
	looks_drop(w, task);
	w->task[task].spin_n = 0;
}

/* All other threads of the process end with exec; the leader's number goes on. */
static void exec_other_threads_end(struct world *w, u32 proc, u32 survivor)
{
	for (u32 t = w->proc[proc].task_first; t; t = w->task[t].proc_next) {
		if (t == survivor)
			continue;
		task_leaves_memory(w, t);
		task_set_state(w, t, TASK_GONE);
	}
}

void process_exec(struct world *w, const struct rec *r, const struct ev_exec *ev)
{
	struct w_task *t = &w->task[r->task];
	struct w_proc *p = &w->proc[t->proc];

	if (p->ended || ev->former >= w->h->use[POOL_TASK].n ||
		(ev->former && w->task[ev->former].proc != t->proc)) {
		world_drift(w, "task %u runs another program but is not there", r->task);
		return;
	}
	exec_other_threads_end(w, t->proc, r->task);
	task_leaves_memory(w, r->task);
	maps_drop(w, t->proc);
	t->hooked = 0;
	task_set_state(w, r->task, TASK_RUNNING);
	fdt_unshare(w, t->proc);
	fdt_close_on_exec(w, p->fdt);
	signals_exec(w, t->proc);
	p->vfork = 0;
	p->foreign = ev->foreign;
	p->exec_path = text_add(w, ev->path, ev->path_len);
}

/* ---- end ---- */

static void proc_reaped(struct world *w, u32 proc)
{
	struct w_proc *p = &w->proc[proc];

	p->reaped = 1;
	if (p->parent)
		proc_unlink_child(w, proc);
	for (u32 t = p->task_first; t; t = w->task[t].proc_next)
		task_set_state(w, t, TASK_GONE);
}

static void proc_orphan_children(struct world *w, u32 proc)
{
	u32 child = w->proc[proc].child_first;

	w->proc[proc].child_first = 0;
	while (child) {
		struct w_proc *c = &w->proc[child];
		u32 next = c->sibling;

		c->sibling = 0;
		c->parent = 0;
		if (c->ended)
			proc_reaped(w, child);
		child = next;
	}
}

static void proc_ended(struct world *w, u32 proc, i32 status)
{
	struct w_proc *p = &w->proc[proc];

	exec_other_threads_end(w, proc, 0);
	for (u32 t = p->task_first; t; t = w->task[t].proc_next)
		if (w->task[t].nth == 1)
			task_set_state(w, t, TASK_ZOMBIE);
	p->ended = 1;
	p->status = status;
	p->end_seq = world_now(w);
	p->vfork = 0;
	if (p->presumed_dead_seq && w->h->presumed)
		w->h->presumed--;
	maps_drop(w, proc);
	sysv_process_ended(w, proc);
	fdt_leave(w, proc);
	proc_orphan_children(w, proc);
	if (!p->parent)
		proc_reaped(w, proc);
}

void process_end(struct world *w, const struct rec *r, const struct ev_end *ev)
{
	struct w_task *t = &w->task[r->task];
	u32 proc = t->proc;

	if (w->proc[proc].ended) {
		world_drift(w, "task %u ends after its process has ended", r->task);
		return;
	}
	task_leaves_memory(w, r->task);
	t->owes_signal = 0;
	if (r->flags & EVF_LAST)
		proc_ended(w, proc, ev->status);
	else if (t->state < TASK_ZOMBIE)
		task_set_state(w, r->task, t->nth == 1 ? TASK_ZOMBIE : TASK_GONE);
}

void process_forked(struct world *w, u32 task, i64 pid)
{
	for (u32 c = w->proc[w->task[task].proc].child_first; c && pid > 0 && pid <= INT32_MAX; c = w->proc[c].sibling)
		if (w->proc[c].creator == task && w->proc[c].born_seq > w->task[task].op.seq && !w->proc[c].pid_there)
			w->proc[c].pid_there = (i32)pid;
}

static i32 pid_to_wait_for(const struct w_proc *p)
{
	return p->pid_there ? p->pid_there : p->pid;
}

void process_reap(struct world *w, u32 task, i32 pid, bool must_have_ended)
{
	u32 found = 0, several = 0;

	for (u32 c = w->proc[w->task[task].proc].child_first; c; c = w->proc[c].sibling) {
		if (pid ? pid_to_wait_for(&w->proc[c]) != pid : !w->proc[c].ended)
			continue;
		several += found != 0;
		if (!found || w->proc[c].ended)
			found = c;
	}
	if (!found || (several && !pid))
		return; /* a child we do not watch, or one of several that cannot be told apart */
	if (w->proc[found].ended)
		proc_reaped(w, found);
	else if (must_have_ended)
		world_drift(w, "P%u was collected by P%u at event %llu before it ended",
			w->proc[found].name, w->proc[w->task[task].proc].name,
			(unsigned long long)world_now(w));
}

/* ---- deaths that only their effects have told of so far ---- */

void process_presume_dead(struct world *w, u32 proc, u32 pipe, u32 access)
{
	struct w_proc *p = &w->proc[proc];

	if (p->presumed_dead_seq)
		return;
	p->presumed_dead_seq = world_now(w);
	p->presumed_pipe = pipe;
	p->presumed_access = access;
	w->h->presumed++;
}

static bool proc_holds_end(const struct world *w, u32 proc, u32 pipe, u32 access)
{
	for (u32 f = w->fdt[w->proc[proc].fdt].first; f; f = w->fd[f].next) {
		const struct w_file *file = &w->file[w->fd[f].file];
		if (file->kind == OBJ_PIPE && file->object == pipe && file->access & access)
			return true;
	}
	return false;
}

static bool proc_holds_socket(const struct world *w, u32 proc, u32 socket)
{
	for (u32 f = w->fdt[w->proc[proc].fdt].first; f; f = w->fd[f].next)
		if (socket_of_file(w, w->fd[f].file) == socket)
			return true;
	return false;
}

static void proc_was_alive(struct world *w, u32 proc)
{
	struct w_proc *p = &w->proc[proc];

	if (p->fdt && p->presumed_access == ACCESS_LOCK) {
		world_drift(w, "event %llu got a file lock that P%u held, and P%u lives", (unsigned long long)p->presumed_dead_seq,
			p->name, p->name);
	} else if (p->fdt && p->presumed_access == ACCESS_SOCKET) {
		if (proc_holds_socket(w, proc, p->presumed_pipe))
			world_drift(w, "event %llu took sock%u for closed, but P%u lives and holds it",
				(unsigned long long)p->presumed_dead_seq,
				w->socket[p->presumed_pipe].name, p->name);
	} else if (p->fdt && proc_holds_end(w, proc, p->presumed_pipe, p->presumed_access))
		world_drift(w,
			"event %llu took the %s end of pipe%u for closed, but P%u lives and holds "
			"it",
			(unsigned long long)p->presumed_dead_seq,
			p->presumed_access == ACCESS_WRITE ? "write" : "read",
			w->pipe[p->presumed_pipe].name, p->name);
	p->presumed_dead_seq = 0;
	p->presumed_pipe = p->presumed_access = 0;
	w->h->presumed--;
}

void process_proves_life(struct world *w, u32 task)
{
	u32 proc = w->task[task].proc;

	if (w->proc[proc].presumed_dead_seq && !w->proc[proc].ended)
		proc_was_alive(w, proc);
}

void process_check_presumed(struct world *w)
{
	for (u32 p = 1; w->h->presumed && p < w->h->use[POOL_PROC].n; p++)
		if (w->proc[p].presumed_dead_seq && !w->proc[p].ended &&
			w->proc[p].ending < w->proc[p].tasks)
			proc_was_alive(w, p);
}
