/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log: what was published is there, in order and whole; nothing else is ever shown. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "event/private.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined __SANITIZE_ADDRESS__ || __has_feature(address_sanitizer)
enum { UNDER_ASAN = 1 };
#else
enum { UNDER_ASAN = 0 };
#endif

static char dir[] = "/tmp/ipclab-test-log.XXXXXX";
static char path[128];
static struct err err;

static void setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/a.ipclog", dir);
}

static void teardown(void)
{
	unlink(path);
	umount2(dir, MNT_DETACH); /* of the tests that mounted a small disk there */
	rmdir(dir);
}

/* ---- writing ---- */

/* What record n holds, so that a reader can tell a torn one from a whole one. */
static u8 byte_of(u64 n, u32 i)
{
	return (u8)(n * 31 + i * 7 + (n >> 8));
}

static bool put_write(struct log *l, u64 n, u32 held)
{
	struct rec *r = log_begin(l, sizeof(struct ev_enter) + held, &err);
	struct ev_enter *b;

	if (!r)
		return false;
	r->kind = REC_ENTER;
	r->call = CALL_write;
	r->task = 1;
	b = (struct ev_enter *)(r + 1);
	*b = (struct ev_enter){.fd = 4, .fd2 = -1, .size = held, .arg = n, .held = held};
	for (u32 i = 0; i < held; i++)
		b->contents[i] = byte_of(n, i);
	log_commit(l, r);
	return true;
}

/* Asserts only when it must: every ck_assert is a system call in a forked test. */
static void check_write(const struct rec *r, u64 n)
{
	const struct ev_enter *b = rec_body(r);
	bool good = r->kind == REC_ENTER && b->arg == n;

	for (u32 i = 0; good && i < b->held; i++)
		good = b->contents[i] == byte_of(n, i);
	if (!good)
		ck_abort_msg("record %llu is not what was written", (unsigned long long)n);
}

static void put_note(struct log *l, u16 kind, const void *body, size_t n)
{
	struct rec *r = log_begin(l, n, &err);

	ck_assert_ptr_nonnull(r);
	r->kind = kind;
	memcpy(r + 1, body, n);
	log_commit(l, r);
}

static struct log *log_new(const char *name)
{
	struct log *l = log_create(name, false, &err);

	ck_assert_msg(l != NULL, "%s", err.text);
	return l;
}

static struct log_reader *reader_new(const char *name)
{
	struct log_reader *r = log_reader_open(name, &err);

	ck_assert_msg(r != NULL, "%s", err.text);
	return r;
}

/* Reads writes 0, 1, 2, ... up to the end. */
static u64 read_writes(struct log_reader *r)
{
	u64 pos = LOG_DATA, n = 0;
	const struct rec *rec;

	while ((rec = log_reader_next(r, &pos)))
		check_write(rec, n++);
	return n;
}

static size_t file_load(const char *name, u8 **bytes)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	struct stat st;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	*bytes = xmalloc((size_t)st.st_size);
	ck_assert_int_eq(read(fd, *bytes, (size_t)st.st_size), st.st_size);
	close(fd);
	return (size_t)st.st_size;
}

static int memfd_of(const u8 *bytes, size_t n)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, n), (ssize_t)n);
	return fd;
}

static void file_store(const char *name, const void *bytes, size_t n)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, n), (ssize_t)n);
	close(fd);
}

/* A closed log of `n` writes with different lengths, in memory; where each begins in starts[]. */
static size_t small_log(u32 n, u8 **bytes, u64 *starts)
{
	struct log *l = log_new(path);

	for (u32 i = 0; i < n; i++) {
		starts[i] = log_bytes(l);
		ck_assert(put_write(l, i, i * 3));
	}
	starts[n] = log_bytes(l);
	log_close(l);
	return file_load(path, bytes);
}

START_TEST(what_is_written_is_read_back)
{
	struct log *l = log_new(path);
	struct log_reader *r;

	for (u64 i = 0; i < 1000; i++)
		ck_assert(put_write(l, i, (u32)(i % 257)));
	ck_assert_uint_eq(log_events(l), 1000);
	log_close(l);
	r = reader_new(path);
	ck_assert_uint_eq(read_writes(r), 1000);
	ck_assert(!log_reader_torn(r));
	ck_assert(log_reader_complete(r));
	log_reader_close(r);
}
END_TEST

