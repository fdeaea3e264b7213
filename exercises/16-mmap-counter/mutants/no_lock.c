// verdict: WRONG
// says: output of last, line 1: expected "4000
/* counter FILE N: adds 1 to a number in a mapped file, N times; several may run at the same time. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void lock(int fd, short type)
{
	struct flock whole = {.l_type = type, .l_whence = SEEK_SET};

	if (fcntl(fd, F_SETLKW, &whole) < 0)
		exit(1);
}

int main(int argc, char **argv)
{
	int fd, n = argc == 3 ? atoi(argv[2]) : -1;
	struct stat st;
	long *count, now = 0;

	if (n < 0)
		return 2;
	fd = open(argv[1], O_RDWR | O_CREAT, 0600);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	lock(fd, F_WRLCK);
	if (fstat(fd, &st) < 0 || (st.st_size < (off_t)sizeof *count && ftruncate(fd, sizeof *count) < 0))
		return 1;
	lock(fd, F_UNLCK);
	count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (count == MAP_FAILED)
		return 1;
	for (int i = 0; i < n; i++) {
		now = *count;
		usleep(20);
		*count = now + 1;
	}
	lock(fd, F_RDLCK);
	now = *count;
	lock(fd, F_UNLCK);
	printf("%ld\n", now);
	return 0;
}
