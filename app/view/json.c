/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An event as one line of JSON. The order of the keys is INTERFACES.md's: seq, t_ns, actor, kind,
 * call, fd, object, size, ret, at; what only some kinds have comes after. A key that does not
 * apply is not there. Written by hand: this is a hot path.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "view/memory.h"
#include "view/private.h"

static void add_number(struct str *out, i64 value)
{
	char digits[24];
	char *p = digits + sizeof digits;
	u64 rest = value < 0 ? -(u64)value : (u64)value;

	do
		*--p = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		*--p = '-';
	str_add_bytes(out, p, (size_t)(digits + sizeof digits - p));
}

static void add_key(struct str *out, const char *key, i64 value)
{
	str_add(out, ",\"");
	str_add(out, key);
	str_add(out, "\":");
	add_number(out, value);
}

static void add_unsigned(struct str *out, const char *key, u64 value)
{
	if (value > INT64_MAX)
		str_addf(out, ",\"%s\":%llu", key, (unsigned long long)value);
	else
		add_key(out, key, (i64)value);
}

/* For words of ours, which need no escaping. */
static void add_word(struct str *out, const char *key, const char *word)
{
	str_add(out, ",\"");
	str_add(out, key);
	str_add(out, "\":\"");
	str_add(out, word);
	str_add(out, "\"");
}

static void add_foreign(struct str *out, const char *key, const void *bytes, size_t n)
{
	str_add(out, ",\"");
	str_add(out, key);
	str_add(out, "\":");
	str_add_json(out, bytes, n);
}

static void add_signal(struct str *out, const char *key, int sig)
{
	struct str name = {0};

	words_signal(sig, &name);
	add_word(out, key, str_get(&name));
	str_finish(&name);
}

static void add_pipe(const struct scene *s, u32 pipe, struct str *out)
{
	char name[24];

	if (world_pipe(s->world, pipe))
		add_word(out, "object", world_pipe_name(s->world, pipe, name));
}

/* "object":"shm1" or "sem1", and of an access also its place: "offset":40,"field":"in". */
static void add_memory(const struct scene *s, u32 task, const struct w_op *op, struct str *out)
{
	u32 sync = sync_of_op(s, task, op);
	struct str path = {0};
	char name[24];

	if (world_sync(s->world, sync)) {
		add_word(out, "object", world_sync_name(s->world, sync, name));
		return;
	}
	if (!call_is_access(op->call) || !world_segment(s->world, op->segment))
		return;
	add_word(out, "object", world_segment_name(s->world, op->segment, name));
	add_key(out, "size", (i64)op->size);
	add_key(out, "offset", (i64)op->off);
	if (segment_path(s, op->segment, op->off, &path, NULL))
		add_foreign(out, "field", path.s, path.len);
	str_finish(&path);
}

static void add_line_of(const struct scene *s, u32 site, bool lines, struct str *out)
{
	char at[160];

	if (!lines || !s->sources || !site)
		return;
	sources_at(s->sources, site, false, at, sizeof at);
	if (at[0])
		add_foreign(out, "at", at, strlen(at));
}

static bool call_has_fd(u32 call)
{
	switch (call) {
	case CALL_read:
	case CALL_write:
	case CALL_readv:
	case CALL_writev:
	case CALL_preadv2:
	case CALL_pwritev2:
	case CALL_close:
	case CALL_close_range:
	case CALL_dup:
	case CALL_dup2:
	case CALL_dup3:
	case CALL_fcntl:
	case CALL_ioctl:
	case CALL_splice:
	case CALL_tee:
	case CALL_vmsplice:
	case CALL_sendfile:
	case CALL_copy_file_range:
	case CALL_recvmsg:
	case CALL_mq_timedsend:
	case CALL_mq_timedreceive:
	case CALL_mq_notify:
	case CALL_mq_getsetattr:
	case CALL_bind:
	case CALL_connect:
	case CALL_listen:
	case CALL_accept:
	case CALL_accept4:
	case CALL_shutdown:
	case CALL_setsockopt:
	case CALL_sendto:
	case CALL_sendmsg:
	case CALL_sendmmsg:
	case CALL_recvfrom:
	case CALL_recvmmsg:
	case CALL_flock:
	case CALL_timerfd_settime:
	case CALL_epoll_ctl:
	case CALL_epoll_wait:
	case CALL_epoll_pwait:
	case CALL_epoll_pwait2: return true;
	default: return false;
	}
}