START_TEST(closed_file_is_as_long_as_its_records)
{
	struct log *l = log_new(path);
	struct stat st;
	u64 bytes;

	ck_assert(put_write(l, 0, 5));
	bytes = log_bytes(l);
	log_close(l);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq((u64)st.st_size, bytes);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
}
END_TEST

START_TEST(grows_over_several_mebibytes)
{
	struct log *l = log_new(NULL);
	int fd = fcntl(log_fd(l), F_DUPFD_CLOEXEC, 3);
	struct log_reader *r = log_reader_open_fd(fd, &err);
	u64 n = 0;

	ck_assert_ptr_nonnull(r);
	while (log_bytes(l) < 5 * LOG_GROW && put_write(l, n, 200))
		n++;
	ck_assert_uint_eq(read_writes(r), n);
	log_close(l);
	ck_assert_uint_eq(read_writes(r), n);
	log_reader_close(r);
}
END_TEST

START_TEST(record_longer_than_a_growth_step_fits)
{
	struct log *l = log_new(path);
	size_t n = 3 * LOG_GROW + 5;
	char *body = xmalloc(n);
	struct log_reader *r;
	const struct rec *rec;
	u64 pos = LOG_DATA;

	memset(body, 'x', n - 1);
	put_note(l, UINT16_MAX, body, n);
	log_close(l);
	r = reader_new(path);
	rec = log_reader_next(r, &pos);
	ck_assert_ptr_nonnull(rec);
	ck_assert_mem_eq(rec_body(rec), body, n);
	log_reader_close(r);
	free(body);
}
END_TEST

START_TEST(record_that_is_too_long_is_refused_and_the_log_goes_on)
{
	struct log *l = log_new(NULL);

	ck_assert_ptr_null(log_begin(l, LOG_RECORD_MAX, &err));
	ck_assert_ptr_null(log_begin(l, SIZE_MAX, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "longer than"));
	ck_assert(put_write(l, 0, 9));
	ck_assert_uint_eq(log_events(l), 1);
	log_close(l);
}
END_TEST

START_TEST(notes_are_no_events)
{
	struct log *l = log_new(NULL);

	put_note(l, REC_META, "k\0v", 4);
	ck_assert_uint_eq(log_events(l), 0);
	ck_assert(put_write(l, 0, 0));
	ck_assert_uint_eq(log_events(l), 1);
	log_close(l);
}
END_TEST

START_TEST(record_begun_and_left_leaves_no_trace)
{
	struct log *l = log_new(NULL);
	struct rec *r = log_begin(l, 500, &err);

	memset((u8 *)r + 8, 0xff, 532 - 8);
	r = log_begin(l, 13, &err);
	ck_assert_uint_eq(r->len, 48);
	for (u32 i = 0; i < 16; i++)
		ck_assert_uint_eq(((u8 *)(r + 1))[i], 0);
	ck_assert_uint_eq(r->kind | r->call | r->task | r->site | r->flags, 0);
	log_close(l);
}
END_TEST

START_TEST(time_never_goes_back)
{
	struct log *l = log_new(path);
	struct log_reader *r;
	const struct rec *rec;
	u64 pos = LOG_DATA, last = 0;

	for (u64 i = 0; i < 100; i++)
		ck_assert(put_write(l, i, 0));
	log_close(l);
	r = reader_new(path);
	while ((rec = log_reader_next(r, &pos))) {
		ck_assert_uint_ge(rec->t_ns, last);
		last = rec->t_ns;
	}
	ck_assert_uint_lt(last, 60ull * 1000000000);
	log_reader_close(r);
}
END_TEST

START_TEST(forgetting_gives_memory_back)
{
	struct log *l = log_new(NULL);
	struct stat before, after;
	u64 n = 0;

	while (log_bytes(l) < 20 * LOG_GROW && put_write(l, n, 256))
		n++;
	ck_assert_int_eq(fstat(log_fd(l), &before), 0);
	log_forget(l, 1 << 20);
	ck_assert_int_eq(fstat(log_fd(l), &after), 0);
	ck_assert_int_gt(before.st_blocks, 19 * 2048);
	ck_assert_int_lt(after.st_blocks, 3 * 2048);
	ck_assert(put_write(l, n, 256));
	log_close(l);
}
END_TEST

