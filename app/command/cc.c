/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ipclab cc ARGS = gcc -g -O0 -fsanitize=thread -Wno-tsan ARGS, where the runtime that gcc takes
 * for its own is ours: it lies in a folder that gcc looks into first. gcc's options are not read
 * here: what is linked is learnt from gcc itself, which runs each of its tools through us
 * (-wrapper): before the linker begins, the objects that it was given are looked at, the temporary
 * ones too.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command/lib.h"
#include "hook/elf.h"

/* First word of a call by gcc's -wrapper: the tool and its arguments follow. */
#define TOOL_WORD "--run-tool-of-gcc"

typedef VEC(char *) words;

static void word_add(words *w, const char *text)
{
	*vec_push(w) = text ? xstrdup(text) : NULL;
}

static void words_finish(words *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->at[i]);
	free(w->at);
	*w = (words){0};
}

/* ---- where things are ---- */

static bool self_path(char path[PATH_MAX], struct err *err)
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (n <= 0)
		return err_sys(
			err, EXIT_MACHINE, "ipclab cannot find its own file by /proc/self/exe");
	path[n] = '\0';
	return true;
}

static bool holds_runtime(const char *dir)
{
	struct str file = {0};
	bool there;

	str_addf(&file, "%s/libtsan.a", dir);
	there = access(file.s, R_OK) == 0;
	str_finish(&file);
	return there;
}

/* Beside the program (a build tree), below its prefix (moved after `make install`), else where
 * configure said. */
static bool runtime_dir(struct str *dir, struct err *err)
{
	static const char *const below[] = {"hook", "../lib/ipclab/hook", "../lib64/ipclab/hook"};
	char self[PATH_MAX];

	if (!self_path(self, err))
		return false;
	*strrchr(self, '/') = '\0';
	for (size_t i = 0; i <= ARRAY_LEN(below); i++) {
		str_clear(dir);
		if (i < ARRAY_LEN(below))
			str_addf(dir, "%s/%s", self, below[i]);
		else
			str_add(dir, PKGLIBDIR "/hook");
		if (holds_runtime(dir->s))
			return true;
	}
	return err_set(err, EXIT_MACHINE,
		"the runtime of ipclab cc is missing: there is no libtsan.a in %s/hook and none in "
		"%s. "
		"Build it with ./bootstrap build, or install ipclab again",
		self, dir->s);
}

/* ---- the compiler ---- */

/* IPCLAB_CC may be words: "ccache gcc-13". */
static void compiler_words(words *w)
{
	const char *set = getenv("IPCLAB_CC");
	char *text = xstrdup(set && *set ? set : "gcc");
	char *rest = text;

	for (char *word; (word = strtok_r(rest, " \t", &rest));)
		word_add(w, word);
	if (w->n == 0)
		word_add(w, "gcc");
	free(text);
}

static bool run_and_read(char *const *argv, char *out, size_t room)
{
	int ends[2], status;
	size_t n = 0;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) == -1)
		return false;
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		execvp(argv[0], argv);
		_exit(EXIT_NOT_FOUND);
	}
	close(ends[1]);
	for (ssize_t got;
		pid > 0 && n < room - 1 && (got = read(ends[0], out + n, room - 1 - n)) > 0;)
		n += (size_t)got;
	out[n] = '\0';
	close(ends[0]);
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

/* Asked only of a compiler that somebody chose: gcc is gcc. */
static bool is_clang(const words *compiler)
{
	const char *set = getenv("IPCLAB_CC");
	char said[1024];
	words ask = {0};
	bool clang;

	if (!set || !*set)
		return false;
	for (size_t i = 0; i < compiler->n; i++)
		word_add(&ask, compiler->at[i]);
	word_add(&ask, "--version");
	word_add(&ask, NULL);
	clang = run_and_read(ask.at, said, sizeof said) && strstr(said, "clang");
	words_finish(&ask);
	return clang;
}

