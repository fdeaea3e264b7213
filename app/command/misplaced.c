/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A word that is known, but as something else: `ipclab pipe`, `ipclab lab pipe-eof`, `ipclab start fifo`. */
#include <string.h>
#include <strings.h>

#include "command/lib.h"
#include "grader/lib.h"
#include "lab/lib.h"

static bool is_lab(const char *word)
{
	struct labs labs;
	struct err ignored = {0};
	bool found = false;

	if (!labs_find(&labs, &ignored))
		return false;
	for (size_t i = 0; i < labs.list.n; i++)
		found |= strcasecmp(labs.list.at[i].id, word) == 0;
	labs_finish(&labs);
	return found;
}

static bool is_exercise(const char *word)
{
	struct exercises all;
	struct err ignored = {0};
	bool found = false;

	if (!exercises_find(NULL, &all, &ignored))
		return false;
	for (size_t i = 0; i < all.list.n; i++)
		found |= strcasecmp(all.list.at[i]->id, word) == 0;
	exercises_finish(&all);
	return found;
}

bool command_misplaced(const char *wanted, const char *word, struct err *err)
{
	bool lab = strcmp(wanted, "lab") != 0 && is_lab(word);

	if (!lab && (strcmp(wanted, "exercise") == 0 || !is_exercise(word)))
		return false;
	err_set(err, EXIT_USAGE, "there is no %s '%s', but a%s of that name: ipclab %s %s", wanted, word, lab ? " lab" : "n exercise",
		lab ? "lab" : "start", word);
	return true;
}