START_TEST(forgetting_leaves_what_is_kept_and_files_alone)
{
	struct log *l = log_new(NULL), *file = log_new(path);
	struct log_reader *r;
	u64 n = 0, pos = 0;

	while (log_bytes(l) < 10 * LOG_GROW) {
		if (!pos && log_bytes(l) > 6 * LOG_GROW)
			pos = log_bytes(l);
		if (!put_write(l, n, 256) || !put_write(file, n, 256))
			ck_abort_msg("%s", err.text);
		n++;
	}
	log_forget(l, log_bytes(l) - pos);
	log_forget(file, 0);
	r = log_reader_open_fd(fcntl(log_fd(l), F_DUPFD_CLOEXEC, 3), &err);
	for (n = pos / (32 + 40 + 256) + 1; log_reader_next(r, &pos); n++)
		;
	ck_assert_uint_eq(pos, log_bytes(l));
	log_reader_close(r);
	log_close(l);
	log_close(file);
	r = reader_new(path);
	ck_assert_uint_gt(read_writes(r), 1000);
	log_reader_close(r);
}
END_TEST

START_TEST(little_address_space_is_enough_for_a_small_log)
{
	struct rlimit limit = {1ull << 30, 1ull << 30};
	struct log_reader *r;
	struct log *l;

	if (UNDER_ASAN)
		return;
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
	l = log_new(path);
	ck_assert(put_write(l, 0, 1));
	r = reader_new(path);
	ck_assert_uint_eq(read_writes(r), 1);
	log_reader_close(r);
	log_close(l);
}
END_TEST

START_TEST(log_that_outgrows_its_address_space_says_so)
{
	struct rlimit limit = {600ull << 20, 600ull << 20};
	struct log *l;
	u64 n = 0;

	if (UNDER_ASAN)
		return;
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
	l = log_new(NULL);
	for (;;) {
		struct rec *r = log_begin(l, 8 << 20, &err);
		if (!r)
			break;
		r->kind = UINT16_MAX;
		log_commit(l, r);
		log_forget(l, 0);
		ck_assert_uint_lt(++n, 100);
	}
	ck_assert_ptr_nonnull(strstr(err.text, "ulimit -v"));
	ck_assert_uint_gt(n, 20);
	log_close(l);
}
END_TEST

/* ---- a full disk ---- */

/* Writes until it is refused; what is on the disk then must be whole, and closing must work. */
static void fill_up(const char *name, const char *expected)
{
	struct log *l = log_new(name);
	struct err again = {0};
	struct log_reader *r;
	char number[64];
	u64 n = 0;

	while (n < 1000000 && put_write(l, n, 256))
		n++;
	ck_assert_msg(strstr(err.text, expected) != NULL, "%s", err.text);
	snprintf(number, sizeof number, "complete up to event %llu;", (unsigned long long)n);
	ck_assert_msg(strstr(err.text, number) != NULL, "%s", err.text);
	ck_assert_int_eq(err.code, EXIT_MACHINE);
	ck_assert_ptr_null(log_begin(l, 8, &again));
	ck_assert_str_eq(again.text, err.text);
	log_close(l);
	r = reader_new(name);
	ck_assert_uint_eq(read_writes(r), n);
	ck_assert_uint_gt(n, 1000);
	ck_assert(log_reader_complete(r) && !log_reader_torn(r));
	log_reader_close(r);
}

START_TEST(file_size_limit_ends_the_recording_not_the_process)
{
	struct rlimit limit = {5 << 19, 5 << 19}; /* 2.5 MiB; SIGXFSZ is not ignored */

	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	fill_up(path, "ulimit -f");
}
END_TEST

static bool mount_small(const char *where)
{
	return !unshare(CLONE_NEWNS) && !mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("none", where, "tmpfs", 0, "size=3m");
}

START_TEST(full_disk_keeps_what_was_recorded)
{
	if (!mount_small(dir)) {
		printf("skipped: full_disk_keeps_what_was_recorded: no right to mount a small "
		       "disk\n");
		return;
	}
	fill_up(path, "is full");
}
END_TEST

