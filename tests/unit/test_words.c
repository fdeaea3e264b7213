/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentences, exactly: hand-built logs, folded and told. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "view/lib.h"

/* ---- a log, folded as it grows, each event told ---- */

static struct log *log_;
static struct log_reader *reader;
static struct world *world;
static struct sources *sources;
static struct str told, json;
static u64 pos;
static u32 tasks, inodes;

static const char *actor(void *arg, u32 proc)
{
	static const char *const names[] = {"", "producer", "consumer", "a\x1b[31mb"};

	(void)arg;
	return proc < ARRAY_LEN(names) ? names[proc] : "";
}

static struct scene scene_of(enum style style)
{
	return (struct scene){
		.world = world, .log = reader, .sources = sources, .actor = actor, .style = style};
}

static void begin(void)
{
	struct err err = {0};

	log_ = log_create(NULL, false, &err);
	ck_assert_ptr_nonnull(log_);
	reader = log_reader_open_fd(dup(log_fd(log_)), &err);
	ck_assert_ptr_nonnull(reader);
	world = world_create();
	sources = sources_create();
	pos = LOG_DATA;
}

static void finish(void)
{
	sources_destroy(sources);
	world_destroy(world);
	log_reader_close(reader);
	log_close(log_);
	str_finish(&told);
	str_finish(&json);
}

static void record(u16 kind, u16 call, u32 task, u32 site, u32 flags, const void *body, size_t n,
	const void *more, size_t m)
{
	struct scene scene = scene_of(STYLE_PLAIN);
	struct happening h;
	struct err err = {0};
	struct rec *r = log_begin(log_, n + m, &err);
	const struct rec *seen;
	u64 at = pos;

	r->kind = kind;
	r->call = call;
	r->task = task;
	r->site = site;
	r->flags = flags;
	memcpy(r + 1, body, n);
	if (m)
		memcpy((u8 *)(r + 1) + n, more, m);
	log_commit(log_, r);
	seen = log_reader_next(reader, &pos);
	ck_assert_ptr_nonnull(seen);
	if (!rec_is_event(seen)) {
		sources_add(sources, seen);
		return;
	}
	happening_begin(&h, &scene, seen);
	world_apply(world, seen, at);
	str_clear(&told);
	words_event(&scene, &h, seen, false, &told);
	str_clear(&json);
	json_event(&scene, &h, seen, world_head(world)->events, true, &json);
}

static void line(u32 site, const char *file, const char *number)
{
	struct note_lines note = {.site = site, .frames = 1, .shown = 0};
	struct str text = {0};

	str_add_bytes(&text, file, strlen(file) + 1);
	str_add_bytes(&text, number, strlen(number) + 1);
	str_add_bytes(&text, "f", 2);
	note.text_len = (u32)text.len;
	record(REC_LINES, 0, 0, 0, 0, &note, sizeof note, text.s, text.len);
	str_finish(&text);
}

static u32 spawn(u32 creator)
{
	struct ev_spawn e = {.creator = creator, .pid = 700 + (i32)tasks, .tid = 700 + (i32)tasks};

	record(REC_SPAWN, 0, ++tasks, 0, 0, &e, sizeof e, NULL, 0);
	return tasks;
}

static void enter_as(u16 kind, u32 task, u32 site, u16 call, i32 fd, i32 fd2, u64 size, u64 arg,
	const void *bytes, u32 held)
{
	struct ev_enter e = {.fd = fd, .fd2 = fd2, .size = size, .arg = arg, .held = held};

	record(kind, call, task, site, 0, &e, sizeof e, bytes, held);
}

static void enter(u32 task, u32 site, u16 call, i32 fd, u64 size, const char *bytes)
{
	enter_as(
		REC_ENTER, task, site, call, fd, 0, size, 0, bytes, bytes ? (u32)strlen(bytes) : 0);
}

static void poised(u32 task, u32 site, u16 call, i32 fd, u64 size, const char *bytes)
{
	enter_as(REC_POISED, task, site, call, fd, 0, size, 0, bytes,
		bytes ? (u32)strlen(bytes) : 0);
}

