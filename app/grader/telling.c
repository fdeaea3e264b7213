/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands behind a wrong output or status, as far as the recording knows: who wrote it, which call failed or was broken off, and what a signal means. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "grader/judging.h"

static void add_why(struct judging *j, const char *sentence)
{
	size_t n = strlen(j->f->why);

	snprintf(j->f->why + n, sizeof j->f->why - n, "%s%s", n ? "\n" : "", sentence);
}

/* What it runs, where that is another program than the learner's: "P2 (cat)". */
static void add_program(const struct judging *j, u32 task, struct str *out)
{
	const struct world *w = evidence_scene(j->ev)->world;
	const struct w_task *t = world_task(w, task);
	const struct w_proc *p = t ? world_proc(w, t->proc) : NULL;
	const char *path = p ? world_text(w, p->exec_path) : "", *base = strrchr(path, '/');
	u32 actor = evidence_actor(j->ev, task);

	base = base ? base + 1 : path;
	if (actor == UINT32_MAX || j->spec->s->actors.at[actor].kind != ACTOR_PROGRAM || !*base ||
		strncmp(base, j->spec->s->actors.at[actor].program, strlen(j->spec->s->actors.at[actor].program)) == 0)
		return;
	str_addf(out, " (%s)", base);
}

void tell_writer(struct judging *j, u32 actor, size_t at)
{
	struct str s = {0};
	u32 task, site;
	char who[24];
	size_t n;

	if (!evidence_writer(j->ev, actor, at, &task, &site))
		return;
	str_addf(&s, "That was written by %s", world_task_name(evidence_scene(j->ev)->world, task, who));
	n = s.len;
	add_program(j, task, &s);
	judging_at(j, site, &s);
	if (s.len == n && evidence_shared_output(j->ev, actor)) /* a line of nobody's: exit(3) writes what stdio has kept */
		str_add(&s, " as it ended: until then stdio kept what printf and putchar print");
	judging_place(j, site);
	if (s.len > n) { /* of one process alone it is nothing new */
		str_add(&s, ".");
		add_why(j, s.s);
	}
	str_finish(&s);
}

void tell_interrupted(struct judging *j)
{
	const struct interrupted *i = evidence_interrupted(j->ev);
	struct str s = {0};
	char who[24];

	if (!i || j->f->why[0])
		return;
	str_addf(&s, "A signal interrupted %s in %s", world_task_name(evidence_scene(j->ev)->world, i->task, who), call_name(i->call));
	if (i->fd >= 0)
		str_addf(&s, "(%d)", i->fd);
	judging_at(j, i->site, &s);
	str_add(&s, ": it came back with -1, errno EINTR, and was not made again.");
	judging_place(j, i->site);
	add_why(j, s.s);
	str_finish(&s);
}

void tell_failed(struct judging *j, u32 actor)
{
	const struct failed *f = evidence_failed(j->ev, actor);
	struct str s = {0};
	size_t n;
	char who[24];

	if (!f)
		return;
	str_addf(&s, "The last call of %s that failed is %s", world_task_name(evidence_scene(j->ev)->world, f->task, who), str_get(&f->call));
	n = s.len;
	judging_at(j, f->site, &s);
	if (s.len > n) { /* of the learner's own lines, not of the library's */
		str_addf(&s, ": %s, %s.", strerrorname_np(f->error) ? strerrorname_np(f->error) : "?", strerrordesc_np(f->error) ? strerrordesc_np(f->error) : "?");
		judging_place(j, f->site);
		add_why(j, s.s);
	}
	str_finish(&s);
}

void tell_signal(struct judging *j, int sig, u32 site)
{
	struct str s = {0};

	judging_at(j, site, &s);
	switch (sig) {
	case SIGPIPE: str_add(&s, ": what is written there nobody can read any more"); break;
	case SIGBUS: str_add(&s, ": that memory is mapped, but the file or object behind it is too short and has no bytes there"); break;
	case SIGSEGV: str_add(&s, ": nothing is mapped at that address, or what is mapped there may not be used so"); break;
	default: break;
	}
	if (s.len)
		str_add(&s, ".");
	if (s.len) {
		struct str all = {0};

		str_addf(&all, "SIG%s struck%s", sigabbrev_np(sig), s.s);
		add_why(j, all.s);
		str_finish(&all);
	}
	judging_place(j, site);
	str_finish(&s);
}
