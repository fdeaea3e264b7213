/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is outside. What somebody who is none of its processes answers, or sends, explore can neither hold nor repeat:
 * so a program that needs one ends it, named. That is one who connects where nobody of its own listens, sends a signal to
 * another's process, or waits for somebody and none of its own has come in any execution: then nobody can go on, and yet it is
 * no HANG.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "explore/private.h"

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
	char bytes[128];
};

enum { OPENED = 0x0f1f0, BOUND = 0xb04d, CALLED = 0xca11 };

/* Whatever interface: the port decides. 0: it has none. */
static u64 address_key(const union address *a, size_t n)
{
	if (n < 2)
		return 0;
	switch (a->any.sa_family) {
	case AF_INET: return mix(AF_INET, a->in.sin_port);
	case AF_INET6: return mix(AF_INET, a->in6.sin6_port);
	case AF_UNIX: /* a path ends where it ends, an abstract name with the address */
		if (n <= 2)
			return 0;
		return hash64(AF_UNIX, a->un.sun_path,
			       a->un.sun_path[0] ? strnlen(a->un.sun_path, n - 2) : n - 2) |
		       1;
	default: return 0;
	}
}

static void address_say(const union address *a, size_t n, char *to, size_t room)
{
	char host[64] = "";

	if (a->any.sa_family == AF_INET) {
		inet_ntop(AF_INET, &a->in.sin_addr, host, sizeof host);
		snprintf(to, room, "%s:%u", host, ntohs(a->in.sin_port));
	} else if (a->any.sa_family == AF_INET6) {
		snprintf(to, room, "port %u", ntohs(a->in6.sin6_port));
	} else {
		snprintf(to, room, "%.*s", (int)(n > 2 ? n - 2 : 0), a->bytes + 2);
	}
}

static size_t address_of(const struct xtask *k, u64 at, u64 n, union address *a)
{
	*a = (union address){0};
	if (!at)
		return 0;
	n = n < sizeof a->bytes ? n : sizeof a->bytes - 1;
	for (size_t i = 0; i < n; i++)
		lean_peek(k->tid, at + i, a->bytes + i, 1);
	return (size_t)n;
}

/* ---- what was seen, in whatever execution ---- */

static bool known(const struct exec *x, u64 what, u64 key)
{
	for (size_t i = 0; i < x->seen_outside.n; i++)
		if (x->seen_outside.at[i] == mix(what, key))
			return true;
	return false;
}

static void note(struct exec *x, u64 what, u64 key)
{
	if (!known(x, what, key))
		*vec_push(&x->seen_outside) = mix(what, key);
}

static void note_address(struct exec *x, const union address *a, size_t n, bool connects)
{
	u64 key = address_key(a, n);
	struct peer *p;

	if (!key)
		return;
	note(x, connects ? CALLED : BOUND, key);
	x->own_talk |= known(x, connects ? BOUND : CALLED, key) ||
		       (connects && known(x, BOUND, mix(AF_INET, 0)));
	x->any_port |= !connects && key == mix(AF_INET, 0);
	p = vec_push(&x->peers);
	*p = (struct peer){.key = key, .connects = connects};
	address_say(a, n, p->name, sizeof p->name);
}

/* A datagram's receiver: of it nobody says that he must be there. */
static void note_receiver(struct exec *x, const struct xtask *k, u64 at, u64 n)
{
	union address a;
	u64 key = address_key(&a, address_of(k, at, n, &a));

	if (!key)
		return;
	note(x, CALLED, key);
	x->own_talk |= known(x, BOUND, key) || known(x, BOUND, mix(AF_INET, 0));
}

static bool is_own(const struct exec *x, i32 pid)
{
	for (u32 t = 0; t < x->tasks; t++)
		if (pid > 0 ? x->task[t].tgid == pid || x->task[t].tid == pid
			    : getpgid(x->task[t].tgid) == -pid)
			return true;
	return false;
}

/* A signal to somebody who is none of its processes. 0: its own group, where nobody else is. */
static void about_kill(struct exec *x, const struct xtask *k)
{
	i32 pid = (i32)k->args[0];

	if (pid == 0 || k->args[1] == 0 || (pid != -1 && is_own(x, pid)))
		return;
	if (pid == -1)
		exec_fail(x,
			"it sends signal %d to all processes that there are: explore sends nothing "
			"outside",
			(int)k->args[1]);
	else if (kill(pid, 0) == 0)
		exec_fail(x,
			"it sends signal %d to process%s %d, which is none of its own: explore "
			"sends "
			"nothing outside",
			(int)k->args[1], pid < 0 ? " group" : "", pid < 0 ? -pid : pid);
}

/* The name is kept: of one that sleeps in the call it cannot be read any more. */
static void about_open(struct exec *x, struct xtask *k, i32 dir, u64 at, u64 flags)
{
	char path[sizeof k->fifo];
	struct stat st;

	k->fifo[0] = '\0';
	if (!alike_path(k, dir, at, path, sizeof path) || stat(path, &st) < 0 ||
		!S_ISFIFO(st.st_mode))
		return;
	note(x, OPENED + (flags & O_ACCMODE), hash64(OPENED, path, strlen(path)));
	if (!alike_made(x, path))
		memcpy(k->fifo, path, sizeof path);
}

