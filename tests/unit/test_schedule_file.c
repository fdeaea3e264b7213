/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Schedule files: read, printed, refused with the place of the mistake; whether a line fits a world. */
#include <signal.h>

#include "logbuild.h"

#include "schedule/lib.h"

static struct schedule sched;
static struct err err;

static bool parse(const char *text)
{
	err = (struct err){0};
	return schedule_parse(text, strlen(text), "run.sched", &sched, &err);
}

static const char *const whole =
	"# ipclab schedule 1\n"
	"command: ./ring 3\n"
	"set size 4\n"
	"set producers 2\n"
	"build: 3f2a\n"
	"actor P1 = 1\n"
	"actor P2 = 1.1\n"
	"actor P2.1 = 1.1/2\n"
	"object shm1 = shm 1:1\n"
	"object pipe1 = pipe 1.1:2\n"
	"object sem2 = sem shm 1:1+24\n"
	"object memory2 = memory 1.1\n"
	"object shm3 = shm /a b\\n\n"
	"object thread1.2 = thread 1/3\n"
	"P1 store shm1+40 = 1                producer.c:14\n"
	"P2 read pipe1                       consumer.c:9\n"
	"P2 time\n"
	"P1 signal SIGTERM\n"
	"P1 deliver SIGTERM = EINTR\n"
	"P1 signal 40\n"
	"P2.1 sem_wait sem2\n"
	"P2 load memory2@0a8 = 7\n"
	"P2 load shm3+8\n"
	"P1 pthread_join thread1.2\n"
	"type \"yes\\n\\x04\\\"\"\n"
	"P2\n"
	"P2                                  consumer.c:10\n";

START_TEST(what_it_says)
{
	const struct schedule_step *s;

	ck_assert_msg(parse(whole), "%s", err.text);
	s = sched.steps;
	ck_assert_uint_eq(sched.n, 13);
	ck_assert_str_eq(sched.command, "./ring 3");
	ck_assert_ptr_null(sched.lab);
	ck_assert_str_eq(sched.build, "3f2a");
	ck_assert_str_eq(sched.settings, "size 4\nproducers 2\n");
	ck_assert_str_eq(s[0].actor, "P1");
	ck_assert_str_eq(s[0].identity, "1");
	ck_assert_uint_eq(s[0].kind, CHOSE_STEP);
	ck_assert_str_eq(s[0].call, "store");
	ck_assert_str_eq(s[0].object, "shm 1:1+40");
	ck_assert_str_eq(s[0].shown, "shm1+40");
	ck_assert_str_eq(s[0].result, "1");
	ck_assert_str_eq(s[0].at, "producer.c:14");
	ck_assert_uint_eq(s[0].line, 15);
	ck_assert_str_eq(s[1].object, "pipe 1.1:2");
	ck_assert_str_eq(s[1].identity, "1.1");
	ck_assert_str_eq(s[1].result, "");
	ck_assert_uint_eq(s[2].kind, CHOSE_TIME);
	ck_assert_uint_eq(s[3].kind, CHOSE_SIGNAL);
	ck_assert_uint_eq(s[3].signal, SIGTERM);
	ck_assert_uint_eq(s[4].kind, CHOSE_STEP);
	ck_assert_str_eq(s[4].call, "deliver");
	ck_assert_uint_eq(s[4].signal, SIGTERM);
	ck_assert_uint_eq(s[5].signal, 40);
	ck_assert_str_eq(s[6].identity, "1.1/2");
	ck_assert_str_eq(s[6].object, "sem shm 1:1+24");
	ck_assert_str_eq(s[6].shown, "sem2");
	ck_assert_str_eq(s[7].object, "memory 1.1@0a8");
	ck_assert_str_eq(s[8].object, "shm /a b\n+8");
	ck_assert_str_eq(s[9].object, "thread 1/3");
	s += 3;
	ck_assert_uint_eq(s[7].kind, CHOSE_TYPE);
	ck_assert_uint_eq(s[7].typed_n, 6);
	ck_assert_mem_eq(s[7].typed, "yes\n\x04\"", 6);
	ck_assert_str_eq(s[8].call, "");
	ck_assert_str_eq(s[9].call, "");
	ck_assert_str_eq(s[9].at, "consumer.c:10");
	schedule_finish(&sched);
}
END_TEST

