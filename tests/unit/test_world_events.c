/* SPDX-License-Identifier: GPL-3.0-or-later */
/* eventfd, poll and epoll, file locks, signals, timers, waits for children: what explains a result, and what does not. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/file.h>

#include "logbuild.h"

static u32 a, b;

static void two(void)
{
	a = lb_spawn(0, 0);
	b = lb_fork(a);
}

/* ---- eventfd, poll, epoll ---- */

static void eventfd_of(u64 value, u64 flags)
{
	a = lb_spawn(0, 0);
	lb_enter(a, CALL_eventfd2, -1, -1, value, flags);
	lb_exit_flags(a, CALL_eventfd2, 0, 3, 3, -1, 1, 0);
	b = lb_fork(a);
}

static void took(u32 task, u64 value)
{
	lb_enter(task, CALL_read, 3, -1, 8, 0);
	lb_exit_flags(task, CALL_read, 0, 8, 0, 0, value, 0);
}

START_TEST(eventfd_gives_all_of_it)
{
	eventfd_of(2, 0);
	lb_call(b, CALL_write, 3, -1, 8, 3, 8);
	took(a, 5);
	lb_agrees();
	lb_observe(0, OBS_COUNTER, 1, 0, 0, 0, 0);
	lb_agrees();
	lb_call(b, CALL_write, 3, -1, 8, 3, 8);
	took(a, 2); /* not all */
	lb_drifts(1);
}
END_TEST

START_TEST(eventfd_read_before_the_exit_of_its_write)
{
	eventfd_of(0, 0);
	lb_enter(b, CALL_write, 3, -1, 8, 3);
	took(a, 3);
	lb_exit(b, CALL_write, 8);
	lb_agrees();
	lb_observe(0, OBS_COUNTER, 1, 0, 1, 0, 0);
	lb_drifts(1);
}
END_TEST

START_TEST(eventfd_is_taken_where_there_is_nowhere_to_put_it)
{
	eventfd_of(17, 0);
	lb_call(a, CALL_read, 3, -1, 8, 0, -EFAULT);
	lb_observe(0, OBS_COUNTER, 1, 0, 0, 0, 0);
	lb_agrees();
	lb_call(b, CALL_write, 3, -1, 8, 3, 8);
	took(a, 2);
	lb_drifts(1);
}
END_TEST

START_TEST(eventfd_blocks_at_0_and_at_most)
{
	struct why why;

	eventfd_of(0, 0);
	lb_poised(a, CALL_read, 3, -1, 8, 0);
	ck_assert_int_eq(world_outlook(lb.w, a), OUTLOOK_BLOCKS);
	lb_enter(a, CALL_read, 3, -1, 8, 0);
	lb_blocked(a, CALL_read);
	lb_settled();
	ck_assert(world_why(lb.w, a, &why));
	ck_assert_int_eq(why.reason, WHY_COUNTER);
	ck_assert_uint_eq(why.wakers_n, 2);
	ck_assert_uint_eq(why.cycle_n, 0);
	lb_end(b, 0);
	ck_assert(world_why(lb.w, a, &why));
	ck_assert_uint_eq(why.cycle_n, 1); /* itself alone: for ever */
}
END_TEST

static void poll_of(u32 task, i32 fd, short events)
{
	struct ev_enter *ev = lb_record(REC_ENTER, CALL_poll, task, 0, sizeof *ev + sizeof(struct pollfd));
	struct pollfd p = {fd, events, 0};

	ev->fd = ev->fd2 = -1;
	ev->size = 1;
	ev->arg = TIME_NONE;
	ev->held = sizeof p;
	memcpy(ev->contents, &p, sizeof p);
	lb_commit();
}

START_TEST(poll_of_the_wrong_end_hangs)
{
	struct why why;

	a = lb_spawn(0, 0);
	lb_pipe(a, 3, 4);
	poll_of(a, 4, POLLIN);
	ck_assert_int_eq(world_outlook(lb.w, a), OUTLOOK_BLOCKS);
	lb_blocked(a, CALL_poll);
	lb_settled();
	lb_agrees();
	ck_assert(world_why(lb.w, a, &why));
	ck_assert_int_eq(why.reason, WHY_SEVERAL);
	ck_assert_uint_eq(why.cycle_n, 1);
}
END_TEST

