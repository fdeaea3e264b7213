/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JUnit's XML as CI systems read it: a suite a submission, a case a scenario. XML 1.0 has no room for control characters. */
#include <string.h>

#include "grader/lib.h"

static void text(struct str *out, const char *s)
{
	for (; *s; s++)
		switch (*s) {
		case '&': str_add(out, "&amp;"); break;
		case '<': str_add(out, "&lt;"); break;
		case '>': str_add(out, "&gt;"); break;
		case '"': str_add(out, "&quot;"); break;
		case '\n': str_add(out, "&#10;"); break;
		default:
			if ((unsigned char)*s >= 0x20)
				str_add_bytes(out, s, 1);
		}
}

static void attribute(struct str *out, const char *name, const char *value)
{
	str_addf(out, " %s=\"", name);
	text(out, value);
	str_add(out, "\"");
}

static void test_case(struct str *out, const struct result *r, const char *name, const struct finding *f)
{
	str_add(out, "  <testcase");
	attribute(out, "name", name);
	attribute(out, "classname", r->exercise->id);
	str_addf(out, " time=\"%.3f\"", f->duration_ms / 1000.0);
	if (f->line) {
		attribute(out, "file", f->file);
		str_addf(out, " line=\"%u\"", f->line);
	}
	if (f->verdict == GRADE_PASS) {
		str_add(out, "/>\n");
		return;
	}
	str_add(out, ">");
	if (f->verdict == GRADE_NOT_RUN) {
		str_add(out, "<skipped/></testcase>\n");
		return;
	}
	str_add(out, f->verdict == GRADE_ERROR ? "<error" : "<failure");
	attribute(out, "type", grade_name(f->verdict));
	attribute(out, "message", f->message);
	str_add(out, ">");
	text(out, f->why);
	str_add(out, f->verdict == GRADE_ERROR ? "</error></testcase>\n" : "</failure></testcase>\n");
}

static u32 count(const struct result *r, bool (*is)(enum grade))
{
	u32 n = is(r->first.verdict);

	for (size_t i = 0; i < r->findings.n; i++)
		n += is(r->findings.at[i].verdict);
	return n;
}

static bool is_failure(enum grade v) { return v != GRADE_PASS && v != GRADE_ERROR && v != GRADE_NOT_RUN; }
static bool is_error(enum grade v) { return v == GRADE_ERROR; }
static bool is_skipped(enum grade v) { return v == GRADE_NOT_RUN; }

static void suite(struct str *out, const struct result *r)
{
	bool first = r->first.verdict != GRADE_PASS;

	str_add(out, " <testsuite");
	attribute(out, "name", r->id);
	str_addf(out, " tests=\"%zu\" failures=\"%u\" errors=\"%u\" skipped=\"%u\" time=\"%.3f\">\n", r->findings.n + first,
		count(r, is_failure), count(r, is_error), count(r, is_skipped), r->duration_ms / 1000.0);
	if (first)
		test_case(out, r, "it can be run", &r->first);
	for (size_t i = 0; i < r->findings.n; i++)
		test_case(out, r, r->exercise->scenarios.at[i].name, &r->findings.at[i]);
	str_add(out, " </testsuite>\n");
}

void result_junit(const struct result *const *results, size_t n, struct str *out)
{
	str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
	for (size_t i = 0; i < n; i++)
		suite(out, results[i]);
	str_add(out, "</testsuites>\n");
}
