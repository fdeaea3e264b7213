/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session's choices, written as a schedule file, read again, made again on fresh processes; a branch. */
#include <stdlib.h>
#include <string.h>

#include "oracle/memory_oracle.h"

enum { CHOICES_MAX = 1500, SPINS_MAX = 20, LOOKS = 25, SECOND_US = 1000000 };

static const struct world *now(struct session *s)
{
	return timeline_now(session_timeline(s));
}

static struct session *start(const struct memory_files *f, struct str *trouble)
{
	char *argv[] = {
		(char *)f->target, (char *)f->script, (char *)f->report, (char *)f->name, NULL};
	struct session_live live = {.run = {.tracer = {.held = true,
						    .contents = true,
						    .sites = true,
						    .threads = f->threads},
					    .pin = true},
		.launch = {.argv = argv, .fds = {-1, -1, -1}},
		.terminal = true};
	struct err err = {0};
	struct session *s;

	memory_clean(f);
	s = session_start(&live, &err);
	if (!s)
		str_addf(trouble, "session_start: %s", err.text);
	return s;
}

/* At most n choices by chance; stops where those who can move only spin. */
static bool move(struct session *s, struct chance *chance, u32 n, u32 *made, struct str *trouble)
{
	struct err err = {0};

	*made = 0;
	for (int idle = 0; *made < n && idle < SPINS_MAX; ++*made) {
		const struct world *w = now(s);
		u32 can[64], m = 0, spinning = 0, task;

		for (u32 i = 1; i < world_tasks(w) && m < ARRAY_LEN(can); i++)
			if (schedule_can_step(w, i) || schedule_can_pass(w, i)) {
				spinning += world_task(w, i)->state == TASK_SPINNING;
				can[m++] = i;
			}
		if (!m)
			break;
		idle = spinning == m ? idle + 1 : 0;
		task = can[chance_below(chance, m)];
		if (!(schedule_can_step(w, task) ? session_step : session_pass)(s, task, &err)) {
			str_addf(trouble, "choice %u, task %u: %s", *made, task, err.text);
			return false;
		}
	}
	return true;
}

/* Schedule -> text -> schedule. */
static bool through_text(struct schedule *sched, struct str *trouble)
{
	struct str one = {0}, two = {0};
	struct err err = {0};
	bool ok;

	schedule_print(sched, &one);
	schedule_finish(sched);
	ok = schedule_parse(one.s, one.len, "run.sched", sched, &err);
	if (ok) {
		schedule_print(sched, &two);
		ok = strcmp(one.s, two.s) == 0;
	}
	if (!ok)
		str_addf(trouble, "the schedule is not read as it was written: %s", err.text);
	str_finish(&one);
	str_finish(&two);
	return ok;
}

/* The two runs were the same on the way, too. */
static bool same_on_the_way(struct session *a, struct session *b, struct str *trouble)
{
	struct timeline *ta = session_timeline(a), *tb = session_timeline(b);
	u64 n = timeline_moments(ta), every = n / LOOKS + 1;
	bool ok = n == timeline_moments(tb);

	if (!ok)
		str_addf(trouble, "%lu moments, then %lu", n, timeline_moments(tb));
	for (u64 m = 1; ok && m <= n; m += every) {
		timeline_seek_moment(ta, m);
		timeline_seek_moment(tb, m);
		ok = world_same(timeline_world(ta), timeline_world(tb), trouble);
		if (!ok)
			str_addf(trouble, " (at moment %lu of %lu)", m, n);
	}
	timeline_seek_end(ta);
	return ok;
}

