/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Schedules on real processes: what was chosen at random is written down, made again on fresh
 * processes, edited, refused where it does not fit, and branched from.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "session/private.h"

static unsigned checks, failures;
static char dir[] = "/tmp/ipclab-schedule-XXXXXX";

#define EXPECT(ok, ...)                                        \
	do {                                                   \
		checks++;                                      \
		if (!(ok)) {                                   \
			failures++;                            \
			printf("%s:%d: ", __func__, __LINE__); \
			printf(__VA_ARGS__);                   \
			printf("\n");                          \
		}                                              \
	} while (0)

struct program {
	const char *name, *args[3];
};

static const struct world *now(struct session *s)
{
	return timeline_now(session_timeline(s));
}

static u64 moment(struct session *s)
{
	return world_head(now(s))->moment;
}

static struct session *start(const struct program *p, struct err *err)
{
	char path[600];
	const char *build = getenv("IPCLAB_BUILD");
	char *argv[] = {path, (char *)p->args[0], (char *)p->args[1], NULL};

	if (p->name[0] == '/')
		snprintf(path, sizeof path, "%s", p->name);
	else
		snprintf(path, sizeof path, "%s/tests/live/targets/%s", build ? build : ".",
			p->name);
	return session_start(
		&(struct session_live){
			.run = {.tracer = {.held = true,
					.contents = true,
					.terminals = true,
					.sites = true},
				.pin = true},
			.launch = {.argv = argv, .fds = {-1, -1, -1}},
			.terminal = true,
		},
		err);
}

/* Makes up to n choices at random; returns how many could be made. */
static u32 move(struct session *s, u32 n, unsigned *seed, struct err *err)
{
	u32 done = 0;
	bool ended;

	for (unsigned idle = 0; done < n && idle < 50;) {
		const struct world *w = now(s);
		u32 can[64], m = 0, task;

		for (u32 i = 1; i < world_tasks(w) && m < ARRAY_LEN(can); i++)
			if (schedule_can_step(w, i) || schedule_can_pass(w, i))
				can[m++] = i;
		if (!m) {
			idle++;
			if (!session_wait(s, 10, &ended, err) || ended)
				break;
			continue;
		}
		idle = 0;
		task = can[(u32)rand_r(seed) % m];
		if (!(schedule_can_step(w, task) ? session_step : session_pass)(s, task, err))
			break;
		done++;
	}
	return done;
}

static bool same(const struct world *a, struct session *b, struct str *where)
{
	str_clear(where);
	return world_same(a, now(b), where);
}

/* Schedule -> text -> schedule -> text. */
static void through_text(struct schedule *sched)
{
	struct str one = {0}, two = {0};
	struct err err = {0};

	schedule_print(sched, &one);
	schedule_finish(sched);
	EXPECT(schedule_parse(one.s, one.len, "run.sched", sched, &err), "%s\n%s", err.text, one.s);
	schedule_print(sched, &two);
	EXPECT(strcmp(one.s, str_get(&two)) == 0, "printed otherwise:\n%s\n%s", one.s,
		str_get(&two));
	str_finish(&one);
	str_finish(&two);
}

static u64 since(u64 ns)
{
	return (clock_ns() - ns) / 1000;
}

/* ---- recorded and replayed ---- */

static void replays(const struct program *p, unsigned seed, u32 choices)
{
	struct err err = {0};
	struct session *a = start(p, &err), *b = start(p, &err);
	struct schedule sched = {0};
	struct str where = {0};
	u32 made, done = 0;

	EXPECT(a && b, "%s: %s", p->name, err.text);
	if (a && b) {
		made = move(a, choices, &seed, &err);
		EXPECT(!err.code && made > choices / 2, "%u choices: %s", made, err.text);
		EXPECT(session_schedule(a, moment(a), &sched, &err), "%s", err.text);
		EXPECT(sched.n == made, "%u choices, %u written", made, sched.n);
		through_text(&sched);
		EXPECT(session_follow(b, &sched, "run.sched", &done, &err), "%s %u: %s", p->name,
			seed, err.text);
		EXPECT(same(now(a), b, &where), "%s %u: after %u of %u: %s", p->name, seed, done,
			made, str_get(&where));
		EXPECT(!*session_notes(b), "%s", session_notes(b));
		schedule_finish(&sched);
	}
	str_finish(&where);
	session_end(a);
	session_end(b);
}

