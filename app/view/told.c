/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An event as a sentence. */
#include <signal.h>
#include <string.h>

#include "view/memory.h"
#include "view/private.h"

static bool call_reads(u32 call)
{
	return call == CALL_read || call == CALL_readv || call == CALL_preadv2;
}

/* The object of an operation; a close has no open file any more, its descriptor is still there. */
static u32 led_to(const struct world *w, const struct w_task *t, u32 file, i32 number, u32 *pipe)
{
	const struct w_fd *fd = file ? NULL : world_fd(w, world_fd_find(w, t->proc, number));

	return object_of(w, fd ? fd->file : file, pipe);
}

/* Afterwards nobody knows what lay there. */
static void unmap_begin(struct happening *h, const struct world *w, u32 proc, const struct ev_observe *body)
{
	const struct w_map *map;
	struct ev_observe e;

	memcpy(&e, body, sizeof e);
	map = e.what == OBS_UNMAP ? world_map(w, world_map_find(w, proc, e.a)) : NULL;
	if (!map)
		return;
	h->segment = map->segment;
	h->off = e.a - map->addr + map->offset;
}

/* sigaction to what is the case already, or of a signal that is the C library's own (32, 33): a library's
 * housekeeping, posix_spawn's before exec. */
static bool disposition_stays(const struct world *w, const struct w_task *t)
{
	const struct w_proc *p = world_proc(w, t->proc);
	u64 bit = t->op.fd >= 1 && t->op.fd <= 64 ? 1ull << (t->op.fd - 1) : 0;
	u64 now = !p || p->sig_caught & bit ? 2 : p->sig_ignored & bit ? 1 : 0;

	return p && (t->op.fd == 32 || t->op.fd == 33 || (p->sig_known && t->op.arg == now && now < 2));
}

/* What a receive is to get. */
static void message_begin(struct happening *h, const struct scene *before)
{
	const struct world *w = before->world;
	u32 flow = world_socket(w, h->object)->in;
	const struct w_flow *f = world_flow(w, flow);
	const struct w_span *first = f && f->kind == FLOW_MESSAGES && f->spans_sure ? world_span(w, f->span_first) : NULL;

	h->bytes_n = bytes_of_flow(before, flow, (u8 *)h->bytes, sizeof h->bytes);
	h->whole = first ? first->len : 0;
}

void happening_begin(struct happening *h, const struct scene *before, const struct rec *r)
{
	const struct w_task *t = world_task(before->world, r->task);
	u32 kind;

	memset(h, 0, sizeof *h);
	if (!t)
		return;
	h->known = true;
	h->op = t->op;
	h->kind = led_to(before->world, t, t->op.file, t->op.fd, &h->pipe);
	h->kind2 = led_to(before->world, t, t->op.file2, t->op.fd2, &h->pipe2);
	h->object = h->kind >= OBJ_SOCKET && world_file(before->world, t->op.file) ? world_file(before->world, t->op.file)->object
		    : object_led_to(before->world, r->task, t->op.fd, &kind);
	h->same = t->op.call == CALL_rt_sigaction && disposition_stays(before->world, t);
	if (r->kind == REC_EXIT && h->kind == OBJ_SOCKET && world_socket(before->world, h->object))
		message_begin(h, before);
	if (r->kind == REC_OBSERVE)
		unmap_begin(h, before->world, t->proc, rec_body(r));
	if (r->kind == REC_EXIT && h->pipe && call_reads(h->op.call))
		h->bytes_n = bytes_of_pipe(before, h->pipe, (u8 *)h->bytes, sizeof h->bytes);
}

static void told_spawn(const struct scene *s, const struct rec *r, struct str *out)
{
	struct ev_spawn e;

	memcpy(&e, rec_body(r), sizeof e);
	words_task_name(s, r->task, out);
	if (r->flags & EVF_THREAD) {
		str_add(out, " is a new thread, made by ");
		words_name(s, e.creator, out);
		str_add(out, ".\n");
	} else if (e.creator) {
		str_add(out, " is born, forked by ");
		words_name(s, e.creator, out);
		str_add(out, ".\n");
	} else {
		str_addf(out, " is started. Its pid is %d.\n", e.pid);
	}
}

static void told_exec(const struct scene *s, const struct rec *r, struct str *out)
{
	struct ev_exec e;
	const char *path = (const char *)rec_body(r) + sizeof e;
	size_t room = r->len - sizeof *r - sizeof e;

	memcpy(&e, rec_body(r), sizeof e);
	words_name(s, r->task, out);
	str_add(out, " now runs ");
	str_add_name(out, path, strnlen(path, e.path_len < room ? e.path_len : room));
	str_add(out, ".\n");
	if (e.foreign) {
		words_name(s, r->task, out);
		str_add(out,
			" is a 32-bit program: it runs, and ipclab does not follow its calls.\n");
	}
}

