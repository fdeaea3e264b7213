/* No shared memory at all: each worker writes its part into a pipe. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long n, total = 0, one;
	int w, fds[2];

	if (argc != 3 || pipe(fds) < 0)
		return 2;
	w = atoi(argv[1]);
	n = atol(argv[2]);
	for (int k = 0; k < w; k++)
		if (!fork()) {
			close(fds[0]);
			one = 0;
			for (long i = n * k / w + 1; i <= n * (k + 1) / w; i++)
				one += i;
			_exit(write(fds[1], &one, sizeof one) != sizeof one); /* less than PIPE_BUF: whole */
		}
	close(fds[1]);
	while (read(fds[0], &one, sizeof one) == sizeof one)
		total += one;
	for (int k = 0; k < w; k++)
		wait(NULL);
	printf("%ld\n", total);
	return total != n * (n + 1) / 2;
}
