/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program whose pointers are kept in different ways is compiled and stopped at a call by ptrace(2);
 * what its mapping is, is asked of the log alone. For tests of C types. */
#ifndef TYPES_RUN_H
#define TYPES_RUN_H

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "source/private.h"

static char dir[] = "/tmp/ipclab-test-types.XXXXXX";
static struct err err;

static const char program[] =
	"#include <stdatomic.h>\n"
	"#include <stdbool.h>\n"
	"#include <stdint.h>\n"
	"#include <stdlib.h>\n"
	"#include <sys/mman.h>\n"
	"#include <unistd.h>\n"
	"#define BUFFER_SIZE 10\n"
	"typedef struct { int id; char tag; } item;\n"
	"struct ring { item buffer[BUFFER_SIZE]; int in; int out; };\n"
	"enum state { EMPTY, HALF, FULL, BAD = -3 };\n"
	"enum wide { LOW = 1, HIGH = 200, TOP = 0xf0000000u };\n"
	"typedef unsigned char byte;\n"
	"struct node { struct node *next; const struct node *volatile *list; int n; };\n"
	"struct all {\n"
	"	enum state state; enum wide wide; enum state *which;\n"
	"	struct { int x, y; } point;\n"
	"	union { float f; unsigned u; struct { short low, high; }; };\n"
	"	struct { long hidden; };\n"
	"	int grid[3][4];\n"
	"	_Atomic int counter; atomic_uint other; volatile short flag;\n"
	"	unsigned a : 3; int b : 5; unsigned c : 12; bool d : 1;\n"
	"	int64_t far; uint8_t octet; byte raw; signed char small; bool yes; double pi;\n"
	"	struct node node; void (*call)(int); struct opaque *opaque; const char *text;\n"
	"	item *slot; long double wide_float; unsigned long long e : 40;\n"
	"	struct { unsigned long p : 7, q : 60; } __attribute__((packed)) tight;\n"
	"};\n"
	"struct flex { int n; item items[]; };\n"
	"struct opaque;\n"
	"struct ring *global;\n"
	"void *untyped;\n"
	"int *numbers; char *letters; double *reals; item *items; item (*rows)[4];\n"
	"static struct { int pad; struct { struct ring *pointer[3]; } in; } holder;\n"
	"struct all *all; struct flex *flex; struct opaque *closed; struct elsewhere *elsewhere;\n"
	"void hook(void) { getppid(); }\n"
	"static void *map(size_t n)\n"
	"{\n"
	"	return mmap(0, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);\n"
	"}\n"
	"__attribute__((noinline)) static int local(void *m, int deep)\n"
	"{\n"
	"	int sum = deep;\n"
	"	{ struct ring *shared = m; item *next = &shared->buffer[3]; char *bytes = m;\n"
	"	  shared->in = 1; next->id = 2; hook(); sum += bytes[0] + shared->in + next->id; "
	"}\n"
	"	return sum;\n"
	"}\n"
	"__attribute__((noinline)) static int dead(void *m)\n"
	"{\n"
	"	struct ring *shared = m; shared->in = 4; hook(); return 0;\n"
	"}\n"
	"__attribute__((noinline)) static int parameter(struct ring *shared)\n"
	"{\n"
	"	hook(); return shared->in;\n"
	"}\n"
	"static void *kept(void) { static struct ring *inside; if (!inside) inside = map(4096);\n"
	"	hook(); return inside; }\n"
	"__attribute__((noinline)) static int within(void *m)\n"
	"{\n"
	"	struct mine { int pad; struct { struct ring *p[2]; } in; } mine = {0};\n"
	"	mine.in.p[1] = m; void *volatile keep = &mine; hook(); return keep == m;\n"
	"}\n"
	"int main(int argc, char **argv)\n"
	"{\n"
	"	void *m = argv[1][0] == 'k' ? kept() : map(argc > 2 ? atoi(argv[2]) : 4096);\n"
	"	switch (argv[1][0]) {\n"
	"	case 'g': global = m; untyped = m; hook(); break;\n"
	"	case 'l': untyped = m; return local(m, argc) < 0;\n"
	"	case 'd': return dead(m);\n"
	"	case 'p': return parameter(m);\n"
	"	case 'w': return within(m);\n"
	"	case 'h': holder.in.pointer[1] = m; hook(); break;\n"
	"	case 'v': untyped = m; hook(); break;\n"
	"	case 'n': numbers = m; hook(); break;\n"
	"	case 'c': letters = m; hook(); break;\n"
	"	case 'r': reals = m; letters = m; hook(); break;\n"
	"	case 'i': items = m; hook(); break;\n"
	"	case '2': rows = m; hook(); break;\n"
	"	case 'a': all = m; all->a = 5; all->b = -9; all->c = 0xabc; all->d = 1;\n"
	"		all->e = 77309411329; all->state = BAD; all->tight.q = 987654321098765432; all->octet = 200; items = (item "
	"*)((char *)m + 16); hook(); break;\n"
	"	case 'f': flex = m; hook(); break;\n"
	"	case 'o': closed = m; hook(); break;\n"
	"	case 'e': elsewhere = m; hook(); break;\n"
	"	case 's': items = m; global = m; numbers = m; hook(); break;\n"
	"	case 'b': letters = m; items = (item *)((char *)m + 8); hook(); break;\n"
	"	case 'x': letters = m; numbers = (int *)m + 2; hook(); break;\n"
	"	case 'y': items = m; global = (struct ring *)((char *)m + 800); hook(); break;\n"
	"	case 'z': hook(); break;\n"
	"	}\n"
	"	return 0;\n"
	"}\n";

