/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of guides: a guide_host without processes, that plays a small program by heart; and a
 * main for a test file. */
#ifndef GUIDE_SIM_H
#define GUIDE_SIM_H

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guide/lib.h"

/* ---- a host that plays by heart ---- */
/* P1: pipe, write of 5 bytes (3 with the argument "short"), read of 5, end. With "block" P1 reads
 * first, and blocks; with "fail" its write fails. "two" bears P2 after the pipe; P2 closes fd 4 and ends. */
struct sim {
	struct log *log;
	struct log_reader *reader;
	struct timeline *timeline;
	const char *change;
	u32 at[3]; /* next action, by task */
	unsigned asides;
};

static inline void *emit(struct sim *s, u16 kind, u16 call, u32 task, size_t body, struct rec **r)
{
	struct err err = {0};

	*r = log_begin(s->log, body, &err);
	ck_assert_ptr_nonnull(*r);
	(*r)->kind = kind;
	(*r)->call = call;
	(*r)->task = task;
	(*r)->site = 0;
	(*r)->flags = 0;
	memset(*r + 1, 0, body);
	return *r + 1;
}

static inline void emit_enter(
	struct sim *s, u16 kind, u32 task, u16 call, i32 fd, u64 size, const char *text)
{
	struct rec *r;
	size_t n = text ? strlen(text) : 0;
	struct ev_enter *e = emit(s, kind, call, task, sizeof *e + n, &r);

	e->fd = fd;
	e->fd2 = -1;
	e->size = size;
	e->held = (u32)n;
	if (n)
		memcpy(e->contents, text, n);
	log_commit(s->log, r);
}

static inline void emit_exit(struct sim *s, u32 task, u16 call, i64 ret)
{
	struct rec *r;
	struct ev_exit *e = emit(s, REC_EXIT, call, task, sizeof *e, &r);

	e->ret = ret;
	e->fd = call == CALL_pipe2 ? 3 : -1;
	e->fd2 = call == CALL_pipe2 ? 4 : -1;
	e->arg = 77;
	e->arg2 = 65536;
	log_commit(s->log, r);
}

static inline void emit_observe(struct sim *s, u32 task, u32 what, u64 a, u64 b)
{
	struct rec *r;
	struct ev_observe *e = emit(s, REC_OBSERVE, 0, task, sizeof *e, &r);

	e->what = what;
	e->a = a;
	e->b = b;
	log_commit(s->log, r);
}

static inline void emit_spawn(struct sim *s, u32 task, u32 creator)
{
	struct rec *r;
	struct ev_spawn *e = emit(s, REC_SPAWN, 0, task, sizeof *e, &r);

	e->creator = creator;
	e->pid = e->tid = 100 + (i32)task;
	log_commit(s->log, r);
}

static inline void emit_end(struct sim *s, u32 task, i32 status)
{
	struct rec *r;
	struct ev_end *e = emit(s, REC_END, 0, task, sizeof *e, &r);

	e->status = status;
	r->flags = EVF_LAST;
	log_commit(s->log, r);
}

static inline bool changed(const struct sim *s, const char *what)
{
	return strcmp(s->change, what) == 0;
}

static inline void settle(struct sim *s)
{
	emit_observe(s, 0, OBS_SETTLED, 1, 0);
	timeline_update(s->timeline);
}

static inline void poise(struct sim *s, u32 task, u16 call, i32 fd, u64 size)
{
	emit_enter(s, REC_POISED, task, call, fd, size, NULL);
}

static inline void sim_close(struct sim *s)
{
	timeline_destroy(s->timeline);
	log_reader_close(s->reader);
	log_close(s->log);
	s->timeline = NULL;
	s->reader = NULL;
	s->log = NULL;
}

static inline bool sim_start(
	void *arg, const struct guide_program *p, char *const *args, struct err *err)
{
	struct sim *s = arg;

	(void)p;
	sim_close(s);
	s->log = log_create(NULL, false, err);
	ck_assert_ptr_nonnull(s->log);
	s->reader = log_reader_open_fd(dup(log_fd(s->log)), err);
	ck_assert_msg(s->reader != NULL, "%s", err->text);
	s->timeline = timeline_create(s->reader);
	s->change = args[0] ? args[0] : "";
	s->at[1] = s->at[2] = 0;
	emit_observe(s, 0, OBS_MODE, OBS_HELD, 0);
	emit_spawn(s, 1, 0);
	poise(s, 1, CALL_pipe2, -1, 0);
	settle(s);
	return true;
}

static inline void sim_call(
	struct sim *s, u32 task, u16 call, i32 fd, u64 size, const char *text, i64 ret)
{
	emit_enter(s, REC_ENTER, task, call, fd, size, text);
	emit_exit(s, task, call, ret);
}

