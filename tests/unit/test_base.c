/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/private.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* ---- err ---- */

START_TEST(error_holds_code_and_text)
{
	struct err e = {0};

	ck_assert(!err_set(&e, EXIT_INPUT, "%s:%d: bad", "a.log", 7));
	ck_assert_int_eq(e.code, EXIT_INPUT);
	ck_assert_int_eq(e.sys, 0);
	ck_assert_str_eq(e.text, "a.log:7: bad");
}
END_TEST

START_TEST(system_error_adds_reason_and_holds_errno)
{
	struct err e = {0};

	errno = ENOENT;
	ck_assert(!err_sys(&e, EXIT_MACHINE, "cannot open %s", "x"));
	ck_assert_int_eq(e.sys, ENOENT);
	ck_assert_str_eq(e.text, "cannot open x: No such file or directory");
}
END_TEST

START_TEST(unknown_errno_is_no_crash)
{
	struct err e = {0};

	errno = 99999;
	err_sys(&e, EXIT_MACHINE, "x");
	ck_assert_str_eq(e.text, "x: unknown error");
}
END_TEST

START_TEST(wrap_puts_context_first_and_keeps_code)
{
	struct err e = {0};

	errno = EACCES;
	err_sys(&e, EXIT_MACHINE, "cannot read it");
	ck_assert(!err_wrap(&e, "lab %s", "pipe"));
	ck_assert_str_eq(e.text, "lab pipe: cannot read it: Permission denied");
	ck_assert_int_eq(e.code, EXIT_MACHINE);
	ck_assert_int_eq(e.sys, EACCES);
}
END_TEST

START_TEST(error_may_be_set_from_its_own_text)
{
	struct err e = {0};

	err_set(&e, EXIT_USAGE, "inner");
	err_set(&e, EXIT_USAGE, "(%s)", e.text);
	ck_assert_str_eq(e.text, "(inner)");
	err_wrap(&e, "%s again", e.text);
	ck_assert_str_eq(e.text, "(inner) again: (inner)");
}
END_TEST

START_TEST(long_error_is_cut_visibly)
{
	struct err e = {0};
	char text[2000];

	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	err_set(&e, EXIT_USAGE, "%s", text);
	ck_assert_uint_eq(strlen(e.text), sizeof e.text - 1);
	ck_assert_str_eq(e.text + sizeof e.text - 5, "x...");
}
END_TEST

START_TEST(error_of_exactly_the_room_is_whole)
{
	struct err e = {0};
	char text[sizeof e.text];

	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	err_set(&e, EXIT_USAGE, "%s", text);
	ck_assert_str_eq(e.text, text);
}
END_TEST

/* ---- str ---- */

START_TEST(empty_string_reads_as_empty)
{
	struct str s = {0};

	ck_assert_str_eq(str_get(&s), "");
	str_finish(&s);
}
END_TEST

START_TEST(string_grows_over_many_additions)
{
	struct str s = {0};

	for (int i = 0; i < 1000; i++)
		str_addf(&s, "%03d,", i);
	ck_assert_uint_eq(s.len, 4000);
	ck_assert_uint_eq(strlen(str_get(&s)), 4000);
	ck_assert_int_eq(strncmp(s.s + 4 * 517, "517,", 4), 0);
	str_finish(&s);
	ck_assert_ptr_null(s.s);
	str_add(&s, "again");
	ck_assert_str_eq(str_get(&s), "again");
	str_finish(&s);
}
END_TEST

START_TEST(string_keeps_nul_bytes)
{
	struct str s = {0};

	str_add_bytes(&s, "a\0b", 3);
	ck_assert_uint_eq(s.len, 3);
	ck_assert_mem_eq(s.s, "a\0b", 4);
	str_add_bytes(&s, NULL, 0);
	ck_assert_uint_eq(s.len, 3);
	str_finish(&s);
}
END_TEST

