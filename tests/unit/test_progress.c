/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Progress: what is remembered, and that nothing about the database stops a lab. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "progress/lib.h"

static char folder[64], path[128];
static struct str note;
static struct err err;

static void begin(void)
{
	strcpy(folder, "/tmp/test_progress.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%.63s/state/ipclab/progress.db", folder);
}

static void end(void)
{
	char command[256];

	snprintf(command, sizeof command, "chmod -R u+w %s; rm -rf %s", folder, folder);
	ck_assert_int_eq(system(command), 0);
	str_finish(&note);
}

static struct progress *open_well(void)
{
	struct progress *p = progress_open(path, &note);

	ck_assert_str_eq(str_get(&note), "");
	ck_assert(progress_remembers(p));
	return p;
}

static void sql(const char *text)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void count(void *arg, const struct progress_lab *lab)
{
	(void)lab;
	++*(int *)arg;
}

static void count_answer(
	void *arg, const char *lab, const char *question, const char *outcome, i64 at)
{
	ck_assert(lab && question && outcome && at > 1600000000);
	++*(int *)arg;
}

START_TEST(nothing_is_known_at_first)
{
	struct progress *p = open_well();
	struct progress_lab lab;
	int labs = 0;

	ck_assert(!progress_lab(p, "pipe", &lab));
	progress_each_lab(p, count, &labs);
	ck_assert_int_eq(labs, 0);
	progress_close(p);
}
END_TEST

START_TEST(the_step_reached_outlives_going_back)
{
	struct progress *p = open_well();
	struct progress_lab lab;

	ck_assert(progress_step(p, "pipe", 5, 9, &err));
	ck_assert(progress_step(p, "pipe", 2, 9, &err));
	progress_close(p);
	p = open_well();
	ck_assert(progress_lab(p, "pipe", &lab));
	ck_assert_str_eq(lab.id, "pipe");
	ck_assert_uint_eq(lab.steps, 9);
	ck_assert_uint_eq(lab.reached, 5);
	ck_assert_uint_eq(lab.resume, 2);
	progress_close(p);
}
END_TEST

START_TEST(a_question_counts_by_its_last_answer)
{
	struct progress *p = open_well();
	struct progress_lab lab;
	int answers = 0;

	ck_assert(progress_answer(p, "pipe", "a", PROGRESS_WRONG, &err));
	ck_assert(progress_answer(p, "pipe", "a", PROGRESS_RIGHT, &err));
	ck_assert(progress_answer(p, "pipe", "b", PROGRESS_SKIPPED, &err));
	ck_assert(progress_answer(p, "pipe", "c", PROGRESS_UNSURE, &err));
	ck_assert(progress_answer(p, "fifo", "a", PROGRESS_WRONG, &err));
	ck_assert(progress_lab(p, "pipe", &lab));
	ck_assert_uint_eq(lab.counts[PROGRESS_RIGHT], 1);
	ck_assert_uint_eq(lab.counts[PROGRESS_WRONG], 0);
	ck_assert_uint_eq(lab.counts[PROGRESS_SKIPPED], 1);
	ck_assert_uint_eq(lab.counts[PROGRESS_UNSURE], 1);
	progress_each_answer(p, count_answer, &answers);
	ck_assert_int_eq(answers, 5);
	progress_close(p);
}
END_TEST

START_TEST(two_at_once_lose_nothing)
{
	struct progress *mine = open_well();
	int status, answers = 0;
	pid_t other = fork();

	if (other == 0) {
		struct progress *p = progress_open(path, &note);

		for (int i = 0; i < 200; i++)
			if (!progress_answer(p, "pipe", "b", PROGRESS_RIGHT, &err))
				_exit(1);
		_exit(0);
	}
	for (int i = 0; i < 200; i++)
		ck_assert_msg(
			progress_answer(mine, "pipe", "a", PROGRESS_RIGHT, &err), "%s", err.text);
	waitpid(other, &status, 0);
	ck_assert_int_eq(status, 0);
	progress_each_answer(mine, count_answer, &answers);
	ck_assert_int_eq(answers, 400);
	progress_close(mine);
}
END_TEST

