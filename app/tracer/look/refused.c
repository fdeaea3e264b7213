/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a task sleeps in, where the kernel lets nobody ask (Yama, a container): inferred from what it has. Certain is what
 * /proc/locks says of those who wait, and what wchan names; else the first of these that fits, and it is marked as
 * guessed: a write end of a pipe that is full, an epoll, an empty pipe it reads, a queue, an eventfd at 0, a socket with
 * nothing to take, a child that lives. An anonymous pipe is asked through an end that is opened and closed by us, as other than
 * the last of its kind: that wakes nobody (pipe_release() in fs/pipe.c).
 */
#include <dirent.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tracer/look/private.h"

enum { FDS_LOOKED = 1024, TCP_LISTENS = 10 };

/* ---- wchan: the kernel's function it sleeps in, proc_pid_wchan(5); "0" where the kernel does not say ---- */

static const struct {
	const char *name;
	enum waits_in waits;
} functions[] = {
	{"pipe_read", IN_PIPE_READ},
	{"anon_pipe_read", IN_PIPE_READ},
	{"fifo_pipe_read", IN_PIPE_READ},
	{"pipe_wait_readable", IN_PIPE_READ},
	{"pipe_write", IN_PIPE_WRITE},
	{"anon_pipe_write", IN_PIPE_WRITE},
	{"fifo_pipe_write", IN_PIPE_WRITE},
	{"pipe_wait_writable", IN_PIPE_WRITE},
	{"wait_for_partner", IN_FIFO_OPEN},
	{"do_wait", IN_WAIT},
	{"kernel_wait4", IN_WAIT},
	{"futex_wait_queue", IN_FUTEX},
	{"futex_wait_queue_me", IN_FUTEX},
	{"futex_do_wait", IN_FUTEX},
	{"unix_stream_read_generic", IN_SOCKET_READ},
	{"unix_stream_data_wait", IN_SOCKET_READ},
	{"__skb_wait_for_more_packets", IN_SOCKET_READ},
	{"sk_wait_data", IN_SOCKET_READ},
	{"tcp_recvmsg_locked", IN_SOCKET_READ},
	{"sk_stream_wait_memory", IN_SOCKET_WRITE},
	{"sock_alloc_send_pskb", IN_SOCKET_WRITE},
	{"unix_wait_for_peer", IN_SOCKET_WRITE},
	{"inet_csk_accept", IN_ACCEPT},
	{"inet_csk_wait_for_connect", IN_ACCEPT},
	{"wq_sleep", IN_QUEUE},
	{"do_msgrcv", IN_MSGRCV},
	{"do_msgsnd", IN_MSGSND},
	{"do_semtimedop", IN_SEMOP},
	{"__do_semtimedop", IN_SEMOP},
	{"ep_poll", IN_EPOLL},
	{"do_epoll_wait", IN_EPOLL},
	{"poll_schedule_timeout", IN_POLL},
	{"do_poll", IN_POLL},
	{"do_select", IN_POLL},
	{"hrtimer_nanosleep", IN_SLEEP},
	{"do_nanosleep", IN_SLEEP},
	{"do_sigtimedwait", IN_SIGWAIT},
	{"sigsuspend", IN_SIGSUSPEND},
	{"__do_sys_pause", IN_PAUSE},
	{"__x64_sys_pause", IN_PAUSE},
	{"do_pause", IN_PAUSE},
	{"n_tty_read", IN_TERMINAL},
	{"wait_woken", IN_WOKEN}, /* TCP, or a terminal */
	{"eventfd_read", IN_EVENTFD},
	{"do_wait_intr_irq", IN_EVENTFD},
	{"locks_lock_inode_wait", IN_LOCK},
	{"flock_lock_inode_wait", IN_LOCK},
	{"fcntl_setlk", IN_LOCK},
};

enum waits_in wchan_means(const char *name)
{
	size_t n = strcspn(name, ".\n"); /* ".isra.0", ".constprop.0": the compiler's */

	for (size_t i = 0; i < ARRAY_LEN(functions); i++)
		if (strlen(functions[i].name) == n && !memcmp(functions[i].name, name, n))
			return functions[i].waits;
	return IN_UNKNOWN;
}

