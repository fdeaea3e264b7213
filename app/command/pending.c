/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stand-ins for verbs that are still being written. To be deleted with the last of them. */
#include "command/lib.h"

static bool pending(struct invocation *inv, struct err *err)
{
	return err_set(err, EXIT_MACHINE, "%s is not written yet", inv->command->name);
}

__attribute__((weak)) bool command_lab(struct invocation *inv, struct err *err)
{
	return pending(inv, err);
}

__attribute__((weak)) bool command_replay(struct invocation *inv, struct err *err)
{
	return pending(inv, err);
}

__attribute__((weak)) bool command_watch(struct invocation *inv, struct err *err)
{
	return pending(inv, err);
}

__attribute__((weak)) bool command_labs(struct invocation *inv, struct err *err)
{
	(void)inv;
	(void)err;
	return true;
}
