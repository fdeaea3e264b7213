/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Explored. What cannot block is noted in the page that the explorer shares with us, and goes on: a stop
 * costs two changes of process, a note 20 ns. So a task stops only where the explorer wants to choose
 * (page.until), where it would block, and where it does nothing but read the same again. Of all
 * processes that share the page one runs at a time.
 */
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hook/operation.h"

struct hook_page *hook_page;

void explore_open(void)
{
	long where = hook_call(HOOK_PAGE, 0, 0, 0, 0, 0);
	char path[64];
	int fd;
	void *p;

	if (where <= 0)
		return;
	snprintf(path, sizeof path, "/proc/%ld/fd/%ld", where >> 32, where & 0xffffffff);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		hook_call(HOOK_PAGE, errno, 0, 0, 0, 0);
		return;
	}
	p = (void *)syscall(
		SYS_mmap, NULL, sizeof *hook_page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0L);
	close(fd);
	if (p != MAP_FAILED)
		hook_page = p;
}

void explore_serve(void)
{
	for (;;) {
		hook_call(HOOK_READY, 0, 0, 0, 0, 0);
		if (fork() == 0) {
			setpgid(0, 0); /* a kill(0) of its is not for the server */
			return;
		}
	}
}

/* ---- notes ---- */

static uint64_t word_at(const volatile void *p, size_t bytes)
{
	switch (bytes) {
	case 1: return *(const volatile uint8_t *)p;
	case 2: return *(const volatile uint16_t *)p;
	case 4: return *(const volatile uint32_t *)p;
	case 8: return *(const volatile uint64_t *)p;
	default: break;
	}
	uint64_t word = 0;

	for (size_t i = 0; i < bytes && i < 8; i++)
		word |= (uint64_t)((const volatile uint8_t *)p)[i] << 8 * i;
	return word;
}

