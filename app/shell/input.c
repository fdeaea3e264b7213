/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines: from readline when standard input is a terminal, else from a script. readline's callback
 * interface is used, so that ^C can cancel a line and nothing of readline runs during a command.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* readline's headers need stdio first. */
#include <readline/history.h>
#include <readline/readline.h>

#include "shell/private.h"

#define HISTORY_LINES 1000

struct input {
	const struct shell *shell;
	bool interactive;
	char *history; /* file, NULL: not kept */
	struct sigaction before;
};

/* What a signal handler needs. */
static volatile sig_atomic_t interrupted;

/* readline calls back without an argument: the one line being read, and who completes it. */
static struct {
	const struct input *input;
	char *line;
	bool got;
} reading;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

bool input_interrupted(void)
{
	bool was = interrupted;

	interrupted = 0;
	return was;
}

static char *next_word(const char *text, int state)
{
	static struct shell_words words; /* readline asks for one word after the other */
	static size_t at;

	if (state == 0) {
		complete_words(reading.input->shell, &words);
		at = 0;
	}
	while (at < words.list.n) {
		char *word = words.list.at[at++];

		if (strncasecmp(word, text, strlen(text)) == 0)
			return word; /* becomes readline's */
		free(word);
	}
	free(words.list.at);
	words = (struct shell_words){0};
	return NULL;
}

static char *next_command(const char *text, int state)
{
	static const char *names[STEER_COUNT], **next;

	if (state == 0) {
		steer_names(STEER_PLAIN, names);
		next = names;
	}
	while (*next) {
		const char *name = *next++;

		if (strncasecmp(name, text, strlen(text)) == 0)
			return strdup(name);
	}
	return NULL;
}

static char **complete(const char *text, int start, int end)
{
	(void)end;
	rl_attempted_completion_over = 1; /* no file names */
	return rl_completion_matches(text, start == 0 ? next_command : next_word);
}

/* $XDG_STATE_HOME/ipclab/history, made as needed; NULL when there is no home. */
static char *history_path(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	struct str path = {0};

	if (state && state[0] == '/')
		str_add(&path, state);
	else if (home && home[0] == '/')
		str_addf(&path, "%s/.local/state", home);
	else
		return NULL;
	for (char *slash = strchr(path.s + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path.s, 0700);
		*slash = '/';
	}
	mkdir(path.s, 0700);
	str_add(&path, "/ipclab");
	mkdir(path.s, 0700);
	str_add(&path, "/history");
	return path.s;
}

struct input *input_create(struct shell *sh, bool interactive)
{
	struct input *in = xmalloc(sizeof *in);
	struct sigaction act = {.sa_handler = on_interrupt}; /* no SA_RESTART: waits are to end */

	in->shell = sh;
	in->interactive = interactive;
	interrupted = 0;
	sigaction(SIGINT, &act, &in->before);
	if (!interactive)
		return in;
	rl_readline_name = "ipclab";
	rl_persistent_signal_handlers = 1;
	rl_attempted_completion_function = complete;
	rl_variable_bind(
		"enable-bracketed-paste", "off"); /* no escape codes that words do not need */
	using_history();
	in->history = history_path();
	if (in->history)
		read_history(in->history);
	stifle_history(HISTORY_LINES);
	return in;
}

void input_destroy(struct input *in)
{
	if (!in)
		return;
	if (in->interactive && in->history)
		history_truncate_file(in->history, HISTORY_LINES);
	sigaction(SIGINT, &in->before, NULL);
	free(in->history);
	free(in);
}

void input_remember(struct input *in, const char *line)
{
	const HIST_ENTRY *last;
	mode_t mask;

	if (!in->interactive || !line[0])
		return;
	last = history_length ? history_get(history_base + history_length - 1) : NULL;
	if (last && strcmp(last->line, line) == 0)
		return;
	add_history(line);
	if (!in->history)
		return;
	mask = umask(077);
	if (append_history(1, in->history) != 0) /* it does not make the file */
		write_history(in->history);
	umask(mask);
}

static void on_line(char *line)
{
	reading.line = line;
	reading.got = true;
	rl_callback_handler_remove();
}

static void cancel_line(void)
{
	rl_free_line_state();
	rl_callback_sigcleanup();
	rl_replace_line("", 0);
	rl_crlf();
	rl_on_new_line();
	rl_redisplay();
}

static char *line_from_terminal(const struct input *in, const char *prompt)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};

	reading.input = in;
	reading.line = NULL;
	reading.got = false;
	input_interrupted();
	rl_callback_handler_install(prompt, on_line);
	while (!reading.got) {
		if (poll(&p, 1, -1) == -1) {
			bool by_signal = errno == EINTR;

			rl_check_signals(); /* ^Z stops us in here, and fg goes on in here */
			if (input_interrupted())
				cancel_line();
			else if (!by_signal)
				break;
			else
				rl_forced_update_display();
			continue;
		}
		rl_callback_read_char();
	}
	if (!reading.got)
		rl_callback_handler_remove();
	return reading.line;
}

/* By read, a byte at a time: what we have not read stays for whoever has the script open, too. */
static char *line_from_script(void)
{
	struct str line = {0};
	char c;

	for (;;) {
		ssize_t n = read(STDIN_FILENO, &c, 1);

		if (n == 1 && c != '\n') {
			str_add_bytes(&line, c ? &c : " ", 1);
			continue;
		}
		if (n == 1) {
			str_add(&line, "");
			return line.s;
		}
		if (n == -1 && errno == EINTR && !input_interrupted())
			continue;
		/* The end, or standard input closed or unreadable: as good as an empty script. */
		return line.s;
	}
}

char *input_line(struct input *in, const char *prompt)
{
	return in->interactive ? line_from_terminal(in, prompt) : line_from_script();
}

bool input_pause(struct input *in, unsigned ms)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
	char c;

	if (!in->interactive)
		return input_interrupted();
	if (poll(&p, 1, (int)ms) <= 0)
		return input_interrupted();
	/* The terminal gives whole lines now: this one only says "pause". */
	while (read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
		;
	return true;
}
