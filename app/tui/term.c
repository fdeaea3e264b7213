/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal: taken, given back, measured. newterm and not initscr, which would end the process;
 * then a test for cup, because TERM=dumb is accepted by newterm. */
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

#include "tui/private.h"

/* ---- signals: each is a byte in a pipe, so that poll wakes ---- */

static int signal_pipe[2] = {-1, -1}; /* of the handlers below */
static struct keeper *fatal_keeper;
static pid_t keeper_pid;

static void on_fatal(int sig)
{
	if (fatal_keeper)
		keeper_restore(fatal_keeper);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void on_signal(int sig)
{
	int saved = errno;
	char byte = (char)sig;

	/* The keeper was killed. Nobody else puts the terminal right, and whatever we are at may take
	 * its time: at once, then. The engine ends what it traces when we are gone. */
	if (sig == SIGTERM && getppid() != keeper_pid)
		on_fatal(sig);
	(void)!write(signal_pipe[1], &byte, 1);
	/* Hanging in a write to a terminal that nobody reads, we do not come to obey: then by force. */
	if (sig == SIGTERM || sig == SIGHUP)
		setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 400000}, NULL);
	errno = saved;
}

static void handle(int sig, void (*handler)(int))
{
	struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART};

	sigaction(sig, &sa, NULL);
}

static bool signals_begin(struct term *t, struct err *err)
{
	if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		return err_sys(err, EXIT_MACHINE, "no pipe for signals");
	fatal_keeper = t->keeper;
	keeper_pid = getppid();
	handle(SIGWINCH, on_signal);
	handle(SIGTERM, on_signal);
	handle(SIGHUP, on_signal);
	handle(SIGINT, on_signal);
	handle(SIGTSTP, on_signal);
	handle(SIGPIPE, SIG_IGN);
	handle(SIGTTOU, SIG_IGN);
	handle(SIGALRM, on_fatal);
	handle(SIGSEGV, on_fatal);
	handle(SIGBUS, on_fatal);
	handle(SIGFPE, on_fatal);
	handle(SIGILL, on_fatal);
	handle(SIGABRT, on_fatal);
	return true;
}

void term_lend(bool lent)
{
	handle(SIGQUIT, lent ? SIG_IGN : SIG_DFL);
	handle(SIGCHLD, lent ? on_signal : SIG_DFL);
}

int term_signal_fd(void)
{
	return signal_pipe[0];
}

void term_signals(struct term *t)
{
	char bytes[64];
	ssize_t n;

	while ((n = read(signal_pipe[0], bytes, sizeof bytes)) > 0)
		for (ssize_t i = 0; i < n; i++)
			switch (bytes[i]) {
			case SIGWINCH: t->resized = true; break;
			case SIGTERM:
			case SIGHUP: t->leaving = true; break;
			case SIGINT: t->interrupted = true; break;
			case SIGTSTP: t->suspend = true; break;
			}
}

/* ---- the terminal's own strings ---- */

/* A string of terminfo without its padding ("$<5>"). */
static size_t add_capability(char *to, size_t room, const char *name)
{
	const char *s = tigetstr(name);
	size_t n = 0;

	if (!s || s == (char *)-1)
		return 0;
	for (; *s && n < room; s++) {
		if (s[0] == '$' && s[1] == '<' && strchr(s, '>')) {
			s = strchr(s, '>');
			continue;
		}
		to[n++] = *s;
	}
	return n;
}

static void tell_keeper(struct term *t)
{
	static const char *const undo[] = {"sgr0", "rmkx", "cnorm", "rmcup"};
	char bytes[256] = "\033[?2004l";
	size_t n = strlen(bytes);

	for (size_t i = 0; i < ARRAY_LEN(undo); i++)
		n += add_capability(bytes + n, sizeof bytes - n, undo[i]);
	keeper_undo(t->keeper, bytes, n);
}

/* How many columns a box line takes, as the terminal itself says (CSI 6n); 1 when it does not
 * answer within 100 ms. What else arrives meanwhile was typed ahead, and is kept. */
static int probe_width(struct term *t)
{
	static const char ask[] = "\r\xe2\x94\x80\033[6n";
	char answer[64];
	size_t n = 0;
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
	u64 limit = clock_ns() + 100 * 1000 * 1000;
	int row = 0, col = 2;

	if (write(STDOUT_FILENO, ask, sizeof ask - 1) < 0)
		return 1;
	while (n < sizeof answer - 1) {
		u64 now = clock_ns();
		char *esc;

		if (now >= limit || poll(&p, 1, (int)((limit - now) / 1000000) + 1) <= 0 ||
			read(STDIN_FILENO, answer + n, 1) != 1)
			break;
		answer[++n] = '\0';
		esc = memchr(answer, '\033', n);
		if (esc && answer[n - 1] == 'R' && sscanf(esc, "\033[%d;%dR", &row, &col) == 2) {
			n = (size_t)(esc - answer);
			break;
		}
	}
	term_put_ahead(t, answer, n);
	(void)!write(STDOUT_FILENO, "\r\033[K", 4);
	return col > 2 ? 2 : 1;
}

static bool wants_color(const struct term *t)
{
	const char *no = getenv("NO_COLOR");

	if (t->options.color != TUI_COLOR_AUTO)
		return t->options.color == TUI_COLOR_ALWAYS;
	return !(no && *no);
}

