/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LINE mode: readline edits a line on the last row and never touches the terminal. It reads from a
 * queue of ours, filled by whole reads; its picture of the line is drawn by us. readline has no
 * pointer for its caller: the one line there is hangs in a file-scope variable. */
#include <curses.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "tui/private.h"

struct line {
	const char *const *words;
	unsigned char queue[4096];
	size_t head, tail;
	bool pasting;
	unsigned char held[8]; /* bytes that may be the end of a paste */
	size_t held_n;
	bool ended;
	char *text;       /* what on_line was given */
	struct str shown; /* of the last redisplay */
	int cursor;
	int offset;         /* columns scrolled out to the left */
	struct str matches; /* completions that were asked for, shown until the next key */
};

static struct line *the_line; /* readline's callbacks */
static FILE *nowhere;         /* where readline's own output goes */

/* ---- the queue ---- */

static void queue_add(struct line *l, unsigned char byte)
{
	if (l->tail < sizeof l->queue)
		l->queue[l->tail++] = byte;
}

/* One byte of a paste: whatever is no text becomes a blank, so that a pasted line break does not
 * run what stands before it. */
static void paste_byte(struct line *l, unsigned char byte)
{
	static const char end[] = "\033[201~";

	if (byte == (unsigned char)end[l->held_n]) {
		l->held[l->held_n++] = byte;
		if (l->held_n == sizeof end - 1) {
			l->pasting = false;
			l->held_n = 0;
		}
		return;
	}
	l->held_n = 0;
	queue_add(l, byte < 0x20 || byte == 0x7f ? ' ' : byte);
}

static void queue_bytes(struct line *l, const unsigned char *bytes, size_t n)
{
	static const char begin[] = "\033[200~";

	if (l->head == l->tail)
		l->head = l->tail = 0;
	for (size_t i = 0; i < n; i++) {
		if (l->pasting) {
			paste_byte(l, bytes[i]);
		} else if (n - i >= sizeof begin - 1 &&
			   memcmp(bytes + i, begin, sizeof begin - 1) == 0) {
			l->pasting = true;
			i += sizeof begin - 2;
		} else {
			queue_add(l, bytes[i]);
		}
	}
}

static ssize_t read_more(unsigned char *bytes, size_t n, int ms)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};

	if (poll(&p, 1, ms) <= 0)
		return 0;
	return read(STDIN_FILENO, bytes, n);
}

static int next_byte(FILE *unused)
{
	struct line *l = the_line;
	unsigned char bytes[256];
	ssize_t n;

	(void)unused;
	if (l->head == l->tail) {
		n = read_more(bytes, sizeof bytes, 100);
		if (n > 0)
			queue_bytes(l, bytes, (size_t)n);
	}
	return l->head < l->tail ? l->queue[l->head++] : EOF;
}

/* What cancels the line is ours: readline, which reads on behind a letter, must not take it. */
static bool cancels(unsigned char byte)
{
	return byte == 0x03 || byte == 0x1a; /* ^C; ^Z has no meaning in a line */
}

static int bytes_ready(void)
{
	const struct line *l = the_line;

	return l->head < l->tail && !cancels(l->queue[l->head]);
}

/* ---- readline's callbacks ---- */

static void on_line(char *text)
{
	the_line->ended = true;
	the_line->text = text;
	rl_callback_handler_remove();
}

/* The row as it is to stand there: prompt and line, controls as ^X, scrolled so that the cursor is
 * in sight. */
static void redisplay(void)
{
	struct line *l = the_line;
	struct str all = {0};
	int room = COLS > 2 ? COLS - 1 : 1, col = 0, at;
	const char *p;

	str_add(&all, rl_display_prompt ? rl_display_prompt : "");
	for (int i = 0; i <= rl_end; i++) {
		unsigned char byte = (unsigned char)rl_line_buffer[i];

		if (i == rl_point)
			l->cursor = text_width(str_get(&all));
		if (i == rl_end)
			break;
		if (byte < 0x20 || byte == 0x7f)
			str_addf(&all, "^%c", byte ^ 0x40);
		else
			str_add_bytes(&all, &byte, 1);
	}
	if (l->cursor < l->offset)
		l->offset = l->cursor;
	if (l->cursor >= l->offset + room)
		l->offset = l->cursor - room + 1;
	str_clear(&l->shown);
	for (p = str_get(&all); *p;) {
		const char *from = p;

		text_next(&p, &at);
		if (col >= l->offset)
			str_add_bytes(&l->shown, from, (size_t)(p - from));
		col += at;
	}
	l->cursor -= l->offset;
	str_finish(&all);
}

