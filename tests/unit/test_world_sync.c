/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Semaphores, mutexes, conditions, barriers, rwlocks: value, owner, results that only an
 * order of the open operations explains. */
#include <pthread.h>

#include "memorybuild.h"

#define S (AT + 64) /* where the object lies */
#define M (AT + 128)

static u32 a, b;

static void two_with_sem(u64 value)
{
	mb_two(&a, &b);
	mb_told(a, CALL_sem_init, S, value | 1ull << 32, 0);
}

static const struct w_sync *object(u32 n)
{
	const struct w_sync *s = world_sync(lb.w, n);

	ck_assert_ptr_nonnull(s);
	return s;
}

static struct why why(u32 task)
{
	struct why why;

	ck_assert(world_why(lb.w, task, &why));
	return why;
}

/* ---- semaphores ---- */

START_TEST(post_and_wait_count)
{
	char name[24];

	two_with_sem(1);
	ck_assert_str_eq(world_sync_name(lb.w, 1, name), "sem1");
	ck_assert_uint_eq(world_sync_by_name(lb.w, "sem1"), 1);
	ck_assert_uint_eq(world_sync_by_name(lb.w, "mutex1"), 0);
	mb_told(b, CALL_sem_wait, S, 0, 0);
	ck_assert_int_eq(object(1)->value, 0);
	mb_told(a, CALL_sem_trywait, S, 0, -EAGAIN);
	mb_told(a, CALL_sem_post, S, 0, 0);
	ck_assert_int_eq(object(1)->value, 1);
	mb_enter(a, CALL_sem_getvalue, S, 0);
	mb_end(a, CALL_sem_getvalue, 0, 1, 0);
	ck_assert_uint_eq(world_syncs(lb.w), 2);
	lb_agrees();
}
END_TEST

START_TEST(wait_may_end_before_the_post_that_let_it_go)
{
	two_with_sem(0);
	mb_sleeps(b, CALL_sem_wait, S, 0);
	ck_assert_uint_eq(object(1)->wait_n, 1);
	ck_assert_uint_eq(object(1)->wait_first, b);
	mb_enter(a, CALL_sem_post, S, 0);
	mb_exit(b, CALL_sem_wait, 0);
	ck_assert_uint_eq(object(1)->wait_n, 0);
	mb_exit(a, CALL_sem_post, 0);
	ck_assert_int_eq(object(1)->value, 0);
	lb_agrees();
}
END_TEST

START_TEST(wait_that_no_post_explains_is_drift)
{
	two_with_sem(0);
	mb_told(b, CALL_sem_wait, S, 0, 0);
	lb_drifts(1);
	ck_assert_ptr_nonnull(strstr(world_head(lb.w)->first_drift, "sem_wait of P2"));
	mb_told(a, CALL_sem_post, S, 0, 0);
	ck_assert_int_eq(object(1)->value, 1);
}
END_TEST

START_TEST(refusal_that_nothing_explains_is_drift)
{
	two_with_sem(1);
	mb_enter(a, CALL_sem_trywait, S, 0);
	mb_enter(b, CALL_sem_wait, S, 0);
	mb_exit(a, CALL_sem_trywait, -EAGAIN); /* b may have it */
	mb_exit(b, CALL_sem_wait, 0);
	mb_told(b, CALL_sem_post, S, 0, 0);
	mb_told(b, CALL_sem_wait, S, 0, -EINTR);
	lb_agrees();
	mb_told(a, CALL_sem_trywait, S, 0, -EAGAIN);
	lb_drifts(1);
	mb_told(a, CALL_sem_timedwait, S, 0, -ETIMEDOUT);
	lb_drifts(2);
	mb_enter(a, CALL_sem_getvalue, S, 0);
	mb_end(a, CALL_sem_getvalue, 0, 7, 0);
	lb_drifts(3);
	ck_assert_int_eq(object(1)->value, 7); /* adopted */
}
END_TEST

