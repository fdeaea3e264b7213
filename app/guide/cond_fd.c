/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Facts of descriptors and of what a process runs: parsed, held against a world, explained.
 *     P1 fd 4 open | closed | cloexec        the number leads somewhere; it is closed at exec
 *     P1 fd 1 at pipe1 | fifo1 | sock1 | mq1 | shm1 | terminal | "out.txt"     where it leads (a file: by its last name)
 *     P1 fd 1 same fd 4 | P1 fd 1 same P2 fd 4      both lead to one open file
 *     P2 runs "sh"                           the last name of what it has exec'ed, or of the path it asked for
 *     sock1 holds 5 | mq1 holds 2            bytes, or messages, that are there to be taken
 *     sock1 pending 2                        connections that wait to be accepted
 *     sock1 state LISTEN                     of TCP, as the kernel said last: ESTABLISHED, CLOSE_WAIT, TIME_WAIT, ...
 */
#include "guide/cond_token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* node.access of NODE_FD */
enum fd_wanted { FD_IS_OPEN, FD_IS_CLOSED, FD_IS_CLOEXEC, FD_IS_AT, FD_IS_SAME };

static bool take_quoted_text(struct parser *p, struct node *n)
{
	n->text = strndup(p->text + p->pos + 1, p->end - p->pos - 2);
	return token_next(p);
}

bool runs_fact(struct parser *p, struct node *n)
{
	if (p->kind != 's')
		return token_fail(p, "runs what? A program's name is wanted in \"quotes\"");
	return take_quoted_text(p, n);
}

/* Where: a name of an object, "terminal", or a file's name in quotes. */
static bool take_place(struct parser *p, struct node *n)
{
	char buf[40];

	if (p->kind == 's')
		return take_quoted_text(p, n);
	if (p->kind != 'w' || p->end - p->pos >= sizeof n->object ||
		!strchr("pfsmte", p->text[p->pos])) /* pipe fifo sock shm mq terminal eventfd */
		return token_fail(p, "where does it lead? pipe1, fifo1, sock1, terminal, \"file\", not '%s'",
			token_shown(p, buf, sizeof buf));
	token_word(p, n->object, sizeof n->object);
	return token_next(p);
}

static bool take_fd_number(struct parser *p, i64 *fd)
{
	if (!token_is(p, "fd"))
		return token_fail(p, "a descriptor is wanted (fd 4)");
	return token_next(p) && take_number(p, fd);
}

bool fd_fact(struct parser *p, struct node *n)
{
	static const char *const words[] = {"open", "closed", "cloexec", "at", "same"};
	i64 other;
	char buf[40];

	n->access = 0;
	if (!take_number(p, &n->number))
		return false;
	while (n->access < ARRAY_LEN(words) && !token_is(p, words[n->access]))
		n->access++;
	if (n->access == ARRAY_LEN(words))
		return token_fail(p, "'%s' is nothing to be said of a descriptor: open, closed, cloexec, at, same",
			token_shown(p, buf, sizeof buf));
	if (!token_next(p))
		return false;
	if (n->access == FD_IS_AT)
		return take_place(p, n);
	if (n->access != FD_IS_SAME)
		return true;
	n->names[0] = n->actor;
	n->names_n = 2;
	if (!token_is(p, "fd") && !take_actor(p, &n->names[0]))
		return false;
	if (!take_fd_number(p, &other))
		return false;
	n->names[1] = (u32)other;
	return true;
}

/* ---- held against a world ---- */

static u32 find_fd(const struct world *w, u32 actor, i64 fd)
{
	const struct w_task *t = world_task(w, actor_task(w, actor));

	return t ? world_fd_find(w, t->proc, (i32)fd) : 0;
}

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool leads_to(const struct world *w, const struct w_file *f, const struct node *n)
{
	u32 kind, object;

	if (n->text)
		return f->kind == OBJ_DISK && strcmp(last_name(world_text(w, f->title)), last_name(n->text)) == 0;
	if (strcmp(n->object, "terminal") == 0)
		return f->kind == OBJ_TTY;
	return world_object_by_name(w, n->object, &kind, &object) && f->kind == kind && f->object == object;
}

bool fd_holds(const struct node *n, const struct cond_view *v)
{
	u32 index = find_fd(v->world, n->actor, n->number), other;
	const struct w_fd *fd = world_fd(v->world, index);
	const struct w_file *f = fd ? world_file(v->world, fd->file) : NULL;

	switch (n->access) {
	case FD_IS_CLOSED: return !fd && actor_task(v->world, n->actor);
	case FD_IS_CLOEXEC: return fd && fd->cloexec;
	case FD_IS_AT: return f && leads_to(v->world, f, n);
	case FD_IS_SAME:
		other = find_fd(v->world, n->names[0], n->names[1]);
		return f && other && other != index && world_fd(v->world, other)->file == fd->file;
	default: return fd != NULL;
	}
}

