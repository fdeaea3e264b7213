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

void live_copy(struct session_live *to, const struct session_live *from)
{
	*to = *from;
	to->launch.argv = words_copy((const char *const *)from->launch.argv);
	to->launch.envp = words_copy((const char *const *)from->launch.envp);
	to->launch.cwd = text_copy(from->launch.cwd);
	to->actor_names = (const char *const *)words_copy(from->actor_names);
	to->title = text_copy(from->title);
	to->lab = text_copy(from->lab);
	/* A second run may not write into the first one's file. */
	to->run.record = NULL;
	to->run.overwrite = false;
}

void live_finish(struct session_live *l)
{
	words_free((char **)l->launch.argv);
	words_free((char **)l->launch.envp);
	words_free((char **)l->actor_names);
	free((char *)l->launch.cwd);
	free((char *)l->title);
	free((char *)l->lab);
	*l = (struct session_live){0};
}
