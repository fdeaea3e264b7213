/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditions of a guide: what they say, what they hold against, what is wrong with them. */
#include "guide_sim.h"

START_TEST(a_result_counts_since_the_question)
{
	u64 question;

	run_to("", 2, 0);
	question = timeline_events(sim.timeline);
	ck_holds("P1 returned write 5");
	ck_assert(!holds_since("P1 returned write 5", question));
	sim_step(&sim, 1, &err);
	ck_assert(holds_since("P1 returned read 5", question));
	ck_assert(holds_since("P1 returned read > 4", question));
	ck_assert(!holds_since("P1 returned read 0", question));
	ck_assert(!holds_since("P1 failed read", question));
	ck_assert(holds_since("result P1 read = 5 and calls P1 read = 1", question));
}
END_TEST

START_TEST(a_failed_call_did_not_return)
{
	run_to("fail", 2, 0);
	ck_holds("P1 failed write EBADF and P1 failed write");
	ck_holds_not("P1 failed write EPIPE");
	ck_holds_not("P1 returned write");
	ck_holds("calls P1 write = 0 and result P1 write < 0");
}
END_TEST

START_TEST(calls_count_since_the_question)
{
	u64 question;

	run_to("", 2, 0);
	question = timeline_events(sim.timeline);
	ck_holds("calls P1 write = 1 and calls P1 pipe = 1");
	ck_assert(holds_since("calls P1 write = 0", question));
	ck_assert(!holds_since("result P1 write = 5", question));
}
END_TEST

START_TEST(states_of_a_process)
{
	run_to("", 1, 0);
	ck_holds("P1 poised write");
	ck_holds("P1 poised");
	ck_holds("P1 alive");
	ck_holds_not("P1 poised read");
	ck_holds_not("P1 blocked");
	ck_holds_not("P1 gone");
	ck_holds_not("P2 alive");
	run_to("block", 2, 0);
	ck_holds("P1 blocked read pipe1");
	ck_holds("P1 blocked");
	ck_holds("P1 stuck");
	ck_holds_not("P1 blocked write");
	ck_holds_not("P1 blocked read pipe2");
	run_to("", 4, 0);
	ck_holds("P1 gone and P1 exited 0 and P1 exited and status P1 = 0");
	ck_holds_not("P1 exited 1");
	ck_holds_not("P1 killed");
}
END_TEST

START_TEST(a_killed_process_is_told_by_its_signal)
{
	run_to("two", 1, 2);
	ck_holds("P2 killed SIGKILL and P2 killed and P2 gone");
	ck_holds_not("P2 killed SIGPIPE");
	ck_holds_not("P2 exited");
}
END_TEST

START_TEST(what_a_pipe_holds)
{
	run_to("", 1, 0);
	ck_holds("pipe1 empty");
	ck_holds("pipe1.room = pipe1.capacity");
	run_to("", 2, 0);
	ck_holds("pipe1 holds 5");
	ck_holds("pipe1 holds > 4 and pipe1.bytes + 1 = 6 and pipe1.used = 1 and pipe1.slots = 16");
	ck_holds("pipe1.capacity = 65536 and pipe1.room = 65536 - 5");
	ck_holds_not("pipe1 empty");
	ck_holds_not("pipe1 full");
	ck_holds_not("pipe1 holds 4");
	ck_holds_not("pipe2 empty");
	ck_holds_not("pipe2.bytes = 0");
}
END_TEST

START_TEST(who_holds_an_end_is_an_exact_set)
{
	run_to("two", 1, 0);
	ck_holds("writers pipe1 P1 P2 and writers pipe1 P2 P1 and readers pipe1 P1 P2");
	ck_holds("pipe1.writers = 2");
	ck_holds_not("writers pipe1 P1");
	ck_holds_not("writers pipe1 P1 P2 P3");
	ck_holds_not("writers pipe1 nobody");
	sim_step(&sim, 2, &err);
	ck_holds("writers pipe1 P1");
	ck_holds_not("writers pipe1 P1 P2");
}
END_TEST

START_TEST(what_a_process_said)
{
	run_to("", 3, 0);
	ck_holds("P1 said \"done\"");
	ck_holds("P1 said \"first\ndone\"");
	ck_holds_not("P1 said \"hello\"");
}
END_TEST

START_TEST(and_binds_closer_than_or)
{
	run_to("", 1, 0);
	ck_holds("P1 poised or P1 gone and P1 gone");
	ck_holds_not("(P1 poised or P1 gone) and P1 gone");
	ck_holds("not P1 gone and not (P1 gone or P1 blocked)");
	ck_holds("1 < 2 and 2 <= 2 and 3 != 4 and 5 > 4 and 5 >= 5 and 1 + 2 - 3 = 0 and 0 > -1");
}
END_TEST

