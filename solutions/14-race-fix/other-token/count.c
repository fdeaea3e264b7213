/* With a pipe that holds one byte: who has it may add. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int token[2];

static void turns(long *count, long n)
{
	char c;

	for (long i = 0; i < n; i++) {
		if (read(token[0], &c, 1) != 1)
			exit(1);
		*count += 1;
		if (write(token[1], &c, 1) != 1)
			exit(1);
	}
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 1, *count;

	count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (count == MAP_FAILED || pipe(token) < 0 || write(token[1], "t", 1) != 1)
		return 2;
	if (fork() == 0) {
		turns(count, n);
		return 0;
	}
	turns(count, n);
	wait(NULL);
	printf("%ld\n", *count);
	return *count == 2 * n ? 0 : 1;
}
