/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wait-for graph of all tasks: who stands still for good, cycles, the verdict; the answer made of it. */
#include <signal.h>
#include <sys/wait.h>

#include "logbuild.h"
#include "tracer/look/private.h"
#include "view/report.h"

static struct world_standing st;

static void look(void)
{
	world_standing_finish(&st);
	world_standing(lb.w, &st);
}

static void waits(u32 task, u16 call, i32 fd, u64 arg)
{
	lb_enter(task, call, fd, 0, 1, arg);
	lb_blocked(task, call);
}

static void waits_for_children(u32 task)
{
	waits(task, CALL_wait4, -1, 0);
}

/* A parent, a child, and a pipe whose both ends both have. */
static void family(u32 *parent, u32 *child)
{
	*parent = lb_spawn(0, 0);
	lb_pipe(*parent, 3, 4);
	*child = lb_fork(*parent);
}

/* ---- the verdict ---- */

START_TEST(nobody_is_left_alive)
{
	u32 t = lb_spawn(0, 0);

	lb_end(t, 0);
	look();
	ck_assert_int_eq(st.verdict, VERDICT_ENDED);
}
END_TEST

START_TEST(a_reader_that_holds_the_write_end_hangs_with_its_parent)
{
	u32 parent, child;

	family(&parent, &child);
	lb_close(parent, 4);
	waits(child, CALL_read, 3, 0);
	waits_for_children(parent);
	look();
	ck_assert_int_eq(st.verdict, VERDICT_HANG);
	ck_assert_uint_eq(st.n[STANDS_STUCK], 2);
	ck_assert(st.root_stuck);
	ck_assert_uint_eq(st.cycles, 1);
	ck_assert_uint_eq(st.cycle[child], 1);
	ck_assert_uint_eq(st.cycle[parent], 0); /* it waits for the cycle and is not of it */
}
END_TEST

START_TEST(who_computes_may_still_write)
{
	u32 parent, child;

	family(&parent, &child);
	waits(child, CALL_read, 3, 0);
	look();
	ck_assert_int_eq(st.verdict, VERDICT_RUNS);
	ck_assert_int_eq(st.of[parent], STANDS_RUNS);
	ck_assert_int_eq(st.of[child], STANDS_DEPENDS);
	ck_assert_uint_eq(st.cycles, 0);
}
END_TEST

START_TEST(a_clock_elsewhere_is_no_hang_but_a_cycle)
{
	u32 parent, child, other;

	family(&parent, &child);
	lb_close(parent, 4);
	other = lb_fork(parent);
	waits(child, CALL_read, 3, 0);
	lb_close(other, 3);
	lb_enter(other, CALL_nanosleep, -1, 0, 0, 1000000000);
	lb_blocked(other, CALL_nanosleep);
	waits_for_children(parent);
	look();
	ck_assert_int_eq(st.verdict, VERDICT_WAITS);
	ck_assert_int_eq(st.of[other], STANDS_TIMED);
	ck_assert_int_eq(st.of[parent], STANDS_DEPENDS); /* the sleeper's end ends its wait */
	ck_assert_int_eq(st.of[child], STANDS_STUCK);
	ck_assert_uint_eq(st.cycle[child], 1);
}
END_TEST

START_TEST(a_pipe_with_ends_outside_is_no_hang)
{
	u32 t = lb_spawn(0, 0);

	lb_observe(t, OBS_FD, 0 | 1ull << 32 | 2ull << 48, 77, 0, 0, 1);
	waits(t, CALL_read, 0, 0);
	look();
	ck_assert_int_eq(st.verdict, VERDICT_WAITS);
	ck_assert_int_eq(st.of[t], STANDS_OUTSIDE);
	/* all of /proc was looked through: nobody has the other end, and yet it is there: no proof */
	lb_observe(0, OBS_ENDS, 77, ENDS_PIPE, 0, 0, 0);
	look();
	ck_assert_int_eq(st.verdict, VERDICT_WAITS);
}
END_TEST

