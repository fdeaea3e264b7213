/* counter FILE N: adds 1 to a number in a mapped file, N times; several may
 * run at the same time. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	int n = argc == 3 ? atoi(argv[2]) : -1;

	if (n < 0)
		return 2;
	/* Yours. */
	printf("0\n");
	return 0;
}
