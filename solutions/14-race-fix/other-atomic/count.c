/* With an atomic number: the addition is one step. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long n = strtol(argc > 1 ? argv[1] : "1", NULL, 10), all;
	atomic_long *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	if (count == MAP_FAILED)
		return 2;
	pid = fork();
	for (long i = 0; i < n; i++)
		atomic_fetch_add(count, 1);
	if (pid == 0)
		return 0;
	waitpid(pid, NULL, 0);
	all = atomic_load(count);
	printf("%ld\n", all);
	return all != 2 * n;
}
