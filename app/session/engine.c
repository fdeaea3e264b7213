/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine: a process of its own. Its main thread is the tracer and waits in waitpid alone; a
 * second thread reads the command socket, drains the lab's terminal, and rings the bell. It never
 * touches the reader's terminal, so a stalled screen holds up nobody. When the reader goes away, the
 * socket ends, the engine ends, and with it (EXITKILL) everything it started. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sandbox/lib.h"
#include "session/private.h"

struct engine {
	cpu_set_t cpus; /* as we were started with */
	int socket;
	int terminal;         /* master side, -1 none */
	struct output *output;
	struct run *run;
	pthread_mutex_t lock; /* of what follows; the command thread writes, the tracer thread reads */
	struct engine_request requests[16];
	unsigned first, last;
	bool reader_gone;
	bool alone;           /* the reader has left, and wants no more */
};

/* ---- the command thread ---- */

static void keep_output(struct output *o, const char *bytes, size_t n)
{
	u32 have = atomic_load_explicit(&o->length, memory_order_relaxed);

	if (n > sizeof o->bytes - have)
		n = sizeof o->bytes - have; /* full: the rest is in the log's write events */
	memcpy(o->bytes + have, bytes, n);
	atomic_store_explicit(&o->length, have + (u32)n, memory_order_release);
}