static const char other[] = "struct elsewhere { int first; struct { long x; } inner[2]; };\n"
			    "struct elsewhere unused;\n"
			    "typedef struct named_elsewhere { short s; } renamed;\n"
			    "renamed also_unused;\n";

/* ---- a run, recorded ---- */

struct mapping {
	u64 addr, len;
	u32 map, task;
	u8 bytes[512]; /* the first of it */
};

static inline void file_write(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "we");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

static bool run(const char *fmt, ...) PRINTF_LIKE(1, 2);
static inline bool run(const char *fmt, ...)
{
	struct str command = {0};
	va_list args;
	int status;

	str_addf(&command, "cd %s && ", dir);
	va_start(args, fmt);
	str_vaddf(&command, fmt, args);
	va_end(args);
	status = system(str_get(&command));
	str_finish(&command);
	return status == 0;
}

static inline bool build(const char *cc, const char *flags)
{
	return run("%s -pthread %s program.c other.c -o program 2>/dev/null", cc, flags);
}

static inline void setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(dir));
	file_write("program.c", program);
	file_write("other.c", other);
}

static inline void teardown(void)
{
	ck_assert(run("rm -f *.c *.o *.dwo program *.ipclog"));
	ck_assert_int_eq(rmdir(dir), 0);
}

static inline void put(
	struct log *l, u16 kind, u32 task, const void *body, size_t n, const void *more, size_t m)
{
	struct rec *r = log_begin(l, n + m, &err);

	ck_assert_msg(r != NULL, "%s", err.text);
	r->kind = kind;
	r->task = task;
	memcpy(r + 1, body, n);
	if (m)
		memcpy((u8 *)(r + 1) + n, more, m);
	log_commit(l, r);
}

static inline void maps_read(pid_t pid, struct str *text)
{
	char path[64], buf[4096];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	while ((n = read(fd, buf, sizeof buf)) > 0)
		str_add_bytes(text, buf, (size_t)n);
	close(fd);
}

