/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guides at work: answers, what settles them, playing, verifying. */
#include "guide_sim.h"

/* ---- answers ---- */
static struct guide *questions(void)
{
	struct guide *g =
		parse_step("```predict id=choice\nWhat?\n- one => P1 gone\n    no one\n- two => P1 "
			   "alive\n    for this reason\n```\n```do\nstep P1\n```\n"
			   "```predict id=number kind=number\nHow many?\n=> pipe1.bytes\n- 4\n    "
			   "four is wrong\n- otherwise\n    it is five\n```\n"
			   "```do\nstep P1\n```\n"
			   "```predict id=who kind=who\nWho?\n- P1, the one => P1 gone\n    no\n- "
			   "P2 => P2 gone\n    no\n```\n```do\nstep P1\n```\n"
			   "```predict id=order kind=order\nOrder?\n- wrote => P1 returned "
			   "write\n- read => P1 returned read\n"
			   "- piped => P1 returned pipe\n- otherwise\n    piped, wrote, "
			   "read\n```\n```do\nstep P1 4\n```\n"
			   "```predict id=change kind=change\nWhich?\n=> pipe1 holds 3\n- nothing "
			   "=> start prog\n    no\n- short => start prog short\n"
			   "    yes\n- block => start other\n    no\n```\n```do\nstep P1 2\n```\n");

	ck_assert_msg(g != NULL, "%s", err.text);
	return g;
}

START_TEST(answers_are_read_by_kind)
{
	struct guide *g = questions();
	const struct guide_question *choice = guide_question(g, "choice", NULL),
				    *who = guide_question(g, "who", NULL);
	const struct guide_question *number = guide_question(g, "number", NULL),
				    *order = guide_question(g, "order", NULL);
	struct guide_answer a;

	ck_assert_uint_eq(guide_choices(choice), 3);
	ck_assert_str_eq(guide_choice(choice, 2), "I do not know yet");
	ck_assert(guide_answer_read(choice, " 2 ", &a, &err) && a.given == ANSWER_RIGHT &&
		  a.choice == 1);
	ck_assert(guide_answer_read(choice, "3", &a, &err) && a.given == ANSWER_UNSURE);
	ck_assert(guide_answer_read(choice, "?", &a, &err) && a.given == ANSWER_UNSURE);
	ck_assert(!guide_answer_read(choice, "4", &a, &err) && err.code == EXIT_USAGE);
	ck_assert(!guide_answer_read(choice, "0", &a, &err));
	ck_assert(!guide_answer_read(choice, "", &a, &err));
	ck_assert(guide_answer_read(who, "p2", &a, &err) && a.choice == 1);
	ck_assert(guide_answer_read(who, "1", &a, &err) && a.choice == 0);
	ck_assert(guide_answer_read(number, "-12", &a, &err) && a.number == -12);
	ck_assert(!guide_answer_read(number, "12 apples", &a, &err));
	ck_assert(
		guide_answer_read(order, "3, 1 2", &a, &err) && a.order[0] == 2 && a.order[2] == 1);
	ck_assert(!guide_answer_read(order, "1 2", &a, &err));
	ck_assert(!guide_answer_read(order, "1 2 2", &a, &err));
	ck_assert(guide_answer_read(order, "4", &a, &err) && a.given == ANSWER_UNSURE);
	guide_destroy(g);
}
END_TEST

static bool settled(struct guide *g, const char *id, u64 since, struct guide_truth *t)
{
	const struct guide_question *q = guide_question(g, id, NULL);
	struct cond_view v = {
		timeline_now(sim.timeline), sim.timeline, since, timeline_events(sim.timeline), NULL, NULL};
	struct guide_move *moves = g->steps.at[0].blocks.at[g->steps.at[0].blocks.n - 1].moves.at;

	err = (struct err){0};
	return guide_settle(g, q, &v, moves, 1, &host, t, &err);
}

