/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/lib.h"

char *lab_program_path(const struct lab *lab, u32 program, struct err *err)
{
	struct str path = {0};
	char *absolute;

	str_addf(&path, "%s/%s", lab->programs_dir, lab->guide->programs.at[program].name);
	if (access(path.s, X_OK) == -1) {
		err_sys(err, EXIT_MACHINE,
			"the program of lab %s cannot be run: %s. Build it with ./bootstrap build",
			lab->id, path.s);
		str_finish(&path);
		return NULL;
	}
	absolute = realpath(path.s, NULL); /* it is run from a folder of its own */
	if (!absolute)
		err_sys(err, EXIT_MACHINE, "the program of lab %s cannot be found: %s", lab->id, path.s);
	str_finish(&path);
	return absolute;
}

struct beliefs *lab_beliefs(const struct lab *lab, struct err *err)
{
	struct str path = {0};
	struct beliefs *b = NULL;
	char *slash;

	str_add(&path, lab->file); /* .../labs/01-pipe/lab.md */
	for (int i = 0; i < 2 && (slash = strrchr(str_get(&path), '/')); i++)
		*slash = '\0';
	path.len = strlen(str_get(&path));
	str_add(&path, "/misconceptions.yaml");
	if (access(str_get(&path), F_OK) == 0)
		b = beliefs_load(str_get(&path), err);
	str_finish(&path);
	return b;
}
