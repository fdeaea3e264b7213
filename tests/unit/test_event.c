/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vocabulary: bodies as long as their kind demands, and names. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "event/lib.h"

/* ---- the sizes of bodies ---- */

/* A record in memory, exactly as long as said, so that ASan sees a read beyond it. */
static bool sound_with(u16 kind, u16 call, const void *body, size_t n, const void *more, size_t m)
{
	struct rec *r = xmalloc(sizeof *r + n + m);
	bool answer;

	*r = (struct rec){.len = (u32)(sizeof *r + n + m), .kind = kind, .call = call};
	if (n)
		memcpy(r + 1, body, n);
	if (m)
		memcpy((u8 *)(r + 1) + n, more, m);
	answer = rec_is_sound(r);
	free(r);
	return answer;
}

static bool sound(u16 kind, u16 call, const void *body, size_t n)
{
	return sound_with(kind, call, body, n, NULL, 0);
}

START_TEST(fixed_bodies_must_be_as_long_as_their_kind)
{
	static const struct {
		u16 kind;
		size_t n;
	} kinds[] = {
		{REC_SPAWN, sizeof(struct ev_spawn)},
		{REC_END, sizeof(struct ev_end)},
		{REC_ENTER, sizeof(struct ev_enter)},
		{REC_POISED, sizeof(struct ev_enter)},
		{REC_EXIT, sizeof(struct ev_exit)},
		{REC_SIGNAL, sizeof(struct ev_signal)},
		{REC_OBSERVE, sizeof(struct ev_observe)},
		{REC_INJECT, sizeof(struct ev_inject)},
	};
	static const u8 zeros[128];

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		ck_assert_msg(sound(kinds[i].kind, 0, zeros, kinds[i].n), "kind %u", kinds[i].kind);
		ck_assert_msg(
			!sound(kinds[i].kind, 0, zeros, kinds[i].n - 8), "kind %u", kinds[i].kind);
		ck_assert_msg(!sound(kinds[i].kind, 0, zeros, 0), "kind %u", kinds[i].kind);
	}
}
END_TEST

START_TEST(unknown_kinds_are_unsound_unless_notes)
{
	ck_assert(!sound(0, 0, NULL, 0));
	ck_assert(!sound(REC_INJECT + 1, 0, NULL, 0));
	ck_assert(!sound(REC_NOTES - 1, 0, NULL, 0));
	ck_assert(sound(UINT16_MAX, 0, NULL, 0));
	ck_assert(sound(UINT16_MAX, 0, NULL, 0));
}
END_TEST

START_TEST(unknown_call_is_unsound)
{
	struct ev_enter enter = {.fd = 1};
	struct ev_exit leave = {.ret = 1};

	ck_assert(sound(REC_ENTER, CALL_COUNT - 1, &enter, sizeof enter));
	ck_assert(!sound(REC_ENTER, CALL_COUNT, &enter, sizeof enter));
	ck_assert(!sound(REC_POISED, UINT16_MAX, &enter, sizeof enter));
	ck_assert(!sound(REC_EXIT, CALL_COUNT, &leave, sizeof leave));
}
END_TEST

START_TEST(lengths_of_a_record_itself)
{
	struct rec r = {.len = 0, .kind = UINT16_MAX};
	static const u32 bad[] = {0, 8, 24, 33, 36, LOG_RECORD_MAX + 8, UINT32_MAX, UINT32_MAX - 7};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		r.len = bad[i];
		ck_assert_msg(!rec_is_sound(&r), "%u", bad[i]);
	}
	r.len = 32;
	ck_assert(rec_is_sound(&r));
}
END_TEST

static bool enter_holds(u16 kind, u32 held)
{
	struct ev_enter e = {.held = held};

	return sound_with(kind, CALL_write, &e, sizeof e, "contents", 8);
}

START_TEST(contents_must_lie_within_their_record)
{
	ck_assert(enter_holds(REC_ENTER, 8));
	ck_assert(!enter_holds(REC_ENTER, 9));
	ck_assert(!enter_holds(REC_POISED, UINT32_MAX));
}
END_TEST

static bool exec_of(u32 path_len, const char *path8)
{
	struct ev_exec e = {.path_len = path_len};

	return sound_with(REC_EXEC, 0, &e, sizeof e, path8, 8);
}

