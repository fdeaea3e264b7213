/* SPDX-License-Identifier: 0BSD */
/*
 * greet NAME: greets somebody by way of the shell. As if NAME came from a form on a web page:
 * `./greet Ann`, then `./greet "Ann; echo goodbye"`
 *     Alone:  cc -o greet greet.c && ./greet Ann */
#include <stdio.h>

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "Ann; echo goodbye";
	char command[256], line[256];
	FILE *from;

	/* What is put together here is a program, in the shell's language. */
	snprintf(command, sizeof command, "echo hello %s", name);
	from = popen(command, "r");
	if (!from)
		return 1;
	while (fgets(line, sizeof line, from))
		fputs(line, stdout);
	return pclose(from) != 0;
}
