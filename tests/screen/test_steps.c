/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every step of the first lab on the screen, from steps/NN.ipclog (see record.c): the lab's own
 * screen at the moment when the step's question is open, and the recording as `ipclab replay` shows
 * it, drawn and compared with golden/NAME.txt; then the real program in a terminal of libvterm,
 * whose screen must be the same. 80x24 and 140x40, UTF-8 and ASCII. IPCLAB_GOLDEN=1 writes the
 * golden screens anew: look at each before it is kept.
 */
#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"
#include "lesson.h"
#include "vt.h"
#include "golden.h"

enum { SETTLE_MS = 5000 };

static struct vt vt;

static void name_of(const char *kind, int step, int shape, char *out, size_t n)
{
	char number[16] = "";

	if (step)
		snprintf(number, sizeof number, "-%02d", step);
	snprintf(out, n, "%s%s%s%s", kind, number, shape & 1 ? "-140x40" : "",
		is_ascii(shape) ? "-ascii" : "");
}

static const char *program(void)
{
	const char *path = getenv("IPCLAB");

	return path ? path : "./ipclab";
}

/* ---- the kept texts ---- */

/* The number that fork returned is another one each time: it is called PID, and the blanks behind
 * its line, which make up for its length, are one. */
static void without_pids(struct str *text)
{
	static const char before[] = "Result ", behind[] = ", the pid of ";
	struct str out = {0};
	const char *p = str_get(text), *at;

	while ((at = strstr(p, before)) != NULL) {
		size_t digits;

		at += sizeof before - 1;
		str_add_bytes(&out, p, (size_t)(at - p));
		p = at;
		digits = strspn(p, "0123456789");
		if (!digits || strncmp(p + digits, behind, sizeof behind - 1) != 0)
			continue;
		p += digits;
		at = p + strcspn(p, ".\n");
		str_add(&out, "PID");
		str_add_bytes(&out, p, (size_t)(at - p));
		p = at + (*at == '.');
		str_add(&out, *at == '.' ? "." : "");
		if (p[strspn(p, " ")] != '\n')
			str_add(&out, *p == ' ' ? " " : "");
		p += strspn(p, " ");
	}
	str_add(&out, p);
	str_finish(text);
	*text = out;
}

/* ---- the real program ---- */

static char state_home[80]; /* what is remembered of a learner, of this test alone */

/* Two of the labs, so that what is kept of the list does not change with each that is added. */
static void make_labs(char *variable, size_t n)
{
	static const char *const names[] = {"01-pipe", "07-bounded-buffer"};
	char command[4400];

	snprintf(variable, n, "IPCLAB_LABS=%s/labs", state_home);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(command, sizeof command, "mkdir -p '%s/labs' && ln -s \"$(realpath '%.4000s/labs/%s')\" '%s/labs'",
			state_home, source_dir(), names[i], state_home);
		ck_assert_int_eq(system(command), 0);
	}
}

/* args NULL: the list of labs, which takes no options: there a locale without UTF-8 makes it ASCII.
 * For that one a terminal type without `rep`: ncurses uses it in such a locale, and libvterm 0.1
 * wraps one column too early behind it. */
static void start(int shape, const char *const *args)
{
	static char state[100], runtime[100], labs[100] = "IPCLAB_LABS=";
	bool by_locale = !args && is_ascii(shape);
	const char *argv[8] = {program()};
	size_t n = 1;

	while (args && *args)
		argv[n++] = *args++;
	if (args && is_ascii(shape))
		argv[n++] = "--ascii";
	ck_assert(folder_make(state_home, sizeof state_home));
	snprintf(state, sizeof state, "XDG_STATE_HOME=%s", state_home);
	snprintf(runtime, sizeof runtime, "XDG_RUNTIME_DIR=%s", state_home);
	if (!args)
		make_labs(labs, sizeof labs);
	vt_start(&vt, rows_of(shape), cols_of(shape), argv,
		(const char *[]){state, runtime, labs, by_locale ? "LC_ALL=C" : NULL,
			"TERM=screen-256color", NULL});
}

static void finish(void)
{
	char command[120];

	if (!state_home[0])
		return;
	vt_finish(&vt);
	snprintf(command, sizeof command, "rm -rf '%s'", state_home);
	ck_assert_int_eq(system(command), 0);
}

static void leave(void)
{
	vt_keys(&vt, "q");
	ck_assert_int_eq(vt_end(&vt), 0);
}

