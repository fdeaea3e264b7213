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

/* Which wait of a cycle says most about what to do. */
static int telling(const struct why *y)
{
	switch (y->reason) {
	case WHY_CHILD:
	case WHY_THREAD:
	case WHY_VFORK: return 1;
	case WHY_SEVERAL: return 2;
	case WHY_FUTEX:
	case WHY_OTHER: return 0;
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

/* Of those who could wake it one that has an end and waits as well: itself first. */
static const struct why_waker *holder(const struct shape *sh)
{
	const struct why_waker *found = NULL;

	for (u32 i = 0; i < sh->y.wakers_n && i < ARRAY_LEN(sh->y.wakers); i++) {
		const struct why_waker *k = &sh->y.wakers[i];

		if (k->fd && (!found || k->self))
			found = k;
	}
	return found;
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

static void mend_empty(const struct shape *sh, struct str *out)
{
	const struct why_waker *k = holder(sh);
	const struct w_fd *fd = k ? world_fd(sh->s->world, k->fd) : NULL;
	char name[24];

	if (!fd)
		return;
	if (sh->all_same && sh->members > 1) {
		str_addf(out, "one of them has to write before it reads (each waits for the other's bytes)");
		return;
	}
	str_addf(out, "close fd %d in %s", fd->fd, words_proc(sh->s, k->proc, name));
	add_before(sh, k->self ? sh->task : k->task, out);
	if (fd->how == FD_INHERITED && !fd->cloexec)
		str_addf(out, ", or make the %s close-on-exec where it need not be inherited",
			sh->y.object_kind == OBJ_SOCKET ? "socket" : "pipe");
}

static void mend_full(const struct shape *sh, struct str *out)
{
	const struct why_waker *k = holder(sh);
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
	str_addf(out, "%s has to read ", words_proc(sh->s, k->proc, name));
	add_object(sh, out);
	str_add(out, " to its end");
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

/* The reasons that need no more than a sentence. */
static const char *plain_advice(const struct shape *sh)
{
	switch (sh->y.reason) {
	case WHY_LOCK:
		return sh->members > 1 && sh->all_same ? "take the file locks in the same order everywhere"
						       : "give the file lock back before waiting for who needs it";
	case WHY_OPEN:
		return sh->openers > 1 ? "open the FIFOs in the same order on both sides"
				       : "open the other end first, or open it with O_RDWR or O_NONBLOCK";
	case WHY_COND:
		return "set what is waited for under the mutex, and test it before each wait (while (!ready) pthread_cond_wait): a "
		       "signal that nobody waits for is lost";
	case WHY_SEM:
	case WHY_SYSV_SEM: return "post the semaphore on every way out, before waiting for who needs it";
	case WHY_BARRIER: return "make the barrier for as many as come to it";
	case WHY_SIGNAL:
		return "block the signal before testing for it, and wait with sigsuspend or sigwaitinfo: one that came before pause "
		       "is gone";
	case WHY_SPIN: return "let somebody change what it spins on";
	case WHY_COUNTER: return "write to it before it is read";
	default: return NULL;
	}
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
	else if (sh.y.reason == WHY_EMPTY)
		mend_empty(&sh, out);
	else if (sh.y.reason == WHY_FULL)
		mend_full(&sh, out);
	else if (sh.y.reason == WHY_SEVERAL)
		mend_several(&sh, out);
	return out->len > before;
}
