/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys, as a learner presses them at 80x24: each does what the table of keys promises. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "live.h"

static struct live live;

static void begin(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	live_begin(&live);
}

static void finish(void)
{
	live_finish(&live);
}

static void start(const char *args)
{
	char script[200];

	snprintf(script, sizeof script, "cd \"$LIVE\"; \"$IPCLAB\" %s; echo left=$?; exec sleep 1000", args);
	live_start(&live, 24, 80, script, NULL);
}

static void press(const char *keys)
{
	vt_keys(&live.vt, keys);
	vt_pump(&live.vt, 120);
}

#define SEES(text) ck_assert_msg(vt_sees(&live.vt, text), "%s is not seen", text)
#define SHOWS_NOT(text) ck_assert_msg(!live_shows(&live, text), "%s is seen", text)

/* ---- the guide ---- */

START_TEST(enter_reads_what_is_not_in_sight_before_it_does_anything)
{
	start("lab pipe --step 10");
	SEES("PREDICT  Enter read on");
	press("\r");
	SHOWS_NOT("Enter read on");
	SEES("6  I do not know yet");
	press("4\r");
	SEES("So it is");
	SEES("Enter read on");
	SHOWS_NOT("where to look");
	for (int i = 0; i < 4 && live_shows(&live, "Enter read on"); i++)
		press("\r");
	SEES("where to look");
	SEES("Enter labs");
	press("\r");
	SEES("1 of ");
}
END_TEST

START_TEST(a_reason_is_whole_though_the_guide_gets_less)
{
	start("lab pipe --step 10");
	SEES("PREDICT");
	press("4\r");
	SEES("So it is");
	SEES("Nobody is left who could wake");
	SEES("empty: 0 of 65536");
}
END_TEST

START_TEST(back_from_a_view_the_newest_words_are_in_sight)
{
	start("lab pipe --step 9");
	SEES("PREDICT");
	press("3\r");
	SEES("It is your turn");
	press("w");
	SEES("Why");
	press("w");
	SEES("It is your turn");
}
END_TEST

START_TEST(a_number_is_typed_at_once)
{
	start("lab pipe --step 5");
	SEES("Enter go on");
	press("\r");
	SEES("PREDICT  type a number, Enter");
	press("11\r");
	SEES("You said 11. So it is.");
}
END_TEST

START_TEST(where_the_capacity_alone_is_said_it_is_no_room)
{
	start("lab pipe --step 6");
	SEES("Enter go on");
	press("\r");
	SEES("capacity 65536 B");
	SHOWS_NOT("room for");
}
END_TEST

/* The line's number is what one looks for, and stays whole. */
START_TEST(a_long_file_name_is_cut_before_its_line)
{
	start("lab pipe --step 9");
	SEES("PREDICT");
	press("3\r");
	SEES("It is your turn");
	press("aaaa");
	SEES("..:68");
}
END_TEST

/* ---- source ---- */

/* Tab to the source, / to the line, Enter; c and play stop there. */
START_TEST(enter_in_the_source_sets_a_hold_that_stops_continue_and_play)
{
	start("lab pipe -- tidy");
	SEES("POISED");
	press("\tvvv");
	SEES("Enter hold here");
	press("/wait(NULL)\r");
	SEES("39");
	press("\r");
	SEES("Hold at main.c line 39");
	SEES("Enter no hold here");
	if (_i == 0) {
		press("c");
		SEES("P2 is BLOCKED");
		for (int i = 0; i < 12 && !live_shows(&live, "at the hold"); i++)
			press("c");
	} else {
		press("++++ ");
	}
	SEES("P1 is at the hold, main.c:39");
	SEES("HELD");
	SEES("P1    >  39* ");
	press("\r");
	SEES("No hold at main.c line 39");
	SEES("P1    >  39  ");
}
END_TEST

START_TEST(tab_goes_round_the_panes)
{
	live_start(&live, 24, 140, "\"$IPCLAB\" lab pipe -- tidy; exec sleep 1000", NULL);
	SEES("POISED");
	SHOWS_NOT("Enter hold here");
	press("\t");
	SHOWS_NOT("Enter hold here");
	press("\t");
	SEES("Enter hold here");
	press("\t");
	SHOWS_NOT("Enter hold here");
	press("\033[Z");
	SEES("Enter hold here");
	vt_resize(&live.vt, 24, 100); /* it stands beside no more */
	ck_assert(vt_lacks(&live.vt, "Enter hold here"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("keys");
	TCase *t = tcase_create("keys");

	tcase_add_checked_fixture(t, begin, finish);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, enter_reads_what_is_not_in_sight_before_it_does_anything);
	tcase_add_test(t, a_reason_is_whole_though_the_guide_gets_less);
	tcase_add_test(t, back_from_a_view_the_newest_words_are_in_sight);
	tcase_add_test(t, a_number_is_typed_at_once);
	tcase_add_test(t, where_the_capacity_alone_is_said_it_is_no_room);
	tcase_add_test(t, a_long_file_name_is_cut_before_its_line);
	tcase_add_loop_test(t, enter_in_the_source_sets_a_hold_that_stops_continue_and_play, 0, 2);
	tcase_add_test(t, tab_goes_round_the_panes);
	suite_add_tcase(s, t);
	return live_run(s);
}
