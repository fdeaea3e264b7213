/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading: who there is, why they wait, who holds what, source lines. Moves nobody. */
#include <stdlib.h>
#include <string.h>

#include "shell/narrate.h"
#include "view/fdtable.h"
#include "view/ladder.h"

static bool is_over(const struct w_task *t)
{
	return t->state == TASK_GONE || t->state == TASK_ZOMBIE;
}

static void add_counts(const struct world *w, struct str *out)
{
	u32 procs = 0, gone = 0, pipes = 0, segments = segments_drawn(w);

	for (u32 i = 1; i < world_procs(w); i++) {
		const struct w_proc *p = world_proc(w, i);

		if (p && p->ended)
			gone++;
		else if (p)
			procs++;
	}
	for (u32 i = 1; i < world_pipes(w); i++) {
		const struct w_pipe *p = world_pipe(w, i);

		pipes += p && !p->gone;
	}
	if (procs == 0) {
		str_addf(out, " No process is left, %u ended.\n", gone);
		return;
	}
	str_addf(out, " %u process%s", procs, procs == 1 ? "" : "es");
	if (pipes)
		str_addf(out, ", %u pipe%s", pipes, pipes == 1 ? "" : "s");
	if (segments)
		str_addf(out, ", %u shared segment%s", segments, segments == 1 ? "" : "s");
	if (gone)
		str_addf(out, ", %u ended", gone);
	str_add(out, ".\n");
}

#define ENDED_SHOWN 4u /* of many that have ended only the number is said */

void do_look(struct shell *sh, int n, char **words, const char *rest)
{
	struct scene scene = shell_scene(sh);
	const struct world *w = scene.world;
	struct str text = {0};
	u32 over = 0;

	(void)n, (void)words, (void)rest;
	shell_position(sh, &text);
	add_counts(w, &text);
	for (u32 i = 1; i < world_tasks(w); i++) {
		const struct w_task *t = world_task(w, i);

		if (t && (!is_over(t) || (t->nth == 1 && over++ < ENDED_SHOWN)))
			words_task(&scene, i, &text);
	}
	for (u32 i = 1; i < world_pipes(w); i++) {
		const struct w_pipe *p = world_pipe(w, i);

		if (p && !p->gone)
			words_pipe(&scene, i, &text);
	}
	for (u32 i = 1; i < world_sockets(w); i++)
		words_socket(&scene, i, &text);
	for (u32 i = 1; i < world_segments(w); i++)
		if (segment_is_drawn(w, i))
			words_segment(&scene, i, &text);
	words_private_conflicts(&scene, &text);
	for (u32 i = 1; i < world_syncs(w); i++)
		if (sync_is_drawn(w, i))
			words_sync(&scene, i, &text);
	say_text(sh, text.s);
	str_finish(&text);
}

static void say_why(struct shell *sh, u32 task)
{
	struct scene scene = shell_scene(sh);
	struct str text = {0};

	words_why(&scene, task, &text);
	if (!text.len) {
		words_name(&scene, task, &text);
		str_add(&text, " does not wait: it is ");
		words_task_state(&scene, task, false, &text);
		str_add(&text, ".\n");
		words_outlook(&scene, task, &text);
	}
	say_text(sh, text.s);
	str_finish(&text);
}

static void say_mend(struct shell *sh)
{
	struct scene scene = shell_scene(sh);
	struct str text = {0};

	words_mend(&scene, &text);
	say_text(sh, str_get(&text));
	str_finish(&text);
}

void do_why(struct shell *sh, int n, char **words, const char *rest)
{
	const struct world *w = shell_world(sh);
	u32 waiting = 0;

	(void)rest;
	if (n > 1) {
		u32 task = shell_actor(sh, words[1]);

		if (task)
			say_why(sh, task);
		return;
	}
	for (u32 i = 1; i < world_tasks(w); i++) {
		const struct w_task *t = world_task(w, i);

		if (t && (t->state == TASK_BLOCKED || t->state == TASK_SPINNING)) {
			say_why(sh, i);
			waiting++;
		}
	}
	if (waiting == 0)
		say(sh, "Nobody waits.\n");
	else
		say_mend(sh);
}

