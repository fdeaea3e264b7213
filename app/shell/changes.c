/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a step changed: the facts of the world before and after it, compared word for word. */
#include <stdlib.h>
#include <string.h>

#include "shell/private.h"

struct fact {
	char *about, *text;
};
struct facts {
	VEC(struct fact) list;
};

static void add_fact(struct facts *f, char *about, struct str *text)
{
	*vec_push(&f->list) = (struct fact){about, text->s ? text->s : xstrdup("")};
	*text = (struct str){0};
}

static char *about(const char *what, const char *name)
{
	struct str s = {0};

	str_addf(&s, "%s%s", what, name);
	return s.s;
}

static void take_tasks(struct facts *f, const struct scene *s)
{
	struct str text = {0};
	char name[24];

	for (u32 i = 1; i < world_tasks(s->world); i++) {
		const struct w_task *t = world_task(s->world, i);

		if (!t)
			continue;
		words_task_state(s, i, true, &text);
		add_fact(f, about("", world_task_name(s->world, i, name)), &text);
	}
}

static void take_pipes(struct facts *f, const struct scene *s)
{
	struct str text = {0};
	char name[24];

	for (u32 i = 1; i < world_pipes(s->world); i++) {
		if (!world_pipe(s->world, i))
			continue;
		world_pipe_name(s->world, i, name);
		words_pipe_fill(s, i, &text);
		add_fact(f, about("", name), &text);
		words_pipe_holders(s, i, ACCESS_WRITE, &text);
		add_fact(f, about("Can write ", name), &text);
		words_pipe_holders(s, i, ACCESS_READ, &text);
		add_fact(f, about("Can read ", name), &text);
	}
}

static void facts_finish(struct facts *f)
{
	for (size_t i = 0; i < f->list.n; i++) {
		free(f->list.at[i].about);
		free(f->list.at[i].text);
	}
	free(f->list.at);
}

static const char *find(const struct facts *f, const char *what)
{
	for (size_t i = 0; i < f->list.n; i++)
		if (strcmp(f->list.at[i].about, what) == 0)
			return f->list.at[i].text;
	return NULL;
}

static void take(struct shell *sh, struct facts *f)
{
	struct scene scene = shell_scene(sh);

	take_tasks(f, &scene);
	take_pipes(f, &scene);
}

static void compare(const struct facts *before, const struct facts *after, struct str *out)
{
	for (size_t i = 0; i < after->list.n; i++) {
		const struct fact *now = &after->list.at[i];
		const char *was = find(before, now->about);

		if (!was)
			str_addf(out, "%s, new: %s.\n", now->about, now->text);
		else if (strcmp(was, now->text) != 0)
			str_addf(out, "%s: was %s; now %s.\n", now->about, was, now->text);
	}
}

void do_changes(struct shell *sh, int n, char **words, const char *rest)
{
	struct timeline *t = session_timeline(sh->session);
	struct facts before = {0}, after = {0};
	struct str text = {0};
	u64 here = shell_event(sh);
	bool at_end = timeline_at_end(t);

	(void)n, (void)words, (void)rest;
	take(sh, &after);
	timeline_seek_event(t, sh->changes_from < here ? sh->changes_from : here);
	take(sh, &before);
	if (at_end)
		timeline_seek_end(t);
	else
		timeline_seek_event(t, here);
	compare(&before, &after, &text);
	say_text(sh, text.len ? text.s : "Nothing changed.\n");
	str_finish(&text);
	facts_finish(&before);
	facts_finish(&after);
}
