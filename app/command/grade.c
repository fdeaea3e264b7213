/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ipclab grade: one submission or a folder of them. Each is judged in a process of its own; its result file is there as an error
 * before it is judged, and replaced by rename when it was: whoever looks, and whenever it was broken off, finds nothing half.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command/exercise.h"
#include "sandbox/lib.h"

extern char **environ;

enum { JOBS_MAX = 64 };

struct submission {
	char *id, *path; /* a folder; a file is laid into one */
	pid_t job;       /* that judges it now; 0 none */
	bool done, resumed;
	struct result result;
};
struct grading {
	const struct exercise *x;
	VEC(struct submission) list;
	struct own_folder own;
	const char *json, *csv, *junit, *text; /* paths, NULL: not asked for */
	u32 jobs, running, finished, resumed;
	u64 began;
	bool resume, quiet;
};

static volatile sig_atomic_t asked_to_end;

static void on_end(int sig)
{
	asked_to_end = sig;
}

/* ---- what is to be graded ---- */

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool id_taken(const struct grading *g, const char *id)
{
	for (size_t i = 0; i < g->list.n; i++)
		if (strcmp(g->list.at[i].id, id) == 0)
			return true;
	return false;
}

/* The folder's name, as the teacher knows it, and a file name: what is no letter of UTF-8, or controls a terminal, is replaced. */
static void add(struct grading *g, const char *path, const char *name)
{
	struct str harmless = {0}, id = {0};
	size_t n;

	str_add_harmless(&harmless, name);
	for (const char *p = str_get(&harmless); *p; p++)
		str_addf(&id, "%c", strchr("/\\\n,", *p) ? '_' : *p);
	for (n = id.len < 120 ? id.len : 120; n && id.s[n] && (id.s[n] & 0xc0) == 0x80;)
		n--;
	if (id.len)
		id.s[id.len = n] = '\0';
	if (!id.len)
		str_add(&id, "_");
	if (id.s[0] == '.')
		id.s[0] = '_';
	n = id.len;
	for (u32 k = 2; id_taken(g, id.s); k++) {
		id.s[n] = '\0';
		id.len = n;
		str_addf(&id, "-%u", k);
	}
	str_finish(&harmless);
	*vec_push(&g->list) = (struct submission){.id = id.s, .path = xstrdup(path)};
}

static bool has_any_file(const struct grading *g, const char *folder)
{
	for (size_t i = 0; i < g->x->files.n; i++) {
		struct str path = {0};
		struct stat st;
		bool there;

		str_addf(&path, "%s/%s", folder, g->x->files.at[i]);
		there = lstat(path.s, &st) == 0;
		str_finish(&path);
		if (there)
			return true;
	}
	return false;
}

/* One file stands for the exercise's only one. */
static bool add_file(struct grading *g, const char *path, struct err *err)
{
	struct str folder = {0}, to = {0};
	char name[128];
	bool ok;

	if (g->x->files.n != 1)
		return err_set(err, EXIT_USAGE, "%s is one file; %s wants %zu: name the folder they are in", path, g->x->id, g->x->files.n);
	snprintf(name, sizeof name, "%.*s", (int)strcspn(base_of(path), "."), base_of(path));
	str_addf(&folder, "%s/given-%zu", g->own.path.s, g->list.n);
	str_addf(&to, "%s/%s", folder.s, g->x->files.at[0]);
	ok = (mkdir(folder.s, 0700) == 0 && file_copy(path, to.s, err)) || (err->text[0] ? false : err_sys(err, EXIT_RETRY, "%s", folder.s));
	if (ok)
		add(g, folder.s, strcmp(base_of(path), g->x->files.at[0]) == 0 ? base_of(path) : name);
	str_finish(&folder);
	str_finish(&to);
	return ok;
}

