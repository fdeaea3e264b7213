/* SPDX-License-Identifier: GPL-3.0-or-later */
/* C types of shared mappings, from the process's relatives and from a recording whose program is gone;
 * hostile programs. */
#include <dwarf.h>
#include <elfutils/libdw.h>

#include "types_run.h"

/* ---- several processes ---- */

START_TEST(forked_child_has_the_pointers_of_its_program)
{
	struct asked a;
	struct ev_spawn spawn = {.creator = 1};
	struct rec *r = xmalloc(sizeof *r + sizeof spawn);

	ck_assert(build("gcc", "-g -O0"));
	ask(&a, "g", NULL);
	is_ring(&a, "parent");
	r->kind = REC_SPAWN;
	r->task = 2;
	memcpy(r + 1, &spawn, sizeof spawn);
	sources_add(a.s, r);
	a.type = sources_mapping_type(a.s, 2, a.m.addr, a.m.len, NULL, 0, &a.offset, NULL);
	is_ring(&a, "child");
	ck_assert_ptr_nonnull(sources_type(a.s, 2, "struct ring"));
	str_clear(&a.why);
	ck_assert_ptr_null(sources_mapping_type(a.s, 2, 0x1000, 64, NULL, 0, &a.offset, &a.why));
	ck_assert_msg(
		strstr(str_get(&a.why), "no pointer of program") != NULL, "%s", str_get(&a.why));
	free(r);
	ask_end(&a);
}
END_TEST

START_TEST(each_program_has_its_own_types)
{
	struct asked a = {0};
	struct mapping second;
	char name[256];
	struct log *l;

	ck_assert(build("gcc", "-g -O0"));
	log_name(name);
	l = log_create(name, true, &err);
	a.m = record_into(l, "g", NULL, 1);
	second = record_into(l, "a", NULL, 2);
	log_close(l);
	ask_open(&a, name);
	ask_again(&a);
	is_ring(&a, "first");
	a.m = second;
	ask_again(&a);
	ck_assert_str_eq(a.type->name, "struct all");
	a.m.task = 1; /* nothing of the first leads there; at the second's site only main's void * */
	ask_again(&a);
	ck_assert_ptr_null(a.type);
	ask_end(&a);
}
END_TEST

/* ---- what a recording keeps ---- */

/* The log once more, with what sources_write adds, and nothing left of the program. */
static void ask_recording(struct asked *a, const char *way, const char *size)
{
	char name[256];
	struct mapping m;
	const struct rec *r;
	struct log *l;
	u64 pos = LOG_DATA, n;

	ask(a, way, size);
	m = a->m;
	snprintf(name, sizeof name, "%s/full.ipclog", dir);
	l = log_create(name, true, &err);
	while ((r = log_reader_next(a->reader, &pos))) {
		struct rec *copy = log_begin(l, r->len - sizeof *r, &err);
		copy->kind = r->kind;
		copy->task = r->task;
		memcpy(copy + 1, r + 1, r->len - sizeof *r);
		log_commit(l, copy);
	}
	ck_assert(sources_write(a->s, l, &err));
	n = log_bytes(l);
	ck_assert(sources_write(a->s, l, &err));
	ck_assert_uint_eq(log_bytes(l), n); /* once is enough */
	log_close(l);
	ask_end(a);
	ck_assert(run("mv program was"));
	*a = (struct asked){.m = m};
	ask_open(a, name);
	ask_again(a);
	ck_assert(run("mv was program"));
}

START_TEST(recording_needs_no_program)
{
	struct asked a;

	ck_assert(build("gcc", "-g -O0"));
	for (const char *way = "gklpwhs"; *way; way++) {
		char word[2] = {*way};
		ask_recording(&a, word, NULL);
		is_ring(&a, word);
		ck_assert_ptr_nonnull(sources_type(a.s, 1, "struct ring"));
		ck_assert_ptr_null(sources_type(a.s, 1, "struct none"));
		ask_end(&a);
	}
	ask_recording(&a, "a", NULL);
	ck_assert_str_eq(a.type->name, "struct all");
	a.atomics = true;
	fields_of_every_kind(&a);
	pointers_lead_on(&a);
	enums_have_names(&a);
	bit_fields_are_cut_out(&a);
	ask_end(&a);
	ask_recording(&a, "f", "84");
	ck_assert_str_eq(path_at(&a, a.type, 83), "-");
	ck_assert_str_eq(path_at(&a, a.type, 76), "items[9].id");
	ask_end(&a);
}
END_TEST

