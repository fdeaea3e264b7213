/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flows, through pairs of Unix sockets: every result that some order of the open operations explains is right, every other one
 * is drift. */
#include "socketbuild.h"

static u32 a, b;

/* Two processes with a pair: the first has fd 3, the second fd 4. */
static void pair(u32 type)
{
	a = lb_spawn(0, 0);
	lb_pair(a, type, 3, 4, 500);
	b = lb_fork(a);
	lb_close(a, 4);
	lb_close(b, 3);
}

START_TEST(bytes_come_as_they_were_put)
{
	pair(SOCK_STREAM);
	lb_write(a, 3, 5, 5);
	ck_assert_int_eq(lb_fill(b, 4), 5);
	lb_read(b, 4, 3, 3);
	lb_see_socket(501, 2);
	lb_read(b, 4, 3, 2);
	lb_see_socket(501, 0);
	lb_see_socket(500, 0);
	lb_agrees();
}
END_TEST

START_TEST(more_than_was_put_is_drift)
{
	pair(SOCK_STREAM);
	lb_write(a, 3, 5, 5);
	lb_read(b, 4, 9, 6);
	lb_drifts(1);
}
END_TEST

START_TEST(a_read_may_take_of_a_write_still_open)
{
	pair(SOCK_STREAM);
	lb_enter(a, CALL_write, 3, 0, 5, 0);
	lb_read(b, 4, 9, 5);
	lb_exit(a, CALL_write, 5);
	ck_assert_int_eq(lb_fill(b, 4), 0);
	lb_see_socket(501, 0);
	lb_agrees();
}
END_TEST

START_TEST(but_not_more_than_it_can_have_put)
{
	pair(SOCK_STREAM);
	lb_enter(a, CALL_write, 3, 0, 5, 0);
	lb_read(b, 4, 9, 6);
	lb_drifts(1);
}
END_TEST

START_TEST(the_two_ways_are_apart)
{
	pair(SOCK_STREAM);
	lb_write(a, 3, 5, 5);
	lb_read(a, 3, 9, 5); /* its own */
	lb_drifts(1);
}
END_TEST

START_TEST(the_kernel_has_another_figure)
{
	pair(SOCK_STREAM);
	lb_write(a, 3, 5, 5);
	lb_see_socket(501, 4);
	lb_drifts(1);
	lb_see_socket(501, 4); /* adopted */
	lb_drifts(1);
}
END_TEST

START_TEST(nothing_there_when_something_is)
{
	pair(SOCK_STREAM);
	lb_recv(b, 4, 9, MSG_DONTWAIT, -EAGAIN);
	lb_agrees();
	lb_write(a, 3, 5, 5);
	lb_recv(b, 4, 9, MSG_DONTWAIT, -EAGAIN);
	lb_drifts(1);
}
END_TEST

START_TEST(eagain_without_nonblock)
{
	pair(SOCK_STREAM);
	lb_recv(b, 4, 9, 0, -EAGAIN);
	lb_drifts(1);
}
END_TEST

START_TEST(an_overlapping_take_explains_nothing_there)
{
	pair(SOCK_STREAM);
	lb_write(a, 3, 5, 5);
	u32 c = lb_fork(b);
	lb_enter(c, CALL_read, 4, 0, 5, 0);
	lb_recv(b, 4, 9, MSG_DONTWAIT, -EAGAIN);
	lb_exit(c, CALL_read, 5);
	lb_agrees();
}
END_TEST

START_TEST(a_sleeping_writer_has_put_a_part)
{
	pair(SOCK_STREAM);
	lb_enter(a, CALL_write, 3, 0, 1 << 20, 0);
	lb_blocked(a, CALL_write);
	lb_see_socket(501, 200000);
	lb_read(b, 4, 1 << 20, 200000);
	lb_exit(a, CALL_write, 1 << 20);
	lb_see_socket(501, (1 << 20) - 200000);
	lb_agrees();
}
END_TEST

START_TEST(who_waits_for_all_of_it_has_taken_a_part)
{
	pair(SOCK_STREAM);
	lb_enter(b, CALL_recvfrom, 4, 0, 100, MSG_WAITALL);
	lb_blocked(b, CALL_recvfrom);
	lb_write(a, 3, 60, 60);
	lb_see_socket(501, 0);
	lb_write(a, 3, 60, 60);
	lb_exit(b, CALL_recvfrom, 100);
	lb_see_socket(501, 20);
	lb_agrees();
}
END_TEST

START_TEST(a_sleeper_with_something_to_take)
{
	pair(SOCK_STREAM);
	lb_enter(b, CALL_read, 4, 0, 100, 0);
	lb_blocked(b, CALL_read);
	lb_write(a, 3, 60, 60);
	lb_see_socket(501, 60);
	lb_drifts(1);
}
END_TEST

START_TEST(looking_takes_nothing)
{
	pair(SOCK_STREAM);
	lb_write(a, 3, 5, 5);
	lb_recv(b, 4, 9, MSG_PEEK, 5);
	ck_assert_int_eq(lb_fill(b, 4), 5);
	lb_recv(b, 4, 9, MSG_PEEK, 6);
	lb_drifts(1);
}
END_TEST

START_TEST(messages_come_one_by_one)
{
	pair(SOCK_SEQPACKET);
	lb_send(a, 3, 10, 0, 0, 10);
	lb_send(a, 3, 20, 0, 0, 20);
	lb_recv(b, 4, 100, 0, 10);
	ck_assert_int_eq(lb_fill(b, 4), 1);
	lb_recv(b, 4, 5, 0, 5); /* cut */
	lb_see_socket(501, 0);
	lb_agrees();
}
END_TEST

START_TEST(messages_keep_their_length)
{
	pair(SOCK_SEQPACKET);
	lb_send(a, 3, 10, 0, 0, 10);
	lb_send(a, 3, 20, 0, 0, 20);
	lb_recv(b, 4, 100, 0, 20); /* the second first */
	lb_drifts(1);
}
END_TEST

START_TEST(a_message_of_no_length)
{
	pair(SOCK_DGRAM);
	lb_send(a, 3, 0, 0, 0, 0);
	lb_recv(b, 4, 100, 0, 0);
	lb_see_socket(501, 0);
	lb_agrees();
}
END_TEST

START_TEST(empty_or_not)
{
	pair(SOCK_DGRAM);
	lb_send(a, 3, 3, 0, 0, 3);
	lb_send(a, 3, 3, 0, 0, 3);
	lb_see_socket(501, 1);
	lb_agrees();
	lb_see_socket(501, 0);
	lb_drifts(1);
}
END_TEST

START_TEST(what_never_came_back_may_have_been_put)
{
	pair(SOCK_STREAM);
	lb_enter(a, CALL_write, 3, 0, 100, 0);
	lb_end(a, 9);
	lb_see_socket(501, 70);
	lb_read(b, 4, 100, 70);
	lb_read(b, 4, 100, 0);
	lb_agrees();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {bytes_come_as_they_were_put, more_than_was_put_is_drift, a_read_may_take_of_a_write_still_open,
		but_not_more_than_it_can_have_put, the_two_ways_are_apart, the_kernel_has_another_figure,
		nothing_there_when_something_is, eagain_without_nonblock, an_overlapping_take_explains_nothing_there,
		a_sleeping_writer_has_put_a_part, who_waits_for_all_of_it_has_taken_a_part, a_sleeper_with_something_to_take,
		looking_takes_nothing, messages_come_one_by_one, messages_keep_their_length, a_message_of_no_length, empty_or_not,
		what_never_came_back_may_have_been_put, NULL};

	return lb_main("world_flow", tests);
}
