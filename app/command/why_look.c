/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab why -p, -n, and without argument: processes that run already. Nobody is stopped. */
#include <stdlib.h>
#include <string.h>

#include "command/why.h"

enum { GROUPS_SAID = 12 };

struct why_look {
	pid_t pids[64];
	u32 n;
	struct unseen unseen[8];
	u32 unseen_n;
	char because[2][160], remedy[160], begin[160];
};

/* ---- who is asked for ---- */

/* "4121,4130" */
static bool pids_of(const char *at, struct why_look *w, struct err *err)
{
	char *end;

	for (; at && *at; at = end + (*end == ',')) {
		long pid = strtol(at, &end, 10);

		if (end == at || (*end && *end != ',') || pid < 1 || pid > INT32_MAX)
			return err_set(err, EXIT_USAGE, "-p is about the number of a process, as `ps -e` lists them, not '%.40s'", at);
		if (w->n == ARRAY_LEN(w->pids))
			return err_set(err, EXIT_USAGE, "at most %zu processes can be named", ARRAY_LEN(w->pids));
		w->pids[w->n] = (pid_t)pid;
		if (!session_look_check(&w->pids[w->n], err))
			return false;
		w->n++;
	}
	return true;
}

static bool names_of(const char *at, struct why_look *w, struct err *err)
{
	struct err first = {0};

	for (size_t len; at && *at; at += len + (at[len] == ',')) {
		char name[64];
		pid_t found[64];
		u32 n, before = w->n;

		len = strcspn(at, ",");
		snprintf(name, sizeof name, "%.*s", (int)(len < 63 ? len : 63), at);
		n = session_look_named(name, found, ARRAY_LEN(found));
		if (!n)
			return err_set(err, EXIT_USAGE, "no process is called '%s'; `ps -e` lists those there are", name);
		for (u32 i = 0; i < n && w->n < ARRAY_LEN(w->pids); i++) {
			w->pids[w->n] = found[i];
			w->n += session_look_check(&w->pids[w->n], &first);
		}
		if (w->n == before)
			*err = first;
		if (w->n == before)
			return false;
	}
	return true;
}

/* ---- the answer ---- */

static void add_unseen(struct why_look *w, const char *what, i32 pid, const char *because, const char *remedy)
{
	if (w->unseen_n < ARRAY_LEN(w->unseen))
		w->unseen[w->unseen_n++] = (struct unseen){what, pid, because, remedy};
}

/* Whose end of a pipe keeps somebody waiting, and nobody saw it being made. */
static i32 unknown_holder(const struct report *r)
{
	const struct world *w = r->scene.world;
	struct why y;

	for (u32 t = 1; t < world_tasks(w); t++)
		for (u32 i = 0; r->standing->of[t] == STANDS_STUCK && world_why_wait(w, t, &y) && i < y.wakers_n && i < ARRAY_LEN(y.wakers); i++) {
			const struct w_fd *fd = world_fd(w, y.wakers[i].fd);
			if (fd && fd->how == FD_UNKNOWN)
				return world_proc(w, y.wakers[i].proc)->pid;
		}
	return 0;
}

static void note_provenance(struct why_look *w, const struct report *r)
{
	i32 pid = unknown_holder(r);
	const struct w_proc *root = world_proc(r->scene.world, world_head(r->scene.world)->root);

	if (!pid || !root)
		return;
	/* What it was called with nobody keeps: a program's name alone, or a script's, would not start it. */
	snprintf(w->begin, sizeof w->begin, "From the start: ipclab why -- CMD%s%s", r->redact ? "" : ", the command that starts ",
		r->redact ? "" : r->scene.actor(r->scene.actor_arg, world_head(r->scene.world)->root));
	add_unseen(w, "fd", pid, "they were there before ipclab looked", w->begin);
}

/* A handler for SIGALRM and nothing that could wake it: whether the clock will only the program knows. */
static void note_alarms(struct why_look *w, const struct report *r)
{
	for (u32 t = 1; t < world_tasks(r->scene.world); t++) {
		const struct w_proc *p = world_proc(r->scene.world, world_task(r->scene.world, t)->proc);

		if (r->standing->of[t] != STANDS_UNKNOWN || !p || !p->timers_unsure)
			continue;
		add_unseen(w, "process", p->pid, p->timers_unsure & 1 ? "it handles SIGALRM: an alarm may be set" : "it has timers, which may be set", NULL);
		return;
	}
}

static void note_unseen(struct why_look *w, const struct look_answer *a)
{
	if (a->partial) {
		session_look_refusal(w->because[0], sizeof w->because[0]);
		snprintf(w->remedy, sizeof w->remedy, "sudo ipclab why -p %d", (int)(w->n ? w->pids[0] : a->worst));
		add_unseen(w, "bytes", a->worst, w->because[0], w->remedy);
	}
	if (a->moved)
		add_unseen(w, "process", 0, "somebody ran while they were looked at: this is of several moments", NULL);
	if (a->full_set)
		add_unseen(w, "process", 0, "there are more processes than are looked at at once", NULL);
}

