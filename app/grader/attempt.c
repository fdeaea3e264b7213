/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A submission: compiled, every scenario run, the result. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "grader/private.h"

/* ---- folders of its own ---- */

struct places {
	struct own_folder own; /* unless the caller gave one */
	struct str work, built, box, record;
};

static bool places_make(struct places *p, const char *work, struct err *err)
{
	if (!work && !own_folder_make(&p->own, err))
		return false;
	str_add(&p->work, work ? work : p->own.path.s);
	if (work && mkdir(work, 0700) < 0 && errno != EEXIST)
		return err_sys(err, EXIT_RETRY, "no folder can be made to build and run in, %s", work);
	str_addf(&p->built, "%s/built", p->work.s);
	str_addf(&p->box, "%s/box", p->work.s);
	str_addf(&p->record, "%s/run.ipclog", p->work.s);
	return (mkdir(p->built.s, 0700) == 0 && mkdir(p->box.s, 0700) == 0) || err_sys(err, EXIT_RETRY, "no folder can be made in %s", p->work.s);
}

static void places_finish(struct places *p)
{
	if (p->work.len)
		tree_remove(p->work.s);
	own_folder_remove(&p->own);
	str_finish(&p->work);
	str_finish(&p->built);
	str_finish(&p->box);
	str_finish(&p->record);
}

/* ---- what it is about ---- */

u64 sources_sum(const struct exercise *x, const char *folder)
{
	u64 sum = hash64(1, x->manifest_sha256, sizeof x->manifest_sha256);

	for (size_t i = 0; i < x->files.n; i++) {
		struct str path = {0};
		struct err ignored = {0};
		struct bytes b;
		bool ok;

		str_addf(&path, "%s/%s", folder, x->files.at[i]);
		ok = read_whole(path.s, 1 << 20, &b, &ignored);
		str_finish(&path);
		if (!ok)
			return 0;
		sum = hash64(sum, b.at, b.n);
		free(b.at);
	}
	return sum ? sum : 1;
}

static void note_files(const struct exercise *x, const char *folder, struct result *r)
{
	for (size_t i = 0; i < x->files.n; i++) {
		struct file_sum *s = vec_push(&r->files);
		struct str path = {0};
		struct err ignored = {0};
		struct bytes b;

		*s = (struct file_sum){0};
		snprintf(s->name, sizeof s->name, "%s", x->files.at[i]);
		str_addf(&path, "%s/%s", folder, x->files.at[i]);
		if (read_whole(path.s, 1 << 20, &b, &ignored)) {
			sha256_hex(b.at, b.n, s->sha256);
			free(b.at);
		}
		str_finish(&path);
	}
}

/* ---- scenarios ---- */

struct attempting {
	const struct exercise *x;
	const struct attempt_options *opt;
	struct places places;
	struct result *result;
	bool hooked; /* built that way already */
};

/* A learner is told no more than the exercise says (`tell`). */
static void keep_quiet(enum tell tell, struct finding *f)
{
	if (f->verdict == GRADE_PASS || f->verdict == GRADE_ERROR)
		return;
	if (tell < TELL_WHERE) {
		f->line = 0;
		f->file[0] = '\0';
	}
	if (tell < TELL_WHY)
		f->why[0] = '\0';
	if (tell < TELL_WHAT)
		f->ran[0] = f->expected[0] = f->happened[0] = f->message[0] = '\0';
}

static void keep_recording(struct attempting *a, const struct scenario *s, struct finding *f)
{
	struct str path = {0};
	struct err err = {0};

	if (!a->opt->keep || f->verdict == GRADE_PASS || f->verdict == GRADE_ERROR || s->explores)
		return;
	str_addf(&path, "%s/%s-%u.ipclog", a->opt->keep, a->opt->keep_as, s->number);
	if (evidence_keep(a->places.record.s, path.s, f->ran, &err))
		snprintf(f->trace, sizeof f->trace, "%s", path.s);
	else
		snprintf(f->warning, sizeof f->warning, "the recording was not kept: %.400s", err.text);
	str_finish(&path);
}

static bool build_hooked(struct attempting *a, struct finding *f)
{
	struct str said = {0};

	if (!a->hooked)
		a->hooked = compile_all(a->x, NULL, a->places.built.s, true, &said, f);
	if (!a->hooked && f->verdict == GRADE_COMPILE) {
		f->verdict = GRADE_ERROR;
		snprintf(f->message, sizeof f->message, "ipclab cc does not compile it, though gcc does: %.800s", str_get(&said));
	}
	str_finish(&said);
	return a->hooked;
}

