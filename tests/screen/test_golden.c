/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Golden screens: a recording, a moment, what is open -> the canvas as text, compared with
 * golden/NAME.txt. IPCLAB_GOLDEN=1 writes them anew: look at each before it is kept. */
#include <check.h>
#include <unistd.h>

#include "session/lib.h"
#include "story.h"
#include "view/screen.h"
#include "golden.h"

enum { MAIN = 1, FORK, P_CLOSE, P_WRITE, P_END, WAIT, READ };

/* The first lab in short: P1 makes a pipe and forks P2; P1 writes "hi" and closes; P2 reads, and
 * keeps the write end that it inherited. Moments: 1 pipe, 2 fork, 3 both poised, 4 P2 blocked,
 * 5 P1 closed its read end, 6 "h" read, P2 waits again, 7 "i" in the pipe, 8 closed, 9 hang. */
static void story_of_pipe(struct story *s)
{
	static const char main_c[] = "int main(void)\n{\n\tint fds[2];\n\n\tif (pipe(fds) == "
				     "-1)\n\t\treturn 1;\n\tif (fork() == 0)\n"
				     "\t\tconsumer(fds);\n\tproducer(fds);\n\twait(NULL);\n}\n";
	static const char producer_c[] =
		"void producer(int fds[2])\n{\n\tclose(fds[0]);\n\twrite(fds[1], \"h\", 1);\n"
		"\twrite(fds[1], \"i\", 1);\n\tclose(fds[1]);\n}\n";
	static const char consumer_c[] = "void consumer(int fds[2])\n{\n\tchar c;\n\n\twhile "
					 "(read(fds[0], &c, 1) == 1)\n\t\tputchar(c);\n}\n";
	u32 p1, p2;

	story_begin(s);
	story_line(s, MAIN, "main.c", 5, "main");
	story_line(s, FORK, "main.c", 7, "main");
	story_line(s, P_CLOSE, "producer.c", 3, "producer");
	story_line(s, P_WRITE, "producer.c", 4, "producer");
	story_line(s, P_END, "producer.c", 6, "producer");
	story_line(s, WAIT, "main.c", 10, "main");
	story_line(s, READ, "consumer.c", 5, "consumer");
	story_source(s, "main.c", main_c);
	story_source(s, "producer.c", producer_c);
	story_source(s, "consumer.c", consumer_c);
	story_mode(s, OBS_HELD);
	p1 = story_spawn(s, 0);
	story_exec(s, p1, "/labs/pipe");
	story_terminals(s, p1);
	story_poised(s, p1, CALL_pipe2, 0, 0, NULL, MAIN);
	story_settled(s);
	story_pipe(s, p1, 3, 4, MAIN);
	story_poised(s, p1, CALL_fork, 0, 0, NULL, FORK);
	story_settled(s);
	p2 = story_fork(s, p1, FORK);
	story_poised(s, p1, CALL_close, 3, 0, NULL, P_CLOSE);
	story_poised(s, p2, CALL_read, 3, 1, NULL, READ);
	story_settled(s);
	story_enter(s, p2, CALL_read, 3, 1, NULL, READ);
	story_blocked(s, p2, CALL_read);
	story_settled(s);
	story_does(s, p1, CALL_close, 3, 0, NULL, P_CLOSE, 0);
	story_poised(s, p1, CALL_write, 4, 1, "h", P_WRITE);
	story_settled(s);
	story_does(s, p1, CALL_write, 4, 1, "h", P_WRITE, 1);
	story_poised(s, p1, CALL_write, 4, 1, "i", P_WRITE);
	story_exit(s, p2, CALL_read, 1);
	story_enter(s, p2, CALL_write, 1, 2, "h\n", READ);
	story_exit(s, p2, CALL_write, 2);
	story_poised(s, p2, CALL_read, 3, 1, NULL, READ);
	story_settled(s);
	story_does(s, p1, CALL_write, 4, 1, "i", P_WRITE, 1);
	story_poised(s, p1, CALL_close, 4, 0, NULL, P_END);
	story_settled(s);
	story_does(s, p1, CALL_close, 4, 0, NULL, P_END, 0);
	story_poised(s, p1, CALL_wait4, -1, 0, NULL, WAIT);
	story_settled(s);
	story_does(s, p2, CALL_read, 3, 1, NULL, READ, 1);
	story_enter(s, p2, CALL_read, 3, 1, NULL, READ);
	story_blocked(s, p2, CALL_read);
	story_enter(s, p1, CALL_wait4, -1, 0, NULL, WAIT);
	story_blocked(s, p1, CALL_wait4);
	story_settled(s);
	story_end(s);
}

