/* four_choices NAME: sends into the queue NAME; what to do when it is full each line of the input says. */
#include <mqueue.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc != 2)
		return 2;
	/* Yours. */
	return 0;
}