START_TEST(recording_keeps_the_sentence_too)
{
	struct asked a;

	ck_assert(build("gcc", "-g0"));
	ask_recording(&a, "g", NULL);
	ck_assert_ptr_null(a.type);
	ck_assert_msg(strstr(str_get(&a.why), "without debug information") != NULL, "%s",
		str_get(&a.why));
	ask_end(&a);
	ck_assert(build("gcc", "-g -O2"));
	ask_recording(&a, "d", NULL);
	ck_assert_msg(strstr(str_get(&a.why), "optimisation") != NULL, "%s", str_get(&a.why));
	ask_end(&a);
}
END_TEST

START_TEST(recording_without_shared_memory_keeps_no_types)
{
	struct asked a;
	char name[256];
	struct log *l;
	struct log_reader *reader;
	const struct rec *r;
	u64 pos = LOG_DATA;

	ck_assert(build("gcc", "-g -O0"));
	ask(&a, "z", NULL); /* no global points there, and nothing says that memory is shared */
	snprintf(name, sizeof name, "%s/full.ipclog", dir);
	l = log_create(name, true, &err);
	ck_assert(sources_write(a.s, l, &err));
	log_close(l);
	ask_end(&a);
	reader = log_reader_open(name, &err);
	ck_assert_ptr_nonnull(reader);
	while ((r = log_reader_next(reader, &pos)))
		ck_assert_uint_ne(r->kind, REC_TYPES);
	log_reader_close(reader);
}
END_TEST

/* ---- hostile input ---- */

static u64 random_next(u64 *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 16;
}

static u8 *file_read(const char *name, size_t *n)
{
	char path[256];
	u8 *bytes;
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "re");
	ck_assert_ptr_nonnull(f);
	bytes = xmalloc(1 << 20);
	*n = fread(bytes, 1, 1 << 20, f);
	fclose(f);
	return bytes;
}

static void file_put(const char *name, const u8 *bytes, size_t n)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "we");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
	fclose(f);
}

/* Where readelf says that a section lies. */
static bool section(const char *name, size_t *at, size_t *n)
{
	char command[512], line[512];
	FILE *p;

	snprintf(command, sizeof command,
		"readelf -SW %s/program 2>/dev/null | sed -n 's/^.* %s *[A-Z]* *[0-9a-f]* "
		"\\([0-9a-f]*\\) \\([0-9a-f]*\\) .*/\\1 \\2/p'",
		dir, name);
	p = popen(command, "r");
	ck_assert_ptr_nonnull(p);
	bool found = fgets(line, sizeof line, p) && sscanf(line, "%zx %zx", at, n) == 2;
	pclose(p);
	return found;
}

static void ask_damaged(const char *name, struct mapping m)
{
	struct asked a = {.m = m};

	ask_open(&a, name);
	ask_again(&a);
	for (u64 off = 0; a.type && off < 300; off += 4)
		path_at(&a, a.type, off);
	sources_type(a.s, 1, "struct all");
	sources_type(a.s, 1, "renamed");
	ask_end(&a);
}

/* Writes over the type of a member: it becomes what the structure is, with the structure in it. */
static void member_holds_its_own(u8 *bytes, size_t at, Dwarf_Die *structure, const char *name)
{
	Dwarf_Die member;
	Dwarf_Attribute attr;
	u32 self = (u32)dwarf_cuoffset(structure);
	int left = dwarf_child(structure, &member);

	for (; !left; left = dwarf_siblingof(&member, &member)) {
		if (strcmp(dwarf_diename(&member), name))
			continue;
		ck_assert_ptr_nonnull(dwarf_attr(&member, DW_AT_type, &attr));
		ck_assert_uint_eq(dwarf_whatform(&attr), DW_FORM_ref4);
		memcpy(bytes + at + dwarf_dieoffset(&member) + (attr.valp - (u8 *)member.addr),
			&self, sizeof self);
		return;
	}
	ck_abort_msg("no member %s", name);
}

