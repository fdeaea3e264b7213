// verdict: WRONG
// says: ENOENT, No such file or directory
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
	fd = shm_open(name, O_RDWR, 0600);
	if (fd < 0)
		return 1;
//--
	if (ftruncate(fd, sizeof *s) < 0)
		return 1;
//--
	s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
//--
	if (s == MAP_FAILED)
		return 1;
//--
	sem_init(&s->ready, 1, 0);
//--
	if (fork() == 0) {
		sem_wait(&s->ready);
		printf("got %d\n", s->number);
		return s->number != 42;
	}
//--
	s->number = 42;
//--
	sem_post(&s->ready);
//--
	wait(&status);
//--
	shm_unlink(name);
//--
	return status != 0;
}
