/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a task waits for an object of the C library, a thread, or memory; identities; two runs compared. */
#include "memorybuild.h"
#include "schedule/lib.h"

#define S (AT + 64) /* where the object lies */
#define M (AT + 128)

static u32 a, b;

static void two_with_sem(u64 value)
{
	mb_two(&a, &b);
	mb_told(a, CALL_sem_init, S, value | 1ull << 32, 0);
}

static struct why why(u32 task)
{
	struct why why;

	ck_assert(world_why(lb.w, task, &why));
	return why;
}

static void mutex_of(u64 type)
{
	mb_two(&a, &b);
	mb_told(a, CALL_pthread_mutex_init, M, type | 1 << 8, 0);
}

/* ---- why ---- */

START_TEST(who_could_post)
{
	two_with_sem(0);
	mb_sleeps(b, CALL_sem_wait, S, 0);
	ck_assert_int_eq(why(b).reason, WHY_SEM);
	ck_assert_uint_eq(why(b).sync, 1);
	ck_assert_uint_eq(why(b).segment, 1);
	ck_assert_uint_eq(why(b).off, 64);
	ck_assert_uint_eq(why(b).wakers_n, 1);
	ck_assert_uint_eq(why(b).wakers[0].task, a);
	ck_assert_uint_eq(why(b).cycle_n, 0);
	mb_sleeps(a, CALL_sem_wait, S, 0);
	ck_assert_uint_eq(why(b).cycle_n, 2);
	lb_exec(a, a, "/bin/true"); /* maps it no longer */
	ck_assert_uint_eq(why(b).wakers_n, 0);
	ck_assert_uint_eq(why(b).cycle_n, 1);
}
END_TEST

START_TEST(what_has_a_name_may_be_opened_yet)
{
	u32 t = lb_spawn(0, 0), c;

	mb_hooked(t);
	c = lb_fork(t);
	mb_shm_open(t, "/x", 60, 0, 3);
	mb_map(t, AT, 4096, 0, 60);
	mb_sleeps(t, CALL_sem_wait, S, 0);
	ck_assert_uint_eq(why(t).wakers_n, 0);
	ck_assert_uint_eq(why(t).cycle_n, 0);
	mb_unlink(c, "/dev/shm/x");
	ck_assert_uint_eq(why(t).cycle_n, 1);
}
END_TEST

START_TEST(two_locks_in_two_orders)
{
	u32 c;

	mb_two(&a, &b);
	c = lb_fork(a); /* somebody who has nothing to do with it */
	mb_told(a, CALL_pthread_mutex_lock, M, 0, 0);
	mb_told(b, CALL_pthread_mutex_lock, S, 0, 0);
	mb_sleeps(a, CALL_pthread_mutex_lock, S, 0);
	ck_assert_int_eq(why(a).reason, WHY_MUTEX);
	ck_assert_uint_eq(why(a).cycle_n, 0);
	mb_sleeps(b, CALL_pthread_mutex_lock, M, 0);
	ck_assert_uint_eq(why(a).cycle_n, 2);
	ck_assert_uint_eq(why(a).wakers_n, 1);
	ck_assert_uint_eq(why(a).wakers[0].task, b);
	ck_assert_uint_eq(mb_state(c), TASK_RUNNING);
}
END_TEST

START_TEST(threads_in_a_circle_of_lock_join_and_pipe)
{
	u32 t = lb_spawn(0, 0), u, c;
	struct ev_enter *ev;

	lb_pipe(t, 3, 4);
	c = lb_fork(t);
	lb_close(t, 4);
	u = lb_spawn(t, EVF_THREAD | EVF_FILES);
	mb_told(t, CALL_pthread_mutex_lock, 0x404040, 0, 0);
	ev = lb_record(REC_ENTER, CALL_pthread_join, t, EVF_TOLD, sizeof *ev);
	ev->fd = world_task(lb.w, u)->tid;
	lb_commit();
	lb_blocked(t, CALL_pthread_join);
	ck_assert_int_eq(why(t).reason, WHY_THREAD);
	ck_assert_uint_eq(why(t).wakers[0].task, u);
	ck_assert_uint_eq(why(t).cycle_n, 0);
	mb_sleeps(u, CALL_pthread_mutex_lock, 0x404040, 0);
	ck_assert_uint_eq(why(u).wakers[0].task, t);
	ck_assert_uint_eq(why(t).cycle_n, 2); /* that the other process runs does not matter */
	ck_assert_uint_eq(mb_state(c), TASK_RUNNING);
	lb_thread_end(u);
	ck_assert_uint_eq(why(t).cycle_n, 0);
}
END_TEST