/* Words of a private, writable mapping that point into the shared one, as the tracer finds them. */
static inline void put_pointers(
	struct log *l, pid_t pid, const struct mapping *m, u64 start, u64 end)
{
	u64 *words = xmalloc(end - start);
	ssize_t got = process_vm_readv(pid, &(struct iovec){words, end - start}, 1,
		&(struct iovec){(void *)(uintptr_t)start, end - start}, 1, 0);

	for (ssize_t i = 0; i < got / 8; i++)
		if (words[i] - m->addr < m->len) {
			struct note_pointer note = {
				.map = m->map, .at = start + 8 * (u64)i, .value = words[i]};
			put(l, REC_POINTER, m->task, &note, sizeof note, NULL, 0);
		}
	free(words);
}

static inline void put_memory(struct log *l, pid_t pid, struct mapping *m)
{
	struct note_maps body = {.map = m->map};
	struct str text = {0};
	char *copy, *line, *save;
	bool program_data = false;

	maps_read(pid, &text);
	body.text_len = (u32)text.len;
	put(l, REC_MAPS, m->task, &body, sizeof body, text.s, text.len);
	for (int pass = 0; pass < 2; pass++) {
		copy = xstrdup(str_get(&text));
		for (line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
			unsigned long long start, end;
			char perms[8], path[512] = "";
			ck_assert_int_ge(sscanf(line, "%llx-%llx %7s %*s %*s %*s %511s", &start,
						 &end, perms, path),
				3);
			if (!pass && !strncmp(perms, "rw-s", 4) && strstr(path, "/dev/zero")) {
				m->addr = start;
				m->len = end - start;
			}
			if (*path)
				program_data = strstr(path, "/program") != NULL;
			if (pass && program_data && !strncmp(perms, "rw-p", 4))
				put_pointers(l, pid, m, start, end);
		}
		free(copy);
	}
	str_finish(&text);
}

static inline void put_site(struct log *l, pid_t pid, const struct mapping *m, u32 site)
{
	struct user_regs_struct r;
	struct note_site body = {.site = site, .map = m->map};
	u8 stack[4096];
	ssize_t n = 0;

	ck_assert_int_eq(ptrace(PTRACE_GETREGS, pid, NULL, &r), 0);
	body.sp = r.rsp;
	memcpy(body.regs,
		(u64[17]){r.rax, r.rdx, r.rcx, r.rbx, r.rsi, r.rdi, r.rbp, r.rsp, r.r8, r.r9, r.r10,
			r.r11, r.r12, r.r13, r.r14, r.r15, r.rip},
		sizeof body.regs);
	for (size_t want = sizeof stack; want && n <= 0; want /= 2)
		n = process_vm_readv(pid, &(struct iovec){stack, want}, 1,
			&(struct iovec){(void *)(uintptr_t)r.rsp, want}, 1, 0);
	ck_assert_int_gt(n, 0);
	body.stack_len = (u32)n & ~7u;
	put(l, REC_SITE, m->task, &body, sizeof body, stack, body.stack_len);
}

