/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Link cards. What is between processes, by the questions that the course asks of any of it: one way or both,
 * half or full duplex, related or not, over a network; who may read and write, how many, who waits for whom.
 * Who, how much and how they came to it is what stands in the world; what is true of every object of a kind
 * (pipe(7), fifo(7), unix(7), mq_overview(7), shm_overview(7)) stands in the table of kinds.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "view/fdtable.h"
#include "view/private.h"
#include "view/stage.h"

enum { USERS_MAX = 16 };

struct user {
	u32 proc;
	u32 access; /* ACCESS_* */
	u32 fd;     /* w_fd of the first number by which it has it, 0 none */
};
struct card {
	const struct scene *s;
	struct str *out;
	u32 kind, object;
	struct user users[USERS_MAX];
	u32 n;
};

static void line(const struct card *c, const char *label)
{
	if (c->s->style == STYLE_PLAIN)
		str_addf(c->out, "%s: ", label);
	else
		str_addf(c->out, "  %-10s ", label);
}

static void end(const struct card *c)
{
	str_add(c->out, c->s->style == STYLE_PLAIN ? ".\n" : "\n");
}

static void says(const struct card *c, const char *label, const char *text)
{
	line(c, label);
	str_add(c->out, text);
	end(c);
}

/* ---- who uses it ---- */

static void add_user(struct card *c, u32 proc, u32 access, u32 fd)
{
	u32 i = 0;

	while (i < c->n && c->users[i].proc != proc)
		i++;
	if (i < c->n) {
		c->users[i].access |= access;
		return;
	}
	if (i == USERS_MAX)
		return;
	for (; i && c->users[i - 1].proc > proc; i--)
		c->users[i] = c->users[i - 1];
	c->users[i] = (struct user){proc, access, fd};
	c->n++;
}

static void add_holders(struct card *c, u32 file, u32 access)
{
	const struct w_file *f = world_file(c->s->world, file);

	for (u32 i = f ? f->fd_first : 0; i; i = world_fd(c->s->world, i)->same) {
		const struct w_fdt *t = world_fdt(c->s->world, world_fd(c->s->world, i)->fdt);

		for (u32 p = t ? t->procs : 0; p; p = world_proc(c->s->world, p)->fdt_next)
			add_user(c, p, access ? access : f->access, i);
	}
}

static void find_users(struct card *c)
{
	const struct world *w = c->s->world;
	const struct w_segment *m;
	u32 ends[2], n;

	switch (c->kind) {
	case OBJ_PIPE:
		for (u32 f = world_pipe(w, c->object)->files; f; f = world_file(w, f)->next)
			add_holders(c, f, 0);
		return;
	case OBJ_SOCKET:
		n = socket_box_ends(c->s, c->object, ends);
		for (u32 i = 0; i < n; i++)
			if (world_socket(w, ends[i])->file)
				add_holders(c, world_socket(w, ends[i])->file, ACCESS_READ | ACCESS_WRITE);
		return;
	case OBJ_MQ:
		for (u32 f = world_queue(w, c->object)->files; f; f = world_file(w, f)->next)
			add_holders(c, f, 0);
		return;
	case OBJ_SEGMENT:
		m = world_segment(w, c->object);
		for (u32 i = m->map_first; i; i = world_map(w, i)->segment_next)
			add_user(c, world_map(w, i)->proc, world_map(w, i)->prot & 2 ? 3 : ACCESS_READ, 0);
		return;
	default: return;
	}
}

static void add_users(const struct card *c, u32 access)
{
	char name[24];
	u32 n = 0;

	for (u32 i = 0; i < c->n; i++)
		if (c->users[i].access & access)
			str_addf(c->out, "%s%s", n++ ? ", " : "", world_proc_name(c->s->world, c->users[i].proc, name));
	if (!n)
		str_add(c->out, "nobody");
}

/* ---- how they are related ---- */

static u32 parent_of(const struct world *w, u32 proc)
{
	const struct w_proc *p = world_proc(w, proc);
	const struct w_task *t = p ? world_task(w, p->creator) : NULL;

	return t ? t->proc : 0;
}

