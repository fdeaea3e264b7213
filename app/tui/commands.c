/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The `:` line: what the screen does for each command of view/steer.def. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/private.h"
#include "view/steer.h"

/* ---- arguments ---- */

/* "P2", "2" -> task; nothing: the selected one. 0 after a message. */
static u32 task_of(struct screen_run *r, const char *args, const char **rest)
{
	char name[24];
	size_t n = strcspn(args, " ");
	u32 task;

	*rest = args + n + strspn(args + n, " ");
	if (!n)
		return r->view.selected;
	snprintf(name, sizeof name, "%.*s", n > 20 ? 20 : (int)n, args);
	task = world_task_by_name(r->scene.world, name);
	if (!task)
		run_say(r, "There is no process %s.", name);
	return task;
}

static bool number_of(struct screen_run *r, const char *args, u64 otherwise, u64 *n)
{
	char *end;

	*n = otherwise;
	if (!*args)
		return true;
	errno = 0;
	*n = strtoull(args, &end, 10);
	if (*end || errno || args[0] == '-') {
		run_say(r, "A number is needed: %s is none.", args);
		return false;
	}
	return true;
}

static int signal_of(const char *name)
{
	char *end;
	long n = strtol(name, &end, 10);

	if (*name && !*end)
		return n > 0 && n < 65 ? (int)n : 0;
	if (strncasecmp(name, "SIG", 3) == 0)
		name += 3;
	for (int sig = 1; sig < 32; sig++)
		if (sigabbrev_np(sig) && strcasecmp(name, sigabbrev_np(sig)) == 0)
			return sig;
	return 0;
}

/* ---- commands ---- */

static void do_quit(struct screen_run *r, const char *args)
{
	(void)args;
	r->leaving = true;
}

static void do_map(struct screen_run *r, const char *args)
{
	(void)args;
	run_view(r, PANE_HELP);
}

static void do_help(struct screen_run *r, const char *args)
{
	const char *names[STEER_COUNT];
	struct str text = {0};
	enum steer_id id = steer_find(args, strlen(args), STEER_SCREEN);

	if (id) {
		steer_help(id, &text);
		text.s[--text.len] = '\0';
	} else {
		steer_names(STEER_SCREEN, names);
		for (const char **w = names; *w; w++)
			str_addf(&text, "%s%s", text.len ? " " : "", *w);
		str_add(&text, ". :help NAME says what one does.");
	}
	run_say(r, "%s", str_get(&text));
	str_finish(&text);
}

static void do_save(struct screen_run *r, const char *args)
{
	struct err err = {0};

	if (!*args) {
		run_say(r, "save-display needs the name of a file.");
		return;
	}
	/* What is saved is the screen without this line and its message. */
	r->view.line = NULL;
	r->view.message = NULL;
	screen_draw(r->term->canvas, &r->scene, &r->view);
	if (save_display(r->term->canvas, args, &err))
		run_say(r, "The display is in %s.", args);
	else
		run_say_error(r, &err);
}

static void do_select(struct screen_run *r, const char *args)
{
	const char *rest;
	u32 task = task_of(r, args, &rest);

	if (task)
		r->view.selected = task;
}

static void do_step(struct screen_run *r, const char *args)
{
	const char *rest;
	u32 task = task_of(r, args, &rest);
	u64 n;

	if (!task || !number_of(r, rest, 1, &n))
		return;
	/* As long as it can: what stopped it has been said. */
	for (r->view.message = NULL; n && !r->view.message; n--)
		motion_step(r, task);
}

static void do_line(struct screen_run *r, const char *args)
{
	const char *rest;
	u32 task = task_of(r, args, &rest);

	if (task)
		motion_line(r, task);
}

static void do_branch(struct screen_run *r, const char *args)
{
	(void)args;
	run_branch(r);
}

static void do_schedule(struct screen_run *r, const char *args)
{
	run_save_schedule(r, args);
}

static void do_all(struct screen_run *r, const char *args)
{
	(void)args;
	motion_all(r);
}

static void do_continue(struct screen_run *r, const char *args)
{
	(void)args;
	motion_continue(r);
}

static void do_play(struct screen_run *r, const char *args)
{
	char *end;
	unsigned long n = strtoul(args, &end, 10);

	if (*args && (args[0] < '1' || args[0] > '9' || n > 20 ||
			     (*end && strcasecmp(end, "x") != 0))) {
		run_say(r, "A speed is 1x to 20x.");
		return;
	}
	if (*args)
		motion_pace(r, (unsigned)n);
	if (!r->playing)
		motion_play(r);
}

