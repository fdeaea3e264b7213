/* SPDX-License-Identifier: 0BSD */
/* ready: the pair once more, with a semaphore that has a name, too. P2, the consumer,
 * sleeps until P1, the producer, says that the message is there.
 *     Alone:  cc -o ready ready.c producer.c consumer.c && ./ready */
#include <semaphore.h>

#include "message.h"

#define READY "/OS-ready"

int main(void)
{
	/* Its value is 0: nobody may pass yet. Like the object it is found by its name,
	 * so that programs that are not related can use it: sem_overview(7). */
	sem_t *ready = sem_open(READY, O_CREAT, 0600, 0);

	if (ready == SEM_FAILED)
		return 1;
	if (fork() == 0) {
		/* Sleeps while the value is 0, then takes 1 away. It does not matter
		 * who comes first: a post that came before is remembered, as a number.
		 * A signal of kill(2) would be lost. */
		sem_wait(ready);
		consumer();
		return 0;
	}
	producer();
	/* After the last character. Before it, P2 might see half of them. */
	sem_post(ready);
	wait(NULL);
	/* Semaphores with names stay, too, until somebody does this. */
	sem_unlink(READY);
	return 0;
}
