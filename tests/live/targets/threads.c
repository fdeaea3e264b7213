/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads share one descriptor table: one sleeps in a read, another closes and writes; four send
 * through one pipe, the sum is right. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static int ends[2], reply[2];

static void *echo(void *arg)
{
	char byte;

	while (read(ends[0], &byte, 1) == 1)
		if (write(reply[1], &byte, 1) != 1)
			break;
	close(reply[1]);
	return arg;
}

static void *send_some(void *arg)
{
	for (int i = 0; i < 50; i++)
		if (write(ends[1], arg, 1) != 1)
			break;
	return NULL;
}

int main(void)
{
	pthread_t server, senders[4];
	int counts[4] = {0};
	char byte;

	if (pipe(ends) < 0 || pipe(reply) < 0)
		return 1;
	pthread_create(&server, NULL, echo, NULL);
	for (int i = 0; i < 4; i++)
		pthread_create(&senders[i], NULL, send_some, &"abcd"[i]);
	for (int i = 0; i < 4; i++)
		pthread_join(senders[i], NULL);
	close(ends[1]);
	while (read(reply[0], &byte, 1) == 1)
		counts[byte - 'a']++;
	pthread_join(server, NULL);
	printf("%d %d %d %d\n", counts[0], counts[1], counts[2], counts[3]);
	return 0;
}
