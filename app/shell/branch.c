/* SPDX-License-Identifier: GPL-3.0-or-later */
/* By source line; another way from a moment looked back at; the choices as a file. */
#include <string.h>

#include "shell/private.h"

static bool is_to_stop(void *arg)
{
	(void)arg;
	return input_interrupted();
}

void do_line(struct shell *sh, int n, char **words, const char *rest)
{
	u64 from = shell_event(sh);
	struct err err = {0};
	u32 task, steps;
	bool ok;

	(void)rest;
	if (!shell_is_now(sh)) {
		do_step(sh, n, words, rest);
		return;
	}
	task = move_task(sh, n > 1 ? words[1] : NULL);
	if (!task)
		return;
	if (!schedule_can_step(shell_world(sh), task)) {
		move_say_cannot(sh, task);
		return;
	}
	ok = session_step_line(sh->session, task, is_to_stop, NULL, &steps, &err);
	sh->last_moved = task;
	move_tell(sh, from);
	if (!ok)
		say_error(sh, &err);
	else if (steps > 1)
		say(sh, "%u operations of one line.\n", steps);
}

static void say_notes(struct shell *sh)
{
	struct str text = {0};

	str_add_harmless(&text, session_notes(sh->session));
	if (text.s[0] >= 'a' && text.s[0] <= 'z')
		text.s[0] = (char)(text.s[0] - 'a' + 'A');
	if (text.len)
		say_text(sh, text.s);
	str_finish(&text);
}

void do_branch(struct shell *sh, int n, char **words, const char *rest)
{
	u64 moment = shell_moment(sh);
	struct str kept = {0}, safe = {0};
	struct err err = {0};
	u32 selected = sh->selected;

	(void)n, (void)words, (void)rest;
	if (shell_is_now(sh)) {
		say(sh, "This is now, where every next step is a choice already. Look back first: "
			"back 5, then branch.\n");
		return;
	}
	if (!session_branch(sh->session, moment, &kept, &err)) {
		say_error(sh, &err);
	} else {
		/* What was known of the former processes' memory points into what is gone. */
		shell_begin(sh);
		sh->touched.n = 0;
		sh->changes_from = shell_event(sh);
		if (world_task(shell_world(sh), selected))
			sh->selected = selected;
		str_add_harmless(&safe, kept.s);
		say(sh,
			"Fresh processes, brought to event %llu by the same choices.\nThe run "
			"before is kept in "
			"%s.\n",
			(unsigned long long)shell_moment(sh), safe.s);
		say_notes(sh);
		do_look(sh, 1, NULL, "");
	}
	str_finish(&kept);
	str_finish(&safe);
}

void do_schedule(struct shell *sh, int n, char **words, const char *rest)
{
	bool overwrite = rest[0] == '!';
	struct str path = {0};
	struct err err = {0};
	u32 choices;

	(void)n, (void)words;
	rest += overwrite;
	rest += strspn(rest, " \t");
	str_add(&path, rest);
	while (path.len && strchr(" \t\r", path.s[path.len - 1]))
		path.s[--path.len] = '\0';
	if (!path.len)
		complain(sh, "schedule needs the name of a file, as in schedule run.sched");
	else if (!session_save_schedule(
			 sh->session, shell_moment(sh), path.s, overwrite, &choices, &err))
		say_error(sh, &err);
	else
		say(sh, "%u choice%s in %s. ipclab replay %s makes them again.\n", choices,
			choices == 1 ? "" : "s", path.s, path.s);
	str_finish(&path);
}