START_TEST(sleeping_at_a_semaphore_that_is_free_is_drift)
{
	two_with_sem(0);
	mb_sleeps(b, CALL_sem_wait, S, 0);
	lb_settled();
	lb_agrees();
	mb_told(a, CALL_sem_post, S, 0, 0);
	lb_settled();
	lb_drifts(1);
}
END_TEST

START_TEST(semaphore_of_unknown_value_is_not_judged)
{
	mb_two(&a, &b);
	mb_told(b, CALL_sem_wait, S, 0, 0);
	mb_told(b, CALL_sem_trywait, S, 0, -EAGAIN);
	lb_agrees();
	mb_memory(a, S, "\x03", 1, MEMORY_CHANGED); /* its first word, at a settled point */
	lb_settled();
	mb_told(a, CALL_sem_post, S, 0, 0);
	lb_settled();
	ck_assert_int_eq(object(1)->value, 4);
	lb_agrees();
}
END_TEST

START_TEST(a_poster_that_dies_leaves_doubt)
{
	two_with_sem(0);
	mb_enter(a, CALL_sem_post, S, 0);
	lb_end(a, 9);
	mb_told(b, CALL_sem_wait, S, 0, 0);
	lb_agrees();
}
END_TEST

/* Each process has its own copy of an ordinary variable. */
START_TEST(private_semaphore_is_two_after_fork)
{
	u32 t = lb_spawn(0, 0), c;

	mb_hooked(t);
	mb_told(t, CALL_sem_init, 0x404040, 1, 0);
	c = lb_fork(t);
	mb_told(t, CALL_sem_post, 0x404040, 0, 0);
	ck_assert_int_eq(object(1)->value, 2);
	ck_assert_int_eq(object(2)->value, 1);
	mb_told(c, CALL_sem_wait, 0x404040, 0, 0);
	mb_sleeps(c, CALL_sem_wait, 0x404040, 0);
	ck_assert_uint_eq(why(c).sync, 2);
	ck_assert_int_eq(object(2)->value, 0);
	ck_assert_uint_eq(why(c).wakers_n, 0); /* the parent's post is for another one */
	ck_assert_uint_eq(why(c).cycle_n, 1);
	mb_exit(c, CALL_sem_wait, 0);
	lb_drifts(1); /* with its own value known, too */
	lb_end(c, 9);
	ck_assert_ptr_null(world_sync(lb.w, 2));
}
END_TEST

START_TEST(destroyed_and_made_again_is_another)
{
	two_with_sem(1);
	mb_sleeps(b, CALL_sem_wait, S, 0); /* whatever the program means by that */
	mb_told(a, CALL_sem_destroy, S, 0, 0);
	ck_assert_uint_eq(object(1)->destroyed, 1);
	mb_told(a, CALL_sem_init, S, 5 | 1ull << 32, 0);
	ck_assert_int_eq(object(2)->value, 5);
	mb_exit(b, CALL_sem_wait, 0);
	ck_assert_ptr_null(world_sync(lb.w, 1));
	lb_agrees();
}
END_TEST

START_TEST(handler_makes_calls_inside_a_wait)
{
	two_with_sem(0);
	lb_pipe(a, 3, 4);
	mb_sleeps(a, CALL_sem_wait, S, 0);
	lb_signal(a, 10);
	lb_write(a, 4, 1, 1);
	mb_told(a, CALL_sem_post, S, 0, 0);
	ck_assert_ptr_null(world_outer(lb.w, a));
	ck_assert_uint_eq(world_task(lb.w, a)->op.call, CALL_sem_wait);
	lb_poised(a, CALL_read, 3, 0, 1, 0);
	ck_assert_uint_eq(world_outer(lb.w, a)->call, CALL_sem_wait);
	mb_exit(a, CALL_sem_wait, 0);
	ck_assert_int_eq(object(1)->value, 0);
	mb_sleeps(a, CALL_sem_wait, S, 0);
	lb_poised(a, CALL_read, 3, 0, 1, 0);
	lb_end(a, 9);
	lb_agrees();
}
END_TEST

