/* SPDX-License-Identifier: 0BSD */
/* early [BYTES [PLACE]]: makes an object, gives it so many bytes (if not said, none are
 * asked for), maps three pages of it, and writes an H at its beginning, or at PLACE.
 *     Alone:  cc -o early early.c && ./early; ./early 4096; ./early 4096 5000 */
#include <stdlib.h>

#include "message.h"

int main(int argc, char **argv)
{
	/* O_CREAT: made if there is none. Under Linux it is a file in /dev/shm, see
	 * shm_overview(7). */
	int fd = shm_open(NAME, O_CREAT | O_RDWR, 0666);
	int bytes = argc > 1 ? atoi(argv[1]) : 0, place = argc > 2 ? atoi(argv[2]) : 0;
	char *memory;

	/* No second process is to find it: there is none here. */
	shm_unlink(NAME);
	if (fd < 0 || (bytes && ftruncate(fd, bytes) < 0))
		return 1;
	/* mmap(2) is not told how large the object is, and does not ask. */
	memory = mmap(NULL, 3 * SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return 1;
	memory[place] = 'H';
	printf("written at %d\n", place);
	return 0;
}
