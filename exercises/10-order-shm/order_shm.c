/* A parent leaves a number in shared memory for its child. The blocks between
 * the lines of dashes are given out of order, and some are not needed. */
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
	sem_t ready;
	int number;
};

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "/order-shm";
	struct shared *s;
	int fd, status;

//--
	if (fork() == 0) {
		sem_wait(&s->ready);
		printf("got %d\n", s->number);
		return s->number != 42;
	}
//--
	shm_unlink(name);
//--
	s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
//--
	fd = shm_open(name, O_RDWR, 0600);
	if (fd < 0)
		return 1;
//--
	sem_post(&s->ready);
//--
	fd = shm_open(name, O_CREAT | O_RDWR, 0600);
	if (fd < 0)
		return 1;
//--
	s->number = 42;
//--
	s = mmap(NULL, sizeof *s, PROT_READ, MAP_SHARED, fd, 0);
//--
	wait(&status);
//--
	if (ftruncate(fd, sizeof *s) < 0)
		return 1;
//--
	static sem_t ready;

	sem_init(&ready, 0, 0);
//--
	if (s == MAP_FAILED)
		return 1;
//--
	sem_init(&s->ready, 1, 0);
//--
	return status != 0;
}
