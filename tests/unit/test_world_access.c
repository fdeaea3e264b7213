/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loads and stores: who saw what, who spins, who is about to touch the same cell; whose turn it is. */
#include "memorybuild.h"
#include "schedule/lib.h"

static void step_load(u32 task, u64 addr, u64 value)
{
	mb_load(task, addr, 4, value);
	lb_settled();
}

/* Held before a load, stepped n times, each time held before the same again. */
static void spin(u32 task, u64 addr, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		mb_poised(task, CALL_load, addr, 4);
		step_load(task, addr, mb_word(1, addr - AT, 4));
	}
	mb_poised(task, CALL_load, addr, 4);
}

/* ---- who saw what ---- */

START_TEST(what_a_task_saw_stays_until_it_looks_again)
{
	u32 a, b;

	mb_two(&a, &b);
	mb_load(a, AT + 4, 4, 0);
	ck_assert_uint_eq(world_saw(lb.w, a, 1, 4, 4)->changed, 0);
	mb_store(b, AT + 4, 4, 0, 0); /* the same value: nothing has changed */
	ck_assert_uint_eq(world_saw(lb.w, a, 1, 4, 4)->changed, 0);
	mb_store(b, AT + 4, 4, 9, 0);
	ck_assert_uint_eq(world_saw(lb.w, a, 1, 4, 4)->value, 0);
	ck_assert_uint_eq(world_saw(lb.w, a, 1, 4, 4)->changed, 1);
	ck_assert_ptr_null(world_saw(lb.w, b, 1, 4, 4));
	mb_load(a, AT + 4, 4, 9);
	ck_assert_uint_eq(world_saw(lb.w, a, 1, 4, 4)->changed, 0);
	mb_store(a, AT + 4, 4, 10, 9); /* it knows what it has put there itself */
	ck_assert_uint_eq(world_saw(lb.w, a, 1, 4, 4)->value, 10);
	ck_assert_uint_eq(world_looks(lb.w, a)->stored_value, 10);
	mb_memory(b, AT + 4, "\x05", 1, MEMORY_CHANGED);
	ck_assert_uint_eq(world_saw(lb.w, a, 1, 4, 4)->changed, 1);
}
END_TEST

START_TEST(the_cells_seen_last_are_kept)
{
	u32 a, b;

	mb_two(&a, &b);
	for (u32 i = 0; i < 20; i++)
		mb_load(a, AT + 8 * i, 4, 0);
	ck_assert_ptr_null(world_saw(lb.w, a, 1, 8 * 3, 4));
	ck_assert_ptr_nonnull(world_saw(lb.w, a, 1, 8 * 4, 4));
	mb_load(a, AT + 8 * 4, 4, 0); /* to the front */
	mb_load(a, AT + 8 * 30, 4, 0);
	ck_assert_ptr_nonnull(world_saw(lb.w, a, 1, 8 * 4, 4));
	ck_assert_ptr_null(world_saw(lb.w, a, 1, 8 * 5, 4));
	ck_assert_ptr_nonnull(world_saw(lb.w, a, 1, 8 * 4 + 2, 2)); /* part of what it saw */
	lb_end(a, 0);
	ck_assert_ptr_null(world_saw(lb.w, a, 1, 8 * 4, 4));
}
END_TEST

/* ---- spinning ---- */

START_TEST(three_equal_rounds_are_spinning)
{
	u32 a, b;

	mb_two(&a, &b);
	spin(a, AT, 2);
	ck_assert_uint_eq(mb_state(a), TASK_POISED);
	step_load(a, AT, 0);
	ck_assert_uint_eq(mb_state(a), TASK_RUNNING);
	mb_poised(a, CALL_load, AT, 4);
	ck_assert_uint_eq(mb_state(a), TASK_SPINNING);
	ck_assert_uint_eq(world_task(lb.w, a)->spin_n, 1);
	spin(a, AT, 5);
	ck_assert_uint_eq(mb_state(a), TASK_SPINNING);
}
END_TEST