/* Runs dir/program in one of its ways up to its getppid(): site and map get that number. */
static inline struct mapping record_into(
	struct log *l, const char *way, const char *size, u32 number)
{
	struct mapping m = {.map = number, .task = number};
	struct user_regs_struct regs = {0};
	int status;
	pid_t pid = fork();

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		if (chdir(dir) == 0)
			execl("./program", "./program", way, size, (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFSTOPPED(status), "the program did not start: %x", status);
	ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
	do {
		ck_assert_int_eq(ptrace(PTRACE_SYSCALL, pid, NULL, NULL), 0);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_msg(WIFSTOPPED(status), "it ended before its call: %x", status);
		ck_assert_int_eq(ptrace(PTRACE_GETREGS, pid, NULL, &regs), 0);
	} while (regs.orig_rax != SYS_getppid);
	put_memory(l, pid, &m);
	put_site(l, pid, &m, number);
	ck_assert_int_eq(process_vm_readv(pid, &(struct iovec){m.bytes, sizeof m.bytes}, 1,
				 &(struct iovec){(void *)(uintptr_t)m.addr, sizeof m.bytes}, 1, 0),
		sizeof m.bytes);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_uint_ne(m.addr, 0);
	return m;
}

struct asked { /* a recording, opened, and what was asked of it */
	struct mapping m;
	struct log_reader *reader;
	struct sources *s;
	struct str why, path;
	u64 offset;
	const struct type *type;
	bool atomics; /* DWARF 5: _Atomic is told */
};

static inline void log_name(char name[256])
{
	snprintf(name, 256, "%s/run.ipclog", dir);
}

static inline void ask_open(struct asked *a, const char *file)
{
	const struct rec *r;
	u64 pos = LOG_DATA;

	a->reader = log_reader_open(file, &err);
	ck_assert_msg(a->reader != NULL, "%s", err.text);
	a->s = sources_create();
	while ((r = log_reader_next(a->reader, &pos)))
		sources_add(a->s, r);
	ck_assert(!log_reader_torn(a->reader));
}

static inline void ask_again(struct asked *a)
{
	u32 site = a->m.map;

	str_clear(&a->why);
	a->type = sources_mapping_type(
		a->s, a->m.task, a->m.addr, a->m.len, &site, 1, &a->offset, &a->why);
}

static inline void ask(struct asked *a, const char *way, const char *size)
{
	char name[256];
	struct log *l;

	*a = (struct asked){0};
	log_name(name);
	l = log_create(name, true, &err);
	ck_assert_ptr_nonnull(l);
	if (way[0] != 'z') /* that one is to look as if nothing were shared */
		put(l, REC_MEMORY, 1, &(struct ev_memory){0}, sizeof(struct ev_memory), NULL, 0);
	a->m = record_into(l, way, size, 1);
	if (size)
		a->m.len = strtoull(size, NULL, 10);
	log_close(l);
	ask_open(a, name);
	ask_again(a);
}

static inline void ask_end(struct asked *a)
{
	sources_destroy(a->s);
	log_reader_close(a->reader);
	str_finish(&a->why);
	str_finish(&a->path);
}

static const char *path_at(struct asked *a, const struct type *t, u64 off)
{
	str_clear(&a->path);
	return type_path(t, off, &a->path, NULL, NULL) ? str_get(&a->path) : "-";
}

static inline const struct type *leaf_of(const struct type *t, const char *path)
{
	const struct type *leaf = NULL;
	u64 off;

	ck_assert_msg(type_find(t, path, &off, &leaf), "%s has no %s", t->name, path);
	return leaf;
}

static inline u64 offset_of(const struct type *t, const char *path)
{
	u64 off = 0;

	ck_assert_msg(type_find(t, path, &off, NULL), "%s has no %s", t->name, path);
	return off;
}

/* ---- the ring, however it is pointed at ---- */

static inline void is_ring(struct asked *a, const char *how)
{
	ck_assert_msg(a->type != NULL, "%s: %s", how, str_get(&a->why));
	ck_assert_msg(!strcmp(a->type->name, "struct ring"), "%s: %s", how, a->type->name);
	ck_assert_uint_eq(a->offset, 0);
	ck_assert_int_eq(a->type->kind, TYPE_STRUCT);
	ck_assert_uint_eq(a->type->size, 88);
	ck_assert_str_eq(path_at(a, a->type, 0), "buffer[0].id");
	ck_assert_str_eq(path_at(a, a->type, 24), "buffer[3].id");
	ck_assert_str_eq(path_at(a, a->type, 28), "buffer[3].tag");
	ck_assert_str_eq(path_at(a, a->type, 80), "in");
	ck_assert_str_eq(path_at(a, a->type, 87), "out");
	ck_assert_str_eq(path_at(a, a->type, 88), "-");
	ck_assert_str_eq(leaf_of(a->type, "buffer[9]")->name, "item");
	ck_assert_str_eq(leaf_of(a->type, "buffer")->name, "item[10]");
	ck_assert_int_eq(leaf_of(a->type, "buffer[9].tag")->kind, TYPE_CHAR);
}

/* ---- fields of every kind ---- */

static inline void field_is(
	struct asked *a, const char *path, enum type_kind kind, u64 size, const char *name)
{
	const struct type *leaf = leaf_of(a->type, path);

