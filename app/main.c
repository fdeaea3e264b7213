/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options -> command table -> exit code. */
#include "base/lib.h"
#include "command/lib.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Where 0, 1 or 2 came in closed, the next file opened would get that number and be read or written
 * as a standard stream. Each hole is filled so that its natural use still fails, and is closed
 * again in the programs we start. */
static void fill_standard_descriptors(void)
{
	static const int mode[3] = {O_WRONLY, O_RDONLY, O_RDONLY};

	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", mode[fd] | O_CLOEXEC);
}

static int say(const struct err *e)
{
	struct str s = {0};

	fflush(stdout);
	str_add_harmless(&s, e->text);
	fprintf(stderr, "ipclab: %s\n", str_get(&s));
	str_finish(&s);
	return e->code ? e->code : EXIT_OURS;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	int status = EXIT_DONE;

	fill_standard_descriptors();
	if (!command_line(argc, argv, &status, &e))
		return say(&e);
	errno = 0;
	if (fflush(stdout) != 0 && errno) {
		err_sys(&e, EXIT_MACHINE, "cannot write to standard output");
		return say(&e);
	}
	if (ferror(stdout)) { /* earlier, and why is forgotten */
		err_set(&e, EXIT_MACHINE, "not everything could be written to standard output: is it closed, or its disk full?");
		return say(&e);
	}
	return status;
}
