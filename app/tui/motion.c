/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What moves: real processes when the shown world is now, else only time. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "schedule/lib.h"
#include "tui/private.h"

/* Notches of speed, in quarter steps a second; one more is LIVE. */
static const unsigned notches[] = {1, 2, 4, 8, 16, 32, 64};
enum { NOTCH_START = 3, CONTINUE_STEPS = 20000 };

static struct timeline *timeline(const struct screen_run *r)
{
	return session_timeline(r->session);
}

static u64 shown_moment(const struct screen_run *r)
{
	return world_head(timeline_world(timeline(r)))->moment;
}

bool run_is_now(const struct screen_run *r)
{
	return timeline_at_end(timeline(r));
}

u64 motion_interval_ns(const struct screen_run *r)
{
	return 4000000000ull / notches[r->speed];
}

/* ---- time ---- */

static void after_time(struct screen_run *r)
{
	run_scene(r);
	tell_moment(r);
	r->dirty = true;
}

void motion_to_moment(struct screen_run *r, u64 moment)
{
	u64 all = timeline_moments(timeline(r));

	if (moment < 1)
		moment = 1;
	if (moment >= all)
		timeline_seek_end(timeline(r));
	else
		timeline_seek_moment(timeline(r), moment);
	r->now_said = false;
	after_time(r);
}

bool motion_back(struct screen_run *r, u64 moments)
{
	u64 here = shown_moment(r);

	if (here <= 1) {
		run_say(r, "This is the first event.");
		return false;
	}
	motion_to_moment(r, moments < here ? here - moments : 1);
	return true;
}

static void say_now(struct screen_run *r)
{
	r->now_said = true;
	if (r->view.live)
		run_say(r, "This is now: the next press moves real processes.");
	else
		run_say(r, "This is the end of the recording.");
}

bool motion_forward(struct screen_run *r)
{
	if (run_is_now(r)) {
		say_now(r);
		return false;
	}
	motion_to_moment(r, shown_moment(r) + 1);
	if (run_is_now(r))
		say_now(r);
	return true;
}

void motion_to_end(struct screen_run *r)
{
	timeline_seek_end(timeline(r));
	after_time(r);
	say_now(r);
}

/* A key that moves processes: looking back, it goes forward in time and touches nothing. */
static bool was_time(struct screen_run *r)
{
	if (!run_is_now(r)) {
		motion_forward(r);
		return true;
	}
	if (!session_is_live(r->session)) {
		if (r->view.live)
			run_say(r, "The engine is gone: nothing moves any more. Time can be looked "
				   "through; R begins anew.");
		else
			say_now(r);
		return true;
	}
	return false;
}

/* ---- processes ---- */

static void after_move(struct screen_run *r, u64 from, bool ok, const struct err *err)
{
	run_scene(r);
	tell_since(r, from);
	r->view.first = false;
	r->view.scroll[PANE_SOURCE] = 0; /* follows who is selected */
	r->dirty = true;
	if (!ok)
		run_say_error(r, err);
}

/* The same as a do block would have it: "step P1". */
static void tell_guide(struct screen_run *r, const char *verb, u32 task, const char *more)
{
	struct str command = {0};
	char name[24];

	str_addf(&command, "%s%s%s%s", verb, task ? " " : "",
		task ? world_task_name(r->scene.world, task, name) : "", more);
	lesson_moved(r, str_get(&command));
	str_finish(&command);
}

static bool step(struct screen_run *r, u32 task)
{
	u64 from = timeline_events(timeline(r));
	struct err err = {0};
	bool ok = session_step(r->session, task, &err);

	r->last_moved = task;
	after_move(r, from, ok, &err);
	if (ok)
		tell_guide(r, "step", task, "");
	return ok;
}

void motion_pass(struct screen_run *r, u32 task)
{
	u64 from = timeline_events(timeline(r));
	struct err err = {0};
	bool ok;

	motion_pause(r);
	ok = session_pass(r->session, task, &err);
	after_move(r, from, ok, &err);
	if (ok)
		tell_guide(r, "pass", task, "");
}

