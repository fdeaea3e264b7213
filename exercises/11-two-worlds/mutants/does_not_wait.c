// verdict: LEAK
// says: has not waited for its child
/* sum W N: W workers add up 1 to N, each its part; the total lies in shared memory. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Worker number `who` of `workers`: the numbers who+1, who+1+workers, ... */
static long part(int who, int workers, long n)
{
	long sum = 0;

	for (long i = who + 1; i <= n; i += workers)
		sum += i;
	return sum;
}

int main(int argc, char **argv)
{
	int workers = argc == 3 ? atoi(argv[1]) : 0;
	long n = argc == 3 ? atol(argv[2]) : 0;
	atomic_long *total;

	if (workers < 1 || workers > 64 || n < 0)
		return 2;
	total = mmap(NULL, sizeof *total, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (total == MAP_FAILED)
		return 1;
	for (int who = 0; who < workers; who++)
		if (fork() == 0) {
			atomic_fetch_add(total, part(who, workers, n));
			_exit(0);
		}
	printf("%ld\n", atomic_load(total));
	return atomic_load(total) == n * (n + 1) / 2 ? 0 : 1;
}
