/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gcc on a copy of what was handed in, beside what the exercise provides: what is judged is what was compiled, though the
 * learner goes on typing. Compiling untrusted sources is running them a little: processor time, memory and output have limits;
 * what the machine did not let it do is no fault of the sources. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "grader/private.h"

enum { SAID_MOST = 64 << 10, COMPILE_S = 30 /* of a processor */, WAIT_S = 300 /* by the clock */ };

typedef VEC(char *) argv_of;

static void arg_add(argv_of *v, const char *word)
{
	*vec_push(v) = word ? xstrdup(word) : NULL;
}

static void args_finish(argv_of *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->at[i]);
	free(v->at);
}

/* ---- running gcc ---- */

static _Noreturn void become(char *const *argv, const char *cwd, int out)
{
	const struct box_limits limits = {.cpu_s = COMPILE_S, .files = 256, .file_bytes = 64 << 20, .memory = 2ull << 30};
	int null = open("/dev/null", O_RDONLY);

	setsid();
	unsetenv("IPCLAB_CC");
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("TMPDIR", cwd, 1); /* what a compiler that is killed leaves there goes with the folder */
	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 || chdir(cwd) < 0)
		_exit(127);
	box_limit(&limits);
	execvp(argv[0], argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Reads until it closes its output, or the time is over. False: it was ended. */
static bool listen_to(int fd, struct str *said)
{
	u64 limit = clock_ns() + WAIT_S * 1000000000ull;
	char buf[4096];

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		u64 now = clock_ns();
		ssize_t n;

		if (now >= limit || poll(&p, 1, (int)((limit - now) / 1000000) + 1) == 0)
			return false;
		n = read(fd, buf, sizeof buf);
		if (n == 0 || (n < 0 && errno != EINTR))
			return true;
		if (n > 0 && said->len < SAID_MOST)
			str_add_bytes(said, buf, (size_t)n);
	}
}

static int run_compiler(char *const *argv, const char *cwd, struct str *said)
{
	int ends[2], status = -1;
	bool in_time;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		become(argv, cwd, ends[1]);
	close(ends[1]);
	in_time = pid > 0 && listen_to(ends[0], said);
	close(ends[0]);
	if (pid > 0 && !in_time)
		kill(-pid, SIGKILL);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid > 0 && !in_time)
		str_addf(said, "\nThe compiler was ended after %d s.\n", WAIT_S);
	return pid > 0 && !in_time ? -1 : status;
}

/* ---- what is run ---- */

static void compiler_words(bool hooked, argv_of *v)
{
	static const char *const usual[] = {"-std=gnu17", "-Wall", "-Wextra", "-g", "-O0", "-fno-omit-frame-pointer", "-pthread",
		"-fdiagnostics-color=never", "-fmax-errors=20", "-fno-diagnostics-show-option", "-I."};
	char self[PATH_MAX];
	ssize_t n = hooked ? readlink("/proc/self/exe", self, sizeof self - 1) : 0;

	if (n > 0) {
		self[n] = '\0';
		arg_add(v, self);
		arg_add(v, "cc");
	} else {
		arg_add(v, "gcc");
	}
	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		arg_add(v, usual[i]);
}

static int compile_one(const struct exercise *x, const struct program *p, const char *source, const char *into, bool hooked, struct str *said)
{
	struct str out = {0};
	argv_of v = {0};
	int status;

	compiler_words(hooked, &v);
	str_addf(&out, "%s/%s%s", into, p->name, hooked ? ".hooked" : "");
	arg_add(&v, "-o");
	arg_add(&v, out.s);
	for (size_t i = 0; i < p->files.n; i++)
		arg_add(&v, p->files.at[i]);
	for (size_t i = 0; i < x->flags.n; i++)
		arg_add(&v, x->flags.at[i]);
	arg_add(&v, NULL);
	status = run_compiler(v.at, source, said);
	args_finish(&v);
	str_finish(&out);
	return status;
}

/* ---- what it said ---- */

void compile_place(const char *said, struct finding *f)
{
	for (const char *at = strstr(said, ": error:"); at; at = strstr(at + 1, ": error:")) {
		const char *line = at, *p;
		unsigned row = 0, column = 0;

		while (line > said && line[-1] != '\n')
			line--;
		p = memchr(line, ':', (size_t)(at - line));
		if (!p || sscanf(p, ":%u:%u", &row, &column) < 1)
			continue;
		snprintf(f->file, sizeof f->file, "%.*s", (int)(p - line < 100 ? p - line : 100), line);
		f->line = row;
		f->column = column;
		p = strchr(at + 1, '\n');
		at += strlen(": error: ");
		snprintf(f->message, sizeof f->message, "%.*s", p ? (int)(p - at < 900 ? p - at : 900) : 900, at);
		return;
	}
	snprintf(f->message, sizeof f->message, "%s", strstr(said, "undefined reference") ? "a function that is called is nowhere defined (undefined reference)"
		: "the compiler says no");
}

