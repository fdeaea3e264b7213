/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first moments: the first picture is there no later than htop's, and at most four keys lead
 * from the start to a blocked process. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "live.h"

enum { TIMES = 20 };
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

/* Whole: something stands on the last row, which both write last. */
static bool is_whole(void)
{
	struct str now = {0};
	size_t n;
	bool whole;

	vt_text(&live.vt, &now);
	n = now.len;
	whole = n >= 2 && now.s[n - 2] != '\n';
	str_finish(&now);
	return whole;
}

/* From the start of the program to the first whole screen, ms. */
static double first_picture(const char *script)
{
	u64 began = clock_ns();
	double took;

	live_start(&live, 24, 80, script, NULL);
	while (!is_whole() && clock_ns() - began < 5000000000ull)
		vt_pump(&live.vt, 1);
	took = (double)(clock_ns() - began) / 1e6;
	ck_assert(is_whole());
	live_watch_ms(&live, 20);
	kill(live.vt.pid, SIGHUP);
	live_gone(&live, 1000);
	live_stop(&live);
	return took;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *all)
{
	qsort(all, TIMES, sizeof *all, by_value);
	return (all[TIMES / 2 - 1] + all[TIMES / 2]) / 2;
}

START_TEST(first_picture_is_no_later_than_that_of_htop)
{
	double home[TIMES], lab[TIMES], htop[TIMES];
	double h, l, t;

	if (system("command -v htop >/dev/null") != 0) {
		puts("skipped: no htop here to compare with (apt install htop)");
		return;
	}
	for (int i = 0; i < TIMES; i++) {
		home[i] = first_picture("exec \"$IPCLAB\"");
		htop[i] = first_picture("HOME=$LIVE exec htop");
		lab[i] = first_picture("exec \"$IPCLAB\" lab pipe");
	}
	h = median(home);
	l = median(lab);
	t = median(htop);
	printf("first picture, median of %d: home %.1f ms, a lab %.1f ms, htop %.1f ms; "
	       "home/htop %.2f, lab/htop %.2f\n",
		TIMES, h, l, t, h / t, l / t);
	ck_assert_double_le(h, t);
	ck_assert_double_le(l, t);
}
END_TEST

START_TEST(four_keys_lead_to_a_blocked_process)
{
	static const char *const keys[] = {"\r", "c", "c", "c"};
	unsigned pressed = 0;

	live_start(&live, 24, 80, "\"$IPCLAB\"; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "> 01 Ordinary pipes"));
	ck_assert(!live_shows(&live, "BLOCKED"));
	while (pressed < ARRAY_LEN(keys) && !live_shows(&live, "BLOCKED in")) {
		vt_keys(&live.vt, keys[pressed++]);
		if (pressed == 1)
			ck_assert(vt_sees(&live.vt, "POISED"));
		live_watch_ms(&live, 500);
	}
	ck_assert(vt_sees(&live.vt, "BLOCKED in"));
	printf("keys to the first blocked process: %u\n", pressed);
}
END_TEST

/* The way the first screens show: Enter, again and again. */
START_TEST(enter_alone_leads_on)
{
	live_start(&live, 24, 80, "\"$IPCLAB\"; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "Enter open"));
	vt_keys(&live.vt, "\r");
	ck_assert(vt_sees(&live.vt, "Enter step P1"));
	vt_keys(&live.vt, "\r");
	ck_assert(vt_sees(&live.vt, "Enter next step"));
	vt_keys(&live.vt, "\r");
	ck_assert(vt_sees(&live.vt, "2/"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("first");
	TCase *t = tcase_create("first");

	tcase_add_checked_fixture(t, begin, finish);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, first_picture_is_no_later_than_that_of_htop);
	tcase_add_test(t, four_keys_lead_to_a_blocked_process);
	tcase_add_test(t, enter_alone_leads_on);
	suite_add_tcase(s, t);
	return live_run(s);
}