/* ---- edited by hand ---- */

static void edited(const struct program *p)
{
	struct err err = {0};
	struct session *a = start(p, &err), *b = start(p, &err), *c = start(p, &err);
	struct schedule sched = {0};
	struct str where = {0};
	unsigned seed = 5;
	u32 done = 0, made, line;
	u64 half;

	if (!a || !b || !c) {
		EXPECT(false, "%s", err.text);
		return;
	}
	move(a, 20, &seed, &err);
	half = moment(a);
	made = move(a, 20, &seed, &err);
	EXPECT(made == 20 && session_schedule(a, moment(a), &sched, &err), "%s", err.text);
	through_text(&sched);

	/* The second half cut off, and the calls of the first: who moves is what counts. */
	sched.n = 20;
	for (u32 i = 0; i < sched.n; i += 2)
		sched.steps[i].call[0] = sched.steps[i].object[0] = sched.steps[i].result[0] = '\0';
	through_text(&sched);
	EXPECT(session_follow(b, &sched, "run.sched", &done, &err) && done == 20, "%s", err.text);
	timeline_seek_moment(session_timeline(a), half);
	EXPECT(same(timeline_world(session_timeline(a)), b, &where), "%s", str_get(&where));

	/* A choice that cannot be: it stops there, says so, and can be gone on with. */
	snprintf(sched.steps[13].call, sizeof sched.steps[13].call, "sendfile");
	sched.steps[13].object[0] = sched.steps[13].shown[0] = '\0';
	line = sched.steps[13].line;
	EXPECT(!session_follow(c, &sched, "run.sched", &done, &err) && done == 13, "%u", done);
	EXPECT(err.code == EXIT_INPUT && strncmp(err.text, "run.sched:", 10) == 0 &&
			(u32)atoi(err.text + 10) == line &&
			strstr(err.text, " is to sendfile, but it is held before "),
		"'%s'", err.text);
	err = (struct err){0};
	EXPECT(move(c, 5, &seed, &err) == 5, "%s", err.text);
	schedule_finish(&sched);
	str_finish(&where);
	session_end(a);
	session_end(b);
	session_end(c);
}

/* What was noted as a result and is another now is said, and hinders nobody. */
static void differs(const struct program *p)
{
	struct err err = {0};
	struct session *a = start(p, &err), *b = start(p, &err);
	struct schedule sched = {0};
	unsigned seed = 7;
	u32 done, at = 0;

	if (!a || !b)
		return;
	move(a, 30, &seed, &err);
	EXPECT(session_schedule(a, moment(a), &sched, &err), "%s", err.text);
	while (at < sched.n && strcmp(sched.steps[at].call, "close") != 0)
		at++;
	EXPECT(at < sched.n, "no close");
	if (at < sched.n) {
		char expected[64];

		snprintf(sched.steps[at].result, sizeof sched.steps[at].result, "17");
		sched.steps[at].line = 99;
		EXPECT(session_follow(b, &sched, "x", &done, &err), "%s", err.text);
		snprintf(expected, sizeof expected, "line 99: the result was 17, now 0\n");
		EXPECT(strcmp(session_notes(b), expected) == 0, "'%s'", session_notes(b));
	}
	schedule_finish(&sched);
	session_end(a);
	session_end(b);
}

/* cat has answered: the line stands on its terminal twice, once as the echo. */
static void has_written(struct session *s, const char *text)
{
	struct err err = {0};
	const char *out = "", *first = NULL;
	size_t n, len = strlen(text) - 1;

	for (int i = 0; i < 200; i++) {
		out = session_output(s, &n);
		first = memmem(out, n, text, len);
		if (first && memmem(first + len, n - (size_t)(first + len - out), text, len))
			break;
		session_wait(s, 10, &(bool){false}, &err);
	}
	session_wait(s, 10, &(bool){false}, &err);
	EXPECT(first, "it wrote '%.*s'", (int)n, out);
}

