/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Schedules as text: see lib.h for the form. What is printed is read back as the same. */
#include <stdlib.h>
#include <string.h>

#include "schedule/private.h"

enum { PLACE_COLUMN = 36 };

typedef VEC(struct { char text[SCHEDULE_NAME_MAX]; }) names;

static void print_head(const struct schedule *s, struct str *out)
{
	str_add(out, "# ipclab schedule 1\n");
	if (s->command)
		str_addf(out, "command: %s\n", s->command);
	if (s->lab)
		str_addf(out, "lab: %s\n", s->lab);
	for (const char *line = s->settings; line && *line;) {
		size_t n = strcspn(line, "\n");

		str_addf(out, "set %.*s\n", (int)n, line);
		line += n + (line[n] == '\n');
	}
	if (s->build)
		str_addf(out, "build: %s\n", s->build);
}

/* Each name once, in order of first use. */
static bool is_new(names *seen, const char *name, size_t n)
{
	if (!n || n >= sizeof seen->at->text)
		return false;
	for (size_t i = 0; i < seen->n; i++)
		if (strlen(seen->at[i].text) == n && memcmp(seen->at[i].text, name, n) == 0)
			return false;
	vec_push(seen);
	memcpy(seen->at[seen->n - 1].text, name, n);
	seen->at[seen->n - 1].text[n] = '\0';
	return true;
}

static bool is_printed(const struct schedule_step *s)
{
	return s->call[0] && s->shown[0] && s->object[0];
}

static void print_bindings(const struct schedule *s, struct str *out)
{
	names actors = {0}, objects = {0};

	for (u32 i = 0; i < s->n; i++)
		if (is_new(&actors, s->steps[i].actor, strlen(s->steps[i].actor)))
			str_addf(out, "actor %s = %s\n", s->steps[i].actor, s->steps[i].identity);
	for (u32 i = 0; i < s->n; i++) {
		const struct schedule_step *t = &s->steps[i];
		size_t name = strcspn(t->shown, "+@"), offset = strlen(t->shown) - name;

		if (!is_printed(t) || !is_new(&objects, t->shown, name))
			continue;
		str_addf(out, "object %.*s = ", (int)name, t->shown);
		str_add_escaped(out, t->object, strlen(t->object) - offset);
		str_add(out, "\n");
	}
	free(actors.at);
	free(objects.at);
}

static void print_step(const struct schedule_step *s, struct str *out)
{
	size_t from = out->len;

	if (s->kind == CHOSE_TYPE) {
		str_add(out, "type ");
		c_quote(s->typed, s->typed_n, out);
		str_add(out, "\n");
		return;
	}
	str_add(out, s->actor);
	if (s->kind == CHOSE_TIME)
		str_add(out, " time");
	else if (s->kind == CHOSE_SIGNAL || s->signal)
		str_addf(out, " %s ", s->kind == CHOSE_SIGNAL ? "signal" : "deliver");
	else if (s->call[0])
		str_addf(out, " %s", s->call);
	if (s->signal && s->signal < 32)
		str_addf(out, "SIG%s", sigabbrev_np((int)s->signal));
	else if (s->signal)
		str_addf(out, "%u", s->signal);
	if (is_printed(s))
		str_addf(out, " %s", s->shown);
	if (s->result[0])
		str_addf(out, " = %s", s->result);
	if (s->at[0]) {
		do
			str_add(out, " ");
		while (out->len - from < PLACE_COLUMN);
		str_add(out, s->at);
	}
	str_add(out, "\n");
}

void schedule_print(const struct schedule *s, struct str *out)
{
	print_head(s, out);
	print_bindings(s, out);
	for (u32 i = 0; i < s->n; i++)
		print_step(&s->steps[i], out);
}