void do_ends(struct shell *sh, int n, char **words, const char *rest)
{
	struct scene scene = shell_scene(sh);
	struct str text = {0};
	u32 only = 0;

	(void)rest;
	if (n > 1) {
		struct str typed = {0};

		only = world_pipe_by_name(scene.world, words[1]);
		str_add_escaped(&typed, words[1], strnlen(words[1], 40));
		if (!only)
			complain(sh, "there is no %s here; look names the pipes", typed.s);
		str_finish(&typed);
		if (!only)
			return;
	}
	for (u32 i = 1; i < world_pipes(scene.world); i++) {
		const struct w_pipe *p = world_pipe(scene.world, i);

		if (p && (only ? i == only : !p->gone))
			words_pipe_ends(&scene, i, &text);
	}
	say_text(sh, text.len ? text.s : "There is no pipe.\n");
	str_finish(&text);
}

void do_descriptors(struct shell *sh, int n, char **words, const char *rest)
{
	struct scene scene = shell_scene(sh);
	u32 task = n > 1 ? shell_actor(sh, words[1]) : 0;
	const struct w_task *only = world_task(scene.world, task);
	struct str text = {0};

	(void)rest;
	if (n > 1 && !task)
		return;
	for (u32 i = 1; i < world_tasks(scene.world); i++) {
		const struct w_task *t = world_task(scene.world, i);

		if (!t || t->nth > 1 || is_over(t) || (only && t->proc != only->proc))
			continue;
		words_task_name(&scene, i, &text);
		str_add(&text, ".\n");
		words_fd_table(&scene, t->proc, &text);
	}
	say_text(sh, text.len ? text.s : "It has ended: all its descriptors are closed.\n");
	str_finish(&text);
}

void do_ladder(struct shell *sh, int n, char **words, const char *rest)
{
	struct scene scene = shell_scene(sh);
	struct str text = {0};

	(void)n, (void)words, (void)rest;
	words_ladder(&scene, &text);
	say_text(sh, str_get(&text));
	str_finish(&text);
}

void do_link(struct shell *sh, int n, char **words, const char *rest)
{
	struct scene scene = shell_scene(sh);
	struct str text = {0}, typed = {0};
	u32 kind, object;

	(void)rest;
	if (n < 2) {
		link_cards(&scene, sh->selected, &text);
	} else if (world_object_by_name(scene.world, words[1], &kind, &object)) {
		link_card(&scene, kind, object, &text);
	} else {
		str_add_escaped(&typed, words[1], strnlen(words[1], 40));
		complain(sh, "there is no %s here; look names what there is", str_get(&typed));
	}
	say_text(sh, str_get(&text));
	str_finish(&text);
	str_finish(&typed);
}

/* A line of a source file: tabs become two spaces, what does not print becomes "?". */
static void add_code(const char *line, struct str *out)
{
	for (; *line; line++) {
		if (*line == '\t')
			str_add(out, "  ");
		else if ((unsigned char)*line >= ' ' && *line != 0x7f)
			str_add_bytes(out, line, 1);
		else
			str_add(out, "?");
	}
}

static void add_source(struct shell *sh, const struct frame *f, struct str *out)
{
	struct sources *sources = session_sources(sh->session);
	u32 from = f->line > 2 ? f->line - 2 : 1;
	u32 n = 0;

	str_add_escaped(out, f->base, strlen(f->base));
	str_addf(out, ", line %u", f->line);
	if (f->function && f->function[0]) {
		str_add(out, ", in function ");
		str_add_escaped(out, f->function, strlen(f->function));
	}
	str_add(out, ".\n");
	for (u32 line = from; line <= f->line + 2; line++) {
		const char *text = sources_line(sources, f->file, line);

		if (!text)
			continue;
		str_addf(out, "Line %u%s", line, line == f->line ? ", here" : "");
		str_add(out, text[strspn(text, " \t")] ? ": " : ", empty.");
		add_code(text, out);
		str_add(out, "\n");
		n++;
	}
	if (n == 0)
		str_add(out, "Its source is not to be found.\n");
}