/* The terminal comes to show what is kept under that name. */
static void shows_golden(const char *name)
{
	u64 limit = clock_ns() + (u64)SETTLE_MS * 1000000;
	struct str want = {0}, now = {0};
	bool same;

	golden_read(name, &want);
	for (;;) {
		str_clear(&now);
		vt_text(&vt, &now);
		without_pids(&now);
		same = strcmp(str_get(&want), str_get(&now)) == 0;
		if (same || clock_ns() > limit || vt.ended)
			break;
		vt_pump(&vt, 20);
	}
	if (!same)
		printf("%s: the terminal shows:\n%s", name, str_get(&now));
	fflush(stdout);
	ck_assert_msg(same, "the terminal does not show %s", name);
	str_finish(&want);
	str_finish(&now);
}

/* ---- tests ---- */

/* Without blanks and lines, so that a sentence is found where it was wrapped. */
static void squeeze(const char *text, struct str *out)
{
	str_clear(out);
	for (; *text; text++)
		if (isalnum((unsigned char)*text) || strchr(".,:;'()", *text))
			str_add_bytes(out, text, 1);
}

/* One more if that sentence stands on the screen (squeezed); it is added to what was found. */
static u32 find(const struct str *screen, const char *sentence, struct str *found)
{
	struct str what = {0};
	bool there;

	squeeze(sentence, &what);
	there = what.len && strstr(str_get(screen), str_get(&what));
	if (there)
		str_addf(found, "%s%s", found->len ? "; " : "", sentence);
	str_finish(&what);
	return there;
}

/* How many of these reasons, a line each, stand on the screen. */
static u32 find_reasons(const char *screen, const struct str *reasons, struct str *found)
{
	struct str where = {0};
	char *lines = xstrdup(str_get(reasons));
	u32 n = 0;

	squeeze(screen, &where);
	for (char *line = strtok(lines, "\n"); line; line = strtok(NULL, "\n"))
		n += find(&where, line, found);
	str_finish(&where);
	free(lines);
	return n;
}

/* Likewise for phrases, some of which every reason has. */
static u32 find_phrases(const char *screen, struct str *found)
{
	static const char *const phrases[] = {"is empty and", "is full and", "written to by",
		"can still be", "nobody left", "Nobody is left", "never closed", "still open",
		"has not ended", "has ended: P", "would block", "waits for"};
	struct str where = {0};
	u32 n = 0;

	squeeze(screen, &where);
	for (size_t i = 0; i < ARRAY_LEN(phrases); i++)
		n += find(&where, phrases[i], found);
	str_finish(&where);
	return n;
}

/* The guide's words included: while the question is open, it is not said why anybody waits. */
START_TEST(a_step_is_drawn_as_kept)
{
	struct frame_wanted w = {.step = (u32)_i / SHAPES + 1,
		.shape = _i % SHAPES,
		.lower = PANE_GUIDE};
	struct str text = {0}, reasons = {0}, found = {0};
	struct lesson l;
	char name[64];

	lesson_open(&l, w.step);
	w.question = l.question != NULL;
	lesson_close(&l);
	lesson_draw(&w, &text, &reasons);
	if (w.question)
		ck_assert_msg(find_reasons(str_get(&text), &reasons, &found) == 0,
			"step %u shows \"%s\"", w.step, str_get(&found));
	without_pids(&text);
	name_of("step", (int)w.step, w.shape, name, sizeof name);
	golden_compare(name, str_get(&text));
	str_finish(&text);
	str_finish(&reasons);
	str_finish(&found);
}
END_TEST

START_TEST(a_recording_is_drawn_as_kept)
{
	struct frame_wanted w = {.step = (u32)_i / SHAPES + 1,
		.shape = _i % SHAPES,
		.replay = true,
		.lower = PANE_TIME};
	struct str text = {0}, reasons = {0};
	char name[64];

	lesson_draw(&w, &text, &reasons);
	without_pids(&text);
	name_of("replay", (int)w.step, w.shape, name, sizeof name);
	golden_compare(name, str_get(&text));
	str_finish(&text);
	str_finish(&reasons);
}
END_TEST

START_TEST(the_terminal_shows_the_step)
{
	int step = _i / SHAPES + 1, shape = _i % SHAPES;
	char number[16], name[64];
	struct lesson l;

	lesson_open(&l, (u32)step);
	snprintf(number, sizeof number, "%d", step);
	start(shape, (const char *[]){"lab", "pipe", "--step", number, NULL});
	ck_assert(vt_sees(&vt, str_get(&l.heading)));
	ck_assert(vt_sees(&vt, "POISED"));
	for (int i = 0; i < l.enters; i++)
		vt_keys(&vt, "\r");
	lesson_close(&l);
	name_of("step", step, shape, name, sizeof name);
	shows_golden(name);
	leave();
}
END_TEST

