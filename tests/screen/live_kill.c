/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kill -9 of keeper, screen or engine at moments picked by chance: six times, sixty in a soak. The
 * terminal is sane within 100 ms, nothing is left after 1 s, what was learnt is still readable, and
 * the next start sweeps. Killed both at once, the next start says what to do. */
#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "live.h"

enum { GONE_MS = 1000 };
static struct live live;
static int worst_sane, worst_gone;
static const char lab[] = "\"$IPCLAB\" lab pipe; echo left=$?; exec sleep 1000";
static const char *const role_name[] = {"keeper", "screen", "engine"};

/* 100 ms is what is promised; beside two builds on two cores a check must not fail by it. */
static int sane_ms(void)
{
	return live_soak() ? 100 : 500;
}

static void begin(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	live_begin(&live);
}

static void finish(void)
{
	live_finish(&live);
}

static int journals(void)
{
	char path[80];
	const struct dirent *entry;
	DIR *d;
	int n = 0;

	snprintf(path, sizeof path, "%s/run/ipclab", live.folder);
	d = opendir(path);
	while (d && (entry = readdir(d)))
		n += strstr(entry->d_name, ".journal") != NULL;
	if (d)
		closedir(d);
	return n;
}

/* Up to the moment of the kill: starting, stepping, playing, LIVE. */
static const char *until_moment(unsigned kind)
{
	static const char *const kinds[] = {"starting", "stepping", "playing", "LIVE", "in :"};

	live_start(&live, 24, 80, lab, NULL);
	if (kind == 0) {
		live_watch_ms(&live, live_random(120));
		return kinds[0];
	}
	ck_assert(vt_sees(&live.vt, "POISED"));
	if (kind == 1)
		for (unsigned n = live_random(40); n > 0; n--) {
			vt_keys(&live.vt, "s");
			live_watch_ms(&live, live_random(8));
		}
	else
		vt_keys(&live.vt, kind == 2 ? " ++" : kind == 3 ? ":live\r" : ":step");
	if (kind != 1)
		live_watch_ms(&live, live_random(400));
	return kinds[kind];
}

static void assert_sane(const char *what)
{
	int took = live_sane(&live, sane_ms());

	if (took < 0) {
		live_say_insane(&live);
		ck_abort_msg("the terminal is not sane within %d ms: %s", sane_ms(), what);
	}
	if (took > worst_sane)
		worst_sane = took;
}

static void assert_gone(int took, const char *what)
{
	struct str out = {0};

	if (took < 0) {
		char line[160];

		snprintf(line, sizeof line,
			"grep -lz '^%s' /proc/[0-9]*/environ | cut -d/ -f3 | xargs ps -o "
			"pid,ppid,stat,comm,wchan -p >&2",
			live.mark);
		live_command(&live, line, &out);
		str_finish(&out);
		ck_abort_msg("something is left after %d ms: %s", GONE_MS, what);
	}
	if (took > worst_gone)
		worst_gone = took;
}

static void assert_progress_is_readable(const char *what)
{
	struct str out = {0};
	int status = live_command(&live, "\"$IPCLAB\" progress --json 2>&1", &out);

	ck_assert_msg(status == 0 && strstr(str_get(&out), "ipclab/progress/v1") &&
			      !strstr(str_get(&out), "not remembered"),
		"%s: status %d, %s", what, status, str_get(&out));
	str_finish(&out);
}

