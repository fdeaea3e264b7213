/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fresh processes, brought to a moment looked back at. A second engine is started beside the first,
 * and follows the choices; only when it is there does it take the first one's place, inside the
 * session object that everybody holds. */
#include "session/private.h"

/* ---- the second engine ---- */

static struct session *follow_anew(struct session *s, const struct schedule *sched, struct err *err)
{
	struct session *fresh = session_start(&s->live, err);
	u32 done;

	if (!fresh)
		return NULL;
	if (schedule_follow(fresh, sched, NULL, &done, err))
		return fresh;
	err_wrap(err, "the way there could not be gone again");
	session_end(fresh);
	return NULL;
}

static void note_difference(struct session *fresh, const struct world *past)
{
	struct str where = {0};

	if (!world_same(past, timeline_now(fresh->timeline), &where))
		str_addf(&fresh->notes, "it is not quite as it was: %s\n", str_get(&where));
	str_finish(&where);
}

static void swap(struct session *a, struct session *b)
{
	struct session c = *a;

	*a = *b;
	*b = c;
}

bool session_branch(struct session *s, u64 moment, struct str *kept, struct err *err)
{
	struct session *fresh;
	struct schedule sched;
	struct world *past;
	struct str path = {0};
	struct aside *names;
	bool ok;

	if (!s->engine)
		return err_set(
			err, EXIT_USAGE, "this is a recording: it has no program to start anew");
	if (s->live.run.attach_n)
		return err_set(err, EXIT_USAGE, "it was there before ipclab: it cannot be started anew from here");
	if (!schedule_gather(s, moment, false, &sched, &past, err))
		return false;
	names = aside_put(timeline_now(s->timeline), s->live.launch.cwd, s->apart, err);
	fresh = names ? follow_anew(s, &sched, err) : NULL;
	ok = fresh && kept_write(s, &path, err);
	if (ok) {
		note_difference(fresh, past);
		swap(s, fresh);
		if (kept)
			str_add(kept, path.s);
	}
	session_end(fresh); /* the one that is not wanted */
	aside_end(names, !ok);
	schedule_finish(&sched);
	world_destroy(past);
	str_finish(&path);
	return ok;
}