/* A writer that has filled its pipe, and one that reads from another. */
static void story_of_full(struct story *s)
{
	u32 p1, p2;

	story_begin(s);
	story_mode(s, OBS_HELD);
	p1 = story_spawn(s, 0);
	story_exec(s, p1, "/bin/fill");
	story_terminals(s, p1);
	story_pipe(s, p1, 3, 4, 0);
	story_pipe(s, p1, 5, 6, 0);
	p2 = story_fork(s, p1, 0);
	story_does(s, p1, CALL_close, 3, 0, NULL, 0, 0);
	story_does(s, p2, CALL_close, 4, 0, NULL, 0, 0);
	story_does(s, p1, CALL_write, 4, 65536, "0123456789", 0, 65536);
	story_enter(s, p1, CALL_write, 4, 100, "more", 0);
	story_blocked(s, p1, CALL_write);
	story_does(s, p2, CALL_write, 6, 5, "hello", 0, 5);
	story_poised(s, p2, CALL_read, 3, 100, NULL, 0);
	story_settled(s);
	story_end(s);
}

/* sh runs a | b | c | d: more than the stage has room for. */
static void story_of_many(struct story *s)
{
	static const char *const names[] = {"/bin/seq", "/bin/sort", "/bin/uniq", "/bin/tail"};
	u32 sh, child[4];

	story_begin(s);
	story_mode(s, OBS_HELD);
	sh = story_spawn(s, 0);
	story_exec(s, sh, "/bin/sh");
	story_terminals(s, sh);
	story_pipe(s, sh, 3, 4, 0);
	for (int i = 0; i < 4; i++) {
		child[i] = story_fork(s, sh, 0);
		story_exec(s, child[i], names[i]);
	}
	story_enter(s, child[1], CALL_read, 3, 4096, NULL, 0);
	story_blocked(s, child[1], CALL_read);
	story_poised(s, child[0], CALL_write, 4, 6, "1\n2\n3\n", 0);
	story_poised(s, child[2], CALL_close, 3, 0, NULL, 0);
	story_enter(s, child[3], CALL_exit_group, 0, 0, NULL, 0);
	story_end_of(s, child[3], 0);
	story_enter(s, sh, CALL_wait4, -1, 0, NULL, 0);
	story_blocked(s, sh, CALL_wait4);
	story_settled(s);
	story_end(s);
}

/* ---- frames ---- */

static const char *const actors[] = {"producer", "consumer"};

static const char *lab_actor(void *arg, u32 proc)
{
	struct session *s = arg;
	const struct w_proc *p = world_proc(timeline_world(session_timeline(s)), proc);

	return p && p->name <= 2 && world_procs(timeline_now(session_timeline(s))) <= 3
		       ? actors[p->name - 1]
		       : session_actor(s, proc);
}

static const char guide[] = "P1 has made a pipe and forked P2. P1 writes, P2 reads.\n\nWhat will "
			    "P2's read(3) do when P1 has closed fd 4?\n"
			    "> 1  return 0: end of file\n  2  go on waiting\n  3  fail with EBADF: "
			    "the pipe is closed\n  4  I do not know yet\n";

struct golden {
	const char *name;
	void (*story)(struct story *);
	u64 moment; /* 0: the end */
	enum pane lower;
	void (*change)(struct view_state *);
	int rows, cols;
	bool ascii;
};

