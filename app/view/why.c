/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why a task waits: who, in which call, where, for what, who could end the wait and why they do
 * not. All of it comes from world_why; here are only the words.
 */
#include <string.h>

#include "view/memory.h"
#include "view/private.h"

enum telling { TOLD_NOT, TOLD_SAME, TOLD_ANOTHER };

static const char *itself_or(const struct why_waker *k)
{
	return k->self ? " itself" : "";
}

/* "P1", "P1 and P2 itself", "P1, P2 and P3": each process once, though it may hold several ends. */
static u32 add_waker_names(const struct scene *s, const struct why *y, struct str *out)
{
	u32 first[ARRAY_LEN(y->wakers)], n = 0;
	u32 total = y->wakers_n < ARRAY_LEN(y->wakers) ? y->wakers_n : ARRAY_LEN(y->wakers);
	char name[24];

	for (u32 i = 0; i < total; i++) {
		/* Who sleeps at a counter does nothing about it himself. */
		bool seen = y->wakers[i].outside || (y->wakers[i].self && y->reason == WHY_COUNTER);

		for (u32 j = 0; j < n && !seen; j++)
			seen = y->wakers[first[j]].proc == y->wakers[i].proc;
		if (!seen)
			first[n++] = i;
	}
	for (u32 j = 0; j < n; j++)
		str_addf(out, "%s%s%s",
			j == 0       ? ""
			: j + 1 == n ? " and "
				     : ", ",
			words_proc(s, y->wakers[first[j]].proc, name),
			itself_or(&y->wakers[first[j]]));
	return n;
}

static bool waker_outside(const struct scene *s, const struct why *y)
{
	if (s->alone)
		return false;
	for (u32 i = 0; i < y->wakers_n && i < ARRAY_LEN(y->wakers); i++)
		if (y->wakers[i].outside)
			return true;
	return false;
}

/* "pipe1 is empty", "pipe1 is full": the state of the pipe that keeps it waiting. */
static void add_pipe_state(const struct scene *s, const struct why *y, struct str *out)
{
	const struct w_pipe *p = world_pipe(s->world, y->pipe);
	char name[24];

	if (!p)
		str_addf(out, "fd %d is not ready", y->fd);
	else if (y->reason == WHY_EMPTY)
		str_addf(out, "%s is empty", world_pipe_name(s->world, y->pipe, name));
	else if ((u64)p->fill >= p->capacity)
		str_addf(out, "%s is full", world_pipe_name(s->world, y->pipe, name));
	else
		str_addf(out, "%s has too little room", world_pipe_name(s->world, y->pipe, name));
}

/* "mutex1 is held by P1 since producer.c:20", "cond1 has not been signalled" */
static void add_sync_reason(const struct scene *s, const struct why *y, struct str *out)
{
	const struct w_sync *x = world_sync(s->world, y->sync);

	words_sync_name(s, y->sync, out);
	if (!x)
		return;
	switch (y->reason) {
	case WHY_COND: str_add(out, " has not been signalled"); return;
	case WHY_BARRIER:
		str_addf(out, " needs %u, and %lld %s there", x->limit, (long long)x->value,
			x->value == 1 ? "is" : "are");
		return;
	default:
		str_add(out, x->kind == SYNC_MUTEX && !x->owner && x->owner_died ? ": " : " is ");
		words_sync_state(s, y->sync, out);
	}
}

static void add_thread_reason(const struct scene *s, const struct why *y, struct str *out)
{
	if (y->wakers_n && world_task(s->world, y->wakers[0].task)) {
		words_name(s, y->wakers[0].task, out);
		str_add(out, " has not ended");
	} else {
		str_add(out, "the thread has not ended");
	}
}