START_TEST(told_call_begun_again_is_one)
{
	two_with_sem(1);
	mb_told(a, CALL_pthread_barrier_init, M, 3, 0);
	mb_sleeps(a, CALL_pthread_barrier_wait, M, 0);
	mb_enter(b, CALL_pthread_barrier_wait, M, 0);
	mb_enter(b, CALL_pthread_barrier_wait, M, 0);
	ck_assert_int_eq(object(2)->value, 2);
	ck_assert_uint_eq(object(2)->value_sure, 1);
	lb_exit_flags(b, CALL_pthread_barrier_wait, EVF_RESTART | EVF_TOLD, 0, 0, 0, 0, 0);
	ck_assert_int_eq(object(2)->value, 1);
	lb_agrees();
}
END_TEST

/* ---- mutexes ---- */

static void mutex_of(u64 type)
{
	mb_two(&a, &b);
	mb_told(a, CALL_pthread_mutex_init, M, type | 1 << 8, 0);
}

START_TEST(mutex_has_an_owner)
{
	mutex_of(0);
	lb.site = 5;
	mb_told(a, CALL_pthread_mutex_lock, M, 0, 0);
	ck_assert_uint_eq(object(1)->owner, a);
	ck_assert_uint_eq(object(1)->held_site, 5);
	mb_told(b, CALL_pthread_mutex_trylock, M, 0, -EBUSY);
	mb_sleeps(b, CALL_pthread_mutex_lock, M, 0);
	mb_enter(a, CALL_pthread_mutex_unlock, M, 0);
	mb_exit(b, CALL_pthread_mutex_lock, 0);
	mb_exit(a, CALL_pthread_mutex_unlock, 0);
	ck_assert_uint_eq(object(1)->owner, b);
	mb_told(b, CALL_pthread_mutex_unlock, M, 0, 0);
	ck_assert_uint_eq(object(1)->owner, 0);
	lb_agrees();
}
END_TEST

START_TEST(sleeping_at_a_mutex_that_is_free_is_drift)
{
	mutex_of(0);
	mb_told(a, CALL_pthread_mutex_lock, M, 0, 0);
	mb_sleeps(b, CALL_pthread_mutex_lock, M, 0);
	lb_settled();
	lb_agrees();
	mb_told(a, CALL_pthread_mutex_unlock, M, 0, 0);
	lb_settled();
	lb_drifts(1);
}
END_TEST

START_TEST(mutex_held_by_two_is_drift)
{
	mutex_of(0);
	mb_told(a, CALL_pthread_mutex_lock, M, 0, 0);
	mb_told(b, CALL_pthread_mutex_lock, M, 0, 0);
	lb_drifts(1);
	mb_told(b, CALL_pthread_mutex_unlock, M, 0, 0);
	mb_told(b, CALL_pthread_mutex_trylock, M, 0, -EBUSY);
	lb_drifts(2);
}
END_TEST

START_TEST(kinds_of_mutexes)
{
	mutex_of(PTHREAD_MUTEX_RECURSIVE);
	mb_told(a, CALL_pthread_mutex_lock, M, 0, 0);
	mb_told(a, CALL_pthread_mutex_lock, M, 0, 0);
	ck_assert_uint_eq(object(1)->depth, 2);
	mb_told(a, CALL_pthread_mutex_unlock, M, 0, 0);
	ck_assert_uint_eq(object(1)->owner, a);
	mb_told(b, CALL_pthread_mutex_unlock, M, 0, -EPERM);
	mb_told(a, CALL_pthread_mutex_unlock, M, 0, 0);
	ck_assert_uint_eq(object(1)->owner, 0);
	mb_told(a, CALL_pthread_mutex_init, M, PTHREAD_MUTEX_ERRORCHECK, 0);
	mb_told(a, CALL_pthread_mutex_lock, M, 0, 0);
	mb_told(a, CALL_pthread_mutex_lock, M, 0, -EDEADLK);
	lb_agrees();
	mb_told(b, CALL_pthread_mutex_lock, M, 0, -EDEADLK);
	lb_drifts(1);
	mb_told(a, CALL_pthread_mutex_unlock, M, 0, -EPERM);
	lb_drifts(2);
}
END_TEST