START_TEST(ends_that_nobody_outside_has_are_a_proof)
{
	u32 t = lb_spawn(0, EVF_ATTACHED);

	lb_observe(t, OBS_FD, 3 | 1ull << 32 | 5ull << 48, 77, 0, 0, 1);
	lb_observe(t, OBS_FD, 4 | 2ull << 32 | 5ull << 48, 77, 0, 0, 1);
	waits(t, CALL_read, 3, 0);
	lb_see_pipe(77, 0, 1, 0);
	look();
	ck_assert_int_eq(st.verdict, VERDICT_WAITS);
	lb_observe(0, OBS_ENDS, 77, ENDS_PIPE, 0, 0, 0);
	look();
	ck_assert_int_eq(st.verdict, VERDICT_HANG);
	lb_observe(0, OBS_ENDS, 77, ENDS_PIPE, 0, 1, 0);
	look();
	ck_assert_int_eq(st.verdict, VERDICT_WAITS);
}
END_TEST

START_TEST(what_is_guessed_proves_nothing)
{
	u32 parent, child;
	struct ev_enter *ev;

	family(&parent, &child);
	lb_close(parent, 4);
	ev = lb_record(REC_ENTER, CALL_read, child, EVF_FOUND | EVF_GUESSED, sizeof *ev);
	ev->fd = 3;
	ev->size = 1;
	lb_commit();
	lb_blocked(child, CALL_read);
	waits_for_children(parent);
	look();
	ck_assert_int_eq(st.verdict, VERDICT_WAITS);
	ck_assert(st.guessed);
	ck_assert_uint_eq(st.cycle[child], 1);
}
END_TEST

START_TEST(three_in_a_ring_are_one_cycle)
{
	u32 a = lb_spawn(0, 0), b, c;

	lb_pipe(a, 3, 4);
	lb_pipe(a, 5, 6);
	lb_pipe(a, 7, 8);
	b = lb_fork(a);
	c = lb_fork(a);
	for (i32 fd = 3; fd <= 8; fd++) { /* a: 8 -> 3, b: 4 -> 5, c: 6 -> 7 */
		if (fd != 3 && fd != 8)
			lb_close(a, fd);
		if (fd != 4 && fd != 5)
			lb_close(b, fd);
		if (fd != 6 && fd != 7)
			lb_close(c, fd);
	}
	waits(a, CALL_read, 3, 0);
	waits(b, CALL_read, 5, 0);
	look();
	ck_assert_int_eq(st.verdict, VERDICT_RUNS);
	waits(c, CALL_read, 7, 0);
	look();
	ck_assert_int_eq(st.verdict, VERDICT_HANG);
	ck_assert_uint_eq(st.cycles, 1);
	ck_assert_uint_eq(st.cycle[a], st.cycle[b]);
	ck_assert_uint_eq(st.cycle[b], st.cycle[c]);
}
END_TEST

START_TEST(a_handler_of_sigchld_makes_children_wakers)
{
	u32 parent, child;

	family(&parent, &child);
	lb_close(child, 4);
	lb_observe(parent, OBS_ATTACHED, 0, 0, 1ull << (SIGCHLD - 1), 0, 0);
	waits(parent, CALL_read, 3, 0); /* it holds the write end itself */
	look();
	ck_assert_int_eq(st.of[parent], STANDS_DEPENDS); /* the child's end would break it off */
	lb_end(child, 0);
	look();
	ck_assert_int_eq(st.of[parent], STANDS_STUCK);
}
END_TEST

START_TEST(a_futex_nobody_else_maps_is_a_dead_end)
{
	u32 t = lb_spawn(0, 0), u;

	lb_enter_hash(REC_ENTER, t, CALL_futex, 128, 0, 0, 0x404040, TIME_NONE);
	lb_blocked(t, CALL_futex);
	look();
	ck_assert_int_eq(st.verdict, VERDICT_HANG);
	ck_assert_uint_eq(st.cycle[t], 1);
	u = lb_spawn(t, EVF_THREAD | EVF_FILES);
	look();
	ck_assert_int_eq(st.of[t], STANDS_DEPENDS); /* another thread could wake it, whatever the word stands for */
	lb_thread_end(u);
	look();
	ck_assert_int_eq(st.verdict, VERDICT_HANG);
}
END_TEST