static void do_pause(struct screen_run *r, const char *args)
{
	(void)args;
	motion_pause(r);
}

static void do_live(struct screen_run *r, const char *args)
{
	(void)args;
	motion_live(r, true);
}

static void do_pass(struct screen_run *r, const char *args)
{
	const char *rest;
	u32 task = task_of(r, args, &rest);

	if (!task)
		return;
	if (run_is_now(r) && session_is_live(r->session))
		motion_pass(r, task);
	else
		run_say(r, "Time passes now only, and for real processes.");
}

static void do_back(struct screen_run *r, const char *args)
{
	u64 n;

	if (number_of(r, args, 1, &n)) {
		motion_pause(r);
		motion_back(r, n);
	}
}

static void do_forward(struct screen_run *r, const char *args)
{
	u64 n, here = world_head(r->scene.world)->moment;

	if (!number_of(r, args, 1, &n))
		return;
	motion_pause(r);
	if (n == 1)
		motion_forward(r);
	else
		motion_to_moment(r, n > UINT64_MAX - here ? UINT64_MAX : here + n);
}

static void do_goto(struct screen_run *r, const char *args)
{
	u64 n;

	if (!*args)
		run_say(r, "goto needs the number of an event.");
	else if (number_of(r, args, 1, &n)) {
		motion_pause(r);
		motion_to_moment(r, n);
	}
}

static void do_first(struct screen_run *r, const char *args)
{
	(void)args;
	motion_pause(r);
	motion_to_moment(r, 1);
}

static void do_now(struct screen_run *r, const char *args)
{
	(void)args;
	motion_pause(r);
	motion_to_end(r);
}

static void do_send(struct screen_run *r, const char *args)
{
	struct str line = {0};
	const char *rest = args;

	/* ":send P1 TEXT": the terminal is one for all of the lab. */
	if (args[0] == 'P' && args[1] >= '1' && args[1] <= '9')
		task_of(r, args, &rest);
	str_addf(&line, "%s\n", rest);
	motion_type(r, str_get(&line), line.len);
	str_finish(&line);
}

static void do_eof(struct screen_run *r, const char *args)
{
	(void)args;
	motion_type(r, "\004", 1);
}

static void do_signal(struct screen_run *r, const char *args)
{
	const char *name;
	u32 task = task_of(r, args, &name);
	int sig = signal_of(name);

	if (!task)
		return;
	if (!sig)
		run_say(r,
			"signal P1 TERM: a process and the name or number of a signal are needed.");
	else
		motion_signal(r, task, sig);
}

static void do_interfere(struct screen_run *r, const char *args)
{
	const char *what = args;
	u32 task = args[0] == 'P' && args[1] >= '1' && args[1] <= '9' ? task_of(r, args, &what) : r->view.selected;

	if (!task)
		return;
	if (!session_is_live(r->session) || !run_is_now(r))
		run_say(r, "Only what is now can be interfered with, not the past: G goes to now.");
	else if (!interfere(r, task, what))
		run_say(r, "interfere P1 short: a process and one of kill, stop, go, INT, TERM, EINTR, short, "
			   "delay and drop are needed.");
}

static void do_restart(struct screen_run *r, const char *args)
{
	(void)args;
	run_restart(r);
}

static bool have_guide(struct screen_run *r)
{
	if (!r->guide)
		run_say(r, "There is no guide here.");
	return r->guide != NULL;
}

static void do_set(struct screen_run *r, const char *args)
{
	if (have_guide(r))
		lesson_set(r, args);
}

static void do_guide(struct screen_run *r, const char *args)
{
	u64 n;

	if (!have_guide(r))
		return;
	if (!*args)
		run_view(r, PANE_GUIDE);
	else if (number_of(r, args, 1, &n))
		lesson_goto(r, n);
}

static void do_do(struct screen_run *r, const char *args)
{
	(void)args;
	if (!have_guide(r))
		return;
	if (lesson_asks(r))
		run_say(r, "A question is open: its answer comes first.");
	else
		lesson_enter(r);
}

static void do_next(struct screen_run *r, const char *args)
{
	do_do(r, args);
}

static void do_solution(struct screen_run *r, const char *args)
{
	(void)args;
	if (have_guide(r))
		lesson_solution(r);
}

static void do_run(struct screen_run *r, const char *args)
{
	if (have_guide(r))
		lesson_run(r, args);
}

