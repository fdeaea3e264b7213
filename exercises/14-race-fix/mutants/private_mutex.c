// verdict: FLAKY
/* count N: parent and child each add 1 to a shared number N times. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
	long count;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void add(struct shared *s, long n)
{
	for (long i = 0; i < n; i++) {
		pthread_mutex_lock(&lock);
		s->count = s->count + 1;
		pthread_mutex_unlock(&lock);
	}
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 1;
	struct shared *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED || n < 0)
		return 2;
	if (fork() == 0) {
		add(s, n);
		_exit(0);
	}
	add(s, n);
	wait(NULL);
	printf("%ld\n", s->count);
	return s->count == 2 * n ? 0 : 1;
}
