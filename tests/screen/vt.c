/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vt.h"

enum { LIMIT_MS = 5000 };

static void child(const char *const *argv, const char *const *env)
{
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	unsetenv("NO_COLOR");
	unsetenv("IPCLAB_PLAIN");
	setenv("IPCLAB_EXERCISES", "/nonexistent", 0); /* home as it is kept lists labs alone */
	unsetenv("LINES");
	unsetenv("COLUMNS");
	for (; env && *env; env++)
		putenv((char *)*env);
	execv(argv[0], (char *const *)argv);
	_exit(127);
}

void vt_start(struct vt *t, int rows, int cols, const char *const *argv, const char *const *env)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	memset(t, 0, sizeof *t);
	t->rows = rows;
	t->cols = cols;
	t->term = vterm_new(rows, cols);
	vterm_set_utf8(t->term, 1);
	t->screen = vterm_obtain_screen(t->term);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_reset(t->screen, 1);
	t->pid = forkpty(&t->fd, NULL, NULL, &size);
	if (t->pid == 0)
		child(argv, env);
	if (t->pid < 0) {
		perror("forkpty");
		exit(99);
	}
	fcntl(t->fd, F_SETFD, FD_CLOEXEC);
}

void vt_keys(struct vt *t, const char *bytes)
{
	size_t n = strlen(bytes);

	while (n) {
		ssize_t w = write(t->fd, bytes, n);

		if (w < 0 && errno != EINTR)
			return;
		if (w > 0) {
			bytes += w;
			n -= (size_t)w;
		}
	}
}

/* What the emulated terminal answers (to CSI 6n). */
static void answer(struct vt *t)
{
	char out[256];
	size_t n;

	while ((n = vterm_output_read(t->term, out, sizeof out)) > 0)
		(void)!write(t->fd, out, n);
}

/* One read; false: nothing within ms, or the end. */
static bool take(struct vt *t, int ms)
{
	struct pollfd p = {.fd = t->fd, .events = POLLIN};
	char bytes[8192];
	ssize_t n;

	if (t->ended || poll(&p, 1, ms) <= 0)
		return false;
	n = read(t->fd, bytes, sizeof bytes);
	if (n <= 0) {
		t->ended = n == 0 || errno == EIO;
		return false;
	}
	t->read_bytes += (u64)n;
	vterm_input_write(t->term, bytes, (size_t)n);
	answer(t);
	return true;
}

void vt_pump(struct vt *t, int quiet_ms)
{
	u64 limit = clock_ns() + (u64)LIMIT_MS * 1000000;

	while (clock_ns() < limit && take(t, quiet_ms))
		;
}

void vt_text(struct vt *t, struct str *out)
{
	for (int row = 0; row < t->rows; row++) {
		size_t begin = out->len;

		for (int col = 0; col < t->cols; col++) {
			VTermScreenCell cell;
			VTermPos pos = {row, col};

			if (!vterm_screen_get_cell(t->screen, pos, &cell))
				continue;
			if (cell.chars[0] == (u32)-1)
				continue; /* right half of a wide one */
			if (!cell.chars[0])
				str_add(out, " ");
			for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++) {
				u32 ch = cell.chars[i];
				char b[5] = {0};

				if (ch < 0x80)
					b[0] = (char)ch;
				else if (ch < 0x800)
					b[0] = (char)(0xc0 | ch >> 6),
					b[1] = (char)(0x80 | (ch & 0x3f));
				else
					b[0] = (char)(0xe0 | ch >> 12),
					b[1] = (char)(0x80 | (ch >> 6 & 0x3f)),
					b[2] = (char)(0x80 | (ch & 0x3f));
				str_add(out, b);
			}
		}
		while (out->len > begin && out->s[out->len - 1] == ' ')
			out->s[--out->len] = '\0';
		str_add(out, "\n");
	}
}

static bool wait_for(struct vt *t, const char *text, bool there)
{
	u64 limit = clock_ns() + (u64)LIMIT_MS * 1000000;
	struct str now = {0};
	bool seen = false;

	for (;;) {
		str_clear(&now);
		vt_text(t, &now);
		seen = (strstr(str_get(&now), text) != NULL) == there;
		if (seen || clock_ns() > limit)
			break;
		take(t, 20);
		if (t->ended)
			limit = 0;
	}
	if (!seen)
		fprintf(stderr, "the screen %s \"%s\":\n%s\n", there ? "lacks" : "still has", text,
			str_get(&now));
	str_finish(&now);
	return seen;
}

bool vt_sees(struct vt *t, const char *text)
{
	return wait_for(t, text, true);
}
bool vt_lacks(struct vt *t, const char *text)
{
	return wait_for(t, text, false);
}

void vt_resize(struct vt *t, int rows, int cols)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	t->rows = rows;
	t->cols = cols;
	vterm_set_size(t->term, rows, cols);
	ioctl(t->fd, TIOCSWINSZ, &size);
}

int vt_end(struct vt *t)
{
	u64 limit = clock_ns() + (u64)LIMIT_MS * 1000000;
	int status;

	while (clock_ns() < limit) {
		take(t, 5);
		if (t->ended)
			usleep(2000);
		if (waitpid(t->pid, &status, WNOHANG) == t->pid) {
			while (take(t, 20))
				;
			t->pid = 0;
			return status;
		}
	}
	return -1;
}

void vt_finish(struct vt *t)
{
	if (t->pid > 0) {
		kill(t->pid, SIGKILL);
		waitpid(t->pid, NULL, 0);
	}
	close(t->fd);
	vterm_free(t->term);
}
