/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a seed to a program. One operation after another is given to a process picked by chance,
 * while a rough picture of its descriptors and of what the pipes hold is kept, so that most
 * operations mean something and most reads find bytes. The picture is only a guide: nothing
 * depends on its being right.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "oracle/program.h"

enum { FD_TOP = 32, PIPES_TOP = 16, FD_READ = 1, FD_WRITE = 2 };

struct guess_fd {
	int pipe; /* from 1, 0: closed */
	int end;
};
struct guess {
	struct chance chance;
	struct program *p;
	int pipes;
	long fill[PIPES_TOP + 1];
	struct guess_fd fd[PROC_MAX][FD_TOP];
	bool over[PROC_MAX];
};

static struct op *add(struct guess *g, int proc, enum op_kind kind, int a, int b, int c)
{
	struct proc *p = &g->p->proc[proc];

	if (p->n == OPS_MAX)
		return NULL;
	p->ops[p->n] = (struct op){kind, a, b, c};
	return &p->ops[p->n++];
}

static int lowest_free(const struct guess *g, int proc, int from)
{
	for (int fd = from < 3 ? 3 : from; fd < FD_TOP; fd++)
		if (!g->fd[proc][fd].pipe)
			return fd;
	return FD_TOP - 1;
}

/* A descriptor with that end; one in twenty-five is just a number. */
static int pick_fd(struct guess *g, int proc, int end)
{
	int found[FD_TOP], n = 0;

	if (chance_percent(&g->chance, 4))
		return (int)chance_below(&g->chance, 14);
	for (int fd = 0; fd < FD_TOP; fd++)
		if (g->fd[proc][fd].pipe && (g->fd[proc][fd].end & end))
			found[n++] = fd;
	return n ? found[chance_below(&g->chance, (uint32_t)n)] : 3;
}

/* One that finds bytes (or room), if there is one; mostly. */
static int pick_ready(struct guess *g, int proc, int end)
{
	for (int tries = 0; tries < 6; tries++) {
		int fd = pick_fd(g, proc, end);
		int pipe = fd < FD_TOP ? g->fd[proc][fd].pipe : 0;
		if (end == FD_READ ? g->fill[pipe] > 0 : g->fill[pipe] < 60000)
			return fd;
	}
	return chance_percent(&g->chance, 25) ? pick_fd(g, proc, end) : -1;
}

static int pick_size(struct guess *g)
{
	static const int edges[] = {0, 1, 4095, 4096, 4097, 8192, 65535, 65536, 65537, 200000};
	uint32_t r = chance_below(&g->chance, 100);

	if (r < 55)
		return 1 + (int)chance_below(&g->chance, 64);
	if (r < 75)
		return 1 + (int)chance_below(&g->chance, 3000);
	if (r < 92)
		return edges[chance_below(&g->chance, 6)];
	if (r < 97)
		return 1 + (int)chance_below(&g->chance, 20000);
	return edges[chance_below(&g->chance, 10)];
}

static void make_pipe(struct guess *g, int proc)
{
	static const int flags[] = {
		0, O_NONBLOCK, O_CLOEXEC, O_DIRECT, O_NONBLOCK | O_CLOEXEC, O_DIRECT | O_NONBLOCK};

	if (g->pipes == PIPES_TOP)
		return;
	if (chance_percent(&g->chance, 60))
		add(g, proc, OP_pipe, 0, 0, 0);
	else
		add(g, proc, OP_pipe2, flags[chance_below(&g->chance, 6)], 0, 0);
	g->pipes++;
	for (int end = FD_READ; end <= FD_WRITE; end++)
		g->fd[proc][lowest_free(g, proc, 3)] = (struct guess_fd){g->pipes, end};
}

static void make_process(struct guess *g, int proc, enum op_kind kind)
{
	int child = g->p->procs;

	if (child == PROC_MAX || !add(g, proc, kind, child, 0, 0))
		return;
	g->p->procs++;
	g->p->proc[child].ignore_sigpipe = chance_percent(&g->chance, 40);
	g->p->proc[child].usr1 = (enum usr1)chance_below(&g->chance, 4);
	memcpy(g->fd[child], g->fd[proc], sizeof g->fd[child]);
}

static void copy_fd(struct guess *g, int proc)
{
	int fd = pick_fd(g, proc, FD_READ | FD_WRITE);
	int to = (int)chance_below(&g->chance, 16);
	int least = (int)chance_below(&g->chance, 20);
	struct guess_fd what = fd < FD_TOP ? g->fd[proc][fd] : (struct guess_fd){0};

	switch (chance_below(&g->chance, 4)) {
	case 0:
		add(g, proc, OP_dup, fd, 0, 0);
		to = lowest_free(g, proc, 3);
		break;
	case 1: add(g, proc, OP_dup2, fd, to, 0); break;
	case 2:
		add(g, proc, OP_dup3, fd, to, chance_percent(&g->chance, 50) ? O_CLOEXEC : 0);
		break;
	default:
		add(g, proc, OP_fdup, fd, least, chance_percent(&g->chance, 50));
		to = lowest_free(g, proc, least);
	}
	if (what.pipe)
		g->fd[proc][to] = what;
}

