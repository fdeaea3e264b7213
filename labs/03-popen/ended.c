/* SPDX-License-Identifier: 0BSD */
/*
 * ended [read|close|pclose]: a short command, read to its end, a way to be done with it, and then other work.
 * read    nothing more is done
 * close   the descriptor below the stream is closed
 * pclose  what the manual says
 * While it works: what has become of the shell? From another terminal: `ps -o pid,stat,comm`
 *     Alone:  cc -o ended ended.c && ./ended read & sleep 1; ps -o pid,stat,comm */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "read";
	FILE *from = popen("echo done", "r");
	char line[64];

	if (!from)
		return 1;
	while (fgets(line, sizeof line, from))
		; /* to the end of file */

	if (strcmp(how, "close") == 0)
		close(fileno(from));
	if (strcmp(how, "pclose") == 0)
		pclose(from);

	/* The rest of a long program. */
	sleep(5);
	return 0;
}