START_TEST(poll_that_sleeps_beside_bytes)
{
	a = lb_spawn(0, 0);
	lb_pipe(a, 3, 4);
	lb_write(a, 4, 1, 1);
	poll_of(a, 3, POLLIN);
	lb_blocked(a, CALL_poll);
	lb_settled();
	lb_drifts(1);
}
END_TEST

START_TEST(epoll_knows_its_watches)
{
	eventfd_of(0, 0);
	lb_enter(a, CALL_epoll_create1, -1, -1, 0, 0);
	lb_exit_flags(a, CALL_epoll_create1, 0, 4, 4, -1, 2, 0);
	lb_call(a, CALL_epoll_ctl, 4, 3, EPOLLIN, EPOLL_CTL_ADD, 0);
	lb_call(a, CALL_epoll_ctl, 4, 3, EPOLLIN, EPOLL_CTL_ADD, -EEXIST);
	lb_agrees();
	lb_poised(a, CALL_epoll_wait, 4, -1, 1, TIME_NONE);
	ck_assert_int_eq(world_outlook(lb.w, a), OUTLOOK_BLOCKS);
	lb_call(b, CALL_write, 3, -1, 8, 1, 8);
	ck_assert_int_eq(world_outlook(lb.w, a), OUTLOOK_GOES);
	lb_call(a, CALL_epoll_ctl, 4, 3, 0, EPOLL_CTL_DEL, 0);
	lb_call(a, CALL_epoll_ctl, 4, 3, EPOLLIN, EPOLL_CTL_ADD, -EEXIST);
	lb_drifts(1);
}
END_TEST

/* ---- locks ---- */

static void locked_by(u32 task, i32 fd, u64 how, i64 ret)
{
	lb_call(task, CALL_flock, fd, -1, 0, how, ret);
}

static void two_openers(void)
{
	two();
	lb_observe(a, OBS_FD, 3 | 3ull << 32 | 1ull << 48, 1, 9ull << 32, 0, 12);
	lb_observe(b, OBS_FD, 3 | 3ull << 32 | 1ull << 48, 2, 9ull << 32, 0, 12);
}

START_TEST(flock_excludes)
{
	two_openers();
	locked_by(a, 3, LOCK_EX, 0);
	locked_by(b, 3, LOCK_EX | LOCK_NB, -EAGAIN);
	lb_agrees();
	lb_observe(0, OBS_LOCK, 9, 0, 1, 0, 0);
	lb_agrees();
	locked_by(b, 3, LOCK_SH | LOCK_NB, 0);
	lb_settled(); /* the owner lives */
	lb_drifts(1);
}
END_TEST

START_TEST(closing_the_last_descriptor_unlocks)
{
	struct why why;

	two_openers();
	locked_by(a, 3, LOCK_EX, 0);
	lb_enter(b, CALL_flock, 3, -1, 0, LOCK_EX);
	lb_blocked(b, CALL_flock);
	lb_settled();
	ck_assert(world_why(lb.w, b, &why));
	ck_assert_int_eq(why.reason, WHY_LOCK);
	ck_assert_uint_eq(why.wakers_n, 1);
	ck_assert_uint_eq(why.wakers[0].proc, world_task(lb.w, a)->proc);
	lb_close(a, 3);
	lb_exit(b, CALL_flock, 0);
	lb_agrees();
	lb_observe(0, OBS_LOCK, 9, 0, 1, 0, 0);
	lb_agrees();
	lb_observe(0, OBS_LOCK, 9, 0, 0, 0, 0);
	lb_drifts(1);
}
END_TEST

static void posix(u32 task, u64 cmd, short type, i64 start, i64 end, i64 ret)
{
	struct ev_enter *ev = lb_record(REC_ENTER, CALL_fcntl, task, 0, sizeof *ev + 16);

	ev->fd = 3;
	ev->fd2 = -1;
	ev->arg = cmd;
	ev->size = (u16)type;
	ev->held = 16;
	memcpy(ev->contents, &start, 8);
	memcpy(ev->contents + 8, &end, 8);
	lb_commit();
	lb_exit(task, CALL_fcntl, ret);
}