enum waits_in wchan_of(pid_t tid)
{
	char path[64], name[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/wchan", (int)tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, name, sizeof name - 1);
	if (fd >= 0)
		close(fd);
	name[n < 0 ? 0 : n] = 0;
	return wchan_means(name);
}

/* ---- telling ---- */

static bool tell(struct tracer *t, struct tracee *x, u16 call, int fd, u64 arg, bool sure, struct err *err)
{
	x->found = (struct found){.call = call, .fd = fd, .arg = arg, .size = 1, .ns = 0, .guessed = !sure};
	if (call == CALL_pthread_join) {
		x->found.told = true;
		x->found.ns = TIME_NONE;
	}
	if (call == CALL_mq_timedreceive || call == CALL_mq_timedsend) {
		x->found.arg = TIME_NONE;
		x->found.size = 1 << 20;
	}
	if (call == CALL_epoll_wait)
		x->found.arg = TIME_NONE;
	return emit_found(t, x, false, err);
}

/* Locks: "1: -> FLOCK  ADVISORY  WRITE 4711 fe:01:1234 0 EOF" is one who waits, pid and all (-1: an OFD lock). */
static bool tell_lock(struct tracer *t, struct tracee *x, bool *told, bool ofd, struct err *err)
{
	char line[256], kind[16], type[16], to[32], path[64];
	FILE *f = fopen("/proc/locks", "re");
	unsigned major, minor;
	unsigned long long ino, start;
	struct stat st;
	bool ok = true;
	int pid;

	while (ok && f && !*told && fgets(line, sizeof line, f)) {
		if (sscanf(line, "%*d: -> %15s %*s %15s %d %x:%x:%llu %llu %31s", kind, type, &pid, &major, &minor, &ino, &start, to) != 8 ||
		    (ofd ? pid != -1 : pid != x->tgid))
			continue;
		for (int fd = 0; fd < FDS_LOOKED && !*told && ok; fd++) {
			i64 range[2] = {(i64)start, strcmp(to, "EOF") ? strtoll(to, NULL, 10) : INT64_MAX};
			bool flocks = !strcmp(kind, "FLOCK"), writes = !strcmp(type, "WRITE");
			snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)x->tid, fd);
			if (stat(path, &st) < 0 || st.st_ino != ino || st.st_dev != makedev(major, minor) || !lock_adopt(t, x, fd))
				continue;
			*told = true;
			if (flocks) {
				ok = tell(t, x, CALL_flock, fd, writes ? LOCK_EX : LOCK_SH, true, err);
				continue;
			}
			memset(&x->entry, 0, offsetof(struct entry, bytes));
			x->entry.call = CALL_fcntl;
			x->entry.fd = fd;
			x->entry.fd2 = -1;
			x->entry.arg = ofd ? F_OFD_SETLKW : F_SETLKW;
			x->entry.size = (u16)(writes ? F_WRLCK : F_RDLCK);
			x->entry.held = sizeof range;
			x->entry.flags = EVF_FOUND | (ofd ? EVF_GUESSED : 0);
			memcpy(x->entry.bytes, range, sizeof range);
			x->found = (struct found){.call = CALL_fcntl, .fd = fd, .guessed = true};
			ok = emit_entry(t, x, REC_ENTER, err);
		}
	}
	if (f)
		fclose(f);
	return ok;
}

/* ---- what a descriptor could be waited for ---- */

/* An anonymous pipe, through an end of our own. One whose lock somebody sleeps with keeps everybody waiting. */
static bool pipe_keeps_waiting(struct tracer *t, struct tracee *x, int fd, bool reads)
{
	struct pipe_answer a;
	char path[64], link[64];
	pid_t left = 0;
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)x->tid, fd);
	n = readlink(path, link, sizeof link - 1);
	if (n < 6 || memcmp(link, "pipe:[", 6))
		return reads; /* a FIFO is not to be opened: it may be empty */
	if (!asker_of_path(t, path, reads ? O_RDONLY : O_WRONLY, &a, &left))
		return reads || left;
	return reads ? a.bytes == 0 : !a.room;
}

static u64 eventfd_count(struct tracee *x, int fd)
{
	unsigned long long count = 1;
	char path[64], line[128];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)x->tid, fd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "eventfd-count: %llx", &count) == 1)
			break;
	if (f)
		fclose(f);
	return count;
}

