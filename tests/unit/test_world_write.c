/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes, sleeping writers, end of file, broken pipes, sizes, splice. */
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

/* ---- results that are not the pipe's fault ---- */

static void enter_flags(u32 task, u16 call, i32 fd, u64 size, u32 flags)
{
	struct ev_enter *ev = lb_record(REC_ENTER, call, task, flags, sizeof *ev);

	ev->fd = fd;
	ev->fd2 = -1;
	ev->size = size;
	lb_commit();
}

START_TEST(memory_that_is_not_there_cuts_it_short)
{
	u32 t = one(NULL);

	enter_flags(t, CALL_writev, 4, 16000, EVF_UNREAD);
	lb_exit(t, CALL_writev, 12288);
	enter_flags(t, CALL_readv, 3, 9000, EVF_UNREAD);
	lb_exit(t, CALL_readv, 4096);
	lb_read(t, 3, 9000, 8192);
	lb_agrees();
	enter_flags(t, CALL_writev, 4, 16000, 0);
	lb_exit(t, CALL_writev, 12288);
	lb_drifts(1);
}
END_TEST

/* Of read(2) that is told when it came back: it is seen there only. */
START_TEST(a_read_is_cut_short_by_memory)
{
	u32 t = one(NULL);

	lb_write(t, 4, 20000, 20000);
	enter_flags(t, CALL_read, 3, 30000, 0);
	lb_exit_flags(t, CALL_read, EVF_UNREAD, 8192, 0, 0, 0, 0);
	lb_agrees();
	lb_read(t, 3, 30000, 11808);
	lb_agrees();
	lb_write(t, 4, 20000, 20000);
	enter_flags(t, CALL_read, 3, 30000, 0);
	lb_exit(t, CALL_read, 8192);
	lb_drifts(1);
}
END_TEST

START_TEST(a_pipe_has_no_position)
{
	u32 t = one(NULL);

	lb_write(t, 4, 5, 5);
	enter_flags(t, CALL_preadv2, 3, 5, 0);
	lb_exit(t, CALL_preadv2, -ESPIPE);
	enter_flags(t, CALL_pwritev2, 4, 5, 0);
	lb_exit(t, CALL_pwritev2, -EOPNOTSUPP);
	lb_read(t, 3, 100, 5);
	lb_agrees();
	lb_read(t, 3, 100, -ESPIPE);
	lb_drifts(1);
}
END_TEST

/* ---- end of file ---- */

START_TEST(eof_after_last_writer_closes)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_close(w, 4);
	lb_read(r, 3, 1, 0);
	lb_agrees();
}
END_TEST

START_TEST(eof_while_bytes_are_left_is_drift)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_write(w, 4, 1, 1);
	lb_close(w, 4);
	lb_read(r, 3, 1, 0);
	lb_drifts(1);
}
END_TEST

START_TEST(eof_may_use_a_close_that_is_still_open)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_enter(r, CALL_read, 3, 0, 1, 0);
	lb_enter(w, CALL_close, 4, 0, 0, 0);
	lb_exit(r, CALL_read, 0);
	ck_assert_uint_eq(world_proc(lb.w, 1)->presumed_dead_seq, 0);
	lb_exit(w, CALL_close, 0);
	lb_read(w, 9, 1, -EBADF); /* it lives on, which is no contradiction */
	lb_agrees();
}
END_TEST

START_TEST(eof_may_use_a_death_that_is_under_way)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_observe(w, OBS_ENDING, 0, 0, 0, 0, 0);
	lb_read(r, 3, 1, 0);
	lb_end(w, 0);
	lb_agrees();
}
END_TEST

START_TEST(eof_may_use_close_on_exec_of_an_open_exec)
{
	u32 w = lb_spawn(0, 0), r;

	lb_pipe2(w, 3, 4, O_CLOEXEC);
	r = lb_fork(w);
	lb_close(r, 4);
	lb_enter(w, CALL_execve, 0, 0, 0, 0);
	lb_read(r, 3, 1, 0);
	ck_assert_uint_eq(world_proc(lb.w, 1)->presumed_dead_seq, 0);
	lb_exec(w, w, "/bin/true");
	lb_exit(w, CALL_execve, 0);
	lb_poised(w, CALL_read, 0, 0, 1, 0);
	lb_agrees();
	ck_assert_ptr_null(lb_fd(w, 4));
}
END_TEST