void do_source(struct shell *sh, int n, char **words, const char *rest)
{
	u32 task = n > 1 ? shell_actor(sh, words[1]) : sh->selected;
	const struct w_task *t;
	const struct place *place;
	struct str text = {0};
	struct scene scene;

	(void)rest;
	if (n > 1 && !task)
		return;
	t = world_task(shell_world(sh), task);
	if (!t || is_over(t)) {
		say(sh, "That process has ended. Say another, as in source P2.\n");
		return;
	}
	scene = shell_scene(sh);
	words_task(&scene, task, &text);
	place = t->op.site ? sources_place(session_sources(sh->session), t->op.site) : NULL;
	if (place && place->shown && place->shown->line)
		add_source(sh, place->shown, &text);
	else
		str_add(&text, "No source line is known here: was it compiled with -g?\n");
	say_text(sh, text.s);
	str_finish(&text);
}

void do_output(struct shell *sh, int n, char **words, const char *rest)
{
	size_t bytes = 0;
	const char *out = session_output(sh->session, &bytes);
	struct str text = {0};

	(void)n, (void)words, (void)rest;
	if (!out || bytes == 0) {
		say(sh, "Nothing was written to the terminal.\n");
		return;
	}
	/* Line by line: each is escaped, so that it cannot steer the reader's terminal. */
	while (bytes) {
		const char *end = memchr(out, '\n', bytes);
		size_t len = end ? (size_t)(end - out) : bytes;
		size_t shown = len && out[len - 1] == '\r' ? len - 1 : len;

		str_add_escaped(&text, out, shown);
		str_add(&text, "\n");
		len += end != NULL;
		out += len;
		bytes -= len;
	}
	say_text(sh, text.s);
	str_finish(&text);
}

void do_select(struct shell *sh, int n, char **words, const char *rest)
{
	struct scene scene = shell_scene(sh);
	struct str text = {0};
	u32 task;

	(void)rest;
	task = n > 1 ? shell_actor(sh, words[1]) : sh->selected;
	if (!task)
		return;
	sh->selected = task;
	str_add(&text, "Selected: ");
	words_task(&scene, task, &text);
	say_text(sh, text.s);
	str_finish(&text);
}

/* The last so many told events, in a ring. */
struct latest {
	char **lines;
	u64 n, max;
};

static void keep_latest(void *arg, u64 moment, u32 task, const char *text)
{
	struct latest *x = arg;
	struct str line = {0};
	char **slot = &x->lines[x->n++ % x->max];

	(void)task;
	str_addf(&line, "Event %llu. %s", (unsigned long long)moment, text);
	free(*slot);
	*slot = line.s;
}

void do_events(struct shell *sh, int n, char **words, const char *rest)
{
	u64 here = shell_event(sh), count = 10, window;
	struct latest x = {0};

	(void)rest;
	if (n > 1 && !shell_number(sh, words[1], &count))
		return;
	x.max = count < 1 ? 1 : count > 1000 ? 1000 : count;
	x.lines = xmalloc(x.max * sizeof *x.lines);
	/* Most events are not told: look ever further back until enough of them are found. */
	for (window = 8 * x.max + 64;; window *= 4) {
		x.n = 0;
		narrate_each(sh, here > window ? here - window : 0, here, false, keep_latest, &x);
		if (x.n >= x.max || window >= here)
			break;
	}
	for (u64 i = x.n > x.max ? x.n - x.max : 0; i < x.n; i++)
		say_text(sh, x.lines[i % x.max]);
	if (x.n == 0)
		say(sh, "Nothing has happened yet.\n");
	for (u64 i = 0; i < x.max; i++)
		free(x.lines[i]);
	free(x.lines);
}
