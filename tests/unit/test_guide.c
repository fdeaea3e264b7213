/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guides: the model, and what is wrong with it, by line and column. */
#include "guide_sim.h"

static const char predict[] =
	"```predict id=q breaks=belief\nWhat now?\n- one => P1 returned write 5\n    not one\n"
	"- two => P1 failed write\n    not two\n```\n";

START_TEST(a_guide_becomes_a_model)
{
	struct str s = {0};
	struct guide *g;

	str_addf(&s,
		"\nshow: calls, pipe\nstart: other now\n\nSome *text* with `code`,\non two "
		"lines.\n\n- item\n\n> said\n\n"
		"```c\nint x;\n```\n\n%s\n```do\nstep P1 2\nall\n```\n```expect\nP1 alive\nP1 "
		"poised\n```\n",
		predict);
	g = parse_step(str_get(&s));
	ck_assert_msg(g != NULL, "%s", err.text);
	ck_assert_str_eq(g->title, "A lab");
	ck_assert_uint_eq(g->minutes, 5);
	ck_assert_uint_eq(g->steps.n, 1);
	ck_assert_uint_eq(g->steps.at[0].show, SHOW_CALLS | SHOW_PIPE);
	ck_assert_uint_eq(g->steps.at[0].start.program, 1);
	ck_assert_str_eq(g->steps.at[0].start.args[0], "now");
	ck_assert_uint_eq(g->steps.at[0].blocks.n, 7);
	ck_assert_str_eq(g->steps.at[0].blocks.at[0].text, "Some text with code, on two lines.");
	ck_assert_int_eq(g->steps.at[0].blocks.at[1].text_kind, TEXT_ITEM);
	ck_assert_int_eq(g->steps.at[0].blocks.at[2].text_kind, TEXT_QUOTE);
	ck_assert_str_eq(g->steps.at[0].blocks.at[3].text, "int x;");
	ck_assert_str_eq(guide_question(g, "q", NULL)->breaks, "belief");
	ck_assert_str_eq(guide_question(g, "q", NULL)->options.at[1].reply, "not two");
	ck_assert_uint_eq(g->steps.at[0].blocks.at[5].moves.n, 2);
	ck_assert_uint_eq(g->steps.at[0].blocks.at[6].conds.n, 2);
	ck_assert_str_eq(guide_role(g, 0, "P1"), "actor");
	ck_assert_str_eq(guide_role(g, 0, "P2"), "");
	guide_destroy(g);
	str_finish(&s);
}
END_TEST

