/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another way from a moment looked back at; the choices as a file. */
#include <string.h>

#include "tui/private.h"

void run_branch(struct screen_run *r)
{
	u64 moment = world_head(timeline_world(session_timeline(r->session)))->moment;
	struct str kept = {0}, text = {0};
	struct err err = {0};
	u32 selected = r->view.selected;

	motion_pause(r);
	if (run_is_now(r)) {
		run_say(r, "This is now: look back first (left), then b begins another way there.");
		return;
	}
	if (!session_branch(r->session, moment, &kept, &err)) {
		run_scene(r); /* it is as it was */
		run_say_error(r, &err);
		return;
	}
	run_session_began(r);
	r->view.first = false;
	if (world_task(r->scene.world, selected))
		r->view.selected = selected;
	str_add_harmless(&text, session_notes(r->session));
	if (text.len)
		run_say(r, "Fresh processes; %.*s", (int)strcspn(text.s, "\n"), text.s);
	else
		run_say(r, "Fresh processes, the same choices. Kept: %s", str_get(&kept));
	str_finish(&kept);
	str_finish(&text);
}

void run_save_schedule(struct screen_run *r, const char *args)
{
	bool overwrite = args[0] == '!';
	struct err err = {0};
	u32 n;

	args += overwrite;
	args += strspn(args, " \t");
	if (!*args)
		run_say(r, "schedule needs the name of a file.");
	else if (session_save_schedule(
			 r->session, world_head(r->scene.world)->moment, args, overwrite, &n, &err))
		run_say(r, "%u choice%s in %s; ipclab replay makes them again.", n,
			n == 1 ? "" : "s", args);
	else
		run_say_error(r, &err);
}
