/* SPDX-License-Identifier: 0BSD */
/* early [BYTES]: makes an object, gives it so many bytes (none if not said), and writes at its beginning
 * and, when there is a second number, at that place. With none it crashes: that is the lesson. */
#include <stdlib.h>

#include "message.h"

int main(int argc, char **argv)
{
	int fd = shm_open(NAME, O_CREAT | O_RDWR, 0666);
	int bytes = argc > 1 ? atoi(argv[1]) : 0, place = argc > 2 ? atoi(argv[2]) : 0;
	char *memory;

	shm_unlink(NAME);
	if (fd < 0 || (bytes && ftruncate(fd, bytes) < 0))
		return 1;
	memory = mmap(NULL, 3 * SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return 1;
	memory[place] = 'H';
	printf("written at %d\n", place);
	return 0;
}