static void told_end(const struct scene *s, const struct rec *r, struct str *out)
{
	struct ev_end e;

	memcpy(&e, rec_body(r), sizeof e);
	words_name(s, r->task, out);
	if (!(r->flags & EVF_LAST)) {
		str_add(out, ", a thread, has ended.\n");
		return;
	}
	str_add(out, (e.status & 0x7f) ? " was " : " ");
	words_wait_status(e.status, out);
	str_add(out, ".\n");
}

/* Signals that do nothing unless a handler asks for them. */
static bool signal_is_ignored(int sig)
{
	return sig == SIGCHLD || sig == SIGURG || sig == SIGWINCH || sig == SIGCONT;
}

static void told_signal(const struct scene *s, const struct rec *r, bool all, struct str *out)
{
	struct ev_signal e;
	const char *what;

	memcpy(&e, rec_body(r), sizeof e);
	if (!all && !e.handled && signal_is_ignored(e.sig))
		return;
	what = sigdescr_np(e.sig);
	words_name(s, r->task, out);
	str_add(out, " gets ");
	words_signal(e.sig, out);
	if (what)
		str_addf(out, " (%s)", what);
	str_add(out, e.handled ? "; its handler runs.\n" : ".\n");
}

static void told_inject(
	const struct scene *s, const struct happening *h, const struct rec *r, struct str *out)
{
	struct ev_inject e;

	memcpy(&e, rec_body(r), sizeof e);
	if (e.what == INJ_TIMEOUT) {
		size_t at = out->len;
		words_duration(e.a, out);
		if (out->s[at] == 'a') /* "About 20 ms" */
			out->s[at] = 'A';
		str_add(out, " pass for ");
		words_name(s, r->task, out);
		if (h->known && h->op.open) {
			str_add(out, " in ");
			words_op(s, r->task, &h->op, false, out);
		}
		str_add(out, ".\n");
	} else if (e.what == INJ_ALARM) {
		str_add(out, "The alarm of ");
		words_name(s, r->task, out);
		str_add(out, " rings: its time is over, as was chosen.\n");
	} else if (e.what == INJ_SIGNAL) {
		str_add(out, "ipclab sends ");
		words_signal((int)e.a, out);
		str_add(out, " to ");
		words_name(s, r->task, out);
		str_add(out, ".\n");
	} else if (e.what == INJ_SHORT) {
		str_addf(out, "ipclab lets the kernel move only part of the %llu bytes that ", (unsigned long long)e.a);
		words_name(s, r->task, out);
		str_add(out, " asks for.\n");
	} else if (e.what == INJ_AGAIN) {
		str_addf(out, "ipclab answers the %s of ", call_name((unsigned)e.a));
		words_name(s, r->task, out);
		str_add(out, " with EAGAIN.\n");
	} else if (e.what == INJ_ANSWERED) {
		str_addf(out, "ipclab answers the %s of ", call_name((unsigned)e.a));
		words_name(s, r->task, out);
		str_add(out, " with 0: in a namespace with one user it would fail.\n");
	} else if (e.what == INJ_LOST) {
		str_addf(out, "The datagram of %llu bytes that ", (unsigned long long)e.a);
		words_name(s, r->task, out);
		str_add(out, " is about to send will be lost on its way.\n");
	} else if (e.what == INJ_STAYS_SMALL) {
		str_addf(out, "ipclab answers ");
		words_name(s, r->task, out);
		str_addf(out, ", who asks for a pipe of %llu bytes, with EPERM, as a user with many pipes gets it.\n", (unsigned long long)e.a);
	} else if (e.what == INJ_SMALL_PIPE) {
		str_addf(out, "ipclab makes the new pipe of ");
		words_name(s, r->task, out);
		str_addf(out, " hold only %llu bytes.\n", (unsigned long long)e.a);
	}
}

static void told_blocked(const struct scene *s, const struct rec *r, struct str *out)
{
	const struct w_task *t = world_task(s->world, r->task);
	struct str reason = {0};

	if (!t || t->state != TASK_BLOCKED)
		return;
	words_name(s, r->task, out);
	str_add(out, " is ");
	words_task_state(s, r->task, true, out);
	if (words_reason(s, r->task, &reason))
		str_addf(out, ": %s", str_get(&reason));
	str_add(out, ".\n");
	str_finish(&reason);
}

