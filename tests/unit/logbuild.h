/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A log built record by record, folded into a world as it grows. For tests of world. */
#ifndef LOGBUILD_H
#define LOGBUILD_H

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world/lib.h"

struct logbuild {
	struct world *w;
	u8 *bytes; /* records one behind the other, the first at offset LOG_DATA of a log */
	size_t len, cap;
	u32 tasks;
	u64 inos;
	u32 site; /* of the records to come */
};

static struct logbuild lb;

static void lb_begin(void)
{
	memset(&lb, 0, sizeof lb);
	lb.w = world_create();
}

static void lb_end_all(void)
{
	world_destroy(lb.w);
	free(lb.bytes);
}

static void *lb_record(u16 kind, u16 call, u32 task, u32 flags, size_t body)
{
	size_t len = (sizeof(struct rec) + body + 7) & ~(size_t)7;
	struct rec *r;

	while (lb.len + len > lb.cap) {
		lb.cap = lb.cap ? 2 * lb.cap : 1 << 16;
		lb.bytes = xrealloc(lb.bytes, lb.cap);
	}
	r = (struct rec *)(lb.bytes + lb.len);
	memset(r, 0, len);
	r->len = (u32)len;
	r->kind = kind;
	r->call = call;
	r->task = task;
	r->flags = flags;
	r->site = lb.site;
	r->t_ns = lb.len;
	return r + 1;
}

/* The record begun last is whole: fold it. */
static inline void lb_commit(void)
{
	struct rec *r = (struct rec *)(lb.bytes + lb.len);
	struct str why = {0};

	lb.len += r->len;
	world_apply(lb.w, r, LOG_DATA + lb.len - r->len);
	ck_assert_msg(world_invariant(lb.w, &why), "%s", str_get(&why));
	str_finish(&why);
}

static inline u32 lb_spawn_pid(u32 creator, u32 flags, i32 pid)
{
	struct ev_spawn *ev = lb_record(REC_SPAWN, 0, ++lb.tasks, flags, sizeof *ev);

	ev->creator = creator;
	ev->pid = pid;
	ev->tid = 100 + (i32)lb.tasks;
	lb_commit();
	return lb.tasks;
}

static inline u32 lb_spawn(u32 creator, u32 flags)
{
	return lb_spawn_pid(creator, flags, 101 + (i32)lb.tasks);
}

static inline void lb_enter_hash(
	u16 kind, u32 task, u16 call, i32 fd, i32 fd2, u64 size, u64 arg, u64 hash)
{
	struct ev_enter *ev = lb_record(kind, call, task, 0, sizeof *ev);

	ev->fd = fd;
	ev->fd2 = fd2;
	ev->size = size;
	ev->arg = arg;
	ev->hash = hash;
	lb_commit();
}

static inline void lb_enter(u32 task, u16 call, i32 fd, i32 fd2, u64 size, u64 arg)
{
	lb_enter_hash(REC_ENTER, task, call, fd, fd2, size, arg, 0);
}

static inline void lb_poised(u32 task, u16 call, i32 fd, i32 fd2, u64 size, u64 arg)
{
	lb_enter_hash(REC_POISED, task, call, fd, fd2, size, arg, 0);
}

static inline void lb_exit_flags(
	u32 task, u16 call, u32 flags, i64 ret, i32 fd, i32 fd2, u64 arg, u64 arg2)
{
	struct ev_exit *ev = lb_record(REC_EXIT, call, task, flags, sizeof *ev);

	ev->ret = ret;
	ev->fd = fd;
	ev->fd2 = fd2;
	ev->arg = arg;
	ev->arg2 = arg2;
	lb_commit();
}

static inline void lb_exit(u32 task, u16 call, i64 ret)
{
	lb_exit_flags(task, call, 0, ret, 0, 0, 0, 0);
}

static inline void lb_observe(u32 task, u32 what, u64 a, u64 b, u64 c, u64 d, u64 e)
{
	struct ev_observe *ev = lb_record(REC_OBSERVE, 0, task, 0, sizeof *ev);

	ev->what = what;
	ev->a = a;
	ev->b = b;
	ev->c = c;
	ev->d = d;
	ev->e = e;
	lb_commit();
}

static inline void lb_end(u32 task, i32 status)
{
	struct ev_end *ev = lb_record(REC_END, 0, task, EVF_LAST, sizeof *ev);

	ev->status = status;
	lb_commit();
}

static inline void lb_thread_end(u32 task)
{
	lb_record(REC_END, 0, task, 0, sizeof(struct ev_end));
	lb_commit();
}

static inline void lb_signal(u32 task, i32 sig)
{
	struct ev_signal *ev = lb_record(REC_SIGNAL, 0, task, 0, sizeof *ev);

	ev->sig = sig;
	lb_commit();
}

