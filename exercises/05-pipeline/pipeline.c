/* pipeline CMD1 -- CMD2 -- ...: runs them all, the output of each being the
 * input of the next. */
#include <stdio.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc < 2)
		return 2;
	/* Yours. */
	return 0;
}
