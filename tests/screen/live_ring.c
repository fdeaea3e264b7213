/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ring of lab "Bounded buffer" in a terminal, at 80x24 and 140x40: stepped access by access, then back and forth
 * over the same pictures; by source lines; played from 1x to LIVE.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "live.h"

enum { STEPS = 14 };
static struct live live;

static const struct {
	int rows, cols;
} sizes[] = {{24, 80}, {40, 140}};

static void begin(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	live_begin(&live);
}

static void finish(void)
{
	live_finish(&live);
}

static void open_step(int size, const char *step)
{
	char script[96];

	snprintf(script, sizeof script, "\"$IPCLAB\" lab bounded-buffer --step %s; exec sleep 1000",
		step);
	live_start(&live, sizes[size].rows, sizes[size].cols, script, NULL);
	ck_assert(vt_sees(&live.vt, "POISED: held just before"));
}

static void close_lab(void)
{
	live_stop(&live);
}

/* The stage, from below the title to the guide: what a moment looks like, whatever is said of it. */
static void stage_of(struct str *out)
{
	struct str screen = {0};
	const char *from, *to;

	vt_text(&live.vt, &screen);
	from = strchr(str_get(&screen), '\n');
	ck_assert_ptr_nonnull(from);
	to = strstr(from, "── Guide");
	ck_assert_msg(to != NULL, "%s", screen.s);
	str_clear(out);
	str_add_bytes(out, from, (size_t)(to - from));
	str_finish(&screen);
}

/* A key, and the title says where that has led. */
static void key_to(const char *key, const char *fmt, u64 moment, u64 of)
{
	char title[64];

	snprintf(title, sizeof title, fmt, (unsigned long long)moment, (unsigned long long)of);
	vt_keys(&live.vt, key);
	if (!vt_sees(&live.vt, title)) {
		struct str now = {0};

		vt_text(&live.vt, &now);
		ck_abort_msg("no \"%s\" after '%s':\n%s", title, key, str_get(&now));
	}
	vt_pump(&live.vt, 30);
}

static void no_line_is_too_long(const struct str *text, int cols)
{
	for (const char *p = str_get(text); *p;) {
		size_t len = strcspn(p, "\n");
		int width = 0;

		for (size_t i = 0; i < len; i++)
			width += (p[i] & 0xc0) != 0x80;
		ck_assert_int_le(width, cols);
		p += len + (p[len] == '\n');
	}
}

/* Of step "One page, two processes": P1 puts in two items, then everything once more, backwards and forwards. */
START_TEST(each_access_is_a_picture_back_and_forth)
{
	static struct str seen[STEPS + 4];
	struct str now = {0};
	u64 last = 3 + STEPS - 1;

	open_step(_i, "2");
	key_to("s", "event %llu/%llu", 2, 2);
	key_to("s", "event %llu/%llu", 3, 3);
	for (u64 m = 3; m <= last; m++) {
		if (m > 3)
			key_to("s", "event %llu/%llu", m, m);
		stage_of(&seen[m - 3]);
		no_line_is_too_long(&seen[m - 3], sizes[_i].cols);
		ck_assert_msg(m == 3 || strcmp(seen[m - 3].s, seen[m - 4].s) != 0,
			"event %lu looks like the one before", m);
	}
	ck_assert_msg(strstr(seen[0].s, "0 items") && strstr(seen[0].s, "EMPTY"), "%s", seen[0].s);
	ck_assert_msg(strstr(seen[6].s, " 11 ") && strstr(seen[6].s, "1 item"), "%s", seen[6].s);
	ck_assert_msg(strstr(seen[12].s, "2 items"), "%s", seen[12].s);
	for (u64 m = last - 1; m >= 3; m--) {
		key_to("p", "BACK %llu of %llu", m, last);
		stage_of(&now);
		ck_assert_str_eq(now.s, seen[m - 3].s);
	}
	for (u64 m = 4; m < last; m++) {
		key_to("s", "BACK %llu of %llu", m, last);
		stage_of(&now);
		ck_assert_str_eq(now.s, seen[m - 3].s);
	}
	key_to("G", "event %llu/%llu", last, last);
	stage_of(&now);
	ck_assert_str_eq(now.s, seen[last - 3].s);
	str_finish(&now);
	close_lab();
}
END_TEST

START_TEST(a_source_line_is_a_step)
{
	open_step(_i, "2");
	key_to("s", "event %llu/%llu", 2, 2);
	key_to("s", "event %llu/%llu", 3, 3);
	key_to("S", "event %llu/%llu", 5, 5); /* the test: two loads */
	ck_assert(vt_sees(&live.vt, "producer.c:16"));
	key_to("S", "event %llu/%llu", 7, 7); /* the cell: a load, a store */
	ck_assert(vt_sees(&live.vt, "producer.c:18"));
	key_to("S", "event %llu/%llu", 9, 9);
	ck_assert(vt_sees(&live.vt, "1 item"));
	close_lab();
}
END_TEST