START_TEST(printed_as_it_was)
{
	struct str out = {0};

	ck_assert(parse(whole));
	schedule_print(&sched, &out);
	ck_assert_str_eq(out.s, whole);
	str_finish(&out);
	schedule_finish(&sched);
}
END_TEST

START_TEST(every_call)
{
	struct schedule one = {0};
	struct str out = {0};

	for (unsigned call = 1; call < CALL_COUNT; call++) {
		struct schedule_step s = {.actor = "P1", .identity = "1", .kind = CHOSE_STEP};

		ck_assert_uint_lt(strlen(call_name(call)), sizeof s.call);
		strcpy(s.call, call_name(call));
		schedule_add(&one, &s);
	}
	schedule_print(&one, &out);
	ck_assert_msg(parse(out.s), "%s", err.text);
	for (u32 i = 0; i < one.n; i++)
		ck_assert_str_eq(sched.steps[i].call, one.steps[i].call);
	schedule_finish(&one);
	schedule_finish(&sched);
	str_finish(&out);
}
END_TEST

/* Written by hand: short, with comments, with another system's line ends, without a last newline. */
START_TEST(by_hand)
{
	ck_assert_msg(parse("P1\r\n\r\n  # P9 is not read\r\n\tP1 read # what follows is not either\r\nP1 write m.c:3"),
		"%s", err.text);
	ck_assert_uint_eq(sched.n, 3);
	ck_assert_str_eq(sched.steps[0].identity, "1");
	ck_assert_str_eq(sched.steps[1].call, "read");
	ck_assert_uint_eq(sched.steps[1].line, 4);
	ck_assert_str_eq(sched.steps[2].at, "m.c:3");
	schedule_finish(&sched);
	ck_assert(parse("") && sched.n == 0);
	schedule_finish(&sched);
}
END_TEST

