/* SPDX-License-Identifier: 0BSD */
/* ready: the pair with a semaphore that has a name. The consumer sleeps until the message is there. */
#include <semaphore.h>

#include "message.h"

#define READY "/OS-ready"

int main(void)
{
	sem_t *ready = sem_open(READY, O_CREAT, 0600, 0);

	if (ready == SEM_FAILED)
		return 1;
	if (fork() == 0) {
		sem_wait(ready);
		consumer();
		return 0;
	}
	producer();
	sem_post(ready);
	wait(NULL);
	sem_unlink(READY);
	return 0;
}
