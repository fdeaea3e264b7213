/* date_server PORT N: the date and the time for N clients, several at the same time. */
#include <stdio.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc != 3)
		return 2;
	/* Yours. */
	return 0;
}
