/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reader's side: a live engine or a recording behind the same calls. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "session/private.h"

static void sources_update(struct session *s)
{
	const struct rec *r;

	while ((r = log_reader_next(s->reader, &s->sources_pos))) {
		if (r->kind == REC_ACTOR)
			*vec_push(&s->actors) = (struct actor_seen){r->task, s->sources_pos,
				xstrdup(((const struct note_actor *)rec_body(r))->text)};
		sources_add(s->sources, r);
		if (r->kind == REC_META && !s->engine)
			session_live_meta(&s->live, r);
	}
}

static void update(struct session *s)
{
	timeline_update(s->timeline);
	sources_update(s);
}

static bool open_reader(struct session *s, struct log_reader *reader, struct err *err)
{
	(void)err;
	s->reader = reader;
	if (!reader)
		return false;
	s->timeline = timeline_create(reader);
	s->sources = sources_create();
	s->sources_pos = LOG_DATA;
	update(s);
	return true;
}

struct session *session_open(const char *path, struct err *err)
{
	struct session *s = xmalloc(sizeof *s);

	s->socket = -1;
	if (!open_reader(s, log_reader_open(path, err), err)) {
		session_end(s);
		return NULL;
	}
	return s;
}

static bool engine_lost(struct session *s, struct err *err)
{
	s->lost = true;
	return err_set(err, EXIT_OURS, "the engine is gone; what it recorded up to now can still be looked at, "
	                               "restart begins anew");
}

static bool receive(struct session *s, struct engine_reply *a, int *fd, struct err *err)
{
	struct iovec data = {a, sizeof *a};
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct msghdr m = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.room};
	ssize_t n;

	do
		n = recvmsg(s->socket, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n != sizeof *a)
		return engine_lost(s, err);
	if (fd)
		*fd = -1;
	if (fd && CMSG_FIRSTHDR(&m) && CMSG_FIRSTHDR(&m)->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof *fd);
	s->held = a->held;
	s->has_status = a->has_status;
	s->status = a->status;
	s->ended = a->ended;
	return true;
}

static bool engine_start(struct session *s, const struct session_live *live, struct err *err)
{
	int ends[2];

	if ((live->lab || live->alone) && !(s->sweeper = sweeper_create(err)))
		return false;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(err, EXIT_MACHINE, "no socket pair for the engine");
	s->engine = fork();
	if (s->engine == 0)
		engine_main(ends[1], s->sweeper ? sweeper_alive(s->sweeper) : -1, live, s->output);
	close(ends[1]);
	s->socket = ends[0];
	if (s->engine < 0) {
		s->engine = 0;
		return err_sys(err, EXIT_MACHINE, "the engine cannot be started");
	}
	return true;
}

struct session *session_start(const struct session_live *live, struct err *err)
{
	struct session *s = xmalloc(sizeof *s);
	struct engine_reply a;
	int fd = -1;

	aside_sweep();
	s->socket = -1;
	session_live_copy(&s->live, live);
	s->records = live->run.record != NULL;
	s->output = mmap(NULL, sizeof *s->output, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->output == MAP_FAILED) {
		s->output = NULL;
		err_sys(err, EXIT_MACHINE, "no memory for the lab's output");
		goto fail;
	}
	if (!engine_start(s, live, err) || !receive(s, &a, &fd, err))
		goto fail;
	if (a.code) {
		err_set(err, a.code, "%s", a.text);
		goto fail;
	}
	s->apart = a.apart;
	if (s->sweeper && !s->apart && !sweeper_start(s->sweeper, fd, err))
		goto fail;
	if (!open_reader(s, log_reader_open_fd(fd, err), err))
		goto fail;
	return s;
fail:
	session_end(s);
	return NULL;
}

static bool ask(struct session *s, struct engine_request *q, struct err *err)
{
	struct engine_reply a;

	if (!s->engine)
		return err_set(err, EXIT_USAGE, "this is a recording: nothing in it moves any more");
	if (s->lost)
		return engine_lost(s, err);
	q->seq = ++s->seq;
	if (send(s->socket, q, sizeof *q, MSG_NOSIGNAL) != sizeof *q)
		return engine_lost(s, err);
	do {
		if (!receive(s, &a, NULL, err)) {
			update(s);
			return false;
		}
	} while (a.seq != q->seq);
	update(s);
	timeline_seek_end(s->timeline);
	return !a.code || err_set(err, a.code, "%s", a.text);
}

bool session_step(struct session *s, u32 task, struct err *err)
{
	return ask(s, &(struct engine_request){.command = CMD_STEP, .task = task}, err);
}

bool session_pass(struct session *s, u32 task, struct err *err)
{
	return ask(s, &(struct engine_request){.command = CMD_PASS, .task = task}, err);
}

bool session_signal(struct session *s, u32 task, int sig, struct err *err)
{
	return ask(s, &(struct engine_request){.command = CMD_SIGNAL, .task = task, .arg = sig}, err);
}

bool session_fault(struct session *s, u32 task, enum fault_kind kind, u32 size, struct err *err)
{
	struct engine_request q = {.command = CMD_FAULT, .task = task, .arg = (i32)kind};

	memcpy(q.bytes, &size, sizeof size);
	return ask(s, &q, err);
}

bool session_release(struct session *s, struct err *err)
{
	return ask(s, &(struct engine_request){.command = CMD_RELEASE}, err);
}

bool session_hold(struct session *s, struct err *err)
{
	return ask(s, &(struct engine_request){.command = CMD_HOLD}, err);
}

