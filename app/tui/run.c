/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screen of a run. One loop: wait for a key, a signal, news of the engine, or the next beat of
 * what plays; act; draw. Held and unplayed it waits without a time-out. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/guide.h"
#include "tui/private.h"

void run_say(struct screen_run *r, const char *fmt, ...)
{
	va_list args;

	str_clear(&r->message);
	va_start(args, fmt);
	str_vaddf(&r->message, fmt, args);
	va_end(args);
	r->view.message = str_get(&r->message);
	r->dirty = true;
}

void run_say_error(struct screen_run *r, const struct err *e)
{
	struct str safe = {0};

	str_add_harmless(&safe, e->text);
	run_say(r, "%s", str_get(&safe));
	str_finish(&safe);
}

static bool all_over(const struct world *w)
{
	for (u32 i = 1; i < world_tasks(w); i++) {
		const struct w_task *t = world_task(w, i);

		if (t && t->state != TASK_GONE)
			return false;
	}
	return world_tasks(w) > 1;
}

static const char *actor_of(void *arg, u32 proc)
{
	return session_actor(arg, proc);
}

/* A selection that is gone moves to the first that lives. */
static void keep_selection(struct screen_run *r)
{
	const struct w_task *t = world_task(r->scene.world, r->view.selected);

	if (t && t->state != TASK_GONE)
		return;
	for (u32 i = 1; i < world_tasks(r->scene.world); i++) {
		const struct w_task *other = world_task(r->scene.world, i);

		if (other && other->state != TASK_GONE) {
			r->view.selected = i;
			return;
		}
	}
	if (!t)
		r->view.selected = world_tasks(r->scene.world) > 1 ? 1 : 0;
}

void run_scene(struct screen_run *r)
{
	struct timeline *t = session_timeline(r->session);
	struct view_state *v = &r->view;

	r->scene = (struct scene){
		.world = timeline_world(t),
		.log = timeline_reader(t),
		.sources = session_sources(r->session),
		.actor = actor_of,
		.actor_arg = r->session,
		.style = STYLE_SHORT,
		.typed = r->typed,
	};
	v->moment = world_head(r->scene.world)->moment;
	v->moments = timeline_moments(t);
	v->events = timeline_events(t);
	v->speed = (unsigned)(4000000000ull / motion_interval_ns(r));
	r->ended = all_over(timeline_now(t));
	if (r->playing)
		v->mode = SCREEN_PLAYING;
	else if (r->free)
		v->mode = SCREEN_LIVE;
	else if (!v->live)
		v->mode = SCREEN_RECORDED;
	else if (!timeline_at_end(t))
		v->mode = SCREEN_BACK;
	else
		v->mode = r->ended ? SCREEN_ENDED : SCREEN_HELD;
	keep_selection(r);
}

void run_line_begin(struct screen_run *r, enum line_use use, const char *prompt)
{
	r->line_use = use;
	line_begin(r->term, prompt, use == USE_COMMAND ? command_words() : NULL);
	r->dirty = true;
}

/* What the lab says of its segments. */
static void say_memory(struct typed *typed, const struct guide *g)
{
	for (size_t i = 0; i < g->memory.n; i++) {
		const struct guide_memory *m = &g->memory.at[i];

		typed_say(typed, m->segment,
			&(struct ring_names){m->type, m->array, m->in, m->out, m->count, m->size});
	}
}

void run_session_began(struct screen_run *r)
{
	typed_destroy(r->typed); /* what was known of another program's memory */
	r->typed = typed_create();
	if (r->source->lab)
		say_memory(r->typed, r->source->lab->guide);
	delays_end(r);
	r->free = r->playing = r->ended = false;
	r->last_moved = 0;
	r->deeds.n = 0;
	r->deeds_to = 0;
	r->output_seen = 0;
	r->view.live = session_is_live(r->session);
	r->free = r->source->watch && r->view.live && !session_is_held(r->session);
	r->next_tick = clock_ns();
	r->view.first = r->view.live && !r->free;
	r->view.selected = 1;
	str_clear(&r->last);
	str_clear(&r->out_line);
	if (!r->view.live)
		timeline_seek_moment(session_timeline(r->session), 1);
	run_scene(r);
	r->dirty = true;
}

static bool session_begin(struct screen_run *r, struct err *err)
{
	struct session *fresh;

	if (r->source->lab)
		return lesson_begin(r, r->source->lab, r->source->step, err);
	fresh = r->source->start(r->source->arg, err);
	if (!fresh)
		return false;
	r->session = fresh;
	run_session_began(r);
	if (r->source->said && r->source->said->len)
		run_say(r, "%.*s", (int)strcspn(r->source->said->s, "\n"), r->source->said->s);
	return true;
}

