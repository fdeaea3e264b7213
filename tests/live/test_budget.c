/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time that programs have had: all of it while they sleep, and while they compute as much as a processor gave them, though
 * three others want the same one. */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "grader/private.h"

enum { OTHERS = 3, LOOKS = 15 };
static const u64 second = 1000000000;

static void pin(void)
{
	cpu_set_t may, one;

	sched_getaffinity(0, sizeof may, &may);
	CPU_ZERO(&one);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &may)) {
			CPU_SET(cpu, &one);
			break;
		}
	sched_setaffinity(0, sizeof one, &one);
}

static pid_t start(void (*fn)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fn();
		_exit(0);
	}
	return pid;
}

static void compute(void)
{
	for (volatile unsigned n = 0;; n++)
		;
}

static void asleep(void)
{
	for (;;)
		pause();
}

struct measured {
	u64 own, wall, ran;
};

static void look_on(struct budget *b, struct measured *m)
{
	u64 began = clock_ns();

	budget_begin(b, began);
	for (int i = 0; i < LOOKS; i++) {
		nanosleep(&(struct timespec){0, BUDGET_LOOK_NS}, NULL);
		budget_look(b, clock_ns());
	}
	m->own = b->own_ns;
	m->wall = clock_ns() - began;
}

/* A box of one program, measured in a process of its own: its children are all there is to look at. */
static void measure(void (*program)(void), struct measured *m)
{
	pid_t box = fork();

	if (box == 0) {
		struct budget b;
		struct rusage use;
		pid_t pid;

		pid = start(program);
		look_on(&b, m);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		getrusage(RUSAGE_CHILDREN, &use);
		m->ran = (u64)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * second + (u64)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) * 1000;
		_exit(0);
	}
	waitpid(box, NULL, 0);
}

int main(void)
{
	struct measured *m = mmap(NULL, 2 * sizeof *m, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t other[OTHERS];
	bool sleeps, computes;

	if (m == MAP_FAILED)
		return 1;
	pin();
	measure(asleep, &m[0]);
	for (int i = 0; i < OTHERS; i++)
		other[i] = start(compute);
	measure(compute, &m[1]);
	for (int i = 0; i < OTHERS; i++) {
		kill(other[i], SIGKILL);
		waitpid(other[i], NULL, 0);
	}
	sleeps = m[0].own > m[0].wall / 2 && m[0].own <= m[0].wall;
	computes = m[1].own <= m[1].ran + second / 4 && m[1].own + second / 4 >= m[1].ran && m[1].own < m[1].wall * 3 / 4;
	printf("asleep: %.2f s of %.2f; computing, with %d others on its processor: %.2f s, it ran %.2f of %.2f\n", (double)m[0].own / 1e9,
		(double)m[0].wall / 1e9, OTHERS, (double)m[1].own / 1e9, (double)m[1].ran / 1e9, (double)m[1].wall / 1e9);
	printf("Checks: 2, Failures: %d, Errors: 0\n", !sleeps + !computes);
	return !sleeps || !computes;
}
