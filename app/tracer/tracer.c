/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tracer, its table of tasks, and the records it appends. */
#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/private.h"

/* ---- the table of tasks ---- */

static u32 tid_slot(const struct tracer *t, pid_t tid)
{
	u32 i = ((u32)tid * 2654435761u) & (t->by_tid_cap - 1);

	while (t->by_tid[i] && t->by_tid[i]->tid != tid)
		i = (i + 1) & (t->by_tid_cap - 1);
	return i;
}

struct tracee *tracee_by_tid(struct tracer *t, pid_t tid)
{
	return t->by_tid[tid_slot(t, tid)];
}

struct tracee *tracee_by_task(const struct tracer *t, u32 task)
{
	return task && task < t->tasks.n ? t->tasks.at[task] : NULL;
}

static void tid_table_grow(struct tracer *t)
{
	struct tracee **old = t->by_tid;
	u32 n = t->by_tid_cap;

	t->by_tid_cap = n ? 2 * n : 64;
	t->by_tid = xmalloc(t->by_tid_cap * sizeof *t->by_tid);
	for (u32 i = 0; i < n; i++)
		if (old[i])
			t->by_tid[tid_slot(t, old[i]->tid)] = old[i];
	free(old);
}

struct tracee *tracee_add(struct tracer *t, pid_t tid)
{
	struct tracee *x = xmalloc(sizeof *x);

	x->tid = tid;
	x->exec_done = true;
	if (2 * (t->by_tid_n + 1) > t->by_tid_cap)
		tid_table_grow(t);
	t->by_tid[tid_slot(t, tid)] = x;
	t->by_tid_n++;
	*vec_push(&t->all) = x;
	return x;
}

void tracee_remove(struct tracer *t, struct tracee *x)
{
	u32 i = tid_slot(t, x->tid), mask = t->by_tid_cap - 1;

	if (t->by_tid[i] != x)
		return;
	t->by_tid[i] = NULL;
	t->by_tid_n--;
	for (i = (i + 1) & mask; t->by_tid[i]; i = (i + 1) & mask) { /* close the gap */
		struct tracee *moved = t->by_tid[i];
		t->by_tid[i] = NULL;
		t->by_tid[tid_slot(t, moved->tid)] = moved;
	}
	for (size_t k = t->all.n; k-- > 0;)
		if (t->all.at[k] == x) {
			t->all.at[k] = t->all.at[--t->all.n];
			break;
		}
	if (x->fds)
		fdmap_release(t, x->fds);
	x->fds = NULL;
	if (told_open(x) && told_open(x)->parked)
		t->parked_n--;
	t->unmet_n -= x->unmet;
	if (x->space)
		space_release(t, x->space);
	x->space = NULL;
	if (x->task)
		t->tasks.at[x->task] = NULL;
	free(x);
}

u32 tracee_number(struct tracer *t, struct tracee *x)
{
	if (!t->tasks.n)
		*vec_push(&t->tasks) = NULL;
	*vec_push(&t->tasks) = x;
	x->task = (u32)t->tasks.n - 1;
	t->alive++;
	return x->task;
}

bool tracee_go(struct tracee *x, enum __ptrace_request how, int sig)
{
	x->uncollected = false;
	if (x->attached && (how == PTRACE_CONT || how == PTRACE_SINGLESTEP))
		how = PTRACE_SYSCALL;
	/* ESRCH: killed meanwhile; its wait status is on the way (security.md 2, rule 5). */
	return ptrace(how, x->tid, NULL, (void *)(uintptr_t)sig) == 0;
}

/* ---- create, destroy ---- */

struct tracer *tracer_create(struct log *log, const struct tracer_options *opt, struct err *err)
{
	struct tracer *t = xmalloc(sizeof *t);

	t->log = log;
	t->opt = *opt;
	t->began_held = opt->held;
	t->began_ns = clock_ns();
	*vec_push(&t->pipes) = (struct pipe_seen){0};
	*vec_push(&t->tasks) = NULL;
	tid_table_grow(t);
	if (opt->looking)
		return t;
	if (!filter_build(opt->one_user, opt->times, &t->filter, &t->filter_n, err) || !bell_start(t, err)) {
		tracer_destroy(t);
		return NULL;
	}
	return t;
}