/* "P2 is a child of P1; P1 fd 4 made at main.c:8" */
static void say_relation(const struct card *c, const char *needed)
{
	const struct world *w = c->s->world;
	char a[24], b[24];
	u32 n = 0;

	says(c, "relation", needed);
	if (c->n < 2)
		return;
	line(c, "here");
	for (u32 i = 0; i < c->n; i++)
		for (u32 k = 0; k < c->n && n < 3; k++) {
			if (parent_of(w, c->users[k].proc) != c->users[i].proc)
				continue;
			str_addf(c->out, "%s%s is a child of %s", n++ ? ", " : "",
				world_proc_name(w, c->users[k].proc, a), world_proc_name(w, c->users[i].proc, b));
		}
	if (!n)
		str_add(c->out, "none is a child of another");
	end(c);
}

static void say_how_got(const struct card *c)
{
	char name[24];

	for (u32 i = 0; i < c->n && i < 4; i++) {
		if (!c->users[i].fd)
			continue;
		line(c, i && c->s->style == STYLE_SHORT ? "" : "got by");
		str_addf(c->out, "%s fd %d: ", world_proc_name(c->s->world, c->users[i].proc, name),
			world_fd(c->s->world, c->users[i].fd)->fd);
		words_provenance(c->s, c->users[i].proc, c->users[i].fd, false, c->out);
		end(c);
	}
}

/* ---- kinds ---- */

static void say_pipe(const struct card *c)
{
	const struct w_pipe *p = world_pipe(c->s->world, c->object);

	line(c, "direction");
	str_add(c->out, "one way: in by ");
	add_users(c, ACCESS_WRITE);
	str_add(c->out, ", out by ");
	add_users(c, ACCESS_READ);
	end(c);
	says(c, "duplex", "neither half nor full: two directions need two of them");
	if (p->fifo)
		say_relation(c, "not needed: whoever may open the name can use it");
	else
		say_relation(c, "needed: no name; its ends are inherited or handed over");
	say_how_got(c);
	says(c, "network", p->fifo ? "no: the bytes stay on this machine, wherever the name is"
				   : "no: this machine only");
	line(c, "capacity");
	str_addf(c->out, "%llu bytes in %u slots; now %lld", (unsigned long long)p->capacity, p->slots_max,
		(long long)(p->fill > 0 ? p->fill : 0));
	end(c);
	says(c, "borders", "none: a row of bytes; writes of up to 4096 bytes stay whole");
	says(c, "waiting", "a reader while it is empty, a writer while it is full");
}

static const char *socket_network(const struct w_socket *k)
{
	return k->domain == AF_UNIX ? "no: this machine only"
	       : k->domain == AF_INET || k->domain == AF_INET6
		       ? "yes: the other end may be on another machine"
		       : "as its domain allows";
}

/* No link yet: a place where links begin. */
static void say_listener(const struct card *c)
{
	const struct w_socket *k = world_socket(c->s->world, c->object);

	line(c, "listens");
	str_addf(c->out, "each accept gives a connection of its own; %u %s now", k->pending,
		k->pending == 1 ? "waits" : "wait");
	end(c);
	say_relation(c, "not needed: whoever knows the address can connect");
	say_how_got(c);
	says(c, "network", socket_network(k));
}

static void say_tcp(const struct card *c, const u32 *ends, u32 n)
{
	const struct world *w = c->s->world;
	char name[24];

	if (!n || !words_tcp_state(world_socket(w, ends[0]))[0])
		return;
	line(c, "state");
	for (u32 i = 0; i < n; i++)
		str_addf(c->out, "%s%s %s", i ? ", " : "", world_object_name(w, OBJ_SOCKET, ends[i], name),
			words_tcp_state(world_socket(w, ends[i])));
	end(c);
}

