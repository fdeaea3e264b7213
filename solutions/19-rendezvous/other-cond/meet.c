/* With a mutex and a condition.
 * meet N: parent and child hand over the numbers 1 to N, without any buffer in between. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
	int item;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int full;
	int given, got; /* how many, for the check: nobody may be ahead */
};

static void give(struct place *p, int item)
{
	pthread_mutex_lock(&p->lock);
	p->item = item;
	p->full = 1;
	pthread_cond_broadcast(&p->changed);
	while (p->full)
		pthread_cond_wait(&p->changed, &p->lock);
	p->given++;
	pthread_mutex_unlock(&p->lock);
}

static int take(struct place *p)
{
	int item;

	pthread_mutex_lock(&p->lock);
	while (!p->full)
		pthread_cond_wait(&p->changed, &p->lock);
	item = p->item;
	p->full = 0;
	p->got++;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	return item;
}

int main(int argc, char **argv)
{
	int n = argc == 2 ? atoi(argv[1]) : -1, status, bad = 0;
	pthread_mutexattr_t ma;
	pthread_condattr_t ca;
	struct place *p;

	if (n < 0)
		return 2;
	p = mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return 1;
	pthread_mutexattr_init(&ma);
	pthread_mutexattr_setpshared(&ma, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&p->lock, &ma);
	pthread_condattr_init(&ca);
	pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED);
	pthread_cond_init(&p->changed, &ca);
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
