/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One move of real processes, or forward in what is recorded. */
#include <signal.h>
#include <string.h>

#include "schedule/lib.h"
#include "shell/narrate.h"

void move_tell(struct shell *sh, u64 from)
{
	struct str text = {0};

	sh->changes_from = from;
	narrate(sh, from, shell_event(sh), &text);
	narrate_standing(sh, from, &text);
	say_text(sh, str_get(&text));
	str_finish(&text);
}

bool move_step(struct shell *sh, u32 task)
{
	u64 from = shell_event(sh);
	struct err err = {0};
	bool ok = session_step(sh->session, task, &err);

	sh->last_moved = task;
	move_tell(sh, from);
	if (!ok)
		say_error(sh, &err);
	return ok;
}

bool move_pass(struct shell *sh, u32 task)
{
	u64 from = shell_event(sh);
	struct err err = {0};
	bool ok = session_pass(sh->session, task, &err);

	move_tell(sh, from);
	if (!ok)
		say_error(sh, &err);
	return ok;
}

void say_this_is_now(struct shell *sh)
{
	if (session_is_live(sh->session))
		say(sh, "This is now. The next step moves real processes.\n");
	else
		say(sh, "This is the end of the recording.\n");
}

/* ---- forward in the log ---- */

struct acting {
	struct str *out;
	u64 moment;
	u32 task;
	bool acted;
};

static void note_actor(void *arg, u64 moment, u32 task, const char *text)
{
	struct acting *x = arg;

	if (moment != x->moment)
		str_addf(x->out, "Event %llu. ", (unsigned long long)moment);
	x->moment = moment;
	str_add(x->out, text);
	x->acted |= x->task == 0 || x->task == task;
}

bool move_forward(struct shell *sh, u32 task)
{
	struct timeline *t = session_timeline(sh->session);
	u64 from = shell_event(sh);
	struct str text = {0};
	struct acting x = {.out = &text, .task = task};

	if (timeline_at_end(t))
		return false;
	while (!x.acted && !timeline_at_end(t)) {
		u64 here = shell_event(sh), first, last;

		if (!timeline_moment_events(t, shell_moment(sh) + 1, &first, &last))
			last = timeline_events(t);
		narrate_each(sh, here, last, false, note_actor, &x);
		if (last >= timeline_events(t))
			timeline_seek_end(t);
		else if (!timeline_seek_event(t, last))
			break;
		if (input_interrupted())
			break;
	}
	sh->changes_from = from;
	narrate_standing(sh, from, &text);
	say_text(sh, str_get(&text));
	str_finish(&text);
	if (timeline_at_end(t))
		say_this_is_now(sh);
	return true;
}

/* ---- who cannot, and why ---- */

static bool say_who_waits_for_what(struct shell *sh, const struct scene *scene, u32 task)
{
	struct str text = {0};
	struct why why;
	char name[24];

	if (!world_why(scene->world, task, &why))
		return false;
	world_task_name(scene->world, task, name);
	if (why.timeout_ns != TIME_NONE) {
		words_duration(why.timeout_ns, &text);
		say(sh, "%s waits for %s to pass. pass %s lets them pass.\n", name, text.s, name);
	} else if (why.reason == WHY_TERMINAL) {
		say(sh, "%s waits for a line at its terminal. send and a text types one.\n", name);
	}
	str_finish(&text);
	return why.timeout_ns != TIME_NONE || why.reason == WHY_TERMINAL;
}

void move_say_stuck(struct shell *sh)
{
	struct scene scene = shell_scene(sh);
	u32 alive = 0, hopeful = 0, running = 0;
	char name[24];

	for (u32 i = 1; i < world_tasks(scene.world); i++) {
		const struct w_task *t = world_task(scene.world, i);

		if (!t || t->state == TASK_GONE || t->state == TASK_ZOMBIE)
			continue;
		alive++;
		if (t->state == TASK_RUNNING) {
			running++;
			say(sh, "%s is computing.\n", world_task_name(scene.world, i, name));
		}
		hopeful += say_who_waits_for_what(sh, &scene, i);
	}
	if (alive == 0)
		say(sh, "All processes have ended. restart begins anew.\n");
	else if (hopeful == 0 && running == 0)
		say(sh, "Nobody can move. Type why to ask why.\n");
}

void move_say_cannot(struct shell *sh, u32 task)
{
	struct scene scene = shell_scene(sh);
	struct str text = {0}, reason = {0};
	u32 other = schedule_next(scene.world, task);
	char name[24];

	words_task_name(&scene, task, &text);
	str_add(&text, " cannot move: it is ");
	words_task_state(&scene, task, false, &text);
	if (words_reason(&scene, task, &reason))
		str_addf(&text, ": %s", reason.s);
	str_add(&text, ".\n");
	if (other) {
		world_task_name(scene.world, other, name);
		str_addf(&text, "%s can. Type step %s.\n", name, name);
	}
	say_text(sh, text.s);
	str_finish(&text);
	str_finish(&reason);
	if (!other)
		move_say_stuck(sh);
}

static u32 how_many_can(const struct world *w, u32 *one)
{
	u32 n = 0;

	for (u32 i = 1; i < world_tasks(w); i++)
		if (schedule_can_step(w, i)) {
			*one = i;
			n++;
		}
	return n;
}

