/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Source lines from registers and stack, copied while a program ran, unwound after it ended. A small
 * program with known lines is compiled in several ways and stopped at its calls by ptrace(2). */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "source/private.h"

static char dir[] = "/tmp/ipclab-test-source.XXXXXX";
static struct err err;

/* Line 1 is the first. The lines of the calls are those the tests expect. */
static const char program[] =
	"#include <signal.h>\n"                                                           /* 1 */
	"#include <unistd.h>\n"                                                           /* 2 */
	"int around(int (*f)(int), int x);\n"                                             /* 3 */
	"static int ends[2];\n"                                                           /* 4 */
	"static inline __attribute__((always_inline)) void tell(int fd)\n"                /* 5 */
	"{\n"                                                                             /* 6 */
	"	if (write(fd, \"x\", 1) != 1)\n"                                          /* 7 */
	"		_exit(9);\n"                                                      /* 8 */
	"}\n"                                                                             /* 9 */
	"__attribute__((noinline)) static int deep(int n)\n"                              /* 10 */
	"{\n"                                                                             /* 11 */
	"	volatile char room[64];\n"                                                /* 12 */
	"	room[n] = 1;\n"                                                           /* 13 */
	"	if (n > 0)\n"                                                             /* 14 */
	"		return deep(n - 1) + room[n];\n"                                  /* 15 */
	"	tell(ends[1]);\n"                                                         /* 16 */
	"	return room[0];\n"                                                        /* 17 */
	"}\n"                                                                             /* 18 */
	"static void on_signal(int sig)\n"                                                /* 19 */
	"{\n"                                                                             /* 20 */
	"	(void)!write(ends[1], \"s\", 1);\n"                                       /* 21 */
	"	(void)sig;\n"                                                             /* 22 */
	"}\n"                                                                             /* 23 */
	"int main(void)\n"                                                                /* 24 */
	"{\n"                                                                             /* 25 */
	"	if (pipe(ends))\n"                                                        /* 26 */
	"		return 1;\n"                                                      /* 27 */
	"	if (deep(3) != 4)\n"                                                      /* 28 */
	"		return 2;\n"                                                      /* 29 */
	"	around(deep, 0);\n"                                                       /* 30 */
	"	signal(SIGUSR1, on_signal);\n"                                            /* 31 */
	"	raise(SIGUSR1);\n"                                                        /* 32 */
	"	long x = 3; /* close; the next instruction is another line's */\n"        /* 33 */
	"	asm volatile(\"syscall\" : \"+a\"(x) : \"D\"(-1L) : \"rcx\", \"r11\");\n" /* 34 */
	"	ends[0] += 7;\n"                                                          /* 35 */
	"	return close(ends[1]);\n"                                                 /* 36 */
	"}\n";                                                                            /* 37 */

/* Its helper, in a library without debugging information. */
static const char helper[] =
	"int around(int (*f)(int), int x);\n"
	"int around(int (*f)(int), int x) { volatile int y = f(x); return y + 1; }\n";

/* ---- a program, recorded ---- */

enum { STOPS_MAX = 16 };

struct recording {
	char log[256];
	long call[STOPS_MAX]; /* kernel's numbers, in order; site i + 1 belongs to call[i] */
	u32 stops;
};

static void file_write(const char *name, const char *text)
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
static bool run(const char *fmt, ...)
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

static void setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(dir));
	file_write("program.c", program);
	file_write("helper.c", helper);
}

static void teardown(void)
{
	ck_assert(run("rm -f program.c helper.c program libhelper.so helper.o *.ipclog"));
	ck_assert_int_eq(rmdir(dir), 0);
}

static struct rec *put(
	struct log *l, u16 kind, const void *body, size_t n, const void *more, size_t m)
{
	struct rec *r = log_begin(l, n + m, &err);

	ck_assert_msg(r != NULL, "%s", err.text);
	r->kind = kind;
	memcpy(r + 1, body, n);
	if (m)
		memcpy((u8 *)(r + 1) + n, more, m);
	log_commit(l, r);
	return r;
}

