/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answer of ipclab why for people: the verdict on the first line, the proof below it. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "view/private.h"
#include "view/report.h"

enum { WIDTH = 78, LABEL = 16, HANGING = 8, MOST_LINES = 12 };

/* ---- the first line ---- */

static void add_count(u32 n, const char *one, const char *many, struct str *out)
{
	str_addf(out, "%u %s", n, n == 1 ? one : many);
}

/* "3 processes", "2 threads of P1", of those with that standing (STANDS_COUNT: all). */
static void add_who(const struct report *r, u32 stands, struct str *out)
{
	const struct world *w = r->scene.world;
	u32 tasks = 0, procs = 0, last = 0;
	char name[24];

	for (u32 p = 1; p < world_procs(w); p++) {
		const struct w_proc *proc = world_proc(w, p);
		u32 n = 0;

		for (u32 t = proc ? proc->task_first : 0; t; t = world_task(w, t)->proc_next)
			n += stands == STANDS_COUNT ? r->standing->of[t] != STANDS_GONE : r->standing->of[t] == stands;
		tasks += n;
		procs += n > 0;
		last = n ? p : last;
	}
	if (tasks == procs) {
		add_count(procs, "process", "processes", out);
		return;
	}
	add_count(tasks, "thread", "threads", out);
	if (procs == 1)
		str_addf(out, " of %s", words_proc(&r->scene, last, name));
	else
		str_addf(out, " of %u processes", procs);
}

static void verdict_hang(const struct report *r, struct str *out)
{
	u32 n = r->standing->n[STANDS_STUCK];

	str_add(out, "HANG  ");
	add_who(r, STANDS_STUCK, out);
	str_addf(out, ", nobody left who could wake %s", n == 1 ? "it" : "them");
	if (n < r->standing->live)
		str_addf(out, " (%u more wait for somebody outside)", r->standing->live - n);
}

static void verdict_waits(const struct report *r, struct str *out)
{
	const u32 *n = r->standing->n;

	str_add(out, "WAITS ");
	add_who(r, STANDS_COUNT, out);
	if (r->standing->guessed && !n[STANDS_TIMED]) {
		str_add(out, ", probably for good; what they wait in could not be seen, only inferred");
		return;
	}
	str_add(out, n[STANDS_TIMED]      ? ": a clock will end a wait"
		     : n[STANDS_OUTSIDE]  ? ": somebody outside could end a wait"
		     : n[STANDS_STOPPED]  ? ": stopped by a signal"
					  : ": what is seen does not prove that nobody could end a wait");
	if (n[STANDS_STUCK]) {
		str_add(out, "; ");
		add_who(r, STANDS_STUCK, out);
		str_add(out, " can only be ended");
	}
}

static void verdict_line(const struct report *r, struct str *out)
{
	struct str how = {0};

	switch (r->standing->verdict) {
	case VERDICT_ENDED:
		str_add(out, "ENDED ");
		words_wait_status(r->status, &how);
		str_add(out, str_get(&how) + (strncmp(str_get(&how), "ended ", 6) ? 0 : 6));
		str_finish(&how);
		break;
	case VERDICT_HANG: verdict_hang(r, out); break;
	case VERDICT_WAITS: verdict_waits(r, out); break;
	default:
		str_add(out, "RUNS  ");
		add_who(r, STANDS_RUNS, out);
		str_addf(out, " of %u %s still running", r->standing->live, r->standing->n[STANDS_RUNS] == 1 ? "is" : "are");
	}
	if (r->over) {
		str_add(out, r->standing->verdict == VERDICT_ENDED ? "" : "; not done in ");
		words_duration(r->within_ns, out);
	}
	str_add(out, "\n");
}

/* ---- one line a wait ---- */

/* Behind `first`, padded to `column`: text, wrapped, its further lines after `indent` blanks. */
static void add_block(const char *first, const char *text, u32 column, u32 indent, struct str *out)
{
	struct str whole = {0}, lines = {0};
	const char *at, *end;
	bool begun = false;

	str_addf(&whole, "%-*s%s", (int)column, first, text);
	lines_wrap(str_get(&whole) + indent, WIDTH - indent, &lines);
	for (at = str_get(&lines); *at; at = *end ? end + 1 : end) {
		end = strchrnul(at, '\n');
		str_addf(out, "%-*.*s%.*s\n", (int)indent, (int)indent, begun ? "" : str_get(&whole), (int)(end - at), at);
		begun = true;
	}
	str_finish(&whole);
	str_finish(&lines);
}

