/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The source in the learner's editor: $VISUAL, $EDITOR, else what there is. A lab's own files stay
 * as they are: the learner gets a copy of them below $XDG_DATA_HOME. While the editor has the
 * terminal, nothing of ours reads or draws; then the screen is drawn anew. */
#include <curses.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tui/private.h"

extern char **environ;

/* ---- a copy of one's own ---- */

static bool folder_make(char *path, struct err *err)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return true;
	return err_sys(err, EXIT_MACHINE, "%s cannot be made", path);
}

/* A copy that is there is the learner's, and stays. */
static bool file_copy(const char *from, const char *to, struct err *err)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out;
	char buf[16384];
	ssize_t n;

	if (in < 0)
		return err_sys(err, EXIT_INPUT, "%s cannot be read", from);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (out < 0) {
		close(in);
		return errno == EEXIST || err_sys(err, EXIT_MACHINE, "%s cannot be written", to);
	}
	while ((n = read(in, buf, sizeof buf)) > 0 && write(out, buf, (size_t)n) == n)
		;
	close(in);
	if (close(out) == 0 && n == 0)
		return true;
	err_sys(err, EXIT_MACHINE, "%s cannot be written whole", to);
	unlink(to);
	return false;
}

static bool is_source(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && (strcmp(dot, ".c") == 0 || strcmp(dot, ".h") == 0);
}

static bool folder_copy(const char *from, const char *to, struct err *err)
{
	struct dirent *entry;
	struct str a = {0}, b = {0};
	DIR *dir = opendir(from);
	bool ok = true;

	if (!dir)
		return err_sys(err, EXIT_INPUT, "%s cannot be read", from);
	while (ok && (entry = readdir(dir)) != NULL) {
		if (!is_source(entry->d_name))
			continue;
		str_clear(&a);
		str_clear(&b);
		str_addf(&a, "%s/%s", from, entry->d_name);
		str_addf(&b, "%s/%s", to, entry->d_name);
		ok = file_copy(a.s, b.s, err);
	}
	closedir(dir);
	str_finish(&a);
	str_finish(&b);
	return ok;
}

/* $XDG_DATA_HOME/ipclab/labs/01-pipe for a lab's folder. */
static bool own_folder(const char *lab, struct str *out, struct err *err)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	const char *name = strrchr(lab, '/');

	if (data && data[0] == '/')
		str_add(out, data);
	else if (home && home[0] == '/')
		str_addf(out, "%s/.local/share", home);
	else
		return err_set(err, EXIT_MACHINE,
			"there is no place for your own copy: HOME is not set");
	str_addf(out, "/ipclab/labs/%s", name ? name + 1 : lab);
	return folder_make(out->s, err);
}

/* What is edited for a source file: of a lab one's own copy, else the file itself. */
static bool path_for(const char *file, bool *own, struct str *out, struct err *err)
{
	const char *slash = strrchr(file, '/');
	struct str folder = {0}, guide = {0};
	bool ok;

	str_add_bytes(&folder, file, slash ? (size_t)(slash - file) : 0);
	str_addf(&guide, "%s/lab.md", str_get(&folder));
	*own = folder.len && access(guide.s, F_OK) == 0;
	if (*own) {
		ok = own_folder(folder.s, out, err) && folder_copy(folder.s, out->s, err);
		str_add(out, slash);
	} else {
		str_add(out, file);
		ok = access(file, R_OK) == 0 ||
		     err_sys(err, EXIT_INPUT, "%s cannot be read", file);
	}
	str_finish(&folder);
	str_finish(&guide);
	return ok;
}

/* ---- the editor ---- */

/* Some take FILE:LINE; all others know vi's +LINE. */
static const char script[] =
	"e=${VISUAL:-$EDITOR}\n"
	"if [ -z \"$e\" ]; then for e in sensible-editor editor nano vi; do\n"
	"command -v $e >/dev/null && break; done; fi\n"
	"w=${e%% *}\n"
	"case ${w##*/} in\n"
	"code | codium) exec $e -w -g \"$1:$2\" ;;\n"
	"hx | subl | zed) exec $e \"$1:$2\" ;;\n"
	"*) exec $e \"+$2\" \"$1\" ;;\n"
	"esac\n";

static pid_t editor_start(const char *path, u32 line, struct err *err)
{
	posix_spawnattr_t attr;
	sigset_t usual, none;
	char number[16];
	char *argv[] = {"sh", "-c", (char *)script, "ipclab", (char *)path, number, NULL};
	pid_t pid;
	int failed;

	snprintf(number, sizeof number, "%u", line);
	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGTTOU);
	sigaddset(&usual, SIGQUIT);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigdefault(&attr, &usual);
	posix_spawnattr_setsigmask(&attr, &none);
	failed = posix_spawn(&pid, "/bin/sh", NULL, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	errno = failed;
	if (failed)
		err_sys(err, EXIT_MACHINE, "the editor cannot be started");
	return failed ? 0 : pid;
}

/* Until it ends, or we are told to leave. False: it failed. ^C and ^Z are the editor's. */
static bool editor_wait(struct term *t, pid_t pid)
{
	struct pollfd p = {.fd = term_signal_fd(), .events = POLLIN};
	int status = 0;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		poll(&p, 1, -1); /* its end is a signal, too */
		term_signals(t);
		if (t->leaving) {
			kill(pid, SIGHUP);
			return true;
		}
	}
	term_signals(t);
	t->interrupted = t->suspend = false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The terminal is lent as a shell would have it, and taken back. */
static bool edit(struct term *t, const char *path, u32 line, struct err *err)
{
	pid_t pid;
	bool ok;

	def_prog_mode();
	endwin();
	term_lend(true);
	pid = editor_start(path, line, err);
	ok = pid && (editor_wait(t, pid) ||
			    err_set(err, EXIT_MACHINE,
				    "the editor ended with a failure; VISUAL or EDITOR "
				    "names another"));
	term_lend(false);
	reset_prog_mode();
	term_resize(t); /* it may have changed meanwhile */
	return ok;
}

void run_edit(struct screen_run *r, u32 task)
{
	const struct frame *frame = card_frame(&r->scene, task);
	struct str path = {0};
	struct err err = {0};
	char name[24];
	bool own = false;

	if (!frame || !frame->line || !frame->file[0]) {
		run_say(r, "%s stands at no line of a source file.",
			world_task_name(r->scene.world, task, name));
		return;
	}
	motion_pause(r);
	if (!path_for(frame->file, &own, &path, &err) ||
		!edit(r->term, str_get(&path), frame->line, &err))
		run_say_error(r, &err);
	else if (own)
		run_say(r, "Your own copy is %s; the lab goes on with its own.", str_get(&path));
	if (r->term->leaving)
		r->leaving = true;
	r->dirty = true;
	str_finish(&path);
}
