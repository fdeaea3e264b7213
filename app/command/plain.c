/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/plain.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_USUAL 78u /* SCREEN.md, "Plain mode" */

bool plain_width(const struct invocation *inv, unsigned *width, struct err *err)
{
	const char *value = option_value(inv, "width");
	struct winsize size;
	unsigned long n;
	char *end;

	*width = WIDTH_USUAL;
	if (!value) {
		if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20 &&
			size.ws_col < *width)
			*width = size.ws_col;
		return true;
	}
	n = strtoul(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end || n < 20 || n > 1000)
		return err_set(err, EXIT_USAGE,
			"--width is a number of columns from 20 to 1000, not '%.40s'", value);
	*width = (unsigned)n;
	return true;
}

bool plain_wanted(const struct invocation *inv)
{
	const char *set = getenv("IPCLAB_PLAIN"), *term = getenv("TERM");

	if (option_given(inv, "plain") || (set && set[0] && strcmp(set, "0") != 0))
		return true;
	return !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || !term || !term[0] ||
	       strcmp(term, "dumb") == 0;
}

static bool options_fill(struct invocation *inv, struct shell_options *options, struct err *err)
{
	/* With standard output elsewhere, readline would draw its line there. */
	options->interactive = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	options->out = stdout;
	options->err = stderr;
	return plain_width(inv, &options->width, err);
}

bool plain_run_lab(struct invocation *inv, struct shell_options *options, struct err *err)
{
	return options_fill(inv, options, err) && shell_run_lab(options, &inv->status, err);
}

bool plain_run(struct invocation *inv, struct session *session, struct shell_options *options,
	struct err *err)
{
	if (!options_fill(inv, options, err)) {
		session_end(session);
		return false;
	}
	shell_run(session, options, &inv->status);
	return true;
}