START_TEST(ranges_split_and_merge)
{
	two_openers();
	posix(a, F_SETLK, F_WRLCK, 0, 9, 0);
	posix(a, F_SETLK, F_UNLCK, 4, 5, 0);
	lb_observe(0, OBS_LOCK, 9, 0, 0, 2, 0);
	posix(b, F_SETLK, F_WRLCK, 4, 5, 0);
	posix(b, F_SETLK, F_RDLCK, 5, 6, -EAGAIN);
	posix(b, F_SETLK, F_UNLCK, 0, INT64_MAX, 0);
	posix(a, F_SETLK, F_WRLCK, 4, 5, 0);
	lb_observe(0, OBS_LOCK, 9, 0, 0, 1, 0);
	lb_agrees();
	posix(b, F_SETLK, F_RDLCK, 9, 20, 0);
	lb_settled();
	lb_drifts(1);
}
END_TEST

/* What is in doubt is the file, whichever descriptor leads to it. */
START_TEST(doubt_is_about_the_file)
{
	two_openers();
	b = lb_fork(a);
	lb_enter(b, CALL_flock, 3, -1, 0, LOCK_EX);
	lb_call(a, CALL_flock, 3, -1, 0, LOCK_UN, 0); /* the same open file: which came last? */
	lb_exit(b, CALL_flock, 0);
	locked_by(a, 3, LOCK_UN, 0);
	lb_observe(a, OBS_FD, 4 | 3ull << 32 | 1ull << 48, 3, 9ull << 32, 0, 12);
	locked_by(a, 4, LOCK_EX | LOCK_NB, -EAGAIN);
	for (u32 i = 1; i < world_counters(lb.w); i++)
		ck_assert(!world_counter(lb.w, i) || world_counter(lb.w, i)->target);
	lb_agrees();
}
END_TEST

START_TEST(a_lock_of_a_file_in_doubt_proves_no_death)
{
	u32 c;

	two_openers();
	c = lb_fork(a);
	lb_enter(c, CALL_flock, 3, -1, 0, LOCK_EX);
	lb_call(a, CALL_flock, 3, -1, 0, LOCK_UN, 0); /* it came last, and the lock is gone */
	lb_exit(c, CALL_flock, 0);
	locked_by(b, 3, LOCK_EX, 0);
	lb_call(c, CALL_flock, 3, -1, 0, LOCK_UN, 0); /* and lives */
	lb_settled();
	lb_agrees();
}
END_TEST

/* ---- two runs, and what must hold ---- */

static struct world *a_run(u64 value, short lock, u64 watched)
{
	struct world *w;

	lb_begin();
	two();
	lb_enter(a, CALL_eventfd2, -1, -1, 0, 0);
	lb_exit_flags(a, CALL_eventfd2, 0, 5, 5, -1, 1, 0);
	lb_call(a, CALL_write, 5, -1, 8, value, 8);
	lb_enter(a, CALL_epoll_create1, -1, -1, 0, 0);
	lb_exit_flags(a, CALL_epoll_create1, 0, 6, 6, -1, 2, 0);
	lb_call(a, CALL_epoll_ctl, 6, 5, watched, EPOLL_CTL_ADD, 0);
	lb_observe(a, OBS_FD, 3 | 3ull << 32 | 1ull << 48, 1, value << 32, 0, 12);
	posix(a, F_SETLK, lock, 0, 9, 0);
	lb_settled();
	lb_agrees();
	w = lb.w;
	free(lb.bytes);
	return w;
}

static void differs(const struct world *one, struct world *other, const char *text)
{
	struct str where = {0};

	ck_assert(!world_same(one, other, &where));
	ck_assert_msg(strstr(str_get(&where), text) != NULL, "%s", str_get(&where));
	str_finish(&where);
	world_destroy(other);
}

START_TEST(runs_differ_by_counts_watches_and_locks)
{
	struct world *begun = lb.w, *one = a_run(2, F_WRLCK, EPOLLIN), *alike = a_run(2, F_WRLCK, EPOLLIN);
	struct str where = {0};

	ck_assert_msg(world_same(one, alike, &where), "%s", str_get(&where));
	ck_assert_msg(world_invariant(one, &where), "%s", str_get(&where));
	world_destroy(alike);
	differs(one, a_run(3, F_WRLCK, EPOLLIN), "eventfd1 is in another state");
	differs(one, a_run(2, F_WRLCK, EPOLLOUT), "epoll1 is in another state");
	differs(one, a_run(2, F_RDLCK, EPOLLIN), "other file locks");
	world_destroy(one);
	str_finish(&where);
	lb_begin();
	world_destroy(begun);
}
END_TEST

START_TEST(identities_of_event_descriptors)
{
	struct str name = {0};

	eventfd_of(1, 0);
	lb_poised(b, CALL_read, 3, -1, 8, 0);
	world_op_identity(lb.w, b, &name);
	ck_assert_str_eq(str_get(&name), "eventfd 1:1");
	str_finish(&name);
}
END_TEST

