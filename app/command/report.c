/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab report LAB: what the learner did there, to be read and handed in: Markdown, or HTML of the same parts. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command/lib.h"
#include "grader/lib.h"
#include "lab/lib.h"

struct page {
	struct str out;
	bool html;
	const struct lab *lab;
	const struct guide_question *question; /* whose answers are told */
	const struct guide_experiment *experiment;
	u32 answers, runs, told; /* told: of this question or experiment */
};

/* ---- the parts of a page ---- */

static void add_text(struct page *p, const char *text)
{
	struct str safe = {0};

	str_add_harmless(&safe, text);
	for (const char *c = str_get(&safe); *c; c++)
		if (p->html && strchr("<>&", *c))
			str_add(&p->out, *c == '<' ? "&lt;" : *c == '>' ? "&gt;" : "&amp;");
		else if (!p->html && strchr("\\`*_[]<#|", *c))
			str_addf(&p->out, "\\%c", *c);
		else
			str_add_bytes(&p->out, c, 1);
	str_finish(&safe);
}

static void heading(struct page *p, int level, const char *text)
{
	if (p->html)
		str_addf(&p->out, "<h%d>", level);
	else
		str_addf(&p->out, "\n%.*s ", level, "####");
	add_text(p, text);
	if (p->html)
		str_addf(&p->out, "</h%d>\n", level);
	else
		str_add(&p->out, "\n\n");
}

static void paragraph(struct page *p, const char *text)
{
	str_add(&p->out, p->html ? "<p>" : "");
	add_text(p, text);
	str_add(&p->out, p->html ? "</p>\n" : "\n\n");
}

static void list_edge(struct page *p, bool begin)
{
	str_add(&p->out, p->html ? begin ? "<ul>\n" : "</ul>\n" : begin ? "" : "\n");
}

static void item(struct page *p, const char *text)
{
	str_add(&p->out, p->html ? "<li>" : "- ");
	add_text(p, text);
	str_add(&p->out, p->html ? "</li>\n" : "\n");
}

/* As it stands, in letters of one width. Indented: nothing in it can end it. */
static void picture(struct page *p, const char *text)
{
	if (p->html) {
		str_add(&p->out, "<pre>");
		add_text(p, text);
		str_add(&p->out, "</pre>\n");
		return;
	}
	while (*text) {
		size_t n = strcspn(text, "\n");

		str_add(&p->out, n ? "    " : "");
		str_add_bytes(&p->out, text, n);
		str_add(&p->out, "\n");
		text += n + (text[n] == '\n');
	}
	str_add(&p->out, "\n");
}

/* ---- what was done ---- */

static void add_date(struct str *out, i64 at)
{
	char text[32];
	time_t t = (time_t)at;
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm);
	str_add(out, text);
}

static void answer(void *arg, const char *question, const char *outcome, i64 at, const struct progress_told *told)
{
	struct page *p = arg;
	struct str line = {0};

	if (strcmp(question, p->question->id) != 0)
		return;
	if (!p->told++) {
		heading(p, 3, p->question->text);
		list_edge(p, true);
		for (size_t i = 0; p->question->kind != ASK_NUMBER && i < p->question->options.n; i++) {
			str_clear(&line);
			str_addf(&line, "%zu. %s", i + 1, p->question->options.at[i].text);
			item(p, line.s);
		}
		list_edge(p, false);
	}
	p->answers++;
	str_clear(&line);
	add_date(&line, at);
	str_addf(&line, ", %s. ", strcmp(outcome, "unsure") == 0 ? "not known" : outcome);
	for (const char *c = told->verdict; *c; c++)
		str_add_bytes(&line, *c == '\n' ? " " : c, 1);
	paragraph(p, line.s);
	if (*told->picture)
		picture(p, told->picture);
	str_finish(&line);
}

static void run(void *arg, const char *experiment, const char *row, i64 at)
{
	struct page *p = arg;
	struct str line = {0};

	if (strcmp(experiment, p->experiment->id) != 0)
		return;
	if (!p->told++) {
		heading(p, 3, p->experiment->title);
		list_edge(p, true);
	}
	p->runs++;
	add_date(&line, at);
	str_addf(&line, ": %s", row);
	item(p, line.s);
	str_finish(&line);
}

static void steps(struct page *p, const struct progress_lab *known)
{
	const struct guide *g = p->lab->guide;
	struct str line = {0};

	heading(p, 2, "Steps");
	list_edge(p, true);
	for (u32 i = 0; i < g->steps.n; i++) {
		str_clear(&line);
		str_addf(&line, "%u  %s: %s", i + 1, g->steps.at[i].title,
			i < known->reached ? "done" : i == known->resume ? "begun" : "not yet");
		item(p, line.s);
	}
	list_edge(p, false);
	str_finish(&line);
}

