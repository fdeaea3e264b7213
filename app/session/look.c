/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Running processes, looked at and let be: which ones belong to the question, found from the answer. Those that are asked
 * for and their descendants are told into a log; whoever has what one of them waits for is added, and it is told anew, until
 * nobody is missing. Nobody is stopped, so that it is told anew, too, when somebody ran meanwhile.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "session/private.h"
#include "tracer/look/lib.h"

enum { ROUNDS = 8, TRIES = 3, MOST = 2048 };

struct look_run {
	const struct look_options *opt;
	struct scan scan;
	VEC(pid_t) pids; /* the set */
	struct tracer *tracer;
	struct log *log;
	struct looked looked;
};

/* ---- the set ---- */

static bool is_in(const struct look_run *l, pid_t pid)
{
	for (size_t i = 0; i < l->pids.n; i++)
		if (l->pids.at[i] == pid)
			return true;
	return false;
}

static void add(void *arg, pid_t pid)
{
	struct look_run *l = arg;
	const struct seen_process *p = scan_find(&l->scan, pid);

	if (p && !p->kernel && !p->hidden && p->state != 'Z' && p->state != 'X' && pid != getpid() && !is_in(l, pid) && l->pids.n < MOST)
		*vec_push(&l->pids) = pid;
}

static bool is_ours(const struct scan *s, pid_t pid) /* an ancestor of this ipclab: it waits for us */
{
	const struct seen_process *p = scan_find(s, getpid());

	for (u32 depth = 0; p && depth < 64; depth++, p = scan_find(s, p->ppid))
		if (p->pid == pid)
			return true;
	return false;
}

static void add_descendants(struct look_run *l)
{
	size_t before;

	do {
		before = l->pids.n;
		for (size_t i = 0; i < l->scan.all.n; i++)
			if (is_in(l, l->scan.all.at[i].ppid) && !is_ours(&l->scan, l->scan.all.at[i].pid))
				add(l, l->scan.all.at[i].pid);
	} while (l->pids.n > before);
}

static void begin_set(struct look_run *l)
{
	for (u32 i = 0; i < l->opt->n; i++)
		add(l, l->opt->pids[i]);
	/* One that a debugger has stopped, or another ipclab, is looked after, and asking it may take until it is let go. */
	for (size_t i = 0; l->opt->mine && i < l->scan.all.n; i++)
		if (l->scan.all.at[i].state != 't' && (l->scan.all.at[i].uid == geteuid() || !geteuid()) && !is_ours(&l->scan, l->scan.all.at[i].pid))
			add(l, l->scan.all.at[i].pid);
	if (!l->opt->only)
		add_descendants(l);
}

/* ---- whom they share with, where it matters: what they wait for ---- */

static void add_of_socket(struct look_run *l, const struct w_socket *s)
{
	u64 peer = s ? scan_peer(&l->scan, s->ino) : 0;

	if (peer)
		scan_holders(&l->scan, peer, 0, add, l);
}

static void add_of_file(struct look_run *l, const struct world *w, u32 kind, u32 object)
{
	const struct w_pipe *p = kind == OBJ_PIPE ? world_pipe(w, object) : NULL;

	if (p && !p->fifo)
		scan_holders(&l->scan, p->ino, 0, add, l);
	if (p && p->fifo)
		for (size_t k = 0; k < l->scan.things.n; k++) {
			const struct seen_thing *g = &l->scan.things.at[k];
			if (g->dev && (1ull << 63 | (g->ino ^ (u64)g->dev << 40)) == p->ino) {
				scan_holders(&l->scan, g->ino, g->dev, add, l);
				break;
			}
		}
	if (kind == OBJ_SOCKET)
		add_of_socket(l, world_socket(w, object));
}

static void add_of_queue(struct look_run *l, const struct w_queue *q)
{
	for (size_t k = 0; q && !q->sysv && k < l->scan.things.n; k++)
		if (l->scan.things.at[k].ino == q->id && l->scan.things.at[k].dev)
			scan_holders(&l->scan, q->id, l->scan.things.at[k].dev, add, l);
}

static void add_of_several(struct look_run *l, const struct world *w, u32 task, u32 first)
{
	const struct w_task *t = world_task(w, task);

	for (u32 e = first; e; e = world_watch(w, e)->next) {
		const struct w_watch *watch = world_watch(w, e);
		u32 fd = watch->epoll ? 0 : world_fd_find(w, t->proc, watch->fd);
		const struct w_file *f = world_file(w, watch->epoll ? watch->file : fd ? world_fd(w, fd)->file : 0);
		if (f)
			add_of_file(l, w, f->kind, f->object);
	}
}

static void add_of_wait(struct look_run *l, const struct world *w, u32 task)
{
	const struct w_segment *g;
	struct why y;

	if (!world_why_wait(w, task, &y))
		return;
	if (y.pipe)
		add_of_file(l, w, OBJ_PIPE, y.pipe);
	if (y.object_kind == OBJ_SOCKET)
		add_of_file(l, w, OBJ_SOCKET, y.object);
	if (y.object_kind == OBJ_MQ)
		add_of_queue(l, world_queue(w, y.object));
	if (y.reason == WHY_SEVERAL)
		add_of_several(l, w, task, world_waited_for(w, task));
	g = world_segment(w, y.segment ? y.segment : y.sync ? world_sync(w, y.sync)->segment : 0);
	if (g && g->ino)
		scan_holders(&l->scan, g->ino, (u32)g->dev, add, l);
	if (y.object_kind == OBJ_FILE) { /* who has a lock on it has it open: dev << 40 ^ ino is all the world keeps */
		const struct w_counter *c = world_counter(w, y.object);
		for (size_t k = 0; c && k < l->scan.things.n; k++)
			if (l->scan.things.at[k].dev && (l->scan.things.at[k].ino ^ (u64)l->scan.things.at[k].dev << 40) == c->mask)
				scan_holders(&l->scan, l->scan.things.at[k].ino, l->scan.things.at[k].dev, add, l);
	}
}

