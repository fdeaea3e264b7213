/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a recording: the reader, the world and the table of sites must survive them, the
 * reader must show sound records only, and the world's invariants must hold after every one.
 *
 *   fuzz_log [--seed S] [--runs N] [--seconds T] [--only I] [FILE|FOLDER]...
 *
 * Files are run as they are. Without any, logs with a made-up story are damaged in N ways, with
 * their checksums mended, so that damage gets past them; the same seed damages alike. A failing
 * run is named by its number: --seed S --only I repeats it.
 *
 * For libFuzzer: clang -fsanitize=fuzzer,address -DLIBFUZZER ...
 */
#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "event/private.h"
#include "source/lib.h"
#include "view/report.h"
#include "world/lib.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* ---- one input ---- */

static void fail(const char *what)
{
	fprintf(stderr, "fuzz_log: %s\n", what);
	abort();
}

/* The record in memory of its own, behind whose last byte nothing can be read: what lies beyond a
 * record of a log is another record, and reading that would not show. */
static const struct rec *guard(const struct rec *r)
{
	static u8 *end;
	size_t room = LOG_RECORD_MAX;

	if (!end) {
		u8 *base = mmap(NULL, room + LOG_DATA, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (base == MAP_FAILED || mprotect(base, room, PROT_READ | PROT_WRITE))
			fail("no memory");
		end = base + room;
	}
	return memcpy(end - r->len, r, r->len);
}

static u64 sum(const void *bytes, size_t n)
{
	return crc32c(0, bytes, n);
}

/* So that what is read for its own sake is read. */
static volatile u64 read_sum;

static u64 believe_types(const struct note_types *n)
{
	const struct note_type *types = (const void *)(n + 1);
	const struct note_field *fields = (const void *)(types + n->types_n);
	const struct note_enum *enums = (const void *)(fields + n->fields_n);
	const struct note_target *targets = (const void *)(enums + n->enums_n);
	const char *text = (const void *)(targets + n->targets_n);
	u64 all = strlen(text + n->name);

	for (u32 i = 0; i < n->types_n; i++) {
		all += strlen(text + types[i].name);
		if (types[i].shape == SHAPE_FIELDS && types[i].n)
			all += sum(fields + types[i].first, types[i].n * sizeof *fields);
		if (types[i].shape == SHAPE_ENUM && types[i].n)
			all += sum(enums + types[i].first, types[i].n * sizeof *enums);
		if (types[i].shape == SHAPE_ARRAY)
			all += types[types[i].of - 1].size;
	}
	for (u32 i = 0; i < n->fields_n; i++)
		all += strlen(text + fields[i].name) + types[fields[i].type].size;
	for (u32 i = 0; i < n->targets_n; i++)
		all += strlen(text + targets[i].name);
	return all + sum(text, n->text_len);
}

/* Reads all that a sound record says it holds, as those would who trust it. */
static u64 believe(const struct rec *r)
{
	const struct ev_exec *exec = rec_body(r);
	const struct ev_enter *enter = rec_body(r);
	const struct note_maps *maps = rec_body(r);
	const struct note_site *site = rec_body(r);
	const struct note_lines *lines = rec_body(r);
	const struct note_source *source = rec_body(r);
	const struct ev_segment *segment = rec_body(r);
	const struct ev_memory *memory = rec_body(r);
	const char *p = rec_body(r);

	switch (r->kind) {
	case REC_SPAWN: return sum(p, sizeof(struct ev_spawn));
	case REC_END: return sum(p, sizeof(struct ev_end));
	case REC_EXIT: return sum(p, sizeof(struct ev_exit)) + strlen(call_name(r->call));
	case REC_SIGNAL: return sum(p, sizeof(struct ev_signal));
	case REC_OBSERVE: return sum(p, sizeof(struct ev_observe));
	case REC_INJECT: return sum(p, sizeof(struct ev_inject));
	case REC_EXEC: return sum(exec->path, exec->path_len) + strlen(exec->path);
	case REC_ENTER:
	case REC_POISED: return sum(enter->contents, enter->held) + strlen(call_name(r->call));
	case REC_MAPS: return sum(maps->text, maps->text_len);
	case REC_SITE: return sum(site->stack, site->stack_len);
	case REC_SEGMENT: return sum(segment->name, segment->name_len);
	case REC_MEMORY: return sum(memory->bytes, memory->len);
	case REC_SOURCE:
		return sum(source->bytes + source->name_len, source->text_len) +
		       strlen(source->bytes);
	case REC_TYPES: return believe_types(rec_body(r));
	case REC_LINES:
		p = lines->text;
		for (u64 i = 0; i < 3ull * lines->frames; i++)
			p += strlen(p) + 1;
		return sum(p, 0);
	default: return 0;
	}
}

/* Whatever the world is like, there is an answer to why. */
static void ask_why(const struct world *w)
{
	struct world_standing st;
	struct report r = {.scene = {.world = w, .style = STYLE_SHORT}, .standing = &st};
	struct str text = {0};
	u32 n;

	world_standing(w, &st);
	if (st.verdict == VERDICT_HANG && (!st.n[STANDS_STUCK] || !st.cycles))
		fail("a hang without anybody who stands still, or without a cycle");
	report_words(&r, &text);
	report_json(&r, &text);
	words_waits(&r.scene, &text);
	free(report_groups(&r, &n));
	read_sum += sum(str_get(&text), text.len);
	str_finish(&text);
	world_standing_finish(&st);
}

static void fold(struct world *w, const struct rec *r, u64 pos)
{
	struct str where = {0};

	world_apply(w, r, pos);
	if (world_head(w)->events % 61 == 0)
		ask_why(w);
	if (!world_invariant(w, &where))
		fail(str_get(&where));
	str_finish(&where);
}

static void type_ask(const struct type *t, u64 off)
{
	static const u8 bytes[128];
	const struct type *leaf, *again;
	struct str path = {0};
	u64 at, back;

	if (!type_path(t, off, &path, &leaf, &at)) {
		if (path.len)
			fail("a path was begun that leads nowhere");
	} else {
		if (at > off)
			fail("a leaf lies behind its byte");
		type_find(t, str_get(&path), &back, &again);
		type_value(leaf, bytes, NULL, &path);
	}
	for (u32 i = 0; i < t->fields_n && i < 64; i++)
		type_value(t->fields[i].type, bytes, &t->fields[i], &path);
	str_finish(&path);
}

static void types_ask(struct sources *s, const struct note_types *n)
{
	const struct note_type *types = (const void *)(n + 1);
	const struct note_field *fields = (const void *)(types + n->types_n);
	const struct note_enum *enums = (const void *)(fields + n->fields_n);
	const struct note_target *targets = (const void *)(enums + n->enums_n);

	for (u32 i = 0; i < n->targets_n && i < 8; i++) {
		u64 addr = targets[i].value & ~4095ull, off;
		struct str why = {0};
		const struct type *t = sources_mapping_type(s, targets[i].task, addr, 8192,
			&targets[i].site, 1, &off, &why);
		if (!t && !why.len)
			fail("a type is not known, and nothing says why");
		if (t && off >= 8192)
			fail("a type begins behind its mapping");
		for (u64 at = 0; t && at < 8192; at += at < 64 ? 1 : 999)
			type_ask(t, at);
		if (t)
			type_ask(t, UINT64_MAX - 3);
		str_finish(&why);
	}
	sources_type(s, 1, "struct ring");
	sources_type(s, 2, "item");
}

static void sites_ask(struct sources *s, const struct rec *r)
{
	const struct note_source *text = rec_body(r);
	const struct place *p;
	u32 site = 0;
	char buf[64];

	if (r->kind == REC_SITE)
		site = ((const struct note_site *)rec_body(r))->site;
	if (r->kind == REC_LINES)
		site = ((const struct note_lines *)rec_body(r))->site;
	if (r->kind == REC_TYPES)
		types_ask(s, rec_body(r));
	p = sources_place(s, site);
	for (u32 i = 0; p && i < p->frames_n; i++)
		if (strlen(p->frames[i].file) + strlen(p->frames[i].function) > LOG_RECORD_MAX)
			fail("a frame's text is longer than its record");
	sources_at(s, site, true, buf, sizeof buf);
	if (r->kind == REC_SOURCE)
		for (u32 n = sources_lines(s, text->bytes); n > 0; n--)
			if (!sources_line(s, text->bytes, n))
				fail("a line that was counted is missing");
}

static void walk(struct log_reader *reader)
{
	struct sources *sources = sources_create();
	struct world *world = world_create();
	VEC(struct rec *)
	notes = {0}; /* each as long as it is, for ASan to see what reads beyond */
	const struct rec *r;
	u64 pos = LOG_DATA, at = pos;

	for (; (r = log_reader_next(reader, &pos)); at = pos) {
		if (at + r->len != pos || log_reader_at(reader, at) != r)
			fail("the reader lost its place");
		read_sum += believe(guard(r));
		fold(world, guard(r), at);
		if (rec_is_event(r))
			continue;
		*vec_push(&notes) = memcpy(xmalloc(r->len), r, r->len);
		sources_add(sources, notes.at[notes.n - 1]);
		sites_ask(sources, notes.at[notes.n - 1]);
	}
	if (log_reader_next(reader, &at))
		fail("behind its end the log goes on");
	world_destroy(world);
	sources_destroy(sources);
	for (size_t i = 0; i < notes.n; i++)
		free(notes.at[i]);
	free(notes.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct err err = {0};
	struct log_reader *reader;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n) {
		perror("fuzz_log: memfd");
		exit(EXIT_FAILURE);
	}
	reader = log_reader_open_fd(fd, &err);
	if (reader)
		walk(reader);
	else if (err.code != EXIT_INPUT || !err.text[0])
		fail("a log was refused without a reason");
	log_reader_close(reader);
	return 0;
}

/* ---- chance ---- */

static u64 chance_state;

static u64 chance(u64 below)
{
	chance_state += 0x9e3779b97f4a7c15; /* splitmix64 */
	u64 z = chance_state;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % below;
}

static bool one_in(u64 n)
{
	return chance(n) == 0;
}

/* ---- a log with a story ---- */

struct input {
	u8 *at;
	size_t n, cap;
	bool shared; /* the story has shared memory in it */
};

static u8 *input_add(struct input *in, const void *bytes, size_t n)
{
	u8 *place;

	if (in->n + n > in->cap) {
		in->cap = 2 * (in->n + n);
		in->at = xrealloc(in->at, in->cap);
	}
	place = in->at + in->n;
	if (bytes)
		memcpy(place, bytes, n);
	else
		memset(place, 0, n);
	in->n += n;
	return place;
}

static void add_record(struct input *in, u16 kind, u16 call, u32 task, const void *body, size_t n,
	const void *more, size_t m)
{
	size_t len = (sizeof(struct rec) + n + m + 7) & ~(size_t)7;
	u8 *place = input_add(in, NULL, len);
	struct rec r = {.len = (u32)len,
		.kind = kind,
		.call = call,
		.task = task,
		.t_ns = in->n,
		.site = (u32)chance(3)};

	memcpy(place, &r, sizeof r);
	memcpy(place + sizeof r, body, n);
	if (m)
		memcpy(place + sizeof r + n, more, m);
}

static void add_call(struct input *in, u16 call, u32 task, i32 fd, i32 fd2, u64 arg, i64 ret)
{
	static const char contents[64] = "what is written is read by somebody, or by nobody";
	u32 held = call == CALL_write ? (u32)chance(sizeof contents + 1) : 0;
	struct ev_enter enter = {
		.fd = fd, .fd2 = fd2, .size = held ? held : chance(200), .arg = arg, .held = held};
	struct ev_exit leave = {
		.ret = ret, .fd = fd, .fd2 = fd2, .arg = 100 + chance(3), .arg2 = 65536};

	if (one_in(3))
		add_record(in, REC_POISED, call, task, &enter, sizeof enter, contents, held);
	add_record(in, REC_ENTER, call, task, &enter, sizeof enter, contents, held);
	if (call == CALL_write && ret > 0)
		leave.ret = one_in(5) ? -11 : (i64)held;
	if (!one_in(6)) /* else it stays open */
		add_record(in, REC_EXIT, call, task, &leave, sizeof leave, NULL, 0);
}

/* ---- shared memory in the story: few segments, few places, so that things meet ---- */

#define MEMORY_AT 0x7f0000000000ull

static u64 an_address(void)
{
	return one_in(20) ? chance(3) * 4096
			  : MEMORY_AT + chance(3) * 8192 + (one_in(8) ? chance(8192) : 8 * chance(6));
}

static void add_segment(struct input *in, u32 task)
{
	static const char *const names[] = {"/ring", "/sem.x", "/tmp/file", ""};
	u32 which = (u32)chance(4);
	struct ev_segment seg = {.ino = 500 + chance(3),
		.dev = 1,
		.size = chance(3) * 8192 + (one_in(6) ? 100000 : 0),
		.kind = 1 + (u32)chance(6),
		.name_len = (u32)strlen(names[which]) + 1};

	add_record(in, REC_SEGMENT, 0, task, &seg, sizeof seg, names[which], seg.name_len);
}

static void add_memory(struct input *in, u32 task)
{
	u8 bytes[200];
	struct ev_memory memory = {.addr = an_address(),
		.len = (u32)chance(sizeof bytes),
		.flags = 1 + (u32)chance(2)};

	for (u32 i = 0; i < sizeof bytes; i++)
		bytes[i] = (u8)chance(3);
	add_record(in, REC_MEMORY, 0, task, &memory, sizeof memory, bytes, memory.len);
}

/* A call of the kinds that give addresses; held before it, and inside it, sometimes for ever. */
static void add_told(struct input *in, u16 call, u32 task)
{
	static const u64 sizes[] = {1, 2, 4, 8, 8, 16, 100};
	bool access = call == CALL_load || call == CALL_store || call == CALL_update;
	struct ev_enter enter = {.fd = (i32)chance(8), .arg = an_address(), .size = an_address()};
	struct ev_exit leave = {.ret = one_in(4) ? -(i64)chance(135) : 0,
		.fd = (i32)chance(8),
		.arg = chance(3),
		.arg2 = chance(3)};
	u32 at;

	if (access)
		enter.size = sizes[chance(ARRAY_LEN(sizes))];
	if (one_in(3))
		enter.size = chance(4) | chance(3) << 8;
	if (call == CALL_mmap)
		leave.ret = (i64)(MEMORY_AT + chance(3) * 8192);
	if (call == CALL_mmap || call == CALL_ftruncate || call == CALL_memfd_create)
		leave.arg = 500 + chance(3), leave.arg2 = 1, enter.hash = chance(2) * 4096;
	if (call == CALL_sem_open)
		leave.arg = an_address(), leave.arg2 = 500 + chance(3);
	if (call == CALL_mremap)
		leave.ret = (i64)an_address() & ~4095ll, enter.hash = 8192, enter.size = chance(20000);
	if (one_in(2))
		add_record(in, REC_POISED, call, task, &enter, sizeof enter, NULL, 0);
	if (one_in(8))
		return;
	at = (u32)in->n;
	add_record(in, REC_ENTER, call, task, &enter, sizeof enter, NULL, 0);
	if (!access && call >= CALL_sem_init)
		((struct rec *)(in->at + at))->flags = EVF_TOLD;
	if (one_in(4)) {
		struct ev_observe seen = {.what = OBS_STATE, .a = 1 + chance(3), .b = call};
		add_record(in, REC_OBSERVE, 0, task, &seen, sizeof seen, NULL, 0);
	}
	if (one_in(4))
		return;
	at = (u32)in->n;
	add_record(in, REC_EXIT, call, task, &leave, sizeof leave, NULL, 0);
	if (one_in(12))
		((struct rec *)(in->at + at))->flags = EVF_RESTART;
}

static void add_shared(struct input *in, u32 task)
{
	static const u16 calls[] = {CALL_mmap, CALL_munmap, CALL_mremap, CALL_ftruncate,
		CALL_memfd_create, CALL_futex, CALL_sem_open};
	struct ev_observe seen = {.what = OBS_UNMAP + (u32)chance(5),
		.a = one_in(2) ? an_address() : 500 + chance(3),
		.b = one_in(2) ? chance(8192) : CALL_sem_init + chance(CALL_COUNT - CALL_sem_init),
		.c = chance(120)};

	switch (chance(8)) {
	case 0: add_segment(in, task); break;
	case 1: add_memory(in, task); break;
	case 2:
	case 3: add_told(in, (u16)(CALL_load + chance(3)), task); break;
	case 4: add_told(in, calls[chance(ARRAY_LEN(calls))], task); break;
	case 5:
		if (one_in(3))
			seen = (struct ev_observe){.what = OBS_SETTLED, .a = 1};
		add_record(in, REC_OBSERVE, 0, task, &seen, sizeof seen, NULL, 0);
		break;
	default:
		add_told(in, (u16)(CALL_sem_init + chance(CALL_COUNT - CALL_sem_init)), task);
	}
}

/* Something for the others to meet in. */
static void add_shared_start(struct input *in)
{
	struct ev_segment seg = {.ino = 500, .dev = 1, .size = 8192, .kind = 1, .name_len = 0};
	struct ev_enter enter = {.size = 8192, .arg = 3};
	struct ev_exit leave = {.ret = (i64)MEMORY_AT, .arg = 500, .arg2 = 1};

	add_record(in, REC_ENTER, CALL_mmap, 1, &enter, sizeof enter, NULL, 0);
	add_record(in, REC_SEGMENT, 0, 1, &seg, sizeof seg, NULL, 0);
	add_record(in, REC_EXIT, CALL_mmap, 1, &leave, sizeof leave, NULL, 0);
}

static void add_birth(struct input *in, u32 task, u32 creator)
{
	struct ev_spawn spawn = {.creator = creator, .pid = 70 + (i32)task, .tid = 70 + (i32)task};

	add_record(in, REC_SPAWN, 0, task, &spawn, sizeof spawn, NULL, 0);
}

static void add_event(struct input *in, u32 *tasks)
{
	u32 task = 1 + (u32)chance(*tasks);
	i32 fd = (i32)chance(8);
	struct ev_exec exec = {.former = task, .path_len = 8};
	struct ev_end end = {.status = (i32)chance(3) * 256};
	struct ev_signal sig = {.sig = 1 + (i32)chance(31), .handled = (u32)chance(2)};
	struct ev_inject inject = {.what = 1 + (u32)chance(2), .a = chance(40)};
	struct ev_observe seen = {.what = 1 + (u32)chance(10),
		.a = chance(2) ? 100 + chance(3) : chance(8),
		.b = chance(2) ? 100 : chance(200),
		.c = chance(2) * 65536,
		.d = chance(3),
		.e = chance(4)};

	if (one_in(4)) /* what is learnt by looking: ends, locks, watches, timers, pidfds */
		seen.what = OBS_ENDS + (u32)chance(5);
	if (one_in(3)) /* descriptors of every kind */
		seen.e = chance(14);
	switch (chance(in->shared ? 32 : 16)) {
	case 0:
	case 1:
	case 2: add_call(in, CALL_write, task, fd, -1, 0, 1); break;
	case 3:
	case 4:
	case 5: add_call(in, CALL_read, task, fd, -1, 0, (i64)chance(40)); break;
	case 6: add_call(in, CALL_close, task, fd, -1, 0, 0); break;
	case 7: add_call(in, CALL_dup2, task, fd, (i32)chance(8), 0, (i64)chance(8)); break;
	case 8: add_call(in, CALL_pipe2, task, fd, fd + 1, chance(2) * 04000, 0); break;
	case 9: add_call(in, CALL_wait4, task, -1, -1, 0, 71); break;
	case 10: add_record(in, REC_OBSERVE, 0, task, &seen, sizeof seen, NULL, 0); break;
	case 11: add_record(in, REC_SIGNAL, 0, task, &sig, sizeof sig, NULL, 0); break;
	case 12: add_record(in, REC_INJECT, 0, task, &inject, sizeof inject, NULL, 0); break;
	case 13: add_record(in, REC_EXEC, 0, task, &exec, sizeof exec, "/bin/cat", 8 + 1); break;
	case 14:
		if (*tasks < 6)
			add_birth(in, ++*tasks, task);
		break;
	default:
		if (in->shared && !one_in(8))
			add_shared(in, task);
		else if (one_in(3))
			add_record(in, REC_END, 0, task, &end, sizeof end, NULL, 0);
		else
			add_call(in, (u16)(1 + chance(CALL_COUNT - 1)), task, fd, (i32)chance(8),
				chance(4), (i64)chance(9) - 1);
	}
}

static void add_notes(struct input *in)
{
	static const char maps[] = "00400000-00500000 r-xp 00000000 00:00 1 /bin/cat\n"
				   "7f0000000000-7f0000100000 r-xp 00000000 00:00 2 /bin/sh";
	static const char lines[] = "/x/eof.c\0"
				    "31\0"
				    "main\0"
				    "\0"
				    "0\0"
				    "_start";
	struct note_maps map = {.map = 1, .text_len = sizeof maps - 1};
	struct note_site site = {.site = 1,
		.map = 1,
		.stack_len = 64,
		.sp = 0x7ffd0000,
		.regs = {[6] = 0x7ffd0010, [7] = 0x7ffd0000, [16] = 0x404000}};
	struct note_lines note = {.site = 2, .frames = 2, .shown = 0, .text_len = sizeof lines};
	struct note_source text = {.name_len = 9, .text_len = 12};
	u64 stack[8] = {0x404100, 0x7ffd0020, 0x405000, 1, 0x7ffd0030, 0x7f0000001000, 2, 3};

	add_record(in, REC_META, 0, 0, "command\0cat\0", 13, NULL, 0);
	add_record(in, REC_MAPS, 0, 1, &map, sizeof map, maps, sizeof maps - 1);
	add_record(in, REC_SITE, 0, 1, &site, sizeof site, stack, sizeof stack);
	add_record(in, REC_LINES, 0, 0, &note, sizeof note, lines, sizeof lines);
	add_record(in, REC_SOURCE, 0, 0, &text, sizeof text, "/x/eof.c\0one\n\nthree\nx", 22);
}

/* struct ring { item buffer[10]; int in; enum { EMPTY } out : 3; void *p }, and who points at it. */
static void add_types(struct input *in)
{
	static const struct note_types head = {.map = 1,
		.types_n = 6,
		.fields_n = 5,
		.enums_n = 1,
		.targets_n = 3,
		.text_len = 32};
	static const struct note_type types[] = {
		{.kind = TYPE_SIGNED, .name = 1, .size = 4},
		{.kind = TYPE_STRUCT, .shape = SHAPE_FIELDS, .name = 5, .size = 8, .n = 1},
		{.kind = TYPE_ARRAY, .shape = SHAPE_ARRAY, .of = 2, .count = 10, .size = 80},
		{.kind = TYPE_ENUM, .shape = SHAPE_ENUM, .name = 10, .size = 4, .n = 1},
		{.kind = TYPE_POINTER, .shape = SHAPE_POINTER, .of = 6, .size = 8},
		{.kind = TYPE_STRUCT, .shape = SHAPE_FIELDS, .name = 15, .size = 96, .first = 1, .n = 4},
	};
	static const struct note_field fields[] = {{0, 1, 0, 0, 0}, {0, 5, 2, 0, 0}, {80, 1, 0, 0, 0},
		{84, 10, 3, 4, 3}, {88, 0, 4, 0, 0}};
	static const struct note_enum enums[] = {{0, 10, 0}};
	static const struct note_target targets[] = {{.value = 0x7f1000, .task = 1, .type = 6},
		{.value = 0x7f2010, .site = 1, .type = 1, .flags = NOTE_OWN},
		{.site = 2, .name = 1, .flags = NOTE_LOST}};
	u8 body[sizeof types + sizeof fields + sizeof enums + sizeof targets + 32] = {0};
	u8 *to = body;

	to = mempcpy(to, types, sizeof types);
	to = mempcpy(to, fields, sizeof fields);
	to = mempcpy(to, enums, sizeof enums);
	to = mempcpy(to, targets, sizeof targets);
	memcpy(to, "\0int\0item\0FULL\0struct ring", 27);
	add_record(in, REC_TYPES, 0, 0, &head, sizeof head, body, sizeof body);
}

static void story_make(struct input *in)
{
	u32 tasks = 1;

	in->n = 0;
	input_add(in, NULL, LOG_DATA);
	add_birth(in, 1, 0);
	if (one_in(3)) /* not always: unwinding opens files */
		add_notes(in);
	if (one_in(2))
		add_types(in);
	add_call(in, CALL_pipe2, 1, 3, 4, 0, 0);
	in->shared = one_in(2);
	if (in->shared)
		add_shared_start(in);
	for (u64 n = chance(120); n > 0; n--)
		add_event(in, &tasks);
}

/* Makes the checksums right again, and the head as if it had been written so. */
static void input_mend(struct input *in, bool head)
{
	struct log_head *h = (struct log_head *)in->at;
	size_t pos = LOG_DATA;

	if (in->n < LOG_DATA)
		return;
	if (head) {
		*h = (struct log_head){.version = LOG_VERSION,
			.head_size = LOG_DATA,
			.order = LOG_ORDER,
			.arch = LOG_ARCH,
			.complete = (u32)chance(2),
			.length = in->n};
		memcpy(h->magic, LOG_MAGIC, sizeof h->magic);
	}
	while (in->n - pos >= sizeof(struct rec)) {
		struct rec *r = (struct rec *)(in->at + pos);
		if (r->len < sizeof *r || r->len > in->n - pos || r->len % 8)
			break;
		r->crc = crc32c(0, in->at + pos + 8, r->len - 8);
		pos += r->len;
	}
}

/* ---- damage ---- */

/* Where a record begins, chosen by chance; 0 when there is none. */
static size_t record_pick(const struct input *in)
{
	size_t pos = LOG_DATA, picked = 0;

	for (u64 n = 1; in->n > pos && in->n - pos >= sizeof(struct rec); n++) {
		const struct rec *r = (const struct rec *)(in->at + pos);
		if (r->len < sizeof *r || r->len > in->n - pos || r->len % 8)
			break;
		if (one_in(n))
			picked = pos;
		pos += r->len;
	}
	return picked;
}

static u64 odd_number(void)
{
	static const u64 numbers[] = {0, 1, 2, 3, 7, 8, 31, 32, 255, 256, 4096, 65535, 65536, 65537,
		INT32_MAX, 1ull << 31, UINT32_MAX, 1ull << 32, INT64_MAX, 1ull << 63, UINT64_MAX,
		UINT64_MAX - 10};

	return numbers[chance(ARRAY_LEN(numbers))];
}

/* One field of 1, 2, 4 or 8 bytes, of the header or the body. */
static void damage_field(u8 *record, u32 len)
{
	size_t size = (size_t)1 << chance(4);
	u64 value = one_in(2) ? odd_number() : chance(10);
	size_t from = one_in(12) ? 0 : 8; /* seldom the length */
	size_t at = from + chance((len - from) / size) * size;

	if (at + size <= len)
		memcpy(record + at, &value, size);
}

static void record_insert(struct input *in, size_t to, size_t from)
{
	u32 len = ((const struct rec *)(in->at + from))->len;
	u8 *copy = xmalloc(len);

	memcpy(copy, in->at + from, len);
	input_add(in, NULL, len);
	memmove(in->at + to + len, in->at + to, in->n - len - to);
	memcpy(in->at + to, copy, len);
	free(copy);
}

static void record_remove(struct input *in, size_t pos)
{
	u32 len = ((const struct rec *)(in->at + pos))->len;

	memmove(in->at + pos, in->at + pos + len, in->n - pos - len);
	in->n -= len;
}

static void input_damage(struct input *in)
{
	size_t pos = record_pick(in), other = record_pick(in);
	u8 *record = in->at + pos;

	if (!pos || !other)
		return;
	switch (chance(8)) {
	case 0: record_remove(in, pos); break;
	case 1: record_insert(in, pos, other); break;
	case 2: ((struct rec *)record)->task = (u32)odd_number(); break;
	case 3: ((struct rec *)record)->kind = (u16)chance(74); break;
	case 4: ((struct rec *)record)->call = (u16)chance(CALL_COUNT + 2); break;
	default: damage_field(record, ((const struct rec *)record)->len);
	}
}

/* Damage that mending does not undo: a bit anywhere, the end cut, a number of the head. */
static void input_damage_raw(struct input *in)
{
	u64 value = odd_number();

	switch (chance(4)) {
	case 0: in->at[chance(in->n)] ^= (u8)(1 << chance(8)); break;
	case 1: in->n = chance(in->n) + 1; break;
	case 2:
		in->n = in->n / LOG_DATA * LOG_DATA;
		break; /* nothing of the page that follows is there */
	default: memcpy(in->at + chance(sizeof(struct log_head) / 8) * 8, &value, 8);
	}
}

static void input_make(struct input *in, u64 seed, u64 run)
{
	chance_state = seed + run * 0x2545f4914f6cdd1d;
	story_make(in);
	input_mend(in, true);
	for (u64 n = chance(8); n > 0; n--) {
		input_damage(in);
		input_mend(in, true);
	}
	if (one_in(6))
		input_damage_raw(in);
}

#ifdef LIBFUZZER
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t n, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t max, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t max, unsigned seed)
{
	struct input in = {0};

	if (n <= LOG_DATA || seed % 100 == 0) {
		input_make(&in, 1, seed);
	} else {
		input_add(&in, bytes, n);
		input_add(&in, NULL, max - n);
		chance_state = seed;
		if (one_in(2)) {
			in.n = n;
			input_damage(&in);
		} else {
			in.n = LOG_DATA +
			       LLVMFuzzerMutate(in.at + LOG_DATA, n - LOG_DATA, max - LOG_DATA);
		}
		input_mend(&in, !one_in(20));
	}
	n = in.n < max ? in.n : max;
	memcpy(bytes, in.at, n);
	free(in.at);
	return n;
}
#else

