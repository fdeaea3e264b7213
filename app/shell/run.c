/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many moves: continue, play, live. */
#include <stdlib.h>
#include <string.h>

#include "schedule/lib.h"
#include "shell/narrate.h"

/* Where everybody stood before a move, to see who blocked or ended in it. */
struct standing {
	VEC(struct {
		u32 state;
		u64 since;
	})
	tasks;
};

static bool is_over(u32 state)
{
	return state == TASK_ZOMBIE || state == TASK_GONE;
}

static void standing_take(struct standing *s, const struct world *w)
{
	s->tasks.n = 0;
	for (u32 i = 0; i < world_tasks(w); i++) {
		const struct w_task *t = world_task(w, i);
		u32 state = t ? t->state : 0;
		u64 since = t ? t->op.seq : 0;
		typeof(s->tasks.at) e = vec_push(&s->tasks);

		e->state = state;
		e->since = since;
	}
}

/* Says who has blocked or ended since; false when nobody did. */
static bool standing_say_stops(struct shell *sh, const struct standing *s)
{
	const struct world *w = shell_world(sh);
	struct str text = {0};
	char name[24];
	bool any;

	for (u32 i = 1; i < world_tasks(w); i++) {
		const struct w_task *t = world_task(w, i);
		u32 was = i < s->tasks.n ? s->tasks.at[i].state : 0;

		if (!t)
			continue;
		if (is_over(t->state) && !is_over(was))
			str_addf(&text, "%s%s has ended", text.len ? ", " : "",
				world_task_name(w, i, name));
		else if (t->state == TASK_BLOCKED &&
			 (was != TASK_BLOCKED || s->tasks.at[i].since != t->op.seq))
			str_addf(&text, "%s%s is blocked", text.len ? ", " : "",
				world_task_name(w, i, name));
	}
	any = text.len > 0;
	if (any)
		say(sh, "Stopped here: %s.\n", text.s);
	str_finish(&text);
	return any;
}

enum moved { MOVED, MOVED_NOT, MOVED_FAILED };

/* The free run's next move, or forward in the log. MOVED_NOT: nobody can; said. */
static enum moved move_once(struct shell *sh)
{
	struct choice choice;

	if (!shell_is_now(sh)) {
		if (!move_forward(sh, 0)) {
			say_this_is_now(sh);
			return MOVED_NOT;
		}
		return timeline_at_end(session_timeline(sh->session)) ? MOVED_NOT : MOVED;
	}
	choice = schedule_free(shell_world(sh), sh->last_moved);
	/* It would go on for ever, and say the same for ever. */
	if (choice.kind == CHOICE_STEP &&
		world_task(shell_world(sh), choice.task)->state == TASK_SPINNING) {
		say(sh, "Only those could move who spin, and nobody is left who could change what "
			"they look at.\n");
		return MOVED_NOT;
	}
	switch (choice.kind) {
	case CHOICE_STEP: return move_step(sh, choice.task) ? MOVED : MOVED_FAILED;
	case CHOICE_TIME: return move_pass(sh, choice.task) ? MOVED : MOVED_FAILED;
	default: move_say_stuck(sh); return MOVED_NOT;
	}
}

void do_continue(struct shell *sh, int n, char **words, const char *rest)
{
	struct standing standing = {0};
	enum moved moved;

	(void)n, (void)words, (void)rest;
	do {
		u64 before = shell_event(sh);

		if (input_interrupted()) {
			say(sh, "Stopped here: control C.\n");
			break;
		}
		standing_take(&standing, shell_world(sh));
		moved = move_once(sh);
		if (shell_event(sh) != before && standing_say_stops(sh, &standing))
			break;
	} while (moved == MOVED);
	free(standing.tasks.at);
}

/* "4x", "4": moves a second; 0 after a complaint. */
static unsigned speed_of(struct shell *sh, const char *word)
{
	char *end;
	unsigned long n = strtoul(word, &end, 10);

	if (word[0] >= '0' && word[0] <= '9' && n >= 1 && n <= 20 &&
		(!*end || strcasecmp(end, "x") == 0))
		return (unsigned)n;
	complain(sh, "a speed is 1x to 20x");
	return 0;
}

void do_play(struct shell *sh, int n, char **words, const char *rest)
{
	unsigned speed = n > 1 ? speed_of(sh, words[1]) : 1;

	(void)rest;
	if (speed == 0)
		return;
	while (move_once(sh) == MOVED)
		if (input_pause(sh->input, 1000 / speed)) {
			say(sh, "Paused. play goes on.\n");
			return;
		}
}

/* ---- free run ---- */

/* Nobody can go on by itself: all wait, none of them for time, for somebody outside, or (on a
 * terminal, where a learner could type) for a line. */
static bool is_stuck(const struct shell *sh, const struct world *w)
{
	if (!world_head(w)->is_settled)
		return false;
	for (u32 i = 1; i < world_tasks(w); i++) {
		const struct w_task *t = world_task(w, i);
		struct why why;

		if (!t || is_over(t->state))
			continue;
		if (!world_why(w, i, &why))
			return false;
		if (why.timeout_ns != TIME_NONE ||
			(why.reason == WHY_TERMINAL && sh->options->interactive))
			return false;
	}
	return true;
}

static void say_output(void *arg, u64 moment, u32 task, const char *text)
{
	(void)moment, (void)task;
	if (strstr(text, " to its terminal"))
		say_text(arg, text);
}

/* What ended the free run; NULL: it goes on. */
static const char *live_end(struct shell *sh, u64 *told)
{
	struct err err = {0};
	bool ended = false;

	if (!session_wait(sh->session, 50, &ended, &err)) {
		say_error(sh, &err);
		return "The free run is over";
	}
	narrate_each(sh, *told, shell_event(sh), false, say_output, sh);
	*told = shell_event(sh);
	if (ended)
		return "All have ended";
	if (is_stuck(sh, shell_world(sh)))
		return "Nobody can move any more";
	return input_pause(sh->input, 0) ? "Held again" : NULL;
}

void do_live(struct shell *sh, int n, char **words, const char *rest)
{
	u64 from = shell_event(sh), told = from, moment = shell_moment(sh);
	struct err err = {0};
	const char *end;

	(void)n, (void)words, (void)rest;
	if (!shell_is_now(sh)) {
		say(sh, "Only real processes run free. %s\n",
			session_is_live(sh->session) ? "Type now first." : "This is a recording.");
		return;
	}
	if (!session_release(sh->session, &err)) {
		say_error(sh, &err);
		return;
	}
	do
		end = live_end(sh, &told);
	while (!end);
	if (!session_hold(sh->session, &err) && err.code == EXIT_OURS)
		say_error(sh, &err);
	sh->changes_from = from;
	say(sh, "%s, after %llu events.\n", end, (unsigned long long)(shell_moment(sh) - moment));
	do_look(sh, 1, NULL, "");
}

void do_pause(struct shell *sh, int n, char **words, const char *rest)
{
	(void)n, (void)words, (void)rest;
	/* A command is answered before the next is read: nothing plays while this one is typed. */
	say(sh, "Nothing plays. While it does, Enter or control C pauses.\n");
}
