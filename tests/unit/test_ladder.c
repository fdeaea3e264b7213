/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ladder: rungs found by folding a log again, what became of each message, RPC bytes by field, bad bytes. */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "event/lib.h"
#include "socketbuild.h"
#include "view/ladder.h"

enum { WIRE = 72, SERVER = 73, CLIENT = 71 };

/* As labs/18-rpc/rpc.h writes them. */
static const u8 call[44] = {0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 2, 0x20, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, [43] = 100};
static const u8 reply[28] = {0, 0, 0, 7, 0, 0, 0, 1, [27] = 100};

static u32 client, server, wire;
static struct scene scene;
static struct str text;

static void datagram_socket(u32 task, u64 ino)
{
	lb_enter(task, CALL_socket, -1, -1, 0, AF_INET | (u64)SOCK_DGRAM << 16);
	lb_exit_flags(task, CALL_socket, 0, 3, -1, -1, ino, 0);
}

static void begin(void)
{
	lb_begin();
	client = lb_spawn(0, 0);
	server = lb_spawn(client, 0);
	wire = lb_spawn(client, 0);
	datagram_socket(client, CLIENT);
	datagram_socket(server, SERVER);
	datagram_socket(wire, WIRE);
}

static void end(void)
{
	lb_end_all();
	log_reader_close((struct log_reader *)scene.log);
	memset(&scene, 0, sizeof scene);
	str_finish(&text);
}

static void send_to(u32 task, u64 to, const u8 *bytes, u32 n)
{
	struct ev_enter *ev = lb_record(REC_ENTER, CALL_sendto, task, 0, sizeof *ev + n);

	ev->fd = 3;
	ev->fd2 = -1;
	ev->size = n;
	ev->arg = to << 32;
	ev->held = n;
	memcpy(ev->contents, bytes, n);
	lb_commit();
	lb_exit_flags(task, CALL_sendto, 0, n, -1, -1, to, 0);
}

static void receive(u32 task, i64 ret, u64 from)
{
	lb_enter(task, CALL_recvfrom, 3, -1, 100, MSG_DONTWAIT);
	lb_exit_flags(task, CALL_recvfrom, 0, ret, -1, -1, from, 0);
}

/* The records built so far, as a log that a reader has. */
static void publish(void)
{
	struct err err = {0};
	struct log *log = log_create(NULL, false, &err);
	u64 pos = LOG_DATA;

	ck_assert_ptr_nonnull(log);
	for (size_t at = 0; at < lb.len;) {
		const struct rec *from = (const struct rec *)(lb.bytes + at);
		struct rec *to = log_begin(log, from->len - sizeof *from, &err);

		ck_assert_ptr_nonnull(to);
		to->kind = from->kind;
		to->call = from->call;
		to->task = from->task;
		to->flags = from->flags;
		memcpy(to + 1, from + 1, from->len - sizeof *from);
		log_commit(log, to);
		at += from->len;
	}
	scene.log = log_reader_open_fd(dup(log_fd(log)), &err);
	ck_assert_msg(scene.log != NULL, "%s", err.text);
	while (log_reader_next((struct log_reader *)scene.log, &pos))
		;
	log_close(log);
	scene.world = lb.w;
	scene.style = STYLE_PLAIN;
}

/* A call through the wire, and a reply that the wire keeps; then the call again. */
static void story(void)
{
	send_to(client, WIRE, call, sizeof call);
	receive(wire, sizeof call, CLIENT);
	send_to(wire, SERVER, call, sizeof call);
	receive(server, sizeof call, WIRE);
	send_to(server, WIRE, reply, sizeof reply);
	receive(wire, sizeof reply, SERVER);
	lb_poised(wire, CALL_recvfrom, 3, -1, 100, 0);
	lb_enter(client, CALL_poll, 0, 0, 1, 500);
	lb_exit(client, CALL_poll, 0);
	send_to(client, WIRE, call, sizeof call);
}

START_TEST(a_message_that_was_kept_back_is_lost_on_the_way)
{
	story();
	publish();
	words_ladder(&scene, &text);
	ck_assert_str_eq(str_get(&text),
		"1. P1 to P3: call 1(100), xid 7; 44 bytes.\n"
		"2. P3 to P2: call 1(100), xid 7; 44 bytes.\n"
		"3. P2 to P3: reply 100, xid 7; 28 bytes. P3 took it, and did not pass it on: it is lost on the way.\n"
		"4. P1 has waited long enough, and nothing came.\n"
		"5. P1 to P3: call 1(100), xid 7; 44 bytes. Nobody has taken it yet.\n"
		"Message 5 on the wire, by field: xid 7 00000007, call 00000000, RPC v2 00000002, program 20000001, "
		"version 00000001, proc 1 00000001, auth of 16 bytes, int 100 00000064.\n"
		"xid 7: P2 took 1 call, sent 1 reply.\n"
		"100 as an int of this machine is 64 00 00 00.\n");
}
END_TEST