static void opened(struct view_state *v)
{
	v->question = true;
}
static void asked(struct view_state *v)
{
	opened(v);
	v->live = true;
	v->mode = SCREEN_HELD;
	v->lead = "PREDICT  1-4 choose, Enter answer";
}
static void asked_short(struct view_state *v)
{
	asked(v);
	v->lead = "PREDICT  Enter answer";
}
static void says_much(struct view_state *v)
{
	v->message = "/home/learner/labs/07-broken/lab.md:123:45: a sentence that is longer than "
		     "a row of the screen, and that is of use only with its end.";
}
static void first(struct view_state *v)
{
	v->first = v->live = true;
	v->mode = SCREEN_HELD;
}
static void live(struct view_state *v)
{
	v->live = true;
	v->mode = SCREEN_HELD;
	v->selected = 2;
}
static void picture(struct view_state *v)
{
	v->picture = true;
	v->selected = 3;
}
static void hidden(struct view_state *v)
{
	v->question = true;
	v->hide = HIDE_FULL | HIDE_NEXT | HIDE_ENDS;
}
static void third(struct view_state *v)
{
	v->selected = 3;
}

static void shows_calls(struct view_state *v)
{
	v->show = VIEW_SHOW;
	v->lead = "Enter step P1";
	v->live = true;
	v->mode = SCREEN_HELD;
}
static void shows_slots(struct view_state *v)
{
	v->show = VIEW_SHOW | VIEW_PIPE | VIEW_SLOTS;
}

static void shows_tables(struct view_state *v)
{
	v->show = VIEW_SHOW | VIEW_TABLES | VIEW_WHY;
	v->selected = 2;
}
static void tables_hidden(struct view_state *v)
{
	shows_tables(v);
	v->hide = HIDE_ENDS;
	v->question = true;
}

static const struct golden goldens[] = {
	{"show-calls", story_of_pipe, 3, PANE_GUIDE, shows_calls, 24, 80, false},
	{"show-slots", story_of_full, 0, PANE_GUIDE, shows_slots, 24, 80, false},
	{"first", story_of_pipe, 1, PANE_GUIDE, first, 24, 80, false},
	{"first-ascii", story_of_pipe, 1, PANE_GUIDE, first, 24, 80, true},
	{"poised", story_of_pipe, 3, PANE_GUIDE, live, 24, 80, false},
	{"blocked", story_of_pipe, 4, PANE_GUIDE, live, 24, 80, false},
	{"blocked-ascii", story_of_pipe, 4, PANE_GUIDE, live, 24, 80, true},
	{"blocked-140x40", story_of_pipe, 4, PANE_GUIDE, live, 40, 140, false},
	{"blocked-140x40-ascii", story_of_pipe, 4, PANE_GUIDE, live, 40, 140, true},
	{"question", story_of_pipe, 4, PANE_GUIDE, opened, 24, 80, false},
	{"question-hides", story_of_pipe, 7, PANE_GUIDE, hidden, 24, 80, false},
	{"output", story_of_pipe, 6, PANE_GUIDE, live, 24, 80, false},
	{"contents", story_of_pipe, 7, PANE_GUIDE, NULL, 24, 80, false},
	{"hang", story_of_pipe, 0, PANE_GUIDE, NULL, 24, 80, false},
	{"hang-why", story_of_pipe, 0, PANE_WHY, live, 24, 80, false},
	{"hang-time", story_of_pipe, 0, PANE_TIME, NULL, 24, 80, false},
	{"hang-time-ascii", story_of_pipe, 0, PANE_TIME, NULL, 24, 80, true},
	{"hang-time-140x40", story_of_pipe, 0, PANE_TIME, NULL, 40, 140, false},
	{"source", story_of_pipe, 5, PANE_SOURCE, NULL, 24, 80, false},
	{"tables", story_of_pipe, 5, PANE_GUIDE, shows_tables, 24, 80, false},
	{"tables-ascii", story_of_pipe, 5, PANE_GUIDE, shows_tables, 24, 80, true},
	{"tables-hidden", story_of_pipe, 5, PANE_GUIDE, tables_hidden, 24, 80, false},
	{"tables-many", story_of_many, 0, PANE_GUIDE, shows_tables, 24, 80, false},
	{"links", story_of_pipe, 7, PANE_LINK, NULL, 34, 80, false},
	{"links-hidden", story_of_pipe, 7, PANE_LINK, tables_hidden, 24, 80, false},
	{"descriptors", story_of_pipe, 5, PANE_FDS, NULL, 24, 80, false},
	{"keys", story_of_pipe, 5, PANE_HELP, live, 40, 80, false},
	{"small", story_of_pipe, 4, PANE_GUIDE, NULL, 15, 60, false},
	{"tiny", story_of_pipe, 4, PANE_GUIDE, NULL, 9, 39, false},
	{"full", story_of_full, 0, PANE_TIME, NULL, 24, 80, false},
	{"full-ascii", story_of_full, 0, PANE_TIME, NULL, 24, 80, true},
	{"full-narrow", story_of_full, 0, PANE_TIME, NULL, 24, 62, false},
	{"many", story_of_many, 0, PANE_WHY, third, 24, 80, false},
	{"many-ascii", story_of_many, 0, PANE_WHY, third, 24, 80, true},
	{"many-picture", story_of_many, 0, PANE_TIME, picture, 24, 80, false},
	{"many-140x40", story_of_many, 0, PANE_TIME, NULL, 40, 140, false},
};

