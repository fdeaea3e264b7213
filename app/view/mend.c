/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How to mend a hang: a phrase from the shape of its first cycle. What is said is what would let the cycle go on, named by
 * what the program has (descriptors, objects); where more than one thing would, the usual one.
 */
#include <string.h>

#include "view/private.h"
#include "view/report.h"

struct shape {
	const struct report *r;
	const struct scene *s;
	u32 task;      /* the one whose wait is spoken of */
	struct why y;  /* its wait */
	u32 members;   /* tasks of the cycle */
	u32 openers;   /* tasks that stand still in an open of a FIFO: each is a dead end */
	bool all_same; /* all of the cycle wait for the same reason */
};

/* Which wait of a cycle says most about what to do: a lock has one who holds it, an end may be held by many, and who is to
 * post a semaphore nobody knows. */
static int telling(const struct why *y)
{
	switch (y->reason) {
	case WHY_CHILD:
	case WHY_THREAD:
	case WHY_VFORK: return 1;
	case WHY_SEVERAL:
	case WHY_SEM: return 2;
	case WHY_FUTEX:
	case WHY_OTHER: return 0;
	case WHY_LOCK:
	case WHY_MUTEX:
	case WHY_COND: return 4;
	default: return 3;
	}
}

static bool shape_find(const struct report *r, struct shape *sh)
{
	int best = -1;

	*sh = (struct shape){.r = r, .s = &r->scene, .all_same = true};
	for (u32 t = 1; t < world_tasks(r->scene.world); t++) {
		struct why y;

		if (r->standing->cycle[t] && world_why_wait(r->scene.world, t, &y) && y.reason == WHY_OPEN)
			sh->openers++;
		if (r->standing->cycle[t] != 1 || !world_why_wait(r->scene.world, t, &y))
			continue;
		sh->members++;
		if (sh->task && y.reason != sh->y.reason)
			sh->all_same = false;
		if (telling(&y) > best) {
			best = telling(&y);
			sh->task = t;
			sh->y = y;
		}
	}
	return sh->task != 0;
}

static u32 wakers_of(const struct why *y)
{
	return y->wakers_n < ARRAY_LEN(y->wakers) ? y->wakers_n : (u32)ARRAY_LEN(y->wakers);
}

/* Of those who could wake it one that has an end: itself first, or last. */
static const struct why_waker *holder(const struct why *y, bool itself)
{
	const struct why_waker *found = NULL;

	for (u32 i = 0; i < wakers_of(y); i++) {
		const struct why_waker *k = &y->wakers[i];

		if (k->fd && (!found || (k->self == itself && found->self != itself)))
			found = k;
	}
	return found;
}

static bool waits_in_cycle(const struct shape *sh, u32 task, struct why *y)
{
	return sh->r->standing->cycle[task] == 1 && world_why_wait(sh->s->world, task, y);
}

static void add_object(const struct shape *sh, struct str *out)
{
	struct str name = {0};

	str_add(out, report_object(sh->s, &sh->y, &name) ? str_get(&name) : "it");
	str_finish(&name);
}

/* What the holder of an end does instead: "before it reads", "before it waits for P2". */
static void add_before(const struct shape *sh, u32 task, struct str *out)
{
	struct why y;
	struct str object = {0};

	if (!world_why_wait(sh->s->world, task, &y)) {
		str_finish(&object);
		return;
	}
	report_object(sh->s, &y, &object);
	switch (y.reason) {
	case WHY_CHILD:
	case WHY_THREAD: str_addf(out, " before it waits for %s", object.len ? str_get(&object) : "its child"); break;
	case WHY_EMPTY: str_addf(out, " before it reads%s%s", task == sh->task ? "" : " ", task == sh->task ? "" : str_get(&object)); break;
	case WHY_FULL: str_addf(out, " before it writes to %s", str_get(&object)); break;
	default: str_add(out, " before it waits"); break;
	}
	str_finish(&object);
}

