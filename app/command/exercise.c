/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verbs about exercises share; `ipclab exercises`, and the small ones: start, hint, reset, solution. */
#include "command/exercise.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "progress/lib.h"
#include "view/lib.h"

bool exercise_open(const struct invocation *inv, struct exercises *all, struct tries *t, struct err *err)
{
	*all = (struct exercises){0};
	*t = (struct tries){.lock = -1};
	if (inv->argc > 1)
		return err_set(err, EXIT_USAGE, "%s takes one exercise; '%.40s' is one too many", inv->command->name, inv->argv[1]);
	return exercises_find(option_value(inv, "exercises"), all, err) &&
	       tries_find(all, inv->argc ? inv->argv[0] : NULL, option_value(inv, "folder"), t, err);
}

void exercise_say(const char *fmt, ...)
{
	struct str s = {0}, safe = {0};
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	str_add_harmless(&safe, str_get(&s));
	fputs(str_get(&safe), stdout);
	str_finish(&s);
	str_finish(&safe);
}

bool exercise_ask(const struct invocation *inv, const char *question)
{
	char line[64];

	if (option_given(inv, "yes"))
		return true;
	if (!isatty(STDIN_FILENO))
		return false;
	printf("%s [y/N] ", question);
	fflush(stdout);
	return fgets(line, sizeof line, stdin) && tolower((unsigned char)line[0]) == 'y';
}

/* ---- editors ---- */

static const char *named_editor(void)
{
	const char *e = getenv("VISUAL");

	if (!e || !*e)
		e = getenv("EDITOR");
	return e && *e ? e : NULL;
}

void editor_words(const char *file, u32 line, struct str *out)
{
	const char *program = getenv("TERM_PROGRAM"), *e = named_editor();

	if (program && strcmp(program, "vscode") == 0)
		str_addf(out, "code -g %s:%u", file, line);
	else if (getenv("TMUX") && e)
		str_addf(out, "tmux split-window -h %s +%u %s", e, line, file);
	else
		str_addf(out, "%s +%u %s", e ? e : "$EDITOR", line, file);
}