static const char *actor(const struct report *r, u32 proc)
{
	const char *name = r->redact || !r->scene.actor ? "" : r->scene.actor(r->scene.actor_arg, proc);

	return name ? name : "";
}

/* "P2 filter 4133", or "4133 filter". */
static void add_head(const struct report *r, u32 task, struct str *out)
{
	const struct w_task *t = world_task(r->scene.world, task);
	const struct w_proc *p = world_proc(r->scene.world, t->proc);

	words_name(&r->scene, task, out);
	if (actor(r, t->proc)[0])
		str_addf(out, " %s", actor(r, t->proc));
	if (!r->scene.pids && t->nth <= 1 && !r->redact)
		str_addf(out, " (%d)", p->pid);
}

/* The sentence without its subject, and a wait for a child in fewer words. */
static void add_wait_words(const struct report *r, u32 task, struct str *out)
{
	const struct w_task *t = world_task(r->scene.world, task);
	struct str text = {0}, name = {0};
	struct scene scene = r->scene;
	const char *at;
	struct why y;
	char who[24];

	scene.alone = r->standing->of[task] == STANDS_STUCK; /* as its first line says */
	world_why_wait(r->scene.world, task, &y);
	if (y.reason == WHY_CHILD && y.wakers_n == 1) {
		str_addf(out, "waits for its child %s", words_proc(&r->scene, y.wakers[0].proc, who));
		words_at(&r->scene, t->op.site, out);
	} else if (words_wait(&scene, task, &text)) {
		words_name(&r->scene, task, &name);
		at = str_get(&text);
		at += !strncmp(at, str_get(&name), name.len) && at[name.len] == ' ' ? name.len + 1 : 0;
		str_add(out, at);
		if (out->len && out->s[out->len - 1] == '.')
			out->s[--out->len] = 0;
	}
	str_finish(&text);
	str_finish(&name);
}

static u32 head_width(const struct report *r, const u32 *order, u32 n)
{
	struct str head = {0};
	u32 width = 0;

	for (u32 i = 0; i < n && i < MOST_LINES; i++) {
		str_clear(&head);
		add_head(r, order[i], &head);
		width = head.len > width ? (u32)head.len : width;
	}
	str_finish(&head);
	return width < 30 ? width : 30;
}

/* Those that run: where they compute. */
static u32 runs_block(const struct report *r, struct str *out)
{
	struct str head = {0}, text = {0};
	u32 n = 0;

	for (u32 t = 1; t < r->located_n && t < world_tasks(r->scene.world) && n < MOST_LINES; t++) {
		if (!r->located[t] || r->standing->of[t] != STANDS_RUNS)
			continue;
		str_add(out, n++ ? "" : "\n");
		str_clear(&head);
		str_clear(&text);
		str_add(&head, "  ");
		add_head(r, t, &head);
		str_add(&head, "  ");
		str_add(&text, "computes, or makes calls that do not wait");
		words_place(&r->scene, r->located[t], ", at ", &text);
		add_block(str_get(&head), str_get(&text), (u32)head.len, HANGING, out);
	}
	str_finish(&head);
	str_finish(&text);
	return n;
}

static void waits_block(const struct report *r, struct str *out)
{
	u32 n, *order = report_order(r, &n), width = head_width(r, order, n), column, runs = runs_block(r, out);
	struct str head = {0}, text = {0};

	if (n && !runs)
		str_add(out, "\n");
	for (u32 i = 0; i < n && i < MOST_LINES; i++) {
		str_clear(&head);
		str_clear(&text);
		str_add(&head, "  ");
		add_head(r, order[i], &head);
		str_add(&head, "  ");
		add_wait_words(r, order[i], &text);
		column = head.len > width + 4 ? (u32)head.len : width + 4;
		add_block(str_get(&head), str_get(&text), column, column < HANGING ? column : HANGING, out);
	}
	if (n > MOST_LINES)
		str_addf(out, "  and %u more that wait (--json has them all)\n", n - MOST_LINES);
	if (n || runs)
		str_add(out, "\n");
	free(order);
	str_finish(&head);
	str_finish(&text);
}

/* ---- what follows ---- */