/* clang-format off */
static const struct {
	const char *body, *place, *wrong;
} bad_steps[] = {
	{"Text.\n", "11:1", "a step that only tells"},
	{"show: callz\n\n```do\nstep P1\n```\n", "12:7", "'callz' is nothing the stage shows"},
	{"start: nobody\n\n```do\nstep P1\n```\n", "12:8", "'nobody' is no program"},
	{"show: pipe\ntext\n", "13:1", "an empty line"},
	{"### Deep\n", "12:1", "level 2"},
	{"```do\nstep P1\n", "12:1", "not closed"},
	{"```do\n```\n", "12:1", "nothing is to be done"},
	{"```do\nstepp P1\n```\n", "13:1", "'stepp' is no command"},
	{"```do\n  step X\n```\n", "13:8", "a process is wanted"},
	{"```do\nstep P1 0\n```\n", "13:9", "from 1 to"},
	{"```do\nstep P1 until P1 gome\n```\n", "13:18", "'gome'"},
	{"```do\nstep P1 2 3\n```\n", "13:11", "one word too many"},
	{"```do\nsignal P1 SIGFOO\n```\n", "13:11", "no signal 'SIGFOO'"},
	{"```do\ntype \"x\n```\n", "13:", "does not end"},
	{"```expect\n```\n", "12:1", "nothing is expected"},
	{"```expect\nP1 gome\n```\n", "13:4", "'gome'"},
	{"```expect\nP1 gone and P1 alive\n```\n", "13:1", "no world can make this true"},
	{"```predict\nWhat?\n```\n", "12:4", "no id"},
	{"```predict id=Q\nWhat?\n```\n", "12:", "'Q' is no id"},
	{"```predict id=q sort=x\nWhat?\n```\n", "12:17", "'sort' is no key"},
	{"```predict id=q kind=x\nWhat?\n```\n", "12:17", "'x' is no kind"},
	{"```predict id=q hide=x\nWhat?\n```\n", "12:17", "'x' cannot be hidden"},
	{"```predict id=q noise\nWhat?\n```\n", "12:17", "'noise' is no key=value"},
	{"```predict id=q\nWhat?\n- one => P1 gone\n    no\n```\n", "12:1", "two options"},
	{"```predict id=q\n- one => P1 gone\n    no\n- two => P1 alive\n```\n", "12:1", "asks nothing"},
	{"```predict id=q\nWhat?\n- one\n    no\n- two => P1 alive\n```\n", "14:3", "no =>"},
	{"```predict id=q\nWhat?\n- one => P1 gome\n    no\n- two => P1 alive\n```\n", "14:13", "'gome'"},
	{"```predict id=q\nWhat?\n- one => P1 gone\n- two => P1 alive\n```\n", "15:3", "nothing is said"},
	{"```predict id=q\nWhat?\n- one => P1 gone and P1 alive\n    no\n- two => P1 alive\n```\n", "14:10", "no world"},
	{"```predict id=q\nWhat?\n- one => P1 gone\n    no\n- two => P1 gone\n    no\n```\n", "16:3", "together"},
	{"```predict id=q\nWhat?\n- one => P1 gone\nno indent\n- two => P1 alive\n```\n", "15:1", "replies are indented"},
	{"```predict id=q\nWhat?\n- => P1 gone\n    no\n- two => P1 alive\n```\n", "14:1", "says nothing"},
	{"```predict id=q\nWhat?\n=> P1 gone\n```\n", "14:1", "each option has"},
	{"```predict id=q kind=number\nHow many?\n- otherwise\n    no\n```\n", "12:1", "needs a line =>"},
	{"```predict id=q kind=number\nHow many?\n=> pipe1.bytes\n```\n", "12:1", "- otherwise"},
	{"```predict id=q kind=number\nHow many?\n=> pipe1.bytes\n- x\n    no\n- otherwise\n    no\n```\n", "15:3", "no number"},
	{"```predict id=q kind=number\nHow many?\n=> pipe1.bytes\n=> 3\n- otherwise\n    no\n```\n", "15:1", "second =>"},
	{"```predict id=q kind=who\nWho?\n- he => P1 gone\n    no\n- P2 => P2 gone\n```\n", "14:3", "begins with a process"},
	{"```predict id=q kind=order\nOrder?\n- a => P1 gone\n- b => P2 gone\n```\n", "12:1", "- otherwise"},
	{"```predict id=q kind=change\nWhich?\n=> P1 gone\n- a => P1 gone\n```\n", "15:8", "=> start PROGRAM"},
	{"```predict id=q kind=change\nWhich?\n=> P1 gone\n- a => start foo\n```\n", "15:14", "'foo' is no program"},
	{"```predict id=q\nWhat?\n- one => P1 gone\n    no\n- two => P1 alive\n```\n", "12:1", "no do block settles"},
	{"```predict id=q\nWhat?\n- one => P1 gone\n    no\n- two => P1 alive\n```\nIt is one.\n```do\nall\n```\n", "18:1",
	 "give it away"},
	{"```goal\nP1 gone\n```\n", "12:1", "nothing is said when the goal"},
	{"```goal\nP1 gone\n    well\n```\n", "12:1", "no 'solution:'"},
	{"```goal\n    well\nsolution:\nall\n```\n", "12:1", "no condition"},
	{"```solution\nall\n```\n", "12:4", "inside its goal"},
	{"```experiment\n```\n", "12:4", "no id"},
	{"```experiment id=e\ntitle: x\n```\n", "13:1", "no 'vary'"},
	{"```experiment id=e\ntitle: x\nvary: {a: [1, 2]}\nstart: foo $a\ndo: [all]\ncolumns: {a: $a}\n```\n", "15:8",
	 "'foo' is no program"},
	{"```experiment id=e\ntitle: x\nvary: {a: [1, 2]}\nstart: prog $b\ndo: [all]\ncolumns: {a: $a}\n```\n", "15:8",
	 "$b is no parameter"},
	{"```experiment id=e\ntitle: x\nvary: {a: [1, 2]}\nstart: prog $a\ndo: [al]\ncolumns: {a: $a}\n```\n", "16:6",
	 "'al' is no command"},
	{"```experiment id=e\ntitle: x\nvary: {a: [1, 2]}\nstart: prog $a\ndo: [all]\ncolumns: {a: pipe1.x}\n```\n", "17:14",
	 "no 'x'"},
	{"```experiment id=e\ntitle: x\nvary: {a: 1}\nstart: prog $a\ndo: [all]\ncolumns: {a: $a}\n```\n", "14:11",
	 "two values or more"},
	{"```experiment id=e\ntitle: [\n```\n", "1", "not YAML"},
	{"***\n", "12:1", "has no place"},
	{"```do\nline P1 until P1 gone\n```\n", "13:8", "no further than the lines it is told"},
	{"```do\nline P1 x\n```\n", "13:9", "neither a number nor"},
	{"```do\nwait\n```\n", "13:", "wait until what?"},
	{"```do\nwait P1\n```\n", "13:6", "neither the end nor until"},
	{"start: prog $size\n\n```do\nall\n```\n", "12:8", "$size is no parameter (parameters:"},
};
/* clang-format on */