static void add_spin_reason(const struct scene *s, const struct why *y, struct str *out)
{
	struct ring ring;
	struct str full = {0};

	str_add(out, words_spin(s, y->task, " and ", out) > 1 ? " have not changed"
							       : " has not changed");
	if (ring_find(s, y->segment, &ring))
		ring_words(s, &ring, &full);
	if (full.len)
		str_addf(out, " (%s)", str_get(&full));
	str_finish(&full);
}

static void add_reason(const struct scene *s, const struct why *y, struct str *out)
{
	struct str names = {0};
	u32 n;

	if (words_queue_reason(s, y, out))
		return;
	switch (y->reason) {
	case WHY_EMPTY:
	case WHY_FULL:
		if (!words_socket_reason(s, y, out))
			add_pipe_state(s, y, out);
		break;
	case WHY_CHILD:
		n = add_waker_names(s, y, &names);
		if (n > 1)
			str_addf(out, "none of its children has ended: %s", str_get(&names));
		else if (n == 1)
			str_addf(out, "its child %s has not ended", str_get(&names));
		else
			str_add(out, "no child of its has ended");
		break;
	case WHY_VFORK:
		add_waker_names(s, y, &names);
		str_addf(out, "%s has neither ended nor called exec",
			names.len ? str_get(&names) : "its child");
		break;
	case WHY_TIMER:
		words_duration(y->timeout_ns, out);
		str_add(out, " have not passed");
		break;
	case WHY_SEVERAL: words_several(s, y->task, out); break;
	case WHY_SIGNAL: words_signal_reason(s, y, out); break;
	case WHY_SEM:
	case WHY_MUTEX:
	case WHY_COND:
	case WHY_BARRIER: add_sync_reason(s, y, out); break;
	case WHY_THREAD: add_thread_reason(s, y, out); break;
	case WHY_SPIN: add_spin_reason(s, y, out); break;
	case WHY_FUTEX:
		str_add(out, "a word of memory has not been changed, and ipclab cannot tell what it "
			     "stands for: the program was not built by ipclab cc");
		break;
	case WHY_COUNTER: words_counter_reason(s, y, out); break;
	case WHY_LOCK: words_lock_reason(s, y, out); break;
	case WHY_OPEN: words_fifo_reason(s, y, out); break;
	case WHY_TERMINAL: str_add(out, "nobody has typed a line at its terminal"); break;
	default:
		str_add(out, "for something that ipclab does not follow");
		if (world_proc(s->world, world_task(s->world, y->task)->proc)->foreign)
			str_add(out, ": it is a 32-bit program");
		break;
	}
	str_finish(&names);
}

bool words_reason(const struct scene *s, u32 task, struct str *out)
{
	struct why y;

	if (!world_why(s->world, task, &y) || y.reason == WHY_NOT)
		return false;
	add_reason(s, &y, out);
	return true;
}

static bool waits_for_terminal(const struct scene *s, const struct why *y)
{
	bool only;

	return y->reason == WHY_SEVERAL && words_terminals(s, y->task, &only) > 0;
}

/* Ends are only spoken of where an end is what matters. */
static bool about_ends(const struct scene *s, const struct why *y)
{
	bool only = false;

	if (y->reason == WHY_SEVERAL && ((words_terminals(s, y->task, &only) && only) || words_nothing_polled(s, y->task)))
		return false; /* as a read of it; as pause */
	return y->reason == WHY_EMPTY || y->reason == WHY_FULL || y->reason == WHY_SEVERAL;
}

static const char *could(const struct scene *s, const struct why *y)
{
	if (y->object_kind == OBJ_MQ)
		return y->reason == WHY_EMPTY ? "can still be sent to by " : "can still be received from by ";
	if (y->object_kind == OBJ_SOCKET)
		return words_socket_could(s, y);
	return y->reason == WHY_EMPTY  ? "can still be written to by "
	       : y->reason == WHY_FULL ? "can still be read by "
				       : "can still be made ready by ";
}

