/* fifo_chat HEAR SAY: what is typed goes into SAY, what comes out of HEAR is printed. */
#include <stdio.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc != 3)
		return 2;
	/* Yours. */
	return 0;
}
