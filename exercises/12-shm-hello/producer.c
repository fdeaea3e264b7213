/* producer NAME: leaves a message in shared memory. As the slide has it, but
 * for what the compiler would not take. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const int SIZE = 4096;
	const char *name = argc > 1 ? argv[1] : "/OS";
	const char *message0 = "Hello", *message1 = "World!";
	int shm_fd;
	char *ptr;

	shm_fd = shm_open(name, O_CREAT | O_RDWR, 0666);
	ptr = mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, shm_fd, 0);
	if (ptr == NULL)
		return 1;
	sprintf(ptr, "%s", message0);
	ptr += strlen(message0);
	sprintf(ptr, "%s", message1);
	return 0;
}