/* The screen of a golden as text. */
static void draw(const struct golden *g, struct str *out)
{
	struct err err = {0};
	struct story story;
	struct session *session;
	struct timeline *t;
	struct canvas *c = canvas_create(g->rows, g->cols, g->ascii);
	struct deeds deeds = {0};
	struct str last = {0}, written = {0};
	u64 from, to;

	g->story(&story);
	session = session_open(story.path, &err);
	ck_assert_msg(session != NULL, "%s", err.text);
	t = session_timeline(session);
	ck_assert_msg(world_head(timeline_now(t))->drift == 0, "drift: %s",
		world_head(timeline_now(t))->first_drift);
	if (g->moment)
		timeline_seek_moment(t, g->moment);
	struct scene scene = {
		.world = timeline_world(t),
		.log = timeline_reader(t),
		.sources = session_sources(session),
		.actor = lab_actor,
		.actor_arg = session,
		.style = STYLE_SHORT,
	};
	struct view_state v = {
		.mode = SCREEN_RECORDED,
		.selected = 1,
		.lower = g->lower,
		.title = "01 Ordinary pipes",
		.heading = "",
		.guide = guide,
		.out_line = "",
		.find = "",
		.output = "",
		.moment = world_head(scene.world)->moment,
		.moments = timeline_moments(t),
	};
	if (g->change)
		g->change(&v);
	to = world_head(scene.world)->events;
	deeds_collect(t, &scene, 1, to, &deeds);
	if (timeline_moment_events(t, v.moment, &from, &to) && !v.first)
		last_collect(t, &scene, from - 1, world_head(timeline_world(t))->events, v.question,
			&last, &written);
	v.deeds = deeds.at;
	v.deeds_n = deeds.n;
	v.last = str_get(&last);
	v.out_line = str_get(&written);
	scene.world = timeline_world(t);
	screen_draw(c, &scene, &v);
	canvas_text(c, out);
	canvas_destroy(c);
	session_end(session);
	story_forget(&story);
	free(deeds.at);
	str_finish(&last);
	str_finish(&written);
}

START_TEST(screen_is_as_kept)
{
	struct str text = {0};

	draw(&goldens[_i], &text);
	golden_compare(goldens[_i].name, str_get(&text));
	str_finish(&text);
}
END_TEST

START_TEST(ascii_screens_have_no_other_character)
{
	struct golden g = goldens[_i];
	struct str text = {0};

	g.ascii = true;
	draw(&g, &text);
	for (size_t i = 0; i < text.len; i++)
		ck_assert_int_lt((unsigned char)text.s[i], 0x80);
	str_finish(&text);
}
END_TEST