static bool structure_find(Dwarf *dwarf, const char *name, Dwarf_Die *found)
{
	Dwarf_Off off = 0, next;
	size_t head;
	Dwarf_Die unit;

	for (; !dwarf_nextcu(dwarf, off, &next, &head, NULL, NULL, NULL); off = next) {
		int left = 1;
		if (dwarf_offdie(dwarf, off + head, &unit))
			left = dwarf_child(&unit, found);
		for (; !left; left = dwarf_siblingof(found, found)) {
			const char *is = dwarf_diename(found);
			if (dwarf_tag(found) == DW_TAG_structure_type && is && !strcmp(is, name))
				return true;
		}
	}
	return false;
}

START_TEST(structure_that_holds_itself_is_cut)
{
	struct asked a;
	char path[256];
	size_t at, len, n;
	Dwarf_Die ring;
	Dwarf *dwarf;
	u8 *bytes;
	u64 began;
	int fd;

	ck_assert(build("gcc", "-g -O0"));
	ck_assert(section(".debug_info", &at, &len));
	bytes = file_read("program", &n);
	snprintf(path, sizeof path, "%s/program", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	dwarf = dwarf_begin(fd, DWARF_C_READ);
	ck_assert_ptr_nonnull(dwarf);
	ck_assert(structure_find(dwarf, "ring", &ring));
	member_holds_its_own(bytes, at, &ring, "in");
	member_holds_its_own(bytes, at, &ring, "out");
	dwarf_end(dwarf);
	close(fd);
	file_put("program", bytes, n);
	free(bytes);
	began = clock_ns();
	ask(&a, "g", NULL);
	ck_assert_ptr_nonnull(a.type);
	ck_assert_int_eq(leaf_of(a.type, "in")->kind, TYPE_UNKNOWN);
	ck_assert_uint_lt(clock_ns() - began, 5000000000u);
	ask_end(&a);
}
END_TEST

START_TEST(damaged_debug_information_does_no_harm)
{
	static const char *const sections[] = {
		".debug_info", ".debug_abbrev", ".debug_loclists", ".eh_frame", ".debug_str"};
	int runs = getenv("IPCLAB_SOAK") ? 20000 : 150;
	char name[256];
	struct mapping m;
	struct log *l;
	size_t n;
	u8 *bytes;
	u64 seed = 4;

	ck_assert(build("gcc", "-g -O1"));
	log_name(name);
	l = log_create(name, true, &err);
	m = record_into(l, _i ? "l" : "a", NULL, 1);
	log_close(l);
	bytes = file_read("program", &n);
	for (int i = 0; i < runs; i++) {
		size_t at, len, where;
		if (!section(sections[i % 5], &at, &len) || !len || at + len > n)
			continue;
		u8 *copy = xmalloc(n);
		memcpy(copy, bytes, n);
		for (u64 k = 1 + random_next(&seed) % 6; k > 0; k--) {
			where = at + random_next(&seed) % len;
			copy[where] = random_next(&seed) % 3 ? (u8)random_next(&seed) : 0xff;
		}
		file_put("program", copy, n);
		ask_damaged(name, m);
		free(copy);
	}
	free(bytes);
}
END_TEST

static void pure(TCase *t)
{
	(void)t;
}

static void traced(TCase *t)
{
	tcase_add_test(t, forked_child_has_the_pointers_of_its_program);
	tcase_add_test(t, each_program_has_its_own_types);
	tcase_add_test(t, recording_needs_no_program);
	tcase_add_test(t, recording_keeps_the_sentence_too);
	tcase_add_test(t, recording_without_shared_memory_keeps_no_types);
	tcase_add_test(t, structure_that_holds_itself_is_cut);
	tcase_add_loop_test(t, damaged_debug_information_does_no_harm, 0, 2);
}

int main(void)
{
	return types_main("types kept", pure, traced);
}
