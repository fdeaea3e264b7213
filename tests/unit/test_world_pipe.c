/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads, slots, overlapping operations, contents: what the world takes for possible on a pipe. */
#include "logbuild.h"

/* P1 with a pipe on 3 (read) and 4 (write). */
static u32 one(u64 *ino)
{
	u32 t = lb_spawn(0, 0);
	u64 made = lb_pipe(t, 3, 4);

	if (ino)
		*ino = made;
	return t;
}

/* P1 writes, P2 reads, as after fork and two closes. */
static void two(u32 *writer, u32 *reader, u64 *ino)
{
	*writer = one(ino);
	*reader = lb_fork(*writer);
	lb_close(*writer, 3);
	lb_close(*reader, 4);
}

/* ---- slots ---- */

START_TEST(small_write_merges_into_last_page)
{
	u32 t = one(NULL);

	lb_write(t, 4, 100, 100);
	lb_write(t, 4, 200, 200);
	ck_assert_uint_eq(lb_the_pipe(1)->slot_count, 1);
	ck_assert_int_eq(lb_the_pipe(1)->fill, 300);
	lb_agrees();
}
END_TEST

START_TEST(write_that_would_cross_the_page_takes_a_slot)
{
	u32 t = one(NULL);

	lb_write(t, 4, 3000, 3000);
	lb_write(t, 4, 1097, 1097);
	ck_assert_uint_eq(lb_the_pipe(1)->slot_count, 2);
	lb_agrees();
}
END_TEST

START_TEST(write_that_ends_with_the_page_merges)
{
	u32 t = one(NULL);

	lb_write(t, 4, 3000, 3000);
	lb_write(t, 4, 1096, 1096);
	ck_assert_uint_eq(lb_the_pipe(1)->slot_count, 1);
}
END_TEST

START_TEST(odd_bytes_of_a_large_write_merge_first)
{
	u32 t = one(NULL);

	lb_write(t, 4, 10, 10);
	lb_write(t, 4, 4096 + 50, 4096 + 50);
	ck_assert_uint_eq(lb_the_pipe(1)->slot_count, 2);
	ck_assert_uint_eq(world_slot(lb.w, lb_the_pipe(1)->slot_first)->len, 60);
}
END_TEST

START_TEST(whole_pages_never_merge)
{
	u32 t = one(NULL);

	lb_write(t, 4, 10, 10);
	lb_write(t, 4, 4096, 4096);
	ck_assert_uint_eq(lb_the_pipe(1)->slot_count, 2);
}
END_TEST

START_TEST(read_frees_emptied_slots_and_leaves_the_rest)
{
	u32 t = one(NULL);

	lb_write(t, 4, 4096 * 2 + 5, 4096 * 2 + 5);
	lb_read(t, 3, 4097, 4097);
	ck_assert_uint_eq(lb_the_pipe(1)->slot_count, 2);
	ck_assert_uint_eq(world_slot(lb.w, lb_the_pipe(1)->slot_first)->len, 4095);
	ck_assert_int_eq(lb_the_pipe(1)->fill, 4100);
	lb_agrees();
}
END_TEST

START_TEST(slot_read_from_keeps_its_end_for_merging)
{
	u32 t = one(NULL);

	lb_write(t, 4, 4000, 4000);
	lb_read(t, 3, 3999, 3999);
	lb_write(t, 4, 97, 97); /* 4000 + 97 > 4096: the page is used up though one byte is left */
	ck_assert_uint_eq(lb_the_pipe(1)->slot_count, 2);
	lb_agrees();
}
END_TEST

START_TEST(direct_write_is_a_packet_and_its_rest_is_discarded)
{
	u32 t = lb_spawn(0, 0);

	lb_pipe2(t, 3, 4, O_DIRECT);
	lb_write(t, 4, 100, 100);
	lb_write(t, 4, 50, 50);
	ck_assert_uint_eq(lb_the_pipe(1)->slot_count, 2);
	lb_read(t, 3, 10, 10);
	ck_assert_int_eq(lb_the_pipe(1)->fill, 50);
	lb_read(t, 3, 1000, 50);
	ck_assert_int_eq(lb_the_pipe(1)->fill, 0);
	lb_agrees();
}
END_TEST

START_TEST(read_stops_at_the_end_of_a_packet)
{
	u32 t = lb_spawn(0, 0);

	lb_pipe2(t, 3, 4, O_DIRECT);
	lb_write(t, 4, 100, 100);
	lb_write(t, 4, 50, 50);
	lb_read(t, 3, 1000, 150);
	lb_drifts(1);
}
END_TEST

/* ---- reads ---- */

START_TEST(read_returns_what_is_there)
{
	u32 t = one(NULL);

	lb_write(t, 4, 10, 10);
	lb_read(t, 3, 100, 10);
	lb_agrees();
	ck_assert_uint_eq(world_head(lb.w)->explained, 3);
}
END_TEST

