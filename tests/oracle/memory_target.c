/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * memory_target SCRIPT REPORT NAME: carries out a script of memory.h. This file is compiled without hooks:
 * what it does for itself is nobody's business. NAME begins the names it makes in /dev/shm. The
 * first process ends by writing the counters and its status to REPORT.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "oracle/memory.h"

static struct script script;
static const char *name_of_run;
static int fds[SEGS_MAX] = {-1, -1}, ends[2];
static unsigned char *base[SEGS_MAX];
static sem_t *named[SYNCS_MAX];
static int statuses; /* of what this process waited for */

static void give_up(const char *what)
{
	perror(what);
	_exit(90);
}

static void name_it(char *to, size_t n, const char *what, int i)
{
	snprintf(to, n, "/%s-%s%d", name_of_run, what, i);
}

/* ---- segments ---- */

static size_t size_of(int s)
{
	return (size_t)script.seg[s].size;
}

static unsigned char *map(int s, void *where)
{
	int flags = MAP_SHARED | (where ? MAP_FIXED_NOREPLACE : 0);
	bool none = script.seg[s].kind == SEG_ANONYMOUS;
	void *at = mmap(where, size_of(s), PROT_READ | PROT_WRITE,
		flags | (none ? MAP_ANONYMOUS : 0), fds[s], 0);

	if (at == MAP_FAILED)
		give_up("mmap");
	return at;
}

static void make_segment(int s)
{
	char name[64];

	if (script.threads && s == 1) {
		base[1] = own_memory;
		return;
	}
	name_it(name, sizeof name, "seg", s);
	if (script.seg[s].kind == SEG_MEMFD)
		fds[s] = memfd_create("cells", 0);
	else if (script.seg[s].kind == SEG_POSIX)
		fds[s] = shm_open(name, O_RDWR | O_CREAT, 0600);
	if (script.seg[s].kind != SEG_ANONYMOUS &&
		(fds[s] < 0 || ftruncate(fds[s], (off_t)size_of(s)) < 0))
		give_up("ftruncate");
	base[s] = map(s, NULL);
}

/* A child's own mapping, at an address of its own. */
static void map_again(int s, int self)
{
	unsigned char *old = base[s];
	char name[64];

	if (!script.seg[s].own || fds[s] < 0)
		return;
	if (script.seg[s].kind == SEG_POSIX) {
		name_it(name, sizeof name, "seg", s);
		close(fds[s]);
		fds[s] = shm_open(name, O_RDWR, 0);
		if (fds[s] < 0)
			give_up(name);
	}
	base[s] = map(s, (void *)(0x200000000000ul + (unsigned long)self * 0x1000000 +
				  (unsigned long)s * 0x100000));
	if (script.seg[s].own == 2)
		munmap(old, size_of(s));
}

static unsigned long fresh_place(int s)
{
	static unsigned n;

	return 0x210000000000ul + ++n * 0x200000ul + (unsigned long)s * 0x100000;
}

static void change_mapping(const struct mop *op)
{
	int s = op->a;
	unsigned char *old = base[s];
	void *to = (void *)fresh_place(s);

	switch (op->kind) {
	case MOP_grow:
		if (fds[s] >= 0 && ftruncate(fds[s], script.seg[s].size + 4096) < 0)
			give_up("ftruncate");
		break;
	case MOP_mremap:
		base[s] = mremap(old, size_of(s), size_of(s), MREMAP_MAYMOVE | MREMAP_FIXED, to);
		if (base[s] == MAP_FAILED)
			give_up("mremap");
		break;
	default:
		if (fds[s] < 0)
			break;
		base[s] = map(s, to);
		if (op->kind == MOP_remap)
			munmap(old, size_of(s));
	}
}

/* ---- objects of the C library ---- */

/* Threads keep theirs in the program's own memory when the script's seed is odd. */
static bool syncs_are_private(void)
{
	return script.threads && script.seed % 2;
}

static void *sync_at(int i)
{
	static unsigned char own[SYNCS_MAX * SYNC_ROOM] __attribute__((aligned(64)));
	size_t off = (size_t)(i * SYNC_ROOM);

	if (script.sync[i].kind == SYNC_OF_NAMED)
		return named[i];
	return syncs_are_private() ? own + off : base[0] + SYNCS_AT + off;
}

static void make_mutex(pthread_mutex_t *m, int value, int pshared)
{
	pthread_mutexattr_t a;

	pthread_mutexattr_init(&a);
	pthread_mutexattr_settype(&a, value & 15);
	pthread_mutexattr_setpshared(&a, pshared);
	if (value & 16)
		pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(m, &a);
}

static void open_named(int i)
{
	char name[64];

	name_it(name, sizeof name, "sem", i);
	named[i] = sem_open(name, O_CREAT, 0600, (unsigned)script.sync[i].value);
	if (named[i] == SEM_FAILED)
		give_up(name);
}