START_TEST(eof_while_own_process_holds_a_write_end_is_drift)
{
	u32 t = one(NULL);

	lb_read(t, 3, 1, 0);
	lb_drifts(1);
}
END_TEST

START_TEST(eof_presumes_the_death_of_the_holder)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_read(r, 3, 1, 0);
	lb_agrees();
	ck_assert_uint_ne(world_proc(lb.w, world_task(lb.w, w)->proc)->presumed_dead_seq, 0);
	lb_end(w, 9);
	lb_settled();
	lb_agrees();
}
END_TEST

START_TEST(life_of_one_presumed_dead_is_drift)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_read(r, 3, 1, 0);
	lb_enter(w, CALL_write, 4, 0, 1, 0);
	lb_drifts(1);
}
END_TEST

START_TEST(settled_point_without_the_presumed_death_is_drift)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_read(r, 3, 1, 0);
	lb_settled();
	lb_drifts(1);
}
END_TEST

/* ---- writes ---- */

START_TEST(write_that_fits_returns_all_of_it)
{
	u32 t = one(NULL);

	lb_write(t, 4, 65536, 65536);
	lb_agrees();
	ck_assert_uint_eq(lb_the_pipe(1)->slot_count, 16);
}
END_TEST

START_TEST(short_write_for_no_reason_is_drift)
{
	u32 t = one(NULL);

	lb_write(t, 4, 100, 50);
	lb_drifts(1);
}
END_TEST

START_TEST(nonblocking_write_returns_what_fitted)
{
	u32 t = lb_spawn(0, 0);

	lb_pipe2(t, 3, 4, O_NONBLOCK);
	lb_write(t, 4, 70000, 65536);
	lb_write(t, 4, 1, -EAGAIN);
	lb_agrees();
	lb_write(t, 4, 70000, 65536);
	lb_drifts(1);
}
END_TEST

START_TEST(would_block_with_room_is_drift)
{
	u32 t = lb_spawn(0, 0);

	lb_pipe2(t, 3, 4, O_NONBLOCK);
	lb_write(t, 4, 1, -EAGAIN);
	lb_drifts(1);
}
END_TEST

START_TEST(full_pipe_still_merges_a_small_write)
{
	u32 t = lb_spawn(0, 0);

	lb_pipe2(t, 3, 4, O_NONBLOCK);
	lb_write(t, 4, 15 * 4096 + 1, 15 * 4096 + 1);
	lb_write(t, 4, 4095, 4095);
	lb_write(t, 4, 1, -EAGAIN);
	lb_agrees();
}
END_TEST

START_TEST(broken_pipe_after_last_reader_closes)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_close(r, 3);
	lb_write(w, 4, 1, -EPIPE);
	lb_agrees();
}
END_TEST

START_TEST(broken_pipe_with_a_reader_here_is_drift)
{
	u32 t = one(NULL);

	lb_write(t, 4, 1, -EPIPE);
	lb_drifts(1);
}
END_TEST

START_TEST(broken_pipe_may_use_a_death_that_is_under_way)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_observe(r, OBS_ENDING, 0, 0, 0, 0, 0);
	lb_write(w, 4, 1, -EPIPE);
	lb_end(r, 0);
	lb_agrees();
}
END_TEST

START_TEST(more_than_capacity_and_open_reads_is_drift)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_write(w, 4, 60000, 60000);
	lb_enter(r, CALL_read, 3, 0, 100, 0);
	lb_write(w, 4, 50000, 50000);
	lb_drifts(1);
}
END_TEST

/* ---- sleeping writers ---- */

START_TEST(sleeping_write_has_put_in_what_fits)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_enter(w, CALL_write, 4, 0, 70000, 0);
	lb_blocked(w, CALL_write);
	ck_assert_int_eq(lb_the_pipe(1)->fill, 65536);
	ck_assert_uint_eq(world_task(lb.w, w)->op.done, 65536);
	lb_agrees();
}
END_TEST

