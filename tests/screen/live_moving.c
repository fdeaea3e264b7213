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

int main(void)
{
	Suite *suite = suite_create("screen/moving");
	TCase *tcase = tcase_create("moving");

	tcase_add_checked_fixture(tcase, begin, finish);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, it_is_said_where_it_waits_now);
	tcase_add_test(tcase, what_is_left_out_is_counted);
	tcase_add_test(tcase, the_first_thread_stands_for_its_process);
	suite_add_tcase(suite, tcase);
	return live_run(suite);
}
