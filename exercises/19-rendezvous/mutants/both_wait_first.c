// verdict: HANG
// says: sem1 is 0; P1 could post it
/* meet N: parent and child hand over the numbers 1 to N, without any buffer in between. */
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
	int item;
	sem_t here, taken;
	int given, got; /* how many, for the check: nobody may be ahead */
};

static void give(struct place *p, int item)
{
	sem_wait(&p->taken);
	p->item = item;
	sem_post(&p->here);
	; /* back only when the other one has it */
	p->given++;
}

static int take(struct place *p)
{
	int item;

	sem_wait(&p->here);
	item = p->item;
	p->got++;
	sem_post(&p->taken);
	return item;
}

int main(int argc, char **argv)
{
	int n = argc == 2 ? atoi(argv[1]) : -1, status, bad = 0;
	struct place *p;

	if (n < 0)
		return 2;
	p = mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return 1;
	sem_init(&p->here, 1, 0);
	sem_init(&p->taken, 1, 0);
	if (fork() == 0) {
		for (int i = 1; i <= n; i++) {
			int item = take(p);

			if (item != i)
				_exit(1);
			printf("got %d\n", item);
			fflush(stdout);
		}
		_exit(0);
	}
	for (int i = 1; i <= n; i++) {
		give(p, i);
		bad |= p->got < p->given; /* given before it was taken */
	}
	wait(&status);
	return bad || status != 0;
}