START_TEST(clear_keeps_room_and_empties)
{
	struct str s = {0};

	str_clear(&s);
	str_add(&s, "text");
	str_clear(&s);
	ck_assert_str_eq(str_get(&s), "");
	ck_assert_uint_eq(s.len, 0);
	ck_assert_uint_gt(s.cap, 0);
	str_finish(&s);
}
END_TEST

START_TEST(escaped_is_printable_ascii_for_every_byte)
{
	struct str s = {0};
	u8 all[256];

	for (int i = 0; i < 256; i++)
		all[i] = (u8)i;
	str_add_escaped(&s, all, sizeof all);
	for (size_t i = 0; i < s.len; i++)
		ck_assert_msg(s.s[i] >= 0x20 && s.s[i] < 0x7f, "byte %zu is %02x", i, (u8)s.s[i]);
	str_finish(&s);
}
END_TEST

START_TEST(escaped_is_as_C_writes_it)
{
	struct str s = {0};

	str_add_escaped(&s, "a\n\t\r\\\"\x1b\xff~ '", 11);
	ck_assert_str_eq(str_get(&s), "a\\n\\t\\r\\\\\\\"\\x1b\\xff~ '");
	str_clear(&s);
	str_add_escaped(&s, "", 0);
	ck_assert_str_eq(s.s, "");
	str_finish(&s);
}
END_TEST

static void json_is(const char *bytes, size_t n, const char *expected)
{
	struct str s = {0};

	str_add_json(&s, bytes, n);
	ck_assert_str_eq(str_get(&s), expected);
	str_finish(&s);
}

START_TEST(json_quotes_and_escapes)
{
	json_is("", 0, "\"\"");
	json_is("a\"\\/b", 5, "\"a\\\"\\\\/b\"");
	json_is("\b\t\n\f\r", 5, "\"\\b\\t\\n\\f\\r\"");
	json_is("\0\x1b\x7f", 3, "\"\\u0000\\u001b\\u007f\"");
	json_is("\xc2\x9b", 2, "\"\\u009b\"");
}
END_TEST

START_TEST(json_keeps_valid_utf8)
{
	json_is("\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7", 9,
		"\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7\"");
	json_is("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", 10,
		"\"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf\"");
}
END_TEST

#define FFFD "\xef\xbf\xbd"
START_TEST(json_replaces_what_is_no_utf8)
{
	json_is("\xff", 1, "\"" FFFD "\"");
	json_is("a\x80z", 3, "\"a" FFFD "z\"");
	json_is("\xc0\xaf", 2, "\"" FFFD FFFD "\"");                   /* overlong */
	json_is("\xe0\x9f\xbf", 3, "\"" FFFD FFFD FFFD "\"");          /* overlong */
	json_is("\xed\xa0\x80", 3, "\"" FFFD FFFD FFFD "\"");          /* surrogate */
	json_is("\xf0\x8f\xbf\xbf", 4, "\"" FFFD FFFD FFFD FFFD "\""); /* overlong */
	json_is("\xf4\x90\x80\x80", 4, "\"" FFFD FFFD FFFD FFFD "\""); /* above U+10FFFF */
	json_is("\xe2\x82", 2, "\"" FFFD FFFD "\"");                   /* cut off */
	json_is("\xe2\x82\xac", 2, "\"" FFFD FFFD "\"");               /* the rest is not ours */
	json_is("\xc3\"", 2, "\"" FFFD "\\\"\""); /* the quote is not swallowed */
}
END_TEST

START_TEST(names_keep_letters_and_nothing_that_disguises)
{
	static const char odd[] = "a\xe2\x80\xae" "b\xe2\x80\x8b" "c\xef\xbb\xbf\xd8\x9c\xf3\xa0\x80\xa1";
	struct str s = {0};

	str_add_name(&s, "pr\xc3\xb6g \xe6\xbc\xa2\n\x1b[2J\xc2\x9b\xff\"", 18);
	ck_assert_str_eq(s.s, "pr\xc3\xb6g \xe6\xbc\xa2\\n\\x1b[2J\\xc2\\x9b\\xff\\\"");
	str_clear(&s);
	str_add_name(&s, odd, sizeof odd - 1);
	ck_assert_str_eq(s.s, "a\\xe2\\x80\\xae" "b\\xe2\\x80\\x8b" "c\\xef\\xbb\\xbf\\xd8\\x9c\\xf3\\xa0\\x80\\xa1");
	str_clear(&s);
	str_add_name(&s, "", 0);
	ck_assert_str_eq(s.s, "");
	str_finish(&s);
}
END_TEST