/* What was typed is a choice like any other, and is typed again. */
static void typed(void)
{
	static const struct program cat = {"/bin/cat", {NULL}};
	static const char text[] = "a line that is longer than a record of the log holds\n";
	struct err err = {0};
	struct session *a = start(&cat, &err), *b = start(&cat, &err);
	struct schedule sched = {0};
	struct str where = {0};
	u32 done, at = 0;

	if (!a || !b) {
		EXPECT(false, "%s", err.text);
		return;
	}
	EXPECT(session_type(a, text, sizeof text - 1, &err), "%s", err.text);
	has_written(a, text);
	EXPECT(session_schedule(a, moment(a), &sched, &err), "%s", err.text);
	through_text(&sched);
	while (at < sched.n && sched.steps[at].kind != CHOSE_TYPE)
		at++;
	EXPECT(at + 1 == sched.n && sched.steps[at].typed_n == sizeof text - 1 &&
			memcmp(sched.steps[at].typed, text, sizeof text - 1) == 0,
		"choice %u of %u", at, sched.n);
	EXPECT(session_follow(b, &sched, "x", &done, &err) && !*session_notes(b), "%s%s", err.text,
		session_notes(b));
	has_written(b, text);
	EXPECT(same(now(a), b, &where), "%s", str_get(&where));
	schedule_finish(&sched);
	str_finish(&where);
	session_end(a);
	session_end(b);
}

/* ---- branch ---- */

static void branches(const struct program *p, u32 choices, u32 back)
{
	struct err err = {0};
	struct session *s = start(p, &err);
	struct timeline *t;
	struct str kept = {0}, where = {0};
	struct schedule sched = {0};
	unsigned seed = 11, other = 12;
	struct session *old;
	u64 events, all, us;

	if (!s) {
		EXPECT(false, "%s", err.text);
		return;
	}
	move(s, choices, &seed, &err);
	all = moment(s);
	events = timeline_events(session_timeline(s));
	us = clock_ns();
	EXPECT(session_branch(s, all - back, &kept, &err), "%s", err.text);
	printf("branch to choice %u and its keeping: %llu us\n", choices - back,
		(unsigned long long)since(us));
	t = session_timeline(s);
	EXPECT(session_is_live(s) && session_is_held(s) && timeline_at_end(t), "not live");
	EXPECT(!*session_notes(s), "%s", session_notes(s));
	old = session_open(str_get(&kept), &err);
	EXPECT(old && timeline_events(session_timeline(old)) == events, "the old run: %s",
		err.text);
	if (old) {
		timeline_seek_moment(session_timeline(old), all - back);
		EXPECT(same(timeline_world(session_timeline(old)), s, &where), "%s",
			str_get(&where));
		/* The recording knows what was run. */
		EXPECT(session_schedule(old, 5, &sched, &err) && sched.command &&
				strstr(sched.command, p->name) && strstr(sched.command, p->args[0]),
			"'%s'", sched.command);
		schedule_finish(&sched);
		EXPECT(!session_branch(old, 5, NULL, &err), "a recording was branched");
		err = (struct err){0};
		session_end(old);
	}
	EXPECT(move(s, back / 2, &other, &err) == back / 2, "%s", err.text);
	/* And from there once more. */
	EXPECT(session_branch(s, moment(s) - 3, NULL, &err), "%s", err.text);
	EXPECT(move(s, 3, &other, &err) == 3, "%s", err.text);
	str_finish(&kept);
	str_finish(&where);
	session_end(s);
}

static u32 files_in_kept(const char *except)
{
	char path[200];
	u32 n = 0;
	DIR *d;

	snprintf(path, sizeof path, "%s/ipclab/kept", dir);
	d = opendir(path);
	for (const struct dirent *e; d && (e = readdir(d));)
		n += e->d_name[0] != '.' && strcmp(e->d_name, except) != 0;
	if (d)
		closedir(d);
	return n;
}