START_TEST(many_in_a_chain_are_judged_at_once)
{
	u32 first = lb_spawn(0, 0), t = first;

	for (int i = 0; i < 400; i++) {
		u32 child = lb_fork(t);
		waits_for_children(t);
		t = child;
	}
	lb_pipe(t, 3, 4);
	waits(t, CALL_read, 3, 0);
	look();
	ck_assert_int_eq(st.verdict, VERDICT_HANG);
	ck_assert_uint_eq(st.n[STANDS_STUCK], 401);
	ck_assert_uint_eq(st.cycles, 1);
}
END_TEST

/* ---- the answer ---- */

static struct report report(void)
{
	look();
	return (struct report){.scene = {.world = lb.w, .style = STYLE_SHORT}, .standing = &st, .attached = true, .processes = 2,
		.descriptors = 4, .took_ns = 6000000};
}

START_TEST(the_verdict_is_the_first_line_and_the_rest_is_short)
{
	u32 parent, child, lines = 0;
	struct str text = {0};
	struct report r;

	family(&parent, &child);
	lb_close(parent, 4);
	waits(child, CALL_read, 3, 0);
	waits_for_children(parent);
	r = report();
	report_words(&r, &text);
	ck_assert_ptr_eq(strstr(text.s, "HANG  2 processes, nobody left who could wake them\n"), text.s);
	ck_assert_ptr_nonnull(strstr(text.s, "waits for its child P2"));
	ck_assert_ptr_nonnull(strstr(text.s, "To mend it      close fd 4 in P2 before it reads"));
	ck_assert_ptr_nonnull(strstr(text.s, "Looked at 2 processes and 4 descriptors in 6 ms; stopped nothing."));
	for (const char *p = text.s; *p; p++)
		lines += *p == '\n';
	ck_assert_uint_le(lines, 12);
	str_finish(&text);
}
END_TEST

/* Where a descriptor came from is no part of the proof; what a call is, is. */
static void says_confidence(const struct report *r)
{
	const struct unseen fd = {"fd", 1, "it was there before", NULL}, bytes = {"bytes", 1, "refused", "sudo"};
	struct report with = *r;
	struct str text = {0};

	with.unseen = &fd;
	with.unseen_n = 1;
	report_json(&with, &text);
	ck_assert_ptr_nonnull(strstr(text.s, "\"confidence\":\"proven\""));
	str_clear(&text);
	with.unseen = &bytes;
	report_json(&with, &text);
	ck_assert_ptr_nonnull(strstr(text.s, "\"confidence\":\"partial\""));
	ck_assert_ptr_nonnull(strstr(text.s, "\"remedy\":\"sudo\""));
	str_finish(&text);
}

START_TEST(the_json_has_what_was_promised)
{
	static const char *const keys[] = {"\"schema\":\"ipclab/why/v1\"", "\"verdict\":\"HANG\"", "\"confidence\":\"proven\"",
		"\"actor\":\"P2\"", "\"call\":\"read\"", "\"fd\":3", "\"object\":\"pipe1\"", "\"kind\":\"pipe\"", "\"reason\":\"empty\"",
		"\"how\":\"inherited\"", "\"access\":\"write\"", "\"state\":\"blocked\"", "\"sentence\":\"P2 waits in read(3)",
		"\"cycles\":[[\"P2\"]]", "\"unseen\":[]", "\"call\":\"wait4\"", "\"kind\":\"child\"", "\"object\":\"P2\""};
	u32 parent, child;
	struct str text = {0};
	struct report r;

	family(&parent, &child);
	lb_close(parent, 4);
	waits(child, CALL_read, 3, 0);
	waits_for_children(parent);
	r = report();
	report_json(&r, &text);
	says_confidence(&r);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		ck_assert_msg(strstr(text.s, keys[i]) != NULL, "%s is not in %s", keys[i], text.s);
	str_finish(&text);
}
END_TEST

