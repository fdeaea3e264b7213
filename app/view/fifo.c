/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FIFOs in words: their names, open(2) and what it waits for, mkfifo and unlink. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "view/private.h"

static bool opens(u32 call)
{
	return call == CALL_open || call == CALL_openat || call == CALL_openat2 || call == CALL_creat;
}

static bool makes(u32 call)
{
	return call == CALL_mknod || call == CALL_mknodat;
}

static bool unlinks(u32 call)
{
	return call == CALL_unlink || call == CALL_unlinkat;
}

static const struct w_pipe *fifo_of(const struct scene *s, const struct w_op *op)
{
	const struct w_pipe *p = opens(op->call) || unlinks(op->call) ? world_pipe(s->world, op->object) : NULL;

	return p && p->fifo ? p : NULL;
}

static const char *open_mode(const struct w_op *op)
{
	switch (op->arg & O_ACCMODE) {
	case O_RDONLY: return "reading";
	case O_WRONLY: return "writing";
	default: return "reading and writing";
	}
}

void words_fifo_title(const struct scene *s, const struct w_pipe *p, struct str *out)
{
	const char *title = world_text(s->world, p->title);

	if (title[0]) {
		str_add(out, " (");
		str_add_escaped(out, title, strlen(title));
		str_add(out, ")");
	}
}

/* "open of fifo1 for reading", "open(fifo1, reading)", "mkfifo of /tmp/p" */
bool words_fifo_op(const struct scene *s, const struct w_op *op, struct str *out)
{
	const struct w_pipe *p = fifo_of(s, op);
	const char *path = world_text(s->world, op->text);
	bool plain = s->style == STYLE_PLAIN;
	char name[24];

	if (makes(op->call)) {
		str_add(out, plain ? "mkfifo of " : "mkfifo(");
		str_add_escaped(out, path, strlen(path));
		str_add(out, plain ? "" : ")");
		return true;
	}
	if (!p && opens(op->call) && path[0]) {
		str_add(out, plain ? "open of " : "open(");
		str_add_escaped(out, path, strlen(path));
		str_addf(out, plain ? " for %s" : ", %s)", open_mode(op));
		return true;
	}
	if (!p)
		return false;
	world_pipe_name(s->world, op->object, name);
	if (unlinks(op->call))
		str_addf(out, plain ? "unlink of %s" : "unlink(%s)", name);
	else
		str_addf(out, plain ? "open of %s for %s" : "open(%s, %s)", name, open_mode(op));
	return true;
}

/* "nobody has fifo1 (/tmp/p) open for writing" */
void words_fifo_reason(const struct scene *s, const struct why *y, struct str *out)
{
	const struct w_task *t = world_task(s->world, y->task);
	const struct w_pipe *p = world_pipe(s->world, y->pipe);
	char name[24];

	if (!p || !t)
		return;
	str_addf(out, "nobody has %s", world_pipe_name(s->world, y->pipe, name));
	words_fifo_title(s, p, out);
	str_addf(out, " open for %s", (t->op.arg & O_ACCMODE) == O_WRONLY ? "reading" : "writing");
}

bool words_fifo_outlook(const struct scene *s, const struct w_task *t, struct str *out)
{
	const struct w_pipe *p = fifo_of(s, &t->op);
	char name[24];

	if (!p || !opens(t->op.call))
		return false;
	str_addf(out, ": nobody has %s open for %s", world_pipe_name(s->world, t->op.object, name),
		(t->op.arg & O_ACCMODE) == O_WRONLY ? "reading" : "writing");
	return true;
}

bool words_result_fifo(const struct scene *s, const struct happening *h, const struct rec *r, struct str *out)
{
	const struct w_pipe *p = fifo_of(s, &h->op);
	struct ev_exit e;
	char name[24];
	u32 kind = 0;

	memcpy(&e, rec_body(r), sizeof e);
	if (e.ret < 0)
		return false;
	object_led_to(s->world, r->task, (i32)e.ret, &kind);
	if (!p && opens(h->op.call) && kind == OBJ_SEGMENT)
		return false; /* shm_open */
	if (!p && opens(h->op.call) && world_text(s->world, h->op.text)[0]) {
		str_add(out, " opened ");
		str_add_escaped(out, world_text(s->world, h->op.text), strlen(world_text(s->world, h->op.text)));
		str_addf(out, " for %s, fd %lld", open_mode(&h->op), (long long)e.ret);
		words_at(s, h->op.site, out);
		str_addf(out, ". Result %lld.\n", (long long)e.ret);
		return true;
	}
	if (!p && !makes(h->op.call))
		return false;
	if (makes(h->op.call)) {
		str_add(out, " made ");
		for (u32 i = 1; i < world_pipes(s->world); i++) {
			p = world_pipe(s->world, i);
			if (p && p->fifo && !p->gone && p->ino == e.arg)
				str_addf(out, "%s, ", world_pipe_name(s->world, i, name));
		}
		str_add(out, "the FIFO ");
		str_add_escaped(out, world_text(s->world, h->op.text), strlen(world_text(s->world, h->op.text)));
	} else if (unlinks(h->op.call)) {
		str_addf(out, " removed the name of %s", world_pipe_name(s->world, h->op.object, name));
		words_fifo_title(s, p, out);
	} else {
		str_addf(out, " opened %s", world_pipe_name(s->world, h->op.object, name));
		words_fifo_title(s, p, out);
		str_addf(out, " for %s", open_mode(&h->op));
	}
	words_at(s, h->op.site, out);
	str_addf(out, ". Result %lld.\n", (long long)e.ret);
	return true;
}
