/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared memory, watched: the programs of targets/mem_*, free and held, stepped in an order picked by
 * chance. Each prints what it prints by itself; at every settled point the bytes in the world are
 * those that process_vm_readv finds; and the log tells what it is to tell.
 * test_memory [NAME [SEED]]: one case; without arguments all.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "session/lib.h"

enum { STEPS_MAX = 20000, SECONDS_MAX = 60, LOOK = 64 << 10 };

struct sight { /* a run, and what its log said */
	struct run *run;
	struct err *err;
	u64 pos;
	struct log_reader *log;
	u64 count[CALL_COUNT]; /* EXITs by call */
	u64 faulted, again, fault_address, firsts, changed, stored, unmapped, pointers, segments, hooked, spun, choices;
	u64 passed, running, injected;
	u64 futex_passed;
	bool signalled;
	u64 kinds;       /* bit a segment kind */
	char names[512]; /* of segments, one after the other */
};

struct test {
	const char *name, *target, *arg;
	bool held, threads;
	unsigned seeds;
	bool (*judge)(struct sight *); /* NULL: output, status, drift and bytes are enough */
	bool signal;        /* SIGUSR1 is sent when it is held before its first access after msync */
	const char *prints; /* instead of what it prints alone */
};

static bool fails(struct sight *s, const char *what, u64 is)
{
	return err_set(s->err, EXIT_FAILED, "%s: %lu", what, (unsigned long)is);
}

/* ---- what the log tells ---- */

static void see_observe(struct sight *s, const struct ev_observe *o)
{
	switch (o->what) {
	case OBS_FAULT: s->fault_address = o->a; break;
	case OBS_UNMAP: s->unmapped++; break;
	case OBS_HOOKED: s->hooked++; break;
	case OBS_CHOICE: s->choices++; break;
	case OBS_STATE: s->running += o->a == OBS_RUNNING; break;
	default: break;
	}
}

static void see_exit(struct sight *s, const struct rec *r)
{
	const struct ev_exit *e = rec_body(r);

	s->count[r->call]++;
	if (r->call == CALL_load || r->call == CALL_store || r->call == CALL_update) {
		s->faulted += e->ret == -EFAULT;
		s->again += !!(r->flags & EVF_RESTART);
	}
	s->futex_passed += e->ret == -ETIMEDOUT && r->call == CALL_futex;
	s->passed += e->ret == -ETIMEDOUT && (r->flags & EVF_TOLD);
}

static void see(struct sight *s, const struct rec *r)
{
	const void *body = rec_body(r);

	switch (r->kind) {
	case REC_EXIT: see_exit(s, r); break;
	case REC_OBSERVE: see_observe(s, body); break;
	case REC_POINTER: s->pointers++; break;
	case REC_INJECT: s->injected++; break;
	case REC_MEMORY:
		s->firsts += ((const struct ev_memory *)body)->flags == MEMORY_FIRST;
		s->changed += ((const struct ev_memory *)body)->flags == MEMORY_CHANGED;
		s->stored += ((const struct ev_memory *)body)->flags == MEMORY_STORED;
		break;
	case REC_SEGMENT: {
		const struct ev_segment *g = body;
		size_t n = strlen(s->names);
		s->segments++;
		s->kinds |= 1u << g->kind;
		snprintf(s->names + n, sizeof s->names - n, "%s ", g->name_len ? g->name : "-");
		break;
	}
	default: break;
	}
}

static void see_new(struct sight *s)
{
	const struct rec *r;

	while ((r = log_reader_next(s->log, &s->pos)))
		see(s, r);
}

/* ---- the oracle: the world's bytes are the kernel's ---- */

static u32 a_task_of(const struct world *w, u32 proc)
{
	for (u32 t = 1; t < world_tasks(w); t++) {
		const struct w_task *task = world_task(w, t);
		if (task && task->proc == proc && task->state != TASK_GONE && task->state != TASK_ZOMBIE)
			return t;
	}
	return 0;
}