START_TEST(owner_that_dies)
{
	mutex_of(1 << 9);
	mb_told(a, CALL_pthread_mutex_lock, M, 0, 0);
	lb_end(a, 9);
	ck_assert_uint_eq(object(1)->owner_died, 1);
	ck_assert_uint_eq(object(1)->owner, a);
	mb_told(b, CALL_pthread_mutex_lock, M, 0, -EOWNERDEAD);
	ck_assert_uint_eq(object(1)->owner, b);
	ck_assert_uint_eq(object(1)->owner_died, 0);
	mb_told(b, CALL_pthread_mutex_consistent, M, 0, 0);
	mb_told(b, CALL_pthread_mutex_unlock, M, 0, 0);
	lb_agrees();
	mb_told(b, CALL_pthread_mutex_lock, M, 0, -EOWNERDEAD);
	lb_drifts(1);
}
END_TEST

START_TEST(static_mutex_needs_no_init)
{
	mb_two(&a, &b);
	mb_told(b, CALL_pthread_mutex_lock, M, 0, 0);
	ck_assert_uint_eq(object(1)->owner, b);
	lb_agrees();
	mb_told(a, CALL_pthread_mutex_trylock, M, 0, 0);
	lb_drifts(1);
}
END_TEST

/* ---- conditions ---- */

START_TEST(cond_wait_gives_the_mutex_back)
{
	mutex_of(0);
	mb_told(b, CALL_pthread_mutex_lock, M, 0, 0);
	mb_enter(b, CALL_pthread_cond_wait, S, M);
	ck_assert_uint_eq(object(1)->owner, 0);
	lb_blocked(b, CALL_pthread_cond_wait);
	ck_assert_uint_eq(object(2)->wait_n, 1);
	ck_assert_int_eq(why(b).reason, WHY_COND);
	mb_told(a, CALL_pthread_mutex_lock, M, 0, 0);
	mb_told(a, CALL_pthread_cond_signal, S, 0, 0);
	ck_assert_uint_eq(world_task(lb.w, b)->op.relocking, 1);
	ck_assert_uint_eq(object(2)->wait_n, 0);
	ck_assert_uint_eq(object(1)->wait_first, b);
	ck_assert_int_eq(why(b).reason, WHY_MUTEX);
	mb_told(a, CALL_pthread_mutex_unlock, M, 0, 0);
	mb_exit(b, CALL_pthread_cond_wait, 0);
	ck_assert_uint_eq(object(1)->owner, b);
	lb_agrees();
	mb_told(a, CALL_pthread_mutex_lock, M, 0, 0);
	lb_drifts(1);
}
END_TEST