START_TEST(no_line_is_wider_than_the_screen)
{
	struct golden g = goldens[_i];

	for (int cols = 1; cols <= 200; cols += cols < 20 ? 1 : 13)
		for (int rows = 1; rows <= 60; rows += rows < 12 ? 1 : 7) {
			struct str text = {0};
			int lines = 0;

			g.cols = cols;
			g.rows = rows;
			if ((rows * cols + _i) % 5)
				continue; /* a fifth of them is enough to meet every case */
			draw(&g, &text);
			for (const char *p = str_get(&text); *p; lines++) {
				size_t n = strcspn(p, "\n");
				char line[1024];

				snprintf(line, sizeof line, "%.*s", (int)n, p);
				ck_assert_int_le(text_width(line), cols);
				p += n + 1;
			}
			ck_assert_int_eq(lines, rows);
			str_finish(&text);
		}
}
END_TEST

/* Everything a question hides, in every pane and at every moment. */
START_TEST(an_open_question_shows_no_reason)
{
	static const char *const reasons[] = {"is empty and", "pipe1 is empty", "written to by",
		"has not ended", "has ended: P2", "Nobody is left", "would block"};

	for (u64 moment = 0; moment <= 9; moment++) /* 0: the end of another story */
		for (enum pane lower = PANE_GUIDE; lower < PANE_COUNT; lower++)
			for (int wide = 0; wide < 2; wide++) {
				struct golden g = {"", moment ? story_of_pipe : story_of_many,
					moment, lower, opened, wide ? 40 : 24, wide ? 140 : 80,
					false};
				struct str text = {0};

				draw(&g, &text);
				for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
					ck_assert_msg(!strstr(str_get(&text), reasons[i]),
						"\"%s\" at moment %llu:\n%s", reasons[i],
						(unsigned long long)moment, str_get(&text));
				str_finish(&text);
			}
}
END_TEST

static const struct home_lab home_labs[] = {
	{.id = "pipe",
		.title = "Ordinary pipes",
		.group = "Pipes",
		.first = "01",
		.minutes = 25,
		.steps = 9,
		.done = 4,
		.questions = 8,
		.asked = 4,
		.predicted = 3,
		.core = true,
		.slides = "\"Ordinary pipes\", \"pipe() and fork\"",
		.about = "A pipe joins two processes in one direction."},
	{.id = "dup2",
		.title = "Redirection: dup2",
		.group = "Pipes",
		.first = "02",
		.minutes = 20,
		.after = "01",
		.core = true},
	{.id = "shm",
		.title = "Shared memory",
		.group = "Shared memory",
		.first = "06",
		.minutes = 25,
		.core = false},
	{.id = "broken",
		.title = "broken",
		.group = "Shared memory",
		.first = "07",
		.wrong = "/home/learner/a-folder/with-a-long-name/labs/07-broken/lab.md:123:45: "
			 "'programmes' is no key here; there is title, minutes, core, needs, "
			 "programs, actors",
		.core = true},
};

static void home_text(const struct home *home, int rows, int cols, bool ascii, struct str *text)
{
	struct canvas *c = canvas_create(rows, cols, ascii);

	home_draw(c, home);
	canvas_text(c, text);
	canvas_destroy(c);
}

START_TEST(home_is_as_kept)
{
	struct home home = {.labs = home_labs, .n = 3, .selected = (size_t)_i % 2};
	struct str text = {0};
	char name[32];

	home_text(&home, 24, 80, _i > 1, &text);
	snprintf(name, sizeof name, "home-%d%s", _i % 2, _i > 1 ? "-ascii" : "");
	golden_compare(name, str_get(&text));
	str_finish(&text);
}
END_TEST

/* 0 the row that goes on, 1 a lab below it; 2 and 3 a lab that is broken, and Enter on it. */
START_TEST(home_with_more_rows_is_as_kept)
{
	static const char *const names[] = {
		"home-continue", "home-below-continue", "home-broken", "home-message"};
	struct home home = {.labs = home_labs,
		.n = 4,
		.selected = _i < 2 ? 0 : 3,
		.resume = _i < 2 ? "01 Ordinary pipes, step 5 of 9" : NULL,
		.on_resume = _i == 0,
		.message = _i == 3 ? home_labs[3].wrong : NULL};
	struct str text = {0};

	home_text(&home, 24, 80, false, &text);
	golden_compare(names[_i], str_get(&text));
	str_finish(&text);
}
END_TEST

