/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bad input where a screen was to be: labs with mistakes, terminals that cannot, progress that
 * cannot be kept. Each gets a sentence and the exit code of INTERFACES; nothing is lost. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "live.h"
#include "progress/lib.h"

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

static void run(const char *script, const char *env)
{
	live_start(&live, 24, 80, script, (const char *[]){env, NULL});
}

/* The program has ended with that code, the terminal is as it was. */
static void assert_left(const char *code)
{
	ck_assert(vt_sees(&live.vt, code));
	ck_assert_int_ge(live_gone(&live, 1000), 0);
	live_say_insane(&live);
	ck_assert(live_is_sane(&live));
}

/* ---- labs ---- */

static void write_file(const char *name, const char *text)
{
	char path[160];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", live.folder, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

/* A lab `bad` with this guide; its program does nothing. */
static void make_lab(const char *text)
{
	static char labs[100];
	char path[160];

	snprintf(labs, sizeof labs, "%s/labs", live.folder);
	ck_assert_int_eq(mkdir(labs, 0700), 0);
	setenv("IPCLAB_LABS", labs, 1);
	snprintf(path, sizeof path, "%s/09-bad", labs);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/09-bad/idle", labs);
	ck_assert_int_eq(symlink("/bin/true", path), 0);
	write_file("labs/09-bad/lab.md", text);
}

#define FRONT "---\ntitle: Bad\nminutes: 5\nprograms:\n  - name: idle\n---\nText.\n\n## One\n\nshow: calls\nstart: idle\n\n"
static const struct {
	const char *guide, *place, *says;
} wrong[] = {
	{"---\ntitle: [Bad\nprograms:\n  - name: idle\n---\n", "lab.md:3:", ""},
	{"---\ntitle: Bad\nprogrammes:\n  - name: idle\n---\n", "lab.md:3:1:", "programmes"},
	{"---\ntitle: Bad\nprograms:\n  - nam: idle\n---\n", "lab.md:4:5:", ""},
	{"---\ntitle: Bad\nminutes: soon\nprograms:\n  - name: idle\n---\n", "lab.md:3:10:", "whole number"},
	{"---\ntitle: Bad\n", "lab.md:", ""},
	{"no front matter\n", "lab.md:1:1:", ""},
	{FRONT "```do\nstepp P1\n```\n", "lab.md:15:1:", "stepp"},
	{FRONT "```do\nstep P1\n```\n\n```expect\nP1 exploded\n```\n", "lab.md:19:", "exploded"},
	{FRONT "```predict id=x\nWhat?\n- this => P1 blocked\n", "lab.md:", ""},
};

/* On the screen: ended with a sentence, as the place is the author's business. */
START_TEST(a_guide_with_a_mistake_is_refused_with_its_place)
{
	struct str out = {0}, now = {0}, flat = {0};
	int status;

	make_lab(wrong[_i].guide);
	status = live_command(&live, "\"$IPCLAB\" lab bad --verify 2>&1", &out);
	ck_assert_msg(status == EXIT_INPUT, "--verify: status %d, %s", status, str_get(&out));
	ck_assert_msg(strstr(str_get(&out), wrong[_i].place) && strstr(str_get(&out), wrong[_i].says),
		"--verify says: %s", str_get(&out));
	run("\"$IPCLAB\" lab bad; echo left=$?; exec sleep 1000", NULL);
	assert_left("left=4");
	vt_text(&live.vt, &now);
	for (const char *c = str_get(&now); *c; c++) /* the terminal has broken the line */
		if (*c != '\n')
			str_add_bytes(&flat, c, 1);
	ck_assert_msg(strstr(str_get(&flat), wrong[_i].place) != NULL, "the screen says: %s",
		str_get(&now));
	str_finish(&out);
	str_finish(&now);
	str_finish(&flat);
}
END_TEST

/* `ipclab` with such a lab among others: the sentence too, and not a screen that lies. */
START_TEST(home_with_a_broken_lab_says_which)
{
	make_lab("---\ntitle: [Bad\n---\n");
	run("\"$IPCLAB\"; echo left=$?; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "lab.md"));
	vt_keys(&live.vt, "q");
	assert_left("left=0");
}
END_TEST

START_TEST(an_option_that_no_world_makes_true_is_found)
{
	struct str out = {0};
	int status;

	make_lab(FRONT "```predict id=never\nWhat will P1 do?\n- wait => P1 blocked\n    No.\n"
		       "- be killed => P1 killed\n    No.\n```\n\n```do\nstep P1\n```\n");
	status = live_command(&live, "\"$IPCLAB\" lab bad --verify 2>&1", &out);
	ck_assert_msg(status == 1, "status %d, %s", status, str_get(&out));
	ck_assert_msg(strstr(str_get(&out), "lab.md:16:") && strstr(str_get(&out), "no option came true"),
		"it says: %s", str_get(&out));
	str_finish(&out);
	/* A learner meets it: told so, and nothing else breaks. */
	run("\"$IPCLAB\" lab bad; echo left=$?; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "PREDICT"));
	vt_keys(&live.vt, "1\r");
	live_watch_ms(&live, 500);
	ck_assert_int_gt(live_pid(&live, SCREEN), 0);
	vt_keys(&live.vt, "Q");
	assert_left("left=0");
}
END_TEST

START_TEST(a_program_that_is_not_built_is_named)
{
	char path[120];

	make_lab(FRONT "```do\nstep P1\n```\n");
	snprintf(path, sizeof path, "%s/labs/09-bad/idle", live.folder);
	unlink(path);
	run("\"$IPCLAB\" lab bad; echo left=$?; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "idle"));
	assert_left("left=3");
	live_stop(&live);
	/* From home, it is said there, and home stays. */
	run("\"$IPCLAB\"; echo left=$?; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "09 Bad"));
	vt_keys(&live.vt, "\r");
	ck_assert(vt_sees(&live.vt, "cannot be run"));
	vt_keys(&live.vt, "Q");
	assert_left("left=0");
}
END_TEST

/* ---- terminals ---- */

START_TEST(a_dumb_terminal_gets_words)
{
	run("\"$IPCLAB\" lab pipe; echo left=$?; exec sleep 1000", _i ? "TERM=" : "TERM=dumb");
	ck_assert(vt_sees(&live.vt, "help lists"));
	ck_assert(!live.alternate);
	vt_keys(&live.vt, "look\r");
	ck_assert(vt_sees(&live.vt, "P1 producer, poised"));
	vt_keys(&live.vt, "quit\r");
	assert_left("left=0");
}
END_TEST

START_TEST(an_unknown_terminal_is_named)
{
	run(_i ? "\"$IPCLAB\"; echo left=$?; exec sleep 1000"
	       : "\"$IPCLAB\" lab pipe; echo left=$?; exec sleep 1000",
		"TERM=nobody-knows");
	ck_assert(vt_sees(&live.vt, "nobody-knows"));
	ck_assert(live_shows(&live, "--plain"));
	assert_left("left=3");
}
END_TEST

/* 0: input from elsewhere, 1: output elsewhere, 2: both; home and a lab. */
START_TEST(no_terminal_no_screen)
{
	static const char *const scripts[] = {
		"echo look | \"$IPCLAB\" lab pipe; echo left=$?; exec sleep 1000",
		"echo look | \"$IPCLAB\" lab pipe | cat; echo left=$?; exec sleep 1000",
		"echo | \"$IPCLAB\"; echo left=$?; exec sleep 1000",
		"\"$IPCLAB\" | cat; echo left=$?; exec sleep 1000"};

	run(scripts[_i], NULL);
	ck_assert(vt_sees(&live.vt, _i < 2 ? "P1 producer, poised" : "ipclab lab pipe --plain"));
	assert_left("left=0");
	ck_assert(!live.alternate);
}
END_TEST

/* ---- progress ---- */

static char *database(void)
{
	static char path[100];

	snprintf(path, sizeof path, "%s/state/ipclab/progress.db", live.folder);
	return path;
}

/* Two steps of the lab, remembered. */
static void learn(void)
{
	run("\"$IPCLAB\" lab pipe; echo left=$?; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "Enter step P1"));
	vt_keys(&live.vt, "\r");
	ck_assert(vt_sees(&live.vt, "Enter next step"));
	vt_keys(&live.vt, "\r");
	ck_assert(vt_sees(&live.vt, "2/"));
	vt_keys(&live.vt, "Q");
	assert_left("left=0");
	live_stop(&live);
}

static void sql(const char *text)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(database(), &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

static void sum(struct str *out)
{
	char line[160];

	snprintf(line, sizeof line, "cksum <'%s'", database());
	str_clear(out);
	live_command(&live, line, out);
}

/* The lab is begun all the same, and says why nothing is remembered. */
static void assert_goes_on(const char *script)
{
	run(script, NULL);
	ck_assert(vt_sees(&live.vt, "not remembered"));
	ck_assert(live_shows(&live, "POISED"));
	vt_keys(&live.vt, "\r");
	ck_assert(vt_lacks(&live.vt, "Enter: step P1"));
	vt_keys(&live.vt, "Q");
	assert_left("left=0");
	live_stop(&live);
}

START_TEST(progress_of_a_newer_version_is_left_alone)
{
	char back[40];
	struct str before = {0}, after = {0};

	learn();
	sql("PRAGMA user_version = 99");
	sum(&before);
	assert_goes_on("\"$IPCLAB\" lab pipe; echo left=$?; exec sleep 1000");
	sum(&after);
	ck_assert_str_eq(str_get(&after), str_get(&before));
	str_finish(&before);
	str_finish(&after);
	/* What was there is there when the newer ipclab is back. */
	snprintf(back, sizeof back, "PRAGMA user_version = %d", PROGRESS_VERSION);
	sql(back);
	run("\"$IPCLAB\" lab pipe; echo left=$?; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "You were at step 2"));
}
END_TEST

START_TEST(a_file_that_is_no_database_is_left_alone)
{
	struct str before = {0}, after = {0};

	learn();
	write_file("state/ipclab/progress.db", "These are my notes, and no database at all.\n");
	sum(&before);
	assert_goes_on("\"$IPCLAB\" lab pipe; echo left=$?; exec sleep 1000");
	sum(&after);
	ck_assert_str_eq(str_get(&after), str_get(&before));
	str_finish(&before);
	str_finish(&after);
}
END_TEST

START_TEST(a_folder_that_cannot_be_written_to_is_named)
{
	static const char script[] =
		"unshare -m sh -c 'mount --bind \"$LIVE/state\" \"$LIVE/state\" && mount -o "
		"remount,ro,bind \"$LIVE/state\" && \"$IPCLAB\" lab pipe'; echo left=$?; exec "
		"sleep 1000";

	learn();
	if (geteuid() != 0) {
		char path[100];

		snprintf(path, sizeof path, "%s/state/ipclab", live.folder);
		ck_assert_int_eq(chmod(database(), 0400), 0);
		ck_assert_int_eq(chmod(path, 0500), 0);
		assert_goes_on("\"$IPCLAB\" lab pipe; echo left=$?; exec sleep 1000");
		chmod(path, 0700);
	} else if (system("unshare -m true 2>/dev/null") == 0) {
		assert_goes_on(script);
	} else {
		puts("skipped: root writes anywhere, and cannot mount here");
		return;
	}
	if (geteuid() != 0)
		chmod(database(), 0600);
	run("\"$IPCLAB\" lab pipe; echo left=$?; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "You were at step 2"));
}
END_TEST

/* Another ipclab, or a backup, that holds the database for a while. */
START_TEST(progress_that_is_locked_holds_up_no_screen_for_long)
{
	sqlite3 *db;
	u64 began;

	learn();
	ck_assert_int_eq(sqlite3_open(database(), &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	began = clock_ns();
	run("\"$IPCLAB\" lab pipe; echo left=$?; exec sleep 1000", NULL);
	ck_assert(vt_sees(&live.vt, "POISED"));
	printf("a locked database: the lab shows after %.0f ms\n",
		(double)(clock_ns() - began) / 1e6);
	began = clock_ns();
	vt_keys(&live.vt, "s");
	ck_assert(vt_lacks(&live.vt, "no such text"));
	vt_keys(&live.vt, "Q");
	ck_assert(vt_sees(&live.vt, "left=0"));
	printf("and leaves after %.0f ms\n", (double)(clock_ns() - began) / 1e6);
	sqlite3_close(db);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("input");
	TCase *t = tcase_create("input");

	tcase_add_checked_fixture(t, begin, finish);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(
		t, a_guide_with_a_mistake_is_refused_with_its_place, 0, (int)ARRAY_LEN(wrong));
	tcase_add_test(t, home_with_a_broken_lab_says_which);
	tcase_add_test(t, an_option_that_no_world_makes_true_is_found);
	tcase_add_test(t, a_program_that_is_not_built_is_named);
	tcase_add_loop_test(t, a_dumb_terminal_gets_words, 0, 2);
	tcase_add_loop_test(t, an_unknown_terminal_is_named, 0, 2);
	tcase_add_loop_test(t, no_terminal_no_screen, 0, 4);
	tcase_add_test(t, progress_of_a_newer_version_is_left_alone);
	tcase_add_test(t, a_file_that_is_no_database_is_left_alone);
	tcase_add_test(t, a_folder_that_cannot_be_written_to_is_named);
	tcase_add_test(t, progress_that_is_locked_holds_up_no_screen_for_long);
	suite_add_tcase(s, t);
	return live_run(s);
}