/* What others could do about it, where that is no end of a pipe; NULL: nothing is to be said. */
static const char *could_do(const struct why *y)
{
	switch (y->reason) {
	case WHY_SEM: return "could post it";
	case WHY_SYSV_SEM: return "could change it";
	case WHY_COND: return "could signal it";
	case WHY_BARRIER: return "could come to it";
	case WHY_SPIN: return "could change that";
	case WHY_COUNTER:
		if (y->object_kind != OBJ_EVENTFD)
			return NULL;
		return y->call == CALL_write || y->call == CALL_writev ? "could read it" : "could add to it";
	default: return NULL;
	}
}

/* A System V object is held by nobody: its id is enough. */
static bool is_by_id(const struct scene *s, const struct why *y)
{
	const struct w_queue *q = y->object_kind == OBJ_MQ ? world_queue(s->world, y->object) : NULL;

	return !s->alone && (y->object_kind == OBJ_SEMS || (q && q->sysv));
}

/* "; P1 could post it", "; nobody is left who could" */
static void add_could(const struct scene *s, const struct why *y, struct str *out)
{
	const char *what = could_do(y);
	struct str names = {0};
	u32 n;

	if (!what)
		return;
	n = add_waker_names(s, y, &names);
	if (n)
		str_addf(out, "; %s %s", str_get(&names), what);
	if (waker_outside(s, y))
		str_addf(out, n ? ", and processes that are not watched"
				: "; processes that are not watched %s",
			what);
	else if (!n)
		str_addf(out, "; %s %s", is_by_id(s, y) && !y->cycle_n ? "whoever knows its id" : "nobody is left who", what);
	str_finish(&names);
}

/* Who waits has not closed it and will not; who is still going to move may. */
static const char *closed_or_not(const struct why_waker *k)
{
	return k->state == TASK_BLOCKED ? ", never closed" : ", still open";
}

/* ", through fd 4, inherited at fork, main.c:8, never closed" */
static void add_through(const struct scene *s, const struct why_waker *k, struct str *out)
{
	const struct w_fd *fd = world_fd(s->world, k->fd);

	if (!fd)
		return;
	if (s->pids && fd->how == FD_UNKNOWN) { /* looked at from outside: that it would survive an exec says something of it */
		str_addf(out, ", through fd %d%s", fd->fd, fd->cloexec ? "" : " (no close-on-exec)");
		return;
	}
	str_addf(out, ", through fd %d, ", fd->fd);
	words_provenance(s, k->proc, k->fd, false, out);
	str_add(out, closed_or_not(k));
}

/* ", through fds 5, 3 and 7": of one who has several of the ends that are waited for. */
static void add_through_all(const struct scene *s, const struct why *y, u32 n, u32 first, struct str *out)
{
	u32 proc = y->wakers[first].proc, of = 0, at = 0;

	for (u32 i = first; i < n; i++)
		of += y->wakers[i].proc == proc && world_fd(s->world, y->wakers[i].fd);
	if (of < 2) {
		add_through(s, &y->wakers[first], out);
		return;
	}
	str_add(out, ", through fds ");
	for (u32 i = first; i < n; i++) {
		const struct w_fd *fd = y->wakers[i].proc == proc ? world_fd(s->world, y->wakers[i].fd) : NULL;

		if (fd)
			str_addf(out, "%s%d", !at ? "" : at + 1 == of ? " and " : ", ", fd->fd), at++;
	}
}

static bool is_named_before(const struct why *y, u32 waker)
{
	for (u32 i = 0; i < waker; i++)
		if (!y->wakers[i].outside && y->wakers[i].proc == y->wakers[waker].proc)
			return true;
	return false;
}

