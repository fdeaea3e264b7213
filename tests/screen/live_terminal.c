/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a terminal does to a program: sizes that change in a storm, ^Z and fg below a shell with job
 * control, pastes. */
#include <check.h>
#include <signal.h>
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

/* ---- size ---- */

/* What a fresh screen of that size shows, and what stands after the storm, are the same. */
START_TEST(a_storm_of_sizes_ends_with_the_right_picture)
{
	static const char *const scripts[] = {"\"$IPCLAB\"; exec sleep 1000",
		"\"$IPCLAB\" lab pipe; exec sleep 1000",
		"\"$IPCLAB\" lab pipe --ascii; exec sleep 1000"};
	struct str before = {0}, after = {0};

	live_start(&live, 24, 80, scripts[_i], NULL);
	ck_assert(vt_sees(&live.vt, _i ? "POISED" : "> 01 Ordinary"));
	if (_i) {
		vt_keys(&live.vt, "\r");
		ck_assert(vt_sees(&live.vt, "Enter next step"));
	}
	live_watch_ms(&live, 150);
	vt_text(&live.vt, &before);
	for (unsigned i = 0; i < 200; i++) {
		static const int edges[][2] = {
			{1, 1}, {1, 80}, {24, 1}, {2, 2}, {9, 39}, {10, 40}, {300, 500}};
		int rows = 1 + (int)live_random(60), cols = 1 + (int)live_random(200);

		if (i % 5 == 0) {
			rows = edges[i / 5 % ARRAY_LEN(edges)][0];
			cols = edges[i / 5 % ARRAY_LEN(edges)][1];
		}
		vt_resize(&live.vt, rows, cols);
		if (i % 3 == 0)
			vt_pump(&live.vt, 0);
		if (i % 7 == 0)
			usleep(live_random(3000));
	}
	vt_resize(&live.vt, 24, 80);
	live_watch_ms(&live, 400);
	vt_text(&live.vt, &after);
	ck_assert_str_eq(str_get(&after), str_get(&before));
	str_finish(&before);
	str_finish(&after);
	/* At nothing there is still somebody who listens. */
	vt_resize(&live.vt, 1, 1);
	live_watch_ms(&live, 100);
	vt_keys(&live.vt, "?\033vw:x\003Q");
	ck_assert_int_ge(live_gone(&live, 1000), 0);
	ck_assert(live_is_sane(&live));
}
END_TEST

/* ---- ^Z and fg ---- */

static const char jobs[] = "exec bash --norc -c 'set -m; \"$IPCLAB\" \"$@\"; echo stopped=$?; "
			   "read x; fg >/dev/null; echo ended=$?; read x' bash %s";

/* 0 home, 1 a lab, 2 a lab that plays, 3 by a signal from outside. */
START_TEST(suspended_it_gives_the_terminal_back_and_fg_brings_it_back)
{
	char script[300];
	const char *shown = _i ? "POISED" : "> 01 Ordinary";

	snprintf(script, sizeof script, jobs, _i ? "lab pipe -- tidy" : "");
	live_start(&live, 24, 80, script, NULL);
	ck_assert(vt_sees(&live.vt, shown));
	if (_i == 2) {
		vt_keys(&live.vt, " ");
		ck_assert(vt_sees(&live.vt, "PLAYING"));
	}
	for (int again = 0; again < 2; again++) {
		if (_i == 3)
			kill(live_pid(&live, SCREEN), SIGTSTP);
		else
			vt_keys(&live.vt, "\032");
		ck_assert(vt_sees(&live.vt, again ? "ended=148" : "stopped=148"));
		ck_assert_int_ge(live_sane(&live, 100), 0);
		ck_assert(live_pid(&live, KEEPER) && live_pid(&live, SCREEN));
		if (again)
			break;
		vt_resize(&live.vt, 30, 100); /* while nobody of us listens */
		vt_keys(&live.vt, "\n");
		ck_assert(vt_sees(&live.vt, shown));
		ck_assert(live.alternate);
		ck_assert(vt_lacks(&live.vt, "PLAYING"));
		ck_assert(!live_settings_are_back(&live));
		if (_i) {
			vt_keys(&live.vt, "s");
			ck_assert(vt_sees(&live.vt, "event "));
		}
	}
}
END_TEST

/* ---- paste ---- */

