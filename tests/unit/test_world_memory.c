/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segments, mappings, bytes, who wrote them. */
#include "memorybuild.h"

static u32 map_of(u32 task, u64 addr)
{
	return world_map_find(lb.w, world_task(lb.w, task)->proc, addr);
}

/* ---- segments ---- */

START_TEST(segment_has_identity_and_name)
{
	u32 t = lb_spawn(0, 0), c = lb_fork(t);

	mb_anonymous(c, AT, 4096, 50);
	mb_anonymous(c, AT + 0x10000, 8192, 51);
	ck_assert_uint_eq(mb_the_segment(2)->creator, c);
	ck_assert_uint_eq(mb_the_segment(2)->nth, 2);
	ck_assert_uint_eq(mb_the_segment(2)->name, 2);
	ck_assert_uint_eq(mb_the_segment(2)->size, 8192);
	ck_assert_uint_eq(world_segment_by_name(lb.w, "shm2"), 2);
	ck_assert_uint_eq(world_segment_by_name(lb.w, "shm3"), 0);
	ck_assert_uint_eq(world_segment_by_name(lb.w, "shm2x"), 0);
	lb_agrees();
}
END_TEST

START_TEST(segment_of_a_named_semaphore_takes_no_number)
{
	u32 t = lb_spawn(0, 0);

	mb_segment(t, SEGMENT_POSIX, 60, 32, "/sem.empty");
	mb_anonymous(t, AT, 4096, 50);
	ck_assert_uint_eq(mb_the_segment(1)->name, 0);
	ck_assert_uint_eq(mb_the_segment(2)->name, 1);
}
END_TEST

START_TEST(fork_copies_maps_and_exec_drops_them)
{
	u32 t, c, v;

	mb_two(&t, &c);
	ck_assert_uint_ne(map_of(c, AT + 100), 0);
	ck_assert_uint_eq(world_map(lb.w, map_of(c, AT))->inherited, world_task(lb.w, t)->proc);
	lb_exec(c, c, "/bin/true");
	ck_assert_uint_eq(map_of(c, AT), 0);
	ck_assert_uint_ne(map_of(t, AT), 0);
	lb_enter(t, CALL_vfork, 0, 0, 0, 0);
	v = lb_spawn(t, EVF_VFORK);
	ck_assert_uint_ne(map_of(v, AT), 0);
	lb_exec(v, v, "/bin/true");
	ck_assert_uint_eq(map_of(v, AT), 0);
	ck_assert_uint_ne(map_of(t, AT), 0);
}
END_TEST

START_TEST(segment_goes_with_its_last_mapping)
{
	u32 t, c;

	mb_two(&t, &c);
	lb_end(c, 0);
	ck_assert_uint_eq(mb_the_segment(1)->gone, 0);
	lb_observe(t, OBS_UNMAP, AT, 4096, 0, 0, 0);
	ck_assert_uint_eq(mb_the_segment(1)->gone, 1);
	ck_assert_uint_eq(map_of(t, AT), 0);
	mb_anonymous(t, AT, 4096, 50); /* the inode again: another segment */
	ck_assert_uint_eq(map_of(t, AT) ? world_map(lb.w, map_of(t, AT))->segment : 0, 2);
}
END_TEST

START_TEST(gone_segments_are_kept_within_bounds)
{
	u32 t = lb_spawn(0, 0);

	for (u32 i = 0; i < 200; i++) {
		mb_anonymous(t, AT, 4096, 50 + i);
		mb_store(t, AT + 8, 4, 1, 0);
		mb_poised(t, CALL_store, AT + 8, 4);
		lb_observe(t, OBS_UNMAP, AT, 4096, 0, 0, 0);
	}
	ck_assert_uint_lt(world_segments(lb.w), 80);
}
END_TEST

START_TEST(an_open_descriptor_keeps_it)
{
	u32 t = lb_spawn(0, 0);

	mb_shm_open(t, "/ring", 60, 0, 3);
	ck_assert_str_eq(world_text(lb.w, mb_the_segment(1)->title), "/ring");
	ck_assert_uint_eq(world_file(lb.w, lb_fd(t, 3)->file)->kind, OBJ_SEGMENT);
	mb_map(t, AT, 4096, 0, 60);
	lb_call(t, CALL_dup, 3, 0, 0, 0, 4);
	lb_close(t, 3);
	mb_unlink(t, "/dev/shm/ring");
	ck_assert_uint_eq(mb_the_segment(1)->unlinked, 1);
	lb_observe(t, OBS_UNMAP, AT, 4096, 0, 0, 0);
	ck_assert_uint_eq(mb_the_segment(1)->gone, 0);
	lb_close(t, 4);
	ck_assert_uint_eq(mb_the_segment(1)->gone, 1);
	lb_agrees();
}
END_TEST

