/* SPDX-License-Identifier: 0BSD */
/* apart: a variable, and a fork. Each of the two processes adds 1 to it and prints it,
 * the parent (P1) when the child (P2) is done.
 *     Alone:  cc -o apart apart.c && ./apart
 *     and     ./apart | cat       (count the lines that say begin, and ask setbuf(3) why) */
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
	/* wait(2): P1 sleeps until P2 has ended. Without it nobody says whose line
	 * comes first, and P2 would be kept as a zombie for as long as P1 lives. */
	wait(NULL);
	visits = visits + 1;
	printf("parent %d\n", visits);
	return 0;
}
