/* A second semaphore of its own name, NAME-full, and the memory is mapped larger than needed. */
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
	fd = shm_open(argv[argc - 1], O_CREAT | O_EXCL | O_RDWR, 0600);
	if (fd < 0)
		fd = shm_open(argv[argc - 1], O_RDWR, 0600);
	if (fd < 0 || ftruncate(fd, 3 * 4096) < 0)
		return EXIT_FAILURE;
	m = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (m == MAP_FAILED)
		return EXIT_FAILURE;
	m += sprintf(m, "%s", "Hello");
	m += sprintf(m, "%s", "World!");
	return sem_post(full) ? EXIT_FAILURE : EXIT_SUCCESS;
}
