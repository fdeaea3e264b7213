/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program in an emulated terminal: what a learner types, and what stands there. */
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
	static char state[100];

	if (!state_home[0]) {
		ck_assert(folder_make(state_home, sizeof state_home));
	}
	snprintf(state, sizeof state, "XDG_STATE_HOME=%s", state_home);
	vt_start(&vt, rows, cols, argv, (const char *[]){state, more, NULL});
}

/* A lab with arguments of the learner's own: no guide. */
static void start_lab(int rows, int cols)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1); /* orphans come to us, so that their end is seen */
	start(rows, cols, (const char *[]){program(), "lab", "pipe", "--", "tidy", NULL}, NULL);
	ck_assert(vt_sees(&vt, "POISED"));
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

/* Enough steps that one of the two waits. */
static void until_blocked(void)
{
	for (int i = 0; i < 12; i++) {
		struct str now = {0};
		bool blocked;

		vt_pump(&vt, 60);
		vt_text(&vt, &now);
		blocked = strstr(str_get(&now), "BLOCKED in") != NULL;
		str_finish(&now);
		if (blocked)
			return;
		vt_keys(&vt, "c");
	}
	ck_assert(vt_sees(&vt, "BLOCKED in"));
}

/* Up to two generations below a process, as the kernel lists them. */
static int children_of(pid_t pid, pid_t *out, int max)
{
	char path[64], text[512];
	int fd, n = 0;
	ssize_t got;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
	fd = open(path, O_RDONLY);
	got = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	text[got < 0 ? 0 : got] = '\0';
	for (char *p = text, *end; n < max; p = end) {
		long one = strtol(p, &end, 10);

		if (end == p || one <= 0)
			break;
		out[n++] = (pid_t)one;
	}
	return n;
}

static bool is_called(pid_t pid, const char *name)
{
	char path[64], text[64] = "";
	int fd;

	snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return false;
	if (read(fd, text, sizeof text - 1) < 0)
		text[0] = '\0';
	close(fd);
	text[strcspn(text, "\n")] = '\0';
	return strcmp(text, name) == 0;
}

/* The child of that name. */
static pid_t child_called(pid_t pid, const char *name)
{
	pid_t child[8];

	for (int i = 0; i < 100; i++) {
		for (int n = children_of(pid, child, 8); n > 0; n--)
			if (is_called(child[n - 1], name))
				return child[n - 1];
		usleep(10000);
	}
	ck_abort_msg("%d has no child %s", (int)pid, name);
	return 0;
}

static bool terminal_is_sane(void)
{
	struct termios now;

	return tcgetattr(vt.fd, &now) == 0 && now.c_lflag & ICANON && now.c_lflag & ECHO &&
	       now.c_iflag & IXON;
}

/* Within a second none of the lab's processes is left. */
static bool is_gone(pid_t pid)
{
	for (int i = 0; i < 100; i++) {
		if (kill(pid, 0) < 0 || waitpid(pid, NULL, WNOHANG) == pid)
			return true;
		usleep(10000);
	}
	return false;
}

START_TEST(first_screen_shows_an_actor_its_call_and_one_key)
{
	start_lab(24, 80);
	ck_assert(vt_sees(&vt, "P1 producer"));
	ck_assert(vt_sees(&vt, "held just before"));
	ck_assert(vt_sees(&vt, "s step P1"));
	ck_assert(vt_sees(&vt, "HELD"));
	ck_assert(vt_lacks(&vt, "a all "));
}
END_TEST

START_TEST(footer_of_the_first_screen_names_one_key)
{
	start_guided(24, 80);
	ck_assert(vt_sees(&vt, "Enter step P1"));
	ck_assert(vt_sees(&vt, "? all keys   q leave"));
	ck_assert(vt_lacks(&vt, "a all "));
}
END_TEST

START_TEST(steps_lead_to_a_blocked_process_and_its_reason)
{
	start_lab(24, 80);
	until_blocked();
	ck_assert(vt_sees(&vt, "pipe1"));
	ck_assert(vt_sees(&vt, "why "));
	vt_keys(&vt, "w");
	ck_assert(vt_sees(&vt, " Why "));
}
END_TEST

START_TEST(q_leaves_and_the_terminal_is_as_before)
{
	int status;

	start_lab(24, 80);
	vt_keys(&vt, "q");
	status = vt_end(&vt);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	ck_assert(terminal_is_sane());
}
END_TEST

START_TEST(esc_closes_and_never_leaves)
{
	start_lab(24, 80);
	vt_keys(&vt, "?");
	ck_assert(vt_sees(&vt, " Keys "));
	vt_keys(&vt, "\033");
	ck_assert(vt_lacks(&vt, " Keys "));
	vt_keys(&vt, "\033");
	ck_assert(vt_sees(&vt, "q leaves"));
}
END_TEST

