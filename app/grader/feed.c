/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In the box: the other ends of the programs' standard streams. One thread feeds what is to be read and keeps what is written,
 * so that nobody ever waits for us; it also keeps the time they have had (budget.c), and rings the tracer when that is over or
 * too much was printed. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "grader/private.h"

struct line { /* the streams of one actor, as we hold them; -1: none */
	int in, out, err, file; /* file: standard output that is a file, read at the end */
	bool terminal;    /* in is the master of a pty; out is -1 then when it is the same */
	bool tty_out;     /* what comes from `in` is its output */
	bool held, end;   /* nobody reads out; in is closed when all is written */
	struct str queue; /* not yet taken */
	size_t done;
	bool any;         /* something was typed in this line already: a terminal's end is typed behind a newline */
};
struct feed {
	struct shared *shared;
	const struct scenario *scenario;
	struct tracer *tracer;
	struct vain *vain; /* NULL: the recording cannot be read twice */
	pthread_t thread;
	pthread_mutex_t lock;
	struct line lines[ACTORS_MAX];
	u32 n;
	int bell;
	struct budget budget;
	u64 limit_ns;  /* of the time they may have */
	u64 latest_ns; /* when the machine is too busy to give them that */
	bool began, finish;
	u64 moves; /* so often something was taken, given or closed here */
	u64 finish_ns;
	enum run_over why;
	cpu_set_t cpus;
};

struct feed *feed_create(struct shared *shared, const struct scenario *s)
{
	struct feed *f = xmalloc(sizeof *f);
	u64 now = clock_ns();

	f->shared = shared;
	f->scenario = s;
	budget_begin(&f->budget, now);
	f->limit_ns = s->seconds * 1000000000ull;
	f->latest_ns = now + BUSY_FOLD * f->limit_ns;
	f->why = OVER_ENDED;
	f->n = (u32)s->actors.n;
	f->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&f->lock, NULL);
	sched_getaffinity(0, sizeof f->cpus, &f->cpus);
	for (u32 i = 0; i < ACTORS_MAX; i++)
		f->lines[i] = (struct line){.in = -1, .out = -1, .err = -1, .file = -1};
	return f;
}

void feed_set_run(struct feed *f, struct run *r)
{
	struct err ignored = {0};

	f->tracer = run_tracer(r);
	f->vain = vain_create(fcntl(log_fd(run_log(r)), F_DUPFD_CLOEXEC, 3), &ignored);
}

static void wake(struct feed *f)
{
	u64 one = 1;
	ssize_t n = write(f->bell, &one, sizeof one);

	(void)n;
}

/* ---- opening ---- */

static bool pipe_for(int *ours, int *theirs, bool reads, u64 capacity, struct err *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, EXIT_RETRY, "no pipe can be made");
	*theirs = ends[reads ? 0 : 1];
	*ours = ends[reads ? 1 : 0];
	if (capacity)
		fcntl(*ours, F_SETPIPE_SZ, (int)capacity);
	fcntl(*ours, F_SETFL, O_NONBLOCK);
	return true;
}

/* Without echo, and without \n made \r\n: what is read from it is what was written. */
static bool terminal_for(struct line *l, int *slave, struct err *err)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	struct termios mode;

	if (openpty(&l->in, slave, NULL, NULL, &size) < 0)
		return err_sys(err, EXIT_RETRY, "no pseudo-terminal can be made");
	fcntl(l->in, F_SETFD, FD_CLOEXEC);
	fcntl(*slave, F_SETFD, FD_CLOEXEC);
	fcntl(l->in, F_SETFL, O_NONBLOCK);
	if (tcgetattr(*slave, &mode) == 0) {
		mode.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL | ECHOCTL);
		mode.c_oflag &= ~(tcflag_t)OPOST;
		tcsetattr(*slave, TCSANOW, &mode);
	}
	l->terminal = true;
	return true;
}

