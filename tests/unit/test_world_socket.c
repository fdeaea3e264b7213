/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unix sockets: pairs, connections, ends, descriptors in flight; what no order of the open operations explains is drift. */
#include <poll.h>

#include "socketbuild.h"

static u32 a, b;

static void pair(u32 type)
{
	a = lb_spawn(0, 0);
	lb_pair(a, type, 3, 4, 500);
	b = lb_fork(a);
	lb_close(a, 4);
	lb_close(b, 3);
}

START_TEST(no_messages_asked_for_are_none_taken)
{
	u32 t = lb_spawn(0, 0);

	lb_pair(t, SOCK_DGRAM, 3, 4, 100);
	lb_send(t, 3, 5, 0, 0, 5);
	lb_call(t, CALL_recvmmsg, 4, 0, 0, 0, 0);
	lb_recv(t, 4, 64, 0, 5);
	lb_agrees();
	lb_send(t, 3, 5, 0, 0, 5);
	lb_recv(t, 4, 64, 0, 0);
	lb_drifts(1);
}
END_TEST

START_TEST(a_pair_knows_each_other)
{
	char name[24];

	pair(SOCK_STREAM);
	ck_assert_uint_eq(lb_sock(a, 3)->peer, world_fd(lb.w, world_fd_find(lb.w, world_task(lb.w, b)->proc, 4)) ? 2 : 0);
	ck_assert_str_eq(world_object_name(lb.w, OBJ_SOCKET, lb_sock(a, 3)->peer, name), "sock2");
	ck_assert_int_eq(lb_sock(b, 4)->state, SOCKET_CONNECTED);
	lb_agrees();
}
END_TEST

START_TEST(the_end_comes_when_the_last_descriptor_goes)
{
	pair(SOCK_STREAM);
	u32 c = lb_fork(a);
	lb_close(a, 3);
	lb_write(c, 3, 2, 2);
	lb_close(c, 3);
	lb_read(b, 4, 9, 2);
	lb_read(b, 4, 9, 0);
	lb_call(b, CALL_write, 4, 0, 1, 0, -EPIPE);
	lb_agrees();
}
END_TEST

START_TEST(the_end_while_another_holds_it)
{
	pair(SOCK_STREAM);
	u32 c = lb_fork(a);
	lb_close(a, 3);
	lb_read(b, 4, 9, 0);
	lb_settled();
	ck_assert_uint_gt(lb_drift(), 0); /* it was taken for dead */
	(void)c;
}
END_TEST

START_TEST(the_end_before_what_was_put)
{
	pair(SOCK_STREAM);
	lb_write(a, 3, 2, 2);
	lb_close(a, 3);
	lb_read(b, 4, 9, 0);
	lb_drifts(1);
}
END_TEST

START_TEST(an_open_close_may_have_ended_it)
{
	pair(SOCK_STREAM);
	lb_enter(a, CALL_close, 3, 0, 0, 0);
	lb_read(b, 4, 9, 0);
	lb_exit(a, CALL_close, 0);
	lb_settled();
	lb_agrees();
}
END_TEST

START_TEST(a_death_may_have_ended_it)
{
	pair(SOCK_STREAM);
	lb_read(b, 4, 9, 0);
	lb_end(a, 9);
	lb_settled();
	lb_agrees();
}
END_TEST

START_TEST(epipe_with_a_living_peer)
{
	pair(SOCK_STREAM);
	lb_call(a, CALL_write, 3, 0, 1, 0, -EPIPE);
	lb_settled();
	ck_assert_uint_gt(lb_drift(), 0);
}
END_TEST

START_TEST(shutdown_ends_one_way)
{
	pair(SOCK_STREAM);
	lb_call(a, CALL_shutdown, 3, 0, 0, SHUT_WR, 0);
	lb_read(b, 4, 9, 0);
	lb_write(b, 4, 3, 3);
	lb_read(a, 3, 9, 3);
	lb_call(a, CALL_write, 3, 0, 1, 0, -EPIPE);
	lb_agrees();
	lb_read(a, 3, 9, 0); /* b still can */
	lb_settled();
	ck_assert_uint_gt(lb_drift(), 0);
}
END_TEST

START_TEST(an_open_shutdown_explains_the_end)
{
	pair(SOCK_STREAM);
	lb_enter(a, CALL_shutdown, 3, 0, 0, SHUT_RDWR);
	lb_read(b, 4, 9, 0);
	lb_exit(a, CALL_shutdown, 0);
	lb_settled();
	lb_agrees();
}
END_TEST

/* ---- connections ---- */

static void server(u64 backlog)
{
	a = lb_spawn(0, 0);
	lb_listener(a, 3, 600, backlog);
	b = lb_fork(a);
}