static bool of_pipe(struct tracer *t, struct tracee *x, int fd, u32 flags, struct guess *g)
{
	bool reads = (flags & O_ACCMODE) != O_WRONLY, writes = (flags & O_ACCMODE) != O_RDONLY;

	if (writes && !reads && pipe_keeps_waiting(t, x, fd, false))
		*g = (struct guess){CALL_write, fd, 1, IN_PIPE_WRITE};
	else if (reads && pipe_keeps_waiting(t, x, fd, true))
		*g = (struct guess){CALL_read, fd, fd == 0 ? 9 : 3, IN_PIPE_READ};
	else
		return false;
	return true;
}

static bool of_socket(const struct object_seen *o, int fd, struct guess *g)
{
	struct socket_listed l;
	bool stream = o->type == SOCK_STREAM;

	if (!socket_queues(o->id, &l))
		return false;
	if (stream && l.state == TCP_LISTENS)
		*g = (struct guess){CALL_accept, fd, 8, IN_ACCEPT};
	else if (!l.received && stream)
		*g = (struct guess){o->domain == AF_UNIX ? CALL_recvfrom : CALL_read, fd, 6, IN_SOCKET_READ};
	else if (!l.received)
		*g = (struct guess){CALL_recvfrom, fd, 6, IN_SOCKET_READ};
	else if (l.sending)
		*g = (struct guess){stream ? CALL_write : CALL_sendto, fd, 5, IN_SOCKET_WRITE};
	else
		return false;
	return true;
}

static bool of_queue(struct tracee *x, int fd, struct guess *g)
{
	struct mq_attr a;

	if (!queue_ask(x, fd, &a, NULL))
		return false;
	if (a.mq_curmsgs >= a.mq_maxmsg)
		*g = (struct guess){CALL_mq_timedsend, fd, 4, IN_QUEUE};
	else if (!a.mq_curmsgs)
		*g = (struct guess){CALL_mq_timedreceive, fd, 4, IN_QUEUE};
	else
		return false;
	return true;
}

static bool of_fd(struct tracer *t, struct tracee *x, int fd, struct guess *g)
{
	enum fd_class class;
	const struct object_seen *o;
	u32 flags = 0;
	bool cloexec;
	u64 ino;

	if (!fd_ask(x->tid, fd, &class, &ino, &flags, &cloexec) || flags & O_NONBLOCK)
		return false;
	if (class == FDC_PIPE)
		return of_pipe(t, x, fd, flags, g);
	o = class == FDC_OBJECT ? object_of_fd(t, x, fd) : NULL;
	switch (o ? o->kind : 0) {
	case SEEN_SOCKET: return of_socket(o, fd, g);
	case SEEN_MQ: return of_queue(x, fd, g);
	case SEEN_EPOLL: *g = (struct guess){CALL_epoll_wait, fd, 2, IN_EPOLL}; return true;
	case SEEN_EVENTFD: *g = (struct guess){CALL_read, fd, 7, IN_EVENTFD}; return eventfd_count(x, fd) == 0;
	default: return false;
	}
}

static bool fits(const struct guess *g, enum waits_in in)
{
	bool socket = g->in == IN_SOCKET_READ || g->in == IN_SOCKET_WRITE || g->in == IN_ACCEPT;

	/* A Unix listener waits as for a datagram; TCP's waits are all alike. */
	return in == IN_UNKNOWN || g->in == in || (in == IN_SOCKET_READ && g->in == IN_ACCEPT) || (in == IN_WOKEN && socket);
}

/* What no descriptor tells, and yet the kernel's function: which call it is. */
static u16 call_of(enum waits_in in)
{
	switch (in) {
	case IN_MSGRCV: return CALL_msgrcv;
	case IN_MSGSND: return CALL_msgsnd;
	case IN_SEMOP: return CALL_semop;
	case IN_FIFO_OPEN: return CALL_openat;
	case IN_SIGWAIT: return CALL_rt_sigtimedwait;
	case IN_SIGSUSPEND: return CALL_rt_sigsuspend;
	case IN_PAUSE: return CALL_pause;
	case IN_POLL: return CALL_poll;
	default: return CALL_none;
	}
}

/* These have no time-out that nobody sees. */
static bool is_endless(enum waits_in in)
{
	return in == IN_PIPE_READ || in == IN_PIPE_WRITE || in == IN_SIGSUSPEND || in == IN_PAUSE || in == IN_WAIT;
}

