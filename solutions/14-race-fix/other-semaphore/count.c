/* With a semaphore that begins with 1, and memory from a file without a name. */
#define _GNU_SOURCE
#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct page {
	sem_t one;
	long count;
};

static void add_all(struct page *p, long n)
{
	while (n-- > 0) {
		while (sem_wait(&p->one) < 0 && errno == EINTR)
			;
		p->count++;
		sem_post(&p->one);
	}
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 1;
	int fd = memfd_create("count", 0);
	struct page *p;

	if (fd < 0 || ftruncate(fd, sizeof *p) < 0)
		return 2;
	p = mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return 2;
	sem_init(&p->one, 1, 1);
	switch (fork()) {
	case -1: return 1;
	case 0: add_all(p, n); exit(0);
	default: add_all(p, n);
	}
	wait(NULL);
	printf("%ld\n", p->count);
	sem_destroy(&p->one);
	return p->count == 2 * n ? EXIT_SUCCESS : EXIT_FAILURE;
}
