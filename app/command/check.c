/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab check [ID]: the learner's program, judged; the first failing check is told as soon as it is known, with what is
 * needed to understand it. A pass says what was shown to hold. What passed and has not changed is not run again. */
#include "command/exercise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "progress/lib.h"
#include "sandbox/lib.h"
#include "tui/lib.h"
#include "view/lib.h"

static void say_row(void *arg, u32 number, const struct finding *f)
{
	struct str s = {0};

	row_words(arg, number, f, f->verdict != GRADE_PASS, &s);
	exercise_say("%s", s.s);
	fflush(stdout);
	str_finish(&s);
}

/* The line of the source with its neighbours, marked. */
static void say_source(const struct tries *t, const struct finding *f)
{
	struct str path = {0};
	char line[256];
	u32 n = 0;
	FILE *file;

	if (!f->line)
		return;
	str_addf(&path, "%s/%s", t->folder, f->file);
	file = fopen(path.s, "re");
	if (file)
		exercise_say("\n%s\n", f->file);
	for (bool whole = true; file && fgets(line, sizeof line, file) && n < f->line + 2 + !whole;) {
		bool first = whole;

		n += first;
		whole = strchr(line, '\n') != NULL;
		if (!first)
			continue; /* the rest of a long line */
		line[strcspn(line, "\n")] = '\0';
		for (char *tab; (tab = strchr(line, '\t')) && strlen(line) + 4 < sizeof line;) {
			memmove(tab + 4, tab + 1, strlen(tab));
			memset(tab, ' ', 4);
		}
		if (n + 2 >= f->line && n <= f->line + 2)
			exercise_say("  %s%4u  %.68s\n", n == f->line ? ">" : " ", n, line);
	}
	if (file)
		fclose(file);
	str_finish(&path);
}

/* Short where the learner is in the folder. */
static const char *from_here(const char *path, char *buf, size_t n)
{
	char cwd[4096];
	size_t k;

	if (!getcwd(cwd, sizeof cwd))
		return path;
	k = strlen(cwd);
	if (strncmp(path, cwd, k) != 0 || path[k] != '/')
		return path;
	snprintf(buf, n, "%s", path + k + 1);
	return buf;
}

static void say_next(const struct tries *t, const struct finding *f)
{
	char buf[1024];

	printf("\n");
	if (f->trace[0])
		exercise_say("See it happen   ipclab replay %s\n", from_here(f->trace, buf, sizeof buf));
	exercise_say("A hint          ipclab hint %s   (%u of %zu seen)\n", t->exercise->id, t->hints, t->exercise->hints.n);
	if (t->exercise->easier && t->failures >= 2)
		exercise_say("Easier          ipclab start %s\n", t->exercise->easier);
}

static void say_failure(struct tries *t, const struct result *r, const struct str *changed, const struct str *progress)
{
	u32 failed = result_failed(r);
	const struct finding *f = r->first.verdict != GRADE_PASS ? &r->first : &r->findings.at[failed];
	struct str s = {0};

	if (f == &r->first) {
		exercise_say("%s%s\n", str_get(&r->compiler), grade_name(f->verdict));
		if (f->verdict != GRADE_COMPILE || !r->compiler.len)
			exercise_say("  %s\n", f->message);
	} else {
		for (u32 i = failed + 1; i < r->findings.n; i++)
			row_words(t->exercise, i + 1, &r->findings.at[i], false, &s);
		exercise_say("%s\n%u  %s: %s\n", str_get(&s), failed + 1, t->exercise->scenarios.at[failed].name, grade_name(f->verdict));
		str_clear(&s);
		finding_words(f, &s);
		hint_words(&t->exercise->scenarios.at[failed], &s);
		exercise_say("%s", str_get(&s));
	}
	say_source(t, f);
	str_clear(&s);
	place_words(f, &s);
	if (s.len)
		exercise_say("\n%s", s.s);
	if (changed->len)
		exercise_say("\nChanged since try %u: %s. %s\n", t->n, changed->s, str_get(progress));
	str_finish(&s);
}

static void say_pass(const struct tries *t, const struct result *r)
{
	struct str held = {0};
	u64 schedules = 0;

	printf("\nAll %zu checks pass: %u of %u points.\n", r->findings.n, r->score, r->max);
	for (size_t i = 0; i < r->findings.n; i++) {
		schedules += r->findings.at[i].schedules;
		for (const char *at = r->findings.at[i].held; *at; at += strcspn(at, "\n"), at += *at == '\n') {
			struct str line = {0};

			str_addf(&line, "  - %.*s\n", (int)strcspn(at, "\n"), at);
			if (!held.len || !strstr(held.s, line.s))
				str_add(&held, line.s);
			str_finish(&line);
		}
	}
	if (held.len)
		exercise_say("What was shown to hold, in these runs:\n%s", held.s);
	printf(schedules ? "\nNo failing order was found in %llu schedules; that is more than luck, and no proof.\n"
			 : "\nThese runs say nothing about orders of events that did not come up in them.\n",
		(unsigned long long)schedules);
	exercise_say("\nCompare         ipclab solution %s\nGo on           ipclab exercises\n", t->exercise->id);
	str_finish(&held);
}