static bool copy_in(const char *from, const char *name, const char *into, struct err *err)
{
	struct str a = {0}, b = {0};
	struct bytes bytes;
	bool ok;

	str_addf(&a, "%s/%s", from, name);
	str_addf(&b, "%s/%s", into, name);
	ok = read_whole(a.s, 1 << 20, &bytes, err) && write_whole(b.s, bytes.at, bytes.n, err);
	if (ok)
		free(bytes.at);
	str_finish(&a);
	str_finish(&b);
	return ok;
}

/* Another file of that kind in the folder, "" none: it may have been misnamed. */
static void other_source(const char *folder, const char *wanted, char *name, size_t room)
{
	const char *dot = strrchr(wanted, '.');
	DIR *d = opendir(folder);
	const struct dirent *e;

	name[0] = '\0';
	while (d && dot && !name[0] && (e = readdir(d))) {
		const char *end = strrchr(e->d_name, '.');

		if (end && end != e->d_name && !strcasecmp(end, dot))
			snprintf(name, room, "%s", e->d_name);
	}
	if (d)
		closedir(d);
}

static void say_missing(const char *wanted, const char *folder, struct finding *f)
{
	char name[256];

	other_source(folder, wanted, name, sizeof name);
	if (name[0])
		snprintf(f->message, sizeof f->message, "there is no %s, only %s (it has to have that name), in %.500s", wanted, name, folder);
	else
		snprintf(f->message, sizeof f->message, "there is no %s in %.600s", wanted, folder);
}

static bool sources_bring(const struct exercise *x, const char *folder, const char *source, struct finding *f)
{
	struct err e = {0};

	for (size_t i = 0; i < x->files.n; i++)
		if (!copy_in(folder, x->files.at[i], source, &e)) {
			f->verdict = e.code == EXIT_MACHINE ? GRADE_ERROR : GRADE_COMPILE;
			if (e.sys == ENOENT)
				say_missing(x->files.at[i], folder, f);
			else
				snprintf(f->message, sizeof f->message, "%s", e.text);
			return false;
		}
	for (size_t i = 0; i < x->provided.n; i++)
		if (!copy_in(x->folder, x->provided.at[i], source, &e))
			goto ours;
	for (size_t i = 0; i < x->programs.n; i++)
		for (size_t k = 0; x->programs.at[i].given && k < x->programs.at[i].files.n; k++)
			if (!copy_in(x->folder, x->programs.at[i].files.at[k], source, &e))
				goto ours;
	return true;
ours:
	f->verdict = GRADE_ERROR;
	snprintf(f->message, sizeof f->message, "%s", e.text);
	return false;
}

/* The machine was short of something, or somebody ended it: gcc's own line says so, not one of the sources'. */
static bool is_no_answer(int status, const char *said, struct finding *f)
{
	const char *at = strncmp(said, "gcc: fatal error: ", 18) == 0 ? said : strstr(said, "\ngcc: fatal error: ");
	const char *end = at ? strchr(at + 1, '\n') : NULL;
	struct str line = {0};
	bool killed;

	if (at)
		str_add_bytes(&line, at, end ? (size_t)(end - at) : strlen(at));
	killed = line.len && (strstr(line.s, "Killed") || strstr(line.s, "fork"));
	str_finish(&line);
	if (status == -1)
		snprintf(f->message, sizeof f->message, "the compiler did not come to its end in %d s", WAIT_S);
	else if (killed || WIFSIGNALED(status))
		snprintf(f->message, sizeof f->message, "the compiler was ended by somebody, or could not be started: is the machine short of memory or processes?");
	return status == -1 || killed || WIFSIGNALED(status) || strstr(said, "No space left on device");
}

bool compile_all(const struct exercise *x, const char *folder, const char *into, bool hooked, struct str *said, struct finding *f)
{
	if (!hooked && !sources_bring(x, folder, into, f))
		return false;
	for (size_t i = 0; i < x->programs.n; i++) {
		const struct program *p = &x->programs.at[i];
		size_t before = said->len;
		int status = compile_one(x, p, into, into, hooked, said);

		if (status == 0)
			continue;
		compile_place(str_get(said) + before, f);
		f->verdict = p->given || is_no_answer(status, str_get(said) + before, f) ? GRADE_ERROR : GRADE_COMPILE;
		if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
			f->verdict = GRADE_ERROR;
			snprintf(f->message, sizeof f->message, "gcc cannot be run here; install it (apt-get install gcc libc6-dev)");
		}
		return false;
	}
	return true;
}