START_TEST(looking_back_moves_nobody)
{
	start_lab(24, 80);
	vt_keys(&vt, "s");
	ck_assert(vt_sees(&vt, "event 2/2"));
	vt_keys(&vt, "\033[D");
	ck_assert(vt_sees(&vt, "BACK 1 of 2"));
	vt_keys(&vt, "s");
	ck_assert(vt_sees(&vt, "This is now"));
	ck_assert(vt_sees(&vt, "event 2/2"));
	vt_keys(&vt, "s");
	ck_assert(vt_sees(&vt, "event 3/3"));
}
END_TEST

START_TEST(command_line_is_edited_by_readline)
{
	start_lab(24, 80);
	vt_keys(&vt, ":stepx\177");
	ck_assert(vt_sees(&vt, ":step"));
	vt_keys(&vt, "\001\005"); /* to the beginning, to the end */
	vt_keys(&vt, "\r");
	ck_assert(vt_sees(&vt, "event 2/2"));
	vt_keys(&vt, ":\020"); /* ^P: the line before */
	vt_pump(&vt, 100);
	ck_assert(vt_sees(&vt, ":step"));
	vt_keys(&vt, "\033");
	ck_assert(vt_lacks(&vt, ":step"));
	vt_keys(&vt, ":nonsense\r");
	ck_assert(vt_sees(&vt, "There is no command nonsense"));
}
END_TEST

START_TEST(a_line_typed_ahead_loses_nothing)
{
	start_lab(24, 80);
	vt_keys(&vt, ":step\r:step\rw");
	ck_assert(vt_sees(&vt, "event 3/3"));
	ck_assert(vt_sees(&vt, " Why "));
}
END_TEST

START_TEST(paste_into_the_command_line_runs_nothing)
{
	start_lab(24, 80);
	vt_keys(&vt, ":");
	ck_assert(vt_sees(&vt, ":"));
	vt_pump(&vt, 100);
	vt_keys(&vt, "\033[200~quit\nquit\n\033[201~");
	ck_assert(vt_sees(&vt, ":quit quit"));
	vt_keys(&vt, "\003");
	ck_assert(vt_lacks(&vt, ":quit quit"));
	vt_keys(&vt, "s");
	ck_assert(vt_sees(&vt, "event 2/2"));
}
END_TEST

START_TEST(a_resize_is_followed_live_down_to_nothing)
{
	static const int sizes[][2] = {{40, 140}, {24, 80}, {15, 59}, {10, 40}, {9, 39}, {1, 1},
		{2, 500}, {60, 20}, {24, 80}};

	start_lab(24, 80);
	vt_keys(&vt, "ss");
	ck_assert(vt_sees(&vt, "event 3/3"));
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		vt_resize(&vt, sizes[i][0], sizes[i][1]);
		vt_pump(&vt, 60);
		vt_keys(&vt, "vvvvw?\t\t");
		if (sizes[i][0] >= 10 && sizes[i][1] >= 40) { /* where a line can be seen */
			vt_keys(&vt, ":x");
			ck_assert(vt_sees(&vt, ":x"));
			vt_keys(&vt, "\003"); /* not before: twice in the stage it leaves */
			ck_assert(vt_lacks(&vt, ":x"));
		}
		vt_pump(&vt, 30);
	}
	vt_keys(&vt, "q"); /* closes the keys */
	vt_pump(&vt, 60);
	ck_assert(vt_sees(&vt, "pipe1"));
	ck_assert_int_eq(kill(vt.pid, 0), 0);
}
END_TEST

START_TEST(too_small_says_so)
{
	start_lab(24, 80);
	vt_resize(&vt, 9, 39);
	ck_assert(vt_sees(&vt, "too small"));
}
END_TEST

START_TEST(source_stands_beside_from_110_columns)
{
	start_lab(40, 140);
	ck_assert(vt_sees(&vt, "main.c ──"));
	vt_resize(&vt, 40, 109);
	ck_assert(vt_lacks(&vt, "main.c ──"));
}
END_TEST

START_TEST(interrupt_pauses_and_leaves_when_repeated)
{
	start_lab(24, 80);
	vt_keys(&vt, "\003");
	ck_assert(vt_sees(&vt, "^C again leaves"));
	vt_keys(&vt, "s");
	ck_assert(vt_sees(&vt, "event 2/2"));
	vt_keys(&vt, "\003\003");
	ck_assert_int_eq(vt_end(&vt), 0);
	ck_assert(terminal_is_sane());
}
END_TEST

