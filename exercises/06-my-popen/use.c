/* use r CMD: prints each line that CMD writes, behind "got ". use w CMD: sends standard input to CMD. use both CMD CMD: both get a line.
 * Given: this is what my_popen and my_pclose are tried with. */
#include <errno.h>
#include <string.h>

#include "my_popen.h"

static void copy(FILE *from, FILE *to, const char *before)
{
	char line[4096];

	while (fgets(line, sizeof line, from))
		fprintf(to, "%s%s", before, line);
	fflush(to);
}

static int failed(void)
{
	puts(errno == EINVAL ? "EINVAL" : strerror(errno));
	return errno != EINVAL;
}

static void over(FILE *stream)
{
	int status = my_pclose(stream);

	printf("status %d\n", status);
	fflush(stdout);
}

static int both(const char *command1, const char *command2)
{
	FILE *first = my_popen(command1, "w"), *second = my_popen(command2, "w");

	if (!first || !second)
		return failed();
	fputs("to the first\n", first);
	fputs("to the second\n", second);
	over(first);
	over(second);
	return 0;
}

int main(int argc, char **argv)
{
	FILE *stream;

	if (argc == 4 && strcmp(argv[1], "both") == 0)
		return both(argv[2], argv[3]);
	if (argc != 3)
		return 2;
	stream = my_popen(argv[2], argv[1]);
	if (!stream)
		return failed();
	if (strcmp(argv[1], "r") == 0)
		copy(stream, stdout, "got ");
	else
		copy(stdin, stream, "");
	over(stream);
	return 0;
}