static bool map_agrees(struct sight *s, const struct w_map *m, u32 task)
{
	static u8 now[LOOK], told[LOOK], known[LOOK];
	const struct world *w = run_world(s->run);
	const struct w_segment *g = world_segment(w, m->segment);
	u32 n = m->len < LOOK ? (u32)m->len : LOOK;
	ssize_t got = 0;

	/* Of a large segment only what is known: looking at the rest would make pages. */
	if (world_memory(w, m->segment, m->offset, told, known, n) || g->size <= MEMORY_MIRROR)
		got = tracer_peek(run_tracer(s->run), task, m->addr, now, g->size > MEMORY_MIRROR ? 4096 : n);
	for (ssize_t i = 0; i < got; i++) {
		if (!known[i] && g->size > MEMORY_MIRROR)
			continue;
		if (now[i] != told[i])
			return err_set(s->err, EXIT_FAILED, "event %lu: byte %lu of segment %u is %02x, in the world %02x%s",
				(unsigned long)world_head(w)->events, (unsigned long)(m->offset + (u64)i), m->segment, now[i],
				told[i], known[i] ? "" : " (unknown)");
	}
	return true;
}

static bool bytes_agree(struct sight *s)
{
	const struct world *w = run_world(s->run);

	for (u32 p = 1; p < world_procs(w); p++) {
		u32 task = world_proc(w, p) ? a_task_of(w, p) : 0;
		if (!task)
			continue;
		for (u32 m = 1; world_map(w, m) || m < 64; m++) {
			const struct w_map *map = world_map(w, m);
			if (map && map->proc == p && !map_agrees(s, map, task))
				return false;
		}
	}
	return true;
}

/* ---- stepping ---- */

static bool choose(struct run *r, unsigned *seed, u32 *task, bool *time)
{
	struct tracer *t = run_tracer(r);
	u32 can[512], n = 0;

	for (u32 i = 1; i <= tracer_tasks(t) && n < ARRAY_LEN(can); i++)
		if (run_can_step(r, i) || (tracer_holding(t, i) == IS_INSIDE && tracer_timeout(t, i) != TIME_NONE))
			can[n++] = i;
	if (!n)
		return false;
	*task = can[(unsigned)rand_r(seed) % n];
	*time = !run_can_step(r, *task);
	return true;
}

/* It is held before an access: the handler will run first. */
static bool send_signal(struct sight *s)
{
	const struct w_task *t = world_task(run_world(s->run), 1);

	if (s->signalled || !s->count[CALL_msync] || !t || t->state != TASK_POISED || t->op.call != CALL_store)
		return true;
	s->signalled = true;
	return run_signal(s->run, 1, SIGUSR1, s->err);
}

static bool step_to_the_end(struct sight *s, unsigned *seed, bool signal)
{
	unsigned quiet = 0;

	for (int steps = 0; steps < STEPS_MAX; steps++) {
		u32 task;
		bool time;

		if (!choose(s->run, seed, &task, &time)) {
			if (!tracer_alive(run_tracer(s->run)) || ++quiet > 100)
				return true;
			usleep(20000);
			if (!run_settle(s->run, s->err))
				return false;
			continue;
		}
		quiet = 0;
		if (!(time ? run_pass_time(s->run, task, s->err) : run_step(s->run, task, s->err)))
			return false;
		see_new(s);
		if (signal && !send_signal(s))
			return false;
		if (world_head(run_world(s->run))->is_settled && !bytes_agree(s))
			return false;
	}
	return err_set(s->err, EXIT_FAILED, "too many steps");
}

static bool run_to_the_end(struct sight *s)
{
	enum run_end end = RUN_WAITS;

	while (end != RUN_ENDED)
		if (!run_free(s->run, &end, s->err))
			return false;
	return true;
}

static bool judge(struct sight *s, int alone)
{
	const struct w_head *h = world_head(run_world(s->run));
	int status = -1;

	if (tracer_alive(run_tracer(s->run)) || !tracer_root_status(run_tracer(s->run), &status))
		return fails(s, "it did not end; tasks left", tracer_alive(run_tracer(s->run)));
	if (status != alone)
		return err_set(s->err, EXIT_FAILED, "wait status %d, alone %d", status, alone);
	if (h->drift || h->unknown)
		return err_set(s->err, EXIT_FAILED, "drift %lu (%s), unknown %lu", h->drift, h->first_drift, h->unknown);
	return true;
}