/* The view that was open when a step began, or a question, gives way to them; an experiment that was passed can be run. */
START_TEST(a_question_is_seen_and_zero_answers_it)
{
	open_step(_i, "1");
	vt_keys(&live.vt, "v");
	ck_assert(vt_lacks(&live.vt, "── Guide"));
	vt_keys(&live.vt, "\r"); /* the moves before the question */
	ck_assert(vt_sees(&live.vt, "── Guide"));
	ck_assert(vt_sees(&live.vt, "PREDICT"));
	vt_keys(&live.vt, "0");
	ck_assert(vt_sees(&live.vt, "a number, or ?"));
	vt_keys(&live.vt, "\r");
	ck_assert(vt_sees(&live.vt, "You said 0. So it is."));
	vt_keys(&live.vt, "v");
	ck_assert(vt_lacks(&live.vt, "── Guide"));
	vt_keys(&live.vt, "\r"); /* what came of the answer is read first */
	ck_assert(vt_sees(&live.vt, "── Guide"));
	ck_assert(vt_sees(&live.vt, "Enter next step"));
	vt_keys(&live.vt, "\r");
	ck_assert(vt_sees(&live.vt, "2/12"));
	ck_assert(vt_sees(&live.vt, "── Guide"));
	close_lab();
}
END_TEST

START_TEST(enter_runs_an_experiment_and_it_can_be_run_when_it_was_passed)
{
	open_step(_i, "4");
	vt_keys(&live.vt, "\r");
	ck_assert(vt_sees(&live.vt, "PREDICT"));
	vt_keys(&live.vt, "9\r");
	ck_assert(vt_sees(&live.vt, "You said 9."));
	ck_assert(vt_sees(&live.vt, "Enter r"));  /* the last row is drawn, too */
	if (live_shows(&live, "Enter read on")) /* there are few rows */
		vt_keys(&live.vt, "\r");
	ck_assert(vt_sees(&live.vt, "Enter run it"));
	vt_keys(&live.vt, "\r");
	ck_assert(vt_sees(&live.vt, "    cells  items at most"));
	ck_assert(vt_sees(&live.vt, "    4      3"));
	ck_assert(vt_sees(&live.vt, "Enter go on"));
	vt_keys(&live.vt, "\r");
	ck_assert(vt_sees(&live.vt, "A buffer of one cell"));
	ck_assert(vt_sees(&live.vt, "Enter next step"));
	vt_keys(&live.vt, ":run size=7\r");
	ck_assert(vt_sees(&live.vt, "    7      6"));
	close_lab();
}
END_TEST

/* The picture takes its rows when the first step is made. */
START_TEST(at_a_goal_the_task_stays_in_sight)
{
	open_step(_i, "6");
	ck_assert(vt_sees(&live.vt, "Now you: step P1 and P2"));
	key_to("s", "event %llu/%llu", 2, 2);
	key_to("s", "event %llu/%llu", 3, 3);
	ck_assert(vt_sees(&live.vt, "EMPTY"));
	ck_assert(vt_sees(&live.vt, "Now you: step P1 and P2"));
	ck_assert(vt_sees(&live.vt, "It is your turn"));
	close_lab();
}
END_TEST

START_TEST(it_plays_from_1x_to_live)
{
	open_step(_i, "8");
	vt_keys(&live.vt, "-");
	ck_assert(vt_sees(&live.vt, "Speed 1x"));
	vt_keys(&live.vt, " ");
	ck_assert(vt_sees(&live.vt, "PLAYING 1x"));
	ck_assert(vt_sees(&live.vt, "EMPTY"));
	vt_keys(&live.vt, "++++");
	ck_assert(vt_sees(&live.vt, "PLAYING 16x"));
	ck_assert(vt_sees(&live.vt, "1 item"));
	vt_keys(&live.vt, "+++");
	ck_assert(vt_sees(&live.vt, "LIVE"));
	ck_assert(vt_sees(&live.vt, "RUNNING"));
	vt_keys(&live.vt, " "); /* held again, wherever they are */
	ck_assert(vt_sees(&live.vt, "HELD"));
	ck_assert(vt_sees(&live.vt, "struct ring"));
	close_lab();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("screen/live_ring");
	TCase *c = tcase_create("live_ring");
	int n = (int)(sizeof sizes / sizeof *sizes);

	tcase_add_checked_fixture(c, begin, finish);
	tcase_add_loop_test(c, each_access_is_a_picture_back_and_forth, 0, n);
	tcase_add_loop_test(c, a_source_line_is_a_step, 0, n);
	tcase_add_loop_test(c, a_question_is_seen_and_zero_answers_it, 0, n);
	tcase_add_loop_test(c, at_a_goal_the_task_stays_in_sight, 0, n);
	tcase_add_loop_test(c, enter_runs_an_experiment_and_it_can_be_run_when_it_was_passed, 0, n);
	tcase_add_loop_test(c, it_plays_from_1x_to_live, 0, n);
	tcase_set_timeout(c, 120);
	suite_add_tcase(s, c);
	return live_run(s);
}