static void leave(u32 task, u16 call, i64 ret, i32 fd, i32 fd2, u64 arg, u64 arg2)
{
	struct ev_exit e = {.ret = ret, .fd = fd, .fd2 = fd2, .arg = arg, .arg2 = arg2};

	record(REC_EXIT, call, task, 0, 0, &e, sizeof e, NULL, 0);
}

static void observe(u32 task, u32 what, u64 a, u64 b)
{
	struct ev_observe e = {.what = what, .a = a, .b = b};

	record(REC_OBSERVE, 0, task, 0, 0, &e, sizeof e, NULL, 0);
}

static void make_pipe(u32 task, u32 site, i32 fd, i32 fd2)
{
	enter(task, site, CALL_pipe2, 0, 0, NULL);
	leave(task, CALL_pipe2, 0, fd, fd2, 4000 + ++inodes, 65536);
}

static u32 fork_at(u32 task, u32 site)
{
	u32 child;

	enter_as(REC_ENTER, task, site, CALL_clone, 0, 0, 0,
		CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, NULL, 0);
	child = spawn(task);
	leave(task, CALL_clone, 699 + (i64)child, 0, 0, 0, 0);
	return child;
}

static void put(u32 task, u32 site, i32 fd, const char *bytes)
{
	enter(task, site, CALL_write, fd, strlen(bytes), bytes);
	leave(task, CALL_write, (i64)strlen(bytes), 0, 0, 0, 0);
}

static void get(u32 task, u32 site, i32 fd, u64 n)
{
	enter(task, site, CALL_read, fd, n, NULL);
	leave(task, CALL_read, (i64)n, 0, 0, 0, 0);
}

static void close_fd(u32 task, u32 site, i32 fd)
{
	enter(task, site, CALL_close, fd, 0, NULL);
	leave(task, CALL_close, 0, 0, 0, 0, 0);
}

static void block(u32 task, u32 site, u16 call, i32 fd, u64 size)
{
	enter(task, site, call, fd, size, NULL);
	observe(task, OBS_STATE, OBS_BLOCKED, call);
}

/* PICTURES.md: P1 has made pipe1 (main.c:8), forked P2 (main.c:13), closed its read end. */
static void forgotten_close(void)
{
	line(8, "main.c", "8");
	line(13, "main.c", "13");
	line(15, "producer.c", "15");
	line(16, "producer.c", "16");
	line(17, "main.c", "17");
	line(9, "consumer.c", "9");
	spawn(0);
	make_pipe(1, 8, 3, 4);
	fork_at(1, 13);
	close_fd(1, 0, 3);
}

static void is(const struct str *s, const char *expected)
{
	ck_assert_str_eq(str_get(s), expected);
}

/* What the words of one call are. */
#define SAYS(expected, call)                                                        \
	do {                                                                        \
		struct scene scene __attribute__((unused)) = scene_of(STYLE_PLAIN); \
		struct str out = {0};                                               \
		call;                                                               \
		is(&out, expected);                                                 \
		str_finish(&out);                                                   \
	} while (0)
#define SAYS_SHORT(expected, call)                          \
	do {                                                \
		struct scene scene = scene_of(STYLE_SHORT); \
		struct str out = {0};                       \
		call;                                       \
		is(&out, expected);                         \
		str_finish(&out);                           \
	} while (0)

/* ---- events ---- */

START_TEST(pipe_names_both_ends)
{
	forgotten_close();
	make_pipe(1, 8, 5, 6);
	is(&told, "P1 made pipe2, to read fd 5, to write fd 6, main.c line 8. Result 0.\n");
}
END_TEST

START_TEST(close_says_fd_line_and_result)
{
	forgotten_close();
	close_fd(1, 16, 4);
	is(&told, "P1 closed fd 4, producer.c line 16. Result 0.\n");
}
END_TEST

START_TEST(birth_names_who_forked)
{
	spawn(0);
	enter(1, 0, CALL_fork, 0, 0, NULL);
	spawn(1);
	is(&told, "P2 consumer is born, forked by P1.\n");
	leave(1, CALL_fork, 701, 0, 0, 0, 0);
	is(&told, "P1 returned from fork. Result 701, the pid of P2.\n");
}
END_TEST

START_TEST(write_shows_its_bytes)
{
	forgotten_close();
	put(1, 15, 4, "hi\n");
	is(&told, "P1 wrote 3 bytes, \"hi\\n\", to pipe1, fd 4, producer.c line 15. Result 3.\n");
}
END_TEST

