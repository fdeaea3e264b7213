// verdict: CRASH
// says: SIGBUS
/* producer NAME: leaves a message in shared memory. */
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE = 4096 };

int main(int argc, char **argv)
{
	sem_t *ready;
	char *p;
	int fd;

	if (argc != 2)
		return 2;
	fd = shm_open(argv[1], O_CREAT | O_RDWR, 0600);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ready = sem_open(argv[1], O_CREAT, 0600, 0);
	if (p == MAP_FAILED || ready == SEM_FAILED)
		return 1;
	strcpy(p, "Hello");
	strcat(p, "World!");
	sem_post(ready); /* all of it is there */
	return 0;
}
