/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys, as a learner presses them at 80x24: each does what the table of keys promises. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
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
	start("lab pipe --step 11");
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
	start("lab pipe --step 11");
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

/* ---- e ---- */

static void write_script(const char *name, const char *text)
{
	char path[80];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", live.folder, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fprintf(f, "#!/bin/sh\n%s\n", text);
	fclose(f);
	ck_assert_int_eq(chmod(path, 0700), 0);
}

static void start_editing(const char *lab)
{
	char script[300];

	snprintf(script, sizeof script,
		"cd \"$LIVE\"; XDG_DATA_HOME=$LIVE/data VISUAL=$LIVE/ed \"$IPCLAB\" lab %s; exec sleep 1000", lab);
	live_start(&live, 24, 80, script, NULL);
}

/* The learner's change runs, the lab's own file is as it was, and another step runs the lab's own. */
START_TEST(e_edits_a_copy_builds_it_and_begins_the_step_with_it)
{
	struct str out = {0};

	write_script("ed", "sed -i 's/\"hello\"/\"WORLD\"/' \"$2\"");
	start_editing("pipe --step 4");
	SEES("Enter step P1 3 times");
	press("\r");
	SEES("producer.c:19");
	press("e");
	SEES("Built: this step runs your copy now");
	press("\r2\r");
	SEES("So it is");
	SEES("\"W\"");
	press("r");
	SEES("Enter step P1 3 times");
	press("\r2\r");
	SEES("\"W\"");
	press(":guide 7\r");
	SEES("7/11");
	press(":guide 4\r");
	SEES("4/11");
	press("\r2\r");
	SEES("\"h\"");
	live_command(&live, "grep -c WORLD $IPCLAB_SRC/labs/01-pipe/producer.c", &out);
	ck_assert_str_eq(str_get(&out), "0\n");
	str_finish(&out);
}
END_TEST

START_TEST(what_does_not_compile_is_said_with_its_line_and_nothing_is_lost)
{
	write_script("ed", "sed -i 's/^\\tclose(fds\\[0\\]);/\\tclose(fds[0])/' \"$2\"");
	start_editing("pipe --step 4");
	SEES("Enter step P1 3 times");
	press("\r");
	SEES("producer.c:19");
	press("e");
	SEES("It does not compile: producer.c:");
	SEES("PREDICT");
	SEES("producer.c:19");
}
END_TEST

START_TEST(a_program_with_hooks_is_built_with_hooks)
{
	write_script("ed", "sed -i 's/^#define BUFFER_SIZE 10/#define BUFFER_SIZE 5/' \"${2%/*}/ring.h\"");
	start_editing("bounded-buffer --step 1");
	SEES("1/12");
	press("e");
	SEES("Built: this step runs your copy now");
	press("q");
}
END_TEST

/* ---- i ---- */

START_TEST(i_names_process_and_call_and_kills)
{
	start("lab pipe -- tidy");
	SEES("POISED");
	press("ssi");
	SEES("P1, POISED before close(3):");
	press("q");
	SHOWS_NOT("1 kill");
	press("i1");
	SEES("GONE");
	SEES("SIGKILL");
}
END_TEST

/* A read of 64 bytes gets one, and the rest is there for the next. */
START_TEST(a_read_comes_back_short)
{
	start("lab pipe --step 5");
	SEES("Enter go on");
	press("\r");
	SEES("PREDICT");
	press(":select P2\ri");
	SEES("Answer first");
	press("i");
	SEES("P2, POISED before read(3):");
	press("7");
	SEES("P2's call will move 1 byte at most");
	press("s");
	SEES("P2 read 1 byte, \"o\"");
	SEES("netwothree");
	press("i7");
	SEES("will move 1 byte at most");
	press("i7");
	SEES("something was done to this call already");
	press("i9");
	press("i6");
	SEES("something was done");
}
END_TEST

START_TEST(what_the_kernel_could_not_give_is_refused)
{
	start("lab pipe -- tidy");
	SEES("POISED");
	press("i7");
	SEES("cannot come back short");
	press("i6");
	SEES("EINTR needs a signal");
	press("i9");
	SEES("only a UDP datagram can be lost");
	press(":interfere P1 short\r");
	SEES("cannot come back short");
	press(":interfere P1 nonsense\r");
	SEES("are needed");
	press(":interfere delay\r");
	SEES("P1 is delayed");
	press(":interfere delay\r");
	SEES("delayed no more");
	press("s");
	SEES("event 2/2");
}
END_TEST

/* a, c and play leave it out, s does not; it ends as it began. */
START_TEST(who_is_delayed_is_left_out)
{
	start("lab pipe -- tidy");
	SEES("POISED");
	press("ssi8");
	SEES("POISED delayed");
	press("ccc");
	SEES("Only who is delayed can move");
	SEES("P1 producer");
	SEES("close(3)");
	press("aaa");
	SEES("close(3)");
	press("s");
	SEES("write(4, \"h\")");
	SEES("POISED delayed");
	press("i8");
	SEES("delayed no more");
	press("a");
	SEES("write(4, \"e\")");
}
END_TEST

/* ---- ? and / ---- */

START_TEST(help_begins_with_the_pane_it_was_asked_for)
{
	start("lab pipe --step 1");
	SEES("Enter step P1");
	press("?");
	SEES("Stage: who there is");
	SEES("Guide: Enter does what its last line says");
	press("?");
	press("\tv");
	SEES("Enter hold here");
	press("?");
	SEES("Source: the line");
	SHOWS_NOT("Guide: Enter");
}
END_TEST

START_TEST(search_in_a_list_selects_a_process)
{
	start("watch -- sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do sleep 30 & done; tail -f /dev/null & wait'");
	SEES("q leave");
	SEES("> P1 ");
	SEES("7 more below"); /* all are there */
	press("/tail\r");
	SEES("> P12 tail");
	press("Q");
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
	tcase_add_test(t, e_edits_a_copy_builds_it_and_begins_the_step_with_it);
	tcase_add_test(t, what_does_not_compile_is_said_with_its_line_and_nothing_is_lost);
	tcase_add_test(t, a_program_with_hooks_is_built_with_hooks);
	tcase_add_test(t, i_names_process_and_call_and_kills);
	tcase_add_test(t, who_is_delayed_is_left_out);
	tcase_add_test(t, a_read_comes_back_short);
	tcase_add_test(t, what_the_kernel_could_not_give_is_refused);
	tcase_add_test(t, help_begins_with_the_pane_it_was_asked_for);
	tcase_add_test(t, search_in_a_list_selects_a_process);
	suite_add_tcase(s, t);
	return live_run(s);
}
