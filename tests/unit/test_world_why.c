/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Agreement at settled points, outlook, and why a task waits. */
#include <sched.h>
#include <sys/wait.h>

#include "logbuild.h"

static u64 ino;

static u32 one(void)
{
	u32 t = lb_spawn(0, 0);

	ino = lb_pipe(t, 3, 4);
	return t;
}

static void block_in(u32 task, u16 call, i32 fd, u64 size, u64 arg)
{
	lb_enter(task, call, fd, 0, size, arg);
	lb_blocked(task, call);
}

/* ---- agreement ---- */

START_TEST(settled_points_are_counted)
{
	u32 t = one();

	lb_write(t, 4, 5000, 5000);
	lb_see_pipe(ino, 5000, 1, 2);
	lb_settled();
	ck_assert_uint_eq(world_head(lb.w)->settled, 1);
	ck_assert_int_eq(lb_the_pipe(1)->seen_bytes, 5000);
	lb_agrees();
}
END_TEST

START_TEST(other_bytes_are_drift_once_and_adopted)
{
	u32 t = one();

	lb_write(t, 4, 5, 5);
	lb_see_pipe(ino, 7, 1, 1);
	lb_settled();
	lb_see_pipe(ino, 7, 1, 1);
	lb_settled();
	lb_drifts(1);
	ck_assert_ptr_nonnull(strstr(world_head(lb.w)->first_drift, "pipe1 holds 7"));
	lb_read(t, 3, 100, 7);
	lb_drifts(1);
}
END_TEST

START_TEST(other_capacity_is_drift)
{
	one();
	lb_observe(0, OBS_PIPE, ino, 0, 4096, 2, OBS_UNKNOWN);
	lb_drifts(1);
}
END_TEST

START_TEST(slots_and_pollout_are_compared)
{
	u32 t = one();

	lb_write(t, 4, 65536, 65536);
	lb_see_pipe(ino, 65536, 0, 16);
	lb_agrees();
	lb_see_pipe(ino, 65536, 1, OBS_UNKNOWN);
	lb_drifts(1);
}
END_TEST

START_TEST(other_slot_count_is_drift)
{
	u32 t = one();

	lb_write(t, 4, 10, 10);
	lb_see_pipe(ino, 10, 1, 2);
	lb_drifts(1);
}
END_TEST

START_TEST(pipe_with_an_operation_on_its_way_is_not_compared)
{
	u32 t = one(), r = lb_fork(t);

	lb_enter(r, CALL_read, 3, 0, 10, 0);
	lb_write(t, 4, 5, 5);
	lb_see_pipe(ino, 0, 1, OBS_UNKNOWN);
	lb_agrees();
}
END_TEST

START_TEST(sleeper_that_could_go_is_drift)
{
	u32 t = one(), r = lb_fork(t);

	block_in(r, CALL_read, 3, 10, 0);
	lb_settled();
	lb_agrees();
	lb_write(t, 4, 5, 5);
	lb_settled();
	lb_drifts(1);
}
END_TEST

START_TEST(sleeping_reader_without_writers_is_drift)
{
	u32 t = one(), r = lb_fork(t);

	lb_close(r, 4);
	block_in(r, CALL_read, 3, 10, 0);
	lb_close(t, 4);
	lb_settled();
	lb_drifts(1);
}
END_TEST

START_TEST(sleeping_writer_that_would_fit_is_drift)
{
	u32 t = one(), r = lb_fork(t);

	lb_write(t, 4, 65536, 65536);
	block_in(t, CALL_write, 4, 100, 0);
	lb_settled();
	lb_agrees();
	lb_read(r, 3, 8192, 8192);
	lb_settled();
	lb_drifts(1);
}
END_TEST

START_TEST(share_of_an_overlapped_sleeping_write_is_learnt)
{
	u32 t = one(), r = lb_fork(t);

	lb_enter(r, CALL_read, 3, 0, 100000, 0);
	lb_enter(t, CALL_write, 4, 0, 190000, 0);
	lb_exit(r, CALL_read, 65536);
	lb_blocked(t, CALL_write);
	lb_see_pipe(ino, 65536, 0, OBS_UNKNOWN);
	lb_settled();
	lb_agrees();
	ck_assert_uint_eq(world_task(lb.w, t)->op.done, 131072);
	lb_read(r, 3, 100000, 65536);
	lb_exit(t, CALL_write, 190000);
	lb_read(r, 3, 100000, 190000 - 131072);
	lb_agrees();
}
END_TEST

START_TEST(unknown_calls_are_counted)
{
	lb_observe(one(), OBS_UNKNOWN_CALL, 425, 0, 0, 0, 0);
	ck_assert_uint_eq(world_head(lb.w)->unknown, 1);
	lb_agrees();
}
END_TEST