/* ---- one telling ---- */

static void forget(struct look_run *l)
{
	tracer_destroy(l->tracer);
	log_close(l->log);
	l->tracer = NULL;
	l->log = NULL;
}

static bool tell(struct look_run *l, struct err *err)
{
	const struct tracer_options options = {.looking = true, .sleepers = true, .sites = true, .terminals = true};

	forget(l);
	l->log = log_create(NULL, false, err);
	l->tracer = l->log ? tracer_create(l->log, &options, err) : NULL;
	return l->tracer && tracer_look(l->tracer, &l->scan, l->pids.at, (u32)l->pids.n, &l->looked, err);
}

static struct world *folded(struct look_run *l, struct err *err)
{
	struct log_reader *reader = log_reader_open_fd(fcntl(log_fd(l->log), F_DUPFD_CLOEXEC, 3), err);
	struct world *w = reader ? world_create() : NULL;
	u64 at = LOG_DATA, pos = LOG_DATA;
	const struct rec *r;

	while (w && (r = log_reader_next(reader, &at))) {
		world_apply(w, r, pos);
		pos = at;
	}
	log_reader_close(reader);
	return w;
}

static bool widen(struct look_run *l, bool *wider, struct err *err)
{
	struct world *w = folded(l, err);
	size_t before = l->pids.n;

	if (!w)
		return false;
	for (u32 t = 1; t < world_tasks(w); t++)
		add_of_wait(l, w, t);
	add_descendants(l);
	world_destroy(w);
	*wider = l->pids.n > before;
	return true;
}

static bool tell_all(struct look_run *l, struct err *err)
{
	bool wider = true;

	for (u32 round = 0; wider && round < ROUNDS; round++) {
		if (!tell(l, err))
			return false;
		wider = false;
		if (!l->opt->only && !l->opt->mine && !widen(l, &wider, err))
			return false;
	}
	return true;
}

bool session_look(const struct look_options *opt, struct look_answer *answer, struct err *err)
{
	struct look_run l = {.opt = opt};
	bool ok = true;

	for (u32 try = 0; ok && (try == 0 || (l.looked.moved && try < TRIES)); try++) {
		if (try)
			nanosleep(&(struct timespec){0, 2000000}, NULL);
		scan_finish(&l.scan);
		l.pids.n = 0;
		scan_read(&l.scan, true);
		begin_set(&l);
		ok = tell_all(&l, err);
	}
	tracer_destroy(l.tracer);
	*answer = (struct look_answer){.log = ok ? l.log : NULL, .partial = l.looked.grade == LOOK_PARTIAL, .worst = l.looked.worst,
		.moved = l.looked.moved, .full_set = l.pids.n == MOST};
	for (size_t i = 0; i < l.scan.all.n; i++)
		answer->hidden += l.scan.all.at[i].hidden && !l.scan.all.at[i].kernel && opt->mine && l.scan.all.at[i].uid == geteuid();
	if (!ok)
		log_close(l.log);
	scan_finish(&l.scan);
	free(l.pids.at);
	return ok;
}

/* ---- a run of our own: who else has what has a name ---- */

bool run_ask_others(struct run *r, struct err *err)
{
	struct scan s;
	VEC(pid_t) pids = {0};
	bool ok;

	for (u32 task = 1; task <= tracer_tasks(r->tracer); task++)
		if (tracer_holding(r->tracer, task) != IS_GONE)
			*vec_push(&pids) = tracer_pid(r->tracer, task);
	scan_read(&s, true);
	ok = tracer_look_ends(r->tracer, &s, pids.at, (u32)pids.n, err);
	scan_finish(&s);
	free(pids.at);
	run_fold(r);
	return ok;
}

/* ---- names ---- */

u32 session_look_named(const char *name, pid_t *pids, u32 room)
{
	struct scan s;
	u32 n = 0;

	scan_read(&s, false);
	for (size_t i = 0; i < s.all.n && n < room; i++) {
		const struct seen_process *p = &s.all.at[i];
		bool called = !strncmp(p->name, name, 15) && strlen(p->name) == (strlen(name) < 15 ? strlen(name) : 15);

		if (!p->kernel && p->state != 'Z' && p->pid != getpid() && (called || look_runs(p->pid, name)))
			pids[n++] = p->pid;
	}
	scan_finish(&s);
	return n;
}

bool session_look_check(pid_t *pid, struct err *err)
{
	return look_check(pid, err);
}

void session_look_refusal(char *text, size_t room)
{
	look_refusal(text, room);
}

u64 session_look_idle_ns(pid_t pid)
{
	return look_idle_ns(pid);
}

void session_look_cwd(pid_t pid, char *path, size_t room)
{
	look_cwd(pid, path, room);
}