START_TEST(long_write_is_cut)
{
	forgotten_close();
	enter(1, 15, CALL_write, 4, 1000, "0123456789012345678901234567890123456789xyz");
	leave(1, CALL_write, 1000, 0, 0, 0, 0);
	is(&told, "P1 wrote 1000 bytes, \"0123456789012345678901234567890123456789\" and 960 more "
		  "bytes, "
		  "to pipe1, fd 4, producer.c line 15. Result 1000.\n");
}
END_TEST

START_TEST(part_of_a_write_is_said_so)
{
	forgotten_close();
	enter(1, 0, CALL_write, 4, 10, NULL);
	leave(1, CALL_write, 4, 0, 0, 0, 0);
	is(&told, "P1 wrote 4 of 10 bytes to pipe1, fd 4. Result 4.\n");
}
END_TEST

START_TEST(read_shows_the_bytes_it_got)
{
	forgotten_close();
	put(1, 0, 4, "hello");
	get(2, 9, 3, 2);
	is(&told, "P2 read 2 bytes, \"he\", from pipe1, fd 3, consumer.c line 9. Result 2.\n");
	get(2, 9, 3, 3);
	is(&told, "P2 read 3 bytes, \"llo\", from pipe1, fd 3, consumer.c line 9. Result 3.\n");
}
END_TEST

START_TEST(read_over_two_writes_joins_them)
{
	forgotten_close();
	put(1, 0, 4, "ab");
	put(1, 0, 4, "cd");
	get(2, 0, 3, 3);
	is(&told, "P2 read 3 bytes, \"abc\", from pipe1, fd 3. Result 3.\n");
}
END_TEST

START_TEST(read_of_nothing_is_end_of_file)
{
	forgotten_close();
	close_fd(1, 0, 4);
	close_fd(2, 0, 4);
	enter(2, 9, CALL_read, 3, 1, NULL);
	leave(2, CALL_read, 0, 0, 0, 0, 0);
	is(&told, "P2 read end of file from pipe1, fd 3, consumer.c line 9. Result 0.\n");
}
END_TEST

START_TEST(failure_has_errno_and_meaning)
{
	forgotten_close();
	enter(1, 15, CALL_write, 9, 1, "x");
	leave(1, CALL_write, -EBADF, 0, 0, 0, 0);
	is(&told, "P1's write to fd 9 failed, producer.c line 15. Result -1, errno EBADF: Bad file "
		  "descriptor.\n");
}
END_TEST

START_TEST(death_by_signal_names_it)
{
	struct ev_end e = {.status = SIGPIPE};

	forgotten_close();
	record(REC_END, 0, 1, 0, EVF_LAST, &e, sizeof e, NULL, 0);
	is(&told, "P1 was killed by SIGPIPE (Broken pipe).\n");
}
END_TEST

START_TEST(end_has_its_status)
{
	struct ev_end e = {.status = 3 << 8};

	forgotten_close();
	record(REC_END, 0, 2, 0, EVF_LAST, &e, sizeof e, NULL, 0);
	is(&told, "P2 ended with status 3.\n");
	enter_as(REC_ENTER, 1, 17, CALL_wait4, -1, 0, 0, 0, NULL, 0);
	leave(1, CALL_wait4, 701, -1, 0, 0, 0);
	is(&told, "P1 collected P2, which ended with status 3, main.c line 17. Result 701.\n");
}
END_TEST

START_TEST(signal_without_effect_is_no_news)
{
	struct ev_signal e = {.sig = SIGCHLD};

	forgotten_close();
	record(REC_SIGNAL, 0, 1, 0, 0, &e, sizeof e, NULL, 0);
	is(&told, "");
	e.handled = 1;
	record(REC_SIGNAL, 0, 1, 0, 0, &e, sizeof e, NULL, 0);
	is(&told, "P1 gets SIGCHLD (Child exited); its handler runs.\n");
}
END_TEST

START_TEST(blocking_says_where_and_for_what)
{
	forgotten_close();
	block(2, 9, CALL_read, 3, 1);
	is(&told, "P2 is blocked in read of fd 3, consumer.c line 9: pipe1 is empty.\n");
}
END_TEST

