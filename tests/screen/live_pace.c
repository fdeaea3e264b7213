/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the screen costs those whom it shows: nothing while its terminal does not read, and at most
 * a tenth of the speed of a program that is as quick as one that is traced can be. */
#include <check.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "live.h"
#include "session/lib.h"

static struct live live;
static _Atomic u64 *count;
static char counting[4096];

static void begin(void)
{
	const char *build = getenv("IPCLAB_BUILD");
	char path[160], more[4200];
	int fd;
	FILE *f;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	live_begin(&live);
	snprintf(counting, sizeof counting, "%.4000s/tests/screen/counting", build ? build : ".");
	snprintf(path, sizeof path, "%s/labs", live.folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/labs/01-counting", live.folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/labs/01-counting/counting", live.folder);
	ck_assert_int_eq(symlink(counting, path), 0);
	snprintf(path, sizeof path, "%s/labs/01-counting/lab.md", live.folder);
	f = fopen(path, "w");
	fputs("---\ntitle: Counting\nprograms:\n  - name: counting\n---\nA program that counts.\n",
		f);
	fclose(f);
	snprintf(path, sizeof path, "%s/count", live.folder);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_eq(ftruncate(fd, 4096), 0);
	count = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(count, MAP_FAILED);
	close(fd);
	snprintf(more, sizeof more, "%s/labs", live.folder);
	setenv("IPCLAB_LABS", more, 1);
}

static void finish(void)
{
	munmap((void *)count, 4096);
	live_finish(&live);
}

/* On the screen, LIVE. */
static void start_live(const char *how)
{
	char script[120];

	snprintf(script, sizeof script,
		"\"$IPCLAB\" lab counting -- \"$LIVE/count\" %s; exec sleep 1000", how);
	live_start(&live, 24, 80, script, NULL);
	ck_assert(vt_sees(&live.vt, "POISED"));
	vt_keys(&live.vt, ":live\r");
	ck_assert(vt_sees(&live.vt, "LIVE"));
}

/* Round trips a second, over that time; the terminal is read meanwhile, or not. */
static double pace(unsigned ms, bool reads)
{
	u64 from = *count, began = clock_ns();

	if (reads)
		live_watch_ms(&live, ms);
	else
		live_sleep_ms(ms);
	return (double)(*count - from) * 1e9 / (double)(clock_ns() - began);
}

/* The screen sits in write(2). */
static bool screen_hangs(void)
{
	char path[64], text[64] = "";
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/syscall", (int)live_pid(&live, SCREEN));
	f = fopen(path, "re");
	if (!f)
		return false;
	(void)!fgets(text, sizeof text, f);
	fclose(f);
	return strncmp(text, "1 ", 2) == 0;
}

/* 0: two processes; 1: as fast as it goes. */
START_TEST(a_terminal_that_does_not_read_holds_up_nobody)
{
	unsigned stalled_ms = live_soak() ? 30000 : 3000;
	double reading, stalled;

	start_live(_i ? "self 50" : "pair 200");
	live_watch_ms(&live, 300);
	reading = pace(1000, true);
	for (int i = 0; i < 400 && !screen_hangs(); i++) { /* until what the kernel keeps is full */
		vt_keys(&live.vt, "\014");
		usleep(2000);
	}
	ck_assert(screen_hangs());
	stalled = pace(stalled_ms, false);
	ck_assert(screen_hangs());
	printf("terminal not read for %u ms: %.0f round trips a second, %.0f before: %.2f\n",
		stalled_ms, stalled, reading, stalled / reading);
	ck_assert_double_ge(stalled, 0.7 * reading);
	/* Read again, the screen is there at once. */
	ck_assert(vt_sees(&live.vt, "LIVE"));
	live_watch_ms(&live, 200);
	vt_keys(&live.vt, " ");
	ck_assert(vt_sees(&live.vt, "HELD"));
	vt_keys(&live.vt, "Q");
	ck_assert_int_ge(live_gone(&live, 1000), 0);
}
END_TEST

/* The same engine and nobody who looks. */
static double headless(unsigned ms)
{
	char file[80];
	const char *argv[] = {counting, file, "self", "0", NULL};
	struct session_live start = {
		.run = {.tracer = {.held = true, .contents = true, .terminals = true, .sites = true},
			.pin = true},
		.launch = {.argv = (char *const *)argv, .fds = {-1, -1, -1}},
		.terminal = true,
		.title = "Counting",
	};
	struct err err = {0};
	struct session *s;
	double got;

	snprintf(file, sizeof file, "%s/count", live.folder);
	s = session_start(&start, &err);
	ck_assert_msg(s != NULL, "%s", err.text);
	ck_assert(session_release(s, &err));
	live_sleep_ms(300);
	got = pace(ms, false);
	session_end(s);
	return got;
}

static u64 slowest_pause; /* from the key to HELD */

static double shown(unsigned ms)
{
	double got;
	u64 began;

	start_live("self 0");
	live_watch_ms(&live, 300);
	got = pace(ms, true);
	/* It has kept up: what there was to fold does not keep it from obeying. */
	began = clock_ns();
	vt_keys(&live.vt, " ");
	ck_assert(vt_sees(&live.vt, "HELD"));
	began = clock_ns() - began;
	if (began > slowest_pause)
		slowest_pause = began;
	live_stop(&live);
	return got;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

START_TEST(the_screen_takes_at_most_a_tenth_of_the_speed)
{
	unsigned reps = live_soak() ? 9 : 3, ms = live_soak() ? 2000 : 700;
	double ratio[9], with = 0, without = 0;

	for (unsigned i = 0; i < reps; i++) {
		double bare, seen;

		if (i % 2) {
			seen = shown(ms);
			bare = headless(ms);
		} else {
			bare = headless(ms);
			seen = shown(ms);
		}
		ratio[i] = seen / bare;
		with += seen / reps;
		without += bare / reps;
	}
	qsort(ratio, reps, sizeof *ratio, by_value);
	printf("pipe calls a second: %.0f with the screen on, %.0f headless; ratio %.2f "
	       "(%.2f to %.2f)\n",
		2 * with, 2 * without, ratio[reps / 2], ratio[0], ratio[reps - 1]);
	printf("Space paused it after %.0f ms at worst\n", (double)slowest_pause / 1e6);
	if (live_soak())
		ck_assert_double_ge(ratio[reps / 2], 0.9);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pace");
	TCase *t = tcase_create("pace");

	tcase_add_checked_fixture(t, begin, finish);
	tcase_set_timeout(t, 200);
	tcase_add_loop_test(t, a_terminal_that_does_not_read_holds_up_nobody, 0, 2);
	tcase_add_test(t, the_screen_takes_at_most_a_tenth_of_the_speed);
	suite_add_tcase(s, t);
	return live_run(s);
}