START_TEST(path_of_exec_must_end_within_its_record)
{
	ck_assert(exec_of(8, "/bin/ls"));
	ck_assert(!exec_of(7, "/bin/ls"));
	ck_assert(!exec_of(9, "/bin/ls"));
	ck_assert(!exec_of(0, "/bin/ls"));
	ck_assert(!exec_of(8, "/bin/lsx"));
}
END_TEST

START_TEST(meta_must_be_pairs)
{
	ck_assert(sound(REC_META, 0, "", 0));
	ck_assert(sound(REC_META, 0, "a\0b\0\0\0\0", 8));
	ck_assert(sound(REC_META, 0, "cwd\0/ab", 8));
	ck_assert(!sound(REC_META, 0, "command", 8));
	ck_assert(!sound(REC_META, 0, "a\0bcdefg", 8));
}
END_TEST

static bool maps_of(u32 text_len)
{
	struct note_maps m = {.map = 1, .text_len = text_len};

	return sound_with(REC_MAPS, 0, &m, sizeof m, "1-2 r-x", 8);
}

static bool source_of(u32 name_len, u32 text_len)
{
	struct note_source n = {.name_len = name_len, .text_len = text_len};

	return sound_with(REC_SOURCE, 0, &n, sizeof n, "a.c\0int", 8);
}

START_TEST(notes_must_hold_what_they_say)
{
	struct note_site site = {.site = 1, .stack_len = 0};

	ck_assert(maps_of(7));
	ck_assert(!maps_of(8)); /* a NUL within */
	ck_assert(!maps_of(9));
	ck_assert(sound(REC_SITE, 0, &site, sizeof site));
	site.stack_len = 8;
	ck_assert(!sound(REC_SITE, 0, &site, sizeof site));
	site = (struct note_site){.site = 0};
	ck_assert(!sound(REC_SITE, 0, &site, sizeof site));
	ck_assert(source_of(4, 4));
	ck_assert(!source_of(4, 5));
	ck_assert(!source_of(3, 4));
	ck_assert(!source_of(UINT32_MAX, 12));
}
END_TEST

static bool lines_of(u32 frames, u32 shown, u32 text_len)
{
	struct note_lines l = {.site = 1, .frames = frames, .shown = shown, .text_len = text_len};

	return sound_with(REC_LINES, 0, &l, sizeof l,
		"a.c\0"
		"7\0"
		"f",
		8);
}

START_TEST(lines_must_be_three_strings_a_frame)
{
	ck_assert(lines_of(1, 0, 8));
	ck_assert(lines_of(1, UINT32_MAX, 8));
	ck_assert(lines_of(0, UINT32_MAX, 0));
	ck_assert(!lines_of(1, 1, 8));
	ck_assert(!lines_of(2, 0, 8));
	ck_assert(!lines_of(1, 0, 7));
	ck_assert(!lines_of(1, 0, 9));
}
END_TEST

/* ---- names ---- */

/* struct { item *of[2]; enum e v; }: four types, each of earlier ones, and a pointer to a later one. */
#pragma GCC diagnostic push
#ifdef __clang__
#pragma GCC diagnostic ignored "-Wgnu-variable-sized-type-not-at-end"
#endif
struct types_body {
	struct note_types head;
	struct note_type types[4];
	struct note_field fields[2];
	struct note_enum enums[1];
	struct note_target targets[1];
	char text[8];
};
#pragma GCC diagnostic pop

static struct types_body types_body(void)
{
	return (struct types_body){
		.head = {.map = 1, .types_n = 4, .fields_n = 2, .enums_n = 1, .targets_n = 1, .text_len = 8},
		.types = {{.shape = SHAPE_POINTER, .of = 4},
			{.shape = SHAPE_ARRAY, .of = 1, .count = 2},
			{.shape = SHAPE_ENUM, .n = 1},
			{.shape = SHAPE_FIELDS, .n = 2}},
		.fields = {{.type = 1, .name = 1}, {.type = 2, .name = 7}},
		.targets = {{.type = 4}},
		.text = "a\0bcdef",
	};
}