static bool followed(struct session *first, const struct memory_files *f,
	const struct schedule *sched, u64 *us, struct str *trouble)
{
	const struct world *past = now(first);
	struct err err = {0};
	u64 began = clock_ns();
	struct session *s = start(f, trouble);
	u32 done = 0;
	bool ok = s && session_follow(s, sched, "run.sched", &done, &err);

	*us = (clock_ns() - began) / 1000;
	if (s && !ok)
		str_addf(trouble, "followed: %s", err.text);
	if (ok && !world_same(past, now(s), trouble)) {
		str_addf(trouble, " (after %u choices made again)", done);
		ok = false;
	}
	if (ok && *session_notes(s)) {
		str_addf(trouble, "followed, but: %s", session_notes(s));
		ok = false;
	}
	ok = ok && same_on_the_way(first, s, trouble);
	session_end(s);
	return ok;
}

static bool branched(struct session *s, u64 moment, u64 *us, struct str *trouble)
{
	struct timeline *t = session_timeline(s);
	struct checkpoint *kept;
	struct world *past = world_create();
	struct str path = {0};
	struct err err = {0};
	u64 began;
	bool ok;

	timeline_seek_moment(t, moment);
	kept = world_checkpoint(timeline_world(t));
	world_restore(past, kept);
	checkpoint_destroy(kept);
	began = clock_ns();
	ok = session_branch(s, moment, &path, &err);
	*us = (clock_ns() - began) / 1000;
	if (!ok)
		str_addf(trouble, "branch at moment %lu: %s", moment, err.text);
	if (ok && !world_same(past, now(s), trouble)) {
		str_addf(trouble, " (branched at moment %lu)", moment);
		ok = false;
	}
	if (path.s)
		remove(path.s);
	str_finish(&path);
	world_destroy(past);
	return ok;
}

bool memory_replayed(const struct memory_files *f, struct chance *chance, struct memory_counts *c,
	struct str *trouble)
{
	struct session *s = start(f, trouble);
	struct schedule sched = {0};
	struct err err = {0};
	u32 made = 0;
	u64 us, moments = 0;
	bool ok = s && move(s, chance, CHOICES_MAX, &made, trouble);

	if (ok) {
		moments = timeline_moments(session_timeline(s));
		ok = session_schedule(s, moments, &sched, &err) && sched.n == made;
		if (!ok)
			str_addf(trouble, "%u choices, %u written %s", made, sched.n, err.text);
	}
	ok = ok && through_text(&sched, trouble) && followed(s, f, &sched, &us, trouble);
	c->replays += ok;
	c->replayed_choices += ok ? made : 0;
	memory_clean(f);
	ok = ok && branched(s, 1 + chance_below(chance, (u32)moments), &us, trouble);
	c->branches += ok;
	session_end(s);
	schedule_finish(&sched);
	return ok;
}

bool memory_timed(
	const struct memory_files *f, u32 choices, struct memory_counts *c, struct str *trouble)
{
	struct session *s = start(f, trouble);
	struct schedule sched = {0};
	struct err err = {0};
	struct chance chance = {4711};
	u32 made = 0;
	u64 end = UINT64_MAX;
	bool ok = s && move(s, &chance, choices, &made, trouble) &&
		  session_schedule(s, end, &sched, &err) && through_text(&sched, trouble);

	if (ok && made < choices) {
		str_addf(trouble, "only %u choices could be made", made);
		ok = false;
	}
	/* Of three the fastest: others use the machine, too. */
	for (int i = 0; i < 3 && ok && (!i || c->replay_us > SECOND_US); i++)
		ok = followed(s, f, &sched, &c->replay_us, trouble);
	end = ok ? timeline_moments(session_timeline(s)) : 0;
	for (int i = 0; i < 3 && ok && (!i || c->branch_us > SECOND_US); i++)
		ok = branched(s, end, &c->branch_us, trouble);
	session_end(s);
	if (ok && (c->branch_us > SECOND_US || c->replay_us > SECOND_US)) {
		str_addf(trouble, "%u choices: branch %lu us, replay %lu us: more than a second",
			choices, c->branch_us, c->replay_us);
		ok = false;
	}
	schedule_finish(&sched);
	return ok;
}
