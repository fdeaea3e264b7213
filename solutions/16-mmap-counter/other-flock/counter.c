/* flock, and a number that is looked at as bytes of a page. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	volatile long *p;
	long n, seen;
	int fd;

	if (argc != 3)
		return 2;
	n = atol(argv[2]);
	fd = open(argv[1], O_CREAT | O_RDWR, 0644);
	if (fd == -1)
		return 1;
	flock(fd, LOCK_EX);
	if (lseek(fd, 0, SEEK_END) < (off_t)sizeof *p && ftruncate(fd, sizeof *p))
		return 1;
	flock(fd, LOCK_UN);
	p = mmap(NULL, 4096, PROT_WRITE | PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return 1;
	while (n-- > 0) {
		flock(fd, LOCK_EX);
		(*p)++;
		flock(fd, LOCK_UN);
	}
	seen = *p;
	printf("%ld\n", seen);
	return 0;
}
