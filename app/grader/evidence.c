/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recording of a run, folded once from its beginning to its end, with the scenario's properties looking on. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grader/private.h"
#include "view/memory.h"

struct printed { /* one write to an actor's standard output */
	u64 off, n;
	u32 actor, task, site;
};
struct evidence {
	const struct run_spec *spec;
	struct log_reader *reader;
	struct world *world;
	struct sources *sources;
	struct typed *typed;
	struct scene scene;
	struct broken broken;
	VEC(void *) states;      /* by check */
	VEC(u32) actor_of;       /* by task: 1 + the actor whose program it is of, 0 none */
	VEC(struct printed) printed;
	VEC(u32) located;        /* by task: where it was found computing at the end; 0 unknown */
	u64 printed_n[ACTORS_MAX];
	u32 out_file[ACTORS_MAX]; /* the open file of its standard output; 0 unknown */
	struct {
		u32 task, site;
		int sig;
		u64 event;
	} crash, last_signal;
	struct interrupted interrupted; /* the first call that a signal broke off and that was not made again */
	VEC(struct interrupted) broken_off; /* by task: its last call, when it was */
	struct failed failed[ACTORS_MAX]; /* by actor */
	u32 failed_last;                  /* 1 + the actor whose call failed last */
};

const struct scene *evidence_scene(const struct evidence *e)
{
	return &e->scene;
}

u32 evidence_actor(const struct evidence *e, u32 task)
{
	return task < e->actor_of.n && e->actor_of.at[task] ? e->actor_of.at[task] - 1 : UINT32_MAX;
}

static bool is_learners(void *arg, u32 task)
{
	const struct evidence *e = arg;
	u32 actor = evidence_actor(e, task);

	return actor != UINT32_MAX && e->spec->s->actors.at[actor].kind == ACTOR_PROGRAM;
}

/* ---- whose task is it? ---- */

static void task_set(struct evidence *e, u32 task, u32 actor)
{
	while (e->actor_of.n <= task)
		*vec_push(&e->actor_of) = 0;
	e->actor_of.at[task] = actor;
}

static void note_birth(struct evidence *e, const struct rec *r)
{
	struct ev_spawn s;

	memcpy(&s, rec_body(r), sizeof s);
	if (s.creator && s.creator < e->actor_of.n) {
		task_set(e, r->task, e->actor_of.at[s.creator]);
		return;
	}
	for (u32 i = 0; i < e->spec->s->actors.n; i++)
		if (e->spec->shared->actors[i].task == r->task)
			task_set(e, r->task, i + 1);
}

/* ---- who printed what ---- */

static u32 file_of(const struct world *w, u32 task, i32 fd)
{
	const struct w_task *t = world_task(w, task);
	const struct w_fd *f = t ? world_fd(w, world_fd_find(w, t->proc, fd)) : NULL;

	return f ? f->file : 0;
}

/* Before a write comes back: is it to the standard output that the program was started with? */
static void note_write(struct evidence *e, const struct rec *r)
{
	const struct w_task *t = world_task(e->world, r->task);
	u32 actor = evidence_actor(e, r->task), file;
	struct ev_exit ev;

	memcpy(&ev, rec_body(r), sizeof ev);
	if (actor == UINT32_MAX || !t || !t->op.open || ev.ret <= 0 || (r->call != CALL_write && r->call != CALL_writev))
		return;
	file = t->op.file ? t->op.file : file_of(e->world, r->task, t->op.fd);
	if (!file || file != e->out_file[actor])
		return;
	*vec_push(&e->printed) = (struct printed){e->printed_n[actor], (u64)ev.ret, actor, r->task, t->op.site};
	e->printed_n[actor] += (u64)ev.ret;
}

static void note_outputs(struct evidence *e)
{
	for (u32 i = 0; i < e->spec->s->actors.n; i++)
		if (!e->out_file[i] && e->spec->shared->actors[i].task)
			e->out_file[i] = file_of(e->world, e->spec->shared->actors[i].task, 1);
}

bool evidence_writer(const struct evidence *e, u32 actor, u64 off, u32 *task, u32 *site)
{
	for (size_t i = 0; i < e->printed.n; i++) {
		const struct printed *p = &e->printed.at[i];

		if (p->actor != actor || off < p->off || off >= p->off + p->n)
			continue;
		*task = p->task;
		*site = p->site;
		return true;
	}
	return false;
}

bool evidence_shared_output(const struct evidence *e, u32 actor)
{
	u32 first = 0;

	for (size_t i = 0; i < e->printed.n; i++) {
		const struct printed *p = &e->printed.at[i];

		if (p->actor == actor && first && p->task != first)
			return true;
		first = p->actor == actor ? p->task : first;
	}
	return false;
}

/* ---- calls in vain ---- */

