/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An exercise on the screen: its checks, what is known of the one that is open, and the learner's next moves. The check itself
 * is `ipclab check --json` in a process of its own: the screen stays alive, and both see the same result file. A result is only
 * shown as fresh while the files are those that it is about.
 */
#include "tui/exercise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "grader/tries.h"
#include "view/exercise.h"

enum { SOURCE_ROWS = 5, SECTIONS = 8 };

struct exercise_screen {
	struct term *term;
	struct tries tries;
	struct result result;
	bool has_result, stale, leaving, home, once;
	pid_t checking;  /* 0: nobody */
	int answer;      /* its output: ends with it */
	size_t selected;
	int scroll, beyond;
	bool asking_reset;
	const char *text, *text_title;
	struct str message, foot, changed, said, help;
	struct exercise_row *rows;
	struct exercise_section sections[SECTIONS];
	size_t sections_n;
	struct bytes source;
	struct exercise_source lines[SOURCE_ROWS];
	size_t lines_n;
};

static void say(struct exercise_screen *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void say(struct exercise_screen *e, const char *fmt, ...)
{
	struct str s = {0};
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	str_clear(&e->message);
	str_add_harmless(&e->message, str_get(&s));
	str_finish(&s);
}

/* ---- the result ---- */

static const struct finding *open_finding(const struct exercise_screen *e)
{
	if (!e->has_result)
		return NULL;
	if (e->result.first.verdict != GRADE_PASS)
		return &e->result.first;
	return e->selected < e->result.findings.n ? &e->result.findings.at[e->selected] : NULL;
}

static void result_load(struct exercise_screen *e)
{
	struct str path = {0};
	struct err ignored = {0};
	u32 failed;

	result_finish(&e->result);
	e->result = (struct result){0};
	str_addf(&path, "%s/.ipclab/result.json", e->tries.folder);
	e->has_result = result_read(e->tries.exercise, path.s, &e->result, &ignored);
	e->stale = e->has_result && !result_is_about(&e->result, e->tries.folder);
	failed = e->has_result ? result_failed(&e->result) : UINT32_MAX;
	e->selected = failed == UINT32_MAX ? 0 : failed;
	e->scroll = 0;
	str_finish(&path);
}

static void rows_fill(struct exercise_screen *e)
{
	const struct exercise *x = e->tries.exercise;

	for (size_t i = 0; i < x->scenarios.n; i++) {
		const struct finding *f = e->has_result ? &e->result.findings.at[i] : NULL;
		bool run = f && f->verdict != GRADE_NOT_RUN;

		e->rows[i] = (struct exercise_row){.name = x->scenarios.at[i].name, .verdict = run ? grade_name(f->verdict) : "not run",
			.score = run ? f->score : 0, .points = x->scenarios.at[i].points, .run = run, .passed = run && f->verdict == GRADE_PASS};
	}
}

static void section(struct exercise_screen *e, const char *label, const char *text)
{
	if (text[0] && e->sections_n < SECTIONS)
		e->sections[e->sections_n++] = (struct exercise_section){label, text};
}

static void sections_fill(struct exercise_screen *e, const struct finding *f)
{
	const char *told = "";

	e->sections_n = 0;
	if (!f)
		return;
	if (f == &e->result.first)
		section(e, "", grade_name(f->verdict));
	section(e, "ran", f->ran);
	section(e, "expected", f->verdict == GRADE_PASS ? "" : f->expected);
	section(e, "happened", f->verdict == GRADE_PASS ? "" : f->happened);
	if (strncmp(f->why, f->message, 60) != 0 || !f->why[0]) {
		section(e, "so", f->message);
		told = f->message;
	}
	if (!strstr(told, f->why)) /* explored: the message ends with it */
		section(e, "why", f->why);
	if (f->verdict != GRADE_PASS && f != &e->result.first && e->tries.exercise->scenarios.at[e->selected].hint)
		section(e, "hint", e->tries.exercise->scenarios.at[e->selected].hint);
	section(e, "held", f->verdict == GRADE_PASS ? f->held : "");
}

static void source_fill(struct exercise_screen *e, const struct finding *f)
{
	u32 n = 1;
	struct err ignored = {0};
	struct str path = {0};

	free(e->source.at);
	e->source = (struct bytes){0};
	e->lines_n = 0;
	if (!f || !f->line)
		return;
	str_addf(&path, "%s/%s%s", e->tries.folder, e->stale ? ".ipclab/last-" : "", f->file);
	if (file_read(path.s, &e->source, &ignored))
		for (char *line = e->source.at, *next; line && *line; line = next, n++) {
			next = strchr(line, '\n');
			if (next)
				*next++ = '\0';
			if (n + 2 >= f->line && n <= f->line + 2 && e->lines_n < SOURCE_ROWS)
				e->lines[e->lines_n++] = (struct exercise_source){n, line};
		}
	str_finish(&path);
}

static void foot_fill(struct exercise_screen *e, const struct finding *f)
{
	const struct exercise *x = e->tries.exercise;
	const char *base = f ? strrchr(f->trace, '/') : NULL;

	str_clear(&e->foot);
	if (!e->has_result)
		str_addf(&e->foot, "Read exercise.md, edit %s (e), and test it (t).\n%s", x->files.at[0], e->tries.folder);
	if (e->stale)
		str_add(&e->foot, "All this was before your last change: t tests it again.\n");
	if (e->has_result && e->result.verdict == GRADE_PASS && !e->stale) {
		str_addf(&e->foot, "All %zu checks pass. These runs say nothing about orders of events that did not come up in them.\n"
				   "To compare: ipclab solution %s. q leads back to the others.", e->result.findings.n, x->id);
		return;
	}
	if (f && f->trace[0])
		str_addf(&e->foot, "Recording: %s. ", base ? base + 1 : f->trace);
	if (f && f->schedules)
		str_addf(&e->foot, "%llu schedules. ", (unsigned long long)f->schedules);
	if (e->changed.len)
		str_addf(&e->foot, "\nChanged since try %u: %s.", e->tries.n > 1 ? e->tries.n - 1 : 1, e->changed.s);
}

static void draw(struct exercise_screen *e)
{
	const struct finding *f = open_finding(e);
	const struct exercise *x = e->tries.exercise;
	struct str keys = {0};
	struct exercise_view v = {.id = x->id, .title = x->title, .tries = e->tries.n, .score = e->has_result ? e->result.score : 0, .points = x->points,
		.stale = e->stale, .busy = e->checking != 0, .rows = e->rows, .rows_n = x->scenarios.n, .selected = e->selected, .scroll = e->scroll,
		.text = e->text, .text_flows = e->text != e->help.s, .text_title = e->text_title, .message = e->message.len ? e->message.s : NULL};

	rows_fill(e);
	sections_fill(e, f);
	source_fill(e, f);
	foot_fill(e, f);
	v.sections = e->sections;
	v.sections_n = e->sections_n;
	v.source = e->lines_n ? f->file : NULL;
	v.line = f ? f->line : 0;
	v.lines = e->lines;
	v.lines_n = e->lines_n;
	v.foot = str_get(&e->foot);
	if (f && f->trace[0])
		str_addf(&keys, "Enter watch it %s  ", f->verdict == GRADE_HANG ? "hang" : "happen");
	str_add(&keys, "e edit");
	if (f && f->line)
		str_addf(&keys, " line %u", f->line);
	str_addf(&keys, "  t test  H hint %u of %zu  ? help  q back", e->tries.hints < x->hints.n ? e->tries.hints + 1 : (u32)x->hints.n, x->hints.n);
	v.keys = keys.s;
	e->beyond = exercise_draw(e->term->canvas, &v);
	paint(e->term);
	str_finish(&keys);
}

/* ---- a check ---- */

static void check_begin(struct exercise_screen *e)
{
	char *argv[] = {"ipclab", "check", "--json", "--again", "--folder", e->tries.folder, (char *)e->tries.exercise->id, NULL, NULL, NULL};
	int ends[2];

	if (e->checking || pipe2(ends, O_CLOEXEC) < 0)
		return;
	if (e->tries.exercise->shelf) {
		argv[7] = "--exercises";
		argv[8] = (char *)e->tries.exercise->shelf;
	}
	str_clear(&e->changed);
	tries_changes(&e->tries, &e->changed);
	e->checking = fork();
	if (e->checking == 0) {
		int null = open("/dev/null", O_RDWR);

		setsid();
		if (null < 0 || dup2(null, 0) < 0 || dup2(ends[1], 1) < 0 || dup2(null, 2) < 0)
			_exit(127);
		for (int sig = 1; sig < NSIG; sig++)
			signal(sig, SIG_DFL);
		execv("/proc/self/exe", argv);
		_exit(127);
	}
	close(ends[1]);
	e->answer = ends[0];
	if (e->checking < 0) {
		e->checking = 0;
		close(ends[0]);
		say(e, "It cannot be checked: no process can be started.");
	}
}

static void check_take(struct exercise_screen *e)
{
	char buf[4096];
	ssize_t n = read(e->answer, buf, sizeof buf);
	int status = 0;

	if (n > 0 || (n < 0 && errno == EINTR))
		return;
	close(e->answer);
	waitpid(e->checking, &status, 0);
	e->checking = 0;
	tries_lock(&e->tries, false); /* reads the state anew */
	tries_unlock(&e->tries);
	result_load(e);
	e->text = NULL;
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		say(e, "It could not be judged; t tries again. In a shell, ipclab check %s says why.", e->tries.exercise->id);
}

static void check_end(struct exercise_screen *e)
{
	if (!e->checking)
		return;
	kill(e->checking, SIGKILL); /* its box ends with it */
	waitpid(e->checking, NULL, 0);
	close(e->answer);
	e->checking = 0;
}

/* ---- keys ---- */

static struct session *open_trace(void *arg, struct err *err)
{
	return session_open(arg, err);
}

static void watch_it(struct exercise_screen *e)
{
	const struct finding *f = open_finding(e);
	struct run_source source = {.start = open_trace};
	struct err err = {0};
	struct str title = {0};

	if (!f || !f->trace[0]) {
		say(e, f && f->verdict != GRADE_PASS && f->verdict != GRADE_NOT_RUN ? "There is no recording of this." : "Nothing failed here.");
		return;
	}
	if (strstr(f->trace, ".sched")) { /* explored: its program is run again in that order */
		if (!replay_schedule(e->term, f->trace, &err))
			say(e, "%s", err.text);
		e->leaving |= e->term->leaving;
		return;
	}
	source.arg = (void *)(uintptr_t)f->trace;
	str_addf(&title, "%s, check %zu", e->tries.exercise->id, e->selected + 1);
	source.title = title.s;
	if (!run_screen(e->term, &source, &e->home, &err))
		say(e, "%s", err.text);
	e->leaving |= e->term->leaving || e->home;
	str_finish(&title);
}

static void edit_it(struct exercise_screen *e)
{
	const struct finding *f = open_finding(e);
	const struct exercise *x = e->tries.exercise;
	u64 before = sources_sum(x, e->tries.folder);
	struct str path = {0};
	struct err err = {0};

	str_addf(&path, "%s/%s", e->tries.folder, f && f->line ? f->file : x->files.at[0]);
	if (!edit_file(e->term, path.s, f && f->line ? f->line : 1, &err))
		say(e, "%s", err.text);
	else if (sources_sum(x, e->tries.folder) != before)
		check_begin(e);
	e->leaving |= e->term->leaving;
	str_finish(&path);
}

static void hint(struct exercise_screen *e)
{
	const struct exercise *x = e->tries.exercise;
	u32 n = e->tries.hints < x->hints.n ? e->tries.hints : (u32)x->hints.n - 1;
	struct err ignored = {0};

	if (!x->hints.n) {
		say(e, "There are no hints for this exercise.");
		return;
	}
	str_clear(&e->said);
	str_addf(&e->said, "Hint %u of %zu", n + 1, x->hints.n);
	e->text_title = e->said.s;
	e->text = x->hints.at[n];
	e->scroll = 0;
	e->tries.hints = n + 1;
	tries_save(&e->tries, &ignored);
}

static void show_task(struct exercise_screen *e)
{
	e->text = e->tries.exercise->task;
	e->text_title = "exercise.md";
	e->scroll = 0;
}

static void help(struct exercise_screen *e)
{
	str_clear(&e->help);
	str_add(&e->help, "Enter       the recording of the check that failed, in the stage: step through it, look back\n"
			  "e           edit the file, at the line that is shown ($VISUAL, $EDITOR); saved, it is tested\n"
			  "t           test it\n"
			  "up, down    another check (also k, j)\n"
			  "PgUp, PgDn  what is below\n"
			  "T           the task\n"
			  "H           a hint, a little more each time\n"
			  "x           bring the files back as they were; yours are kept beside them\n"
			  "Esc         away with a text\n"
			  "q           back\n");
	e->text = e->help.s;
	e->text_title = "Help";
	e->scroll = 0;
}

static void reset_files(struct exercise_screen *e)
{
	struct err err = {0};
	struct str kept = {0};

	for (size_t i = 0; i < e->tries.exercise->files.n; i++)
		if (!tries_reset(&e->tries, e->tries.exercise->files.at[i], &kept, &err)) {
			say(e, "%s", err.text);
			str_finish(&kept);
			return;
		}
	say(e, "As at first. Yours is kept: %s", str_get(&kept));
	e->stale = e->has_result && !result_is_about(&e->result, e->tries.folder);
	str_finish(&kept);
}

static void move(struct exercise_screen *e, int by)
{
	size_t n = e->tries.exercise->scenarios.n;

	if (e->text)
		e->scroll += by;
	else if (by < 0 ? e->selected > 0 : e->selected + 1 < n) {
		e->selected = by < 0 ? e->selected - 1 : e->selected + 1;
		e->scroll = 0;
	}
}

static void page(struct exercise_screen *e, int by)
{
	e->scroll += 8 * by;
	e->scroll = e->scroll > e->beyond ? e->beyond : e->scroll < 0 ? 0 : e->scroll;
}

static void back(struct exercise_screen *e)
{
	if (e->text)
		e->text = NULL;
	else
		e->leaving = true;
}

static void key(struct exercise_screen *e, u32 k)
{
	bool once = e->once, asking = e->asking_reset;

	str_clear(&e->message);
	e->once = e->asking_reset = false;
	if (asking) {
		if (k == 'y' || k == 'Y')
			reset_files(e);
		return;
	}
	switch (k) {
	case K_ENTER: case '\n': watch_it(e); return;
	case K_UP: case 'k': move(e, -1); return;
	case K_DOWN: case 'j': move(e, 1); return;
	case K_PAGE_DOWN: case ' ': page(e, 1); return;
	case K_PAGE_UP: page(e, -1); return;
	case 't': check_begin(e); return;
	case 'e': edit_it(e); return;
	case 'H': hint(e); return;
	case 'T': show_task(e); return;
	case 'x':
		e->asking_reset = true;
		say(e, "Bring the files back as they were at first? Yours are kept beside them. y or n");
		return;
	case '?': case K_F1: help(e); return;
	case K_ESC: e->text = NULL; return;
	case 'q': back(e); return;
	case 0x0c: paint_anew(e->term); return;
	case 0x1a: e->term->suspend = true; return;
	case 0x03:
		e->leaving = once;
		e->once = true;
		say(e, "^C again leaves.");
		return;
	default: say(e, "? lists the keys.");
	}
}

/* ---- the loop ---- */

static void signals(struct exercise_screen *e)
{
	term_signals(e->term);
	if (e->term->interrupted) {
		e->term->interrupted = false;
		key(e, 0x03);
	}
	e->leaving |= e->term->leaving;
}

static void loop(struct exercise_screen *e)
{
	u32 k;

	while (!e->leaving) {
		struct pollfd p[3] = {{.fd = 0, .events = POLLIN}, {.fd = term_signal_fd(), .events = POLLIN},
			{.fd = e->checking ? e->answer : -1, .events = POLLIN}};

		draw(e);
		if (poll(p, 3, e->term->ahead_n ? 0 : -1) < 0 && errno != EINTR)
			break;
		if (p[1].revents)
			signals(e);
		if (p[2].revents)
			check_take(e);
		if (p[0].revents & (POLLHUP | POLLERR | POLLNVAL)) {
			e->term->gone = true;
			break;
		}
		while ((p[0].revents || e->term->ahead_n) && !e->leaving && !e->term->suspend && (k = input_key(e->term)) != 0)
			key(e, k);
		if (e->term->suspend)
			term_suspend(e->term);
		if (e->term->resized)
			term_resize(e->term);
	}
}

bool exercise_screen(struct term *t, const struct exercise *x, const char *folder, bool *home, struct err *err)
{
	struct exercise_screen e = {.term = t};
	bool fresh;

	if (!tries_begin(x, folder, &fresh, &e.tries, err))
		return false;
	e.rows = xmalloc((x->scenarios.n + 1) * sizeof *e.rows);
	result_load(&e);
	if (!e.tries.n)
		show_task(&e); /* nothing else is known yet */
	if (fresh)
		say(&e, "New: the folder %s.   e edit   t test   ? all keys", folder);
	loop(&e);
	check_end(&e);
	*home = e.home;
	result_finish(&e.result);
	tries_finish(&e.tries);
	free(e.rows);
	free(e.source.at);
	str_finish(&e.message);
	str_finish(&e.foot);
	str_finish(&e.changed);
	str_finish(&e.said);
	str_finish(&e.help);
	return true;
}
