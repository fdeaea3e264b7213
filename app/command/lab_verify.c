/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab lab ID --verify: the lab driven by its own guide (app/guide/verify.c). */
#include <stdio.h>
#include <stdlib.h>

#include "command/lab_verify.h"
#include "lab/lib.h"

struct saying {
	const struct guide *guide;
};

static void say_step(void *arg, u32 step, const struct guide_step *s)
{
	struct saying *saying = arg;

	printf("%u of %zu  %s\n", step + 1, saying->guide->steps.n, s->title);
	fflush(stdout);
}

/* --step N: that step alone, on fresh processes. Fills `only` from 0. */
bool lab_step_option(const struct invocation *inv, u32 steps, u32 *step, struct err *err)
{
	const char *value = option_value(inv, "step");
	char *end;
	unsigned long n;

	if (!value)
		return true;
	n = strtoul(value, &end, 10);
	if (*value < '0' || *value > '9' || *end || n < 1 || n > steps)
		return err_set(err, EXIT_USAGE, "--step is a number from 1 to %u, not '%.40s'",
			steps, value);
	*step = (u32)n - 1;
	return true;
}

bool lab_verify(struct invocation *inv, const struct lab *lab, struct err *err)
{
	const struct guide *guide = lab->guide;
	struct saying saying = {.guide = guide};
	struct beliefs *beliefs = NULL;
	struct guide_host host;
	struct lab_host h = {0};
	u32 first = 0, last;
	bool ok;

	if (!guide->steps.n)
		return guide_error(err, lab->file, (struct guide_mark){1, 1},
			"the guide has no step (## Title): there is nothing to verify");
	last = (u32)guide->steps.n - 1;
	ok = lab_step_option(inv, (u32)guide->steps.n, &first, err);
	if (option_given(inv, "step"))
		last = first;
	if (ok) {
		beliefs = lab_beliefs(lab, err);
		ok = !err->code;
	}
	host = lab_host_open(&h, lab, NULL);
	ok = ok &&
	     guide_verify(guide, beliefs, lab->id, first, last, &host, say_step, &saying, err);
	if (ok)
		printf("All of it holds.\n");
	lab_host_close(&h);
	beliefs_destroy(beliefs);
	return ok;
}