static void kill_once(unsigned i)
{
	unsigned role = i % 3;
	char what[120];
	const char *moment = until_moment(live_random(5));
	pid_t victim = live_pid(&live, role);

	for (unsigned other = 0; !victim && other < 3; other++)
		victim = live_pid(&live, role = other);
	snprintf(what, sizeof what, "kill %u of the %s while %s", i, role_name[role], moment);
	fprintf(stderr, "%s\n", what);
	if (!victim) /* not even started */
		goto done;
	ck_assert_int_eq(kill(victim, SIGKILL), 0);
	if (role == ENGINE) {
		assert_gone(live_lab_gone(&live, GONE_MS), what);
		if (live_pid(&live, SCREEN)) {
			live_watch_ms(&live, 50);
			vt_keys(&live.vt, "\003"); /* out of a line */
			live_watch_ms(&live, 50);
			vt_keys(&live.vt, "Q");
		}
		assert_gone(live_gone(&live, GONE_MS), what);
		assert_sane(what);
	} else {
		assert_sane(what);
		assert_gone(live_gone(&live, GONE_MS), what);
		assert_sane(what);
	}
done:
	live_stop(&live);
	assert_progress_is_readable(what);
}

START_TEST(whoever_is_killed_whenever_nothing_is_left)
{
	unsigned times = live_soak() ? 60 : 6;

	for (unsigned i = 0; i < times; i++)
		kill_once(i);
	printf("%u kills: terminal sane after %d ms at worst, all gone after %d ms at worst\n",
		times, worst_sane, worst_gone);
	/* What the killed keepers left is swept by the next. */
	live_start(&live, 24, 80, lab, NULL);
	ck_assert(vt_sees(&live.vt, "POISED"));
	ck_assert_int_eq(journals(), 1);
	vt_keys(&live.vt, "Q");
	ck_assert(vt_sees(&live.vt, "left=0"));
	ck_assert_int_eq(journals(), 0);
}
END_TEST

START_TEST(a_killed_keeper_leaves_a_journal_and_the_next_sweeps_it)
{
	live_start(&live, 24, 80, lab, NULL);
	ck_assert(vt_sees(&live.vt, "POISED"));
	kill(live_pid(&live, KEEPER), SIGKILL);
	ck_assert_int_ge(live_gone(&live, GONE_MS), 0);
	ck_assert_int_eq(journals(), 1);
	live_stop(&live);
	live_start(&live, 24, 80, lab, NULL);
	ck_assert(vt_sees(&live.vt, "POISED"));
	ck_assert_int_eq(journals(), 1);
	vt_keys(&live.vt, "Q");
	ck_assert(vt_sees(&live.vt, "left=0"));
	ck_assert_int_eq(journals(), 0);
}
END_TEST

/* Nobody is left who could restore the terminal: the next start, there, says so. 0: home, 1: a lab. */
START_TEST(both_killed_at_once_the_next_start_says_what_to_do)
{
	pid_t keeper, screen;

	live_start(&live, 24, 80,
		_i ? "\"$IPCLAB\" lab pipe; \"$IPCLAB\" lab pipe; echo left=$?; exec sleep 1000"
		   : "\"$IPCLAB\" lab pipe; \"$IPCLAB\"; echo left=$?; exec sleep 1000",
		NULL);
	ck_assert(vt_sees(&live.vt, "POISED"));
	keeper = live_pid(&live, KEEPER);
	screen = live_pid(&live, SCREEN);
	kill(keeper, SIGSTOP);
	kill(screen, SIGKILL);
	kill(keeper, SIGKILL);
	ck_assert(vt_sees(&live.vt, "type: reset"));
	vt_keys(&live.vt, "Q");
	ck_assert(vt_sees(&live.vt, "left=0"));
	ck_assert_int_ge(live_gone(&live, GONE_MS), 0);
	ck_assert_int_eq(journals(), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("kill");
	TCase *t = tcase_create("kill");

	tcase_add_checked_fixture(t, begin, finish);
	tcase_set_timeout(t, live_soak() ? 600 : 100);
	tcase_add_test(t, whoever_is_killed_whenever_nothing_is_left);
	tcase_add_test(t, a_killed_keeper_leaves_a_journal_and_the_next_sweeps_it);
	tcase_add_loop_test(t, both_killed_at_once_the_next_start_says_what_to_do, 0, 2);
	suite_add_tcase(s, t);
	return live_run(s);
}
