/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File locks in words. */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "view/private.h"

#ifndef F_OFD_SETLK
#define F_OFD_SETLK 37
#define F_OFD_SETLKW 38
#endif

static bool is_lock(const struct w_op *op)
{
	return op->call == CALL_flock || (op->call == CALL_fcntl && (op->arg == F_SETLK || op->arg == F_SETLKW ||
									    op->arg == F_OFD_SETLK || op->arg == F_OFD_SETLKW));
}

static void add_range(i64 start, i64 end, struct str *out)
{
	if (start == 0 && end == INT64_MAX)
		return;
	if (end == INT64_MAX)
		str_addf(out, " from byte %lld on", (long long)start);
	else if (start == end)
		str_addf(out, " of byte %lld", (long long)start);
	else
		str_addf(out, " of bytes %lld to %lld", (long long)start, (long long)end);
}

static void add_lock(const struct w_op *op, struct str *out)
{
	if (op->call == CALL_flock) {
		str_add(out, op->arg & LOCK_UN ? "unlock" : op->arg & LOCK_EX ? "exclusive lock" : "shared lock");
		return;
	}
	str_add(out, op->size == F_UNLCK ? "unlock" : op->size == F_WRLCK ? "write lock" : "read lock");
	add_range(op->lo, op->hi, out);
}

bool words_lock_op(const struct scene *s, const struct w_op *op, struct str *out)
{
	bool plain = s->style == STYLE_PLAIN;
	const char *name = op->call == CALL_flock                              ? "flock"
			   : op->arg == F_OFD_SETLK || op->arg == F_OFD_SETLKW ? "fcntl OFD"
									       : "fcntl";

	if (!is_lock(op))
		return false;
	str_addf(out, plain ? "%s of fd %d, " : "%s(%d, ", name, op->fd);
	add_lock(op, out);
	str_add(out, plain ? "" : ")");
	return true;
}

/* "P1 holds an exclusive lock of the file, taken at a.c:12" */
void words_lock_reason(const struct scene *s, const struct why *y, struct str *out)
{
	const struct w_lock *l = world_lock(s->world, world_lock_in_the_way(s->world, y->task, 0));

	if (!l) {
		str_add(out, "a lock of the file is held by others");
		return;
	}
	words_name(s, l->task, out);
	str_addf(out, " holds %s lock", l->exclusive ? "an exclusive" : "a shared");
	add_range(l->start, l->end, out);
	str_add(out, ", taken");
	words_at(s, l->site, out);
}

bool words_result_lock(const struct scene *s, const struct happening *h, const struct rec *r, struct str *out)
{
	struct ev_exit e;

	memcpy(&e, rec_body(r), sizeof e);
	if (e.ret < 0 || !is_lock(&h->op))
		return false;
	if (h->op.call == CALL_flock ? h->op.arg & LOCK_UN : h->op.size == F_UNLCK) {
		str_addf(out, " gave back its %s of fd %d",
			h->op.call == CALL_flock                                    ? "flock"
			: h->op.arg == F_OFD_SETLK || h->op.arg == F_OFD_SETLKW ? "OFD locks"
										: "fcntl locks",
			h->op.fd);
		if (h->op.call != CALL_flock)
			add_range(h->op.lo, h->op.hi, out);
	} else {
		str_add(out, " got ");
		words_lock_op(s, &h->op, out);
	}
	words_at(s, h->op.site, out);
	str_addf(out, ". Result %lld.\n", (long long)e.ret);
	return true;
}