static bool watch(const struct test *c, char *program, unsigned seed, int alone, const char *output, struct err *err)
{
	struct run_options opt = {.tracer = {.held = c->held, .contents = true, .sites = true, .threads = c->threads},
		.pin = true,
		.fold = true};
	char *argv[] = {program, (char *)c->arg, NULL};
	int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int out = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct launch launch = {.argv = argv, .fds = {in, out, in}};
	struct sight s = {.err = err, .pos = LOG_DATA};
	bool ok;

	s.run = run_create(&opt, &launch, err);
	if (!s.run)
		return false;
	s.log = log_reader_open_fd(fcntl(log_fd(run_log(s.run)), F_DUPFD_CLOEXEC, 3), err);
	ok = s.log && (c->held ? step_to_the_end(&s, &seed, c->signal) : run_to_the_end(&s));
	if (ok)
		see_new(&s);
	ok = ok && judge(&s, alone) && (!c->judge || c->judge(&s));
	log_reader_close(s.log);
	run_destroy(s.run);
	close(in);
	close(out);
	return ok;
}

/* ---- what is expected of each ---- */

static bool kinds(struct sight *s)
{
	u64 want = 1u << SEGMENT_ANONYMOUS | 1u << SEGMENT_MEMFD | 1u << SEGMENT_POSIX | 1u << SEGMENT_FILE;

	if ((s->kinds & want) != want)
		return fails(s, "segment kinds", s->kinds);
	if (!strstr(s->names, "/ipclab-kinds-") || !strstr(s->names, "cells ") || !strstr(s->names, "/tmp/ipclab-kinds-"))
		return err_set(s->err, EXIT_FAILED, "names: %s", s->names);
	if (s->segments != 5)
		return fails(s, "segments", s->segments);
	if (s->count[CALL_mmap] != 5 || s->count[CALL_ftruncate] != 2 || s->count[CALL_memfd_create] != 1)
		return fails(s, "mmap", s->count[CALL_mmap]);
	if (s->count[CALL_openat] != 2 || s->count[CALL_unlink] != 2)
		return fails(s, "openat, unlink", s->count[CALL_openat] * 100 + s->count[CALL_unlink]);
	if (s->unmapped < 5)
		return fails(s, "OBS_UNMAP", s->unmapped);
	if (s->count[CALL_load] < 20 || s->count[CALL_store] < 20)
		return fails(s, "loads, stores", s->count[CALL_load] * 1000 + s->count[CALL_store]);
	if (s->stored < 10) /* two of more than 8 bytes in each */
		return fails(s, "REC_MEMORY of stores", s->stored);
	return s->firsts + s->changed ? true : fails(s, "REC_MEMORY", 0); /* what pwrite put there */
}

/* Each object was slept for, and none in a futex that is the C library's own. */
static bool waits(struct sight *s)
{
	static const u16 calls[] = {CALL_sem_wait, CALL_pthread_cond_wait, CALL_pthread_barrier_wait,
		CALL_pthread_rwlock_rdlock, CALL_pthread_rwlock_wrlock, CALL_pthread_spin_lock};

	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		if (!s->count[calls[i]])
			return err_set(s->err, EXIT_FAILED, "no %s", call_name(calls[i]));
	return s->count[CALL_futex] ? fails(s, "futexes", s->count[CALL_futex]) : true;
}

static bool told(struct sight *s)
{
	static const u16 calls[] = {CALL_pthread_barrier_wait, CALL_pthread_mutex_lock, CALL_pthread_mutex_unlock,
		CALL_pthread_cond_broadcast, CALL_pthread_cond_timedwait, CALL_pthread_spin_lock, CALL_pthread_spin_unlock,
		CALL_pthread_rwlock_wrlock, CALL_pthread_rwlock_unlock, CALL_sem_init, CALL_sem_wait, CALL_sem_post,
		CALL_sem_timedwait, CALL_sem_trywait, CALL_sem_open, CALL_sem_getvalue, CALL_sem_close, CALL_sem_unlink};

	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		if (!s->count[calls[i]])
			return err_set(s->err, EXIT_FAILED, "no %s", call_name(calls[i]));
	if (s->count[CALL_futex])
		return fails(s, "futexes that are the C library's own", s->count[CALL_futex]);
	if (s->running)
		return fails(s, "tasks found computing: a spin lock that is taken must not turn", s->running);
	if (s->passed != 2)
		return fails(s, "time-outs", s->passed);
	if (!strstr(s->names, "/sem.ipclab-sync-"))
		return err_set(s->err, EXIT_FAILED, "names: %s", s->names);
	return true;
}

static bool told_of_threads(struct sight *s)
{
	if (!s->count[CALL_pthread_join])
		return fails(s, "pthread_join", 0);
	if (s->count[CALL_load] || s->count[CALL_store])
		return fails(s, "accesses to private memory", s->count[CALL_load]);
	return told(s);
}