static void ck_verdict(struct guide *g, const char *id, const char *answer,
	const struct guide_truth *t, enum guide_outcome outcome, const char *text)
{
	const struct guide_question *q = guide_question(g, id, NULL);
	struct guide_answer a;
	struct str s = {0};

	ck_assert_msg(guide_answer_read(q, answer, &a, &err), "%s", err.text);
	ck_assert_int_eq(guide_judge(q, &a, t), outcome);
	guide_verdict(q, &a, t, &s);
	ck_assert_str_eq(str_get(&s), text);
	str_finish(&s);
}

START_TEST(the_world_settles_a_choice)
{
	struct guide *g = questions();
	struct guide_truth t;

	run_to("", 1, 0);
	ck_assert_msg(settled(g, "choice", 0, &t), "%s", err.text);
	ck_assert_uint_eq(t.choice, 1);
	ck_verdict(g, "choice", "1", &t, ANSWER_WRONG,
		"You said 1. What happened is 2: two.\nno one\nfor this reason\n");
	ck_verdict(g, "choice", "2", &t, ANSWER_RIGHT,
		"You said 2. So it is: two.\nfor this reason\n");
	ck_verdict(
		g, "choice", "3", &t, ANSWER_UNSURE, "What happened is 2: two.\nfor this reason\n");
	guide_destroy(g);
}
END_TEST

START_TEST(the_world_settles_a_number)
{
	struct guide *g = questions();
	struct guide_truth t;

	run_to("", 2, 0);
	ck_assert(settled(g, "number", 0, &t));
	ck_assert_int_eq(t.number, 5);
	ck_verdict(g, "number", "4", &t, ANSWER_WRONG,
		"You said 4. What happened is 5.\nfour is wrong\nit is five\n");
	ck_verdict(g, "number", "7", &t, ANSWER_WRONG,
		"You said 7. What happened is 5.\nit is five\n");
	ck_verdict(g, "number", "5", &t, ANSWER_RIGHT,
		"You said 5. So it is.\nit is five\n");
	run_to("", 0, 0);
	ck_assert(!settled(g, "number", 0, &t)); /* there is no pipe1 */
	guide_destroy(g);
}
END_TEST

START_TEST(the_world_settles_an_order)
{
	struct guide *g = questions();
	struct guide_truth t;

	run_to("", 0, 0);
	{
		u64 asked = timeline_events(sim.timeline);

		for (int i = 0; i < 4; i++)
			sim_step(&sim, 1, &err);
		ck_assert_msg(settled(g, "order", asked, &t), "%s", err.text);
	}
	ck_verdict(g, "order", "3 1 2", &t, ANSWER_RIGHT,
		"You said 3, 1, 2. So it is.\npiped, wrote, read\n");
	ck_verdict(g, "order", "1 2 3", &t, ANSWER_WRONG,
		"You said 1, 2, 3. What happened is 3, 1, 2.\npiped, wrote, read\n");
	ck_assert(timeline_at_end(sim.timeline));
	run_to("", 1, 0);
	ck_assert(!settled(g, "order", 0, &t));
	ck_assert_msg(strstr(err.text, "never came true"), "%s", err.text);
	guide_destroy(g);
}
END_TEST

START_TEST(the_variants_settle_a_change)
{
	struct guide *g = questions();
	struct guide_truth t;

	run_to("", 0, 0);
	ck_assert_msg(settled(g, "change", 0, &t), "%s", err.text);
	ck_assert_uint_eq(t.choice, 1);
	ck_assert_uint_eq(sim.asides, 3);
	ck_holds("P1 poised pipe"); /* ours have not moved */
	guide_destroy(g);
}
END_TEST

START_TEST(none_or_two_true_options_settle_nothing)
{
	struct guide *g = parse_step("```predict id=q\nWhat?\n- one => P1 alive\n    no\n- two => "
				     "P1 poised\n    no\n```\n"
				     "```do\nall\n```\n");
	struct guide_truth t;

	ck_assert_msg(g != NULL, "%s", err.text);
	run_to("", 1, 0);
	ck_assert(!settled(g, "q", 0, &t));
	ck_assert_msg(strstr(err.text, "lab.md:16:3: ") && strstr(err.text, "options 1 and 2 both"),
		"%s", err.text);
	run_to("", 4, 0);
	ck_assert(!settled(g, "q", 0, &t));
	ck_assert_msg(strstr(err.text, "lab.md:14:3: ") && strstr(err.text, "no option came true"),
		"%s", err.text);
	guide_destroy(g);
}
END_TEST