/* The world at an earlier event has fewer rungs: the ladder follows a look back. */
START_TEST(it_ends_at_the_moment_shown)
{
	struct ladder l = {0};
	struct world *then = world_create();
	u64 pos = LOG_DATA;

	story();
	publish();
	while (world_head(then)->events < world_head(lb.w)->events - 2) {
		const struct rec *r = log_reader_at(scene.log, pos);

		world_apply(then, r, pos);
		pos += r->len;
	}
	scene.world = then;
	ladder_read(&scene, &l);
	ck_assert_uint_eq(l.list.n, 4);
	ck_assert_uint_eq(ladder_newest(&l), 3);
	ladder_finish(&l);
	world_destroy(then);
}
END_TEST

START_TEST(one_that_passes_all_on_loses_nothing)
{
	struct ladder l = {0};
	u32 calls, replies;

	send_to(client, WIRE, call, sizeof call);
	receive(wire, sizeof call, CLIENT);
	send_to(wire, SERVER, call, sizeof call);
	receive(server, sizeof call, WIRE);
	send_to(wire, SERVER, call, sizeof call); /* twice */
	receive(server, sizeof call, WIRE);
	publish();
	ladder_read(&scene, &l);
	ck_assert_uint_eq(l.list.n, 3);
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(l.list.at[i].fate, RUNG_TAKEN);
	ck_assert(ladder_relays(&l, world_task(lb.w, wire)->proc));
	ck_assert(!ladder_relays(&l, world_task(lb.w, server)->proc));
	ck_assert(ladder_count(&l, world_task(lb.w, server)->proc, 7, &calls, &replies));
	ck_assert_uint_eq(calls, 2);
	ck_assert_uint_eq(replies, 0);
	ck_assert(!ladder_count(&l, world_task(lb.w, wire)->proc, 7, &calls, &replies));
	ladder_finish(&l);
}
END_TEST

START_TEST(a_dropped_datagram_is_lost)
{
	struct ev_inject *ev = lb_record(REC_INJECT, 0, client, 0, sizeof *ev);

	ev->what = INJ_LOST;
	ev->a = 44;
	lb_commit();
	publish();
	words_ladder(&scene, &text);
	ck_assert_str_eq(str_get(&text), "1. P1 to nobody we know: 44 bytes. It is lost.\n");
}
END_TEST

START_TEST(nothing_sent_is_said)
{
	publish();
	words_ladder(&scene, &text);
	ck_assert_str_eq(str_get(&text), "No message was sent yet.\n");
}
END_TEST

START_TEST(bytes_that_are_no_rpc_are_bytes)
{
	struct rung r = {.length = 5, .bytes = (const u8 *)"hello", .held = 5};

	rung_label(&r, &text);
	ck_assert_str_eq(str_get(&text), "\"hello\"");
	str_clear(&text);
	r = (struct rung){.length = 0};
	rung_label(&r, &text);
	ck_assert_str_eq(str_get(&text), "0 bytes");
}
END_TEST

/* Cut anywhere, any byte anything: nothing is read behind the end (ASan looks on). */
START_TEST(odd_bytes_do_no_harm)
{
	for (u32 n = 0; n <= sizeof call; n++)
		for (int byte = 0; byte < 256; byte += 5)
			for (u32 at = 0; at < n; at++) {
				u8 *copy = xmalloc(n);
				struct rpc rpc;

				memcpy(copy, call, n);
				copy[at] = (u8)byte;
				if (rpc_read(copy, n, n, &rpc))
					for (u32 i = 0; i < rpc.n; i++)
						ck_assert_uint_le(rpc.field[i].off + rpc.field[i].len, n);
				free(copy);
			}
}
END_TEST

static void golden(const char *name, const struct scene *s)
{
	struct canvas *c = canvas_create(14, 80, false);
	char path[400], kept[8192];
	const char *src = getenv("IPCLAB_SRC");
	size_t n;
	FILE *f;

	ladder_draw(c, canvas_area(c), 0, 14, s);
	canvas_text(c, &text);
	canvas_destroy(c);
	snprintf(path, sizeof path, "%s/tests/screen/golden/%s.txt", src ? src : ".", name);
	if (getenv("IPCLAB_GOLDEN") && (f = fopen(path, "w"))) {
		fputs(str_get(&text), f);
		fclose(f);
	}
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s", path);
	n = fread(kept, 1, sizeof kept - 1, f);
	kept[n] = '\0';
	fclose(f);
	ck_assert_str_eq(str_get(&text), kept);
}

START_TEST(the_picture_is_as_kept)
{
	story();
	publish();
	scene.style = STYLE_SHORT;
	golden("ladder", &scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ladder");
	TCase *t = tcase_create("ladder");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, a_message_that_was_kept_back_is_lost_on_the_way);
	tcase_add_test(t, it_ends_at_the_moment_shown);
	tcase_add_test(t, one_that_passes_all_on_loses_nothing);
	tcase_add_test(t, a_dropped_datagram_is_lost);
	tcase_add_test(t, nothing_sent_is_said);
	tcase_add_test(t, bytes_that_are_no_rpc_are_bytes);
	tcase_add_test(t, odd_bytes_do_no_harm);
	tcase_add_test(t, the_picture_is_as_kept);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