/* ---- by hand ---- */

struct options {
	u64 seed, runs, seconds, only;
	bool one;
};

/* Known to both processes, so that a crash can be named. */
static volatile u64 *run_now;

static void run_damaged(const struct options *o)
{
	u64 until = clock_ns() + o->seconds * 1000000000u;
	u64 first = o->one ? o->only : 0, last = o->one ? o->only + 1 : o->runs;
	struct input in = {0};

	for (*run_now = first; *run_now < last; ++*run_now) {
		if (*run_now % 64 == 0 && clock_ns() > until)
			break;
		input_make(&in, o->seed, *run_now);
		LLVMFuzzerTestOneInput(in.at, in.n);
	}
	printf("fuzz_log: seed %llu, %llu damaged logs read\n", (unsigned long long)o->seed,
		(unsigned long long)(*run_now - first));
	free(in.at);
}

/* In a child, so that the run that breaks it can be named. */
static bool run_all(const struct options *o)
{
	int status;
	pid_t child;

	run_now = mmap(
		NULL, sizeof *run_now, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run_now == MAP_FAILED)
		return false;
	fflush(stdout);
	child = fork();
	if (!child) {
		run_damaged(o);
		exit(EXIT_SUCCESS);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return false;
	if (status)
		fprintf(stderr,
			"fuzz_log: failed (status %#x): --seed %llu --only %llu repeats it\n",
			(unsigned)status, (unsigned long long)o->seed,
			(unsigned long long)*run_now);
	return status == 0;
}

static bool run_file(const char *path)
{
	FILE *f = fopen(path, "re");
	struct input in = {0};
	char buf[65536];
	size_t n;

	if (!f) {
		perror(path);
		return false;
	}
	while ((n = fread(buf, 1, sizeof buf, f)) > 0)
		input_add(&in, buf, n);
	fclose(f);
	LLVMFuzzerTestOneInput(in.at, in.n);
	printf("fuzz_log: %s: %zu bytes read\n", path, in.n);
	free(in.at);
	return true;
}

static bool run_path(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	bool good = true;

	if (!folder)
		return run_file(path);
	while ((entry = readdir(folder))) {
		struct str name = {0};
		if (entry->d_name[0] == '.')
			continue;
		str_addf(&name, "%s/%s", path, entry->d_name);
		good &= run_file(str_get(&name));
		str_finish(&name);
	}
	closedir(folder);
	return good;
}

static bool option_take(struct options *o, const char *name, const char *value)
{
	u64 n = value ? strtoull(value, NULL, 0) : 0;

	if (!value)
		return false;
	if (!strcmp(name, "--seed"))
		o->seed = n;
	else if (!strcmp(name, "--runs"))
		o->runs = n;
	else if (!strcmp(name, "--seconds"))
		o->seconds = n;
	else if (!strcmp(name, "--only"))
		o->only = n, o->one = true;
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	bool soak = getenv("IPCLAB_SOAK") != NULL;
	struct options o = {
		.seed = 20260, .runs = soak ? UINT64_MAX : 30000, .seconds = soak ? 120 : 5};
	bool good = true, files = false;

	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "--", 2)) {
			if (!option_take(&o, argv[i], argv[i + 1])) {
				fprintf(stderr,
					"fuzz_log: %s is not understood; see the top of "
					"fuzz_log.c\n",
					argv[i]);
				return EXIT_FAILURE;
			}
			i++;
			continue;
		}
		files = true;
		good &= run_path(argv[i]);
	}
	if (!files)
		good = run_all(&o);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
#endif
