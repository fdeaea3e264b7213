/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drills as texts: the same from a seed, 20 lines at most, varied, each with a question that can be asked; and which
 * beliefs a quiz asks about. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drill/lib.h"
#include "lab/lib.h"

enum { SEEDS = 200 };

static u32 lines_of(const char *text)
{
	u32 n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

START_TEST(each_is_whole)
{
	struct err err = {0};
	struct drill d;

	for (u64 seed = 0; seed < SEEDS; seed++) {
		ck_assert_msg(drill_make((enum drill_kind)_i, seed, &d, &err), "%s", err.text);
		ck_assert_ptr_nonnull(d.question);
		ck_assert_msg(lines_of(d.source.s) <= DRILL_LINES_MOST, "%s %llu has %u lines:\n%s", drill_kind_name((enum drill_kind)_i),
			(unsigned long long)seed, lines_of(d.source.s), d.source.s);
		for (const char *p = d.source.s; *p; p += strcspn(p, "\n") + 1)
			ck_assert_msg(strcspn(p, "\n") <= 90, "%s", d.source.s);
		drill_finish(&d);
	}
}
END_TEST

START_TEST(a_seed_is_a_program)
{
	struct drill first, second;
	struct err err = {0};

	for (u64 seed = 0; seed < 20; seed++) {
		ck_assert(drill_make((enum drill_kind)_i, seed, &first, &err));
		ck_assert(drill_make((enum drill_kind)_i, seed, &second, &err));
		ck_assert_str_eq(first.source.s, second.source.s);
		ck_assert_str_eq(first.text.s, second.text.s);
		drill_finish(&first);
		drill_finish(&second);
	}
}
END_TEST

/* Among 200 there are at least 60 different programs. */
START_TEST(they_differ)
{
	char *seen[SEEDS];
	u32 n = 0;
	struct err err = {0};
	struct drill d;

	for (u64 seed = 0; seed < SEEDS; seed++) {
		u32 i = 0;

		ck_assert(drill_make((enum drill_kind)_i, seed, &d, &err));
		while (i < n && strcmp(seen[i], d.source.s) != 0)
			i++;
		if (i == n)
			seen[n++] = xstrdup(d.source.s);
		drill_finish(&d);
	}
	for (u32 i = 0; i < n; i++)
		free(seen[i]);
	ck_assert_uint_ge(n, 60);
}
END_TEST

START_TEST(a_kind_has_its_name)
{
	enum drill_kind kind;
	struct err err = {0};

	ck_assert(drill_kind_read(drill_kind_name((enum drill_kind)_i), &kind, &err));
	ck_assert_int_eq(kind, _i);
	ck_assert(!drill_kind_read("pipes", &kind, &err));
	ck_assert_int_eq(err.code, EXIT_USAGE);
}
END_TEST

/* ---- quiz: of the labs of this source tree ---- */

static void one_of_each(const struct quiz *q)
{
	for (size_t i = 0; i < q->list.n; i++)
		for (size_t k = 0; k < i; k++) {
			ck_assert_str_ne(q->list.at[i].belief->id, q->list.at[k].belief->id);
			ck_assert_str_ne(q->list.at[i].lab->id, q->list.at[k].lab->id);
		}
}

START_TEST(quiz_is_spread)
{
	const char *src = getenv("IPCLAB_SRC");
	struct quiz first, second, third, all;
	struct err err = {0};
	struct labs labs;
	char path[4096];
	u32 same = 0;

	snprintf(path, sizeof path, "%s/labs", src && *src ? src : ".");
	setenv("IPCLAB_LABS", path, 1);
	ck_assert_msg(labs_find(&labs, &err), "%s", err.text);
	for (u64 seed = 0; seed < 100; seed++) {
		ck_assert_msg(quiz_pick(&labs, seed, 20, &first, &err), "%s", err.text);
		ck_assert_uint_eq(first.list.n, 20);
		one_of_each(&first);
		for (size_t i = 0; i < first.list.n; i++)
			ck_assert_str_eq(first.list.at[i].question->id, first.list.at[i].belief->prediction);
		quiz_finish(&first);
	}
	ck_assert(quiz_pick(&labs, 1, 20, &first, &err) && quiz_pick(&labs, 1, 20, &second, &err) &&
		  quiz_pick(&labs, 2, 20, &third, &err) && quiz_pick(&labs, 1, 1000, &all, &err));
	for (size_t i = 0; i < 20; i++) {
		ck_assert_ptr_eq(first.list.at[i].question, second.list.at[i].question);
		same += first.list.at[i].question == third.list.at[i].question;
	}
	ck_assert_uint_lt(same, 10);
	ck_assert_uint_eq(all.list.n, all.beliefs->all.n); /* each belief can be asked about */
	quiz_finish(&first);
	quiz_finish(&second);
	quiz_finish(&third);
	quiz_finish(&all);
	labs_finish(&labs);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("drill");
	TCase *texts = tcase_create("texts"), *quiz = tcase_create("quiz");
	SRunner *r;
	int failed;

	tcase_add_loop_test(texts, each_is_whole, 0, DRILL_KINDS);
	tcase_add_loop_test(texts, a_seed_is_a_program, 0, DRILL_KINDS);
	tcase_add_loop_test(texts, they_differ, 0, DRILL_KINDS);
	tcase_add_loop_test(texts, a_kind_has_its_name, 0, DRILL_KINDS);
	tcase_add_test(quiz, quiz_is_spread);
	tcase_set_timeout(texts, 60);
	tcase_set_timeout(quiz, 60);
	suite_add_tcase(s, texts);
	suite_add_tcase(s, quiz);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
