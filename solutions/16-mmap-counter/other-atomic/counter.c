/* An atomic addition: no lock at all. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	atomic_long *count;
	int fd;

	if (argc != 3)
		return 2;
	fd = open(argv[1], O_RDWR | O_CREAT, 0600);
	if (fd < 0 || posix_fallocate(fd, 0, sizeof *count)) /* makes it longer, never shorter */
		return 1;
	count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (count == MAP_FAILED)
		return 1;
	for (long i = atol(argv[2]); i > 0; i--)
		atomic_fetch_add(count, 1);
	printf("%ld\n", atomic_load(count));
	return 0;
}
