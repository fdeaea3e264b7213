/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/lib.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void help_print(void)
{
	printf("Usage: ipclab VERB [OPTIONS]\n\n");
	for (const struct command *c = command_table; c->name; c++)
		printf("  %-9s %s\n", c->name, c->summary);
	printf("\n  --help, --version\n\n"
	       "'ipclab VERB --help' says more, with an example.\n");
}

/* Every line of the example, two spaces in. */
static void print_example(const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		printf("  %.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static void print_option(const struct command_option *o)
{
	char left[40];
	char letter[8] = "";

	if (o->letter)
		snprintf(letter, sizeof letter, "-%c, ", o->letter);
	snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name, o->value ? " " : "",
		o->value ? o->value : "");
	printf("  %-20s %s\n", left, o->text);
}

void help_print_verb(const struct command *c)
{
	printf("Example:\n");
	print_example(c->example);
	printf("\nUsage: ipclab %s%s%s%s\n%c%s%s\n", c->name, c->options[0].name ? " [OPTIONS]" : "", *c->args ? " " : "", c->args,
		toupper((unsigned char)c->summary[0]), c->summary + 1, c->summary[strlen(c->summary) - 1] == '?' ? "" : ".");
	if (c->options[0].name)
		printf("\n");
	for (size_t i = 0; i < OPTIONS_MAX && c->options[i].name; i++)
		print_option(&c->options[i]);
}

bool command_help(struct invocation *inv, struct err *err)
{
	const struct command *c;

	if (inv->argc == 0) {
		help_print();
		return true;
	}
	if (inv->argc > 1)
		return err_set(
			err, EXIT_USAGE, "help takes one verb; '%s' is one too many", inv->argv[1]);
	c = command_find(inv->argv[0]);
	if (!c)
		return command_unknown(inv->argv[0], err);
	help_print_verb(c);
	return true;
}