/* Into a line: as one text, and nothing runs. 0 home, 1 a lab. */
START_TEST(a_paste_into_the_line_runs_nothing)
{
	live_start(&live, 24, 80,
		_i ? "\"$IPCLAB\" lab pipe; echo left=$?; exec sleep 1000"
		   : "\"$IPCLAB\"; echo left=$?; exec sleep 1000",
		NULL);
	ck_assert(vt_sees(&live.vt, _i ? "POISED" : "> 01 Ordinary"));
	vt_keys(&live.vt, ":");
	live_watch_ms(&live, 100);
	vt_keys(&live.vt, "\033[200~quit\nquit\r\n:quit\n");
	live_watch_ms(&live, 100);
	vt_keys(&live.vt, "q\n\033[201~");
	ck_assert(vt_sees(&live.vt, ":quit quit"));
	live_watch_ms(&live, 200);
	ck_assert(!live_shows(&live, "left="));
	ck_assert_int_gt(live_pid(&live, SCREEN), 0);
	vt_keys(&live.vt, "\003");
	ck_assert(vt_lacks(&live.vt, ":quit quit"));
	vt_keys(&live.vt, "Q");
	ck_assert(vt_sees(&live.vt, "left=0"));
	ck_assert(live_is_sane(&live));
}
END_TEST

/* The end of a paste that comes in pieces, and one that never comes. */
START_TEST(a_torn_paste_is_one_paste)
{
	static const char paste[] = "\033[200~quit\nstep\n\033[201~";

	live_start(&live, 24, 80,
		"\"$IPCLAB\" lab pipe -- tidy; echo left=$?; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "POISED"));
	vt_keys(&live.vt, ":");
	live_watch_ms(&live, 100);
	for (const char *c = paste; *c; c++) {
		vt_keys(&live.vt, (char[]){*c, 0});
		live_watch_ms(&live, 3);
	}
	live_watch_ms(&live, 200);
	ck_assert(!live_shows(&live, "left="));
	ck_assert(live_shows(&live, ":quit"));
	ck_assert(!live_shows(&live, "event 2"));
	vt_keys(&live.vt, "\003");
	live_watch_ms(&live, 100);
	vt_keys(&live.vt, ":");
	live_watch_ms(&live, 50);
	vt_keys(&live.vt, "\033[200~quit\n"); /* no end: ^C gets out of it all the same */
	live_watch_ms(&live, 100);
	vt_keys(&live.vt, "\003");
	live_watch_ms(&live, 100);
	ck_assert(!live_shows(&live, ":quit"));
	vt_keys(&live.vt, "Q");
	ck_assert(vt_sees(&live.vt, "left=0"));
}
END_TEST

/* Type-ahead of a learner in a hurry, or a file that was dropped into the window. The command line is
 * part of it: what that writes, it writes into the test's folder. */
START_TEST(noise_does_no_harm)
{
	static const char *const places[] = {"lab pipe --step 1", "", "lab bounded-buffer --step 6",
		"watch -- sh -c 'while sleep 0.1; do echo x | cat; done'"};
	char noise[4000], script[240];
	struct str shown = {0};

	live_seed((unsigned)_i);
	snprintf(script, sizeof script, "cd \"$LIVE\" && VISUAL=true \"$IPCLAB\" %s; echo left=$?; exec sleep 1000",
		places[(unsigned)_i % ARRAY_LEN(places)]);
	live_start(&live, 24, 80 + 60 * ((unsigned)_i & 1), script, NULL);
	ck_assert(vt_sees(&live.vt, "q leave"));
	for (size_t i = 0; i < sizeof noise - 1; i++) {
		/* Neither what leaves or suspends, nor what ends a string of C; nor what lends the terminal
		 * to an editor: then noise is typed at whoever else is in the group, and its ^\\ ends
		 * the shell that started us. */
		do
			noise[i] = (char)(1 + live_random(254));
		while (strchr("eqQ\003\032", noise[i]));
	}
	noise[sizeof noise - 1] = '\0';
	vt_keys(&live.vt, noise);
	live_watch_ms(&live, 2000);
	vt_text(&live.vt, &shown);
	ck_assert_msg(live_pid(&live, SCREEN) || live_shows(&live, "left=0"), "the screen ended:\n%s",
		str_get(&shown));
	str_finish(&shown);
	kill(live_pid(&live, KEEPER), SIGTERM);
	ck_assert_int_ge(live_gone(&live, 1000), 0);
	live_watch_ms(&live, 50);
	live_say_insane(&live);
	ck_assert(live_is_sane(&live));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("terminal");
	TCase *t = tcase_create("terminal"), *noise = tcase_create("noise");

	tcase_add_checked_fixture(t, begin, finish);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, a_storm_of_sizes_ends_with_the_right_picture, 0, 3);
	if (system("command -v bash >/dev/null") == 0)
		tcase_add_loop_test(
			t, suspended_it_gives_the_terminal_back_and_fg_brings_it_back, 0, 4);
	else
		puts("skipped: ^Z and fg: no bash, and sh need not have job control");
	tcase_add_loop_test(t, a_paste_into_the_line_runs_nothing, 0, 2);
	tcase_add_test(t, a_torn_paste_is_one_paste);
	tcase_add_checked_fixture(noise, begin, finish);
	tcase_set_timeout(noise, 60);
	tcase_add_loop_test(noise, noise_does_no_harm, 0, live_soak() ? 100 : 4);
	suite_add_tcase(s, t);
	suite_add_tcase(s, noise);
	return live_run(s);
}