START_TEST(a_bad_step_is_named_with_its_place)
{
	struct guide *g = parse_step(bad_steps[_i].body);
	struct str place = {0};

	str_addf(&place, "lab.md:%s", bad_steps[_i].place);
	ck_assert_msg(g == NULL, "taken:\n%s", bad_steps[_i].body);
	ck_assert_int_eq(err.code, EXIT_INPUT);
	ck_assert_msg(strncmp(err.text, str_get(&place), place.len) == 0, "%s\nnot at %s", err.text,
		str_get(&place));
	ck_assert_msg(strstr(err.text, bad_steps[_i].wrong) != NULL, "%s", err.text);
	str_finish(&place);
}
END_TEST

/* clang-format off */
static const struct {
	const char *text, *wrong;
} bad_files[] = {
	{"", "lab.md:1:1: a lab begins with its front matter"},
	{"title: x\n", "lab.md:1:1: a lab begins"},
	{"---\ntitle: x\n", "lab.md:1:1: the front matter does not end"},
	{"---\n---\n", "lab.md:2:1: the front matter is empty"},
	{"---\ntitle: [x\n---\n", "lab.md:3:1: this is not YAML"},
	{"---\n- x\n---\n", "lab.md:2:1: keys with values"},
	{"---\ntitle: x\nminuts: 5\n---\n", "lab.md:3:1: 'minuts' is no key here; there is title, minutes"},
	{"---\ntitle: x\ntitle: y\n---\n", "lab.md:3:1: 'title' stands here twice"},
	{"---\ntitle: x\nminutes: many\nprograms: [{name: p}]\n---\n", "lab.md:3:10: minutes is a whole number from 1 to 999"},
	{"---\ntitle: x\nminutes: 5\ncore: maybe\nprograms: [{name: p}]\n---\n", "lab.md:4:7: core is true or false"},
	{"---\ntitle: x\nminutes: 5\n---\n", "programs is missing"},
	{"---\ntitle: x\nminutes: 5\nprograms: [{}]\n---\n", "lab.md:4:12: a program's name"},
	{"---\ntitle: x\nminutes: 5\nprograms: [{name: ../p}]\n---\n", "lab.md:4:19: a program's name"},
	{"---\ntitle: x\nminutes: 5\nprograms: [{name: p}, {name: p}]\n---\n", "lab.md:4:30: program 'p' stands here twice"},
	{"---\ntitle: x\nminutes: 5\nprograms: [{name: p}]\nactors: {Q1: x}\n---\n", "lab.md:5:10: 'Q1' is no actor"},
	{"---\ntitle: x\nprograms: [{name: p, hooks: 1}]\n---\n", "lab.md:3:29: hooks is true or false"},
	{"---\ntitle: x\nprograms: [{name: p, args: [$n]}]\n---\n", "$n is no parameter"},
	{"---\ntitle: x\nprograms: [{name: p}]\nparameters: [n]\n---\n", "lab.md:4:13: parameters are size:"},
	{"---\ntitle: x\nprograms: [{name: p}]\nparameters: {n: {from: 1, to: 3}}\n---\n", "'default' is no number"},
	{"---\ntitle: x\nprograms: [{name: p}]\nparameters: {n: {from: 1, to: 3, default: 4}}\n---\n", "outside of its range"},
	{"---\ntitle: x\nprograms: [{name: p}]\nparameters: {n: {from: -1, to: 3, default: 1}}\n---\n", "'from' is no number"},
	{"---\ntitle: x\nprograms: [{name: p}]\nparameters: {n: {from: 1, to: 3, default: 1, by: 2}}\n---\n", "'by' is no key"},
};
/* clang-format on */

START_TEST(a_bad_file_is_named_with_its_place)
{
	struct guide *g =
		guide_parse("lab.md", bad_files[_i].text, strlen(bad_files[_i].text), &err);

	ck_assert_ptr_null(g);
	ck_assert_int_eq(err.code, EXIT_INPUT);
	ck_assert_msg(strstr(err.text, bad_files[_i].wrong) != NULL, "%s", err.text);
	ck_assert_msg(strncmp(err.text, "lab.md:", 7) == 0, "%s", err.text);
}
END_TEST

static const char with_parameters[] =
	"---\ntitle: x\nprograms:\n  - {name: p, args: [$n, 7], hooks: true, computes: [P2]}\n"
	"  - name: q\nmemory: {shm1: {type: struct ring, size: cells}}\n"
	"parameters: {n: {from: 1, to: 3, default: 2, about: how many}}\n---\n"
	"\n## One\n\n```do\nall\n```\n\n## Two\n\nstart: q\n\n```do\nall\n```\n"
	"\n## Three\n\nstart: q $n\n\n```do\nline P1 2\nwait until P1 gone\n```\n"
	"\n```assembly\nf a.s b.s\n```\n";