static void make_sync(int i)
{
	int value = script.sync[i].value, pshared = !syncs_are_private();
	pthread_condattr_t c;
	pthread_barrierattr_t b;
	pthread_rwlockattr_t r;

	switch (script.sync[i].kind) {
	case SYNC_OF_SEM: sem_init(sync_at(i), pshared, (unsigned)value); break;
	case SYNC_OF_NAMED: open_named(i); break;
	case SYNC_OF_MUTEX: make_mutex(sync_at(i), value, pshared); break;
	case SYNC_OF_COND:
		pthread_condattr_init(&c);
		pthread_condattr_setpshared(&c, pshared);
		pthread_cond_init(sync_at(i), &c);
		break;
	case SYNC_OF_BARRIER:
		pthread_barrierattr_init(&b);
		pthread_barrierattr_setpshared(&b, pshared);
		pthread_barrier_init(sync_at(i), &b, (unsigned)value);
		break;
	case SYNC_OF_RWLOCK:
		pthread_rwlockattr_init(&r);
		pthread_rwlockattr_setpshared(&r, pshared);
		pthread_rwlock_init(sync_at(i), &r);
		break;
	default: pthread_spin_init(sync_at(i), pshared);
	}
}

static struct timespec in_ms(int ms)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_nsec += ms * 1000000L;
	ts.tv_sec += ts.tv_nsec / 1000000000L;
	ts.tv_nsec %= 1000000000L;
	return ts;
}

/* A robust mutex whose owner died is the next one's to mend. */
static bool locked(int e, void *m, bool mend)
{
	if (e == EOWNERDEAD && mend)
		pthread_mutex_consistent(m);
	if (e == EOWNERDEAD && !mend) {
		pthread_mutex_unlock(m);
		return false;
	}
	return e == 0 || e == EOWNERDEAD;
}

static void await(const struct mop *op)
{
	pthread_mutex_t *m = sync_at(op->b);

	pthread_mutex_lock(m);
	while (cell_load(base[0] + op->c, 8, PLAIN) < op->v)
		pthread_cond_wait(sync_at(op->a), m);
	pthread_mutex_unlock(m);
}

static void announce(const struct mop *op)
{
	pthread_mutex_t *m = sync_at(op->b);
	unsigned char *cell = base[0] + op->c;

	pthread_mutex_lock(m);
	cell_store(cell, 8, PLAIN, cell_load(cell, 8, PLAIN) + 1);
	if (op->v)
		pthread_cond_broadcast(sync_at(op->a));
	else
		pthread_cond_signal(sync_at(op->a));
	pthread_mutex_unlock(m);
}

static void condwait(const struct mop *op)
{
	pthread_mutex_t *m = sync_at(op->b);
	struct timespec ts;

	pthread_mutex_lock(m);
	ts = in_ms(
		op->c); /* while we are held the clock goes on: nothing stops between here and the call */
	if (op->c)
		pthread_cond_timedwait(sync_at(op->a), m, &ts);
	else
		pthread_cond_wait(sync_at(op->a), m);
	pthread_mutex_unlock(m);
}

/* False: it failed, what depends on it is left out. */
static bool sync_op(const struct mop *op)
{
	struct timespec ts = in_ms(op->b);
	void *o = sync_at(op->a);
	int v;

	switch (op->kind) {
	case MOP_wait: return sem_wait(o) == 0;
	case MOP_trywait: return sem_trywait(o) == 0;
	case MOP_timedwait: return sem_timedwait(o, &ts) == 0;
	case MOP_post: return sem_post(o) == 0;
	case MOP_getvalue: return sem_getvalue(o, &v) == 0;
	case MOP_lock: return locked(pthread_mutex_lock(o), o, !op->b);
	case MOP_trylock: return locked(pthread_mutex_trylock(o), o, true);
	case MOP_timedlock: return locked(pthread_mutex_timedlock(o, &ts), o, true);
	case MOP_unlock: return pthread_mutex_unlock(o) == 0;
	case MOP_await: await(op); return true;
	case MOP_announce: announce(op); return true;
	case MOP_condwait: condwait(op); return true;
	case MOP_signal: return pthread_cond_signal(o) == 0;
	case MOP_broadcast: return pthread_cond_broadcast(o) == 0;
	case MOP_barrier: return pthread_barrier_wait(o) <= 0;
	case MOP_rdlock: return pthread_rwlock_rdlock(o) == 0;
	case MOP_wrlock: return pthread_rwlock_wrlock(o) == 0;
	case MOP_tryrdlock: return pthread_rwlock_tryrdlock(o) == 0;
	case MOP_trywrlock: return pthread_rwlock_trywrlock(o) == 0;
	case MOP_timedwrlock: return pthread_rwlock_timedwrlock(o, &ts) == 0;
	case MOP_rwunlock: return pthread_rwlock_unlock(o) == 0;
	case MOP_spinlock: return pthread_spin_lock(o) == 0;
	case MOP_spintry: return pthread_spin_trylock(o) == 0;
	case MOP_spinunlock: return pthread_spin_unlock(o) == 0;
	default: return false;
	}
}