START_TEST(the_terminal_shows_the_recording)
{
	int step = _i / SHAPES + 1, shape = _i % SHAPES;
	char file[24], name[64];
	struct str path = {0};

	snprintf(file, sizeof file, "%02d.ipclog", step);
	str_addf(&path, "%s/tests/screen/steps/%s", source_dir(), file);
	start(shape, (const char *[]){"replay", str_get(&path), NULL});
	ck_assert(vt_sees(&vt, file));
	vt_keys(&vt, "G");
	name_of("replay", step, shape, name, sizeof name);
	shows_golden(name);
	leave();
	str_finish(&path);
}
END_TEST

/* With nothing left out but the guide's own words, in any pane. */
START_TEST(an_open_question_shows_no_reason)
{
	for (enum pane lower = PANE_GUIDE; lower < PANE_COUNT; lower++) {
		struct frame_wanted w = {.step = (u32)_i / SHAPES + 1,
			.shape = _i % SHAPES,
			.question = true,
			.bare = true,
			.lower = lower};
		struct str text = {0}, reasons = {0}, found = {0};

		if (lower == PANE_HELP)
			continue; /* the keys: nothing of this world */
		lesson_draw(&w, &text, &reasons);
		find_reasons(str_get(&text), &reasons, &found);
		find_phrases(str_get(&text), &found);
		if (found.len)
			printf("%s", str_get(&text));
		fflush(stdout);
		ck_assert_msg(!found.len, "step %u, %s: \"%s\"", w.step, pane_name(lower),
			str_get(&found));
		str_finish(&text);
		str_finish(&reasons);
		str_finish(&found);
	}
}
END_TEST

/* So that the test above can fail: the same moment, no question open. */
START_TEST(without_a_question_whoever_waits_is_explained)
{
	u32 waiting = 0;

	for (u32 step = 1; step <= STEPS; step++) {
		struct frame_wanted w = {
			.step = step, .shape = _i, .bare = true, .lower = PANE_GUIDE};
		struct str text = {0}, reasons = {0}, found = {0};

		if (lesson_draw(&w, &text, &reasons)) {
			waiting++;
			ck_assert_msg(find_reasons(str_get(&text), &reasons, &found) > 0,
				"step %u does not show why", step);
			ck_assert_msg(find_phrases(str_get(&text), &found) > 0, "step %u", step);
		}
		str_finish(&text);
		str_finish(&reasons);
		str_finish(&found);
	}
	ck_assert_uint_ge(waiting, 2); /* a full pipe; a reader that is left */
}
END_TEST

/* The list of labs, nothing of it begun. */
START_TEST(home_is_drawn_as_kept_and_the_terminal_shows_it)
{
	/* The second as its guide has it: this test opens the first one's only. */
	struct home_lab list[] = {{.id = "pipe", .group = "Pipes", .first = "01", .slides = "\"Ordinary pipes\", \"pipe() and fork\""},
		{.id = "bounded-buffer",
			.group = "Shared memory",
			.first = "07",
			.title = "Bounded buffer",
			.minutes = 25,
			.steps = 12,
			.after = "01",
			.core = true}};
	struct home home = {.labs = list, .n = ARRAY_LEN(list)};
	struct canvas *c = canvas_create(rows_of(_i), cols_of(_i), is_ascii(_i));
	struct str text = {0};
	struct lesson l;
	char name[64];

	lesson_open(&l, 1);
	list[0].title = l.guide->title;
	list[0].minutes = (int)l.guide->minutes;
	list[0].steps = (int)l.guide->steps.n;
	list[0].core = l.guide->core;
	list[0].about = l.guide->intro;
	home_draw(c, &home);
	canvas_text(c, &text);
	name_of("home", 0, _i, name, sizeof name);
	golden_compare(name, str_get(&text));
	start(_i, NULL);
	shows_golden(name);
	leave();
	canvas_destroy(c);
	lesson_close(&l);
	str_finish(&text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("steps");
	TCase *t = tcase_create("steps");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, NULL, finish);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, a_step_is_drawn_as_kept, 0, STEPS * SHAPES);
	tcase_add_loop_test(t, a_recording_is_drawn_as_kept, 0, STEPS * SHAPES);
	tcase_add_loop_test(t, an_open_question_shows_no_reason, 0, STEPS * SHAPES);
	tcase_add_loop_test(t, without_a_question_whoever_waits_is_explained, 0, SHAPES);
	tcase_add_loop_test(t, the_terminal_shows_the_recording, 0, STEPS * SHAPES);
	tcase_add_loop_test(t, the_terminal_shows_the_step, 0, STEPS * SHAPES);
	tcase_add_loop_test(t, home_is_drawn_as_kept_and_the_terminal_shows_it, 0, SHAPES);
	suite_add_tcase(s, t);
	folder_begin();
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
