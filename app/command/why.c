/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab why: nobody left who could wake them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command/why.h"

/* "60s", "500ms", "5m", "60": as timeout(1), and ms. */
static bool duration_read(const char *text, u64 *ns, struct err *err)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = {{"", 1e9}, {"s", 1e9}, {"ms", 1e6}, {"m", 60e9}, {"h", 3600e9}, {"d", 86400e9}};
	char *end;
	double n = strtod(text, &end);

	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (end != text && !strcmp(end, units[i].unit) && isfinite(n) && n > 0 && n * units[i].ns < 9e18) {
			*ns = (u64)(n * units[i].ns);
			if (*ns >= 1000)
				return true;
		}
	return err_set(err, EXIT_USAGE, "--within wants a time, as in 60s, 500ms, 5m, not '%.40s'", text);
}

static bool options_of(const struct invocation *inv, struct why_options *o, struct err *err)
{
	*o = (struct why_options){
		.json = option_given(inv, "json"),
		.markdown = option_given(inv, "markdown"),
		.redact = option_given(inv, "redact"),
		.only = option_given(inv, "only"),
	};
	if (o->json && o->markdown)
		return err_set(err, EXIT_USAGE, "either --json or --markdown");
	return !option_given(inv, "within") || duration_read(option_value(inv, "within"), &o->within_ns, err);
}

/* With --within the exit code is CMD's: our own failures are told from it as timeout(1) does. */
static bool ours(const struct why_options *o, struct err *err)
{
	if (o->within_ns && err->code != EXIT_USAGE && err->code != EXIT_CANNOT_RUN && err->code != EXIT_NOT_FOUND)
		err->code = EXIT_OURS;
	return false;
}

bool command_why(struct invocation *inv, struct err *err)
{
	struct why_options o;
	bool named = option_given(inv, "pid") || option_given(inv, "name");

	if (!options_of(inv, &o, err))
		return false;
	if (inv->dashes && !inv->argc)
		return err_set(err, EXIT_USAGE, "why -- needs a command behind it, as in ipclab why -- ls -l");
	if (inv->argc && named)
		return err_set(err, EXIT_USAGE, "why either runs a command or looks at processes that run, not both");
	if (o.within_ns && !inv->argc)
		return err_set(err, EXIT_USAGE, "--within is about a command: ipclab why --within 60s -- CMD");
	if (o.only && !named)
		return err_set(err, EXIT_USAGE, "--only is about the processes named by -p or -n: no others are looked at");
	if (inv->argc)
		return why_run(inv, &o, err) || ours(&o, err);
	return why_look(inv, &o, err);
}
