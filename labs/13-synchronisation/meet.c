/* SPDX-License-Identifier: 0BSD */
/* meet: a rendezvous of two semaphores. Nobody goes on before both are there, and the item is handed over
 * without lying anywhere in between. */
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
	sem_init(&place->here, 1, 0);
	sem_init(&place->taken, 1, 0);
	if (fork() == 0) {
		for (int i = 0; i < 2; i++) {
			sem_wait(&place->here);
			printf("got %d\n", place->item);
			sem_post(&place->taken);
		}
		return 0;
	}
	for (int i = 0; i < 2; i++) {
		place->item = 11 + i;
		sem_post(&place->here);
		sem_wait(&place->taken);
		printf("given %d\n", 11 + i);
	}
	wait(NULL);
	return 0;
}