START_TEST(read_of_less_than_is_there_is_drift)
{
	u32 t = one(NULL);

	lb_write(t, 4, 10, 10);
	lb_read(t, 3, 100, 9);
	lb_drifts(1);
	ck_assert_ptr_nonnull(strstr(world_head(lb.w)->first_drift, "pipe1"));
}
END_TEST

START_TEST(read_of_more_than_was_put_in_is_drift)
{
	u32 t = one(NULL);

	lb_write(t, 4, 10, 10);
	lb_read(t, 3, 100, 11);
	lb_drifts(1);
}
END_TEST

START_TEST(read_of_nothing_on_an_empty_pipe_returns_at_once)
{
	u32 t = one(NULL);

	lb_read(t, 3, 0, 0);
	lb_write(t, 4, 0, 0);
	lb_agrees();
}
END_TEST

START_TEST(read_on_the_write_end_is_bad_descriptor)
{
	u32 t = one(NULL);

	lb_read(t, 4, 1, -EBADF);
	lb_agrees();
	lb_read(t, 4, 1, 1);
	lb_drifts(1);
}
END_TEST

START_TEST(bad_descriptor_on_the_right_end_is_drift)
{
	u32 t = one(NULL);

	lb_read(t, 3, 1, -EBADF);
	lb_drifts(1);
}
END_TEST

START_TEST(bad_descriptor_while_another_thread_closes_is_explained)
{
	u32 t = one(NULL), thread = lb_spawn_pid(t, EVF_THREAD | EVF_FILES, 101);

	lb_enter(thread, CALL_close, 3, 0, 0, 0);
	lb_read(t, 3, 1, -EBADF);
	lb_exit(thread, CALL_close, 0);
	lb_agrees();
}
END_TEST

START_TEST(would_block_needs_an_empty_pipe_and_nonblock)
{
	u32 t = lb_spawn(0, 0);

	lb_pipe2(t, 3, 4, O_NONBLOCK);
	lb_read(t, 3, 1, -EAGAIN);
	lb_agrees();
	lb_write(t, 4, 1, 1);
	lb_read(t, 3, 1, -EAGAIN);
	lb_drifts(1);
}
END_TEST

START_TEST(would_block_on_a_blocking_descriptor_is_drift)
{
	u32 t = one(NULL);

	lb_read(t, 3, 1, -EAGAIN);
	lb_drifts(1);
}
END_TEST

START_TEST(interrupted_read_is_explained_and_takes_nothing)
{
	u32 t = one(NULL);

	lb_write(t, 4, 5, 5);
	lb_read(t, 3, 5, -EINTR);
	lb_read(t, 3, 5, 5);
	lb_agrees();
}
END_TEST

START_TEST(restarted_read_has_no_effect)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_enter(r, CALL_read, 3, 0, 5, 0);
	lb_exit_flags(r, CALL_read, EVF_RESTART, -512, 0, 0, 0, 0);
	lb_signal(r, 10);
	lb_enter(r, CALL_read, 3, 0, 5, 0);
	lb_write(w, 4, 5, 5);
	lb_exit(r, CALL_read, 5);
	lb_agrees();
	ck_assert_int_eq(lb_the_pipe(1)->fill, 0);
}
END_TEST

/* ---- overlapping ---- */

START_TEST(read_may_come_back_before_the_write_that_fed_it)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_enter(r, CALL_read, 3, 0, 100, 0);
	lb_enter(w, CALL_write, 4, 0, 10, 0);
	lb_exit(r, CALL_read, 10);
	ck_assert_int_eq(lb_the_pipe(1)->fill, -10);
	lb_exit(w, CALL_write, 10);
	lb_agrees();
	ck_assert_int_eq(lb_the_pipe(1)->fill, 0);
	ck_assert_uint_eq(lb_the_pipe(1)->slots_sure, 1);
}
END_TEST

START_TEST(read_may_not_take_more_than_open_writes_can_give)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_enter(r, CALL_read, 3, 0, 100, 0);
	lb_enter(w, CALL_write, 4, 0, 10, 0);
	lb_exit(r, CALL_read, 11);
	lb_drifts(1);
}
END_TEST

START_TEST(two_reads_may_not_take_the_same_bytes)
{
	u32 w, r, r2;

	two(&w, &r, NULL);
	r2 = lb_fork(r);
	lb_write(w, 4, 5, 5);
	lb_enter(r, CALL_read, 3, 0, 5, 0);
	lb_enter(r2, CALL_read, 3, 0, 5, 0);
	lb_exit(r, CALL_read, 5);
	lb_agrees();
	lb_exit(r2, CALL_read, 5);
	lb_drifts(1);
}
END_TEST

