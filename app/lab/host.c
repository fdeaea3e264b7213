/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/lib.h"

/* P1's name, P2's, ..., NULL at the end. */
static void actors_of(const struct lab *lab, u32 program, const char **actors)
{
	char name[24];
	u32 last = 0;

	for (u32 i = 0; i < LAB_ACTORS_MAX; i++) {
		snprintf(name, sizeof name, "P%u", i + 1);
		actors[i] = guide_role(lab->guide, program, name);
		if (*actors[i])
			last = i + 1;
	}
	actors[last] = NULL;
}

struct session *lab_start(
	const struct lab *lab, u32 program, const char *const *args, struct err *err)
{
	const char *actors[LAB_ACTORS_MAX + 1];
	char *path = lab_program_path(lab, program, err);
	struct session *session = NULL;
	char **argv;
	size_t n = 0;

	if (!path)
		return NULL;
	if (!args)
		args = (const char *const *)lab->guide->programs.at[program].args;
	while (args[n])
		n++;
	argv = xmalloc((n + 2) * sizeof *argv);
	argv[0] = path;
	memcpy(argv + 1, args, n * sizeof *argv);
	actors_of(lab, program, actors);
	session = session_start(
		&(struct session_live){
			.run =
				{
					.tracer = {.held = true,
						.contents = true,
						.terminals = true,
						.sites = true},
					.pin = true,
				},
			.launch = {.argv = argv, .fds = {-1, -1, -1}},
			.terminal = true,
			.actor_names = actors,
			.title = lab->guide->title,
			.lab = lab->id,
		},
		err);
	free(argv);
	free(path);
	return session;
}

/* ---- guide_host ---- */
static struct session *session_of(void *arg)
{
	return *((struct lab_host *)arg)->place;
}

static bool host_start(
	void *arg, const struct guide_program *program, char *const *args, struct err *err)
{
	struct lab_host *h = arg;
	struct session *fresh = lab_start(h->lab, (u32)(program - h->lab->guide->programs.at),
		(const char *const *)args, err);

	/* The new one first: when it cannot be had, what was there is not lost. */
	if (!fresh)
		return false;
	session_end(*h->place);
	*h->place = fresh;
	if (h->began)
		h->began(h->began_arg);
	return true;
}

static bool computes(const struct world *w)
{
	for (u32 i = 1; i < world_tasks(w); i++)
		if (world_task(w, i) && world_task(w, i)->state == TASK_RUNNING)
			return true;
	return false;
}

/* On a loaded machine a task may be on its way for so long that it is shown RUNNING. A guide's next
 * move, or what it expects, is about the world after that: so it is waited for, within reason. */
static bool rest(void *arg, bool ok, struct err *err)
{
	struct session *s = session_of(arg);
	bool ended = false;

	for (int i = 0; ok && i < 200 && !ended && computes(timeline_now(session_timeline(s))); i++)
		ok = session_wait(s, 50, &ended, err);
	return ok;
}

static bool host_step(void *arg, u32 task, struct err *err)
{
	return rest(arg, session_step(session_of(arg), task, err), err);
}

static bool host_pass(void *arg, u32 task, struct err *err)
{
	return rest(arg, session_pass(session_of(arg), task, err), err);
}

static bool host_signal(void *arg, u32 task, int sig, struct err *err)
{
	return rest(arg, session_signal(session_of(arg), task, sig, err), err);
}

static bool host_type(void *arg, const char *bytes, size_t n, struct err *err)
{
	return session_type(session_of(arg), bytes, n, err);
}

static struct timeline *host_timeline(void *arg)
{
	return session_timeline(session_of(arg));
}

static bool host_aside(void *arg, struct guide_host *out, struct err *err)
{
	struct lab_host *h = arg, *aside = xmalloc(sizeof *aside);

	(void)err;
	*out = lab_host_open(aside, h->lab, NULL);
	return true;
}

static void host_aside_end(struct guide_host *out)
{
	lab_host_close(out->arg);
	free(out->arg);
	out->arg = NULL;
}

struct guide_host lab_host_open(struct lab_host *h, const struct lab *lab, struct session **place)
{
	*h = (struct lab_host){.lab = lab};
	h->place = place ? place : &h->own;
	return (struct guide_host){
		.arg = h,
		.start = host_start,
		.step = host_step,
		.pass = host_pass,
		.signal = host_signal,
		.type = host_type,
		.timeline = host_timeline,
		.aside = host_aside,
		.aside_end = host_aside_end,
	};
}

void lab_host_close(struct lab_host *h)
{
	session_end(h->own);
	h->own = NULL;
}
