/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A POSIX timer whose handler posts a semaphore.
 *
 * why ENDED
 */
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <time.h>

static sem_t turn;

static void ring(int sig)
{
	(void)sig;
	sem_post(&turn);
}

int main(void)
{
	struct sigevent how = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	struct itimerspec once = {.it_value = {0, 300000000}};
	timer_t timer;

	sem_init(&turn, 0, 0);
	signal(SIGUSR1, ring);
	if (timer_create(CLOCK_MONOTONIC, &how, &timer) < 0 ||
		timer_settime(timer, 0, &once, NULL) < 0)
		return 1;
	while (sem_wait(&turn) < 0 && errno == EINTR)
		;
	return 0;
}