/* `step` alone: the selected process, else the only one that can. 0: none, said. */
static u32 default_task(struct shell *sh)
{
	const struct world *w = shell_world(sh);
	u32 one = 0, n = how_many_can(w, &one);

	if (sh->selected && schedule_can_step(w, sh->selected))
		return sh->selected;
	if (n == 1)
		return one;
	if (n == 0) {
		move_say_stuck(sh);
	} else {
		struct str who = {0};
		char name[24];

		for (u32 i = 1; i < world_tasks(w); i++)
			if (schedule_can_step(w, i))
				str_addf(&who, "%s%s", who.len ? ", " : "",
					world_task_name(w, i, name));
		say(sh, "Several can move: %s. Say which, as in step %s.\n", who.s,
			world_task_name(w, one, name));
		str_finish(&who);
	}
	return 0;
}

u32 move_task(struct shell *sh, const char *word)
{
	u32 task = word ? shell_actor(sh, word) : default_task(sh);

	if (word && task)
		sh->selected = task;
	return task;
}

void do_step(struct shell *sh, int n, char **words, const char *rest)
{
	u32 task = 0;
	u64 times = 1;

	(void)rest;
	if (n > 1 && !(task = shell_actor(sh, words[1])))
		return;
	if (n > 2 && !shell_number(sh, words[2], &times))
		return;
	if (task)
		sh->selected = task;
	if (!shell_is_now(sh)) {
		if (!move_forward(sh, task))
			say_this_is_now(sh);
		return;
	}
	if (!task && !(task = default_task(sh)))
		return;
	do {
		if (!schedule_can_step(shell_world(sh), task)) {
			move_say_cannot(sh, task);
			return;
		}
	} while (move_step(sh, task) && times-- > 1 && !input_interrupted());
}

void do_all(struct shell *sh, int n, char **words, const char *rest)
{
	u32 one, last = world_tasks(shell_world(sh)), moved = 0;

	(void)n, (void)words, (void)rest;
	if (!shell_is_now(sh)) {
		if (!move_forward(sh, 0))
			say_this_is_now(sh);
		return;
	}
	if (how_many_can(shell_world(sh), &one) == 0) {
		move_say_stuck(sh);
		return;
	}
	/* Those born on the way are not yet among "every process that can". */
	for (u32 task = 1; task < last && !input_interrupted(); task++)
		if (schedule_can_step(shell_world(sh), task)) {
			if (!move_step(sh, task))
				return;
			moved++;
		}
}

/* ---- what a learner does to a process ---- */

static bool may_interfere(struct shell *sh)
{
	if (shell_is_now(sh))
		return true;
	if (session_is_live(sh->session))
		say(sh, "You are looking back, which moves nobody. Type now first.\n");
	else
		say(sh, "This is a recording: its processes are not here any more.\n");
	return false;
}

void do_pass(struct shell *sh, int n, char **words, const char *rest)
{
	struct scene scene = shell_scene(sh);
	u32 task = 0;

	(void)rest;
	if (n > 1 && !(task = shell_actor(sh, words[1])))
		return;
	if (!may_interfere(sh))
		return;
	if (!task)
		task = schedule_next_time(shell_world(sh));
	if (task && schedule_can_pass(shell_world(sh), task))
		move_pass(sh, task);
	else if (task && words_socket_time(&scene, task))
		say(sh, "Its socket's time-out is real time and passes by itself.\n");
	else if (task)
		say(sh, "It waits for no time.\n");
	else
		say(sh, "Nobody waits for time to pass.\n");
}

/* "TERM", "SIGTERM", "15". */
static int signal_by_name(const char *word)
{
	const char *name = strncasecmp(word, "SIG", 3) == 0 ? word + 3 : word;

	for (int sig = 1; sig < 65; sig++) {
		const char *known = sigabbrev_np(sig);
		char number[8];

		snprintf(number, sizeof number, "%d", sig);
		if ((known && strcasecmp(known, name) == 0) || strcmp(number, word) == 0)
			return sig;
	}
	return 0;
}

void do_signal(struct shell *sh, int n, char **words, const char *rest)
{
	u64 from = shell_event(sh);
	struct err err = {0};
	u32 task;
	int sig;

	(void)rest;
	if (n < 3) {
		complain(sh, "signal needs a process and a name, as in signal P1 TERM");
		return;
	}
	task = shell_actor(sh, words[1]);
	if (!task)
		return;
	sig = signal_by_name(words[2]);
	if (!sig) {
		complain(sh, "there is no signal of that name; TERM, INT, KILL, STOP, CONT and "
			     "USR1 are some");
		return;
	}
	if (!may_interfere(sh))
		return;
	if (!session_signal(sh->session, task, sig, &err))
		say_error(sh, &err);
	move_tell(sh, from);
}

static void type(struct shell *sh, const char *bytes, size_t n, const char *said)
{
	u64 from = shell_event(sh);
	struct err err = {0};
	bool ended;

	if (!may_interfere(sh))
		return;
	if (!session_type(sh->session, bytes, n, &err) ||
		!session_wait(sh->session, 0, &ended, &err)) {
		say_error(sh, &err);
		return;
	}
	say(sh, "%s\n", said);
	move_tell(sh, from);
}

void do_send(struct shell *sh, int n, char **words, const char *rest)
{
	struct str line = {0};

	(void)n, (void)words;
	str_add(&line, rest);
	str_add(&line, "\n");
	type(sh, line.s, line.len, "Typed, with the end of the line.");
	str_finish(&line);
}

void do_eof(struct shell *sh, int n, char **words, const char *rest)
{
	(void)n, (void)words, (void)rest;
	type(sh, "\004", 1, "Typed control D.");
}