/* while (((in + 1) % SIZE) == out) at -O0 */
START_TEST(two_loads_a_round)
{
	u32 a, b;
	u64 seq;

	mb_two(&a, &b);
	for (u32 i = 0; i < 6; i++) {
		mb_poised(a, CALL_load, AT + 4 * (i % 2), 4);
		ck_assert_uint_eq(mb_state(a), TASK_POISED);
		step_load(a, AT + 4 * (i % 2), 0);
	}
	mb_poised(a, CALL_load, AT, 4);
	ck_assert_uint_eq(mb_state(a), TASK_SPINNING);
	ck_assert_uint_eq(world_task(lb.w, a)->spin_n, 2);
	seq = world_task(lb.w, a)->spin_seq;
	step_load(a, AT, 0);
	mb_poised(a, CALL_load, AT + 4, 4);
	ck_assert_uint_eq(mb_state(a), TASK_SPINNING);
	ck_assert_uint_eq(world_task(lb.w, a)->spin_seq, seq);
	step_load(a, AT + 4, 0);
	mb_poised(a, CALL_load, AT + 8, 4); /* not the next of the round */
	ck_assert_uint_eq(mb_state(a), TASK_POISED);
}
END_TEST

START_TEST(eight_loads_a_round_and_no_more)
{
	for (u32 k = 8; k <= 9; k++) {
		u32 a, b, n = 0;

		lb_end_all();
		lb_begin();
		mb_two(&a, &b);
		for (; n < 5 * k && (!n || mb_state(a) != TASK_SPINNING); n++) {
			mb_load(a, AT + 4 * (n % k), 4, 0);
			mb_poised(a, CALL_load, AT + 4 * ((n + 1) % k), 4);
		}
		ck_assert_uint_eq(n, k == 8 ? 24 : 45);
	}
}
END_TEST

START_TEST(a_change_ends_it)
{
	u32 a, b;

	mb_two(&a, &b);
	spin(a, AT, 3);
	mb_store(b, AT + 4, 4, 1, 0); /* another cell */
	ck_assert_uint_eq(mb_state(a), TASK_SPINNING);
	mb_store(b, AT, 4, 0, 0); /* the same value */
	ck_assert_uint_eq(mb_state(a), TASK_SPINNING);
	mb_store(b, AT, 4, 1, 0);
	ck_assert_uint_eq(mb_state(a), TASK_POISED);
	spin(a, AT, 3);
	ck_assert_uint_eq(mb_state(a), TASK_SPINNING);
	mb_memory(b, AT, "\x07", 1, MEMORY_CHANGED); /* by code that tells nothing */
	ck_assert_uint_eq(mb_state(a), TASK_POISED);
}
END_TEST

START_TEST(another_operation_in_between_is_no_spinning)
{
	u32 a, b;

	mb_two(&a, &b);
	lb_pipe(a, 3, 4);
	for (u32 i = 0; i < 6; i++) {
		mb_load(a, AT, 4, 0);
		lb_write(a, 4, 1, 1);
		mb_poised(a, CALL_load, AT, 4);
		ck_assert_uint_eq(mb_state(a), TASK_POISED);
	}
	for (u32 i = 0; i < 6; i++) {
		mb_load(a, AT, 4, 0);
		mb_store(a, AT + 8, 4, 1, 1);
		mb_poised(a, CALL_load, AT, 4);
		ck_assert_uint_eq(mb_state(a), TASK_POISED);
	}
	spin(a, AT, 3);
	lb_poised(a, CALL_write, 4, 0, 1, 0);
	ck_assert_uint_eq(mb_state(a), TASK_POISED);
}
END_TEST

START_TEST(another_line_is_no_spinning)
{
	u32 a, b;

	mb_two(&a, &b);
	for (u32 i = 0; i < 6; i++) {
		lb.site = 1 + i;
		mb_poised(a, CALL_load, AT, 4);
		ck_assert_uint_eq(mb_state(a), TASK_POISED);
		step_load(a, AT, 0);
	}
	lb.site = 9;
	spin(a, AT, 3);
	ck_assert_uint_eq(mb_state(a), TASK_SPINNING);
}
END_TEST

/* while (atomic_flag_test_and_set(&lock)) */
START_TEST(updates_in_vain_spin)
{
	u32 a, b;

	mb_two(&a, &b);
	mb_update(a, AT, 1, 1, 0); /* got it */
	for (u32 i = 0; i < 3; i++) {
		ck_assert(i == 0 || mb_state(b) == TASK_POISED);
		mb_update(b, AT, 1, 1, 1);
		mb_poised(b, CALL_update, AT, 1);
	}
	ck_assert_uint_eq(mb_state(b), TASK_SPINNING);
	mb_store(a, AT, 1, 0, 1);
	ck_assert_uint_eq(mb_state(b), TASK_POISED);
	mb_update(b, AT, 1, 1, 0);
	mb_poised(b, CALL_update, AT, 1);
	ck_assert_uint_eq(mb_state(b), TASK_POISED);
	lb_agrees();
}
END_TEST

