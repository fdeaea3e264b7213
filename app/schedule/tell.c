/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A schedule told in words, as a space-time diagram read from top to bottom: each stretch of one task, and where it
 * was held so that another could go on. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schedule/lib.h"

/* "lost.c:10" -> ", lost.c line 10" */
static void tell_place(const struct schedule_step *s, struct str *out)
{
	const char *colon = strrchr(s->at, ':');

	if (colon)
		str_addf(out, ", %.*s line %s", (int)(colon - s->at), s->at, colon + 1);
}

const char *schedule_signal(u32 sig, char *buf, size_t n)
{
	if (sig && sig < 32)
		snprintf(buf, n, "SIG%s", sigabbrev_np((int)sig));
	else
		snprintf(buf, n, "signal %u", sig);
	return buf;
}

/* Is it an alarm that the i-th choice lets ring? Of a time-out that passes the call has a result, now or later; of an alarm
 * comes its signal. */
static bool rings(const struct schedule *s, u32 i)
{
	for (u32 j = i + 1; j < s->n && s->steps[j].kind != CHOSE_TIME && !s->steps[i].result[0]; j++)
		if (s->steps[j].kind == CHOSE_STEP && s->steps[j].signal == SIGALRM)
			return true;
	return false;
}

static void tell_operation(const struct schedule *all, const struct schedule_step *s, struct str *out)
{
	char name[24];

	if (s->kind == CHOSE_TIME)
		str_add(out, rings(all, (u32)(s - all->steps)) ? "its alarm rings" : "its time-out passes");
	else if (s->kind == CHOSE_SIGNAL)
		str_addf(out, "is sent %s", schedule_signal(s->signal, name, sizeof name));
	else if (s->signal)
		str_addf(out, "gets %s", schedule_signal(s->signal, name, sizeof name));
	else
		str_addf(out, "%s%s%s", s->call[0] ? s->call : "moves", s->shown[0] ? " of " : "",
			s->shown);
}

static bool is_one_of(const char *call, const char *const *names)
{
	while (*names && strcmp(*names, call) != 0)
		names++;
	return *names != NULL;
}

static const struct schedule_step *by_identity(const struct schedule *s, const char *identity)
{
	for (u32 i = 0; i < s->n; i++)
		if (strcmp(s->steps[i].identity, identity) == 0)
			return &s->steps[i];
	return NULL;
}

/* Whom the i-th step made: the n-th child of "1" is "1.n", the n-th thread that it makes "1/(n + 1)". Only those who
 * come in the schedule have a name. */
static const char *made_by(const struct schedule *s, u32 i)
{
	static const char *const makes[] = {"clone", "clone3", "fork", "vfork", NULL};
	const struct schedule_step *t = &s->steps[i], *child;
	bool thread = strcmp(t->call, "clone3") == 0;
	char identity[80];
	u32 n = 1 + thread;

	if (!is_one_of(t->call, makes) || strchr(t->identity, '/'))
		return NULL;
	for (u32 j = 0; j < i; j++)
		n += is_one_of(s->steps[j].call, makes) &&
		     strcmp(s->steps[j].identity, t->identity) == 0 &&
		     (strcmp(s->steps[j].call, "clone3") == 0) == thread;
	snprintf(identity, sizeof identity, "%s%c%u", t->identity, thread ? '/' : '.', n);
	child = by_identity(s, identity);
	return child ? child->actor : NULL;
}

static const struct schedule_step *next_of(const struct schedule *s, u32 i, const char *actor)
{
	while (++i < s->n)
		if (strcmp(s->steps[i].actor, actor) == 0)
			return &s->steps[i];
	return NULL;
}

static bool came_before(const struct schedule *s, u32 i)
{
	for (u32 j = 0; j < i; j++)
		if (strcmp(s->steps[j].actor, s->steps[i].actor) == 0)
			return true;
	return false;
}

/* The last that a task does in a schedule that hangs. */
static bool blocks(const struct schedule *s, u32 i)
{
	static const char *const passes[] = {
		"clone", "clone3", "fork", "vfork", "mmap", "exit", "exit_group", "sem_open", NULL};
	const struct schedule_step *t = &s->steps[i];

	return s->settings && strstr(s->settings, "explore HANG") && t->kind != CHOSE_SIGNAL &&
	       !t->signal && t->call[0] && !t->result[0] && !is_one_of(t->call, passes) &&
	       !next_of(s, i, t->actor);
}

static void tell_result(const struct schedule *s, u32 i, struct str *out)
{
	const char *made = made_by(s, i);

	if (made)
		str_addf(out, ": makes %s", made);
	else if (blocks(s, i))
		str_add(out, ": blocks, and nobody wakes it");
	else if (s->steps[i].result[0])
		str_addf(out, ": %s", s->steps[i].result);
}

void schedule_tell(const struct schedule *s, struct str *out)
{
	for (u32 i = 0; i < s->n; i++) {
		const struct schedule_step *t = &s->steps[i], *held;

		if (t->kind == CHOSE_TYPE) {
			str_add(out, "Typed on the terminal: ");
			str_add_escaped(out, t->typed, t->typed_n);
			str_add(out, "\n");
			continue;
		}
		if (!i || strcmp(t->actor, t[-1].actor) != 0) {
			held = i ? next_of(s, i, t[-1].actor) : NULL;
			if (held) {
				str_addf(out, "%s stands before ", t[-1].actor);
				tell_operation(s, held, out);
				tell_place(held, out);
				str_add(out, ".\n");
			}
			str_addf(out, "%s %s:\n", t->actor,
				came_before(s, i) ? "goes on" : "begins");
		}
		str_addf(out, "  %u. ", i + 1);
		tell_operation(s, t, out);
		tell_place(t, out);
		tell_result(s, i, out);
		str_add(out, "\n");
	}
}
