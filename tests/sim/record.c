/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes the recordings of this folder anew: a program held and stepped, the eldest that can move
 * first, round and round; when nobody can, the eldest time-out passes, or a real timer is waited for.
 *
 *     record FILE.ipclog PROGRAM [ARGUMENTS]
 *
 * Not part of `make check`: a recording is data. After making one, make its golden text with
 * `IPCLAB_GOLDEN=write tests/sim/test_lab_pipe`, and read the difference before committing it.
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "schedule/lib.h"
#include "session/lib.h"

/* Nobody can step: a time-out passes, or a moment for what moves by itself. False: nothing more comes. */
static bool go_on(struct run *run, unsigned *quiet, struct err *err)
{
	struct tracer *t = run_tracer(run);

	for (u32 task = 1; task <= tracer_tasks(t); task++)
		if (tracer_holding(t, task) == IS_INSIDE && tracer_timeout(t, task) != TIME_NONE)
			return run_pass_time(run, task, err);
	if (!tracer_alive(t) || ++*quiet > 50)
		return false;
	nanosleep(&(struct timespec){0, 10000000}, NULL);
	return run_settle(run, err);
}

int main(int argc, char **argv)
{
	struct run_options options = {
		.tracer = {.held = true, .contents = true, .terminals = true, .sites = true},
		.record = argv[1],
		.overwrite = true,
		.pin = true,
		.fold = true,
	};
	struct launch launch = {.argv = argv + 2, .fds = {-1, -1, -1}};
	struct err err = {0};
	struct sources *sources;
	struct log_reader *reader;
	const struct rec *r;
	struct run *run;
	u32 task = 0;
	unsigned quiet = 0;
	u64 pos = LOG_DATA;

	close_range(3, ~0u, 0); /* what we were started with is no part of the story */
	if (argc < 3 || !(run = run_create(&options, &launch, &err)))
		goto fail;
	do {
		while ((task = schedule_next(run_world(run), task)))
			if (!run_step(run, task, &err))
				goto fail;
	} while (go_on(run, &quiet, &err));
	if (err.text[0])
		goto fail;
	sources = sources_create();
	reader = log_reader_open(argv[1], &err);
	while (reader && (r = log_reader_next(reader, &pos)))
		if (!rec_is_event(r))
			sources_add(sources, r);
	if (!reader || !sources_write(sources, run_log(run), &err))
		goto fail;
	sources_destroy(sources);
	log_reader_close(reader);
	run_destroy(run);
	return 0;
fail:
	fprintf(stderr, "record: %s\n",
		argc < 3 ? "record FILE.ipclog PROGRAM [ARGUMENTS]" : err.text);
	return 1;
}