static bool drain_terminal(struct engine *e)
{
	char buf[4096];
	ssize_t n = read(e->terminal, buf, sizeof buf);

	if (n > 0)
		keep_output(e->output, buf, (size_t)n);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* What was written to the master reaches the line discipline by a kernel worker, some time later.
 * poll(2) of the slave waits for that worker (n_tty_poll): behind it a sleeping reader is awake. */
static void wait_for_line_discipline(int master)
{
	int slave = ioctl(master, TIOCGPTPEER, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct pollfd p = {.fd = slave, .events = POLLIN};

	if (slave < 0)
		return;
	poll(&p, 1, 0);
	close(slave);
}

static void type_bytes(struct engine *e, const struct engine_request *q)
{
	size_t n = q->arg < 0 ? 0 : (size_t)q->arg, done = 0;

	if (n > sizeof q->bytes)
		n = sizeof q->bytes;
	while (done < n) {
		ssize_t w = write(e->terminal, q->bytes + done, n - done);
		if (w <= 0)
			return; /* nobody reads there and it is full: the rest is dropped */
		done += (size_t)w;
	}
	wait_for_line_discipline(e->terminal);
}

static void *command_thread(void *arg)
{
	struct engine *e = arg;
	struct pollfd p[2] = {{.fd = e->socket, .events = POLLIN}, {.fd = e->terminal, .events = POLLIN}};
	struct engine_request q;

	/* Only who traces and who is traced gain by one core. Bound to it, this thread was seen to wait for tens
	 * of seconds on a busy machine while the other core was free. */
	sched_setaffinity(0, sizeof e->cpus, &e->cpus);
	for (;;) {
		if (poll(p, 2, -1) < 0)
			continue;
		if (p[1].revents && !drain_terminal(e))
			p[1].fd = -1; /* nobody has the terminal open any more: EIO */
		if (!p[0].revents)
			continue;
		ssize_t n = recv(e->socket, &q, sizeof q, 0);
		pthread_mutex_lock(&e->lock);
		if (n == sizeof q && e->last - e->first < ARRAY_LEN(e->requests))
			e->requests[e->last++ % ARRAY_LEN(e->requests)] = q;
		else if (n != sizeof q)
			e->reader_gone = !e->alone;
		bool alone = e->alone;
		pthread_mutex_unlock(&e->lock);
		tracer_ring(run_tracer(e->run));
		if (n <= 0 && !alone)
			return NULL;
		if (n <= 0)
			p[0].fd = -1; /* the terminal is drained as before */
	}
}

/* ---- the tracer thread ---- */

static void reply(struct engine *e, u32 seq, bool ok, const struct err *err)
{
	struct engine_reply a = {.seq = seq, .held = e->run->held, .ended = !tracer_alive(run_tracer(e->run))};

	a.has_status = tracer_root_status(run_tracer(e->run), &a.status);
	if (!ok) {
		a.code = err->code ? err->code : EXIT_OURS;
		snprintf(a.text, sizeof a.text, "%s", err->text);
	}
	send(e->socket, &a, sizeof a, MSG_NOSIGNAL);
}

/* A free run, after each stop: the reader is woken if it sleeps. */
static void moved(void *arg)
{
	struct engine *e = arg;

	atomic_thread_fence(memory_order_seq_cst); /* what was recorded is seen by a reader that this does not see sleep */
	if (atomic_load_explicit(&e->output->awaited, memory_order_relaxed) && atomic_exchange(&e->output->awaited, false))
		reply(e, 0, true, NULL);
}

/* The first message: did it start? With the log's descriptor, which the reader maps. */
static void reply_start(int socket, struct run *run, bool apart, const struct err *err)
{
	struct engine_reply a = {.code = run ? 0 : err->code, .held = run && run->held, .apart = apart};
	struct iovec data = {&a, sizeof a};
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {.head = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
	struct msghdr m = {.msg_iov = &data, .msg_iovlen = 1};

	if (run) {
		int fd = log_fd(run_log(run));
		memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
		m.msg_control = &control;
		m.msg_controllen = sizeof control.room;
	} else {
		snprintf(a.text, sizeof a.text, "%s", err->text);
	}
	sendmsg(socket, &m, MSG_NOSIGNAL);
}

/* What is typed is a choice like a step: it goes into the log, 24 bytes a record. */
static bool note_typed(struct engine *e, const struct engine_request *q, struct err *err)
{
	u32 n = q->arg < 0 ? 0 : (u32)q->arg;

	if (n > sizeof q->bytes)
		n = sizeof q->bytes;
	for (u32 done = 0, piece; done < n && e->run->held && !e->run->full; done += piece) {
		struct rec *r = log_begin(run_log(e->run), sizeof(struct ev_observe), err);
		struct ev_observe *o;

		if (!r)
			return run_disk(e->run, false);
		o = (struct ev_observe *)(r + 1);
		piece = n - done < 3 * sizeof o->c ? n - done : 3 * (u32)sizeof o->c;
		r->kind = REC_OBSERVE;
		o->what = OBS_CHOICE;
		o->a = CHOSE_TYPE;
		o->b = piece | (u64)(done + piece < n) << 32;
		memcpy(&o->c, q->bytes + done, piece);
		log_commit(run_log(e->run), r);
	}
	return true;
}

static void obey(struct engine *e, const struct engine_request *q)
{
	struct err err = {0};
	bool ok = true;
	u32 size;

	switch (q->command) {
	case CMD_STEP:
		ok = run_step(e->run, q->task, &err);
		break;
	case CMD_PASS:
		ok = run_pass_time(e->run, q->task, &err);
		break;
	case CMD_SIGNAL:
		ok = run_signal(e->run, q->task, q->arg, &err);
		break;
	case CMD_FAULT:
		memcpy(&size, q->bytes, sizeof size);
		ok = run_fault(e->run, q->task, (enum fault_kind)q->arg, size, &err);
		break;
	case CMD_RELEASE:
		ok = run_release(e->run, &err);
		break;
	case CMD_HOLD:
		ok = run_hold(e->run, &err);
		break;
	case CMD_TYPE:
		ok = note_typed(e, q, &err);
		type_bytes(e, q);
		if (ok && e->run->held)
			ok = settle(e->run, &err);
		break;
	case CMD_RESIZE: {
		struct winsize to = {.ws_row = (unsigned short)q->task, .ws_col = (unsigned short)q->arg};

		ok = e->terminal < 0 || ioctl(e->terminal, TIOCSWINSZ, &to) == 0 ||
		     err_sys(&err, EXIT_FAILED, "its terminal has no size");
		break;
	}
	case CMD_LEAVE:
		prctl(PR_SET_PDEATHSIG, 0);
		pthread_mutex_lock(&e->lock);
		e->alone = true;
		pthread_mutex_unlock(&e->lock);
		ok = run_release(e->run, &err);
		break;
	default:
		break;
	}
	reply(e, q->seq, ok, &err);
}

/* Commands that are there now. False when the reader is gone or asked to end. */
static bool obey_all(struct engine *e)
{
	struct engine_request q;

	for (;;) {
		pthread_mutex_lock(&e->lock);
		bool any = e->first != e->last, gone = e->reader_gone;
		if (any)
			q = e->requests[e->first++ % ARRAY_LEN(e->requests)];
		pthread_mutex_unlock(&e->lock);
		if (gone || (any && q.command == CMD_QUIT))
			return false;
		if (!any)
			return true;
		obey(e, &q);
	}
}

/* Held: nothing of ours moves; a stop that comes all the same (a kill from outside, a computation
 * that has ended) is settled and told. */
static bool wait_held(struct engine *e, struct err *err)
{
	struct stop stop;

	if (e->run->rang) {
		e->run->rang = false;
		return true;
	}
	if (!tracer_next(run_tracer(e->run), true, &stop, err))
		return false;
	if (stop.kind == STOP_BELL || stop.kind == STOP_NONE)
		return true;
	if (!settle(e->run, err))
		return false;
	reply(e, 0, true, err);
	return true;
}

static void engine_loop(struct engine *e)
{
	struct err err = {0};
	enum run_end end;
	bool told = false, ok;

	while (obey_all(e)) {
		if (e->run->held || !tracer_alive(run_tracer(e->run))) {
			if (!e->run->held && !told) {
				told = true;
				reply(e, 0, true, &err); /* everything has ended */
			}
			if (e->alone)
				return;
			ok = wait_held(e, &err);
		} else {
			ok = run_free(e->run, &end, &err);
			told = false;
		}
		if (!ok) {
			reply(e, 0, false, &err);
			err = (struct err){0};
			if (!e->run->full)
				return;
		}
	}
}

/* A terminal of its own for the lab: stdout is line-buffered as from a shell. */
static bool make_terminal(struct engine *e, struct launch *l, struct err *err)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	int slave;

	e->terminal = -1;
	if (openpty(&e->terminal, &slave, NULL, NULL, &size) < 0)
		return err_sys(err, EXIT_MACHINE, "no pseudo-terminal can be made for the lab");
	fcntl(e->terminal, F_SETFD, FD_CLOEXEC);
	fcntl(slave, F_SETFD, FD_CLOEXEC);
	fcntl(e->terminal, F_SETFL, O_NONBLOCK);
	l->fds[0] = l->fds[1] = l->fds[2] = slave;
	l->own_session = true;
	return true;
}

static void close_others(int keep1, int keep2, int keep3)
{
	/* A descriptor of the reader's held here would keep its pipes from ending. */
	for (int fd = 3; fd < 1024; fd++)
		if (fd != keep1 && fd != keep2 && fd != keep3)
			close(fd);
}

/* A recording is whole with the source lines of its sites. */
static void write_sources(struct run *run)
{
	struct err err = {0};
	struct log_reader *reader = log_reader_open_fd(fcntl(log_fd(run_log(run)), F_DUPFD_CLOEXEC, 3), &err);
	struct sources *sources;
	const struct rec *r;
	u64 pos = LOG_DATA;

	if (!reader)
		return;
	sources = sources_create();
	while ((r = log_reader_next(reader, &pos)))
		sources_add(sources, r);
	sources_write(sources, run_log(run), &err);
	sources_destroy(sources);
	log_reader_close(reader);
}

_Noreturn void engine_main(int socket, int alive, const struct session_live *live, struct output *output)
{
	struct engine e = {.socket = socket, .terminal = -1, .output = output, .lock = PTHREAD_MUTEX_INITIALIZER};
	struct launch launch = live->launch;
	struct run_options opt = live->run;
	struct err err = {0};
	pthread_t thread;
	bool apart;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC); /* never the watched program's */

	opt.moved = moved;
	opt.moved_arg = &e;
	prctl(PR_SET_NAME, "ipclab-engine");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sched_getaffinity(0, sizeof e.cpus, &e.cpus);
	close_others(socket, null, alive);
	signal(SIGINT, SIG_IGN); /* the terminal's ^C is the reader's */
	signal(SIGTSTP, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	setsid();
	/* What a lab's programs name in the kernel meets nobody else's, and is gone with them. */
	apart = (live->lab || live->alone) && box_apart();
	if (apart && live->alone)
		box_over(launch.cwd ? launch.cwd : ".");
	if (!live->terminal || make_terminal(&e, &launch, &err))
		e.run = run_create(&opt, &launch, &err);
	if (null >= 0 && live->terminal)
		for (int i = 0; i < 3; i++)
			dup2(null, i);
	if (launch.own_session)
		close(launch.fds[0]);
	reply_start(socket, e.run, apart, &err);
	if (!e.run || pthread_create(&thread, NULL, command_thread, &e) != 0)
		_exit(1);
	engine_loop(&e);
	if (opt.record && !e.run->full)
		write_sources(e.run);
	run_destroy(e.run);
	_exit(0);
}