/* ---- two of which each waits for the other, at an end of a pipe or a socket ---- */

struct pair {
	u32 a, b; /* tasks */
	struct why of_a, of_b;
};

static bool is_about_an_end(const struct why *y)
{
	return (y->pipe || y->object_kind == OBJ_SOCKET) && (y->reason == WHY_EMPTY || y->reason == WHY_FULL);
}

/* A program that was started with an end above 2 does not know of it. */
static bool is_leaked(const struct shape *sh, u32 proc, const struct why_waker *k)
{
	const struct w_proc *p = world_proc(sh->s->world, proc);
	const struct w_task *by = p ? world_task(sh->s->world, p->creator) : NULL;
	const struct w_proc *parent = by ? world_proc(sh->s->world, by->proc) : NULL;
	const struct w_fd *fd = world_fd(sh->s->world, k->fd);

	return fd && parent && fd->fd > 2 && fd->how == FD_INHERITED && p->exec_path != parent->exec_path;
}

/* All that keep it open got their end by accident: then the wait is about that, whatever else the cycle is made of. */
static bool find_leak(struct shape *sh)
{
	struct why y;

	for (u32 t = 1; t < world_tasks(sh->s->world); t++) {
		bool all = waits_in_cycle(sh, t, &y) && y.reason == WHY_EMPTY && is_about_an_end(&y) && y.wakers_n;

		for (u32 i = 0; all && i < wakers_of(&y); i++)
			all = y.wakers[i].fd && is_leaked(sh, y.wakers[i].proc, &y.wakers[i]);
		if (!all)
			continue;
		sh->task = t;
		sh->y = y;
		sh->all_same = false;
		return true;
	}
	return false;
}

static bool is_given_to(const struct shape *sh, const struct why *y, u32 proc)
{
	for (u32 i = 0; i < wakers_of(y); i++)
		if (y->wakers[i].fd && y->wakers[i].proc == proc && !is_leaked(sh, proc, &y->wakers[i]))
			return true;
	return false;
}

static bool could_be_woken_by(const struct why *y, u32 proc)
{
	for (u32 i = 0; i < wakers_of(y); i++)
		if (y->wakers[i].fd && y->wakers[i].proc == proc)
			return true;
	return false;
}

/* Has it an end to read from, too? Then the one to write to it was left open, not meant: that is another tale. */
static bool can_read(const struct shape *sh, u32 proc, const struct why *y)
{
	const struct world *w = sh->s->world;
	const struct w_pipe *p = world_pipe(w, y->pipe);

	for (u32 file = y->pipe && p ? p->files : 0; file; file = world_file(w, file)->next)
		for (u32 fd = world_file(w, file)->access & ACCESS_READ ? world_file(w, file)->fd_first : 0; fd; fd = world_fd(w, fd)->same)
			if (world_fd(w, fd)->fdt == world_proc(w, proc)->fdt)
				return true;
	return false;
}

static bool is_pair(const struct shape *sh, struct pair *p)
{
	u32 a = world_task(sh->s->world, p->a)->proc, b = world_task(sh->s->world, p->b)->proc;

	if (a == b || !is_about_an_end(&p->of_a) || !is_about_an_end(&p->of_b))
		return false;
	if (!is_given_to(sh, &p->of_a, b) || !is_given_to(sh, &p->of_b, a))
		return false;
	if (p->of_a.reason == WHY_EMPTY && (could_be_woken_by(&p->of_a, a) || can_read(sh, b, &p->of_a)))
		return false;
	return p->of_b.reason != WHY_EMPTY || !(could_be_woken_by(&p->of_b, b) || can_read(sh, a, &p->of_b));
}

