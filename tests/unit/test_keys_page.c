/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manual's keys are those of the key table. IPCLAB_GOLDEN=1 writes the section anew. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/screen.h"

static const char begins[] = ".SH KEYS\n", ends[] = ".SH EXIT STATUS\n";

static void page_path(char *path, size_t n)
{
	const char *src = getenv("IPCLAB_SRC");

	if (!src || !*src)
		src = getenv("srcdir");
	snprintf(path, n, "%s/assets/ipclab.1", src && *src ? src : ".");
}

static void page_read(const char *path, struct str *page)
{
	char bytes[4096];
	size_t n;
	FILE *f = fopen(path, "re");

	ck_assert_msg(f != NULL, "%s cannot be read", path);
	while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
		str_add_bytes(page, bytes, n);
	fclose(f);
}

/* What roff would take for its own. */
static void roff(const char *text, struct str *out)
{
	for (; *text; text++)
		if (*text == '\\')
			str_add(out, "\\e");
		else if (*text == '-')
			str_add(out, "\\-");
		else
			str_add_bytes(out, text, 1);
}

static void keys_section(struct str *out)
{
	str_addf(out, "%sOn the screen; a few of them at the list of labs only.\n", begins);
	for (unsigned id = 1; id < KEY_ID_COUNT; id++) {
		str_add(out, ".TP\n.B \"");
		roff(key_table[id].text, out);
		str_add(out, "\"\n");
		roff(key_table[id].help, out);
		str_add(out, "\n");
	}
}

START_TEST(the_manual_has_the_keys_of_the_table)
{
	struct str page = {0}, want = {0}, whole = {0};
	const char *from, *to;
	char path[4200];

	page_path(path, sizeof path);
	page_read(path, &page);
	keys_section(&want);
	to = strstr(str_get(&page), ends);
	ck_assert_ptr_nonnull(to);
	from = strstr(str_get(&page), begins);
	if (!from)
		from = to;
	str_add_bytes(&whole, page.s, (size_t)(from - page.s));
	str_add(&whole, str_get(&want));
	str_add(&whole, to);
	if (getenv("IPCLAB_GOLDEN")) {
		FILE *f = fopen(path, "we");

		ck_assert_msg(f != NULL, "%s cannot be written", path);
		fputs(str_get(&whole), f);
		fclose(f);
		return;
	}
	ck_assert_msg(strcmp(str_get(&whole), str_get(&page)) == 0,
		"assets/ipclab.1 has other keys than view/keys.def; IPCLAB_GOLDEN=1 tests/unit/test_keys_page writes them");
	str_finish(&page);
	str_finish(&want);
	str_finish(&whole);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("keys page");
	TCase *t = tcase_create("keys page");
	SRunner *r;
	int failed;

	tcase_add_test(t, the_manual_has_the_keys_of_the_table);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
