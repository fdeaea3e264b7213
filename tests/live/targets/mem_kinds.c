/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every kind of memory that two processes can share, written by one and read by the other. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct cells {
	int turn;
	long wide;
	char text[24];
	struct {
		int a, b, c, d, e;
	} big;
};

static struct cells *map(int fd, int flags)
{
	void *p = mmap(NULL, sizeof(struct cells), PROT_READ | PROT_WRITE, MAP_SHARED | flags, fd, 0);

	if (p == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	return p;
}

static void play(const char *name, struct cells *c)
{
	fflush(stdout);
	if (fork() == 0) {
		struct cells mine = {.big = {1, 2, 3, 4, 5}};
		c->wide = 0x1122334455667788;
		memcpy(c->text, "from the child", 15);
		c->big = mine.big;
		c->turn++;
		_exit(0);
	}
	wait(NULL);
	printf("%s: %d %lx %s %d\n", name, c->turn, c->wide, c->text, c->big.e);
	munmap(c, sizeof *c);
}

int main(void)
{
	char shm[64], file[] = "/tmp/ipclab-kinds-XXXXXX";
	int fd;

	play("anonymous", map(-1, MAP_ANONYMOUS));
	fd = memfd_create("cells", MFD_CLOEXEC);
	if (ftruncate(fd, sizeof(struct cells)) < 0)
		return 1;
	play("memfd", map(fd, 0));
	close(fd);
	snprintf(shm, sizeof shm, "/ipclab-kinds-%d", (int)getpid());
	fd = shm_open(shm, O_CREAT | O_RDWR | O_EXCL, 0600);
	if (ftruncate(fd, sizeof(struct cells)) < 0)
		return 1;
	play("POSIX", map(fd, 0));
	if (pwrite(fd, "K", 1, 0) != 1) /* not by memory: seen all the same */
		return 1;
	close(fd);
	fd = shm_open(shm, O_RDWR, 0);
	play("POSIX again", map(fd, 0));
	close(fd);
	shm_unlink(shm);
	fd = mkstemp(file);
	if (ftruncate(fd, sizeof(struct cells)) < 0)
		return 1;
	play("file", map(fd, 0));
	unlink(file);
	close(fd);
	return 0;
}