bool editor_open(const char *file, u32 line, struct err *err)
{
	const char *program = getenv("TERM_PROGRAM"), *e = named_editor();
	struct str place = {0};
	int status = 0;
	pid_t pid;

	if (!e && !(program && strcmp(program, "vscode") == 0))
		return err_set(err, EXIT_USAGE, "which editor? Set EDITOR, as in: export EDITOR=nano");
	pid = fork();
	if (pid == 0) {
		if (program && strcmp(program, "vscode") == 0) {
			str_addf(&place, "%s:%u", file, line);
			execlp("code", "code", "-g", place.s, NULL);
		} else {
			str_addf(&place, "exec %s +%u \"$1\"", e, line);
			execlp("sh", "sh", "-c", place.s, "ipclab", file, NULL);
		}
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return err_sys(err, EXIT_MACHINE, "no editor can be started");
	return WIFEXITED(status) && WEXITSTATUS(status) != 127 ? true : err_set(err, EXIT_MACHINE, "the editor %s cannot be run", e ? e : "code");
}

/* ---- exercises ---- */

static void list_json(const struct exercises *all, struct progress *p)
{
	struct str out = {0};
	const char *before = "[{\"id\":";

	for (size_t i = 0; i < all->list.n; i++) {
		const struct exercise *x = all->list.at[i];
		struct progress_exercise done = {0};

		if (x->wrong.text[0])
			continue;
		progress_exercise(p, x->id, &done);
		str_add(&out, before);
		before = ",\n {\"id\":";
		str_add_json(&out, x->id, strlen(x->id));
		str_add(&out, ",\"title\":");
		str_add_json(&out, x->title, strlen(x->title));
		str_addf(&out, ",\"kind\":\"%s\",\"group\":", kind_name(x->kind));
		str_add_json(&out, x->group ? x->group : "", x->group ? strlen(x->group) : 0);
		str_addf(&out, ",\"minutes\":%u,\"points\":%u,\"checks\":%zu,\"tries\":%u,\"passed\":%s}", x->minutes, x->points, x->scenarios.n, done.tries,
			done.passed ? "true" : "false");
	}
	str_add(&out, out.len ? "]\n" : "[]\n");
	fputs(out.s, stdout);
	str_finish(&out);
}

static void list_words(const struct exercises *all, struct progress *p)
{
	const char *group = NULL;

	for (size_t i = 0; i < all->list.n; i++) {
		const struct exercise *x = all->list.at[i];
		struct progress_exercise done = {0};

		if (x->wrong.text[0])
			continue;
		if (x->group && (!group || strcmp(group, x->group) != 0))
			exercise_say("%s%s\n", i ? "\n" : "", group = x->group);
		progress_exercise(p, x->id, &done);
		exercise_say("  %-17s %-39.39s %-8s %3u min  ", x->id, x->title, kind_name(x->kind), x->minutes);
		if (done.passed)
			printf("passed\n");
		else if (done.tries)
			printf("%u of %u points\n", done.score, done.max);
		else
			printf("\n");
	}
	if (all->list.n)
		printf("\nBegin one with: ipclab start %s\n", all->list.at[0]->id);
}

bool command_exercises(struct invocation *inv, struct err *err)
{
	struct exercises all;
	struct progress *p;
	struct str note = {0};

	if (inv->argc > 0)
		return err_set(err, EXIT_USAGE, "exercises takes no arguments; ipclab start %.40s begins one", inv->argv[0]);
	if (!exercises_find(option_value(inv, "exercises"), &all, err))
		return false;
	p = progress_open(NULL, &note);
	(option_given(inv, "json") ? list_json : list_words)(&all, p);
	for (size_t i = 0; i < all.list.n; i++)
		if (all.list.at[i]->wrong.text[0]) { /* one that cannot be used keeps nobody from the others */
			fprintf(stderr, "ipclab: %s\n", all.list.at[i]->wrong.text);
			inv->status = EXIT_INPUT;
		}
	progress_close(p);
	str_finish(&note);
	exercises_finish(&all);
	return true;
}

/* ---- start ---- */

static void say_started(const struct tries *t, const char *folder, bool fresh)
{
	const struct exercise *x = t->exercise;
	struct str how = {0}, file = {0};

	exercise_say("%s: %s (%s, about %u minutes, %u points)\n\n", x->id, x->title, kind_name(x->kind), x->minutes, x->points);
	exercise_say("%s %s/ holds\n", fresh ? "The new folder" : "The folder was there already; nothing of yours was changed.", folder);
	for (size_t i = 0; i < x->files.n; i++)
		exercise_say("  %-20s %s\n", x->files.at[i], "yours to work on");
	printf("  %-20s the task, and what your program must do exactly\n\n", "exercise.md");
	str_addf(&file, "%s/%s", folder, x->files.at[0]);
	editor_words(file.s, 1, &how);
	exercise_say("Read       less %s/exercise.md\nEdit       %s\nCheck      ipclab check %s       (again and again: --watch)\nStuck?     ipclab hint %s\n",
		folder, how.s, x->id, x->id);
	str_finish(&how);
	str_finish(&file);
}

bool command_start(struct invocation *inv, struct err *err)
{
	struct exercises all;
	const struct exercise *x;
	struct tries t = {.lock = -1};
	struct str folder = {0};
	bool fresh = false, ok;

	if (inv->argc != 1)
		return err_set(err, EXIT_USAGE, "start needs the ID of an exercise, as in ipclab start pipe-eof; ipclab exercises lists them");
	if (!exercises_find(option_value(inv, "exercises"), &all, err))
		return false;
	x = exercises_get(&all, inv->argv[0], err);
	ok = x != NULL;
	if (!ok && err->code == EXIT_USAGE)
		command_misplaced("exercise", inv->argv[0], err);
	if (ok) {
		if (option_value(inv, "folder"))
			str_add(&folder, option_value(inv, "folder"));
		else
			str_addf(&folder, "./ipclab-%s", x->id);
		ok = tries_begin(x, folder.s, &fresh, &t, err);
	}
	if (ok)
		say_started(&t, folder.s, fresh);
	if (ok && option_given(inv, "edit")) {
		struct str file = {0};

		str_addf(&file, "%s/%s", folder.s, x->files.at[0]);
		fflush(stdout);
		ok = editor_open(file.s, 1, err);
		str_finish(&file);
	}
	tries_finish(&t);
	str_finish(&folder);
	exercises_finish(&all);
	return ok;
}

/* ---- hint, reset, solution ---- */

bool command_hint(struct invocation *inv, struct err *err)
{
	struct exercises all;
	struct tries t;
	bool ok = exercise_open(inv, &all, &t, err);
	struct str lines = {0};

	if (ok && t.exercise->hints.n == 0) {
		printf("There are no hints for this exercise.\n");
	} else if (ok) {
		const struct exercise *x = t.exercise;
		u32 n = t.hints < x->hints.n ? t.hints : (u32)x->hints.n - 1;
		struct err ignored = {0};

		lines_flow(x->hints.at[n], 78, &lines);
		exercise_say("Hint %u of %zu\n\n%s\n", n + 1, x->hints.n, lines.s);
		if (n + 1 == x->hints.n)
			printf("\nThat was the last one.\n");
		if (x->easier && t.failures >= 2)
			exercise_say("\nAn easier exercise about the same: ipclab start %s\n", x->easier);
		t.hints = n + 1;
		tries_save(&t, &ignored); /* where nothing can be kept, the first one comes again */
	}
	str_finish(&lines);
	tries_finish(&t);
	exercises_finish(&all);
	return ok;
}

bool command_reset(struct invocation *inv, struct err *err)
{
	struct exercises all;
	struct tries t;
	bool ok = exercise_open(inv, &all, &t, err);

	if (ok && !exercise_ask(inv, "Bring the files back as they were at first? Yours are kept beside them."))
		ok = err_set(err, EXIT_USAGE, "nothing was changed. reset asks before it brings files back; --yes answers");
	for (size_t i = 0; ok && i < t.exercise->files.n; i++) {
		struct str kept = {0};

		ok = tries_reset(&t, t.exercise->files.at[i], &kept, err);
		if (ok)
			exercise_say("%s is as it was at first%s%s\n", t.exercise->files.at[i], kept.len ? "; yours is now " : "", str_get(&kept));
		str_finish(&kept);
	}
	tries_finish(&t);
	exercises_finish(&all);
	return ok;
}

static bool print_file(const char *folder, const char *name, bool several, struct err *err)
{
	struct str path = {0};
	char buf[4096];
	size_t n;
	FILE *f;

	str_addf(&path, "%s/%s", folder, name);
	f = fopen(path.s, "re");
	if (f && several)
		printf("/* ---- %s ---- */\n", name);
	while (f && (n = fread(buf, 1, sizeof buf, f)) > 0)
		fwrite(buf, 1, n, stdout);
	if (f)
		fclose(f);
	else
		err_sys(err, EXIT_INPUT, "%s", path.s);
	str_finish(&path);
	return f != NULL;
}

bool command_solution(struct invocation *inv, struct err *err)
{
	struct exercises all;
	struct tries t;
	bool ok = exercise_open(inv, &all, &t, err);

	if (ok && !t.passed_at)
		ok = err_set(err, EXIT_FAILED, "the solution is shown when yours has passed: ipclab check %s. Until then: ipclab hint %s", t.exercise->id, t.exercise->id);
	if (ok && !t.exercise->solutions)
		ok = err_set(err, EXIT_INPUT, "there is no solution of %s here", t.exercise->id);
	for (size_t i = 0; ok && i < t.exercise->files.n; i++)
		ok = print_file(t.exercise->solutions, t.exercise->files.at[i], t.exercise->files.n > 1, err);
	tries_finish(&t);
	exercises_finish(&all);
	return ok;
}