static bool told_with_private(struct sight *s)
{
	if (!(s->kinds & 1u << SEGMENT_PRIVATE))
		return fails(s, "segment kinds", s->kinds);
	if (s->count[CALL_load] < 12 || s->count[CALL_update] != 6)
		return fails(s, "loads, updates", s->count[CALL_load] * 100 + s->count[CALL_update]);
	return told(s);
}

static bool faults(struct sight *s)
{
	if (s->faulted != 2)
		return fails(s, "accesses that faulted", s->faulted);
	if (s->fault_address % 4096 != 8)
		return fails(s, "OBS_FAULT", s->fault_address);
	if (s->changed) /* where it was cut short and has grown again there are zeros, which is no change */
		return fails(s, "REC_MEMORY", s->changed);
	if (s->unmapped != 2) /* the middle, and what mremap moved away */
		return fails(s, "OBS_UNMAP", s->unmapped);
	if (s->count[CALL_msync] != 1 || s->count[CALL_ftruncate] != 3)
		return fails(s, "msync", s->count[CALL_msync]);
	return true;
}

static bool spins(struct sight *s)
{
	u64 n = s->count[CALL_load];

	return n >= 8 && n <= 24 ? true : fails(s, "loads logged of a spin of 300 ms", n);
}

/* Every byte that changed was told by an access. */
static bool all_told(struct sight *s)
{
	if (s->firsts || s->changed)
		return fails(s, "REC_MEMORY", s->firsts + s->changed);
	if (s->choices < 10 || !s->pointers || s->hooked != 1)
		return fails(s, "OBS_CHOICE, REC_POINTER, OBS_HOOKED", s->choices * 10000 + s->pointers * 100 + s->hooked);
	return true;
}

static bool handled(struct sight *s)
{
	return s->again == 1 ? true : fails(s, "accesses begun again after a handler", s->again);
}

static bool large(struct sight *s)
{
	if (log_bytes(run_log(s->run)) > 8u << 20)
		return fails(s, "bytes of log", log_bytes(run_log(s->run)));
	return s->count[CALL_store] == 4 ? true : fails(s, "stores", s->count[CALL_store]);
}

static bool plain(struct sight *s)
{
	if (s->count[CALL_load] || s->count[CALL_store] || s->hooked)
		return fails(s, "accesses without hooks", s->count[CALL_load]);
	if (s->firsts + s->changed < 2)
		return fails(s, "REC_MEMORY", s->firsts + s->changed);
	if (s->futex_passed != 1 || s->injected != 2) /* and the child's sleep */
		return fails(s, "time-outs of futexes", s->futex_passed * 100 + s->injected);
	return true;
}

/* Private mutexes and mappings, 8,000 of them, never stop: but for the join, which the kernel ends. */
static bool unseen(struct sight *s)
{
	if (tracer_stops(run_tracer(s->run)) > 200)
		return fails(s, "stops", tracer_stops(run_tracer(s->run)));
	return s->segments ? fails(s, "segments", s->segments) : true;
}

/* 8,000 accesses of two to one line, none of them untold: what our runtime reads before its stop may be old when the stop is
 * taken. Taken as it is, it makes some 300 words differ; a few may, for one of two can run between our two looks. */
static bool raced(struct sight *s)
{
	if (s->count[CALL_update] < 4000 || s->count[CALL_store] < 4000)
		return fails(s, "updates and stores", s->count[CALL_update] * 10000 + s->count[CALL_store]);
	return s->changed <= 40 ? true : fails(s, "words that nobody told of", s->changed);
}