static bool file_for(const char *box, u32 actor, const char *what, const struct bytes *b, int *fd, struct err *err)
{
	struct str path = {0};
	bool ok;

	str_addf(&path, "%s/%s%u", box, what, actor);
	*fd = open(path.s, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ok = *fd >= 0 && (!b->n || write(*fd, b->at, b->n) == (ssize_t)b->n) && lseek(*fd, 0, SEEK_SET) == 0;
	if (!ok)
		err_sys(err, EXIT_RETRY, "%s cannot be written", path.s);
	unlink(path.s);
	str_finish(&path);
	return ok;
}

static bool open_in(struct line *l, const struct run_spec *spec, u32 actor, int *fd, struct err *err)
{
	const struct stream *s = &spec->s->actors.at[actor].in;

	switch (s->as) {
	case AS_PIPE:
		if (!pipe_for(&l->in, fd, true, s->capacity, err))
			return false;
		break;
	case AS_TERMINAL:
		if (!terminal_for(l, fd, err))
			return false;
		break;
	case AS_FILE: return file_for(spec->box, actor, "in", &s->bytes, fd, err);
	default: *fd = open("/dev/null", O_RDONLY | O_CLOEXEC); return *fd >= 0 || err_sys(err, EXIT_RETRY, "/dev/null");
	}
	str_add_bytes(&l->queue, s->bytes.at, s->bytes.n);
	l->end = !s->open;
	return true;
}

static bool open_out(struct line *l, const struct run_spec *spec, u32 actor, int in, int *fd, struct err *err)
{
	const struct stream *s = &spec->s->actors.at[actor].out;
	bool ok = true;

	l->held = s->held;
	switch (s->as) {
	case AS_PIPE: return pipe_for(&l->out, fd, false, s->capacity, err);
	case AS_FILE:
		ok = file_for(spec->box, actor, "out", &(struct bytes){0}, fd, err);
		l->file = ok ? fcntl(*fd, F_DUPFD_CLOEXEC, 3) : -1;
		return ok;
	case AS_TERMINAL:
		ok = l->terminal || terminal_for(l, &in, err);
		*fd = ok ? fcntl(in, F_DUPFD_CLOEXEC, 3) : -1;
		l->tty_out = true;
		return ok;
	default: *fd = open("/dev/null", O_WRONLY | O_CLOEXEC); return *fd >= 0 || err_sys(err, EXIT_RETRY, "/dev/null");
	}
}

bool feed_open(struct feed *f, const struct run_spec *spec, u32 actor, int fds[3], bool *terminal, struct err *err)
{
	struct line l = {.in = -1, .out = -1, .err = -1, .file = -1};
	bool ok = open_in(&l, spec, actor, &fds[0], err) && open_out(&l, spec, actor, fds[0], &fds[1], err) &&
		  pipe_for(&l.err, &fds[2], false, 0, err);

	*terminal = l.terminal;
	pthread_mutex_lock(&f->lock);
	f->lines[actor] = l;
	pthread_mutex_unlock(&f->lock);
	wake(f);
	return ok;
}

/* ---- the thread ---- */

static void keep(struct feed *f, u32 actor, bool error, const char *buf, size_t n)
{
	struct actor_over *a = &f->shared->actors[actor];
	u32 most = error ? ERRORS_KEPT : OUTPUT_KEPT, *have = error ? &a->err_n : &a->out_n;
	char *at = error ? shared_err(f->shared, actor) : shared_out(f->shared, actor);

	if (n > most - *have) {
		n = most - *have;
		if (!error && f->why == OVER_ENDED) {
			a->out_cut = true;
			f->why = OVER_OUTPUT;
			if (f->tracer)
				tracer_ring(f->tracer);
		}
	}
	memcpy(at + *have, buf, n);
	*have += (u32)n;
}

/* False: it has ended. */
static bool take(struct feed *f, u32 actor, bool error, int fd)
{
	static __thread char buf[65536];
	ssize_t n = read(fd, buf, sizeof buf);

	if (n > 0)
		keep(f, actor, error, buf, (size_t)n);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* What was written to the master reaches the line discipline by a kernel worker; poll(2) of the slave waits for it. */
static void wait_for_line_discipline(int master)
{
	int slave = ioctl(master, TIOCGPTPEER, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct pollfd p = {.fd = slave, .events = POLLIN};

	if (slave < 0)
		return;
	poll(&p, 1, 0);
	close(slave);
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The end of a terminal's input is typed: VEOF, behind a newline (termios(3)). */
static void end_input(struct line *l)
{
	if (!l->terminal) {
		shut(&l->in);
		l->end = false;
		return;
	}
	str_add(&l->queue, "\004");
	l->end = false;
}

static void push(struct line *l)
{
	while (l->in >= 0 && l->done < l->queue.len) {
		ssize_t n = write(l->in, l->queue.s + l->done, l->queue.len - l->done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) { /* nobody reads there any more */
			l->done = l->queue.len;
			if (!l->terminal)
				shut(&l->in);
			l->end = false;
			return;
		}
		l->done += (size_t)n;
		if (l->terminal)
			wait_for_line_discipline(l->in);
	}
	if (l->in >= 0 && l->end && l->done == l->queue.len) {
		end_input(l);
		push(l);
	}
}

static u32 watch_all(struct feed *f, struct pollfd *p, u32 *who, int *what)
{
	u32 n = 0;

	p[n++] = (struct pollfd){.fd = f->bell, .events = POLLIN};
	for (u32 i = 0; i < f->n; i++) {
		struct line *l = &f->lines[i];

		if (l->in >= 0 && (l->terminal || l->done < l->queue.len || l->end)) {
			short events = (short)((l->terminal ? POLLIN : 0) | (l->done < l->queue.len || l->end ? POLLOUT : 0));
			who[n] = i, what[n] = 0, p[n++] = (struct pollfd){.fd = l->in, .events = events};
		}
		if (l->out >= 0 && !l->held)
			who[n] = i, what[n] = 1, p[n++] = (struct pollfd){.fd = l->out, .events = POLLIN};
		if (l->err >= 0)
			who[n] = i, what[n] = 2, p[n++] = (struct pollfd){.fd = l->err, .events = POLLIN};
	}
	return n;
}

static void serve(struct feed *f, struct line *l, u32 actor, int what, short got)
{
	if (what == 0 && got & (POLLIN | POLLHUP | POLLERR) && l->terminal && !take(f, actor, false, l->in))
		shut(&l->in); /* EIO: nobody has the terminal open any more */
	if (what == 0 && got & (POLLOUT | POLLERR))
		push(l);
	if (what == 1 && got && !take(f, actor, false, l->out))
		shut(&l->out);
	if (what == 2 && got && !take(f, actor, true, l->err))
		shut(&l->err);
}

/* How long may be waited: until the time is to be looked at. When all is to be finished, no longer than 100 ms after the last
 * program's end: somebody who is left may keep a stream open. */
static int patience(const struct feed *f, u64 now)
{
	u64 until = f->finish ? f->finish_ns : f->why == OVER_ENDED ? f->budget.looked_ns + BUDGET_LOOK_NS : now + 1000000000u;

	return until <= now ? 0 : (int)((until - now) / 1000000) + 1;
}

static bool anything_open(const struct feed *f)
{
	for (u32 i = 0; i < f->n; i++)
		if ((f->lines[i].out >= 0) || f->lines[i].err >= 0 || (f->lines[i].in >= 0 && f->lines[i].tty_out))
			return true;
	return false;
}

/* What was written before the last one ended is read, however late it is. */
static void take_the_rest(struct feed *f)
{
	for (u32 i = 0; i < f->n; i++) {
		struct line *l = &f->lines[i];
		int fd[2] = {l->tty_out ? l->in : l->out, l->err};

		for (int k = 0; k < 2; k++)
			for (int n = 0; fd[k] >= 0 && n < 64; n++) {
				struct pollfd p = {.fd = fd[k], .events = POLLIN};

				if (poll(&p, 1, 0) <= 0 || !(p.revents & POLLIN) || !take(f, i, k == 1, fd[k]))
					break;
			}
	}
}

static void keep_time(struct feed *f, u64 now, enum vain_what vain, const struct asked *asked)
{
	bool over = f->budget.own_ns >= f->limit_ns || vain;

	if (f->finish || f->why != OVER_ENDED || (!over && now < f->latest_ns))
		return;
	f->why = over ? OVER_TIME : OVER_BUSY;
	f->shared->vain = vain;
	f->shared->asked = *asked;
	tracer_ring(f->tracer);
}

static void *feed_thread(void *arg)
{
	struct feed *f = arg;
	struct pollfd p[3 * ACTORS_MAX + 1];
	u32 who[3 * ACTORS_MAX + 1];
	int what[3 * ACTORS_MAX + 1];
	u64 rung;

	sched_setaffinity(0, sizeof f->cpus, &f->cpus); /* only who traces and who is traced gain by one core */
	for (;;) {
		u32 n;
		u64 now = clock_ns();
		enum vain_what vain = VAIN_NOT;
		struct asked asked = {0};

		if (now - f->budget.looked_ns >= BUDGET_LOOK_NS) {
			budget_look(&f->budget, now);
			vain = f->vain ? vain_look(f->vain, f->scenario, f->shared, f->budget.ran_ns, &asked) : VAIN_NOT;
		}
		pthread_mutex_lock(&f->lock);
		if (f->finish && (!anything_open(f) || now >= f->finish_ns)) {
			take_the_rest(f);
			pthread_mutex_unlock(&f->lock);
			return NULL;
		}
		keep_time(f, now, vain, &asked);
		n = watch_all(f, p, who, what);
		int wait = patience(f, now);
		pthread_mutex_unlock(&f->lock);
		if (poll(p, n, wait) <= 0)
			continue;
		pthread_mutex_lock(&f->lock);
		if (p[0].revents && read(f->bell, &rung, sizeof rung) < 0)
			p[0].revents = 0;
		for (u32 i = 1; i < n; i++)
			if (p[i].revents && ++f->moves)
				serve(f, &f->lines[who[i]], who[i], what[i], p[i].revents);
		pthread_mutex_unlock(&f->lock);
	}
}

bool feed_begin(struct feed *f, struct err *err)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	f->began = pthread_create(&f->thread, NULL, feed_thread, f) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return f->began || err_set(err, EXIT_RETRY, "no second thread can be started");
}

/* ---- from the tracing thread ---- */

void feed_type(struct feed *f, u32 actor, const struct bytes *b)
{
	pthread_mutex_lock(&f->lock);
	str_add_bytes(&f->lines[actor].queue, b->at, b->n);
	push(&f->lines[actor]);
	pthread_mutex_unlock(&f->lock);
	wake(f);
}

void feed_end_input(struct feed *f, u32 actor)
{
	pthread_mutex_lock(&f->lock);
	f->lines[actor].end = true;
	push(&f->lines[actor]);
	pthread_mutex_unlock(&f->lock);
	wake(f);
}

void feed_drain(struct feed *f, u32 actor)
{
	pthread_mutex_lock(&f->lock);
	f->lines[actor].held = false;
	pthread_mutex_unlock(&f->lock);
	wake(f);
}

void feed_close_output(struct feed *f, u32 actor)
{
	pthread_mutex_lock(&f->lock);
	if (!f->lines[actor].held)
		while (f->lines[actor].out >= 0) { /* what it wrote before is kept */
			u32 before = f->shared->actors[actor].out_n;

			if (!take(f, actor, false, f->lines[actor].out) || f->shared->actors[actor].out_n == before)
				break;
		}
	shut(&f->lines[actor].out);
	pthread_mutex_unlock(&f->lock);
	wake(f);
}

enum run_over feed_why(struct feed *f)
{
	enum run_over why;

	pthread_mutex_lock(&f->lock);
	why = f->why;
	pthread_mutex_unlock(&f->lock);
	return why;
}

bool feed_is_busy(struct feed *f)
{
	bool busy = false;

	pthread_mutex_lock(&f->lock);
	for (u32 i = 0; i < f->n && !busy; i++) {
		struct line *l = &f->lines[i];
		struct pollfd p[3] = {{l->in, POLLOUT, 0}, {l->held ? -1 : l->out, POLLIN, 0}, {l->err, POLLIN, 0}};

		if (l->in >= 0 && l->done == l->queue.len && !l->end)
			p[0].fd = -1;
		busy = poll(p, 3, 0) > 0 && (p[0].revents & POLLOUT || p[1].revents & POLLIN || p[2].revents & POLLIN);
	}
	pthread_mutex_unlock(&f->lock);
	return busy;
}

u64 feed_moves(struct feed *f)
{
	u64 moves;

	pthread_mutex_lock(&f->lock);
	moves = f->moves;
	pthread_mutex_unlock(&f->lock);
	return moves;
}

static void read_file_back(struct feed *f, u32 actor)
{
	struct line *l = &f->lines[actor];
	char buf[4096];
	ssize_t n;

	lseek(l->file, 0, SEEK_SET);
	while ((n = read(l->file, buf, sizeof buf)) > 0)
		keep(f, actor, false, buf, (size_t)n);
	shut(&l->file);
}

void feed_finish(struct feed *f)
{
	pthread_mutex_lock(&f->lock);
	f->finish = true;
	f->finish_ns = clock_ns() + 100000000u;
	for (u32 i = 0; i < f->n; i++)
		f->lines[i].held = false;
	pthread_mutex_unlock(&f->lock);
	wake(f);
	if (f->began)
		pthread_join(f->thread, NULL);
	for (u32 i = 0; i < f->n; i++) {
		struct line *l = &f->lines[i];

		if (l->file >= 0)
			read_file_back(f, i);
		shut(&l->in);
		shut(&l->out);
		shut(&l->err);
		str_finish(&l->queue);
	}
	vain_destroy(f->vain);
	close(f->bell);
	pthread_mutex_destroy(&f->lock);
	free(f);
}