START_TEST(descriptor_learnt_late_is_adopted_and_dropped)
{
	u32 t = one();

	lb_observe(t, OBS_FD, 9 | 2ull << 32 | 1ull << 40 | (u64)FD_RECEIVED << 48, ino, O_NONBLOCK,
		0, 1);
	ck_assert_uint_eq(lb_the_pipe(1)->writers, 2);
	ck_assert_uint_eq(lb_the_pipe(1)->outside, 0);
	ck_assert_int_eq(lb_fd(t, 9)->how, FD_RECEIVED);
	ck_assert_int_eq(lb_fd(t, 9)->cloexec, 1);
	lb_observe(t, OBS_FD_GONE, 9, 0, 0, 0, 0);
	ck_assert_ptr_null(lb_fd(t, 9));
	lb_agrees();
}
END_TEST

/* ---- outlook ---- */

static enum outlook outlook_of(u32 t, u16 call, i32 fd, u64 size, u64 arg)
{
	lb_poised(t, call, fd, 0, size, arg);
	return world_outlook(lb.w, t);
}

START_TEST(outlook_of_reads_and_writes)
{
	u32 t = one();

	ck_assert_int_eq(outlook_of(t, CALL_read, 3, 1, 0), OUTLOOK_BLOCKS);
	ck_assert_int_eq(outlook_of(t, CALL_write, 4, 65536, 0), OUTLOOK_GOES);
	ck_assert_int_eq(outlook_of(t, CALL_write, 4, 65537, 0), OUTLOOK_BLOCKS);
	lb_write(t, 4, 1, 1);
	ck_assert_int_eq(outlook_of(t, CALL_read, 3, 1, 0), OUTLOOK_GOES);
	lb_read(t, 3, 1, 1);
	lb_call(t, CALL_fcntl, 3, 0, O_NONBLOCK, F_SETFL, 0);
	ck_assert_int_eq(outlook_of(t, CALL_read, 3, 1, 0), OUTLOOK_GOES);
	lb_close(t, 3);
	ck_assert_int_eq(outlook_of(t, CALL_write, 4, 100000, 0), OUTLOOK_GOES);
}
END_TEST

START_TEST(outlook_of_waits)
{
	u32 t = one(), child = lb_fork(t);

	ck_assert_int_eq(outlook_of(t, CALL_wait4, -1, 0, 0), OUTLOOK_BLOCKS);
	ck_assert_int_eq(outlook_of(t, CALL_wait4, -1, 0, WNOHANG), OUTLOOK_GOES);
	lb_end(child, 0);
	ck_assert_int_eq(outlook_of(t, CALL_wait4, -1, 0, 0), OUTLOOK_GOES);
	ck_assert_int_eq(outlook_of(t, CALL_wait4, 4242, 0, 0), OUTLOOK_GOES);
	ck_assert_int_eq(outlook_of(t, CALL_nanosleep, 0, 0, 5), OUTLOOK_BLOCKS);
	ck_assert_int_eq(outlook_of(t, CALL_poll, 0, 1, TIME_NONE), OUTLOOK_UNKNOWN);
}
END_TEST

/* ---- why ---- */

static struct why why_of(u32 task)
{
	struct why why;

	ck_assert(world_why(lb.w, task, &why));
	return why;
}

START_TEST(task_that_is_not_blocked_has_no_why)
{
	struct why why;

	ck_assert(!world_why(lb.w, one(), &why));
	ck_assert(!world_why(lb.w, 77, &why));
}
END_TEST

START_TEST(reader_waits_for_those_who_can_write)
{
	u32 t = one(), r = lb_fork(t);
	struct why why;

	lb_close(r, 4);
	block_in(r, CALL_read, 3, 10, 0);
	why = why_of(r);
	ck_assert_int_eq(why.reason, WHY_EMPTY);
	ck_assert_uint_eq(why.pipe, 1);
	ck_assert_uint_eq(why.wakers_n, 1);
	ck_assert_uint_eq(why.wakers[0].task, t);
	ck_assert_uint_eq(why.wakers[0].state, TASK_RUNNING);
	ck_assert(!why.wakers[0].self);
	ck_assert_uint_eq(why.cycle_n, 0);
}
END_TEST

START_TEST(reader_that_holds_the_write_end_waits_for_itself)
{
	u32 t = one(), r = lb_fork(t);
	struct why why;

	lb_close(t, 4);
	block_in(r, CALL_read, 3, 10, 0);
	block_in(t, CALL_wait4, -1, 0, 0);
	why = why_of(r);
	ck_assert(why.wakers[0].self);
	ck_assert_uint_eq(why.cycle_n, 1);
	ck_assert_uint_eq(why.cycle[0], r);
	why = why_of(t);
	ck_assert_int_eq(why.reason, WHY_CHILD);
	ck_assert_uint_eq(why.wakers[0].task, r);
	ck_assert_uint_eq(why.cycle_n, 1);
	ck_assert_uint_eq(why.cycle[0], r);
}
END_TEST

