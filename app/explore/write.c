/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The failing schedule as a file, and its sentence. The program is run once more in the engine of the stage (stage.c): so
 * the file is the stage's own, with names and source lines. What the stage cannot do in that order is said in
 * the file, which then holds explore's choices alone. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "explore/private.h"
#include "session/lib.h"
#include "view/lib.h"

static const struct world *world_of(const struct writing *w)
{
	return timeline_now(session_timeline(w->session));
}

/* ---- the sentence ---- */

static const char *actor(const struct writing *w, const char *identity, char *buf)
{
	u32 task = w->session ? world_task_by_identity(world_of(w), identity) : 0;

	if (task)
		return world_task_name(world_of(w), task, buf);
	snprintf(buf, 24, "P%s", identity);
	return buf;
}

static void say_status(const struct writing *w, const char *identity, int status, struct str *out)
{
	char name[24];

	if (WIFSIGNALED(status))
		str_addf(out, "%s was ended by SIG%s", actor(w, identity, name),
			sigabbrev_np(WTERMSIG(status)));
	else
		str_addf(out, "%s ended with status %d", actor(w, identity, name),
			WEXITSTATUS(status));
}

static const char *session_name(void *s, u32 proc)
{
	return session_actor(s, proc);
}

/* Who waits, and for what. */
static void say_hang(struct writing *w, struct str *out)
{
	struct scene scene = {.world = NULL,
		.style = STYLE_SHORT,
		.actor = session_name,
		.actor_arg = w->session};
	u32 said = 0;

	str_add(out, "nobody can go on");
	if (!w->session)
		return;
	scene.world = world_of(w);
	scene.sources = session_sources(w->session);
	scene.alone = true;
	for (u32 t = 1; t < world_tasks(scene.world) && said < 3; t++) {
		struct str why = {0};

		words_why(&scene, t, &why);
		if (strstr(str_get(&why), ". ")) /* the first sentence */
			why.len = (size_t)(strstr(why.s, ". ") - why.s), why.s[why.len] = '\0';
		while (why.len && (why.s[why.len - 1] == '.' || why.s[why.len - 1] == '\n'))
			why.s[--why.len] = '\0';
		if (why.len)
			str_addf(out, "%s%s", said++ ? "; " : ": ", why.s);
		str_finish(&why);
	}
}

/* "P2 was held before store shm1+0 (race.c:10) while P3 went on" */
static void say_preemptions(const struct writing *w, const struct schedule *sched, struct str *out)
{
	const struct told *told = w->told;
	char name[24], other[24];

	for (u32 i = 1; i < told->n; i++) {
		const struct told_step *s = &told->step[i], *held = NULL;
		u32 next = i + 1;

		if (!s->preempts)
			continue;
		for (; next < told->n && !held; next++)
			if (strcmp(told->step[next].identity, s[-1].identity) == 0)
				held = &told->step[next];
		str_addf(out, "; %s was held", actor(w, s[-1].identity, name));
		if (held && stage_call(held))
			str_addf(out, " before %s", stage_call(held));
		if (held && held - told->step < w->followed &&
			w->choice[held - told->step] < sched->n) {
			const struct schedule_step *c = &sched->steps[w->choice[held - told->step]];

			str_addf(out, "%s%s%s%s%s", c->shown[0] ? " " : "", c->shown,
				c->at[0] ? " (" : "", c->at, c->at[0] ? ")" : "");
		}
		str_addf(out, " while %s went on", actor(w, s->identity, other));
	}
}

static void sentence(struct writing *w, const struct schedule *sched, struct explore_result *r)
{
	struct str out = {0};

	switch (r->verdict) {
	case EXPLORE_WRONG: say_status(w, "1", w->told->status, &out); break;
	case EXPLORE_CRASH: say_status(w, w->told->culprit, w->told->culprit_status, &out); break;
	case EXPLORE_HANG: say_hang(w, &out); break;
	case EXPLORE_INVARIANT: str_addf(&out, "%s does not hold", w->opt->invariant); break;
	default:
		str_addf(&out,
			"after %u steps it had not ended, and in other orders it does: it may "
			"never end",
			r->steps);
		break;
	}
	if (r->verdict != EXPLORE_ENDLESS)
		say_preemptions(w, sched, &out);
	str_add(&out, ".");
	snprintf(r->sentence, sizeof r->sentence, "%s", out.s);
	str_finish(&out);
}