/* ---- operations ---- */

static void spin(unsigned char *at, int limit, uint64_t v)
{
	for (int i = 0; (limit == 0 || i < limit) && cell_load(at, 4, VOLATILE) < v; i++)
		;
}

static void access_op(const struct mop *op)
{
	unsigned char *at = base[op->a] + op->b;
	enum flavour f = (enum flavour)op->skip;

	switch (op->kind) {
	case MOP_ld: cell_load(at, op->c, f); break;
	case MOP_st: cell_store(at, op->c, f, op->v); break;
	case MOP_add: cell_add(at, op->c, op->v); break;
	case MOP_xchg: cell_exchange(at, op->c, op->v); break;
	case MOP_cas: cell_compare_exchange(at, op->c, (uint64_t)op->skip, op->v); break;
	case MOP_incr: cell_store(at, op->c, f, cell_load(at, op->c, f) + 1); break;
	case MOP_look: cell_look(at, op->c); break;
	case MOP_put: cell_put(at, op->c, op->v); break;
	case MOP_copy: cell_copy(base[op->a] + op->v, at, op->c); break;
	case MOP_set: cell_set(at, op->c, op->v); break;
	case MOP_move: cell_move(base[op->a] + op->v, at, op->c); break;
	default: spin(at, op->c, op->v);
	}
}

static void pipe_op(const struct mop *op)
{
	char bytes[256] = {0};
	int left = op->a;
	ssize_t n;

	if (op->kind == MOP_pwrite) {
		if (write(ends[1], bytes, (size_t)left) != left)
			give_up("write");
		return;
	}
	while (left > 0 && (n = read(ends[0], bytes, (size_t)left)) > 0)
		left -= (int)n;
}

static void carry_out(int self)
{
	const struct actor *a = &script.actor[self];

	for (int i = 0; i < a->n; i++) {
		const struct mop *op = &a->ops[i];
		bool ok = true;

		if (op->kind <= MOP_spin)
			access_op(op);
		else if (op->kind <= MOP_spinunlock)
			ok = sync_op(op);
		else if (op->kind <= MOP_pread)
			pipe_op(op);
		else if (op->kind == MOP_die)
			script.threads ? pthread_exit(NULL) : _exit(op->a);
		else if (op->kind == MOP_reopen) {
			sem_close(named[op->a]);
			open_named(op->a);
		} else
			change_mapping(op);
		if (!ok)
			i += op->skip;
	}
}

/* ---- actors ---- */

static pid_t fork_actor(int self)
{
	pid_t pid = fork();

	if (pid < 0)
		give_up("fork");
	if (pid == 0)
		for (int s = 0; s < script.segs; s++)
			map_again(s, self);
	return pid;
}

static void wait_for_all(void)
{
	int status;

	while (wait(&status) > 0)
		statuses += WIFEXITED(status) ? 3 * WEXITSTATUS(status) : 64;
}

static void *thread(void *arg)
{
	carry_out((int)(intptr_t)arg);
	return NULL;
}

static void run_threads(void)
{
	pthread_t t[ACTORS_MAX];

	for (int i = 1; i < script.actors; i++)
		if (pthread_create(&t[i], NULL, thread, (void *)(intptr_t)i))
			give_up("pthread_create");
	carry_out(0);
	for (int i = 1; i < script.actors; i++)
		pthread_join(t[i], NULL);
}

/* Returns in every process, with the number of its actor. */
static int fork_actors(void)
{
	for (int i = 1; i < script.actors; i++) {
		bool child = fork_actor(i) == 0;

		if (child && (!script.chain || i == script.actors - 1))
			return i;
		if (!child && script.chain)
			return i - 1;
	}
	return 0;
}

static void report(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
	char line[200];
	int n = 0;

	for (int i = 0; i < COUNTERS; i++) {
		uint64_t v;
		memcpy(&v, base[0] + 8 * i, 8);
		n += snprintf(line + n, sizeof line - (size_t)n, "%llu ", (unsigned long long)v);
	}
	n += snprintf(line + n, sizeof line - (size_t)n, "status %d\n", statuses & 63);
	if (fd < 0 || write(fd, line, (size_t)n) != n)
		_exit(91);
}

int main(int argc, char **argv)
{
	FILE *f = argc == 4 ? fopen(argv[1], "re") : NULL;
	int self = 0;

	if (!f || !script_load(&script, f))
		return 92;
	fclose(f);
	name_of_run = argv[3];
	if (pipe(ends) < 0)
		return 93;
	for (int s = 0; s < script.segs; s++)
		make_segment(s);
	for (int i = 0; i < script.syncs; i++)
		make_sync(i);
	if (script.threads)
		run_threads();
	else {
		self = fork_actors();
		carry_out(self);
		wait_for_all();
	}
	if (self == 0)
		report(argv[2]);
	_exit(statuses & 63);
}
