/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab watch on a terminal: the screen, LIVE. The program gets a terminal of its own, whose output is the
 * screen's output pane; its status comes back through memory shared with the screen's process. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "command/plain.h"
#include "command/screen.h"
#include "command/watch.h"
#include "session/lib.h"

struct watched {
	struct session_live live;
	struct str title;
	int *status; /* exit code, shared; -1: it did not end while it was watched */
};

bool watch_wants_screen(const struct invocation *inv)
{
	return !option_given(inv, "json") && !option_given(inv, "quiet") && !plain_wanted(inv);
}

static struct session *start(void *arg, struct err *err)
{
	struct watched *w = arg;
	struct session *s = session_start(&w->live, err);

	w->live.run.overwrite = true; /* by R: the file is ours now */
	return s;
}

static void over(void *arg, struct session *s)
{
	struct watched *w = arg;
	int status;

	if (session_status(s, &status))
		*w->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void title_make(const struct invocation *inv, const pid_t *pids, u32 n, struct str *title)
{
	str_add(title, "watch ");
	for (u32 i = 0; i < n; i++)
		str_addf(title, " -p %d", (int)pids[i]);
	for (int i = 0; i < inv->argc; i++) {
		str_add(title, " ");
		str_add_name(title, inv->argv[i], strlen(inv->argv[i]));
	}
}

static struct session_live live_of(const struct invocation *inv, const pid_t *pids, u32 n)
{
	bool held = option_given(inv, "held");

	return (struct session_live){
		.run = {
			.tracer = {.contents = option_given(inv, "contents") || !option_value(inv, "output"),
				.held = held, .times = held, .sleepers = !held, .terminals = !n, .sites = true,
				.threads = option_given(inv, "threads")},
			.record = option_value(inv, "output"),
			.overwrite = option_given(inv, "force"),
			.attach = pids,
			.attach_n = n,
			.census = 64,
			.pin = held,
		},
		.launch = {.argv = inv->argv, .fds = {-1, -1, -1}},
		.terminal = !n,
	};
}

/* Held, without a screen: at the prompt. */
bool watch_shell(struct invocation *inv, struct err *err)
{
	struct watched w = {.live = live_of(inv, NULL, 0)};
	struct shell_options options = {
		.greeting = "It is held before its first operation. step moves it, help lists all commands.\n",
		.restart = start,
		.restart_arg = &w,
	};
	struct session *s;
	bool ok;

	title_make(inv, NULL, 0, &w.title);
	w.live.title = str_get(&w.title);
	s = start(&w, err);
	ok = s && plain_run(inv, s, &options, err);
	str_finish(&w.title);
	return ok;
}

bool watch_screen(struct invocation *inv, const pid_t *pids, u32 n, struct err *err)
{
	struct watched w = {.live = live_of(inv, pids, n)};
	struct str killed = {0};
	struct tui_start run = {.start = start, .arg = &w, .watch = true, .attached = n != 0, .over = over, .said = &killed};
	struct tui_options options;
	bool ok;

	if (!screen_options(inv, &options, err))
		return false;
	w.status = mmap(NULL, sizeof *w.status, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (w.status == MAP_FAILED)
		return err_sys(err, EXIT_MACHINE, "no memory for the screen");
	*w.status = -1;
	title_make(inv, pids, n, &w.title);
	if (n)
		str_add(&killed, WATCH_KILLED("q"));
	run.title = str_get(&w.title);
	ok = tui_run(&run, &options, err);
	if (*w.status >= 0 && !n)
		inv->status = *w.status;
	munmap(w.status, sizeof *w.status);
	str_finish(&killed);
	str_finish(&w.title);
	return ok;
}