START_TEST(connect_comes_back_before_accept)
{
	server(5);
	lb_socket(b, SOCK_STREAM, 0, 4, 700);
	lb_connect(b, 4, 600, 0);
	ck_assert_int_eq(lb_sock(a, 3)->pending, 1);
	ck_assert_int_eq(lb_fill(a, 3), 1);
	lb_write(b, 4, 5, 5);
	lb_see_socket(600, 1);
	lb_accept(a, 3, 4, 701, 700);
	ck_assert_int_eq(lb_sock(a, 3)->pending, 0);
	lb_read(a, 4, 9, 5);
	lb_see_socket(600, 0);
	lb_see_socket(701, 0);
	lb_agrees();
}
END_TEST

START_TEST(accept_may_come_back_before_connect)
{
	server(5);
	lb_socket(b, SOCK_STREAM, 0, 4, 700);
	lb_enter(b, CALL_connect, 4, 0, 0, 600);
	lb_accept(a, 3, 4, 701, 700);
	lb_exit_flags(b, CALL_connect, 0, 0, 0, 0, 600, 0);
	ck_assert_int_eq(lb_fill(a, 3), 0);
	lb_write(a, 4, 5, 5);
	lb_read(b, 4, 9, 5);
	lb_agrees();
}
END_TEST

START_TEST(accepted_without_a_connect)
{
	server(5);
	lb_socket(b, SOCK_STREAM, 0, 4, 700);
	lb_accept(a, 3, 4, 701, 700);
	lb_drifts(1);
}
END_TEST

START_TEST(accepted_from_outside)
{
	server(5);
	lb_accept(a, 3, 4, 701, 0);
	ck_assert_uint_eq(lb_sock(a, 4)->outside, 1);
	lb_read(a, 4, 9, 5);
	lb_see_socket(600, 0);
	lb_agrees();
}
END_TEST

START_TEST(accepted_out_of_order)
{
	server(5);
	lb_socket(b, SOCK_STREAM, 0, 4, 700);
	lb_socket(b, SOCK_STREAM, 0, 5, 710);
	lb_connect(b, 4, 600, 0);
	lb_connect(b, 5, 600, 0);
	lb_accept(a, 3, 4, 711, 710);
	lb_drifts(1);
}
END_TEST

START_TEST(a_full_backlog)
{
	server(0);
	lb_socket(b, SOCK_STREAM, SOCK_NONBLOCK, 4, 700);
	lb_socket(b, SOCK_STREAM, SOCK_NONBLOCK, 5, 710);
	lb_connect(b, 4, 600, 0);
	lb_connect(b, 5, 600, -EAGAIN);
	lb_agrees();
	lb_accept(a, 3, 4, 701, 700);
	lb_connect(b, 5, 600, -EAGAIN);
	lb_drifts(1);
}
END_TEST

START_TEST(refused_though_it_listens)
{
	server(5);
	lb_socket(b, SOCK_STREAM, 0, 4, 700);
	lb_close(b, 3);
	lb_connect(b, 4, 600, -ECONNREFUSED);
	lb_settled();
	ck_assert_uint_gt(lb_drift(), 0);
}
END_TEST

START_TEST(a_closed_listener_ends_what_waits)
{
	server(5);
	lb_close(b, 3);
	lb_socket(b, SOCK_STREAM, 0, 4, 700);
	lb_connect(b, 4, 600, 0);
	lb_close(a, 3);
	lb_call(b, CALL_read, 4, 0, 9, 0, -ECONNRESET);
	lb_read(b, 4, 9, 0);
	lb_agrees();
}
END_TEST

START_TEST(nobody_connects_nobody_accepts)
{
	server(5);
	lb_call(a, CALL_fcntl, 3, 0, O_NONBLOCK, F_SETFL, 0);
	lb_accept(a, 3, -EAGAIN, 0, 0);
	lb_agrees();
	lb_socket(b, SOCK_STREAM, 0, 4, 700);
	lb_connect(b, 4, 600, 0);
	lb_accept(a, 3, -EAGAIN, 0, 0);
	lb_drifts(1);
}
END_TEST

/* ---- datagrams ---- */

START_TEST(datagrams_to_a_name)
{
	a = lb_spawn(0, 0);
	lb_socket(a, SOCK_DGRAM, 0, 3, 600);
	b = lb_fork(a);
	lb_close(b, 3);
	lb_socket(b, SOCK_DGRAM, 0, 4, 700);
	lb_send(b, 4, 5, 600, 0, 5);
	ck_assert_int_eq(lb_fill(a, 3), 1);
	lb_recv(a, 3, 9, 0, 5);
	lb_agrees();
	lb_send(b, 4, 5, 600, 0, -ECONNREFUSED); /* it lives */
	lb_settled();
	ck_assert_uint_gt(lb_drift(), 0);
}
END_TEST