/* clang-format off */
static const struct {
	const char *text;
	u32 column;
	const char *wrong;
} bad_conditions[] = {
	{"", 1, "a fact is wanted"},
	{"P1", 3, "nothing a process does"},
	{"P1 sleeps", 4, "'sleeps' is nothing a process does"},
	{"P1 returned", 12, "a call is wanted"},
	{"P1 returned raed 0", 13, "not 'raed'"},
	{"P1 failed read EFOO", 16, "there is no error EFOO"},
	{"P1 killed SIGFOO", 11, "there is no signal SIGFOO"},
	{"P1 blocked read pipe1 pipe2", 23, "one word too many"},
	{"P1 blocked raed", 12, "not 'raed'"},
	{"P0 gone", 1, "a fact is wanted"},
	{"pipe1 holds", 12, "holds how many"},
	{"pipe1 holds x", 13, "holds how many"},
	{"pipe1 grows", 7, "nothing a pipe does"},
	{"pipe1.colour = 1", 1, "a pipe has no 'colour'"},
	{"pipe1.bytes 3", 13, "a comparison is wanted"},
	{"1 =", 4, "a number is wanted"},
	{"12345678901234567 = 1", 1, "too large"},
	{"writers P1", 9, "a pipe is wanted"},
	{"writers pipe1", 14, "a process is wanted"},
	{"P1 said done", 9, "\"quotes\""},
	{"P1 said \"done", 9, "does not end"},
	{"(P1 gone", 9, "')' is missing"},
	{"P1 gone P2", 9, "one word too many"},
	{"P1 gone and", 12, "a fact is wanted"},
	{"P1 gone ! P2", 9, "'!' stands alone"},
	{"P1 gone ; P2", 9, "does not belong"},
	{"not not not not not not not not not not not not not not not not not not not not not not not not not "
	 "not not not P1 gone", 97, "nested too deeply"},
};
/* clang-format on */

START_TEST(a_bad_condition_is_named_with_its_column)
{
	const char *text = bad_conditions[_i].text;
	char place[32];
	struct cond *c = cond_parse("lab.md", (struct guide_mark){7, 1}, text, &err);

	snprintf(place, sizeof place, "lab.md:7:%u: ", bad_conditions[_i].column);
	ck_assert_msg(c == NULL, "taken: %s", text);
	ck_assert_int_eq(err.code, EXIT_INPUT);
	ck_assert_msg(
		strncmp(err.text, place, strlen(place)) == 0, "%s, not at %s", err.text, place);
	ck_assert_msg(strstr(err.text, bad_conditions[_i].wrong) != NULL, "%s", err.text);
}
END_TEST

/* clang-format off */
static const struct {
	const char *text;
	bool possible;
} worlds[] = {
	{"P1 blocked read and P1 alive", true},
	{"P1 blocked read and P2 gone", true},
	{"P1 blocked read or P1 gone", true},
	{"P1 blocked read and P1 blocked", true},
	{"P1 gone and P1 exited 0", true},
	{"pipe1 holds 5 and pipe2 holds 6", true},
	{"pipe1 holds > 5 and pipe1 holds < 7", true},
	{"P1 returned read 0 and P1 failed read EBADF", true},
	{"not P1 gone", true},
	{"P1 blocked read and P1 gone", false},
	{"P1 blocked read and P1 blocked write", false},
	{"P1 blocked read pipe1 and P1 blocked read pipe2", false},
	{"P1 poised and P1 blocked", false},
	{"P1 gone and P1 alive", false},
	{"P1 exited 0 and P1 exited 1", false},
	{"P1 exited and P1 killed", false},
	{"P1 killed SIGPIPE and P1 killed SIGINT", false},
	{"P1 blocked read and not P1 blocked", false},
	{"P1 exited 0 and not P1 gone", false},
	{"P1 gone and not P1 gone", false},
	{"pipe1 empty and pipe1 full", false},
	{"pipe1 empty and pipe1 holds 5", false},
	{"pipe1 holds 5 and pipe1 holds 6", false},
	{"pipe1 holds < 0", false},
	{"writers pipe1 P1 and writers pipe1 P2", false},
	{"1 = 2", false},
	{"P1 returned read < 0", false},
};
/* clang-format on */

START_TEST(what_no_world_can_make_true_is_found)
{
	struct cond *c = cond_parse("t", (struct guide_mark){1, 1}, worlds[_i].text, &err);
	struct str why = {0};

	ck_assert_msg(c != NULL, "%s", err.text);
	ck_assert_msg(cond_possible(c, &why) == worlds[_i].possible, "%s", worlds[_i].text);
	cond_destroy(c);
	str_finish(&why);
}
END_TEST

START_TEST(why_a_condition_does_not_hold)
{
	struct cond *c =
		cond_parse("t", (struct guide_mark){1, 1}, "P1 alive and P1 blocked read", &err);
	struct cond_view v;
	struct str s = {0};

	run_to("", 1, 0);
	v = (struct cond_view){
		timeline_now(sim.timeline), sim.timeline, 0, timeline_events(sim.timeline)};
	cond_explain(c, &v, &s);
	ck_assert_str_eq(
		str_get(&s), "P1 blocked read (P1 is poised before write; its pipe2 gave 0)");
	str_finish(&s);
	cond_destroy(c);
}
END_TEST

static void fill(TCase *c)
{
	tcase_add_test(c, a_result_counts_since_the_question);
	tcase_add_test(c, a_failed_call_did_not_return);
	tcase_add_test(c, calls_count_since_the_question);
	tcase_add_test(c, states_of_a_process);
	tcase_add_test(c, a_killed_process_is_told_by_its_signal);
	tcase_add_test(c, what_a_pipe_holds);
	tcase_add_test(c, who_holds_an_end_is_an_exact_set);
	tcase_add_test(c, what_a_process_said);
	tcase_add_test(c, and_binds_closer_than_or);
	tcase_add_loop_test(
		c, a_bad_condition_is_named_with_its_column, 0, (int)ARRAY_LEN(bad_conditions));
	tcase_add_loop_test(c, what_no_world_can_make_true_is_found, 0, (int)ARRAY_LEN(worlds));
	tcase_add_test(c, why_a_condition_does_not_hold);
}

int main(void)
{
	return sim_main("cond", fill);
}
