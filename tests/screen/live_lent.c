/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t gives the window to the program of `watch`, as an editor needs it: its keys are its own, q too; ^] comes back. */
#include <check.h>
#include <signal.h>
#include <sys/prctl.h>

#include "live.h"

static struct live live;
/* Draws where it likes, and says of each key that it has come, and of its terminal's size. */
static const char script[] =
	"\"$IPCLAB\" watch -- sh -c 'stty raw -echo; printf \"\\033[3;9H\\033[7mready\\033[0m\"; "
	"while :; do k=$(dd bs=1 count=1 2>/dev/null); printf \" <%s %s>\" \"$k\" \"$(stty size)\"; done'; echo left=$?; exec sleep 1000";

static void begin(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	live_begin(&live);
	live_start(&live, 30, 90, script, NULL);
	ck_assert(vt_sees(&live.vt, "t terminal"));
	vt_keys(&live.vt, "o");
	ck_assert(vt_sees(&live.vt, "ready"));
}

static void finish(void)
{
	live_finish(&live);
}

START_TEST(its_keys_are_its_own_until_the_way_back)
{
	vt_keys(&live.vt, "t");
	ck_assert(vt_sees(&live.vt, "^] goes back"));
	ck_assert(vt_sees(&live.vt, "ready"));
	ck_assert(!live_shows(&live, "Processes"));
	live_watch_ms(&live, 400);
	vt_keys(&live.vt, "q");
	ck_assert(vt_sees(&live.vt, "<q 29 90>"));
	vt_keys(&live.vt, "e");
	ck_assert(vt_sees(&live.vt, "<e 29 90>"));
	vt_keys(&live.vt, "\035");
	ck_assert(vt_sees(&live.vt, "Processes"));
	ck_assert(vt_sees(&live.vt, "<e 29 90>")); /* in the output pane */
	ck_assert(!live_shows(&live, "?["));
	vt_keys(&live.vt, "t");
	ck_assert(vt_sees(&live.vt, "^] goes back"));
	live_watch_ms(&live, 400);
	vt_keys(&live.vt, "\035");
	ck_assert(vt_sees(&live.vt, "Processes"));
	vt_keys(&live.vt, "qq"); /* out of the output pane */
	ck_assert(vt_sees(&live.vt, "Leave?"));
	vt_keys(&live.vt, "e");
	ck_assert(vt_sees(&live.vt, "left="));
	ck_assert_int_ge(live_sane(&live, 1000), 0);
}
END_TEST

START_TEST(who_is_held_gets_no_keys)
{
	vt_keys(&live.vt, " ");
	live_watch_ms(&live, 300);
	vt_keys(&live.vt, "t");
	ck_assert(vt_sees(&live.vt, "It is held"));
}
END_TEST

START_TEST(killed_there_the_terminal_is_as_it_was)
{
	vt_keys(&live.vt, "t");
	ck_assert(vt_sees(&live.vt, "^] goes back"));
	kill(live_pid(&live, SCREEN), _i ? SIGKILL : SIGTERM);
	ck_assert(vt_sees(&live.vt, "left="));
	ck_assert_int_ge(live_sane(&live, 1000), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("screen/lent");
	TCase *tcase = tcase_create("lent");

	tcase_add_checked_fixture(tcase, begin, finish);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, its_keys_are_its_own_until_the_way_back);
	tcase_add_test(tcase, who_is_held_gets_no_keys);
	tcase_add_loop_test(tcase, killed_there_the_terminal_is_as_it_was, 0, 2);
	suite_add_tcase(suite, tcase);
	return live_run(suite);
}
