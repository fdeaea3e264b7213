/* SPDX-License-Identifier: GPL-3.0-or-later */
/* C types of shared mappings: which pointer tells them, what they are made of, how values are
 * written. */
#include "types_run.h"

/* ---- the ring, however it is pointed at ---- */

static const struct {
	const char *cc, *flags;
	const char *ways; /* in which the ring is found */
	bool optional;    /* where this compiler or option is missing */
} builds[] = {
	{"gcc", "-g -O0", "gklpwhs", false},
	{"gcc", "-g -O0 -gdwarf-4 -no-pie", "gklpwhs", false},
	{"gcc", "-gdwarf-3 -gstrict-dwarf -O0", "glw", false},
	{"gcc", "-gdwarf-2 -gstrict-dwarf -O0", "glw", false},
	{"gcc", "-g -O2", "gklps", false},
	{"gcc", "-g -O2 -gdwarf-4", "gklp", false},
	{"gcc", "-g -O0 -static", "gl", true},
	{"gcc", "-g -O0 -fdebug-types-section", "gl", true},
	{"gcc", "-g -O0 -gsplit-dwarf", "gl", true},
	{"gcc", "-g -O0 -gz", "gl", true},
	{"gcc", "-g -O0 -flto", "gl", true},
	{"clang", "-g -O0", "gklpwhs", true},
	{"clang", "-g -O2", "gkps", true},
	{"clang", "-gdwarf-4 -O1", "gps", true},
};

START_TEST(ring_is_found_however_it_is_pointed_at)
{
	const char *cc = builds[_i].cc, *flags = builds[_i].flags;

	if (!build(cc, flags)) {
		ck_assert_msg(builds[_i].optional, "%s %s: it cannot be compiled", cc, flags);
		printf("skipped: %s %s: it cannot be compiled here\n", cc, flags);
		return;
	}
	for (const char *way = builds[_i].ways; *way; way++) {
		struct asked a;
		char how[128], word[2] = {*way};
		snprintf(how, sizeof how, "%s %s, %s", cc, flags, word);
		ask(&a, word, NULL);
		is_ring(&a, how);
		ask_end(&a);
	}
}
END_TEST

/* ---- fields ---- */

static const char *const kinds_flags[][2] = {
	{"gcc", "-g -O0"},
	{"gcc", "-g -O2 -gdwarf-4"},
	{"gcc", "-gdwarf-3 -gstrict-dwarf -O0"},
	{"clang", "-g -O0"},
	{"clang", "-gdwarf-4 -O1"},
};

/* clang says "short", gcc "short int": C has both. */
static void names_of_clang(const struct type *t, int depth)
{
	static const char *const words[][2] = {
		{"short", "short int"}, {"long", "long int"}, {"bool", "_Bool"}};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!strcmp(t->name, words[i][0]))
			((struct type *)(uintptr_t)t)->name = words[i][1];
	for (u32 i = 0; depth && i < t->fields_n; i++)
		names_of_clang(t->fields[i].type, depth - 1);
}

START_TEST(fields_are_told_by_kind_and_place)
{
	const char *cc = kinds_flags[_i][0], *flags = kinds_flags[_i][1];
	struct asked a;

	if (!build(cc, flags)) {
		printf("skipped: %s %s: it cannot be compiled here\n", cc, flags);
		return;
	}
	ask(&a, "a", NULL);
	ck_assert_msg(a.type != NULL, "%s %s: %s", cc, flags, str_get(&a.why));
	ck_assert_str_eq(a.type->name, "struct all");
	names_of_clang(a.type, 3);
	a.atomics = !strstr(flags, "dwarf");
	fields_of_every_kind(&a);
	pointers_lead_on(&a);
	enums_have_names(&a);
	bit_fields_are_cut_out(&a);
	ask_end(&a);
}
END_TEST