static void short_wakers(const struct scene *s, const struct why *y, struct str *out)
{
	u32 n = y->wakers_n < ARRAY_LEN(y->wakers) ? y->wakers_n : ARRAY_LEN(y->wakers);
	bool first = true;
	char name[24];

	for (u32 i = 0; i < n; i++) {
		const struct why_waker *k = &y->wakers[i];

		if (k->outside || (y->reason == WHY_SEVERAL && is_named_before(y, i)))
			continue;
		str_addf(out, "%s%s%s", first ? could(s, y) : "; by ",
			words_proc(s, k->proc, name), itself_or(k));
		if (y->reason == WHY_SEVERAL)
			add_through_all(s, y, n, i, out);
		else
			add_through(s, k, out);
		first = false;
	}
	if (waker_outside(s, y) && waits_for_terminal(s, y))
		str_addf(out, "%swhoever types at its terminal%s", first ? could(s, y) : "; or by ",
			words_others_outside(s, y->task) ? ", or by processes that are not watched" : "");
	else if (waker_outside(s, y))
		str_addf(out, "%sprocesses that are not watched",
			first ? could(s, y) : "; perhaps by ");
	else if (first && is_by_id(s, y) && !y->cycle_n)
		str_addf(out, "%swhoever knows its id", could(s, y));
	else if (first)
		str_add(out, s->alone ? "nobody is left who could change that" : "nobody ipclab knows of can change that");
}

static void add_cycle(const struct scene *s, const struct why *y, bool another, struct str *out)
{
	u32 n = y->cycle_n < ARRAY_LEN(y->cycle) ? y->cycle_n : ARRAY_LEN(y->cycle);

	if (n == 0)
		return;
	if (n == 1 && y->cycle[0] == y->task && !another) {
		str_add(out, "Nobody is left who could wake it.");
		return;
	}
	str_add(out,
		n > 1 ? "Nobody is left who could wake them: " : "Nobody is left who could wake ");
	for (u32 i = 0; i < n; i++) {
		if (i)
			str_add(out, i + 1 == n ? " and " : ", ");
		words_name(s, y->cycle[i], out);
	}
	if (y->cycle_n > n)
		str_addf(out, " and %u more", y->cycle_n - n);
	str_add(out, another && n == 1 ? ", either." : ".");
}

/* "P2 waits in read(3) at consumer.c:9", "P1 spins at producer.c:12" */
static void add_who(
	const struct scene *s, const struct why *y, const struct w_task *t, struct str *out)
{
	const struct w_op *outer = world_outer(s->world, y->task);

	words_name(s, y->task, out);
	if (y->reason == WHY_SPIN) {
		str_add(out, " spins");
	} else if (!t->op.call) {
		str_add(out, " waits"); /* in what, nobody saw */
	} else {
		str_add(out, t->op.flags & EVF_GUESSED ? " probably waits in " : " waits in ");
		words_op(s, y->task, outer && y->sync ? outer : &t->op, false, out);
	}
	words_place(s, t->op.site, " at ", out);
}

static void one_sentence(
	const struct scene *s, const struct why *y, const struct w_task *t, struct str *out)
{
	add_who(s, y, t, out);
	str_add(out, t->op.call || y->reason == WHY_SPIN ? ": " : " ");
	add_reason(s, y, out);
	if (about_ends(s, y)) {
		str_add(out, " and ");
		short_wakers(s, y, out);
	}
	add_could(s, y, out);
	str_add(out, ".");
}

/* What ends the wait beside others. */
static void add_time(const struct why *y, const char *before, const char *behind, struct str *out)
{
	if (y->timeout_ns == TIME_NONE || y->reason == WHY_TIMER)
		return;
	str_addf(out, "%sIt also goes on when ", before);
	words_duration(y->timeout_ns, out);
	str_addf(out, " have passed.%s", behind);
}

static void short_why(
	const struct scene *s, const struct why *y, const struct w_task *t, enum telling told, struct str *out)
{
	one_sentence(s, y, t, out);
	add_time(y, " ", "", out);
	if (y->cycle_n && told != TOLD_SAME) {
		str_add(out, " ");
		add_cycle(s, y, told == TOLD_ANOTHER, out);
	}
}

