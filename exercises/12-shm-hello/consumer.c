/* consumer NAME: prints the message, and takes the memory away. As the slide
 * has it. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
	const int SIZE = 4096;
	const char *name = argc > 1 ? argv[1] : "/OS";
	int shm_fd;
	char *ptr;

	shm_fd = shm_open(name, O_RDONLY, 0666);
	ptr = mmap(0, SIZE, PROT_READ, MAP_SHARED, shm_fd, 0);
	if (ptr == NULL)
		return 1;
	printf("%s\n", ptr);
	shm_unlink(name);
	return 0;
}