/* Fifty are kept; the oldest go, and never one that has another name than it was given. */
static void keeps_fifty(const struct program *p)
{
	static const char own[] = "relay-the-one-that-hung.ipclog";
	struct err err = {0};
	struct session *s = start(p, &err);
	char path[300];
	struct str kept = {0};
	unsigned seed = 2;

	for (int i = 0; i < 60; i++) {
		snprintf(
			path, sizeof path, "%s/ipclab/kept/relay-20200101-0000%02d.ipclog", dir, i);
		fclose(fopen(path, "we"));
	}
	snprintf(path, sizeof path, "%s/ipclab/kept/%s", dir, own);
	fclose(fopen(path, "we"));
	EXPECT(s && move(s, 5, &seed, &err) == 5 && session_branch(s, moment(s) - 1, &kept, &err),
		"%s", err.text);
	EXPECT(access(path, F_OK) == 0, "%s is gone", own);
	EXPECT(files_in_kept(own) == 50, "%u are kept", files_in_kept(own));
	EXPECT(access(str_get(&kept), F_OK) == 0, "%s is gone", str_get(&kept));
	str_finish(&kept);
	session_end(s);
}

/* An engine that was killed is no reason to lose the run: its log is there, and a branch begins anew. */
static void branches_from_the_lost(const struct program *p)
{
	struct err err = {0};
	struct session *s = start(p, &err);
	unsigned seed = 9;
	u64 before;

	if (!s || move(s, 20, &seed, &err) != 20) {
		EXPECT(false, "%s", err.text);
		return;
	}
	before = moment(s);
	kill(s->engine, SIGKILL);
	EXPECT(!session_step(s, 1, &err) && !session_is_live(s), "the engine was not lost");
	err = (struct err){0};
	EXPECT(session_branch(s, before - 2, NULL, &err) && session_is_live(s), "%s", err.text);
	EXPECT(!*session_notes(s) && move(s, 5, &seed, &err) == 5, "%s%s", session_notes(s),
		err.text);
	session_end(s);
}

/* Free in between: there is nothing to repeat, and what there was is not lost. */
static void refuses_live(const struct program *p)
{
	struct err err = {0};
	struct session *s = start(p, &err);
	struct schedule sched;
	unsigned seed = 3;
	bool ended = false;
	u64 before;

	if (!s)
		return;
	move(s, 10, &seed, &err);
	before = moment(s);
	EXPECT(session_release(s, &err), "%s", err.text);
	for (int i = 0; i < 100 && !ended; i++)
		session_wait(s, 20, &ended, &err);
	EXPECT(!session_schedule(s, moment(s), &sched, &err) &&
			strstr(err.text, "was LIVE from event"),
		"'%s'", err.text);
	EXPECT(session_schedule(s, before, &sched, &err) && sched.n == 10, "%u", sched.n);
	schedule_finish(&sched);
	err = (struct err){0};
	EXPECT(!session_branch(s, moment(s), NULL, &err) &&
			timeline_events(session_timeline(s)) > 0,
		"'%s'", err.text);
	EXPECT(session_branch(s, before, NULL, &err) && session_is_live(s), "%s", err.text);
	EXPECT(move(s, 5, &seed, &err) == 5, "%s", err.text);
	session_end(s);
}

/* ---- how long it takes ---- */

static void is_quick(const struct program *p)
{
	struct err err = {0};
	struct session *a = start(p, &err), *b;
	struct schedule sched = {0};
	unsigned seed = 1;
	u32 made, done;
	u64 made_us, us = clock_ns();

	made = a ? move(a, 1000, &seed, &err) : 0;
	made_us = since(us);
	EXPECT(made == 1000, "%u: %s", made, err.text);
	us = clock_ns();
	EXPECT(a && session_schedule(a, moment(a), &sched, &err), "%s", err.text);
	printf("%u choices: made in %llu us, written down in %llu us\n", made,
		(unsigned long long)made_us, (unsigned long long)since(us));
	us = clock_ns();
	b = start(p, &err);
	EXPECT(b && session_follow(b, &sched, "x", &done, &err), "%s", err.text);
	us = since(us);
	printf("%u choices: started and followed in %llu us\n", made, (unsigned long long)us);
	/* 1 s is the aim on an idle machine; beside a compiler on two cores it may be three times that. */
	EXPECT(us <= 3000000, "too slow");
	session_end(b);
	us = clock_ns();
	EXPECT(a && session_branch(a, moment(a), NULL, &err), "%s", err.text);
	us = since(us);
	printf("%u choices: branched in %llu us\n", made, (unsigned long long)us);
	EXPECT(us <= 3000000, "too slow");
	schedule_finish(&sched);
	session_end(a);
}

