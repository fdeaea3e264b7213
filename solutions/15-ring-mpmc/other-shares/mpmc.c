/* Processes with a shared mutex and conditions; each consumer has a fixed share of the items. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct box {
	pthread_mutex_t m;
	pthread_cond_t changed;
	int cells, full, first, items[64];
	long total;
};

static void push(struct box *b, int item)
{
	pthread_mutex_lock(&b->m);
	while (b->full == b->cells)
		pthread_cond_wait(&b->changed, &b->m);
	b->items[(b->first + b->full) % b->cells] = item;
	b->full++;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->m);
}

static void pop(struct box *b)
{
	pthread_mutex_lock(&b->m);
	while (!b->full)
		pthread_cond_wait(&b->changed, &b->m);
	b->total += b->items[b->first];
	b->first = (b->first + 1) % b->cells;
	b->full--;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->m);
}

int main(int argc, char **argv)
{
	struct box *b = mmap(0, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t ma;
	pthread_condattr_t ca;
	int p, c, each;
	long n;

	if (argc != 5 || b == MAP_FAILED)
		return 2;
	b->cells = atoi(argv[1]);
	p = atoi(argv[2]);
	c = atoi(argv[3]);
	each = atoi(argv[4]);
	n = (long)p * each;
	pthread_mutexattr_init(&ma);
	pthread_mutexattr_setpshared(&ma, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&b->m, &ma);
	pthread_condattr_init(&ca);
	pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED);
	pthread_cond_init(&b->changed, &ca);
	for (int i = 0; i < c; i++)
		if (!fork()) {
			for (long k = i; k < n; k += c)
				pop(b);
			_exit(0);
		}
	for (int i = 0; i < p; i++)
		if (!fork()) {
			for (int k = 1; k <= each; k++)
				push(b, i * each + k);
			_exit(0);
		}
	for (int i = 0; i < p + c; i++)
		wait(NULL);
	printf("%ld\n", b->total);
	return b->total != n * (n + 1) / 2;
}