static inline void step_parent(struct sim *s)
{
	i64 n = changed(s, "short") ? 3 : 5;

	switch (s->at[1]++) {
	case 0:
		sim_call(s, 1, CALL_pipe2, -1, 0, NULL, 0);
		if (changed(s, "two")) {
			emit_enter(s, REC_ENTER, 1, CALL_fork, -1, 0, NULL);
			emit_spawn(s, 2, 1);
			emit_exit(s, 1, CALL_fork, 102);
			poise(s, 2, CALL_close, 4, 0);
		}
		poise(s, 1, changed(s, "block") ? CALL_read : CALL_write,
			changed(s, "block") ? 3 : 4, 5);
		break;
	case 1:
		if (changed(s, "block")) {
			emit_enter(s, REC_ENTER, 1, CALL_read, 3, 5, NULL);
			emit_observe(s, 1, OBS_STATE, OBS_BLOCKED, CALL_read);
			break;
		}
		if (changed(s, "fail"))
			sim_call(s, 1, CALL_write, 3, 5, NULL, -EBADF);
		else
			sim_call(s, 1, CALL_write, 4, (u64)n, n == 3 ? "hel" : "hello", n);
		poise(s, 1, CALL_read, 3, 5);
		break;
	case 2:
		sim_call(s, 1, CALL_read, 3, 5, NULL, n);
		sim_call(s, 1, CALL_write, 1, 6, "first\n", 6);
		sim_call(s, 1, CALL_write, 1, 5, "done\n", 5);
		poise(s, 1, CALL_exit_group, 0, 0);
		break;
	default:
		emit_enter(s, REC_ENTER, 1, CALL_exit_group, 0, 0, NULL);
		emit_end(s, 1, 0);
		break;
	}
}

static inline bool sim_step(void *arg, u32 task, struct err *err)
{
	struct sim *s = arg;

	(void)err;
	if (task == 1) {
		step_parent(s);
	} else if (s->at[2]++ == 0) {
		sim_call(s, 2, CALL_close, 4, 0, NULL, 0);
		poise(s, 2, CALL_exit_group, 0, 0);
	} else {
		emit_enter(s, REC_ENTER, 2, CALL_exit_group, 0, 0, NULL);
		emit_end(s, 2, SIGKILL);
	}
	settle(s);
	return true;
}

static inline bool sim_refuse(void *arg, u32 task, struct err *err)
{
	(void)arg, (void)task;
	return err_set(err, EXIT_USAGE, "refused");
}

static inline bool sim_signal(void *arg, u32 task, int sig, struct err *err)
{
	(void)sig;
	return sim_refuse(arg, task, err);
}

static inline struct timeline *sim_timeline(void *arg)
{
	return ((struct sim *)arg)->timeline;
}

static inline bool sim_aside(void *arg, struct guide_host *out, struct err *err);

static inline void sim_aside_end(struct guide_host *h)
{
	sim_close(h->arg);
	free(h->arg);
}

static inline struct guide_host sim_host(struct sim *s)
{
	return (struct guide_host){
		.arg = s,
		.start = sim_start,
		.step = sim_step,
		.pass = sim_refuse,
		.signal = sim_signal,
		.timeline = sim_timeline,
		.aside = sim_aside,
		.aside_end = sim_aside_end,
	};
}

static inline bool sim_aside(void *arg, struct guide_host *out, struct err *err)
{
	(void)err;
	((struct sim *)arg)->asides++;
	*out = sim_host(xmalloc(sizeof(struct sim)));
	return true;
}

static struct sim sim;
static struct guide_host host;
static struct err err;

static inline void begin(void)
{
	memset(&sim, 0, sizeof sim);
	host = sim_host(&sim);
}

static inline void end(void)
{
	sim_close(&sim);
}

static inline void run_to(const char *change, u32 steps1, u32 steps2)
{
	char *args[] = {(char *)change, NULL};

	ck_assert(sim_start(&sim, NULL, args, &err));
	while (steps1--)
		sim_step(&sim, 1, &err);
	while (steps2--)
		sim_step(&sim, 2, &err);
}

static inline bool holds_since(const char *text, u64 since)
{
	struct cond *c = cond_parse("test", (struct guide_mark){1, 1}, text, &err);
	struct cond_view v = {
		timeline_now(sim.timeline), sim.timeline, since, timeline_events(sim.timeline), NULL, NULL};
	bool holds;

	ck_assert_msg(c != NULL, "%s", err.text);
	holds = cond_holds(c, &v);
	cond_destroy(c);
	return holds;
}

#define ck_holds(text)     ck_assert_msg(holds_since(text, 0), "should hold: %s", text)
#define ck_holds_not(text) ck_assert_msg(!holds_since(text, 0), "should not hold: %s", text)

/* ---- guides ---- */
#define FRONT                                                                                   \
	"---\ntitle: A lab\nminutes: 5\nprograms:\n  - name: prog\n  - name: other\n    args: " \
	"[block]\nactors: {P1: actor}\n---\n"
#define FRONT_LINES 9

/* One step around `body`, whose first line is line 12. */
static inline struct guide *parse_step(const char *body)
{
	struct str s = {0};
	struct guide *g;

	str_addf(&s, FRONT "\n## A step\n%s", body);
	err = (struct err){0};
	g = guide_parse("lab.md", str_get(&s), s.len, &err);
	str_finish(&s);
	return g;
}

/* A suite of one case in which `fill` puts the tests. */
static inline int sim_main(const char *name, void (*fill)(TCase *))
{
	Suite *s = suite_create(name);
	TCase *c = tcase_create(name);
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(c, begin, end);
	tcase_set_timeout(c, 120);
	fill(c);
	suite_add_tcase(s, c);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
