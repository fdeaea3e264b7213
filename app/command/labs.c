/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab labs: what there is to work through. */
#include <stdio.h>
#include <string.h>

#include "command/lib.h"
#include "session/lab.h"

static void print_json(const struct labs *labs)
{
	struct str out = {0};

	str_add(&out, "[");
	for (size_t i = 0; i < labs->list.n; i++) {
		const struct lab *lab = &labs->list.at[i];

		str_add(&out, i ? ",\n {\"id\":" : "{\"id\":");
		str_add_json(&out, lab->id, strlen(lab->id));
		str_add(&out, ",\"title\":");
		str_add_json(&out, lab->title, strlen(lab->title));
		str_addf(&out, ",\"minutes\":%u,\"steps\":%u,\"core\":%s}", lab->minutes,
			lab->steps, lab->core ? "true" : "false");
	}
	str_add(&out, "]\n");
	fputs(out.s, stdout);
	str_finish(&out);
}

bool command_labs(struct invocation *inv, struct err *err)
{
	struct labs labs;

	if (inv->argc > 0)
		return err_set(err, EXIT_USAGE,
			"labs takes no arguments; ipclab lab %.40s opens one", inv->argv[0]);
	if (!labs_find(&labs, err))
		return false;
	if (option_given(inv, "json")) {
		print_json(&labs);
	} else {
		for (size_t i = 0; i < labs.list.n; i++) {
			const struct lab *lab = &labs.list.at[i];

			printf("%s: %s", lab->id, lab->title);
			if (lab->minutes)
				printf(", %u minutes", lab->minutes);
			printf("\n");
		}
		if (labs.list.n == 0)
			printf("There are no labs.\n");
	}
	labs_finish(&labs);
	return true;
}