static void change_fd(struct guess *g, int proc)
{
	static const int flags[] = {0, O_NONBLOCK, O_NONBLOCK, O_DIRECT};
	static const int sizes[] = {4096, 8192, 65536, 1048576, 5000, 0};
	int fd = pick_fd(g, proc, FD_READ | FD_WRITE);

	switch (chance_below(&g->chance, 4)) {
	case 0: add(g, proc, OP_setfl, fd, flags[chance_below(&g->chance, 4)], 0); break;
	case 1:
		add(g, proc, OP_setfd, fd, chance_percent(&g->chance, 70) ? FD_CLOEXEC : 0, 0);
		break;
	case 2: add(g, proc, OP_setsize, fd, sizes[chance_below(&g->chance, 6)], 0); break;
	default: add(g, proc, OP_fionbio, fd, (int)chance_below(&g->chance, 2), 0);
	}
}

static void close_some(struct guess *g, int proc)
{
	int fd = pick_fd(g, proc, FD_READ | FD_WRITE), last = fd + (int)chance_below(&g->chance, 6);
	bool mark = chance_percent(&g->chance, 30);

	if (chance_percent(&g->chance, 85)) {
		add(g, proc, OP_close, fd, 0, 0);
		last = fd;
	} else {
		add(g, proc, OP_closerange, fd, last, mark ? 4 /* CLOSE_RANGE_CLOEXEC */ : 0);
		if (mark)
			return;
	}
	for (int i = fd; i <= last && i < FD_TOP; i++)
		g->fd[proc][i].pipe = 0;
}

static void move_bytes(struct guess *g, int proc, bool out)
{
	int fd = pick_ready(g, proc, out ? FD_WRITE : FD_READ), n = pick_size(g);
	int pieces = 1 + (int)chance_below(&g->chance, 7);
	bool vector = chance_percent(&g->chance, 15);
	int pipe;

	if (fd < 0)
		return;
	add(g, proc, out ? (vector ? OP_writev : OP_write) : (vector ? OP_readv : OP_read), fd, n,
		vector ? pieces : 0);
	pipe = fd < FD_TOP ? g->fd[proc][fd].pipe : 0;
	g->fill[pipe] += out ? n : -n;
	if (g->fill[pipe] < 0)
		g->fill[pipe] = 0;
}

static void move_pages(struct guess *g, int proc)
{
	int from = pick_ready(g, proc, FD_READ), to = pick_fd(g, proc, FD_WRITE);

	if (from >= 0)
		add(g, proc, chance_percent(&g->chance, 60) ? OP_splice : OP_tee, from, to,
			1 + pick_size(g));
}

static void wait_for_something(struct guess *g, int proc)
{
	static const int patience[] = {0, 3, 3, -1};
	uint32_t r = chance_below(&g->chance, 100);

	if (r < 30)
		add(g, proc, OP_wait, chance_percent(&g->chance, 60) ? WNOHANG : 0, 0, 0);
	else if (r < 60)
		add(g, proc, OP_sleep, (int)chance_below(&g->chance, 2000), 0, 0);
	else
		add(g, proc, OP_poll, pick_fd(g, proc, FD_READ | FD_WRITE),
			chance_percent(&g->chance, 60) ? POLLIN : POLLOUT,
			patience[chance_below(&g->chance, 4)]);
}

static void send_signal(struct guess *g, int proc)
{
	static const int signals[] = {
		SIGUSR1, SIGUSR1, SIGUSR1, SIGKILL, SIGTERM, SIGSTOP, SIGCONT, SIGCONT, SIGCHLD};

	add(g, proc, OP_kill, (int)chance_below(&g->chance, (uint32_t)g->p->procs),
		signals[chance_below(&g->chance, 9)], 0);
}