/* Bounded: each tracee is killed by its id and waited for; 2 s for all together. */
static void kill_all(struct tracer *t)
{
	u64 limit = clock_ns() + 2000000000u;

	if (t->attached) { /* nobody is killed, and nobody is waited for */
		attach_let_go(t);
		if (t->bell > 0 && kill(t->bell, SIGKILL) == 0)
			waitpid(t->bell, NULL, __WALL);
		return;
	}
	for (size_t i = 0; i < t->all.n; i++)
		kill(t->all.at[i]->tgid ? t->all.at[i]->tgid : t->all.at[i]->tid, SIGKILL);
	if (t->bell > 0)
		kill(t->bell, SIGKILL);
	while (clock_ns() < limit) {
		int status;
		pid_t tid = waitpid(-1, &status, __WALL | WNOHANG);
		if (tid < 0)
			break;
		if (tid == 0)
			usleep(500);
		else if (WIFSTOPPED(status)) {
			kill(tid, SIGKILL); /* a newborn we did not know of */
			ptrace(PTRACE_CONT, tid, NULL, NULL);
		}
	}
}

void tracer_destroy(struct tracer *t)
{
	if (!t)
		return;
	asker_end(t);
	kill_all(t);
	while (t->all.n)
		tracee_remove(t, t->all.at[t->all.n - 1]);
	free(t->all.at);
	free(t->tasks.at);
	free(t->by_tid);
	for (size_t i = 1; i < t->segments.n; i++) {
		shadow_drop(t, &t->segments.at[i]);
		if (t->segments.at[i].fd > 0)
			close(t->segments.at[i].fd);
		free(t->segments.at[i].name);
		free(t->segments.at[i].path);
	}
	free(t->segments.at);
	free(t->pipes.at);
	free(t->objects.at);
	free(t->sysv.at);
	free(t->sysv_pids.at);
	free(t->once);
	free(t->filter);
	free(t->sites);
	free(t->exec_ranges.at);
	for (size_t i = 0; i < t->symbol_files.n; i++)
		free(t->symbol_files.at[i].symbols.at);
	free(t->symbol_files.at);
	free(t->ready.at);
	free(t->turn.at);
	free(t);
}

/* ---- records ---- */

struct rec *emit_begin(struct tracer *t, u16 kind, const struct tracee *x, size_t body,
                       struct err *err, bool *ok)
{
	struct rec *r;

	*ok = true;
	if (t->deaf)
		return NULL;
	r = log_begin(t->log, body, err);
	if (!r) {
		*ok = false;
		return NULL;
	}
	r->kind = kind;
	r->call = 0;
	r->task = x ? x->task : 0;
	r->site = 0;
	r->flags = 0;
	return r;
}

void emit_commit(struct tracer *t, struct rec *r)
{
	log_commit(t->log, r);
}

bool emit_observe(struct tracer *t, const struct tracee *x, enum observation what, u64 a, u64 b,
                  u64 c, u64 d, u64 e, struct err *err)
{
	return emit_observation(t, x, 0, &(struct ev_observe){.what = what, .a = a, .b = b, .c = c, .d = d, .e = e}, err);
}

bool emit_observation(struct tracer *t, const struct tracee *x, u32 site, const struct ev_observe *body, struct err *err)
{
	bool ok;
	struct rec *r = emit_begin(t, REC_OBSERVE, x, sizeof *body, err, &ok);

	if (!r)
		return ok;
	r->site = site;
	memcpy(r + 1, body, sizeof *body);
	emit_commit(t, r);
	return true;
}

bool emit_spawn(struct tracer *t, struct tracee *x, u32 creator, u32 flags, struct err *err)
{
	bool ok;
	struct ev_spawn body = {.creator = creator, .pid = x->tgid, .tid = x->tid};
	const struct tracee *parent = tracee_by_task(t, creator);
	struct rec *r;

	if (!x->task)
		tracee_number(t, x);
	x->spawned = true;
	r = emit_begin(t, REC_SPAWN, x, sizeof body, err, &ok);
	if (!r)
		return ok;
	r->flags = flags;
	r->site = parent ? parent->site : 0;
	memcpy(r + 1, &body, sizeof body);
	emit_commit(t, r);
	return true;
}

/* Bytes of a write: read straight into the record, hashed as a whole. */
static u64 contents_hash(struct tracer *t, struct tracee *x, const struct entry *e, u8 *into,
                         u32 *held, bool *unread)
{
	u8 buf[16384];
	u64 hash = 0, left = e->size;
	u32 keep = t->opt.contents ? LOG_CONTENT_MAX : 0, kept = 0;
	struct iovec vec[64] = {{(void *)(uintptr_t)e->data, (size_t)e->size}};
	size_t vecs = 1;

	if (e->vec) {
		vecs = e->vec_n > ARRAY_LEN(vec) ? ARRAY_LEN(vec) : e->vec_n;
		vecs = memory_read(x->tid, e->vec, vec, vecs * sizeof *vec) / sizeof *vec;
	}
	*unread = false;
	for (size_t i = 0; i < vecs && left; i++) {
		u64 addr = (u64)(uintptr_t)vec[i].iov_base, n = vec[i].iov_len < left ? vec[i].iov_len : left;
		left -= n;
		while (n) {
			size_t want = n < sizeof buf ? n : sizeof buf, got = memory_read(x->tid, addr, buf, want);
			size_t copy = got < keep - kept ? got : keep - kept;
			hash = hash64(hash, buf, got);
			if (copy)
				memcpy(into + kept, buf, copy);
			kept += (u32)copy;
			if (got < want) {
				*unread = true;
				break;
			}
			addr += got;
			n -= got;
		}
	}
	*held = kept;
	return hash;
}

