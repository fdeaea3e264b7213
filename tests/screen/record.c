/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes the recordings in steps/ anew: each step of a lab, driven by its own guide to the moment
 * when its first question is open; a step without one, to the end of its first do block.
 *
 *     IPCLAB_LABS=build/labs record LAB FOLDER      (record pipe tests/screen/steps)
 *
 * Not part of `make check`: a recording is data. After making them, make the golden screens with
 * `IPCLAB_GOLDEN=1 tests/screen/test_steps`, and read the difference before committing it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lab/lib.h"

static bool asks(const struct guide_step *step)
{
	for (size_t i = 0; i < step->blocks.n; i++)
		if (step->blocks.at[i].question)
			return true;
	return false;
}

static bool drive(struct guide_play *play, const struct guide *guide, u32 step, struct err *err)
{
	unsigned what = 0;

	if (!guide_play_enter(play, step, true, err))
		return false;
	for (;;) {
		switch (guide_play_at(play)) {
		case AT_TEXT: what = guide_play_read(play); break;
		case AT_DO:
			if (!guide_play_do(play, &what, err))
				return false;
			if (!asks(&guide->steps.at[step]))
				return true;
			break;
		case AT_QUESTION: return true;
		default: return err_set(err, EXIT_FAILED, "step %u has no moment to keep", step + 1);
		}
		if (what & PLAY_BROKEN)
			return err_set(err, EXIT_FAILED, "%s", guide_play_answer_text(play));
	}
}

/* The records of a live session, and behind them what its sites are in the source: the recording
 * needs neither the programs nor this tree any more. */
static bool keep(const struct log_reader *live, const char *path, struct err *err)
{
	struct sources *sources = sources_create();
	struct log *log = log_create(path, true, err);
	const struct rec *r;
	struct rec *copy;
	u64 pos = LOG_DATA;
	bool ok = log != NULL;

	while (ok && (r = log_reader_next((struct log_reader *)live, &pos))) {
		copy = log_begin(log, r->len - sizeof *r, err);
		ok = copy != NULL;
		if (!ok)
			break;
		memcpy((u8 *)copy + 8, (const u8 *)r + 8, r->len - 8);
		log_commit(log, copy);
		if (!rec_is_event(r))
			sources_add(sources, r);
	}
	ok = ok && sources_write(sources, log, err);
	log_close(log);
	sources_destroy(sources);
	return ok && (chmod(path, 0644) == 0 || err_sys(err, EXIT_MACHINE, "%s", path));
}

int main(int argc, char **argv)
{
	struct labs labs = {0};
	struct lab_host h;
	struct guide_host host;
	struct guide_play *play;
	const struct lab *lab;
	const struct guide *guide;
	struct session *session = NULL;
	struct err err = {0};
	char path[4096];

	if (argc != 3 || !labs_find(&labs, &err) || !(lab = labs_get(&labs, argv[1], &err)))
		goto fail;
	guide = lab->guide;
	clearenv(); /* a stack that is recorded has the environment at its top */
	setenv("LC_ALL", "C", 1);
	host = lab_host_open(&h, lab, &session);
	play = guide_play_create(guide, &host);
	for (u32 step = 0; step < guide->steps.n; step++) {
		snprintf(path, sizeof path, "%s/%02u.ipclog", argv[2], step + 1);
		if (!drive(play, guide, step, &err) ||
			!keep(timeline_reader(session_timeline(session)), path, &err))
			goto fail;
	}
	session_end(session);
	guide_play_destroy(play);
	labs_finish(&labs);
	return 0;
fail:
	fprintf(stderr, "record: %s\n", argc == 3 ? err.text : "record LAB FOLDER");
	session_end(session);
	return 1;
}