START_TEST(a_name_brings_it_back)
{
	u32 t = lb_spawn(0, 0);

	mb_shm_open(t, "/ring", 60, 0, 3);
	lb_close(t, 3);
	ck_assert_uint_eq(mb_the_segment(1)->gone, 1);
	mb_shm_open(t, "/ring", 60, 4096, 3);
	ck_assert_uint_eq(mb_the_segment(1)->gone, 0);
	ck_assert_uint_eq(mb_the_segment(1)->size, 4096);
	lb_close(t, 3);
	mb_unlink(t, "/dev/shm/ring");
	mb_shm_open(t, "/ring", 60, 0, 3); /* another one that was given the inode */
	ck_assert_uint_eq(world_file(lb.w, lb_fd(t, 3)->file)->object, 2);
	lb_agrees();
}
END_TEST

START_TEST(inode_of_a_pipe_is_not_taken_for_a_segment)
{
	u32 t = lb_spawn(0, 0);
	u64 ino = lb_pipe(t, 3, 4);

	mb_shm_open(t, "/ring", ino, 0, 5);
	ck_assert_uint_eq(world_file(lb.w, lb_fd(t, 5)->file)->kind, OBJ_SEGMENT);
	lb_enter(t, CALL_openat, 0, 0, 0, 0);
	lb_exit_flags(t, CALL_openat, 0, 6, 6, 0, ino, O_RDONLY);
	ck_assert_uint_eq(world_file(lb.w, lb_fd(t, 6)->file)->kind, OBJ_PIPE);
}
END_TEST

START_TEST(memfd_and_inherited_descriptors_lead_to_it)
{
	u32 t = lb_spawn(0, 0);

	lb_enter(t, CALL_memfd_create, 0, 0, 0, 1);
	mb_segment(t, SEGMENT_MEMFD, 70, 0, "buf");
	lb_exit_flags(t, CALL_memfd_create, 0, 5, 5, 0, 70, DEV);
	ck_assert_uint_eq(lb_fd(t, 5)->cloexec, 1);
	lb_observe(t, OBS_FD, 9 | 3ull << 32, 70, 0, 0, 4);
	ck_assert_uint_eq(world_file(lb.w, lb_fd(t, 9)->file)->object, 1);
	lb_agrees();
}
END_TEST

/* ---- mappings ---- */

START_TEST(new_mapping_cuts_the_old_one)
{
	u32 t = lb_spawn(0, 0), map;

	mb_anonymous(t, AT, 4 * 4096, 50);
	mb_anonymous(t, AT + 4096, 4096, 51);
	ck_assert_uint_eq(world_map(lb.w, map_of(t, AT))->len, 4096);
	ck_assert_uint_eq(world_map(lb.w, map_of(t, AT + 4096))->segment, 2);
	map = map_of(t, AT + 8192);
	ck_assert_uint_eq(world_map(lb.w, map)->segment, 1);
	ck_assert_uint_eq(world_map(lb.w, map)->offset, 8192);
	ck_assert_uint_eq(world_map(lb.w, map)->len, 8192);
	lb_observe(t, OBS_UNMAP, AT + 100, 3 * 4096, 0, 0, 0);
	ck_assert_uint_eq(map_of(t, AT + 4096), 0);
	ck_assert_uint_ne(map_of(t, AT + 3 * 4096 + 200), 0);
}
END_TEST

START_TEST(same_place_mapped_again_keeps_the_segment)
{
	u32 t = lb_spawn(0, 0);

	mb_segment(t, SEGMENT_MEMFD, 60, 8192, "x");
	mb_map(t, AT, 4096, 0, 60);
	mb_map(t, AT, 4096, 4096, 60);
	ck_assert_uint_eq(mb_the_segment(1)->gone, 0);
	mb_map(t, AT + 0x10000, 4096, 0, 60);
	ck_assert_uint_ne(map_of(t, AT + 0x10000), 0);
	mb_store(t, AT + 4, 4, 7, 0);
	ck_assert_uint_eq(mb_word(1, 4100, 4), 7);
}
END_TEST