START_TEST(parameters_and_the_steps_that_take_them)
{
	struct guide *g = guide_parse("lab.md", with_parameters, strlen(with_parameters), &err);
	const struct guide_block *b;

	ck_assert_msg(g != NULL, "%s", err.text);
	ck_assert_uint_eq(g->settings.n, 1);
	ck_assert_uint_eq(g->settings.at[0].value, 2);
	ck_assert_uint_eq(guide_setting(g, "n"), 0);
	ck_assert_uint_eq(guide_setting(g, "m"), 1);
	ck_assert(guide_step_takes(g, 0, "n") && guide_step_takes(g, 2, "n"));
	ck_assert(!guide_step_takes(g, 1, "n") && !guide_step_takes(g, 3, "n"));
	ck_assert(!guide_step_takes(g, 0, "m"));
	ck_assert(g->programs.at[0].hooks && !g->programs.at[1].hooks);
	ck_assert_str_eq(g->programs.at[0].computes[0], "P2");
	ck_assert_str_eq(g->memory.at[0].size, "cells");
	b = &g->steps.at[2].blocks.at[0];
	ck_assert_int_eq(b->moves.at[0].kind, MOVE_LINE);
	ck_assert_uint_eq(b->moves.at[0].times, 2);
	ck_assert_int_eq(b->moves.at[1].kind, MOVE_WAIT);
	b = &g->steps.at[2].blocks.at[1];
	ck_assert_int_eq(b->text_kind, TEXT_LISTING);
	ck_assert_str_eq(b->text, "f a.s b.s");
	guide_listing_set(g, &g->steps.at[2].blocks.at[1], "beside", "after");
	ck_assert_str_eq(b->text, "beside");
	ck_assert_str_eq(b->spoken, "after");
	guide_destroy(g);
}
END_TEST

START_TEST(a_lab_may_have_no_step_and_say_no_minutes)
{
	static const char text[] = "---\ntitle: x\nprograms: [{name: p}]\n---\nText only.\n";
	struct guide *g = guide_parse("lab.md", text, strlen(text), &err);

	ck_assert_msg(g != NULL, "%s", err.text);
	ck_assert_uint_eq(g->steps.n, 0);
	ck_assert_uint_eq(g->minutes, 0);
	guide_destroy(g);
}
END_TEST

START_TEST(the_same_id_twice_is_refused)
{
	struct str s = {0};

	str_addf(&s, "%s```do\nstep P1\n```\n%s```do\nstep P1\n```\n", predict, predict);
	ck_assert_ptr_null(parse_step(str_get(&s)));
	ck_assert_msg(strstr(err.text, "lab.md:22:") && strstr(err.text, "'q' stands here twice"),
		"%s", err.text);
	str_finish(&s);
}
END_TEST

START_TEST(a_condition_may_stand_on_the_next_line)
{
	struct guide *g = parse_step(
		"```predict id=q\nWhat?\n- one\n    => P1 gone\n    no\n- two => P1 alive\n```\n"
		"```do\nall\n```\n");

	ck_assert_msg(g != NULL, "%s", err.text);
	ck_assert_str_eq(cond_source(guide_question(g, "q", NULL)->options.at[0].when), "P1 gone");
	guide_destroy(g);
}
END_TEST

START_TEST(bad_beliefs_are_named_with_their_place)
{
	ck_assert_ptr_null(beliefs_parse("b", "x: y\n", 5, &err));
	ck_assert_str_eq(err.text, "b:1:1: a list of misconceptions is wanted (- id: ...)");
	ck_assert_ptr_null(beliefs_parse("b", "- {id: a}\n", 10, &err));
	ck_assert_msg(strstr(err.text, "b:1:3: belief is missing"), "%s", err.text);
}
END_TEST

static void fill(TCase *c)
{
	tcase_add_test(c, a_guide_becomes_a_model);
	tcase_add_loop_test(c, a_bad_step_is_named_with_its_place, 0, (int)ARRAY_LEN(bad_steps));
	tcase_add_loop_test(c, a_bad_file_is_named_with_its_place, 0, (int)ARRAY_LEN(bad_files));
	tcase_add_test(c, parameters_and_the_steps_that_take_them);
	tcase_add_test(c, a_lab_may_have_no_step_and_say_no_minutes);
	tcase_add_test(c, the_same_id_twice_is_refused);
	tcase_add_test(c, a_condition_may_stand_on_the_next_line);
	tcase_add_test(c, bad_beliefs_are_named_with_their_place);
}

int main(void)
{
	return sim_main("guide", fill);
}
