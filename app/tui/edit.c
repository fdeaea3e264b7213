/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The source in the learner's editor: $VISUAL, $EDITOR, else what there is. A lab's own files stay
 * as they are: the learner gets a copy (lab/own.c), and a guide's step is begun again with what is built from it. While the editor has the
 * terminal, nothing of ours reads or draws; then the screen is drawn anew. */
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tui/private.h"

extern char **environ;

static void folder_of(const char *file, struct str *out)
{
	const char *slash = strrchr(file, '/');

	str_clear(out);
	str_add_bytes(out, file, slash ? (size_t)(slash - file) : 0);
}

/* Where the sources of a lab are: where it was compiled, or, installed, where its guide is. */
static void lab_folder(const struct lab *lab, const char *file, struct str *folder)
{
	struct str there = {0};

	folder_of(file, folder);
	if (lab) {
		folder_of(lab->file, &there);
		str_add(&there, strrchr(file, '/') ? strrchr(file, '/') : "/");
		if (access(str_get(&there), R_OK) == 0)
			folder_of(lab->file, folder);
	}
	str_finish(&there);
}

/* What is edited for a source file: of a lab one's own copy, whose folder goes into *copy, else the file itself. */
static bool path_for(
	const struct lab *lab, const char *file, struct str *copy, struct str *out, struct err *err)
{
	const char *slash = strrchr(file, '/');
	struct str folder = {0}, guide = {0};
	bool ok;

	lab_folder(lab, file, &folder);
	str_addf(&guide, "%s/lab.md", str_get(&folder));
	if (folder.len && access(guide.s, F_OK) == 0) {
		ok = own_copy(folder.s, copy, err);
		str_addf(out, "%s%s", str_get(copy), slash);
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

static pid_t lent_start(const char *program, char *const argv[], const char *what, struct err *err)
{
	posix_spawnattr_t attr;
	sigset_t usual, none;
	pid_t pid;
	int failed;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGTTOU);
	sigaddset(&usual, SIGQUIT);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigdefault(&attr, &usual);
	posix_spawnattr_setsigmask(&attr, &none);
	failed = posix_spawn(&pid, program, NULL, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	errno = failed;
	if (failed)
		err_sys(err, EXIT_MACHINE, "%s cannot be started", what);
	return failed ? 0 : pid;
}

/* ---- what an editor has started, when we must leave ---- */

enum { CHILDREN_MAX = 64 };

static size_t children(pid_t *list)
{
	char line[1024];
	int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? 0 : read(fd, line, sizeof line - 1);
	size_t n = 0;

	if (fd >= 0)
		close(fd);
	line[got < 0 ? 0 : got] = '\0';
	for (char *p = line, *end; n < CHILDREN_MAX; p = end, n++) {
		list[n] = (pid_t)strtol(p, &end, 10);
		if (list[n] <= 0)
			break;
	}
	return n;
}

/* An editor may be a script that has started another one: when it ends that one is ours (PR_SET_CHILD_SUBREAPER), and
 * it would keep the terminal. `before`: those who are not the editor's. */
static void editor_end(pid_t pid, const pid_t *before, size_t before_n)
{
	pid_t now[CHILDREN_MAX];

	kill(pid, SIGHUP);
	for (int tries = 0; tries < 20; tries++) {
		size_t n = children(now), left = 0;

		for (size_t i = 0; i < n; i++) {
			size_t k = 0;

			while (k < before_n && before[k] != now[i])
				k++;
			if (k < before_n)
				continue;
			left++;
			kill(now[i], tries < 10 ? SIGHUP : SIGKILL);
			waitpid(now[i], NULL, WNOHANG);
		}
		if (!left)
			return;
		usleep(5000);
	}
}

/* Until it ends, or we are told to leave. False: it failed. ^C and ^Z are the editor's. */
static bool editor_wait(struct term *t, pid_t pid, const pid_t *before, size_t before_n)
{
	struct pollfd p = {.fd = term_signal_fd(), .events = POLLIN};
	int status = 0;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		poll(&p, 1, -1); /* its end is a signal, too */
		term_signals(t);
		if (t->leaving) {
			editor_end(pid, before, before_n);
			return true;
		}
	}
	term_signals(t);
	t->interrupted = t->suspend = false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The terminal is lent as a shell would have it, and taken back. */
static bool lend(struct term *t, const char *program, char *const argv[], const char *what, const char *advice, struct err *err)
{
	pid_t before[CHILDREN_MAX], pid;
	size_t before_n = children(before);
	bool ok;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	def_prog_mode();
	endwin();
	term_lend(true);
	pid = lent_start(program, argv, what, err);
	ok = pid && (editor_wait(t, pid, before, before_n) ||
			    err_set(err, EXIT_MACHINE, "%s ended with a failure; %s", what, advice));
	term_lend(false);
	reset_prog_mode();
	term_resize(t); /* it may have changed meanwhile */
	return ok;
}

static bool edit(struct term *t, const char *path, u32 line, struct err *err)
{
	char number[16];
	char *argv[] = {"sh", "-c", (char *)script, "ipclab", (char *)path, number, NULL};

	snprintf(number, sizeof number, "%u", line);
	return lend(t, "/bin/sh", argv, "the editor", "VISUAL or EDITOR names another", err);
}

bool edit_file(struct term *t, const char *path, u32 line, struct err *err)
{
	return edit(t, path, line, err);
}

bool replay_schedule(struct term *t, const char *path, struct err *err)
{
	char *argv[] = {"ipclab", "replay", (char *)path, NULL};
	struct str advice = {0};
	bool ok;

	str_addf(&advice, "in a shell, ipclab replay %s says why", path);
	ok = lend(t, "/proc/self/exe", argv, "the stage", advice.s, err);
	str_finish(&advice);
	return ok;
}

/* A guide's step goes on with what was made of it. */
static void build_own(struct screen_run *r, const char *copy)
{
	struct err err = {0};

	run_say(r, "Building your copy.");
	screen_draw(r->term->canvas, &r->scene, &r->view);
	paint(r->term);
	if (!lesson_build(r, copy, &err))
		run_say_error(r, &err);
	else
		run_say(r, "Built: this step runs your copy now, in %s. The other steps run the lab's own.", copy);
}

void run_edit(struct screen_run *r, u32 task)
{
	const struct frame *frame = card_frame(&r->scene, task);
	struct str path = {0}, copy = {0};
	struct err err = {0};
	char name[24];

	if (!frame || !frame->line || !frame->file[0]) {
		run_say(r, "%s stands at no line of a source file.",
			world_task_name(r->scene.world, task, name));
		return;
	}
	motion_pause(r);
	if (!path_for(r->source->lab, frame->file, &copy, &path, &err) ||
		!edit(r->term, str_get(&path), frame->line, &err))
		run_say_error(r, &err);
	else if (copy.len && r->guide && !r->term->leaving)
		build_own(r, copy.s);
	else if (copy.len)
		run_say(r, "Your own copy is %s; the lab goes on with its own.", str_get(&path));
	else
		run_say(r, "Build it; R then begins anew.");
	if (r->term->leaving)
		r->leaving = true;
	r->dirty = true;
	str_finish(&path);
	str_finish(&copy);
}