START_TEST(thread_is_named_by_its_id)
{
	struct ev_spawn e = {.creator = 1, .pid = 700, .tid = 777};

	spawn(0);
	enter_as(REC_ENTER, 1, 0, CALL_clone3, 0, 0, 0,
		CLONE_VM | CLONE_FILES | CLONE_THREAD | CLONE_SIGHAND, NULL, 0);
	record(REC_SPAWN, 0, ++tasks, 0, EVF_THREAD | EVF_FILES, &e, sizeof e, NULL, 0);
	leave(1, CALL_clone3, 777, 0, 0, 0, 0);
	ck_assert_ptr_nonnull(strstr(told.s, "returned from pthread_create. Result 777, the id of thread P1."));
}
END_TEST

START_TEST(poll_says_whether_anything_was_ready)
{
	forgotten_close();
	enter_as(REC_ENTER, 2, 9, CALL_poll, 0, 0, 1, 20000000, NULL, 0);
	leave(2, CALL_poll, 0, 0, 0, 0, 0);
	is(&told, "P2's poll of 1 fd for at most 20 ms found none ready in that time, consumer.c line 9. "
		  "Result 0.\n");
}
END_TEST

START_TEST(a_timer_read_late_says_how_often_it_expired)
{
	spawn(0);
	enter(1, 0, CALL_timerfd_create, 0, 1, NULL);
	leave(1, CALL_timerfd_create, 5, 5, 0, 0x1000, 0);
	enter(1, 0, CALL_read, 5, 8, NULL);
	leave(1, CALL_read, 8, 0, 0, 3, 0);
	is(&told, "P1 was told by timerfd1, fd 5, that it has expired 3 times. Result 8.\n");
}
END_TEST

START_TEST(restarted_call_is_no_result)
{
	struct ev_exit e = {.ret = -EINTR};

	forgotten_close();
	enter(2, 9, CALL_read, 3, 1, NULL);
	record(REC_EXIT, CALL_read, 2, 0, EVF_RESTART, &e, sizeof e, NULL, 0);
	is(&told, "P2's read of fd 3 was interrupted by a signal and begins again, consumer.c line "
		  "9.\n");
}
END_TEST

START_TEST(contents_cannot_steer_a_terminal)
{
	forgotten_close();
	put(1, 0, 4, "\x1b[2J\xff\"");
	is(&told, "P1 wrote 6 bytes, \"\\x1b[2J\\xff\\\"\", to pipe1, fd 4. Result 6.\n");
}
END_TEST

START_TEST(names_cannot_steer_a_terminal)
{
	forgotten_close();
	fork_at(1, 0);
	SAYS("P3 a\\x1b[31mb", words_task_name(&scene, 3, &out));
}
END_TEST

/* ---- as things stand ---- */

START_TEST(poised_task_says_its_call_and_line)
{
	forgotten_close();
	enter_as(REC_POISED, 1, 17, CALL_wait4, -1, 0, 0, 0, NULL, 0);
	SAYS("P1 producer, poised before wait, main.c line 17.\n", words_task(&scene, 1, &out));
	SAYS_SHORT("poised before wait() at main.c:17", words_task_state(&scene, 1, false, &out));
}
END_TEST

START_TEST(blocked_task_says_its_call_and_line)
{
	forgotten_close();
	block(2, 9, CALL_read, 3, 1);
	SAYS("P2 consumer, blocked in read of fd 3, consumer.c line 9.\n",
		words_task(&scene, 2, &out));
}
END_TEST

START_TEST(poised_write_says_its_bytes)
{
	forgotten_close();
	poised(1, 15, CALL_write, 4, 1, "h");
	SAYS("poised before write of \"h\" to fd 4, producer.c line 15",
		words_task_state(&scene, 1, true, &out));
	SAYS_SHORT("poised before write(4, \"h\") at producer.c:15",
		words_task_state(&scene, 1, true, &out));
}
END_TEST

START_TEST(outlook_of_a_read_of_nothing)
{
	forgotten_close();
	poised(2, 9, CALL_read, 3, 1, NULL);
	SAYS("P2's call would block: pipe1 is empty.\n", words_outlook(&scene, 2, &out));
	put(1, 0, 4, "x");
	SAYS("", words_outlook(&scene, 2, &out));
}
END_TEST