START_TEST(harmless_keeps_text_and_shows_controls)
{
	struct str s = {0};

	str_add_harmless(&s, "caf\xc3\xa9\nx\ty");
	ck_assert_str_eq(str_get(&s), "caf\xc3\xa9\nx\\x09y");
	str_clear(&s);
	str_add_harmless(&s, "\x1b[2J\x7f\xc2\x9b\xff");
	ck_assert_str_eq(str_get(&s), "\\x1b[2J\\x7f\\xc2\\x9b\\xff");
	str_clear(&s);
	str_add_harmless(&s, "");
	ck_assert_str_eq(s.s, "");
	str_finish(&s);
}
END_TEST

/* ---- hash ---- */

START_TEST(crc32c_gives_the_values_of_rfc_3720)
{
	u8 bytes[32] = {0};

	ck_assert_uint_eq(crc32c(0, "123456789", 9), 0xe3069283);
	ck_assert_uint_eq(crc32c(0, bytes, 32), 0x8a9136aa);
	memset(bytes, 0xff, sizeof bytes);
	ck_assert_uint_eq(crc32c(0, bytes, 32), 0x62a8ab43);
	for (int i = 0; i < 32; i++)
		bytes[i] = (u8)i;
	ck_assert_uint_eq(crc32c(0, bytes, 32), 0x46dd794e);
	ck_assert_uint_eq(crc32c(0, "", 0), 0);
}
END_TEST

START_TEST(crc32c_without_processor_help_is_the_same)
{
	u8 bytes[100];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (u8)(i * 167 + 13);
	for (size_t n = 0; n <= sizeof bytes; n++)
		ck_assert_uint_eq(crc32c(5, bytes, n), crc32c_portable(5, bytes, n));
}
END_TEST

START_TEST(crc32c_continues_from_its_seed)
{
	ck_assert_uint_eq(crc32c(crc32c(0, "12345", 5), "6789", 4), 0xe3069283);
}
END_TEST

START_TEST(hash64_is_stable_across_versions)
{
	ck_assert_uint_eq(hash64(0, "", 0), 0x6659d09a55871d58);
	ck_assert_uint_eq(hash64(0, "ipclab", 6), 0xb09221921d10e75e);
	ck_assert_uint_eq(hash64(7, "0123456789abcdef0123456789abcdef!", 33), 0xe25f4f41925cec39);
}
END_TEST