/* Elements are reached through the block's own pointers: the worlds that no record makes. */
START_TEST(invariants_of_counters_and_locks)
{
	struct str where = {0};

	two_openers();
	posix(a, F_SETLK, F_WRLCK, 0, 9, 0);
	lb_settled();
	ck_assert_msg(world_invariant(lb.w, &where), "%s", str_get(&where));
	((struct w_lock *)world_lock(lb.w, 1))->end = -1;
	ck_assert(!world_invariant(lb.w, &where));
	((struct w_lock *)world_lock(lb.w, 1))->end = 9;
	ck_assert(world_invariant(lb.w, &where));
	((struct w_counter *)world_counter(lb.w, 1))->due_ns = 1; /* of a file */
	ck_assert(!world_invariant(lb.w, &where));
	((struct w_counter *)world_counter(lb.w, 1))->due_ns = 0;
	posix(b, F_SETLK, F_WRLCK, 20, 29, 0);
	lb_settled();
	ck_assert_msg(world_invariant(lb.w, &where), "%s", str_get(&where));
	((struct w_lock *)world_lock(lb.w, 2))->start = 5; /* beside another's */
	ck_assert(!world_invariant(lb.w, &where));
	str_finish(&where);
}
END_TEST

/* ---- signals ---- */

START_TEST(a_handler_that_nobody_set)
{
	a = lb_spawn(0, 0);
	lb_exec(a, a, "/bin/true");
	lb_call(a, CALL_rt_sigaction, SIGUSR1, -1, 0, 2, 0);
	struct ev_signal *ev = lb_record(REC_SIGNAL, 0, a, 0, sizeof *ev);
	ev->sig = SIGUSR1;
	ev->handled = 1;
	lb_commit();
	lb_agrees();
	ev = lb_record(REC_SIGNAL, 0, a, 0, sizeof *ev);
	ev->sig = SIGUSR2;
	ev->handled = 1;
	lb_commit();
	lb_drifts(1);
}
END_TEST

START_TEST(pause_beside_an_alarm)
{
	struct why why;

	a = lb_spawn(0, 0);
	lb_call(a, CALL_alarm, -1, -1, 0, 1000000000, 0);
	lb_enter(a, CALL_pause, -1, -1, 0, 0);
	lb_blocked(a, CALL_pause);
	lb_settled();
	ck_assert(world_why(lb.w, a, &why));
	ck_assert_int_eq(why.reason, WHY_SIGNAL);
	ck_assert_uint_eq(why.cycle_n, 0);
	lb_exit(a, CALL_pause, -EINTR);
	lb_call(a, CALL_alarm, -1, -1, 0, 0, 0);
	lb_enter(a, CALL_pause, -1, -1, 0, 0);
	lb_blocked(a, CALL_pause);
	lb_settled();
	ck_assert(world_why(lb.w, a, &why));
	ck_assert_uint_eq(why.cycle_n, 1);
	lb_agrees();
}
END_TEST

static u32 cycle_of_read(void)
{
	struct why why;
	u32 n;

	lb_enter(a, CALL_read, 3, -1, 10, 0);
	lb_blocked(a, CALL_read);
	lb_settled();
	ck_assert(world_why(lb.w, a, &why));
	n = why.cycle_n;
	lb_exit(a, CALL_read, -EINTR);
	return n;
}