START_TEST(pipe_says_bytes_contents_and_holders)
{
	forgotten_close();
	put(1, 0, 4, "hello");
	SAYS("pipe1, 5 of 65536 bytes, contents \"hello\". Can write: P1 fd 4, P2 fd 4. Can read: "
	     "P2 fd 3.\n",
		words_pipe(&scene, 1, &out));
	get(2, 0, 3, 5);
	close_fd(1, 0, 4);
	SAYS("pipe1, empty. Can write: P2 fd 4. Can read: P2 fd 3.\n", words_pipe(&scene, 1, &out));
	close_fd(2, 0, 4);
	SAYS("pipe1, empty. Can write: nobody. Can read: P2 fd 3.\n", words_pipe(&scene, 1, &out));
}
END_TEST

START_TEST(full_pipe_is_called_full)
{
	forgotten_close();
	enter(1, 0, CALL_write, 4, 65536, NULL);
	leave(1, CALL_write, 65536, 0, 0, 0, 0);
	SAYS("65536 of 65536 bytes, full", words_pipe_fill(&scene, 1, &out));
}
END_TEST

START_TEST(ends_say_how_each_was_come_by)
{
	forgotten_close();
	SAYS("pipe1, empty.\n"
	     "P1 can write, through fd 4, made at main.c line 8.\n"
	     "P2 can write, through fd 4, inherited at fork, main.c line 13; first made at main.c "
	     "line 8.\n"
	     "P2 can read, through fd 3, inherited at fork, main.c line 13; first made at main.c "
	     "line 8.\n",
		words_pipe_ends(&scene, 1, &out));
}
END_TEST

START_TEST(duplicated_end_names_its_original)
{
	forgotten_close();
	enter_as(REC_ENTER, 2, 9, CALL_dup2, 3, 0, 0, 0, NULL, 0);
	leave(2, CALL_dup2, 0, 0, 0, 0, 0);
	is(&told, "P2 made fd 0 a duplicate of fd 3, an end of pipe1, consumer.c line 9. Result "
		  "0.\n");
	SAYS("duplicated from fd 3, consumer.c line 9",
		words_provenance(&scene, world_task(world, 2)->proc,
			world_fd_find(world, world_task(world, 2)->proc, 0), false, &out));
}
END_TEST

/* ---- why ---- */

START_TEST(why_of_the_forgotten_close)
{
	forgotten_close();
	block(2, 9, CALL_read, 3, 1);
	close_fd(1, 16, 4);
	enter_as(REC_POISED, 1, 17, CALL_wait4, -1, 0, 0, 0, NULL, 0);
	SAYS("P2 waits in read of fd 3 at consumer.c line 9.\n"
	     "pipe1 is empty and can still be written to by P2 itself.\n"
	     "P2 holds write end fd 4, inherited at fork, main.c line 13, never closed.\n"
	     "Nobody is left who could wake it.\n",
		words_why(&scene, 2, &out));
	SAYS_SHORT("P2 waits in read(3) at consumer.c:9: pipe1 is empty and can still be written "
		   "to by P2 itself, "
		   "through fd 4, inherited at fork, main.c:13, never closed. Nobody is left who "
		   "could wake it.",
		words_why(&scene, 2, &out));
}
END_TEST

START_TEST(why_names_who_could_still_write)
{
	forgotten_close();
	block(2, 9, CALL_read, 3, 1);
	close_fd(2, 0, 4);
	poised(1, 15, CALL_write, 4, 1, "h");
	block(2, 9, CALL_read, 3, 1);
	SAYS("P2 waits in read of fd 3 at consumer.c line 9.\n"
	     "pipe1 is empty and can still be written to by P1.\n"
	     "P1 holds write end fd 4, made at main.c line 8, still open.\n"
	     "P1 is held, poised before write to fd 4, producer.c line 15.\n",
		words_why(&scene, 2, &out));
}
END_TEST

