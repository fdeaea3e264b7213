/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recordings (record.c), folded to words and compared with golden text. Of the lab "Ordinary pipes", the forgotten close and
 * its cure, every event; of programs of tests/live/targets, one a family of objects, who waits and why. No ptrace. IPCLAB_GOLDEN=write makes the golden text anew.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/lib.h"
#include "view/memory.h"

static struct log_reader *reader;
static struct timeline *timeline;
static struct sources *sources;

static void path_of(const char *name, struct str *out)
{
	const char *source = getenv("IPCLAB_SRC");

	str_addf(out, "%s/tests/sim/%s", source ? source : ".", name);
}

static void open_recording(const char *name)
{
	struct str path = {0};
	struct err err = {0};
	const struct rec *r;
	u64 pos = LOG_DATA;

	path_of(name, &path);
	reader = log_reader_open(path.s, &err);
	ck_assert_msg(reader != NULL, "%s", err.text);
	ck_assert(!log_reader_torn(reader));
	timeline = timeline_create(reader);
	timeline_update(timeline);
	sources = sources_create();
	while ((r = log_reader_next(reader, &pos)))
		if (!rec_is_event(r))
			sources_add(sources, r);
	str_finish(&path);
}

static void close_recording(void)
{
	timeline_destroy(timeline);
	sources_destroy(sources);
	log_reader_close(reader);
}

static struct scene scene(enum style style)
{
	return (struct scene){
		.world = timeline_world(timeline),
		.log = reader,
		.sources = sources,
		.style = style,
	};
}

/* Everybody and every pipe as they stand at the end of a moment. */
static void add_world(struct str *out)
{
	struct scene plain = scene(STYLE_PLAIN), brief = scene(STYLE_SHORT);

	for (u32 i = 1; i < world_tasks(plain.world); i++) {
		if (!world_task(plain.world, i))
			continue;
		str_add(out, "  ");
		words_task(&plain, i, out);
		if (world_task(plain.world, i)->state == TASK_BLOCKED) {
			str_add(out, "    ");
			words_why(&brief, i, out);
			str_add(out, "\n");
		}
	}
	for (u32 i = 1; i < world_pipes(plain.world); i++)
		if (world_pipe(plain.world, i)) {
			str_add(out, "  ");
			words_pipe(&plain, i, out);
		}
}

static void tell_all(struct str *out)
{
	u64 moment = 0;

	for (u64 event = 1; event <= timeline_events(timeline); event++) {
		struct scene before, after;
		struct happening h;
		const struct rec *r;
		u64 pos;

		ck_assert(timeline_seek_event(timeline, event - 1));
		before = scene(STYLE_PLAIN);
		r = timeline_event(timeline, event, &pos);
		ck_assert_ptr_nonnull(r);
		happening_begin(&h, &before, r);
		ck_assert(timeline_seek_event(timeline, event));
		after = scene(STYLE_PLAIN);
		words_event(&after, &h, r, true, out);
		if (world_head(after.world)->moment == moment)
			continue;
		moment = world_head(after.world)->moment;
		str_addf(out, "Event %llu.\n", (unsigned long long)moment);
		add_world(out);
	}
}

static void read_golden(const char *path, struct str *out)
{
	FILE *file = fopen(path, "r");
	char buffer[4096];
	size_t n;

	ck_assert_msg(file != NULL, "%s is missing", path);
	while ((n = fread(buffer, 1, sizeof buffer, file)) > 0)
		str_add_bytes(out, buffer, n);
	fclose(file);
}

/* Who waits, and for what, wherever that has changed. */
static void tell_waits(struct str *out)
{
	struct str before = {0};

	for (u64 m = 1; m <= timeline_moments(timeline); m++) {
		struct str now = {0};
		struct scene brief;

		ck_assert(timeline_seek_moment(timeline, m));
		brief = scene(STYLE_SHORT);
		for (u32 i = 1; i < world_tasks(brief.world); i++) {
			if (!world_task(brief.world, i) || world_task(brief.world, i)->state != TASK_BLOCKED)
				continue;
			str_add(&now, "  ");
			words_why(&brief, i, &now);
			str_add(&now, "\n");
		}
		for (u32 i = 1; i < world_syncs(brief.world); i++) /* and how that is drawn */
			if (sync_is_drawn(brief.world, i) && world_sync(brief.world, i)->wait_n) {
				str_add(&now, "    ");
				sync_line(&brief, i, &now);
				str_add(&now, "\n");
			}
		if (strcmp(str_get(&now), str_get(&before)) != 0)
			str_addf(out, "Event %llu.\n%s", (unsigned long long)m, str_get(&now));
		str_finish(&before);
		before = now;
	}
	str_finish(&before);
}

/* The first line that differs: libcheck has no room for whole texts. */
static void same_lines(const char *name, const char *is, const char *golden)
{
	for (int line = 1; *is || *golden; line++) {
		int n = (int)strcspn(is, "\n"), m = (int)strcspn(golden, "\n");

		ck_assert_msg(n == m && memcmp(is, golden, (size_t)n) == 0, "%s:%d: \"%.*s\", not \"%.*s\"", name, line,
			n < 300 ? n : 300, is, m < 300 ? m : 300, golden);
		is += n + (is[n] != 0);
		golden += m + (golden[m] != 0);
	}
}

