/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checkpoints, looking back and forward, equality; and records that make no sense. */
#include <time.h>

#include <stdio.h>
#include <unistd.h>

#include "logbuild.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined __SANITIZE_ADDRESS__ || __has_feature(address_sanitizer)
enum { UNDER_ASAN = 1 };
#else
enum { UNDER_ASAN = 0 };
#endif

static u32 seed;

static u32 chance(u32 below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static void set_mode(u64 mode)
{
	lb_observe(0, OBS_MODE, mode, 0, 0, 0, 0);
}

/* A run of some processes around pipes, held in the middle of it. */
static void small_run(void)
{
	u32 w = lb_spawn(0, 0), r;

	set_mode(OBS_FREE);
	lb_pipe(w, 3, 4);
	r = lb_fork(w);
	lb_close(w, 3);
	lb_close(r, 4);
	lb_write(w, 4, 100, 100);
	set_mode(OBS_HELD);
	for (int i = 0; i < 100; i++) {
		lb_poised(w, CALL_write, 4, 0, 10, 0);
		lb_settled();
		lb_enter(w, CALL_write, 4, 0, 10, 0);
		lb_exit(w, CALL_write, 10);
		lb_read(r, 3, 5, 5);
		lb_settled();
	}
	set_mode(OBS_FREE);
	lb_read(r, 3, 1000, 600);
	lb_end(w, 0);
	lb_read(r, 3, 1000, 0);
	lb_end(r, 0);
	lb_agrees();
}

static const struct rec *record_at(size_t at)
{
	return (const struct rec *)(lb.bytes + at);
}

static void fold(struct world *w, size_t from, size_t to)
{
	for (; from < to; from += record_at(from)->len)
		world_apply(w, record_at(from), LOG_DATA + from);
}

/* What was built, as a log and a timeline over it. */
static struct timeline *as_timeline(struct log_reader **reader)
{
	struct err err = {0};
	struct log *log = log_create(NULL, false, &err);

	ck_assert_msg(log != NULL, "%s", err.text);
	for (size_t at = 0; at < lb.len; at += record_at(at)->len) {
		const struct rec *from = record_at(at);
		struct rec *r = log_begin(log, from->len - sizeof *r, &err);

		ck_assert_ptr_nonnull(r);
		r->kind = from->kind;
		r->call = from->call;
		r->task = from->task;
		r->site = from->site;
		r->flags = from->flags;
		memcpy(r + 1, from + 1, from->len - sizeof *r);
		log_commit(log, r);
	}
	*reader = log_reader_open_fd(dup(log_fd(log)), &err);
	ck_assert_msg(*reader != NULL, "%s", err.text);
	log_close(log);
	return timeline_create(*reader);
}

START_TEST(same_log_folds_to_the_same_bytes)
{
	struct world *again = world_create();

	small_run();
	fold(again, 0, lb.len);
	ck_assert(world_equal_bytes(lb.w, again));
	world_destroy(again);
}
END_TEST

START_TEST(one_record_more_is_another_world)
{
	struct world *again = world_create();

	small_run();
	fold(again, 0, lb.len);
	lb_spawn(0, 0);
	ck_assert(!world_equal_bytes(lb.w, again));
	world_destroy(again);
}
END_TEST

START_TEST(restore_and_forward_is_the_same_world)
{
	struct world *other = world_create();

	small_run();
	for (size_t at = 0, stop = 0; at < lb.len; stop++) {
		struct checkpoint *c;

		fold(other, at, at + record_at(at)->len);
		at += record_at(at)->len;
		if (stop % 37)
			continue;
		c = world_checkpoint(other);
		fold(other, at, lb.len);
		ck_assert(world_equal_bytes(lb.w, other));
		world_restore(other, c);
		checkpoint_destroy(c);
	}
	ck_assert(world_equal_bytes(lb.w, other));
	world_destroy(other);
}
END_TEST

START_TEST(seek_to_every_event_is_the_fold_of_so_many)
{
	struct log_reader *reader;
	struct world *straight = world_create();
	struct timeline *t;
	u64 events, pos;

	small_run();
	t = as_timeline(&reader);
	events = timeline_update(t);
	ck_assert_uint_eq(events, world_head(lb.w)->events);
	for (u64 e = 1; e <= events; e++) {
		const struct rec *r = timeline_event(t, e, &pos);

		ck_assert_ptr_nonnull(r);
		world_apply(straight, r, pos);
		ck_assert(timeline_seek_event(t, events - e));
		ck_assert(timeline_seek_event(t, e));
		ck_assert(world_equal_bytes(timeline_world(t), straight));
	}
	ck_assert(timeline_at_end(t));
	ck_assert(!timeline_seek_event(t, events + 1));
	ck_assert_ptr_null(timeline_event(t, events + 1, NULL));
	timeline_destroy(t);
	log_reader_close(reader);
	world_destroy(straight);
}
END_TEST

START_TEST(moments_cover_the_log_without_gaps)
{
	struct log_reader *reader;
	struct timeline *t;
	u64 first, last, end = 0;

	small_run();
	t = as_timeline(&reader);
	timeline_update(t);
	ck_assert_uint_gt(timeline_moments(t), 200);
	for (u64 m = 1; m <= timeline_moments(t); m++) {
		ck_assert(timeline_moment_events(t, m, &first, &last));
		ck_assert_uint_eq(first, end + 1);
		ck_assert_uint_ge(last, first);
		ck_assert(timeline_seek_moment(t, m));
		ck_assert_uint_eq(world_head(timeline_world(t))->moment, m);
		ck_assert_uint_eq(world_head(timeline_world(t))->events, last);
		end = last;
	}
	ck_assert(!timeline_seek_moment(t, timeline_moments(t) + 1));
	ck_assert(timeline_seek_moment(t, 0));
	ck_assert_uint_eq(world_head(timeline_world(t))->events, 0);
	timeline_destroy(t);
	log_reader_close(reader);
}
END_TEST

START_TEST(held_moment_ends_at_the_settled_point)
{
	u32 t = lb_spawn(0, 0);

	set_mode(OBS_HELD);
	ck_assert_uint_eq(world_head(lb.w)->moment, 1);
	lb_pipe(t, 3, 4);
	ck_assert_uint_eq(world_head(lb.w)->moment, 1);
	lb_settled();
	ck_assert_uint_eq(world_head(lb.w)->moment, 2);
	ck_assert_uint_eq(world_head(lb.w)->is_settled, 1);
}
END_TEST

/* ---- two runs ---- */

/* The same program under another schedule: who forks first, pids and inodes differ. */
static void run_ordered(bool first_child_first)
{
	u32 t = lb_spawn_pid(0, 0, first_child_first ? 50 : 60), a, b;

	lb.inos = first_child_first ? 10 : 99;
	lb_pipe(t, 3, 4);
	a = lb_fork(t);
	b = lb_fork(t);
	if (first_child_first) {
		lb_pipe(a, 5, 6);
		lb_pipe(b, 5, 6);
	} else {
		lb_pipe(b, 5, 6);
		lb_pipe(a, 5, 6);
	}
	lb_write(a, 6, 7, 7);
}

START_TEST(runs_are_compared_by_identity_not_by_name)
{
	struct world *first;
	struct str why = {0};

	run_ordered(true);
	first = lb.w;
	free(lb.bytes);
	lb_begin();
	run_ordered(false);
	ck_assert_msg(world_same(first, lb.w, &why), "%s", str_get(&why));
	ck_assert(!world_equal_bytes(first, lb.w));
	lb_write(3, 6, 1, 1);
	ck_assert(!world_same(first, lb.w, &why));
	ck_assert_ptr_nonnull(strstr(str_get(&why), "pipe"));
	str_finish(&why);
	world_destroy(first);
}
END_TEST

START_TEST(other_contents_are_another_world)
{
	struct world *first;

	u32 t = lb_spawn(0, 0);
	lb_pipe(t, 3, 4);
	lb_enter_hash(REC_ENTER, t, CALL_write, 4, 0, 5, 0, 111);
	lb_exit(t, CALL_write, 5);
	first = lb.w;
	free(lb.bytes);
	lb_begin();
	t = lb_spawn(0, 0);
	lb_pipe(t, 3, 4);
	lb_enter_hash(REC_ENTER, t, CALL_write, 4, 0, 5, 0, 222);
	lb_exit(t, CALL_write, 5);
	ck_assert(!world_same(first, lb.w, NULL));
	world_destroy(first);
}
END_TEST

/* ---- nonsense ---- */

START_TEST(exit_that_never_began_is_drift)
{
	u32 t = lb_spawn(0, 0);

	lb_exit(t, CALL_read, 1);
	lb_drifts(1);
}
END_TEST

START_TEST(task_that_was_never_born_is_drift)
{
	lb_exit(7, CALL_read, 1);
	lb_drifts(1);
	lb_record(REC_SPAWN, 0, 5, 0, sizeof(struct ev_spawn));
	lb_commit();
	lb_drifts(2);
}
END_TEST

START_TEST(short_body_is_drift_and_never_read)
{
	lb_record(REC_ENTER, CALL_read, 1, 0, 8);
	lb_commit();
	lb_drifts(1);
}
END_TEST

/* Any record with any figures, now and then a sensible one so that there is something to break. */
static void storm_record(void)
{
	static const u16 calls[] = {CALL_read, CALL_write, CALL_close, CALL_dup2, CALL_pipe2,
		CALL_splice, CALL_tee, CALL_fcntl, CALL_close_range, CALL_execve, CALL_wait4,
		CALL_vmsplice, CALL_unshare, CALL_dup, CALL_openat, CALL_ioctl};
	static const u64 sizes[] = {0, 1, 10, 4096, 5000, 70000, UINT64_MAX};
	u32 task = 1 + chance(lb.tasks + 1);
	u16 call = calls[chance(ARRAY_LEN(calls))];
	const struct w_task *t = world_task(lb.w, task);

	switch (chance(10)) {
	case 0:
	case 1:
	case 2:
		lb_enter(task, call, (i32)chance(8), (i32)chance(8), sizes[chance(7)],
			chance(4) ? chance(8) : 1031 - chance(3));
		break;
	case 3:
	case 4:
	case 5:
		if (t && t->op.open)
			call = t->op.call;
		lb_exit_flags(task, call, chance(9) == 0,
			chance(3) ? (i64)sizes[chance(6)] : -(i64)chance(40), (i32)chance(8),
			(i32)chance(8), chance(5), chance(2) ? 65536 : sizes[chance(6)]);
		break;
	case 6:
		lb_observe(chance(4) ? task : 0, 1 + chance(10),
			chance(2) ? chance(5) : chance(8) | 1ull << (32 + chance(2)),
			sizes[chance(7)], sizes[chance(7)], chance(4), chance(4));
		break;
	case 7:
		if (lb.tasks < 200)
			lb_spawn(chance(lb.tasks + 1), chance(8));
		lb.tasks = world_tasks(lb.w) - 1;
		break;
	case 8:
		if (chance(5) == 0)
			lb_end(task, 0);
		else if (chance(5) == 0)
			lb_thread_end(task);
		else if (chance(5) == 0)
			lb_exec(task, 1 + chance(lb.tasks + 1), "/bin/sh");
		break;
	default: lb_blocked(task, call);
	}
}

START_TEST(storm_keeps_every_invariant)
{
	for (u32 round = 1; round <= (UNDER_ASAN ? 40 : 150); round++) {
		struct world *again = world_create();

		seed = round;
		lb_end_all();
		lb_begin();
		lb_spawn(0, 0);
		for (int i = 0; i < 600; i++)
			storm_record(); /* lb_commit checks world_invariant */
		fold(again, 0, lb.len);
		ck_assert(world_equal_bytes(lb.w, again));
		ck_assert_uint_gt(lb_drift(), 0);
		world_destroy(again);
	}
}
END_TEST

START_TEST(storm_seen_by_readers_is_safe)
{
	struct w_end ends[4];
	struct why why;

	seed = 4711;
	lb_spawn(0, 0);
	for (int i = 0; i < 3000; i++) {
		storm_record();
		for (u32 t = 1; t < world_tasks(lb.w); t++) {
			world_why(lb.w, t, &why);
			world_outlook(lb.w, t);
			world_op_pipe(lb.w, t);
		}
		for (u32 p = 1; p < world_pipes(lb.w); p++)
			world_pipe_ends(lb.w, p, ACCESS_WRITE, ends, 4);
		ck_assert(world_same(lb.w, lb.w, NULL));
	}
}
END_TEST

/* ---- speed ---- */

/* A million events on one pipe, straight into a log. */
static struct timeline *million(struct log_reader **reader)
{
	size_t round;

	lb_spawn(0, 0);
	lb_pipe(1, 3, 4);
	lb_fork(1);
	round = lb.len;
	lb_write(1, 4, 64, 64);
	lb_read(2, 3, 64, 64);
	round = lb.len - round;
	lb.bytes = xrealloc(lb.bytes, lb.len + 250000 * round);
	for (int i = 0; i < 250000; i++, lb.len += round)
		memcpy(lb.bytes + lb.len, lb.bytes + lb.len - round, round);
	return as_timeline(reader);
}

/* CPU time of this thread: another process on this core must not count as slowness of ours. */
static u64 cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
}

