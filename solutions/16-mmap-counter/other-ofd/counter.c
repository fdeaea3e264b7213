/* Locks of the open file description, all additions under one lock each hundred. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
	struct stat st;
	long *count, left;
	int fd;

	if (argc < 3)
		return 2;
	left = atol(argv[2]);
	fd = open(argv[1], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return 1;
	fcntl(fd, F_OFD_SETLKW, &l);
	fstat(fd, &st);
	if (st.st_size == 0 && ftruncate(fd, 4096) < 0)
		return 1;
	count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (count == MAP_FAILED)
		return 1;
	while (left > 0) {
		for (int i = 0; i < 100 && left > 0; i++, left--)
			++*count;
		l.l_type = F_UNLCK;
		fcntl(fd, F_OFD_SETLKW, &l);
		l.l_type = F_WRLCK;
		fcntl(fd, F_OFD_SETLKW, &l);
	}
	printf("%ld\n", *count);
	return 0;
}