static void put_maps(struct log *l, pid_t pid)
{
	struct note_maps body = {.map = 1};
	struct str text = {0};
	char path[64], buf[4096];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	while ((n = read(fd, buf, sizeof buf)) > 0)
		str_add_bytes(&text, buf, (size_t)n);
	close(fd);
	body.text_len = (u32)text.len;
	put(l, REC_MAPS, &body, sizeof body, text.s, text.len);
	str_finish(&text);
}

static void put_site(struct log *l, pid_t pid, u32 site, const struct user_regs_struct *r)
{
	struct note_site body = {
		.site = site,
		.map = 1,
		.sp = r->rsp,
		.regs = {r->rax, r->rdx, r->rcx, r->rbx, r->rsi, r->rdi, r->rbp, r->rsp, r->r8,
			r->r9, r->r10, r->r11, r->r12, r->r13, r->r14, r->r15, r->rip},
	};
	u8 stack[4096];
	ssize_t n = 0;

	for (size_t want = sizeof stack; want && n <= 0; want /= 2)
		n = process_vm_readv(pid, &(struct iovec){stack, want}, 1,
			&(struct iovec){(void *)(uintptr_t)r->rsp, want}, 1, 0);
	ck_assert_int_gt(n, 0);
	body.stack_len = (u32)n & ~7u;
	put(l, REC_SITE, &body, sizeof body, stack, body.stack_len);
}

static bool call_wanted(unsigned long long call)
{
	return call == SYS_pipe || call == SYS_pipe2 || call == SYS_write || call == SYS_close;
}

/* Runs dir/program to its end; a site at the entry of each wanted call after the first pipe. */
static void record(struct recording *rec)
{
	struct user_regs_struct regs;
	bool inside = false, begun = false;
	struct log *l;
	int status;
	pid_t pid = fork();

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		if (chdir(dir) == 0)
			execl("./program", "./program", (char *)NULL);
		_exit(127);
	}
	*rec = (struct recording){0};
	snprintf(rec->log, sizeof rec->log, "%s/run.ipclog", dir);
	l = log_create(rec->log, true, &err);
	ck_assert_msg(l != NULL, "%s", err.text);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFSTOPPED(status), "the program did not start: %x", status);
	ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
	for (int sig = 0; ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(intptr_t)sig) == 0;) {
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		if (!WIFSTOPPED(status))
			break;
		sig = WSTOPSIG(status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG(status);
		if (sig)
			continue;
		inside = !inside;
		ck_assert_int_eq(ptrace(PTRACE_GETREGS, pid, NULL, &regs), 0);
		begun |= regs.orig_rax == SYS_pipe || regs.orig_rax == SYS_pipe2;
		if (!inside || !begun || !call_wanted(regs.orig_rax) || rec->stops == STOPS_MAX)
			continue;
		if (!rec->stops)
			put_maps(l, pid);
		rec->call[rec->stops++] = (long)regs.orig_rax;
		put_site(l, pid, rec->stops, &regs);
	}
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", status);
	log_close(l);
}

static struct log_reader *load(const char *name, struct sources *s)
{
	struct log_reader *r = log_reader_open(name, &err);
	const struct rec *rec;
	u64 pos = LOG_DATA;

	ck_assert_msg(r != NULL, "%s", err.text);
	while ((rec = log_reader_next(r, &pos)))
		sources_add(s, rec);
	ck_assert(!log_reader_torn(r));
	return r;
}

static bool build(const char *cc, const char *flags, bool library)
{
	if (library)
		return run("%s -O2 -g0 -fPIC -shared helper.c -o libhelper.so 2>/dev/null && "
			   "%s -g %s program.c ./libhelper.so -o program 2>/dev/null",
			cc, cc, flags);
	return run("%s -O2 -g0 -c helper.c -o helper.o 2>/dev/null && "
		   "%s -g %s program.c helper.o -o program 2>/dev/null",
		cc, cc, flags);
}

/* ---- what is expected of it ---- */

static const struct expected {
	long call;
	u32 line;     /* of the frame shown */
	u32 outer[6]; /* lines of the program's own frames around it, innermost first */
	const char *function;
} expected[] = {
	{SYS_pipe2, 26, {0}, "main"},
	{SYS_write, 7, {16, 15, 15, 15, 28, 0}, "tell"},
	{SYS_write, 7, {16, 30, 0}, "tell"},
	{SYS_write, 21, {32, 0}, "on_signal"},
	{SYS_close, 34, {0}, "main"},
	{SYS_close, 36, {0}, "main"},
};