/* Squeezed, since a word longer than a line is broken. */
static void squeeze(const char *text, struct str *out)
{
	for (; *text; text++)
		if (*text > ' ')
			str_add_bytes(out, text, 1);
}

/* By choosing it, and as a message. */
/* Eighteen labs at 80x24: the groups but one are a line each, and whatever is selected is in sight. */
START_TEST(home_folds_the_groups_that_have_no_room)
{
	static const char *const groups[] = {"Pipes", "Shared memory", "Messages", "Client and server"};
	struct home_lab labs[18];
	char numbers[18][4], selected[40];
	struct home home = {.labs = labs, .n = 18};
	struct str text = {0};

	for (int i = 0; i < 18; i++) {
		snprintf(numbers[i], sizeof numbers[i], "%02d", i + 1);
		labs[i] = home_labs[i % 3];
		labs[i].about = NULL;
		labs[i].group = groups[i < 15 ? i / 5 : 3];
		labs[i].first = numbers[i];
	}
	for (home.selected = 0; home.selected < 18; home.selected++) {
		str_clear(&text);
		home_text(&home, 24, 80, false, &text);
		snprintf(selected, sizeof selected, "> %s ", numbers[home.selected]);
		ck_assert_ptr_nonnull(strstr(str_get(&text), selected));
		ck_assert((strstr(str_get(&text), "+ Messages             11 to 15      5 labs") != NULL) ==
			  (home.selected < 10 || home.selected >= 15));
		if (home.selected == 7)
			golden_compare("home-folded", str_get(&text));
	}
	home.selected = 0;
	str_clear(&text);
	home_text(&home, 40, 140, false, &text);
	ck_assert_ptr_null(strstr(str_get(&text), "+ Messages"));
	str_finish(&text);
}
END_TEST

START_TEST(home_says_a_long_error_whole)
{
	struct home home = {.labs = home_labs, .n = 4, .selected = 3};
	struct str text = {0}, all = {0}, error = {0};

	if (_i) {
		home.selected = 0;
		home.message = home_labs[3].wrong;
	}
	home_text(&home, 24, 80, false, &text);
	squeeze(str_get(&text), &all);
	squeeze(home_labs[3].wrong, &error);
	ck_assert_msg(strstr(str_get(&all), str_get(&error)) != NULL, "%s", str_get(&text));
	ck_assert(strstr(str_get(&text), "01 Ordinary pipes") != NULL);
	str_finish(&text);
	str_finish(&all);
	str_finish(&error);
}
END_TEST

/* What home can have at once, in any window. */
START_TEST(home_lists_exercises_under_their_lab)
{
	struct home_lab labs[5] = {home_labs[0], {.id = "pipe-hello", .title = "Hello through a pipe", .group = "Pipes", .first = "02",
		.minutes = 15, .steps = 10, .done = 10, .exercise = true}, home_labs[1], home_labs[2],
		{.id = "shm-hello", .title = "Hello through shared memory", .group = "Shared memory", .first = "12", .exercise = true}};
	struct home home = {.labs = labs, .n = 5, .selected = 1, .resume = "01 Ordinary pipes, step 5 of 9",
		.review = "5 questions are due, about 3 minutes"};
	struct str text = {0};

	home_text(&home, 24, 80, false, &text);
	golden_compare("home-exercises", str_get(&text));
	home.on_review = true;
	str_clear(&text);
	home_text(&home, 12, 80, false, &text);
	golden_compare("home-review", str_get(&text));
	ck_assert_ptr_null(strstr(str_get(&text), "> 01"));
	ck_assert_ptr_nonnull(strstr(str_get(&text), "> Review"));
	ck_assert_ptr_nonnull(strstr(str_get(&text), "+ Shared memory        06            1 lab, 1 exercise"));
	str_finish(&text);
}
END_TEST