/* The path by which the task last exec'ed, as it asked for it: /bin/sh may be another program's name. "" none. */
static void path_asked(const struct cond_view *v, u32 task, char *path, size_t room)
{
	char asked[256] = "";

	path[0] = '\0';
	for (u64 at = 1; v->timeline && at <= v->until; at++) {
		const struct rec *r = timeline_event(v->timeline, at, NULL);
		const struct ev_enter *e;

		if (!r || r->task != task)
			continue;
		if (r->kind == REC_ENTER && (r->call == CALL_execve || r->call == CALL_execveat)) {
			e = rec_body(r);
			snprintf(asked, sizeof asked, "%.*s", (int)strnlen((const char *)e->contents, e->held),
				(const char *)e->contents);
		} else if (r->kind == REC_EXEC) {
			snprintf(path, room, "%s", asked);
		}
	}
}

bool runs_holds(const struct node *n, const struct cond_view *v)
{
	u32 task = actor_task(v->world, n->actor);
	const struct w_task *t = world_task(v->world, task);
	const struct w_proc *p = t ? world_proc(v->world, t->proc) : NULL;
	char path[256];

	if (!p)
		return false;
	if (p->exec_path && strcmp(last_name(world_text(v->world, p->exec_path)), n->text) == 0)
		return true;
	path_asked(v, task, path, sizeof path);
	return strcmp(last_name(path), n->text) == 0;
}

bool state_fact(struct parser *p, struct node *n)
{
	char buf[40];

	n->kind = NODE_STATE;
	token_shown(p, buf, sizeof buf);
	for (u32 i = 1; *world_tcp_state(i); i++)
		if (strcmp(world_tcp_state(i), buf) == 0)
			return n->number = (i64)i, token_next(p);
	return token_fail(p, "'%s' is no state of TCP: LISTEN, ESTABLISHED, CLOSE_WAIT, ...", buf);
}

static const struct w_socket *socket_of(const struct world *w, const char *name)
{
	u32 kind, object;

	return world_object_by_name(w, name, &kind, &object) && kind == OBJ_SOCKET ? world_socket(w, object) : NULL;
}

bool state_holds(const struct node *n, const struct cond_view *v)
{
	const struct w_socket *s = socket_of(v->world, n->object);

	return s && s->tcp == n->number;
}

void state_explain(const struct node *n, const struct cond_view *v, struct str *out)
{
	const struct w_socket *s = socket_of(v->world, n->object);

	if (!s)
		str_add(out, "it is not there");
	else
		str_addf(out, "it is %s", *world_tcp_state(s->tcp) ? world_tcp_state(s->tcp) : "in no state that is known");
}

static const struct w_flow *flow_of(const struct world *w, const char *name)
{
	u32 kind, object;

	if (!world_object_by_name(w, name, &kind, &object))
		return NULL;
	if (kind == OBJ_SOCKET && world_socket(w, object))
		return world_flow(w, world_socket(w, object)->in);
	if (kind == OBJ_MQ && world_queue(w, object))
		return world_flow(w, world_queue(w, object)->flow);
	return NULL;
}

bool object_holds_value(const struct node *n, const struct cond_view *v, i64 *value)
{
	const struct w_flow *f = flow_of(v->world, n->object);
	const struct w_socket *s = n->access ? socket_of(v->world, n->object) : NULL;

	if (n->access) {
		*value = s ? s->pending : 0;
		return s != NULL;
	}
	*value = f ? f->fill : 0;
	return f != NULL;
}

/* ---- what is the case instead ---- */

void fd_explain(const struct node *n, const struct cond_view *v, struct str *out)
{
	const struct w_fd *fd = world_fd(v->world, find_fd(v->world, n->actor, n->number));
	const struct w_file *f = fd ? world_file(v->world, fd->file) : NULL;
	char name[24];

	if (!f) {
		str_addf(out, "fd %lld is not open", (long long)n->number);
		return;
	}
	str_addf(out, "fd %lld leads to ", (long long)n->number);
	if (f->kind == OBJ_DISK)
		str_add_escaped(out, world_text(v->world, f->title), strlen(world_text(v->world, f->title)));
	else if (f->kind == OBJ_TTY)
		str_add(out, "the terminal");
	else if (f->kind == OBJ_PIPE)
		str_add(out, world_pipe_name(v->world, f->object, name));
	else
		str_add(out, f->object ? world_object_name(v->world, f->kind, f->object, name) : "something else");
}

void runs_explain(const struct node *n, const struct cond_view *v, struct str *out)
{
	const struct w_task *t = world_task(v->world, actor_task(v->world, n->actor));
	const struct w_proc *p = t ? world_proc(v->world, t->proc) : NULL;

	str_add(out, p && p->exec_path ? "it runs " : "it has exec'ed nothing");
	if (p && p->exec_path)
		str_add_escaped(out, world_text(v->world, p->exec_path), strlen(world_text(v->world, p->exec_path)));
}
