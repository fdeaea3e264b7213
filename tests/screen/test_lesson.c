/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lab in an emulated terminal: its guide, its questions, the editor. */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "folder.h"
#include "vt.h"

static struct vt vt;

static const char *program(void)
{
	const char *path = getenv("IPCLAB");

	return path ? path : "./ipclab";
}

static char state_home[80]; /* what is remembered of a learner, of this test alone */

static void start(int rows, int cols, const char *const *argv, const char *more)
{
	static char state[100], runtime[100];

	if (!state_home[0]) {
		ck_assert(folder_make(state_home, sizeof state_home));
	}
	snprintf(state, sizeof state, "XDG_STATE_HOME=%s", state_home);
	/* Of others' runs, which may have been killed, it is to know nothing. */
	snprintf(runtime, sizeof runtime, "XDG_RUNTIME_DIR=%s", state_home);
	vt_start(&vt, rows, cols, argv, (const char *[]){state, runtime, more, NULL});
}

static void start_guided(int rows, int cols)
{
	start(rows, cols, (const char *[]){program(), "lab", "pipe", NULL}, NULL);
	ck_assert(vt_sees(&vt, "POISED"));
}

static void finish(void)
{
	char command[120];

	vt_finish(&vt);
	snprintf(command, sizeof command, "rm -rf '%s'", state_home);
	if (state_home[0])
		ck_assert_int_eq(system(command), 0);
}

static bool terminal_is_sane(void)
{
	struct termios now;

	return tcgetattr(vt.fd, &now) == 0 && now.c_lflag & ICANON && now.c_lflag & ECHO &&
	       now.c_iflag & IXON;
}

static void write_script(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
	ck_assert_int_eq(chmod(path, 0700), 0);
}

/* The editor gets the learner's own copy, its line, and a terminal as a shell leaves it. */
START_TEST(e_lends_the_terminal_to_an_editor_and_takes_it_back)
{
	char editor[120], copy[160], script[320];
	static char more[160];
	struct str before = {0}, after = {0};

	ck_assert(folder_make(state_home, sizeof state_home));
	setenv("XDG_DATA_HOME", state_home, 1);
	unsetenv("VISUAL");
	snprintf(editor, sizeof editor, "%s/editor", state_home);
	snprintf(script, sizeof script,
		"#!/bin/sh\necho x >>'%s/rounds'\necho \"it edits $*, round $(wc -l <'%s/rounds')\"\n"
		"read line\nexit $line\n",
		state_home, state_home);
	write_script(editor, script);
	snprintf(more, sizeof more, "EDITOR=%s", editor);
	start(24, 100, (const char *[]){program(), "lab", "pipe", NULL}, more);
	ck_assert(vt_sees(&vt, "main.c:22"));
	vt_pump(&vt, 100);
	vt_text(&vt, &before);
	vt_keys(&vt, "e");
	ck_assert(vt_sees(&vt, "it edits +22 "));
	ck_assert(vt_sees(&vt, "ipclab/labs/01-pipe/main.c"));
	ck_assert(vt_sees(&vt, "round 1"));
	ck_assert(terminal_is_sane());
	ck_assert(vt_lacks(&vt, "POISED"));
	vt_keys(&vt, "0\r");
	ck_assert(vt_sees(&vt, "this step runs your copy"));
	ck_assert(!terminal_is_sane());
	vt_keys(&vt, "\014"); /* ^L: the message goes */
	ck_assert(vt_lacks(&vt, "runs your copy"));
	vt_text(&vt, &after);
	ck_assert_str_eq(str_get(&before), str_get(&after));
	snprintf(copy, sizeof copy, "%s/ipclab/labs/01-pipe/main.c", state_home);
	ck_assert_int_eq(access(copy, R_OK), 0);
	/* One that fails is said to; nothing else happens. */
	vt_keys(&vt, "e");
	ck_assert(vt_sees(&vt, "round 2"));
	vt_keys(&vt, "3\r");
	ck_assert(vt_sees(&vt, "ended with a failure"));
	vt_keys(&vt, "q");
	ck_assert_int_eq(vt_end(&vt), 0);
	str_finish(&before);
	str_finish(&after);
}
END_TEST

/* What came of an answer stands alone when there is no room for the whole of what was before. */
START_TEST(an_answer_leaves_no_half_of_its_question_behind)
{
	start(24, 80, (const char *[]){program(), "lab", "pipe", "--step", "2", NULL}, NULL);
	ck_assert(vt_sees(&vt, "Enter: step P1"));
	vt_keys(&vt, "\r");
	ck_assert(vt_sees(&vt, "PREDICT"));
	vt_keys(&vt, "1");
	ck_assert(vt_sees(&vt, "I do not know yet"));
	vt_keys(&vt, "\r");
	ck_assert(vt_sees(&vt, "You said 1."));
	ck_assert(vt_lacks(&vt, "I do not know yet"));
	vt_keys(&vt, "q");
	ck_assert_int_eq(vt_end(&vt), 0);
}
END_TEST

START_TEST(guide_asks_before_it_moves_and_says_why_afterwards)
{
	start_guided(24, 80);
	ck_assert(vt_sees(&vt, "Enter step P1"));
	ck_assert(vt_sees(&vt, "1/"));
	for (int i = 0; i < 8; i++) { /* to the first question */
		struct str now = {0};
		bool asks;

		vt_keys(&vt, "\r");
		vt_pump(&vt, 80);
		vt_text(&vt, &now);
		asks = strstr(str_get(&now), "PREDICT") != NULL;
		str_finish(&now);
		if (asks)
			break;
	}
	ck_assert(vt_sees(&vt, "PREDICT"));
	ck_assert(vt_sees(&vt, "> 1  "));
	vt_keys(&vt, "s");
	ck_assert(vt_sees(&vt, "Answer first"));
	vt_keys(&vt, "2");
	ck_assert(vt_sees(&vt, "> 2  "));
	vt_keys(&vt, "\033OA");
	ck_assert(vt_sees(&vt, "> 1  "));
	vt_keys(&vt, "\r");
	ck_assert(vt_sees(&vt, "You said 1."));
	ck_assert(vt_lacks(&vt, "PREDICT"));
}
END_TEST

START_TEST(the_learner_goes_on_where_it_was_left)
{
	start_guided(24, 80);
	vt_keys(&vt, "\r\r");
	ck_assert(vt_sees(&vt, " 2/"));
	vt_keys(&vt, "q");
	ck_assert_int_eq(vt_end(&vt), 0);
	vt_finish(&vt);
	start_guided(24, 80);
	ck_assert(vt_sees(&vt, " 2/"));
	ck_assert(vt_sees(&vt, "You were at step 2"));
	vt_keys(&vt, ":guide 1\r");
	ck_assert(vt_sees(&vt, " 1/"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("lesson");
	TCase *t = tcase_create("lesson");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, NULL, finish);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, e_lends_the_terminal_to_an_editor_and_takes_it_back);
	tcase_add_test(t, an_answer_leaves_no_half_of_its_question_behind);
	tcase_add_test(t, guide_asks_before_it_moves_and_says_why_afterwards);
	tcase_add_test(t, the_learner_goes_on_where_it_was_left);
	suite_add_tcase(s, t);
	folder_begin();
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
