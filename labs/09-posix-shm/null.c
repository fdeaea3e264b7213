/* SPDX-License-Identifier: 0BSD */
/* null: a consumer that checks what mmap gives, as people check malloc. Alone there is
 * nobody who has made the object before it.
 *     Alone:  cc -o null null.c && ./null; echo $? */
#include "message.h"

int main(void)
{
	/* Both calls may fail, and say so: "RETURN VALUE" in shm_open(3) and mmap(2).
	 * What to look for is written there, for each. */
	int fd = shm_open(NAME, O_RDONLY, 0);
	struct message *message = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);

	/* As it is done with malloc(3). */
	if (message == NULL) {
		printf("no memory\n");
		return 1;
	}
	printf("%s\n", message->text);
	return 0;
}