static void is_golden(const char *name, void (*tell)(struct str *))
{
	const char *mode = getenv("IPCLAB_GOLDEN");
	struct str text = {0}, path = {0}, golden = {0};

	tell(&text);
	path_of(name, &path);
	if (mode && strcmp(mode, "write") == 0) {
		FILE *file = fopen(path.s, "w");

		ck_assert_ptr_nonnull(file);
		fputs(str_get(&text), file);
		fclose(file);
	}
	read_golden(path.s, &golden);
	same_lines(name, str_get(&text), str_get(&golden));
	str_finish(&text);
	str_finish(&path);
	str_finish(&golden);
}

static void agrees_with_the_kernel(void)
{
	const struct w_head *h = world_head(timeline_now(timeline));

	ck_assert_msg(h->drift == 0, "%s", h->first_drift);
	ck_assert_uint_gt(h->settled, 8);
	ck_assert_uint_gt(h->explained, 4);
}

/* From every moment to every other of a few, and back: the same bytes as at first. */
static void back_and_forward_is_the_same(void)
{
	u64 all = timeline_moments(timeline);
	struct checkpoint **seen = xmalloc((all + 1) * sizeof *seen);
	struct world *then = world_create();
	u64 step = 1 + all / 64;

	for (u64 m = 1; m <= all; m++) {
		ck_assert(timeline_seek_moment(timeline, m));
		seen[m] = world_checkpoint(timeline_world(timeline));
	}
	for (int twice = 0; twice < 2; twice++)
		for (u64 m = all; m >= 1; m -= m > step ? step : m)
			for (u64 n = 1; n <= all; n += 5 * step) {
				ck_assert(timeline_seek_moment(timeline, n));
				ck_assert(timeline_seek_moment(timeline, m));
				world_restore(then, seen[m]);
				ck_assert(world_equal_bytes(then, timeline_world(timeline)));
			}
	for (u64 m = 1; m <= all; m++)
		checkpoint_destroy(seen[m]);
	free(seen);
	world_destroy(then);
}

START_TEST(forgotten_close_is_golden)
{
	open_recording("pipe-forgotten.ipclog");
	is_golden("pipe-forgotten.txt", tell_all);
	agrees_with_the_kernel();
	close_recording();
}
END_TEST

START_TEST(tidy_is_golden)
{
	open_recording("pipe-tidy.ipclog");
	is_golden("pipe-tidy.txt", tell_all);
	agrees_with_the_kernel();
	close_recording();
}
END_TEST

START_TEST(looking_back_and_forward_changes_nothing)
{
	open_recording("pipe-forgotten.ipclog");
	back_and_forward_is_the_same();
	close_recording();
}
END_TEST

/* What happened, and what there is at the end: where nobody waits. */
static void tell_events(struct str *out)
{
	for (u64 event = 1; event <= timeline_events(timeline); event++) {
		struct scene before, after;
		struct happening h;
		const struct rec *r;
		u64 pos;

		ck_assert(timeline_seek_event(timeline, event - 1));
		before = scene(STYLE_PLAIN);
		r = timeline_event(timeline, event, &pos);
		happening_begin(&h, &before, r);
		ck_assert(timeline_seek_event(timeline, event));
		after = scene(STYLE_PLAIN);
		words_event(&after, &h, r, false, out);
	}
}

static void tell_both(struct str *out)
{
	tell_events(out);
	str_add(out, "\nWho waited, and for what:\n");
	tell_waits(out);
}

static const struct {
	const char *name;
	void (*tell)(struct str *);
} families[] = {{"memory-kinds", tell_events}, {"memory-faults", tell_events}, {"memory-sync", tell_waits},
	{"memory-waits", tell_waits}, {"queue-posix", tell_waits}, {"queue-sysv", tell_waits}, {"unix-pair", tell_waits},
	{"births", tell_both}, {"close-range", tell_both}, {"dup-cloexec", tell_both}, {"events", tell_both}, {"fifo", tell_both}, {"inet", tell_both}, {"locks", tell_both}, {"orphan", tell_both}, {"signals", tell_both}, {"splices", tell_both}, {"stage-datagram", tell_both}, {"stage-multicast", tell_both}, {"stage-poll", tell_both}, {"stage-select", tell_both}, {"stage-seqpacket", tell_both}, {"thread-exec", tell_both}, {"timed-calls", tell_both}, {"unix-kinds", tell_both}, {"unix-rights", tell_both}, {"unix-server", tell_both}, {"waits", tell_both}};

START_TEST(a_family_is_golden)
{
	struct str name = {0};

	str_addf(&name, "%s.ipclog", families[_i].name);
	open_recording(name.s);
	str_finish(&name);
	str_addf(&name, "%s.txt", families[_i].name);
	is_golden(name.s, families[_i].tell);
	agrees_with_the_kernel();
	back_and_forward_is_the_same();
	close_recording();
	str_finish(&name);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("recordings");
	TCase *c = tcase_create("recordings");
	SRunner *runner;
	int failed;

	tcase_add_test(c, forgotten_close_is_golden);
	tcase_add_test(c, tidy_is_golden);
	tcase_add_test(c, looking_back_and_forward_changes_nothing);
	tcase_add_loop_test(c, a_family_is_golden, 0, (int)(sizeof families / sizeof *families));
	tcase_set_timeout(c, 60);
	suite_add_tcase(s, c);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