static bool find_pair(const struct shape *sh, struct pair *p)
{
	u32 n = world_tasks(sh->s->world);

	for (p->a = 1; p->a < n; p->a++)
		for (p->b = p->a + 1; p->b < n && waits_in_cycle(sh, p->a, &p->of_a); p->b++)
			if (waits_in_cycle(sh, p->b, &p->of_b) && is_pair(sh, p))
				return true;
	return false;
}

/* Something has come through to the one who waits for more of it. */
static bool has_had_some(const struct shape *sh, const struct why *y)
{
	const struct w_pipe *p = world_pipe(sh->s->world, y->pipe);
	const struct w_socket *s = y->object_kind == OBJ_SOCKET ? world_socket(sh->s->world, y->object) : NULL;
	const struct w_flow *f = s ? world_flow(sh->s->world, s->in) : NULL;

	return (p && p->taken > 0) || (f && f->taken > 0);
}

/* `asker` has written, `other` has read it and wants more: the end, as sort(1) does, or only what the asker thinks it has. */
static void mend_asker(const struct shape *sh, u32 asker, u32 other, const struct why *of_other, struct str *out)
{
	const struct why_waker *k = NULL;
	const struct w_fd *fd;
	char name[2][24];

	for (u32 i = 0; i < wakers_of(of_other) && !k; i++)
		if (of_other->wakers[i].fd && of_other->wakers[i].proc == world_task(sh->s->world, asker)->proc)
			k = &of_other->wakers[i];
	fd = k ? world_fd(sh->s->world, k->fd) : NULL;
	words_proc(sh->s, world_task(sh->s->world, asker)->proc, name[0]);
	words_proc(sh->s, world_task(sh->s->world, other)->proc, name[1]);
	if (of_other->object_kind == OBJ_SOCKET)
		str_addf(out, "shutdown(%d, SHUT_WR) in %s", fd ? fd->fd : -1, name[0]);
	else
		str_addf(out, "close fd %d in %s", fd ? fd->fd : -1, name[0]);
	str_addf(out, " after its last byte, before it reads: %s may be reading to the end; or %s has to write%s first", name[1],
		name[1], of_other->object_kind == OBJ_SOCKET ? "" : " (and flush)");
}

static void mend_both_read(const struct shape *sh, const struct pair *p, struct str *out)
{
	bool a = has_had_some(sh, &p->of_a), b = has_had_some(sh, &p->of_b);

	if (b && !a) {
		mend_asker(sh, p->a, p->b, &p->of_b, out);
		return;
	}
	if (a && !b) {
		mend_asker(sh, p->b, p->a, &p->of_a, out);
		return;
	}
	str_add(out, "one of them has to write before it reads (each waits for the other's bytes)");
	if (p->of_a.pipe)
		str_add(out, ", and to flush what it wrote");
	if (sh->r->attached || (a && b))
		str_add(out, "; or to close its end, if it has written all");
}

static void mend_read_as_well(const struct shape *sh, const struct pair *p, struct str *out)
{
	bool a_reads = p->of_a.reason == WHY_EMPTY;
	struct str want = {0}, full = {0};
	char name[24];

	report_object(sh->s, a_reads ? &p->of_a : &p->of_b, &want);
	report_object(sh->s, a_reads ? &p->of_b : &p->of_a, &full);
	str_addf(out, "%s has to read %s along with %s: with poll, or a thread",
		words_proc(sh->s, world_task(sh->s->world, a_reads ? p->a : p->b)->proc, name), str_get(&full), str_get(&want));
	str_finish(&want);
	str_finish(&full);
}

static bool mend_pair(struct shape *sh, struct str *out)
{
	struct pair p;

	if (sh->y.reason != WHY_EMPTY && sh->y.reason != WHY_FULL)
		return false;
	if (find_leak(sh) || !find_pair(sh, &p))
		return false;
	if (p.of_a.reason == WHY_EMPTY && p.of_b.reason == WHY_EMPTY)
		mend_both_read(sh, &p, out);
	else if (p.of_a.reason == p.of_b.reason)
		str_add(out, "one of them has to read while it writes: with poll, in pieces, or in a thread of its own");
	else
		mend_read_as_well(sh, &p, out);
	return true;
}