bool session_type(struct session *s, const char *bytes, size_t n, struct err *err)
{
	struct engine_request q = {.command = CMD_TYPE};

	if (n > sizeof q.bytes)
		return err_set(err, EXIT_USAGE, "a line of at most %zu bytes can be typed at once", sizeof q.bytes);
	q.arg = (i32)n;
	memcpy(q.bytes, bytes, n);
	return ask(s, &q, err);
}

bool session_resize(struct session *s, u32 rows, u32 cols, struct err *err)
{
	return ask(s, &(struct engine_request){.command = CMD_RESIZE, .task = rows, .arg = (i32)cols}, err);
}

bool session_leave(struct session *s, pid_t *engine, struct err *err)
{
	*engine = 0;
	if (s->live.run.attach_n) /* ending lets go */
		return true;
	if (!ask(s, &(struct engine_request){.command = CMD_LEAVE}, err))
		return false;
	s->left = true;
	*engine = s->engine;
	return true;
}

bool session_status(const struct session *s, int *status)
{
	*status = s->status;
	return s->has_status;
}

bool session_wait(struct session *s, int ms, bool *ended, struct err *err)
{
	struct pollfd p = {.fd = s->socket, .events = POLLIN};
	struct engine_reply a;

	*ended = true;
	if (!s->engine || s->lost)
		return true;
	if (poll(&p, 1, ms) > 0 && !receive(s, &a, NULL, err)) {
		update(s);
		return false;
	}
	update(s);
	*ended = s->ended;
	return true;
}

bool session_awaits(const struct session *s)
{
	return s->output && atomic_load(&s->output->awaited);
}

bool session_await(struct session *s)
{
	u64 before = timeline_events(s->timeline);

	if (!s->engine || s->lost || !s->output)
		return false;
	atomic_store(&s->output->awaited, true);
	update(s); /* what came before that was seen there wakes nobody */
	if (timeline_events(s->timeline) == before)
		return true;
	atomic_store(&s->output->awaited, false);
	return false;
}

const char *session_output(struct session *s, size_t *n)
{
	*n = s->output ? atomic_load_explicit(&s->output->length, memory_order_acquire) : 0;
	return s->output ? s->output->bytes : "";
}

/* Bounded: an engine that does not end by itself within 1 s is killed, and with it what it traces. */
static void engine_end(struct session *s)
{
	struct engine_request q = {.command = CMD_QUIT};

	send(s->socket, &q, sizeof q, MSG_NOSIGNAL | MSG_DONTWAIT);
	for (int i = 0; i < (s->records ? 6000 : 200); i++) {
		if (waitpid(s->engine, NULL, WNOHANG) != 0)
			return;
		usleep(5000);
	}
	kill(s->engine, SIGKILL);
	waitpid(s->engine, NULL, 0);
}

void session_end(struct session *s)
{
	if (!s)
		return;
	if (s->engine && !s->left)
		engine_end(s);
	sweeper_end(s->sweeper);
	if (s->socket >= 0)
		close(s->socket);
	timeline_destroy(s->timeline);
	sources_destroy(s->sources);
	if (s->reader)
		log_reader_close(s->reader);
	if (s->output)
		munmap(s->output, sizeof *s->output);
	session_live_finish(&s->live);
	for (size_t i = 0; i < s->actors.n; i++)
		free(s->actors.at[i].name);
	free(s->actors.at);
	str_finish(&s->name);
	str_finish(&s->notes);
	free(s);
}

bool session_is_live(const struct session *s) { return s->engine && !s->lost; }
int session_fd(const struct session *s) { return s->socket; }
bool session_is_held(const struct session *s) { return s->held; }
struct timeline *session_timeline(struct session *s) { return s->timeline; }
struct sources *session_sources(struct session *s) { return s->sources; }
const char *session_notes(const struct session *s) { return str_get(&s->notes); }

/* The script of a process at the shown moment, or of the one it was forked from; NULL: its program is no interpreter. */
static const char *script_of(const struct session *s, const struct world *w, u32 proc)
{
	u64 now = world_head(w)->pos;

	for (u32 depth = 0; proc && depth < 64; depth++) {
		const struct w_proc *p = world_proc(w, proc), *parent;

		for (size_t i = s->actors.n; p && i-- > 0;) {
			const struct w_task *t = world_task(w, s->actors.at[i].task);
			/* the note stands just behind its EXEC */
			if (t && t->proc == proc && s->actors.at[i].pos <= now + 256)
				return s->actors.at[i].name;
		}
		parent = p ? world_proc(w, p->parent) : NULL;
		if (!parent || strcmp(world_text(w, parent->exec_path), world_text(w, p->exec_path)) != 0)
			return NULL;
		proc = p->parent;
	}
	return NULL;
}

const char *session_actor(struct session *s, u32 proc)
{
	const struct world *w = timeline_world(s->timeline);
	const struct w_proc *p = world_proc(w, proc);
	const char *path, *base;

	if (!p)
		return "";
	for (u32 i = 0; s->live.actor_names && s->live.actor_names[i]; i++)
		if (i + 1 == p->name)
			return s->live.actor_names[i];
	path = script_of(s, w, proc);
	if (!path || !*path)
		path = world_text(w, p->exec_path);
	base = strrchr(path, '/');
	str_clear(&s->name);
	str_add_name(&s->name, base ? base + 1 : path, strlen(base ? base + 1 : path));
	return str_get(&s->name);
}
