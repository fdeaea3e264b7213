#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char name[200];
	sem_t *full;
	char *m;
	int fd;

	snprintf(name, sizeof name, "%s-full", argv[argc - 1]);
	full = sem_open(name, O_CREAT, 0600, 0);
	if (full == SEM_FAILED)
		return EXIT_FAILURE;
	while (sem_wait(full) < 0)
		;
	fd = shm_open(argv[argc - 1], O_RDONLY, 0);
	m = fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	if (m == MAP_FAILED)
		return EXIT_FAILURE;
	fprintf(stdout, "%s\n", m);
	shm_unlink(argv[argc - 1]);
	sem_unlink(name);
	return EXIT_SUCCESS;
}