/* ---- one of them at an end ---- */

/* "close fd 4 in P2", "close fds 2 and 4 in P2": all of them that this process has. */
static void add_close(const struct shape *sh, const struct why *y, u32 proc, struct str *out)
{
	u32 n = 0, at = 0;
	char name[24];

	for (u32 i = 0; i < wakers_of(y); i++)
		n += y->wakers[i].fd && y->wakers[i].proc == proc;
	str_add(out, n > 1 ? "fds " : "fd ");
	for (u32 i = 0; i < wakers_of(y); i++)
		if (y->wakers[i].fd && y->wakers[i].proc == proc)
			str_addf(out, "%s%d", !at++ ? "" : at == n ? " and " : ", ", world_fd(sh->s->world, y->wakers[i].fd)->fd);
	str_addf(out, " in %s", words_proc(sh->s, proc, name));
}

static void mend_empty(const struct shape *sh, struct str *out)
{
	const struct why_waker *k = holder(&sh->y, true);
	const struct w_fd *fd = k ? world_fd(sh->s->world, k->fd) : NULL;
	u32 last = k ? k->proc : 0;

	if (!fd)
		return;
	if (sh->all_same && sh->members > 1) {
		str_addf(out, "one of them has to write before it reads (each waits for the other's bytes)");
		return;
	}
	/* An end of its own that it has not used yet may have been meant to be written to. */
	if (!k->self && fd->how != FD_INHERITED && !has_had_some(sh, &sh->y)) {
		str_add(out, "write to ");
		add_object(sh, out);
		str_add(out, ", or ");
	}
	str_add(out, "close ");
	add_close(sh, &sh->y, k->proc, out);
	add_before(sh, k->self ? sh->task : k->task, out);
	/* Who waits for it to end does not write any more, either: its end keeps the pipe open as well. */
	for (u32 i = 0; k->self && i < wakers_of(&sh->y); i++) {
		const struct why_waker *other = &sh->y.wakers[i];
		struct why y;

		if (!other->fd || other->self || other->proc == last || !waits_in_cycle(sh, other->task, &y) || y.reason != WHY_CHILD)
			continue;
		str_add(out, ", and ");
		add_close(sh, &sh->y, last = other->proc, out);
		add_before(sh, other->task, out);
	}
	if (fd->how == FD_INHERITED && !fd->cloexec)
		str_addf(out, ", or make the %s close-on-exec where it need not be inherited",
			sh->y.object_kind == OBJ_SOCKET ? "socket" : "pipe");
}

static void mend_full(const struct shape *sh, struct str *out)
{
	const struct w_socket *socket = sh->y.object_kind == OBJ_SOCKET ? world_socket(sh->s->world, sh->y.object) : NULL;
	const struct why_waker *k = holder(&sh->y, false);
	bool listens = socket && socket->state == SOCKET_LISTENING;
	char name[24];

	if (sh->all_same && sh->members > 1) {
		str_add(out, "one of them has to read while it writes: with poll, in pieces, or in a thread of its own");
		return;
	}
	if (!k)
		return;
	if (k->self) {
		str_addf(out, "somebody else has to read ");
		add_object(sh, out);
		str_addf(out, " while %s writes, or %s writes less than it holds", words_proc(sh->s, k->proc, name), words_proc(sh->s, k->proc, name));
		return;
	}
	str_addf(out, "%s has to %s ", words_proc(sh->s, k->proc, name), listens ? "accept the connections of" : "read");
	add_object(sh, out);
	str_add(out, listens ? "" : " to its end");
	add_before(sh, k->task, out);
}

