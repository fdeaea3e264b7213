/* server PORT: an account; each call is run at most once. */
#include <stdio.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc != 2)
		return 2;
	/* Yours. */
	return 0;
}
