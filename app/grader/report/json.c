/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab/result/v1 (INTERFACES.md, "grade"). */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "grader/private.h"

static void key(struct str *out, const char *name, const char *text)
{
	str_addf(out, ",\"%s\":", name);
	str_add_json(out, text, strlen(text));
}

/* Not there when there is nothing to say. */
static void maybe(struct str *out, const char *name, const char *text)
{
	if (text[0])
		key(out, name, text);
}

static const char *status_of(enum grade v)
{
	return v == GRADE_PASS ? "pass" : v == GRADE_ERROR ? "error" : v == GRADE_NOT_RUN ? "skip" : "fail";
}

static void lines_array(struct str *out, const char *text)
{
	const char *before = "";

	str_add(out, "[");
	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		str_add(out, before);
		str_add_json(out, at, strcspn(at, "\n"));
		before = ",";
	}
	str_add(out, "]");
}

static void test(struct str *out, const struct scenario *s, const struct finding *f)
{
	char at[160];

	str_addf(out, "{\"id\":\"%u\"", s->number);
	key(out, "name", s->name);
	key(out, "status", status_of(f->verdict));
	maybe(out, "verdict", f->verdict == GRADE_NOT_RUN ? "" : grade_name(f->verdict));
	str_addf(out, ",\"score\":%u,\"max_score\":%u", f->score, s->points);
	maybe(out, "message", f->message);
	maybe(out, "why", f->why);
	maybe(out, "check", f->check);
	maybe(out, "ran", f->ran);
	if (f->verdict != GRADE_PASS) {
		maybe(out, "expected", f->expected);
		maybe(out, "actual", f->happened);
		maybe(out, "hint", s->hint && f->verdict != GRADE_NOT_RUN ? s->hint : "");
	}
	if (f->line) {
		snprintf(at, sizeof at, "%s:%u", f->file, f->line);
		key(out, "at", at);
	}
	maybe(out, "trace", f->trace);
	if (f->held[0]) {
		str_add(out, ",\"held\":");
		lines_array(out, f->held);
	}
	if (f->schedules)
		str_addf(out, ",\"schedules\":%llu,\"exhausted\":%s", (unsigned long long)f->schedules, f->exhausted ? "true" : "false");
	str_addf(out, ",\"duration_ms\":%u}", f->duration_ms);
}

static void tests(struct str *out, const struct result *r)
{
	char at[160];

	str_add(out, ",\n \"tests\":[");
	if (r->first.verdict != GRADE_PASS) {
		str_add(out, "{\"id\":\"0\",\"name\":\"it can be run\"");
		key(out, "status", status_of(r->first.verdict));
		key(out, "verdict", grade_name(r->first.verdict));
		str_add(out, ",\"score\":0,\"max_score\":0");
		maybe(out, "message", r->first.message);
		if (r->first.line) {
			snprintf(at, sizeof at, "%s:%u", r->first.file, r->first.line);
			key(out, "at", at);
		}
		str_add(out, "},\n  ");
	}
	for (size_t i = 0; i < r->findings.n; i++) {
		str_add(out, i ? ",\n  " : "");
		test(out, &r->exercise->scenarios.at[i], &r->findings.at[i]);
	}
	str_add(out, "]");
}

static void environment(struct str *out, const struct result *r)
{
	struct utsname u = {0};
	const char *name;

	uname(&u);
	str_add(out, ",\n \"env\":{\"kernel\":");
	str_add_json(out, u.release, strlen(u.release));
	key(out, "cc", "gcc");
	str_add(out, ",\"sandbox\":[");
	for (u32 i = 0; (name = box_name(r->box, i)); i++)
		str_addf(out, "%s\"%s\"", i ? "," : "", name);
	str_add(out, "]}");
}

static void leaks_and_warnings(struct str *out, const struct result *r)
{
	struct str leaks = {0}, warnings = {0};

	for (size_t i = 0; i < r->findings.n; i++) {
		str_add(&leaks, r->findings.at[i].leaks);
		if (r->findings.at[i].warning[0])
			str_addf(&warnings, "%s\n", r->findings.at[i].warning);
	}
	str_add(out, ",\n \"leaks\":");
	lines_array(out, str_get(&leaks));
	str_add(out, ",\"warnings\":");
	lines_array(out, str_get(&warnings));
	str_finish(&leaks);
	str_finish(&warnings);
}

void result_json(const struct result *r, struct str *out)
{
	str_add(out, "{\"schema\":\"ipclab/result/v1\",\"tool\":{\"version\":\"" PACKAGE_VERSION "\"}");
	key(out, "exercise", r->exercise->id);
	key(out, "manifest_sha256", r->exercise->manifest_sha256);
	str_add(out, ",\n \"submission\":{\"id\":");
	str_add_json(out, r->id, strlen(r->id));
	str_add(out, ",\"files\":[");
	for (size_t i = 0; i < r->files.n; i++) {
		str_add(out, i ? ",{\"path\":" : "{\"path\":");
		str_add_json(out, r->files.at[i].name, strlen(r->files.at[i].name));
		key(out, "sha256", r->files.at[i].sha256);
		str_add(out, "}");
	}
	str_add(out, "]}");
	key(out, "status", status_of(r->verdict));
	str_addf(out, ",\"score\":%u,\"max_score\":%u", r->verdict == GRADE_ERROR ? 0 : r->score, r->max);
	environment(out, r);
	tests(out, r);
	leaks_and_warnings(out, r);
	str_addf(out, ",\"duration_ms\":%u}\n", r->duration_ms);
}
