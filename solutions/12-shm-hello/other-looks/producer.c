/* The message in shared memory, the word that it is there through a FIFO in /tmp with the same name. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char *m;
	int fd = argc > 1 ? shm_open(argv[1], O_RDWR | O_CREAT, S_IRUSR | S_IWUSR) : -1;

	if (fd == -1 || ftruncate(fd, 64) == -1)
		return 1;
	m = mmap(NULL, 64, PROT_WRITE | PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (m == MAP_FAILED)
		return 1;
	memcpy(m + 1, "HelloWorld!", 12);
	__atomic_store_n(m, 1, __ATOMIC_RELEASE); /* whole */
	munmap(m, 64);
	return 0;
}