bool emit_entry(struct tracer *t, struct tracee *x, u16 kind, struct err *err)
{
	const struct entry *e = &x->entry;
	u32 room = e->held ? e->held : e->data || e->vec ? (u32)(e->size < LOG_CONTENT_MAX ? e->size : LOG_CONTENT_MAX) : 0;
	struct ev_enter body = {.fd = e->fd, .fd2 = e->fd2, .size = e->size, .arg = e->arg, .hash = e->hash, .space = e->space};
	bool ok, unread = false;
	u8 bytes[LOG_CONTENT_MAX * 2];
	struct rec *r;

	if (t->deaf)
		return true;
	if (e->held) {
		memcpy(bytes, e->bytes, e->held);
		body.held = e->held;
	} else if (room) {
		body.hash = contents_hash(t, x, e, bytes, &body.held, &unread);
	}
	r = emit_begin(t, kind, x, sizeof body + body.held, err, &ok);
	if (!r)
		return ok;
	r->call = e->call;
	r->site = x->site;
	r->flags = (u32)e->flags | (unread ? EVF_UNREAD : 0) |
	           ((e->data || e->vec) && body.held < e->size ? EVF_CUT : 0);
	memcpy(r + 1, &body, sizeof body);
	memcpy((u8 *)(r + 1) + sizeof body, bytes, body.held);
	emit_commit(t, r);
	return true;
}

bool emit_exit(struct tracer *t, struct tracee *x, const struct ev_exit *body, u32 flags,
               struct err *err)
{
	bool ok;
	struct rec *r = emit_begin(t, REC_EXIT, x, sizeof *body, err, &ok);

	if (!r)
		return ok;
	r->call = x->entry.call;
	r->site = x->site;
	r->flags = flags;
	memcpy(r + 1, body, sizeof *body);
	emit_commit(t, r);
	return true;
}

/* ---- questions ---- */

u32 tracer_tasks(const struct tracer *t) { return (u32)t->tasks.n - 1; }
u32 tracer_alive(const struct tracer *t) { return t->alive; }
u64 tracer_stops(const struct tracer *t) { return t->stops; }
void tracer_stop_recording(struct tracer *t) { t->deaf = true; }

enum holding tracer_holding(const struct tracer *t, u32 task)
{
	const struct tracee *x = tracee_by_task(t, task);

	return x ? x->holding : IS_GONE;
}

bool tracer_is_dead(const struct tracer *t, u32 task)
{
	const struct tracee *x = tracee_by_task(t, task);

	return x && x->holding == IS_GONE;
}

enum stop_kind tracer_stop_kind(const struct tracer *t, u32 task)
{
	const struct tracee *x = tracee_by_task(t, task);

	return x && (x->holding == IS_STOPPED || x->holding == IS_TAKEN) ? x->stop : STOP_NONE;
}

bool tracer_is_hold_point(const struct tracer *t, u32 task)
{
	const struct tracee *x = tracee_by_task(t, task);

	if (!x)
		return false;
	if (x->stop == STOP_SIGNAL)
		return signal_is_held(x);
	if (x->stop == STOP_EXIT && x->woken)
		return true;
	return x->stop == STOP_ENTRY && x->entry.hold && !x->restarting && !signal_comes_first(t, x);
}

u64 tracer_timeout(const struct tracer *t, u32 task)
{
	const struct tracee *x = tracee_by_task(t, task);

	const struct told *w = x && x->told_n ? &x->told[x->told_n - 1] : NULL;

	if (x && x->in_call)
		return x->altered && x->entry.timed.kind != TIMED_NOT ? x->entry.timed.ns : TIME_NONE;
	return w && w->endless && !w->suspended ? w->ns : TIME_NONE;
}

pid_t tracer_pid(const struct tracer *t, u32 task)
{
	const struct tracee *x = tracee_by_task(t, task);

	return x ? x->tgid : 0;
}

bool tracer_root_status(const struct tracer *t, int *status)
{
	*status = t->root_status;
	return t->root_gone;
}
