/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Message queues and System V semaphores: what the world explains, and what it must not. Hand-made records. */
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>

#include "logbuild.h"

enum { INO = 4711, MSG = 5, SET = 7 };

static void enter_with(u16 kind, u32 task, u16 call, i32 fd, i32 fd2, u64 size, u64 arg, u64 hash, const void *bytes, u32 held)
{
	struct ev_enter *ev = lb_record(kind, call, task, 0, sizeof *ev + held);

	*ev = (struct ev_enter){.fd = fd, .fd2 = fd2, .size = size, .arg = arg, .hash = hash, .held = held};
	if (held)
		memcpy(ev->contents, bytes, held);
	lb_commit();
}

/* ---- POSIX ---- */

static void mq(u32 task, i32 fd, u32 flags)
{
	enter_with(REC_ENTER, task, CALL_mq_open, -1, -1, 0, flags, 0, "/A", 3);
	if (!world_queues(lb.w) || !world_queue(lb.w, 1))
		lb_observe(task, OBS_QUEUE, INO, 1, 0, 0, 2 | 64ull << 32);
	lb_exit_flags(task, CALL_mq_open, 0, fd, 2, 64, INO, 9);
}

static void send_begins(u32 task, u32 priority, u64 size, u64 hash)
{
	lb_enter_hash(REC_ENTER, task, CALL_mq_timedsend, 3, (i32)priority, size, TIME_NONE, hash);
}

static void sends(u32 task, u32 priority, u64 size, u64 hash, i64 ret)
{
	send_begins(task, priority, size, hash);
	lb_exit(task, CALL_mq_timedsend, ret);
}

static void receive_begins(u32 task)
{
	lb_enter(task, CALL_mq_timedreceive, 3, -1, 64, TIME_NONE);
}

static void received(u32 task, i64 ret, u64 priority, u64 hash)
{
	lb_exit_flags(task, CALL_mq_timedreceive, 0, ret, 0, 0, priority, hash);
}

static void receives(u32 task, i64 ret, u64 priority, u64 hash)
{
	receive_begins(task);
	received(task, ret, priority, hash);
}

static void two_with_a_queue(void)
{
	lb_spawn(0, 0);
	mq(1, 3, O_CREAT | O_EXCL | O_RDWR);
	lb_fork(1);
}

START_TEST(priority_then_age)
{
	two_with_a_queue();
	sends(1, 1, 3, 11, 0);
	sends(1, 9, 4, 12, 0);
	ck_assert_int_eq(world_queue(lb.w, 1)->count, 2);
	receives(2, 4, 9, 12);
	receives(2, 3, 1, 11);
	lb_agrees();
	ck_assert_int_eq(world_queue(lb.w, 1)->count, 0);
	ck_assert_int_eq(world_queue(lb.w, 1)->got[0].sender, 1);
}
END_TEST

START_TEST(lower_before_higher_is_drift)
{
	two_with_a_queue();
	sends(1, 1, 3, 11, 0);
	sends(1, 9, 4, 12, 0);
	receives(2, 3, 1, 11);
	lb_drifts(1);
}
END_TEST

START_TEST(other_bytes_are_drift)
{
	two_with_a_queue();
	sends(1, 1, 3, 11, 0);
	receives(2, 3, 1, 99);
	lb_drifts(1);
}
END_TEST

START_TEST(nobody_sent_it)
{
	two_with_a_queue();
	receives(2, 3, 1, 11);
	lb_drifts(1);
}
END_TEST

START_TEST(received_before_its_send_came_back)
{
	two_with_a_queue();
	receive_begins(2);
	send_begins(1, 5, 2, 77);
	received(2, 2, 5, 77);
	lb_exit(1, CALL_mq_timedsend, 0);
	lb_agrees();
	ck_assert_int_eq(world_queue(lb.w, 1)->count, 0);
}
END_TEST

