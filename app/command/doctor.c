/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab doctor: what this machine allows, what ipclab does without the rest, how to mend it. */
#include "doctor/lib.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command/lib.h"

static void add_text(struct str *out, const char *name, const char *text)
{
	str_addf(out, ",\"%s\":", name);
	if (*text)
		str_add_json(out, text, strlen(text));
	else
		str_add(out, "null");
}

static void print_json(const struct doctor *d)
{
	struct str out = {0};

	str_add(&out, "{\"schema\":\"ipclab/doctor/v1\"");
	add_text(&out, "kernel", d->kernel);
	str_addf(&out, ",\"uid\":%u,\"well\":%s,\"why_p\":\"%s\",\"rows\":[", d->uid,
		doctor_is_well(d) ? "true" : "false", doctor_grade_name(d->grade));
	for (size_t i = 0; i < d->n; i++) {
		const struct doctor_row *r = &d->rows[i];

		str_addf(&out, "%s\n {\"id\":\"%s\",\"here\":%s,\"needed\":%s", i ? "," : "", r->id,
			r->here ? "true" : "false", r->needed ? "true" : "false");
		add_text(&out, "name", r->name);
		add_text(&out, "measured", r->measured);
		add_text(&out, "without", r->without);
		add_text(&out, "remedy", r->remedy);
		str_add(&out, "}");
	}
	str_add(&out, "]}\n");
	fputs(out.s, stdout);
	str_finish(&out);
}

static void print_words(const struct doctor *d)
{
	static const char *const grades[] = {
		"none: it cannot look at processes here",
		"partial: by /proc alone, without source lines and bytes",
		"full: waits, holders and source lines",
	};
	struct str out = {0};
	size_t needed = 0, missing = 0;

	str_addf(&out, "Linux %s, user %u\n\n", d->kernel, d->uid);
	for (size_t i = 0; i < d->n; i++) {
		const struct doctor_row *r = &d->rows[i];

		str_addf(&out, "%-3s  %-28s  ", r->here ? "yes" : "NO", r->name);
		str_add_harmless(&out, r->measured);
		str_add(&out, "\n");
		if (r->here)
			continue;
		missing++;
		needed += r->needed;
		str_addf(&out, "       without it  %s\n", r->without);
		if (*r->remedy)
			str_addf(&out, "       remedy      %s\n", r->remedy);
	}
	str_addf(&out, "\nwhy -p of a program started elsewhere: %s.\n", grades[d->grade]);
	if (needed)
		str_addf(&out, "ipclab cannot work here: %zu of the things it needs %s missing.\n",
			needed, needed == 1 ? "is" : "are");
	else if (missing)
		str_addf(&out,
			"ipclab works here; %zu of %zu things are missing, each with what is done "
			"without it.\n",
			missing, d->n);
	else
		str_add(&out, "ipclab works here; nothing is missing.\n");
	fputs(out.s, stdout);
	str_finish(&out);
}

bool command_doctor(struct invocation *inv, struct err *err)
{
	static struct doctor d; /* 14 kB */
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (inv->argc > 0)
		return err_set(err, EXIT_USAGE,
			"doctor takes no arguments; '%.40s' is one too many", inv->argv[0]);
	if (n > 0)
		self[n] = '\0';
	doctor_examine(&d, n > 0 ? self : NULL);
	(option_given(inv, "json") ? print_json : print_words)(&d);
	if (!doctor_is_well(&d))
		inv->status = EXIT_MACHINE;
	return true;
}
