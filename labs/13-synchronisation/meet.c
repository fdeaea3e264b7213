/* SPDX-License-Identifier: 0BSD */
/* meet: a rendezvous of two semaphores. Nobody goes on before both are there, and the
 * item is handed over without lying anywhere in between. P1 gives two, P2 takes two.
 *     Alone:  cc -o meet meet.c && ./meet */
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
	int item;
	sem_t here, taken; /* an item is here; it has been taken */
};

int main(void)
{
	struct place *place = mmap(NULL, sizeof *place, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (place == MAP_FAILED)
		return 1;
	/* The 1 says that processes share it, not only threads: sem_init(3). 0: nothing
	 * has happened yet. */
	sem_init(&place->here, 1, 0);
	sem_init(&place->taken, 1, 0);
	if (fork() == 0) {
		for (int i = 0; i < 2; i++) {
			/* Sleeps until P1 has put the item there. A post before that is
			 * remembered. */
			sem_wait(&place->here);
			printf("got %d\n", place->item);
			/* After the last look at item: from here on P1 may put the next
			 * one in its place. */
			sem_post(&place->taken);
		}
		return 0;
	}
	for (int i = 0; i < 2; i++) {
		place->item = 11 + i;
		/* Two semaphores, for there are two things to wait for: that the item
		 * is there, and that it was taken. With `here` alone the second item
		 * could overwrite the first. */
		sem_post(&place->here);
		sem_wait(&place->taken);
		printf("given %d\n", 11 + i);
	}
	wait(NULL);
	return 0;
}