START_TEST(any_of_a_million_events_is_reached_at_once)
{
	struct log_reader *reader;
	struct timeline *t = million(&reader);
	u64 begun = cpu_ns(), folded, worst = 0;
	u64 events = timeline_update(t);
	struct world *alone = world_create();

	folded = cpu_ns() - begun;
	begun = cpu_ns();
	fold(alone, 0, lb.len);
	printf("fold alone: %.0f ns an event\n", (double)(cpu_ns() - begun) / (double)events);
	world_destroy(alone);
	ck_assert_uint_gt(events, 1000000);
	ck_assert_uint_eq(world_head(timeline_now(t))->drift, 0);
	seed = 9;
	for (int i = 0; i < 300; i++) {
		u64 at = chance(1 << 10) * 1009 % events, took;

		begun = cpu_ns();
		ck_assert(timeline_seek_event(t, at));
		took = cpu_ns() - begun;
		worst = took > worst ? took : worst;
		ck_assert_uint_eq(world_head(timeline_world(t))->events, at);
	}
	printf("fold with log and checkpoints: %.0f ns an event; worst of 300 seeks: %.2f ms\n",
		(double)folded / (double)events, (double)worst / 1e6);
	if (!UNDER_ASAN)
		ck_assert_uint_lt(worst, 16000000);
	timeline_destroy(t);
	log_reader_close(reader);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		same_log_folds_to_the_same_bytes,
		one_record_more_is_another_world,
		restore_and_forward_is_the_same_world,
		seek_to_every_event_is_the_fold_of_so_many,
		moments_cover_the_log_without_gaps,
		held_moment_ends_at_the_settled_point,
		runs_are_compared_by_identity_not_by_name,
		other_contents_are_another_world,
		exit_that_never_began_is_drift,
		task_that_was_never_born_is_drift,
		short_body_is_drift_and_never_read,
		storm_keeps_every_invariant,
		storm_seen_by_readers_is_safe,
		any_of_a_million_events_is_reached_at_once,
		NULL,
	};

	return lb_main("world/timeline", tests);
}
