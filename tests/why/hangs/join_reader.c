/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main joins a thread that reads to the end of a pipe whose write end the process itself holds.
 *
 * why HANG
 * why P1 futex other @join <- P1/2
 * why P1/2 read pipe @read <- P1 write opened @pipe
 */
#include <pthread.h>
#include <unistd.h>

static int ends[2];

static void *drain(void *arg)
{
	char byte;

	while (read(ends[0], &byte, 1) > 0) /* @read */
		;
	return arg;
}

int main(void)
{
	pthread_t thread;

	if (pipe(ends) < 0) /* @pipe */
		return 1;
	pthread_create(&thread, NULL, drain, NULL);
	(void)!write(ends[1], "some", 4);
	pthread_join(thread, NULL); /* @join */
	close(ends[1]);
	return 0;
}