/* One that programs look at the answer of; not those that they make to find something out, or to be sure (unlink, access). */
static bool is_telling(u32 call)
{
	switch (call) {
	case CALL_read:
	case CALL_write:
	case CALL_close:
	case CALL_dup2:
	case CALL_open:
	case CALL_openat:
	case CALL_execve:
	case CALL_mmap:
	case CALL_ftruncate:
	case CALL_kill: return true;
	default: return (call >= CALL_socket && call <= CALL_sendmmsg) || (call >= CALL_mq_open && call <= CALL_shmctl && call != CALL_mq_unlink);
	}
}

/* Before a call comes back. */
static void note_failed(struct evidence *e, const struct rec *r)
{
	const struct w_task *t = world_task(e->world, r->task);
	i64 ret = ((const struct ev_exit *)rec_body(r))->ret;
	struct failed *f;

	if (ret >= 0 || ret <= -512 || ret == -EINTR || ret == -EAGAIN || ret == -EINPROGRESS || !t || !t->op.open || !t->op.site || !is_telling(t->op.call) ||
		!is_learners(e, r->task))
		return;
	e->failed_last = evidence_actor(e, r->task) + 1;
	f = &e->failed[e->failed_last - 1];
	f->task = r->task;
	f->site = t->op.site;
	f->error = (int)-ret;
	f->tries_program = t->op.call == CALL_execve;
	str_clear(&f->call);
	words_op(&e->scene, r->task, &t->op, false, &f->call);
}

/* execvp tries one folder after the other: those before were in vain for good reason. */
static void forget_failed(struct evidence *e, const struct rec *r)
{
	for (u32 i = 0; i < ACTORS_MAX; i++)
		if (e->failed[i].task == r->task && e->failed[i].tries_program)
			e->failed[i].task = 0;
}

const struct failed *evidence_failed(const struct evidence *e, u32 actor)
{
	if (e->spec->s->actors.at[actor].kind != ACTOR_PROGRAM)
		actor = e->failed_last ? e->failed_last - 1 : actor;
	return e->failed[actor].task ? &e->failed[actor] : NULL;
}

/* ---- crashes ---- */

static bool is_crash(int sig)
{
	return sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE || sig == SIGILL || sig == SIGABRT || sig == SIGSYS || sig == SIGPIPE || sig == SIGXCPU || sig == SIGXFSZ;
}

static void note_signal(struct evidence *e, const struct rec *r)
{
	struct ev_signal s;

	memcpy(&s, rec_body(r), sizeof s);
	if (s.handled || !is_learners(e, r->task) || !is_crash(s.sig))
		return;
	e->last_signal.task = r->task;
	e->last_signal.site = r->site;
	e->last_signal.sig = s.sig;
}

static void note_end(struct evidence *e, const struct rec *r)
{
	struct ev_end end;
	int sig;

	memcpy(&end, rec_body(r), sizeof end);
	sig = end.status & 0x7f;
	if (e->crash.task || !is_learners(e, r->task) || !sig || !is_crash(sig))
		return;
	e->crash.task = r->task;
	e->crash.sig = sig;
	e->crash.event = world_head(e->world)->events;
	if (e->last_signal.sig == sig)
		e->crash.site = e->last_signal.site;
}

bool evidence_crash(const struct evidence *e, u32 *task, int *sig, u32 *site, u64 *event)
{
	*task = e->crash.task;
	*sig = e->crash.sig;
	*site = e->crash.site;
	*event = e->crash.event;
	return e->crash.task != 0;
}

/* EINTR: is the same asked for again next, by the same task? */
static void note_interrupted(struct evidence *e, const struct rec *r)
{
	const struct w_task *t = world_task(e->world, r->task);
	struct interrupted *last;

	if (!t || !is_learners(e, r->task) || e->interrupted.task)
		return;
	while (e->broken_off.n <= r->task)
		*vec_push(&e->broken_off) = (struct interrupted){0};
	last = &e->broken_off.at[r->task];
	if (r->kind == REC_EXIT && t->op.open) {
		*last = ((const struct ev_exit *)rec_body(r))->ret == -EINTR ? (struct interrupted){r->task, t->op.call, t->op.site, t->op.fd} : (struct interrupted){0};
		return;
	}
	if (last->task && (r->kind == REC_END || r->call != last->call || ((const struct ev_enter *)rec_body(r))->fd != last->fd))
		e->interrupted = *last;
	*last = (struct interrupted){0};
}

const struct interrupted *evidence_interrupted(const struct evidence *e)
{
	return e->interrupted.task ? &e->interrupted : NULL;
}

static void note_located(struct evidence *e, const struct rec *r)
{
	const struct ev_observe *o = rec_body(r);

	if (o->what != OBS_STATE || o->a != OBS_RUNNING || !r->site)
		return;
	while (e->located.n <= r->task)
		*vec_push(&e->located) = 0;
	e->located.at[r->task] = r->site;
}

u32 evidence_located(const struct evidence *e, u32 task)
{
	return task < e->located.n ? e->located.at[task] : 0;
}

/* ---- the properties ---- */