/* ---- the file ---- */

static bool put(const char *path, bool overwrite, const struct str *text)
{
	struct str beside = {0};
	bool ok;
	int fd;

	str_addf(&beside, "%s.%d", path, (int)getpid());
	fd = open(beside.s, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	ok = fd >= 0 && write(fd, text->s, text->len) == (ssize_t)text->len;
	if (fd >= 0 && close(fd) < 0)
		ok = false;
	if (ok)
		ok = (overwrite ? rename(beside.s, path) : link(beside.s, path)) == 0;
	if (fd >= 0)
		unlink(beside.s);
	str_finish(&beside);
	return ok;
}

static char *command_of(const struct explore_options *opt)
{
	VEC(const char *) words = {0};
	struct str command = {0};

	for (char *const *word = opt->argv; *word; word++)
		*vec_push(&words) = *word;
	*vec_push(&words) = NULL;
	words.at[0] = opt->named ? opt->named : words.at[0];
	schedule_command(words.at, &command);
	free(words.at);
	return command.s;
}

static void file(struct writing *w, struct schedule *sched, struct explore_result *r)
{
	struct str text = {0}, settings = {0}, body = {0}, harmless = {0};
	const char *line;

	str_addf(&settings, "%sexplore %s %s\n", sched->settings ? sched->settings : "",
		explore_verdict_name(r->verdict), r->choices);
	if (r->verdict == EXPLORE_WRONG)
		str_addf(&settings, "status %d\n", WEXITSTATUS(w->told->status));
	if (w->opt->invariant)
		str_addf(&settings, "invariant %s\n", w->opt->invariant);
	free(sched->command);
	sched->command = command_of(w->opt);
	free(sched->settings);
	sched->settings = settings.s;
	str_add_harmless(&harmless, r->sentence);
	schedule_print(sched, &body);
	line = strchr(body.s, '\n');
	str_add_bytes(&text, body.s, (size_t)(line - body.s) + 1);
	str_addf(&text, "# found by ipclab explore: %s: %s\n", explore_verdict_name(r->verdict),
		str_get(&harmless));
	str_addf(&text, "# %u preemption%s%s\n", r->switches, r->switches == 1 ? "" : "s",
		r->fewest ? ", the fewest with which it fails" : "");
	if (!r->stage)
		str_add(&text, "# the stage cannot go on in this order: `ipclab replay --plain` "
			       "tells it all\n");
	str_add(&text, line + 1);
	r->written = put(w->opt->schedule, w->opt->overwrite, &text);
	str_finish(&text);
	str_finish(&body);
	str_finish(&harmless);
}

struct to_write {
	const struct explore_options *opt;
	struct told *told;
};

static void run_and_write(void *arg)
{
	const struct to_write *to = arg;
	struct writing *w = xmalloc(sizeof *w);
	struct explore_result *r = &to->told->result;
	struct schedule sched = {0};
	struct err ignored = {0};

	w->opt = to->opt;
	w->told = to->told;
	if (r->verdict != EXPLORE_ENDLESS)
		stage_run(w, r);
	if (w->session) {
		session_schedule(w->session, UINT64_MAX, &sched, &ignored);
	}
	sentence(w, &sched, r);
	if (w->opt->schedule && r->verdict != EXPLORE_ENDLESS)
		file(w, &sched, r);
	if (w->session)
		apart_remove(world_of(w), w->opt->cwd);
	session_end(w->session);
	schedule_finish(&sched);
	free(w);
}

void write_schedule(const struct explore_options *opt, struct told *told, struct explore_result *r)
{
	struct to_write to = {opt, told};

	told->result = *r;
	if (apart_do(run_and_write, &to))
		*r = told->result;
	if (!r->sentence[0])
		snprintf(r->sentence, sizeof r->sentence,
			"it could not be run once more to tell more.");
}