START_TEST(read_lets_a_sleeping_write_go_on)
{
	u32 w, r;
	u64 ino;

	two(&w, &r, &ino);
	lb_enter(w, CALL_write, 4, 0, 70000, 0);
	lb_blocked(w, CALL_write);
	lb_read(r, 3, 4096, 4096);
	lb_see_pipe(ino, 65536, 0, 16);
	lb_settled();
	ck_assert_uint_eq(world_task(lb.w, w)->op.done, 65536 + 4096);
	lb_read(r, 3, 4096, 4096);
	lb_exit(w, CALL_write, 70000);
	ck_assert_int_eq(lb_the_pipe(1)->fill, 70000 - 8192);
	lb_agrees();
}
END_TEST

START_TEST(read_of_part_of_a_page_frees_no_slot)
{
	u32 w, r;
	u64 ino;

	two(&w, &r, &ino);
	lb_enter(w, CALL_write, 4, 0, 70000, 0);
	lb_blocked(w, CALL_write);
	lb_read(r, 3, 4095, 4095);
	lb_see_pipe(ino, 65536 - 4095, 0, 16);
	lb_settled();
	lb_agrees();
}
END_TEST

START_TEST(sleeping_write_cannot_return_more_than_room_was_made)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_enter(w, CALL_write, 4, 0, 70000, 0);
	lb_blocked(w, CALL_write);
	lb_exit(w, CALL_write, 70000);
	lb_drifts(1);
}
END_TEST

START_TEST(sleeping_write_interrupted_after_a_part_returns_that_part)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_enter(w, CALL_write, 4, 0, 70000, 0);
	lb_blocked(w, CALL_write);
	lb_exit(w, CALL_write, 65536);
	lb_signal(w, 14);
	lb_enter(w, CALL_read, 9, 0, 1, 0);
	lb_agrees();
}
END_TEST

START_TEST(short_count_without_signal_or_death_is_drift)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_enter(w, CALL_write, 4, 0, 70000, 0);
	lb_blocked(w, CALL_write);
	lb_exit(w, CALL_write, 65536);
	lb_enter(w, CALL_read, 9, 0, 1, 0);
	lb_agrees(); /* the reader may have been killed */
	lb_enter(r, CALL_read, 3, 0, 1, 0);
	lb_drifts(1);
}
END_TEST

START_TEST(sleeping_write_that_put_in_a_part_cannot_return_eintr)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_enter(w, CALL_write, 4, 0, 70000, 0);
	lb_blocked(w, CALL_write);
	lb_exit(w, CALL_write, -EINTR);
	lb_drifts(1);
}
END_TEST

START_TEST(sleeping_writers_go_in_turn)
{
	u32 w, r, w2;
	u64 ino;

	two(&w, &r, &ino);
	w2 = lb_fork(w);
	lb_write(w, 4, 65536, 65536);
	lb_enter(w2, CALL_write, 4, 0, 100, 0);
	lb_blocked(w2, CALL_write);
	lb_enter(w, CALL_write, 4, 0, 200, 0);
	lb_blocked(w, CALL_write);
	lb_read(r, 3, 4096, 4096);
	lb_exit(w2, CALL_write, 100);
	/* the last page has 3996 bytes of room, but a woken write does not merge */
	lb_see_pipe(ino, 61440 + 100, 0, 16);
	lb_settled();
	ck_assert_uint_eq(world_task(lb.w, w)->op.done, 0);
	lb_agrees();
}
END_TEST