static const struct mistake {
	const char *text, *said;
} mistakes[] = {
	{"hello\n", "run.sched:1:1: 'hello' begins no line; a line begins with an actor (P1), or with actor, object, "
		    "command:, lab:, build:, set, type or #"},
	{"P1\nactr P2 = 1\n", "run.sched:2:1: 'actr' begins no line; did you mean 'actor'?"},
	{"P1\n P2 read\n", "run.sched:2:2: P2 is bound to no process: 'actor P2 = IDENTITY' must stand above"},
	{"actor P2 = 1..2\n", "run.sched:1:12: an identity is 1 for the first program, 1.2 for the second process it "
			      "made, 1.2/3 for that one's third thread; not '1..2'"},
	{"actor P2 1\n", "run.sched:1:10: '=' is missing here"},
	{"actor Q = 1\n", "run.sched:1:7: an actor is P1, P2 or P2.1, not 'Q'"},
	{"actor P2 = 1\nactor P2 = 1.1\n", "run.sched:2:7: P2 is bound twice"},
	{"P1 raed\n", "run.sched:1:4: there is no call 'raed'; nearest: read"},
	{"P1 pthread_mutex_lok\n", "run.sched:1:4: there is no call 'pthread_mutex_lok'; nearest: pthread_mutex_lock, pthread_mutex_unlock"},
	{"P1 zzzzzz\n", "run.sched:1:4: there is no call 'zzzzzz'; besides calls there are time, signal, deliver"},
	{"P1 read 4\n", "run.sched:1:9: '4' is no object: they are written pipe1, sem2, shm1+40"},
	{"P1 read pipe1\n",
		"run.sched:1:9: pipe1 is not bound to an object: 'object pipe1 = IDENTITY' must stand above"},
	{"object shm1 = shm 1:1\nP1 load shm1+\n", "run.sched:2:13: '+' is no offset in bytes, as +40"},
	{"object shm1 = shm 1:1\nP1 load shm1+4x\n", "run.sched:2:13: '+4x' is no offset in bytes, as +40"},
	{"object shm1 = shm 1:1\nP1 load shm1-4\n", "run.sched:2:9: 'shm1-4' is no object: they are written pipe1, sem2, shm1+40"},
	{"object shm1 = shm\n", "run.sched:1:15: what the object is, is its kind and who made it, as in 'pipe 1:1' or 'shm /ring'"},
	{"object shm1 = shm \\q\n", "run.sched:1:19: what stands behind '\\' is not understood"},
	{"object shm = shm 1:1\n", "run.sched:1:8: an object is pipe1, shm1 or sem2, not 'shm'"},
	{"P1 read =\n", "run.sched:1:10: a result is missing behind '='"},
	{"P1 read = 4 m.c:3 more\n", "run.sched:1:19: 'more' is one word too many"},
	{"P1 time pipe1\n", "run.sched:1:9: 'pipe1' is one word too many"},
	{"P1 signal SIGTREM\n", "run.sched:1:11: 'SIGTREM' is no signal; it is written SIGTERM"},
	{"P1 signal\n", "run.sched:1:10: '' is no signal; it is written SIGTERM"},
	{"type yes\n", "run.sched:1:6: type wants a text in quotes, as in type \"yes\\n\""},
	{"type \"yes\n", "run.sched:1:10: the closing quote is missing"},
	{"type \"\\q\"\n", "run.sched:1:7: what stands behind '\\' is not understood"},
	{"type \"\"\n", "run.sched:1:1: nothing is to be typed"},
	{"# ipclab schedule 2\n", "run.sched:1:19: this is a schedule of version '2', and only 1 is known here"},
	{"lab: pipe\ncommand: ./x\n", "run.sched:1:1: a schedule is of a lab or of a command, not of both"},
	{"command: a\ncommand: b\n", "run.sched:2:1: command is said twice"},
	{"lab:\n", "run.sched:1:5: what the lab is, is missing here"},
	{"\x7f" "ELF\n", "run.sched:1:1: a byte 0x7f: this is no text"},
	{"P1\nP\x1b[2J\n", "run.sched:2:2: a byte 0x1b: this is no text"},
};

START_TEST(mistakes_are_named)
{
	ck_assert_msg(!parse(mistakes[_i].text), "taken: %s", mistakes[_i].text);
	ck_assert_str_eq(err.text, mistakes[_i].said);
	ck_assert_int_eq(err.code, EXIT_INPUT);
}
END_TEST

START_TEST(too_long)
{
	struct str s = {0};

	str_add(&s, "P1\n# ");
	for (int i = 0; i < 9000; i++)
		str_add(&s, "x");
	ck_assert(!parse(s.s));
	ck_assert_str_eq(err.text, "run.sched:2:8193: this line is longer than 8192 bytes");
	str_clear(&s);
	for (u32 i = 0; i <= SCHEDULE_STEPS_MAX; i++)
		str_add(&s, "P1\n");
	ck_assert(!parse(s.s));
	ck_assert_str_eq(err.text, "run.sched:100001:1: more than 100000 choices");
	str_finish(&s);
}
END_TEST

/* A NUL in the middle is a byte like any other that no text has. */
START_TEST(binary)
{
	ck_assert(!schedule_parse("P1\n\0\0\0", 6, "run.sched", &sched, &err));
	ck_assert_str_eq(err.text, "run.sched:2:1: a byte 0x00: this is no text");
}
END_TEST

START_TEST(commands_come_back)
{
	const char *argv[] = {"./ring", "", "a b", "say \"x\"", "\xc3\xa9\n", "$HOME", "--n=3", NULL};
	struct str line = {0};
	char **back;

	schedule_command(argv, &line);
	ck_assert_str_eq(line.s, "./ring \"\" \"a b\" \"say \\\"x\\\"\" \"\\xc3\\xa9\\n\" \"$HOME\" --n=3");
	back = schedule_argv(line.s);
	for (size_t i = 0; i < ARRAY_LEN(argv) - 1; i++)
		ck_assert_str_eq(back[i], argv[i]);
	ck_assert_ptr_null(back[ARRAY_LEN(argv) - 1]);
	schedule_argv_finish(back);
	ck_assert_ptr_null(schedule_argv("a \"b"));
	str_finish(&line);
}
END_TEST

