/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TCP and UDP in the world: what is under way, resets, drops, strangers; and that a wrong account is drift. */
#include <netinet/in.h>
#include <sys/socket.h>

#include "logbuild.h"

enum { LISTENER = 71, CLIENT = 72, SERVER = 73 };

static u32 one, two;

static void make(u32 task, i32 fd, u64 ino, u32 type)
{
	lb_enter(task, CALL_socket, -1, -1, 0, AF_INET | (u64)type << 16);
	lb_exit_flags(task, CALL_socket, 0, fd, -1, -1, ino, 0);
}

/* The next story begins. */
static void over(void)
{
	lb_end_all();
	lb_begin();
}

static u64 drift(void)
{
	return world_head(lb.w)->drift;
}

static const struct w_socket *by_ino(u64 ino)
{
	for (u32 i = 1; i < world_sockets(lb.w); i++) {
		const struct w_socket *s = world_socket(lb.w, i);
		if (s && s->ino == ino)
			return s;
	}
	return NULL;
}

static void settle(u64 ino, u64 state, u64 in, u64 more)
{
	lb_observe(0, OBS_SOCKET, ino, state, 0, in, more);
	lb_observe(0, OBS_SETTLED, 1, 0, 0, 0, 0);
}

static void two_processes(void)
{
	one = lb_spawn(0, 0);
	two = lb_spawn(one, 0);
}

/* two listens with fd 3, one connects with fd 3. */
static void connection(i64 ret)
{
	two_processes();
	make(two, 3, LISTENER, SOCK_STREAM);
	lb_enter(two, CALL_listen, 3, -1, 0, 5);
	lb_exit(two, CALL_listen, 0);
	make(one, 3, CLIENT, SOCK_STREAM);
	lb_enter(one, CALL_connect, 3, -1, 0, LISTENER);
	lb_exit_flags(one, CALL_connect, 0, ret, -1, -1, LISTENER, 0);
}

static void accept_it(void)
{
	lb_enter(two, CALL_accept, 3, -1, 0, 0);
	lb_exit_flags(two, CALL_accept, 0, 4, -1, -1, SERVER, CLIENT);
}

static void moves(u32 task, u16 call, i32 fd, u64 n, i64 ret)
{
	lb_enter(task, call, fd, -1, n, 0);
	lb_exit(task, call, ret);
}

START_TEST(connect_returns_before_accept)
{
	connection(0);
	ck_assert_uint_eq(by_ino(LISTENER)->pending, 1);
	settle(LISTENER, 10, 1, 5);
	moves(one, CALL_sendto, 3, 10, 10);
	accept_it();
	ck_assert_uint_eq(by_ino(LISTENER)->pending, 0);
	moves(two, CALL_recvfrom, 4, 100, 10);
	ck_assert_uint_eq(drift(), 0);
	ck_assert_ptr_eq(world_socket(lb.w, by_ino(CLIENT)->peer), by_ino(SERVER));
	over();
}
END_TEST

/* redis-cli connects without waiting and asks again with another connect(2): its place is that of the first. */
START_TEST(asked_again_keeps_its_place)
{
	enum { ANOTHER = 74 };
	u32 third;

	connection(-EINPROGRESS);
	third = lb_spawn(two, 0);
	make(third, 5, ANOTHER, SOCK_STREAM);
	lb_enter(third, CALL_connect, 5, -1, 0, LISTENER);
	lb_exit_flags(third, CALL_connect, 0, -EINPROGRESS, -1, -1, LISTENER, 0);
	lb_enter(third, CALL_connect, 5, -1, 0, LISTENER);
	lb_exit_flags(third, CALL_connect, 0, 0, -1, -1, LISTENER, 0);
	lb_enter(one, CALL_connect, 3, -1, 0, LISTENER);
	lb_exit_flags(one, CALL_connect, 0, 0, -1, -1, LISTENER, 0);
	accept_it();
	ck_assert_msg(drift() == 0, "%s", world_head(lb.w)->first_drift);
	over();
}
END_TEST

