/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line of LINE mode, in this process: whatever is typed into it, in whatever pieces, it neither
 * crashes nor leaves anything behind that the next line would stumble over. */
#include <check.h>
#include <curses.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tui/private.h"

static struct term term;
static int keyboard; /* to our standard input */
static int said = STDERR_FILENO;
static const char *const words[] = {"live", "quit", "save-display", "step", "steps", NULL};

static void begin(void)
{
	int fds[2], out = open("/dev/null", O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(out, 0);
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
	close(fds[0]);
	keyboard = fds[1];
	said = dup(STDERR_FILENO);
	fflush(NULL);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO); /* the bell */
	memset(&term, 0, sizeof term);
	COLS = 80;
}

static void type(const void *bytes, size_t n)
{
	ck_assert_int_eq(write(keyboard, bytes, n), (ssize_t)n);
}

/* What is typed goes through the line until it ends, or all is used. */
static enum line_end line_of(const char *bytes, size_t n, char **text)
{
	enum line_end end;

	type(bytes, n);
	if (!term.line)
		line_begin(&term, ":", words);
	do
		end = line_read(&term, text);
	while (end == LINE_GOES_ON && term_has_input(&term));
	return end;
}

static void assert_line(const char *keys, const char *expected)
{
	char *text;

	ck_assert_int_eq(line_of(keys, strlen(keys), &text), LINE_DONE);
	ck_assert_ptr_null(term.line);
	ck_assert_str_eq(text, expected);
	free(text);
}

static void assert_cancelled(const char *keys)
{
	char *text;

	ck_assert_int_eq(line_of(keys, strlen(keys), &text), LINE_CANCELLED);
	ck_assert_ptr_null(text);
	ck_assert_ptr_null(term.line);
}

/* ---- what it is for ---- */

START_TEST(keys_edit_the_line)
{
	static const struct {
		const char *keys, *text;
	} lines[] = {
		{"step\r", "step"},
		{"tep\001s\r", "step"},
		{"stop\033[D\177e\n", "step"},
		{"a b\033b\033OC\013\r", "a b"},
		{"a bc\033b\013\r", "a "},
		{"one two\027\031\031\r", "one twotwo"},
		{"one two\025\031!\r", "one two!"},
		{"ab\033[H\033[3~\r", "b"},
		{"ab\002\004\r", "a"},
		{"ab\033[1~x\033[4~y\r", "xaby"},
		{"sav\t\r", "save-display "},
		{"gr\303\274\303\237e\177\177\r", "gr\303\274"},
		{"x\033[200~y\nz\033[201~\r", "xy z"},
		{"\033[200~a\033\033[201~\r", "a "},
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		assert_line(lines[i].keys, lines[i].text);
}
END_TEST

START_TEST(a_paste_may_come_in_pieces)
{
	static const char keys[] = "\033[200~a\nb\033[201~\033[D\033[3~c";
	char *text;

	for (size_t i = 0; i < sizeof keys - 1; i++) {
		size_t n = keys[i] == 033 ? 2 : 1; /* Esc alone would be a key */

		ck_assert_int_eq(line_of(keys + i, n, &text), LINE_GOES_ON);
		i += n - 1;
	}
	assert_line("\r", "a c");
}
END_TEST

START_TEST(earlier_lines_come_back)
{
	assert_line("first\r", "first");
	assert_line("second\r", "second");
	assert_line("\033[A\033[A\r", "first");
	assert_line("\020\020\016\r", "first");
	assert_line("se\022\r", "second");
}
END_TEST

START_TEST(cancelled_it_leaves_nothing_to_the_next)
{
	static const char *const keys[] = {"abc\003", "abc\032", "\004", "abc\033[\003",
		"abc\0335\003", "\022ab\003", "\026\003", "\035\003", "\030\003", "a\303\003",
		"\342\224\003", "\033\0331\003", "\033"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		assert_cancelled(keys[i]);
		assert_line("\303\274x\r", "\303\274x");
	}
}
END_TEST

/* readline 8.2 by itself jumps into a frame that is gone when a search ends by a sequence of keys
 * that is bound to nothing (app/tui/line.c). */
START_TEST(no_sequence_of_keys_that_means_nothing_does_harm)
{
	static const char *const keys[] = {"\022a\030a", "\022\033\001", "\0235\033\010",
		"a\0335\033a", "\033[1;5\033\033[a", "\033OO\033a", "\030\030\030\033a",
		"\033[15~", "\030\005", "\030(ab\030)\030e", "\033\012\033xx"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		char *text;

		line_of(keys[i], strlen(keys[i]), &text);
		free(text);
		if (term.line)
			assert_cancelled("\003");
		assert_line("again\r", "again");
	}
}
END_TEST

START_TEST(a_user_who_likes_vi_has_a_line_all_the_same)
{
	char path[] = "/tmp/ipclab-inputrc-XXXXXX";
	static const char rc[] = "set editing-mode vi\nset show-mode-in-prompt on\n"
				 "set convert-meta on\n\"a\": \"macro\"\n\"\\C-e\": re-read-init-file\n";
	int fd = mkstemp(path), cursor;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, rc, sizeof rc - 1), (ssize_t)sizeof rc - 1);
	close(fd);
	setenv("INPUTRC", path, 1);
	line_begin(&term, ":", words);
	unlink(path);
	ck_assert_str_eq(line_text(&term, &cursor), ":");
	assert_line("ab\303\274\001\005\033bx\r", "xab\303\274");
}
END_TEST