START_TEST(a_dead_peer_takes_along_what_was_received)
{
	pair(SOCK_DGRAM);
	lb_send(b, 4, 5, 0, 0, 5);
	lb_close(b, 4);
	ck_assert_int_eq(lb_fill(a, 3), 1);
	lb_send(a, 3, 5, 0, 0, -ECONNREFUSED);
	ck_assert_int_eq(lb_fill(a, 3), 0);
	lb_see_socket(500, 0);
	lb_agrees();
}
END_TEST

START_TEST(another_peer_takes_along_what_was_received)
{
	pair(SOCK_DGRAM);
	lb_send(b, 4, 5, 0, 0, 5);
	lb_socket(b, SOCK_DGRAM, 0, 7, 700);
	lb_connect(a, 3, 700, 0);
	ck_assert_int_eq(lb_fill(a, 3), 0);
	lb_send(a, 3, 5, 0, 0, 5);
	ck_assert_int_eq(lb_fill(b, 7), 1);
	lb_agrees();
}
END_TEST

START_TEST(refused_by_a_name_changes_nothing)
{
	pair(SOCK_DGRAM);
	lb_send(b, 4, 5, 0, 0, 5);
	lb_send(a, 3, 5, UINT32_MAX, 0, -ECONNREFUSED);
	ck_assert_int_eq(lb_fill(a, 3), 1);
	lb_see_socket(500, 1);
	lb_agrees();
}
END_TEST

/* ---- descriptors in flight ---- */

static void send_fd(u32 task, i32 socket, i32 fd)
{
	lb_enter(task, CALL_sendmsg, socket, 1, 1, 0);
	lb_observe(task, OBS_CARRIES, 1, (u32)fd, 0, 0, 0);
	lb_exit(task, CALL_sendmsg, 1);
}

static void receive_fd(u32 task, i32 socket, i32 fd, u64 ino, u64 flags)
{
	lb_call(task, CALL_recvmsg, socket, 0, 1, flags, 1);
	lb_observe(task, OBS_FD, (u32)fd | 2ull << 32 | (u64)FD_RECEIVED << 48, ino, 0, 0, 1);
}

START_TEST(an_end_in_flight_is_open)
{
	u64 ino;

	pair(SOCK_STREAM);
	ino = lb_pipe(a, 7, 8);
	send_fd(a, 3, 8);
	lb_close(a, 8);
	ck_assert_uint_eq(lb_the_pipe(1)->writers, 1);
	lb_read(a, 7, 9, 0); /* nobody has closed the one on its way */
	lb_settled();
	ck_assert_uint_gt(lb_drift(), 0);
	(void)ino;
}
END_TEST

START_TEST(received_with_provenance)
{
	u64 ino;

	pair(SOCK_STREAM);
	ino = lb_pipe(a, 7, 8);
	send_fd(a, 3, 8);
	lb_close(a, 8);
	receive_fd(b, 4, 9, ino, 0);
	ck_assert_int_eq(lb_fd(b, 9)->how, FD_RECEIVED);
	ck_assert_uint_eq(lb_fd(b, 9)->from, world_task(lb.w, a)->proc);
	ck_assert_uint_eq(lb_sock(b, 4)->carried, 0);
	lb_write(b, 9, 3, 3);
	lb_read(a, 7, 9, 3);
	lb_close(b, 9);
	lb_read(a, 7, 9, 0);
	lb_agrees();
}
END_TEST

START_TEST(peeking_copies)
{
	u64 ino;

	pair(SOCK_STREAM);
	ino = lb_pipe(a, 7, 8);
	send_fd(a, 3, 8);
	lb_close(a, 8);
	receive_fd(b, 4, 9, ino, MSG_PEEK);
	ck_assert_uint_ne(lb_sock(b, 4)->carried, 0);
	lb_close(b, 9);
	ck_assert_uint_eq(lb_the_pipe(1)->writers, 1);
	receive_fd(b, 4, 9, ino, 0);
	ck_assert_uint_eq(lb_sock(b, 4)->carried, 0);
	lb_agrees();
}
END_TEST

START_TEST(thrown_away_with_the_queue)
{
	pair(SOCK_STREAM);
	lb_pipe(a, 7, 8);
	send_fd(a, 3, 8);
	lb_close(a, 8);
	lb_close(b, 4);
	ck_assert_uint_eq(lb_the_pipe(1)->writers, 0);
	lb_read(a, 7, 9, 0);
	lb_agrees();
}
END_TEST