static bool call_has_size(u32 call)
{
	switch (call) {
	case CALL_read:
	case CALL_write:
	case CALL_readv:
	case CALL_writev:
	case CALL_preadv2:
	case CALL_pwritev2:
	case CALL_splice:
	case CALL_tee:
	case CALL_vmsplice:
	case CALL_sendfile:
	case CALL_sendto:
	case CALL_sendmsg:
	case CALL_recvfrom:
	case CALL_recvmsg:
	case CALL_copy_file_range: return true;
	default: return false;
	}
}

/* "object":"sock1". `h`: of an EXIT, whose descriptor may lead nowhere by now; else NULL. */
static void add_object(const struct scene *s, const struct happening *h, const struct rec *r,
	const struct w_op *op, struct str *out)
{
	u32 kind, object = call_has_fd(r->call) ? object_led_to(s->world, r->task, op->fd, &kind) : 0;
	char name[24];

	if (!object && r->call >= CALL_msgget && r->call <= CALL_semctl && op->object) { /* known by id, not by descriptor */
		object = op->object;
		kind = r->call >= CALL_semget ? OBJ_SEMS : OBJ_MQ;
	}
	if (!object && h && h->object && call_has_fd(r->call)) {
		object = h->object;
		kind = h->kind;
	}
	if (object && world_object_name(s->world, kind, object, name)[0])
		add_word(out, "object", name);
}

static void add_call(const struct scene *s, const struct happening *h, const struct rec *r,
	const struct w_op *op, u32 pipe, struct str *out)
{
	add_word(out, "call", call_name(r->call));
	if (call_has_fd(r->call))
		add_key(out, "fd", op->fd);
	if (!call_is_access(r->call)) /* whose `fd` is a memory order */
		add_pipe(s, pipe, out);
	if (!world_pipe(s->world, pipe))
		add_object(s, h, r, op, out);
	if (call_has_size(r->call))
		add_key(out, "size", (i64)op->size);
}

static void add_enter(const struct scene *s, const struct rec *r, bool lines, struct str *out)
{
	struct ev_enter e;
	struct w_op op = {0};

	memcpy(&e, rec_body(r), sizeof e);
	op.fd = e.fd;
	op.size = e.size;
	add_call(s, NULL, r, &op, world_op_pipe(s->world, r->task), out);
	if (world_task(s->world, r->task) && world_task(s->world, r->task)->op.call == r->call)
		add_memory(s, r->task, &world_task(s->world, r->task)->op, out);
	add_line_of(s, r->site, lines, out);
	if (r->kind == REC_POISED)
		add_word(out, "what", "poised");
	if (r->call == CALL_dup2 || r->call == CALL_dup3)
		add_key(out, "fd2", e.fd2);
}

static void add_exit(const struct scene *s, const struct happening *h, const struct rec *r,
	bool lines, struct str *out)
{
	const struct w_task *t = world_task(s->world, r->task);
	struct ev_exit e;
	u32 pipe = h->pipe ? h->pipe : h->pipe2;
	const char *error;

	memcpy(&e, rec_body(r), sizeof e);
	if ((r->call == CALL_pipe || r->call == CALL_pipe2) && t && e.ret == 0) {
		const struct w_fd *fd = world_fd(s->world, world_fd_find(s->world, t->proc, e.fd));

		if (fd)
			object_of(s->world, fd->file, &pipe);
	}
	add_call(s, h, r, &h->op, pipe, out);
	if (h->op.call == r->call)
		add_memory(s, r->task, &h->op, out);
	if (call_is_access(r->call) && e.ret >= 0) {
		add_unsigned(out, "value", e.arg);
		if (r->call != CALL_load)
			add_unsigned(out, "before", e.arg2);
		if (r->flags & EVF_ATOMIC || h->op.flags & EVF_ATOMIC)
			str_add(out, ",\"atomic\":true");
	} else {
		add_key(out, "ret", e.ret);
	}
	add_line_of(s, r->site ? r->site : h->op.site, lines, out);
	if ((r->call == CALL_pipe || r->call == CALL_pipe2 || r->call == CALL_socketpair) && e.ret == 0) {
		str_add(out, ",\"fds\":[");
		add_number(out, e.fd);
		str_add(out, ",");
		add_number(out, e.fd2);
		str_add(out, "]");
	}
	error = e.ret < 0 && e.ret > -4096 ? strerrorname_np((int)-e.ret) : NULL;
	if (error)
		add_word(out, "errno", error);
	if (r->flags & EVF_RESTART)
		str_add(out, ",\"restart\":true");
}