/* ---- playing ---- */
static struct guide *lesson(void)
{
	struct guide *g = guide_parse("lab.md",
		FRONT "\n## One\nFirst.\n```do\nstep P1\n```\n```expect\nP1 returned pipe\n```\n"
		      "## Two\n```predict id=q\nWhat?\n- one => P1 failed write\n    no one\n- two "
		      "=> P1 returned write\n```\n"
		      "```do\nstep P1\n```\nSecond.\n"
		      "## Three\n```goal\nP1 gone\n    reached\nsolution:\nstep P1 2\n```\n",
		strlen(FRONT
			"\n## One\nFirst.\n```do\nstep P1\n```\n```expect\nP1 returned pipe\n```\n"
			"## Two\n```predict id=q\nWhat?\n- one => P1 failed write\n    no one\n- "
			"two => P1 returned write\n```\n"
			"```do\nstep P1\n```\nSecond.\n"
			"## Three\n```goal\nP1 gone\n    reached\nsolution:\nstep P1 2\n```\n"),
		&err);

	ck_assert_msg(g != NULL, "%s", err.text);
	return g;
}

START_TEST(a_lesson_is_played_from_first_to_last)
{
	struct guide *g = lesson();
	struct guide_play *p = guide_play_create(g, &host);
	enum guide_outcome outcome;
	unsigned what;

	ck_assert_msg(guide_play_enter(p, 0, true, &err), "%s", err.text);
	ck_assert_int_eq(guide_play_at(p), AT_TEXT);
	ck_assert_uint_eq(guide_play_read(p), 0);
	ck_assert_int_eq(guide_play_at(p), AT_DO);
	ck_assert(guide_play_do(p, &what, &err) && what == 0);
	ck_assert_int_eq(guide_play_at(p), AT_STEP_END);
	ck_assert(guide_play_enter(p, 1, false, &err));
	ck_assert_int_eq(guide_play_at(p), AT_QUESTION);
	ck_assert(guide_play_question_open(p));
	ck_assert(!guide_play_answer(p, "9", &err) && guide_play_at(p) == AT_QUESTION);
	ck_assert(guide_play_answer(p, "1", &err));
	ck_assert_int_eq(guide_play_at(p), AT_DO);
	ck_assert(guide_play_do(p, &what, &err) && what == PLAY_SETTLED);
	ck_assert_str_eq(
		guide_play_answer_text(p), "You said 1. What happened is 2: two.\nno one\n");
	ck_assert_str_eq(guide_play_settled(p, &outcome)->id, "q");
	ck_assert_int_eq(outcome, ANSWER_WRONG);
	guide_play_read(p);
	ck_assert(guide_play_enter(p, 2, false, &err) && guide_play_at(p) == AT_GOAL);
	sim_step(&sim, 1, &err);
	ck_assert(guide_play_moved(p, "step P1", &what, &err) && what == 0);
	sim_step(&sim, 1, &err);
	ck_assert(guide_play_moved(p, "step P1", &what, &err) && what == PLAY_REACHED);
	ck_assert_int_eq(guide_play_at(p), AT_END);
	guide_play_destroy(p);
	guide_destroy(g);
}
END_TEST

/* The host steps a line as an operation. */
START_TEST(lines_by_hand_and_by_the_guide)
{
	struct guide *g = parse_step("```do\nline P1 2\n```\n```expect\nP1 returned write\n```\n");
	struct guide_play *p = guide_play_create(g, &host);
	unsigned what;

	ck_assert_msg(guide_play_enter(p, 0, true, &err), "%s", err.text);
	sim_step(&sim, 1, &err);
	ck_assert(guide_play_moved(p, "line P1", &what, &err) && what == 0);
	ck_assert_int_eq(guide_play_at(p), AT_DO);
	ck_assert(guide_play_do(p, &what, &err) && what == 0); /* the second one */
	ck_assert_int_eq(guide_play_at(p), AT_END);
	ck_assert(guide_play_enter(p, 0, true, &err));
	ck_assert(guide_play_moved(p, "step P1", &what, &err) && what == 0); /* a part of a line */
	ck_assert(guide_play_moved(p, "line P2", &what, &err) && what == PLAY_ASTRAY);
	ck_assert(guide_play_moved(p, "all", &what, &err) && what == PLAY_ASTRAY);
	ck_assert_int_eq(guide_play_at(p), AT_DO);
	guide_play_destroy(p);
	guide_destroy(g);
}
END_TEST