START_TEST(signal_that_woke_another_waiter)
{
	u32 c;

	mutex_of(0);
	c = lb_fork(a);
	mb_told(b, CALL_pthread_mutex_lock, M, 0, 0);
	mb_sleeps(b, CALL_pthread_cond_wait, S, M);
	mb_told(c, CALL_pthread_mutex_lock, M, 0, 0);
	mb_sleeps(c, CALL_pthread_cond_wait, S, M);
	mb_told(a, CALL_pthread_cond_signal, S, 0, 0);
	ck_assert_uint_eq(world_task(lb.w, b)->op.relocking, 1);
	mb_exit(c, CALL_pthread_cond_wait, 0);
	ck_assert_uint_eq(world_task(lb.w, b)->op.relocking, 0);
	ck_assert_uint_eq(object(2)->wait_first, b);
	mb_sleeps(c, CALL_pthread_cond_wait, S, M);
	mb_enter(a, CALL_pthread_cond_signal, S, 0);
	mb_exit(b, CALL_pthread_cond_wait, 0); /* that signal was for b */
	mb_exit(a, CALL_pthread_cond_signal, 0);
	ck_assert_uint_eq(world_task(lb.w, c)->op.relocking, 0);
	mb_enter(a, CALL_pthread_cond_signal, S + 256, 0);
	mb_sleeps(b, CALL_pthread_cond_wait, S + 256, M); /* comes too late for that one */
	mb_exit(a, CALL_pthread_cond_signal, 0);
	ck_assert_uint_eq(world_task(lb.w, b)->op.relocking, 0);
	mb_told(a, CALL_pthread_cond_broadcast, S, 0, 0);
	ck_assert_uint_eq(world_task(lb.w, c)->op.relocking, 1);
	lb_agrees();
}
END_TEST

/* ---- barriers, rwlocks, spin locks ---- */

START_TEST(barrier_lets_the_nth_go)
{
	mb_two(&a, &b);
	mb_told(a, CALL_pthread_barrier_init, S, 2, 0);
	mb_sleeps(a, CALL_pthread_barrier_wait, S, 0);
	ck_assert_int_eq(object(1)->value, 1);
	ck_assert_int_eq(why(a).reason, WHY_BARRIER);
	ck_assert_uint_eq(why(a).wakers_n, 1);
	mb_enter(b, CALL_pthread_barrier_wait, S, 0);
	mb_exit(a, CALL_pthread_barrier_wait, 0);
	mb_exit(b, CALL_pthread_barrier_wait, -1);
	ck_assert_uint_eq(object(1)->generation, 1);
	ck_assert_int_eq(object(1)->value, 0);
	lb_agrees();
	mb_told(a, CALL_pthread_barrier_wait, S, 0, 0);
	lb_drifts(1);
}
END_TEST

START_TEST(rwlock_has_readers_or_a_writer)
{
	mb_two(&a, &b);
	mb_told(a, CALL_pthread_rwlock_init, S, 1, 0);
	mb_told(a, CALL_pthread_rwlock_rdlock, S, 0, 0);
	mb_told(b, CALL_pthread_rwlock_tryrdlock, S, 0, 0);
	ck_assert_int_eq(object(1)->value, 2);
	mb_told(b, CALL_pthread_rwlock_trywrlock, S, 0, -EBUSY);
	ck_assert_uint_eq(object(1)->readers[0], a);
	ck_assert_uint_eq(object(1)->readers[1], b);
	mb_told(b, CALL_pthread_rwlock_unlock, S, 0, 0);
	ck_assert_uint_eq(object(1)->readers[0], a);
	ck_assert_uint_eq(object(1)->readers[1], 0);
	mb_sleeps(b, CALL_pthread_rwlock_wrlock, S, 0);
	mb_enter(a, CALL_pthread_rwlock_unlock, S, 0);
	mb_exit(b, CALL_pthread_rwlock_wrlock, 0);
	mb_exit(a, CALL_pthread_rwlock_unlock, 0);
	ck_assert_uint_eq(object(1)->owner, b);
	ck_assert_int_eq(object(1)->value, 0);
	lb_agrees();
	mb_told(a, CALL_pthread_rwlock_rdlock, S, 0, 0);
	lb_drifts(1);
}
END_TEST

START_TEST(spin_lock_is_a_lock)
{
	mb_two(&a, &b);
	mb_told(a, CALL_pthread_spin_lock, S, 0, 0);
	mb_begin(REC_POISED, b, CALL_pthread_spin_lock, S, 0, EVF_TOLD);
	ck_assert_int_eq(world_outlook(lb.w, b), OUTLOOK_BLOCKS);
	mb_told(a, CALL_pthread_spin_unlock, S, 0, 0);
	ck_assert_int_eq(world_outlook(lb.w, b), OUTLOOK_GOES);
	mb_told(b, CALL_pthread_spin_trylock, S, 0, 0);
	ck_assert_uint_eq(object(1)->owner, b);
	lb_agrees();
}
END_TEST