START_TEST(hash64_tells_lengths_seeds_and_single_bits_apart)
{
	u8 bytes[64] = {0};
	u64 seen[64 * 8 + 65];
	size_t n = 0;

	for (size_t len = 0; len < sizeof bytes; len++)
		seen[n++] = hash64(0, bytes, len);
	seen[n++] = hash64(1, bytes, sizeof bytes);
	for (size_t bit = 0; bit < sizeof bytes * 8; bit++) {
		bytes[bit / 8] ^= (u8)(1u << bit % 8);
		seen[n++] = hash64(0, bytes, sizeof bytes);
		bytes[bit / 8] = 0;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			ck_assert_uint_ne(seen[i], seen[j]);
}
END_TEST

START_TEST(hash64_reads_unaligned_bytes_alike)
{
	char room[80];
	u64 h = hash64(3, "the same forty bytes, wherever they are!", 40);

	for (int off = 0; off < 16; off++) {
		memcpy(room + off, "the same forty bytes, wherever they are!", 40);
		ck_assert_uint_eq(hash64(3, room + off, 40), h);
	}
}
END_TEST

/* ---- memory, vec, clock ---- */

START_TEST(memory_is_zeroed_and_never_null)
{
	u8 *p = xmalloc(1000);
	void *nothing = xmalloc(0);

	for (int i = 0; i < 1000; i++)
		ck_assert_uint_eq(p[i], 0);
	ck_assert_ptr_nonnull(nothing);
	nothing = xrealloc(nothing, 0);
	ck_assert_ptr_nonnull(nothing);
	free(nothing);
	free(p);
}
END_TEST

#ifndef __SANITIZE_ADDRESS__ /* which ends the process in its own way */
START_TEST(memory_shortage_aborts)
{
	free(xmalloc(SIZE_MAX / 2));
}
END_TEST
#endif

START_TEST(vec_keeps_what_was_pushed)
{
	VEC(u64) v = {0};

	for (u64 i = 0; i < 1000; i++)
		*vec_push(&v) = i * i;
	ck_assert_uint_eq(v.n, 1000);
	for (u64 i = 0; i < 1000; i++)
		ck_assert_uint_eq(v.at[i], i * i);
	free(v.at);
}
END_TEST

START_TEST(clock_does_not_go_back)
{
	u64 before = clock_ns();

	ck_assert_uint_gt(before, 0);
	ck_assert_uint_ge(clock_ns(), before);
}
END_TEST

static TCase *case_add(Suite *suite, const char *name)
{
	TCase *tc = tcase_create(name);

	suite_add_tcase(suite, tc);
	return tc;
}

static void add_err(TCase *tc)
{
	tcase_add_test(tc, error_holds_code_and_text);
	tcase_add_test(tc, system_error_adds_reason_and_holds_errno);
	tcase_add_test(tc, unknown_errno_is_no_crash);
	tcase_add_test(tc, wrap_puts_context_first_and_keeps_code);
	tcase_add_test(tc, error_may_be_set_from_its_own_text);
	tcase_add_test(tc, long_error_is_cut_visibly);
	tcase_add_test(tc, error_of_exactly_the_room_is_whole);
}

static void add_str(TCase *tc)
{
	tcase_add_test(tc, empty_string_reads_as_empty);
	tcase_add_test(tc, string_grows_over_many_additions);
	tcase_add_test(tc, string_keeps_nul_bytes);
	tcase_add_test(tc, clear_keeps_room_and_empties);
	tcase_add_test(tc, escaped_is_printable_ascii_for_every_byte);
	tcase_add_test(tc, escaped_is_as_C_writes_it);
	tcase_add_test(tc, json_quotes_and_escapes);
	tcase_add_test(tc, json_keeps_valid_utf8);
	tcase_add_test(tc, json_replaces_what_is_no_utf8);
	tcase_add_test(tc, names_keep_letters_and_nothing_that_disguises);
	tcase_add_test(tc, harmless_keeps_text_and_shows_controls);
}

static void add_hash(TCase *tc)
{
	tcase_add_test(tc, crc32c_gives_the_values_of_rfc_3720);
	tcase_add_test(tc, crc32c_without_processor_help_is_the_same);
	tcase_add_test(tc, crc32c_continues_from_its_seed);
	tcase_add_test(tc, hash64_is_stable_across_versions);
	tcase_add_test(tc, hash64_tells_lengths_seeds_and_single_bits_apart);
	tcase_add_test(tc, hash64_reads_unaligned_bytes_alike);
}

static void add_rest(TCase *tc)
{
	tcase_add_test(tc, memory_is_zeroed_and_never_null);
#ifndef __SANITIZE_ADDRESS__
	tcase_add_test_raise_signal(tc, memory_shortage_aborts, SIGABRT);
#endif
	tcase_add_test(tc, vec_keeps_what_was_pushed);
	tcase_add_test(tc, clock_does_not_go_back);
}

int main(void)
{
	Suite *suite = suite_create("base");
	SRunner *runner = srunner_create(suite);
	int failed;

	add_err(case_add(suite, "err"));
	add_str(case_add(suite, "str"));
	add_hash(case_add(suite, "hash"));
	add_rest(case_add(suite, "memory, vec, clock"));
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
