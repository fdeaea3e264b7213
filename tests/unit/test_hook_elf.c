/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is a program, is an object one with hooks? Also of files that are no ELF, cut off, or wrong on
 * purpose. */
#include "hook/elf.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/ipclab-test-elf-XXXXXX";
static char name[256];

static void file_write(const void *bytes, size_t n)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
	fclose(f);
}

static char *self_read(size_t *n)
{
	FILE *f = fopen("/proc/self/exe", "r");
	char *bytes = malloc(32 << 20);

	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(bytes);
	*n = fread(bytes, 1, 32 << 20, f);
	fclose(f);
	return bytes;
}

START_TEST(program_without_hooks_has_version_0)
{
	ck_assert_int_eq(hook_version_in("/proc/self/exe"), 0);
	ck_assert_int_eq(hook_object_of("/proc/self/exe", name, sizeof name), OBJECT_UNKNOWN);
}
END_TEST

START_TEST(what_is_no_elf_is_unknown)
{
	ck_assert_int_eq(hook_version_in("/nowhere"), -1);
	ck_assert_int_eq(hook_object_of("/nowhere", name, sizeof name), OBJECT_UNKNOWN);
	file_write("#!/bin/sh\n", 10);
	ck_assert_int_eq(hook_version_in(path), -1);
	file_write("!<arch>\nrubbish", 15);
	ck_assert_int_eq(hook_version_in(path), -1);
	ck_assert_int_eq(hook_object_of(path, name, sizeof name), OBJECT_UNKNOWN);
	file_write("", 0);
	ck_assert_int_eq(hook_version_in(path), -1);
}
END_TEST

/* Nothing to assert but that it comes back. */
START_TEST(wrong_elf_does_no_harm)
{
	size_t n, head;
	char *good = self_read(&n), *bad = malloc(n);

	ck_assert_ptr_nonnull(bad);
	srand(7);
	for (int i = 0; i < 200; i++) {
		memcpy(bad, good, n);
		head = i % 2 ? 64 : n;
		for (int k = 0; k < 40; k++)
			bad[5 + (size_t)rand() % (head - 5)] = (char)rand();
		for (int k = 0; k < 20; k++) /* section headers lie at the end */
			bad[n - 1 - (size_t)rand() % 2000] = (char)rand();
		file_write(bad, i % 3 ? n : (size_t)rand() % n);
		hook_version_in(path);
		hook_object_of(path, name, sizeof name);
		hook_calls_in(path);
	}
	free(good);
	free(bad);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hook elf");
	TCase *t = tcase_create("elf");
	SRunner *r;
	int fd = mkstemp(path);

	if (fd == -1)
		return 1;
	close(fd);
	tcase_add_test(t, program_without_hooks_has_version_0);
	tcase_add_test(t, what_is_no_elf_is_unknown);
	tcase_add_test(t, wrong_elf_does_no_harm);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	unlink(path);
	return failed > 0;
}