START_TEST(write_that_fills_the_pipe_again_queues_up_behind)
{
	u32 w, r, w2;
	u64 ino;

	two(&w, &r, &ino);
	w2 = lb_fork(w);
	lb_enter(w, CALL_write, 4, 0, 65536 + 8192, 0);
	lb_blocked(w, CALL_write);
	lb_enter(w2, CALL_write, 4, 0, 4096, 0);
	lb_blocked(w2, CALL_write);
	lb_read(r, 3, 4096, 4096); /* w goes first, fills the pipe, is last in the queue now */
	lb_see_pipe(ino, 65536, 0, 16);
	lb_settled();
	lb_read(r, 3, 4096, 4096);
	lb_exit(w2, CALL_write, 4096);
	lb_see_pipe(ino, 65536, 0, 16);
	lb_settled();
	lb_agrees();
	ck_assert_uint_eq(world_task(lb.w, w)->op.done, 65536 + 4096);
}
END_TEST

START_TEST(death_of_a_sleeping_writer_leaves_what_it_put_in)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_enter(w, CALL_write, 4, 0, 70000, 0);
	lb_blocked(w, CALL_write);
	lb_end(w, 9);
	lb_read(r, 3, 100000, 65536);
	lb_read(r, 3, 100000, 0);
	lb_agrees();
}
END_TEST

START_TEST(dying_writer_may_use_room_of_a_read_still_open)
{
	u32 w, r;
	u64 ino;

	two(&w, &r, &ino);
	lb_enter(w, CALL_write, 4, 0, 140000, 0);
	lb_blocked(w, CALL_write);
	lb_enter(r, CALL_read, 3, 0, 4096, 0);
	lb_end(w, 9);
	lb_exit(r, CALL_read, 4096);
	lb_see_pipe(ino, 65536, 2, OBS_UNKNOWN);
	lb_agrees();
}
END_TEST

START_TEST(dying_reader_may_have_taken_of_a_write_still_open)
{
	u32 w, r, r2;
	u64 ino;

	two(&w, &r, &ino);
	r2 = lb_fork(r);
	lb_enter(r, CALL_read, 3, 0, 100, 0);
	lb_blocked(r, CALL_read);
	lb_enter(w, CALL_write, 4, 0, 10, 0);
	lb_end(r, 9);
	lb_exit(w, CALL_write, 10);
	lb_see_pipe(ino, 0, 2, OBS_UNKNOWN);
	lb_write(w, 4, 5, 5);
	lb_read(r2, 3, 100, 5);
	lb_agrees();
}
END_TEST

START_TEST(dying_reader_may_have_made_room_for_a_sleeping_write)
{
	u32 w, r, r2;

	two(&w, &r, NULL);
	r2 = lb_fork(r);
	lb_enter(r, CALL_read, 3, 0, 100000, 0);
	lb_blocked(r, CALL_read);
	lb_enter(w, CALL_write, 4, 0, 70000, 0);
	lb_blocked(w, CALL_write);
	lb_end(r, 9);
	lb_exit(w, CALL_write, 70000);
	lb_read(r2, 3, 100000, 70000 - 65536);
	lb_agrees();
}
END_TEST

START_TEST(death_inside_a_write_leaves_all_or_a_part_of_it)
{
	u32 w, r;
	u64 ino;

	two(&w, &r, &ino);
	lb_enter(w, CALL_write, 4, 0, 100, 0);
	lb_end(w, 9);
	lb_see_pipe(ino, 100, 2, OBS_UNKNOWN);
	lb_agrees();
	lb_read(r, 3, 200, 100);
	lb_read(r, 3, 200, 0);
	lb_agrees();
}
END_TEST

/* ---- size, splice ---- */

START_TEST(pipe_size_changes_slots)
{
	u32 t = one(NULL);

	lb_call(t, CALL_fcntl, 4, 0, 4096, F_SETPIPE_SZ, 4096);
	lb_call(t, CALL_fcntl, 4, 0, 0, F_GETPIPE_SZ, 4096);
	ck_assert_uint_eq(lb_the_pipe(1)->slots_max, 1);
	lb_call(t, CALL_fcntl, 4, 0, O_NONBLOCK, F_SETFL, 0);
	lb_write(t, 4, 5000, 4096);
	lb_agrees();
}
END_TEST

START_TEST(larger_pipe_lets_a_sleeping_write_go_on)
{
	u32 w, r;

	two(&w, &r, NULL);
	lb_enter(w, CALL_write, 4, 0, 70000, 0);
	lb_blocked(w, CALL_write);
	lb_call(r, CALL_fcntl, 3, 0, 131072, F_SETPIPE_SZ, 131072);
	lb_exit(w, CALL_write, 70000);
	lb_agrees();
}
END_TEST