	ck_assert_msg(leaf->kind == kind, "%s: kind %d, not %d", path, leaf->kind, kind);
	ck_assert_msg(leaf->size == size, "%s: %llu bytes", path, (unsigned long long)leaf->size);
	ck_assert_msg(!strcmp(leaf->name, name), "%s: %s, not %s", path, leaf->name, name);
}

static inline void fields_of_every_kind(struct asked *a)
{
	const struct type *t = a->type;

	field_is(a, "state", TYPE_ENUM, 4, "enum state");
	field_is(a, "which", TYPE_POINTER, 8, "enum state *");
	field_is(a, "point", TYPE_STRUCT, 8, "struct");
	field_is(a, "point.y", TYPE_SIGNED, 4, "int");
	field_is(a, "f", TYPE_FLOAT, 4, "float");
	field_is(a, "u", TYPE_UNSIGNED, 4, "unsigned int");
	field_is(a, "high", TYPE_SIGNED, 2, "short int");
	field_is(a, "hidden", TYPE_SIGNED, 8, "long int");
	field_is(a, "grid", TYPE_ARRAY, 48, "int[3][4]");
	field_is(a, "grid[2]", TYPE_ARRAY, 16, "int[4]");
	field_is(a, "far", TYPE_SIGNED, 8, "int64_t");
	field_is(a, "octet", TYPE_UNSIGNED, 1, "uint8_t");
	field_is(a, "raw", TYPE_CHAR, 1, "byte");
	field_is(a, "small", TYPE_CHAR, 1, "signed char");
	field_is(a, "yes", TYPE_BOOL, 1, "_Bool");
	field_is(a, "pi", TYPE_FLOAT, 8, "double");
	field_is(a, "node", TYPE_STRUCT, 24, "struct node");
	field_is(a, "node.next", TYPE_POINTER, 8, "struct node *");
	field_is(a, "node.list", TYPE_POINTER, 8, "struct node **");
	field_is(a, "call", TYPE_POINTER, 8, "function *");
	field_is(a, "opaque", TYPE_POINTER, 8, "struct opaque *");
	field_is(a, "text", TYPE_POINTER, 8, "char *");
	field_is(a, "slot", TYPE_POINTER, 8, "item *");
	field_is(a, "wide_float", TYPE_FLOAT, 16, "long double");
	ck_assert_uint_eq(offset_of(t, "high"), offset_of(t, "u") + 2);
	ck_assert_uint_eq(offset_of(t, "grid[1][2]"), offset_of(t, "grid") + 24);
	if (a->atomics)
		ck_assert(leaf_of(t, "counter")->atomic && leaf_of(t, "other")->atomic);
	ck_assert_str_eq(leaf_of(t, "counter")->name, "int");
	ck_assert_str_eq(leaf_of(t, "other")->name, "atomic_uint");
	ck_assert(leaf_of(t, "flag")->is_volatile && !leaf_of(t, "flag")->atomic);
	ck_assert(!leaf_of(t, "far")->atomic && !leaf_of(t, "far")->is_volatile);
	ck_assert_str_eq(path_at(a, t, offset_of(t, "grid[2][3]") + 1), "grid[2][3]");
	ck_assert_str_eq(path_at(a, t, offset_of(t, "hidden")), "hidden");
	ck_assert_str_eq(path_at(a, t, offset_of(t, "u")), "f");
}

static inline void pointers_lead_on(struct asked *a)
{
	const struct type *node = leaf_of(a->type, "node"), *next = leaf_of(node, "next");

	ck_assert_str_eq(next->of->name, "struct node");
	ck_assert_uint_eq(next->of->size, 24);
	ck_assert_ptr_eq(leaf_of(next->of, "next")->of, next->of);
	ck_assert(leaf_of(node, "list")->of->is_volatile);
	ck_assert_str_eq(leaf_of(a->type, "slot")->of->name, "item");
	ck_assert(!leaf_of(a->type, "opaque")->of || !leaf_of(a->type, "opaque")->of->fields_n);
}

static inline void value_is(struct asked *a, const char *path, const void *bytes, const char *text)
{
	const struct type *leaf = leaf_of(a->type, path);
	struct str out = {0};

	type_value(leaf, bytes, NULL, &out);
	ck_assert_msg(!strcmp(str_get(&out), text), "%s: %s, not %s", path, str_get(&out), text);
	str_finish(&out);
}

static inline void enums_have_names(struct asked *a)
{
	value_is(a, "state", &(int){2}, "FULL (2)");
	value_is(a, "state", &(int){-3}, "BAD (-3)");
	value_is(a, "state", &(int){77}, "77");
	value_is(a, "wide", &(unsigned){200}, "HIGH (200)");
	value_is(a, "wide", &(unsigned){0xf0000000u}, "TOP (4026531840)");
}

/* Against what the program itself stored. */
static inline void bit_is(struct asked *a, const char *name, const char *text)
{
	struct str out = {0};

	for (u32 i = 0; i < a->type->fields_n; i++) {
		const struct type_field *f = &a->type->fields[i];
		if (strcmp(f->name, name))
			continue;
		ck_assert_uint_ne(f->bits, 0);
		type_value(f->type, a->m.bytes + f->offset, f, &out);
	}
	ck_assert_msg(!strcmp(str_get(&out), text), "%s: %s, not %s", name, str_get(&out), text);
	str_finish(&out);
}

/* A bit-field that crosses the bounds of its type, in a packed structure. */
static inline void tight_bits_are_joined(struct asked *a)
{
	const struct type *tight = leaf_of(a->type, "tight");
	const struct type_field *f = &tight->fields[1];
	struct str out = {0};

	ck_assert_uint_eq(tight->size, 9);
	type_value(f->type, a->m.bytes + offset_of(a->type, "tight") + f->offset, f, &out);
	ck_assert_str_eq(str_get(&out), "987654321098765432");
	ck_assert_str_eq(path_at(a, a->type, offset_of(a->type, "tight") + 8), "tight.q");
	str_finish(&out);
}

static inline void bit_fields_are_cut_out(struct asked *a)
{
	bit_is(a, "a", "5");
	bit_is(a, "b", "-9");
	bit_is(a, "c", "2748");
	bit_is(a, "d", "true");
	bit_is(a, "e", "77309411329");
	value_is(a, "state", a->m.bytes + offset_of(a->type, "state"), "BAD (-3)");
	value_is(a, "octet", a->m.bytes + offset_of(a->type, "octet"), "200");
	ck_assert_uint_eq(leaf_of(a->type, "a")->size, 4);
	tight_bits_are_joined(a);
}

static TCase *tcase(Suite *s, const char *name)
{
	TCase *t = tcase_create(name);

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	suite_add_tcase(s, t);
	return t;
}

/* Whether this machine lets a program trace its own child. */
static inline bool may_trace(void)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) ? 1 : 0);
	return waitpid(pid, &status, 0) == pid && status == 0;
}

/* main of a test file: `pure` and `traced` put their tests into a case each. */
static inline int types_main(const char *name, void (*pure)(TCase *), void (*traced)(TCase *))
{
	Suite *s = suite_create(name);
	SRunner *runner;
	int failed;

	pure(tcase(s, "pure"));
	if (may_trace())
		traced(tcase(s, "traced"));
	else
		printf("skipped: types of real programs: ptrace is not allowed here\n");
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