static bool is_among(const char *word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(word, list[i]) == 0)
			return true;
	return false;
}

static bool given(const struct invocation *inv, const char *const *list, size_t n)
{
	for (int i = 0; i < inv->argc; i++)
		if (is_among(inv->argv[i], list, n))
			return true;
	return false;
}

static bool add_clang(words *w, const struct invocation *inv, struct err *err)
{
	static const char *const no_link[] = {
		"-c", "-S", "-E", "-M", "-MM", "-fsyntax-only", "--version"};

	if (!given(inv, no_link, ARRAY_LEN(no_link)))
		return err_set(err, EXIT_USAGE,
			"clang would link its own runtime instead of ipclab's: compile with clang "
			"and -c, then "
			"link with gcc: env -u IPCLAB_CC ipclab cc -o NAME *.o");
	for (const char *const *o =
			(const char *const[]){"-g", "-O0", "-fsanitize=thread", "-mllvm",
				/* else the read of `count++` has no hook */
				"-tsan-instrument-read-before-write=1", NULL};
		*o; o++)
		word_add(w, *o);
	return true;
}

static bool add_gcc(words *w, const struct invocation *inv, struct err *err)
{
	static const char *const statics[] = {"-static", "--static", "-static-pie"};
	char self[PATH_MAX];
	struct str dir = {0}, option = {0};

	if (given(inv, statics, ARRAY_LEN(statics)))
		return err_set(err, EXIT_USAGE,
			"a static program has no C library for ipclab's runtime to stand in front "
			"of: leave %s out",
			"-static");
	if (!self_path(self, err) || !runtime_dir(&dir, err)) {
		str_finish(&dir);
		return false;
	}
	if (strchr(self, ',')) { /* gcc takes -wrapper apart at commas */
		str_finish(&dir);
		return err_set(err, EXIT_MACHINE,
			"ipclab cc does not work from a folder with a comma in its name: %s", self);
	}
	word_add(w, "-wrapper");
	str_addf(&option, "%s,cc," TOOL_WORD, self);
	word_add(w, option.s);
	for (const char *const *o = (const char *const[]){"-B", "-L", NULL}; *o; o++) {
		str_clear(&option);
		str_addf(&option, "%s%s/", *o, dir.s);
		word_add(w, option.s);
	}
	word_add(w, "-g");
	word_add(w, "-O0");
	word_add(w, "-fsanitize=thread");
	word_add(w, "-Wno-tsan"); /* about fences, which only a race detector minds */
	str_finish(&option);
	str_finish(&dir);
	return true;
}

/* ---- what the linker was given ---- */

static bool is_startfile(const char *path)
{
	const char *base = strrchr(path, '/');

	base = base ? base + 1 : path;
	return strncmp(base + strspn(base, "SgrM"), "crt", 3) == 0 ||
	       strcmp(base, "libtsan_preinit.o") == 0;
}

/* A folder of the compiler's own, wherever it was installed. */
static bool is_compilers(const char *path)
{
	static const char *const signs[] = {"crtbegin.o", "crt1.o", "libgcc_s.so.1"};
	const char *slash = strrchr(path, '/');
	struct str sign = {0};
	bool found = false;

	for (size_t i = 0; i < ARRAY_LEN(signs) && slash && !found; i++) {
		str_clear(&sign);
		str_addf(&sign, "%.*s/%s", (int)(slash - path), path, signs[i]);
		found = access(sign.s, F_OK) == 0;
	}
	str_finish(&sign);
	return found;
}

static bool is_ours(const char *real)
{
	struct err ignored = {0};
	struct str dir = {0};
	char ours[PATH_MAX];
	bool is = runtime_dir(&dir, &ignored) && realpath(dir.s, ours) &&
		  strncmp(real, ours, strlen(ours)) == 0 && real[strlen(ours)] == '/';

	str_finish(&dir);
	return is;
}

