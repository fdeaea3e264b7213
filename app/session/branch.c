/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fresh processes, brought to a moment looked back at. A second engine is started beside the first,
 * and follows the choices; only when it is there does it take the first one's place, inside the
 * session object that everybody holds. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session/private.h"

/* ---- names in the file system ---- */

/* A name that the first run made would be found by the second: it is put aside meanwhile. */
struct aside {
	char *path, *kept;
};
typedef VEC(struct aside) asides;

static void put_aside(struct session *s, asides *list)
{
	const struct world *w = timeline_now(s->timeline);

	for (u32 i = 1; i < world_segments(w); i++) {
		const struct w_segment *g = world_segment(w, i);
		const char *name = g ? world_text(w, g->title) : "";
		struct aside a;

		if (!g || g->kind != SEGMENT_POSIX || g->unlinked || !g->creator ||
			name[0] != '/' || strchr(name + 1, '/'))
			continue;
		if (asprintf(&a.path, "/dev/shm%s", name) < 0 ||
			asprintf(&a.kept, "/dev/shm/.ipclab-%d-%u", (int)getpid(), i) < 0)
			continue;
		if (rename(a.path, a.kept) == 0) {
			*vec_push(list) = a;
		} else {
			free(a.path);
			free(a.kept);
		}
	}
}

/* back: the first run goes on, and has its names again. */
static void aside_end(asides *list, bool back)
{
	for (size_t i = 0; i < list->n; i++) {
		if (back)
			rename(list->at[i].kept, list->at[i].path);
		else
			unlink(list->at[i].kept);
		free(list->at[i].path);
		free(list->at[i].kept);
	}
	free(list->at);
}

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
	asides names = {0};
	bool ok;

	if (!s->engine)
		return err_set(
			err, EXIT_USAGE, "this is a recording: it has no program to start anew");
	if (s->live.run.attach_n)
		return err_set(err, EXIT_USAGE, "it was there before ipclab: it cannot be started anew from here");
	if (!schedule_gather(s, moment, false, &sched, &past, err))
		return false;
	put_aside(s, &names);
	fresh = follow_anew(s, &sched, err);
	ok = fresh && kept_write(s, &path, err);
	if (ok) {
		note_difference(fresh, past);
		swap(s, fresh);
		if (kept)
			str_add(kept, path.s);
	}
	session_end(fresh); /* the one that is not wanted */
	aside_end(&names, !ok);
	schedule_finish(&sched);
	world_destroy(past);
	str_finish(&path);
	return ok;
}
