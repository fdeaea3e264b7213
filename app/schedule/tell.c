/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A schedule told in words, as a space-time diagram read from top to bottom: each stretch of one task, and where it
 * was held so that another could go on. */
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

static void tell_operation(const struct schedule_step *s, struct str *out)
{
	if (s->kind == CHOSE_TIME)
		str_add(out, "its time-out passes");
	else if (s->kind == CHOSE_SIGNAL)
		str_addf(out, "is sent signal %u", s->signal);
	else if (s->signal)
		str_addf(out, "gets signal %u", s->signal);
	else
		str_addf(out, "%s%s%s", s->call[0] ? s->call : "moves", s->shown[0] ? " of " : "",
			s->shown);
}

static const struct schedule_step *next_of(const struct schedule *s, u32 i, const char *actor)
{
	while (++i < s->n)
		if (strcmp(s->steps[i].actor, actor) == 0)
			return &s->steps[i];
	return NULL;
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
				tell_operation(held, out);
				tell_place(held, out);
				str_add(out, ".\n");
			}
			str_addf(out, "%s goes on:\n", t->actor);
		}
		str_addf(out, "  %u. ", i + 1);
		tell_operation(t, out);
		tell_place(t, out);
		if (t->result[0])
			str_addf(out, ": %s", t->result);
		str_add(out, "\n");
	}
}
