/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The oracle's own look at sockets: /proc/PID/fd and fdinfo, /proc/net/unix, SIOCINQ and MSG_PEEK on a borrowed descriptor. Shares
 * no code with app/tracer. */
#include <dirent.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "oracle/ask.h"
#include "oracle/oracle.h"

/* What can be taken now must be what the world says, where it says it. */
static bool queue_agrees(const struct world *w, const struct w_socket *s, int fd, struct counts *c, struct str *trouble)
{
	const struct w_flow *f = world_flow(w, s->in);
	struct pollfd p = {.fd = fd, .events = POLLIN | POLLRDHUP};
	bool sleeping = false;
	int n = -1;

	if (!f || s->outside)
		return true;
	for (u32 t = f->open_ops; t; t = world_task(w, t)->op.flow_next)
		sleeping |= world_task(w, t)->op.flow_role == ACCESS_WRITE || world_task(w, t)->op.loose;
	if (sleeping || f->ghost_put || f->ghost_take)
		return true;
	if (s->type == SOCK_STREAM && s->state == SOCKET_CONNECTED) {
		if (ioctl(fd, SIOCINQ, &n) < 0 || n == f->fill) {
			c->asked++;
			return true;
		}
		str_addf(trouble, "sock%u holds %d bytes, the world says %ld", s->name, n, (long)f->fill);
		return false;
	}
	if (poll(&p, 1, 0) < 0 || p.revents & (POLLHUP | POLLRDHUP | POLLERR))
		return true;
	if (!!(p.revents & POLLIN) == (f->fill > 0) || f->put_shut) {
		c->asked++;
		return true;
	}
	str_addf(trouble, "sock%u is %s, the world says it holds %ld", s->name, p.revents & POLLIN ? "readable" : "empty",
		(long)f->fill);
	return false;
}

static bool end_agrees(const struct world *w, u32 proc, int pid, int fd, u64 ino, struct counts *c, struct str *trouble)
{
	const struct w_fd *d = world_fd(w, world_fd_find(w, proc, fd));
	const struct w_file *file = d ? world_file(w, d->file) : NULL;
	const struct w_socket *s = file && file->kind == OBJ_SOCKET ? world_socket(w, file->object) : NULL;
	unsigned long flags = ask_flags(pid, fd);
	bool ok;
	int got;

	if (!s || s->ino != ino) {
		str_addf(trouble, "P%u fd %d leads to socket inode %lu, the world says %lu", world_proc(w, proc)->name, fd, ino,
			s ? s->ino : 0);
		return false;
	}
	if (!!d->cloexec != !!(flags & O_CLOEXEC) || (!file->unsure && (file->flags & O_NONBLOCK) != (flags & O_NONBLOCK))) {
		str_addf(trouble, "P%u fd %d has flags 0%lo, the world says 0%o cloexec %u", world_proc(w, proc)->name, fd, flags,
			file->flags, d->cloexec);
		return false;
	}
	got = ask_borrow(pid, fd);
	if (got < 0)
		return true;
	ok = queue_agrees(w, s, got, c, trouble);
	close(got);
	c->ends++;
	return ok;
}

static u32 sockets_in_world(const struct world *w, u32 proc)
{
	const struct w_fdt *t = world_fdt(w, world_proc(w, proc)->fdt);
	u32 n = 0;

	for (u32 i = t ? t->first : 0; i; i = world_fd(w, i)->next)
		n += world_file(w, world_fd(w, i)->file)->kind == OBJ_SOCKET;
	return n;
}

static bool process_agrees(const struct world *w, u32 proc, struct counts *c, struct str *trouble)
{
	char path[64];
	int pid = world_proc(w, proc)->pid;
	struct dirent *e;
	DIR *dir;
	u32 seen = 0;
	u64 ino;
	bool ok = true;

	snprintf(path, sizeof path, "/proc/%d/fd", pid);
	dir = opendir(path);
	while (ok && dir && (e = readdir(dir))) {
		int fd = atoi(e->d_name);
		if (e->d_name[0] == '.' || !ask_link(pid, fd, "socket", &ino))
			continue;
		seen++;
		ok = end_agrees(w, proc, pid, fd, ino, c, trouble);
	}
	if (dir)
		closedir(dir);
	if (ok && seen != sockets_in_world(w, proc)) {
		str_addf(trouble, "P%u has %u sockets, the world says %u", world_proc(w, proc)->name, seen,
			sockets_in_world(w, proc));
		return false;
	}
	return ok;
}

bool kernel_agrees(const struct world *w, struct counts *c, struct str *trouble)
{
	for (u32 i = 1; i < world_procs(w); i++) {
		const struct w_proc *p = world_proc(w, i);
		if (p && !p->ended && !process_agrees(w, i, c, trouble))
			return false;
	}
	return true;
}

/* ---- contents ---- */

enum { COPY_MAX = 65536 };

static const u8 *recorded(const struct log_reader *reader, const struct w_span *s, u64 *n)
{
	const struct rec *r = s->task ? log_reader_at(reader, s->pos) : NULL;
	const struct ev_enter *e = r ? rec_body(r) : NULL;

	if (!e || s->off >= e->held)
		return NULL;
	*n = e->held - s->off < s->len ? e->held - s->off : s->len;
	return e->contents + s->off;
}

static bool spans_agree(const struct world *w, const struct w_socket *k, const struct log_reader *reader, const char *bytes,
	size_t got, struct counts *c, struct str *trouble)
{
	size_t at = 0;

	for (u32 i = world_flow(w, k->in)->span_first; i && at < got; i = world_span(w, i)->next) {
		const struct w_span *s = world_span(w, i);
		u64 n = 0;
		const u8 *expected = recorded(reader, s, &n);

		if (n > got - at)
			n = got - at;
		if (expected && memcmp(bytes + at, expected, n) != 0) {
			str_addf(trouble, "sock%u: what it holds from byte %zu on is not what was written at event %lu", k->name, at,
				s->seq);
			return false;
		}
		c->bytes += expected ? n : 0;
		at += s->len;
		if (world_flow(w, k->in)->kind == FLOW_MESSAGES)
			break; /* one message is what a peek shows */
	}
	return true;
}

bool contents_agree(const struct world *w, const struct log_reader *reader, struct counts *c, struct str *trouble)
{
	static char bytes[COPY_MAX];

	for (u32 i = 1; i < world_sockets(w); i++) {
		const struct w_socket *s = world_socket(w, i);
		const struct w_flow *f = s ? world_flow(w, s->in) : NULL;
		const struct w_file *file = s ? world_file(w, s->file) : NULL;
		const struct w_fd *d = file ? world_fd(w, file->fd_first) : NULL;
		u32 proc = d ? world_fdt(w, d->fdt)->procs : 0;
		ssize_t n;
		int got;

		if (!f || !f->spans_sure || f->fill <= 0 || !proc || s->state == SOCKET_LISTENING)
			continue;
		got = ask_borrow(world_proc(w, proc)->pid, d->fd);
		n = got < 0 ? -1 : recv(got, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
		if (got >= 0)
			close(got);
		if (n > 0 && !spans_agree(w, s, reader, bytes, (size_t)n, c, trouble))
			return false;
	}
	return true;
}
