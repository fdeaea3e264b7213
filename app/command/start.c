/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/lib.h"
#include "command/screen.h"
#include "grader/lib.h"

#include <stdio.h>
#include <string.h>

static bool screen_home(struct err *err)
{
	struct tui_options options = {0};
	struct labs labs = {0};
	bool ok = labs_find(&labs, err) && tui_home(&labs, &options, err);

	labs_finish(&labs);
	return ok;
}

bool command_home(int *status, struct err *err)
{
	const struct command *labs = command_find("labs");
	struct invocation inv = {.command = labs, .argv = (char *[]){NULL}};

	if (tui_possible())
		return screen_home(err);
	printf("ipclab shows how processes talk to each other, one call at a time.\n\nLabs:\n");
	if (!labs->run(&inv, err))
		return false;
	*status = inv.status;
	printf("\nVerbs:\n");
	for (const struct command *c = command_table; c->name; c++)
		printf("  %-8s %s\n", c->name, c->summary);
	/* Last, where it stays in sight however many labs and verbs there are. */
	printf("\n'ipclab VERB --help' says more. Begin with:\n  ipclab lab pipe --plain\n");
	return true;
}

static bool verb_run(const struct command *c, int argc, char **argv, int *status, struct err *err)
{
	struct invocation inv = {.command = c};
	bool help = false;

	if (!options_read(&inv, argc, argv, &help, err))
		return false;
	if (help) {
		help_print_verb(c);
		return true;
	}
	if (!c->run(&inv, err))
		return false;
	*status = inv.status;
	return true;
}

bool command_line(int argc, char **argv, int *status, struct err *err)
{
	const char *word = argc > 1 ? argv[1] : NULL;
	const struct command *c;

	*status = EXIT_DONE;
	if (!word)
		return command_home(status, err);
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		help_print();
		return true;
	}
	if (strcmp(word, "--version") == 0) {
		version_print();
		return true;
	}
	if (strcmp(word, PEER_WORD) == 0) { /* started by the grader, in a box */
		*status = peer_main(argc - 2, argv + 2);
		return true;
	}
	if (word[0] == '-')
		return err_set(err, EXIT_USAGE,
			"there is no option '%s'; ipclab --help lists what there is", word);
	c = command_find(word);
	if (!c)
		return command_unknown(word, err);
	return verb_run(c, argc - 2, argv + 2, status, err);
}