static const struct test tests[] = {
	{"kinds", "mem_kinds", NULL, false, false, 1, NULL, false, NULL},
	{"kinds held", "mem_kinds", NULL, true, false, 3, kinds, false, NULL},
	{"sync", "mem_sync", NULL, false, false, 2, told, false, NULL},
	{"sync held", "mem_sync", NULL, true, false, 4, told, false, NULL},
	{"waits", "mem_waits", NULL, false, false, 1, waits, false, NULL},
	{"waits held", "mem_waits", NULL, true, false, 4, waits, false, NULL},
	{"threads", "mem_sync", "threads", false, false, 2, told_of_threads, false, NULL},
	{"threads held", "mem_sync", "threads", true, false, 4, told_of_threads, false, NULL},
	{"--threads", "mem_sync", "threads", false, true, 1, told_with_private, false, NULL},
	{"--threads held", "mem_sync", "threads", true, true, 4, told_with_private, false, NULL},
	{"faults", "mem_faults", NULL, false, false, 1, faults, false, NULL},
	{"faults held", "mem_faults", NULL, true, false, 1, faults, false, NULL},
	{"spin", "mem_spin", NULL, false, false, 1, spins, false, NULL},
	{"spin held", "mem_spin", NULL, true, false, 1, all_told, false, NULL},
	{.name = "handler", .target = "mem_faults", .held = true, .seeds = 1, .judge = handled, .signal = true,
		.prints = "SIGBUS\ngrown again: 0\n1 4\n21 5\nSIGSEGV\n"},
	{"race", "mem_race", NULL, false, false, 2, raced, false, NULL},
	{"large", "mem_large", NULL, false, false, 1, large, false, NULL},
	{"large held", "mem_large", NULL, true, false, 1, large, false, NULL},
	{"plain", "mem_plain", NULL, false, false, 1, NULL, false, NULL},
	{"plain held", "mem_plain", NULL, true, false, 3, plain, false, NULL},
	{"private", "mem_plain", "private", false, false, 1, unseen, false, NULL},
	{"private held", "mem_plain", "private", true, false, 1, unseen, false, NULL},
};

/* ---- running them ---- */

static void read_file(const char *path, struct str *text)
{
	char bytes[4096];
	size_t n;
	FILE *f = fopen(path, "re");

	while (f && (n = fread(bytes, 1, sizeof bytes, f)) > 0)
		str_add_bytes(text, bytes, n);
	if (f)
		fclose(f);
}

static int run_alone(const char *program, const char *arg, const char *output)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		int in = open("/dev/null", O_RDWR), out = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		dup2(in, 0);
		dup2(in, 2);
		dup2(out, 1);
		execl(program, program, arg, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return status;
}

/* In a process of its own, so that one that hangs or crashes does not take the rest along. */
static bool check(const struct test *c, unsigned seed, const char *dir)
{
	char program[600], expected[600], got[600];
	const char *build = getenv("IPCLAB_BUILD");
	struct str one = {0}, two = {0};
	struct err err = {0};
	int status = -1, alone;
	pid_t pid;

	snprintf(program, sizeof program, "%s/tests/live/targets/%s", build ? build : ".", c->target);
	snprintf(expected, sizeof expected, "%s/expected", dir);
	snprintf(got, sizeof got, "%s/got", dir);
	alone = run_alone(program, c->arg, expected);
	pid = fork();
	if (pid == 0) {
		bool ok;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(SECONDS_MAX);
		ok = watch(c, program, seed, alone, got, &err);
		if (!ok)
			printf("%s %u: %s\n", c->name, seed, err.text);
		fflush(stdout);
		_exit(!ok);
	}
	waitpid(pid, &status, 0);
	if (c->prints)
		str_add(&one, c->prints);
	else
		read_file(expected, &one);
	read_file(got, &two);
	if (status == 0 && strcmp(str_get(&one), str_get(&two)) != 0) {
		printf("%s %u: it printed\n%sand alone\n%s", c->name, seed, str_get(&two), str_get(&one));
		status = 1;
	} else if (status > 255 || WIFSIGNALED(status)) {
		printf("%s %u: failed, wait status %d\n", c->name, seed, status);
	}
	str_finish(&one);
	str_finish(&two);
	fflush(stdout);
	return status == 0;
}

int main(int argc, char **argv)
{
	unsigned times = getenv("IPCLAB_SOAK") ? 10 : 1, checks = 0, failures = 0;
	char dir[] = "/tmp/ipclab-memory-XXXXXX", path[64];

	if (!mkdtemp(dir))
		return 99;
	for (size_t i = 0; i < ARRAY_LEN(tests); i++) {
		const struct test *c = &tests[i];
		if (argc > 1 && strcmp(argv[1], c->name) != 0)
			continue;
		for (unsigned seed = 1; seed <= c->seeds * times; seed++) {
			checks++;
			failures += !check(c, argc > 2 ? (unsigned)atoi(argv[2]) : seed, dir);
			if (argc > 2)
				break;
		}
	}
	snprintf(path, sizeof path, "%s/expected", dir);
	unlink(path);
	snprintf(path, sizeof path, "%s/got", dir);
	unlink(path);
	rmdir(dir);
	printf("Checks: %u, Failures: %u, Errors: 0\n", checks, failures);
	return failures > 0;
}