static void check_place(const struct place *p, const struct expected *e, const char *how)
{
	const struct frame *f;
	size_t i = 0;

	ck_assert_msg(p && p->shown, "%s: line %u is not found", how, e->line);
	ck_assert_msg(
		p->shown->line == e->line, "%s: line %u, not %u", how, p->shown->line, e->line);
	ck_assert_str_eq(p->shown->base, "program.c");
	ck_assert_str_eq(p->shown->function, e->function);
	for (f = p->shown + 1; f < p->frames + p->frames_n; f++) {
		if (!f->own)
			continue;
		ck_assert_msg(f->line == e->outer[i], "%s: around line %u: line %u, not %u", how,
			e->line, f->line, e->outer[i]);
		i++;
	}
	ck_assert_msg(
		!e->outer[i], "%s: around line %u: line %u is missing", how, e->line, e->outer[i]);
}

static void check_recording(const struct recording *rec, const char *how)
{
	struct sources *s = sources_create();
	struct log_reader *r = load(rec->log, s);
	u64 began = clock_ns(), first = 0;

	ck_assert_uint_eq(rec->stops, ARRAY_LEN(expected));
	for (u32 i = 0; i < rec->stops; i++) {
		const struct place *p = sources_place(s, i + 1);
		if (!i)
			first = clock_ns() - began;
		ck_assert(rec->call[i] == expected[i].call || expected[i].call == SYS_pipe2);
		check_place(p, &expected[i], how);
		ck_assert_ptr_eq(sources_place(s, i + 1), p);
	}
	printf("%-44s first %5.2f ms, then %3.0f us a site\n", how, (double)first / 1e6,
		(double)(clock_ns() - began - first) / 1e3 / (rec->stops - 1));
	sources_destroy(s);
	log_reader_close(r);
}

static void lines_are_exact(const char *cc, const char *flags, bool library)
{
	struct recording rec;
	char how[128];

	snprintf(how, sizeof how, "%s %s%s", cc, flags, library ? " + library" : "");
	if (!build(cc, flags, library)) {
		printf("skipped: %s: it cannot be compiled here\n", how);
		return;
	}
	record(&rec);
	check_recording(&rec, how);
}

static const struct {
	const char *cc, *flags;
	bool library;
} builds[] = {
	{"gcc", "-O0", false},
	{"gcc", "-O2 -fno-optimize-sibling-calls", false},
	{"gcc", "-O2 -fno-optimize-sibling-calls -D_FORTIFY_SOURCE=2", false},
	{"gcc", "-O0 -static", false},
	{"gcc", "-O2 -fno-optimize-sibling-calls -static", false},
	{"gcc", "-O0 -static-pie", false},
	{"gcc", "-O0 -no-pie", false},
	{"gcc", "-O2 -fno-optimize-sibling-calls -no-pie", false},
	{"gcc", "-O0", true},
	{"gcc", "-O2 -fno-optimize-sibling-calls", true},
	{"gcc", "-O0 -gdwarf-4", false},
	{"gcc", "-O0 -fno-asynchronous-unwind-tables -fno-unwind-tables", false},
	{"clang", "-O0", false},
	{"clang", "-O1 -fno-optimize-sibling-calls", true},
};

START_TEST(lines_are_exact_after_the_program_ended)
{
	lines_are_exact(builds[_i].cc, builds[_i].flags, builds[_i].library);
}
END_TEST

/* ---- what a recording keeps ---- */

