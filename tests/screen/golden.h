/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A screen as it is kept: tests/screen/golden/NAME.txt. With IPCLAB_GOLDEN in the environment it is written anew
 * first: look at the difference before it is committed. */
#ifndef GOLDEN_H
#define GOLDEN_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lib.h"

static inline void golden_path(const char *name, struct str *path)
{
	const char *src = getenv("IPCLAB_SRC");

	str_addf(path, "%s/tests/screen/golden/%s.txt", src ? src : ".", name);
}

static inline void golden_read(const char *name, struct str *text)
{
	struct str path = {0};
	char buf[4096];
	size_t n;
	FILE *f;

	golden_path(name, &path);
	f = fopen(str_get(&path), "r");
	ck_assert_msg(f != NULL, "%s cannot be read", str_get(&path));
	while ((n = fread(buf, 1, sizeof buf, f)) > 0)
		str_add_bytes(text, buf, n);
	fclose(f);
	str_finish(&path);
}

static inline void golden_compare(const char *name, const char *text)
{
	struct str path = {0}, want = {0};
	FILE *f;

	if (getenv("IPCLAB_GOLDEN")) {
		golden_path(name, &path);
		f = fopen(str_get(&path), "w");
		ck_assert_msg(f != NULL, "%s cannot be written", str_get(&path));
		fputs(text, f);
		fclose(f);
	}
	golden_read(name, &want);
	if (strcmp(str_get(&want), text) != 0)
		printf("%s: this is drawn:\n%s", name, text);
	fflush(stdout);
	ck_assert_msg(strcmp(str_get(&want), text) == 0, "%s is not as it is kept", name);
	str_finish(&path);
	str_finish(&want);
}

#endif
