/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A result file, read again: of a job in another process, or of a run that was broken off. Only what reports need. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/private.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

static u32 number_of(const json_t *object, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(object, key));

	return n < 0 || n > UINT32_MAX ? 0 : (u32)n;
}

static void held_read(const json_t *list, struct finding *f)
{
	struct str s = {0};
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		str_addf(&s, "%s\n", json_string_value(one) ? json_string_value(one) : "");
	snprintf(f->held, sizeof f->held, "%s", str_get(&s));
	str_finish(&s);
}

static void finding_read(const json_t *test, struct finding *f)
{
	const char *at = text_of(test, "at"), *colon = strrchr(at, ':');

	*f = (struct finding){.verdict = GRADE_NOT_RUN};
	grade_by_name(text_of(test, "verdict"), &f->verdict);
	f->score = number_of(test, "score");
	f->duration_ms = number_of(test, "duration_ms");
	snprintf(f->message, sizeof f->message, "%s", text_of(test, "message"));
	snprintf(f->why, sizeof f->why, "%s", text_of(test, "why"));
	snprintf(f->ran, sizeof f->ran, "%s", text_of(test, "ran"));
	snprintf(f->expected, sizeof f->expected, "%s", text_of(test, "expected"));
	snprintf(f->happened, sizeof f->happened, "%s", text_of(test, "actual"));
	snprintf(f->trace, sizeof f->trace, "%s", text_of(test, "trace"));
	snprintf(f->check, sizeof f->check, "%s", text_of(test, "check"));
	f->schedules = number_of(test, "schedules");
	f->exhausted = json_is_true(json_object_get(test, "exhausted"));
	held_read(json_object_get(test, "held"), f);
	if (colon) {
		snprintf(f->file, sizeof f->file, "%.*s", (int)(colon - at < 100 ? colon - at : 100), at);
		f->line = (u32)strtoul(colon + 1, NULL, 10);
	}
}

static void tests_read(const json_t *tests, struct result *r)
{
	size_t i;
	json_t *test;

	json_array_foreach(tests, i, test)
	{
		struct finding f;

		finding_read(test, &f);
		if (strcmp(text_of(test, "id"), "0") == 0)
			r->first = f;
		else if (r->findings.n < r->exercise->scenarios.n)
			*vec_push(&r->findings) = f;
	}
	while (r->findings.n < r->exercise->scenarios.n)
		*vec_push(&r->findings) = (struct finding){.verdict = GRADE_NOT_RUN};
}

static void files_read(const json_t *files, struct result *r)
{
	size_t i;
	json_t *file;

	json_array_foreach(files, i, file)
	{
		struct file_sum *s = vec_push(&r->files);

		*s = (struct file_sum){0};
		snprintf(s->name, sizeof s->name, "%s", text_of(file, "path"));
		snprintf(s->sha256, sizeof s->sha256, "%s", text_of(file, "sha256"));
	}
}

bool result_read(const struct exercise *x, const char *path, struct result *r, struct err *err)
{
	json_error_t e;
	json_t *root = json_load_file(path, 0, &e), *submission;
	const char *status;
	u32 failed;

	*r = (struct result){.exercise = x, .max = x->points};
	if (!root)
		return err_set(err, EXIT_INPUT, "%s:%d:%d: %s", path, e.line, e.column, e.text);
	if (strcmp(text_of(root, "schema"), "ipclab/result/v1") != 0 || strcmp(text_of(root, "manifest_sha256"), x->manifest_sha256) != 0) {
		json_decref(root);
		return err_set(err, EXIT_INPUT, "%s is no result of this exercise as it is now", path);
	}
	submission = json_object_get(root, "submission");
	snprintf(r->id, sizeof r->id, "%s", text_of(submission, "id"));
	r->score = number_of(root, "score");
	r->duration_ms = number_of(root, "duration_ms");
	files_read(json_object_get(submission, "files"), r);
	tests_read(json_object_get(root, "tests"), r);
	status = text_of(root, "status");
	failed = result_failed(r);
	r->verdict = strcmp(status, "pass") == 0                 ? GRADE_PASS
		     : strcmp(status, "error") == 0               ? GRADE_ERROR
		     : r->first.verdict != GRADE_PASS ? r->first.verdict
		     : failed == UINT32_MAX                       ? GRADE_ERROR
								  : r->findings.at[failed].verdict;
	json_decref(root);
	return true;
}

bool result_is_about(const struct result *r, const char *folder)
{
	for (size_t i = 0; i < r->exercise->files.n; i++) {
		struct str path = {0};
		struct err ignored = {0};
		char sum[65] = "";
		struct bytes b;

		str_addf(&path, "%s/%s", folder, r->exercise->files.at[i]);
		if (read_whole(path.s, 1 << 20, &b, &ignored)) {
			sha256_hex(b.at, b.n, sum);
			free(b.at);
		}
		str_finish(&path);
		if (i >= r->files.n || strcmp(r->files.at[i].sha256, sum) != 0)
			return false;
	}
	return true;
}