/* A log of gcc -O0 with lines and sources written into it, as at the end of a recording. */
static void record_with_lines(struct recording *rec)
{
	struct sources *s = sources_create();
	struct log_reader *r;
	struct log *l;
	char name[256];
	const struct rec *at;
	u64 pos = LOG_DATA, n;

	ck_assert(build("gcc", "-O0", false));
	record(rec);
	r = load(rec->log, s);
	snprintf(name, sizeof name, "%s/full.ipclog", dir);
	l = log_create(name, true, &err);
	ck_assert_ptr_nonnull(l);
	while ((at = log_reader_next(r, &pos))) {
		struct rec *copy = log_begin(l, at->len - sizeof *at, &err);
		copy->kind = at->kind;
		memcpy(copy + 1, at + 1, at->len - sizeof *at);
		log_commit(l, copy);
	}
	ck_assert(sources_write(s, l, &err));
	n = log_bytes(l);
	ck_assert(sources_write(s, l, &err));
	ck_assert_uint_eq(log_bytes(l), n); /* once is enough */
	log_close(l);
	sources_destroy(s);
	log_reader_close(r);
	snprintf(rec->log, sizeof rec->log, "%s", name);
}

START_TEST(recording_needs_neither_program_nor_source)
{
	struct recording rec;
	struct log_reader *r;
	struct sources *s;
	char file[256];

	record_with_lines(&rec);
	ck_assert(run("rm program program.c"));
	s = sources_create();
	r = load(rec.log, s);
	for (u32 i = 0; i < rec.stops; i++)
		check_place(sources_place(s, i + 1), &expected[i], "from the recording");
	snprintf(file, sizeof file, "%s/program.c", dir);
	ck_assert_str_eq(sources_line(s, file, 26), "	if (pipe(ends))");
	ck_assert_uint_eq(sources_lines(s, file), 37);
	sources_destroy(s);
	log_reader_close(r);
}
END_TEST

START_TEST(recorded_lines_win_over_unwinding)
{
	static const char text[] = "/x/other.c\0"
				   "5\0"
				   "f";
	struct note_lines lines = {.site = 1, .frames = 1, .shown = 0, .text_len = sizeof text};
	struct sources *s = sources_create();
	struct recording rec;
	struct log_reader *r;
	struct log *l;
	char name[256], buf[64];

	ck_assert(build("gcc", "-O0", false));
	record(&rec);
	r = load(rec.log, s);
	snprintf(name, sizeof name, "%s/lines.ipclog", dir);
	l = log_create(name, true, &err);
	sources_add(s, put(l, REC_LINES, &lines, sizeof lines, text, sizeof text));
	ck_assert_str_eq(sources_at(s, 1, false, buf, sizeof buf), "other.c:5");
	ck_assert_str_eq(sources_at(s, 2, false, buf, sizeof buf), "program.c:7");
	sources_destroy(s);
	log_close(l);
	log_reader_close(r);
}
END_TEST

START_TEST(position_is_said_as_mark_or_words)
{
	struct sources *s = sources_create();
	struct recording rec;
	struct log_reader *r;
	char buf[64], tiny[4];

	ck_assert(build("gcc", "-O0", false));
	record(&rec);
	r = load(rec.log, s);
	ck_assert_str_eq(sources_at(s, 1, false, buf, sizeof buf), "program.c:26");
	ck_assert_str_eq(sources_at(s, 1, true, buf, sizeof buf), "program.c line 26");
	ck_assert_str_eq(sources_at(s, 1, true, tiny, sizeof tiny), "pro");
	ck_assert_str_eq(sources_at(s, 99, false, buf, sizeof buf), "");
	ck_assert_str_eq(sources_at(s, 0, false, buf, sizeof buf), "");
	ck_assert_ptr_null(sources_place(s, 99));
	sources_destroy(s);
	log_reader_close(r);
}
END_TEST

START_TEST(program_that_is_gone_has_no_place)
{
	struct sources *s = sources_create();
	struct recording rec;
	struct log_reader *r;
	char buf[64];

	ck_assert(build("gcc", "-O0 -static", false));
	record(&rec);
	ck_assert(run("rm program"));
	r = load(rec.log, s);
	ck_assert_str_eq(sources_at(s, 1, false, buf, sizeof buf), "");
	sources_destroy(s);
	log_reader_close(r);
}
END_TEST