START_TEST(termination_restores_the_terminal)
{
	start_lab(24, 80);
	kill(vt.pid, SIGTERM);
	ck_assert_int_ne(vt_end(&vt), -1);
	ck_assert(terminal_is_sane());
}
END_TEST

START_TEST(termination_is_obeyed_though_nobody_reads_the_screen)
{
	pid_t screen;
	int status;

	start_lab(24, 80);
	screen = child_called(vt.pid, "ipclab-screen");
	for (int i = 0; i < 150; i++) { /* each draws a whole screen that we do not read */
		vt_keys(&vt, "\014");
		usleep(4000);
	}
	usleep(300000);
	kill(vt.pid, SIGTERM);
	usleep(1500000);
	ck_assert_int_eq(waitpid(vt.pid, &status, WNOHANG), vt.pid);
	vt.pid = 0;
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	ck_assert(is_gone(screen));
	ck_assert(terminal_is_sane());
}
END_TEST

/* Who is killed: 0 the keeper, 1 the screen, 2 the engine. */
START_TEST(whoever_is_killed_the_terminal_is_sane_and_nothing_is_left)
{
	pid_t keeper, screen, engine, lab;
	struct str now = {0};

	start_lab(24, 80);
	vt_keys(&vt, "s");
	ck_assert(vt_sees(&vt, "event 2/2"));
	keeper = vt.pid;
	screen = child_called(keeper, "ipclab-screen");
	engine = child_called(screen, "ipclab-engine");
	lab = child_called(engine, "pipe");
	kill(_i == 0 ? keeper : _i == 1 ? screen : engine, SIGKILL);
	if (_i == 2) {
		ck_assert(vt_sees(&vt, "engine is gone"));
		vt_keys(&vt, "q");
	}
	ck_assert_int_ne(vt_end(&vt), -1);
	ck_assert(is_gone(screen));
	ck_assert(is_gone(engine));
	ck_assert(is_gone(lab));
	for (int i = 0; i < 100 && !terminal_is_sane(); i++)
		usleep(1000);
	ck_assert(terminal_is_sane());
	str_finish(&now);
}
END_TEST

START_TEST(a_hang_up_ends_everything)
{
	pid_t screen, engine, lab;

	start_lab(24, 80);
	screen = child_called(vt.pid, "ipclab-screen");
	engine = child_called(screen, "ipclab-engine");
	lab = child_called(engine, "pipe");
	close(vt.fd);
	vt.fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	vt.ended = true;
	ck_assert_int_ne(vt_end(&vt), -1);
	ck_assert(is_gone(screen));
	ck_assert(is_gone(engine));
	ck_assert(is_gone(lab));
}
END_TEST

START_TEST(save_display_writes_what_stands_there)
{
	char path[] = "/tmp/ipclab-display-XXXXXX", command[64], line[200] = "";
	int fd = mkstemp(path);
	FILE *f;

	start_lab(24, 80);
	vt_keys(&vt, "ss");
	ck_assert(vt_sees(&vt, "event 3/3"));
	snprintf(command, sizeof command, ":save-display %s\r", path);
	vt_keys(&vt, command);
	ck_assert(vt_sees(&vt, "The display is in"));
	f = fdopen(fd, "r");
	ck_assert_ptr_nonnull(fgets(line, sizeof line, f));
	ck_assert_ptr_nonnull(strstr(line, "event 3/3"));
	fclose(f);
	unlink(path);
}
END_TEST

START_TEST(no_terminal_type_no_screen)
{
	start(24, 80, (const char *[]){program(), "lab", "pipe", NULL}, "TERM=no-such-terminal");
	ck_assert(vt_sees(&vt, "no-such-terminal"));
	ck_assert_int_eq(WEXITSTATUS(vt_end(&vt)), EXIT_MACHINE);
}
END_TEST

START_TEST(ascii_has_no_other_character)
{
	struct str now = {0};

	start(24, 80, (const char *[]){program(), "lab", "pipe", "--ascii", "--", "tidy", NULL},
		NULL);
	ck_assert(vt_sees(&vt, "POISED"));
	vt_keys(&vt, "sss");
	ck_assert(vt_sees(&vt, "+= pipe1"));
	vt_text(&vt, &now);
	for (size_t i = 0; i < now.len; i++)
		ck_assert_int_lt((unsigned char)now.s[i], 0x80);
	str_finish(&now);
}
END_TEST