static void do_notebook(struct screen_run *r, const char *args)
{
	(void)args;
	if (have_guide(r))
		lesson_notebook(r);
}

static void do_view(struct screen_run *r, const char *args)
{
	for (enum pane pane = PANE_GUIDE; pane < PANE_COUNT; pane++)
		if (*args && strncasecmp(args, pane_name(pane), strlen(args)) == 0) {
			run_view(r, pane);
			return;
		}
	run_say(r, "view needs one of guide, source, time, descriptors, links, ladder, why, waits, output, keys.");
}

/* A pane about one process: it is selected first. */
static void view_of(struct screen_run *r, const char *args, enum pane pane)
{
	const char *rest;
	u32 task = task_of(r, args, &rest);

	if (!task)
		return;
	r->view.selected = task;
	run_view(r, pane);
}

static void do_why(struct screen_run *r, const char *args)
{
	view_of(r, args, PANE_WHY);
}

static void do_source(struct screen_run *r, const char *args)
{
	view_of(r, args, PANE_SOURCE);
}

static void do_ends(struct screen_run *r, const char *args)
{
	(void)args;
	run_view(r, PANE_FDS);
}

static void do_descriptors(struct screen_run *r, const char *args)
{
	if (*args)
		view_of(r, args, PANE_FDS);
	else
		run_view(r, PANE_FDS);
}

static void do_link(struct screen_run *r, const char *args)
{
	(void)args;
	run_view(r, PANE_LINK);
}

static void do_ladder(struct screen_run *r, const char *args)
{
	(void)args;
	run_view(r, PANE_LADDER);
}

static void do_events(struct screen_run *r, const char *args)
{
	(void)args;
	run_view(r, PANE_TIME);
}

static void do_output(struct screen_run *r, const char *args)
{
	(void)args;
	run_view(r, PANE_OUTPUT);
}

static void do_edit(struct screen_run *r, const char *args)
{
	const char *rest;
	u32 task = task_of(r, args, &rest);

	if (task)
		run_edit(r, task);
}

#define BOTH(id, ...) [STEER_##id] = do_##id,
#define SCREEN BOTH
#define PLAIN(id, ...)
static void (*const actions[STEER_COUNT])(struct screen_run *, const char *args) = {
#include "view/steer.def"
};

const char *const *command_words(void)
{
	static const char *words[STEER_COUNT];

	steer_names(STEER_SCREEN, words);
	return words;
}

static void unknown_command(struct screen_run *r, const char *name, size_t n)
{
	struct str near = {0}, word = {0};

	str_add_bytes(&word, name, n);
	lines_nearest(str_get(&word), command_words(), &near);
	run_say(r, "There is no command %s%s%s (:help lists them).", str_get(&word),
		near.len ? "; perhaps " : "", str_get(&near));
	str_finish(&near);
	str_finish(&word);
}

static void until(struct screen_run *r, enum steer_id id, const char *rest)
{
	struct str command = {0};

	str_addf(&command, "%s %s", steer_table[id].name, rest);
	motion_pause(r);
	lesson_until(r, str_get(&command));
	str_finish(&command);
}

void run_command(struct screen_run *r, const char *line)
{
	struct str rest = {0};
	enum steer_id id;
	size_t n;

	line += strspn(line, " \t");
	n = strcspn(line, " \t");
	if (!n)
		return;
	r->view.message = NULL;
	str_add(&rest, line + n + strspn(line + n, " \t"));
	while (rest.len && rest.s[rest.len - 1] == ' ')
		rest.s[--rest.len] = '\0';
	id = steer_find(line, n, STEER_SCREEN);
	if (!id)
		unknown_command(r, line, n);
	else if (steer_table[id].key && lesson_forbids(r, steer_table[id].key))
		;
	else if (r->guide && run_is_now(r) && strstr(line, " until "))
		until(r, id, str_get(&rest));
	else
		actions[id](r, str_get(&rest));
	r->dirty = true;
	str_finish(&rest);
}

bool save_display(const struct canvas *c, const char *path, struct err *err)
{
	struct str text = {0};
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool ok;

	if (fd < 0)
		return err_sys(err, EXIT_INPUT, "%s cannot be written", path);
	canvas_text(c, &text);
	ok = write(fd, text.s, text.len) == (ssize_t)text.len;
	if (!ok)
		err_sys(err, EXIT_INPUT, "%s could not be written whole", path);
	close(fd);
	str_finish(&text);
	return ok;
}
