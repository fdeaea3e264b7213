/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a thread that slept in one private futex and sleeps in another, without a call that stops. */
#include <check.h>
#include <sys/prctl.h>

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

START_TEST(it_is_said_where_it_waits_now)
{
	live_start(&live, 30, 120, "\"$IPCLAB\" watch -- \"$IPCLAB_BUILD/tests/screen/moving\"; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "waits in pthread_mutex_lock("));
	ck_assert(vt_sees(&live.vt, "waits in pthread_cond_wait("));
	live_watch_ms(&live, 200);
	ck_assert(!live_shows(&live, "waits in pthread_mutex_lock("));
}
END_TEST

START_TEST(the_first_thread_stands_for_its_process)
{
	live_start(&live, 40, 140, "\"$IPCLAB\" watch -- sh -c '\"$IPCLAB_BUILD/tests/screen/moving\" & wait'; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "moving +1"));
	ck_assert(vt_sees(&live.vt, "waits in pthread_cond_wait("));
	ck_assert(live_shows(&live, "P2 moving +1"));
	ck_assert(!live_shows(&live, "P2.1 moving"));
}
END_TEST

/* The list is moved to who is selected, and says what is left out at either end. */
START_TEST(what_is_left_out_is_counted)
{
	live_start(&live, 24, 80, "\"$IPCLAB\" watch -- sh -c 'sleep 1000 | cat | cat | cat | cat | cat | cat | cat'; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "more above   1 more below"));
}
END_TEST

/* Enter is offered for what it does: 12 processes are too many for a picture of all at 80x24, not at 140x40. */
START_TEST(enter_does_what_is_offered)
{
	live_start(&live, 24, 80, "\"$IPCLAB\" watch -- sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11; do sleep 1000 & done; wait'; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "Enter see P1"));
	ck_assert(vt_sees(&live.vt, "more below"));
	vt_keys(&live.vt, "\r");
	ck_assert(vt_sees(&live.vt, "Enter list"));
	ck_assert(!live_shows(&live, "more below\n") && live_shows(&live, "Stage"));
	vt_keys(&live.vt, "\r");
	ck_assert(vt_sees(&live.vt, "Enter see P1"));
}
END_TEST

START_TEST(twelve_are_a_picture)
{
	live_start(&live, 40, 140, "\"$IPCLAB\" watch -- sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11; do sleep 1000 & done; wait'; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "P12 sleep"));
	ck_assert(vt_sees(&live.vt, "Enter list"));
	vt_keys(&live.vt, "\r");
	ck_assert(vt_sees(&live.vt, "Enter picture"));
	vt_keys(&live.vt, "\r");
	ck_assert(vt_sees(&live.vt, "Enter list"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("screen/moving");
	TCase *tcase = tcase_create("moving");

	tcase_add_checked_fixture(tcase, begin, finish);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, it_is_said_where_it_waits_now);
	tcase_add_test(tcase, what_is_left_out_is_counted);
	tcase_add_test(tcase, enter_does_what_is_offered);
	tcase_add_test(tcase, twelve_are_a_picture);
	tcase_add_test(tcase, the_first_thread_stands_for_its_process);
	suite_add_tcase(suite, tcase);
	return live_run(suite);
}