START_TEST(groups_have_verdicts_of_their_own)
{
	u32 parent, child, sleeper, n;
	struct report_group *all;
	struct report r;

	family(&parent, &child);
	lb_close(parent, 4);
	waits(child, CALL_read, 3, 0);
	waits_for_children(parent);
	sleeper = lb_spawn(0, 0);
	lb_enter(sleeper, CALL_nanosleep, -1, 0, 0, 1000000000);
	lb_blocked(sleeper, CALL_nanosleep);
	r = report();
	ck_assert_int_eq(st.verdict, VERDICT_WAITS);
	all = report_groups(&r, &n);
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(all[0].verdict, VERDICT_HANG);
	ck_assert_uint_eq(all[0].processes, 2);
	ck_assert_int_eq(all[1].verdict, VERDICT_WAITS);
	free(all);
}
END_TEST

static void mends(const char *what)
{
	struct str text = {0};
	struct report r = report();

	ck_assert(report_mend(&r, &text));
	ck_assert_msg(strstr(text.s, what) != NULL, "%s", text.s);
	str_finish(&text);
}

START_TEST(mending_a_full_pipe_names_who_has_to_read)
{
	u32 parent, child;

	family(&parent, &child);
	lb_close(parent, 4);
	lb_close(child, 3);
	waits(child, CALL_write, 4, 0);
	waits_for_children(parent);
	mends("P1 has to read pipe1 to its end before it waits for P2");
}
END_TEST

START_TEST(mending_two_that_read_from_each_other)
{
	u32 a = lb_spawn(0, 0), b;

	lb_pipe(a, 3, 4);
	lb_pipe(a, 5, 6);
	b = lb_fork(a);
	lb_close(a, 4);
	lb_close(a, 5);
	lb_close(b, 3);
	lb_close(b, 6);
	waits(a, CALL_read, 3, 0);
	waits(b, CALL_read, 5, 0);
	mends("one of them has to write before it reads");
}
END_TEST

/* ---- wchan ---- */

START_TEST(functions_of_the_kernel_say_what_is_waited_for)
{
	ck_assert_int_eq(wchan_means("pipe_read"), IN_PIPE_READ);
	ck_assert_int_eq(wchan_means("anon_pipe_read"), IN_PIPE_READ);
	ck_assert_int_eq(wchan_means("anon_pipe_write\n"), IN_PIPE_WRITE);
	ck_assert_int_eq(wchan_means("poll_schedule_timeout.constprop.0"), IN_POLL);
	ck_assert_int_eq(wchan_means("do_wait"), IN_WAIT);
	ck_assert_int_eq(wchan_means("do_wait_intr_irq"), IN_EVENTFD);
	ck_assert_int_eq(wchan_means("0"), IN_UNKNOWN);
	ck_assert_int_eq(wchan_means(""), IN_UNKNOWN);
	ck_assert_int_eq(wchan_means("pipe_readable_or_so"), IN_UNKNOWN);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		nobody_is_left_alive,
		a_reader_that_holds_the_write_end_hangs_with_its_parent,
		who_computes_may_still_write,
		a_clock_elsewhere_is_no_hang_but_a_cycle,
		a_pipe_with_ends_outside_is_no_hang,
		ends_that_nobody_outside_has_are_a_proof,
		what_is_guessed_proves_nothing,
		three_in_a_ring_are_one_cycle,
		a_handler_of_sigchld_makes_children_wakers,
		a_futex_nobody_else_maps_is_a_dead_end,
		many_in_a_chain_are_judged_at_once,
		the_verdict_is_the_first_line_and_the_rest_is_short,
		the_json_has_what_was_promised,
		groups_have_verdicts_of_their_own,
		mending_a_full_pipe_names_who_has_to_read,
		mending_two_that_read_from_each_other,
		functions_of_the_kernel_say_what_is_waited_for,
		NULL,
	};
	int failed = lb_main("standing", tests);

	world_standing_finish(&st);
	return failed;
}