static void add_spawn(const struct scene *s, const struct rec *r, bool lines, struct str *out)
{
	struct ev_spawn e;
	char name[24];

	memcpy(&e, rec_body(r), sizeof e);
	add_line_of(s, r->site, lines, out);
	add_key(out, "pid", e.pid);
	if (e.creator && world_task(s->world, e.creator))
		add_word(out, "by", world_task_name(s->world, e.creator, name));
}

static void add_exec(const struct rec *r, struct str *out)
{
	const char *path = (const char *)rec_body(r) + sizeof(struct ev_exec);
	size_t room = r->len - sizeof *r - sizeof(struct ev_exec);

	add_foreign(out, "path", path, strnlen(path, room));
}

static void add_end(const struct rec *r, struct str *out)
{
	struct ev_end e;

	memcpy(&e, rec_body(r), sizeof e);
	if (WIFSIGNALED(e.status))
		add_signal(out, "signal", WTERMSIG(e.status));
	else
		add_key(out, "ret", WEXITSTATUS(e.status));
	if (r->flags & EVF_LAST)
		str_add(out, ",\"last\":true");
}

static const char *const observed[] = {
	[OBS_STATE] = "state",
	[OBS_ENDING] = "ending",
	[OBS_FD] = "fd",
	[OBS_PIPE] = "pipe",
	[OBS_SETTLED] = "settled",
	[OBS_MODE] = "mode",
	[OBS_FD_GONE] = "fd-gone",
	[OBS_UNKNOWN_CALL] = "unknown-call",
	[OBS_HOLD] = "hold",
	[OBS_CHOICE] = "choice",
	[OBS_UNMAP] = "unmap",
	[OBS_FAULT] = "fault",
	[OBS_HOOKED] = "hooked",
	[OBS_SEGMENT] = "segment",
	[OBS_SYNC] = "sync",
	[OBS_SOCKET] = "socket",
	[OBS_QUEUE] = "queue",
	[OBS_SEMS] = "sems",
	[OBS_CARRIES] = "carries",
	[OBS_CUT] = "cut-short",
	[OBS_UNMET] = "unmet",
	[OBS_LIMIT] = "limit",
};

static void add_observe(const struct scene *s, const struct rec *r, struct str *out)
{
	struct ev_observe e;

	memcpy(&e, rec_body(r), sizeof e);
	if (e.what == OBS_STATE && e.b)
		add_word(out, "call", call_name((unsigned)e.b));
	if (e.what == OBS_FD || e.what == OBS_FD_GONE)
		add_key(out, "fd", (i32)(u32)e.a);
	if (e.what == OBS_PIPE) {
		for (u32 i = world_pipes(s->world); i-- > 1;) {
			const struct w_pipe *p = world_pipe(s->world, i);

			if (p && p->ino == e.a && !p->gone) {
				add_pipe(s, i, out);
				break;
			}
		}
		if (e.b != OBS_UNKNOWN)
			add_key(out, "size", (i64)e.b);
	}
	if (e.what < ARRAY_LEN(observed) && observed[e.what])
		add_word(out, "what", observed[e.what]);
	if (e.what == OBS_STATE && e.a >= OBS_RUNNING && e.a <= OBS_STOPPED) {
		static const char *const state[] = {"running", "blocked", "stopped"};

		add_word(out, "state", state[e.a - OBS_RUNNING]);
	}
	if (e.what == OBS_CUT) {
		add_key(out, "fd", (i64)e.a);
		add_key(out, "moved", (i64)e.b);
		add_key(out, "size", (i64)e.c);
	}
	if (e.what == OBS_UNMET)
		add_key(out, "unmet", (i64)e.a);
	if (e.what == OBS_LIMIT)
		add_key(out, "ns", (i64)e.a);
	if (e.what == OBS_MODE)
		add_word(out, "mode", e.a == OBS_FREE ? "free" : "held");
	if (e.what == OBS_UNKNOWN_CALL)
		add_key(out, "number", (i64)e.a);
}

static void add_segment(const struct scene *s, const struct rec *r, struct str *out)
{
	struct ev_segment e;
	const char *title = (const char *)rec_body(r) + sizeof e;
	size_t room = r->len - sizeof *r - sizeof e;
	char name[24];

	memcpy(&e, rec_body(r), sizeof e);
	for (u32 i = world_segments(s->world); i-- > 1;) {
		const struct w_segment *seg = world_segment(s->world, i);

		if (!seg || seg->ino != e.ino || seg->dev != e.dev || !seg->name)
			continue;
		add_word(out, "object", world_segment_name(s->world, i, name));
		break;
	}
	add_unsigned(out, "size", e.size);
	if (e.name_len && room)
		add_foreign(out, "name", title, strnlen(title, room < e.name_len ? room : e.name_len));
}