static void show(struct evidence *e, const struct rec *rec, int when)
{
	for (size_t i = 0; i < e->spec->s->checks.n && !e->broken.text[0]; i++) {
		const struct check *c = e->spec->s->checks.at[i];
		void (*fn)(struct look *) = when == 0 ? c->before : when == 1 ? c->after : c->end;
		struct look look = {.scene = &e->scene, .state = e->states.at[i], .rec = rec, .learners = is_learners, .arg = e,
			.left_n = e->spec->shared->left_n, .left = (const char (*)[160])e->spec->shared->left, .broken = &e->broken};

		if (!fn)
			continue;
		fn(&look);
		if (e->broken.text[0]) {
			e->broken.check = c;
			e->broken.event = world_head(e->world)->events;
		}
	}
}

const struct broken *evidence_broken(const struct evidence *e)
{
	return e->broken.text[0] ? &e->broken : NULL;
}

void evidence_held(const struct evidence *e, struct str *out)
{
	for (size_t i = 0; i < e->spec->s->checks.n; i++)
		str_addf(out, "%s\n", e->spec->s->checks.at[i]->holds);
}

/* ---- the fold ---- */

static void apply(struct evidence *e, const struct rec *rec, u64 pos)
{
	if (!rec_is_event(rec)) {
		sources_add(e->sources, rec);
		return;
	}
	if (rec->kind == REC_EXIT) {
		note_write(e, rec);
		note_failed(e, rec);
	}
	if (rec->kind == REC_EXIT || rec->kind == REC_ENTER || rec->kind == REC_END)
		note_interrupted(e, rec);
	show(e, rec, 0);
	world_apply(e->world, rec, pos);
	if (rec->kind == REC_SPAWN)
		note_birth(e, rec);
	if (rec->kind == REC_OBSERVE || rec->kind == REC_EXEC)
		note_outputs(e);
	if (rec->kind == REC_EXEC)
		forget_failed(e, rec);
	if (rec->kind == REC_OBSERVE)
		note_located(e, rec);
	if (rec->kind == REC_SIGNAL)
		note_signal(e, rec);
	if (rec->kind == REC_END)
		note_end(e, rec);
	show(e, rec, 1);
}

struct evidence *evidence_create(const struct run_spec *spec, struct err *err)
{
	struct evidence *e = xmalloc(sizeof *e);
	const struct rec *rec;
	u64 pos = LOG_DATA, at = LOG_DATA;

	e->spec = spec;
	e->reader = log_reader_open(spec->record, err);
	if (!e->reader) {
		free(e);
		return NULL;
	}
	e->world = world_create();
	e->sources = sources_create();
	e->typed = typed_create();
	e->scene = (struct scene){.world = e->world, .log = e->reader, .sources = e->sources, .style = STYLE_SHORT, .typed = e->typed};
	for (size_t i = 0; i < spec->s->checks.n; i++)
		*vec_push(&e->states) = xmalloc(spec->s->checks.at[i]->state + 1);
	while ((rec = log_reader_next(e->reader, &pos))) {
		apply(e, rec, at);
		at = pos;
	}
	show(e, NULL, 2);
	return e;
}

void evidence_destroy(struct evidence *e)
{
	if (!e)
		return;
	typed_destroy(e->typed);
	sources_destroy(e->sources);
	world_destroy(e->world);
	log_reader_close(e->reader);
	for (size_t i = 0; i < e->states.n; i++)
		free(e->states.at[i]);
	free(e->states.at);
	free(e->actor_of.at);
	free(e->printed.at);
	free(e->broken_off.at);
	free(e->located.at);
	for (u32 i = 0; i < ACTORS_MAX; i++)
		str_finish(&e->failed[i].call);
	free(e);
}

/* ---- a recording that is kept ---- */

bool evidence_keep(const char *record, const char *path, const char *command, struct err *err)
{
	struct log_reader *reader = log_reader_open(record, err);
	struct log *log = reader ? log_create(path, true, err) : NULL;
	struct sources *sources = sources_create();
	struct str meta = {0};
	const struct rec *r;
	u64 pos = LOG_DATA;
	struct rec *to = NULL;
	bool ok = log != NULL;

	str_add_bytes(&meta, "command", 8);
	str_add_bytes(&meta, command, strlen(command) + 1);
	if (ok && (to = log_begin(log, meta.len, err))) {
		to->kind = REC_META;
		memcpy(to + 1, meta.s, meta.len);
		log_commit(log, to);
	}
	ok = ok && to;
	while (ok && (r = log_reader_next(reader, &pos))) {
		sources_add(sources, r);
		ok = (to = log_begin(log, r->len - sizeof *r, err)) != NULL;
		if (!ok)
			break;
		memcpy((char *)to + 8, (const char *)r + 8, r->len - 8);
		log_commit(log, to);
	}
	ok = ok && sources_write(sources, log, err);
	if (log)
		log_close(log);
	if (log && !ok)
		unlink(path);
	sources_destroy(sources);
	if (reader)
		log_reader_close(reader);
	str_finish(&meta);
	return ok;
}
