/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab lab ID: a lab's program, held before its first call, and the shell to step it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/lab_verify.h"
#include "command/plain.h"
#include "command/screen.h"
#include "lab/lib.h"

struct starting {
	const struct lab *lab;
	const char *const *args; /* the learner's own; NULL: those the lab names */
};

static struct session *start(void *arg, struct err *err)
{
	const struct starting *s = arg;

	return lab_start(s->lab, 0, s->args, err);
}

/* What was typed behind --. */
static const char *const *own_args(const struct invocation *inv)
{
	return inv->argc > 1 ? (const char *const *)inv->argv + 1 : NULL;
}

/* The lab with its guide; not when it has none, and not for arguments of the learner's own. */
static bool run_guided(struct invocation *inv, const struct lab *lab, struct err *err)
{
	struct shell_lab guided = {.lab = lab, .step_given = option_given(inv, "step")};
	struct shell_options options = {.lab = &guided};
	struct str greeting = {0};
	bool ok = lab_step_option(inv, (u32)lab->guide->steps.n, &guided.step, err);

	str_addf(&greeting,
		 "%s. Enter goes on; guide says where you are, why asks why one waits, help lists "
		 "all commands.\n",
		 lab->guide->title);
	options.greeting = greeting.s;
	ok = ok && plain_run_lab(inv, &options, err);
	str_finish(&greeting);
	return ok;
}

static bool run_lab(struct invocation *inv, const struct lab *lab, struct err *err)
{
	struct shell_options options = {0};
	struct starting starting = {.lab = lab, .args = own_args(inv)};
	struct str greeting = {0};
	struct session *session;
	bool ok;

	str_addf(&greeting, "%s. Type step for one call, why to ask why one waits, help for all commands.\n",
		 lab->guide->title);
	options.greeting = greeting.s;
	options.restart = start;
	options.restart_arg = &starting;
	session = start(&starting, err);
	ok = session && plain_run(inv, session, &options, err);
	str_finish(&greeting);
	return ok;
}

static bool screen_lab(struct invocation *inv, const struct lab *lab, struct err *err)
{
	struct tui_options options;
	u32 step = TUI_RESUME;

	if (option_given(inv, "step") && !lab_step_option(inv, (u32)lab->guide->steps.n, &step, err))
		return false;
	return screen_options(inv, &options, err) && tui_lab(lab, own_args(inv), step, &options, err);
}

bool command_lab(struct invocation *inv, struct err *err)
{
	const struct lab *lab;
	struct labs labs;
	unsigned width;
	bool ok;

	if (inv->argc < 1)
		return err_set(err, EXIT_USAGE, "lab needs the ID of a lab, as in ipclab lab pipe; ipclab labs lists them");
	if (!plain_width(inv, &width, err) || !labs_find(&labs, err))
		return false;
	lab = labs_get(&labs, inv->argv[0], err);
	if (!lab && err->code == EXIT_USAGE)
		command_misplaced("lab", inv->argv[0], err);
	if (lab && option_given(inv, "verify")) {
		ok = lab_verify(inv, lab, err);
		labs_finish(&labs);
		return ok;
	}
	if (lab && !plain_wanted(inv))
		ok = screen_lab(inv, lab, err);
	else
		ok = lab && (lab->guide->steps.n && inv->argc == 1 ? run_guided : run_lab)(inv, lab, err);
	labs_finish(&labs);
	return ok;
}
