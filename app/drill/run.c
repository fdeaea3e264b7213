/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program compiled, run under the engine, and what is told of it. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drill/private.h"

/* ---- compiling ---- */

static bool source_write(const struct drill_run *r, const struct drill *d, struct err *err)
{
	struct str path = {0};
	FILE *f;
	bool ok;

	str_addf(&path, "%s/drill.c", r->folder.s);
	f = fopen(path.s, "wx");
	ok = f && fwrite(d->source.s, 1, d->source.len, f) == d->source.len;
	if (f && fclose(f) != 0)
		ok = false;
	if (!ok)
		err_sys(err, EXIT_MACHINE, "%s cannot be written", path.s);
	str_finish(&path);
	return ok;
}

static bool compile(const struct drill_run *r, const struct drill *d, struct err *err)
{
	static const char *const words[] = {"-g", "-O0", "-D_GNU_SOURCE", "-w", "-pthread", "-o", "drill", "drill.c"};
	const char *argv[ARRAY_LEN(words) + 3];
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	size_t argc = 0;

	self[n > 0 ? n : 0] = '\0';
	argv[argc++] = d->guide->programs.at[0].hooks ? self : "gcc";
	if (d->guide->programs.at[0].hooks)
		argv[argc++] = "cc";
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		argv[argc++] = words[i];
	argv[argc] = NULL;
	return own_compile(argv, r->folder.s, err);
}

/* ---- running ---- */

bool drill_run_open(struct drill_run *r, const struct drill *d, struct err *err)
{
	const struct guide_step *step = &d->guide->steps.at[0];

	*r = (struct drill_run){0};
	if (!lab_run_folder(&r->folder, err) || !source_write(r, d, err) || !compile(r, d, err))
		return false;
	r->lab = (struct lab){.id = "drill", .file = d->guide->file, .programs_dir = r->folder.s, .guide = d->guide};
	r->host = lab_host_open(&r->lab_host, &r->lab, NULL);
	return r->host.start(r->host.arg, &d->guide->programs.at[0], step->start.args, err);
}

bool drill_run_settle(struct drill_run *r, const struct drill *d, struct guide_truth *truth, struct err *err)
{
	const struct guide_step *step = &d->guide->steps.at[0];
	const struct guide_block *b = &step->blocks.at[step->blocks.n - 1];
	struct timeline *t = r->host.timeline(r->host.arg);
	u64 since = timeline_events(t);
	struct cond_view view;

	if (!guide_moves_run(d->guide, b->moves.at, b->moves.n, &r->host, err))
		return false;
	view = (struct cond_view){timeline_now(t), t, since, timeline_events(t), r->host.field, r->host.arg};
	if (guide_settle(d->guide, d->question, &view, b->moves.at, b->moves.n, &r->host, truth, err))
		return true;
	err->code = EXIT_OURS;
	return false;
}

void drill_run_close(struct drill_run *r)
{
	if (r->lab_host.place)
		lab_host_close(&r->lab_host);
	str_finish(&r->folder);
}

/* ---- told ---- */

static const char *no_role(void *arg, u32 proc)
{
	(void)arg, (void)proc;
	return "";
}

static struct scene scene_of(struct drill_run *r)
{
	struct session *s = r->lab_host.own;
	struct timeline *t = session_timeline(s);

	return (struct scene){
		.world = timeline_world(t),
		.log = timeline_reader(t),
		.sources = session_sources(s),
		.actor = no_role,
		.style = STYLE_PLAIN,
	};
}

/* Loads and stores are many, and say little one by one. */
static bool is_access(u32 call)
{
	return call == CALL_load || call == CALL_store || call == CALL_update;
}

void drill_run_told(struct drill_run *r, struct str *events, struct str *why)
{
	struct timeline *t = session_timeline(r->lab_host.own);
	u64 last = timeline_events(t);
	struct scene scene;

	timeline_seek_event(t, 0);
	for (u64 n = 1; n <= last; n++) {
		struct happening h;
		const struct rec *rec = timeline_event(t, n, NULL);

		if (!rec)
			break;
		scene = scene_of(r);
		happening_begin(&h, &scene, rec);
		if (!timeline_seek_event(t, n))
			break;
		scene = scene_of(r);
		if (!is_access(h.op.call))
			words_event(&scene, &h, rec, false, events);
	}
	timeline_seek_end(t);
	scene = scene_of(r);
	for (u32 i = 1; i < world_tasks(scene.world); i++)
		words_why(&scene, i, why);
}

void drill_truth_words(const struct drill *d, const struct guide_truth *truth, struct str *out)
{
	if (d->question->kind == ASK_NUMBER)
		str_addf(out, "%lld", (long long)truth->number);
	else
		str_add(out, guide_choice(d->question, truth->choice));
}