/* Libraries of the system are not the program's own; ours is not either. */
static bool is_system(const char *path)
{
	static const char *const roots[] = {
		"/usr/", "/lib/", "/lib64/", "/lib32/", "/opt/", "/nix/", "/gnu/"};
	char real[PATH_MAX];

	if (!realpath(path, real))
		return true; /* the linker will say what it thinks of it */
	for (size_t i = 0; i < ARRAY_LEN(roots); i++)
		if (strncmp(real, roots[i], strlen(roots[i])) == 0)
			return true;
	return is_compilers(real) || is_ours(real);
}

static bool has_end(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

static bool plain_refuse(const char *path, const char *name, struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	const char *base = strrchr(path, '/');
	bool temporary = base && strncmp(base, "/cc", 3) == 0 &&
			 (strncmp(path, "/tmp/", 5) == 0 || strncmp(path, "/var/tmp/", 9) == 0 ||
				 (tmp && *tmp && strncmp(path, tmp, strlen(tmp)) == 0));

	if (has_end(path, ".a"))
		return err_set(err, EXIT_USAGE,
			"%s in %s was not compiled by ipclab cc: its accesses to shared memory "
			"would be invisible",
			name, path);
	if (!temporary)
		return err_set(err, EXIT_USAGE,
			"%s was not compiled by ipclab cc: its accesses to shared memory would be "
			"invisible. "
			"Compile it again: ipclab cc -c %s",
			path, *name ? name : "SOURCE");
	if (*name)
		return err_set(err, EXIT_USAGE,
			"%s was compiled without hooks: its accesses to shared memory would be "
			"invisible. "
			"Leave -fno-sanitize out",
			name);
	return err_set(err, EXIT_USAGE,
		"an assembly source has no hooks: its accesses to shared memory would be "
		"invisible");
}

static bool file_check(const char *path, bool *later, struct err *err)
{
	char name[256];

	if (is_startfile(path) || is_system(path))
		return true;
	switch (hook_object_of(path, name, sizeof name)) {
	case OBJECT_PLAIN: return plain_refuse(path, name, err);
	case OBJECT_LATER: *later = true; return true;
	default: return true;
	}
}

/* -lNAME, searched for as ld does: libNAME.so comes before libNAME.a of the same folder. */
static bool library_check(const char *name, char **argv, bool *later, struct err *err)
{
	static const char *const ends[] = {".so", ".a"};
	bool ok = true, found = false;

	for (char **a = argv; *a && !found; a++) {
		if (strncmp(*a, "-L", 2) != 0)
			continue;
		for (size_t i = 0; i < ARRAY_LEN(ends) && !found; i++) {
			struct str path = {0};

			str_addf(&path, "%s/lib%s%s", *a + 2, name, ends[i]);
			found = access(path.s, R_OK) == 0;
			if (found && i == 1)
				ok = file_check(path.s, later, err);
			str_finish(&path);
		}
	}
	return ok;
}

/* Options of ld whose next word is theirs, of those that gcc gives or that are usual with -Wl. */
static bool takes_next(const char *word)
{
	static const char *const list[] = {"-o", "-m", "-plugin", "-dynamic-linker", "-z", "-e",
		"-u", "-T", "-h", "-soname", "-rpath", "-rpath-link", "-Map", "-y", "-R", "-A",
		"-b", "-I"};

	return is_among(word + (strncmp(word, "--", 2) == 0), list, ARRAY_LEN(list));
}

static bool link_check(char **argv, const char **output, bool *later, struct err *err)
{
	*output = "a.out";
	for (char **a = argv; *a; a++) {
		if (strcmp(*a, "-o") == 0 && a[1])
			*output = a[1];
		if (takes_next(*a) && a[1]) {
			a++;
		} else if (strncmp(*a, "-l", 2) == 0) {
			if (!library_check(*a + 2, argv, later, err))
				return false;
		} else if ((*a)[0] != '-' && !file_check(*a, later, err)) {
			return false;
		}
	}
	return true;
}

/* ---- a tool that gcc runs through us ---- */

/* @FILE: words as libiberty's expandargv reads them. */
static bool response_read(const char *path, words *w)
{
	FILE *f = fopen(path, "r");
	struct str word = {0};
	bool in_word = false, escaped = false;
	int quote = 0;

	if (!f)
		return false;
	for (int c; (c = getc(f)) != EOF;) {
		char byte = (char)c;

		if (!escaped && !quote && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
			if (in_word)
				word_add(w, str_get(&word));
			in_word = false;
			str_clear(&word);
			continue;
		}
		in_word = true;
		if (escaped)
			escaped = false;
		else if (c == '\\') {
			escaped = true;
			continue;
		} else if (c == quote) {
			quote = 0;
			continue;
		} else if (!quote && (c == '\'' || c == '"')) {
			quote = c;
			continue;
		}
		str_add_bytes(&word, &byte, 1);
	}
	if (in_word)
		word_add(w, str_get(&word));
	fclose(f);
	str_finish(&word);
	return true;
}

/* The linker's words, response files read, NULL at the end. */
static void words_expand(char **argv, words *w)
{
	for (; *argv; argv++)
		if ((*argv)[0] != '@' || !response_read(*argv + 1, w))
			word_add(w, *argv);
	word_add(w, NULL);
}

static bool tool_exec(char **argv, struct err *err)
{
	execvp(argv[0], argv);
	return err_sys(err, EXIT_MACHINE, "%s cannot be run", argv[0]);
}

/* Link-time optimisation makes the code when it links: what came out is looked at afterwards. */
static bool tool_run_and_check(char **argv, const char *output, int *exit_status, struct err *err)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(tool_exec(argv, err) ? 0 : EXIT_NOT_FOUND);
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		return err_sys(err, EXIT_MACHINE, "%s cannot be run", argv[0]);
	*exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (*exit_status != 0 || hook_calls_in(output))
		return true;
	unlink(output);
	return err_set(err, EXIT_USAGE,
		"link-time optimisation left no hooks in %s: its accesses to shared memory would "
		"be "
		"invisible. Leave -flto out, or compile and link with ipclab cc",
		output);
}

