/* ports NAME N: a connection port; for each of N clients a private one. */
#include <stdio.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc != 3)
		return 2;
	/* Yours. */
	return 0;
}
