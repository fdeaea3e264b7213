/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grader's pure parts: manifests and their errors, differences, changed lines, blocks, reports, mutants' words. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "grader/manifest.h"
#include "view/exercise.h"

static char folder[64];

static void put(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void setup(void)
{
	strcpy(folder, "/tmp/ipclab-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	put("exercise.md", "# X\n\nAbout\nit.\n\nSIGUSR1 may come at any time\n\n## Hint 1\n\none\n\n## Hint 2\n\ntwo\n");
}

static void teardown(void)
{
	char command[128];

	snprintf(command, sizeof command, "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
}

#define HEAD "title: T\nkind: mend\nfiles: [a.c]\npoints: 3\n"
#define ONE HEAD "scenarios:\n  - {name: n, points: 3}\n"

static struct exercise *load(const char *yaml)
{
	put("exercise.yaml", yaml);
	return exercise_load(folder, "x", 1);
}

static void wrong(const char *yaml, const char *place, const char *what)
{
	struct exercise *x = load(yaml);

	ck_assert_msg(strstr(x->wrong.text, place) && strstr(x->wrong.text, what), "%s", x->wrong.text);
	ck_assert_int_eq(x->wrong.code, EXIT_INPUT);
	exercise_destroy(x);
}

/* ---- manifests ---- */

START_TEST(a_short_manifest_is_whole)
{
	struct exercise *x = load(ONE);

	ck_assert_str_eq(x->wrong.text, "");
	ck_assert_str_eq(x->programs.at[0].name, "a");
	ck_assert_uint_eq(x->scenarios.at[0].steps.n, 1);
	ck_assert_str_eq(x->about, "About it.");
	ck_assert_uint_eq(x->hints.n, 2);
	ck_assert_str_eq(x->hints.at[1], "two");
	ck_assert_ptr_null(strstr(x->task, "Hint"));
	exercise_destroy(x);
}
END_TEST

START_TEST(descriptors_are_for_the_learners_programs)
{
	struct exercise *x = load(HEAD "scenarios:\n  - name: n\n    points: 3\n    descriptors: 16\n    actors: [{run: a}, {command: [cat]}]\n");

	ck_assert_str_eq(x->wrong.text, "");
	ck_assert_uint_eq(x->scenarios.at[0].actors.at[0].descriptors, 16);
	ck_assert_uint_eq(x->scenarios.at[0].actors.at[1].descriptors, 0);
	exercise_destroy(x);
}
END_TEST

START_TEST(errors_name_their_place)
{
	wrong("title: T\n", ":1:1: ", "kind: is missing");
	wrong("title: T\nkind: mand\nfiles: [a.c]\npoints: 1\nscenarios: []\n", ":2:7: ", "kind is one of order, complete, mend, make");
	wrong("title: T\nkind: mend\nfiles: [../a.c]\npoints: 1\nscenarios: []\n", ":3:8: ", "no name of a file");
	wrong(HEAD "scenarios:\n  - {name: n, points: 2}\n", ":4:9: ", "points make 2");
	wrong(HEAD "scenarios:\n  - {name: n, points: 3, pints: 1}\n", ":6:26: ", "'pints' is no key here");
	wrong(HEAD "scenarios:\n  - {name: n, points: x}\n", ":6:23: ", "a number from 0 to 1000");
	wrong(HEAD "checks: [no_zombies]\nscenarios:\n  - {name: n, points: 3}\n", ":5:9: ", "there is no check 'no_zombies'; there is unused_ends_closed");
	wrong("title: [\n", ":2:1: ", "not YAML");
}
END_TEST

START_TEST(errors_of_scenarios_name_their_place)
{
	wrong(HEAD "scenarios:\n  - name: n\n    points: 3\n    steps: [settle]\n", ":8:12: ", "the first step is to start somebody");
	wrong(HEAD "scenarios:\n  - name: n\n    points: 3\n    steps: [start b]\n", ":8:13: ", "no actor 'b'");
	wrong(HEAD "scenarios:\n  - name: n\n    points: 3\n    steps: [start a, signal a TREM]\n", ":8:22: ", "'TREM' is no signal");
	wrong(HEAD "scenarios:\n  - name: n\n    points: 3\n    actors: [{run: b}]\n", ":8:20: ", "no learner's program 'b'");
	wrong(HEAD "scenarios:\n  - name: n\n    points: 3\n    actors: [{run: a}, {run: a}]\n", ":8:24: ", "two actors are called 'a'");
	wrong(HEAD "scenarios:\n  - name: n\n    points: 3\n    descriptors: 4\n", ":8:18: ", "descriptors is a number from 8 to 256");
	wrong(HEAD "scenarios:\n  - name: n\n    points: 3\n    expect: {exit: 256}\n", ":8:20: ", "exit is a number from 0 to 255");
	wrong(HEAD "scenarios:\n  - name: n\n    points: 3\n    expect: {same_as: m}\n", ":8:23: ", "same_as names a scenario above");
	wrong(HEAD "scenarios:\n  - name: n\n    points: 3\n    invariant: in <= 3\n", ":8:16: ", "an invariant needs explore");
}
END_TEST

START_TEST(only_what_the_kernel_does_can_be_injected)
{
	wrong(HEAD "scenarios:\n  - name: n\n    points: 3\n    inject: [{call: read, retval: 0}]\n", ":8:27: ", "'retval' is no key here");
	wrong(HEAD "scenarios:\n  - name: n\n    points: 3\n    inject: [{call: read, again: true}]\n", ":8:14: ", "would be for ever");
	wrong(HEAD "scenarios:\n  - name: n\n    points: 3\n    inject: [{call: read}]\n", ":8:14: ", "a fault is one of");
	wrong(HEAD "scenarios:\n  - name: n\n    points: 3\n    inject: [{call: read, interrupt: any, contract: never said}]\n", ":8:53: ",
		"exercise.md does not say this");
}
END_TEST

START_TEST(scenarios_hold_what_was_written)
{
	struct exercise *x = load(HEAD
		"checks: [no_zombie, eof_seen]\nscenarios:\n"
		"  - {name: first, points: 1, stdin: {numbers: 3}, expect: {stdout: {text: ab, times: 2}, exit: TERM}}\n"
		"  - name: second\n    points: 2\n    after: first\n    without: [eof_seen]\n    checks: [whole_lines]\n    expect: {same_as: first}\n"
		"    inject: [{call: read, on: [pipe, socket], short: 2, from: 3}, {call: wait, interrupt: USR1, contract: SIGUSR1 may come}]\n");
	const struct scenario *s = &x->scenarios.at[1];

	ck_assert_str_eq(x->wrong.text, "");
	ck_assert_str_eq(x->scenarios.at[0].actors.at[0].in.bytes.at, "1\n2\n3\n");
	ck_assert_str_eq(s->actors.at[0].expect.out.at, "abab");
	ck_assert_int_eq(s->actors.at[0].expect.exit, -SIGTERM);
	ck_assert_uint_eq(s->after, 1);
	ck_assert_uint_eq(s->checks.n, 2);
	ck_assert_str_eq(s->checks.at[1]->name, "whole_lines");
	ck_assert_uint_eq(s->faults.at[0].on, FAULT_ON_PIPE | FAULT_ON_SOCKET);
	ck_assert_uint_eq(s->faults.at[0].from, 3);
	ck_assert_uint_eq(s->faults.at[1].times, 20); /* else it would never get on */
	exercise_destroy(x);
}
END_TEST

/* ---- texts ---- */

static void differ(const char *want, const char *got, const char *words)
{
	struct str s = {0};
	size_t at;

	ck_assert_int_eq(difference_words(want, strlen(want), got, strlen(got), &at, &s), *words != '\0');
	ck_assert_str_eq(str_get(&s), words);
	str_finish(&s);
}

START_TEST(the_first_difference_is_made_visible)
{
	differ("a\nb\n", "a\nb\n", "");
	differ("a\nb\n", "a\nc\n", "line 2: expected \"b\\n\", got \"c\\n\"");
	differ("a\nb\n", "a\n", "line 2: expected \"b\\n\", got nothing more");
	differ("a\n", "a\nb\n", "line 2: expected nothing more, got \"b\\n\"");
	differ("a b\n", "a\tb\r\n", "line 1: expected \"a b\\n\", got \"a\\tb\\r\\n\"");
	differ("ab", "a", "line 1: expected \"ab\", got \"a\" and then the end");
	differ("a", "", "there is no output");
}
END_TEST

START_TEST(changed_lines_are_those_of_the_new_file)
{
	struct {
		const char *a, *b;
		u32 n, first;
	} cases[] = {{"a\nb\nc\n", "a\nb\nc\n", 0, 0}, {"a\nb\nc\n", "a\nx\nc\n", 1, 2}, {"a\nc\n", "a\nb\nc\n", 1, 2}, {"a\nb\nc\n", "a\nc\n", 1, 2},
		{"", "a\nb\n", 2, 1}, {"a\nb\nc\nd\n", "x\nb\nc\ny\n", 2, 1}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct bytes a = {(char *)(uintptr_t)cases[i].a, strlen(cases[i].a)}, b = {(char *)(uintptr_t)cases[i].b, strlen(cases[i].b)};
		size_t n;
		u32 *lines = lines_changed(&a, &b, &n);

		ck_assert_msg(n == cases[i].n, "case %zu: %zu", i, n);
		ck_assert_uint_eq(n ? lines[0] : 0, cases[i].first);
		free(lines);
	}
}
END_TEST

/* ---- kind: order ---- */

static bool blocks(const char *mine, struct finding *f)
{
	char into[96], path[128];
	struct exercise *x;
	FILE *file;
	bool ok;

	put("a.c", "int main(void)\n{\n//--\n\tone();\n//--\n\ttwo();\n//--\n\ttwin();\n//--\n}\n");
	x = load(ONE);
	snprintf(into, sizeof into, "%s/mine", folder);
	mkdir(into, 0700);
	snprintf(path, sizeof path, "%s/a.c", into);
	file = fopen(path, "w");
	fputs(mine, file);
	fclose(file);
	*f = (struct finding){0};
	ok = blocks_are_given(x, into, f);
	exercise_destroy(x);
	return ok;
}

START_TEST(blocks_may_move_and_be_left_out_and_not_be_written_anew)
{
	struct finding f;

	ck_assert(blocks("int main(void)\n{\n//--\n\ttwo();\n//--\n  one();\n//--\n}\n", &f));
	ck_assert(blocks("int main(void)\n{\n//--\n\tone();\n//--\n}\n#if 0\n//--\n\tanything();\n#endif\n", &f));
	ck_assert(!blocks("int main(void)\n{\n//--\n\tthree();\n//--\n}\n", &f));
	ck_assert_uint_eq(f.line, 4);
	ck_assert(!blocks("int main(void)\n{\n//--\n\tone();\n//--\n\tone();\n//--\n}\n", &f));
}
END_TEST

/* ---- reports ---- */

static struct result a_result(const struct exercise *x)
{
	struct result r = {.exercise = x, .max = 3, .score = 1, .verdict = GRADE_HANG, .duration_ms = 12};
	struct finding f = {.verdict = GRADE_HANG, .score = 1, .line = 7, .file = "a.c", .message = "=1+1 <\"&\x01>", .why = "P1 waits.", .duration_ms = 5,
		.trace = "/t/try-1-1.ipclog"};

	strcpy(r.id, "s1");
	*vec_push(&r.findings) = f;
	return r;
}

START_TEST(a_result_is_read_as_it_was_written)
{
	struct exercise *x = load(ONE);
	struct result r = a_result(x), back;
	struct str json = {0};
	struct err err = {0};
	char path[96];

	result_json(&r, &json);
	put("r.json", json.s);
	snprintf(path, sizeof path, "%s/r.json", folder);
	ck_assert_msg(result_read(x, path, &back, &err), "%s", err.text);
	ck_assert_int_eq(back.verdict, GRADE_HANG);
	ck_assert_uint_eq(back.score, 1);
	ck_assert_str_eq(back.findings.at[0].message, r.findings.at[0].message);
	ck_assert_str_eq(back.findings.at[0].file, "a.c");
	ck_assert_uint_eq(back.findings.at[0].line, 7);
	ck_assert_str_eq(back.findings.at[0].trace, "/t/try-1-1.ipclog");
	result_finish(&back);
	x->manifest_sha256[0] ^= 1; /* the exercise is another one by now */
	ck_assert(!result_read(x, path, &back, &err));
	result_finish(&r);
	result_finish(&back);
	str_finish(&json);
	exercise_destroy(x);
}
END_TEST

START_TEST(reports_are_safe_to_open)
{
	struct exercise *x = load(ONE);
	struct result r = a_result(x);
	const struct result *all[] = {&r};
	struct str s = {0};

	result_csv(&r, &s);
	ck_assert_ptr_nonnull(strstr(s.s, ",\"'=1+1 <\"\"&\x01>\","));
	str_clear(&s);
	result_junit(all, 1, &s);
	ck_assert_ptr_nonnull(strstr(s.s, "message=\"=1+1 &lt;&quot;&amp;&gt;\""));
	ck_assert_ptr_nonnull(strstr(s.s, "tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\""));
	str_clear(&s);
	r.verdict = GRADE_ERROR;
	result_csv(&r, &s);
	ck_assert_ptr_nonnull(strstr(s.s, "\"GRADER ERROR\",,3,")); /* never a score */
	str_finish(&s);
	result_finish(&r);
	exercise_destroy(x);
}
END_TEST

START_TEST(a_mutant_is_caught_by_verdict_and_sentence)
{
	struct exercise *x = load(ONE);
	struct result r = a_result(x);
	struct mutant m = {.name = "m.c", .verdict = GRADE_HANG, .says = "P1 waits", .scenario = "n"};
	struct str why = {0};

	ck_assert(mutant_is_caught(&m, &r, &why));
	m.says = "P2 waits";
	ck_assert(!mutant_is_caught(&m, &r, &why));
	ck_assert_ptr_nonnull(strstr(why.s, "is not told \"P2 waits\""));
	m.says = NULL;
	m.verdict = GRADE_LEAK;
	ck_assert(!mutant_is_caught(&m, &r, &why));
	m.verdict = GRADE_HANG;
	m.scenario = "another";
	ck_assert(!mutant_is_caught(&m, &r, &why));
	str_finish(&why);
	result_finish(&r);
	exercise_destroy(x);
}
END_TEST

START_TEST(sha256_is_that_of_the_standard)
{
	char hex[65], million[1000];

	sha256_hex("abc", 3, hex);
	ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sha256_hex("", 0, hex);
	ck_assert_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	memset(million, 'a', sizeof million);
	sha256_hex(million, sizeof million, hex);
	ck_assert_str_eq(hex, "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3");
}
END_TEST

/* ---- the screen ---- */

START_TEST(a_result_is_drawn_at_every_size)
{
	const struct exercise_row rows[] = {{"every byte arrives", "PASS", 4, 4, true, true}, {"the program ends by itself", "HANG", 0, 3, true, false},
		{"one-byte reads", "not run", 0, 3, false, false}};
	const struct exercise_section sections[] = {{"ran", "./pipe_eof 3"}, {"why", "P2 waits in read(3) at pipe_eof.c:31: pipe1 is empty and can still be written to by P2 itself."}};
	const struct exercise_source lines[] = {{30, "\tchar c;"}, {31, "\twhile (read(fds[0], &c, 1) > 0)"}};
	struct exercise_view v = {.id = "pipe-eof", .title = "Close what you do not use", .tries = 7, .score = 4, .points = 10, .rows = rows, .rows_n = 3,
		.selected = 1, .sections = sections, .sections_n = 2, .source = "pipe_eof.c", .line = 31, .lines = lines, .lines_n = 2, .foot = "", .keys = "q back"};
	struct canvas *c = canvas_create(24, 80, true);
	struct str s = {0};

	exercise_draw(c, &v);
	canvas_text(c, &s);
	ck_assert_ptr_nonnull(strstr(s.s, "try 7    4 of 10 points"));
	ck_assert_ptr_nonnull(strstr(s.s, " > 2  the program ends by itself"));
	ck_assert_ptr_nonnull(strstr(s.s, " why        P2 waits in read(3)"));
	ck_assert_ptr_nonnull(strstr(s.s, " >   31       while (read"));
	canvas_destroy(c);
	for (int i = 1; i < 40; i++)
		for (int k = 1; k < 120; k += 7) {
			c = canvas_create(i, k, true);
			exercise_draw(c, &v);
			canvas_destroy(c);
		}
	str_finish(&s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("grader");
	TCase *t = tcase_create("grader");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_short_manifest_is_whole);
	tcase_add_test(t, descriptors_are_for_the_learners_programs);
	tcase_add_test(t, errors_name_their_place);
	tcase_add_test(t, errors_of_scenarios_name_their_place);
	tcase_add_test(t, only_what_the_kernel_does_can_be_injected);
	tcase_add_test(t, scenarios_hold_what_was_written);
	tcase_add_test(t, the_first_difference_is_made_visible);
	tcase_add_test(t, changed_lines_are_those_of_the_new_file);
	tcase_add_test(t, blocks_may_move_and_be_left_out_and_not_be_written_anew);
	tcase_add_test(t, a_result_is_read_as_it_was_written);
	tcase_add_test(t, reports_are_safe_to_open);
	tcase_add_test(t, a_mutant_is_caught_by_verdict_and_sentence);
	tcase_add_test(t, sha256_is_that_of_the_standard);
	tcase_add_test(t, a_result_is_drawn_at_every_size);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? 1 : 0;
}
