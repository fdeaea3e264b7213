/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The `:` line. Names are those of plain mode where both have the command. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/private.h"

struct command_word {
	const char *name, *other, *args, *help;
	void (*run)(struct screen_run *, const char *args);
	enum key_id moves; /* the key that moves processes likewise; 0: it only reads */
};

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

static void do_keys(struct screen_run *r, const char *args)
{
	(void)args;
	run_view(r, PANE_HELP);
}

static void do_help(struct screen_run *r, const char *args)
{
	struct str text = {0};

	(void)args;
	for (const char *const *w = command_words(); *w; w++)
		str_addf(&text, "%s%s", text.len ? " " : "", *w);
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

	if (task)
		motion_step(r, task);
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
	(void)args;
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

static void do_restart(struct screen_run *r, const char *args)
{
	(void)args;
	run_restart(r);
}

static void do_guide(struct screen_run *r, const char *args)
{
	u64 n;

	if (!r->guide)
		run_say(r, "There is no guide here.");
	else if (!*args)
		run_view(r, PANE_GUIDE);
	else if (number_of(r, args, 1, &n))
		lesson_goto(r, n);
}

static void do_solution(struct screen_run *r, const char *args)
{
	(void)args;
	if (r->guide)
		lesson_solution(r);
	else
		run_say(r, "There is no guide here.");
}

static void do_run(struct screen_run *r, const char *args)
{
	if (r->guide)
		lesson_run(r, args);
	else
		run_say(r, "There is no guide here.");
}

static void do_view(struct screen_run *r, const char *args)
{
	for (enum pane pane = PANE_GUIDE; pane < PANE_COUNT; pane++)
		if (*args && strncasecmp(args, pane_name(pane), strlen(args)) == 0) {
			run_view(r, pane);
			return;
		}
	run_say(r, "view needs one of guide, source, time, descriptors, why, output, keys.");
}

static void do_why(struct screen_run *r, const char *args)
{
	const char *rest;
	u32 task = task_of(r, args, &rest);

	if (!task)
		return;
	r->view.selected = task;
	run_view(r, PANE_WHY);
}

static const struct command_word commands[] = {
	{"all", "a", "", "every process that can, one operation", do_all, KEY_ID_ALL},
	{"back", "b", "[N]", "back in time", do_back, KEY_ID_NONE},
	{"continue", "c", "", "until one blocks or ends", do_continue, KEY_ID_CONTINUE},
	{"eof", "", "", "end of input on the programs' terminal", do_eof, KEY_ID_NONE},
	{"first", "", "", "the first event", do_first, KEY_ID_NONE},
	{"forward", "f", "[N]", "forward in time", do_forward, KEY_ID_NONE},
	{"goto", "g", "N", "to event N", do_goto, KEY_ID_NONE},
	{"guide", "", "[N]", "the guide, or step N of it", do_guide, KEY_ID_NONE},
	{"help", "h", "", "these commands", do_help, KEY_ID_NONE},
	{"live", "", "", "a free run", do_live, KEY_ID_FASTER},
	{"map", "keys", "", "the keys", do_keys, KEY_ID_NONE},
	{"now", "n", "", "to now", do_now, KEY_ID_NONE},
	{"pass", "", "[P1]", "let its time-out pass", do_pass, KEY_ID_STEP},
	{"pause", "", "", "hold", do_pause, KEY_ID_NONE},
	{"play", "", "", "go on at a pace", do_play, KEY_ID_PLAY},
	{"quit", "q", "", "leave", do_quit, KEY_ID_NONE},
	{"restart", "", "", "fresh processes", do_restart, KEY_ID_NONE},
	{"run", "", "NAME=VALUE", "an experiment of the guide", do_run, KEY_ID_NONE},
	{"save-display", "save", "FILE", "this screen as text", do_save, KEY_ID_NONE},
	{"select", "p", "P12", "select a process", do_select, KEY_ID_NONE},
	{"send", "", "TEXT", "type a line on the programs' terminal", do_send, KEY_ID_NONE},
	{"signal", "", "P1 NAME", "send a signal", do_signal, KEY_ID_SIGNAL},
	{"solution", "", "", "one way to the goal", do_solution, KEY_ID_NONE},
	{"step", "s", "[P1]", "its next operation", do_step, KEY_ID_STEP},
	{"view", "v", "NAME", "guide, source, time, descriptors, why, output, keys", do_view,
		KEY_ID_NONE},
	{"why", "w", "[P1]", "why it waits", do_why, KEY_ID_NONE},
};

const char *const *command_words(void)
{
	static const char *words[ARRAY_LEN(commands) + 1];

	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		words[i] = commands[i].name;
	return words;
}

static const struct command_word *find(const char *word, size_t n)
{
	const struct command_word *found = NULL;

	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command_word *c = &commands[i];

		if ((strlen(c->name) == n && strncmp(c->name, word, n) == 0) ||
			(n && strlen(c->other) == n && strncmp(c->other, word, n) == 0))
			return c;
		if (n >= 2 && strncmp(c->name, word, n) == 0)
			found = found ? &commands[ARRAY_LEN(commands)] : c;
	}
	return found == &commands[ARRAY_LEN(commands)] ? NULL : found;
}

void run_command(struct screen_run *r, const char *line)
{
	const struct command_word *c;
	const char *args;
	struct str rest = {0}, near = {0}, word = {0};
	size_t n;

	line += strspn(line, " \t");
	n = strcspn(line, " \t");
	if (!n)
		return;
	r->view.message = NULL;
	args = line + n + strspn(line + n, " \t");
	str_add(&rest, args);
	while (rest.len && rest.s[rest.len - 1] == ' ')
		rest.s[--rest.len] = '\0';
	c = find(line, n);
	if (c && c->moves && lesson_forbids(r, c->moves)) {
		;
	} else if (c) {
		c->run(r, str_get(&rest));
	} else {
		str_add_bytes(&word, line, n);
		lines_nearest(str_get(&word), command_words(), &near);
		run_say(r, "There is no command %s%s%s (:help lists them).", str_get(&word),
			near.len ? "; perhaps " : "", str_get(&near));
	}
	r->dirty = true;
	str_finish(&rest);
	str_finish(&near);
	str_finish(&word);
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