START_TEST(short_read_needs_a_moment_that_held_as_much)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_write(w, 4, 50, 50);
	lb_enter(r, CALL_read, 3, 0, 100, 0);
	lb_enter(w, CALL_write, 4, 0, 10, 0);
	lb_exit(r, CALL_read, 49); /* 50 to 60 were there all the time */
	lb_drifts(1);
}
END_TEST

START_TEST(overlap_makes_slots_unsure_until_the_pipe_is_empty)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_write(w, 4, 50, 50);
	lb_enter(r, CALL_read, 3, 0, 10, 0);
	lb_enter(w, CALL_write, 4, 0, 10, 0);
	lb_exit(r, CALL_read, 10);
	lb_exit(w, CALL_write, 10);
	ck_assert_uint_eq(lb_the_pipe(1)->slots_sure, 0);
	lb_read(r, 3, 100, 50);
	ck_assert_uint_eq(lb_the_pipe(1)->slots_sure, 1);
	ck_assert_uint_eq(lb_the_pipe(1)->spans_sure, 1);
	lb_agrees();
}
END_TEST

START_TEST(sleeping_reader_is_no_overlap)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_enter(r, CALL_read, 3, 0, 100, 0);
	lb_blocked(r, CALL_read);
	lb_write(w, 4, 10, 10);
	ck_assert_uint_eq(lb_the_pipe(1)->slots_sure, 1);
	lb_exit(r, CALL_read, 9); /* so exactly 10 is right */
	lb_drifts(1);
}
END_TEST

START_TEST(nonblocking_read_beside_a_write_may_miss_it)
{
	u32 w = lb_spawn(0, 0), r;

	lb_pipe2(w, 3, 4, O_NONBLOCK);
	r = lb_fork(w);
	lb_enter(r, CALL_read, 3, 0, 100, 0);
	lb_write(w, 4, 5, 5);
	lb_exit(r, CALL_read, -EAGAIN);
	lb_read(r, 3, 100, 5);
	lb_agrees();
}
END_TEST

/* ---- contents ---- */

START_TEST(contents_are_spans_of_writes_in_order)
{
	u32 t = one(NULL);
	const struct w_span *s;

	lb_write(t, 4, 10, 10);
	lb_write(t, 4, 20, 20);
	lb_read(t, 3, 12, 12);
	s = world_span(lb.w, lb_the_pipe(1)->span_first);
	ck_assert_uint_eq(s->off, 2);
	ck_assert_uint_eq(s->len, 18);
	ck_assert_uint_eq(s->next, 0);
	ck_assert_uint_eq(lb_the_pipe(1)->spans_sure, 1);
}
END_TEST

START_TEST(bytes_of_an_outside_pipe_are_not_judged)
{
	u32 t = lb_spawn(0, 0);

	lb_observe(t, OBS_FD, 0 | 1ull << 32 | (u64)FD_UNKNOWN << 48, 77, 0, 0, 1);
	ck_assert_uint_eq(lb_the_pipe(1)->outside, 1);
	lb_read(t, 0, 100, 42);
	lb_read(t, 0, 100, 0);
	lb_observe(0, OBS_PIPE, 77, 12, 65536, 2, OBS_UNKNOWN);
	ck_assert_int_eq(lb_the_pipe(1)->fill, 12);
	lb_agrees();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		small_write_merges_into_last_page,
		write_that_would_cross_the_page_takes_a_slot,
		write_that_ends_with_the_page_merges,
		odd_bytes_of_a_large_write_merge_first,
		whole_pages_never_merge,
		read_frees_emptied_slots_and_leaves_the_rest,
		slot_read_from_keeps_its_end_for_merging,
		direct_write_is_a_packet_and_its_rest_is_discarded,
		read_stops_at_the_end_of_a_packet,
		read_returns_what_is_there,
		read_of_less_than_is_there_is_drift,
		read_of_more_than_was_put_in_is_drift,
		read_of_nothing_on_an_empty_pipe_returns_at_once,
		read_on_the_write_end_is_bad_descriptor,
		bad_descriptor_on_the_right_end_is_drift,
		bad_descriptor_while_another_thread_closes_is_explained,
		would_block_needs_an_empty_pipe_and_nonblock,
		would_block_on_a_blocking_descriptor_is_drift,
		interrupted_read_is_explained_and_takes_nothing,
		restarted_read_has_no_effect,
		read_may_come_back_before_the_write_that_fed_it,
		read_may_not_take_more_than_open_writes_can_give,
		two_reads_may_not_take_the_same_bytes,
		short_read_needs_a_moment_that_held_as_much,
		overlap_makes_slots_unsure_until_the_pipe_is_empty,
		sleeping_reader_is_no_overlap,
		nonblocking_read_beside_a_write_may_miss_it,
		contents_are_spans_of_writes_in_order,
		bytes_of_an_outside_pipe_are_not_judged,
		NULL,
	};

	return lb_main("world/pipe", tests);
}