static void add_by_chance(struct guess *g)
{
	int proc = (int)chance_below(&g->chance, (uint32_t)g->p->procs);
	uint32_t r = chance_below(&g->chance, 100);

	if (g->over[proc] || g->p->proc[proc].n >= OPS_MAX - 4)
		return;
	if (r < 9)
		make_pipe(g, proc);
	else if (r < 17)
		make_process(g, proc, chance_percent(&g->chance, 80) ? OP_fork : OP_thread);
	else if (r < 25)
		copy_fd(g, proc);
	else if (r < 31)
		change_fd(g, proc);
	else if (r < 42)
		close_some(g, proc);
	else if (r < 64)
		move_bytes(g, proc, true);
	else if (r < 86)
		move_bytes(g, proc, false);
	else if (r < 90)
		move_pages(g, proc);
	else if (r < 95)
		wait_for_something(g, proc);
	else if (r < 97)
		send_signal(g, proc);
	else if (r < 99)
		add(g, proc, OP_exec, 0, 0, 0);
	else if (proc > 0) {
		add(g, proc, OP_exit, (int)chance_below(&g->chance, 4), 0, 0);
		g->over[proc] = true;
	}
}

/* ---- programs that no schedule changes: one writer and one reader a pipe, known totals, every
 * process meets its transfers in one global order, so that none can deadlock ---- */

struct link {
	int from, to; /* processes */
	int rfd, wfd;
};

static void give_ends(struct guess *g, const struct link *l, int n, int proc)
{
	for (int i = 0; i < n; i++) {
		if (l[i].to != proc)
			add(g, proc, OP_close, l[i].rfd, 0, 0);
		if (l[i].from != proc)
			add(g, proc, OP_close, l[i].wfd, 0, 0);
	}
	if (chance_percent(&g->chance, 50))
		add(g, proc, OP_exec, 0, 0, 0);
}

static void transfer(struct guess *g, const struct link *l)
{
	int n = pick_size(g);
	int copy = 20 + (int)chance_below(&g->chance, 8);
	bool dup = chance_percent(&g->chance, 15);

	if (n == 0)
		n = 1;
	if (g->p->proc[l->from].n > OPS_MAX - 8 || g->p->proc[l->to].n > OPS_MAX - 8)
		return;
	if (dup)
		add(g, l->from, OP_dup2, l->wfd, copy, 0);
	add(g, l->from, OP_writeall, dup ? copy : l->wfd, n, 0);
	if (dup)
		add(g, l->from, OP_close, copy, 0, 0);
	add(g, l->to, OP_readall, l->rfd, n, 0);
	if (chance_percent(&g->chance, 8))
		add(g, chance_percent(&g->chance, 50) ? l->from : l->to, OP_sleep,
			(int)chance_below(&g->chance, 500), 0, 0);
}

static void generate_fixed(struct guess *g)
{
	struct link l[5];
	int n = 1 + (int)chance_below(&g->chance, 5),
	    procs = 2 + (int)chance_below(&g->chance, PROC_MAX - 1);
	int transfers = 4 + (int)chance_below(&g->chance, 20);

	for (int i = 0; i < n; i++) {
		add(g, 0, chance_percent(&g->chance, 70) ? OP_pipe : OP_pipe2, 0, 0, 0);
		l[i].rfd = 3 + 2 * i;
		l[i].wfd = 4 + 2 * i;
		l[i].from = (int)chance_below(&g->chance, (uint32_t)procs);
		l[i].to = (l[i].from + 1 + (int)chance_below(&g->chance, (uint32_t)procs - 1)) %
			  procs;
	}
	while (g->p->procs < procs)
		make_process(g, 0, OP_fork);
	for (int i = 0; i < procs; i++)
		give_ends(g, l, n, i);
	while (transfers-- > 0)
		transfer(g, &l[chance_below(&g->chance, (uint32_t)n)]);
	for (int i = 0; i < n; i++)
		if (chance_percent(&g->chance, 50)) { /* and end of file, seen */
			add(g, l[i].from, OP_close, l[i].wfd, 0, 0);
			add(g, l[i].to, OP_readall, l[i].rfd, 10, 0);
		}
	add(g, 0, OP_waitall, 0, 0, 0);
	for (int i = 0; i < procs; i++)
		add(g, i, OP_exit, (int)chance_below(&g->chance, 5), 0, 0);
}

void program_generate(struct program *p, uint64_t seed, bool fixed)
{
	struct guess g = {.chance = {seed * 2654435761u + 88172645463325252ull}, .p = p};
	int rounds;

	memset(p, 0, sizeof *p);
	p->seed = seed;
	p->fixed = fixed;
	p->procs = 1;
	for (int i = 0; i < 8; i++)
		chance_next(&g.chance);
	p->proc[0].ignore_sigpipe = chance_percent(&g.chance, 60);
	if (fixed) {
		generate_fixed(&g);
		return;
	}
	rounds = 15 + (int)chance_below(&g.chance, 110);
	make_pipe(&g, 0);
	while (rounds-- > 0)
		add_by_chance(&g);
	if (chance_percent(&g.chance, 50))
		add(&g, 0, OP_waitall, 0, 0, 0);
}
