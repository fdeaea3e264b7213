/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A process that was attached to is let go while it stands at the entry of a call, or on its way there: what the call gives is
 * what it would have given without us. Being let go in that stop would leave a signal pending that there is not: a large
 * write would come back short, an epoll_wait with EINTR.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tracer/private.h"

enum { LARGE = 400000 };

static void rest(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static _Noreturn void program(volatile long *got, const int *ends, bool writes)
{
	static char bytes[LARGE];
	struct epoll_event event;
	int epoll = epoll_create1(0);

	for (int i = 0; i < 10; i++) /* attached to in one of these */
		rest(50);
	if (writes)
		*got = write(ends[1], bytes, sizeof bytes);
	else
		*got = epoll_wait(epoll, &event, 1, 700) < 0 ? -errno : 0;
	_exit(0);
}

/* Runs it until its call begins, taken or only told of, and ends. */
static _Noreturn void watch(pid_t pid, bool writes, bool taken)
{
	struct tracer_options opt = {0};
	struct err err = {0};
	struct log *log = log_create(NULL, false, &err);
	struct tracer *t = log ? tracer_create(log, &opt, &err) : NULL;
	u32 task;
	struct stop stop;

	alarm(20);
	if (!t || !tracer_attach(t, &pid, 1, &task, &err))
		_exit(77);
	if (!tracer_take(t, task, &err) || !tracer_resume(t, task, &err))
		_exit(2);
	for (;;) {
		if (!tracer_next(t, true, &stop, &err))
			_exit(2);
		if (stop.kind == STOP_ENTRY && tracee_by_task(t, stop.task)->call_nr == (writes ? SYS_write : SYS_epoll_wait))
			break;
		if (!tracer_take(t, stop.task, &err) || !tracer_resume(t, stop.task, &err))
			_exit(2);
	}
	if (taken && !tracer_take(t, stop.task, &err))
		_exit(2);
	tracer_destroy(t);
	_exit(0);
}

static long let_go(bool writes, bool taken)
{
	volatile long *got = mmap(NULL, sizeof *got, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	static char bytes[65536];
	pid_t it, watcher;
	int ends[2], status;

	if (got == MAP_FAILED || pipe(ends) < 0)
		exit(99);
	*got = -9999;
	it = fork();
	if (it == 0)
		program(got, ends, writes);
	watcher = fork();
	if (watcher == 0)
		watch(it, writes, taken);
	close(ends[1]);
	waitpid(watcher, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		puts("a process cannot be attached to here");
		exit(77);
	}
	if (status)
		printf("the watcher's status is %x\n", (unsigned)status);
	rest(100);
	while (read(ends[0], bytes, sizeof bytes) > 0)
		rest(1);
	close(ends[0]);
	waitpid(it, &status, 0);
	return *got;
}

int main(void)
{
	int failures = 0;

	alarm(60);
	for (int taken = 0; taken < 2; taken++) {
		long wrote = let_go(true, taken), waited = let_go(false, taken);
		if (wrote == LARGE && waited == 0)
			continue;
		printf("FAILED let go at a call's entry%s: write gave %ld, epoll_wait %ld\n", taken ? ", taken" : "", wrote, waited);
		failures++;
	}
	printf("Checks: 2, Failures: %d, Errors: 0\n", failures);
	return failures != 0;
}