static void say_socket(const struct card *c)
{
	const struct w_socket *k = world_socket(c->s->world, c->object);
	bool stream = k->type == SOCK_STREAM;
	bool lossy = k->domain != AF_UNIX && k->type == SOCK_DGRAM;
	u32 ends[2], n = socket_box_ends(c->s, c->object, ends);

	line(c, "direction");
	str_add(c->out, "both ways: ");
	add_users(c, ACCESS_WRITE);
	end(c);
	says(c, "duplex", "full: each direction has a buffer of its own");
	say_relation(c, "not needed: by name or address, inherited, or handed over");
	say_how_got(c);
	says(c, "network", socket_network(k));
	line(c, "capacity");
	str_add(c->out, "no fixed figure; to take now: ");
	for (u32 i = 0; i < n; i++) {
		char name[24];

		str_addf(c->out, "%s%s ", i ? ", " : "", world_object_name(c->s->world, OBJ_SOCKET, ends[i], name));
		if (world_socket(c->s->world, ends[i])->in)
			words_flow(c->s, world_socket(c->s->world, ends[i])->in, c->out);
		else
			str_add(c->out, "nothing");
	}
	end(c);
	say_tcp(c, ends, n);
	says(c, "borders", stream ? "none: a row of bytes" : "kept: one send is one receive");
	says(c, "waiting",
		lossy ? "a receiver while there is nothing; messages may be lost"
		      : "a receiver while there is nothing, a sender while there is no room");
}

static void say_queue(const struct card *c)
{
	const struct w_queue *q = world_queue(c->s->world, c->object);

	line(c, "direction");
	str_add(c->out, "as each opened it: put in by ");
	add_users(c, ACCESS_WRITE);
	str_add(c->out, ", taken by ");
	add_users(c, ACCESS_READ);
	end(c);
	says(c, "duplex", "one queue: whoever answers through it may take its own message");
	say_relation(c, "not needed: whoever may open the name can use it");
	say_how_got(c);
	says(c, "network", "no: this machine only");
	line(c, "capacity");
	if (q->sysv)
		str_addf(c->out, "%llu bytes", (unsigned long long)q->most);
	else
		str_addf(c->out, "%llu messages of up to %llu bytes", (unsigned long long)q->most,
			(unsigned long long)q->size_most);
	if (q->known)
		str_addf(c->out, "; %lld in it now", (long long)q->count);
	end(c);
	says(c, "borders", "kept: one send is one receive; the highest priority first");
	says(c, "waiting", "a receiver while it is empty, a sender while it is full");
}

static void say_segment(const struct card *c)
{
	const struct w_segment *m = world_segment(c->s->world, c->object);
	bool named = world_text(c->s->world, m->title)[0] != '\0';

	line(c, "direction");
	str_add(c->out, "any: written by ");
	add_users(c, ACCESS_WRITE);
	str_add(c->out, ", read by ");
	add_users(c, ACCESS_READ);
	end(c);
	says(c, "duplex", "full: everybody sees every store");
	say_relation(c, named ? "not needed: whoever may open the name can map it"
			      : "needed: it has no name, the mapping is inherited");
	says(c, "network", "no: this machine only");
	line(c, "capacity");
	str_addf(c->out, "%llu bytes", (unsigned long long)m->size);
	end(c);
	says(c, "borders", "none: what the bytes mean is for the processes to agree on");
	says(c, "waiting", "nobody: the kernel keeps no order; that takes semaphores, or more");
}

static bool is_there(const struct scene *s, u32 kind, u32 object)
{
	switch (kind) {
	case OBJ_PIPE: return world_pipe(s->world, object) && !world_pipe(s->world, object)->gone;
	case OBJ_SOCKET: return world_socket(s->world, object) != NULL;
	case OBJ_MQ: return world_queue(s->world, object) && !world_queue(s->world, object)->gone;
	case OBJ_SEGMENT: return world_segment(s->world, object) && !world_segment(s->world, object)->gone;
	default: return false;
	}
}

static const char *kind_words(const struct scene *s, u32 kind, u32 object)
{
	const struct w_socket *k = kind == OBJ_SOCKET ? world_socket(s->world, object) : NULL;

	if (kind == OBJ_PIPE)
		return world_pipe(s->world, object)->fifo ? "FIFO (named pipe)" : "ordinary pipe";
	if (kind == OBJ_MQ)
		return world_queue(s->world, object)->sysv ? "System V message queue" : "POSIX message queue";
	if (kind == OBJ_SEGMENT)
		return "shared memory";
	if (k->domain == AF_UNIX)
		return k->type == SOCK_STREAM ? "Unix stream socket" : "Unix socket with messages";
	return k->type == SOCK_STREAM ? "TCP" : "UDP";
}