START_TEST(no_room_for_a_recording_leaves_no_file_behind)
{
	char other[160];
	int fd;

	if (!mount_small(dir)) {
		printf("skipped: no_room_for_a_recording_leaves_no_file_behind: no right to "
		       "mount\n");
		return;
	}
	snprintf(other, sizeof other, "%s/fill", dir);
	fd = open(other, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_eq(posix_fallocate(fd, 0, 5 << 19), 0);
	close(fd);
	ck_assert_ptr_null(log_create(path, false, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "no room"));
	ck_assert_int_eq(access(path, F_OK), -1);
	unlink(other);
}
END_TEST

/* ---- making one ---- */

START_TEST(file_that_is_there_is_not_overwritten)
{
	u8 *bytes;

	file_store(path, "precious", 8);
	ck_assert_ptr_null(log_create(path, false, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "there already"));
	ck_assert_int_eq(err.code, EXIT_MACHINE);
	ck_assert_uint_eq(file_load(path, &bytes), 8);
	ck_assert_mem_eq(bytes, "precious", 8);
	free(bytes);
}
END_TEST

START_TEST(overwriting_replaces_the_file_and_spares_its_readers)
{
	struct log *l = log_new(path);
	struct log_reader *r;

	ck_assert(put_write(l, 0, 40));
	log_close(l);
	r = reader_new(path);
	l = log_create(path, true, &err);
	ck_assert_ptr_nonnull(l);
	ck_assert_uint_eq(read_writes(r), 1);
	log_close(l);
	log_reader_close(r);
	r = reader_new(path);
	ck_assert_uint_eq(read_writes(r), 0);
	log_reader_close(r);
}
END_TEST

START_TEST(overwriting_spares_what_is_no_file)
{
	ck_assert_ptr_null(log_create(dir, true, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "not an ordinary file"));
	ck_assert_ptr_null(log_create("/dev/null", true, &err));
	ck_assert_int_eq(access("/dev/null", F_OK), 0);
}
END_TEST

START_TEST(folder_that_is_missing_is_said)
{
	char name[160];

	snprintf(name, sizeof name, "%s/none/x.ipclog", dir);
	ck_assert_ptr_null(log_create(name, false, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "no such folder"));
}
END_TEST

START_TEST(missing_permission_is_said)
{
	struct log *l = log_new(path);

	log_close(l);
	ck_assert_int_eq(chmod(dir, 0755), 0);
	if (geteuid() == 0) {
		ck_assert_int_eq(seteuid(65534), 0);
	} else {
		ck_assert_int_eq(chmod(path, 0), 0);
		ck_assert_int_eq(chmod(dir, 0555), 0);
	}
	ck_assert_ptr_null(log_reader_open(path, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "no permission"));
	ck_assert_int_eq(err.code, EXIT_INPUT);
	strcat(path, "2");
	ck_assert_ptr_null(log_create(path, false, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "no permission"));
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	chmod(dir, 0755);
	path[strlen(path) - 1] = 0;
}
END_TEST

/* ---- a live log ---- */

static u64 live_count(void)
{
	return getenv("IPCLAB_SOAK") ? 655360 : 200000;
}

static void write_live(u64 n)
{
	struct log *l = log_create(path, false, &err);

	for (u64 i = 0; l && i < n; i++) {
		if (!put_write(l, i, (u32)(i * 13 % 200)))
			_exit(1);
		if (i % 64 == 0) /* let the reader come to the end of what there is */
			sched_yield();
	}
	log_close(l);
	_exit(l ? 0 : 1);
}

START_TEST(live_reader_sees_no_torn_record)
{
	u64 n = live_count(), seen = 0, waited = 0, pos = LOG_DATA;
	struct log_reader *r = NULL;
	const struct rec *rec;
	int status;
	pid_t writer = fork();

	if (!writer)
		write_live(n);
	for (int i = 0; !r && i < 1000000; i++) {
		r = log_reader_open(path, &err);
		sched_yield();
	}
	ck_assert_ptr_nonnull(r);
	while (seen < n) {
		rec = log_reader_next(r, &pos);
		if (rec) {
			check_write(rec, seen++);
			continue;
		}
		if (log_reader_torn(r))
			ck_abort_msg("torn behind record %llu", (unsigned long long)seen);
		if (++waited % 4096 ==
			0) /* spin, so as to look while a record is being published */
			sched_yield();
	}
	ck_assert_int_eq(waitpid(writer, &status, 0), writer);
	ck_assert_int_eq(status, 0);
	ck_assert_ptr_null(log_reader_next(r, &pos));
	ck_assert(log_reader_complete(r) && !log_reader_torn(r));
	printf("live reader: %llu records, 0 torn, found nothing new %llu times\n",
		(unsigned long long)seen, (unsigned long long)waited);
	log_reader_close(r);
}
END_TEST

START_TEST(killed_writer_leaves_what_it_published)
{
	struct log_reader *r;
	int status;
	pid_t writer = fork();

	if (!writer) {
		struct log *l = log_new(path);
		for (u64 i = 0; i < 5000; i++)
			if (!put_write(l, i, 100))
				_exit(1);
		memset(log_begin(l, 100, &err) + 1, 'x', 100);
		raise(SIGKILL);
	}
	ck_assert_int_eq(waitpid(writer, &status, 0), writer);
	ck_assert(WIFSIGNALED(status));
	r = reader_new(path);
	ck_assert_uint_eq(read_writes(r), 5000);
	ck_assert(!log_reader_torn(r));
	ck_assert(!log_reader_complete(r));
	log_reader_close(r);
}
END_TEST

/* ---- damaged ones ---- */

enum { SMALL = 12 };

START_TEST(cut_at_any_byte_keeps_every_whole_record)
{
	u64 starts[SMALL + 1];
	u8 *bytes;
	size_t size = small_log(SMALL, &bytes, starts);

	ck_assert_uint_eq(size, starts[SMALL]);
	for (size_t cut = 0; cut < size; cut++) {
		struct log_reader *r = log_reader_open_fd(memfd_of(bytes, cut), &err);
		u64 whole = 0;

		if (cut < LOG_DATA) {
			ck_assert_ptr_null(r);
			ck_assert_int_eq(err.code, EXIT_INPUT);
			continue;
		}
		while (starts[whole + 1] <= cut)
			whole++;
		ck_assert_ptr_nonnull(r);
		ck_assert_uint_eq(read_writes(r), whole);
		ck_assert(log_reader_torn(r));
		log_reader_close(r);
	}
	free(bytes);
}
END_TEST

START_TEST(flipped_bit_ends_the_log_before_its_record)
{
	u64 starts[SMALL + 1];
	u8 *bytes;
	size_t size = small_log(SMALL, &bytes, starts);

	for (size_t at = LOG_DATA; at < size; at++) {
		struct log_reader *r;
		u64 whole = 0;

		bytes[at] ^= (u8)(1u << (at * 5 % 8));
		while (starts[whole + 1] <= at)
			whole++;
		r = log_reader_open_fd(memfd_of(bytes, size), &err);
		ck_assert_ptr_nonnull(r);
		ck_assert_uint_eq(read_writes(r), whole);
		ck_assert(log_reader_torn(r));
		log_reader_close(r);
		bytes[at] ^= (u8)(1u << (at * 5 % 8));
	}
	free(bytes);
}
END_TEST

START_TEST(flipped_bit_of_the_first_page_never_shows_a_bad_record)
{
	u64 starts[SMALL + 1];
	u8 *bytes;
	size_t size = small_log(SMALL, &bytes, starts);

	for (size_t bit = 0; bit < 8 * sizeof(struct log_head); bit++) {
		struct log_reader *r;

		bytes[bit / 8] ^= (u8)(1u << bit % 8);
		r = log_reader_open_fd(memfd_of(bytes, size), &err);
		if (r) {
			ck_assert_uint_le(read_writes(r), SMALL);
			log_reader_close(r);
		} else {
			ck_assert_int_eq(err.code, EXIT_INPUT);
		}
		bytes[bit / 8] ^= (u8)(1u << bit % 8);
	}
	free(bytes);
}
END_TEST

START_TEST(length_that_cannot_be_loses_no_record)
{
	static const u64 lengths[] = {
		0, 8, LOG_DATA - 8, LOG_DATA + 3, 1ull << 40, UINT64_MAX, UINT64_MAX - 7};
	u64 starts[SMALL + 1];
	u8 *bytes;
	size_t size = small_log(SMALL, &bytes, starts);

	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		struct log_reader *r;

		memcpy(bytes + offsetof(struct log_head, length), &lengths[i], 8);
		r = log_reader_open_fd(memfd_of(bytes, size), &err);
		ck_assert_ptr_nonnull(r);
		ck_assert_uint_eq(read_writes(r), SMALL);
		ck_assert(log_reader_torn(r));
		log_reader_close(r);
	}
	free(bytes);
}
END_TEST