START_TEST(home_opens_a_lab_and_comes_back_to_go_on_with_it)
{
	start(24, 80, (const char *[]){program(), NULL}, NULL);
	ck_assert(vt_sees(&vt, "> 01 Ordinary pipes"));
	ck_assert(vt_lacks(&vt, "Continue"));
	vt_keys(&vt, "\r");
	ck_assert(vt_sees(&vt, "POISED"));
	vt_keys(&vt, ":guide 3\r");
	ck_assert(vt_sees(&vt, "3/11"));
	vt_keys(&vt, "L");
	ck_assert(vt_sees(&vt, "> Continue   01 Ordinary pipes, step 3 of 11"));
	vt_keys(&vt, "\033[B");
	ck_assert(vt_sees(&vt, "> 01 Ordinary pipes"));
	vt_keys(&vt, "\033[A");
	ck_assert(vt_sees(&vt, "> Continue"));
	vt_keys(&vt, "\r");
	ck_assert(vt_sees(&vt, "You were at step 3"));
	vt_keys(&vt, "q");
	ck_assert_int_eq(vt_end(&vt), 0);
}
END_TEST

/* One broken lab among others: they are there, and it says what is wrong with it. */
START_TEST(a_broken_lab_keeps_nobody_from_the_others)
{
	static char labs[120];
	char path[160];
	FILE *f;

	ck_assert(folder_make(state_home, sizeof state_home));
	for (int i = 1; i <= 2; i++) {
		snprintf(path, sizeof path, "%s/0%d-lab", state_home, i);
		ck_assert_int_eq(mkdir(path, 0700), 0);
		strcat(path, "/lab.md");
		f = fopen(path, "w");
		ck_assert_ptr_nonnull(f);
		fprintf(f, "---\ntitle: Lab %d\n%s: 5\nprograms: [{name: x}]\n---\n", i,
			i == 1 ? "minuten" : "minutes");
		fclose(f);
	}
	snprintf(labs, sizeof labs, "IPCLAB_LABS=%s", state_home);
	start(24, 80, (const char *[]){program(), NULL}, labs);
	ck_assert(vt_sees(&vt, "02 Lab 2"));
	ck_assert(vt_sees(&vt, "lab.md:3:1: 'minuten' is no key here"));
	vt_keys(&vt, "\r");
	ck_assert(vt_sees(&vt, "cannot be opened"));
	vt_keys(&vt, "\033[B");
	ck_assert(vt_lacks(&vt, "minuten"));
	vt_keys(&vt, "q");
	ck_assert_int_eq(vt_end(&vt), 0);
}
END_TEST

START_TEST(suspended_it_gives_the_terminal_back_and_returns)
{
	start_lab(24, 80);
	/* A job of its own with a parent in the session: stopped, it is reported to us. */
	kill(vt.pid, 0);
	vt_keys(&vt, "s");
	ck_assert(vt_sees(&vt, "event 2/2"));
	vt_keys(&vt, "\032");
	vt_pump(&vt, 150);
	kill(-vt.pid, SIGCONT);
	vt_pump(&vt, 150);
	vt_keys(&vt, "s");
	ck_assert(vt_sees(&vt, "event 3/3"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("terminal");
	TCase *t = tcase_create("terminal");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, NULL, finish);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, first_screen_shows_an_actor_its_call_and_one_key);
	tcase_add_test(t, footer_of_the_first_screen_names_one_key);
	tcase_add_test(t, steps_lead_to_a_blocked_process_and_its_reason);
	tcase_add_test(t, q_leaves_and_the_terminal_is_as_before);
	tcase_add_test(t, esc_closes_and_never_leaves);
	tcase_add_test(t, looking_back_moves_nobody);
	tcase_add_test(t, command_line_is_edited_by_readline);
	tcase_add_test(t, a_line_typed_ahead_loses_nothing);
	tcase_add_test(t, paste_into_the_command_line_runs_nothing);
	tcase_add_test(t, a_resize_is_followed_live_down_to_nothing);
	tcase_add_test(t, too_small_says_so);
	tcase_add_test(t, source_stands_beside_from_110_columns);
	tcase_add_test(t, interrupt_pauses_and_leaves_when_repeated);
	tcase_add_test(t, termination_restores_the_terminal);
	tcase_add_test(t, termination_is_obeyed_though_nobody_reads_the_screen);
	tcase_add_loop_test(t, whoever_is_killed_the_terminal_is_sane_and_nothing_is_left, 0, 3);
	tcase_add_test(t, a_hang_up_ends_everything);
	tcase_add_test(t, save_display_writes_what_stands_there);
	tcase_add_test(t, no_terminal_type_no_screen);
	tcase_add_test(t, ascii_has_no_other_character);
	tcase_add_test(t, home_opens_a_lab_and_comes_back_to_go_on_with_it);
	tcase_add_test(t, a_broken_lab_keeps_nobody_from_the_others);
	tcase_add_test(t, suspended_it_gives_the_terminal_back_and_returns);
	suite_add_tcase(s, t);
	folder_begin();
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
