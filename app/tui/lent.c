/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The program's own terminal: for editors and others that draw a screen of their own, the whole window is theirs, but for the last
 * row, which says the way back. Bytes go both ways as they are; what was written so far is written again first, so that the
 * window is in the modes that the program has asked for, and a change of size makes it draw anew. What the window
 * answers to questions of long ago is thrown away.
 */
#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "tui/private.h"

enum { BACK = 0x1d /* ^] */, ANSWERS_MS = 150, TICK_MS = 10, AGAIN_ALL = 256 * 1024, AGAIN_LAST = 64 * 1024, OWN_ROWS = 24, OWN_COLS = 80 };
/* Modes that a program may have left on, and the attributes of what it wrote. */
static const char tidy[] = "\033[?1049l\033[?1l\033>\033[?2004l\033[?1000l\033[?1002l\033[?1003l\033[?1004l\033[?1006l\033[?25h\033[r\033[0m\033[2J\033[H";

struct lent {
	struct screen_run *r;
	size_t shown; /* bytes of its output */
	int rows, cols;
	bool over;
	struct err err;
};

static void put(const char *bytes, size_t n)
{
	while (n) {
		ssize_t w = write(STDOUT_FILENO, bytes, n);

		if (w < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (w > 0) {
			bytes += w;
			n -= (size_t)w;
		}
	}
}

static void say_way_back(const struct lent *l)
{
	static const char words[] = " The program's own terminal: every key is its own, but ^] goes back.";
	char row[400];
	int n = snprintf(row, sizeof row, "\0337\033[%d;1H\033[0;7m%-*.*s\033[0m\0338", l->rows, l->cols < 300 ? l->cols : 300, l->cols, words);

	put(row, n < 0 ? 0 : (size_t)n < sizeof row ? (size_t)n : sizeof row - 1);
}

/* The last row is ours. Two sizes: one of them is another than before. */
static bool fit(struct lent *l)
{
	struct winsize size = {0};

	l->rows = OWN_ROWS;
	l->cols = OWN_COLS;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 2 && size.ws_col) {
		l->rows = size.ws_row;
		l->cols = size.ws_col;
	}
	return session_resize(l->r->session, (u32)l->rows - 2, (u32)l->cols, &l->err) &&
	       session_resize(l->r->session, (u32)l->rows - 1, (u32)l->cols, &l->err);
}

static void show_new(struct lent *l)
{
	size_t n;
	const char *bytes = session_output(l->r->session, &n);

	if (n == l->shown)
		return;
	put(bytes + l->shown, n - l->shown);
	l->shown = n;
	say_way_back(l);
}

static void throw_answers_away(void)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
	u64 end = clock_ns() + ANSWERS_MS * 1000000ull;
	char bytes[256];

	for (u64 now = clock_ns(); now < end; now = clock_ns())
		if (poll(&p, 1, (int)((end - now) / 1000000) + 1) > 0 && read(STDIN_FILENO, bytes, sizeof bytes) <= 0)
			return;
}

static void begin(struct lent *l)
{
	struct termios raw;
	size_t n;

	def_prog_mode();
	endwin();
	tcgetattr(STDIN_FILENO, &raw);
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	put(tidy, sizeof tidy - 1);
	session_output(l->r->session, &n);
	l->shown = n > AGAIN_ALL ? n - AGAIN_LAST : 0;
	l->over = !fit(l);
	show_new(l);
	throw_answers_away();
	say_way_back(l);
}

static void take_keys(struct lent *l)
{
	char bytes[256], *back;
	ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);

	if (n <= 0) {
		l->r->term->gone = n == 0 || errno == EIO;
		l->over = l->r->term->gone;
		return;
	}
	back = memchr(bytes, BACK, (size_t)n);
	if (back)
		l->over = true;
	n = back ? back - bytes : n;
	if (n && !session_type(l->r->session, bytes, (size_t)n, &l->err))
		l->over = true;
}

static void take_signals(struct lent *l)
{
	struct term *t = l->r->term;

	term_signals(t);
	l->over |= t->leaving;
	t->interrupted = t->suspend = false;
	if (t->resized && !fit(l))
		l->over = true;
	t->resized = false;
}

void lent_to_program(struct screen_run *r)
{
	struct lent l = {.r = r};
	bool ended = false;

	if (!session_is_live(r->session) || r->source->attached) {
		run_say(r, r->source->attached ? "Its terminal is another one than this." : "This is a recording: nobody reads what is typed.");
		return;
	}
	if (!r->free) {
		run_say(r, "It is held, and would answer no key: Space lets it run.");
		return;
	}
	begin(&l);
	while (!l.over && !ended) {
		struct pollfd p[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = term_signal_fd(), .events = POLLIN}};

		if (poll(p, 2, TICK_MS) < 0 && errno != EINTR)
			break;
		if (p[1].revents)
			take_signals(&l);
		if (p[0].revents)
			take_keys(&l);
		if (!session_wait(r->session, 0, &ended, &l.err))
			break;
		show_new(&l);
	}
	put(tidy, sizeof tidy - 1);
	reset_prog_mode();
	term_resize(r->term);
	paint_anew(r->term);
	if (!ended && !l.err.text[0])
		session_resize(r->session, OWN_ROWS, OWN_COLS, &l.err);
	if (l.err.text[0])
		run_say_error(r, &l.err);
	r->dirty = true;
}