START_TEST(full_log_stops_the_writing_with_a_sentence)
{
	struct sources *s = sources_create();
	struct recording rec;
	struct log_reader *r;
	struct log *l;
	char name[256];
	static const u8 filler[512];

	ck_assert(build("gcc", "-O0", false));
	record(&rec);
	r = load(rec.log, s);
	snprintf(name, sizeof name, "%s/full.ipclog", dir);
	l = log_create(name, true, &err);
	/* Room for a record more, but no further MiB, by the limit on the size of a file. */
	while (log_bytes(l) + 1024 < LOG_GROW)
		put(l, UINT16_MAX, filler, sizeof filler, NULL, 0);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){LOG_GROW, LOG_GROW}), 0);
	ck_assert(!sources_write(s, l, &err));
	ck_assert_msg(strstr(err.text, "ulimit -f") != NULL, "%s", err.text);
	log_close(l);
	sources_destroy(s);
	log_reader_close(r);
}
END_TEST

/* ---- hostile notes ---- */

static u64 random_next(u64 *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 16;
}

START_TEST(made_up_registers_and_stacks_do_no_harm)
{
	struct sources *s = sources_create();
	struct recording rec;
	struct log_reader *r;
	const struct rec *at;
	u64 pos = LOG_DATA, seed = 1;
	u32 id = 100;

	ck_assert(build("gcc", "-O0", true));
	record(&rec);
	r = load(rec.log, s);
	while ((at = log_reader_next(r, &pos))) {
		if (at->kind != REC_SITE)
			continue;
		for (int i = 0; i < 60; i++) {
			struct rec *copy = xmalloc(at->len);
			struct note_site *note = (struct note_site *)(copy + 1);
			memcpy(copy, at, at->len);
			note->site = ++id;
			for (u64 n = random_next(&seed) % 40; n > 0; n--)
				note->stack[random_next(&seed) % note->stack_len] =
					(u8)random_next(&seed);
			if (i % 3 == 0)
				note->regs[random_next(&seed) % 17] = random_next(&seed)
								      << random_next(&seed) % 48;
			if (i % 5 == 0)
				note->sp += random_next(&seed) << random_next(&seed) % 48;
			if (i % 7 == 0)
				note->stack_len = (u32)(random_next(&seed) % 16);
			sources_add(s, copy);
			const struct place *p = sources_place(s, id);
			ck_assert(!p || p->frames_n <= FRAMES_MAX);
			note->site = 0;
			free(copy);
		}
	}
	sources_destroy(s);
	log_reader_close(r);
}
END_TEST

START_TEST(made_up_maps_do_no_harm)
{
	static const char *const texts[] = {
		"",
		"\n\n",
		"x",
		"0-0 r-xp 0 0:0 0 /bin/sh\n",
		"ffffffffffffffff-1 r-xp 00000000 00:00 1 /bin/sh\n",
		"1000-2000 r-xp 00000000 00:00 1 /bin/sh\n1800-3000 r-xp 00000000 00:00 1 "
		"/bin/ls\n",
		"400000-ffffffffffffffff r-xp 00000000 00:00 1 /bin/sh\n",
		"400000-500000 r-xp 00000000 00:00 1 /dev/zero\n",
		"400000-500000 r-xp 00000000 00:00 1 /etc/passwd\n",
		"400000-500000 r-xp 00000000 00:00 1 /tmp\n",
		"400000-500000 r-xp 00000000 00:00 1 relative\n",
		"400000-500000 r-xp 00000000 00:00 1 /bin/sh\n600000-700000 r-xp 00000000 00:00 1 "
		"/bin/sh\n",
	};

	for (u32 i = 0; i < ARRAY_LEN(texts); i++) {
		struct note_site note = {.site = 1,
			.map = 1,
			.stack_len = 64,
			.sp = 0x7000,
			.regs = {[7] = 0x7000, [16] = 0x400100}};
		struct rec *site = xmalloc(sizeof *site + sizeof note + note.stack_len);
		size_t n = strlen(texts[i]);
		struct rec *maps = xmalloc(sizeof *maps + sizeof(struct note_maps) + n);
		struct sources *s = sources_create();

		site->kind = REC_SITE;
		memcpy(site + 1, &note, sizeof note);
		maps->kind = REC_MAPS;
		*(struct note_maps *)(maps + 1) = (struct note_maps){.map = 1, .text_len = (u32)n};
		memcpy((u8 *)(maps + 1) + sizeof(struct note_maps), texts[i], n);
		sources_add(s, maps);
		sources_add(s, site);
		const struct place *p = sources_place(s, 1);
		ck_assert(!p || !p->shown);
		sources_destroy(s);
		free(maps);
		free(site);
	}
}
END_TEST

