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

START_TEST(where_descriptors_lead)
{
	run_to("", 1, 0);
	ck_holds("P1 fd 3 at pipe1 and P1 fd 4 at pipe1 and P1 fd 3 open");
	ck_holds_not("P1 fd 3 at pipe2");
	ck_holds_not("P1 fd 3 at terminal");
	ck_holds_not("P1 fd 3 at \"out\"");
	ck_holds_not("P1 fd 3 closed");
	ck_holds("P1 fd 9 closed");
	ck_holds_not("P7 fd 9 closed"); /* there is no such process */
	ck_holds_not("P1 fd 9 open");
	ck_holds_not("P1 fd 3 same fd 4");
	ck_holds_not("P1 fd 3 same fd 3");
	ck_holds_not("P1 fd 3 same P2 fd 3");
	ck_holds_not("P1 fd 3 cloexec");
	ck_holds_not("P1 zombie");
	ck_holds_not("P1 runs \"sh\"");
	ck_holds_not("sock1 holds 0");
	ck_holds_not("fifo1 empty");
	run_to("two", 1, 0);
	ck_holds("P2 fd 3 same P1 fd 3 and P2 fd 3 at pipe1");
	ck_holds_not("P2 fd 3 same P1 fd 4");
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
	{"shm1", 5, "a field is wanted: shm1.in"},
	{"shm1.in", 8, "a comparison is wanted"},
	{"P1 fd", 6, "a number is missing"},
	{"P1 fd 3", 8, "nothing to be said of a descriptor"},
	{"P1 fd 3 shut", 9, "'shut' is nothing to be said of a descriptor"},
	{"P1 fd 3 at", 11, "where does it lead?"},
	{"P1 fd 3 at 7", 12, "where does it lead?"},
	{"P1 fd 3 same", 13, "a process is wanted"},
	{"P1 fd 3 same P2", 16, "a descriptor is wanted (fd 4)"},
	{"P1 runs sh", 9, "in \"quotes\""},
	{"sock1 holds", 12, "holds how much"},
	{"sock1 grows", 7, "nothing to be said of sock1"},
	{"fifo1 grows", 7, "nothing a pipe does"},
	{"fifo1.colour = 1", 1, "a pipe has no 'colour'"},
	{"sem1.size = 1", 11, "a field is wanted: sem1.value"},
	{"P1 saw in = 1", 8, "shared memory is wanted (shm1, shm1.in), not 'in'"},
	{"mutex1", 7, "nothing to be said of mutex1"},
	{"mutex1 owner", 13, "a process is wanted"},
	{"conflict P1", 12, "a process is wanted"},
	{"shm1.a[x] = 1", 7, "does not belong"},
	{"shm0.in = 1", 1, "a fact is wanted"},
	{"P1 poised store shm1 shm2", 22, "one word too many"},
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
	{"P1 spinning and P1 poised load", true},
	{"P1 spinning and P1 blocked", false},
	{"P1 spinning and P1 gone", false},
	{"P1 poised store shm1.in and P1 poised store shm1.out", true},
	{"shm1.in = 1 and not shm1.in = 1", false},
	{"shm1.in = 1 and not shm1.out = 1", true},
	{"P1 poised store shm1.in and not P1 poised store shm1.out", true},
	{"conflict P1 P2 and not conflict P1 P3", true},
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

/* ---- shared memory ---- */
/* shm1, two ints: in at 0, out at 4; P1 and P2 map it. */
static bool find_field(void *arg, u32 segment, const char *path, struct guide_field *out)
{
	ck_assert_ptr_eq(arg, &sim);
	*out = (struct guide_field){strcmp(path, "in") ? 4 : 0, 4, true};
	return segment && (strcmp(path, "in") == 0 || strcmp(path, "out") == 0);
}

enum { PAGE_AT = 0x10000 };

static void share(u32 task)
{
	struct rec *r;
	struct ev_segment *s = emit(&sim, REC_SEGMENT, 0, task, sizeof *s, &r);
	struct ev_enter *e;
	struct ev_exit *x;

	s->ino = 5;
	s->size = 4096;
	s->kind = SEGMENT_ANONYMOUS;
	log_commit(sim.log, r);
	e = emit(&sim, REC_ENTER, CALL_mmap, task, sizeof *e, &r);
	e->fd = e->fd2 = -1;
	e->size = 4096;
	log_commit(sim.log, r);
	x = emit(&sim, REC_EXIT, CALL_mmap, task, sizeof *x, &r);
	x->ret = PAGE_AT;
	x->arg = 5;
	log_commit(sim.log, r);
}

static void about(u16 kind, u32 task, u16 call, u64 off)
{
	struct rec *r;
	struct ev_enter *e = emit(&sim, kind, call, task, sizeof *e, &r);

	e->fd = e->fd2 = -1;
	e->size = 4;
	e->arg = PAGE_AT + off;
	log_commit(sim.log, r);
}

/* A whole access: `value` stands there afterwards. */
static void access_done(u32 task, u16 call, u64 off, u32 value, u32 before)
{
	struct rec *r;
	struct ev_exit *x;

	about(REC_ENTER, task, call, off);
	x = emit(&sim, REC_EXIT, call, task, sizeof *x, &r);
	x->arg = value;
	x->arg2 = before;
	log_commit(sim.log, r);
}

static bool memory_holds(const char *text)
{
	struct cond *c = cond_parse("test", (struct guide_mark){1, 1}, text, &err);
	struct cond_view v;
	bool holds;

	timeline_update(sim.timeline);
	ck_assert_msg(c != NULL, "%s", err.text);
	v = (struct cond_view){timeline_now(sim.timeline), sim.timeline, 0,
		timeline_events(sim.timeline), find_field, &sim};
	holds = cond_holds(c, &v);
	cond_destroy(c);
	return holds;
}
#define ck_memory(text)     ck_assert_msg(memory_holds(text), "should hold: %s", text)
#define ck_memory_not(text) ck_assert_msg(!memory_holds(text), "should not hold: %s", text)

static void two_that_share(void)
{
	run_to("two", 1, 0);
	share(1);
	share(2);
}

START_TEST(fields_are_numbers_by_their_type)
{
	two_that_share();
	access_done(1, CALL_store, 0, 7, 0);
	access_done(1, CALL_store, 4, (u32)-1, 0);
	ck_memory("shm1.in = 7 and shm1.out = -1 and shm1.in + shm1.out = 6");
	ck_memory("shm1.size = 4096");
	ck_memory_not("shm1.other = 0");
	ck_memory_not("not shm1.in = 7");
	ck_memory_not("shm2.in = 7");
	ck_holds_not("shm1.in = 7"); /* who knows no fields knows no numbers */
}
END_TEST

START_TEST(what_was_seen_is_not_what_is_there)
{
	two_that_share();
	access_done(1, CALL_store, 0, 7, 0);
	access_done(2, CALL_load, 0, 7, 0);
	access_done(1, CALL_store, 0, 8, 7);
	ck_memory("P2 saw shm1.in = 7 and shm1.in = 8");
	ck_memory("result P2 load = 7 and P2 returned load 7 and P1 returned store 8");
	ck_memory_not("P2 returned load 8");
	ck_memory_not("P2 saw shm1.out = 0");
	ck_memory_not("P1 saw shm1.out = 0");
}
END_TEST

START_TEST(held_before_an_access_to_a_place)
{
	two_that_share();
	about(REC_POISED, 1, CALL_store, 0);
	ck_memory("P1 poised store shm1.in and P1 poised store shm1 and P1 poised store");
	ck_memory_not("P1 poised store shm1.out");
	ck_memory_not("P1 poised load shm1.in");
	ck_memory_not("P1 poised store shm2");
}
END_TEST

START_TEST(a_conflict_needs_one_place_and_a_writer)
{
	two_that_share();
	about(REC_POISED, 1, CALL_store, 0);
	about(REC_POISED, 2, CALL_load, 4);
	ck_memory_not("conflict P1 P2");
	about(REC_ENTER, 2, CALL_load, 4);
	about(REC_POISED, 2, CALL_load, 0);
	ck_memory("conflict P1 P2 and conflict P2 P1");
	ck_memory_not("conflict P1 P1");
	ck_memory_not("conflict P1 P3");
	about(REC_POISED, 1, CALL_load, 0);
	ck_memory_not("conflict P1 P2");
}
END_TEST

START_TEST(who_re_reads_what_does_not_change_spins)
{
	two_that_share();
	for (int i = 0; i < 3; i++) {
		ck_memory_not("P2 spinning");
		access_done(2, CALL_load, 0, 0, 0);
		about(REC_POISED, 2, CALL_load, 0);
	}
	ck_memory("P2 spinning and P2 poised load shm1.in");
	ck_memory_not("P2 blocked");
	access_done(1, CALL_store, 0, 1, 0);
	ck_memory_not("P2 spinning");
	ck_memory("P2 poised load shm1.in");
}
END_TEST

/* A call of the C library about the object at that offset. */
static void told(u32 task, u16 call, u64 off, u64 size)
{
	for (unsigned i = 0; i < 2; i++) {
		struct rec *r;
		struct ev_enter *e;

		if (i == 0) {
			e = emit(&sim, REC_ENTER, call, task, sizeof *e, &r);
			e->fd = e->fd2 = -1;
			e->size = size;
			e->arg = PAGE_AT + off;
		} else {
			emit(&sim, REC_EXIT, call, task, sizeof(struct ev_exit), &r);
		}
		r->flags = EVF_TOLD;
		log_commit(sim.log, r);
	}
}

START_TEST(what_guards_it)
{
	two_that_share();
	ck_memory_not("sem1.value = 0");
	ck_memory_not("mutex1 owner nobody");
	told(1, CALL_sem_init, 64, 3);
	told(1, CALL_pthread_mutex_init, 128, 0);
	ck_memory("sem1.value = 3 and mutex1 owner nobody");
	told(2, CALL_sem_wait, 64, 0);
	told(2, CALL_pthread_mutex_lock, 128, 0);
	ck_memory("sem1.value = 2 and mutex1 owner P2");
	ck_memory_not("mutex1 owner P1");
	ck_memory_not("mutex1 owner nobody");
	about(REC_POISED, 1, CALL_sem_wait, 64);
	ck_memory("P1 poised sem_wait sem1 and P1 poised sem_wait");
	ck_memory_not("P1 poised sem_wait sem2");
	ck_memory_not("P1 poised sem_wait mutex1");
}
END_TEST

START_TEST(loads_and_stores_are_no_system_calls)
{
	two_that_share();
	access_done(2, CALL_load, 0, 0, 0);
	told(2, CALL_sem_init, 64, 0);
	access_done(1, CALL_store, 0, 7, 0);
	access_done(1, CALL_load, 0, 7, 0);
	ck_memory("calls P1 store = 1 and calls P1 load = 1");
	ck_memory("calls P2 system = 1"); /* mmap */
	about(REC_ENTER, 2, CALL_write, 0);
	ck_memory("calls P2 system = 2");
	access_done(2, CALL_store, 4, 7, 0);
	ck_memory("calls P2 system = 2");
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
		timeline_now(sim.timeline), sim.timeline, 0, timeline_events(sim.timeline), NULL, NULL};
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
	tcase_add_test(c, where_descriptors_lead);
	tcase_add_test(c, what_a_pipe_holds);
	tcase_add_test(c, who_holds_an_end_is_an_exact_set);
	tcase_add_test(c, what_a_process_said);
	tcase_add_test(c, and_binds_closer_than_or);
	tcase_add_loop_test(
		c, a_bad_condition_is_named_with_its_column, 0, (int)ARRAY_LEN(bad_conditions));
	tcase_add_loop_test(c, what_no_world_can_make_true_is_found, 0, (int)ARRAY_LEN(worlds));
	tcase_add_test(c, fields_are_numbers_by_their_type);
	tcase_add_test(c, what_was_seen_is_not_what_is_there);
	tcase_add_test(c, held_before_an_access_to_a_place);
	tcase_add_test(c, a_conflict_needs_one_place_and_a_writer);
	tcase_add_test(c, who_re_reads_what_does_not_change_spins);
	tcase_add_test(c, what_guards_it);
	tcase_add_test(c, loads_and_stores_are_no_system_calls);
	tcase_add_test(c, why_a_condition_does_not_hold);
}

int main(void)
{
	return sim_main("cond", fill);
}
