/* client PORT NAME N...: a call for each N, repeated until it is answered. */
#include <stdio.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc < 3)
		return 2;
	/* Yours. */
	return 0;
}
