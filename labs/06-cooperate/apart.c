/* SPDX-License-Identifier: 0BSD */
/* apart: a variable, and a fork. Each of the two adds 1 to it and prints it,
 * the parent when the child is done. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int visits;

int main(void)
{
	printf("begin\n");
	if (fork() == 0) {
		visits = visits + 1;
		printf("child %d\n", visits);
		return 0;
	}
	wait(NULL);
	visits = visits + 1;
	printf("parent %d\n", visits);
	return 0;
}