START_TEST(who_waits_in_vain_is_told)
{
	struct guide *g = parse_step("```do\nwait until P1 gone\n```\n");
	struct guide_play *p = guide_play_create(g, &host);
	unsigned what;

	ck_assert_msg(guide_play_enter(p, 0, true, &err), "%s", err.text);
	ck_assert(!guide_play_do(p, &what, &err));
	ck_assert_int_eq(err.code, EXIT_FAILED);
	ck_assert_msg(strstr(err.text, "nobody computes, and that has not come true") != NULL, "%s",
		err.text);
	guide_play_destroy(p);
	guide_destroy(g);
}
END_TEST

START_TEST(the_learners_own_move_counts_as_the_guides)
{
	struct guide *g = lesson();
	struct guide_play *p = guide_play_create(g, &host);
	unsigned what;

	ck_assert(guide_play_enter(p, 1, true, &err)); /* through step One's do block */
	ck_holds("P1 poised write");
	guide_play_skip(p);
	sim_step(&sim, 1, &err);
	ck_assert(guide_play_moved(p, "step P1", &what, &err));
	ck_assert_uint_eq(what, PLAY_SETTLED);
	ck_assert_int_eq(guide_play_at(p), AT_TEXT);
	guide_play_destroy(p);
	guide_destroy(g);
}
END_TEST

START_TEST(moves_away_from_the_path_are_counted)
{
	struct guide *g = lesson();
	struct guide_play *p = guide_play_create(g, &host);
	unsigned what;

	ck_assert(guide_play_enter(p, 1, true, &err));
	guide_play_skip(p);
	sim_step(&sim, 1, &err);
	ck_assert(guide_play_moved(p, "all", &what, &err) && what == PLAY_ASTRAY);
	sim_step(&sim, 1, &err);
	ck_assert(guide_play_moved(p, "step P2", &what, &err) && what == PLAY_ASTRAY);
	ck_assert_uint_eq(guide_play_astray(p), 2);
	ck_assert(guide_play_enter(p, 1, true, &err)); /* r: fresh processes, at the step's begin */
	ck_assert_uint_eq(guide_play_astray(p), 0);
	ck_holds("P1 poised write");
	guide_play_destroy(p);
	guide_destroy(g);
}
END_TEST

START_TEST(many_steps_may_be_done_one_by_one)
{
	struct guide *g = parse_step("```do\nstep P1 2\nstep P1 until P1 poised exit\n```\n");
	struct guide_play *p = guide_play_create(g, &host);
	struct str s = {0};
	unsigned what;

	ck_assert(guide_play_enter(p, 0, true, &err));
	sim_step(&sim, 1, &err);
	ck_assert(guide_play_moved(p, "step P1", &what, &err) && what == 0);
	guide_play_pending(p, &s);
	ck_assert_str_eq(str_get(&s), "step P1 2 times, then step P1 until it is held before exit");
	ck_assert(guide_play_do(p, &what, &err)); /* one of the two, and the rest */
	ck_holds("P1 poised exit");
	ck_assert_int_eq(guide_play_at(p), AT_END);
	guide_play_destroy(p);
	guide_destroy(g);
	str_finish(&s);
}
END_TEST

START_TEST(an_expectation_that_fails_breaks_the_step)
{
	struct guide *g = parse_step("```do\nstep P1\n```\n```expect\nP1 gone\n```\n");
	struct guide_play *p = guide_play_create(g, &host);
	unsigned what;

	ck_assert(guide_play_enter(p, 0, true, &err));
	ck_assert(guide_play_do(p, &what, &err) && what == PLAY_BROKEN);
	ck_assert_msg(strstr(guide_play_answer_text(p), "P1 gone (P1 is poised before write"), "%s",
		guide_play_answer_text(p));
	guide_play_destroy(p);
	guide_destroy(g);
}
END_TEST