/* ---- conflicts and races ---- */

START_TEST(two_poised_at_one_cell_conflict)
{
	u32 a, b;
	bool race;

	mb_two(&a, &b);
	mb_poised(a, CALL_load, AT + 4, 4);
	mb_poised(b, CALL_load, AT + 4, 4);
	ck_assert_uint_eq(world_conflict(lb.w, a, &race), 0); /* two loads do not mind */
	mb_poised(b, CALL_store, AT + 8, 4);
	ck_assert_uint_eq(world_conflict(lb.w, a, &race), 0);
	mb_poised(b, CALL_store, AT + 6, 1);
	ck_assert_uint_eq(world_conflict(lb.w, a, &race), b);
	ck_assert(race);
	ck_assert_uint_eq(world_head(lb.w)->conflicts, 1);
	mb_store(b, AT + 6, 1, 1, 0);
	ck_assert_uint_eq(world_head(lb.w)->races, 1);
	ck_assert_uint_eq(world_head(lb.w)->conflicts, 0);
	ck_assert_uint_eq(world_conflict(lb.w, a, &race), 0);
	lb_end(b, 0);
	ck_assert_uint_eq(world_head(lb.w)->races, 1);
}
END_TEST

START_TEST(atomics_conflict_without_a_race)
{
	u32 a, b;
	bool race = true;

	mb_two(&a, &b);
	mb_begin(REC_POISED, a, CALL_update, AT, 4, EVF_ATOMIC);
	mb_begin(REC_POISED, b, CALL_store, AT, 4, EVF_ATOMIC);
	ck_assert_uint_eq(world_conflict(lb.w, a, &race), b);
	ck_assert(!race);
	mb_update(a, AT, 4, 1, 0);
	ck_assert_uint_eq(world_head(lb.w)->races, 0);
	mb_poised(a, CALL_load, AT, 4); /* plain */
	ck_assert_uint_eq(world_conflict(lb.w, b, &race), a);
	ck_assert(race);
}
END_TEST

START_TEST(conflicts_go_with_the_task)
{
	u32 a, b;

	mb_two(&a, &b);
	mb_poised(a, CALL_store, AT, 4);
	mb_poised(b, CALL_store, AT, 4);
	ck_assert_uint_eq(world_head(lb.w)->conflicts, 1);
	lb_end(b, 9);
	ck_assert_uint_eq(world_head(lb.w)->conflicts, 0);
}
END_TEST

/* ---- whose turn it is ---- */

START_TEST(who_spins_moves_when_nobody_else_can)
{
	u32 a, b;
	struct choice c;

	mb_two(&a, &b);
	spin(a, AT, 3);
	mb_poised(b, CALL_store, AT, 4);
	ck_assert(schedule_can_step(lb.w, a));
	ck_assert_uint_eq(schedule_next(lb.w, b), b);
	lb_enter(b, CALL_nanosleep, 0, 0, 0, 1000);
	lb_blocked(b, CALL_nanosleep);
	c = schedule_free(lb.w, b);
	ck_assert_int_eq(c.kind, CHOICE_TIME);
	lb_exit(b, CALL_nanosleep, 0);
	spin(b, AT + 4, 3);
	ck_assert_uint_eq(mb_state(b), TASK_SPINNING);
	c = schedule_free(lb.w, a);
	ck_assert(c.kind == CHOICE_STEP && c.task == b);
	c = schedule_free(lb.w, b);
	ck_assert(c.kind == CHOICE_STEP && c.task == a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {what_a_task_saw_stays_until_it_looks_again,
		the_cells_seen_last_are_kept, three_equal_rounds_are_spinning, two_loads_a_round,
		eight_loads_a_round_and_no_more, a_change_ends_it,
		another_operation_in_between_is_no_spinning, another_line_is_no_spinning,
		updates_in_vain_spin, two_poised_at_one_cell_conflict,
		atomics_conflict_without_a_race, conflicts_go_with_the_task,
		who_spins_moves_when_nobody_else_can, NULL};

	return lb_main("world/access", tests);
}