#define TYPES_REFUSED(change)                                                        \
	do {                                                                         \
		struct types_body b = types_body();                                  \
		b.change;                                                            \
		ck_assert_msg(!sound(REC_TYPES, 0, &b, sizeof b), "%s", #change);    \
	} while (0)

START_TEST(types_must_be_made_of_earlier_ones_and_lie_within_their_record)
{
	struct types_body good = types_body();

	ck_assert(sound(REC_TYPES, 0, &good, sizeof good));
	ck_assert(!sound(REC_TYPES, 0, &good, sizeof good - 8));
	ck_assert(!sound(REC_TYPES, 0, &good, sizeof good.head - 8));
	ck_assert(!sound(REC_TYPES, 0, &good, 0));
	TYPES_REFUSED(head.types_n = 5);
	TYPES_REFUSED(head.types_n = UINT32_MAX);
	TYPES_REFUSED(head.fields_n = UINT32_MAX);
	TYPES_REFUSED(head.enums_n = UINT32_MAX);
	TYPES_REFUSED(head.targets_n = UINT32_MAX);
	TYPES_REFUSED(head.text_len = 0);
	TYPES_REFUSED(head.text_len = 7);
	TYPES_REFUSED(head.text_len = UINT32_MAX);
	TYPES_REFUSED(head.name = 8);
	TYPES_REFUSED(text[7] = 'g');
	TYPES_REFUSED(types[0].of = 5);
	TYPES_REFUSED(types[0].shape = SHAPE_ENUM + 1);
	TYPES_REFUSED(types[0].name = 8);
	TYPES_REFUSED(types[1].of = 2); /* an array of itself */
	TYPES_REFUSED(types[1].of = 0);
	TYPES_REFUSED(types[2].n = 2);
	TYPES_REFUSED(types[2].first = UINT32_MAX);
	TYPES_REFUSED(types[3].n = 3);
	TYPES_REFUSED(types[3].first = UINT32_MAX);
	TYPES_REFUSED(fields[1].type = 3); /* a structure in itself */
	TYPES_REFUSED(fields[1].name = 8);
	TYPES_REFUSED(enums[0].name = 8);
	TYPES_REFUSED(targets[0].type = 5);
	TYPES_REFUSED(targets[0].name = 8);
	/* Fields that belong to many types would take for ever to read. */
	TYPES_REFUSED(types[2] = ((struct note_type){.shape = SHAPE_FIELDS, .n = 1}));
}
END_TEST

START_TEST(calls_are_named_as_strace_spells_them)
{
	ck_assert_str_eq(call_name(CALL_pipe2), "pipe2");
	ck_assert_str_eq(call_name(CALL_none), "?");
	ck_assert_str_eq(call_name(CALL_COUNT), "?");
	ck_assert_str_eq(call_name(UINT32_MAX), "?");
	for (unsigned i = 1; i < CALL_COUNT; i++)
		ck_assert_uint_eq(call_by_name(call_name(i)), i);
	ck_assert_uint_eq(call_by_name("?"), CALL_none);
	ck_assert_uint_eq(call_by_name("none"), CALL_none);
}
END_TEST

START_TEST(kinds_are_named_as_in_json)
{
	ck_assert_str_eq(rec_kind_name(REC_ENTER), "enter");
	ck_assert_str_eq(rec_kind_name(REC_POISED), "observe");
	for (unsigned i = REC_SPAWN; i <= REC_INJECT; i++)
		ck_assert_ptr_nonnull(rec_kind_name(i));
	ck_assert_ptr_null(rec_kind_name(REC_META));
	ck_assert_ptr_null(rec_kind_name(0));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("event");
	TCase *t = tcase_create("vocabulary");
	SRunner *runner;
	int failed;

	tcase_add_test(t, fixed_bodies_must_be_as_long_as_their_kind);
	tcase_add_test(t, unknown_kinds_are_unsound_unless_notes);
	tcase_add_test(t, unknown_call_is_unsound);
	tcase_add_test(t, lengths_of_a_record_itself);
	tcase_add_test(t, contents_must_lie_within_their_record);
	tcase_add_test(t, path_of_exec_must_end_within_its_record);
	tcase_add_test(t, meta_must_be_pairs);
	tcase_add_test(t, notes_must_hold_what_they_say);
	tcase_add_test(t, lines_must_be_three_strings_a_frame);
	tcase_add_test(t, types_must_be_made_of_earlier_ones_and_lie_within_their_record);
	tcase_add_test(t, calls_are_named_as_strace_spells_them);
	tcase_add_test(t, kinds_are_named_as_in_json);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
