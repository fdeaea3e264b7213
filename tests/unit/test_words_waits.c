/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waits told exactly: circles of one, a wait for nothing, a terminal beside others, a connection nobody accepts; and what a
 * receive has cut off. */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "socketbuild.h"
#include "view/lib.h"

static struct scene scene_of(enum style style)
{
	return (struct scene){.world = lb.w, .style = style};
}

static void why_says(u32 task, const char *want)
{
	struct scene s = scene_of(STYLE_SHORT);
	struct str out = {0};

	words_why(&s, task, &out);
	ck_assert_str_eq(str_get(&out), want);
	str_finish(&out);
}

/* Each has both ends of its own pipe, and reads. */
START_TEST(the_second_circle_of_one_is_told_as_another)
{
	u32 a = lb_spawn(0, 0), b = lb_spawn(0, 0);
	struct str out = {0};
	struct scene s;

	lb_pipe(a, 3, 4);
	lb_pipe(b, 5, 6);
	lb_enter(a, CALL_read, 3, -1, 1, 0);
	lb_blocked(a, CALL_read);
	lb_enter(b, CALL_read, 5, -1, 1, 0);
	lb_blocked(b, CALL_read);
	s = scene_of(STYLE_SHORT);
	words_why_too(&s, b, &a, 1, &out);
	ck_assert_str_eq(str_get(&out), "P2 waits in read(5): pipe2 is empty and can still be written to by P2 itself, through fd 6, made, "
					"never closed. Nobody is left who could wake P2, either.");
	str_clear(&out);
	words_why_too(&s, a, NULL, 0, &out);
	ck_assert(strstr(str_get(&out), "Nobody is left who could wake it.") != NULL);
	str_finish(&out);
}
END_TEST

static void polls(u32 task, u16 call, const struct pollfd *p, u32 n)
{
	struct ev_enter *ev = lb_record(REC_ENTER, call, task, 0, sizeof *ev + n * sizeof *p);

	ev->fd = ev->fd2 = -1;
	ev->size = n;
	ev->arg = TIME_NONE;
	ev->held = n * (u32)sizeof *p;
	if (n)
		memcpy(ev->contents, p, n * sizeof *p);
	lb_commit();
	lb_blocked(task, call);
}

START_TEST(a_select_of_nothing_waits_for_a_signal)
{
	u32 a = lb_spawn(0, 0);

	polls(a, CALL_select, NULL, 0);
	why_says(a, "P1 waits in select(): it names no fd and no time-out: only a signal ends it. Nobody is left who could wake it.");
}
END_TEST

/* fd 0 its terminal, fd 3 a pipe that was there before: others may have its ends. */
START_TEST(beside_a_terminal_others_are_named)
{
	u32 a = lb_spawn(0, 0);
	struct pollfd p[2] = {{0, POLLIN, 0}, {3, POLLIN, 0}};

	lb_observe(a, OBS_FD, 0 | 3ull << 32, 1, 0, 0, 2);
	lb_observe(a, OBS_FD, 3 | 1ull << 32, 77, 0, 0, 1);
	polls(a, CALL_poll, p, 2);
	why_says(a, "P1 waits in poll(): none of its fds is ready: its terminal has nothing to read, pipe1 has nothing to read and can "
		    "still be made ready by whoever types at its terminal, or by processes that are not watched.");
}
END_TEST

START_TEST(a_terminal_alone_names_nobody_else)
{
	u32 a = lb_spawn(0, 0);
	struct pollfd p[2] = {{0, POLLIN, 0}, {3, POLLIN, 0}};

	lb_observe(a, OBS_FD, 0 | 3ull << 32, 1, 0, 0, 2);
	lb_pipe(a, 3, 4);
	polls(a, CALL_poll, p, 2);
	why_says(a, "P1 waits in poll(): none of its fds is ready: its terminal has nothing to read, pipe1 has nothing to read and can "
		    "still be made ready by P1 itself, through fd 4, made, never closed; or by whoever types at its terminal.");
}
END_TEST

/* The server waits for its child, which waits for the server's answer to a connection still in the queue. */
START_TEST(a_connection_nobody_accepts_is_to_be_accepted)
{
	u32 server = lb_spawn(0, 0), client;
	struct str out = {0};
	struct scene s;

	lb_listener(server, 3, 71, 5);
	client = lb_fork(server);
	lb_close(client, 3);
	lb_socket(client, SOCK_STREAM, 0, 4, 72);
	lb_connect(client, 4, 71, 0);
	lb_enter(client, CALL_recvfrom, 4, -1, 9, 0);
	lb_blocked(client, CALL_recvfrom);
	lb_enter(server, CALL_wait4, -1, -1, 0, 0);
	lb_blocked(server, CALL_wait4);
	lb_settled();
	s = scene_of(STYLE_SHORT);
	ck_assert(words_mend(&s, &out));
	ck_assert_str_eq(str_get(&out), "To mend it: accept the connection of sock2 in P1 before it waits for P2.\n");
	str_finish(&out);
}
END_TEST

