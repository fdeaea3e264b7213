/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs are started beside others that run, while the run's clock ticks: a tick is no end of who is being started, however
 * long that takes. Who really ends before it begins is told with how. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "session/lib.h"

static bool slowly(void *arg)
{
	struct timespec rest = {0, 30000000};

	(void)arg;
	while (nanosleep(&rest, &rest) < 0)
		;
	return true;
}

static bool killed(void *arg)
{
	(void)arg;
	kill(getpid(), SIGKILL);
	return true;
}

int main(void)
{
	char *first[] = {"sleep", "30", NULL}, *next[] = {"true", NULL};
	struct run_options options = {.fold = true, .waits = true, .idle_ms = 1};
	struct launch launch = {.argv = first, .fds = {-1, -1, -1}};
	struct err err = {0};
	struct run *r = run_create(&options, &launch, &err);
	unsigned started = 0, named;
	u32 task;

	if (!r) {
		printf("skipped: %s\n", err.text);
		return 77;
	}
	launch.argv = next;
	launch.prepare = slowly;
	for (int i = 0; i < 10; i++) {
		err = (struct err){0};
		if (run_add(r, &launch, &task, &err))
			started++;
		else
			printf("%s\n", err.text);
	}
	launch.prepare = killed;
	err = (struct err){0};
	named = !run_add(r, &launch, &task, &err) && strstr(err.text, "SIGKILL killed it") != NULL;
	run_destroy(r);
	printf("%u of 10 were started while a clock ticked each millisecond; one that was killed is told so: %s\n", started, named ? "yes" : "no");
	printf("Checks: 2, Failures: %d, Errors: 0\n", (started != 10) + !named);
	return started != 10 || !named;
}