START_TEST(full_and_not_full)
{
	two_with_a_queue();
	sends(1, 0, 1, 1, -EAGAIN);
	lb_drifts(1);
	sends(1, 0, 1, 1, 0);
	sends(1, 0, 1, 2, 0);
	sends(1, 0, 1, 3, -EAGAIN);
	lb_drifts(1);
	sends(1, 0, 1, 3, 0); /* a third in a queue for two */
	lb_drifts(2);
}
END_TEST

START_TEST(empty_and_not_empty)
{
	two_with_a_queue();
	receives(2, -EAGAIN, 0, 0);
	lb_agrees();
	sends(1, 0, 1, 1, 0);
	receives(2, -ETIMEDOUT, 0, 0);
	lb_drifts(1);
}
END_TEST

START_TEST(count_is_compared)
{
	two_with_a_queue();
	sends(1, 0, 5, 1, 0);
	lb_observe(0, OBS_QUEUE, INO, 1, 1, 5, 2 | 64ull << 32);
	lb_settled();
	lb_agrees();
	lb_observe(0, OBS_QUEUE, INO, 1, 1, 6, 2 | 64ull << 32); /* other bytes */
	lb_drifts(1);
	lb_observe(0, OBS_QUEUE, INO, 1, 0, 0, 2 | 64ull << 32);
	lb_drifts(2);
}
END_TEST

START_TEST(outsiders_are_no_drift)
{
	two_with_a_queue();
	sends(1, 0, 5, 1, 0);
	lb_observe(0, OBS_QUEUE, INO, 1 | OBS_OUTSIDE, 0, 0, 2 | 64ull << 32);
	receives(2, 7, 3, 123);
	lb_agrees();
}
END_TEST

START_TEST(sleeping_though_there_is_one)
{
	two_with_a_queue();
	receive_begins(2);
	lb_blocked(2, CALL_mq_timedreceive);
	sends(1, 0, 5, 1, 0);
	lb_observe(0, OBS_QUEUE, INO, 1, 1, 5, 2 | 64ull << 32);
	lb_drifts(1);
}
END_TEST

START_TEST(outlook_and_why)
{
	struct why why;

	two_with_a_queue();
	lb_poised(2, CALL_mq_timedreceive, 3, -1, 64, TIME_NONE);
	ck_assert_int_eq(world_outlook(lb.w, 2), OUTLOOK_BLOCKS);
	receive_begins(2);
	lb_blocked(2, CALL_mq_timedreceive);
	ck_assert(world_why(lb.w, 2, &why));
	ck_assert_int_eq(why.reason, WHY_EMPTY);
	ck_assert_int_eq(why.object, 1);
	ck_assert_int_eq(why.cycle_n, 0); /* P1 can still send */
	receive_begins(1);
	lb_blocked(1, CALL_mq_timedreceive);
	ck_assert(world_why(lb.w, 2, &why));
	ck_assert_int_gt(why.cycle_n, 0);
}
END_TEST

START_TEST(unlinked_and_closed_is_gone)
{
	two_with_a_queue();
	enter_with(REC_ENTER, 1, CALL_mq_unlink, -1, -1, 0, 0, 0, "/A", 3);
	lb_exit(1, CALL_mq_unlink, 0);
	ck_assert(world_queue(lb.w, 1)->unlinked);
	ck_assert(!world_queue(lb.w, 1)->gone);
	lb_close(1, 3);
	lb_close(2, 3);
	ck_assert(world_queue(lb.w, 1)->gone);
	lb_agrees();
}
END_TEST

START_TEST(killed_in_a_send)
{
	two_with_a_queue();
	send_begins(2, 4, 2, 55);
	lb_end(2, 9);
	receives(1, 2, 4, 55); /* it may have been sent */
	lb_agrees();
}
END_TEST

/* ---- System V messages ---- */

static void msg_made(void)
{
	lb_spawn(0, 0);
	lb_enter(1, CALL_msgget, -1, -1, 0, IPC_PRIVATE | (u64)IPC_CREAT << 32);
	lb_observe(1, OBS_QUEUE, MSG, 2, 0, 0, 100);
	lb_exit(1, CALL_msgget, MSG);
	lb_fork(1);
}