START_TEST(full_pipe_and_waiting_parent_are_a_cycle)
{
	u32 t = one(), child = lb_fork(t);
	struct why why;

	lb_close(child, 3);
	block_in(child, CALL_write, 4, 70000, 0);
	block_in(t, CALL_wait4, -1, 0, 0);
	why = why_of(child);
	ck_assert_int_eq(why.reason, WHY_FULL);
	ck_assert_uint_eq(why.cycle_n, 2);
	ck_assert_uint_eq(why.cycle[0], child);
	ck_assert_uint_eq(why.cycle[1], t);
}
END_TEST

START_TEST(poised_task_without_an_end_does_not_help)
{
	u32 t = one(), r = lb_fork(t), bystander = lb_fork(t);

	lb_close(t, 4);
	lb_close(bystander, 4);
	lb_close(bystander, 3);
	lb_poised(bystander, CALL_read, 0, 0, 1, 0);
	block_in(r, CALL_read, 3, 10, 0);
	ck_assert_uint_eq(why_of(r).cycle_n, 1);
	block_in(t, CALL_wait4, -1, 0, 0);
	ck_assert_uint_eq(why_of(t).cycle_n, 0); /* the bystander is a child and may end */
}
END_TEST

START_TEST(outside_holder_may_always_help)
{
	u32 t = lb_spawn(0, 0);
	struct why why;

	lb_observe(t, OBS_FD, 0 | 1ull << 32, 77, 0, 0, 1);
	block_in(t, CALL_read, 0, 10, 0);
	why = why_of(t);
	ck_assert_uint_eq(why.wakers_n, 1);
	ck_assert(why.wakers[0].outside);
	ck_assert_uint_eq(why.cycle_n, 0);
}
END_TEST

START_TEST(sleeper_wakes_by_time_and_keeps_others_alive)
{
	u32 t = one(), child = lb_fork(t);
	struct why why;

	block_in(child, CALL_nanosleep, 0, 0, 5000);
	block_in(t, CALL_wait4, -1, 0, 0);
	why = why_of(child);
	ck_assert_int_eq(why.reason, WHY_TIMER);
	ck_assert_uint_eq(why.timeout_ns, 5000);
	ck_assert_uint_eq(why_of(t).cycle_n, 0);
}
END_TEST

START_TEST(parent_in_vfork_waits_for_its_child)
{
	u32 t = one(), child;
	struct why why;

	lb_enter(t, CALL_vfork, 0, 0, 0, CLONE_VFORK | CLONE_VM);
	child = lb_spawn(t, EVF_VFORK);
	lb_blocked(t, CALL_vfork);
	why = why_of(t);
	ck_assert_int_eq(why.reason, WHY_VFORK);
	ck_assert_uint_eq(why.wakers[0].task, child);
	block_in(child, CALL_read, 3, 1, 0); /* both hold the write end, neither can use it */
	ck_assert_uint_eq(why_of(t).cycle_n, 2);
	lb_agrees();
}
END_TEST

START_TEST(terminal_signal_and_poll_have_their_reasons)
{
	u32 t = lb_spawn(0, 0);

	lb_observe(t, OBS_FD, 0 | 3ull << 32, 5, 0, 0, 2);
	block_in(t, CALL_read, 0, 1, 0);
	ck_assert_int_eq(why_of(t).reason, WHY_TERMINAL);
	lb_exit(t, CALL_read, 1);
	block_in(t, CALL_pause, 0, 0, 0);
	ck_assert_int_eq(why_of(t).reason, WHY_SIGNAL);
	lb_exit(t, CALL_pause, -EINTR);
	block_in(t, CALL_poll, 0, 2, 7);
	ck_assert_int_eq(why_of(t).reason, WHY_SEVERAL);
	ck_assert_uint_eq(why_of(t).timeout_ns, 7);
	lb_agrees();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		settled_points_are_counted,
		other_bytes_are_drift_once_and_adopted,
		other_capacity_is_drift,
		slots_and_pollout_are_compared,
		other_slot_count_is_drift,
		pipe_with_an_operation_on_its_way_is_not_compared,
		sleeper_that_could_go_is_drift,
		sleeping_reader_without_writers_is_drift,
		sleeping_writer_that_would_fit_is_drift,
		share_of_an_overlapped_sleeping_write_is_learnt,
		unknown_calls_are_counted,
		descriptor_learnt_late_is_adopted_and_dropped,
		outlook_of_reads_and_writes,
		outlook_of_waits,
		task_that_is_not_blocked_has_no_why,
		reader_waits_for_those_who_can_write,
		reader_that_holds_the_write_end_waits_for_itself,
		full_pipe_and_waiting_parent_are_a_cycle,
		poised_task_without_an_end_does_not_help,
		outside_holder_may_always_help,
		sleeper_wakes_by_time_and_keeps_others_alive,
		parent_in_vfork_waits_for_its_child,
		terminal_signal_and_poll_have_their_reasons,
		NULL,
	};

	return lb_main("world/why", tests);
}