START_TEST(a_writer_that_was_killed_leaves_it_readable)
{
	int status, answers = 0;
	pid_t other = fork();
	struct progress *p;
	struct str wal = {0};
	struct stat st;

	if (other == 0) {
		p = progress_open(path, &note);
		for (;;)
			progress_answer(p, "pipe", "b", PROGRESS_RIGHT, &err);
	}
	/* Its first answer is there: the file beside the database has grown. A slow machine takes its time. */
	str_addf(&wal, "%s-wal", path);
	for (int i = 0; i < 10000 && (stat(str_get(&wal), &st) != 0 || st.st_size < 65536); i++)
		usleep(1000);
	str_finish(&wal);
	kill(other, SIGKILL);
	waitpid(other, &status, 0);
	p = open_well();
	progress_each_answer(p, count_answer, &answers);
	ck_assert_int_gt(answers, 0);
	ck_assert(progress_answer(p, "pipe", "c", PROGRESS_RIGHT, &err));
	progress_close(p);
}
END_TEST

START_TEST(closed_in_a_hurry_it_keeps_what_was_answered)
{
	int answers = 0;
	struct progress *p = open_well();
	struct str wal = {0};
	struct stat st;

	ck_assert(progress_answer(p, "pipe", "d", PROGRESS_RIGHT, &err));
	progress_hurry(p);
	progress_close(p);
	str_addf(&wal, "%s-wal", path);
	ck_assert_msg(stat(str_get(&wal), &st) == 0 && st.st_size > 0, "it waited for the disk");
	str_finish(&wal);
	p = open_well();
	progress_each_answer(p, count_answer, &answers);
	ck_assert_int_eq(answers, 1);
	progress_close(p);
}
END_TEST

START_TEST(a_newer_database_is_left_alone)
{
	struct progress *p = open_well();
	struct stat before, after;

	progress_close(p);
	sql("PRAGMA journal_mode = DELETE; PRAGMA user_version = 7; CREATE TABLE new_things (x)");
	stat(path, &before);
	p = progress_open(path, &note);
	ck_assert(!progress_remembers(p));
	ck_assert_msg(strstr(str_get(&note),
			      "written by a newer ipclab (its version 7, this one knows 3)"),
		"%s", str_get(&note));
	ck_assert(progress_step(p, "pipe", 1, 9, &err) &&
		  progress_answer(p, "pipe", "a", PROGRESS_RIGHT, &err));
	progress_close(p);
	stat(path, &after);
	ck_assert(
		before.st_mtim.tv_nsec == after.st_mtim.tv_nsec && before.st_size == after.st_size);
}
END_TEST

START_TEST(what_is_no_database_is_left_alone)
{
	char text[64] = "";
	struct progress *p = open_well();
	int fd;

	progress_close(p);
	fd = open(path, O_WRONLY | O_TRUNC);
	ck_assert_int_eq(write(fd, "my diary, which nobody may overwrite", 36), 36);
	close(fd);
	p = progress_open(path, &note);
	ck_assert_msg(strstr(str_get(&note), "is no progress database"), "%s", str_get(&note));
	ck_assert(progress_step(p, "pipe", 1, 9, &err));
	progress_close(p);
	fd = open(path, O_RDONLY);
	ck_assert_int_eq(read(fd, text, sizeof text), 36);
	close(fd);
	ck_assert_str_eq(text, "my diary, which nobody may overwrite");
}
END_TEST

/* Root may write everywhere: these two are for somebody else. */
static void as_nobody(void)
{
	if (geteuid() == 0) {
		ck_assert_int_eq(chmod(folder, 0755), 0);
		ck_assert_int_eq(setgroups(0, NULL), 0);
		ck_assert_int_eq(setegid(65534), 0);
		ck_assert_int_eq(seteuid(65534), 0);
	}
}

START_TEST(a_read_only_folder_is_said_once_and_stops_nothing)
{
	struct progress *p;

	ck_assert_int_eq(chmod(folder, 0555), 0);
	as_nobody();
	p = progress_open(path, &note);
	ck_assert(!progress_remembers(p));
	ck_assert_msg(strstr(str_get(&note), "cannot be written: Permission denied") ||
			      strstr(str_get(&note), "cannot be written: No such file"),
		"%s", str_get(&note));
	ck_assert(progress_step(p, "pipe", 1, 9, &err));
	progress_close(p);
	seteuid(0);
}
END_TEST

