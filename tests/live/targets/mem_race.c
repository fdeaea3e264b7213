/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two processes add to one word and store into its neighbour at the same time, each so often; a handler does the same. */
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TIMES = 2000 };
static struct cells {
	int sum, last, ticks;
} * c;

static void on_tick(int sig)
{
	(void)sig;
	__atomic_fetch_add(&c->sum, 1, __ATOMIC_SEQ_CST);
	__atomic_fetch_add(&c->ticks, 1, __ATOMIC_SEQ_CST);
}

static void add(int by)
{
	struct sigaction act = {.sa_handler = on_tick, .sa_flags = SA_RESTART};
	struct itimerval often = {{0, 300}, {0, 300}}, never = {0};

	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < TIMES; i++) {
		__atomic_fetch_add(&c->sum, 1, __ATOMIC_SEQ_CST);
		c->last = by;
	}
	setitimer(ITIMER_REAL, &never, NULL);
}

int main(void)
{
	c = mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fork() == 0) {
		add(1);
		_exit(0);
	}
	add(2);
	wait(NULL);
	printf("%d %d\n", c->sum - c->ticks, c->last >= 1 && c->last <= 2);
	return 0;
}
