/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every way out but the keys: signals on home and in a lab, a terminal that vanishes, and one that
 * nobody reads. Within a second all is gone, and the terminal is as it was. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"

enum { GONE_MS = 1000 };
static struct live live;
static const char home[] = "\"$IPCLAB\"; echo left=$?; exec sleep 1000";
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

static void start(const char *script)
{
	live_start(&live, 24, 80, script, NULL);
	ck_assert(vt_sees(&live.vt, script == home ? "> 01 Ordinary pipes" : "POISED"));
}

static void assert_left_sane(const char *code)
{
	ck_assert(vt_sees(&live.vt, code));
	ck_assert_int_ge(live_gone(&live, GONE_MS), 0);
	live_say_insane(&live);
	ck_assert(live_is_sane(&live));
}

/* ---- signals ---- */

static const struct {
	int sig;
	const char *code; /* INTERFACES: 128+n by signal n; asked to leave, it has left */
} signals[] = {
	{SIGTERM, "left="}, {SIGHUP, "left="}, {SIGSEGV, "left=139"}, {SIGABRT, "left=134"}};

/* To the screen or to the keeper, on home or in a lab. */
START_TEST(a_signal_leaves_the_terminal_sane)
{
	unsigned sig = (unsigned)_i % 4;
	bool in_lab = _i & 4, to_keeper = _i & 8;
	pid_t victim;

	start(in_lab ? lab : home);
	if (in_lab)
		vt_keys(&live.vt, "s");
	live_watch_ms(&live, 100);
	victim = live_pid(&live, to_keeper ? KEEPER : SCREEN);
	ck_assert_int_gt(victim, 0);
	if (to_keeper && sig >= 2) {
		/* A keeper that crashes is a keeper that was killed: its status is the signal's. */
		kill(victim, signals[sig].sig);
		ck_assert_int_ge(live_gone(&live, GONE_MS), 0);
		ck_assert_int_ge(live_sane(&live, 100), 0);
		return;
	}
	kill(victim, signals[sig].sig);
	assert_left_sane(signals[sig].code);
}
END_TEST

/* As ^C: once says so, twice leaves. 0 home, 1 lab. */
START_TEST(an_interrupt_is_as_the_key)
{
	start(_i ? lab : home);
	kill(live_pid(&live, KEEPER), SIGINT);
	ck_assert(vt_sees(&live.vt, "^C again leaves"));
	kill(live_pid(&live, KEEPER), SIGINT);
	assert_left_sane("left=0");
}
END_TEST

START_TEST(a_signal_in_the_middle_of_a_long_run_is_obeyed)
{
	start(lab);
	vt_keys(&live.vt, ":live\r");
	live_watch_ms(&live, 100);
	kill(live_pid(&live, KEEPER), SIGTERM);
	assert_left_sane("left=");
}
END_TEST

/* ---- the terminal vanishes ---- */

static double cpu_of_children(void)
{
	struct rusage u;

	getrusage(RUSAGE_CHILDREN, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* What became orphans is ours: collected, so that its time is counted. */
static void collect(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	live.vt.pid = 0;
}

static void vanish(void)
{
	close(live.vt.fd);
	live.vt.fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	live.vt.ended = true;
}

/* 0 home, 1 lab held, 2 lab LIVE, 3 lab with an open line; +4: no SIGHUP comes, as behind setsid. */
START_TEST(a_terminal_that_vanishes_ends_all_and_nothing_spins)
{
	static const char home_apart[] = "setsid -w \"$IPCLAB\"";
	static const char lab_apart[] = "setsid -w \"$IPCLAB\" lab pipe";
	int kind = _i & 3;
	double cpu;

	if (_i & 4)
		live_start(&live, 24, 80, kind ? lab_apart : home_apart, NULL);
	else
		live_start(&live, 24, 80, kind ? lab : home, NULL);
	ck_assert(vt_sees(&live.vt, kind ? "POISED" : "> 01 Ordinary pipes"));
	if (kind >= 2)
		vt_keys(&live.vt, kind == 2 ? ":live\r" : ":ste");
	live_watch_ms(&live, 200);
	cpu = cpu_of_children();
	vanish();
	ck_assert_int_ge(live_gone(&live, GONE_MS), 0);
	live_sleep_ms(50);
	collect();
	cpu = cpu_of_children() - cpu;
	printf("vanished, kind %d: %.3f s of CPU in the whole run\n", _i, cpu);
	ck_assert_double_lt(cpu, 0.9); /* spinning would have been all of that second, besides */
}
END_TEST

/* The screen hangs in write(2) there and cannot obey. */
START_TEST(a_terminal_that_nobody_reads_holds_up_no_end)
{
	static const char *const who[] = {"keeper terminated", "keeper killed", "screen terminated"};
	pid_t victim;

	start(lab);
	for (int i = 0; i < 150; i++) { /* each draws a whole screen, which is not read */
		vt_keys(&live.vt, "\014");
		usleep(2000);
	}
	live_sleep_ms(300);
	victim = live_pid(&live, _i == 2 ? SCREEN : KEEPER);
	kill(victim, _i == 1 ? SIGKILL : SIGTERM);
	live_sleep_ms(GONE_MS);
	fprintf(stderr, "%s\n", who[_i]);
	ck_assert_int_eq(live_pid(&live, SCREEN), 0);
	ck_assert_int_eq(live_pid(&live, ENGINE), 0);
	ck_assert_int_eq(live_pid(&live, LAB), 0);
	ck_assert_int_eq(live_pid(&live, KEEPER), 0);
	ck_assert(live_settings_are_back(&live));
	live_watch_ms(&live, 100);
	live_say_insane(&live);
	/* Its keeper killed, the shell went on and hung in a write, before which nobody comes. */
	ck_assert(_i == 1 || live_is_sane(&live));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("leave");
	TCase *t = tcase_create("leave");

	tcase_add_checked_fixture(t, begin, finish);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, a_signal_leaves_the_terminal_sane, 0, 16);
	tcase_add_loop_test(t, an_interrupt_is_as_the_key, 0, 2);
	tcase_add_test(t, a_signal_in_the_middle_of_a_long_run_is_obeyed);
	tcase_add_loop_test(t, a_terminal_that_vanishes_ends_all_and_nothing_spins, 0, 8);
	tcase_add_loop_test(t, a_terminal_that_nobody_reads_holds_up_no_end, 0, 3);
	suite_add_tcase(s, t);
	return live_run(s);
}