static void told_pipe_seen(const struct scene *s, const struct ev_observe *e, struct str *out)
{
	char name[24];

	for (u32 i = 1; i < world_pipes(s->world); i++) {
		const struct w_pipe *p = world_pipe(s->world, i);

		if (!p || p->ino != e->a || p->gone)
			continue;
		if (e->b == OBS_UNKNOWN)
			str_addf(out, "What %s holds is not known: a splice of a process that is not watched keeps its lock.\n",
				world_pipe_name(s->world, i, name));
		else
			str_addf(out, "The kernel says that %s holds %llu bytes.\n",
				world_pipe_name(s->world, i, name), (unsigned long long)e->b);
		return;
	}
}

/* Bytes of shared memory that changed though no access told of it. */
static void told_memory(const struct scene *s, const struct rec *r, bool all, struct str *out)
{
	const struct w_task *t = world_task(s->world, r->task);
	const struct w_map *map;
	struct ev_memory e;

	memcpy(&e, rec_body(r), sizeof e);
	map = t ? world_map(s->world, world_map_find(s->world, t->proc, e.addr)) : NULL;
	if (!map || e.flags & MEMORY_STORED || !(all || e.flags & MEMORY_CHANGED))
		return;
	/* How the C library keeps its objects is no news. */
	if (!all && sync_holds(s->world, map->segment, e.addr - map->addr + map->offset, e.len))
		return;
	str_addf(out, "%u byte%s from ", e.len, e.len == 1 ? "" : "s");
	words_cell(s, map->segment, e.addr - map->addr + map->offset, 0, out);
	str_addf(out, " on %s.\n",
		e.flags & MEMORY_CHANGED ? "changed without an access that ipclab sees" : "are now known");
}

static void told_segment(const struct scene *s, const struct rec *r, bool all, struct str *out)
{
	struct ev_segment e;

	memcpy(&e, rec_body(r), sizeof e);
	for (u32 i = world_segments(s->world); all && i-- > 1;) {
		const struct w_segment *seg = world_segment(s->world, i);

		if (!seg || seg->ino != e.ino || seg->dev != e.dev || !seg->name)
			continue;
		segment_title(s, i, out);
		str_add(out, ".\n");
		return;
	}
}

/* Where a SIGBUS or SIGSEGV is about: beyond the end of what is mapped. */
static void told_fault(const struct scene *s, const struct rec *r, u64 addr, struct str *out)
{
	const struct w_task *t = world_task(s->world, r->task);
	const struct w_map *map =
		t ? world_map(s->world, world_map_find(s->world, t->proc, addr)) : NULL;
	const struct w_segment *seg = map ? world_segment(s->world, map->segment) : NULL;
	u64 off = map ? addr - map->addr + map->offset : 0;
	char name[24];

	words_name(s, r->task, out);
	if (!seg)
		str_addf(out, " touched 0x%llx, where nothing is mapped that ipclab knows of.\n",
			(unsigned long long)addr);
	else
		str_addf(out, " touched byte %llu of %s, which has %llu bytes%s.\n",
			(unsigned long long)off,
			world_segment_name(s->world, map->segment, name),
			(unsigned long long)seg->size,
			off >= seg->size ? "" : " and may not be touched so");
}

/* "P1 no longer has bytes 4096 to 8191 of shm1 mapped at 0x7f0000001000." */
static void told_unmap(const struct scene *s, const struct happening *h, const struct rec *r,
	const struct ev_observe *e, struct str *out)
{
	char name[24];

	if (!world_segment(s->world, h->segment))
		return;
	words_name(s, r->task, out);
	str_addf(out, " no longer has bytes %llu to %llu of %s mapped at 0x%llx",
		(unsigned long long)h->off, (unsigned long long)(h->off + e->b - 1),
		world_segment_name(s->world, h->segment, name), (unsigned long long)e->a);
	words_at(s, r->site, out);
	str_add(out, ".\n");
}

/* "P2 has fd 6 now, received from P1: an end of pipe2." */
static void told_received(const struct scene *s, const struct rec *r, const struct ev_observe *e, struct str *out)
{
	const struct w_task *t = world_task(s->world, r->task);
	u32 index = t ? world_fd_find(s->world, t->proc, (i32)(e->a & UINT32_MAX)) : 0;
	const struct w_fd *fd = world_fd(s->world, index);
	const struct w_file *f = fd ? world_file(s->world, fd->file) : NULL;
	char name[24] = "";

	if (!f || fd->how != FD_RECEIVED)
		return;
	words_name(s, r->task, out);
	str_addf(out, " has fd %d now, ", fd->fd);
	words_provenance(s, t->proc, index, true, out);
	if (f->kind == OBJ_PIPE)
		str_addf(out, ": %s of %s",
			f->access == ACCESS_WRITE  ? "the write end"
			: f->access == ACCESS_READ ? "the read end"
						   : "both ends",
			world_pipe_name(s->world, f->object, name));
	else if (f->kind >= OBJ_SOCKET && world_object_name(s->world, f->kind, f->object, name)[0])
		str_addf(out, ": %s", name);
	str_add(out, ".\n");
}

