/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "shell/guide.h"

static const char *actor_name(void *arg, u32 proc)
{
	return session_actor(arg, proc);
}

struct scene shell_scene(struct shell *sh)
{
	struct timeline *t = session_timeline(sh->session);

	return (struct scene){
		.world = timeline_world(t),
		.log = timeline_reader(t),
		.sources = session_sources(sh->session),
		.actor = actor_name,
		.actor_arg = sh->session,
		.style = STYLE_PLAIN,
		.typed = sh->typed,
	};
}

const struct world *shell_world(struct shell *sh)
{
	return timeline_world(session_timeline(sh->session));
}

u64 shell_event(struct shell *sh)
{
	return world_head(shell_world(sh))->events;
}

u64 shell_moment(struct shell *sh)
{
	return world_head(shell_world(sh))->moment;
}

bool shell_is_now(struct shell *sh)
{
	return session_is_live(sh->session) && timeline_at_end(session_timeline(sh->session));
}

static bool all_ended(const struct world *w)
{
	for (u32 i = 1; i < world_tasks(w); i++) {
		const struct w_task *t = world_task(w, i);

		if (t && t->state != TASK_GONE && t->state != TASK_ZOMBIE)
			return false;
	}
	return true;
}

void shell_position(struct shell *sh, struct str *out)
{
	struct timeline *t = session_timeline(sh->session);
	unsigned long long here = shell_moment(sh), all = timeline_moments(t);
	const char *state;

	if (!session_is_live(sh->session)) {
		str_addf(out, "Recorded, at event %llu of %llu.", here, all);
		return;
	}
	if (!timeline_at_end(t)) {
		str_addf(out, "Looking back, at event %llu of %llu.", here, all);
		return;
	}
	state = all_ended(shell_world(sh))     ? "Ended"
		: session_is_held(sh->session) ? "Held"
					       : "Live";
	str_addf(out, "%s, at event %llu.", state, here);
}

static void add_actors(const struct world *w, struct str *out)
{
	char name[24];
	u32 n = 0;

	for (u32 i = 1; i < world_tasks(w) && n < 20; i++) {
		const struct w_task *t = world_task(w, i);

		if (t && t->state != TASK_GONE)
			str_addf(out, "%s%s", n++ ? ", " : "", world_task_name(w, i, name));
	}
	if (n == 0)
		str_add(out, "nobody any more");
}

/* "consumer": the task of the process that the lab calls so. */
static u32 task_by_actor(struct shell *sh, const char *word)
{
	const struct world *w = shell_world(sh);

	for (u32 i = 1; i < world_tasks(w); i++) {
		const struct w_task *t = world_task(w, i);
		const char *actor = t && t->nth == 1 ? session_actor(sh->session, t->proc) : "";

		if (actor && actor[0] && strcasecmp(actor, word) == 0)
			return i;
	}
	return 0;
}

u32 shell_actor(struct shell *sh, const char *word)
{
	const struct world *w = shell_world(sh);
	u32 task = world_task_by_name(w, word);
	struct str who = {0}, typed = {0};

	if (!task)
		task = task_by_actor(sh, word);
	if (task)
		return task;
	add_actors(w, &who);
	str_add_escaped(&typed, word, strnlen(word, 40));
	complain(sh, "there is no %s here; who is here: %s", typed.s, who.s);
	str_finish(&typed);
	str_finish(&who);
	return 0;
}

bool shell_number(struct shell *sh, const char *word, u64 *n)
{
	char *end;
	struct str typed = {0};

	*n = strtoull(word, &end, 10);
	if (word[0] >= '0' && word[0] <= '9' && *end == '\0')
		return true;
	str_add_escaped(&typed, word, strnlen(word, 40));
	complain(sh, "%s is no number", typed.s);
	str_finish(&typed);
	return false;
}

void do_again(struct shell *sh, int n, char **words, const char *rest)
{
	(void)n, (void)words, (void)rest;
	if (sh->answer.len) {
		fwrite(sh->answer.s, 1, sh->answer.len, sh->options->out);
		fflush(sh->options->out);
	} else {
		say(sh, "Nothing was answered yet.\n");
	}
}

void do_quit(struct shell *sh, int n, char **words, const char *rest)
{
	(void)n, (void)words, (void)rest;
	sh->leaving = true;
}

/* What the lab says of its segments. */
static void say_memory(struct typed *typed, const struct guide *g)
{
	for (size_t i = 0; i < g->memory.n; i++) {
		const struct guide_memory *m = &g->memory.at[i];

		typed_say(typed, m->segment,
			&(struct ring_names){m->type, m->array, m->in, m->out, m->count, m->size});
	}
}

void shell_begin(struct shell *sh)
{
	struct session *session = sh->session;
	struct timeline *t = session_timeline(session);

	typed_destroy(sh->typed); /* what was known of another program's memory */
	sh->typed = typed_create();
	if (sh->options->lab)
		say_memory(sh->typed, sh->options->lab->lab->guide);
	sh->last_moved = 0;
	sh->selected = 1;
	sh->changes_from = 0;
	/* A recording is opened at its first event: stepping goes forward through it. */
	if (!session_is_live(session) && timeline_moments(t) > 0)
		timeline_seek_moment(t, 1);
}

static bool confirmed(struct shell *sh)
{
	char *line;
	bool yes;

	if (!sh->options->interactive)
		return true;
	say(sh, "These processes end, and fresh ones begin. Type yes to do so.\n");
	line = input_line(sh->input, "yes or no> ");
	yes = line && (strcasecmp(line, "yes") == 0 || strcasecmp(line, "y") == 0);
	free(line);
	return yes;
}

