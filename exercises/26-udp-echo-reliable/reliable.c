/* reliable PORT: an answer for each line of the input, over UDP. */
#include <stdio.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc != 2)
		return 2;
	/* Yours. */
	return 0;
}