void outside_call(struct exec *x, u32 task)
{
	struct xtask *k = &x->task[task];
	struct msghdr m = {0};
	union address a;
	size_t n;

	switch (k->nr) {
	case SYS_bind:
	case SYS_connect:
		n = address_of(k, k->args[1], k->args[2], &a);
		note_address(x, &a, n, k->nr == SYS_connect);
		break;
	case SYS_sendto: note_receiver(x, k, k->args[4], k->args[5]); break;
	case SYS_sendmsg:
		if (lean_peek(k->tid, k->args[1], &m, sizeof m))
			note_receiver(x, k, (u64)(uintptr_t)m.msg_name, m.msg_namelen);
		break;
	case SYS_openat: about_open(x, k, (i32)k->args[0], k->args[1], k->args[2]); break;
	case SYS_open: about_open(x, k, AT_FDCWD, k->args[0], k->args[1]); break;
	case SYS_kill:
	case SYS_tgkill: about_kill(x, k); break;
	default: break;
	}
}

/* Whom it connected to and who never listened. */
void outside_look(struct exec *x)
{
	for (size_t i = 0; i < x->peers.n && !x->any_port; i++) {
		const struct peer *p = &x->peers.at[i];
		bool ours = !p->connects;

		for (size_t j = 0; j < x->peers.n && !ours; j++)
			ours = !x->peers.at[j].connects && x->peers.at[j].key == p->key;
		if (!ours)
			exec_fail(x,
				"it connects to %s, where none of its own processes listens: what "
				"somebody outside answers explore "
				"can neither hold nor repeat",
				p->name);
	}
	x->peers.n = 0;
	x->any_port = false;
}

/* ---- nobody can go on ---- */

static void say_waits(struct exec *x, const char *where, const char *what)
{
	exec_fail(x,
		"it waits at %s for somebody to %s, and none of its own processes has ever done "
		"that: what somebody outside does explore can neither hold nor repeat",
		where, what);
}

/* It waits at a socket that has an address, to which none of its own has come. */
static bool waits_at_socket(struct exec *x, const struct xtask *k)
{
	int fd = lean_borrow(k->tgid, (int)k->args[0]), kind = 0;
	socklen_t n = sizeof kind;
	union address here = {0}, peer = {0};
	char name[128];
	bool waits = false, called;
	u64 key = 0;

	if (fd < 0)
		return false;
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &n) == 0) {
		n = sizeof here.bytes - 1;
		waits = getsockname(fd, &here.any, &n) == 0 &&
			(k->nr == SYS_accept || k->nr == SYS_accept4 || kind == SOCK_DGRAM);
		key = address_key(&here, n);
		address_say(&here, n, name, sizeof name);
		/* one that is connected was looked at then */
		n = sizeof peer.bytes - 1;
		called = known(x, CALLED, key) || (!known(x, BOUND, key) && x->own_talk) ||
			 (kind == SOCK_DGRAM && getpeername(fd, &peer.any, &n) == 0);
		waits = waits && key && !called;
	}
	close(fd);
	if (waits)
		say_waits(x, known(x, BOUND, key) ? name : "a socket that it gave no address",
			kind == SOCK_DGRAM ? "send something" : "connect");
	return waits;
}

/* In open(2) of a FIFO that was there before, whose other end none of its own has ever opened. */
static bool waits_at_fifo(struct exec *x, const struct xtask *k)
{
	u64 mode = k->args[k->nr == SYS_openat ? 2 : 1] & O_ACCMODE;
	u64 key = hash64(OPENED, k->fifo, strlen(k->fifo));

	if (!k->fifo[0] || known(x, OPENED + O_RDWR, key) ||
		known(x, OPENED + (mode == O_RDONLY ? O_WRONLY : O_RDONLY), key))
		return false;
	exec_fail(x,
		"it opens the FIFO %s, which was there before, and waits for somebody to open its "
		"other end, and none of its own processes has ever done that: what somebody "
		"outside "
		"does explore can neither hold nor repeat",
		k->fifo);
	return true;
}

/* In poll(2) and its like: of its own nobody has ever called anybody. */
static bool waits_at_some(struct exec *x)
{
	for (size_t i = 0; i < x->peers.n; i++)
		if (!x->peers.at[i].connects && !x->own_talk) {
			say_waits(x, x->peers.at[i].name, "connect, or send something");
			return true;
		}
	return false;
}

bool outside_waits(struct exec *x)
{
	for (u32 t = 0; t < x->tasks; t++) {
		const struct xtask *k = &x->task[t];

		if (k->standing != X_INSIDE && (k->standing != X_AT || k->point != POINT_CALL))
			continue;
		switch (k->nr) {
		case SYS_accept:
		case SYS_accept4:
		case SYS_recvfrom:
		case SYS_recvmsg:
		case SYS_read:
		case SYS_readv:
			if (waits_at_socket(x, k))
				return true;
			break;
		case SYS_poll:
		case SYS_ppoll:
		case SYS_select:
		case SYS_pselect6:
		case SYS_epoll_wait:
		case SYS_epoll_pwait:
			if (waits_at_some(x))
				return true;
			break;
		case SYS_openat:
		case SYS_open:
			if (waits_at_fifo(x, k))
				return true;
			break;
		default: break;
		}
	}
	return false;
}