void do_restart(struct shell *sh, int n, char **words, const char *rest)
{
	struct session *fresh;
	struct err err = {0};

	(void)n, (void)words, (void)rest;
	if (!sh->options->restart && !sh->guide) {
		say(sh, "This is a recording: it cannot be restarted. first goes to its begin.\n");
		return;
	}
	if (!confirmed(sh)) {
		say(sh, "Nothing is changed.\n");
		return;
	}
	if (sh->guide) {
		guide_restart(sh);
		return;
	}
	/* The new one first: when it cannot be had, what was there is not lost. */
	fresh = sh->options->restart(sh->options->restart_arg, &err);
	if (!fresh) {
		say_error(sh, &err);
		return;
	}
	session_end(sh->session);
	sh->session = fresh;
	shell_begin(sh);
	say(sh, "Begun anew, with fresh processes.\n");
	do_look(sh, 1, NULL, "");
}

static void unknown_command(struct shell *sh, const char *word)
{
	const char *names[STEER_COUNT];
	struct str near = {0}, typed = {0};

	steer_names(STEER_PLAIN, names);
	str_add_escaped(&typed, word, strnlen(word, 40));
	if (lines_nearest(word, names, &near))
		complain(sh, "there is no command %s; nearest: %s", typed.s, near.s);
	else
		complain(sh, "there is no command %s; help lists them", typed.s);
	str_finish(&near);
	str_finish(&typed);
}

#define WORDS_MAX 8

static int split(char *line, char **words)
{
	char *save = NULL;
	int n = 0;

	for (char *w = strtok_r(line, " \t\r", &save); w && n < WORDS_MAX;
		w = strtok_r(NULL, " \t\r", &save))
		words[n++] = w;
	words[n] = NULL;
	return n;
}

/* A command that moved processes, as the guide knows it: "step P1 3", "all". */
static void tell_guide(struct shell *sh, enum steer_id id, int n, char **words)
{
	struct str command = {0};
	char name[24];

	str_add(&command, steer_table[id].name);
	if (id == STEER_line)
		str_addf(&command, " %s", world_task_name(shell_world(sh), sh->last_moved, name));
	else if (id == STEER_step)
		str_addf(&command, " %s%s%s",
			world_task_name(shell_world(sh), sh->last_moved, name), n > 2 ? " " : "",
			n > 2 ? words[2] : "");
	else if (id == STEER_pass || id == STEER_signal)
		for (int i = 1; i < n; i++)
			str_addf(&command, " %s", words[i]);
	guide_moved(sh, str_get(&command));
	str_finish(&command);
}

static void run_line(struct shell *sh, const char *line)
{
	const char *rest = line + strcspn(line, " \t\r");
	char *words[WORDS_MAX + 1];
	char *copy = xstrdup(line);
	int n = split(copy, words);
	enum steer_id id = steer_find(words[0], strlen(words[0]), STEER_PLAIN);
	const struct steer *c = &steer_table[id];
	u64 from = timeline_events(session_timeline(sh->session));
	bool now = shell_is_now(sh);

	rest += strspn(rest, " \t");
	if (id && id != STEER_again)
		str_clear(&sh->answer);
	if (id && guide_until(sh, id, line)) {
		free(copy);
		return;
	}
	if (!id)
		unknown_command(sh, words[0]);
	else if (c->max >= 0 && n - 1 > c->max)
		complain(sh, "too many words: %s%s%s", c->name, c->args[0] ? " " : "", c->args);
	else if (!guide_forbids(sh, id, line))
		shell_action_of(id)(sh, n, words, rest);
	if (id && sh->guide && now && shell_moves(id) &&
		timeline_events(session_timeline(sh->session)) > from)
		tell_guide(sh, id, n, words);
	free(copy);
}

static void loop(struct shell *sh)
{
	while (!sh->leaving) {
		char *line = input_line(sh->input, guide_asks(sh) ? "answer> " : "ipclab> ");
		const char *text;

		if (!line) {
			if (sh->options->interactive)
				fputc('\n', sh->options->out);
			return;
		}
		sh->line++;
		text = line + strspn(line, " \t\r:"); /* on the screen a command begins with a colon */
		if (text[0] && text[0] != '#') {
			input_remember(sh->input, text);
			if (!guide_takes(sh, text))
				run_line(sh, text);
		} else if (!text[0] && guide_speaks(sh)) {
			guide_enter(sh);
		}
		free(line);
	}
}

void shell_run(struct session *session, const struct shell_options *options, int *status)
{
	struct shell sh = {.options = options, .session = session, .status = EXIT_DONE};

	shell_begin(&sh);
	sh.input = input_create(&sh, options->interactive);
	if (options->interactive) {
		if (options->greeting)
			say_text(&sh, options->greeting);
		do_look(&sh, 1, NULL, "");
	}
	loop(&sh);
	input_destroy(sh.input);
	session_end(sh.session);
	free(sh.touched.at);
	typed_destroy(sh.typed);
	str_finish(&sh.answer);
	*status = sh.status;
}

bool shell_run_lab(const struct shell_options *options, int *status, struct err *err)
{
	struct shell sh = {.options = options, .status = EXIT_DONE};
	bool ok;

	sh.input = input_create(&sh, options->interactive);
	ok = guide_open(&sh, err);
	if (ok && options->interactive && options->greeting)
		say_text(&sh, options->greeting);
	if (ok && guide_speaks(&sh))
		guide_say_first(&sh);
	if (ok)
		loop(&sh);
	guide_close(&sh);
	input_destroy(sh.input);
	session_end(sh.session);
	free(sh.touched.at);
	str_finish(&sh.answer);
	*status = sh.status;
	return ok;
}
