/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leaving a watched program asks what is to become of it. What was started here calls through our filter, and a
 * call that finds no tracer behind that fails with ENOSYS: so "leave it running" leaves the engine with it. What was
 * attached to is let go, and knows nothing of us. */
#include <signal.h>

#include "tui/private.h"

void leave_ask(struct screen_run *r)
{
	if (!r->source->watch || !session_is_live(r->session) || r->ended) {
		r->leaving = true;
		return;
	}
	r->asking = ASK_LEAVE;
	if (r->source->attached)
		run_say(r, "Leave?  l let go: it goes on   e end it (SIGTERM)   any other key: stay");
	else
		run_say(r, "Leave?  e end it   l leave it running (silent ipclab stays)   other keys: stay");
}

static void end_attached(struct screen_run *r)
{
	const struct w_task *first = world_task(timeline_now(session_timeline(r->session)), 1);
	struct err err = {0};

	if (first && first->state != TASK_GONE &&
		(!session_hold(r->session, &err) || !session_signal(r->session, 1, SIGTERM, &err)))
		run_say_error(r, &err);
	else
		r->leaving = true;
}

void leave_answer(struct screen_run *r, u32 key)
{
	struct err err = {0};
	pid_t engine;

	if (key == 'e' && r->source->attached) {
		end_attached(r);
	} else if (key == 'e') {
		r->leaving = true;
	} else if (key == 'l' && session_leave(r->session, &engine, &err)) {
		if (engine)
			keeper_spare(r->term->keeper, engine);
		r->leaving = true;
	} else if (key == 'l') {
		run_say_error(r, &err);
	} else {
		run_say(r, "Stayed.");
	}
}