bool run_restart(struct screen_run *r)
{
	struct session *old = r->session;
	struct err err = {0};

	if (r->guide) {
		lesson_goto(r, 1);
		return true;
	}
	if (r->source->attached) {
		run_say(r, "It was there before ipclab: it cannot be begun anew from here.");
		return false;
	}
	if (!session_begin(r, &err)) {
		r->session = old;
		run_scene(r);
		run_say_error(r, &err);
		return false;
	}
	session_end(old);
	return true;
}

/* ---- drawing ---- */

static bool pane_is_shown(const struct screen_run *r, enum pane pane)
{
	return r->view.lower == pane || r->view.focus == pane;
}

/* What Enter shows: of many processes all, where there is room for them, else the selected one and who is around it. */
static void add_lead(struct screen_run *r, const struct view_state *shown, struct str *out)
{
	const char *rest = r->free && !r->source->attached ? "t terminal" : "1-9 choose";
	struct view_state all = *shown;
	char name[24];

	if (!shown->watch)
		return;
	all.graph = true;
	all.picture = false;
	if (shown->graph || shown->picture)
		str_addf(out, "Enter list   %s", rest);
	else if (!stage_is_list(&r->scene, shown))
		str_add(out, rest[0] == 't' ? rest : "");
	else if (screen_has_graph(r->term->canvas, &r->scene, &all))
		str_addf(out, "Enter picture   %s", rest);
	else if (world_task(r->scene.world, shown->selected))
		str_addf(out, "Enter see %s   %s", world_task_name(r->scene.world, shown->selected, name), rest);
	else
		str_add(out, rest);
}

/* Where processes come and go, picture and list would take turns 20 times a second: the list stays for a while. */
static void draw_calm(struct screen_run *r)
{
	struct view_state v = r->view;
	struct str lead = {0};
	u64 now = clock_ns();
	bool fits = screen_has_graph(r->term->canvas, &r->scene, &v);

	if (v.watch && v.graph && !fits)
		r->list_until = now + LIST_NS;
	v.graph = fits && (!r->free || now >= r->list_until);
	add_lead(r, &v, &lead);
	if (lead.len)
		v.lead = str_get(&lead);
	screen_draw(r->term->canvas, &r->scene, &v);
	str_finish(&lead);
}

static void draw(struct screen_run *r)
{
	struct view_state *v = &r->view;

	run_scene(r);
	if (r->guide)
		lesson_view(r);
	if (pane_is_shown(r, PANE_TIME) && !r->free)
		tell_deeds(r);
	if (pane_is_shown(r, PANE_OUTPUT))
		tell_output(r);
	v->deeds = r->deeds.at;
	v->deeds_n = r->deeds.n;
	v->last = str_get(&r->last);
	v->out_line = str_get(&r->out_line);
	v->find = str_get(&r->find);
	if (v->focus == PANE_SOURCE && v->lower != PANE_SOURCE && !v->zoom && !screen_has_beside(r->term->canvas, v))
		v->focus = PANE_STAGE; /* the window has become narrower */
	if (v->focus == PANE_SOURCE)
		v->lead = hold_is_here(r) ? "Enter no hold here" : "Enter hold here";
	else if (!r->guide)
		v->lead = "";
	v->line = r->term->line ? line_text(r->term, &v->line_cursor) : NULL;
	if (r->guide)
		lesson_scroll(r);
	draw_calm(r);
	paint(r->term);
	r->dirty = false;
}

/* ---- what comes in ---- */

static void take_line(struct screen_run *r)
{
	char *text;
	enum line_end end = line_read(r->term, &text);

	r->dirty = true;
	if (end == LINE_GOES_ON)
		return;
	r->view.line = NULL;
	if (end == LINE_CANCELLED)
		return;
	if (r->line_use == USE_SEARCH) {
		run_search(r, text);
	} else if (r->line_use == USE_SEND) {
		struct str line = {0};

		str_addf(&line, "%s\n", text);
		motion_type(r, str_get(&line), line.len);
		str_finish(&line);
	} else if (r->line_use == USE_ANSWER) {
		lesson_answer(r, text);
	} else {
		run_command(r, text);
	}
	free(text);
}

/* Keys until none is there, or LINE mode begins: then readline is given the rest. */
static void take_keys(struct screen_run *r)
{
	u32 key;

	while (!r->leaving && !r->to_home && !r->term->line && (key = input_key(r->term)) != 0)
		run_key(r, key);
}