/* Why this one cannot be stepped, and who can. */
static void say_cannot(struct screen_run *r, u32 task)
{
	const struct world *w = r->scene.world;
	const struct w_task *t = world_task(w, task);
	u32 other = schedule_next(w, task);
	struct str words = {0};
	struct why why;
	char name[24];

	if (!t || !world_tasks(w))
		return;
	str_addf(&words, "%s cannot: it is %s", world_task_name(w, task, name), card_state(t));
	if (t->state == TASK_BLOCKED) {
		str_add(&words, " in ");
		words_op(&r->scene, task, &t->op, false, &words);
	}
	if (world_why(w, task, &why) && why.timeout_ns != TIME_NONE) {
		str_add(&words, ". s again lets its ");
		words_duration(why.timeout_ns, &words);
		str_add(&words, " pass.");
		r->pass_asked = task;
	} else if (t->state == TASK_BLOCKED && why.reason == WHY_TERMINAL) {
		str_add(&words, ": o, then Enter, types a line to it.");
	} else if (words_socket_time(&r->scene, task)) {
		str_add(&words, ". Its socket's time-out is real time and passes by itself.");
	} else {
		str_add(&words, t->state == TASK_BLOCKED ? " (w why)." : ".");
	}
	if (other)
		str_addf(&words, " %s can.", world_task_name(w, other, name));
	else if (!r->pass_asked && t->state == TASK_BLOCKED)
		str_add(&words, " Nobody can.");
	run_say(r, "%s", str_get(&words));
	str_finish(&words);
}

void motion_step(struct screen_run *r, u32 task)
{
	if (was_time(r))
		return;
	motion_pause(r);
	if (r->pass_asked == task && task) {
		r->pass_asked = 0;
		motion_pass(r, task);
	} else if (schedule_can_step(r->scene.world, task)) {
		step(r, task);
	} else {
		say_cannot(r, task);
	}
}

/* A key was pressed, or we are told to leave; it is read when the step has ended. */
static bool key_waits(void *arg)
{
	struct screen_run *r = arg;

	return term_has_input(r->term);
}

void motion_line(struct screen_run *r, u32 task)
{
	u64 from = timeline_events(timeline(r));
	struct err err = {0};
	u32 steps;
	bool ok;

	if (was_time(r))
		return;
	motion_pause(r);
	if (!schedule_can_step(r->scene.world, task)) {
		say_cannot(r, task);
		return;
	}
	ok = session_step_line(r->session, task, key_waits, r, &steps, &err);
	r->last_moved = task;
	after_move(r, from, ok, &err);
	if (ok)
		tell_guide(r, "line", task, "");
}

static void say_nobody(struct screen_run *r)
{
	u32 alive = 0, timed = schedule_next_time(r->scene.world);
	char name[24];

	for (u32 i = 1; i < world_tasks(r->scene.world); i++) {
		const struct w_task *t = world_task(r->scene.world, i);

		alive += t && t->state != TASK_GONE && t->state != TASK_ZOMBIE;
	}
	if (!alive)
		run_say(r, "All processes have ended. left looks back, %s, q leaves.",
			r->guide ? "r begins this step again" : "R begins anew");
	else if (schedule_next(r->scene.world, 0))
		run_say(r, "Only who is delayed can move: s steps it, i and 8 end the delay.");
	else if (timed)
		run_say(r, "Only time can pass now: select %s and press s.",
			world_task_name(r->scene.world, timed, name));
	else
		run_say(r, "Nobody can move (w why).");
}

void motion_all(struct screen_run *r)
{
	u64 from;
	struct err err = {0};
	bool ok = true, any = false;
	u32 tasks[256], n = 0;

	if (was_time(r))
		return;
	motion_pause(r);
	from = timeline_events(timeline(r));
	for (u32 task = 1; task < world_tasks(r->scene.world) && n < ARRAY_LEN(tasks); task++)
		if (schedule_can_step(r->scene.world, task) && !is_delayed(r, task))
			tasks[n++] = task;
	for (u32 i = 0; ok && i < n; i++) {
		if (!schedule_can_step(timeline_now(timeline(r)), tasks[i]))
			continue;
		any = true;
		ok = session_step(r->session, tasks[i], &err);
		r->last_moved = tasks[i];
	}
	if (!any) {
		say_nobody(r);
		return;
	}
	after_move(r, from, ok, &err);
	if (ok)
		tell_guide(r, "all", 0, "");
}

