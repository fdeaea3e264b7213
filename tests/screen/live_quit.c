/* SPDX-License-Identifier: GPL-3.0-or-later */
/* q on the screen of `watch` asks what is to become of the program: end, leave it running, stay. Each is tried on one that was
 * started and on one that was attached to; whether it lives is seen by a file that it makes longer. Of one attached to the
 * screen says first what cannot hold. */
#include <check.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>

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

static long size_of_file(void)
{
	char path[80];
	struct stat st;

	snprintf(path, sizeof path, "%s/grows", live.folder);
	return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

static bool grows(void)
{
	long before = size_of_file();

	live_watch_ms(&live, 600);
	return size_of_file() > before;
}

static void start(bool attached)
{
	char script[500];

	snprintf(script, sizeof script,
		attached ? "sh -c 'while :; do echo x >>%s/grows; sleep 0.05; done' & \"$IPCLAB\" watch -p $!; echo left=$?; exec sleep 1000"
			 : "\"$IPCLAB\" watch -- sh -c 'while :; do echo x >>%s/grows; sleep 0.05; done'; echo left=$?; exec sleep 1000",
		live.folder);
	live_start(&live, 24, 80, script, NULL);
	ck_assert(vt_sees(&live.vt, "LIVE"));
	if (attached)
		ck_assert(vt_sees(&live.vt, "Killed by SIGKILL, ipclab may leave a call with EINTR."));
	ck_assert(grows());
	vt_keys(&live.vt, "q");
	ck_assert(vt_sees(&live.vt, "Leave?"));
}

/* 0 started, 1 attached to. */
START_TEST(end)
{
	start(_i);
	vt_keys(&live.vt, "e");
	ck_assert(vt_sees(&live.vt, "left="));
	ck_assert_int_ge(live_sane(&live, 1000), 0);
	ck_assert(!grows());
}
END_TEST

START_TEST(leave_running)
{
	start(_i);
	vt_keys(&live.vt, "l");
	ck_assert(vt_sees(&live.vt, "left=0"));
	ck_assert_int_ge(live_sane(&live, 1000), 0);
	ck_assert(grows());
}
END_TEST

START_TEST(stay)
{
	start(_i);
	vt_keys(&live.vt, "x");
	ck_assert(vt_sees(&live.vt, "Stayed."));
	ck_assert(grows());
	ck_assert(live_shows(&live, "LIVE"));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {end, leave_running, stay};
	Suite *suite = suite_create("screen/quit");

	for (int i = 0; i < 3; i++) {
		TCase *tcase = tcase_create(tests[i]->name);
		tcase_add_checked_fixture(tcase, begin, finish);
		tcase_set_timeout(tcase, 60);
		tcase_add_loop_test(tcase, tests[i], 0, 2);
		suite_add_tcase(suite, tcase);
	}
	return live_run(suite);
}
