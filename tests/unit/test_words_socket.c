/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why somebody waits at a TCP or UDP socket, in words, exactly; and that a peer nobody watches is never a HANG. */
#include <netinet/in.h>
#include <sys/socket.h>

#include "logbuild.h"
#include "view/lib.h"

enum { LISTENER = 71, CLIENT = 72, SERVER = 73 };

static u32 one, two;

static void named(u64 ino, const char *text)
{
	u32 len = (u32)strlen(text) + 1;
	struct ev_name *n = lb_record(REC_NAME, 0, two, 0, sizeof *n + len);

	n->ino = ino;
	n->what = NAMED_LOCAL;
	n->len = len;
	memcpy(n->text, text, len);
	lb_commit();
}

static void make(u32 task, i32 fd, u64 ino, u32 type)
{
	lb_enter(task, CALL_socket, -1, -1, 0, AF_INET | (u64)type << 16);
	lb_exit_flags(task, CALL_socket, 0, fd, -1, -1, ino, 0);
}

/* P2 listens with fd 3; P1 has a socket, fd 3. */
static void listener(u64 backlog)
{
	one = lb_spawn(0, 0);
	two = lb_spawn(one, 0);
	make(two, 3, LISTENER, SOCK_STREAM);
	named(LISTENER, "127.0.0.1:80");
	lb_enter(two, CALL_listen, 3, -1, 0, backlog);
	lb_exit(two, CALL_listen, 0);
	make(one, 3, CLIENT, SOCK_STREAM);
}

static void connection(void)
{
	listener(5);
	lb_enter(one, CALL_connect, 3, -1, 0, LISTENER);
	lb_exit_flags(one, CALL_connect, 0, 0, -1, -1, LISTENER, 0);
	lb_enter(two, CALL_accept, 3, -1, 0, 0);
	lb_exit_flags(two, CALL_accept, 0, 4, -1, -1, SERVER, CLIENT);
}

static void sleeps(u32 task, u16 call, i32 fd, u64 size, u64 arg)
{
	lb_enter(task, call, fd, -1, size, arg);
	lb_blocked(task, call);
}

static void says(u32 task, enum style style, const char *want)
{
	struct scene scene = {.world = lb.w, .style = style};
	struct str out = {0};

	words_why(&scene, task, &out);
	ck_assert_str_eq(str_get(&out), want);
	str_finish(&out);
}

START_TEST(a_receive_waits_for_its_peer)
{
	connection();
	sleeps(one, CALL_recvfrom, 3, 100, 0);
	lb_poised(two, CALL_sendto, 4, -1, 10, 0);
	says(one, STYLE_PLAIN, "P1 waits in recv of fd 3.\n"
			       "sock2 has nothing to take and can still be sent something by P2.\n"
			       "P2 holds the other end fd 4, made, still open.\n"
			       "P2 is held, poised before send to fd 4.\n");
}
END_TEST

START_TEST(both_wait_for_each_other)
{
	connection();
	sleeps(one, CALL_recvfrom, 3, 100, 0);
	sleeps(two, CALL_read, 4, 100, 0);
	says(one, STYLE_SHORT, "P1 waits in recv(3): sock2 has nothing to take and can still be sent something by P2, through fd 4, "
			       "made, never closed. Nobody is left who could wake them: P1 and P2.");
}
END_TEST

/* Of a circle it is said once that nobody is left. */
START_TEST(a_circle_is_told_once)
{
	struct scene scene = {.style = STYLE_SHORT};
	struct str out = {0};

	connection();
	sleeps(one, CALL_recvfrom, 3, 100, 0);
	sleeps(two, CALL_read, 4, 100, 0);
	scene.world = lb.w;
	words_why_too(&scene, two, &one, 1, &out);
	ck_assert_str_eq(str_get(&out), "P2 waits in read(4): sock3 has nothing to take and can still be sent something by P1, through fd 3, "
					"made, never closed.");
	str_finish(&out);
}
END_TEST

/* A hang is told of: nobody outside comes. */
START_TEST(in_a_hang_nobody_outside_is_named)
{
	struct scene scene = {.style = STYLE_SHORT, .alone = true};
	struct str out = {0};

	listener(5);
	sleeps(two, CALL_accept, 3, 0, 0);
	sleeps(one, CALL_pause, -1, 0, 0);
	scene.world = lb.w;
	words_why(&scene, two, &out);
	ck_assert_str_eq(str_get(&out), "P2 waits in accept(3): no connection to sock1 (127.0.0.1:80) waits to be accepted and "
					"nobody is left who could change that.");
	str_finish(&out);
}
END_TEST

START_TEST(an_accept_waits_for_anybody)
{
	listener(5);
	sleeps(two, CALL_accept, 3, 0, 0);
	sleeps(one, CALL_recvfrom, 3, 10, 0);
	says(two, STYLE_SHORT, "P2 waits in accept(3): no connection to sock1 (127.0.0.1:80) waits to be accepted and can still be made by "
			       "processes that are not watched.");
}
END_TEST