START_TEST(why_of_a_wait_for_a_child)
{
	forgotten_close();
	block(2, 9, CALL_read, 3, 1);
	close_fd(1, 16, 4);
	enter_as(REC_ENTER, 1, 17, CALL_wait4, -1, 0, 0, 0, NULL, 0);
	observe(1, OBS_STATE, OBS_BLOCKED, CALL_wait4);
	is(&told, "P1 is blocked in wait, main.c line 17: its child P2 has not ended.\n");
	SAYS("P1 waits in wait at main.c line 17.\n"
	     "Its child P2 has not ended.\n"
	     "P2 waits itself, in read of fd 3, consumer.c line 9: pipe1 is empty.\n"
	     "Nobody is left who could wake P2.\n",
		words_why(&scene, 1, &out));
	SAYS_SHORT("P1 waits in wait() at main.c:17: its child P2 has not ended. Nobody is left "
		   "who could wake P2.",
		words_why(&scene, 1, &out));
}
END_TEST

START_TEST(why_of_a_full_pipe)
{
	forgotten_close();
	poised(2, 9, CALL_read, 3, 1, NULL);
	enter(1, 0, CALL_write, 4, 65536, NULL);
	leave(1, CALL_write, 65536, 0, 0, 0, 0);
	block(1, 15, CALL_write, 4, 1);
	SAYS("P1 waits in write to fd 4 at producer.c line 15.\n"
	     "pipe1 is full and can still be read by P2.\n"
	     "P2 holds read end fd 3, inherited at fork, main.c line 13, still open.\n"
	     "P2 is held, poised before read of fd 3, consumer.c line 9.\n",
		words_why(&scene, 1, &out));
}
END_TEST

START_TEST(why_of_a_sleep)
{
	forgotten_close();
	enter_as(REC_ENTER, 1, 15, CALL_clock_nanosleep, 0, 0, 0, 500000000, NULL, 0);
	observe(1, OBS_STATE, OBS_BLOCKED, CALL_clock_nanosleep);
	SAYS("P1 waits in sleep of 500 ms at producer.c line 15.\n500 ms have not passed.\n",
		words_why(&scene, 1, &out));
}
END_TEST

START_TEST(cycle_of_two_names_both)
{
	forgotten_close();
	make_pipe(1, 0, 5, 6); /* P2 has none of it: P1 reads what only P1 could write */
	close_fd(2, 0, 4);
	block(2, 9, CALL_read, 3, 1);
	block(1, 0, CALL_read, 5, 1);
	SAYS("P1 waits in read of fd 5.\n"
	     "pipe2 is empty and can still be written to by P1 itself.\n"
	     "P1 holds write end fd 6, made, never closed.\n"
	     "Nobody is left who could wake it.\n",
		words_why(&scene, 1, &out));
}
END_TEST

START_TEST(who_does_not_wait_has_no_why)
{
	forgotten_close();
	poised(1, 15, CALL_write, 4, 1, "h");
	SAYS("", words_why(&scene, 1, &out));
}
END_TEST

/* ---- durations, lines, words ---- */

START_TEST(durations_are_exact)
{
	SAYS("500 ms", words_duration(500000000, &out));
	SAYS("2 s", words_duration(2000000000, &out));
	SAYS("1.5 s", words_duration(1500000000, &out));
	SAYS("1234 ms", words_duration(1234000000, &out));
	SAYS("250 us", words_duration(250000, &out));
	SAYS("about 300 ms", words_duration(299967120, &out));
	SAYS("about 2.5 s", words_duration(2500000001, &out));
	SAYS("0 ms", words_duration(0, &out));
}
END_TEST

START_TEST(lines_break_at_words)
{
	SAYS("one two\nthree\nfour", lines_wrap("one two three\nfour", 8, &out));
	SAYS("abcdefgh\nij kl", lines_wrap("abcdefghij kl", 8, &out));
	SAYS("12345678\n9", lines_wrap("12345678 9", 8, &out));
}
END_TEST

START_TEST(nearest_words_come_best_first)
{
	static const char *const words[] = {"step", "all", "send", "select", "source", NULL};

	SAYS("step", lines_nearest("stp", words, &out));
	SAYS("send, select or source",
		lines_nearest("s", (const char *const[]){"send", "select", "source", NULL}, &out));
	SAYS("", ck_assert(!lines_nearest("xylophone", words, &out)));
}
END_TEST

/* ---- JSON ---- */