START_TEST(lock_of_the_dead)
{
	mutex_of(0);
	lb_fork(a); /* lives, and cannot help */
	mb_told(a, CALL_pthread_mutex_lock, M, 0, 0);
	mb_sleeps(b, CALL_pthread_mutex_lock, M, 0);
	lb_end(a, 9);
	lb_settled();
	ck_assert_int_eq(why(b).reason, WHY_MUTEX);
	ck_assert_uint_eq(why(b).wakers_n, 0);
	ck_assert_uint_eq(why(b).cycle_n, 1);
	lb_agrees();
}
END_TEST

START_TEST(timed_wait_can_pass)
{
	struct ev_enter *ev;

	two_with_sem(0);
	ev = lb_record(REC_ENTER, CALL_sem_timedwait, b, EVF_TOLD, sizeof *ev);
	ev->arg = S;
	ev->hash = 500;
	lb_commit();
	lb_blocked(b, CALL_sem_timedwait);
	lb_end(a, 0);
	ck_assert_uint_eq(why(b).timeout_ns, 500);
	ck_assert_uint_eq(why(b).cycle_n, 0);
	ck_assert(schedule_can_pass(lb.w, b));
	mb_exit(b, CALL_sem_timedwait, -ETIMEDOUT);
	lb_agrees();
}
END_TEST

START_TEST(spinning_is_a_wait)
{
	u32 c;

	mb_two(&a, &b);
	c = lb_fork(a);
	for (u32 i = 0; i < 3; i++)
		mb_load(b, AT + 8, 4, 0);
	mb_poised(b, CALL_load, AT + 8, 4);
	ck_assert_int_eq(why(b).reason, WHY_SPIN);
	ck_assert_uint_eq(why(b).segment, 1);
	ck_assert_uint_eq(why(b).off, 8);
	ck_assert_uint_eq(why(b).wakers_n, 2);
	ck_assert_uint_eq(why(b).cycle_n, 0);
	lb_end(c, 0);
	mb_sleeps(a, CALL_sem_wait, S, 0);
	ck_assert_uint_eq(why(b).cycle_n, 2); /* nobody is left who could change it */
	ck_assert_uint_eq(why(b).wakers_n, 1);
}
END_TEST

START_TEST(futex_is_a_wait_that_is_not_understood)
{
	mb_two(&a, &b);
	lb_enter_hash(REC_ENTER, b, CALL_futex, 0, 0, 0, S, TIME_NONE);
	lb_blocked(b, CALL_futex);
	ck_assert_int_eq(why(b).reason, WHY_FUTEX);
	ck_assert_uint_eq(why(b).segment, 1);
	ck_assert_uint_eq(why(b).wakers_n, 1);
	ck_assert_uint_eq(why(b).cycle_n, 0);
}
END_TEST

/* ---- identities ---- */

static void identity_is(u32 task, const char *expected)
{
	struct str s = {0};

	world_op_identity(lb.w, task, &s);
	ck_assert_str_eq(str_get(&s), expected);
	str_finish(&s);
}

START_TEST(tasks_have_identities)
{
	u32 t = lb_spawn(0, 0), c, d, u;
	struct str s = {0};

	lb_fork(t);
	c = lb_fork(t);
	u = lb_spawn(c, EVF_THREAD | EVF_FILES);
	d = lb_fork(u);
	world_task_identity(lb.w, d, &s);
	ck_assert_str_eq(str_get(&s), "1.2/2.1");
	ck_assert_uint_eq(world_task_by_identity(lb.w, "1.2/2.1"), d);
	ck_assert_uint_eq(world_task_by_identity(lb.w, "1.2/2"), u);
	ck_assert_uint_eq(world_task_by_identity(lb.w, "1.2"), c);
	ck_assert_uint_eq(world_task_by_identity(lb.w, "1"), t);
	ck_assert_uint_eq(world_task_by_identity(lb.w, "1.3"), 0);
	ck_assert_uint_eq(world_task_by_identity(lb.w, "1."), 0);
	ck_assert_uint_eq(world_task_by_identity(lb.w, "1.2/2x"), 0);
	ck_assert_uint_eq(world_task_by_identity(lb.w, ""), 0);
	str_finish(&s);
}
END_TEST

