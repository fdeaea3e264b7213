/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/lib.h"

#include <stdlib.h>
#include <string.h>

static size_t options_count(const struct command *c)
{
	size_t n = 0;

	while (n < OPTIONS_MAX && c->options[n].name)
		n++;
	return n;
}

const char *option_value(const struct invocation *inv, const char *name)
{
	for (size_t i = 0; i < options_count(inv->command); i++)
		if (strcmp(inv->command->options[i].name, name) == 0)
			return inv->given[i];
	return NULL;
}

static bool option_unknown(const struct command *c, const char *word, struct err *err)
{
	const char *names[OPTIONS_MAX + 1] = {"help"};
	const char *near;
	char name[64];
	size_t n = 1;

	for (size_t i = 0; i < options_count(c); i++)
		names[n++] = c->options[i].name;
	strncpy(name, word + strspn(word, "-"), sizeof name - 1);
	name[sizeof name - 1] = '\0';
	name[strcspn(name, "=")] = '\0';
	near = word_nearest(name, names, n);
	if (near && word[1] == '-')
		return err_set(err, EXIT_USAGE, "%s has no option '--%s'; did you mean '--%s'?",
			c->name, name, near);
	return err_set(err, EXIT_USAGE, "%s has no option '%s'; ipclab %s --help lists them",
		c->name, word, c->name);
}

/* Lives as long as the command line does. */
static const char *joined(const char *first, const char *second)
{
	size_t n = strlen(first), more = strlen(second) + 1;
	char *both = xmalloc(n + 1 + more);

	memcpy(both, first, n);
	both[n] = ',';
	memcpy(both + n + 1, second, more);
	return both;
}

/* One option at *words; advances *words past its value if that is a word of its own. */
static bool option_read(struct invocation *inv, char ***words, bool *help, struct err *err)
{
	const struct command_option *options = inv->command->options;
	char *word = **words;
	bool is_long = word[1] == '-';
	size_t len = is_long ? strcspn(word + 2, "=") : 1;
	size_t n = options_count(inv->command), i = 0;
	const char *value;

	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		*help = true;
		return true;
	}
	if (strcmp(word, "--no-input") == 0) { /* of every verb */
		inv->no_input = true;
		return true;
	}
	if (is_long)
		while (i < n &&
			(strncmp(options[i].name, word + 2, len) != 0 || options[i].name[len]))
			i++;
	else
		while (i < n && options[i].letter != word[1])
			i++;
	if (i == n)
		return option_unknown(inv->command, word, err);
	value = is_long ? word + 2 + len : word + 2;
	if (!options[i].value) {
		if (*value)
			return err_set(err, EXIT_USAGE, "option '%s' of %s takes no value", word,
				inv->command->name);
		inv->given[i] = "";
		return true;
	}
	if (is_long && *value == '=')
		value++;
	else if (!*value && (*words)[1])
		value = *++*words;
	if (!*value)
		return err_set(err, EXIT_USAGE, "option '%s' of %s needs a value: %s", word,
			inv->command->name, options[i].value);
	inv->given[i] = inv->given[i] && strstr(options[i].value, "...") ? joined(inv->given[i], value) : value;
	return true;
}

bool options_read(struct invocation *inv, int argc, char **argv, bool *help, struct err *err)
{
	char **operand = argv;
	char **end = argv + argc;

	inv->argv = argv;
	inv->argc = argc;
	if (inv->command->words_pass) {
		*help = argc == 1 && strcmp(argv[0], "--help") == 0;
		return true;
	}
	for (char **w = argv; w < end; w++) {
		if (strcmp(*w, "--") == 0) {
			inv->dashes = true;
			memmove(operand, w + 1, (size_t)(end - w - 1) * sizeof *w);
			operand += end - w - 1;
			break;
		}
		if ((*w)[0] == '-' && (*w)[1]) {
			if (!option_read(inv, &w, help, err))
				return false;
			continue;
		}
		if (inv->command->command_follows) {
			memmove(operand, w, (size_t)(end - w) * sizeof *w);
			operand += end - w;
			break;
		}
		*operand++ = *w;
	}
	inv->argc = (int)(operand - argv);
	*operand = NULL;
	return true;
}

bool number_option(const struct invocation *inv, const char *name, u64 most, u64 *value, struct err *err)
{
	const char *text = option_value(inv, name);
	char *end;

	if (!text)
		return true;
	*value = strtoull(text, &end, 10);
	return (text[0] >= '0' && text[0] <= '9' && !*end && strlen(text) < 19 && *value <= most) ||
	       err_set(err, EXIT_USAGE, "--%s is a number up to %llu, not '%.40s'", name, (unsigned long long)most, text);
}