/* ---- texts ---- */

START_TEST(lines_of_a_file_are_numbered_from_one)
{
	struct sources *s = sources_create();
	char name[256];

	file_write("helper.c", "one\n\nthree\nno newline");
	snprintf(name, sizeof name, "%s/helper.c", dir);
	ck_assert_uint_eq(sources_lines(s, name), 4);
	ck_assert_ptr_null(sources_line(s, name, 0));
	ck_assert_str_eq(sources_line(s, name, 1), "one");
	ck_assert_str_eq(sources_line(s, name, 2), "");
	ck_assert_str_eq(sources_line(s, name, 3), "three");
	ck_assert_str_eq(sources_line(s, name, 4), "no newline");
	ck_assert_ptr_null(sources_line(s, name, 5));
	ck_assert_ptr_null(sources_line(s, "/none/such.c", 1));
	ck_assert_uint_eq(sources_lines(s, "/none/such.c"), 0);
	sources_destroy(s);
}
END_TEST

START_TEST(what_is_no_text_file_has_no_lines)
{
	struct sources *s = sources_create();
	char name[256];

	ck_assert_ptr_null(sources_line(s, "/dev/zero", 1));
	ck_assert_ptr_null(sources_line(s, "/tmp", 1));
	snprintf(name, sizeof name, "%s/helper.c", dir);
	ck_assert_int_eq(truncate(name, SOURCE_READ_MAX + 1), 0);
	ck_assert_ptr_null(sources_line(s, name, 1));
	snprintf(name, sizeof name, "%s/program", dir);
	ck_assert_int_eq(mkfifo(name, 0600), 0);
	ck_assert_ptr_null(sources_line(s, name, 1));
	sources_destroy(s);
}
END_TEST

START_TEST(system_paths_are_told_from_own_ones)
{
	ck_assert(path_is_system("/usr/include/x86_64-linux-gnu/bits/unistd.h"));
	ck_assert(path_is_system("./io/../sysdeps/unix/sysv/linux/write.c"));
	ck_assert(path_is_system("/build/glibc-6V9RKT/glibc-2.31/io/write.c"));
	ck_assert(path_is_system("/usr/src/debug/glibc/io/write.c"));
	ck_assert(!path_is_system("/home/ada/eof.c"));
	ck_assert(!path_is_system("/usr/src/myapp/eof.c"));
	ck_assert(!path_is_system("eof.c"));
}
END_TEST

static TCase *tcase(Suite *s, const char *name)
{
	TCase *t = tcase_create(name);

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	suite_add_tcase(s, t);
	return t;
}

/* Whether this machine lets a program trace its own child. */
static bool may_trace(void)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) ? 1 : 0);
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static void add_traced(Suite *s)
{
	TCase *t = tcase(s, "traced");

	tcase_add_loop_test(t, lines_are_exact_after_the_program_ended, 0, ARRAY_LEN(builds));
	tcase_add_test(t, recording_needs_neither_program_nor_source);
	tcase_add_test(t, recorded_lines_win_over_unwinding);
	tcase_add_test(t, position_is_said_as_mark_or_words);
	tcase_add_test(t, program_that_is_gone_has_no_place);
	tcase_add_test(t, full_log_stops_the_writing_with_a_sentence);
	tcase_add_test(t, made_up_registers_and_stacks_do_no_harm);
}

int main(void)
{
	Suite *s = suite_create("source");
	TCase *t = tcase(s, "pure");
	SRunner *runner;
	int failed;

	tcase_add_test(t, made_up_maps_do_no_harm);
	tcase_add_test(t, lines_of_a_file_are_numbered_from_one);
	tcase_add_test(t, what_is_no_text_file_has_no_lines);
	tcase_add_test(t, system_paths_are_told_from_own_ones);
	if (may_trace())
		add_traced(s);
	else
		printf("skipped: unwinding of real programs: ptrace is not allowed here\n");
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