START_TEST(a_read_only_database_can_still_be_looked_at)
{
	struct progress *p = open_well();
	struct progress_lab lab;
	char above[128];

	ck_assert(progress_step(p, "pipe", 4, 9, &err));
	progress_close(p);
	snprintf(above, sizeof above, "%s/state/ipclab", folder);
	ck_assert_int_eq(chmod(path, 0444), 0);
	ck_assert_int_eq(chmod(above, 0555), 0);
	snprintf(above, sizeof above, "%s/state", folder);
	chmod(above, 0755);
	snprintf(above, sizeof above, "%s/state/ipclab", folder);
	as_nobody();
	p = progress_open(path, &note);
	ck_assert(!progress_remembers(p));
	ck_assert_msg(strstr(str_get(&note), "cannot be written"), "%s", str_get(&note));
	ck_assert(progress_lab(p, "pipe", &lab));
	ck_assert_uint_eq(lab.reached, 4);
	ck_assert(progress_step(p, "pipe", 5, 9, &err));
	progress_close(p);
	seteuid(0);
	chmod(above, 0755);
}
END_TEST

START_TEST(no_home_is_said)
{
	struct progress *p;

	unsetenv("XDG_STATE_HOME");
	unsetenv("HOME");
	p = progress_open(NULL, &note);
	ck_assert(!progress_remembers(p));
	ck_assert_msg(
		strstr(str_get(&note), "neither XDG_STATE_HOME nor HOME"), "%s", str_get(&note));
	progress_close(p);
}
END_TEST

START_TEST(it_lies_below_xdg_state_home)
{
	struct progress *p;

	setenv("XDG_STATE_HOME", folder, 1);
	p = progress_open(NULL, &note);
	snprintf(path, sizeof path, "%s/ipclab/progress.db", folder);
	ck_assert_str_eq(progress_path(p), path);
	ck_assert_int_eq(access(path, F_OK), 0);
	progress_close(p);
}
END_TEST

/* ---- review ---- */
struct seen {
	int n;
	struct progress_due last;
};

static void see(void *arg, const struct progress_due *due)
{
	struct seen *seen = arg;

	seen->n++;
	seen->last = *due;
}

/* In how many seconds the question "q" of lab "pipe" is due; 0: it is not known. */
static i64 due_in(struct progress *p)
{
	struct seen seen = {0};

	progress_each_due(p, INT64_MAX, see, &seen);
	ck_assert_int_le(seen.n, 1);
	return seen.n ? seen.last.due - (i64)time(NULL) : 0;
}

static void answer(struct progress *p, enum progress_outcome outcome)
{
	ck_assert_msg(progress_answer(p, "pipe", "q", outcome, &err), "%s", err.text);
}

#define ck_about(is, days, hours) ck_assert_int_le(llabs((is) - ((days) * 86400ll + (hours) * 3600ll)), 2)

START_TEST(a_right_answer_comes_back_later_each_time)
{
	static const int days[] = {1, 3, 7, 21, 60, 60};
	struct progress *p = open_well();

	for (size_t i = 0; i < ARRAY_LEN(days); i++) {
		struct seen seen = {0};

		answer(p, PROGRESS_RIGHT);
		ck_about(due_in(p), days[i], 0);
		progress_each_due(p, time(NULL), see, &seen);
		ck_assert_int_eq(seen.n, 0);
		answer(p, PROGRESS_RIGHT); /* before its time: in the lab again */
		ck_about(due_in(p), days[i], 0);
		sql("UPDATE review SET due = unixepoch() - 1");
		progress_each_due(p, time(NULL), see, &seen);
		ck_assert_int_eq(seen.n, 1);
		ck_assert_int_eq(seen.last.right, i + 1);
	}
	progress_close(p);
}
END_TEST

