/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guide's commands in plain mode: guide, do, next, solution, run, notebook, set. */
#include "shell/guide_private.h"

static bool have_guide(struct shell *sh)
{
	if (!sh->guide)
		say(sh, "There is no guide here.\n");
	return sh->guide != NULL;
}

void do_guide(struct shell *sh, int n, char **words, const char *rest)
{
	u64 step;

	(void)rest;
	if (!have_guide(sh))
		return;
	if (n > 1) {
		if (!shell_number(sh, words[1], &step))
			return;
		if (step < 1 || step > sh->guide->guide->steps.n)
			complain(sh, "there are %zu steps", sh->guide->guide->steps.n);
		else
			guide_step(sh, (u32)step - 1, true);
		return;
	}
	sh->guide->active = true;
	guide_say_step_begin(sh);
	guide_say_next(sh);
}

void do_do(struct shell *sh, int n, char **words, const char *rest)
{
	(void)n, (void)words, (void)rest;
	if (!have_guide(sh))
		return;
	if (guide_play_at(sh->guide->play) != AT_DO)
		say(sh, "Nothing is to be done here. guide says where you are.\n");
	else
		guide_enter(sh);
}

void do_next(struct shell *sh, int n, char **words, const char *rest)
{
	(void)n, (void)words, (void)rest;
	if (!have_guide(sh))
		return;
	if (guide_play_at(sh->guide->play) == AT_STEP_END ||
		guide_play_at(sh->guide->play) == AT_EXPERIMENT)
		guide_enter(sh);
	else
		guide_say_next(sh);
}

void do_solution(struct shell *sh, int n, char **words, const char *rest)
{
	const struct guide_block *b;

	(void)n, (void)words, (void)rest;
	if (!have_guide(sh))
		return;
	b = guide_play_block(sh->guide->play);
	if (guide_play_at(sh->guide->play) != AT_GOAL) {
		say(sh, "No goal is open.\n");
		return;
	}
	say(sh, "From the beginning of this step (restart goes there):\n");
	for (size_t i = 0; i < b->moves.n; i++)
		say(sh, "%s\n", b->moves.at[i].text);
}

void do_run(struct shell *sh, int n, char **words, const char *rest)
{
	struct err err = {0};

	(void)n, (void)words;
	if (!have_guide(sh))
		return;
	if (sitting_run(&sh->guide->at, rest, &err))
		guide_say_row(sh, sh->guide->at.rows.n - 1);
	else if (err.code == EXIT_USAGE)
		complain(sh, "%s", err.text);
	else
		say_error(sh, &err);
}

void do_notebook(struct shell *sh, int n, char **words, const char *rest)
{
	(void)n, (void)words, (void)rest;
	if (!have_guide(sh))
		return;
	if (!sh->guide->at.rows.n)
		say(sh, "No experiment was run yet.\n");
	for (size_t i = 0; i < sh->guide->at.rows.n; i++)
		guide_say_row(sh, i);
}

void do_set(struct shell *sh, int n, char **words, const char *rest)
{
	struct str now = {0};
	struct err err = {0};

	(void)rest;
	if (!have_guide(sh))
		return;
	sitting_settings(&sh->guide->at, &now);
	if (n == 1)
		say(sh, now.len ? "%s.\n" : "Nothing in this step can be set.%s\n", str_get(&now));
	else if (n == 2)
		complain(sh, "set needs a name and a number, as in set size 4");
	else if (sitting_set(&sh->guide->at, words[1], words[2], &err))
		guide_restart(sh);
	else
		complain(sh, "%s", err.text);
	str_finish(&now);
}
