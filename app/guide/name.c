/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names in a condition: processes, pipes, segments, semaphores, calls, signals, errors. */
#include "guide/private.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

bool actor_parse(const char *t, size_t n, u32 *actor)
{
	u32 part[2] = {0, 0};
	size_t i = 1, k = 0;

	if (n < 2 || t[0] != 'P')
		return false;
	for (; i < n; i++) {
		if (t[i] == '.' && k == 0 && part[0]) {
			k = 1;
			continue;
		}
		if (!isdigit((unsigned char)t[i]))
			return false;
		part[k] = part[k] * 10 + (u32)(t[i] - '0');
		if (part[k] == 0 || part[k] > (k ? 255u : 9999u))
			return false;
	}
	if (k && !part[1])
		return false;
	*actor = part[0] << 8 | part[1];
	return part[0] != 0;
}

const char *actor_name(u32 actor, char *buf)
{
	if (actor & 255)
		snprintf(buf, 24, "P%u.%u", actor >> 8, actor & 255);
	else
		snprintf(buf, 24, "P%u", actor >> 8);
	return buf;
}

bool pipe_parse(const char *t, size_t n, u32 *pipe)
{
	u32 value = 0;

	bool fifo = n > 4 && memcmp(t, "fifo", 4) == 0;

	if (n < 5 || n > 8 || (!fifo && memcmp(t, "pipe", 4) != 0))
		return false;
	for (size_t i = 4; i < n; i++) {
		if (!isdigit((unsigned char)t[i]))
			return false;
		value = value * 10 + (u32)(t[i] - '0');
	}
	*pipe = value + (fifo ? NODE_FIFO : 0);
	return value != 0;
}

const char *pipe_named(u32 pipe, char *buf)
{
	bool fifo = pipe > NODE_FIFO;

	snprintf(buf, 24, "%s%u", fifo ? "fifo" : "pipe", fifo ? pipe - NODE_FIFO : pipe);
	return buf;
}

/* A prefix and a number from 1 to 999; what follows is no matter, unless it is a letter or digit. */
static size_t numbered(const char *t, size_t n, const char *prefix)
{
	size_t from = strlen(prefix), i = from;

	if (n <= from || memcmp(t, prefix, from) != 0 || t[from] == '0')
		return 0;
	while (i < n && isdigit((unsigned char)t[i]))
		i++;
	if (i == from || i > from + 3 || (i < n && (isalpha((unsigned char)t[i]) || t[i] == '_')))
		return 0;
	return i;
}

size_t segment_parse(const char *t, size_t n)
{
	return numbered(t, n, "shm");
}

size_t flow_parse(const char *t, size_t n)
{
	size_t length = numbered(t, n, "sock");

	return length ? length : numbered(t, n, "mq");
}

size_t sync_parse(const char *t, size_t n)
{
	static const char *const kinds[] = {
		"sem", "mutex", "cond", "barrier", "rwlock", "spin"};
	size_t length = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds) && !length; i++)
		length = numbered(t, n, kinds[i]);
	return length;
}

static void calls_add(struct call_set *calls, unsigned call)
{
	calls->bits[call / 64] |= 1ull << call % 64;
}

bool calls_has(const struct call_set *calls, unsigned call)
{
	return call < CALL_COUNT && (calls->bits[call / 64] >> call % 64 & 1);
}

bool calls_empty(const struct call_set *calls)
{
	static const struct call_set none;

	return calls_same(calls, &none);
}

bool calls_share(const struct call_set *a, const struct call_set *b)
{
	for (size_t i = 0; i < ARRAY_LEN(a->bits); i++)
		if (a->bits[i] & b->bits[i])
			return true;
	return false;
}

bool calls_same(const struct call_set *a, const struct call_set *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

/* Names that stand for several calls: the man page's name, then what it may be made of. */
static const char *const families[][8] = {
	{"fork", "fork", "vfork", "clone", "clone3"},
	{"wait", "wait4", "waitid"},
	{"exit", "exit", "exit_group"},
	{"pipe", "pipe", "pipe2"},
	{"read", "read", "readv", "preadv2"},
	{"write", "write", "writev", "pwritev2"},
	{"poll", "poll", "ppoll"},
	{"select", "select", "pselect6"},
	{"sleep", "nanosleep", "clock_nanosleep"},
	{"nanosleep", "nanosleep", "clock_nanosleep"},
	{"open", "open", "openat", "openat2", "creat"},
	{"exec", "execve", "execveat"},
	{"dup2", "dup2", "dup3"},
	{"shm_open", "open", "openat"}, /* shm_open(3): it opens /dev/shm/NAME */
	{"shm_unlink", "unlink", "unlinkat"},
	{"send", "sendto", "sendmsg"},
	{"recv", "recvfrom", "recvmsg"},
	{"mq_send", "mq_timedsend"},
	{"mq_receive", "mq_timedreceive"},
	{"mq_getattr", "mq_getsetattr"},
	{"mkfifo", "mknod", "mknodat"},
};

bool calls_by_name(const char *name, struct call_set *calls)
{
	unsigned one = call_by_name(name);

	*calls = (struct call_set){0};
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		if (strcmp(families[i][0], name) != 0)
			continue;
		for (size_t k = 1; k < ARRAY_LEN(families[i]) && families[i][k]; k++)
			calls_add(calls, call_by_name(families[i][k]));
		return true;
	}
	if (one == CALL_none)
		return false;
	calls_add(calls, one);
	return true;
}

const char *calls_family(const struct call_set *calls)
{
	struct call_set one;

	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		if (calls_by_name(families[i][0], &one) && calls_same(calls, &one))
			return families[i][0];
	return NULL;
}

bool node_has_call(const struct node *n, unsigned call)
{
	if (calls_empty(&n->calls))
		return true;
	return calls_has(&n->calls, call);
}

int signal_by_name(const char *name)
{
	if (strncmp(name, "SIG", 3) != 0)
		return 0;
	for (int s = 1; s < NSIG; s++) {
		const char *abbreviation = sigabbrev_np(s);

		if (abbreviation && strcmp(abbreviation, name + 3) == 0)
			return s;
	}
	return 0;
}

int errno_by_name(const char *name)
{
	for (int e = 1; e < 200; e++) {
		const char *known = strerrorname_np(e);

		if (known && strcmp(known, name) == 0)
			return e;
	}
	return 0;
}
