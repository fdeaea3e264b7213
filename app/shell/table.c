/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "shell/private.h"

const struct shell_command shell_commands[] = {
	{"step", "s", "[P1] [N]", "let one process make its next call, or the next N", do_step, 2},
	{"all", "a", "", "one call of every process that can move", do_all, 0},
	{"continue", "c", "", "go on until one blocks, ends or nobody can move", do_continue, 0},
	{"play", "p", "[2x]", "go on at a pace, 1x to 20x, until Enter or control C", do_play, 1},
	{"live", "", "", "let them run free until all end, none can move, or control C", do_live, 0},
	{"pause", "", "", "hold them again", do_pause, 0},
	{"pass", "", "P1", "let the time pass that a process waits for", do_pass, 1},
	{"back", "b", "[N]", "look back by N events; moves nobody", do_back, 1},
	{"forward", "f", "[N]", "look forward again by N events; moves nobody", do_forward, 1},
	{"first", "", "", "look at the first event", do_first, 0},
	{"now", "n", "", "return to now", do_now, 0},
	{"goto", "g", "N", "look at event N", do_goto, 1},
	{"look", "l", "", "who there is and what each is doing", do_look, 0},
	{"why", "w", "[P1]", "why a process waits; alone: every one that does", do_why, 1},
	{"ends", "e", "[pipe1]", "who holds the ends of a pipe, and how it came by them", do_ends, 1},
	{"changes", "ch", "", "what the last step changed", do_changes, 0},
	{"again", "ag", "", "the last answer again", do_again, 0},
	{"events", "ev", "[N]", "the last N events, 10 when N is left out", do_events, 1},
	{"output", "o", "", "what the processes wrote to their terminal", do_output, 0},
	{"source", "so", "[P1]", "the source line it stands at, and two on each side", do_source, 1},
	{"send", "", "TEXT", "type a line on the processes' terminal", do_send, -1},
	{"eof", "", "", "type control D there: end of input", do_eof, 0},
	{"signal", "", "P1 NAME", "send a signal, as in signal P1 TERM", do_signal, 2},
	{"select", "", "P1", "the process that step alone means", do_select, 1},
	{"guide", "gu", "[N]", "where you are in the guide; with N: go to step N", do_guide, 1},
	{"do", "", "", "do what the guide wants next, as Enter does", do_do, 0},
	{"next", "", "", "go on in the guide", do_next, 0},
	{"run", "", "NAME=VALUE", "run an experiment; each run is a row in its notebook", do_run, 6},
	{"notebook", "", "", "all runs of this experiment", do_notebook, 0},
	{"solution", "", "", "one way to reach the goal", do_solution, 0},
	{"restart", "", "", "begin anew with fresh processes; in a guide: this step", do_restart, 0},
	{"help", "h", "[COMMAND]", "the commands, or one of them", do_help, 1},
	{"quit", "q", "", "end the processes and leave", do_quit, 0},
	{NULL, NULL, NULL, NULL, NULL, 0},
};

const struct shell_command *shell_command_find(const char *word)
{
	const struct shell_command *found = NULL;
	size_t n = strlen(word);

	if (strcmp(word, "?") == 0)
		word = "help";
	if (strcasecmp(word, "exit") == 0)
		word = "quit";
	for (const struct shell_command *c = shell_commands; c->name; c++)
		if (strcasecmp(word, c->name) == 0 || strcasecmp(word, c->abbreviation) == 0)
			return c;
	for (const struct shell_command *c = shell_commands; c->name; c++)
		if (n >= 2 && strncasecmp(word, c->name, n) == 0) {
			if (found)
				return NULL;
			found = c;
		}
	return found;
}

bool shell_moves(const struct shell_command *c)
{
	return c->run == do_step || c->run == do_all || c->run == do_continue || c->run == do_play ||
	       c->run == do_live || c->run == do_pass || c->run == do_signal;
}

static void help_on(struct shell *sh, const struct shell_command *c)
{
	struct str line = {0};

	str_addf(&line, "%s%s%s", c->name, c->args[0] ? " " : "", c->args);
	if (c->abbreviation[0])
		str_addf(&line, ", or %s", c->abbreviation);
	str_addf(&line, ": %s.\n", c->help);
	say_text(sh, line.s);
	str_finish(&line);
}

void do_help(struct shell *sh, int n, char **words, const char *rest)
{
	(void)rest;
	if (n > 1) {
		const struct shell_command *c = shell_command_find(words[1]);

		if (c)
			help_on(sh, c);
		else
			complain(sh, "there is no command %s; help lists them", words[1]);
		return;
	}
	for (const struct shell_command *c = shell_commands; c->name; c++)
		help_on(sh, c);
	say(sh, "What is in brackets may be left out. P1 may be typed as p1 or 1.\n");
}