static bool tool_run(struct invocation *inv, struct err *err)
{
	char **argv = inv->argv + 1;
	const char *base, *output;
	bool ok, later = false;
	words w = {0};

	if (!argv[0])
		return err_set(
			err, EXIT_USAGE, TOOL_WORD " is for gcc, which names a tool after it");
	base = strrchr(argv[0], '/');
	if (strcmp(base ? base + 1 : argv[0], "collect2") != 0)
		return tool_exec(argv, err);
	words_expand(argv + 1, &w);
	ok = link_check(w.at, &output, &later, err);
	if (ok)
		ok = later ? tool_run_and_check(argv, output, &inv->status, err)
			   : tool_exec(argv, err);
	words_finish(&w);
	return ok;
}

bool command_cc(struct invocation *inv, struct err *err)
{
	words w = {0};
	bool ok;

	if (inv->argc > 0 && strcmp(inv->argv[0], TOOL_WORD) == 0)
		return tool_run(inv, err);
	if (inv->argc == 0)
		return err_set(
			err, EXIT_USAGE, "there is nothing to compile; ipclab cc --help shows how");
	compiler_words(&w);
	ok = is_clang(&w) ? add_clang(&w, inv, err) : add_gcc(&w, inv, err);
	if (ok) {
		for (int i = 0; i < inv->argc; i++)
			word_add(&w, inv->argv[i]);
		word_add(&w, NULL);
		execvp(w.at[0], w.at);
		ok = err_sys(err, EXIT_MACHINE, "the compiler %s cannot be run%s", w.at[0],
			getenv("IPCLAB_CC") ? " (it is the one of IPCLAB_CC)"
					    : "; apt install gcc");
	}
	words_finish(&w);
	return ok;
}
