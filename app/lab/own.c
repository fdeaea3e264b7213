/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A learner's own copy of a lab's programs: copied once, then the learner's to change, and built as the lab's
 * own were. The lab's files are never touched. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/lib.h"

extern char **environ;

/* ---- the copy ---- */

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

bool own_copy(const char *folder, struct str *copy, struct err *err)
{
	return own_folder(folder, copy, err) && folder_copy(folder, copy->s, err);
}

/* ---- building ---- */

typedef VEC(const char *) words;

/* The words of a command, and what has to be freed behind it. */
static void command_make(const struct recipe *r, const char *self, const char *out, words *w, struct str *libs)
{
	*vec_push(w) = r->hooks ? self : "cc";
	if (r->hooks)
		*vec_push(w) = "cc";
	*vec_push(w) = "-g";
	*vec_push(w) = "-D_GNU_SOURCE";
	*vec_push(w) = "-Wall";
	*vec_push(w) = "-Wextra";
	for (size_t i = 0; i < r->switches.n; i++)
		*vec_push(w) = r->switches.at[i];
	*vec_push(w) = "-o";
	*vec_push(w) = out;
	for (size_t i = 0; i < r->sources.n; i++)
		*vec_push(w) = r->sources.at[i];
	for (size_t i = 0; i < r->libraries.n; i++) {
		str_clear(&libs[i]);
		str_addf(&libs[i], "-l:%s", r->libraries.at[i]);
		*vec_push(w) = str_get(&libs[i]);
	}
	*vec_push(w) = NULL;
}

/* Runs it in a folder; what it says goes into `said`. */
static bool command_run(const char *const *argv, const char *folder, struct str *said, struct err *err)
{
	posix_spawn_file_actions_t actions;
	int fds[2], status = -1, failed;
	char bytes[4096];
	ssize_t n;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) == -1)
		return err_sys(err, EXIT_MACHINE, "no pipe to the compiler");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
	posix_spawn_file_actions_adddup2(&actions, fds[1], 2);
	posix_spawn_file_actions_addchdir_np(&actions, folder);
	failed = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(fds[1]);
	while (!failed && ((n = read(fds[0], bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR)))
		str_add_bytes(said, bytes, n > 0 ? (size_t)n : 0);
	close(fds[0]);
	errno = failed;
	if (failed)
		return err_sys(err, EXIT_MACHINE, "the compiler %s cannot be started (apt install gcc)", argv[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The first error, else the first line: "producer.c:12:9: error: expected ';' before 'return'". */
static void first_error(const char *said, struct err *err)
{
	const char *at = strstr(said, "error:"), *from = said;
	struct str line = {0};

	for (const char *p = said; at && p < at; p++)
		if (*p == '\n')
			from = p + 1;
	str_add_bytes(&line, from, strcspn(from, "\n"));
	err_set(err, EXIT_FAILED, "It does not compile: %s", line.len ? str_get(&line) : "the compiler failed");
	str_finish(&line);
}

bool own_compile(const char *const *argv, const char *folder, struct err *err)
{
	struct str said = {0};
	bool ok;

	*err = (struct err){0};
	ok = command_run(argv, folder, &said, err);
	if (!ok && !err->text[0])
		first_error(str_get(&said), err);
	str_finish(&said);
	return ok;
}

bool own_build(const char *program, const char *copy, struct str *built, struct err *err)
{
	const char *name = strrchr(program, '/');
	struct str *libs;
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	struct recipe recipe;
	words w = {0};
	bool ok;

	if (!recipe_read(program, &recipe, err)) {
		recipe_finish(&recipe);
		return false;
	}
	self[n > 0 ? n : 0] = '\0';
	str_addf(built, "%s/%s", copy, name ? name + 1 : program);
	libs = xmalloc((recipe.libraries.n + 1) * sizeof *libs);
	memset(libs, 0, (recipe.libraries.n + 1) * sizeof *libs);
	command_make(&recipe, self, built->s, &w, libs);
	ok = own_compile(w.at, copy, err);
	for (size_t i = 0; i < recipe.libraries.n; i++)
		str_finish(&libs[i]);
	free(libs);
	free(w.at);
	recipe_finish(&recipe);
	return ok;
}
