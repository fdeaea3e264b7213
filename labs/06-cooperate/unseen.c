/* SPDX-License-Identifier: 0BSD */
/* unseen: the child looks for the largest number, and leaves it where the parent said. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int numbers[] = {7, 42, 13}, *largest = malloc(sizeof *largest);

	*largest = 0;
	if (fork() == 0) {
		for (int i = 0; i < 3; i++)
			if (numbers[i] > *largest)
				*largest = numbers[i];
		printf("child %d\n", *largest);
		return 0;
	}
	wait(NULL);
	printf("parent %d\n", *largest);
	free(largest);
	return 0;
}