/* Somebody blocked or ended that did neither before: the reason to stop, in words. */
static bool news(struct screen_run *r, const u8 *before, u32 n, struct str *out)
{
	const struct world *w = timeline_now(timeline(r));
	char name[24];

	for (u32 i = 1; i < world_tasks(w); i++) {
		const struct w_task *t = world_task(w, i);
		u8 was = i < n ? before[i] : 0;

		if (!t || t->state == was)
			continue;
		if (t->state == TASK_BLOCKED)
			str_addf(out, "%s is BLOCKED", world_task_name(w, i, name));
		else if (t->state == TASK_GONE && was != TASK_ZOMBIE)
			str_addf(out, "%s has ended", world_task_name(w, i, name));
		else if (t->state == TASK_ZOMBIE && was != TASK_GONE)
			str_addf(out, "%s has ended", world_task_name(w, i, name));
		else
			continue;
		return true;
	}
	return false;
}

static u32 note_states(const struct world *w, u8 *states, u32 max)
{
	u32 n = world_tasks(w) < max ? world_tasks(w) : max;

	for (u32 i = 1; i < n; i++) {
		const struct w_task *t = world_task(w, i);

		states[i] = t ? (u8)t->state : 0;
	}
	return n;
}

void motion_continue(struct screen_run *r)
{
	u64 from, shown = clock_ns();
	struct str reason = {0};
	struct err err = {0};
	unsigned steps = 0;
	bool ok = true;

	if (was_time(r))
		return;
	motion_pause(r);
	from = timeline_events(timeline(r));
	while (ok && steps < CONTINUE_STEPS && !reason.len) {
		u8 states[1024];
		u32 n = note_states(timeline_now(timeline(r)), states, ARRAY_LEN(states));
		u64 before = timeline_events(timeline(r));
		u32 task = next_undelayed(r, timeline_now(timeline(r)), r->last_moved);

		if (!task)
			break;
		ok = session_step(r->session, task, &err);
		r->last_moved = task;
		steps++;
		if (!news(r, states, n, &reason))
			hold_met(r, before, &reason);
		if (term_has_input(r->term))
			str_add(&reason, reason.len ? "" : "a key was pressed");
		if (clock_ns() - shown > 250000000) {
			shown = clock_ns();
			run_say(r, "%u steps so far; any key stops.", steps);
			run_scene(r);
			screen_draw(r->term->canvas, &r->scene, &r->view);
			paint(r->term);
		}
	}
	if (!steps) {
		say_nobody(r);
		return;
	}
	after_move(r, from, ok, &err);
	if (ok)
		tell_guide(r, "continue", 0, "");
	if (ok && reason.len)
		run_say(r, "%u step%s. Stopped: %s.", steps, steps == 1 ? "" : "s",
			str_get(&reason));
	else if (ok)
		say_nobody(r);
	str_finish(&reason);
}

void motion_signal(struct screen_run *r, u32 task, int sig)
{
	u64 from = timeline_events(timeline(r));
	struct err err = {0};
	bool ok;

	if (was_time(r))
		return;
	motion_pause(r);
	ok = session_signal(r->session, task, sig, &err);
	after_move(r, from, ok, &err);
	if (ok && sigabbrev_np(sig)) {
		struct str name = {0};

		str_addf(&name, " %s", sigabbrev_np(sig));
		tell_guide(r, "signal", task, str_get(&name));
		str_finish(&name);
	}
}

/* What comes of it is seen when the process is stepped. */
void motion_fault(struct screen_run *r, u32 task, enum fault_kind kind)
{
	u64 from = timeline_events(timeline(r));
	struct err err = {0};
	char name[24];
	bool ok;

	if (was_time(r))
		return;
	motion_pause(r);
	ok = session_fault(r->session, task, kind, 1, &err);
	after_move(r, from, ok, &err);
	if (!ok)
		return;
	tell_guide(r, "fault", task, "");
	world_task_name(r->scene.world, task, name);
	run_say(r,
		kind == FAULT_SHORT       ? "%s's call will move 1 byte at most, as the kernel may: s makes it."
		: kind == FAULT_INTERRUPT ? "A signal comes to %s as its call begins: s makes it."
					  : "%s's datagram will be lost on its way: s makes the call.",
		name);
}

void motion_type(struct screen_run *r, const char *bytes, size_t n)
{
	u64 from = timeline_events(timeline(r));
	struct err err = {0};
	bool ok;

	if (!session_is_live(r->session)) {
		run_say(r, "This is a recording: nobody reads what is typed.");
		return;
	}
	timeline_seek_end(timeline(r));
	ok = session_type(r->session, bytes, n, &err);
	after_move(r, from, ok, &err);
}

