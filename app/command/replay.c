/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab replay FILE: a recording, as JSON, in the shell, or on the screen; a schedule: schedule.c. */
#include <stdio.h>
#include <string.h>

#include "command/plain.h"
#include "command/schedule.h"
#include "command/screen.h"
#include "command/stream.h"

static bool is_schedule(const char *path)
{
	size_t n = strlen(path);

	return n > 6 && strcmp(path + n - 6, ".sched") == 0;
}

static void say_if_torn(const struct log_reader *reader, const char *path)
{
	struct str name = {0};

	str_add_escaped(&name, path, strlen(path));
	if (log_reader_torn(reader))
		fprintf(stderr, "ipclab: the end of %s is cut off or damaged; what comes before it is shown\n", name.s);
	str_finish(&name);
}

static bool replay_stream(const struct invocation *inv, const char *path, struct err *err)
{
	struct log_reader *reader = log_reader_open(path, err);
	struct stream stream;

	if (!reader)
		return false;
	stream_init(&stream, reader, option_given(inv, "json") ? STREAM_JSON : STREAM_QUIET,
		    option_given(inv, "lines"), stdout);
	stream_take_notes(&stream);
	while (stream_drain(&stream))
		;
	stream_total(&stream);
	say_if_torn(reader, path);
	stream_finish(&stream);
	return true;
}

static bool replay_shell(struct invocation *inv, const char *path, struct err *err)
{
	struct shell_options options = {
		.greeting = "A recording. Type step to go forward, back to go back, help for all commands.\n",
	};
	struct session *session = session_open(path, err);

	if (!session)
		return false;
	say_if_torn(timeline_reader(session_timeline(session)), path);
	return plain_run(inv, session, &options, err);
}

bool command_replay(struct invocation *inv, struct err *err)
{
	struct tui_options screen;
	unsigned width;

	if (inv->argc != 1)
		return err_set(err, EXIT_USAGE, "replay needs one file, as in ipclab replay FILE.ipclog");
	if (!plain_width(inv, &width, err))
		return false;
	if (is_schedule(inv->argv[0]))
		return schedule_replay(inv, inv->argv[0], err);
	if (option_given(inv, "json") || option_given(inv, "quiet"))
		return replay_stream(inv, inv->argv[0], err);
	if (!plain_wanted(inv))
		return screen_options(inv, &screen, err) && tui_replay(inv->argv[0], &screen, err);
	return replay_shell(inv, inv->argv[0], err);
}