/* Why this one does not end the wait: it is held, it waits itself, it runs. */
static void plain_waker_state(const struct scene *s, const struct why_waker *k, struct str *out)
{
	const struct w_task *t = world_task(s->world, k->task);
	struct str reason = {0};
	char name[24];

	if (k->self || !t)
		return;
	words_proc(s, k->proc, name);
	switch (t->state) {
	case TASK_POISED:
		str_addf(out, "%s is held, ", name);
		words_task_state(s, k->task, false, out);
		break;
	case TASK_BLOCKED:
		str_addf(out, "%s waits itself, in ", name);
		words_op(s, k->task, &t->op, false, out);
		words_at(s, t->op.site, out);
		if (words_reason(s, k->task, &reason))
			str_addf(out, ": %s", str_get(&reason));
		break;
	default:
		str_addf(out, "%s is ", name);
		words_task_state(s, k->task, false, out);
		break;
	}
	str_add(out, ".\n");
	str_finish(&reason);
}

static void plain_waker(const struct scene *s, const struct why *y, u32 i, struct str *out)
{
	const struct why_waker *k = &y->wakers[i];
	const struct w_fd *fd = world_fd(s->world, k->fd);
	const struct w_file *file = fd ? world_file(s->world, fd->file) : NULL;
	char name[24];

	if (k->outside)
		return;
	if (fd && about_ends(s, y) && words_socket_talks(s, y)) {
		str_addf(out, "%s has exchanged datagrams with it through fd %d, ", words_proc(s, k->proc, name), fd->fd);
		words_provenance(s, k->proc, k->fd, false, out);
		str_addf(out, "%s.\n", closed_or_not(k));
	} else if (fd && about_ends(s, y)) {
		str_addf(out, "%s holds %s end fd %d, ", words_proc(s, k->proc, name),
			y->object_kind                       ? "the other"
			: file && (file->access & ACCESS_WRITE) ? "write" : "read", fd->fd);
		words_provenance(s, k->proc, k->fd, false, out);
		str_addf(out, "%s.\n", closed_or_not(k));
	}
	/* A process with several ends is spoken of once, after its last. */
	if (i + 1 < y->wakers_n && i + 1 < ARRAY_LEN(y->wakers) && y->wakers[i + 1].proc == k->proc)
		return;
	plain_waker_state(s, k, out);
}

/* "sock1", "pipe1", "mutex2": a name of ours keeps its small letter at the head of a sentence. */
static bool begins_with_name(const char *text)
{
	size_t word = strcspn(text, " ");

	return strcspn(text, "0123456789") < word;
}

static void plain_summary(const struct scene *s, const struct why *y, struct str *out)
{
	bool is_socket = y->object_kind == OBJ_SOCKET;
	struct str names = {0};

	/* A sentence begins with a capital, unless with a name of ours, like pipe1. */
	str_add(&names, "");
	add_reason(s, y, &names);
	if (names.s && !y->segment && !begins_with_name(names.s) && names.s[0] >= 'a' && names.s[0] <= 'z')
		names.s[0] = (char)(names.s[0] - 'a' + 'A');
	str_add(out, str_get(&names));
	str_clear(&names);
	if (about_ends(s, y)) {
		u32 n = add_waker_names(s, y, &names);

		if (n)
			str_addf(out, " and %s%s", could(s, y), str_get(&names));
		else if (is_by_id(s, y) && !y->cycle_n && !waker_outside(s, y))
			str_addf(out, " and %swhoever knows its id", could(s, y));
		else if (!waker_outside(s, y))
			str_addf(out, ", and nobody %s change that", s->alone ? "is left who could" : "ipclab knows of can");
		if (is_socket && waker_outside(s, y))
			str_addf(out, "%s%sprocesses that are not watched", n ? ", perhaps by" : " and ", n ? " " : could(s, y));
	}
	add_could(s, y, out);
	str_add(out, ".\n");
	if (waits_for_terminal(s, y) && words_others_outside(s, y->task))
		str_add(out, "Whoever types at its terminal could, too, and so could processes that are not watched.\n");
	else if (waits_for_terminal(s, y))
		str_add(out, about_ends(s, y) ? "Whoever types at its terminal could, too.\n" : "");
	else if (waker_outside(s, y) && !is_socket)
		str_add(out, "Processes that are not watched may hold an end of it too.\n");
	str_finish(&names);
}

