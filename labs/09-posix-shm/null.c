/* SPDX-License-Identifier: 0BSD */
/* null: a consumer that checks what mmap gives, as people check malloc. Nobody has made the object,
 * so it crashes: look why. */
#include "message.h"

int main(void)
{
	int fd = shm_open(NAME, O_RDONLY, 0);
	struct message *message = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);

	if (message == NULL) {
		printf("no memory\n");
		return 1;
	}
	printf("%s\n", message->text);
	return 0;
}