START_TEST(json_has_the_keys_in_their_order)
{
	char expected[256], *t;

	forgotten_close();
	enter(1, 15, CALL_write, 4, 1, "h");
	leave(1, CALL_write, 1, 0, 0, 0, 0);
	t = strstr(json.s, "\"t_ns\":");
	ck_assert_ptr_nonnull(t);
	snprintf(expected, sizeof expected,
		"{\"seq\":%llu,\"t_ns\":%llu,\"actor\":\"P1\",\"kind\":\"exit\","
		"\"call\":\"write\",\"fd\":4,\"object\":\"pipe1\",\"size\":1,\"ret\":1,\"at\":"
		"\"producer.c:15\"}\n",
		(unsigned long long)world_head(world)->events, strtoull(t + 7, NULL, 10));
	is(&json, expected);
}
END_TEST

START_TEST(json_of_a_failure_names_errno)
{
	forgotten_close();
	enter(1, 0, CALL_write, 9, 1, NULL);
	leave(1, CALL_write, -EBADF, 0, 0, 0, 0);
	ck_assert_ptr_nonnull(strstr(json.s, "\"ret\":-9,\"errno\":\"EBADF\"}"));
}
END_TEST

START_TEST(json_names_the_pipe_of_a_close)
{
	forgotten_close();
	close_fd(1, 16, 4);
	ck_assert_ptr_nonnull(
		strstr(json.s, "\"call\":\"close\",\"fd\":4,\"object\":\"pipe1\",\"ret\":0"));
}
END_TEST

START_TEST(of_one_and_the_same_byte_four_are_enough)
{
	struct str out = {0};
	char same[64], other[64];

	memset(same, 'A', sizeof same);
	memset(other, 'A', sizeof other);
	other[39] = 'B';
	words_bytes(same, sizeof same, 5000, &out);
	ck_assert_str_eq(str_get(&out), "\"AAAA\" and 4996 more bytes");
	str_clear(&out);
	words_bytes(other, sizeof other, 5000, &out);
	ck_assert_str_eq(str_get(&out), "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\" and 4960 more bytes");
	memset(other, 0, sizeof other); /* no text: of that eight are enough */
	other[3] = 7;
	str_clear(&out);
	words_bytes(other, 44, 44, &out);
	ck_assert_str_eq(str_get(&out), "\"\\x00\\x00\\x00\\x07\\x00\\x00\\x00\\x00\" and 36 more bytes");
	str_clear(&out);
	words_bytes(same, 8, 8, &out);
	ck_assert_str_eq(str_get(&out), "\"AAAAAAAA\"");
	str_finish(&out);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		pipe_names_both_ends,
		close_says_fd_line_and_result,
		birth_names_who_forked,
		write_shows_its_bytes,
		long_write_is_cut,
		part_of_a_write_is_said_so,
		read_shows_the_bytes_it_got,
		read_over_two_writes_joins_them,
		read_of_nothing_is_end_of_file,
		failure_has_errno_and_meaning,
		death_by_signal_names_it,
		end_has_its_status,
		signal_without_effect_is_no_news,
		blocking_says_where_and_for_what,
		thread_is_named_by_its_id,
		poll_says_whether_anything_was_ready,
		a_timer_read_late_says_how_often_it_expired,
		restarted_call_is_no_result,
		contents_cannot_steer_a_terminal,
		names_cannot_steer_a_terminal,
		poised_task_says_its_call_and_line,
		blocked_task_says_its_call_and_line,
		poised_write_says_its_bytes,
		outlook_of_a_read_of_nothing,
		pipe_says_bytes_contents_and_holders,
		full_pipe_is_called_full,
		ends_say_how_each_was_come_by,
		duplicated_end_names_its_original,
		why_of_the_forgotten_close,
		why_names_who_could_still_write,
		why_of_a_wait_for_a_child,
		why_of_a_full_pipe,
		why_of_a_sleep,
		cycle_of_two_names_both,
		who_does_not_wait_has_no_why,
		durations_are_exact,
		lines_break_at_words,
		nearest_words_come_best_first,
		json_has_the_keys_in_their_order,
		json_of_a_failure_names_errno,
		json_names_the_pipe_of_a_close,
		of_one_and_the_same_byte_four_are_enough,
	};
	Suite *s = suite_create("words");
	TCase *c = tcase_create("words");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(c, begin, finish);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(c, tests[i]);
	suite_add_tcase(s, c);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
