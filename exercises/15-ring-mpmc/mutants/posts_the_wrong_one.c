// verdict: HANG
/* mpmc CELLS PRODUCERS CONSUMERS EACH: a ring for several producers and consumers, with semaphores. */
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 64 };

struct ring {
	int cells, in, out, buffer[MOST];
	int left;   /* items that nobody has claimed yet */
	long sum;   /* of what was taken */
	sem_t empty, full, mutex;
};

static void put(struct ring *r, int item)
{
	sem_wait(&r->empty);
	sem_wait(&r->mutex);
	r->buffer[r->in] = item;
	r->in = (r->in + 1) % r->cells;
	sem_post(&r->mutex);
	sem_post(&r->empty);
}

static void producer(struct ring *r, int who, int each)
{
	for (int i = 1; i <= each; i++)
		put(r, who * each + i);
}

/* A consumer claims an item before it waits for one: so each knows when it is done. */
static void consumer(struct ring *r)
{
	for (;;) {
		sem_wait(&r->mutex);
		if (r->left == 0) {
			sem_post(&r->mutex);
			return;
		}
		r->left--;
		sem_post(&r->mutex);
		sem_wait(&r->full);
		sem_wait(&r->mutex);
		r->sum += r->buffer[r->out];
		r->out = (r->out + 1) % r->cells;
		sem_post(&r->mutex);
		sem_post(&r->empty);
	}
}

int main(int argc, char **argv)
{
	int cells, producers, consumers, each, status, bad = 0;
	struct ring *r;
	long n;

	if (argc != 5)
		return 2;
	cells = atoi(argv[1]);
	producers = atoi(argv[2]);
	consumers = atoi(argv[3]);
	each = atoi(argv[4]);
	if (cells < 1 || cells > MOST || producers < 1 || consumers < 1 || each < 0)
		return 2;
	r = mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r == MAP_FAILED)
		return 1;
	r->cells = cells;
	r->left = producers * each;
	sem_init(&r->empty, 1, (unsigned)cells);
	sem_init(&r->full, 1, 0);
	sem_init(&r->mutex, 1, 1);
	for (int i = 0; i < producers + consumers; i++)
		if (fork() == 0) {
			if (i < producers)
				producer(r, i, each);
			else
				consumer(r);
			_exit(0);
		}
	while (wait(&status) > 0)
		bad |= status;
	n = (long)producers * each;
	printf("%ld\n", r->sum);
	return bad || r->sum != n * (n + 1) / 2;
}