/* ---- why ---- */

START_TEST(who_could_send)
{
	struct why y;

	pair(SOCK_STREAM);
	lb_enter(a, CALL_read, 3, 0, 9, 0);
	lb_blocked(a, CALL_read);
	ck_assert(world_why(lb.w, a, &y));
	ck_assert_int_eq(y.reason, WHY_EMPTY);
	ck_assert_uint_eq(y.object_kind, OBJ_SOCKET);
	ck_assert_uint_eq(y.wakers_n, 1);
	ck_assert_uint_eq(y.wakers[0].proc, world_task(lb.w, b)->proc);
	ck_assert_uint_eq(y.cycle_n, 0);
	lb_enter(b, CALL_read, 4, 0, 9, 0);
	lb_blocked(b, CALL_read);
	ck_assert(world_why(lb.w, a, &y));
	ck_assert_uint_eq(y.cycle_n, 2);
}
END_TEST

static void polls(u32 task, i32 fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};
	struct ev_enter *ev = lb_record(REC_ENTER, CALL_poll, task, 0, sizeof *ev + sizeof p);

	ev->fd = ev->fd2 = -1;
	ev->size = 1;
	ev->arg = TIME_NONE;
	ev->held = sizeof p;
	memcpy(ev->contents, &p, sizeof p);
	lb_commit();
	lb_blocked(task, CALL_poll);
}

START_TEST(who_could_make_a_socket_ready)
{
	struct why y;
	u32 c;

	pair(SOCK_STREAM);
	c = lb_fork(a); /* a waits for neither of them, and its own poll would end by SIGCHLD */
	lb_close(a, 3);
	polls(c, 3, POLLIN);
	ck_assert(world_why(lb.w, c, &y));
	ck_assert_int_eq(y.reason, WHY_SEVERAL);
	ck_assert_uint_eq(y.wakers_n, 1);
	ck_assert_uint_eq(y.wakers[0].proc, world_task(lb.w, b)->proc);
	ck_assert_uint_eq(y.cycle_n, 0);
	polls(b, 4, POLLIN);
	ck_assert(world_why(lb.w, c, &y));
	ck_assert_uint_eq(y.cycle_n, 2);
	lb_exit(b, CALL_poll, 0);
	polls(b, 4, POLLOUT); /* whether there is room the kernel knows */
	ck_assert(world_why(lb.w, c, &y));
	ck_assert_uint_eq(y.cycle_n, 0);
}
END_TEST

START_TEST(what_it_would_do)
{
	pair(SOCK_STREAM);
	lb_poised(a, CALL_read, 3, 0, 9, 0);
	ck_assert_int_eq(world_outlook(lb.w, a), OUTLOOK_BLOCKS);
	lb_write(b, 4, 1, 1);
	ck_assert_int_eq(world_outlook(lb.w, a), OUTLOOK_GOES);
	lb_poised(a, CALL_accept, 3, 0, 0, 0);
	ck_assert_int_eq(world_outlook(lb.w, a), OUTLOOK_GOES); /* EINVAL */
	lb_poised(b, CALL_write, 4, 0, 9, 0);
	ck_assert_int_ne(world_outlook(lb.w, b), OUTLOOK_BLOCKS);
}
END_TEST

START_TEST(a_closed_peer_lets_it_go)
{
	pair(SOCK_STREAM);
	lb_poised(a, CALL_read, 3, 0, 9, 0);
	lb_close(b, 4);
	ck_assert_int_eq(world_outlook(lb.w, a), OUTLOOK_GOES);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {a_pair_knows_each_other, no_messages_asked_for_are_none_taken, the_end_comes_when_the_last_descriptor_goes,
		the_end_while_another_holds_it, the_end_before_what_was_put, an_open_close_may_have_ended_it,
		a_death_may_have_ended_it, epipe_with_a_living_peer, shutdown_ends_one_way, an_open_shutdown_explains_the_end,
		connect_comes_back_before_accept, accept_may_come_back_before_connect, accepted_without_a_connect,
		accepted_from_outside, another_peer_takes_along_what_was_received, refused_by_a_name_changes_nothing,
		accepted_out_of_order, a_full_backlog, refused_though_it_listens, a_closed_listener_ends_what_waits,
		nobody_connects_nobody_accepts, datagrams_to_a_name, a_dead_peer_takes_along_what_was_received,
		an_end_in_flight_is_open, received_with_provenance, peeking_copies, thrown_away_with_the_queue, who_could_send,
		who_could_make_a_socket_ready, what_it_would_do, a_closed_peer_lets_it_go, NULL};

	return lb_main("world_socket", tests);
}
