/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Python's multiprocessing.Queue, joined before it is read: the child ends when its feeder thread has written everything,
 * the feeder waits for somebody to read, and the reader waits for the child.
 *
 * why HANG
 * why P1 wait4 child @join <- ?
 * why P2 futex sem|other @ends <- ?
 * why P2/2 write pipe @feeds <- P1 read, P2 read
 * why mend P1 has to read pipe\d+ to its end before it waits for P2
 */
#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

static sem_t fed;
static int queue[2];

static void *feed(void *arg)
{
	char item[1000] = {0};

	for (int i = 0; i < 200; i++)
		if (write(queue[1], item, sizeof item) < 0) /* @feeds */
			_exit(1);
	sem_post(&fed);
	return arg;
}

static void child(void)
{
	pthread_t feeder;

	sem_init(&fed, 0, 0);
	if (pthread_create(&feeder, NULL, feed, NULL) != 0)
		_exit(1);
	sem_wait(&fed); /* @ends */
	_exit(0);
}

int main(void)
{
	if (pipe(queue) < 0)
		return 1;
	if (fork() == 0)
		child();
	close(queue[1]);
	return wait(NULL) < 0; /* @join */
}