/* The likeliest of its descriptors, those passed over that other threads are said to wait for. */
static u32 best_fd(struct tracer *t, struct tracee *x, enum waits_in in, struct guess *best)
{
	u32 fitting = 0;

	*best = (struct guess){.rank = 100};
	for (int fd = 0; fd < (int)x->fds->n && fd < FDS_LOOKED; fd++) {
		struct guess g;
		bool taken = false;
		for (u32 i = 1; i < t->tasks.n; i++)
			taken |= t->tasks.at[i] != x && t->tasks.at[i]->fds == x->fds && t->tasks.at[i]->found.call && t->tasks.at[i]->found.fd == fd;
		if (taken || fdmap_get(x->fds, fd)->class < FDC_PIPE || !of_fd(t, x, fd, &g) || !fits(&g, in))
			continue;
		fitting++;
		if (g.rank < best->rank)
			*best = g;
	}
	return fitting;
}

/* ---- what is no descriptor ---- */

static bool has_children(pid_t pid)
{
	char path[96], byte;
	bool any = false;
	struct dirent *d;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	dir = opendir(path);
	while (dir && (d = readdir(dir))) {
		int fd;
		if (d->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "/proc/%d/task/%.20s/children", (int)pid, d->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		any |= fd >= 0 && read(fd, &byte, 1) == 1;
		if (fd >= 0)
			close(fd);
	}
	if (dir)
		closedir(dir);
	return any;
}

bool refused_in_vfork(pid_t tid)
{
	return has_children(tid);
}

static struct tracee *other_thread(struct tracer *t, const struct tracee *x)
{
	for (u32 i = 1; i < t->tasks.n; i++)
		if (t->tasks.at[i] != x && t->tasks.at[i]->tgid == x->tgid)
			return t->tasks.at[i];
	return NULL;
}

/* Where processes share memory, the word they wait for lies there, most likely. */
static u64 shared_word(const struct tracee *x)
{
	for (size_t i = 0; i < x->space->maps.n; i++)
		if (x->space->maps.at[i].prot & 2 /* PROT_WRITE */)
			return x->space->maps.at[i].addr;
	return 0;
}

/* Signals are no object, and a sleep is none: nothing is said of what fits nothing. */
static bool tell_rest(struct tracer *t, struct tracee *x, enum waits_in in, bool *told, struct err *err)
{
	struct tracee *other = other_thread(t, x);
	bool ok = true;

	*told = true;
	if (call_of(in))
		return tell(t, x, call_of(in), -1, in == IN_SIGWAIT ? TIME_NONE : 0, is_endless(in), err);
	if (in == IN_LOCK)
		return tell_lock(t, x, told, true, err);
	if (in == IN_SLEEP)
		return tell(t, x, CALL_nanosleep, -1, 1000000000, true, err);
	if ((in == IN_WAIT || in == IN_UNKNOWN) && (!other || in == IN_WAIT) && has_children(x->tgid))
		return tell(t, x, CALL_wait4, -1, 0, in == IN_WAIT, err);
	if (in != IN_FUTEX && in != IN_UNKNOWN) {
		*told = false;
		return true;
	}
	if (other && x->tid == x->tgid && !(in == IN_FUTEX && shared_word(x)))
		return tell(t, x, CALL_pthread_join, other->tid, 0, false, err);
	*told = false;
	if (in == IN_UNKNOWN)
		ok = tell_lock(t, x, told, true, err);
	if (ok && !*told && (other || in == IN_FUTEX)) {
		*told = true;
		return tell(t, x, CALL_futex, 0, shared_word(x), false, err);
	}
	return ok;
}

bool refused_tell(struct tracer *t, struct tracee *x, struct err *err)
{
	enum waits_in in = wchan_of(x->tid);
	bool told = false, main_of_many = x->tid == x->tgid && other_thread(t, x);
	struct guess g;
	u32 n;

	x->found.guessed = true; /* whatever comes of it: nothing more is asked */
	if (x->vfork_parent)
		return tell(t, x, CALL_vfork, -1, 0, false, err);
	if (!tell_lock(t, x, &told, false, err))
		return false;
	if (told)
		return true;
	n = main_of_many && in == IN_UNKNOWN ? 0 : best_fd(t, x, in, &g);
	if (n && (g.rank < 9 || !has_children(x->tgid)))
		return tell(t, x, g.call, g.fd, 0, is_endless(in) && n == 1, err);
	return tell_rest(t, x, in, &told, err);
}
