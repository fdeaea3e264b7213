/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hook/elf.h"
#include "lab/private.h"

/* P1's name, P2's, ..., NULL at the end; `names`: what they are called instead. */
static void actors_of(const struct lab *lab, u32 program, const char *const *names, const char **actors)
{
	char name[24];
	u32 last = 0;

	for (u32 i = 0; i < LAB_ACTORS_MAX; i++) {
		snprintf(name, sizeof name, "P%u", i + 1);
		actors[i] = names && names[i] ? names[i] : guide_role(lab->guide, program, name);
		if (*actors[i])
			last = i + 1;
	}
	actors[last] = NULL;
}

/* Loads and stores of a program without hooks stop nowhere: the learner would look at an empty picture. */
static bool has_hooks(const struct lab *lab, u32 program, const char *path, struct err *err)
{
	return !lab->guide->programs.at[program].hooks || hook_version_in(path) > 0 ||
	       err_set(err, EXIT_MACHINE,
		       "the program %s of lab %s was built without hooks, so its loads and stores "
		       "cannot be seen. Build it with ipclab cc, or all of them with ./bootstrap "
		       "build: %s",
		       lab->guide->programs.at[program].name, lab->id, path);
}

/* $size becomes its value; of `values` (NULL: the guide's defaults). `words`: room for n of 12. */
static void settle_args(const struct guide *g, const u32 *values, char (*words)[12],
	const char **args, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = args[i][0] == '$' ? guide_setting(g, args[i] + 1) : g->settings.n;

		if (at == g->settings.n)
			continue;
		snprintf(words[i], sizeof words[i], "%u",
			values ? values[at] : g->settings.at[at].value);
		args[i] = words[i];
	}
}

/* Our environment, but for PATH: which programs there are is to depend on nobody's settings. NULL at the end; the
 * last one and the list are to be freed. */
static char **environment(void)
{
	size_t n = 0, room = confstr(_CS_PATH, NULL, 0), kept = 0;
	char **list, *path = xmalloc(room + 6);

	while (environ[n])
		n++;
	list = xmalloc((n + 2) * sizeof *list);
	for (size_t i = 0; i < n; i++)
		if (strncmp(environ[i], "PATH=", 5) != 0)
			list[kept++] = environ[i];
	strcpy(path, "PATH=");
	confstr(_CS_PATH, path + 5, room);
	list[kept++] = path;
	list[kept] = NULL;
	return list;
}

static void environment_free(char **list)
{
	size_t n = 0;

	while (list[n + 1])
		n++;
	free(list[n]);
	free(list);
}

char **lab_argv(const struct lab *lab, u32 program, const char *const *args, const u32 *values,
	char *path, char (**words)[12])
{
	char **argv;
	size_t n = 0;

	if (!args)
		args = (const char *const *)lab->guide->programs.at[program].args;
	while (args[n])
		n++;
	argv = xmalloc((n + 2) * sizeof *argv);
	argv[0] = path;
	memcpy(argv + 1, args, n * sizeof *argv);
	*words = xmalloc((n + 1) * sizeof **words);
	settle_args(lab->guide, values, *words, (const char **)argv + 1, n);
	return argv;
}

/* own: a program in place of the lab's, NULL none. */
static struct session *start(const struct lab *lab, u32 program, const char *own, const char *const *args,
	const u32 *values, const char *const *names, struct err *err)
{
	const char *actors[LAB_ACTORS_MAX + 1];
	char *path = own ? xstrdup(own) : lab_program_path(lab, program, err);
	struct session *session = NULL;
	char (*words)[12], **argv, **envp;
	struct str folder = {0};

	if (!path || !has_hooks(lab, program, path, err) || !lab_run_folder(&folder, err)) {
		free(path);
		str_finish(&folder);
		return NULL;
	}
	argv = lab_argv(lab, program, args, values, path, &words);
	actors_of(lab, program, names, actors);
	envp = environment();
	session = session_start(
		&(struct session_live){
			.run =
				{
					.tracer = {.held = true,
						.contents = true,
						.terminals = true,
						.files = lab->guide->programs.at[program].files,
						.one_user = lab->guide->programs.at[program].one_user,
						.sites = true},
					.pin = true,
				},
			.launch = {.argv = argv, .envp = envp, .cwd = folder.s, .fds = {-1, -1, -1}},
			.terminal = true,
			.actor_names = actors,
			.title = lab->guide->title,
			.lab = lab->id,
		},
		err);
	environment_free(envp);
	free(argv);
	free(words);
	free(path);
	str_finish(&folder);
	return session;
}

struct session *lab_start(
	const struct lab *lab, u32 program, const char *const *args, struct err *err)
{
	return start(lab, program, NULL, args, NULL, NULL, err);
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
	u32 number = (u32)(program - h->lab->guide->programs.at);
	struct session *fresh = start(h->lab, number, h->own_path && number == h->own_program ? h->own_path : NULL,
		(const char *const *)args, h->values, h->names, err);

	/* The new one first: when it cannot be had, what was there is not lost. */
	if (!fresh)
		return false;
	session_end(*h->place);
	*h->place = fresh;
	h->program = program;
	h->args = args;
	if (h->began)
		h->began(h->began_arg);
	return true;
}

/* The guide says that it may compute for ever. */
static bool may_compute(const struct guide_program *p, const char *actor)
{
	for (u32 i = 0; p && i < p->computes_n; i++)
		if (strcmp(p->computes[i], actor) == 0)
			return true;
	return false;
}

/* `anybody`: those too that the guide says may compute for ever. */
static bool computes(const struct lab_host *h, bool anybody)
{
	const struct world *w = timeline_now(session_timeline(*h->place));
	char name[24];

	for (u32 i = 1; i < world_tasks(w); i++)
		if (world_task(w, i) && world_task(w, i)->state == TASK_RUNNING &&
			(anybody || !may_compute(h->program, world_task_name(w, i, name))))
			return true;
	return false;
}

/* On a loaded machine a task may be on its way for so long that it is shown RUNNING. A guide's next
 * move, or what it expects, is about the world after that: so it is waited for, within reason. */
static bool rest(void *arg, bool ok, struct err *err)
{
	struct session *s = session_of(arg);
	bool ended = false;

	for (int i = 0; ok && i < 200 && !ended && computes(arg, false); i++)
		ok = session_wait(s, 50, &ended, err);
	return ok;
}

static bool host_step(void *arg, u32 task, struct err *err)
{
	return rest(arg, session_step(session_of(arg), task, err), err);
}

static bool host_line(void *arg, u32 task, struct err *err)
{
	u32 steps;

	return rest(arg, session_step_line(session_of(arg), task, NULL, NULL, &steps, err), err);
}

static bool host_wait(void *arg)
{
	struct err err = {0};
	bool ended = false;

	return session_wait(session_of(arg), 50, &ended, &err) && !ended && computes(arg, true);
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
	memcpy(aside->values, h->values, sizeof aside->values);
	memcpy(aside->names, h->names, sizeof aside->names);
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
	for (size_t i = 0; lab->guide && i < lab->guide->settings.n; i++)
		h->values[i] = lab->guide->settings.at[i].value;
	return (struct guide_host){
		.arg = h,
		.start = host_start,
		.step = host_step,
		.pass = host_pass,
		.signal = host_signal,
		.type = host_type,
		.timeline = host_timeline,
		.line = host_line,
		.wait = host_wait,
		.explore = host_explore,
		.field = host_field,
		.aside = host_aside,
		.aside_end = host_aside_end,
	};
}

void lab_host_close(struct lab_host *h)
{
	session_end(h->own);
	h->own = NULL;
}