static char *next_word(const char *text, int state)
{
	static size_t i; /* readline asks for one after the other */

	if (state == 0)
		i = 0;
	while (the_line->words && the_line->words[i]) {
		const char *word = the_line->words[i++];

		if (strncmp(word, text, strlen(text)) == 0)
			return strdup(word);
	}
	return NULL;
}

/* The first word is a command, what follows a file name. */
static char **complete(const char *text, int start, int end)
{
	(void)end;
	if (start > 0)
		return NULL;
	rl_attempted_completion_over = 1;
	return rl_completion_matches(text, next_word);
}

static void show_matches(char **matches, int n, int longest)
{
	(void)longest;
	str_clear(&the_line->matches);
	for (int i = 1; i <= n; i++)
		str_addf(&the_line->matches, "%s%s", i > 1 ? "  " : "", matches[i]);
}

/* ---- what run and home use ---- */

static void readline_setup(void)
{
	rl_readline_name = "ipclab";
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_change_environment = 0;
	rl_prep_term_function = NULL;
	rl_deprep_term_function = NULL;
	rl_getc_function = next_byte;
	rl_input_available_hook = bytes_ready;
	rl_redisplay_function = redisplay;
	rl_attempted_completion_function = complete;
	rl_completion_display_matches_hook = show_matches;
	if (!nowhere)
		nowhere = fopen("/dev/null", "we");
	rl_outstream = nowhere;
	using_history();
	stifle_history(1000);
}

void line_begin(struct term *t, const char *prompt, const char *const *words)
{
	struct line *l = xmalloc(sizeof *l);

	l->words = words;
	t->line = the_line = l;
	readline_setup();
	(void)!write(STDOUT_FILENO, "\033[?2004h", 8); /* a paste says that it is one */
	rl_callback_handler_install(prompt, on_line);
	rl_set_screen_size(1, COLS);
	redisplay();
}

static void line_end(struct term *t)
{
	(void)!write(STDOUT_FILENO, "\033[?2004l", 8);
	/* What was typed behind the line belongs to NAV. */
	term_put_ahead(t, t->line->queue + t->line->head, t->line->tail - t->line->head);
	str_finish(&t->line->shown);
	str_finish(&t->line->matches);
	free(t->line);
	t->line = the_line = NULL;
}

static void cancel(void)
{
	rl_free_line_state();
	rl_callback_sigcleanup();
	rl_replace_line("", 0);
	rl_callback_handler_remove();
}

enum line_end line_read(struct term *t, char **text)
{
	struct line *l = t->line;
	unsigned char bytes[1024];
	ssize_t n = (ssize_t)term_take_ahead(t, bytes, sizeof bytes - 64);

	*text = NULL;
	if (n == 0)
		n = read_more(bytes, sizeof bytes - 64, 0);
	if (n <= 0)
		return LINE_GOES_ON;
	if (n == 1 && cancels(bytes[0]))
		l->pasting = false; /* a key, and a way out of a paste whose end was lost */
	if (bytes[n - 1] == 033 && !l->pasting) {
		ssize_t more = read_more(bytes + n, sizeof bytes - (size_t)n, 25);

		if (more <= 0) {
			cancel();
			line_end(t);
			return LINE_CANCELLED;
		}
		n += more;
	}
	queue_bytes(l, bytes, (size_t)n);
	str_clear(&l->matches);
	while (l->head < l->tail && !l->ended) {
		if (cancels(l->queue[l->head])) {
			l->head++;
			cancel();
			line_end(t);
			return LINE_CANCELLED;
		}
		rl_callback_read_char();
	}
	if (!l->ended) {
		redisplay();
		return LINE_GOES_ON;
	}
	*text = l->text;
	line_end(t);
	if (*text && **text &&
		(!history_length ||
			strcmp(history_get(history_base + history_length - 1)->line, *text) != 0))
		add_history(*text);
	return *text ? LINE_DONE : LINE_CANCELLED;
}

const char *line_text(struct term *t, int *cursor)
{
	struct line *l = t->line;

	if (l->matches.len) {
		*cursor = 0;
		return str_get(&l->matches);
	}
	*cursor = l->cursor;
	return str_get(&l->shown);
}

void line_resize(struct term *t)
{
	(void)t;
	rl_set_screen_size(1, COLS);
	redisplay();
}