static bool run_one(struct attempting *a, const struct scenario *s, struct finding *f, struct err *err)
{
	struct run_spec spec = {.x = a->x, .s = s, .built = a->places.built.s, .box = a->places.box.s, .record = a->places.record.s,
		.namespaces = a->result->box, .output_only = a->opt->output_only};
	bool ok;

	if (s->hooked && !spec.output_only && !build_hooked(a, f))
		return f->verdict == GRADE_ERROR;
	if (!(spec.namespaces & BOX_MOUNT)) { /* what an earlier run left must not be met by this one */
		tree_remove(a->places.box.s);
		if (mkdir(a->places.box.s, 0700) < 0)
			return err_sys(err, EXIT_RETRY, "%s cannot be made", a->places.box.s);
	}
	ok = s->explores && !spec.output_only ? explore_scenario(&spec, a->opt->keep, a->opt->keep_as, f, err) : runner_run(&spec, f, err);
	if (ok) {
		keep_recording(a, s, f);
		keep_quiet(a->x->tell, f);
	}
	return ok;
}

static bool may_run(const struct result *r, const struct scenario *s)
{
	return !s->after || r->findings.at[s->after - 1].verdict == GRADE_PASS;
}

enum { TRIES = 3 };

/* What could not be judged is tried again: a machine may be short of something for a moment. */
static bool run_scenario(struct attempting *a, const struct scenario *s, struct finding *f, struct err *err)
{
	for (int tries = 0; tries < TRIES; tries++) {
		*f = (struct finding){.verdict = GRADE_NOT_RUN};
		if (!run_one(a, s, f, err))
			return false;
		if (f->verdict != GRADE_ERROR)
			break;
	}
	return true;
}

static bool run_all(struct attempting *a, struct err *err)
{
	struct result *r = a->result;
	bool failed = false;

	for (size_t i = 0; i < a->x->scenarios.n; i++) {
		const struct scenario *s = &a->x->scenarios.at[i];
		struct finding *f = &r->findings.at[i];

		if ((failed && !a->opt->all) || !may_run(r, s))
			continue;
		if (!run_scenario(a, s, f, err))
			return false;
		failed |= f->verdict != GRADE_PASS;
		r->score += f->score;
		if (a->opt->told)
			a->opt->told(a->opt->arg, s->number, f);
	}
	return true;
}

u32 result_failed(const struct result *r)
{
	for (u32 i = 0; i < r->findings.n; i++)
		if (r->findings.at[i].verdict != GRADE_PASS && r->findings.at[i].verdict != GRADE_NOT_RUN)
			return i;
	return UINT32_MAX;
}

static void sum_up(struct result *r)
{
	u32 failed = result_failed(r);

	r->verdict = r->first.verdict != GRADE_PASS ? r->first.verdict : failed == UINT32_MAX ? GRADE_PASS : r->findings.at[failed].verdict;
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.at[i].verdict == GRADE_ERROR)
			r->verdict = GRADE_ERROR; /* never a score */
}

static bool prepare(struct attempting *a, const char *folder)
{
	struct finding *f = &a->result->first;

	return (a->x->kind != KIND_ORDER || blocks_are_given(a->x, folder, f)) &&
	       compile_all(a->x, folder, a->places.built.s, false, &a->result->compiler, f) &&
	       (a->opt->output_only || imports_are_allowed(a->x, a->places.built.s, f));
}

bool attempt_run(const struct exercise *x, const char *folder, const struct attempt_options *opt, struct result *r, struct err *err)
{
	struct attempting a = {.x = x, .opt = opt, .result = r};
	u64 began = clock_ns();
	bool ok;

	*r = (struct result){.exercise = x, .max = x->points};
	r->box = box_probe();
	r->sources = sources_sum(x, folder);
	note_files(x, folder, r);
	for (size_t i = 0; i < x->scenarios.n; i++)
		*vec_push(&r->findings) = (struct finding){.verdict = GRADE_NOT_RUN};
	ok = places_make(&a.places, opt->work, err);
	if (ok && prepare(&a, folder))
		ok = run_all(&a, err);
	places_finish(&a.places);
	sum_up(r);
	r->duration_ms = (u32)((clock_ns() - began) / 1000000);
	return ok;
}

void result_finish(struct result *r)
{
	free(r->findings.at);
	free(r->files.at);
	str_finish(&r->compiler);
}