static void msg_sent(u32 task, i64 type, u64 size, u64 hash, i64 ret)
{
	lb_enter_hash(REC_ENTER, task, CALL_msgsnd, MSG, 0, size, (u64)type, hash);
	lb_exit(task, CALL_msgsnd, ret);
}

static void msg_got(u32 task, i64 wanted, i32 flags, u64 room, i64 ret, u64 type, u64 hash)
{
	lb_enter(task, CALL_msgrcv, MSG, flags, room, (u64)wanted);
	lb_exit_flags(task, CALL_msgrcv, 0, ret, 0, 0, type, hash);
}

START_TEST(types)
{
	msg_made();
	msg_sent(1, 3, 5, 3, 0);
	msg_sent(1, 1, 3, 1, 0);
	msg_sent(1, 2, 3, 2, 0);
	msg_got(2, -2, 0, 10, 3, 1, 1);
	msg_got(2, 3, MSG_EXCEPT, 10, 3, 2, 2);
	msg_got(2, 7, IPC_NOWAIT, 10, -ENOMSG, 0, 0);
	lb_agrees();
	msg_got(2, 3, IPC_NOWAIT, 10, -ENOMSG, 0, 0);
	lb_drifts(1);
	msg_got(2, 0, MSG_NOERROR, 2, 2, 3, 444); /* cut: its hash is another */
	lb_drifts(1);
}
END_TEST

START_TEST(oldest_first)
{
	msg_made();
	msg_sent(1, 3, 5, 3, 0);
	msg_sent(1, 1, 3, 1, 0);
	msg_got(2, 0, 0, 10, 3, 1, 1);
	lb_drifts(1);
}
END_TEST

START_TEST(room_in_bytes)
{
	msg_made();
	msg_sent(1, 1, 60, 3, 0);
	msg_sent(1, 1, 41, 3, -EAGAIN);
	lb_agrees();
	msg_sent(1, 1, 40, 3, -EAGAIN);
	lb_drifts(1);
	msg_sent(1, 1, 41, 3, 0);
	lb_drifts(2);
}
END_TEST

START_TEST(removed_without_removal)
{
	msg_made();
	msg_got(2, 0, 0, 10, -EIDRM, 0, 0);
	lb_drifts(1);
	lb_enter(1, CALL_msgctl, MSG, -1, 0, IPC_RMID);
	lb_exit(1, CALL_msgctl, 0);
	ck_assert(world_queue(lb.w, 1)->gone);
	lb_drifts(1);
}
END_TEST

/* ---- semaphores ---- */

static void set_made(void)
{
	lb_spawn(0, 0);
	lb_enter(1, CALL_semget, -1, -1, 2, IPC_PRIVATE | (u64)IPC_CREAT << 32);
	lb_observe(1, OBS_SEMS, SET, 0, 0, OBS_UNKNOWN, OBS_UNKNOWN);
	lb_observe(1, OBS_SEMS, SET, 1, 0, OBS_UNKNOWN, OBS_UNKNOWN);
	lb_exit(1, CALL_semget, SET);
	lb_fork(1);
}

static void semop_begins(u32 task, int sem, int by, int flags)
{
	struct sembuf op = {(unsigned short)sem, (short)by, (short)flags};

	enter_with(REC_ENTER, task, CALL_semop, SET, -1, 1, TIME_NONE, 0, &op, sizeof op);
}

static void semops(u32 task, int sem, int by, int flags, i64 ret)
{
	semop_begins(task, sem, by, flags);
	lb_exit(task, CALL_semop, ret);
}

static void sees(u64 first, u64 second)
{
	lb_observe(0, OBS_SEMS, SET, 0, first, OBS_UNKNOWN, OBS_UNKNOWN);
	lb_observe(0, OBS_SEMS, SET, 1, second, OBS_UNKNOWN, OBS_UNKNOWN);
	lb_settled();
}