static void remember(const struct tries *t, const struct result *r)
{
	struct progress_exercise x = {.score = r->score, .max = r->max, .passed = r->verdict == GRADE_PASS};
	struct str note = {0};
	struct err ignored = {0};
	struct progress *p = progress_open(NULL, &note);

	snprintf(x.id, sizeof x.id, "%s", t->exercise->id);
	snprintf(x.folder, sizeof x.folder, "%s", t->folder);
	if (r->verdict != GRADE_ERROR)
		progress_try(p, &x, &ignored);
	progress_close(p);
	str_finish(&note);
}

/* A passed exercise is not run again until its files change. */
static bool nothing_new(const struct tries *t, enum check_form form)
{
	if (t->verdict != GRADE_PASS || !t->sources || t->sources != sources_sum(t->exercise, t->folder))
		return false;
	if (form == CHECK_WORDS)
		exercise_say("%s passed at try %u, %u of %u points, and its files have not changed since: it was not run again (--again runs it).\n",
			t->exercise->id, t->n, t->score, t->exercise->points);
	return true;
}

static bool judge(struct tries *t, enum check_form form, const struct str *room, const struct str *name, enum grade *grade, struct err *err)
{
	struct attempt_options opt = {.keep = room->len ? room->s : NULL, .keep_as = str_get(name)};
	struct str changed = {0}, progress = {0}, json = {0};
	struct result r = {0};
	struct err kept = {0};
	bool ok;

	if (form == CHECK_WORDS) {
		opt.told = say_row;
		opt.arg = (void *)(uintptr_t)t->exercise;
		exercise_say("%s  %s   try %u\n\n", t->exercise->id, t->exercise->title, t->n + 1);
	}
	ok = attempt_run(t->exercise, t->folder, &opt, &r, err);
	snprintf(r.id, sizeof r.id, "%s", t->folder);
	if (ok && form == CHECK_WORDS) {
		tries_changes(t, &changed);
		tries_progress(t, &r, &progress);
		if (r.verdict == GRADE_PASS)
			say_pass(t, &r);
		else
			say_failure(t, &r, &changed, &progress);
	} else if (ok) {
		result_json(&r, &json);
		fputs(json.s, stdout);
	}
	if (ok && !tries_note(t, &r, &kept))
		fprintf(stderr, "ipclab: this try is not remembered: %s\n", kept.text);
	if (ok && form == CHECK_WORDS && r.verdict != GRADE_PASS) {
		u32 failed = result_failed(&r);
		say_next(t, r.first.verdict != GRADE_PASS ? &r.first : &r.findings.at[failed]);
		printf("\n%u of %u points, %.1f s\n", r.score, r.max, r.duration_ms / 1000.0);
	}
	if (ok)
		remember(t, &r);
	*grade = r.verdict;
	result_finish(&r);
	str_finish(&changed);
	str_finish(&progress);
	str_finish(&json);
	return ok;
}

bool check_once(struct tries *t, enum check_form form, bool again, enum grade *grade, struct err *err)
{
	struct str room = {0}, name = {0};
	struct err no_room = {0};
	bool ok;

	if (!tries_lock(t, false)) {
		fprintf(stderr, "ipclab: another check of this folder runs; this one waits for it\n");
		tries_lock(t, true);
	}
	*grade = GRADE_PASS;
	if (!again && form == CHECK_WORDS && nothing_new(t, form))
		return true;
	if (!tries_room(t, &room, &name, &no_room)) {
		fprintf(stderr, "ipclab: %s\n", no_room.text);
		str_clear(&room);
	}
	ok = judge(t, form, &room, &name, grade, err);
	fflush(stdout);
	str_finish(&room);
	str_finish(&name);
	return ok;
}

bool command_check(struct invocation *inv, struct err *err)
{
	enum check_form form = option_given(inv, "json") ? CHECK_JSON : CHECK_WORDS;
	enum grade grade = GRADE_ERROR;
	struct exercises all;
	struct tries t;
	bool ok = exercise_open(inv, &all, &t, err);

	if (ok && option_given(inv, "screen"))
		ok = tui_exercise(t.exercise, t.folder, &(struct tui_options){0}, err);
	else if (ok && option_given(inv, "watch"))
		ok = check_watch(&t, err);
	else if (ok && (ok = check_once(&t, form, option_given(inv, "again"), &grade, err)))
		inv->status = grade == GRADE_PASS ? EXIT_DONE : grade == GRADE_ERROR ? EXIT_RETRY : EXIT_FAILED;
	tries_finish(&t);
	exercises_finish(&all);
	return ok;
}
