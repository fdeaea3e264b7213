/* With a mutex and two conditions, and a thread for each. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static int cells, producers, consumers, each, buffer[64], in, count, taken;
static long sum;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t room = PTHREAD_COND_INITIALIZER, item = PTHREAD_COND_INITIALIZER;

static void *produce(void *arg)
{
	int first = (int)(long)arg * each;

	for (int i = 1; i <= each; i++) {
		pthread_mutex_lock(&lock);
		while (count == cells)
			pthread_cond_wait(&room, &lock);
		buffer[(in + count++) % cells] = first + i;
		pthread_cond_signal(&item);
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

static void *consume(void *arg)
{
	pthread_mutex_lock(&lock);
	for (;;) {
		while (count == 0 && taken < producers * each)
			pthread_cond_wait(&item, &lock);
		if (count == 0)
			break;
		sum += buffer[in];
		in = (in + 1) % cells;
		count--;
		if (++taken == producers * each)
			pthread_cond_broadcast(&item);
		pthread_cond_signal(&room);
	}
	pthread_mutex_unlock(&lock);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t[256];
	long n;

	if (argc != 5)
		return 2;
	cells = atoi(argv[1]);
	producers = atoi(argv[2]);
	consumers = atoi(argv[3]);
	each = atoi(argv[4]);
	for (long i = 0; i < producers; i++)
		pthread_create(&t[i], NULL, produce, (void *)i);
	for (int i = 0; i < consumers; i++)
		pthread_create(&t[producers + i], NULL, consume, NULL);
	for (int i = 0; i < producers + consumers; i++)
		pthread_join(t[i], NULL);
	printf("%ld\n", sum);
	n = producers * each;
	return sum != n * (n + 1) / 2;
}
