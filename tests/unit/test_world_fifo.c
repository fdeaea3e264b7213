/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FIFOs: open(2) and its partner, names that come and go, what is inside. */
#include <errno.h>
#include <fcntl.h>

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

START_TEST(a_held_open_whose_name_has_gone_promises_nothing)
{
	fifo_made();
	path_enter(REC_ENTER, a, CALL_openat, O_RDWR, FIFO);
	opened(a, 3, O_RDWR);
	path_enter(REC_POISED, b, CALL_openat, O_RDONLY, FIFO);
	ck_assert_int_eq(world_outlook(lb.w, b), OUTLOOK_GOES);
	path_enter(REC_ENTER, a, CALL_unlink, 0, FIFO);
	lb_exit(a, CALL_unlink, 0);
	ck_assert_int_eq(world_outlook(lb.w, b), OUTLOOK_UNKNOWN);
	lb_agrees();
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

#define OTHER (1ull << 63 | 78)

/* The name is removed and made anew between the moment a call was told of and the moment it runs. */
START_TEST(a_name_that_moves_leads_to_its_partner)
{
	u32 c;

	fifo_made();
	c = lb_fork(a);
	path_enter(REC_ENTER, a, CALL_openat, O_RDONLY, FIFO);
	path_enter(REC_ENTER, b, CALL_unlink, 0, FIFO);
	lb_exit(b, CALL_unlink, 0);
	path_enter(REC_ENTER, b, CALL_mknod, 010600, 0);
	lb_exit_flags(b, CALL_mknod, 0, 0, -1, -1, OTHER, 0);
	path_enter(REC_ENTER, c, CALL_openat, O_WRONLY, OTHER);
	ck_assert_int_eq(world_outlook(lb.w, c), OUTLOOK_UNKNOWN);
	lb_exit_flags(c, CALL_openat, 0, 3, 3, -1, OTHER, O_WRONLY);
	ck_assert(!world_pipe(lb.w, 2)->surprised);
	lb_exit_flags(a, CALL_openat, 0, 3, 3, -1, OTHER, O_RDONLY);
	ck_assert_uint_eq(world_pipe(lb.w, 2)->readers, 1);
	lb_agrees();
	/* nobody at all: that is a stranger's doing */
	lb_close(a, 3);
	lb_close(c, 3);
	path_enter(REC_ENTER, c, CALL_openat, O_WRONLY, OTHER);
	lb_exit_flags(c, CALL_openat, 0, 3, 3, -1, OTHER, O_WRONLY);
	ck_assert(world_pipe(lb.w, 2)->surprised);
}
END_TEST

START_TEST(a_name_that_leads_nowhere_yet)
{
	fifo_made();
	path_enter(REC_ENTER, a, CALL_openat, O_RDONLY, 0);
	path_enter(REC_ENTER, b, CALL_mknod, 010600, 0);
	lb_exit_flags(b, CALL_mknod, 0, 0, -1, -1, OTHER, 0);
	lb_blocked(a, CALL_openat);
	lb_settled();
	ck_assert_uint_eq(world_task(lb.w, a)->op.object, 2);
	path_enter(REC_POISED, b, CALL_openat, O_WRONLY, OTHER);
	ck_assert_int_eq(world_outlook(lb.w, b), OUTLOOK_GOES);
	lb_agrees();
}
END_TEST

/* Opened by another before the mknod has come back: made by ours all the same. */
START_TEST(known_before_its_mknod_is_back)
{
	two();
	path_enter(REC_ENTER, a, CALL_mknod, 010600, 0);
	path_enter(REC_ENTER, b, CALL_openat, O_RDONLY, FIFO);
	ck_assert(world_pipe(lb.w, 1)->outside);
	lb_exit_flags(a, CALL_mknod, 0, 0, -1, -1, FIFO, 0);
	ck_assert(!world_pipe(lb.w, 1)->outside);
	ck_assert_uint_eq(world_pipe(lb.w, 1)->creator, a);
	lb_agrees();
}
END_TEST

static void mknod_enter(u32 task)
{
	path_enter(REC_ENTER, task, CALL_mknod, 010600, 0);
}

static void mknod_exit(u32 task, u64 id)
{
	lb_exit_flags(task, CALL_mknod, 0, 0, -1, -1, id, 0);
}

/* Two of one name overlap, and both names had been seen: who comes back first made what was seen first. */
START_TEST(overlapping_makers_of_a_name)
{
	u32 c, d;

	two();
	c = lb_fork(a);
	d = lb_fork(a);
	mknod_enter(a);
	path_enter(REC_ENTER, b, CALL_openat, O_RDWR, FIFO);
	path_enter(REC_ENTER, c, CALL_unlink, 0, FIFO);
	lb_exit(c, CALL_unlink, 0);
	mknod_enter(c);
	path_enter(REC_ENTER, d, CALL_openat, O_RDWR, OTHER);
	mknod_exit(a, OTHER); /* that name leads to the other's by now */
	mknod_exit(c, OTHER);
	ck_assert_uint_eq(world_pipe(lb.w, 1)->creator, a);
	ck_assert_uint_eq(world_pipe(lb.w, 2)->creator, c);
	ck_assert(!world_pipe(lb.w, 1)->outside && !world_pipe(lb.w, 2)->outside);
	opened(b, 3, O_RDWR);
	lb_exit_flags(d, CALL_openat, 0, 3, 3, -1, OTHER, O_RDWR);
	lb_agrees();
}
END_TEST

/* Its name was gone again when its mknod came back: what an open led to that had begun by then. */
START_TEST(gone_again_when_its_mknod_is_back)
{
	u32 c;

	two();
	c = lb_fork(a);
	mknod_enter(a);
	path_enter(REC_ENTER, b, CALL_openat, O_RDWR, 0);
	path_enter(REC_ENTER, c, CALL_unlink, 0, 0);
	mknod_exit(a, 0);
	lb_exit(c, CALL_unlink, 0);
	opened(b, 3, O_RDWR);
	ck_assert_uint_eq(world_pipe(lb.w, 1)->creator, a);
	ck_assert(!world_pipe(lb.w, 1)->outside);
	/* it made one only: the next is a stranger's, as is what an open leads to that began later */
	mknod_enter(a);
	mknod_exit(a, 0);
	path_enter(REC_ENTER, c, CALL_openat, O_RDWR, 0);
	lb_exit_flags(c, CALL_openat, 0, 3, 3, -1, OTHER, O_RDWR);
	ck_assert(world_pipe(lb.w, 2)->outside);
	lb_agrees();
}
END_TEST

/* Who sleeps in an open of a name that led nowhere may be in the one that was gone again, not in the next of that name. */
START_TEST(asleep_in_the_one_that_was_gone_again)
{
	u32 c, d;

	two();
	c = lb_fork(a);
	d = lb_fork(a);
	mknod_enter(a);
	path_enter(REC_ENTER, b, CALL_openat, O_WRONLY, 0);
	path_enter(REC_ENTER, c, CALL_unlink, 0, 0);
	mknod_exit(a, 0);
	lb_exit(c, CALL_unlink, 0);
	mknod_enter(c);
	mknod_exit(c, OTHER);
	path_enter(REC_ENTER, d, CALL_openat, O_RDONLY, OTHER);
	lb_blocked(b, CALL_openat);
	lb_blocked(d, CALL_openat);
	lb_settled();
	ck_assert_uint_eq(world_task(lb.w, b)->op.object, 0);
	lb_agrees();
}
END_TEST

/* Its inode is that of one that counts as named still: the unlink that took that name was told of another. */
START_TEST(an_inode_used_again_though_no_unlink_was_told)
{
	fifo_made();
	path_enter(REC_ENTER, b, CALL_openat, O_RDWR, FIFO);
	opened(b, 3, O_RDWR);
	mknod_enter(a);
	mknod_exit(a, FIFO);
	ck_assert_uint_gt(world_pipe(lb.w, 1)->made_seq, 4);
	ck_assert_uint_eq(world_pipe(lb.w, 1)->nth, 2);
	lb_agrees();
}
END_TEST

/* A signal that does nothing breaks the sleep off: for that long nobody is there. */
START_TEST(an_opener_that_is_awake_is_no_end)
{
	fifo_made();
	path_enter(REC_ENTER, a, CALL_openat, O_RDONLY, FIFO);
	lb_blocked(a, CALL_openat);
	lb_settled();
	lb_observe(a, OBS_STATE, OBS_RUNNING, 0, 0, 0, 0);
	path_enter(REC_ENTER, b, CALL_openat, O_WRONLY | O_NONBLOCK, FIFO);
	lb_exit(b, CALL_openat, -ENXIO);
	lb_agrees();
	lb_blocked(a, CALL_openat);
	lb_settled();
	path_enter(REC_ENTER, b, CALL_openat, O_WRONLY | O_NONBLOCK, FIFO);
	lb_exit(b, CALL_openat, -ENXIO);
	lb_drifts(1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		open_waits_for_its_partner, a_held_open_whose_name_has_gone_promises_nothing,
		open_that_sleeps_beside_its_partner, enxio_needs_that_nobody_reads,
		contents_vanish_with_the_last_end, a_name_that_moves_leads_to_its_partner,
		a_name_that_leads_nowhere_yet, known_before_its_mknod_is_back, an_opener_that_is_awake_is_no_end,
		overlapping_makers_of_a_name, gone_again_when_its_mknod_is_back, asleep_in_the_one_that_was_gone_again, an_inode_used_again_though_no_unlink_was_told,
		NULL};

	return lb_main("world/fifo", tests);
}