static void mend_block(const struct report *r, struct str *out)
{
	struct str text = {0};

	if (report_mend(r, &text))
		add_block("To mend it", str_get(&text), LABEL, LABEL, out);
	str_finish(&text);
}

static void add_command(const struct report *r, struct str *out)
{
	if (r->redact) {
		str_add(out, "CMD...");
		return;
	}
	for (u32 i = 0; r->command && r->command[i]; i++) {
		const char *word = r->command[i];
		bool plain = *word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%")];

		str_add(out, i ? " " : "");
		if (plain) {
			str_add(out, word);
			continue;
		}
		str_add(out, "'");
		for (; *word; word++)
			if (*word == '\'')
				str_add(out, "'\\''");
			else
				str_add_bytes(out, word, 1);
		str_add(out, "'");
	}
}

static void closer_block(const struct report *r, struct str *out)
{
	const struct world *w = r->scene.world;
	u32 n, *order = report_order(r, &n);
	const struct w_proc *root = world_proc(w, world_head(w)->root), *p = root;
	struct str text = {0}, shown = {0};

	for (u32 i = 0; i < n; i++)
		if (r->standing->cycle[order[i]] == 1) {
			p = world_proc(w, world_task(w, order[i])->proc);
			break;
		}
	if (r->attached && root && p) {
		str_addf(&text, "ipclab watch -p %d    gdb -p %d    ls -l /proc/%d/fd", root->pid, p->pid, p->pid);
	} else if (r->command) {
		str_add(&text, "ipclab watch -- ");
		add_command(r, &text);
	}
	str_add_harmless(&shown, str_get(&text));
	if (n)
		str_addf(out, "%-*s%s\n", LABEL, "To look closer", str_get(&shown));
	str_finish(&text);
	str_finish(&shown);
	free(order);
}

static void looked_block(const struct report *r, struct str *out)
{
	struct str text = {0};
	u64 rounded = r->took_ns >= 10000000 ? r->took_ns / 1000000 * 1000000 : r->took_ns / 100000 * 100000;

	str_add(&text, "Looked at ");
	add_count(r->processes, "process", "processes", &text);
	str_add(&text, " and ");
	add_count(r->descriptors, "descriptor", "descriptors", &text);
	str_add(&text, r->attached ? " in " : ", ");
	words_duration(rounded ? rounded : 100000, &text);
	if (r->attached)
		str_add(&text, "; stopped nothing.");
	else if (r->standing->verdict == VERDICT_ENDED)
		str_add(&text, " in all.");
	else
		str_add(&text, " after the last move; ended.");
	add_block("", str_get(&text), 0, 0, out);
	str_finish(&text);
}

static void unseen_block(const struct report *r, struct str *out)
{
	for (u32 i = 0; i < r->unseen_n; i++) {
		const struct unseen *u = &r->unseen[i];
		struct str text = {0}, shown = {0};

		if (!strcmp(u->what, "fd") && u->pid)
			str_addf(&text, "who gave %d its ends: ", u->pid);
		else
			str_add(&text, !strcmp(u->what, "lines")   ? "source lines"
			       : !strcmp(u->what, "bytes") ? "calls, bytes waiting and source lines"
			       : !strcmp(u->what, "fd")    ? "how the ends came about"
			       : !strcmp(u->what, "peer")  ? "the other end"
							   : "");
		if (u->pid && strcmp(u->what, "fd"))
			str_addf(&text, "%s%d", text.len ? " of " : "", u->pid);
		str_addf(&text, "%s%s", strcmp(u->what, "fd") && text.len ? ": " : "", u->because);
		if (u->remedy)
			str_addf(&text, ". %s", u->remedy);
		str_add_harmless(&shown, str_get(&text));
		add_block(i ? "" : "Not seen", str_get(&shown), LABEL, LABEL, out);
		str_finish(&text);
		str_finish(&shown);
	}
}

void report_looked(const struct report *r, struct str *out)
{
	looked_block(r, out);
	unseen_block(r, out);
}

void report_words(const struct report *r, struct str *out)
{
	bool ended = r->standing->verdict == VERDICT_ENDED;

	if (r->markdown)
		str_add(out, "```\n");
	verdict_line(r, out);
	if (!ended) {
		waits_block(r, out);
		mend_block(r, out);
		closer_block(r, out);
	}
	if (!ended || r->markdown)
		looked_block(r, out);
	unseen_block(r, out);
	if (r->markdown)
		str_add(out, "```\n");
}