/* "P1's datagram may reach sock6 (0.0.0.0:4711), sock8 (0.0.0.0:4711).": a group's, or one of several with a port in common. */
static void told_reaches(const struct scene *s, const struct rec *r, const struct ev_observe *e, struct str *out)
{
	const u64 ids[] = {e->b, e->c, e->d, e->e};
	bool first = true;

	for (u32 i = 0; i < ARRAY_LEN(ids) && i < e->a; i++) {
		u32 socket = words_socket_of_ino(s, ids[i]);

		if (!socket)
			continue;
		if (first)
			words_name(s, r->task, out);
		str_add(out, first ? "'s datagram may reach " : ", ");
		words_socket_name(s, socket, out);
		first = false;
	}
	str_add(out, first ? "" : ".\n");
}

static void told_observe(const struct scene *s, const struct happening *h, const struct rec *r, bool all, struct str *out)
{
	struct ev_observe e;

	memcpy(&e, rec_body(r), sizeof e);
	switch (e.what) {
	case OBS_STATE:
		if (e.a == OBS_BLOCKED)
			told_blocked(s, r, out);
		return;
	case OBS_UNKNOWN_CALL:
		words_name(s, r->task, out);
		str_addf(out, " made system call %llu, for which ipclab has no rule.\n",
			(unsigned long long)e.a);
		return;
	case OBS_FAULT: told_fault(s, r, e.a, out); return;
	case OBS_FD: told_received(s, r, &e, out); return;
	case OBS_REACHES: told_reaches(s, r, &e, out); return;
	case OBS_UNMAP: told_unmap(s, h, r, &e, out); return;
	case OBS_CUT:
		str_add(out, "Attaching cut a write short: of ");
		words_name(s, r->task, out);
		str_addf(out, "'s %llu bytes to fd %d only %llu were taken. Without ipclab it would have gone on.\n",
			(unsigned long long)e.c, (int)e.a, (unsigned long long)e.b);
		return;
	case OBS_UNMET:
		words_name(s, r->task, out);
		str_add(out, e.a ? " may be in the middle of a large write, and a stop would cut it short: not followed before that is over.\n"
				 : " is followed from here on.\n");
		return;
	case OBS_ENDING:
		if (all) {
			words_name(s, r->task, out);
			str_add(out, " is about to end.\n");
		}
		return;
	case OBS_PIPE:
		if (all || e.b == OBS_UNKNOWN)
			told_pipe_seen(s, &e, out);
		return;
	case OBS_SETTLED:
		if (all)
			str_add(out, "Every process is held, blocked or gone.\n");
		return;
	case OBS_MODE:
		if (all)
			str_addf(out, "From here on the processes are %s.\n",
				e.a == OBS_FREE ? "free" : "held");
		return;
	default: return;
	}
}

static void told_begin(const struct scene *s, const struct rec *r, bool all, struct str *out)
{
	const struct w_task *t = world_task(s->world, r->task);

	if (!all || !t || t->op.call != r->call)
		return;
	words_name(s, r->task, out);
	str_add(out, r->kind == REC_POISED ? " is poised before " : " begins ");
	words_op(s, r->task, &t->op, true, out);
	words_at(s, t->op.site, out);
	str_add(out, ".\n");
}

void words_event(const struct scene *s, const struct happening *h, const struct rec *r, bool all,
	struct str *out)
{
	switch (r->kind) {
	case REC_SPAWN: told_spawn(s, r, out); return;
	case REC_EXEC: told_exec(s, r, out); return;
	case REC_END: told_end(s, r, out); return;
	case REC_ENTER:
	case REC_POISED: told_begin(s, r, all, out); return;
	case REC_EXIT:
		if (h->known && (all || !h->same))
			words_result(s, h, r, out);
		return;
	case REC_SIGNAL: told_signal(s, r, all, out); return;
	case REC_INJECT: told_inject(s, h, r, out); return;
	case REC_OBSERVE: told_observe(s, h, r, all, out); return;
	case REC_MEMORY: told_memory(s, r, all, out); return;
	case REC_SEGMENT: told_segment(s, r, all, out); return;
	default: return;
	}
}
