/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explore without a program: who is next, choices as text, what counts as a preemption, which of them may be left out;
 * schedules in words. */
#include <check.h>
#include <stdlib.h>

#include "explore/private.h"
#include "schedule/lib.h"

static struct hook_page page;

/* steps "0 1 1": by tasks of that number; all of `enabled` could have gone */
static void steps(struct exec *x, const char *tasks, u64 enabled, u64 object)
{
	*x = (struct exec){.page = &page, .tasks = 3, .alive = 3};
	*vec_push(&x->spaces) = (struct space){0};
	for (u32 t = 0; t < 3; t++)
		x->task[t] = (struct xtask){.standing = X_AT, .identity = 10 + t};
	for (; *tasks; tasks++)
		if (*tasks != ' ')
			*vec_push(&x->steps) = (struct xstep){
				.task = (u8)(*tasks - '0'), .enabled = enabled, .object = object};
}

static void finish(struct exec *x)
{
	free(x->steps.at);
	free(x->spaces.at);
}

START_TEST(the_one_that_runs_goes_on)
{
	ck_assert_int_eq(exec_next(BIT(0) | BIT(2), 0, 2).task, 2);
	ck_assert_int_eq(exec_next(BIT(0) | BIT(1), 0, 2).task, 0);
	ck_assert_int_eq(exec_next(BIT(1) | BIT(2), 0, 0).task, 1);
	ck_assert_int_eq(exec_next(0, 0, 0).task, TASKS_MAX);
}
END_TEST

START_TEST(time_passes_only_when_nobody_can_go)
{
	struct decision d = exec_next(BIT(1), BIT(0), 0);

	ck_assert_int_eq(d.task, 1);
	ck_assert(!d.by_time);
	d = exec_next(0, BIT(2), 0);
	ck_assert_int_eq(d.task, 2);
	ck_assert(d.by_time);
}
END_TEST

START_TEST(a_switch_away_from_who_could_go_on_is_a_preemption)
{
	struct exec x;

	steps(&x, "0 0 1 1 0", BIT(0) | BIT(1), 1);
	ck_assert_int_eq(preemptions_of(&x), 2);
	finish(&x);
	steps(&x, "0 0 1 1 0", BIT(1), 1); /* task 0 waits at the first switch */
	x.steps.at[4].enabled = BIT(0);    /* task 1 at the second */
	ck_assert_int_eq(preemptions_of(&x), 0);
	x.steps.at[4].by_time = true;
	ck_assert_int_eq(preemptions_of(&x), 1); /* a time-out passed though somebody could go */
	finish(&x);
}
END_TEST

START_TEST(choices_are_text_and_back)
{
	struct choices c = {0}, back = {0};
	struct exec x;
	char text[100];

	steps(&x, "0 0 1 1 0", BIT(0) | BIT(1), 1);
	x.steps.at[3].by_time = true;
	choices_of(&x, &c);
	choices_print(&x, &c, text, sizeof text);
	ck_assert_str_eq(text, "0:1 2:2 3:2t 4:1");
	ck_assert(choices_parse(text, &x, &back));
	ck_assert_int_eq(back.n, 4);
	ck_assert_int_eq(back.at[2].at, 3);
	ck_assert_int_eq(back.at[2].task, 1);
	ck_assert(back.at[2].by_time && !back.at[3].by_time);
	ck_assert(!x.kills_seen);
	back.n = 0;
	ck_assert(choices_parse(" k 7:3", &x, &back) && x.kills_seen && back.at[0].task == 2);
	ck_assert(!choices_parse("7:3 x", &x, &back));
	ck_assert(!choices_parse("7:0", &x, &back));
	ck_assert(!choices_parse("7:64", &x, &back));
	free(c.at);
	free(back.at);
	finish(&x);
}
END_TEST

START_TEST(what_one_task_alone_touched_does_not_matter)
{
	struct seen seen = {0};
	struct exec x;

	steps(&x, "0 0", BIT(0), 77);
	ck_assert(!seen_note(&seen, &x));
	ck_assert(!seen_matters(&seen, &x, &x.steps.at[1]));
	finish(&x);
	steps(&x, "0 1", BIT(0), 77); /* now another has: what was left out must be made up for */
	ck_assert(seen_note(&seen, &x));
	ck_assert(seen_matters(&seen, &x, &x.steps.at[0]));
	ck_assert(!seen_note(&seen, &x)); /* once */
	finish(&x);
	steps(&x, "0 1", BIT(0), 78); /* never left out: nothing to make up for */
	ck_assert(!seen_note(&seen, &x));
	finish(&x);
	seen_finish(&seen);
}
END_TEST

