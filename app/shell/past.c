/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking back. Nothing here moves a process. */
#include <stdlib.h>

#include "shell/private.h"

static void say_here(struct shell *sh)
{
	struct timeline *t = session_timeline(sh->session);
	struct str text = {0};
	u64 first, last;

	shell_position(sh, &text);
	str_add(&text, "\n");
	if (timeline_moment_events(t, shell_moment(sh), &first, &last)) {
		sh->changes_from = first - 1;
		narrate(sh, first - 1, last, &text);
		narrate_standing(sh, first - 1, &text);
	}
	say_text(sh, str_get(&text));
	str_finish(&text);
	if (timeline_at_end(t))
		say_this_is_now(sh);
}

static void go_to(struct shell *sh, u64 moment)
{
	struct timeline *t = session_timeline(sh->session);
	u64 all = timeline_moments(t);

	if (moment < 1)
		moment = 1;
	if (moment >= all)
		timeline_seek_end(t);
	else
		timeline_seek_moment(t, moment);
	say_here(sh);
}

static bool count_of(struct shell *sh, int n, char **words, u64 *count)
{
	*count = 1;
	return n < 2 || shell_number(sh, words[1], count);
}

void do_back(struct shell *sh, int n, char **words, const char *rest)
{
	u64 here = shell_moment(sh), count;

	(void)rest;
	if (!count_of(sh, n, words, &count))
		return;
	if (here <= 1) {
		say(sh, "This is the first event.\n");
		return;
	}
	go_to(sh, count < here ? here - count : 1);
}

void do_forward(struct shell *sh, int n, char **words, const char *rest)
{
	u64 here = shell_moment(sh), all = timeline_moments(session_timeline(sh->session)), count;

	(void)rest;
	if (!count_of(sh, n, words, &count))
		return;
	if (timeline_at_end(session_timeline(sh->session)))
		say_this_is_now(sh);
	else
		go_to(sh, count < all - here ? here + count : all);
}

void do_first(struct shell *sh, int n, char **words, const char *rest)
{
	(void)n, (void)words, (void)rest;
	go_to(sh, 1);
}

void do_now(struct shell *sh, int n, char **words, const char *rest)
{
	(void)n, (void)words, (void)rest;
	go_to(sh, timeline_moments(session_timeline(sh->session)));
}

void do_goto(struct shell *sh, int n, char **words, const char *rest)
{
	u64 all = timeline_moments(session_timeline(sh->session)), to;

	(void)rest;
	if (n < 2) {
		complain(sh, "goto needs the number of an event, 1 to %llu",
			(unsigned long long)all);
		return;
	}
	if (!shell_number(sh, words[1], &to))
		return;
	if (to < 1 || to > all) {
		complain(sh, "there is no event %llu; there are 1 to %llu", (unsigned long long)to,
			(unsigned long long)all);
		return;
	}
	go_to(sh, to);
}
