/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab labs: what there is to work through. */
#include <stdio.h>
#include <string.h>

#include "command/lib.h"
#include "lab/lib.h"

static void print_json(const struct labs *labs)
{
	struct str out = {0};
	const char *before = "{\"id\":";

	str_add(&out, "[");
	for (size_t i = 0; i < labs->list.n; i++) {
		const struct lab *lab = &labs->list.at[i];
		const struct guide *g = lab->guide;

		if (!g)
			continue;
		str_add(&out, before);
		before = ",\n {\"id\":";
		str_add_json(&out, lab->id, strlen(lab->id));
		str_add(&out, ",\"title\":");
		str_add_json(&out, g->title, strlen(g->title));
		str_addf(&out, ",\"minutes\":%u,\"steps\":%zu,\"core\":%s}", g->minutes, g->steps.n,
			g->core ? "true" : "false");
	}
	str_add(&out, "]\n");
	fputs(out.s, stdout);
	str_finish(&out);
}

static void print_words(const struct labs *labs)
{
	for (size_t i = 0; i < labs->list.n; i++) {
		const struct guide *g = labs->list.at[i].guide;

		if (!g)
			continue;
		printf("%s: %s", labs->list.at[i].id, g->title);
		if (g->minutes)
			printf(", %u minutes", g->minutes);
		printf("\n");
	}
	if (labs->list.n == 0)
		printf("There are no labs.\n");
}

/* Those that cannot be used keep nobody from the others. False when there was one. */
static bool complain_of_broken(const struct labs *labs)
{
	bool whole = true;

	for (size_t i = 0; i < labs->list.n; i++)
		if (!labs->list.at[i].guide) {
			fprintf(stderr, "ipclab: %s\n", labs->list.at[i].wrong.text);
			whole = false;
		}
	return whole;
}

bool command_labs(struct invocation *inv, struct err *err)
{
	struct labs labs;

	if (inv->argc > 0)
		return err_set(err, EXIT_USAGE,
			"labs takes no arguments; ipclab lab %.40s opens one", inv->argv[0]);
	if (!labs_find(&labs, err))
		return false;
	(option_given(inv, "json") ? print_json : print_words)(&labs);
	fflush(stdout);
	if (!complain_of_broken(&labs))
		inv->status = EXIT_INPUT;
	labs_finish(&labs);
	return true;
}