static void take_signals(struct screen_run *r)
{
	struct term *t = r->term;

	term_signals(t);
	if (t->leaving)
		r->leaving = true;
	if (t->resized) {
		term_resize(t);
		lesson_newest(r);
		r->dirty = true;
	}
	if (t->interrupted) {
		t->interrupted = false;
		run_interrupt(r);
	}
	if (t->suspend) {
		motion_pause(r);
		term_suspend(t);
		term_resize(t);
		r->dirty = true;
	}
}

static void take_news(struct screen_run *r)
{
	u64 before = timeline_events(session_timeline(r->session));
	struct err err = {0};
	bool ended;

	if (!session_wait(r->session, 0, &ended, &err)) {
		r->free = r->playing = false;
		run_scene(r);
		run_say_error(r, &err);
		return;
	}
	if (timeline_events(session_timeline(r->session)) != before) {
		r->dirty = true;
		/* Held, and yet something happened: a line was typed, a computation ended, a kill from outside. */
		if (!r->free && run_is_now(r)) {
			run_scene(r);
			tell_since(r, before);
		}
	}
	if (r->free && ended) {
		r->free = false;
		timeline_seek_end(session_timeline(r->session));
		run_scene(r);
		tell_moment(r);
		r->dirty = true;
	}
}

static int wait_ms(const struct screen_run *r)
{
	u64 now = clock_ns();

	if (r->term->ahead_n)
		return 0;
	if (!r->playing && (!r->free || session_awaits(r->session)))
		return -1;
	return r->next_tick <= now ? 0 : (int)((r->next_tick - now + 999999) / 1000000);
}

static void beat(struct screen_run *r)
{
	u64 before = timeline_events(session_timeline(r->session));

	if ((!r->playing && !r->free) || clock_ns() < r->next_tick)
		return;
	if (r->playing) {
		motion_tick(r);
		return;
	}
	if (session_awaits(r->session))
		return;
	r->next_tick = clock_ns() + SAMPLE_NS;
	take_news(r);
	r->quiet = timeline_events(session_timeline(r->session)) == before ? r->quiet + 1 : 0;
	if (r->quiet >= QUIET_SAMPLES && r->free) {
		r->dirty |= !session_await(r->session);
		r->quiet = 0;
	}
}

static void loop(struct screen_run *r)
{
	while (!r->leaving && !r->to_home) {
		struct pollfd p[3] = {
			{.fd = 0, .events = POLLIN},
			{.fd = term_signal_fd(), .events = POLLIN},
			{.fd = session_is_live(r->session) ? session_fd(r->session) : -1,
				.events = POLLIN},
		};

		if (r->dirty)
			draw(r);
		if (poll(p, 3, wait_ms(r)) < 0 && errno != EINTR)
			break;
		if (p[1].revents)
			take_signals(r);
		if (p[2].revents)
			take_news(r);
		if (p[0].revents & (POLLHUP | POLLERR | POLLNVAL)) {
			r->term->gone = true;
			break;
		}
		if (p[0].revents || r->term->ahead_n) {
			if (r->term->line)
				take_line(r);
			else
				take_keys(r);
		}
		beat(r);
	}
}

bool run_screen(struct term *t, const struct run_source *source, bool *home, struct err *err)
{
	struct screen_run r = {.term = t, .source = source, .speed = 3};
	struct view_state *v = &r.view;

	*home = false;
	v->title = source->title;
	v->heading = "";
	v->lead = "";
	v->lower = source->lab ? PANE_GUIDE : source->watch ? PANE_WHY : PANE_TIME;
	v->graph = v->watch = source->watch;
	v->focus = PANE_STAGE;
	v->last = v->out_line = v->find = v->output = "";
	if (!session_begin(&r, err)) {
		lesson_end(&r);
		session_end(r.session);
		return false;
	}
	if (!r.view.message && *keeper_swept(t->keeper))
		run_say(&r, "%s", keeper_swept(t->keeper));
	loop(&r);
	*home = r.to_home && !t->leaving && !t->gone;
	if (r.guide && (t->leaving || t->gone)) /* in fdatasync(2) not even SIGKILL would end us in time */
		progress_hurry(r.guide->at.progress);
	lesson_end(&r);
	if (source->over)
		source->over(source->arg, r.session);
	session_end(r.session);
	typed_destroy(r.typed);
	str_finish(&r.last);
	str_finish(&r.message);
	str_finish(&r.output);
	str_finish(&r.out_line);
	str_finish(&r.find);
	holds_finish(&r);
	delays_end(&r);
	free(r.deeds.at);
	return true;
}
