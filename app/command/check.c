/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab check [ID]: the learner's program, judged. The first failing check is told as soon as it is known. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/lib.h"
#include "command/exercise.h"
#include "grader/lib.h"

static bool find(const struct invocation *inv, struct exercises *all, const struct exercise **x, struct err *err)
{
	if (!exercises_find(option_value(inv, "exercises"), all, err))
		return false;
	*x = exercises_get(all, inv->argv[0], err);
	return *x != NULL;
}

bool command_check(struct invocation *inv, struct err *err)
{
	struct exercises all = {0};
	const struct exercise *x = NULL;
	struct attempt_options opt = {0};
	struct result r = {0};
	struct str out = {0};
	bool ok;

	if (inv->argc != 1)
		return err_set(err, EXIT_USAGE, "check takes the ID of an exercise, as in ipclab check pipe-eof");
	ok = find(inv, &all, &x, err);
	ok = ok && attempt_run(x, option_given(inv, "folder") ? option_value(inv, "folder") : ".", &opt, &r, err);
	if (ok) {
		result_words(&r, &out);
		str_add_harmless(&out, "");
		fputs(str_get(&r.compiler), stdout);
		fputs(str_get(&out), stdout);
		inv->status = r.verdict == GRADE_PASS ? EXIT_DONE : r.verdict == GRADE_ERROR ? EXIT_RETRY : EXIT_FAILED;
	}
	result_finish(&r);
	exercises_finish(&all);
	str_finish(&out);
	return ok;
}