START_TEST(a_wrong_answer_comes_back_sooner)
{
	static const enum progress_outcome wrong[] = {PROGRESS_WRONG, PROGRESS_UNSURE};
	struct progress *p = open_well();

	answer(p, PROGRESS_SKIPPED);
	ck_assert_int_eq(due_in(p), 0);
	for (int i = 0; i < 2; i++) {
		answer(p, PROGRESS_RIGHT);
		sql("UPDATE review SET due = unixepoch() - 1");
		answer(p, PROGRESS_RIGHT);
		ck_about(due_in(p), 3, 0);
		answer(p, wrong[i]); /* before its time counts, when it is wrong */
		ck_about(due_in(p), 0, 4);
		answer(p, PROGRESS_SKIPPED);
		ck_about(due_in(p), 0, 4);
		sql("UPDATE review SET due = unixepoch() - 1");
		answer(p, PROGRESS_RIGHT);
		ck_about(due_in(p), 1, 0);
		sql("DELETE FROM review");
	}
	progress_close(p);
}
END_TEST

/* As ipclab wrote it before there was a review. */
START_TEST(answers_of_an_older_database_come_back_too)
{
	struct progress *p = open_well();
	struct seen seen = {0};

	progress_close(p);
	sql("DROP TABLE review; DROP TABLE run; ALTER TABLE answer DROP COLUMN verdict; ALTER TABLE answer DROP COLUMN picture;"
	    "PRAGMA user_version = 2;"
	    "INSERT INTO answer (lab, question, outcome, at) VALUES ('pipe', 'q', 'wrong', 1), ('pipe', 'q', 'right', 1000000),"
	    " ('pipe', 'q', 'skipped', 1000001), ('fifo', 'r', 'wrong', 5), ('fifo', 's', 'skipped', 5)");
	p = open_well();
	progress_each_due(p, time(NULL), see, &seen);
	ck_assert_int_eq(seen.n, 2);
	ck_assert_str_eq(seen.last.question, "q");
	ck_assert_int_eq(seen.last.due, 1000000 + 86400);
	ck_assert_int_eq(seen.last.right, 1);
	progress_close(p);
}
END_TEST

static void told(void *arg, const char *question, const char *outcome, i64 at, const struct progress_told *t)
{
	str_addf(arg, "%s %s %d %s %s|", question, outcome, at > 0, t->verdict, t->picture);
}

static void ran(void *arg, const char *experiment, const char *row, i64 at)
{
	str_addf(arg, "%s %s %d|", experiment, row, at > 0);
}

START_TEST(what_a_report_tells_is_kept)
{
	struct progress *p = open_well();
	struct str s = {0};

	ck_assert(progress_answer_told(p, "pipe", "q", PROGRESS_WRONG, &(struct progress_told){"You said 1.", "[P1]"}, &err));
	ck_assert(progress_answer_told(p, "fifo", "r", PROGRESS_RIGHT, &(struct progress_told){"", ""}, &err));
	ck_assert(progress_run(p, "pipe", "chunks", "bytes: 4", &err));
	ck_assert(progress_run(p, "fifo", "other", "x: 1", &err));
	progress_each_told(p, "pipe", told, &s);
	progress_each_run(p, "pipe", ran, &s);
	ck_assert_str_eq(str_get(&s), "q wrong 1 You said 1. [P1]|chunks bytes: 4 1|");
	str_finish(&s);
	progress_close(p);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("progress");
	TCase *c = tcase_create("progress");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(c, begin, end);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, nothing_is_known_at_first);
	tcase_add_test(c, a_right_answer_comes_back_later_each_time);
	tcase_add_test(c, a_wrong_answer_comes_back_sooner);
	tcase_add_test(c, answers_of_an_older_database_come_back_too);
	tcase_add_test(c, what_a_report_tells_is_kept);
	tcase_add_test(c, the_step_reached_outlives_going_back);
	tcase_add_test(c, a_question_counts_by_its_last_answer);
	tcase_add_test(c, two_at_once_lose_nothing);
	tcase_add_test(c, a_writer_that_was_killed_leaves_it_readable);
	tcase_add_test(c, closed_in_a_hurry_it_keeps_what_was_answered);
	tcase_add_test(c, a_newer_database_is_left_alone);
	tcase_add_test(c, what_is_no_database_is_left_alone);
	tcase_add_test(c, a_read_only_folder_is_said_once_and_stops_nothing);
	tcase_add_test(c, a_read_only_database_can_still_be_looked_at);
	tcase_add_test(c, no_home_is_said);
	tcase_add_test(c, it_lies_below_xdg_state_home);
	suite_add_tcase(s, c);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