/* ---- a message that does not fit ---- */

static void result_says(enum style style, u32 task, u16 call, u64 size, u64 flags, i64 ret, u64 came_back, const char *want)
{
	struct scene s = scene_of(style);
	struct ev_exit e = {.ret = ret, .fd = -1, .fd2 = -1, .arg2 = came_back};
	struct {
		struct rec r;
		struct ev_exit e;
	} exit = {.r = {.kind = REC_EXIT, .call = call, .task = task, .len = sizeof exit}, .e = e};
	struct happening h;
	struct str out = {0};

	lb_enter(task, call, 4, -1, size, flags);
	happening_begin(&h, &s, &exit.r);
	lb_exit_flags(task, call, 0, ret, -1, -1, 0, came_back);
	words_result(&s, &h, &exit.r, &out);
	ck_assert_str_eq(str_get(&out), want);
	str_finish(&out);
}

static void received_says(u32 task, u16 call, u64 size, u64 flags, i64 ret, u64 came_back, const char *want)
{
	result_says(STYLE_PLAIN, task, call, size, flags, ret, came_back, want);
}

START_TEST(a_failed_call_names_its_object)
{
	u32 a = lb_spawn(0, 0);

	lb_pipe(a, 4, 5);
	result_says(STYLE_SHORT, a, CALL_read, 9, 0, -EAGAIN, 0,
		"P1's read(4) on pipe1 failed. Result -1, errno EAGAIN: Resource temporarily unavailable.\n");
	received_says(a, CALL_read, 9, 0, -EAGAIN, 0,
		"P1's read of fd 4 (pipe1) failed. Result -1, errno EAGAIN: Resource temporarily unavailable.\n");
	lb_pair(a, SOCK_STREAM, 3, 6, 90);
	lb_close(a, 4);
	lb_call(a, CALL_dup, 3, -1, 0, 0, 4);
	result_says(STYLE_SHORT, a, CALL_recvfrom, 9, 0, -EAGAIN, 0,
		"P1's recv(4) on sock1 failed. Result -1, errno EAGAIN: Resource temporarily unavailable.\n");
}
END_TEST

START_TEST(what_is_cut_off_is_said)
{
	u32 a = lb_spawn(0, 0);

	lb_pair(a, SOCK_DGRAM, 3, 4, 90);
	for (int i = 0; i < 4; i++)
		lb_send(a, 3, 8, 0, 0, 8);
	received_says(a, CALL_recvfrom, 4, MSG_PEEK, 4, 0, "P1 peeked at 4 bytes from sock2, fd 4; the message had 8 bytes. Result 4.\n");
	received_says(a, CALL_recvfrom, 4, 0, 4, 0,
		"P1 received 4 bytes from sock2, fd 4; the message had 8 bytes, and the rest is lost. Result 4.\n");
	received_says(a, CALL_recvfrom, 4, MSG_TRUNC, 8, 0,
		"P1 received 4 bytes from sock2, fd 4; the message had 8 bytes, and the rest is lost. Result 8.\n");
	received_says(a, CALL_recvfrom, 8, 0, 8, 0, "P1 received 8 bytes from sock2, fd 4. Result 8.\n");
	received_says(a, CALL_recvmsg, 9, 0, 8, 0, "P1 received 8 bytes from sock2, fd 4. Result 8.\n");
	received_says(a, CALL_recvmsg, 4, 0, 4, MSG_TRUNC,
		"P1 received 4 bytes from sock2, fd 4; the message was longer, and the rest is lost. Result 4.\n");
}
END_TEST

START_TEST(of_a_stream_nothing_is_cut_off)
{
	u32 a = lb_spawn(0, 0);

	lb_pair(a, SOCK_STREAM, 3, 4, 90);
	lb_send(a, 3, 8, 0, 0, 8);
	received_says(a, CALL_recvfrom, 4, 0, 4, 0, "P1 received 4 bytes from sock2, fd 4. Result 4.\n");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {the_second_circle_of_one_is_told_as_another, a_select_of_nothing_waits_for_a_signal,
		beside_a_terminal_others_are_named, a_terminal_alone_names_nobody_else, a_connection_nobody_accepts_is_to_be_accepted,
		a_failed_call_names_its_object, what_is_cut_off_is_said, of_a_stream_nothing_is_cut_off, NULL};

	return lb_main("words/waits", tests);
}
