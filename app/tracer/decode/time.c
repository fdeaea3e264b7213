/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls that wait for a time, a signal or several descriptors: nanosleep(2), poll(2), select(2),
 * pause(2). What makes them endless when tasks are held is in struct timed (resume.c). */
#include <errno.h>
#include <sys/select.h>
#include <time.h>

#include "tracer/private.h"

u64 decode_time(struct tracee *x, u64 addr, u64 unit)
{
	i64 ts[2];

	if (!addr || memory_read(x->tid, addr, ts, sizeof ts) != sizeof ts)
		return TIME_NONE;
	if (ts[0] < 0 || ts[1] < 0 || (u64)ts[0] > TIME_NONE / 2000000000u)
		return TIME_NONE;
	if (unit == 1 && ts[1] >= 1000000000) /* EINVAL; select(2)'s microseconds may be more than a second's */
		return TIME_NONE;
	return (u64)ts[0] * 1000000000u + (u64)ts[1] * unit;
}

u64 time_until(int clock, u64 ns)
{
	struct timespec now = {0};
	u64 at;

	clock_gettime((clockid_t)clock, &now);
	at = (u64)now.tv_sec * 1000000000u + (u64)now.tv_nsec;
	return ns > at ? ns - at : 0;
}

bool decode_pause(struct tracer *t, struct tracee *x, struct entry *e)
{
	(void)t;
	(void)x;
	(void)e;
	return true;
}

/* Others end with an error, or count what nobody here lets pass: the CPU time of a process. */
static bool clock_is_for_sleepers(int clock)
{
	return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC || clock == CLOCK_BOOTTIME || clock == CLOCK_TAI;
}

bool decode_sleep(struct tracer *t, struct tracee *x, struct entry *e)
{
	bool clock = e->call == CALL_clock_nanosleep;
	u64 ns = decode_time(x, x->args[clock ? 2 : 0], 1);

	(void)t;
	if (clock && !clock_is_for_sleepers((int)x->args[0]))
		ns = TIME_NONE;
	if (clock && (x->args[1] & TIMER_ABSTIME) && ns != TIME_NONE)
		ns = time_until((int)x->args[0], ns);
	e->arg = ns;
	e->timed = (struct timed){.kind = ns == TIME_NONE ? TIMED_NOT : TIMED_SLEEP, .ns = ns};
	return true;
}

void sleep_tells_rest(struct tracee *x)
{
	const struct entry *e = &x->entry;
	bool clock = e->call == CALL_clock_nanosleep;
	u64 addr = x->args[clock ? 3 : 1], rest[2] = {e->timed.ns / 1000000000u, e->timed.ns % 1000000000u};

	if (x->altered && e->timed.kind == TIMED_SLEEP && addr && !(clock && (x->args[1] & TIMER_ABSTIME)))
		memory_write(x->tid, addr, rest, sizeof rest);
}

/* Of interest when a pipe end is among them, when nothing is and no time either, or (held) when it waits for a time. */
static bool poll_matters(struct tracer *t, struct tracee *x, struct entry *e)
{
	const struct pollfd *p = (const void *)e->bytes;
	bool pipe = false;

	for (u32 i = 0; i < e->held / sizeof *p; i++) {
		enum fd_class class = p[i].fd >= 0 ? fd_class(t, x, p[i].fd) : FDC_UNKNOWN;
		pipe |= class == FDC_PIPE || class == FDC_OBJECT || (class == FDC_TTY && t->opt.terminals);
	}
	if (e->arg == 0)
		e->timed.kind = TIMED_NOT; /* does not wait */
	return pipe || (t->opt.held && e->arg != 0) || (e->arg == TIME_NONE && !e->held /* a pause */);
}

bool decode_poll(struct tracer *t, struct tracee *x, struct entry *e)
{
	u64 n = x->args[1];
	size_t keep = n > POLL_MAX ? POLL_MAX : (size_t)n;

	e->size = n;
	e->held = (u32)(memory_read(x->tid, x->args[0], e->bytes, keep * sizeof(struct pollfd)) /
	                sizeof(struct pollfd) * sizeof(struct pollfd));
	if (e->call == CALL_poll) {
		i32 ms = (i32)x->args[2];
		e->arg = ms < 0 ? TIME_NONE : (u64)ms * 1000000u;
		e->timed = (struct timed){.kind = ms < 0 ? TIMED_NOT : TIMED_POLL_MS, .arg = 2, .ns = e->arg};
	} else {
		e->arg = decode_time(x, x->args[2], 1);
		e->timed = (struct timed){.kind = e->arg == TIME_NONE ? TIMED_NOT : TIMED_POINTER, .arg = 2,
		                          .in_out = true, .ns = e->arg};
	}
	return poll_matters(t, x, e);
}

/* The three sets as one list of pollfd, so that readers need one form only. */
bool decode_select(struct tracer *t, struct tracee *x, struct entry *e)
{
	static const short want[3] = {POLLIN, POLLOUT, POLLPRI};
	int n = (int)x->args[0];
	fd_set sets[3];
	struct pollfd *out = (void *)e->bytes;
	u32 count = 0;

	n = n < 0 ? 0 : n > FD_SETSIZE ? FD_SETSIZE : n;
	memset(sets, 0, sizeof sets);
	for (int i = 0; i < 3; i++) {
		u64 addr = x->args[i + 1];
		if (addr)
			memory_read(x->tid, addr, &sets[i], ((size_t)n + 63) / 64 * 8);
	}
	for (int fd = 0; fd < n && count < POLL_MAX; fd++) {
		short events = 0;
		for (int i = 0; i < 3; i++)
			events = (short)(events | (FD_ISSET(fd, &sets[i]) ? want[i] : 0));
		if (events)
			out[count++] = (struct pollfd){.fd = fd, .events = events};
	}
	e->held = count * (u32)sizeof *out;
	e->size = count;
	e->arg = decode_time(x, x->args[4], e->call == CALL_select ? 1000 : 1);
	e->timed = (struct timed){.kind = e->arg == TIME_NONE ? TIMED_NOT : TIMED_POINTER, .arg = 4,
	                          .in_out = true, .ns = e->arg};
	return poll_matters(t, x, e);
}