START_TEST(backlog_is_counted)
{
	connection(0);
	settle(LISTENER, 10, 0, 5); /* the kernel has lost a connection that came back with 0 */
	ck_assert_uint_eq(drift(), 1);
	over();
}
END_TEST

START_TEST(connect_in_progress_may_have_come_in_or_not)
{
	for (u64 waiting = 0; waiting < 2; waiting++) {
		connection(-EINPROGRESS);
		settle(LISTENER, 10, waiting, 5);
		ck_assert_uint_eq(drift(), 0);
		moves(one, CALL_sendto, 3, 10, 10);
		accept_it();
		moves(two, CALL_recvfrom, 4, 100, 10);
		settle(LISTENER, 10, 0, 5);
		ck_assert_uint_eq(drift(), 0);
		over();
	}
}
END_TEST

/* INQ + OUTQNSD <= written - read <= INQ + OUTQ, at each of its edges. */
START_TEST(bytes_may_be_on_their_way)
{
	static const struct {
		u64 in, out, unsent, wrong;
	} cases[] = {{1000, 0, 0, 0}, {600, 400, 0, 0}, {600, 400, 400, 0}, {600, 1000, 0, 0}, {0, 1000, 1000, 0}, {600, 399, 0, 1},
		{600, 401, 401, 1}, {1001, 0, 0, 1}, {0, 0, 0, 1}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		connection(0);
		accept_it();
		moves(one, CALL_sendto, 3, 1500, 1500);
		moves(two, CALL_recvfrom, 4, 500, 500);
		settle(SERVER, 1, cases[i].in, cases[i].out | cases[i].unsent << 32);
		ck_assert_msg(drift() == cases[i].wrong, "case %zu: drift %lu", i, drift());
		over();
	}
}
END_TEST

START_TEST(nobody_receives_what_was_not_sent)
{
	connection(0);
	accept_it();
	moves(one, CALL_sendto, 3, 10, 10);
	moves(two, CALL_recvfrom, 4, 100, 11);
	ck_assert_uint_eq(drift(), 1);
	over();
}
END_TEST

START_TEST(what_has_come_is_there)
{
	connection(0);
	accept_it();
	moves(one, CALL_sendto, 3, 10, 10);
	lb_enter(two, CALL_recvfrom, 4, -1, 100, MSG_DONTWAIT);
	lb_exit(two, CALL_recvfrom, -EAGAIN); /* on its way */
	ck_assert_uint_eq(drift(), 0);
	settle(SERVER, 1, 10, 0);
	lb_enter(two, CALL_recvfrom, 4, -1, 100, MSG_DONTWAIT);
	lb_exit(two, CALL_recvfrom, -EAGAIN);
	ck_assert_uint_eq(drift(), 1);
	over();
}
END_TEST

START_TEST(refused_where_somebody_listens)
{
	connection(-ECONNREFUSED); /* unless its owner has died, which it has not */
	lb_enter(two, CALL_accept, 3, -1, 0, 0);
	ck_assert_uint_eq(drift(), 1);
	over();
}
END_TEST

START_TEST(reset_needs_a_peer_that_closed)
{
	connection(0);
	accept_it();
	moves(one, CALL_sendto, 3, 10, 10);
	lb_enter(two, CALL_close, 4, -1, 0, 0); /* with 10 bytes unread */
	lb_exit(two, CALL_close, 0);
	moves(one, CALL_recvfrom, 3, 10, -ECONNRESET);
	ck_assert_uint_eq(drift(), 0);
	moves(one, CALL_recvfrom, 3, 10, 0);
	moves(one, CALL_sendto, 3, 10, -EPIPE);
	ck_assert_uint_eq(drift(), 0);
	over();
	connection(0);
	accept_it();
	moves(one, CALL_recvfrom, 3, 10, -ECONNRESET);
	lb_enter(two, CALL_sendto, 4, -1, 1, 0);
	ck_assert_uint_eq(drift(), 1);
	over();
}
END_TEST

