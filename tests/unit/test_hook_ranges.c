/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runtime's table of shared mappings against a map of pages. The runtime is not in libipclab.a:
 * its source is compiled in here. */
#include "hook/ranges.c"

#include <check.h>
#include <stdlib.h>

enum { PAGES = 300, BASE = 0x10000 };
#define AT(page) ((uintptr_t)BASE + (uintptr_t)(page)*4096)

static void model_check(const bool *shared, unsigned seed)
{
	for (int p = 0; p < PAGES; p++) {
		bool right = ranges_contain(AT(p)) == shared[p] &&
			     ranges_contain(AT(p) + 4095) == shared[p] &&
			     (!shared[p] || hook_maybe_shared((void *)AT(p)));

		if (!right) /* an assertion that holds costs a write to a pipe */
			ck_abort_msg("seed %u, page %d", seed, p);
	}
}

START_TEST(table_agrees_with_a_map_of_pages)
{
	for (unsigned seed = 1; seed <= 10; seed++) {
		bool shared[PAGES] = {0};

		srand(seed);
		ranges_remove(AT(0), (size_t)PAGES * 4096);
		for (int i = 0; i < 300; i++) {
			int from = rand() % PAGES, n = 1 + rand() % 9,
			    to = from + n < PAGES ? from + n : PAGES;
			size_t bytes = (size_t)(to - from) * 4096 - (size_t)(rand() % 4096);
			bool add = rand() % 2, had = false;

			for (int p = from; p < to; p++) {
				had |= shared[p];
				shared[p] = add;
			}
			if (add)
				ranges_add(AT(from), bytes);
			else
				had = had == ranges_remove(AT(from), bytes);
			if (!add && !had)
				ck_abort_msg("seed %u: removing pages %d to %d", seed, from, to);
			model_check(shared, seed);
		}
	}
}
END_TEST

START_TEST(size_is_that_of_the_mapping_that_begins_there)
{
	ranges_remove(AT(0), (size_t)PAGES * 4096);
	ranges_add(AT(5), 3 * 4096 - 1);
	ck_assert_uint_eq(ranges_size(AT(5)), 3 * 4096);
	ck_assert_uint_eq(ranges_size(AT(6)), 0);
	ranges_remove(AT(5), 4096);
	ck_assert_uint_eq(ranges_size(AT(6)), 2 * 4096);
}
END_TEST

START_TEST(full_table_keeps_what_it_has)
{
	ranges_remove(AT(0), (size_t)PAGES * 4096);
	for (uintptr_t i = 0; i < RANGES + 10; i++)
		ranges_add(AT(PAGES + 2 * i), 4096);
	ck_assert(ranges_contain(AT(PAGES)));
	ck_assert(ranges_contain(AT(PAGES + 2 * (RANGES - 1))));
	ck_assert(!ranges_contain(AT(PAGES + 2 * RANGES)));
	ck_assert(ranges_remove(AT(PAGES), 4096)); /* room again */
	ranges_add(AT(PAGES + 2 * RANGES), 4096);
	ck_assert(ranges_contain(AT(PAGES + 2 * RANGES)));
}
END_TEST

START_TEST(everything_is_looked_at_with_threads)
{
	uintptr_t was_low = hook_low, was_high = hook_high;

	ranges_everything(true);
	ck_assert(hook_maybe_shared(&was_low));
	ck_assert(!ranges_contain((uintptr_t)&was_low));
	ranges_everything(false);
	ck_assert_uint_eq(hook_low, was_low);
	ck_assert_uint_eq(hook_high, was_high);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hook ranges");
	TCase *t = tcase_create("ranges");
	SRunner *r;

	tcase_add_test(t, table_agrees_with_a_map_of_pages);
	tcase_add_test(t, size_is_that_of_the_mapping_that_begins_there);
	tcase_add_test(t, full_table_keeps_what_it_has);
	tcase_add_test(t, everything_is_looked_at_with_threads);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed > 0;
}