/* ---- a line and a world ---- */

/* The first program has made a pipe and two children; P2 is held before a read of it. */
static void three(void)
{
	lb_begin();
	lb_spawn(0, 0);
	lb_pipe(1, 3, 4);
	lb_fork(1);
	lb_fork(1);
	lb_poised(2, CALL_read, 3, 0, 10, 0);
}

static struct str why;

static bool fits(const char *line, u32 *task)
{
	struct str text = {0};
	bool ok;

	str_addf(&text, "actor P2 = 1.1\nactor P3 = 1.2\nactor P4 = 1.3\nactor P5 = 1.1\nobject pipe1 = pipe 1:1\n"
			"object pipe2 = pipe 1:2\n%s\n", line);
	ck_assert_msg(parse(text.s), "%s", err.text);
	str_clear(&why);
	ok = schedule_fits(lb.w, &sched.steps[0], task, &why);
	schedule_finish(&sched);
	str_finish(&text);
	return ok;
}

START_TEST(a_line_fits)
{
	struct schedule_step s;
	u32 task;

	three();
	ck_assert_msg(fits("P2 read pipe1", &task) && task == 2, "%s", str_get(&why));
	ck_assert(fits("P2 read", &task) && task == 2);
	ck_assert(fits("P2", &task) && task == 2);
	ck_assert(fits("P2 read pipe1 = 3 elsewhere.c:1", &task));
	ck_assert(fits("P5 read pipe1", &task) && task == 2); /* by identity, not by name */
	ck_assert(fits("P3 signal SIGTERM", &task) && task == 3);
	schedule_describe(lb.w, 2, CHOSE_STEP, &s);
	ck_assert_str_eq(s.actor, "P2");
	ck_assert_str_eq(s.identity, "1.1");
	ck_assert_str_eq(s.call, "read");
	ck_assert_str_eq(s.object, "pipe 1:1");
	ck_assert_str_eq(s.shown, "pipe1");
	lb_end_all();
	str_finish(&why);
}
END_TEST

START_TEST(a_line_does_not_fit)
{
	u32 task;

	three();
	ck_assert(!fits("P2 write pipe1", &task) && task == 2);
	ck_assert_str_eq(why.s, "P2 is to write pipe1, but it is held before read(3) of pipe1");
	ck_assert(!fits("P2 read pipe2", &task));
	ck_assert_str_eq(why.s, "P2 is to read pipe2, but it is held before read(3) of pipe1");
	ck_assert(!fits("P4 read", &task) && !task);
	ck_assert_str_eq(why.s, "P4 is to read, but there is no P4 (identity 1.3) yet");
	ck_assert(!fits("P2 time", &task));
	ck_assert_str_eq(why.s, "P2 is to let its time-out pass, but it is held before read(3) of pipe1");
	ck_assert(!fits("P3 read pipe1", &task));
	ck_assert_str_eq(why.s, "P3 is to read pipe1, but it is computing");
	ck_assert(!fits("P5 write", &task));
	ck_assert_str_eq(why.s, "P5 is to write, but P2, as it is called here: it is held before read(3) of pipe1");
	ck_assert(!fits("P2 deliver SIGINT", &task));
	ck_assert_str_eq(why.s, "P2 is to get SIGINT, but it is held before read(3) of pipe1");
	lb_end_all();
	str_finish(&why);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("schedule files");
	TCase *tc = tcase_create("files");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, what_it_says);
	tcase_add_test(tc, printed_as_it_was);
	tcase_add_test(tc, every_call);
	tcase_add_test(tc, by_hand);
	tcase_add_loop_test(tc, mistakes_are_named, 0, (int)ARRAY_LEN(mistakes));
	tcase_add_test(tc, too_long);
	tcase_add_test(tc, binary);
	tcase_add_test(tc, commands_come_back);
	tcase_add_test(tc, a_line_fits);
	tcase_add_test(tc, a_line_does_not_fit);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