START_TEST(up_and_down)
{
	set_made();
	semops(1, 0, 2, 0, 0);
	semops(2, 0, -1, 0, 0);
	sees(1, 0);
	lb_agrees();
	semops(2, 0, -2, 0, 0);
	lb_drifts(1);
}
END_TEST

START_TEST(would_have_gone)
{
	set_made();
	semops(1, 0, -1, IPC_NOWAIT, -EAGAIN);
	semops(1, 0, 1, 0, 0);
	lb_agrees();
	semops(1, 0, -1, IPC_NOWAIT, -EAGAIN);
	lb_drifts(1);
}
END_TEST

START_TEST(woken_before_the_post_came_back)
{
	set_made();
	semop_begins(2, 0, -1, 0);
	lb_blocked(2, CALL_semop);
	sees(0, 0);
	semop_begins(1, 0, 1, 0);
	lb_exit(2, CALL_semop, 0);
	lb_exit(1, CALL_semop, 0);
	sees(0, 0);
	lb_agrees();
}
END_TEST

START_TEST(woken_by_nobody)
{
	set_made();
	semop_begins(2, 0, -1, 0);
	lb_blocked(2, CALL_semop);
	sees(0, 0);
	lb_exit(2, CALL_semop, 0);
	lb_drifts(1);
}
END_TEST

START_TEST(zero_is_waited_for)
{
	set_made();
	semops(1, 1, 1, 0, 0);
	semop_begins(2, 1, 0, 0);
	lb_blocked(2, CALL_semop);
	sees(0, 1);
	semops(1, 1, -1, 0, 0);
	lb_exit(2, CALL_semop, 0);
	lb_agrees();
	semops(1, 1, 1, 0, 0);
	semops(2, 1, 0, 0, 0);
	lb_drifts(1);
}
END_TEST

START_TEST(undo_at_the_end)
{
	set_made();
	semops(1, 0, 3, 0, 0);
	semops(2, 0, -2, SEM_UNDO, 0);
	sees(1, 0);
	lb_end(2, 0);
	sees(3, 0);
	lb_agrees();
}
END_TEST

/* The kernel cuts what is undone off at 0: with an operation open nobody knows from where. */
START_TEST(undo_is_cut_off)
{
	set_made();
	semops(2, 0, 1, SEM_UNDO, 0);
	semops(2, 0, 1, 0, 0);
	semop_begins(1, 0, -2, 0);
	lb_end(2, 0);
	lb_exit(1, CALL_semop, 0);
	sees(0, 0);
	lb_agrees();
}
END_TEST

START_TEST(values_are_compared)
{
	set_made();
	semops(1, 0, 3, 0, 0);
	sees(2, 0);
	lb_drifts(1);
	lb_enter(1, CALL_semctl, SET, 1, 5, SETVAL);
	lb_exit(1, CALL_semctl, 0);
	sees(2, 5);
	lb_enter(1, CALL_semctl, SET, 1, 0, GETVAL);
	lb_exit(1, CALL_semctl, 4);
	lb_drifts(2);
}
END_TEST

START_TEST(sleeps_though_it_could_go)
{
	set_made();
	semop_begins(2, 0, -1, 0);
	lb_blocked(2, CALL_semop);
	semops(1, 0, 1, 0, 0);
	sees(1, 0);
	lb_drifts(1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {priority_then_age, lower_before_higher_is_drift, other_bytes_are_drift,
		nobody_sent_it, received_before_its_send_came_back, full_and_not_full, empty_and_not_empty, count_is_compared,
		outsiders_are_no_drift, sleeping_though_there_is_one, outlook_and_why, unlinked_and_closed_is_gone,
		killed_in_a_send, types, oldest_first, room_in_bytes, removed_without_removal, up_and_down, would_have_gone,
		woken_before_the_post_came_back, woken_by_nobody, zero_is_waited_for, undo_at_the_end, undo_is_cut_off, values_are_compared,
		sleeps_though_it_could_go, NULL};

	return lb_main("world_queue", tests);
}