static inline void lb_exec(u32 task, u32 former, const char *path)
{
	struct ev_exec *ev = lb_record(REC_EXEC, 0, task, 0, sizeof *ev + strlen(path) + 1);

	ev->former = former;
	ev->path_len = (u32)strlen(path) + 1;
	strcpy(ev->path, path);
	lb_commit();
}

/* ---- whole calls ---- */

/* A pipe with these two descriptors; returns its inode. */
static inline u64 lb_pipe2(u32 task, i32 r, i32 w, u32 flags)
{
	u64 ino = 1000 + ++lb.inos;

	lb_enter(task, CALL_pipe2, 0, 0, 0, flags);
	lb_exit_flags(task, CALL_pipe2, 0, 0, r, w, ino, 65536);
	return ino;
}

static inline u64 lb_pipe(u32 task, i32 r, i32 w)
{
	return lb_pipe2(task, r, w, 0);
}

static inline void lb_call(u32 task, u16 call, i32 fd, i32 fd2, u64 size, u64 arg, i64 ret)
{
	lb_enter(task, call, fd, fd2, size, arg);
	lb_exit(task, call, ret);
}

static inline void lb_read(u32 task, i32 fd, u64 size, i64 ret)
{
	lb_call(task, CALL_read, fd, 0, size, 0, ret);
}

static inline void lb_write(u32 task, i32 fd, u64 size, i64 ret)
{
	lb_call(task, CALL_write, fd, 0, size, 0, ret);
}

static inline void lb_close(u32 task, i32 fd)
{
	lb_call(task, CALL_close, fd, 0, 0, 0, 0);
}

static inline u32 lb_fork(u32 task)
{
	u32 child;

	lb_enter(task, CALL_fork, 0, 0, 0, 0);
	child = lb_spawn(task, 0);
	lb_exit(task, CALL_fork, 100 + (i32)child);
	return child;
}

static inline void lb_blocked(u32 task, u16 call)
{
	lb_observe(task, OBS_STATE, OBS_BLOCKED, call, 0, 0, 0);
}

static inline void lb_settled(void)
{
	lb_observe(0, OBS_SETTLED, 1, 0, 0, 0, 0);
}

/* What the kernel would say of a pipe with these figures. */
static inline void lb_see_pipe(u64 ino, u64 bytes, u64 writable, u64 slots)
{
	lb_observe(0, OBS_PIPE, ino, bytes, 65536, writable, slots);
}

/* ---- what is expected ---- */

static inline u64 lb_drift(void)
{
	return world_head(lb.w)->drift;
}

static inline void lb_agrees(void)
{
	ck_assert_msg(lb_drift() == 0, "drift %llu: %s", (unsigned long long)lb_drift(),
		world_head(lb.w)->first_drift);
}

static inline void lb_drifts(u64 n)
{
	ck_assert_msg(lb_drift() == n, "drift %llu: %s", (unsigned long long)lb_drift(),
		world_head(lb.w)->first_drift);
}

static inline const struct w_pipe *lb_the_pipe(u32 n)
{
	const struct w_pipe *p = world_pipe(lb.w, n);

	ck_assert_ptr_nonnull(p);
	return p;
}

static inline const struct w_fd *lb_fd(u32 task, i32 fd)
{
	return world_fd(lb.w, world_fd_find(lb.w, world_task(lb.w, task)->proc, fd));
}

/* The last events, to see what led to a failure. */
static inline void lb_dump(u64 last)
{
	u64 n = 0, all = world_head(lb.w)->events;

	for (size_t at = 0; at < lb.len; at += ((const struct rec *)(lb.bytes + at))->len) {
		const struct rec *r = (const struct rec *)(lb.bytes + at);
		const struct ev_enter *in = rec_body(r);
		const struct ev_exit *out = rec_body(r);
		const struct ev_observe *seen = rec_body(r);

		if (++n + last <= all)
			continue;
		printf("%4llu task %u %s %s", (unsigned long long)n, r->task,
			rec_kind_name(r->kind), call_name(r->call));
		if (r->kind == REC_ENTER || r->kind == REC_POISED)
			printf(" fd %d size %llu", in->fd, (unsigned long long)in->size);
		if (r->kind == REC_EXIT)
			printf(" = %lld", (long long)out->ret);
		if (r->kind == REC_OBSERVE)
			printf(" what %u: %llu %llu", seen->what, (unsigned long long)seen->a,
				(unsigned long long)seen->b);
		printf("\n");
	}
	fflush(stdout); /* the failure ends this process at once */
}

/* main of a test file: `tests` as a NULL-terminated list, each in a process of its own. */
static inline int lb_main(const char *name, const TTest *const *tests)
{
	Suite *s = suite_create(name);
	TCase *c = tcase_create(name);
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(c, lb_begin, lb_end_all);
	tcase_set_timeout(c, 120);
	for (; *tests; tests++)
		tcase_add_test(c, *tests);
	suite_add_tcase(s, c);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