START_TEST(a_wide_access_touches_every_cell)
{
	struct seen seen = {0};
	struct exec x;

	steps(&x, "0 1", BIT(0), 0);
	*vec_push(&x.places) = (struct mapped_at){.addr = 4096, .len = 4096, .key = 5};
	for (u32 i = 0; i < 2; i++) {
		x.steps.at[i].how = HOOK_STORE;
		x.steps.at[i].addr = i ? 4104 : 4096;
		x.steps.at[i].size = i ? 4 : 16;
		x.steps.at[i].object = place_key(&x, 0, x.steps.at[i].addr);
	}
	seen_note(&seen, &x);
	ck_assert(seen_matters(&seen, &x, &x.steps.at[0]));
	ck_assert(seen_matters(&seen, &x, &x.steps.at[1]));
	seen_finish(&seen);
	free(x.places.at);
	finish(&x);
}
END_TEST

START_TEST(a_childs_mapping_is_its_parents_unless_made_later)
{
	struct exec x;
	u64 before, after;

	steps(&x, "", 0, 0);
	*vec_push(&x.places) = (struct mapped_at){.space = 0, .addr = 4096, .len = 4096, .key = 5};
	x.task[1].space = space_new(&x, 1);
	*vec_push(&x.places) = (struct mapped_at){.space = 0, .addr = 8192, .len = 4096, .key = 6};
	before = place_key(&x, 1, 4100);
	after = place_key(&x, 1, 8200);
	ck_assert(before == place_key(&x, 0, 4100));
	ck_assert(after != place_key(&x, 0, 8200));
	free(x.places.at);
	finish(&x);
}
END_TEST

START_TEST(a_schedule_in_words_says_who_was_held)
{
	static const char text[] = "# ipclab schedule 1\ncommand: ./race\nactor P2 = 1.1\nactor P3 "
				   "= 1.2\nobject shm1 = shm 1:1\n"
				   "P2 load shm1+0 = 0     race.c:10\nP3 load shm1+0 = 0     "
				   "race.c:10\nP2 store shm1+0 = 1    race.c:10\n";
	struct schedule s = {0};
	struct err err = {0};
	struct str out = {0};

	ck_assert(schedule_parse(text, sizeof text - 1, "x", &s, &err));
	schedule_tell(&s, &out);
	ck_assert_str_eq(out.s, "P2 begins:\n  1. load of shm1+0, race.c line 10: 0\n"
				"P2 stands before store of shm1+0, race.c line 10.\nP3 begins:\n  "
				"2. load of shm1+0, race.c line 10: 0\n"
				"P2 goes on:\n  3. store of shm1+0, race.c line 10: 1\n");
	str_finish(&out);
	schedule_finish(&s);
}
END_TEST

START_TEST(a_hang_in_words_says_who_made_whom_and_who_blocks)
{
	static const char text[] =
		"# ipclab schedule 1\ncommand: ./waits\nset explore HANG 0:1 2:2\nactor P1 = 1\n"
		"actor P2 = 1.1\nactor P3 = 1.2\nactor P1.1 = 1/2\nobject pipe1 = pipe 1:1\n"
		"P1 clone                a.c:1\nP1 clone                a.c:2\nP1 clone3\n"
		"P3 read pipe1           a.c:3\nP2 exit_group\nP1.1 read pipe1 = 1      a.c:4\n"
		"P1 wait4                a.c:5\n";
	struct schedule s = {0};
	struct err err = {0};
	struct str out = {0};

	ck_assert(schedule_parse(text, sizeof text - 1, "x", &s, &err));
	schedule_tell(&s, &out);
	ck_assert_str_eq(out.s,
		"P1 begins:\n  1. clone, a.c line 1: makes P2\n"
		"  2. clone, a.c line 2: makes P3\n  3. clone3: makes P1.1\n"
		"P1 stands before wait4, a.c line 5.\nP3 begins:\n"
		"  4. read of pipe1, a.c line 3: blocks, and nobody wakes it\n"
		"P2 begins:\n  5. exit_group\nP1.1 begins:\n"
		"  6. read of pipe1, a.c line 4: 1\n"
		"P1 goes on:\n  7. wait4, a.c line 5: blocks, and nobody wakes it\n");
	str_finish(&out);
	schedule_finish(&s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("explore");
	TCase *t = tcase_create("explore");
	SRunner *r;
	int failed;

	tcase_add_test(t, the_one_that_runs_goes_on);
	tcase_add_test(t, time_passes_only_when_nobody_can_go);
	tcase_add_test(t, a_switch_away_from_who_could_go_on_is_a_preemption);
	tcase_add_test(t, choices_are_text_and_back);
	tcase_add_test(t, what_one_task_alone_touched_does_not_matter);
	tcase_add_test(t, a_wide_access_touches_every_cell);
	tcase_add_test(t, a_childs_mapping_is_its_parents_unless_made_later);
	tcase_add_test(t, a_schedule_in_words_says_who_was_held);
	tcase_add_test(t, a_hang_in_words_says_who_made_whom_and_who_blocks);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
