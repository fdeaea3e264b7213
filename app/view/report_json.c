/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answer of ipclab why as JSON: INTERFACES.md, "why". A key that does not apply is not there. */
#include <stdlib.h>
#include <string.h>

#include "view/private.h"
#include "view/report.h"

static void add_text(struct str *out, const char *key, const char *text)
{
	str_addf(out, ",\"%s\":", key);
	str_add_json(out, text, strlen(text));
}

static void add_at(const struct report *r, const char *key, u32 site, struct str *out)
{
	char at[160] = "";

	if (r->scene.sources && site)
		sources_at(r->scene.sources, site, false, at, sizeof at);
	if (at[0])
		add_text(out, key, at);
}

/* strace's name of what it is in: the C library's calls sleep in futex(2). */
static const char *kernel_call(u32 call)
{
	const char *name = call_name(call);

	return !strncmp(name, "pthread_", 8) || !strncmp(name, "sem_", 4) ? "futex" : name;
}

static const char *state_name(u32 state)
{
	static const char *const names[] = {[TASK_RUNNING] = "running", [TASK_POISED] = "poised", [TASK_BLOCKED] = "blocked",
		[TASK_SPINNING] = "spinning", [TASK_STOPPED] = "stopped", [TASK_HELD_EXIT] = "running",
		[TASK_ENDING] = "ending", [TASK_ZOMBIE] = "zombie", [TASK_GONE] = "gone"};

	return state < ARRAY_LEN(names) && names[state] ? names[state] : "unknown";
}

static const char *access_name(u32 access)
{
	return access == ACCESS_READ ? "read" : access == ACCESS_WRITE ? "write" : "both";
}

static void add_waker(const struct report *r, const struct why_waker *k, struct str *out)
{
	const struct world *w = r->scene.world;
	const struct w_fd *fd = world_fd(w, k->fd);
	const struct w_file *f = fd ? world_file(w, fd->file) : NULL;
	const struct w_proc *p = world_proc(w, k->proc);
	char name[24];

	if (k->outside) {
		str_add(out, "{\"actor\":\"outside\"}");
		return;
	}
	/* By an end: any thread of the process could; else it is this one. */
	str_addf(out, "{\"actor\":\"%s\"",
		fd || !k->task ? world_proc_name(w, k->proc, name) : world_task_name(w, k->task, name));
	if (p)
		str_addf(out, ",\"pid\":%d", p->pid);
	if (fd)
		str_addf(out, ",\"fd\":%d", fd->fd);
	if (f)
		add_text(out, "access", access_name(f->access));
	if (fd) {
		add_text(out, "how", report_how(fd));
		add_at(r, "at", fd->site ? fd->site : fd->got_site, out);
		if (fd->got_site && fd->got_site != fd->site)
			add_at(r, "got_at", fd->got_site, out);
	}
	add_text(out, "state", state_name(k->state));
	str_add(out, "}");
}

/* Processes of which several descriptors could are named once a descriptor; a thread once. */
static bool told_before(const struct why *y, u32 i)
{
	for (u32 j = 0; j < i; j++)
		if (y->wakers[j].proc == y->wakers[i].proc && y->wakers[j].fd == y->wakers[i].fd &&
			y->wakers[j].task == y->wakers[i].task)
			return true;
	return false;
}

static void add_wait(const struct report *r, u32 task, bool first, struct str *out)
{
	const struct scene *s = &r->scene;
	const struct w_task *t = world_task(s->world, task);
	struct str text = {0};
	struct why y;
	char name[24];
	bool any = false;

	world_why_wait(s->world, task, &y);
	str_addf(out, "%s\n  {\"actor\":\"%s\",\"pid\":%d", first ? "" : ",", world_task_name(s->world, task, name),
		world_proc(s->world, t->proc)->pid);
	if (t->tid != world_proc(s->world, t->proc)->pid)
		str_addf(out, ",\"tid\":%d", t->tid);
	add_text(out, "call", t->op.call ? kernel_call(t->op.call) : "unknown");
	if (t->op.flags & EVF_GUESSED)
		str_add(out, ",\"probably\":true");
	if (report_fd(s, &y) >= 0)
		str_addf(out, ",\"fd\":%d", report_fd(s, &y));
	if (report_object(s, &y, &text))
		add_text(out, "object", str_get(&text));
	add_text(out, "kind", report_kind(s, &y));
	add_at(r, "at", t->op.site, out);
	add_text(out, "reason", report_reason(s, &y));
	add_text(out, "stands", r->standing->of[task] == STANDS_STUCK ? "for good" : "for now");
	str_add(out, ",\n   \"wakers\":[");
	for (u32 i = 0; i < y.wakers_n && i < ARRAY_LEN(y.wakers); i++) {
		if (told_before(&y, i))
			continue;
		str_add(out, any ? "," : "");
		add_waker(r, &y.wakers[i], out);
		any = true;
	}
	str_add(out, "]");
	str_clear(&text);
	if (words_wait(s, task, &text))
		add_text(out, "sentence", str_get(&text));
	str_add(out, "}");
	str_finish(&text);
}

static void add_cycles(const struct report *r, struct str *out)
{
	char name[24];

	str_add(out, " \"cycles\":[");
	for (u32 c = 1; c <= r->standing->cycles; c++) {
		bool any = false;

		str_add(out, c > 1 ? ",[" : "[");
		for (u32 t = 1; t < world_tasks(r->scene.world); t++)
			if (r->standing->cycle[t] == c) {
				str_addf(out, "%s\"%s\"", any ? "," : "", world_task_name(r->scene.world, t, name));
				any = true;
			}
		str_add(out, "]");
	}
	str_add(out, "],\n");
}

/* Where a descriptor came from is no part of the proof, nor is a source line. */
static bool report_is_partial(const struct report *r)
{
	bool partial = r->standing->guessed;

	for (u32 i = 0; i < r->unseen_n; i++)
		partial |= strcmp(r->unseen[i].what, "fd") && strcmp(r->unseen[i].what, "lines");
	return partial;
}

static void add_unseen(const struct report *r, struct str *out)
{
	str_add(out, " \"unseen\":[");
	for (u32 i = 0; i < r->unseen_n; i++) {
		const struct unseen *u = &r->unseen[i];

		str_addf(out, "%s{\"what\":\"%s\"", i ? "," : "", u->what);
		if (u->pid)
			str_addf(out, ",\"pid\":%d", u->pid);
		add_text(out, "because", u->because);
		if (u->remedy)
			add_text(out, "remedy", u->remedy);
		str_add(out, "}");
	}
	str_add(out, "]");
}

void report_json(const struct report *r, struct str *out)
{
	struct str mend = {0};
	u32 n, *order = report_order(r, &n);

	str_addf(out, "{\"schema\":\"ipclab/why/v1\",\"verdict\":\"%s\",\"confidence\":\"%s\",\"waits\":[",
		report_verdict(r->standing->verdict), report_is_partial(r) ? "partial" : "proven");
	for (u32 i = 0; i < n; i++)
		add_wait(r, order[i], i == 0, out);
	str_add(out, "],\n");
	add_cycles(r, out);
	add_unseen(r, out);
	if (report_mend(r, &mend))
		add_text(out, "mend", str_get(&mend));
	str_addf(out, ",\"looked_at\":{\"processes\":%u,\"descriptors\":%u,\"us\":%llu}%s}\n", r->processes,
		r->descriptors, (unsigned long long)r->took_ns / 1000, r->attached ? ",\"stopped\":[]" : "");
	free(order);
	str_finish(&mend);
}
