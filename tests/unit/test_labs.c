/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders of labs, good and broken ones beside each other. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/lib.h"

static char folder[] = "/tmp/ipclab-labs-XXXXXX";
static struct labs found;
static struct err err;

static void write_lab(const char *name, const char *text)
{
	char path[120];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	strcat(path, "/lab.md");
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void begin(void)
{
	strcpy(folder, "/tmp/ipclab-labs-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	setenv("IPCLAB_LABS", folder, 1);
	err = (struct err){0};
}

static void end(void)
{
	char command[80];

	labs_finish(&found);
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

#define GOOD \
	"---\ntitle: Good\nminutes: 5\nprograms: [{name: p}]\n---\n\n## One\n\n" \
	"```do\nstep P1\n```\n"

START_TEST(a_broken_lab_stands_among_the_others_with_its_error)
{
	write_lab("02-good", GOOD);
	write_lab("01-bad", "---\ntitle: Bad\nminutes: soon\nprograms: [{name: p}]\n---\n");
	write_lab("03-late", GOOD "\n```do\nstepp P1\n```\n");
	ck_assert_msg(labs_find(&found, &err), "%s", err.text);
	ck_assert_uint_eq(found.list.n, 3);
	ck_assert_str_eq(found.list.at[0].id, "bad");
	ck_assert_ptr_null(found.list.at[0].guide);
	ck_assert_int_eq(found.list.at[0].wrong.code, EXIT_INPUT);
	ck_assert(strstr(found.list.at[0].wrong.text, "01-bad/lab.md:3:10: ") != NULL);
	ck_assert_ptr_nonnull(found.list.at[1].guide);
	ck_assert_str_eq(found.list.at[1].guide->title, "Good");
	ck_assert_uint_eq(found.list.at[1].guide->steps.n, 1);
	/* Not in its front matter only: what a learner would meet in step 1 is known here. */
	ck_assert_ptr_null(found.list.at[2].guide);
	ck_assert(strstr(found.list.at[2].wrong.text, "lab.md:14:1: ") != NULL);
}
END_TEST

START_TEST(the_good_one_is_got_and_the_broken_one_says_why_not)
{
	write_lab("01-bad", "no front matter\n");
	write_lab("02-good", GOOD);
	ck_assert(labs_find(&found, &err));
	ck_assert_ptr_nonnull(labs_get(&found, "good", &err));
	ck_assert_ptr_nonnull(labs_get(&found, "2", &err));
	ck_assert_ptr_nonnull(labs_get(&found, "02-good", &err));
	ck_assert_ptr_null(labs_get(&found, "bad", &err));
	ck_assert_int_eq(err.code, EXIT_INPUT);
	ck_assert(strstr(err.text, "lab.md:1:1: ") != NULL);
	ck_assert_ptr_null(labs_get(&found, "goood", &err));
	ck_assert_int_eq(err.code, EXIT_USAGE);
	ck_assert(strstr(err.text, "nearest: good") != NULL);
}
END_TEST

START_TEST(other_words_lead_to_their_lab)
{
	static const char *const words[][2] = {{"dup2", "redirect"}, {"Dup2", "redirect"}, {"shm", "posix-shm"},
		{"fifo", "fifo"}, {"mq", "mailboxes"}, {"sockets", "tcp"}, {"socket", "tcp"}, {"coprocess", "two-way"},
		{"mkfifo", "fifo"}, {"pclose", "popen"}};

	write_lab("02-redirect", GOOD);
	write_lab("03-popen", GOOD);
	write_lab("04-fifo", GOOD);
	write_lab("05-two-way", GOOD);
	write_lab("09-posix-shm", GOOD);
	write_lab("12-mailboxes", GOOD);
	write_lab("16-tcp", GOOD);
	ck_assert(labs_find(&found, &err));
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		const struct lab *lab = labs_get(&found, words[i][0], &err);

		ck_assert_msg(lab && strcmp(lab->id, words[i][1]) == 0, "%s", words[i][0]);
	}
	ck_assert_ptr_null(labs_get(&found, "dup3", &err));
}
END_TEST

START_TEST(other_folders_are_no_labs)
{
	char path[120];

	write_lab("notes", GOOD);
	write_lab("05-Good", GOOD);
	snprintf(path, sizeof path, "%s/06-empty", folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert(labs_find(&found, &err));
	ck_assert_uint_eq(found.list.n, 0);
}
END_TEST

START_TEST(a_program_that_is_not_built_is_named)
{
	write_lab("02-good", GOOD);
	ck_assert(labs_find(&found, &err));
	ck_assert_ptr_null(lab_program_path(&found.list.at[0], 0, &err));
	ck_assert_int_eq(err.code, EXIT_MACHINE);
	ck_assert(strstr(err.text, "02-good/p") != NULL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("labs");
	TCase *t = tcase_create("labs");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, a_broken_lab_stands_among_the_others_with_its_error);
	tcase_add_test(t, the_good_one_is_got_and_the_broken_one_says_why_not);
	tcase_add_test(t, other_words_lead_to_their_lab);
	tcase_add_test(t, other_folders_are_no_labs);
	tcase_add_test(t, a_program_that_is_not_built_is_named);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
