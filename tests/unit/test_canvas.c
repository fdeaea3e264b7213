/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canvas: clipping, widths, frames; the key table and its footer. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "view/screen.h"

static struct str text;

static void clear(void)
{
	str_finish(&text);
}

/* Row `row` of a canvas as text. */
static const char *row_of(const struct canvas *c, int row)
{
	char *p;

	str_clear(&text);
	canvas_text(c, &text);
	for (p = text.s; row > 0; row--)
		p = strchr(p, '\n') + 1;
	p[strcspn(p, "\n")] = '\0';
	return p;
}

START_TEST(text_is_clipped_on_all_sides)
{
	struct canvas *c = canvas_create(3, 10, false);
	struct area a = area_cut(canvas_area(c), 1, 2, 1, 4);

	ck_assert_int_eq(canvas_put(c, a, 0, -2, 0, "abcdefghij"), 8);
	canvas_put(c, a, 1, 0, 0, "below");
	canvas_put(c, a, -1, 0, 0, "above");
	ck_assert_str_eq(row_of(c, 1), "  cdef");
	ck_assert_str_eq(row_of(c, 0), "");
	ck_assert_str_eq(row_of(c, 2), "");
	canvas_destroy(c);
}
END_TEST

START_TEST(wide_characters_take_two_columns_and_are_never_halved)
{
	struct canvas *c = canvas_create(2, 5, false);

	ck_assert_int_eq(text_width("a漢字"), 5);
	ck_assert_int_eq(canvas_put(c, canvas_area(c), 0, 0, 0, "a漢字"), 5);
	ck_assert_str_eq(row_of(c, 0), "a漢字");
	canvas_put(c, canvas_area(c), 0, 2, 0, "b"); /* on the right half of the first */
	ck_assert_str_eq(row_of(c, 0), "a b字");
	canvas_put(c, canvas_area(c), 1, 4, 0, "漢"); /* no room for all of it */
	ck_assert_str_eq(row_of(c, 1), "");
	canvas_destroy(c);
}
END_TEST

START_TEST(combining_marks_stay_with_their_letter)
{
	struct canvas *c = canvas_create(1, 8, false);

	ck_assert_int_eq(text_width("Ti\u0301nh"), 4);
	canvas_put(c, canvas_area(c), 0, 0, 0, "Ti\u0301nh");
	ck_assert_str_eq(row_of(c, 0), "Ti\u0301nh");
	canvas_destroy(c);
}
END_TEST

START_TEST(controls_and_stray_bytes_are_question_marks)
{
	struct canvas *c = canvas_create(1, 20, false);

	canvas_put(c, canvas_area(c), 0, 0, 0, "a\033[31mb\x9b\xff\u202ec\x80");
	ck_assert_str_eq(row_of(c, 0), "a?[31mb???c?");
	canvas_destroy(c);
}
END_TEST

START_TEST(ascii_replaces_each_glyph)
{
	struct canvas *c = canvas_create(1, 40, true);

	canvas_put(c, canvas_area(c), 0, 0, 0, "─│┌┐═║╔╗←→▲▼░▒█■·×é");
	ck_assert_str_eq(row_of(c, 0), "-|++=|++<>^v.:#*.x?");
	canvas_destroy(c);
}
END_TEST

START_TEST(words_wrap_at_blanks_and_long_ones_are_cut)
{
	struct canvas *c = canvas_create(4, 6, false);

	ck_assert_int_eq(canvas_wrap(c, canvas_area(c), 0, 0, 0, "one two three\nabcdefgh", 0), 5);
	ck_assert_str_eq(row_of(c, 0), "one");
	ck_assert_str_eq(row_of(c, 1), "two");
	ck_assert_str_eq(row_of(c, 2), "three");
	ck_assert_str_eq(row_of(c, 3), "abcdef");
	canvas_clear(c);
	canvas_wrap(c, canvas_area(c), 0, 0, 0, "one two three\nabcdefgh", 4);
	ck_assert_str_eq(row_of(c, 0), "gh");
	canvas_destroy(c);
}
END_TEST

START_TEST(what_is_indented_stays_so_where_it_is_broken)
{
	struct canvas *c = canvas_create(4, 12, false);

	ck_assert_int_eq(canvas_wrap(c, canvas_area(c), 0, 0, 0, "   one two three\nfour five six", 0), 4);
	ck_assert_str_eq(row_of(c, 0), "   one two");
	ck_assert_str_eq(row_of(c, 1), "   three");
	ck_assert_str_eq(row_of(c, 2), "four five");
	ck_assert_str_eq(row_of(c, 3), "six");
	canvas_destroy(c);
}
END_TEST

START_TEST(a_line_as_long_as_the_area_stays_one)
{
	ck_assert_int_eq(canvas_wrap_lines(5, "12345"), 1);
	ck_assert_int_eq(canvas_wrap_lines(5, "12345 6"), 2);
	ck_assert_int_eq(canvas_wrap_lines(0, "ab"), 2);
}
END_TEST

START_TEST(cut_text_says_that_it_was_cut)
{
	struct canvas *c = canvas_create(1, 20, false);

	ck_assert_int_eq(canvas_put_cut(c, canvas_area(c), 0, 0, 8, 0, "P1 producer"), 8);
	ck_assert_str_eq(row_of(c, 0), "P1 pro..");
	canvas_destroy(c);
}
END_TEST