/* ---- play and LIVE ---- */

void motion_pause(struct screen_run *r)
{
	struct err err = {0};

	r->playing = false;
	if (r->free) {
		r->free = false;
		if (!session_hold(r->session, &err))
			run_say_error(r, &err);
		timeline_seek_end(timeline(r));
		run_scene(r);
		tell_moment(r);
	}
	r->dirty = true;
}

void motion_live(struct screen_run *r, bool on)
{
	struct err err = {0};

	if (!on) {
		motion_pause(r);
		return;
	}
	if (!session_is_live(r->session)) {
		run_say(r, r->view.live ? "The engine is gone: R begins anew."
					: "A recording is no longer live.");
		return;
	}
	if (r->term->options.no_motion) {
		run_say(r, "Motion is off (--no-motion).");
		return;
	}
	timeline_seek_end(timeline(r));
	r->playing = false;
	if (!session_release(r->session, &err)) {
		run_say_error(r, &err);
		return;
	}
	r->free = true;
	r->view.first = false;
	str_clear(&r->last);
	str_clear(&r->out_line);
	r->next_tick = clock_ns();
	run_scene(r);
	r->dirty = true;
}

void motion_play(struct screen_run *r)
{
	if (r->playing || r->free) {
		motion_pause(r);
		return;
	}
	if (r->term->options.no_motion) {
		run_say(r, "Motion is off (--no-motion): c goes on and shows where it came to.");
		return;
	}
	if (run_is_now(r) && was_time(r))
		return;
	if (r->source->watch && run_is_now(r)) { /* free is how it was found */
		motion_live(r, true);
		return;
	}
	r->playing = true;
	r->next_tick = clock_ns();
	r->dirty = true;
}

void motion_tick(struct screen_run *r)
{
	struct choice choice;

	r->next_tick = clock_ns() + motion_interval_ns(r);
	if (!run_is_now(r)) {
		motion_forward(r);
		if (run_is_now(r))
			r->playing = false;
		return;
	}
	choice = schedule_free(r->scene.world, r->last_moved);
	if (choice.kind == CHOICE_STEP && is_delayed(r, choice.task)) {
		choice.task = next_undelayed(r, r->scene.world, r->last_moved);
		choice.kind = choice.task ? CHOICE_STEP : CHOICE_NONE;
	}
	if (choice.kind == CHOICE_NONE) {
		r->playing = false;
		say_nobody(r);
		r->dirty = true;
		return;
	}
	if (choice.kind == CHOICE_STEP) {
		u64 before = timeline_events(timeline(r));
		struct str where = {0};

		if (!step(r, choice.task))
			r->playing = false;
		if (r->playing && hold_met(r, before, &where)) {
			r->playing = false;
			run_say(r, "Held: %s.", str_get(&where));
		}
		str_finish(&where);
	} else {
		motion_pass(r, choice.task);
		r->playing = true;
	}
}

void motion_pace(struct screen_run *r, unsigned steps)
{
	for (r->speed = 0; r->speed + 1 < ARRAY_LEN(notches) && notches[r->speed] < 4 * steps;)
		r->speed++;
}

void motion_speed(struct screen_run *r, int by)
{
	if (r->free) {
		if (by < 0) {
			motion_pause(r);
			r->speed = ARRAY_LEN(notches) - 1;
			run_say(r, "Held. Space plays.");
		}
		return;
	}
	if (by > 0 && r->speed + 1 == ARRAY_LEN(notches)) {
		if (r->playing)
			motion_live(r, true);
		else
			run_say(r, "The next notch is LIVE, a free run: press Space, then +; or "
				   ":live");
		return;
	}
	if (by > 0 || r->speed > 0)
		r->speed = by > 0 ? r->speed + 1 : r->speed - 1;
	run_scene(r);
	if (notches[r->speed] >= 4)
		run_say(r, "Speed %ux: %u step%s a second. Space plays.", notches[r->speed] / 4,
			notches[r->speed] / 4, notches[r->speed] > 4 ? "s" : "");
	else
		run_say(r, "Speed 1/%ux: a step in %u seconds. Space plays.", 4 / notches[r->speed],
			4 / notches[r->speed]);
}