static void mend_queue(const struct shape *sh, struct str *out)
{
	if (sh->y.reason == WHY_EMPTY) {
		add_object(sh, out);
		str_add(out, " needs a message of that kind: one of them has to send before it receives");
		return;
	}
	str_add(out, "receive from ");
	add_object(sh, out);
	str_add(out, " before more is sent to it, or make it larger");
}

static void mend_mutex(const struct shape *sh, struct str *out)
{
	const struct w_sync *x = world_sync(sh->s->world, sh->y.sync);

	if (x && x->copied)
		str_add(out, "fork while no other thread holds a lock, or take none in the child before exec (pthread_atfork(3))");
	else if (x && x->owner_died)
		str_add(out, "unlock it before its holder ends, or make it robust (pthread_mutexattr_setrobust) and mend it on EOWNERDEAD");
	else if (sh->all_same && sh->members > 1)
		str_add(out, "take the locks in the same order everywhere");
	else if (x && x->owner == sh->task)
		str_add(out, "unlock it before it is locked again, or make it recursive (PTHREAD_MUTEX_RECURSIVE)");
	else {
		str_add(out, "unlock ");
		add_object(sh, out);
		add_before(sh, x ? x->owner : 0, out);
	}
}

/* open(2) of a FIFO waits for the other side; with O_NONBLOCK one to write fails where nobody reads, fifo(7). */
static void mend_open(const struct shape *sh, struct str *out)
{
	bool writes = world_task(sh->s->world, sh->task)->op.role == ACCESS_WRITE;

	if (sh->members > 1) {
		str_add(out, "open the other end first, or open it with O_RDWR or O_NONBLOCK");
		return;
	}
	str_add(out, "somebody has to open ");
	add_object(sh, out);
	str_add(out, writes ? " for reading; or open it with O_RDWR" : " for writing; or open it with O_NONBLOCK");
}

/* A child that waits for a signal while its parent waits for the child. */
static u32 who_waits_for(const struct shape *sh, u32 proc)
{
	struct why y;

	for (u32 t = 1; t < world_tasks(sh->s->world); t++)
		if (sh->r->standing->of[t] == STANDS_STUCK && world_why_wait(sh->s->world, t, &y) && y.reason == WHY_CHILD)
			for (u32 i = 0; i < wakers_of(&y); i++)
				if (y.wakers[i].proc == proc)
					return t;
	return 0;
}

/* Somebody reads, and is not in the cycle: the end that keeps it waiting is held by one who sleeps for good. */
static bool mend_sleeping_holder(const struct shape *sh, struct str *out)
{
	u32 proc = world_task(sh->s->world, sh->task)->proc;
	char name[24];
	struct why y;

	for (u32 t = 1; t < world_tasks(sh->s->world); t++) {
		if (sh->r->standing->of[t] != STANDS_STUCK || sh->r->standing->cycle[t] || !world_why_wait(sh->s->world, t, &y) ||
			y.reason != WHY_EMPTY || !is_about_an_end(&y) || !could_be_woken_by(&y, proc))
			continue;
		str_add(out, "close ");
		add_close(sh, &y, proc, out);
		str_addf(out, " before it waits for a signal, or end %s: while it has that end open the reader does not see the end",
			words_proc(sh->s, proc, name));
		return true;
	}
	return false;
}

static void mend_signal(const struct shape *sh, struct str *out)
{
	u32 parent = who_waits_for(sh, world_task(sh->s->world, sh->task)->proc);
	char name[2][24];

	if (mend_sleeping_holder(sh, out))
		return;
	if (parent) {
		words_proc(sh->s, world_task(sh->s->world, parent)->proc, name[0]);
		words_proc(sh->s, world_task(sh->s->world, sh->task)->proc, name[1]);
		str_addf(out, "%s has to signal %s before it waits for it; if it did: ", name[0], name[1]);
	}
	str_add(out, "block the signal before testing for it, and wait with sigsuspend or sigwaitinfo: one that came before pause is gone");
}