/* Line by line through `put` of ring.c: no two stops of one process are at the same line, and the
 * accesses of one line are one step. */
static void by_line(const struct program *p)
{
	struct err err = {0};
	struct session *s = start(p, &err);
	u32 steps, most = 0, lines = 0;
	char before[64] = "";

	if (!s) {
		EXPECT(false, "%s", err.text);
		return;
	}
	for (int i = 0; i < 200 && world_tasks(now(s)) < 3; i++)
		session_step(s, 1, &err);
	while (lines < 20 && schedule_can_step(now(s), 2)) {
		const struct w_task *t;
		char at[64];

		EXPECT(session_step_line(s, 2, NULL, NULL, &steps, &err), "%s", err.text);
		most = steps > most ? steps : most;
		t = world_task(now(s), 2);
		sources_at(session_sources(s), t->op.site, false, at, sizeof at);
		EXPECT(t->state != TASK_POISED || (at[0] && strcmp(at, before) != 0),
			"'%s' after '%s'", at, before);
		snprintf(before, sizeof before, "%s", at);
		lines++;
	}
	/* A line of put has 2 to 4, the waiting one some more until it is known to spin. */
	EXPECT(most >= 3 && most <= 16, "at most %u operations a line in %u lines", most, lines);
	printf("at most %u operations a line\n", most);
	session_end(s);
}

/* The name that the first run made is out of the second one's way, and gone when both have ended. */
static void branches_with_a_name(void)
{
	char name[64], path[80];
	struct program p = {"ring", {"5", name}};
	struct err err = {0};
	struct session *s;
	unsigned seed = 4;

	snprintf(name, sizeof name, "/ipclab-test-%d", (int)getpid());
	snprintf(path, sizeof path, "/dev/shm%s", name);
	s = start(&p, &err);
	EXPECT(s && move(s, 60, &seed, &err) == 60, "%s", err.text);
	EXPECT(s && session_branch(s, moment(s) - 20, NULL, &err), "%s", err.text);
	EXPECT(s && !*session_notes(s), "%s", session_notes(s));
	EXPECT(access(path, F_OK) == 0, "the second run has no %s", path);
	EXPECT(s && move(s, 30, &seed, &err) == 30, "%s", err.text);
	/* Refused (nothing before the LIVE stretch is asked for): the first run keeps its name. */
	if (s && session_release(s, &err) && session_hold(s, &err))
		EXPECT(!session_branch(s, UINT64_MAX, NULL, &err) && session_is_live(s),
			"branched");
	session_end(s);
	unlink(path);
}

int main(void)
{
	static const struct program relay = {"relay", {"20"}}, long_relay = {"relay", {"400"}},
				    ring = {"ring", {"8"}},
				    others[] = {{"ends", {NULL}}, {"timeouts", {NULL}},
					    {"threads", {NULL}}};
	unsigned seeds = getenv("IPCLAB_SOAK") ? 100 : 20;
	char command[64];

	if (!mkdtemp(dir))
		return 99;
	setenv("XDG_STATE_HOME", dir, 1);
	for (unsigned seed = 1; seed <= seeds; seed++) {
		replays(&relay, seed, 100);
		replays(&ring, seed, 100);
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		replays(&others[i], 1, 20);
	edited(&relay);
	differs(&relay);
	typed();
	branches(&relay, 100, 50);
	branches(&ring, 100, 50);
	branches_with_a_name();
	branches_from_the_lost(&relay);
	refuses_live(&relay);
	by_line(&ring);
	is_quick(&long_relay);
	keeps_fifty(&relay);
	snprintf(command, sizeof command, "rm -rf %s", dir);
	if (system(command))
		printf("%s is left\n", dir);
	printf("Checks: %u, Failures: %u, Errors: 0\n", checks, failures);
	return failures > 0;
}