/* A timer that is set may end any wait: never a HANG. */
START_TEST(a_timer_that_is_set_is_no_hang)
{
	struct ev_signal *ev;

	a = lb_spawn(0, 0);
	lb_pipe(a, 3, 4);
	ck_assert_uint_eq(cycle_of_read(), 1);
	lb_call(a, CALL_timer_create, 0, -1, 0, 0, 0);
	ck_assert_uint_eq(cycle_of_read(), 1);
	lb_call(a, CALL_timer_settime, 0, -1, 0, 1000000, 0);
	ck_assert_uint_eq(cycle_of_read(), 0);
	lb_call(a, CALL_timer_settime, 0, -1, 0, 0, 0);
	ck_assert_uint_eq(cycle_of_read(), 1);
	lb_call(a, CALL_timer_settime, 0, -1, 5000, 1000000, 0);
	lb_call(a, CALL_timer_settime, 1, -1, 0, 1000000, 0);
	lb_call(a, CALL_timer_delete, 0, -1, 0, 0, 0);
	ck_assert_uint_eq(cycle_of_read(), 0);
	ev = lb_record(REC_SIGNAL, 0, a, 0, sizeof *ev);
	ev->sig = SIGUSR1;
	ev->code = SI_TIMER;
	lb_commit();
	ck_assert_uint_eq(cycle_of_read(), 1); /* rang, once */
	lb_call(a, CALL_setitimer, 0, -1, 1000, 1000, 0);
	ck_assert_uint_eq(cycle_of_read(), 0);
	lb_exec(a, a, "/bin/true");
	lb_signal(a, SIGALRM);
	lb_enter(a, CALL_pause, -1, -1, 0, 0);
	lb_blocked(a, CALL_pause);
	lb_settled();
	struct why why;
	ck_assert(world_why(lb.w, a, &why));
	ck_assert_uint_eq(why.cycle_n, 0); /* it repeats, over an exec as well */
}
END_TEST

static void wait_for(u16 kind, i32 pid, u64 group, const u32 *pairs, u32 bytes)
{
	struct ev_enter *ev = lb_record(kind, CALL_wait4, a, 0, sizeof *ev + bytes);

	ev->fd = pid;
	ev->fd2 = -1;
	ev->hash = group;
	ev->held = bytes;
	memcpy(ev->contents, pairs, bytes);
	lb_commit();
}

START_TEST(a_wait_for_a_group)
{
	u32 c, pairs[4];
	struct why why;

	two();
	c = lb_fork(a);
	pairs[0] = (u32)world_proc(lb.w, world_task(lb.w, b)->proc)->pid;
	pairs[1] = 77;
	pairs[2] = (u32)world_proc(lb.w, world_task(lb.w, c)->proc)->pid;
	pairs[3] = 78;
	lb_end(c, 0);
	wait_for(REC_POISED, -78, 78, pairs, sizeof pairs);
	ck_assert_int_eq(world_outlook(lb.w, a), OUTLOOK_GOES);
	wait_for(REC_POISED, -77, 77, pairs, sizeof pairs);
	ck_assert_int_eq(world_outlook(lb.w, a), OUTLOOK_BLOCKS);
	wait_for(REC_POISED, -79, 79, pairs, sizeof pairs);
	ck_assert_int_eq(world_outlook(lb.w, a), OUTLOOK_UNKNOWN); /* setpgid(2) may come first */
	wait_for(REC_ENTER, -77, 77, pairs, sizeof pairs);
	lb_blocked(a, CALL_wait4);
	lb_settled();
	ck_assert(world_why(lb.w, a, &why));
	ck_assert_int_eq(why.reason, WHY_CHILD);
	ck_assert_uint_eq(why.wakers_n, 1);
	ck_assert_uint_eq(why.wakers[0].proc, world_task(lb.w, b)->proc);
}
END_TEST

START_TEST(a_wait_for_a_pidfd)
{
	u32 c;

	two();
	c = lb_fork(a);
	lb_end(c, 0);
	lb_enter_hash(REC_POISED, a, CALL_waitid, 5, -1, 3 /* P_PIDFD */, 4 /* WEXITED */, (u64)(101 + (i32)b - 1));
	ck_assert_int_eq(world_outlook(lb.w, a), OUTLOOK_BLOCKS);
	lb_enter_hash(REC_POISED, a, CALL_waitid, 5, -1, 3, 4, (u64)(101 + (i32)c - 1));
	ck_assert_int_eq(world_outlook(lb.w, a), OUTLOOK_GOES);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		eventfd_gives_all_of_it, eventfd_read_before_the_exit_of_its_write,
		eventfd_is_taken_where_there_is_nowhere_to_put_it, eventfd_blocks_at_0_and_at_most, poll_of_the_wrong_end_hangs, poll_that_sleeps_beside_bytes,
		epoll_knows_its_watches, flock_excludes, closing_the_last_descriptor_unlocks,
		ranges_split_and_merge, a_handler_that_nobody_set, pause_beside_an_alarm,
		doubt_is_about_the_file, a_lock_of_a_file_in_doubt_proves_no_death, runs_differ_by_counts_watches_and_locks,
		identities_of_event_descriptors, invariants_of_counters_and_locks,
		a_timer_that_is_set_is_no_hang, a_wait_for_a_group, a_wait_for_a_pidfd, NULL};

	return lb_main("world/events", tests);
}