START_TEST(every_byte_of_a_type_has_its_path_and_back)
{
	const struct type *leaf;
	struct asked a;
	u64 off, at, named = 0;

	ck_assert(build("gcc", "-g -O0"));
	ask(&a, "a", NULL);
	ck_assert_ptr_nonnull(a.type);
	for (off = 0; off < a.type->size + 100; off++) {
		str_clear(&a.path);
		str_add(&a.path, "p->");
		if (!type_path(a.type, off, &a.path, &leaf, &at)) {
			ck_assert_str_eq(str_get(&a.path), "p->");
			continue;
		}
		named++;
		ck_assert_uint_lt(off, a.type->size);
		ck_assert_uint_le(at, off);
		u64 back;
		const struct type *again;
		ck_assert_msg(type_find(a.type, str_get(&a.path) + 3, &back, &again), "%s",
			str_get(&a.path));
		ck_assert_uint_eq(back, at);
		ck_assert_ptr_eq(again, leaf);
	}
	ck_assert_uint_gt(named, 150);
	ask_end(&a);
}
END_TEST

START_TEST(paths_that_lead_nowhere_are_refused)
{
	static const char *const wrong[] = {"", "no", "in.x", "in[0]", "buffer[10]", "buffer[-1]",
		"buffer[]", "buffer[x]", "buffer[3", "buffer[3]id", "buffer.id", ".in", "[0]",
		"buffer[3].", "buffer[3]..id", "buffer[ 3]", "i", "inn", "buffer[0x1]",
		"buffer[18446744073709551616]", "buffer[+1]"};
	struct asked a;
	u64 off;

	ck_assert(build("gcc", "-g -O0"));
	ask(&a, "g", NULL);
	is_ring(&a, "gcc");
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		ck_assert_msg(!type_find(a.type, wrong[i], &off, NULL), "%s", wrong[i]);
	ask_end(&a);
}
END_TEST

/* ---- types made for the mapping ---- */

static const struct {
	const char *way, *size, *name, *byte16;
	u64 count;
} arrays[] = {
	{"n", "40", "int[10]", "[4]", 10},
	{"n", "4096", "int[1024]", "[4]", 1024},
	{"n", "4", "int", "-", 0},
	{"c", "4096", "char[4096]", "[16]", 4096},
	{"r", "4096", "double[512]", "[2]", 512}, /* better than the char pointer beside it */
	{"i", "80", "item[10]", "[2].id", 10},
	{"i", "84", "item", "-", 0},
	{"i", "4096", "item", "-", 0},
	{"2", "64", "item[4][2]", NULL, 0},
	{"f", "84", "struct flex", "items[1].tag", 0},
	{"f", "4096", "struct flex", "items[1].tag", 0},
};

START_TEST(pointer_to_a_number_makes_an_array_as_long_as_the_mapping)
{
	struct asked a;

	ck_assert(build("gcc", "-g -O0"));
	for (size_t i = 0; i < ARRAY_LEN(arrays); i++) {
		if (!arrays[i].byte16)
			continue;
		ask(&a, arrays[i].way, arrays[i].size);
		ck_assert_msg(a.type != NULL, "%s: %s", arrays[i].name, str_get(&a.why));
		ck_assert_str_eq(a.type->name, arrays[i].name);
		ck_assert_uint_eq(a.type->count, arrays[i].count);
		ck_assert_str_eq(path_at(&a, a.type, 16), arrays[i].byte16);
		ck_assert_uint_le(a.type->size, a.m.len);
		ck_assert_str_eq(path_at(&a, a.type, a.type->size), "-");
		const struct type *first = a.type;
		ask_again(&a);
		ck_assert_ptr_eq(a.type, first);
		ask_end(&a);
	}
}
END_TEST

static const struct {
	const char *way, *size, *name;
	u64 offset;
} chosen[] = {
	{"b", "4096", "item", 8}, /* a structure, though only a char pointer begins the mapping */
	{"b", "88", "item", 8},   /* ten of them would fit, but it does not begin the mapping */
	{"x", "4096", "int[1022]", 8}, /* characters come last */
	{"y", "4096", "item", 0},      /* what begins the mapping, though the other is larger */
};