static bool add_folder(struct grading *g, const char *path, struct err *err)
{
	struct dirent **names;
	size_t before = g->list.n;
	int n;

	if (has_any_file(g, path)) {
		char real[4096];

		add(g, path, realpath(path, real) ? base_of(real) : base_of(path));
		return true;
	}
	n = scandir(path, &names, NULL, alphasort);
	if (n < 0)
		return err_sys(err, EXIT_USAGE, "%s cannot be read", path);
	for (int i = 0; i < n; i++) {
		struct str sub = {0};
		struct stat st;

		str_addf(&sub, "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.' && lstat(sub.s, &st) == 0 && S_ISDIR(st.st_mode))
			add(g, sub.s, names[i]->d_name);
		str_finish(&sub);
		free(names[i]);
	}
	free(names);
	return g->list.n > before || err_set(err, EXIT_USAGE, "%s holds no %s, and no folders with one", path, g->x->files.at[0]);
}

static bool collect(struct grading *g, char *const *paths, struct err *err)
{
	for (; *paths; paths++) {
		struct stat st;

		if (stat(*paths, &st) < 0)
			return err_sys(err, EXIT_USAGE, "%s", *paths);
		if (!(S_ISDIR(st.st_mode) ? add_folder : add_file)(g, *paths, err))
			return false;
	}
	return true;
}

/* ---- one submission, in a job ---- */

static void result_path(const struct grading *g, const struct submission *s, struct str *out)
{
	str_clear(out);
	str_addf(out, "%s/%s.json", g->json ? g->json : g->own.path.s, s->id);
}

static bool write_result(const struct grading *g, const struct submission *s, const struct result *r, struct err *err)
{
	struct str path = {0}, json = {0};
	bool ok;

	result_path(g, s, &path);
	result_json(r, &json);
	ok = file_replace(path.s, json.s, json.len, err);
	str_finish(&path);
	str_finish(&json);
	return ok;
}

static void as_error(const struct grading *g, const struct submission *s, const char *why, struct result *r)
{
	*r = (struct result){.exercise = g->x, .verdict = GRADE_ERROR, .max = g->x->points, .first = {.verdict = GRADE_ERROR}};
	snprintf(r->id, sizeof r->id, "%s", s->id);
	snprintf(r->first.message, sizeof r->first.message, "%s", why);
	for (size_t i = 0; i < g->x->scenarios.n; i++)
		*vec_push(&r->findings) = (struct finding){.verdict = GRADE_NOT_RUN};
}

static _Noreturn void job(const struct grading *g, const struct submission *s)
{
	struct attempt_options opt = {.all = true};
	struct str work = {0};
	struct result r;
	struct err err = {0};

	prctl(PR_SET_PDEATHSIG, SIGKILL); /* its result stays an error: --resume judges it again */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	str_addf(&work, "%s/%s.work", g->own.path.s, s->id);
	opt.work = work.s;
	if (!attempt_run(g->x, s->path, &opt, &r, &err)) {
		result_finish(&r);
		as_error(g, s, err.text, &r);
	}
	snprintf(r.id, sizeof r.id, "%s", s->id);
	_exit(write_result(g, s, &r, &err) ? 0 : 1);
}

static bool begin_job(struct grading *g, struct submission *s, struct err *err)
{
	struct result r;
	bool ok;

	as_error(g, s, "it was not judged to the end", &r);
	ok = write_result(g, s, &r, err);
	result_finish(&r);
	if (!ok)
		return false;
	fflush(NULL);
	s->job = fork();
	if (s->job == 0)
		job(g, s);
	if (s->job < 0)
		return err_sys(err, EXIT_RETRY, "no process can be started");
	g->running++;
	return true;
}

/* ---- all of them ---- */

static void say_progress(const struct grading *g)
{
	double seconds = (double)(clock_ns() - g->began) / 1e9;
	u32 ran = g->finished - g->resumed, left = (u32)g->list.n - g->finished;
	bool tty = isatty(STDERR_FILENO);

	if (!tty && left && g->finished % 10)
		return;
	fprintf(stderr, "%s%u of %zu judged", tty ? "\r" : "ipclab: ", g->finished, g->list.n);
	if (left && ran)
		fprintf(stderr, ", about %.0f s left   ", seconds / ran * left);
	else
		fprintf(stderr, "%s", tty ? "                    " : "");
	if (!tty || !left)
		fprintf(stderr, "\n");
}

static bool take_result(struct grading *g, struct submission *s)
{
	struct str path = {0};
	struct err err = {0};

	result_path(g, s, &path);
	result_finish(&s->result);
	if (!result_read(g->x, path.s, &s->result, &err))
		as_error(g, s, err.text, &s->result);
	str_finish(&path);
	s->done = true;
	g->finished++;
	return true;
}

static void wait_for_one(struct grading *g)
{
	int status;
	pid_t pid = waitpid(-1, &status, 0);

	for (size_t i = 0; pid > 0 && i < g->list.n; i++) {
		struct submission *s = &g->list.at[i];

		if (s->job != pid)
			continue;
		s->job = 0;
		g->running--;
		take_result(g, s);
		if (!g->quiet)
			say_progress(g);
	}
}

static void resume(struct grading *g)
{
	for (size_t i = 0; i < g->list.n; i++) {
		struct submission *s = &g->list.at[i];
		struct str path = {0};
		struct err ignored = {0};

		result_path(g, s, &path);
		if (result_read(g->x, path.s, &s->result, &ignored) && s->result.verdict != GRADE_ERROR && result_is_about(&s->result, s->path)) {
			s->done = s->resumed = true;
			g->finished++;
			g->resumed++;
		}
		str_finish(&path);
	}
	fprintf(stderr, "ipclab: %u of %zu were judged before and have not changed\n", g->resumed, g->list.n);
}

static void end_jobs(struct grading *g)
{
	for (size_t i = 0; i < g->list.n; i++)
		if (g->list.at[i].job > 0)
			kill(g->list.at[i].job, SIGKILL);
	while (g->running)
		wait_for_one(g);
}

static bool grade_all(struct grading *g, struct err *err)
{
	size_t next = 0;
	bool ok = true;

	g->began = clock_ns();
	if (g->resume)
		resume(g);
	while (ok && !asked_to_end && g->finished < g->list.n) {
		while (next < g->list.n && g->list.at[next].done)
			next++;
		if (next < g->list.n && g->running < g->jobs)
			ok = begin_job(g, &g->list.at[next++], err);
		else
			wait_for_one(g);
	}
	if (!ok || asked_to_end)
		end_jobs(g);
	return ok && (!asked_to_end || err_set(err, EXIT_RETRY, "stopped; --resume goes on%s", g->json ? "" : ", with --out json:DIR"));
}

/* ---- reports ---- */

static bool reports(const struct grading *g, struct err *err)
{
	struct str s = {0};
	VEC(const struct result *) all = {0};
	bool ok = true;

	for (size_t i = 0; i < g->list.n; i++)
		*vec_push(&all) = &g->list.at[i].result;
	if (g->csv) {
		result_csv_head(&s);
		for (size_t i = 0; i < all.n; i++)
			result_csv(all.at[i], &s);
		ok = file_replace(g->csv, s.s, s.len, err);
	}
	str_clear(&s);
	if (ok && g->junit) {
		result_junit(all.at, all.n, &s);
		ok = file_replace(g->junit, s.s, s.len, err);
	}
	for (size_t i = 0; ok && g->text && i < all.n; i++) {
		struct str path = {0}, letter = {0};

		str_clear(&s);
		result_letter(all.at[i], &letter);
		str_add_harmless(&s, str_get(&letter));
		str_addf(&path, "%s/%s.txt", g->text, g->list.at[i].id);
		ok = file_replace(path.s, s.s, s.len, err);
		str_finish(&letter);
		str_finish(&path);
	}
	free(all.at);
	str_finish(&s);
	return ok;
}

/* So many letters, padded to `pad`: a letter is one column here. */
static void add_column(const char *text, u32 most, u32 pad, struct str *out)
{
	u32 n = 0;

	for (const char *p = text; *p; p++) {
		if ((*p & 0xc0) != 0x80 && ++n > most)
			break;
		str_add_bytes(out, p, 1);
	}
	for (n = n > most ? most : n; n < pad; n++)
		str_add(out, " ");
}

static u32 letters(const char *text)
{
	u32 n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

/* In a terminal a line each; elsewhere nothing is cut that matters. */
static u32 message_room(u32 used)
{
	struct winsize size;

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > used + 30)
		return size.ws_col - used - 1;
	return isatty(STDOUT_FILENO) ? 30 : 90;
}

static bool table(const struct grading *g)
{
	enum { WIDEST = 32, VERDICT = 16, MARKS = 8 };
	bool errors = false;
	u32 width = 8;

	for (size_t i = 0; i < g->list.n; i++)
		width = letters(g->list.at[i].id) > width ? letters(g->list.at[i].id) : width;
	width = width < WIDEST ? width : WIDEST;
	for (size_t i = 0; i < g->list.n; i++) {
		const struct result *r = &g->list.at[i].result;
		u32 failed = result_failed(r);
		const struct finding *f = r->first.verdict != GRADE_PASS ? &r->first : failed == UINT32_MAX ? NULL : &r->findings.at[failed];
		struct str line = {0};

		add_column(g->list.at[i].id, WIDEST, width, &line);
		errors |= r->verdict == GRADE_ERROR;
		if (r->verdict == GRADE_ERROR)
			str_addf(&line, "  --/%-3u ", r->max);
		else
			str_addf(&line, " %3u/%-3u ", r->score, r->max);
		str_addf(&line, f ? "%-*s " : "%.*s", f ? VERDICT : 99, grade_name(r->verdict));
		if (f)
			add_column(f->message, message_room(width + MARKS + VERDICT + 2), 0, &line);
		exercise_say("%s\n", line.s);
		str_finish(&line);
	}
	return errors;
}

/* ---- options ---- */

static bool folder_make(const char *path, const char *format, struct err *err)
{
	struct stat st;

	if (!path || mkdir(path, 0755) == 0)
		return true;
	if (errno == EEXIST)
		return (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) || err_set(err, EXIT_USAGE, "%s is no folder: --out %s: names one, for a file of each submission", path, format);
	return err_sys(err, EXIT_USAGE, "%s cannot be made", path);
}

/* "json:results/": the text is joined by commas where --out was given several times. */
static bool outs_read(struct grading *g, const char *value, struct err *err)
{
	char *copy = value ? xstrdup(value) : NULL, *rest = copy;

	for (char *one; (one = strsep(&rest, ","));) {
		if (strncmp(one, "json:", 5) == 0 && one[5])
			g->json = one + 5;
		else if (strncmp(one, "csv:", 4) == 0 && one[4])
			g->csv = one + 4;
		else if (strncmp(one, "junit:", 6) == 0 && one[6])
			g->junit = one + 6;
		else if (strncmp(one, "text:", 5) == 0 && one[5])
			g->text = one + 5;
		else
			return err_set(err, EXIT_USAGE, "--out is json:DIR, text:DIR, csv:FILE or junit:FILE, not '%.60s'", one);
	}
	return folder_make(g->json, "json", err) && folder_make(g->text, "text", err);
}

/* What a caller's environment or folder says is nothing to do with marks. */
static void forget_settings(void)
{
	for (char **e = environ; *e;) {
		char name[128];

		if (strncmp(*e, "IPCLAB_", 7) == 0) {
			snprintf(name, sizeof name, "%.*s", (int)strcspn(*e, "="), *e);
			unsetenv(name);
			e = environ;
		} else {
			e++;
		}
	}
}

static void say_beginning(const struct grading *g)
{
	struct str s = {0};
	u32 box = box_probe();

	box_words(box, &s);
	fprintf(stderr, "ipclab: %zu submission%s for %s, %u at a time. They run as you (user %u), %s. They can read and write what you can: grade strangers' "
			"programs on a machine of their own.\n", g->list.n, g->list.n == 1 ? "" : "s", g->x->id, g->jobs, (unsigned)geteuid(), s.s);
	if (!(box & BOX_IPC) && g->jobs > 1)
		fprintf(stderr, "ipclab: without namespaces two of them may meet; --jobs 1 is safer.\n");
	str_finish(&s);
}

static bool run(struct grading *g, struct invocation *inv, struct err *err)
{
	struct sigaction end = {.sa_handler = on_end};
	bool ok;

	if (!own_folder_make(&g->own, err))
		return false;
	ok = collect(g, inv->argv, err);
	if (ok) {
		sigaction(SIGINT, &end, NULL);
		sigaction(SIGTERM, &end, NULL);
		say_beginning(g);
		ok = grade_all(g, err) && reports(g, err);
	}
	if (ok && table(g))
		inv->status = EXIT_RETRY;
	own_folder_remove(&g->own);
	return ok;
}

bool command_grade(struct invocation *inv, struct err *err)
{
	const char *jobs = option_value(inv, "jobs"), *id = option_value(inv, "exercise");
	struct grading g = {.jobs = 1, .resume = option_given(inv, "resume")};
	struct exercises all;
	bool ok;

	if (!id || inv->argc < 1)
		return err_set(err, EXIT_USAGE, "grade needs an exercise and what was handed in, as in ipclab grade --exercise pipe-eof submissions/");
	if (jobs && ((g.jobs = (u32)strtoul(jobs, NULL, 10)) < 1 || g.jobs > JOBS_MAX))
		return err_set(err, EXIT_USAGE, "--jobs is a number from 1 to %d", JOBS_MAX);
	forget_settings();
	if (!outs_read(&g, option_value(inv, "out"), err))
		return false;
	if (g.resume && !g.json)
		return err_set(err, EXIT_USAGE, "--resume looks at the result files: give --out json:DIR");
	if (!exercises_find(option_value(inv, "exercises"), &all, err))
		return false;
	g.x = exercises_get(&all, id, err);
	ok = g.x && run(&g, inv, err);
	for (size_t i = 0; i < g.list.n; i++) {
		free(g.list.at[i].id);
		free(g.list.at[i].path);
		result_finish(&g.list.at[i].result);
	}
	free(g.list.at);
	exercises_finish(&all);
	return ok;
}