/* ---- UDP: two receives with fd 3, one sends with fd 3 ---- */

static void datagrams(void)
{
	two_processes();
	make(two, 3, SERVER, SOCK_DGRAM);
	make(one, 3, CLIENT, SOCK_DGRAM);
}

static void send_one(u64 n, u64 to)
{
	lb_enter(one, CALL_sendto, 3, -1, n, to << 32);
	lb_exit_flags(one, CALL_sendto, 0, (i64)n, -1, -1, to == UINT32_MAX ? 0 : to, 0);
}

static void receive(i64 ret, u64 from)
{
	lb_enter(two, CALL_recvfrom, 3, -1, 100, MSG_DONTWAIT);
	lb_exit_flags(two, CALL_recvfrom, 0, ret, -1, -1, from, 0);
}

START_TEST(messages_one_by_one)
{
	datagrams();
	send_one(10, SERVER);
	send_one(300, SERVER);
	settle(SERVER, 7, 1, 0);
	receive(10, CLIENT);
	receive(100, CLIENT); /* cut short */
	settle(SERVER, 7, 0, 0);
	ck_assert_uint_eq(drift(), 0);
	receive(7, CLIENT);
	ck_assert_uint_eq(drift(), 1);
	over();
}
END_TEST

START_TEST(lost_without_a_drop)
{
	for (u64 drops = 0; drops < 2; drops++) {
		datagrams();
		send_one(10, SERVER);
		settle(SERVER, 7, 0, drops);
		ck_assert_uint_eq(drift(), !drops);
		over();
	}
}
END_TEST

START_TEST(what_a_receive_shows_to_be_lost)
{
	for (u64 drops = 0; drops < 2; drops++) {
		datagrams();
		send_one(10, SERVER);
		send_one(20, SERVER);
		receive(20, CLIENT);
		ck_assert_uint_eq(drift(), 0);
		settle(SERVER, 7, 0, drops);
		ck_assert_uint_eq(drift(), !drops);
		over();
	}
}
END_TEST

START_TEST(a_length_that_nobody_sent)
{
	datagrams();
	send_one(10, SERVER);
	send_one(20, SERVER);
	receive(15, CLIENT);
	ck_assert_uint_eq(drift(), 1);
	over();
}
END_TEST

START_TEST(strangers_are_learnt_of)
{
	datagrams();
	send_one(10, UINT32_MAX);
	ck_assert_uint_eq(by_ino(SERVER)->outside, 0);
	receive(33, 0);
	ck_assert_uint_eq(by_ino(SERVER)->outside, 1);
	ck_assert_uint_eq(drift(), 0);
	over();
}
END_TEST

START_TEST(several_may_receive_one)
{
	datagrams();
	lb_enter(one, CALL_sendto, 3, -1, 10, (u64)UINT32_MAX << 32);
	lb_observe(one, OBS_REACHES, 1, SERVER, 0, 0, 0);
	lb_exit(one, CALL_sendto, 10);
	settle(SERVER, 7, 1, 0);
	receive(10, CLIENT);
	settle(SERVER, 7, 0, 0);
	ck_assert_uint_eq(drift(), 0);
	ck_assert_uint_eq(by_ino(SERVER)->outside, 0);
	over();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {connect_returns_before_accept, backlog_is_counted, asked_again_keeps_its_place,
		connect_in_progress_may_have_come_in_or_not, bytes_may_be_on_their_way, nobody_receives_what_was_not_sent,
		what_has_come_is_there, refused_where_somebody_listens, reset_needs_a_peer_that_closed, messages_one_by_one,
		lost_without_a_drop, what_a_receive_shows_to_be_lost, a_length_that_nobody_sent, strangers_are_learnt_of, several_may_receive_one, NULL};

	return lb_main("world/inet", tests);
}
