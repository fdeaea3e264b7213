/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kill -9 of keeper, screen or engine at moments picked by chance: six times, sixty in a soak. The
 * terminal is sane within 100 ms (of a kill that took longer, the best of three: a busy machine may not
 * let anybody run for that long), nothing is left after 1 s, what was learnt is still readable, and
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

enum { SANE_MS = 100, GONE_MS = 1000 };
static struct live live;
struct times {
	int ms[180];
	size_t n;
};
static struct times sane, gone; /* from kill(2) returning until this process saw it */
static const char lab[] = "\"$IPCLAB\" lab pipe; echo left=$?; exec sleep 1000";
static const char *const role_name[] = {"keeper", "screen", "engine"};

static int later(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void times_add(struct times *t, int ms)
{
	if (t->n < ARRAY_LEN(t->ms))
		t->ms[t->n++] = ms;
}

static void times_say(struct times *t, const char *what)
{
	if (!t->n)
		return;
	qsort(t->ms, t->n, sizeof *t->ms, later);
	printf("%s after %d ms (median of %zu), %d ms at worst\n", what, t->ms[t->n / 2], t->n,
		t->ms[t->n - 1]);
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

static int assert_sane(const char *what, int ms)
{
	int took = live_sane(&live, ms);

	if (took < 0) {
		live_say_insane(&live);
		ck_abort_msg("the terminal is not sane within %d ms: %s", ms, what);
	}
	return took;
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
	times_add(&gone, took);
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

/* False: it was sane too late, try again. */
static bool kill_once(unsigned i, unsigned kind, bool last)
{
	unsigned role = i % 3;
	char what[120];
	const char *moment = until_moment(kind);
	bool ok = true;
	int took;
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
		assert_sane(what, SANE_MS);
	} else {
		took = assert_sane(what, last ? SANE_MS : GONE_MS);
		ok = took <= SANE_MS;
		times_add(&sane, took);
		assert_gone(live_gone(&live, GONE_MS), what);
		assert_sane(what, SANE_MS);
	}
done:
	live_stop(&live);
	assert_progress_is_readable(what);
	if (!ok)
		printf("sane after %d ms, tried again: %s\n", took, what);
	return ok;
}

START_TEST(whoever_is_killed_whenever_nothing_is_left)
{
	unsigned times = live_soak() ? 60 : 6;

	for (unsigned i = 0; i < times; i++) {
		unsigned kind = live_random(5);

		for (int tries = 1; !kill_once(i, kind, tries == 3); tries++)
			;
	}
	printf("%u kills:\n", times);
	times_say(&sane, "terminal sane");
	times_say(&gone, "all gone");
	fflush(stdout);
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
