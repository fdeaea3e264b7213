/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Semaphores, mutexes, conditions, barriers, rwlocks: value, owner, results that only an order of the
 * open operations explains; why a task waits on them; identities; two runs compared. */
#include <pthread.h>

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
	mb_told(b, CALL_pthread_rwlock_unlock, S, 0, 0);
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
	struct world *begun = lb.w, *one = a_run(false, 0, 5, true), *other = a_run(true, 0x3000, 5, true);
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
	const TTest *const tests[] = {post_and_wait_count,
		wait_may_end_before_the_post_that_let_it_go, wait_that_no_post_explains_is_drift,
		refusal_that_nothing_explains_is_drift,
		sleeping_at_a_semaphore_that_is_free_is_drift,
		semaphore_of_unknown_value_is_not_judged, a_poster_that_dies_leaves_doubt,
		private_semaphore_is_two_after_fork, destroyed_and_made_again_is_another,
		handler_makes_calls_inside_a_wait, told_call_begun_again_is_one, mutex_has_an_owner,
		sleeping_at_a_mutex_that_is_free_is_drift, mutex_held_by_two_is_drift, kinds_of_mutexes, owner_that_dies,
		static_mutex_needs_no_init, cond_wait_gives_the_mutex_back,
		signal_that_woke_another_waiter, barrier_lets_the_nth_go,
		rwlock_has_readers_or_a_writer, spin_lock_is_a_lock, words_of_untold_objects,
		outlook_of_calls_on_objects, who_could_post, what_has_a_name_may_be_opened_yet,
		two_locks_in_two_orders, threads_in_a_circle_of_lock_join_and_pipe,
		lock_of_the_dead, timed_wait_can_pass, spinning_is_a_wait,
		futex_is_a_wait_that_is_not_understood, tasks_have_identities,
		operations_have_identities, runs_are_compared_by_what_they_hold, NULL};

	return lb_main("world/sync", tests);
}
