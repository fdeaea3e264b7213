/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a pipe holds, byte for byte: copied out by tee(2) through a borrowed read end, compared with
 * the world's spans and the contents recorded at each write. Only where the world claims to know
 * the order, and only as many bytes of a write as a record keeps.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "oracle/ask.h"
#include "oracle/oracle.h"

enum { COPY_MAX = 65536 };

/* Returns how many bytes it got. */
static size_t copy_out(int end, char *bytes)
{
	int copy[2];
	ssize_t n, got = 0, r;

	if (pipe2(copy, O_CLOEXEC | O_NONBLOCK) < 0)
		return 0;
	n = tee(end, copy[1], COPY_MAX, SPLICE_F_NONBLOCK);
	while (got < n && (r = read(copy[0], bytes + got, (size_t)(n - got))) > 0)
		got += r;
	close(copy[0]);
	close(copy[1]);
	return (size_t)got;
}

/* The recorded bytes of a span: NULL when there are none. */
static const u8 *recorded(const struct log_reader *reader, const struct w_span *s, u64 *n)
{
	const struct rec *r = s->task ? log_reader_at(reader, s->pos) : NULL;
	const struct ev_enter *e = r ? rec_body(r) : NULL;

	if (!e || s->off >= e->held)
		return NULL;
	*n = e->held - s->off < s->len ? e->held - s->off : s->len;
	return e->contents + s->off;
}

static bool spans_agree(const struct world *w, const struct w_pipe *p,
	const struct log_reader *reader, const char *bytes, size_t got, struct counts *c,
	struct str *trouble)
{
	size_t at = 0;

	for (u32 i = p->span_first; i && at < got; i = world_span(w, i)->next) {
		const struct w_span *s = world_span(w, i);
		u64 n = 0;
		const u8 *expected = recorded(reader, s, &n);

		if (n > got - at)
			n = got - at;
		if (expected && memcmp(bytes + at, expected, n) != 0) {
			str_addf(trouble,
				"pipe%u: what it holds from byte %zu on is not what was written at "
				"event %lu",
				p->name, at, s->seq);
			return false;
		}
		c->bytes += expected ? n : 0;
		at += s->len;
	}
	return true;
}

bool contents_agree(const struct world *w, const struct log_reader *reader, struct counts *c,
	struct str *trouble)
{
	static char bytes[COPY_MAX];

	for (u32 i = 1; i < world_pipes(w); i++) {
		const struct w_pipe *p = world_pipe(w, i);
		struct w_end end;
		size_t got;
		int fd;

		if (!p || p->gone || p->fill <= 0 || !p->spans_sure ||
			world_pipe_ends(w, i, ACCESS_READ, &end, 1) == 0)
			continue;
		fd = ask_borrow(world_proc(w, end.proc)->pid, world_fd(w, end.fd)->fd);
		if (fd < 0)
			continue;
		got = copy_out(fd, bytes);
		close(fd);
		if (!spans_agree(w, p, reader, bytes, got, c, trouble))
			return false;
	}
	return true;
}