START_TEST(pointer_that_tells_most_is_chosen)
{
	struct asked a;

	ck_assert(build("gcc", "-g -O0"));
	for (size_t i = 0; i < ARRAY_LEN(chosen); i++) {
		ask(&a, chosen[i].way, chosen[i].size);
		ck_assert_msg(a.type != NULL, "%s: %s", chosen[i].name, str_get(&a.why));
		ck_assert_str_eq(a.type->name, chosen[i].name);
		ck_assert_uint_eq(a.offset, chosen[i].offset);
		ask_end(&a);
	}
}
END_TEST

START_TEST(array_with_open_end_has_room_in_its_mapping_only)
{
	struct asked a;
	const struct type *bare;

	ck_assert(build("gcc", "-g -O0"));
	ask(&a, "f", "84");
	ck_assert_str_eq(path_at(&a, a.type, 80), "items[9].tag");
	ck_assert_str_eq(path_at(&a, a.type, 83), "-"); /* padding */
	ask_end(&a);
	ask(&a, "f", "90");
	ck_assert_uint_eq(leaf_of(a.type, "items")->count, 10);
	ck_assert_str_eq(path_at(&a, a.type, 84), "-");
	bare = sources_type(a.s, 1, "struct flex");
	ck_assert_ptr_nonnull(bare);
	ck_assert(!type_find(bare, "items[0]", NULL, NULL));
	ck_assert_str_eq(path_at(&a, bare, 4), "-");
	ask_end(&a);
}
END_TEST

START_TEST(any_site_of_the_program_will_do_when_those_named_tell_nothing)
{
	struct asked a;

	ck_assert(build("gcc", "-g -O0"));
	ask(&a, "l", NULL);
	a.type = sources_mapping_type(a.s, 1, a.m.addr, a.m.len, NULL, 0, &a.offset, &a.why);
	is_ring(&a, "no site");
	a.type = sources_mapping_type(a.s, 1, a.m.addr, a.m.len, &(u32){99}, 1, &a.offset, &a.why);
	is_ring(&a, "site that is not known");
	ask_end(&a);
}
END_TEST

START_TEST(declaration_is_completed_from_another_unit)
{
	struct asked a;

	ck_assert(build("gcc", "-g -O0"));
	ask(&a, "e", NULL);
	ck_assert_msg(a.type != NULL, "%s", str_get(&a.why));
	ck_assert_str_eq(a.type->name, "struct elsewhere");
	ck_assert_str_eq(path_at(&a, a.type, 16), "inner[1].x");
	ask_end(&a);
}
END_TEST

START_TEST(type_is_found_by_its_c_name)
{
	static const char *const names[] = {"struct ring", "item", "enum state", "struct all",
		"byte", "int", "struct elsewhere", "struct named_elsewhere", "renamed",
		"struct mine"};
	struct asked a;

	ck_assert(build("gcc", "-g -O0"));
	ask(&a, "z", NULL);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct type *t = sources_type(a.s, 1, names[i]);
		ck_assert_msg(t != NULL, "%s", names[i]);
		ck_assert_str_eq(t->name, names[i]);
		ck_assert_ptr_eq(sources_type(a.s, 1, names[i]), t);
		ck_assert_ptr_eq(sources_type(a.s, 99, names[i]), t); /* not known what 99 runs */
	}
	ck_assert_ptr_null(sources_type(a.s, 1, "ring"));
	ck_assert_ptr_null(sources_type(a.s, 1, "struct item"));
	ck_assert_ptr_null(sources_type(a.s, 1, ""));
	ask_end(&a);
}
END_TEST

/* ---- what cannot be known is said ---- */

static void says(const char *way, const char *first, const char *second)
{
	struct asked a;

	ask(&a, way, NULL);
	ck_assert_msg(!a.type, "%s: %s", way, a.type ? a.type->name : "");
	ck_assert_msg(strstr(str_get(&a.why), first) != NULL, "%s", str_get(&a.why));
	ck_assert_msg(strstr(str_get(&a.why), second) != NULL, "%s", str_get(&a.why));
	ask_end(&a);
}

START_TEST(without_debug_information_a_sentence_says_what_to_do)
{
	ck_assert(build("gcc", "-O0 -g0"));
	says("g", "program was built without debug information", "compile it with -g");
	ck_assert(build("gcc", "-g -s"));
	says("l", "program was built without debug information", "ipclab cc");
}
END_TEST