/* Some terminals send arrows in their other form, whatever they were asked for. */
static void define_arrows(void)
{
	static const struct {
		const char *bytes;
		int key;
	} arrows[] = {
		{"\033[A", KEY_UP},
		{"\033[B", KEY_DOWN},
		{"\033[C", KEY_RIGHT},
		{"\033[D", KEY_LEFT},
		{"\033OA", KEY_UP},
		{"\033OB", KEY_DOWN},
		{"\033OC", KEY_RIGHT},
		{"\033OD", KEY_LEFT},
		{"\033[H", KEY_HOME},
		{"\033[F", KEY_END},
		{"\033[1~", KEY_HOME},
		{"\033[4~", KEY_END},
		{"\033[5~", KEY_PPAGE},
		{"\033[6~", KEY_NPAGE},
		{"\033[Z", KEY_BTAB},
	};

	for (size_t i = 0; i < ARRAY_LEN(arrows); i++)
		define_key(arrows[i].bytes, arrows[i].key);
}

static bool modes_begin(struct term *t)
{
	raw(); /* ^C, ^Z, ^S are keys here; output stays held up by nobody's ^S */
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	define_arrows();
	nodelay(stdscr, TRUE);
	leaveok(stdscr, FALSE);
	(void)t;
	return true;
}

bool tui_possible(void)
{
	const char *term = getenv("TERM"), *plain = getenv("IPCLAB_PLAIN");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && *term &&
	       strcmp(term, "dumb") != 0 && !(plain && *plain && strcmp(plain, "0") != 0);
}

static void make_canvas(struct term *t)
{
	struct winsize size = {0};
	int rows = 24, cols = 80;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col) {
		rows = size.ws_row;
		cols = size.ws_col;
	}
	if (rows > 1000)
		rows = 1000;
	if (cols > 1000)
		cols = 1000;
	resizeterm(rows, cols);
	canvas_destroy(t->canvas);
	t->canvas = canvas_create(rows, cols, t->options.ascii);
}

bool term_open(
	struct term *t, struct keeper *keeper, const struct tui_options *options, struct err *err)
{
	const char *name = getenv("TERM");
	const char *cup;

	*t = (struct term){.keeper = keeper, .options = *options};
	setlocale(LC_ALL, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		t->options.ascii = true;
	if (!signals_begin(t, err))
		return false;
	set_escdelay(25);
	t->in = fdopen(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3), "r");
	t->out = fdopen(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), "w");
	if (!t->in || !t->out)
		return err_sys(err, EXIT_MACHINE, "the terminal cannot be opened");
	t->screen = newterm(NULL, t->out, t->in);
	if (!t->screen)
		return err_set(err, EXIT_MACHINE,
			"terminals of type '%s' (TERM) are not known here; set TERM, or use "
			"--plain",
			name ? name : "");
	cup = tigetstr("cup");
	if (!cup || cup == (char *)-1) {
		endwin();
		delscreen(t->screen);
		t->screen = NULL;
		return err_set(err, EXIT_MACHINE,
			"a terminal of type '%s' (TERM) cannot place its cursor; use --plain",
			name ? name : "");
	}
	tell_keeper(t);
	modes_begin(t);
	refresh();
	if (!t->options.ascii && probe_width(t) != 1)
		t->options.ascii = true;
	t->color = wants_color(t) && has_colors();
	paint_begin(t);
	make_canvas(t);
	return true;
}

/* Where there is no other screen to go back to, the prompt comes to stand on the last row. */
static void clear_last_row(void)
{
	move(LINES - 1, 0);
	clrtoeol();
	refresh();
}

void term_close(struct term *t)
{
	if (t->screen) {
		if (!t->gone) {
			clear_last_row();
			endwin();
		}
		delscreen(t->screen);
		/* endwin has put back the settings that newterm found: nothing is left for the keeper. */
		if (!t->gone)
			keeper_undo(t->keeper, "", 0);
	}
	if (t->in)
		fclose(t->in);
	if (t->out)
		fclose(t->out);
	canvas_destroy(t->canvas);
	t->canvas = NULL;
	t->screen = NULL;
}

void term_resize(struct term *t)
{
	t->resized = false;
	make_canvas(t);
	if (t->line)
		line_resize(t);
	clearok(curscr, TRUE);
}

void term_suspend(struct term *t)
{
	t->suspend = false;
	clear_last_row();
	def_prog_mode();
	endwin();
	keeper_undo(t->keeper, "", 0);
	handle(SIGTSTP, SIG_DFL);
	kill(0, SIGTSTP); /* the keeper too: the shell waits for all of the job */
	handle(SIGTSTP, on_signal);
	reset_prog_mode();
	tell_keeper(t);
	t->resized = true;
	clearok(curscr, TRUE);
}

bool term_has_input(const struct term *t)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};

	return t->ahead_n > 0 || poll(&p, 1, 0) > 0;
}

void term_put_ahead(struct term *t, const void *bytes, size_t n)
{
	if (n > sizeof t->ahead - t->ahead_n)
		n = sizeof t->ahead - t->ahead_n;
	memcpy(t->ahead + t->ahead_n, bytes, n);
	t->ahead_n += n;
}

size_t term_take_ahead(struct term *t, void *bytes, size_t n)
{
	if (n > t->ahead_n)
		n = t->ahead_n;
	memcpy(bytes, t->ahead, n);
	t->ahead_n -= n;
	memmove(t->ahead, t->ahead + n, t->ahead_n);
	return n;
}