static bool answer_processes(struct why_look *w, const struct why_options *opt, int *status, struct err *err)
{
	const struct look_options options = {.pids = w->pids, .n = w->n, .only = opt->only};
	u64 began = clock_ns();
	struct world_standing standing;
	struct look_answer look;
	struct report r = {.attached = true, .markdown = opt->markdown};
	struct answer a = {0};
	bool ok;

	if (!session_look(&options, &look, err))
		return false;
	ok = answer_begin(&a, look.log, opt->redact, err);
	if (ok) {
		answer_take(&a);
		answer_report(&a, &standing, &r);
		r.scene.pids = !opt->json && !opt->redact;
		r.took_ns = clock_ns() - began;
		note_unseen(w, &look);
		note_provenance(w, &r);
		note_alarms(w, &r);
		r.unseen = w->unseen;
		r.unseen_n = w->unseen_n;
		answer_print(&r, opt, stdout);
		*status = standing.verdict == VERDICT_HANG ? EXIT_FAILED : EXIT_DONE;
		world_standing_finish(&standing);
	}
	answer_finish(&a);
	log_close(look.log);
	return ok;
}

/* ---- everything of mine ---- */

static void add_groups(const struct report *r, struct str *out)
{
	u32 n, said = 0, more = 0, hangs = 0;
	struct report_group *all = report_groups(r, &n);

	for (u32 i = 0; i < n; i++) {
		pid_t pid = world_proc(r->scene.world, all[i].proc)->pid;
		char cwd[512] = "";

		hangs += all[i].verdict == VERDICT_HANG;
		if (all[i].verdict == VERDICT_RUNS ||
			(all[i].verdict == VERDICT_WAITS && !all[i].stuck && all[i].processes < 2 && !all[i].outside && !all[i].named))
			continue;
		if (said == GROUPS_SAID && all[i].verdict != VERDICT_HANG) {
			more++;
			continue;
		}
		if (all[i].verdict == VERDICT_HANG)
			session_look_cwd(pid, cwd, sizeof cwd);
		report_group_line(r, &all[i], session_look_idle_ns(pid), cwd, out);
		said++;
	}
	if (more)
		str_addf(out, "and %u more that wait for somebody\n", more);
	if (!hangs)
		str_addf(out, "Nobody stands still for good.\n");
	else
		str_addf(out, "To look closer  ipclab why -p %d\n", world_proc(r->scene.world, all[0].proc)->pid);
	free(all);
}

static enum verdict of_groups(const struct report *r)
{
	u32 n;
	struct report_group *all = report_groups(r, &n);
	enum verdict v = n && all[0].verdict == VERDICT_HANG ? VERDICT_HANG : r->standing->verdict == VERDICT_HANG ? VERDICT_WAITS : r->standing->verdict;

	free(all);
	return v;
}

static bool answer_mine(struct why_look *w, const struct why_options *opt, int *status, struct err *err)
{
	const struct look_options options = {.mine = true};
	u64 began = clock_ns();
	struct world_standing standing;
	struct look_answer look;
	struct report r = {.attached = true, .markdown = opt->markdown};
	struct answer a = {0};
	struct str text = {0};
	bool ok;

	if (!session_look(&options, &look, err))
		return false;
	ok = answer_begin(&a, look.log, opt->redact, err);
	if (ok) {
		answer_take(&a);
		answer_report(&a, &standing, &r);
		standing.verdict = of_groups(&r);
		r.scene.pids = !opt->json;
		look.moved = false; /* of so many somebody always runs, and is said to */
		note_unseen(w, &look);
		r.unseen = w->unseen;
		r.unseen_n = w->unseen_n;
		r.took_ns = clock_ns() - began;
		if (opt->json) {
			answer_print(&r, opt, stdout);
		} else {
			str_add(&text, opt->markdown ? "```\n" : "");
			add_groups(&r, &text);
			report_looked(&r, &text);
			str_add(&text, opt->markdown ? "```\n" : "");
			fputs(str_get(&text), stdout);
		}
		*status = standing.verdict == VERDICT_HANG ? EXIT_FAILED : EXIT_DONE;
		world_standing_finish(&standing);
	}
	str_finish(&text);
	answer_finish(&a);
	log_close(look.log);
	return ok;
}

bool why_look(struct invocation *inv, const struct why_options *opt, struct err *err)
{
	struct why_look w = {0};

	if (!pids_of(option_value(inv, "pid"), &w, err) || !names_of(option_value(inv, "name"), &w, err))
		return false;
	if (w.n)
		return answer_processes(&w, opt, &inv->status, err);
	return answer_mine(&w, opt, &inv->status, err);
}