/* Opens bytes that are no recording; the sentence must hold `expected`. */
static void refused(const void *bytes, size_t n, const char *expected)
{
	file_store(path, bytes, n);
	ck_assert_ptr_null(log_reader_open(path, &err));
	ck_assert_msg(strstr(err.text, expected) != NULL, "%s", err.text);
	ck_assert_ptr_nonnull(strstr(err.text, path));
	ck_assert_int_eq(err.code, EXIT_INPUT);
	unlink(path);
}

START_TEST(foreign_file_is_refused)
{
	u8 *page = xmalloc(LOG_DATA);

	refused("", 0, "is no ipclab recording");
	refused("#!/bin/sh\n", 10, "is no ipclab recording");
	memset(page, 'x', LOG_DATA);
	refused(page, LOG_DATA, "is no ipclab recording");
	memcpy(page, LOG_MAGIC, 8);
	refused(page, LOG_DATA, "damaged");
	refused(page, 100, "cut within its first page");
	free(page);
}
END_TEST

START_TEST(newer_version_and_other_byte_order_are_refused)
{
	u64 starts[2];
	u32 value;
	u8 *bytes;
	size_t size = small_log(1, &bytes, starts);

	unlink(path);
	value = 7;
	memcpy(bytes + offsetof(struct log_head, version), &value, 4);
	refused(bytes, size, "newer ipclab (log version 7, this one reads up to 1): update ipclab");
	value = 0x01000000;
	memcpy(bytes + offsetof(struct log_head, version), &value, 4);
	value = __builtin_bswap32(LOG_ORDER);
	memcpy(bytes + offsetof(struct log_head, order), &value, 4);
	refused(bytes, size, "other byte order");
	free(bytes);
}
END_TEST

