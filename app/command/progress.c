/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab progress: what was done so far. */
#include "progress/lib.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "command/lib.h"

struct printing {
	struct str out;
	bool first;
};

static void add_time(struct str *out, i64 at)
{
	char text[32];
	time_t t = (time_t)at;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	str_addf(out, "\"%s\"", text);
}

static void json_lab(void *arg, const struct progress_lab *lab)
{
	struct printing *p = arg;

	str_add(&p->out, p->first ? "\n {\"id\":" : ",\n {\"id\":");
	str_add_json(&p->out, lab->id, strlen(lab->id));
	str_addf(&p->out, ",\"steps\":%u,\"reached\":%u,\"resume\":%u,\"answers\":{", lab->steps,
		lab->reached, lab->resume + 1);
	for (u32 i = 0; i < 4; i++)
		str_addf(&p->out, "%s\"%s\":%u", i ? "," : "", progress_outcome_name(i),
			lab->counts[i]);
	str_add(&p->out, "},\"last\":");
	add_time(&p->out, lab->last);
	str_add(&p->out, "}");
	p->first = false;
}

static void json_answer(
	void *arg, const char *lab, const char *question, const char *outcome, i64 at)
{
	struct printing *p = arg;

	str_add(&p->out, p->first ? "\n {\"lab\":" : ",\n {\"lab\":");
	str_add_json(&p->out, lab, strlen(lab));
	str_add(&p->out, ",\"question\":");
	str_add_json(&p->out, question, strlen(question));
	str_addf(&p->out, ",\"outcome\":\"%s\",\"at\":", outcome);
	add_time(&p->out, at);
	str_add(&p->out, "}");
	p->first = false;
}

static void word_lab(void *arg, const struct progress_lab *lab)
{
	struct printing *p = arg;

	str_addf(&p->out, "%s: ", lab->id);
	if (lab->steps && lab->reached >= lab->steps)
		str_addf(&p->out, "done, all %u steps", lab->steps);
	else
		str_addf(&p->out, "%u of %u steps, go on at step %u", lab->reached, lab->steps,
			lab->resume + 1);
	str_addf(&p->out, ". Predictions: %u right, %u wrong, %u not known, %u skipped.\n",
		lab->counts[PROGRESS_RIGHT], lab->counts[PROGRESS_WRONG],
		lab->counts[PROGRESS_UNSURE], lab->counts[PROGRESS_SKIPPED]);
	p->first = false;
}

static void json_exercise(void *arg, const struct progress_exercise *x)
{
	struct printing *p = arg;

	str_add(&p->out, p->first ? "\n {\"id\":" : ",\n {\"id\":");
	str_add_json(&p->out, x->id, strlen(x->id));
	str_addf(&p->out, ",\"tries\":%u,\"score\":%u,\"max_score\":%u,\"passed\":%s,\"folder\":", x->tries, x->score, x->max,
		x->passed ? "true" : "false");
	str_add_json(&p->out, x->folder, strlen(x->folder));
	str_add(&p->out, ",\"last\":");
	add_time(&p->out, x->last);
	str_add(&p->out, "}");
	p->first = false;
}

static void word_exercise(void *arg, const struct progress_exercise *x)
{
	struct printing *p = arg;

	str_addf(&p->out, "%s: %s, %u of %u points the last time, %u %s.\n", x->id, x->passed ? "passed" : "not passed yet", x->score, x->max,
		x->tries, x->tries == 1 ? "try" : "tries");
	p->first = false;
}

bool command_progress(struct invocation *inv, struct err *err)
{
	struct printing p = {.first = true};
	struct str note = {0};
	struct progress *progress;

	if (inv->argc > 0)
		return err_set(err, EXIT_USAGE,
			"progress takes no arguments; '%.40s' is one too many", inv->argv[0]);
	progress = progress_open(NULL, &note);
	if (note.len)
		fprintf(stderr, "ipclab: %s\n", note.s);
	if (option_given(inv, "json")) {
		str_add(&p.out, "{\"schema\":\"ipclab/progress/v1\",\"labs\":[");
		progress_each_lab(progress, json_lab, &p);
		str_add(&p.out, "],\n \"answers\":[");
		p.first = true;
		progress_each_answer(progress, json_answer, &p);
		str_add(&p.out, "],\n \"exercises\":[");
		p.first = true;
		progress_each_exercise(progress, json_exercise, &p);
		str_add(&p.out, "]}\n");
	} else {
		progress_each_lab(progress, word_lab, &p);
		progress_each_exercise(progress, word_exercise, &p);
		if (p.first)
			str_add(&p.out, "Nothing is done yet. Begin with: ipclab lab pipe\n");
	}
	fputs(str_get(&p.out), stdout);
	str_finish(&p.out);
	str_finish(&note);
	progress_close(progress);
	return true;
}