/* What contended objects show without our runtime. */
START_TEST(words_of_untold_objects)
{
	u32 t = lb_spawn(0, 0);

	lb_observe(t, OBS_SYNC, 0x404040, CALL_pthread_mutex_lock, 101, 0, 0);
	ck_assert_uint_eq(object(1)->owner, t);
	lb_observe(t, OBS_SYNC, 0x404080, CALL_sem_wait, 3, 0, 0);
	ck_assert_int_eq(object(2)->value, 3);
	lb_observe(t, OBS_SYNC, 0x404040, CALL_pthread_mutex_lock, 0, 0, 0);
	ck_assert_uint_eq(object(1)->owner, 0);
}
END_TEST

/* ---- outlook ---- */

static enum outlook outlook(u32 task, u16 call, u64 addr)
{
	mb_begin(REC_POISED, task, call, addr, 0, EVF_TOLD);
	return world_outlook(lb.w, task);
}

START_TEST(outlook_of_calls_on_objects)
{
	two_with_sem(0);
	ck_assert_int_eq(outlook(a, CALL_sem_wait, S), OUTLOOK_BLOCKS);
	ck_assert_int_eq(outlook(a, CALL_sem_trywait, S), OUTLOOK_GOES);
	mb_told(b, CALL_sem_post, S, 0, 0);
	ck_assert_int_eq(outlook(a, CALL_sem_wait, S), OUTLOOK_GOES);
	ck_assert_int_eq(outlook(a, CALL_sem_wait, AT + 512), OUTLOOK_UNKNOWN);
	ck_assert_int_eq(outlook(a, CALL_pthread_mutex_lock, M), OUTLOOK_GOES);
	mb_told(a, CALL_pthread_mutex_lock, M, 0, 0);
	ck_assert_int_eq(outlook(b, CALL_pthread_mutex_lock, M), OUTLOOK_BLOCKS);
	ck_assert_int_eq(outlook(a, CALL_pthread_mutex_lock, M), OUTLOOK_BLOCKS);
	mb_told(a, CALL_pthread_barrier_init, AT + 256, 2, 0);
	ck_assert_int_eq(outlook(b, CALL_pthread_barrier_wait, AT + 256), OUTLOOK_BLOCKS);
	mb_enter(a, CALL_pthread_barrier_wait, AT + 256, 0);
	ck_assert_int_eq(world_outlook(lb.w, b), OUTLOOK_GOES);
	ck_assert_int_eq(outlook(b, CALL_pthread_cond_wait, AT + 320), OUTLOOK_BLOCKS);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {post_and_wait_count,
		wait_may_end_before_the_post_that_let_it_go, wait_that_no_post_explains_is_drift,
		refusal_that_nothing_explains_is_drift,
		sleeping_at_a_semaphore_that_is_free_is_drift,
		semaphore_of_unknown_value_is_not_judged, a_poster_that_dies_leaves_doubt,
		private_semaphore_is_two_after_fork, destroyed_and_made_again_is_another,
		handler_makes_calls_inside_a_wait, told_call_begun_again_is_one, mutex_has_an_owner,
		sleeping_at_a_mutex_that_is_free_is_drift, mutex_held_by_two_is_drift,
		kinds_of_mutexes, owner_that_dies, static_mutex_needs_no_init,
		cond_wait_gives_the_mutex_back, signal_that_woke_another_waiter,
		barrier_lets_the_nth_go, rwlock_has_readers_or_a_writer, spin_lock_is_a_lock,
		words_of_untold_objects, outlook_of_calls_on_objects, NULL};

	return lb_main("world/sync", tests);
}
