/* By stdio, with a buffer that is sent at each newline. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char *argv[])
{
	static char line[2 * PIPE_BUF], out_buffer[2 * PIPE_BUF];
	FILE *out;

	if (argc != 2)
		return 2;
	out = fopen(argv[1], "w");
	if (!out)
		return 1;
	setvbuf(out, out_buffer, _IOFBF, sizeof out_buffer);
	while (fgets(line, sizeof line, stdin)) {
		if (strlen(line) > PIPE_BUF)
			return 1;
		fputs(line, out);
		fflush(out);
	}
	return 0;
}
