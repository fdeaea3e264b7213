/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ring N [/NAME]: the course's bounded buffer. A child puts N items into a ring of 4 cells, another
 * takes them out; both spin, and count under a semaphore. The memory is anonymous, or a POSIX object
 * of that name, which must be new. */
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CELLS 4

struct ring {
	int in, out;
	int buffer[CELLS];
	int turns;
	sem_t lock;
};

static struct ring *ring;

static void count(void)
{
	sem_wait(&ring->lock);
	ring->turns++;
	sem_post(&ring->lock);
}

static int put(int n)
{
	for (int i = 0; i < n; i++) {
		while ((ring->in + 1) % CELLS == ring->out)
			;
		ring->buffer[ring->in] = i;
		ring->in = (ring->in + 1) % CELLS;
		count();
	}
	return 0;
}

static int take(int n)
{
	for (int i = 0; i < n; i++) {
		while (ring->in == ring->out)
			;
		if (ring->buffer[ring->out] != i)
			return 1;
		ring->out = (ring->out + 1) % CELLS;
		count();
	}
	return 0;
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 10, fd = -1, bad = 0, status;
	const char *name = argc > 2 ? argv[2] : NULL;

	if (name) {
		fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
		if (fd < 0 || ftruncate(fd, sizeof *ring) < 0)
			return 1;
	}
	ring = mmap(NULL, sizeof *ring, PROT_READ | PROT_WRITE,
		MAP_SHARED | (name ? 0 : MAP_ANONYMOUS), fd, 0);
	if (ring == MAP_FAILED)
		return 1;
	sem_init(&ring->lock, 1, 1);
	if (fork() == 0)
		_exit(put(n));
	if (fork() == 0)
		_exit(take(n));
	while (wait(&status) > 0)
		bad |= status;
	printf("%d\n", ring->turns);
	if (name)
		shm_unlink(name);
	return bad != 0 || ring->turns != 2 * n;
}