static void say_title(const struct card *c)
{
	const struct world *w = c->s->world;
	u32 title = c->kind == OBJ_PIPE      ? world_pipe(w, c->object)->title
		    : c->kind == OBJ_MQ      ? world_queue(w, c->object)->title
		    : c->kind == OBJ_SEGMENT ? world_segment(w, c->object)->title
		    : c->kind == OBJ_SOCKET  ? world_socket(w, c->object)->local
					     : 0;
	const char *text = world_text(w, title);
	char name[24];

	if (c->kind == OBJ_SOCKET) {
		u32 ends[2], n = socket_box_ends(c->s, c->object, ends);

		for (u32 i = 0; i < n; i++)
			str_addf(c->out, "%s%s", i ? " and " : "", world_object_name(w, OBJ_SOCKET, ends[i], name));
	} else {
		str_add(c->out, c->kind == OBJ_PIPE      ? world_pipe_name(w, c->object, name)
				: c->kind == OBJ_SEGMENT ? world_segment_name(w, c->object, name)
							 : world_object_name(w, c->kind, c->object, name));
	}
	str_addf(c->out, ", %s", kind_words(c->s, c->kind, c->object));
	if (text[0]) {
		str_add(c->out, ", ");
		str_add_escaped(c->out, text, strlen(text));
	}
	str_add(c->out, c->s->style == STYLE_PLAIN ? ".\n" : "\n");
}

void link_card(const struct scene *s, u32 kind, u32 object, struct str *out)
{
	struct card c = {.s = s, .out = out, .kind = kind, .object = object};
	u32 readers = 0, writers = 0;

	if (!is_there(s, kind, object)) {
		str_add(out, "It is gone, or has no card.\n");
		return;
	}
	find_users(&c);
	say_title(&c);
	switch (kind) {
	case OBJ_PIPE: say_pipe(&c); break;
	case OBJ_SOCKET:
		if (world_socket(s->world, object)->state == SOCKET_LISTENING) {
			say_listener(&c);
			return;
		}
		say_socket(&c);
		break;
	case OBJ_MQ: say_queue(&c); break;
	default: say_segment(&c); break;
	}
	for (u32 i = 0; i < c.n; i++) {
		readers += (c.users[i].access & ACCESS_READ) != 0;
		writers += (c.users[i].access & ACCESS_WRITE) != 0;
	}
	line(&c, "how many");
	str_addf(out, "no limit; now %u can write, %u can read", writers, readers);
	end(&c);
}

static void one(const struct scene *s, u32 kind, u32 object, struct str *out)
{
	str_add(out, out->len ? "\n" : "");
	link_card(s, kind, object, out);
}

void link_cards(const struct scene *s, u32 selected, struct str *out)
{
	const struct world *w = s->world;
	u32 first = world_op_pipe(w, selected);

	if (first && is_there(s, OBJ_PIPE, first))
		one(s, OBJ_PIPE, first, out);
	for (u32 i = 1; i < world_pipes(w); i++)
		if (i != first && is_there(s, OBJ_PIPE, i) && !world_pipe(w, i)->outside)
			one(s, OBJ_PIPE, i, out);
	for (u32 i = 1; i < world_sockets(w); i++)
		if (socket_is_boxed(s, i))
			one(s, OBJ_SOCKET, i, out);
	for (u32 i = 1; i < world_queues(w); i++)
		if (is_there(s, OBJ_MQ, i))
			one(s, OBJ_MQ, i, out);
	for (u32 i = 1; i < world_segments(w); i++)
		if (is_there(s, OBJ_SEGMENT, i) && world_segment(w, i)->name)
			one(s, OBJ_SEGMENT, i, out);
	if (!out->len)
		str_add(out, "Nothing connects these processes.\n");
}
