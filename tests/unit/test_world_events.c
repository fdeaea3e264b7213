/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FIFOs, eventfd, poll and epoll, file locks, signals: what explains a result, and what does not. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/file.h>

#include "logbuild.h"

#define FIFO (1ull << 63 | 77)
static u32 a, b;

static void two(void)
{
	a = lb_spawn(0, 0);
	b = lb_fork(a);
}

/* ---- FIFOs ---- */

static void path_enter(u16 kind, u32 task, u16 call, u64 arg, u64 id)
{
	struct ev_enter *ev = lb_record(kind, call, task, 0, sizeof *ev + 3);

	ev->fd = ev->fd2 = -1;
	ev->arg = arg;
	ev->hash = id;
	ev->held = 3;
	memcpy(ev->contents, "/p", 3);
	lb_commit();
}

static void fifo_made(void)
{
	two();
	path_enter(REC_ENTER, a, CALL_mknod, 010600, 0);
	lb_exit_flags(a, CALL_mknod, 0, 0, -1, -1, FIFO, 0);
}

static void opened(u32 task, i32 fd, u64 flags)
{
	lb_exit_flags(task, CALL_openat, 0, fd, fd, -1, FIFO, flags);
}

START_TEST(open_waits_for_its_partner)
{
	struct why why;

	fifo_made();
	ck_assert_str_eq(world_text(lb.w, world_pipe(lb.w, 1)->title), "/p");
	path_enter(REC_ENTER, b, CALL_openat, O_RDONLY, FIFO);
	lb_blocked(b, CALL_openat);
	lb_settled();
	ck_assert(world_why(lb.w, b, &why));
	ck_assert_int_eq(why.reason, WHY_OPEN);
	ck_assert_uint_eq(why.cycle_n, 0);
	path_enter(REC_POISED, a, CALL_openat, O_WRONLY, FIFO);
	ck_assert_int_eq(world_outlook(lb.w, a), OUTLOOK_GOES);
	path_enter(REC_ENTER, a, CALL_openat, O_WRONLY, FIFO);
	opened(a, 3, O_WRONLY);
	opened(b, 3, O_RDONLY);
	lb_write(a, 3, 5, 5);
	lb_read(b, 3, 100, 5);
	lb_agrees();
	ck_assert(!world_pipe(lb.w, 1)->outside);
}
END_TEST

START_TEST(open_that_sleeps_beside_its_partner)
{
	fifo_made();
	path_enter(REC_ENTER, a, CALL_openat, O_RDWR, FIFO);
	opened(a, 3, O_RDWR);
	path_enter(REC_ENTER, b, CALL_openat, O_RDONLY, FIFO);
	lb_blocked(b, CALL_openat);
	lb_settled();
	lb_drifts(1);
}
END_TEST

START_TEST(enxio_needs_that_nobody_reads)
{
	fifo_made();
	path_enter(REC_ENTER, b, CALL_openat, O_WRONLY | O_NONBLOCK, FIFO);
	lb_exit(b, CALL_openat, -ENXIO);
	lb_agrees();
	path_enter(REC_ENTER, a, CALL_openat, O_RDONLY | O_NONBLOCK, FIFO);
	opened(a, 3, O_RDONLY | O_NONBLOCK);
	path_enter(REC_ENTER, b, CALL_openat, O_WRONLY | O_NONBLOCK, FIFO);
	lb_exit(b, CALL_openat, -ENXIO);
	lb_drifts(1);
}
END_TEST

START_TEST(contents_vanish_with_the_last_end)
{
	fifo_made();
	path_enter(REC_ENTER, a, CALL_openat, O_RDWR, FIFO);
	opened(a, 3, O_RDWR);
	lb_write(a, 3, 5, 5);
	lb_close(a, 3);
	ck_assert_int_eq(world_pipe(lb.w, 1)->fill, 0);
	ck_assert(!world_pipe(lb.w, 1)->gone);
	path_enter(REC_ENTER, a, CALL_unlink, 0, FIFO);
	lb_exit(a, CALL_unlink, 0);
	ck_assert(world_pipe(lb.w, 1)->gone);
	lb_agrees();
}
END_TEST

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

int main(void)
{
	const TTest *const tests[] = {
		open_waits_for_its_partner, open_that_sleeps_beside_its_partner, enxio_needs_that_nobody_reads,
		contents_vanish_with_the_last_end, eventfd_gives_all_of_it, eventfd_read_before_the_exit_of_its_write,
		eventfd_blocks_at_0_and_at_most, poll_of_the_wrong_end_hangs, poll_that_sleeps_beside_bytes,
		epoll_knows_its_watches, flock_excludes, closing_the_last_descriptor_unlocks, ranges_split_and_merge,
		a_handler_that_nobody_set, pause_beside_an_alarm, NULL};

	return lb_main("world/events", tests);
}
