/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LINE mode: readline edits a line on the last row and never touches the terminal. It reads from a
 * queue of ours, filled by whole reads; its picture of the line is drawn by us. readline has no
 * pointer for its caller: the one line there is hangs in a file-scope variable.
 *
 * The keys are ours too, not those of readline's emacs or vi mode and ~/.inputrc. rl_callback_read_char
 * of 8.2 goes round again while there is a byte that was pushed back. The first round left the place
 * to abort to (_rl_top_level) in the frame of readline_internal_char, which has returned; when the
 * second is inside a sequence of keys and that is bound to nothing, the abort jumps into the frame that
 * is gone. ^R a ^X a is enough. Hence two rules for the table below: no command that reads a
 * key of its own (searches, arguments, quoted insert, macros, vi mode, editors), and no sequence that
 * begins with another one, because those are what pushes back. tests/screen/test_line.c has the proof. */
#include <curses.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "tui/private.h"

struct line {
	const char *const *words;
	unsigned char queue[4096];
	size_t head, tail;
	bool pasting;
	size_t marked; /* bytes that have come of what begins, or ends, a paste */
	char letter[MB_LEN_MAX]; /* as much of it as has come */
	size_t letter_n;
	int at;      /* in the history; its length: the line that is written */
	char *draft; /* that line, while an earlier one is shown */
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

/* In a paste whatever is no text becomes a blank, so that a pasted line break does not run what
 * stands before it. */
static void queue_text(struct line *l, unsigned char byte)
{
	queue_add(l, l->pasting && (byte < 0x20 || byte == 0x7f) ? ' ' : byte);
}

/* What begins and ends a paste may come in pieces. */
static void queue_byte(struct line *l, unsigned char byte)
{
	static const char begin[] = "\033[200~", end[] = "\033[201~";
	const char *mark = l->pasting ? end : begin;

	if (byte != (unsigned char)mark[l->marked]) {
		for (size_t i = 0; i < l->marked; i++)
			queue_text(l, (unsigned char)mark[i]);
		l->marked = 0;
	}
	if (byte != (unsigned char)mark[l->marked]) {
		queue_text(l, byte);
	} else if (++l->marked == sizeof begin - 1) {
		l->pasting = !l->pasting;
		l->marked = 0;
	}
}

static void queue_bytes(struct line *l, const unsigned char *bytes, size_t n)
{
	if (l->head == l->tail)
		l->head = l->tail = 0;
	for (size_t i = 0; i < n; i++)
		queue_byte(l, bytes[i]);
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

	(void)unused;
	return l->head < l->tail ? l->queue[l->head++] : EOF;
}

/* What cancels the line is ours, readline never sees it. */
static bool cancels(unsigned char byte)
{
	return byte == 0x03 || byte == 0x1a; /* ^C; ^Z has no meaning in a line */
}

/* Each call of rl_callback_read_char is to take one byte. */
static int no_more_bytes(void)
{
	return 0;
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

/* ---- the keys ---- */

/* One byte of what is typed into the line. A letter goes in as a whole or not at all; readline's
 * own would hand half a letter on to the next line. */
static int insert_byte(int count, int key)
{
	struct line *l = the_line;
	char text[sizeof l->letter + 1];
	mbstate_t state = {0};
	size_t length, n;

	(void)count;
	if (rl_last_func != insert_byte)
		l->letter_n = 0;
	l->letter[l->letter_n++] = (char)key;
	n = l->letter_n;
	length = MB_CUR_MAX == 1 ? 1 : mbrlen(l->letter, n, &state);
	if (length == (size_t)-2 && n < sizeof l->letter)
		return 0;
	l->letter_n = 0;
	if (length != n) /* no letter; but what did not go on with one may begin one */
		return n > 1 ? insert_byte(1, key) : 0;
	memcpy(text, l->letter, n);
	text[n] = '\0';
	rl_insert_text(text);
	return 0;
}

/* The earlier lines. readline's own commands keep undo lists of lines that are over in its history, and
 * free or use them again behind the next one; so the place in its history stays at its end. */
static void show_earlier(int at, int point)
{
	struct line *l = the_line;

	if (l->at == history_length) {
		free(l->draft);
		l->draft = xstrdup(rl_line_buffer);
	}
	l->at = at;
	rl_replace_line(at == history_length ? l->draft : history_get(history_base + at)->line, 1);
	rl_point = point < rl_end ? point : rl_end;
}

static int earlier_by(int by)
{
	int at = the_line->at + by;

	if (at < 0 || at > history_length)
		return rl_ding();
	show_earlier(at, INT_MAX);
	return 0;
}

/* The next one that begins with what stands before the cursor. */
static int find_by(int by)
{
	for (int at = the_line->at + by; at >= 0 && at < history_length; at += by) {
		const char *text = history_get(history_base + at)->line;

		if (strncmp(text, rl_line_buffer, (size_t)rl_point) == 0 &&
			strcmp(text, rl_line_buffer) != 0) {
			show_earlier(at, rl_point);
			return 0;
		}
	}
	return rl_ding();
}

static int line_before(int count, int key)
{
	(void)count, (void)key;
	return earlier_by(-1);
}

static int line_after(int count, int key)
{
	(void)count, (void)key;
	return earlier_by(1);
}

static int find_before(int count, int key)
{
	(void)count, (void)key;
	return find_by(-1);
}

static int find_after(int count, int key)
{
	(void)count, (void)key;
	return find_by(1);
}

static const struct {
	const char *keys; /* none begins with another one */
	rl_command_func_t *command;
} keymap[] = {
	{"\r", rl_newline},
	{"\n", rl_newline},
	{"\t", rl_complete},
	{"\001", rl_beg_of_line},
	{"\002", rl_backward_char},
	{"\004", rl_delete}, /* on an empty line: its end */
	{"\005", rl_end_of_line},
	{"\006", rl_forward_char},
	{"\010", rl_rubout},
	{"\013", rl_kill_line},
	{"\016", line_after},
	{"\020", line_before},
	{"\022", find_before},
	{"\023", find_after},
	{"\024", rl_transpose_chars},
	{"\025", rl_unix_line_discard},
	{"\027", rl_unix_word_rubout},
	{"\031", rl_yank},
	{"\037", rl_undo_command},
	{"\177", rl_rubout},
	{"\033[A", line_before},
	{"\033[B", line_after},
	{"\033[C", rl_forward_char},
	{"\033[D", rl_backward_char},
	{"\033[F", rl_end_of_line},
	{"\033[H", rl_beg_of_line},
	{"\033OA", line_before},
	{"\033OB", line_after},
	{"\033OC", rl_forward_char},
	{"\033OD", rl_backward_char},
	{"\033OF", rl_end_of_line},
	{"\033OH", rl_beg_of_line},
	{"\033[1~", rl_beg_of_line},
	{"\033[3~", rl_delete},
	{"\033[4~", rl_end_of_line},
	{"\033[7~", rl_beg_of_line},
	{"\033[8~", rl_end_of_line},
	{"\033[1;3C", rl_forward_word},
	{"\033[1;3D", rl_backward_word},
	{"\033[1;5C", rl_forward_word},
	{"\033[1;5D", rl_backward_word},
	{"\033\010", rl_backward_kill_word},
	{"\033\177", rl_backward_kill_word},
	{"\033?", rl_possible_completions},
	{"\033b", rl_backward_word},
	{"\033c", rl_capitalize_word},
	{"\033d", rl_kill_word},
	{"\033f", rl_forward_word},
	{"\033l", rl_downcase_word},
	{"\033r", rl_revert_line},
	{"\033t", rl_transpose_words},
	{"\033u", rl_upcase_word},
	{"\033y", rl_yank_pop},
};

static void bind_keys(Keymap map, const char *keys, rl_command_func_t *command)
{
	for (; keys[1]; keys++) {
		KEYMAP_ENTRY *key = &map[(unsigned char)keys[0]];

		if (key->type != ISKMAP) {
			key->type = ISKMAP;
			key->function = (rl_command_func_t *)rl_make_bare_keymap();
		}
		map = (Keymap)key->function;
	}
	map[(unsigned char)keys[0]].function = command;
}

static Keymap our_keys(void)
{
	static Keymap map; /* as long as the process, like those of readline */

	if (map)
		return map;
	map = rl_make_bare_keymap();
	for (int byte = 0x20; byte < 0x100; byte++)
		map[byte].function = insert_byte;
	for (size_t i = 0; i < ARRAY_LEN(keymap); i++)
		bind_keys(map, keymap[i].keys, keymap[i].command);
	return map;
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
	rl_input_available_hook = no_more_bytes;
	rl_redisplay_function = redisplay;
	rl_attempted_completion_function = complete;
	rl_completion_display_matches_hook = show_matches;
	if (!nowhere)
		nowhere = fopen("/dev/null", "we");
	rl_outstream = nowhere;
	/* Reads ~/.inputrc; of what may stand there, this must not be. */
	rl_initialize();
	rl_variable_bind("editing-mode", "emacs");
	rl_variable_bind("show-mode-in-prompt", "off");
	rl_variable_bind("convert-meta", "off");
	rl_set_keymap(our_keys());
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
	l->at = history_length;
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
	free(t->line->draft);
	free(t->line);
	t->line = the_line = NULL;
}

static void cancel(void)
{
	rl_free_line_state();
	rl_callback_sigcleanup(); /* half of a sequence of keys */
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
	if (n == 1 && cancels(bytes[0]) && l->pasting) { /* out of a paste whose end was lost */
		l->pasting = false;
		l->marked = 0;
	}
	n--; /* the last byte, if it is an Esc, may be all of a key */
	queue_bytes(l, bytes, (size_t)n);
	if (bytes[n] == 033 && !l->pasting) {
		ssize_t more = read_more(bytes + n + 1, sizeof bytes - (size_t)n - 1, 25);

		if (more <= 0) {
			l->head = l->tail;
			cancel();
			line_end(t);
			return LINE_CANCELLED;
		}
		queue_bytes(l, bytes + n, (size_t)more + 1);
	} else {
		queue_byte(l, bytes[n]);
	}
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