START_TEST(moves_that_cannot_be_are_named)
{
	struct guide *g = parse_step("```do\nstep P1 3\nstep P1\nstep P1\n```\n");

	ck_assert_msg(g != NULL, "%s", err.text);
	run_to("", 0, 0);
	ck_assert(!guide_moves_run(g, g->steps.at[0].blocks.at[0].moves.at, 3, &host, &err));
	ck_assert_str_eq(err.text, "lab.md:15:1: step P1: P1 cannot move: it is gone");
	ck_assert_int_eq(err.code, EXIT_FAILED);
	guide_destroy(g);
}
END_TEST

START_TEST(an_experiment_fills_a_row)
{
	struct guide *g = parse_step(
		"```experiment id=e\ntitle: x\nvary: {a: [full, short]}\nstart: prog $a\n"
		"do: [step P1 3]\ncolumns: {a: $a, got: result P1 read, said: printed P1, none: "
		"pipe2.bytes}\n```\n");
	struct guide_row row = {0};
	char *values[] = {"short"};

	ck_assert_msg(g != NULL, "%s", err.text);
	run_to("", 0, 0);
	ck_assert(guide_experiment_run(
		g, g->steps.at[0].blocks.at[0].experiment, values, &host, &row, &err));
	ck_assert_uint_eq(row.cells.n, 4);
	ck_assert_str_eq(row.cells.at[0], "short");
	ck_assert_str_eq(row.cells.at[1], "3");
	ck_assert_str_eq(row.cells.at[2], "done");
	ck_assert_str_eq(row.cells.at[3], "-");
	guide_row_finish(&row);
	guide_destroy(g);
}
END_TEST

/* ---- verifying ---- */
static bool verified(struct guide *g, const char *beliefs)
{
	struct beliefs *b =
		beliefs ? beliefs_parse("beliefs", beliefs, strlen(beliefs), &err) : NULL;
	bool ok;

	ck_assert_msg(g != NULL && (!beliefs || b), "%s", err.text);
	err = (struct err){0};
	ok = guide_verify(g, b, "lab", 0, 99, &host, NULL, NULL, &err);
	beliefs_destroy(b);
	guide_destroy(g);
	return ok;
}

START_TEST(a_true_guide_is_verified)
{
	ck_assert_msg(verified(lesson(), NULL), "%s", err.text);
	ck_assert_uint_eq(sim.asides, 2); /* steps Two and Three, come to on fresh processes */
}
END_TEST

/* clang-format off */
static const struct {
	const char *body, *wrong;
} untrue[] = {
	{"```predict id=q\nWhat?\n- one => P1 gone\n    no\n- two => P1 blocked\n    no\n```\n```do\nstep P1\n```\n",
	 "lab.md:14:3: question 'q': no option came true: 1: P1 gone (P1 is poised before write"},
	{"```predict id=q\nWhat?\n- one => P1 alive\n    no\n- two => P1 poised write\n    no\n```\n```do\nstep P1\n```\n",
	 "lab.md:16:3: question 'q': options 1 and 2 both came true"},
	{"```predict id=q\nWhat?\n- one => P1 poised write\n    no\n- two => P1 gone\n```\n```do\nstep P1\n```\n",
	 "lab.md:16:3: question 'q': nothing is said to those"},
	{"```do\nstep P1\n```\n```expect\nP1 alive\nP1 blocked\n```\n", "lab.md:17:1: step 1: this does not hold: P1 blocked"},
	{"```goal\nP1 alive\n    well\nsolution:\nstep P1\n```\n", "lab.md:12:1: step 1: the goal is reached before"},
	{"```goal\nP1 gone\n    well\nsolution:\nstep P1\n```\n", "lab.md:13:1: step 1: this does not hold: P1 gone"},
	{"```do\nstep P2\n```\n", "lab.md:13:1: step P2: there is no P2"},
	{"```do\nstep P1 until P1 blocked\n```\n", "lab.md:13:1: step P1 until P1 blocked: P1 cannot move: it is gone"},
	{"```do\nplay until P1 blocked\n```\n", "lab.md:13:1: play until P1 blocked: nobody can move any more"},
	{"```experiment id=e\ntitle: x\nvary: {a: [full, short]}\nstart: prog $a\ndo: [all]\ncolumns: {b: pipe2.bytes}\n```\n",
	 "lab.md:12:1: experiment 'e': with a = full, 'b' is not known"},
	{"```predict id=q kind=change\nWhich?\n=> pipe1 holds 9\n- a => start prog\n    no\n- b => start prog short\n    no\n```\n"
	 "```do\nstep P1 2\n```\n", "question 'q': no variant makes 'pipe1 holds 9' true"},
	{"```predict id=q kind=change\nWhich?\n=> pipe1 holds > 2\n- a => start prog\n    no\n- b => start prog short\n    no\n```\n"
	 "```do\nstep P1 2\n```\n", "question 'q': options 1 and 2 both do it"},
	{"```predict id=q kind=number\nHow?\n=> pipe2.bytes\n- otherwise\n    no\n```\n```do\nstep P1\n```\n", "pipe2.bytes is not known"},
};
/* clang-format on */

