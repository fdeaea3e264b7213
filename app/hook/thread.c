/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * With --threads: once a second thread exists, accesses to .data, .bss and the heap stop too.
 * Stacks and thread-local storage never do: a created thread's lie in one block that the new thread
 * notes as its first act; the first thread's stack is what lies above everything that mmap gives.
 * Noted blocks stay: glibc keeps stacks for later threads.
 */
#include <link.h>
#include <unistd.h>

#include "hook/runtime.h"

enum { STACKS = 256 };
#define STACK_ROOM \
	((uintptr_t)64 << 20) /* the kernel keeps 128 MiB and more free below the stack */

static struct {
	uintptr_t start, end; /* end 0: not filled in yet */
} stacks[STACKS];
static unsigned stack_count;
static bool threads;                     /* a second thread exists, and that is to be told */
static uintptr_t local_start, local_end; /* thread-local storage of the first thread */
static __thread uintptr_t own_start, own_end;

extern HIDDEN char __executable_start, _end;
extern char __data_start __attribute__((weak));

bool thread_shares(uintptr_t a)
{
	if (LIKELY(!threads))
		return false;
	if (a >= hook_stack - STACK_ROOM || a - own_start < own_end - own_start ||
		a - local_start < local_end - local_start)
		return false;
	if (a < (uintptr_t)&_end) /* of the program itself: not its code and constants */
		return a >= (uintptr_t)&__data_start;
	for (unsigned i = 0; i < stack_count && i < STACKS; i++)
		if (a - stacks[i].start < stacks[i].end - stacks[i].start)
			return false;
	return true;
}

static void note_stack(void)
{
	pthread_attr_t is;
	void *start;
	size_t bytes;
	unsigned i;

	if (pthread_getattr_np(pthread_self(), &is) != 0)
		return;
	pthread_attr_getstack(&is, &start, &bytes);
	pthread_attr_destroy(&is);
	own_start = (uintptr_t)start;
	own_end = own_start + bytes;
	for (i = 0; i < stack_count && i < STACKS; i++)
		if (stacks[i].start == own_start && stacks[i].end == own_end)
			return;
	i = __atomic_fetch_add(&stack_count, 1, __ATOMIC_ACQ_REL);
	if (i < STACKS) {
		stacks[i].start = own_start;
		__atomic_store_n(&stacks[i].end, own_end, __ATOMIC_RELEASE);
	}
}

/* The blocks that the modules of the process have in this thread. */
static int note_local(struct dl_phdr_info *module, size_t size, void *arg)
{
	(void)size;
	(void)arg;
	if (module->dlpi_tls_data && (uintptr_t)module->dlpi_tls_data < local_start)
		local_start = (uintptr_t)module->dlpi_tls_data;
	return 0;
}

/* fork leaves one thread. */
static void alone_again(void)
{
	threads = false;
	ranges_everything(false);
}

static void begin(void)
{
	static bool prepared;

	if (!prepared) {
		prepared = true;
		local_start = (uintptr_t)__builtin_thread_pointer();
		local_end = local_start +
			    4096; /* struct pthread is there, and begins a page of its own or not */
		dl_iterate_phdr(note_local, NULL);
		pthread_atfork(NULL, NULL, alone_again);
	}
	threads = true;
	ranges_everything(true);
}

struct first_act {
	void *(*run)(void *);
	void *arg;
};

static void *born(void *p)
{
	struct first_act act = *(struct first_act *)p;

	free(p);
	note_stack();
	return act.run(act.arg);
}

int hook_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *arg)
	STANDS_FOR(pthread_create);
int hook_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *arg)
{
	struct first_act *act;
	int r;

	if (!hook_watched() || !hook_wants_threads)
		return hook_real.pthread_create(t, a, run, arg);
	act = malloc(sizeof *act);
	if (!act)
		return EAGAIN;
	act->run = run;
	act->arg = arg;
	if (!threads)
		begin();
	r = hook_real.pthread_create(t, a, born, act);
	if (r != 0)
		free(act);
	return r;
}