bool words_socket_time(const struct scene *s, u32 task)
{
	struct why y;

	return world_why_wait(s->world, task, &y) && y.timeout_ns == TIME_NONE && y.object_kind == OBJ_SOCKET && world_socket(s->world, y.object) &&
	       world_socket(s->world, y.object)->timeouts;
}

static void plain_why(
	const struct scene *s, const struct why *y, const struct w_task *t, enum telling told, struct str *out)
{
	add_who(s, y, t, out);
	str_add(out, ".\n");
	plain_summary(s, y, out);
	for (u32 i = 0; i < y->wakers_n && i < ARRAY_LEN(y->wakers); i++)
		plain_waker(s, y, i, out);
	if (y->wakers_n > ARRAY_LEN(y->wakers))
		str_addf(out, "And %u more could.\n", y->wakers_n - (u32)ARRAY_LEN(y->wakers));
	add_time(y, "", "\n", out);
	if (words_socket_time(s, y->task))
		str_add(out, "It also goes on when its socket's time-out has passed (SO_RCVTIMEO, SO_SNDTIMEO), by itself: that is real time.\n");
	if (y->cycle_n && told != TOLD_SAME) {
		add_cycle(s, y, told == TOLD_ANOTHER, out);
		str_add(out, "\n");
	}
}

static bool same_cycle(const struct why *a, const struct why *b)
{
	u32 n = a->cycle_n < ARRAY_LEN(a->cycle) ? a->cycle_n : (u32)ARRAY_LEN(a->cycle), found = 0;

	if (!a->cycle_n || a->cycle_n != b->cycle_n)
		return false;
	for (u32 i = 0; i < n; i++)
		for (u32 j = 0; j < n; j++)
			found += a->cycle[i] == b->cycle[j];
	return found == n;
}

/* What has been said of nobody being left: of the same circle, or of another. */
static enum telling cycle_told(const struct scene *s, const struct why *y, const u32 *told, u32 n)
{
	enum telling before = TOLD_NOT;
	struct why other;

	for (u32 i = 0; y->cycle_n && i < n; i++) {
		if (!world_why(s->world, told[i], &other) || !other.cycle_n)
			continue;
		if (same_cycle(y, &other))
			return TOLD_SAME;
		before = TOLD_ANOTHER;
	}
	return before;
}

void words_why(const struct scene *s, u32 task, struct str *out)
{
	words_why_too(s, task, NULL, 0, out);
}

void words_why_too(const struct scene *s, u32 task, const u32 *told, u32 n, struct str *out)
{
	const struct w_task *t = world_task(s->world, task);
	struct why y;

	enum telling is_told;

	if (!t || !world_why(s->world, task, &y) || y.reason == WHY_NOT)
		return;
	is_told = cycle_told(s, &y, told, n);
	if (is_by_id(s, &y)) /* the processes that are watched are named nowhere else: any other may know it, too */
		y.wakers_n = 0;
	if (s->style == STYLE_PLAIN)
		plain_why(s, &y, t, is_told, out);
	else
		short_why(s, &y, t, is_told, out);
}

bool words_wait(const struct scene *s, u32 task, struct str *out)
{
	const struct w_task *t = world_task(s->world, task);
	struct why y;

	if (!t || !world_why_wait(s->world, task, &y) || y.reason == WHY_NOT)
		return false;
	if (is_by_id(s, &y))
		y.wakers_n = 0;
	one_sentence(s, &y, t, out);
	return true;
}
