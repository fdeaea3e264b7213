/* sum W N: W workers add up 1 to N, each its part; the total lies in shared
 * memory. */
#include <stdio.h>
#include <stdlib.h>
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
	long total = 0;

	if (workers < 1 || workers > 64 || n < 0)
		return 2;
	/* Yours: where must the total lie? */
	for (int who = 0; who < workers; who++)
		if (fork() == 0) {
			total = total + part(who, workers, n); /* Yours: can an addition be lost here? */
			_exit(0);
		}
	/* Yours: when is the total complete? */
	printf("%ld\n", total);
	return total == n * (n + 1) / 2 ? 0 : 1;
}