START_TEST(what_is_no_file_is_refused)
{
	ck_assert_ptr_null(log_reader_open(dir, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "a folder"));
	ck_assert_ptr_null(log_reader_open(path, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "no such file"));
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_ptr_null(log_reader_open(path, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "not an ordinary file"));
	ck_assert_ptr_null(log_reader_open_fd(-1, &err));
	ck_assert_int_eq(err.code, EXIT_INPUT);
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

static void add_writing(Suite *s)
{
	TCase *t = tcase(s, "writing");

	tcase_add_test(t, what_is_written_is_read_back);
	tcase_add_test(t, closed_file_is_as_long_as_its_records);
	tcase_add_test(t, grows_over_several_mebibytes);
	tcase_add_test(t, record_longer_than_a_growth_step_fits);
	tcase_add_test(t, record_that_is_too_long_is_refused_and_the_log_goes_on);
	tcase_add_test(t, notes_are_no_events);
	tcase_add_test(t, record_begun_and_left_leaves_no_trace);
	tcase_add_test(t, time_never_goes_back);
	tcase_add_test(t, forgetting_gives_memory_back);
	tcase_add_test(t, forgetting_leaves_what_is_kept_and_files_alone);
	tcase_add_test(t, little_address_space_is_enough_for_a_small_log);
	tcase_add_test(t, log_that_outgrows_its_address_space_says_so);
	tcase_add_test(t, live_reader_sees_no_torn_record);
	tcase_add_test(t, killed_writer_leaves_what_it_published);
}

static void add_refusals(Suite *s)
{
	TCase *t = tcase(s, "refusals");

	tcase_add_test(t, file_size_limit_ends_the_recording_not_the_process);
	tcase_add_test(t, full_disk_keeps_what_was_recorded);
	tcase_add_test(t, no_room_for_a_recording_leaves_no_file_behind);
	tcase_add_test(t, file_that_is_there_is_not_overwritten);
	tcase_add_test(t, overwriting_replaces_the_file_and_spares_its_readers);
	tcase_add_test(t, overwriting_spares_what_is_no_file);
	tcase_add_test(t, folder_that_is_missing_is_said);
	tcase_add_test(t, missing_permission_is_said);
	tcase_add_test(t, foreign_file_is_refused);
	tcase_add_test(t, newer_version_and_other_byte_order_are_refused);
	tcase_add_test(t, what_is_no_file_is_refused);
}

static void add_damage(Suite *s)
{
	TCase *t = tcase(s, "damage");

	tcase_add_test(t, cut_at_any_byte_keeps_every_whole_record);
	tcase_add_test(t, flipped_bit_ends_the_log_before_its_record);
	tcase_add_test(t, flipped_bit_of_the_first_page_never_shows_a_bad_record);
	tcase_add_test(t, length_that_cannot_be_loses_no_record);
}

int main(void)
{
	Suite *s = suite_create("log");
	SRunner *runner;
	int failed;

	add_writing(s);
	add_refusals(s);
	add_damage(s);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
