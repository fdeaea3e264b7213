/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Held and unplayed, keeper, screen and engine make no system call; strace is the witness. (The
 * bell and the lab's processes are traced by the engine already, and held.) */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"

static struct live live;
static const char lab[] = "\"$IPCLAB\" lab pipe; echo left=$?; exec sleep 1000";

static void begin(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	live_begin(&live);
}

static void finish(void)
{
	live_finish(&live);
}

/* Calls that our processes made within that time, and whose; -1: strace could not look. */
static int calls_made(unsigned ms, unsigned processes, const char *keys)
{
	char line[1000], *at = line;
	struct str out = {0};
	int calls;
	pid_t keys_pid = 0;

	at += sprintf(at, "timeout -s INT %u.%u strace -c -f -o %s/calls", ms / 1000,
		ms % 1000 / 100, live.folder);
	for (enum role role = KEEPER; role <= ENGINE; role++) {
		pid_t pids[8];
		int n = live_pids(&live, role, pids, 8);

		processes -= (unsigned)n;
		for (int i = 0; i < n; i++)
			at += sprintf(at, " -p %d", (int)pids[i]);
	}
	ck_assert_int_eq(processes, 0);
	sprintf(at,
		" 2>%s/strace.err; test -e %s/calls || { echo -1; cat %s/strace.err >&2; }; "
		"cat %s/calls >&2; awk '$NF == \"total\" {n = $4 ~ /^[0-9]+$/ ? $4 : $3} "
		"END {print n + 0}' %s/calls",
		live.folder, live.folder, live.folder, live.folder, live.folder);
	if (*keys) {
		keys_pid = fork();
		if (keys_pid == 0) {
			live_sleep_ms(ms / 2);
			vt_keys(&live.vt, keys);
			_exit(0);
		}
	}
	live_command(&live, line, &out);
	if (keys_pid)
		waitpid(keys_pid, NULL, 0);
	calls = atoi(str_get(&out));
	str_finish(&out);
	return calls;
}

static unsigned idle_ms(void)
{
	return live_soak() ? 10000 : 3000;
}

static const struct {
	const char *keys, *sees;
} states[] = {
	{"", "POISED"},			   /* the first screen */
	{"\r\rs", "PREDICT"},		   /* a question is open */
	{"c", "BLOCKED in"},		   /* one is blocked */
	{"ss\033[D", "BACK "},		   /* looking back */
	{":st", ":st"},			   /* a line is open */
	{":live\r", "event"},		   /* LIVE, which comes to rest, and paused */
};

START_TEST(held_and_unplayed_nobody_makes_a_call)
{
	live_start(&live, 24, 80, lab, NULL);
	ck_assert(vt_sees(&live.vt, "POISED"));
	vt_keys(&live.vt, states[_i].keys);
	ck_assert(vt_sees(&live.vt, states[_i].sees));
	live_watch_ms(&live, 600);
	if (live_shows(&live, "LIVE")) {
		vt_keys(&live.vt, " ");
		live_watch_ms(&live, 600);
	}
	ck_assert_int_eq(calls_made(idle_ms(), 3, ""), 0);
}
END_TEST

/* What runs free and sleeps is not looked at again and again; what it does then is seen all the same. */
START_TEST(live_that_sleeps_nobody_makes_a_call)
{
	live_start(&live, 24, 80, "\"$IPCLAB\" watch -- sh -c 'sleep 9; sleep 1000'; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "P2 "));
	live_watch_ms(&live, 4000);
	ck_assert(!live_shows(&live, "P3 "));
	ck_assert_int_eq(calls_made(2000, 3, ""), 0);
	ck_assert(vt_sees(&live.vt, "P3 "));
}
END_TEST

START_TEST(home_makes_no_call)
{
	live_start(&live, 24, 80, "\"$IPCLAB\"; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "> 01 Ordinary pipes"));
	live_watch_ms(&live, 300);
	ck_assert_int_eq(calls_made(idle_ms(), 2, ""), 0);
}
END_TEST

START_TEST(the_witness_is_awake)
{
	live_start(&live, 24, 80, lab, NULL);
	ck_assert(vt_sees(&live.vt, "POISED"));
	live_watch_ms(&live, 300);
	ck_assert_int_gt(calls_made(1000, 3, "s"), 10);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("idle");
	TCase *t = tcase_create("idle");

	if (system("strace -o /dev/null true 2>/dev/null") != 0) {
		puts("no strace here that may trace (apt install strace)");
		return 77;
	}
	tcase_add_checked_fixture(t, begin, finish);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, held_and_unplayed_nobody_makes_a_call, 0, (int)ARRAY_LEN(states));
	tcase_add_test(t, live_that_sleeps_nobody_makes_a_call);
	tcase_add_test(t, home_makes_no_call);
	tcase_add_test(t, the_witness_is_awake);
	suite_add_tcase(s, t);
	return live_run(s);
}