START_TEST(operations_have_identities)
{
	two_with_sem(1);
	lb_pipe(b, 3, 4);
	mb_poised(b, CALL_store, AT + 12, 4);
	identity_is(b, "shm 1:1+12");
	mb_begin(REC_POISED, b, CALL_sem_wait, S, 0, EVF_TOLD);
	identity_is(b, "sem shm 1:1+64");
	lb_poised(b, CALL_read, 3, 0, 1, 0);
	identity_is(b, "pipe 1.1:1");
	mb_told(b, CALL_sem_init, 0x404040, 0, 0);
	mb_begin(REC_POISED, b, CALL_sem_post, 0x404040, 0, EVF_TOLD);
	identity_is(b, "sem 1.1:1");
	mb_begin(REC_POISED, b, CALL_pthread_mutex_lock, 0x55a4a4f040, 0, EVF_TOLD);
	identity_is(b, "mutex 1.1@040");
	mb_shm_open(a, "/ring", 60, 4096, 3);
	mb_map(a, AT + 0x10000, 4096, 0, 60);
	mb_poised(a, CALL_load, AT + 0x10004, 4);
	identity_is(a, "shm /ring+4");
	lb_poised(a, CALL_nanosleep, 0, 0, 0, 1);
	identity_is(a, "");
}
END_TEST

/* ---- two runs ---- */

/* Either of two processes first, at whatever addresses. */
static struct world *a_run(bool other_first, u64 shift, u32 value, bool lock)
{
	struct world *w;
	u32 order[2];

	lb_begin();
	a = lb_spawn(0, 0);
	mb_hooked(a);
	mb_held();
	mb_anonymous(a, AT + shift, 4096, 50 + shift);
	mb_told(a, CALL_sem_init, S + shift, 1ull << 32, 0);
	b = lb_fork(a);
	order[0] = other_first ? b : a;
	order[1] = other_first ? a : b;
	for (u32 i = 0; i < 2; i++) {
		mb_told(order[i], CALL_sem_post, S + shift, 0, 0);
		mb_store(order[i], AT + shift + (order[i] == a ? 0 : 4), 4, value, 0);
	}
	if (lock) {
		mb_told(b, CALL_pthread_mutex_lock, M + shift, 0, 0);
		/* its words hold a thread's number */
		mb_memory(b, M + shift + 8, other_first ? "\x01" : "\x02", 1, MEMORY_CHANGED);
	}
	lb_settled();
	w = lb.w;
	free(lb.bytes);
	return w;
}

START_TEST(runs_are_compared_by_what_they_hold)
{
	struct world *begun = lb.w, *one = a_run(false, 0, 5, true),
		     *other = a_run(true, 0x3000, 5, true);
	struct world *third = a_run(true, 0x3000, 6, true), *fourth = a_run(false, 0, 5, false);
	struct str where = {0};

	ck_assert_msg(world_same(one, other, &where), "%s", str_get(&where));
	ck_assert(!world_same(one, third, &where));
	ck_assert_ptr_nonnull(strstr(str_get(&where), "another byte at"));
	str_clear(&where);
	ck_assert(!world_same(one, fourth, &where));
	ck_assert_ptr_nonnull(strstr(str_get(&where), "mutex shm 1:1+128"));
	str_finish(&where);
	world_destroy(begun);
	world_destroy(one);
	world_destroy(other);
	world_destroy(third);
	world_destroy(fourth);
	lb_begin(); /* for the fixture to end */
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {who_could_post, what_has_a_name_may_be_opened_yet,
		two_locks_in_two_orders, threads_in_a_circle_of_lock_join_and_pipe,
		lock_of_the_dead, timed_wait_can_pass, spinning_is_a_wait,
		futex_is_a_wait_that_is_not_understood, tasks_have_identities,
		operations_have_identities, runs_are_compared_by_what_they_hold, NULL};

	return lb_main("world/waits", tests);
}
