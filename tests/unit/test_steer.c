/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of commands that plain mode and the `:` line share. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "view/steer.h"

static enum steer_id find(const char *word, unsigned where)
{
	return steer_find(word, strlen(word), where);
}

START_TEST(a_name_an_abbreviation_and_a_beginning_find_it)
{
	static const unsigned wheres[] = {STEER_PLAIN, STEER_SCREEN};

	for (size_t i = 0; i < ARRAY_LEN(wheres); i++) {
		ck_assert_int_eq(find("step", wheres[i]), STEER_step);
		ck_assert_int_eq(find("s", wheres[i]), STEER_step);
		ck_assert_int_eq(find("STE", wheres[i]), STEER_step);
		ck_assert_int_eq(find("cont", wheres[i]), STEER_continue);
		ck_assert_int_eq(find("?", wheres[i]), STEER_help);
		ck_assert_int_eq(find("exit", wheres[i]), STEER_quit);
	}
}
END_TEST

START_TEST(what_is_short_for_several_finds_none)
{
	ck_assert_int_eq(find("se", STEER_PLAIN), STEER_NONE); /* send, select */
	ck_assert_int_eq(find("pa", STEER_PLAIN), STEER_NONE); /* pause, pass */
	ck_assert_int_eq(find("st ", STEER_PLAIN), STEER_NONE);
	ck_assert_int_eq(find("", STEER_PLAIN), STEER_NONE);
	ck_assert_int_eq(find("x", STEER_SCREEN), STEER_NONE);
}
END_TEST

START_TEST(a_command_is_known_where_it_has_an_action)
{
	ck_assert_int_eq(find("look", STEER_PLAIN), STEER_look);
	ck_assert_int_eq(find("look", STEER_SCREEN), STEER_NONE);
	ck_assert_int_eq(find("view", STEER_SCREEN), STEER_view);
	ck_assert_int_eq(find("view", STEER_PLAIN), STEER_NONE);
}
END_TEST

/* No name or abbreviation stands for two commands, in either place. */
START_TEST(every_name_is_its_own)
{
	for (unsigned id = 1; id < STEER_COUNT; id++) {
		const struct steer *c = &steer_table[id];
		unsigned where = c->where & STEER_PLAIN ? STEER_PLAIN : STEER_SCREEN;

		ck_assert_int_eq(find(c->name, where), id);
		if (c->abbreviation[0])
			ck_assert_int_eq(find(c->abbreviation, c->where), id);
		ck_assert_msg(strlen(c->help) > 5 && !strchr(c->help, '.'), "%s", c->name);
		for (unsigned other = 1; other < id; other++) {
			const struct steer *o = &steer_table[other];

			ck_assert_str_ne(c->name, o->name);
			ck_assert_str_ne(c->name, o->abbreviation);
			ck_assert(!c->abbreviation[0] || strcmp(c->abbreviation, o->abbreviation));
			ck_assert_str_ne(c->abbreviation, o->name);
		}
	}
}
END_TEST

/* A question refuses what moves processes: the table must say of which commands that is so. */
START_TEST(what_moves_processes_says_so)
{
	static const char *const moving[] = {
		"step", "line", "all", "continue", "play", "live", "pass", "branch",
		"signal", "interfere"};

	for (unsigned id = 1; id < STEER_COUNT; id++) {
		bool moves = false;

		for (size_t i = 0; i < ARRAY_LEN(moving); i++)
			moves |= strcmp(moving[i], steer_table[id].name) == 0;
		ck_assert_msg(moves == (steer_table[id].key != KEY_ID_NONE), "%s",
			steer_table[id].name);
	}
}
END_TEST

START_TEST(names_end_with_null)
{
	const char *names[STEER_COUNT];
	size_t n = 0, there = 0;

	steer_names(STEER_SCREEN, names);
	while (names[n])
		n++;
	for (unsigned id = 1; id < STEER_COUNT; id++)
		there += (steer_table[id].where & STEER_SCREEN) != 0;
	ck_assert_uint_eq(n, there);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("steer");
	TCase *t = tcase_create("steer");
	SRunner *r;
	int failed;

	tcase_add_test(t, a_name_an_abbreviation_and_a_beginning_find_it);
	tcase_add_test(t, what_is_short_for_several_finds_none);
	tcase_add_test(t, a_command_is_known_where_it_has_an_action);
	tcase_add_test(t, every_name_is_its_own);
	tcase_add_test(t, what_moves_processes_says_so);
	tcase_add_test(t, names_end_with_null);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