START_TEST(optimised_away_pointer_is_named)
{
	ck_assert(build("gcc", "-g -O2"));
	says("d", "compiled with optimisation: where ", "-O0");
}
END_TEST

START_TEST(pointer_to_void_or_to_nothing_known_gives_no_type)
{
	ck_assert(build("gcc", "-g -O0"));
	says("o", "closed points there", "what struct opaque holds is not known");
	says("z", "m points there", "struct ring *m"); /* main's local */
}
END_TEST

START_TEST(program_that_is_gone_is_said_to_be)
{
	struct asked a = {0};
	char name[256];
	struct log *l;

	ck_assert(build("gcc", "-g -O0"));
	log_name(name);
	l = log_create(name, true, &err);
	a.m = record_into(l, "g", NULL, 1);
	log_close(l);
	ck_assert(run("rm program"));
	ask_open(&a, name);
	ask_again(&a);
	ck_assert_ptr_null(a.type);
	ck_assert_msg(
		strstr(str_get(&a.why), "program cannot be read") != NULL, "%s", str_get(&a.why));
	ask_end(&a);
}
END_TEST

/* union { struct { char c; int i; } a; char raw[8]; }[2] */
START_TEST(padding_has_no_path_but_what_else_lies_there_has)
{
	static const struct type c = {.kind = TYPE_CHAR, .size = 1}, i = {.kind = TYPE_SIGNED, .size = 4};
	static const struct type_field in_a[] = {{"c", 0, 0, 0, &c}, {"i", 4, 0, 0, &i}};
	static const struct type a = {.kind = TYPE_STRUCT, .size = 8, .fields_n = 2, .fields = in_a};
	static const struct type raw = {.kind = TYPE_ARRAY, .size = 8, .count = 8, .of = &c};
	static const struct type_field in_u[] = {{"a", 0, 0, 0, &a}, {"raw", 0, 0, 0, &raw}};
	static const struct type u = {.kind = TYPE_UNION, .size = 8, .fields_n = 2, .fields = in_u};
	static const struct type all = {.kind = TYPE_ARRAY, .size = 16, .count = 2, .of = &u};
	static const struct type bare = {.kind = TYPE_ARRAY, .size = 16, .count = 2, .of = &a};
	struct str path = {0};

	str_add(&path, "x");
	ck_assert(type_path(&all, 12, &path, NULL, NULL));
	ck_assert_str_eq(str_get(&path), "x[1].a.i");
	path.len = 1;
	ck_assert(type_path(&all, 10, &path, NULL, NULL));
	ck_assert_str_eq(str_get(&path), "x[1].raw[2]");
	path.len = 1;
	ck_assert(!type_path(&bare, 10, &path, NULL, NULL));
	ck_assert_str_eq(str_get(&path), "x");
	ck_assert_uint_eq(path.len, 1);
	str_finish(&path);
}
END_TEST

START_TEST(unknown_task_and_empty_mapping_do_no_harm)
{
	struct sources *s = sources_create();
	struct str why = {0};
	u64 off = 7;

	ck_assert_ptr_null(sources_mapping_type(s, 1, 0x1000, 0x1000, NULL, 0, &off, &why));
	ck_assert_uint_eq(off, 0);
	ck_assert_msg(
		strstr(str_get(&why), "not known which program") != NULL, "%s", str_get(&why));
	ck_assert_ptr_null(sources_mapping_type(s, 0, 0, 0, &(u32){5}, 1, &off, NULL));
	ck_assert_ptr_null(sources_type(s, 1, "int"));
	str_finish(&why);
	sources_destroy(s);
}
END_TEST

/* ---- values, without a program ---- */

static void value(const struct type *t, const void *bytes, const char *text)
{
	struct str out = {0};

	type_value(t, bytes, NULL, &out);
	ck_assert_str_eq(str_get(&out), text);
	str_finish(&out);
}