static const char *counter_advice(const struct why *y)
{
	switch (y->object_kind) {
	case OBJ_TIMERFD: return "set the timer (timerfd_settime) before its descriptor is read";
	case OBJ_SIGNALFD: return "send one of its signals before it is read, and block them in every thread, so that none goes elsewhere";
	default:
		return y->call == CALL_write || y->call == CALL_writev ? "read it before more is added" : "write to it before it is read";
	}
}

/* The reasons that need no more than a sentence. */
static const char *plain_advice(const struct shape *sh)
{
	switch (sh->y.reason) {
	case WHY_LOCK:
		return sh->members > 1 && sh->all_same ? "take the file locks in the same order everywhere"
						       : "give the file lock back before waiting for who needs it";
	case WHY_OPEN:
		return sh->openers > 1 ? "open the FIFOs in the same order on both sides" : NULL;
	case WHY_COND:
		return "set what is waited for under the mutex, and test it before each wait (while (!ready) pthread_cond_wait): a "
		       "signal that nobody waits for is lost";
	case WHY_SYSV_SEM:
		if (world_op_sem_delta(sh->s->world, sh->task, (u32)sh->y.off) >= 0)
			return "take the semaphore down to 0, as the one who waits for 0 expects, before waiting for it";
		/* fall through */
	case WHY_SEM: return "post the semaphore on every way out, before waiting for who needs it";
	case WHY_BARRIER: return "make the barrier for as many as come to it";
	case WHY_SPIN: return "let somebody change what it spins on";
	case WHY_COUNTER: return counter_advice(&sh->y);
	default: return NULL;
	}
}

/* A connection that its listener's process never takes: whatever the other end waits for comes after that. */
static bool mend_unaccepted(const struct shape *sh, struct str *out)
{
	const struct world *w = sh->s->world;
	struct why y;

	for (u32 t = 1; t < world_tasks(w); t++) {
		const struct w_socket *k, *peer;

		if (!waits_in_cycle(sh, t, &y) || y.object_kind != OBJ_SOCKET || (y.reason != WHY_EMPTY && y.reason != WHY_FULL))
			continue;
		k = world_socket(w, y.object);
		peer = k ? world_socket(w, k->peer) : NULL;
		if (!peer || !peer->embryo)
			continue;
		str_add(out, "accept the connection of ");
		words_socket_name(sh->s, y.object, out);
		if (wakers_of(&y) && y.wakers[0].proc) {
			char name[24];

			str_addf(out, " in %s", words_proc(sh->s, y.wakers[0].proc, name));
			add_before(sh, y.wakers[0].task, out);
		}
		return true;
	}
	return false;
}

static void mend_several(const struct shape *sh, struct str *out)
{
	struct str object = {0};

	if (report_object(sh->s, &sh->y, &object))
		str_addf(out, "wait for the descriptor that will become ready: %s will not", str_get(&object));
	str_finish(&object);
}

bool report_mend(const struct report *r, struct str *out)
{
	struct shape sh;
	size_t before = out->len;
	const char *advice;

	if (!r->standing->cycles || !shape_find(r, &sh))
		return false;
	advice = plain_advice(&sh);
	if (advice)
		str_add(out, advice);
	else if (sh.y.reason == WHY_MUTEX)
		mend_mutex(&sh, out);
	else if (sh.y.object_kind == OBJ_MQ)
		mend_queue(&sh, out);
	else if (sh.y.reason == WHY_SIGNAL)
		mend_signal(&sh, out);
	else if (sh.y.reason == WHY_OPEN)
		mend_open(&sh, out);
	else if (mend_unaccepted(&sh, out) || mend_pair(&sh, out))
		;
	else if (sh.y.reason == WHY_EMPTY)
		mend_empty(&sh, out);
	else if (sh.y.reason == WHY_FULL)
		mend_full(&sh, out);
	else if (sh.y.reason == WHY_SEVERAL)
		mend_several(&sh, out);
	return out->len > before;
}
