/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A result for people (PICTURES.md, "EXERCISE RESULT", without its frame). */
#include <stdio.h>
#include <string.h>

#include "grader/lib.h"
#include "view/lib.h"

enum { WIDTH = 79, LABEL = 11 };

/* "ran        ./pipe_eof 3", further lines under the first one. */
static void section(const char *label, const char *text, struct str *out)
{
	struct str lines = {0};
	bool first = true;

	if (!text[0])
		return;
	lines_wrap(text, WIDTH - LABEL - 2, &lines);
	for (const char *at = str_get(&lines); *at;) {
		size_t n = strcspn(at, "\n");

		str_addf(out, "  %-*s%.*s\n", LABEL, first ? label : "", (int)n, at);
		first = false;
		at += n + (at[n] == '\n');
	}
	str_finish(&lines);
}

void row_words(const struct exercise *x, u32 number, const struct finding *f, bool open, struct str *out)
{
	const struct scenario *s = exercise_scenario(x, number);
	char points[32];

	if (f->verdict == GRADE_NOT_RUN)
		snprintf(points, sizeof points, "/ %u", s->points);
	else
		snprintf(points, sizeof points, "%u / %u", f->score, s->points);
	str_addf(out, "%s%2u  %-46.46s %12s  %9s\n", open ? "> " : "  ", s->number, s->name, grade_name(f->verdict), points);
}

/* "pipe_eof.c:31:1: error: HANG: ...": what editors jump to. */
void place_words(const struct finding *f, struct str *out)
{
	if (f->line)
		str_addf(out, "%s:%u:%u: error: %s: %s\n", f->file, f->line, f->column ? f->column : 1, grade_name(f->verdict), f->message);
}

void finding_words(const struct finding *f, struct str *out)
{
	const char *told = "";

	section("ran", f->ran, out);
	section("expected", f->expected, out);
	section("happened", f->happened, out);
	if (!f->why[0] || strncmp(f->why, f->message, strlen(f->message) > 60 ? 60 : strlen(f->message)) != 0) {
		section(f->expected[0] ? "so" : "", f->message, out);
		told = f->message;
	}
	if (!strstr(told, f->why)) /* explored: the message ends with it */
		section("why", f->why, out);
	section("left", f->leaks, out);
	section("note", f->warning, out);
	if (f->schedules)
		str_addf(out, "  schedules  %llu%s\n", (unsigned long long)f->schedules, f->exhausted ? ", all within the bound" : "");
}

void hint_words(const struct scenario *s, struct str *out)
{
	section("hint", s->hint ? s->hint : "", out);
}

void result_words(const struct result *r, struct str *out)
{
	const struct exercise *x = r->exercise;
	u32 failed = result_failed(r);

	if (r->first.verdict != GRADE_PASS) {
		str_addf(out, "  %s\n", grade_name(r->first.verdict));
		section("", r->first.message, out);
		return;
	}
	for (u32 i = 0; i < r->findings.n; i++)
		row_words(x, i + 1, &r->findings.at[i], i == failed, out);
	if (failed == UINT32_MAX)
		return;
	str_addf(out, "\n%u  %s: %s\n", failed + 1, x->scenarios.at[failed].name, grade_name(r->findings.at[failed].verdict));
	finding_words(&r->findings.at[failed], out);
}

/* The number of an earlier failure for the same reason, 0 none. */
static u32 same_reason(const struct result *r, u32 at)
{
	const struct finding *f = &r->findings.at[at];

	for (u32 i = 0; i < at && f->why[0]; i++)
		if (r->findings.at[i].verdict == f->verdict && !strcmp(r->findings.at[i].why, f->why))
			return r->exercise->scenarios.at[i].number;
	return 0;
}

void result_letter(const struct result *r, struct str *out)
{
	const struct exercise *x = r->exercise;

	str_addf(out, "%s: %s\n%s: ", x->id, x->title, r->id);
	if (r->verdict == GRADE_ERROR)
		str_addf(out, "not judged yet, of %u points\n\n", r->max);
	else
		str_addf(out, "%u of %u points\n\n", r->score, r->max);
	if (r->first.verdict != GRADE_PASS) {
		str_addf(out, "  %s\n", grade_name(r->first.verdict));
		section("", r->first.message, out);
		if (r->first.line)
			str_addf(out, "  %-*s%s:%u\n", LABEL, "at", r->first.file, r->first.line);
		return;
	}
	for (u32 i = 0; i < r->findings.n; i++)
		row_words(x, i + 1, &r->findings.at[i], false, out);
	for (u32 i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.at[i];

		if (f->verdict == GRADE_PASS || f->verdict == GRADE_NOT_RUN)
			continue;
		str_addf(out, "\n%u  %s: %s\n", x->scenarios.at[i].number, x->scenarios.at[i].name, grade_name(f->verdict));
		if (same_reason(r, i)) {
			str_addf(out, "  %-*sas in %u\n", LABEL, "why", same_reason(r, i));
			continue;
		}
		finding_words(f, out);
		if (f->line)
			str_addf(out, "  %-*s%s:%u\n", LABEL, "at", f->file, f->line);
		hint_words(&x->scenarios.at[i], out);
	}
}