START_TEST(an_untrue_guide_is_named_with_its_line)
{
	ck_assert(!verified(parse_step(untrue[_i].body), NULL));
	ck_assert_msg(strstr(err.text, untrue[_i].wrong) != NULL, "%s", err.text);
	ck_assert_int_eq(err.code, EXIT_FAILED);
}
END_TEST

START_TEST(beliefs_and_questions_must_know_each_other)
{
	const char *one = "```predict id=q breaks=b\nWhat?\n- one => P1 gone\n    no\n- two => P1 "
			  "alive\n```\n```do\nstep P1\n```\n";

	ck_assert(verified(parse_step(one), "- {id: b, belief: x, lab: lab, prediction: q}\n"));
	ck_assert(!verified(parse_step(one), "- {id: c, belief: x, lab: lab, prediction: q}\n"));
	ck_assert_msg(strstr(err.text, "breaks 'b', which"), "%s", err.text);
	ck_assert(!verified(parse_step(one), "- {id: b, belief: x, lab: lab, prediction: r}\n"));
	ck_assert_msg(strstr(err.text, "is broken by 'r'"), "%s", err.text);
	ck_assert(!verified(parse_step(one), "- {id: b, belief: x, lab: lab, prediction: q}\n"
					     "- {id: c, belief: x, lab: lab, prediction: r}\n"));
	ck_assert_msg(strstr(err.text, "wants a question 'r'"), "%s", err.text);
}
END_TEST

static void fill(TCase *c)
{
	tcase_add_test(c, answers_are_read_by_kind);
	tcase_add_test(c, the_world_settles_a_choice);
	tcase_add_test(c, the_world_settles_a_number);
	tcase_add_test(c, the_world_settles_an_order);
	tcase_add_test(c, the_variants_settle_a_change);
	tcase_add_test(c, none_or_two_true_options_settle_nothing);
	tcase_add_test(c, a_lesson_is_played_from_first_to_last);
	tcase_add_test(c, lines_by_hand_and_by_the_guide);
	tcase_add_test(c, who_waits_in_vain_is_told);
	tcase_add_test(c, the_learners_own_move_counts_as_the_guides);
	tcase_add_test(c, moves_away_from_the_path_are_counted);
	tcase_add_test(c, many_steps_may_be_done_one_by_one);
	tcase_add_test(c, an_expectation_that_fails_breaks_the_step);
	tcase_add_test(c, moves_that_cannot_be_are_named);
	tcase_add_test(c, an_experiment_fills_a_row);
	tcase_add_test(c, a_true_guide_is_verified);
	tcase_add_loop_test(c, an_untrue_guide_is_named_with_its_line, 0, (int)ARRAY_LEN(untrue));
	tcase_add_test(c, beliefs_and_questions_must_know_each_other);
}

int main(void)
{
	return sim_main("play", fill);
}
