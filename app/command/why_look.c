/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/why.h"

bool why_look(struct invocation *inv, const struct why_options *opt, struct err *err)
{
	(void)inv;
	(void)opt;
	return err_set(err, EXIT_USAGE, "why needs a command, as in ipclab why -- make test");
}