/* ---- noise ---- */

static unsigned seed(void)
{
	const char *given = getenv("IPCLAB_SEED");

	return given ? (unsigned)strtoul(given, NULL, 10)
		     : (unsigned)(clock_ns() / 1000) ^ (unsigned)getpid();
}

/* Half of it means something to readline, here or by its own keymaps. */
static size_t add_noise(char *to)
{
	static const char *const pieces[] = {"\033", "\033[", "\033[A", "\033[B", "\033OA", "\033O",
		"\033[1;5", "\033[3~", "\030", "\030\030", "\030(", "\030)", "\030e", "\030\005",
		"\030\022", "\030\025", "\026", "\021", "\022", "\023", "\035", "\033\035", "\007",
		"\0331", "\0335", "\033-", "\025", "\031", "\033y", "\037", "\033r", "\013", "\027",
		"\t", "\t\t", "\033?", "\033*", "\033.", "\033\012", "\303", "\342\224", "\237\230",
		"\303\274", "\360\237\230\200", "\003", "\r", "\n", "\020", "\016", "\033<", "\033>",
		"\024", "\033t", "\033[200~", "\033[201~", "\004", "step ", "l", "\033\177"};
	const char *piece = pieces[(size_t)random() % ARRAY_LEN(pieces)];

	if (random() & 1) {
		*to = (char)random();
		return 1;
	}
	memcpy(to, piece, strlen(piece));
	return strlen(piece);
}

/* A chunk that ends in ESC costs the 25 ms in which the rest of a sequence may come: rarely. */
static size_t make_chunk(char *bytes)
{
	size_t n = 0;

	for (long pieces = 1 + random() % 12; pieces > 0; pieces--)
		n += add_noise(bytes + n);
	if (bytes[n - 1] == 033 && random() % 20)
		bytes[n++] = (char)('A' + random() % 64);
	return n;
}

static void a_new_line_works(unsigned line)
{
	static char text[256], keys[256];

	/* What was typed behind the last line is taken by somebody else. */
	term.ahead_n = 0;
	while (term_has_input(&term))
		ck_assert_int_gt(read(STDIN_FILENO, keys, sizeof keys), 0);
	snprintf(text, 40, "\303\274%u", line);
	snprintf(keys, sizeof keys, "%.40s\r", text);
	assert_line(keys, text);
}

START_TEST(noise_in_any_pieces_does_no_harm)
{
	unsigned lines = getenv("IPCLAB_SOAK") ? 300000 : 15000, n = seed() + (unsigned)_i;

	dprintf(said, "test_line: IPCLAB_SEED=%u\n", n - (unsigned)_i);
	srandom(n);
	for (unsigned line = 0; line < lines; line++) {
		enum line_end end = LINE_GOES_ON;
		int cursor;

		for (long chunks = 1 + random() % 6; chunks > 0 && end == LINE_GOES_ON; chunks--) {
			char bytes[200], *text;

			end = line_of(bytes, make_chunk(bytes), &text);
			free(text);
			if (end == LINE_GOES_ON)
				line_text(&term, &cursor);
			if (end == LINE_GOES_ON && random() % 50 == 0) {
				COLS = 1 + (int)(random() % 100);
				line_resize(&term);
			}
		}
		if (end == LINE_GOES_ON)
			assert_cancelled("\003");
		if (line % 10 == 0)
			a_new_line_works(line);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("line");
	TCase *t = tcase_create("line");
	SRunner *r;
	int failed;

	if (!setlocale(LC_ALL, "C.UTF-8")) {
		puts("skipped: there is no locale C.UTF-8");
		return 77;
	}
	setenv("INPUTRC", "/dev/null", 1);
	setenv("TERM", "xterm", 0);
	if (chdir("/") < 0)
		return EXIT_FAILURE;
	tcase_add_checked_fixture(t, begin, NULL);
	tcase_set_timeout(t, getenv("IPCLAB_SOAK") ? 600 : 60);
	tcase_add_test(t, keys_edit_the_line);
	tcase_add_test(t, a_paste_may_come_in_pieces);
	tcase_add_test(t, earlier_lines_come_back);
	tcase_add_test(t, cancelled_it_leaves_nothing_to_the_next);
	tcase_add_test(t, no_sequence_of_keys_that_means_nothing_does_harm);
	tcase_add_test(t, a_user_who_likes_vi_has_a_line_all_the_same);
	tcase_add_loop_test(t, noise_in_any_pieces_does_no_harm, 0, 2);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