static void predictions(struct page *p, struct progress *progress)
{
	const struct guide *g = p->lab->guide;

	heading(p, 2, "Predictions");
	for (size_t i = 0; i < g->steps.n; i++)
		for (size_t k = 0; k < g->steps.at[i].blocks.n; k++) {
			p->question = g->steps.at[i].blocks.at[k].question;
			p->told = 0;
			if (p->question)
				progress_each_told(progress, p->lab->id, answer, p);
		}
	if (!p->answers)
		paragraph(p, "None was made.");
}

static void notebooks(struct page *p, struct progress *progress)
{
	const struct guide *g = p->lab->guide;

	heading(p, 2, "Experiments");
	for (size_t i = 0; i < g->steps.n; i++)
		for (size_t k = 0; k < g->steps.at[i].blocks.n; k++) {
			p->experiment = g->steps.at[i].blocks.at[k].experiment;
			p->told = 0;
			if (p->experiment)
				progress_each_run(progress, p->lab->id, run, p);
			if (p->told)
				list_edge(p, false);
		}
	if (!p->runs)
		paragraph(p, "None was run.");
}

static void whole(struct page *p, struct progress *progress, const struct progress_lab *known)
{
	struct str line = {0};

	if (p->html)
		str_add(&p->out, "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>ipclab report</title>\n"
				 "<style>body{max-width:50em;margin:2em auto;font-family:sans-serif}pre{overflow-x:auto}</style>\n");
	heading(p, 1, p->lab->guide->title);
	str_addf(&line, "Lab %s of ipclab. %u of %zu steps done, last on ", p->lab->id, known->reached, p->lab->guide->steps.n);
	add_date(&line, known->last);
	str_addf(&line, ". Predictions: %u right, %u wrong, %u not known, %u skipped.", known->counts[PROGRESS_RIGHT],
		known->counts[PROGRESS_WRONG], known->counts[PROGRESS_UNSURE], known->counts[PROGRESS_SKIPPED]);
	paragraph(p, line.s);
	steps(p, known);
	predictions(p, progress);
	notebooks(p, progress);
	if (p->html)
		str_add(&p->out, "</html>\n");
	str_finish(&line);
}

/* ---- where it goes ---- */

static bool write_new(const char *path, const struct str *text, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	size_t done = 0;
	ssize_t n = 0;

	if (fd < 0 && errno == EEXIST)
		return err_set(err, EXIT_USAGE, "%s is there already; --force overwrites it", path);
	if (fd < 0)
		return err_set(err, EXIT_MACHINE, "%s cannot be written: %s", path, strerror(errno));
	while (done < text->len && (n = write(fd, text->s + done, text->len - done)) > 0)
		done += (size_t)n;
	if (close(fd) == 0 && done == text->len)
		return true;
	return err_set(err, EXIT_MACHINE, "%s cannot be written: %s", path, strerror(errno));
}

static bool deliver(struct invocation *inv, const char *path, const struct page *p, struct err *err)
{
	if (!path || strcmp(path, "-") == 0)
		return fwrite(p->out.s, 1, p->out.len, stdout) == p->out.len || err_set(err, EXIT_MACHINE, "the report could not be written");
	if (!(option_given(inv, "force") ? file_replace(path, p->out.s, p->out.len, err) : write_new(path, &p->out, err)))
		return false;
	fprintf(stderr, "ipclab: the report is in %s\n", path);
	return true;
}

static bool ends_in(const char *text, const char *end)
{
	return text && strlen(text) > strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

static bool report(struct invocation *inv, const struct lab *lab, struct err *err)
{
	const char *path = option_value(inv, "output");
	struct page p = {.lab = lab, .html = option_given(inv, "html") || ends_in(path, ".html") || ends_in(path, ".htm")};
	struct progress_lab known;
	struct str note = {0};
	struct progress *progress = progress_open(NULL, &note);
	bool ok = progress_lab(progress, lab->id, &known);

	if (note.len)
		fprintf(stderr, "ipclab: %s\n", note.s);
	if (ok) {
		whole(&p, progress, &known);
		ok = deliver(inv, path, &p, err);
	} else {
		err_set(err, EXIT_INPUT, "nothing is known of your work at lab %s yet. Begin with: ipclab lab %s", lab->id, lab->id);
	}
	progress_close(progress);
	str_finish(&p.out);
	str_finish(&note);
	return ok;
}

bool command_report(struct invocation *inv, struct err *err)
{
	const struct lab *lab;
	struct labs labs;
	bool ok;

	if (inv->argc != 1)
		return err_set(err, EXIT_USAGE, "report needs the ID of one lab, as in ipclab report pipe");
	if (!labs_find(&labs, err))
		return false;
	lab = labs_get(&labs, inv->argv[0], err);
	if (!lab && err->code == EXIT_USAGE)
		command_misplaced("lab", inv->argv[0], err);
	ok = lab && report(inv, lab, err);
	labs_finish(&labs);
	return ok;
}