START_TEST(scalars_are_written_as_in_c)
{
	static const struct type_enum names[] = {{0, "EMPTY"}, {-1, "BAD"}};
	struct type character = {.kind = TYPE_CHAR, .size = 1};
	struct type octet = {.kind = TYPE_CHAR, .size = 1, .is_unsigned = true};
	struct type odd = {.kind = TYPE_ENUM, .size = 4, .enums_n = 2, .enums = names};

	value(&(struct type){.kind = TYPE_SIGNED, .size = 4}, &(int){-1}, "-1");
	value(&(struct type){.kind = TYPE_SIGNED, .size = 1}, &(i64){0x80}, "-128");
	value(&(struct type){.kind = TYPE_SIGNED, .size = 8}, &(i64){INT64_MIN},
		"-9223372036854775808");
	value(&(struct type){.kind = TYPE_UNSIGNED, .size = 4}, &(int){-1}, "4294967295");
	value(&(struct type){.kind = TYPE_UNSIGNED, .size = 8}, &(i64){-1}, "18446744073709551615");
	value(&character, "a", "'a' 97");
	value(&character, " ", "' ' 32");
	value(&character, "\n", "10");
	value(&character, "", "0");
	value(&character, "'", "'\\'' 39");
	value(&character, "\x1b", "27");
	value(&character, "\xff", "-1");
	value(&octet, "\xff", "255");
	value(&octet, "z", "'z' 122");
	value(&(struct type){.kind = TYPE_BOOL, .size = 1}, "\1", "true");
	value(&(struct type){.kind = TYPE_BOOL, .size = 1}, "\0", "false");
	value(&(struct type){.kind = TYPE_BOOL, .size = 1}, "\3", "3");
	value(&(struct type){.kind = TYPE_FLOAT, .size = 4}, &(float){0.5f}, "0.5");
	value(&(struct type){.kind = TYPE_FLOAT, .size = 8}, &(double){-1e100}, "-1e+100");
	value(&(struct type){.kind = TYPE_FLOAT, .size = 16}, &(long double){2.25L}, "2.25");
	value(&odd, &(int){-1}, "BAD (-1)");
	value(&odd, &(int){5}, "5");
	value(&(struct type){.kind = TYPE_POINTER, .size = 8}, &(u64){0x7f12}, "0x7f12");
	value(&(struct type){.kind = TYPE_POINTER, .size = 8}, &(u64){0}, "NULL");
	value(&(struct type){.kind = TYPE_UNKNOWN, .size = 3}, "\1\2\xff", "01 02 ff");
	value(&(struct type){.kind = TYPE_SIGNED, .size = 16}, "0123456789abcdef",
		"30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66");
}
END_TEST

static void pure(TCase *t)
{
	tcase_add_test(t, scalars_are_written_as_in_c);
	tcase_add_test(t, padding_has_no_path_but_what_else_lies_there_has);
	tcase_add_test(t, unknown_task_and_empty_mapping_do_no_harm);
}

static void traced(TCase *t)
{
	tcase_add_loop_test(t, ring_is_found_however_it_is_pointed_at, 0, ARRAY_LEN(builds));
	tcase_add_loop_test(t, fields_are_told_by_kind_and_place, 0, ARRAY_LEN(kinds_flags));
	tcase_add_test(t, every_byte_of_a_type_has_its_path_and_back);
	tcase_add_test(t, paths_that_lead_nowhere_are_refused);
	tcase_add_test(t, pointer_to_a_number_makes_an_array_as_long_as_the_mapping);
	tcase_add_test(t, pointer_that_tells_most_is_chosen);
	tcase_add_test(t, array_with_open_end_has_room_in_its_mapping_only);
	tcase_add_test(t, any_site_of_the_program_will_do_when_those_named_tell_nothing);
	tcase_add_test(t, declaration_is_completed_from_another_unit);
	tcase_add_test(t, type_is_found_by_its_c_name);
	tcase_add_test(t, without_debug_information_a_sentence_says_what_to_do);
	tcase_add_test(t, optimised_away_pointer_is_named);
	tcase_add_test(t, pointer_to_void_or_to_nothing_known_gives_no_type);
	tcase_add_test(t, program_that_is_gone_is_said_to_be);
}

int main(void)
{
	return types_main("types", pure, traced);
}
