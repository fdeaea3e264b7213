/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line a submission (RFC 4180). A field that a spreadsheet would take for a formula gets an apostrophe. */
#include <stdio.h>
#include <string.h>

#include "grader/lib.h"

static void field(struct str *out, const char *text, bool first)
{
	str_add(out, first ? "\"" : ",\"");
	if (strchr("=+-@\t\r", text[0]) && text[0])
		str_add(out, "'");
	for (const char *p = text; *p; p++) {
		if (*p == '"')
			str_add(out, "\"");
		str_add_bytes(out, *p == '\n' || *p == '\r' ? " " : p, 1);
	}
	str_add(out, "\"");
}

void result_csv_head(struct str *out)
{
	str_add(out, "submission,exercise,status,verdict,score,max_score,failed,message,at,duration_ms\r\n");
}

void result_csv(const struct result *r, struct str *out)
{
	u32 failed = result_failed(r);
	const struct finding *f = r->first.verdict != GRADE_PASS ? &r->first : failed == UINT32_MAX ? NULL : &r->findings.at[failed];
	char at[160] = "";

	if (f && f->line)
		snprintf(at, sizeof at, "%s:%u", f->file, f->line);
	field(out, r->id, true);
	field(out, r->exercise->id, false);
	field(out, r->verdict == GRADE_PASS ? "pass" : r->verdict == GRADE_ERROR ? "error" : "fail", false);
	field(out, grade_name(r->verdict), false);
	str_addf(out, r->verdict == GRADE_ERROR ? ",,%u" : ",%u,%u", r->verdict == GRADE_ERROR ? r->max : r->score, r->max);
	field(out, f && f != &r->first ? r->exercise->scenarios.at[failed].name : "", false);
	field(out, f ? f->message : "", false);
	field(out, at, false);
	str_addf(out, ",%u\r\n", r->duration_ms);
}
