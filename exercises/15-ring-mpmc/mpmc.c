/* mpmc CELLS PRODUCERS CONSUMERS EACH: a ring for several producers and
 * consumers. */
#include <stdio.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc != 5)
		return 2;
	/* Yours. */
	printf("0\n");
	return 1;
}
