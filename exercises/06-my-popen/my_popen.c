/* popen and pclose, by hand. */
#include "my_popen.h"

FILE *my_popen(const char *command, const char *type)
{
	/* Yours. */
	(void)command;
	(void)type;
	return NULL;
}

int my_pclose(FILE *stream)
{
	/* Yours. */
	(void)stream;
	return -1;
}
