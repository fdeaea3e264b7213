/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What explore would be without a tracer's stops: the processes pass a baton among themselves, a futex each, and look
 * up in a shared page where they are to pass it. For programs of fork, mmap, wait, sem_wait, sem_post and plain accesses
 * only, compiled by gcc -fsanitize=thread and linked with forked.c by
 *   -Wl,--wrap=fork,--wrap=mmap,--wrap=wait,--wrap=_exit,--wrap=sem_wait,--wrap=sem_post
 * Preemptions are put before step 0, 1, 2 ... of an execution, then before each two. Not a part of ipclab: a measure
 * of what is to be had.
 */
#include <linux/futex.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { TASKS = 16, STEPS = 4096 };
enum state { NONE, RUNS, WANTS_UNIT, WANTS_CHILD, GONE };

struct task {
	enum state state;
	int parent, reaped, word; /* word: 1: the baton is here */
	const volatile unsigned *unit;
};
static struct page {
	int tasks, n, first, second; /* preempt before these steps; -1: no more */
	int switches;
	uintptr_t from, to; /* the shared memory */
	struct task task[TASKS];
	struct { uintptr_t addr, pc, value; } step[STEPS];
} *page;
static int me;

pid_t __real_fork(void);
pid_t __real_wait(int *);
void *__real_mmap(void *, size_t, int, int, int, off_t);
int __real_sem_wait(sem_t *), __real_sem_post(sem_t *);
void __real__exit(int) __attribute__((noreturn));

static void receive(void)
{
	int *word = &page->task[me].word;

	while (!__atomic_load_n(word, __ATOMIC_ACQUIRE))
		syscall(SYS_futex, word, FUTEX_WAIT, 0, NULL, NULL, 0);
	*word = 0;
}

static void give(int to)
{
	int *word = &page->task[to].word;

	page->switches++;
	__atomic_store_n(word, 1, __ATOMIC_RELEASE);
	syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static bool child_gone(int t)
{
	for (int i = 0; i < page->tasks; i++)
		if (page->task[i].parent == t && page->task[i].state == GONE && !page->task[i].reaped)
			return true;
	return false;
}

static bool can_go(int t)
{
	switch (page->task[t].state) {
	case RUNS: return true;
	case WANTS_UNIT: return *page->task[t].unit != 0;
	case WANTS_CHILD: return child_gone(t);
	default: return false;
	}
}

static int somebody_else(void)
{
	for (int i = 1; i < page->tasks; i++)
		if (can_go((me + i) % page->tasks))
			return (me + i) % page->tasks;
	return -1;
}

static void block(void)
{
	int to;

	if (can_go(me))
		return;
	to = somebody_else();
	if (to < 0) {
		fprintf(stderr, "baton: nobody can go on\n");
		kill(0, SIGKILL);
	}
	give(to);
	receive();
}

static void point(const volatile void *p, void *pc)
{
	int n = page->n++, to;

	if (n == page->first || n == page->second) {
		to = somebody_else();
		if (to >= 0) {
			give(to);
			receive();
		}
	}
	if (n < STEPS) {
		page->step[n].addr = (uintptr_t)p;
		page->step[n].pc = (uintptr_t)pc;
		page->step[n].value = *(const volatile unsigned *)p;
	}
}

/* ---- for forked.c ---- */

void baton_open(void)
{
	page = __real_mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	page->first = page->second = -1;
}

void baton_begin(void)
{
	for (int i = 0; i < page->tasks; i++)
		page->task[i] = (struct task){0};
	page->tasks = 1;
	page->task[0] = (struct task){.state = RUNS, .parent = -1};
	page->n = page->switches = 0;
	page->from = page->to = 0;
}

void baton_end(long *steps, long *switches)
{
	*steps += page->n;
	*switches += page->switches;
	if (page->second >= 0 && page->second < page->n) {
		page->second++;
	} else {
		if (++page->first >= page->n)
			page->first = 0;
		page->second = page->first + 1;
	}
}

/* ---- what the program calls ---- */

pid_t __wrap_fork(void)
{
	int child = page->tasks++;
	pid_t pid;

	page->task[child] = (struct task){.state = RUNS, .parent = me};
	pid = __real_fork();
	if (pid == 0) {
		me = child;
		receive();
	}
	return pid;
}

pid_t __wrap_wait(int *status)
{
	bool any = false;

	for (int i = 0; i < page->tasks; i++)
		any |= page->task[i].parent == me && !page->task[i].reaped;
	if (any) {
		page->task[me].state = WANTS_CHILD;
		block();
		page->task[me].state = RUNS;
		for (int i = 0; i < page->tasks; i++)
			if (page->task[i].parent == me && page->task[i].state == GONE && !page->task[i].reaped) {
				page->task[i].reaped = 1;
				break;
			}
	}
	return __real_wait(status);
}

void __wrap__exit(int status)
{
	int to;

	page->task[me].state = GONE;
	to = somebody_else();
	if (to >= 0)
		give(to);
	__real__exit(status);
}

void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
	void *p = __real_mmap(at, n, prot, flags, fd, off);

	if (p != MAP_FAILED && flags & MAP_SHARED) {
		page->from = (uintptr_t)p;
		page->to = page->from + n;
	}
	return p;
}

int __wrap_sem_wait(sem_t *s)
{
	point(s, __builtin_return_address(0));
	page->task[me].unit = (const volatile unsigned *)s;
	page->task[me].state = WANTS_UNIT;
	block();
	page->task[me].state = RUNS;
	return __real_sem_wait(s);
}

int __wrap_sem_post(sem_t *s)
{
	point(s, __builtin_return_address(0));
	return __real_sem_post(s);
}

#define ACCESS(name)                                                        \
	void __tsan_##name(void *p)                                         \
	{                                                                   \
		if ((uintptr_t)p - page->from < page->to - page->from)      \
			point(p, __builtin_return_address(0));              \
	}
ACCESS(read1)
ACCESS(read2)
ACCESS(read4)
ACCESS(read8)
ACCESS(write1)
ACCESS(write2)
ACCESS(write4)
ACCESS(write8)
void __tsan_init(void) {}
void __tsan_func_entry(void *pc) { (void)pc; }
void __tsan_func_exit(void) {}
