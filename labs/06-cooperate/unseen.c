/* SPDX-License-Identifier: 0BSD */
/* unseen: the child, P2, looks for the largest number, and leaves it where the parent,
 * P1, said.
 *     Alone:  cc -o unseen unseen.c && ./unseen */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	/* malloc(3) was called by P1, before fork: both have the pointer. */
	int numbers[] = {7, 42, 13}, *largest = malloc(sizeof *largest);

	*largest = 0;
	if (fork() == 0) {
		for (int i = 0; i < 3; i++)
			if (numbers[i] > *largest)
				*largest = numbers[i];
		printf("child %d\n", *largest);
		return 0;
	}
	/* P1 looks only when P2 is done: the order is certain. */
	wait(NULL);
	printf("parent %d\n", *largest);
	free(largest);
	return 0;
}