START_TEST(mremap_moves_and_munmap_ends)
{
	u32 t = lb_spawn(0, 0);

	mb_anonymous(t, AT, 8192, 50);
	lb_enter_hash(REC_ENTER, t, CALL_mremap, 0, 0, 16384, AT, 8192);
	lb_exit(t, CALL_mremap, (i64)AT + 0x100000);
	ck_assert_uint_eq(map_of(t, AT), 0);
	ck_assert_uint_eq(world_map(lb.w, map_of(t, AT + 0x100000))->len, 16384);
	ck_assert_uint_eq(mb_the_segment(1)->gone, 0);
	lb_call(t, CALL_munmap, 0, 0, 16384, AT + 0x100000, 0);
	ck_assert_uint_eq(mb_the_segment(1)->gone, 1);
	lb_agrees();
}
END_TEST

START_TEST(sem_open_maps_its_file)
{
	u32 t = lb_spawn(0, 0);
	struct ev_enter *ev = lb_record(REC_ENTER, CALL_sem_open, t, EVF_TOLD, sizeof *ev + 8);

	ev->held = 6;
	ev->size = (O_CREAT | O_EXCL) | 3ull << 32;
	memcpy(ev->contents, "/full", 6);
	lb_commit();
	mb_segment(t, SEGMENT_POSIX, 61, 32, "/sem.full");
	lb_exit_flags(t, CALL_sem_open, EVF_TOLD, 0, 0, 0, AT, 61);
	ck_assert_uint_eq(world_map(lb.w, map_of(t, AT))->segment, 1);
	ck_assert_int_eq(world_sync(lb.w, 1)->value, 3);
	ck_assert_str_eq(world_text(lb.w, world_sync(lb.w, 1)->title), "/full");
	lb_agrees();
}
END_TEST

/* ---- bytes ---- */

START_TEST(fresh_memory_is_known_to_be_zero)
{
	u32 t = lb_spawn(0, 0);

	mb_anonymous(t, AT, 4096, 50);
	ck_assert_uint_eq(mb_known(1, 100, 16), 16);
	ck_assert_uint_eq(mb_known(1, 4090, 16), 6); /* behind its end nothing is */
	mb_anonymous(t, AT + 0x100000, 1 << 20, 51);
	ck_assert_uint_eq(mb_known(2, 100, 16), 0); /* too large to be looked at as a whole */
	mb_store(t, AT + 0x100000 + 104, 4, 5, 0);
	ck_assert_uint_eq(mb_known(2, 100, 16), 4);
}
END_TEST

START_TEST(old_memory_is_known_after_the_first_look)
{
	u32 t = lb_spawn(0, 0);

	mb_shm_open(t, "/old", 60, 4096, 3);
	mb_map(t, AT, 4096, 0, 60);
	ck_assert_uint_eq(mb_known(1, 0, 16), 0);
	mb_memory(t, AT + 4, "abc", 3, MEMORY_FIRST);
	ck_assert_uint_eq(mb_known(1, 0, 16), 3);
	lb_settled();
	ck_assert_uint_eq(mb_known(1, 0, 16), 16);
	ck_assert_uint_eq(mb_known(1, 2000, 16), 16);
	ck_assert_uint_eq(mb_word(1, 4, 4), 'a' | 'b' << 8 | 'c' << 16);
}
END_TEST

START_TEST(stores_put_bytes_and_writers)
{
	u32 t, c;
	u64 seq, first;

	mb_two(&t, &c);
	mb_store(t, AT + 60, 8, 0x1122334455667788, 0); /* over a line's end */
	first = world_head(lb.w)->events;
	ck_assert_uint_eq(mb_word(1, 60, 8), 0x1122334455667788);
	mb_store(c, AT + 64, 4, 9, 0x11223344);
	ck_assert_uint_eq(mb_word(1, 60, 8), 9ull << 32 | 0x55667788);
	ck_assert_uint_eq(world_writer(lb.w, 1, 60, &seq), t);
	ck_assert_uint_eq(seq, first);
	ck_assert_uint_eq(world_writer(lb.w, 1, 66, &seq), c);
	ck_assert_uint_eq(seq, world_head(lb.w)->events);
	ck_assert_uint_eq(world_writer(lb.w, 1, 100, &seq), 0);
	ck_assert_uint_eq(world_head(lb.w)->memory_mended, 0);
	lb_agrees();
}
END_TEST