START_TEST(a_connect_waits_for_room)
{
	listener(1);
	sleeps(one, CALL_connect, 3, 0, LISTENER);
	says(one, STYLE_SHORT, "P1 waits in connect(3, 127.0.0.1:80): as many connections as sock1 (127.0.0.1:80) lets wait are waiting to be "
			       "accepted and can still be accepted by P2, through fd 3, made, still open.");
}
END_TEST

START_TEST(a_connect_to_outside_is_no_hang)
{
	listener(1);
	sleeps(one, CALL_connect, 3, 0, 0);
	sleeps(two, CALL_accept, 3, 0, 0);
	says(one, STYLE_SHORT, "P1 waits in connect(3, an address): sock2's connection has not been answered and can still be answered by "
			       "processes that are not watched.");
}
END_TEST

START_TEST(a_peer_outside_is_no_hang)
{
	listener(1);
	lb_enter(two, CALL_accept, 3, -1, 0, 0);
	lb_exit_flags(two, CALL_accept, 0, 4, -1, -1, SERVER, 0);
	sleeps(two, CALL_recvfrom, 4, 10, 0);
	sleeps(one, CALL_pause, -1, 0, 0);
	says(two, STYLE_SHORT, "P2 waits in recv(4): sock3 has nothing to take and can still be sent something by "
			       "processes that are not watched.");
}
END_TEST

/* A client that sent the first message has got a name that nobody was told. */
START_TEST(a_reply_may_come)
{
	one = lb_spawn(0, 0);
	make(one, 3, CLIENT, SOCK_DGRAM);
	lb_enter(one, CALL_sendto, 3, -1, 5, (u64)UINT32_MAX << 32);
	lb_exit(one, CALL_sendto, 5);
	sleeps(one, CALL_recvfrom, 3, 10, 0);
	says(one, STYLE_PLAIN, "P1 waits in recv of fd 3.\n"
			       "sock1 has nothing to take and can still be sent something by processes that are not watched.\n");
}
END_TEST

/* P1 has asked P2, who answered nothing: each of them may still hear of the other. */
static void asked(void)
{
	one = lb_spawn(0, 0);
	two = lb_spawn(one, 0);
	make(two, 3, SERVER, SOCK_DGRAM);
	named(SERVER, "127.0.0.1:80");
	make(one, 3, CLIENT, SOCK_DGRAM);
	lb_enter(one, CALL_sendto, 3, -1, 5, (u64)SERVER << 32);
	lb_exit(one, CALL_sendto, 5);
	lb_enter(two, CALL_recvfrom, 3, -1, 10, 0);
	lb_exit(two, CALL_recvfrom, 5);
}

START_TEST(who_was_asked_could_answer)
{
	asked();
	sleeps(one, CALL_recvfrom, 3, 10, 0);
	sleeps(two, CALL_pause, -1, 0, 0);
	says(one, STYLE_PLAIN, "P1 waits in recv of fd 3.\n"
			       "sock2 has nothing to take and can still be sent something by P2, perhaps by processes that are not watched.\n"
			       "P2 has exchanged datagrams with it through fd 3, made, never closed.\n"
			       "P2 waits itself, in pause: no signal has come, and no alarm of its own is set.\n");
}
END_TEST

START_TEST(who_asked_could_ask_again)
{
	asked();
	sleeps(two, CALL_recvfrom, 3, 10, 0);
	says(two, STYLE_SHORT, "P2 waits in recv(3): sock1 (127.0.0.1:80) has nothing to take and can still be sent something by P1, "
			       "through fd 3, made, still open; perhaps by processes that are not watched.");
}
END_TEST

START_TEST(what_the_kernel_dropped_is_said)
{
	struct scene scene = {.style = STYLE_PLAIN};
	struct str out = {0};

	one = lb_spawn(0, 0);
	make(one, 3, CLIENT, SOCK_DGRAM);
	for (int i = 0; i < 3; i++) {
		lb_enter(one, CALL_sendto, 3, -1, 5, (u64)CLIENT << 32);
		lb_exit_flags(one, CALL_sendto, 0, 5, -1, -1, CLIENT, 0);
	}
	lb_observe(0, OBS_SOCKET, CLIENT, 7, 0, 1, 2);
	lb_settled();
	lb_agrees();
	scene.world = lb.w;
	words_socket(&scene, 1, &out);
	ck_assert_str_eq(str_get(&out), "sock1, UDP. To take: up to 3 messages; the kernel has dropped 2 messages. Held by P1 fd 3.\n");
	str_finish(&out);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {a_receive_waits_for_its_peer, both_wait_for_each_other, a_circle_is_told_once,
		in_a_hang_nobody_outside_is_named, an_accept_waits_for_anybody,
		a_connect_waits_for_room, a_connect_to_outside_is_no_hang, a_peer_outside_is_no_hang, a_reply_may_come,
		who_was_asked_could_answer, who_asked_could_ask_again,
		what_the_kernel_dropped_is_said, NULL};

	return lb_main("words/socket", tests);
}