static void add_bytes(const struct scene *s, const struct rec *r, struct str *out)
{
	const struct w_task *t = world_task(s->world, r->task);
	const struct w_map *map;
	struct ev_memory e;
	char name[24];

	memcpy(&e, rec_body(r), sizeof e);
	map = t ? world_map(s->world, world_map_find(s->world, t->proc, e.addr)) : NULL;
	if (map && world_segment(s->world, map->segment)) {
		add_word(out, "object", world_segment_name(s->world, map->segment, name));
		add_key(out, "size", e.len);
		add_unsigned(out, "offset", e.addr - map->addr + map->offset);
	}
	add_word(out, "what", e.flags & MEMORY_STORED ? "stored" : e.flags & MEMORY_CHANGED ? "changed" : "first");
}

static void add_inject(const struct rec *r, struct str *out)
{
	struct ev_inject e;

	memcpy(&e, rec_body(r), sizeof e);
	if (e.what == INJ_TIMEOUT) {
		add_word(out, "what", "time");
		add_key(out, "ns", (i64)e.a);
	} else if (e.what == INJ_SIGNAL) {
		add_word(out, "what", "signal");
		add_signal(out, "signal", (int)e.a);
	} else if (e.what == INJ_ALARM || e.what == INJ_ALARM_HELD) {
		add_word(out, "what", e.what == INJ_ALARM ? "alarm" : "alarm-held");
		add_key(out, "ns", (i64)e.a);
	} else if (e.what == INJ_SHORT) {
		add_word(out, "what", "short");
		add_key(out, "asked", (i64)e.a);
	} else if (e.what == INJ_AGAIN) {
		add_word(out, "what", "again");
		add_word(out, "call", call_name((unsigned)e.a));
	} else if (e.what == INJ_ANSWERED) {
		add_word(out, "what", "answered");
		add_word(out, "call", call_name((unsigned)e.a));
	} else if (e.what == INJ_LOST) {
		add_word(out, "what", "lost");
		add_key(out, "bytes", (i64)e.a);
	} else if (e.what == INJ_STAYS_SMALL) {
		add_word(out, "what", "stays-small");
		add_key(out, "asked", (i64)e.a);
	} else if (e.what == INJ_SMALL_PIPE) {
		add_word(out, "what", "small-pipe");
		add_key(out, "bytes", (i64)e.a);
	}
}

static void add_delivered(const struct rec *r, struct str *out)
{
	struct ev_signal e;

	memcpy(&e, rec_body(r), sizeof e);
	add_signal(out, "signal", e.sig);
	str_add(out, e.handled ? ",\"handled\":true" : ",\"handled\":false");
	if (e.sender_pid)
		add_key(out, "from_pid", e.sender_pid);
}

bool json_event(const struct scene *s, const struct happening *h, const struct rec *r, u64 seq,
	bool lines, struct str *out)
{
	const char *kind = rec_kind_name(r->kind);
	char name[24];

	if (!kind || !rec_is_event(r))
		return false;
	str_add(out, "{\"seq\":");
	add_number(out, (i64)seq);
	add_key(out, "t_ns", (i64)r->t_ns);
	if (r->task && world_task(s->world, r->task))
		add_word(out, "actor", world_task_name(s->world, r->task, name));
	add_word(out, "kind", r->kind == REC_EXIT && call_is_access(r->call) ? "access" : kind);
	switch (r->kind) {
	case REC_ENTER:
	case REC_POISED: add_enter(s, r, lines, out); break;
	case REC_EXIT: add_exit(s, h, r, lines, out); break;
	case REC_SPAWN: add_spawn(s, r, lines, out); break;
	case REC_EXEC: add_exec(r, out); break;
	case REC_END: add_end(r, out); break;
	case REC_SIGNAL: add_delivered(r, out); break;
	case REC_OBSERVE: add_observe(s, r, out); break;
	case REC_INJECT: add_inject(r, out); break;
	case REC_SEGMENT: add_segment(s, r, out); break;
	case REC_MEMORY: add_bytes(s, r, out); break;
	default: break;
	}
	str_add(out, "}\n");
	return true;
}

void json_total(const struct world *w, struct str *out)
{
	const struct w_head *h = world_head(w);

	str_add(out, "{\"kind\":\"total\"");
	add_key(out, "events", (i64)h->events);
	add_key(out, "settled", (i64)h->settled);
	add_key(out, "explained", (i64)h->explained);
	add_key(out, "drift", (i64)h->drift);
	add_key(out, "unknown", (i64)h->unknown);
	str_add(out, "}\n");
}
