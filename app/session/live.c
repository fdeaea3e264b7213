/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a session was started with, copied: a branch starts the same again. */
#include <stdlib.h>
#include <string.h>

#include "session/private.h"

static char **words_copy(const char *const *words)
{
	char **copy;
	size_t n = 0;

	if (!words)
		return NULL;
	while (words[n])
		n++;
	copy = xmalloc((n + 1) * sizeof *copy);
	for (size_t i = 0; i < n; i++)
		copy[i] = xstrdup(words[i]);
	return copy;
}

static void words_free(char **words)
{
	for (char **w = words; w && *w; w++)
		free(*w);
	free(words);
}

static char *text_copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

void session_live_copy(struct session_live *to, const struct session_live *from)
{
	*to = *from;
	to->launch.argv = words_copy((const char *const *)from->launch.argv);
	to->launch.envp = words_copy((const char *const *)from->launch.envp);
	to->launch.cwd = text_copy(from->launch.cwd);
	to->actor_names = (const char *const *)words_copy(from->actor_names);
	to->run.attach = NULL; /* attach_n says that there was something */
	to->title = text_copy(from->title);
	to->lab = text_copy(from->lab);
	/* A second run may not write into the first one's file. */
	to->run.record = NULL;
	to->run.overwrite = false;
}

void session_live_finish(struct session_live *l)
{
	words_free((char **)l->launch.argv);
	words_free((char **)l->launch.envp);
	words_free((char **)l->actor_names);
	free((char *)l->launch.cwd);
	free((char *)l->title);
	free((char *)l->lab);
	*l = (struct session_live){0};
}

/* A lab's ID, and nothing that would be another line of a schedule. */
static bool is_id(const char *s)
{
	return *s && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(s);
}

void session_live_meta(struct session_live *l, const struct rec *r)
{
	const char *key = rec_body(r), *end = (const char *)r + r->len;

	/* Pairs of strings, checked by the reader; what pads the record is empty. */
	while (key < end && *key) {
		const char *value = key + strlen(key) + 1;

		if (strcmp(key, "command") == 0 && !l->launch.argv)
			l->launch.argv = schedule_argv(value);
		else if (strcmp(key, "lab") == 0 && !l->lab && is_id(value))
			l->lab = xstrdup(value);
		else if (strcmp(key, "threads") == 0)
			l->run.tracer.threads = strcmp(value, "yes") == 0;
		key = value + strlen(value) + 1;
	}
}