/* More than there is room for: exercises of the selected lab alone, and every group still has its line. */
START_TEST(home_keeps_every_group_in_sight)
{
	static const char *const groups[] = {"Pipes", "Shared memory", "Messages", "Client and server"};
	struct home_lab labs[60];
	struct home home = {.labs = labs, .n = 60, .resume = "01 Ordinary pipes, step 5 of 9", .review = "1 question is due, about a minute"};
	struct str text = {0};

	for (int i = 0; i < 60; i++)
		labs[i] = (struct home_lab){.title = i % 3 ? "An exercise" : "A lab", .group = groups[i / 15], .first = "07",
			.exercise = i % 3 != 0, .about = "About it."};
	for (home.selected = 0; home.selected < 60; home.selected++) {
		str_clear(&text);
		home_text(&home, 24, 80, false, &text);
		for (size_t k = 0; k < ARRAY_LEN(groups); k++)
			ck_assert_msg(strstr(str_get(&text), groups[k]) != NULL, "%s", str_get(&text));
		ck_assert_ptr_nonnull(strstr(str_get(&text), labs[home.selected].exercise ? " >       An exercise" : " > 07 A lab"));
		if (home.selected == 20)
			golden_compare("home-crowded", str_get(&text));
	}
	str_finish(&text);
}
END_TEST

START_TEST(home_fits_every_window)
{
	for (int cols = 1; cols < 150; cols += 7)
		for (int rows = 1; rows < 50; rows += 3) {
			struct home home = {.labs = home_labs,
				.n = 4,
				.selected = (size_t)(rows + cols) % 4,
				.resume = rows % 2 ? "01 Ordinary pipes, step 5 of 9" : NULL,
				.on_resume = rows % 4 == 1,
				.help = cols % 5 == 0,
				.message = cols % 3 ? home_labs[3].wrong : NULL};
			struct str text = {0};
			int lines = 0;

			home_text(&home, rows, cols, cols % 2, &text);
			for (const char *p = str_get(&text); *p; p += strcspn(p, "\n") + 1)
				lines++;
			ck_assert_int_eq(lines, rows);
			str_finish(&text);
		}
}
END_TEST

/* Keys that are refused while a question is open stand in no footer. */
START_TEST(an_open_question_offers_no_key_that_is_refused)
{
	static const char *const refused[] = {"s step", "a all", "c continue", "Space play", "w why"};

	for (int narrow = 0; narrow < 2; narrow++) {
		struct golden g = {"", story_of_pipe, 4, PANE_GUIDE, narrow ? asked_short : asked,
			24, 80, false};
		struct str text = {0};

		draw(&g, &text);
		for (size_t i = 0; i < ARRAY_LEN(refused); i++)
			ck_assert_msg(!strstr(str_get(&text), refused[i]), "\"%s\":\n%s",
				refused[i], str_get(&text));
		ck_assert(strstr(str_get(&text), "PREDICT") && strstr(str_get(&text), "left back"));
		str_finish(&text);
	}
}
END_TEST

/* A message of more than a row is read whole, above the footer. */
START_TEST(a_long_message_is_wrapped)
{
	struct golden g = {"", story_of_pipe, 4, PANE_GUIDE, says_much, 24, 80, false};
	struct str text = {0};

	draw(&g, &text);
	ck_assert_msg(strstr(str_get(&text), "its end.") != NULL, "%s", str_get(&text));
	str_finish(&text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("golden");
	TCase *t = tcase_create("golden");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, screen_is_as_kept, 0, ARRAY_LEN(goldens));
	tcase_add_loop_test(t, ascii_screens_have_no_other_character, 0, ARRAY_LEN(goldens));
	tcase_add_loop_test(t, no_line_is_wider_than_the_screen, 0, ARRAY_LEN(goldens));
	tcase_add_test(t, an_open_question_shows_no_reason);
	tcase_add_test(t, an_open_question_offers_no_key_that_is_refused);
	tcase_add_test(t, a_long_message_is_wrapped);
	tcase_add_loop_test(t, home_is_as_kept, 0, 4);
	tcase_add_loop_test(t, home_with_more_rows_is_as_kept, 0, 4);
	tcase_add_test(t, home_folds_the_groups_that_have_no_room);
	tcase_add_test(t, home_lists_exercises_under_their_lab);
	tcase_add_test(t, home_keeps_every_group_in_sight);
	tcase_add_loop_test(t, home_says_a_long_error_whole, 0, 2);
	tcase_add_test(t, home_fits_every_window);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