START_TEST(one_segment_at_two_addresses)
{
	u32 t, c;

	mb_two(&t, &c);
	mb_map(c, AT + 0x50000, 4096, 0, 50);
	mb_store(t, AT + 16, 4, 77, 0);
	mb_load(c, AT + 0x50000 + 16, 4, 77);
	ck_assert_uint_eq(world_head(lb.w)->memory_mended, 0);
	ck_assert_uint_eq(world_saw(lb.w, c, 1, 16, 4)->value, 77);
}
END_TEST

START_TEST(memory_record_of_an_open_store_is_that_stores)
{
	u32 t, c;
	u8 bytes[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

	mb_two(&t, &c);
	mb_begin(REC_ENTER, t, CALL_store, AT + 32, 16, 0);
	mb_memory(t, AT + 32, bytes, 16, MEMORY_CHANGED);
	mb_end(t, CALL_store, 0, 0, 0);
	ck_assert_uint_eq(world_writer(lb.w, 1, 44, NULL), t);
	mb_memory(c, AT + 32, "\x01\x02\x03\x09", 4, MEMORY_CHANGED);
	ck_assert_uint_eq(world_writer(lb.w, 1, 32, NULL), 0);
	ck_assert_uint_eq(world_writer(lb.w, 1, 36, NULL), t);
	ck_assert_uint_eq(mb_word(1, 32, 4), 0x09030201);
}
END_TEST

START_TEST(memory_is_never_drift)
{
	u32 t, c;
	u64 explained;

	mb_two(&t, &c);
	explained = world_head(lb.w)->explained;
	mb_load(t, AT + 8, 4, 5); /* the world says 0 */
	ck_assert_uint_eq(mb_word(1, 8, 4), 5);
	ck_assert_uint_eq(world_head(lb.w)->memory_mended, 1);
	ck_assert_uint_eq(world_head(lb.w)->explained, explained + 1);
	mb_store(t, AT + 8, 4, 7, 6); /* 5 */
	ck_assert_uint_eq(world_head(lb.w)->memory_mended, 2);
	ck_assert_uint_eq(mb_word(1, 8, 4), 7);
	lb_agrees();
}
END_TEST

START_TEST(what_untold_code_may_have_written_is_not_mended)
{
	u32 t, c;

	mb_two(&t, &c);
	lb_exec(c, c, "/bin/other");
	mb_map(c, AT, 4096, 0, 50);
	mb_load(t, AT + 8, 4, 5);
	ck_assert_uint_eq(world_head(lb.w)->memory_mended, 0);
	ck_assert_uint_eq(mb_word(1, 8, 4), 5);
}
END_TEST

START_TEST(late_load_does_not_undo_a_store)
{
	u32 t, c;

	mb_two(&t, &c);
	mb_begin(REC_ENTER, t, CALL_load, AT, 4, 0);
	mb_store(c, AT, 4, 9, 0);
	mb_end(t, CALL_load, 0, 0, 0);
	ck_assert_uint_eq(mb_word(1, 0, 4), 9);
	ck_assert_uint_eq(world_saw(lb.w, t, 1, 0, 4)->value, 0);
	ck_assert_uint_eq(world_head(lb.w)->memory_mended, 0);
}
END_TEST

START_TEST(access_that_faults_does_nothing)
{
	u32 t, c;

	mb_two(&t, &c);
	mb_begin(REC_ENTER, t, CALL_store, AT, 4, 0);
	mb_end(t, CALL_store, -EFAULT, 9, 0);
	ck_assert_uint_eq(mb_word(1, 0, 4), 0);
	ck_assert_ptr_null(world_saw(lb.w, t, 1, 0, 4));
	lb_agrees();
}
END_TEST

START_TEST(shrinking_clears_what_comes_after)
{
	u32 t = lb_spawn(0, 0);

	mb_shm_open(t, "/x", 60, 0, 3);
	lb_enter(t, CALL_ftruncate, 3, 0, 0, 8192);
	lb_exit_flags(t, CALL_ftruncate, 0, 0, 0, 0, 60, DEV);
	ck_assert_uint_eq(mb_the_segment(1)->size, 8192);
	mb_map(t, AT, 8192, 0, 60);
	mb_store(t, AT + 4096, 4, 1, 0);
	mb_store(t, AT + 8, 8, UINT64_MAX, 0);
	lb_observe(t, OBS_SEGMENT, 60, DEV, 10, 0, 0);
	ck_assert_uint_eq(mb_word(1, 8, 8), 0xffff);
	ck_assert_uint_eq(mb_known(1, 4096, 4), 0);
	lb_observe(t, OBS_SEGMENT, 60, DEV, 8192, 0, 0);
	ck_assert_uint_eq(mb_word(1, 4096, 4), 0);
}
END_TEST

START_TEST(many_lines_are_found_again)
{
	u32 t = lb_spawn(0, 0);

	mb_anonymous(t, AT, 1 << 20, 50);
	for (u32 i = 0; i < 1500; i++)
		mb_store(t, AT + i * 64, 4, i + 1, 0);
	for (u32 i = 0; i < 1500; i++)
		ck_assert_uint_eq(mb_word(1, i * 64, 4), i + 1);
	ck_assert_uint_eq(mb_the_segment(1)->line_n, 1500);
}
END_TEST

START_TEST(checkpoint_brings_memory_back)
{
	struct checkpoint *c;
	struct world *copy = world_create();
	u32 a, b;

	mb_two(&a, &b);
	mb_told(a, CALL_sem_init, AT + 64, 1 | 1ull << 32, 0);
	for (u32 i = 0; i < 20; i++)
		mb_store(a, AT + 128 + i * 64, 4, i, 0);
	c = world_checkpoint(lb.w);
	mb_store(b, AT + 128, 4, 1000, 0);
	for (u32 i = 0; i < 30; i++)
		mb_store(b, AT + 1500 + i * 64, 4, 1000, 0);
	world_restore(copy, c);
	ck_assert(!world_equal_bytes(copy, lb.w));
	world_restore(lb.w, c);
	ck_assert(world_equal_bytes(copy, lb.w));
	ck_assert_uint_eq(mb_word(1, 128, 4), 0);
	world_destroy(copy);
	checkpoint_destroy(c);
}
END_TEST

/* --threads: a process's own memory, by address. */
START_TEST(own_memory_is_by_address)
{
	u32 t = lb_spawn(0, 0), other = lb_spawn(t, EVF_THREAD | EVF_FILES), c;
	char name[24];

	mb_segment(t, SEGMENT_PRIVATE, 101, 0, NULL);
	mb_store(t, 0x404010, 4, 3, 0);
	mb_load(other, 0x404010, 4, 3);
	ck_assert_uint_eq(mb_word(1, 0x404010, 4), 3);
	ck_assert_str_eq(world_segment_name(lb.w, 1, name), "P1's memory");
	mb_poised(t, CALL_store, 0x404010, 4);
	mb_poised(other, CALL_load, 0x404010, 4);
	ck_assert_uint_eq(world_conflict(lb.w, t, NULL), other);
	c = lb_fork(other);
	mb_load(c, 0x404010, 4, 3); /* its own copy: nobody has named it */
	ck_assert_ptr_null(world_looks(lb.w, c));
	lb_exec(t, t, "/bin/true");
	ck_assert_uint_eq(mb_the_segment(1)->gone, 1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {segment_has_identity_and_name,
		segment_of_a_named_semaphore_takes_no_number, fork_copies_maps_and_exec_drops_them,
		segment_goes_with_its_last_mapping, gone_segments_are_kept_within_bounds,
		an_open_descriptor_keeps_it, a_name_brings_it_back,
		inode_of_a_pipe_is_not_taken_for_a_segment,
		memfd_and_inherited_descriptors_lead_to_it, new_mapping_cuts_the_old_one,
		same_place_mapped_again_keeps_the_segment, mremap_moves_and_munmap_ends,
		sem_open_maps_its_file, fresh_memory_is_known_to_be_zero,
		old_memory_is_known_after_the_first_look, stores_put_bytes_and_writers,
		one_segment_at_two_addresses, memory_record_of_an_open_store_is_that_stores,
		memory_is_never_drift, what_untold_code_may_have_written_is_not_mended,
		late_load_does_not_undo_a_store, access_that_faults_does_nothing,
		shrinking_clears_what_comes_after, many_lines_are_found_again,
		checkpoint_brings_memory_back, own_memory_is_by_address, NULL};

	return lb_main("world/memory", tests);
}