static uint64_t key_of(const struct hook_record *r)
{
	uint64_t key = (r->pc ^ r->addr * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;

	return (key ^ r->value) * 0xc4ceb9fe1a85ec53u + r->size;
}

/* How many times over would the newest p notes have come again with this one? */
static unsigned period_with(const struct hook_spin *s, uint64_t key)
{
	for (unsigned p = 1; p <= HOOK_PERIOD; p++)
		if (s->n >= p && s->keys[(s->n - p) & 7] == key &&
			s->match[p] + 1 > (HOOK_ROUNDS - 1) * p)
			return p;
	return 0;
}

static void spin_note(struct hook_spin *s, uint64_t key, bool pure)
{
	if (!pure) {
		*s = (struct hook_spin){0};
		return;
	}
	for (unsigned p = 1; p <= HOOK_PERIOD; p++)
		s->match[p] = s->n >= p && s->keys[(s->n - p) & 7] == key ? s->match[p] + 1 : 0;
	s->keys[s->n++ & 7] = key;
}

/* Before it is done: a stop if there must be one, then the note. `pure`: it may be a spin's. */
static void note(struct hook_record *r, bool pure, long what, long a3)
{
	struct hook_page *page = hook_page;
	struct hook_spin *s = &page->spins[page->task % HOOK_TASKS];

	page->period = 0;
	if (pure && !page->patience)
		page->period = period_with(s, key_of(r));
	if (page->n >= page->until || page->period) {
		if (what == HOOK_ACCESS)
			hook_call(what, (long)r->addr, r->size, a3, (long)r->pc, 0);
		else
			hook_call(what, r->op, (long)r->addr, a3, (long)HOOK_NO_TIME, (long)r->pc);
		s = &page->spins[page->task % HOOK_TASKS];
	}
	if (page->patience)
		page->patience--;
	r->value = word_at((const void *)r->addr, r->size);
	spin_note(s, key_of(r), pure);
	if (page->n < HOOK_RECORDS)
		page->records[page->n++] = *r;
}

void explore_access(const volatile void *p, size_t bytes, long how, long pc)
{
	struct hook_record r = {.addr = (uintptr_t)p,
		.pc = (uintptr_t)pc,
		.size = (unsigned)bytes,
		.how = (unsigned short)how};

	r.value = word_at(p, bytes);
	note(&r, (how & 0xff) != HOOK_STORE, HOOK_ACCESS, how);
}

/* ---- calls ---- */

/* Would the real one sleep? As glibc keeps them: sem_t's value in its first word, a mutex's lock word. */
static bool would_block(long op, long object)
{
	const pthread_mutex_t *m = (const pthread_mutex_t *)object;

	switch (op) {
	case HOOK_SEM_WAIT:
	case HOOK_SEM_TIMEDWAIT: return *(volatile uint32_t *)object == 0;
	case HOOK_MUTEX_LOCK:
	case HOOK_MUTEX_TIMEDLOCK: return *(const volatile int *)&m->__data.__lock != 0;
	case HOOK_SPIN_LOCK: return *(volatile int *)object != 1;
	default: return true;
	}
}

static bool answered(long answer, bool sem, int *r)
{
	if (answer == HOOK_EXPIRED) {
		*r = sem ? -1 : ETIMEDOUT;
		if (sem)
			errno = ETIMEDOUT;
		return true;
	}
	if ((answer & ~0xffffL) != HOOK_RESULT)
		return false;
	*r = (int16_t)(answer & 0xffff);
	return true;
}

/* Always a stop first: what becomes of it the explorer decides. */
static bool stopped(long op, long object, long second, unsigned long ns, long pc, int *r)
{
	struct hook_record n = {.addr = (uintptr_t)object,
		.pc = (uintptr_t)pc,
		.size = 4,
		.op = (unsigned short)op};
	bool sem = op == HOOK_SEM_WAIT || op == HOOK_SEM_TIMEDWAIT;
	struct hook_page *page = hook_page;
	long answer;

	do
		answer = hook_call(HOOK_BEGIN, op, object, second, (long)ns, pc);
	while (answer == HOOK_RESTART || (answer == HOOK_INTERRUPTED && !sem));
	if (answer == HOOK_INTERRUPTED) {
		errno = EINTR;
		*r = -1;
		return true;
	}
	if (op != HOOK_JOIN && op != HOOK_SEM_UNLINK)
		n.value = word_at((const void *)n.addr, 4);
	spin_note(&page->spins[page->task % HOOK_TASKS], 0, false);
	if (page->n < HOOK_RECORDS)
		page->records[page->n++] = n;
	return answered(answer, sem, r);
}

static int cond_wait(long op, long cond, long mutex, unsigned long ns, long pc)
{
	pthread_mutex_t *m = (pthread_mutex_t *)mutex;
	int r, locked, waited = 0;

	if (stopped(op, cond, mutex, ns, pc, &r))
		return r;
	r = hook_real.pthread_mutex_unlock(m);
	if (r != 0)
		return r;
	answered(hook_call(HOOK_PARK, op, cond, mutex, (long)ns, pc), false, &waited);
	locked = hook_real.pthread_mutex_lock(m);
	return locked ? locked : waited;
}

bool explore_call(long op, long object, long second, unsigned long ns, long pc, int *r)
{
	struct hook_record n = {.addr = (uintptr_t)object,
		.pc = (uintptr_t)pc,
		.size = 4,
		.op = (unsigned short)op};

	switch (op) {
	case HOOK_COND_WAIT:
	case HOOK_COND_TIMEDWAIT: *r = cond_wait(op, object, second, ns, pc); return true;
	case HOOK_SEM_WAIT:
	case HOOK_SEM_TIMEDWAIT:
	case HOOK_MUTEX_LOCK:
	case HOOK_MUTEX_TIMEDLOCK:
	case HOOK_SPIN_LOCK:
		if (would_block(op, object) || hook_page->n >= hook_page->until)
			return stopped(op, object, second, ns, pc, r);
		n.value = word_at((const void *)object, 4);
		note(&n, false, HOOK_BEGIN, second);
		return false;
	case HOOK_COND_SIGNAL:
	case HOOK_COND_BROADCAST:
	case HOOK_BARRIER_WAIT:
	case HOOK_RWLOCK_RDLOCK:
	case HOOK_RWLOCK_TRYRDLOCK:
	case HOOK_RWLOCK_TIMEDRDLOCK:
	case HOOK_RWLOCK_WRLOCK:
	case HOOK_RWLOCK_TRYWRLOCK:
	case HOOK_RWLOCK_TIMEDWRLOCK:
	case HOOK_RWLOCK_UNLOCK:
	case HOOK_BARRIER_INIT:
	case HOOK_SEM_UNLINK:
	case HOOK_JOIN: return stopped(op, object, second, ns, pc, r);
	case HOOK_SEM_OPEN: return false;
	case HOOK_SEM_TRYWAIT:
	case HOOK_SEM_GETVALUE:
	case HOOK_MUTEX_TRYLOCK:
	case HOOK_SPIN_TRYLOCK:
		n.value = word_at((const void *)object, 4);
		note(&n, true, HOOK_BEGIN, second);
		return false;
	default: note(&n, false, HOOK_BEGIN, second); return false;
	}
}