START_TEST(splice_moves_bytes_and_makes_slots_unsure)
{
	u32 t = one(NULL);

	lb_pipe(t, 5, 6);
	lb_write(t, 4, 100, 100);
	lb_call(t, CALL_splice, 3, 6, 1000, 0, 100);
	ck_assert_int_eq(lb_the_pipe(1)->fill, 0);
	ck_assert_int_eq(lb_the_pipe(2)->fill, 100);
	ck_assert_uint_eq(lb_the_pipe(2)->slots_sure, 0);
	lb_read(t, 5, 1000, 100);
	ck_assert_uint_eq(lb_the_pipe(2)->slots_sure, 1);
	lb_agrees();
}
END_TEST

START_TEST(tee_leaves_its_source)
{
	u32 t = one(NULL);

	lb_pipe(t, 5, 6);
	lb_write(t, 4, 100, 100);
	lb_call(t, CALL_tee, 3, 6, 1000, 0, 100);
	ck_assert_int_eq(lb_the_pipe(1)->fill, 100);
	ck_assert_int_eq(lb_the_pipe(2)->fill, 100);
	lb_read(t, 3, 1000, 100);
	lb_agrees();
}
END_TEST

START_TEST(vmsplice_goes_the_way_its_end_goes)
{
	u32 t = one(NULL);

	lb_call(t, CALL_vmsplice, 4, 0, 10, 0, 10);
	ck_assert_int_eq(lb_the_pipe(1)->fill, 10);
	lb_call(t, CALL_vmsplice, 3, 0, 10, 0, 10);
	ck_assert_int_eq(lb_the_pipe(1)->fill, 0);
	lb_agrees();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		memory_that_is_not_there_cuts_it_short, a_read_is_cut_short_by_memory,
		a_pipe_has_no_position,
		eof_after_last_writer_closes,
		eof_while_bytes_are_left_is_drift,
		eof_may_use_a_close_that_is_still_open,
		eof_may_use_a_death_that_is_under_way,
		eof_may_use_close_on_exec_of_an_open_exec,
		eof_while_own_process_holds_a_write_end_is_drift,
		eof_presumes_the_death_of_the_holder,
		life_of_one_presumed_dead_is_drift,
		settled_point_without_the_presumed_death_is_drift,
		write_that_fits_returns_all_of_it,
		short_write_for_no_reason_is_drift,
		nonblocking_write_returns_what_fitted,
		would_block_with_room_is_drift,
		full_pipe_still_merges_a_small_write,
		broken_pipe_after_last_reader_closes,
		broken_pipe_with_a_reader_here_is_drift,
		broken_pipe_may_use_a_death_that_is_under_way,
		more_than_capacity_and_open_reads_is_drift,
		sleeping_write_has_put_in_what_fits,
		read_lets_a_sleeping_write_go_on,
		read_of_part_of_a_page_frees_no_slot,
		sleeping_write_cannot_return_more_than_room_was_made,
		sleeping_write_interrupted_after_a_part_returns_that_part,
		short_count_without_signal_or_death_is_drift,
		sleeping_write_that_put_in_a_part_cannot_return_eintr,
		sleeping_writers_go_in_turn,
		write_that_fills_the_pipe_again_queues_up_behind,
		death_of_a_sleeping_writer_leaves_what_it_put_in,
		dying_writer_may_use_room_of_a_read_still_open,
		dying_reader_may_have_taken_of_a_write_still_open,
		dying_reader_may_have_made_room_for_a_sleeping_write,
		death_inside_a_write_leaves_all_or_a_part_of_it,
		pipe_size_changes_slots,
		larger_pipe_lets_a_sleeping_write_go_on,
		splice_moves_bytes_and_makes_slots_unsure,
		tee_leaves_its_source,
		vmsplice_goes_the_way_its_end_goes,
		NULL,
	};

	return lb_main("world/write", tests);
}