START_TEST(rules_and_boxes)
{
	struct canvas *c = canvas_create(4, 16, false);

	canvas_rule(c, canvas_area(c), 0, "Stage", NULL, false);
	canvas_box(c, canvas_area(c), (struct area){1, 0, 3, 12}, true, "pipe1", 0);
	ck_assert_str_eq(row_of(c, 0), "── Stage ───────");
	ck_assert_str_eq(row_of(c, 1), "╔═ pipe1 ══╗");
	ck_assert_str_eq(row_of(c, 2), "║          ║");
	ck_assert_str_eq(row_of(c, 3), "╚══════════╝");
	canvas_rule(c, canvas_area(c), 0, "Stage", NULL, true);
	ck_assert_str_eq(row_of(c, 0), "─> Stage ───────");
	canvas_destroy(c);
}
END_TEST

START_TEST(a_canvas_of_any_size_can_be_drawn_on)
{
	for (int rows = 0; rows < 4; rows++)
		for (int cols = 0; cols < 4; cols++) {
			struct canvas *c = canvas_create(rows, cols, false);

			canvas_rule(c, canvas_area(c), 0, "title", "right", true);
			canvas_box(c, canvas_area(c), (struct area){0, 0, 9, 9}, false, "box", 0);
			canvas_wrap(c, canvas_area(c), 0, 2, 0, "many words", 0);
			canvas_put_right(c, canvas_area(c), 0, 1, 0, "漢字");
			canvas_tint(c, canvas_area(c), 0, -3, 9, AT_MARK);
			canvas_cursor(c, canvas_area(c), 9, 9);
			ck_assert_int_eq(c->cursor_row, -1);
			canvas_destroy(c);
		}
}
END_TEST

/* ---- keys ---- */

static bool same_code(const struct key *a, const struct key *b)
{
	return a->code == b->code || (a->other && (a->other == b->code || a->other == b->other)) ||
	       (b->other && b->other == a->code);
}

START_TEST(no_key_means_two_things_in_one_place)
{
	for (unsigned i = 1; i < KEY_ID_COUNT; i++)
		for (unsigned j = i + 1; j < KEY_ID_COUNT; j++)
			ck_assert_msg(!(key_table[i].where & key_table[j].where) ||
					      !same_code(&key_table[i], &key_table[j]),
				"%s and %s", key_table[i].help, key_table[j].help);
}
END_TEST

START_TEST(every_key_finds_itself)
{
	for (unsigned i = 1; i < KEY_ID_COUNT; i++)
		for (unsigned where = 1; where <= 4; where *= 2)
			if (key_table[i].where & where && key_table[i].code) /* "arrows" are several */
				ck_assert_int_eq(key_find(key_table[i].code, where), i);
	ck_assert_int_eq(key_find('5', IN_LIVE), KEY_ID_DIGIT);
	ck_assert_int_eq(key_find(0, IN_LIVE), KEY_ID_NONE);
}
END_TEST

START_TEST(moving_keys_mean_nothing_on_a_recording)
{
	ck_assert_int_eq(key_find('s', IN_RECORDED), KEY_ID_NONE);
	ck_assert_int_eq(key_find('R', IN_HOME), KEY_ID_NONE);
}
END_TEST

START_TEST(footer_drops_whole_items_and_never_the_last_two)
{
	for (int cols = 10; cols <= 120; cols++) {
		struct canvas *c = canvas_create(1, cols, false);
		const char *row;

		footer_draw(c, canvas_area(c), 0, NULL, NULL, IN_RECORDED);
		row = row_of(c, 0);
		ck_assert_int_le(text_width(row), 80);
		if (cols >= 22) {
			ck_assert_ptr_nonnull(strstr(row, "? help"));
			ck_assert_ptr_nonnull(strstr(row, "q leave"));
		}
		ck_assert(!strstr(row, "v vie") || strstr(row, "v view"));
		canvas_destroy(c);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("canvas");
	TCase *t = tcase_create("canvas");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, NULL, clear);
	tcase_add_test(t, text_is_clipped_on_all_sides);
	tcase_add_test(t, wide_characters_take_two_columns_and_are_never_halved);
	tcase_add_test(t, combining_marks_stay_with_their_letter);
	tcase_add_test(t, controls_and_stray_bytes_are_question_marks);
	tcase_add_test(t, ascii_replaces_each_glyph);
	tcase_add_test(t, words_wrap_at_blanks_and_long_ones_are_cut);
	tcase_add_test(t, what_is_indented_stays_so_where_it_is_broken);
	tcase_add_test(t, a_line_as_long_as_the_area_stays_one);
	tcase_add_test(t, cut_text_says_that_it_was_cut);
	tcase_add_test(t, rules_and_boxes);
	tcase_add_test(t, a_canvas_of_any_size_can_be_drawn_on);
	tcase_add_test(t, no_key_means_two_things_in_one_place);
	tcase_add_test(t, every_key_finds_itself);
	tcase_add_test(t, moving_keys_mean_nothing_on_a_recording);
	tcase_add_test(t, footer_drops_whole_items_and_never_the_last_two);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
